"""The authority's own keys: from a PKCS#12 file and from a token; and signatures over other files than letters."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives import serialization
from pyhanko.sign.signers import Signer

import letter_examples as ex
from authorities import DER, PASSPHRASE, elliptic_pkcs12, issued, pkcs12_file
from evalpanel.domain.feedback import compose
from evalpanel.domain.signatures import SignatureVerdict
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_pdf import render, signature_appearance
from evalpanel.sealing.certificates import fingerprint_of, new_signing_certificate
from evalpanel.sealing.detached import signer_of
from evalpanel.sealing.letter_signer import LetterSigner
from evalpanel.sealing.pdf_signature import verify
from evalpanel.sealing.signing_keys import LoadedKey, SigningKey, of_pkcs12, of_token
from heard import faults
from judges import judge

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")


def signed_with(key: SigningKey) -> bytes:
    laid = render(compose(ex.inputs("B05")), made_at=ex.MADE_AT)
    seen = signature_appearance(("Signed by B. Officer",), (260.0, 62.0))
    return LetterSigner(key).sign(
        laid.data, appearance=seen, reason="Notice", location="Exbourne", name="B. Officer", at=ex.MADE_AT
    )


def authoritys() -> LoadedKey:
    return of_pkcs12(pkcs12_file(), PASSPHRASE, "officer.p12")


def test_a_pkcs12_file_signs_letters_and_brings_the_certificates_above_its_own() -> None:
    key = authoritys()
    data = signed_with(key)
    assert key.chain_der == (issued("Exbourne issuing", purpose="issuing")[0].public_bytes(DER),)
    assert faults(data) == []
    report = verify(data, {fingerprint_of(key.certificate_der): "B. Officer"})
    assert report.verdict is SignatureVerdict.VERIFIED


def test_each_letter_gets_the_very_signature_that_pyhanko_makes_without_a_mould() -> None:
    by = new_signing_certificate("A. Officer", "Exbourne", "", ex.MADE_AT)
    for signer in (LetterSigner(authoritys()), LetterSigner(by)):
        for data in (b"one letter", b"another", b""):
            digest = hashlib.sha256(data).digest()
            cast = asyncio.run(signer._signer.async_sign(digest, "sha256", use_pades=True))
            plain = asyncio.run(Signer.async_sign(signer._signer, digest, "sha256", use_pades=True))
            assert cast.dump() == plain.dump()


def test_openssl_follows_the_authoritys_certificate_to_its_root(tmp_path: Path) -> None:
    data = signed_with(authoritys())
    (tmp_path / "root.pem").write_bytes(
        issued("Exbourne issuing", purpose="issuing")[0].public_bytes(serialization.Encoding.PEM)
    )
    first, _, rest = data.partition(b"/Contents <")
    contents, _, after = rest.partition(b">")
    start = len(first) + len(b"/Contents ")
    (tmp_path / "signed.bin").write_bytes(data[:start] + after)
    length = 4 + int.from_bytes(bytes.fromhex(contents[4:8].decode()), "big")
    (tmp_path / "signature.der").write_bytes(bytes.fromhex(contents.decode())[:length])
    done = subprocess.run(
        [
            judge("openssl"), "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "signature.der",
            "-content", tmp_path / "signed.bin", "-CAfile", tmp_path / "root.pem", "-purpose", "any", "-no_check_time",
            "-out", os.devnull,
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (0, "CMS Verification successful")


@pytest.mark.parametrize(
    ("data", "passphrase", "words"),
    [
        (b"no such file", PASSPHRASE, "could not be opened with that passphrase"),
        (pkcs12_file(), b"another", "could not be opened with that passphrase"),
        (pkcs12_file(with_key=False), PASSPHRASE, "holds no key with its certificate"),
        (elliptic_pkcs12(), PASSPHRASE, "it is not an RSA key"),
    ],
)
def test_a_file_that_cannot_sign_is_refused_in_words(data: bytes, passphrase: bytes, words: str) -> None:
    with pytest.raises(EvalPanelError, match=words):
        of_pkcs12(data, passphrase, "officer.p12")


def test_a_detached_signature_is_checked_by_openssl_and_breaks_with_its_file(tmp_path: Path) -> None:
    by = new_signing_certificate("A. Officer", "Exbourne", "", ex.MADE_AT)
    (tmp_path / "list.json").write_bytes(b'{"letters": 3}')
    (tmp_path / "list.json.p7s").write_bytes(LetterSigner(by).detached(b'{"letters": 3}', ex.MADE_AT))

    def checked() -> int:
        command = [
            judge("openssl"), "cms", "-verify", "-binary", "-inform", "DER", "-in", str(tmp_path / "list.json.p7s"),
            "-content", str(tmp_path / "list.json"), "-noverify", "-out", os.devnull,
        ]  # fmt: skip
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert checked() == 0
    (tmp_path / "list.json").write_bytes(b'{"letters": 4}')
    assert checked() != 0


def test_a_detached_signature_is_its_signers_over_its_file_and_over_no_other() -> None:
    by = new_signing_certificate("A. Officer", "Exbourne", "", ex.MADE_AT)
    made = LetterSigner(by).detached(b"letters", ex.MADE_AT)
    assert signer_of(b"letters", made) == by.fingerprint
    assert [signer_of(data, sig) for data, sig in ((b"letter", made), (b"letters", made[:-1]), (b"letters", b""))] == [
        ""
    ] * 3
    for place in range(0, len(made), 23):
        changed = bytearray(made)
        changed[place] ^= 1
        assert signer_of(b"letters", bytes(changed)) in ("", by.fingerprint)


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A token in software with the officer's key and certificate in it."""
    program = judge("softhsm2-util")
    if not MODULE.is_file() and os.environ.get("EVALPANEL_JUDGES") != "required":
        pytest.skip("SoftHSM lies elsewhere on this system")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm.conf"))
    subprocess.run(
        [program, "--init-token", "--free", "--label", "officer", "--so-pin", "1234", "--pin", "5678"],
        check=True, capture_output=True,
    )  # fmt: skip
    certificate, key = issued("B. Officer", "Exbourne issuing")
    (tmp_path / "key.p8").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    subprocess.run(
        [
            program, "--import", tmp_path / "key.p8", "--token", "officer", "--label", "signing",
            "--id", "01", "--pin", "5678",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    held = pkcs11.lib(str(MODULE))
    held.reinitialize()
    with held.get_token(token_label="officer").open(rw=True, user_pin="5678") as session:
        session.create_object(
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.TOKEN: True,
                pkcs11.Attribute.LABEL: "signing",
                pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
                pkcs11.Attribute.VALUE: certificate.public_bytes(DER),
            }
        )
    return MODULE


def test_a_token_signs_letters_and_keeps_its_key(token: Path) -> None:
    with of_token(token, "officer", "5678", "signing") as key:
        data = signed_with(key)
    certificate = issued("B. Officer", "Exbourne issuing")[0].public_bytes(DER)
    assert verify(data, {fingerprint_of(certificate): "B. Officer"}).verdict is SignatureVerdict.VERIFIED
    assert faults(data) == []


@pytest.mark.parametrize(
    ("label", "pin", "key", "words"),
    [
        ("another", "5678", "signing", "could not be used: NoSuchToken"),
        ("officer", "0000", "signing", "could not be used: PinIncorrect"),
        ("officer", "5678", "another", "could not be used: NoSuchKey"),
    ],
)
def test_a_token_that_cannot_sign_is_refused_in_words(token: Path, label: str, pin: str, key: str, words: str) -> None:
    with pytest.raises(EvalPanelError, match=words):
        of_token(token, label, pin, key)


def test_a_module_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(EvalPanelError, match="could not be used"):
        of_token(tmp_path / "none.so", "officer", "5678", "signing")
