"""Signs letters: once, over the whole file, so that anybody with a PDF reader can check it.

PAdES B-B (ETSI EN 319 142-1): one CMS signature with the signer's certificate, which certifies the document and allows
no changes after it. No time is attested by a third party, and nothing is asked of a network. `pdf_signature` checks it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from evalpanel.errors import EvalPanelError
from evalpanel.sealing.certificates import SigningCertificate, fingerprint_of, refuse_outside_validity
from evalpanel.sealing.pdf_signature import FIELD
from evalpanel.sealing.signing_keys import SigningKey, of_certificate

if TYPE_CHECKING:
    from pyhanko.pdf_utils.content import PdfContent
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSigner, Signer

_RESERVED = 24 * 1024  # hexadecimal digits for the CMS: about 4,000 of our own, the rest for a chain and a timestamp


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


_NO_DIGEST = hashlib.sha256(b"here stands the digest of a letter").digest()


@dataclass(frozen=True, slots=True)
class _Mould:
    """A CMS signature (DER) without its two parts that differ from letter to letter and are always as long as here.

    They are the digest of the letter, which stands at `digest`, and at the end the signature over what is told of it:
    the attributes from `begin` to `end`.
    """

    form: bytes
    digest: int
    begin: int
    end: int

    @classmethod
    def of(cls, made: bytes, length: int) -> _Mould:
        """The mould of a signature over `_NO_DIGEST` whose own last part is `length` zeros."""
        from asn1crypto import cms  # slow to import: see _cms_signer

        told = cms.ContentInfo.load(made)["content"]["signer_infos"][0]["signed_attrs"].dump()
        if (made.count(_NO_DIGEST), made.count(told)) != (1, 1) or not made.endswith(bytes(length)):
            raise AssertionError("the form of a signature is not as it is known")
        begin = made.index(told)
        return cls(made[:-length], made.index(_NO_DIGEST), begin, begin + len(told))

    def told(self, digest: bytes) -> bytes:
        """What the signature is made over: the attributes, as a set of their own (RFC 5652, 5.4)."""
        return b"\x31" + self._with(digest)[self.begin + 1 : self.end]

    def cast(self, digest: bytes, signature: bytes) -> bytes:
        """The whole of a letter's signature."""
        return self._with(digest) + signature

    def _with(self, digest: bytes) -> bytes:
        if len(digest) != len(_NO_DIGEST):
            raise AssertionError("a digest of SHA-256 has 32 bytes")
        return self.form[: self.digest] + digest + self.form[self.digest + len(digest) :]


def _cms_signer(held: SigningKey) -> Signer:
    # asn1crypto and pyHanko are slow to import: only letters need them.
    from asn1crypto import cms
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

        async def async_sign(self, data_digest: bytes, digest_algorithm: str, *args: Any, **how: Any) -> Any:
            """A signature over a digest. pyHanko makes the form of those of letters once, and each is cast in it."""
            if how.get("use_pades") is not True or how.get("timestamper") is not None:
                return await super().async_sign(data_digest, digest_algorithm, *args, **how)
            if not moulds:
                made = await super().async_sign(_NO_DIGEST, digest_algorithm, dry_run=True, use_pades=True)
                moulds.append(_Mould.of(made.dump(), held.length))
            signature = await self.async_sign_raw(moulds[0].told(data_digest), digest_algorithm)
            return cms.ContentInfo.load(moulds[0].cast(data_digest, signature))

    moulds: list[_Mould] = []
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
