from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

import letter_examples as ex
from evalpanel.domain.signatures import SignatureReport, SignatureVerdict
from evalpanel.errors import EvalPanelError
from evalpanel.formats.paper import SIGNATURE_FIELD
from evalpanel.sealing import pdf_signature
from evalpanel.sealing.certificates import (
    DAYS,
    SigningCertificate,
    new_signing_certificate,
    valid_until,
)
from evalpanel.sealing.letter_signer import LetterSigner
from evalpanel.sealing.pdf_signature import verify
from evalpanel.sealing.spoken import digest_words
from heard import faults, loose_ends
from judges import judge
from signed_letters import certificate, known, sign, signed, unsigned


def verdict(pdf: bytes) -> SignatureVerdict:
    return verify(pdf, known()).verdict


def test_the_field_of_the_letter_is_the_one_that_is_signed() -> None:
    assert pdf_signature.FIELD == SIGNATURE_FIELD


@pytest.mark.parametrize("bid", ["B02", "B05"])
def test_verify_proves_a_letter_and_says_what_it_cannot_prove(bid: str) -> None:
    data = signed(bid)
    assert verify(data, known()) == SignatureReport(
        SignatureVerdict.VERIFIED,
        (
            f"Nothing in the file has changed since it was signed: the signature covers all of its {len(data):,} bytes.",
            "The signature forbids any change, and nothing was added after it.",
            f"The letter in short words, as in its visible signature: {' '.join(digest_words(unsigned(bid)))}.",
            "It was signed with the key of A. Officer.",
        ),
        (
            "When it was signed. The signer says 09.03.2026 10:30 (UTC); no third party attests a time.",
            "Who sat at the keyboard, and to whom the letter was sent.",
        ),
        certificate().fingerprint,
    )


@pytest.mark.parametrize("bid", ["B02", "B05"])
def test_a_signed_letter_holds_both_standards_as_it_did_before(bid: str) -> None:
    assert faults(unsigned(bid)) == []
    assert faults(signed(bid)) == []
    assert loose_ends(signed(bid)) == []


def test_verify_does_not_claim_to_know_a_strangers_certificate() -> None:
    report = verify(sign(unsigned(), certificate("Somebody Else")), known())
    assert (report.verdict, report.fingerprint) == (
        SignatureVerdict.UNKNOWN_SIGNER,
        certificate("Somebody Else").fingerprint,
    )


def test_verify_still_verifies_long_after_the_certificate_expired() -> None:
    # Letters are kept for years: what counts is that it was valid when the signer says.
    old = datetime(2015, 5, 5, 12, 0, tzinfo=UTC)
    by = new_signing_certificate("A. Officer", "", "", old)
    assert verify(sign(unsigned(), by, old), {by.fingerprint: "A. Officer"}).verdict is SignatureVerdict.VERIFIED


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-" + bytes(range(256)) * 20])
def test_verify_calls_what_is_no_letter_not_ours(data: bytes) -> None:
    assert verdict(data) is SignatureVerdict.NOT_OURS


def test_verify_calls_an_unsigned_letter_not_ours() -> None:
    assert verdict(unsigned()) is SignatureVerdict.NOT_OURS


def test_verify_sees_an_appended_revision() -> None:
    out = BytesIO()
    from pyhanko.pdf_utils.generic import pdf_name, pdf_string
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(signed()))
    writer.root[pdf_name("/Added")] = pdf_string("later")
    writer.update_root()  # type: ignore[no-untyped-call]  # pyHanko's
    writer.write(out)  # type: ignore[no-untyped-call]  # pyHanko's
    assert out.getvalue().startswith(signed())
    assert verdict(out.getvalue()) is SignatureVerdict.ALTERED


def test_verify_sees_a_second_signature() -> None:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    out = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(signed()))
    append_signature_field(writer, SigFieldSpec("Another"))
    writer.write(out)  # type: ignore[no-untyped-call]  # pyHanko's
    assert verdict(out.getvalue()) is SignatureVerdict.ALTERED


def test_verify_sees_a_replaced_page() -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(signed("B02"))) as pdf, pikepdf.open(BytesIO(unsigned("B05"))) as other:
        pdf.pages[0].Contents = pdf.copy_foreign(other.pages[0].Contents)
        pdf.save(out)
    assert verdict(out.getvalue()) is SignatureVerdict.ALTERED


def test_verify_sees_a_file_that_was_written_anew_with_the_same_pages() -> None:
    out = BytesIO()
    with pikepdf.open(BytesIO(signed())) as pdf:
        pdf.save(out)
    assert verdict(out.getvalue()) is SignatureVerdict.ALTERED


@pytest.mark.parametrize("added", [b"\n", b" ", b"\n%%EOF\n", b"\0" * 1000])
def test_verify_sees_bytes_after_the_end(added: bytes) -> None:
    assert verdict(signed() + added) is SignatureVerdict.ALTERED


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=1, max_value=255))
def test_verify_never_verifies_a_flipped_byte(at: int, flip: int) -> None:
    data = bytearray(signed())
    data[at % len(data)] ^= flip
    assert verdict(bytes(data)) in (SignatureVerdict.ALTERED, SignatureVerdict.NOT_OURS)


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=24_000), st.integers(min_value=1, max_value=255))
@example(67, 1)  # in the list of digests, which a signature does not cover
def test_verify_never_verifies_a_flipped_byte_of_the_signature_itself(at: int, flip: int) -> None:
    data = bytearray(signed())
    start = data.index(b"/Contents <308")
    data[start + at] ^= flip
    assert verdict(bytes(data)) in (SignatureVerdict.ALTERED, SignatureVerdict.NOT_OURS)


