"""What the signature inside a letter proves, offline. `letter_signer` makes it."""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from evalpanel.domain.signatures import SignatureReport, SignatureVerdict
from evalpanel.sealing.certificates import fingerprint_of
from evalpanel.sealing.signing_keys import issued
from evalpanel.sealing.spoken import digest_words

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import EmbeddedPdfSignature

FIELD = "Signature"
"""The name of the one signature field that a letter has."""

_SUBFILTER = "/ETSI.CAdES.detached"


@dataclass(frozen=True, slots=True)
class _Broken:
    """A file that could not be followed to its signature. `words` say where it stopped."""

    words: str


@cache
def parser_errors() -> tuple[type[Exception], ...]:
    """What reading a broken or hostile PDF can raise in pyHanko and below it, found by flipping and cutting letters.

    pyHanko reads the file's objects with plain Python, so what is wrong with one shows as the error that Python has for
    it. All of it means: this is not a whole letter.
    """
    from pyhanko.pdf_utils.misc import PdfError  # slow to import: see LetterSigner.sign
    from pyhanko.sign.general import SigningError, ValueErrorWithMessage
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator.errors import PathError, ValidationError

    return (
        PdfError, SigningError, ValueErrorWithMessage, SignatureValidationError, PathError, ValidationError,
        ValueError, TypeError, LookupError, AttributeError, AssertionError, ArithmeticError, RecursionError,
        NotImplementedError, EOFError, binascii.Error, zlib.error,
    )  # fmt: skip


def verify(pdf: bytes, known: Mapping[str, str]) -> SignatureReport:
    """What the signature in a file is worth, offline. `known` says whose a certificate is, by its fingerprint.

    A file that is broken, or no PDF, gets its verdict in words too: nothing is raised.
    """
    if b"%PDF-" not in pdf[:1024]:
        return _not_ours("It is no PDF, no parcel, no list of letters and no copy of a trail.")
    found = _signature_of(pdf)
    if found is None:
        return _not_ours("It holds no signature.")
    if isinstance(found, _Broken):
        if _SUBFILTER.encode() in pdf:
            return _altered("The file is damaged or cut short, and its signature cannot be followed: " + found.words)
        return _not_ours("It is damaged, cut short or no letter: " + found.words)
    signature, others = found
    if signature.sig_object.get("/SubFilter") != _SUBFILTER or signature.field_name != FIELD:
        return _not_ours("It is signed, but not as a letter of this program is.")
    fingerprint = fingerprint_of(signature.signer_cert.dump())
    wrong = _what_is_wrong(pdf, signature)
    if others:
        wrong = ("A second signature was added to the file.", *wrong)
    if wrong:
        return _altered(*wrong, fingerprint=fingerprint)
    return _unchanged(pdf, signature, fingerprint, known)


