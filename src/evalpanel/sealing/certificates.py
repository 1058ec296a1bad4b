"""The certificate that an officer signs letters with, made on this machine.

It is one self-signed certificate and not an authority with a certificate below it: whoever checks a letter has a
single fingerprint to compare and a single entry to trust, and no second key lies about that could issue others. PDF
readers show both forms as "unknown" until the certificate is trusted, and verify both alike. The key is RSA of 3072
bits, because an elliptic curve would lift the letter to PDF 2.0, which fewer readers check.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from evalpanel.errors import EvalPanelError

DAYS = 825
"""How long a certificate can be signed with: the longest that common trust stores accept."""

_BITS = 3072
_LONGEST = 64  # bytes: X.520 bounds names in a certificate
_EARLIER = timedelta(minutes=5)  # two laptops' clocks may differ by so much


@dataclass(frozen=True, slots=True, repr=False)
class SigningCertificate:
    """A certificate with its private key (PKCS #8, DER, not encrypted: whoever stores it wraps it first)."""

    certificate_der: bytes
    private_key_der: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the certificate, in hexadecimal: what people compare."""
        return fingerprint_of(self.certificate_der)

    def __repr__(self) -> str:
        # The default would print the private key into a log or a traceback.
        return f"SigningCertificate(fingerprint={self.fingerprint!r})"


def fingerprint_of(certificate_der: bytes) -> str:
    """SHA-256 over a certificate in DER, in hexadecimal."""
    return hashlib.sha256(certificate_der).hexdigest()


def short_fingerprint(fingerprint: str) -> str:
    """The first 16 digits in fours, as they stand in the visible signature: `1f2e 3d4c 5b6a 7988`."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, 16, 4))


def new_signing_certificate(common_name: str, organisation: str, email: str, now: datetime) -> SigningCertificate:
    """Make a key and a certificate for `common_name`, valid from `now` (UTC) for `DAYS` days.

    Names over 64 bytes are shortened in the certificate (X.520 allows no more). Raises `EvalPanelError` without a name.
    """
    if not common_name.strip():
        raise EvalPanelError(
            "A certificate needs the name of the person who signs.",
            "No certificate was made. Give a name and try again.",
        )
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, _fitted(common_name))]
    if organisation.strip():
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, _fitted(organisation)))
    name = x509.Name(parts)
    start = now.astimezone(UTC) - _EARLIER
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if email.strip() and email.isascii():
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(email.strip())]), critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    return SigningCertificate(
        certificate.public_bytes(serialization.Encoding.DER),
        key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def valid_until(certificate_der: bytes) -> datetime:
    """When a certificate expires (UTC)."""
    return x509.load_der_x509_certificate(certificate_der).not_valid_after_utc


def refuse_outside_validity(certificate_der: bytes, at: datetime) -> None:
    """Raise `EvalPanelError` where a certificate has expired, or is not valid yet, at `at` (UTC)."""
    certificate = x509.load_der_x509_certificate(certificate_der)
    if at > certificate.not_valid_after_utc:
        raise EvalPanelError(
            f"The certificate for signing letters expired on {certificate.not_valid_after_utc:%d.%m.%Y}.",
            "Nothing was signed; letters that were signed before stay as good as they were. Make a new certificate and "
            "sign again.",
        )
    if at < certificate.not_valid_before_utc:
        raise EvalPanelError(
            f"The certificate for signing letters is valid only from {certificate.not_valid_before_utc:%d.%m.%Y}.",
            "Nothing was signed. Look at the date and time of this computer, then sign again.",
        )


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _fitted(text: str) -> str:
    text = " ".join(text.split())
    if len(text.encode()) <= _LONGEST:
        return text
    return text.encode()[: _LONGEST - 3].decode(errors="ignore").rstrip() + "…"
