"""The keys of one person on one laptop for one tender: an Ed25519 key that signs and an age identity that opens.

A second laptop is a new installation of the same person, never a copied key: so a lost laptop can be revoked, and two
laptops that both went on are seen.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evalpanel.domain.parcels import PublicKeys, Statement
from evalpanel.sealing import envelopes
from evalpanel.sealing.statements import pae

_SIGNING = 32


class Installation:
    """The private half. It lives in memory only while the profile is open; what is kept is wrapped (`secret`)."""

    def __init__(self, signing: Ed25519PrivateKey, identity: str) -> None:
        self._signing = signing
        self._identity = identity
        self.public = PublicKeys(signing.public_key().public_bytes_raw(), envelopes.recipient_of(identity))

    def sign(self, payload_type: str, payload: bytes) -> Statement:
        """The signed statement of a payload."""
        return Statement(payload_type, payload, self._signing.sign(pae(payload_type, payload)))

    def open(self, sealed: bytes) -> bytes:
        """What was sealed to this installation. Raises `EnvelopeError` for anything else."""
        return envelopes.open_bytes(sealed, self._identity)

    def secret(self) -> bytes:
        """Both private keys, to be wrapped and kept. They never leave the laptop."""
        return self._signing.private_bytes_raw() + self._identity.encode()


def new_installation() -> Installation:
    """New keys, from the system's source of randomness."""
    _recipient, identity = envelopes.new_envelope()
    return Installation(Ed25519PrivateKey.generate(), identity)


def from_secret(secret: bytes) -> Installation:
    """The installation whose `secret` was kept."""
    signing = Ed25519PrivateKey.from_private_bytes(secret[:_SIGNING])
    return Installation(signing, secret[_SIGNING:].decode("ascii"))