def _signature_of(pdf: bytes) -> tuple[EmbeddedPdfSignature, int] | _Broken | None:
    """The first signature of a file and how many more there are; None without any."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # slow to import: see LetterSigner.sign

    try:
        reader: PdfFileReader = PdfFileReader(BytesIO(pdf))
        _hand_over(reader, pdf)
        signatures = list(reader.embedded_signatures)
        if not signatures:
            return None
        signature = signatures[0]
        # Asked for here because they are read on demand and fail on demand.
        _ = (signature.signer_cert.dump(), signature.sig_object.get("/SubFilter"), signature.docmdp_level)
    except parser_errors() as error:
        return _Broken(f"the reader of PDFs stops with {type(error).__name__}.")
    return signature, len(signatures) - 1


_CONTENTS = re.compile(rb"/Contents (<(?:[0-9A-Fa-f]{2}){256,}>)")
_HEAD = re.compile(rb"\s(\d{1,8}) (\d{1,5}) obj(?=[\0\t\n\f\r ])")
_BLANK = b"\0\t\n\f\r "


def _hand_over(reader: PdfFileReader, pdf: bytes) -> None:
    """Read the object that holds a signature for pyHanko, which takes its 24,000 digits one by one.

    It is handed over only where it stands where the file says, and is read to its end as pyHanko itself reads it, with
    the digits left out for that. Anything else is left for pyHanko to read.
    """
    from pyhanko.pdf_utils import generic  # slow to import: see LetterSigner.sign

    digits = _CONTENTS.search(pdf)
    head = _HEAD.search(pdf, max(0, pdf.rfind(b" obj", 0, digits.start()) - 16)) if digits else None
    if digits is None or head is None or head.end() > digits.start() or reader.encrypted:
        return
    reference = generic.Reference(int(head[1]), int(head[2]), reader)
    end = pdf.find(b"endobj", digits.end()) + len(b"endobj")
    if reader.xrefs[reference] != head.start(1) or end < digits.end():
        return
    short = BytesIO(pdf[head.end() : digits.start(1)].lstrip(_BLANK) + b"<>" + pdf[digits.end() : end])
    held = generic.read_object(short, reference)
    if (
        short.read().lstrip(_BLANK) == b"endobj"
        and isinstance(held, generic.DictionaryObject)
        and held.get("/Contents") == ""
    ):
        held[generic.NameObject("/Contents")] = generic.pdf_string(bytes.fromhex(digits[1][1:-1].decode()))
        reader.cache_indirect_object(reference.generation, reference.idnum, held)  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped


def _what_is_wrong(pdf: bytes, signature: EmbeddedPdfSignature) -> tuple[str, ...]:
    """Why a letter is not as it was signed; empty when it is."""
    from pyhanko.sign.fields import MDPPerm  # slow to import: see LetterSigner.sign
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    wrong = []
    try:
        byte_range = [int(number) for number in signature.byte_range]
        if not _covers_all(pdf, byte_range, signature.pkcs7_content):
            # Nothing more need be asked: what lies outside the signature is not the letter, however harmless it looks.
            return ("Something was added to the file after it was signed, or lies outside the signature.",)
        if not _says_nothing_else(signature.pkcs7_content):
            wrong.append("The signature holds something that it does not cover.")
        if signature.docmdp_level is not MDPPerm.NO_CHANGES:
            wrong.append("The signature does not forbid changes, as that of a letter does.")
        # The certificate stands for itself: whether anybody knows it is asked afterwards, by its fingerprint.
        context = standing_for_itself([signature.signer_cert], signature.self_reported_timestamp)
        stamp = _stamp_of(signature)
        status = validate_pdf_signature(
            signature,
            context,
            ts_validation_context=standing_for_itself(list(stamp.certificates), stamp.at) if stamp else None,
            key_usage_settings=KeyUsageConstraints(
                key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
            ),
        )
        held = status.timestamp_validity
        if stamp and (held is None or not (held.intact and held.valid and held.trusted)):
            wrong.append("The timestamp in it does not belong to this signature, or was altered.")
        if not status.intact:
            wrong.append("The content of the file is not what was signed.")
        if not status.valid:
            wrong.append("The signature does not belong to the certificate in it.")
        if not status.docmdp_ok:
            wrong.append("The file was changed in a way that its signature forbids.")
        if not wrong and not status.trusted:
            wrong.append("The certificate was not valid at the time that the signature claims, or is not for signing.")
    except parser_errors() as error:
        wrong.append(f"The signature cannot be followed: {type(error).__name__} while it was checked.")
    return tuple(wrong)


def standing_for_itself(certificates: list[Any], moment: datetime | None) -> Any:
    """What certificates are checked against: only themselves, at a moment, and nobody is asked."""
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(trust_roots=certificates, allow_fetching=False, moment=moment, revocation_mode="soft-fail")


@dataclass(frozen=True, slots=True)
class _Stamp:
    """A timestamp in a signature: when, by whom (the name in its certificate), that certificate's fingerprint."""

    at: datetime
    by: str
    fingerprint: str
    certificates: tuple[Any, ...]


def _stamp_of(signature: EmbeddedPdfSignature) -> _Stamp | None:
    attributes = signature.signer_info["unsigned_attrs"]
    if not attributes.native:
        return None
    token = attributes[0]["values"][0]["content"]  # no other is let in: see _says_nothing_else
    told = token["encap_content_info"]["content"].parsed
    sid = token["signer_infos"][0]["sid"]
    held = [one.chosen for one in token["certificates"]]
    own = next(
        (
            one
            for one in held
            if sid.name != "issuer_and_serial_number" or one.serial_number == sid.chosen["serial_number"].native
        ),
        None,
    )
    if own is None:
        raise LookupError("the timestamp does not hold the certificate that it names")
    return _Stamp(
        told["gen_time"].native,
        str(own.subject.native.get("common_name", own.subject.human_friendly)),
        fingerprint_of(own.dump()),
        (own,),
    )


def _covers_all(pdf: bytes, byte_range: list[int], contents: bytes) -> bool:
    """Whether all bytes but the signature's own are signed, and its own are exactly the signature and zeros.

    Stricter than a reader need be: even the unsigned padding and the spelling of its digits must be as we write them,
    so that any changed byte shows.
    """
    if len(byte_range) != 4:
        return False
    start, first, second, last = byte_range
    written = pdf[first:second]
    if start != 0 or first + len(written) != second or second + last != len(pdf) or min(byte_range) < 0:
        return False
    length = _der_length(contents)
    return written == b"<" + contents.hex().upper().encode() + b">" and not any(contents[length:])