@settings(max_examples=40, deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_verify_never_verifies_a_truncated_letter(at: int) -> None:
    data = signed()
    assert verdict(data[: at % len(data)]) in (SignatureVerdict.ALTERED, SignatureVerdict.NOT_OURS)


def test_verify_calls_a_truncated_letter_with_its_signature_altered() -> None:
    assert verdict(signed()[:-40]) is SignatureVerdict.ALTERED


def test_sign_keeps_the_letter_and_adds_to_it() -> None:
    assert signed()[: len(unsigned())] == unsigned()


@pytest.mark.parametrize(("days", "said"), [(DAYS + 1, "expired"), (-2, "valid only from")])
def test_sign_refuses_outside_the_validity_of_the_certificate(days: int, said: str) -> None:
    with pytest.raises(EvalPanelError, match=said):
        sign(unsigned(), certificate(), ex.MADE_AT + timedelta(days=days))


@pytest.mark.parametrize("pdf", [b"", b"no pdf", b"%PDF-1.4\n%%EOF\n"])
def test_sign_refuses_what_is_no_pdf_in_words(pdf: bytes) -> None:
    with pytest.raises(EvalPanelError, match="could not be signed"):
        sign(pdf, certificate())


def test_sign_refuses_a_second_time_and_a_file_without_a_field() -> None:
    with pytest.raises(EvalPanelError, match="could not be signed"):
        sign(signed(), certificate())
    without = BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(without)
    with pytest.raises(EvalPanelError, match="could not be signed"):
        sign(without.getvalue(), certificate())


@pytest.mark.parametrize("bid", ["B02", "B05"])
def test_a_signature_is_handed_to_pyhanko_as_it_would_read_it(bid: str) -> None:
    reader: PdfFileReader = PdfFileReader(BytesIO(signed(bid)))
    pdf_signature._hand_over(reader, signed(bid))
    where = reader.root["/AcroForm"]["/Fields"][0].raw_get("/V")
    assert (where.generation, where.idnum) in reader.resolved_objects
    assert _read(signed(bid), handed=True) == _read(signed(bid), handed=False)


@given(st.integers(-200, 25_000), st.binary(min_size=0, max_size=4))
@settings(max_examples=60, deadline=None)
def test_a_broken_signature_is_read_as_pyhanko_reads_it(at: int, put: bytes) -> None:
    data = bytearray(signed())
    place = data.index(b"/Contents <") + at
    data[place : place + len(put)] = put
    assert _read(bytes(data), handed=True) == _read(bytes(data), handed=False)


def _read(pdf: bytes, *, handed: bool) -> object:
    """The dictionary of the signature as it is read, or the word for what is wrong with it."""
    try:
        reader: PdfFileReader = PdfFileReader(BytesIO(pdf))
        if handed:
            pdf_signature._hand_over(reader, pdf)
        held = reader.root["/AcroForm"]["/Fields"][0]["/V"]
        return {key: getattr(value, "original_bytes", value) for key, value in held.items()}
    except pdf_signature.parser_errors() as error:
        return type(error)


def test_signer_refuses_a_key_that_cannot_be_read() -> None:
    with pytest.raises(EvalPanelError, match="cannot be read"):
        LetterSigner(SigningCertificate(certificate().certificate_der, b"junk"))


def test_certificate_is_self_signed_for_signing_and_lasts_825_days() -> None:
    held = x509.load_der_x509_certificate(certificate().certificate_der)
    held.verify_directly_issued_by(held)
    usage = held.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    assert held.not_valid_after_utc - held.not_valid_before_utc == timedelta(days=825)
    assert valid_until(certificate().certificate_der) == held.not_valid_after_utc


def test_certificate_shortens_names_that_x520_forbids() -> None:
    made = new_signing_certificate("Ż" * 100, "Trust " * 30, "", ex.MADE_AT)
    held = x509.load_der_x509_certificate(made.certificate_der)
    assert [len(str(part.value).encode()) <= 64 for part in held.subject] == [True, True]


def test_certificate_does_not_print_its_key() -> None:
    assert repr(certificate()) == f"SigningCertificate(fingerprint='{certificate().fingerprint}')"


def test_certificate_needs_a_name() -> None:
    with pytest.raises(EvalPanelError, match="name of the person"):
        new_signing_certificate("  ", "", "", ex.MADE_AT)


@pytest.mark.parametrize("bid", ["B01", "B02", "B05"])
def test_pdfsig_and_qpdf_accept_a_signed_letter(bid: str, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(signed(bid))
    done = subprocess.run([judge("pdfsig"), str(file)], capture_output=True, text=True, check=False, cwd=tmp_path)
    said = [line.strip(" -") for line in done.stdout.splitlines()]
    assert "Total document signed" in said
    assert "Signature Validation: Signature is Valid." in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    checked = subprocess.run([judge("qpdf"), "--check", str(file)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
