"""Signing statements and finding who signed: Ed25519 (RFC 8032) over the pre-authentication encoding of DSSE v1.0.2.

The key that verifies is found by trying the keys that are known. What a file says about its key is not authenticated, so
it is not asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evalpanel.domain.parcels import PublicKeys, Statement


def pae(payload_type: str, payload: bytes) -> bytes:
    """What is signed: the type and the payload with their lengths, so that neither can pass for the other."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def identity(statement: Statement, signing: bytes) -> str:
    """What a statement is known by: SHA-256 over what was signed and the key that verifies it.

    Sealing it again, or giving the file another name, changes nothing; history, citations and receipts use it.
    """
    return hashlib.sha256(pae(statement.payload_type, statement.payload) + signing).hexdigest()


def verifies(statement: Statement, signing: bytes) -> bool:
    """Whether this key made the signature."""
    try:
        key = Ed25519PublicKey.from_public_bytes(signing)
        key.verify(statement.signature, pae(statement.payload_type, statement.payload))
    except (InvalidSignature, ValueError):  # ValueError: 32 bytes that are no key
        return False
    return True


def signer(statement: Statement, known: Iterable[PublicKeys]) -> PublicKeys | None:
    """The installation whose key made the signature, or None where no known one did."""
    return next((keys for keys in known if verifies(statement, keys.signing)), None)
