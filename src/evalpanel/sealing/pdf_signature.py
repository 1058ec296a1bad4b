"""The signature inside a letter: made once, over the whole file, and checkable by anybody with a PDF reader.

PAdES B-B (ETSI EN 319 142-1): one CMS signature with the signer's certificate, which certifies the document and allows
no changes after it. No time is attested by a third party, and nothing is asked of a network.
"""

from __future__ import annotations

import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from evalpanel.domain.signatures import SignatureReport, SignatureVerdict
from evalpanel.errors import EvalPanelError
from evalpanel.sealing.certificates import SigningCertificate, fingerprint_of, refuse_outside_validity
from evalpanel.sealing.signing_keys import SigningKey, of_certificate

if TYPE_CHECKING:
    from pyhanko.pdf_utils.content import PdfContent
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.signers import PdfSigner, Signer
    from pyhanko.sign.validation import EmbeddedPdfSignature

FIELD = "Signature"
"""The name of the one signature field that a letter has."""

_SUBFILTER = "/ETSI.CAdES.detached"
_RESERVED = 24 * 1024  # hexadecimal digits for the CMS: about 4,000 of our own, the rest for a chain and a timestamp


@dataclass(frozen=True, slots=True)
class _Broken:
    """A file that could not be followed to its signature. `words` say where it stopped."""

    words: str


class LetterSigner:
    """Signs letters with one certificate. Made once for a batch, because loading a key takes longer than signing.

    Raises `EvalPanelError` where the certificate or its key cannot be used.
    """

    def __init__(self, certificate: SigningCertificate | SigningKey) -> None:
        self._key = of_certificate(certificate) if isinstance(certificate, SigningCertificate) else certificate
        self._signer = _cms_signer(self._key)

    @property
    def certificate_der(self) -> bytes:
        """The certificate that this signs with."""
        return self._key.certificate_der

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the certificate that this signs with."""
        return fingerprint_of(self._key.certificate_der)

    def detached(self, data: bytes, at: datetime) -> bytes:
        """A signature over anything, in a file of its own (CMS, DER), which `openssl cms -verify` checks.

        `at` (UTC) is the time that the signer claims. Raises as `sign` does.
        """
        refuse_outside_validity(self._key.certificate_der, at)
        import asyncio  # pyHanko signs in a coroutine, which asks nothing of a network

        from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

        told = PdfCMSSignedAttributes(signing_time=at.astimezone(UTC))
        made = asyncio.run(self._signer.async_sign_general_data(data, "sha256", signed_attr_settings=told))
        return bytes(made.dump())

    def sign(self, pdf: bytes, *, appearance: bytes, reason: str, location: str, name: str, at: datetime) -> bytes:
        """`pdf` with its empty signature field signed.

        `appearance` is a PDF of one page: what is seen in the field. `reason`, `location` and `name` stand in the
        signature as the signer's own words, and `at` (UTC) as the time that the signer claims. Raises `EvalPanelError`
        where the certificate is not valid at `at`, or the file has no empty signature field.
        """
        refuse_outside_validity(self._key.certificate_der, at)
        # pyHanko takes half a second to import, and only letters need it.
        from pyhanko.pdf_utils.misc import PdfError
        from pyhanko.sign.general import SigningError

        out = BytesIO()
        try:
            writer = _writer(pdf)
            signer = _pdf_signer(self._signer, appearance, reason, location, name, at)
            signer.sign_pdf(writer, existing_fields_only=True, bytes_reserved=_RESERVED, output=out)
        except (PdfError, SigningError) as error:
            raise EvalPanelError(
                "The letter could not be signed.", f"Nothing was written. The file was refused: {error}"
            ) from error
        return out.getvalue()


def _cms_signer(held: SigningKey) -> Signer:
    # asn1crypto and pyHanko are slow to import: only letters need them.
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class HeldKeySigner(Signer):
        """Signs with a key that stays loaded: pyHanko's own signer reads it anew twice for each signature."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            if dry_run:
                return bytes(held.length)
            if digest_algorithm != "sha256":
                raise AssertionError(f"letters are signed over SHA-256, not {digest_algorithm}")
            return held.sign(data)

    above = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko leaves its constructor untyped
    above.register_multiple([asn1_x509.Certificate.load(one) for one in held.chain_der])
    return HeldKeySigner(signing_cert=asn1_x509.Certificate.load(held.certificate_der), cert_registry=above)


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # slow to import: see LetterSigner.sign

    class Writer(IncrementalPdfFileWriter):
        """Adds the signature and leaves what the file says of itself, which its maker wrote as PDF/A asks."""

        def _update_meta(self) -> None:
            pass

    return Writer(BytesIO(pdf))


