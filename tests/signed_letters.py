"""Letters of the small tender, signed and not, made once for all tests that look at signatures."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import letter_examples as ex
from evalpanel.domain.feedback import compose
from evalpanel.formats.letter_pdf import render, signature_appearance
from evalpanel.sealing.certificates import SigningCertificate, new_signing_certificate, short_fingerprint
from evalpanel.sealing.letter_signer import LetterSigner


@cache
def certificate(name: str = "A. Officer") -> SigningCertificate:
    return new_signing_certificate(name, "Exbourne Children’s Trust", "tenders@exbourne.example", ex.MADE_AT)


@cache
def unsigned(bid: str = "B05") -> bytes:
    return render(compose(ex.inputs(bid)), made_at=ex.MADE_AT).data


def sign(pdf: bytes, by: SigningCertificate, at: datetime = ex.MADE_AT) -> bytes:
    seen = signature_appearance(("Signed by A. Officer", short_fingerprint(by.fingerprint)), (260.0, 62.0))
    return LetterSigner(by).sign(
        pdf, appearance=seen, reason="Assessment summary", location="Exbourne", name="A. Officer", at=at
    )


@cache
def signed(bid: str = "B05") -> bytes:
    return sign(unsigned(bid), certificate())


def known() -> dict[str, str]:
    return {certificate().fingerprint: "A. Officer"}
