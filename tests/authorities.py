"""Certificates of an authority that does not exist: a root, one below it, and a person's; and a timestamp service."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

import letter_examples as ex

PASSPHRASE = b"a passphrase of eight words"
DER = serialization.Encoding.DER

Made = tuple[x509.Certificate, rsa.RSAPrivateKey]


@cache
def issued(name: str, above: str = "", *, purpose: str = "signing", bits: int = 2048) -> Made:
    """A certificate with its key: of `above` (its own where that is empty), for `signing`, `issuing` or `stamping`."""
    key = rsa.generate_private_key(65537, bits)
    issuer = issued(above, purpose="issuing") if above else None
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuing = purpose == "issuing"
    usage = x509.KeyUsage(
        digital_signature=not issuing, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=issuing, crl_sign=issuing, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ex.MADE_AT - timedelta(days=30))
        .not_valid_after(ex.MADE_AT + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=issuing, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    if purpose == "stamping":
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key


def pkcs12_file(*, with_key: bool = True) -> bytes:
    """What an authority exports for one person: the key, its certificate, and the ones above it in no order."""
    leaf, key = issued("B. Officer", "Exbourne issuing")
    others = [issued("Somebody unrelated")[0], issued("Exbourne issuing", purpose="issuing")[0]]
    return pkcs12.serialize_key_and_certificates(
        b"officer",
        key if with_key else None,
        leaf if with_key else None,
        others,
        serialization.BestAvailableEncryption(PASSPHRASE),
    )


def elliptic_pkcs12() -> bytes:
    """A file with a key that letters are not signed with."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Curve")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ex.MADE_AT)
        .not_valid_after(ex.MADE_AT + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        b"curve", key, certificate, None, serialization.BestAvailableEncryption(PASSPHRASE)
    )


def timestamped(request: bytes, *, of: str = "Exbourne time") -> bytes:
    """What a timestamp service answers."""
    from asn1crypto import keys, tsp
    from asn1crypto import x509 as asn1
    from pyhanko.sign.timestamps import DummyTimeStamper

    certificate, key = issued(of, purpose="stamping")
    private = key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    stamper = DummyTimeStamper(
        asn1.Certificate.load(certificate.public_bytes(DER)),
        keys.PrivateKeyInfo.load(private),
        fixed_dt=ex.MADE_AT + timedelta(hours=2),
    )
    return bytes(stamper.request_tsa_response(tsp.TimeStampReq.load(request)).dump())
