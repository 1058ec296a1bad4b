"""How fast letters are made: 100 letters composed, laid out, signed and verified, with what each step takes."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script, the tests' own modules lie beside it

import letter_examples as ex
from evalpanel.domain.feedback import compose
from evalpanel.domain.signatures import SignatureVerdict
from evalpanel.formats.letter_pdf import render, signature_appearance
from evalpanel.formats.paper import SIGNATURE_SIZE
from evalpanel.sealing.certificates import new_signing_certificate, short_fingerprint
from evalpanel.sealing.letter_signer import LetterSigner
from evalpanel.sealing.pdf_signature import verify

LETTERS = 100


def measure() -> list[tuple[str, float, str]]:
    """What was measured: name, number, unit. The letter is that of an unsuccessful bid, of six pages."""
    certificate = new_signing_certificate("A. Officer", ex.TENDER.authority, "", ex.MADE_AT)
    known = {certificate.fingerprint: "A. Officer"}
    signer = LetterSigner(certificate)
    inputs = ex.inputs("B02")
    steps: list[list[float]] = [[], [], [], []]

    def one() -> list[float]:
        marks = [perf_counter()]
        letter = compose(inputs)
        marks.append(perf_counter())
        laid = render(letter, made_at=ex.MADE_AT)
        marks.append(perf_counter())
        lines = ("Signed by A. Officer", f"Certificate {short_fingerprint(certificate.fingerprint)}")
        seen = signature_appearance(lines, SIGNATURE_SIZE)
        data = signer.sign(
            laid.data, appearance=seen, reason=letter.title, location="", name="A. Officer", at=ex.MADE_AT
        )
        marks.append(perf_counter())
        if verify(data, known).verdict is not SignatureVerdict.VERIFIED:
            raise AssertionError("a letter that was just signed did not verify")
        marks.append(perf_counter())
        return [after - before for before, after in pairwise(marks)]

    one()  # the first letter imports and loads fonts
    for _ in range(LETTERS):
        for step, took in zip(steps, one(), strict=True):
            step.append(took)
    whole = sum(sum(step) for step in steps)
    named = zip(("composed", "laid out", "signed", "verified"), steps, strict=True)
    return [
        ("letters composed, laid out, signed and verified", LETTERS / whole, "letters/s"),
        *((f"one letter {name}, median", median(step) * 1000, "ms") for name, step in named),
    ]


if __name__ == "__main__":
    for name, number, unit in measure():
        print(f"{name:<50} {number:8.1f} {unit}")
