"""Keys that letters are signed with: one made on this laptop, the authority's from a PKCS#12 file, or in its token.

Whichever it is, a letter is signed by RSA over SHA-256: an elliptic curve would lift it to PDF 2.0, which fewer readers
check. A token's key never leaves it: it is handed what is to be signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from evalpanel.errors import EvalPanelError
from evalpanel.sealing.certificates import SigningCertificate

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST_FILE = 1 << 20
"""The most bytes of a PKCS#12 file that are read: one key with its certificates has a few thousand."""

_SMALLEST, _LARGEST = 2048, 8192  # bits


class SigningKey(Protocol):
    """A key that can sign letters, and its certificate with those above it (DER)."""

    @property
    def certificate_der(self) -> bytes:
        """The certificate of the key."""

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        """The certificates above it, each the issuer of the one before; none for a self-made one."""

    @property
    def length(self) -> int:
        """How many bytes a signature has."""

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`: RSA (PKCS#1 v1.5) with SHA-256."""


@dataclass(frozen=True, slots=True, repr=False)
class LoadedKey:
    """A key in memory."""

    certificate_der: bytes
    chain_der: tuple[bytes, ...]
    key: rsa.RSAPrivateKey

    @property
    def length(self) -> int:
        """How many bytes a signature has."""
        return self.key.key_size // 8

    def sign(self, data: bytes) -> bytes:
        """Sign with it."""
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def of_certificate(certificate: SigningCertificate) -> LoadedKey:
    """The key of a certificate that was made here. Raises `EvalPanelError` where it cannot be used."""
    try:
        key = serialization.load_der_private_key(certificate.private_key_der, password=None)
    except (ValueError, TypeError) as error:
        raise EvalPanelError(
            "The key for signing letters cannot be read.", "Nothing was signed. Make a new certificate and sign again."
        ) from error
    return _loaded(key, certificate.certificate_der, ())


def of_pkcs12(data: bytes, passphrase: bytes, name: str) -> LoadedKey:
    """The key in a PKCS#12 file (`.p12`, `.pfx`) called `name`.

    Raises `EvalPanelError` for a wrong passphrase, a file that holds no key with its certificate, and a kind of key that
    letters are not signed with.
    """
    from cryptography.hazmat.primitives.serialization import pkcs12  # only here

    try:
        held = pkcs12.load_pkcs12(data, passphrase)
    except ValueError as error:
        raise EvalPanelError(
            f"“{name}” could not be opened with that passphrase.",
            "Nothing was signed. Look whether the passphrase is right, and whether the file is a PKCS#12 file (.p12 or "
            ".pfx) with a key.",
        ) from error
    if held.key is None or held.cert is None:
        raise EvalPanelError(
            f"“{name}” holds no key with its certificate.",
            "Nothing was signed. Ask whoever made it to export the certificate together with its private key.",
        )
    leaf = held.cert.certificate
    above = _chain(leaf, [one.certificate for one in held.additional_certs])
    return _loaded(held.key, _der(leaf), tuple(_der(one) for one in above))


def _chain(leaf: x509.Certificate, others: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """The certificates above `leaf` among others, each the issuer of the one before, as far as they are there."""
    left, found = list(others), [leaf]
    while True:
        above = next((one for one in left if issued(found[-1], one)), None)
        if above is None:
            return found[1:]
        left.remove(above)
        found.append(above)


def issued(below: x509.Certificate, above: x509.Certificate) -> bool:
    """Whether one certificate was issued by another, and is not the same one."""
    if below == above:
        return False
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _loaded(key: object, certificate_der: bytes, chain_der: tuple[bytes, ...]) -> LoadedKey:
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _wrong_kind("it is not an RSA key")
    certificate = x509.load_der_x509_certificate(certificate_der)
    _usable(certificate)
    if certificate.public_key() != key.public_key():
        raise _wrong_kind("its certificate belongs to another key")
    return LoadedKey(certificate_der, chain_der, key)


def _usable(certificate: x509.Certificate) -> None:
    """Refuse a certificate whose key is no RSA key of a usual size, or that is not for signing."""
    public = certificate.public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise _wrong_kind("it is not an RSA key")
    if not _SMALLEST <= public.key_size <= _LARGEST:
        raise _wrong_kind(f"it has {public.key_size} bits; from {_SMALLEST} to {_LARGEST} are taken")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise _wrong_kind("its certificate is not for signing documents")


def _wrong_kind(why: str) -> EvalPanelError:
    return EvalPanelError(
        f"The key is of a kind that letters are not signed with: {why}.",
        "Nothing was signed. Give an RSA key whose certificate is for digital signatures, or sign without one: a "
        "certificate is then made on this laptop.",
    )


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


class TokenKey:
    """A key in a PKCS#11 token (a smart card, an HSM), in use for as long as this is open."""

    def __init__(self, session: Any, key: Any, mechanism: Any, certificate_der: bytes) -> None:
        self._session, self._key, self._mechanism = session, key, mechanism
        self._certificate_der = certificate_der

    @property
    def certificate_der(self) -> bytes:
        """The certificate of the key."""
        return self._certificate_der

    @property
    def chain_der(self) -> tuple[bytes, ...]:
        """None: what else lies in a token is not looked for."""
        return ()

    @property
    def length(self) -> int:
        """How many bytes a signature has."""
        public = x509.load_der_x509_certificate(self._certificate_der).public_key()
        assert isinstance(public, rsa.RSAPublicKey)  # looked at when it was opened
        return public.key_size // 8

    def sign(self, data: bytes) -> bytes:
        """Let the token sign. Raises `EvalPanelError` where it does not, such as when it was pulled out."""
        import pkcs11  # an optional package: see of_token

        try:
            return bytes(self._key.sign(data, mechanism=self._mechanism))
        except pkcs11.exceptions.PKCS11Error as error:
            raise _token_trouble(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()


def of_token(module: Path, token: str, pin: str, label: str) -> TokenKey:
    """The key called `label` in the token called `token`, reached by a PKCS#11 module (the library of its maker).

    Raises `EvalPanelError` where Python's PKCS#11 package is not installed, or the token cannot be used.
    """
    try:
        import pkcs11  # an optional package, and only people with a token need it
    except ImportError as error:
        raise EvalPanelError(
            "This installation cannot use tokens: the package python-pkcs11 is not there.",
            "Nothing was signed. Ask whoever installed evalpanel to add its part “token”, or sign with a PKCS#12 file.",
        ) from error
    try:
        found = pkcs11.lib(str(module)).get_token(token_label=token)
        session = found.open(user_pin=pin)
    except (pkcs11.exceptions.PKCS11Error, RuntimeError) as error:
        raise _token_trouble(error) from error
    try:
        key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)
        held = next(
            iter(
                session.get_objects(
                    {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.LABEL: label}
                )
            ),
            None,
        )
        if held is None:
            raise EvalPanelError(
                f"The token holds no certificate called “{label}”.",
                "Nothing was signed. The certificate must lie in the token under the name of its key.",
            )
        certificate_der = bytes(held[pkcs11.Attribute.VALUE])
        _usable(x509.load_der_x509_certificate(certificate_der))
    except pkcs11.exceptions.PKCS11Error as error:
        session.close()
        raise _token_trouble(error) from error
    except BaseException:
        session.close()
        raise
    return TokenKey(session, key, pkcs11.Mechanism.SHA256_RSA_PKCS, certificate_der)


def _token_trouble(error: Exception) -> EvalPanelError:
    return EvalPanelError(
        f"The token could not be used: {type(error).__name__}.",
        "What was signed before stays. Look whether it is plugged in, and whether the module, the names of the token and "
        "the key, and the PIN are right. A wrong PIN counts: tokens lock themselves after a few.",
    )