def _says_nothing_else(contents: bytes) -> bool:
    """Whether a CMS is, byte for byte, the one that its certificate, signed attributes and signature make.

    What stands round these (versions, the list of digests, further certificates) is not covered by the signature, and a
    reader takes no notice of it (RFC 5652, 5.1). It is made again as letters of this program have it, and compared.
    """
    from asn1crypto import cms  # slow to import: see LetterSigner.sign
    from asn1crypto.core import Null

    held = cms.ContentInfo.load(contents)["content"]
    signer = held["signer_infos"][0]
    certificate = held["certificates"][0].chosen
    if not _are_a_chain([one.chosen.dump() for one in held["certificates"]]):
        return False
    sha256 = {"algorithm": "sha256", "parameters": Null()}
    told = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number",
            {"issuer": certificate.issuer, "serial_number": certificate.serial_number},
        ),
        "digest_algorithm": sha256,
        "signed_attrs": signer["signed_attrs"],
        "signature_algorithm": {"algorithm": "sha256_rsa", "parameters": Null()},
        "signature": signer["signature"].native,
    }
    if signer["unsigned_attrs"].native:
        stamp = signer["unsigned_attrs"][0]
        if len(signer["unsigned_attrs"]) != 1 or stamp["type"].native != "signature_time_stamp_token":
            return False
        told["unsigned_attrs"] = signer["unsigned_attrs"]
    again = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": {
                "version": "v1",
                "digest_algorithms": [sha256],
                "encap_content_info": {"content_type": "data"},
                "certificates": held["certificates"],
                "signer_infos": [told],
            },
        }
    ).dump()
    return bool(contents[: len(again)] == again)


def _are_a_chain(certificates: list[bytes]) -> bool:
    """Whether each certificate after the first is the issuer of one before it, so that none came along for nothing."""
    from cryptography import x509  # as above

    held = [x509.load_der_x509_certificate(one) for one in certificates]
    return all(any(issued(below, above) for below in held[:at]) for at, above in enumerate(held[1:], 1))


def _der_length(data: bytes) -> int:
    """How long the DER value at the start of `data` is, its header included."""
    if len(data) < 2:
        return 0
    if data[1] < 0x80:
        return 2 + data[1]
    digits = data[1] & 0x7F
    return 2 + digits + int.from_bytes(data[2 : 2 + digits], "big")


def _unchanged(
    pdf: bytes, signature: EmbeddedPdfSignature, fingerprint: str, known: Mapping[str, str]
) -> SignatureReport:
    proved = [
        f"Nothing in the file has changed since it was signed: the signature covers all of its {len(pdf):,} bytes.",
        "The signature forbids any change, and nothing was added after it.",
        f"The letter in short words, as in its visible signature: {' '.join(digest_words(_before_signing(pdf)))}.",
    ]
    claimed, stamp = signature.self_reported_timestamp, _stamp_of(signature)
    when = f"The signer says {claimed:%d.%m.%Y %H:%M} ({claimed.tzname()})" if claimed else "The signer does not say"
    not_proved = [f"When it was signed. {when}; no third party attests a time."]
    if stamp is not None:
        proved.append(
            f"A timestamp in it, made on {stamp.at:%d.%m.%Y %H:%M:%S} UTC by “{stamp.by}”, is of this signature."
        )
        not_proved = [
            f"When it was signed, only that it was by then, if that authority can be relied on. {when}.",
            f"Whose the timestamp is: compare {stamp.fingerprint} with the fingerprint that the authority publishes.",
        ]
    who = known.get(fingerprint)
    if who is None:
        not_proved.insert(0, "Who signed it: nobody here knows the certificate. Ask the sender for its fingerprint.")
        return SignatureReport(SignatureVerdict.UNKNOWN_SIGNER, tuple(proved), tuple(not_proved), fingerprint)
    proved.append(f"It was signed with the key of {who}.")
    not_proved.append("Who sat at the keyboard, and to whom the letter was sent.")
    return SignatureReport(SignatureVerdict.VERIFIED, tuple(proved), tuple(not_proved), fingerprint)


def _before_signing(pdf: bytes) -> bytes:
    """The letter as it was laid out: what stands before the part that the signature added."""
    return pdf[: pdf.index(b"%%EOF\n") + 6]


def _altered(*why: str, fingerprint: str = "") -> SignatureReport:
    return SignatureReport(SignatureVerdict.ALTERED, (), why, fingerprint)


def _not_ours(why: str) -> SignatureReport:
    return SignatureReport(SignatureVerdict.NOT_OURS, (), (why,))