def _pdf_signer(signer: Signer, appearance: bytes, reason: str, location: str, name: str, at: datetime) -> PdfSigner:
    from pyhanko.pdf_utils import layout  # slow to import: see LetterSigner.sign
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
    from pyhanko.stamp import StaticStampStyle

    class SignerAt(PdfSigner):
        """Claims the time that it was given, and does not look at the clock."""

        def init_signing_session(self, *args: Any, **options: Any) -> Any:
            session = super().init_signing_session(*args, **options)
            session.system_time = at.astimezone(UTC)
            return session

    whole = layout.SimpleBoxLayoutRule(
        x_align=layout.AxisAlignment.ALIGN_MIN,
        y_align=layout.AxisAlignment.ALIGN_MIN,
        inner_content_scaling=layout.InnerScaling.STRETCH_TO_FIT,
    )
    style = StaticStampStyle(
        border_width=0, background=_appearance(appearance), background_layout=whole, background_opacity=1.0
    )
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason or None,
        location=location or None,
        name=name or None,
    )
    return SignerAt(metadata, signer=signer, stamp_style=style)


def _appearance(page: bytes) -> PdfContent:
    from pyhanko.pdf_utils.content import PdfContent  # slow to import: see LetterSigner.sign
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.pdf_utils.reader import PdfFileReader

    class Page(PdfContent):
        """The first page of a PDF, drawn into the field."""

        def render(self) -> bytes:
            if self.writer is None:
                raise AssertionError("pyHanko sets the writer before it draws")
            form = self.writer.import_page_as_xobject(PdfFileReader(BytesIO(page)))
            self.resources.xobject["/Seen"] = form
            left, bottom, right, top = form.get_object()["/BBox"]
            self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
            return b"/Seen Do"

    return Page()


@cache
def _parser_errors() -> tuple[type[Exception], ...]:
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
        return _not_ours("This is not a PDF.")
    found = _signature_of(pdf)
    if found is None:
        return _not_ours("It holds no signature.")
    if isinstance(found, _Broken):
        if _SUBFILTER.encode() in pdf:
            return _altered("The file is damaged: " + found.words)
        return _not_ours("It cannot be read as a signed letter: " + found.words)
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
        signatures = list(reader.embedded_signatures)
        if not signatures:
            return None
        signature = signatures[0]
        # Asked for here because they are read on demand and fail on demand.
        _ = (signature.signer_cert.dump(), signature.sig_object.get("/SubFilter"), signature.docmdp_level)
    except _parser_errors() as error:
        return _Broken(f"{type(error).__name__} while it was read.")
    return signature, len(signatures) - 1


def _what_is_wrong(pdf: bytes, signature: EmbeddedPdfSignature) -> tuple[str, ...]:
    """Why a letter is not as it was signed; empty when it is."""
    from pyhanko.sign.fields import MDPPerm  # slow to import: see LetterSigner.sign
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

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
        context = ValidationContext(
            trust_roots=[signature.signer_cert],
            allow_fetching=False,
            moment=signature.self_reported_timestamp,
            revocation_mode="soft-fail",
        )
        status = validate_pdf_signature(signature, context)
        if not status.intact:
            wrong.append("The content of the file is not what was signed.")
        if not status.valid:
            wrong.append("The signature does not belong to the certificate in it.")
        if not status.docmdp_ok:
            wrong.append("The file was changed in a way that its signature forbids.")
        if not wrong and not status.trusted:
            wrong.append("The certificate was not valid at the time that the signature claims, or is not for signing.")
    except _parser_errors() as error:
        wrong.append(f"The signature cannot be followed: {type(error).__name__} while it was checked.")
    return tuple(wrong)


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
    sha256 = {"algorithm": "sha256", "parameters": Null()}
    again = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": {
                "version": "v1",
                "digest_algorithms": [sha256],
                "encap_content_info": {"content_type": "data"},
                "certificates": [cms.CertificateChoices("certificate", certificate)],
                "signer_infos": [
                    {
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
                ],
            },
        }
    ).dump()
    return bool(contents[: len(again)] == again)


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
    ]
    claimed = signature.self_reported_timestamp
    when = f"The signer says {claimed:%d.%m.%Y %H:%M} ({claimed.tzname()})" if claimed else "The signer does not say"
    not_proved = [f"When it was signed. {when}; no third party attests a time."]
    who = known.get(fingerprint)
    if who is None:
        not_proved.insert(0, "Who signed it: nobody here knows the certificate. Ask the sender for its fingerprint.")
        return SignatureReport(SignatureVerdict.UNKNOWN_SIGNER, tuple(proved), tuple(not_proved), fingerprint)
    proved.append(f"It was signed with the key of {who}.")
    not_proved.append("Who sat at the keyboard, and to whom the letter was sent.")
    return SignatureReport(SignatureVerdict.VERIFIED, tuple(proved), tuple(not_proved), fingerprint)


def _altered(*why: str, fingerprint: str = "") -> SignatureReport:
    return SignatureReport(SignatureVerdict.ALTERED, (), why, fingerprint)


def _not_ours(why: str) -> SignatureReport:
    return SignatureReport(SignatureVerdict.NOT_OURS, (), (why,))
