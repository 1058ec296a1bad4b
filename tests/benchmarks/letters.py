"""How fast letters are made: 200 letters composed, tagged, signed and verified, with what each step takes.

The same text is made into a PDF by LibreOffice beside it, where that is installed; and the memory of 1,000 letters.
"""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script, the tests' own modules lie beside it

import letter_examples as ex
from evalpanel.domain.feedback import compose
from evalpanel.domain.signatures import SignatureVerdict
from evalpanel.formats.letter_pdf import render, signature_appearance
from evalpanel.formats.letter_text import plain_text
from evalpanel.formats.paper import SIGNATURE_SIZE
from evalpanel.sealing.certificates import new_signing_certificate, short_fingerprint
from evalpanel.sealing.letter_signer import LetterSigner
from evalpanel.sealing.pdf_signature import verify

LETTERS = 200
LIBREOFFICE = 50


def measure() -> list[tuple[str, float, str]]:
    """What was measured: name, number, unit. The letter is that of an unsuccessful bid."""
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
    pages = render(compose(inputs), made_at=ex.MADE_AT).pages
    for _ in range(LETTERS):
        for step, took in zip(steps, one(), strict=True):
            step.append(took)
    whole = sum(sum(step) for step in steps)
    named = zip(("composed", "laid out", "signed", "verified"), steps, strict=True)
    grown = _growth(one)
    made = sum(sum(step) for step in steps[:3]) / LETTERS
    return [
        ("pages of a letter", float(pages), "pages"),
        ("letters composed, laid out, signed and verified", LETTERS / whole, "letters/s"),
        ("one letter, mean", whole / LETTERS * 1000, "ms"),
        *((f"one letter {name}, median", median(step) * 1000, "ms") for name, step in named),
        ("memory, 1,000 letters more", grown, "MB"),
        ("one letter made and signed, mean", made * 1000, "ms"),
        *_by_libreoffice(plain_text(compose(inputs)), median(steps[2]), made),
    ]


def _growth(one: Callable[[], object]) -> float:
    """How much more memory the process takes after 1,000 letters than after the first 100, in MB."""
    for _ in range(100):
        one()
    before = _memory()
    for _ in range(1000):
        one()
    return _memory() - before


def _memory() -> float:
    gc.collect()
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("Linux says how much memory a process takes")


def _by_libreoffice(text: str, signing: float, ours: float) -> list[tuple[str, float, str]]:
    """What LibreOffice takes for the same text, tagged and archival but not signed; and with `signing`, the seconds of ours.

    `ours`, the seconds that a letter of ours takes to be made and signed, is told as its share of that. Plain paragraphs alone: no table, no letterhead, no field to sign in. Nothing where LibreOffice is not there.
    """
    office = shutil.which("soffice")
    if office is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number in range(LIBREOFFICE):
            files.append(Path(folder) / f"letter{number}.txt")
            files[-1].write_text(text, encoding="utf-8")
        options = '{"SelectPdfVersion":{"type":"long","value":"2"},"PDFUACompliance":{"type":"boolean","value":"true"}}'
        start = perf_counter()
        subprocess.run(
            [
                office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
                f"pdf:writer_pdf_Export:{options}", "--outdir", folder, *map(str, files),
            ],
            check=True, capture_output=True,
        )  # fmt: skip
        took = perf_counter() - start
        made = len(list(Path(folder).glob("*.pdf")))
    return [
        (f"one letter by LibreOffice, of {made}, start included, unsigned", took / made * 1000, "ms"),
        ("the same and a signature as ours", (took / made + signing) * 1000, "ms"),
        ("ours made and signed, by LibreOffice's with that signature", ours / (took / made + signing), "times"),
    ]


if __name__ == "__main__":
    for name, number, unit in measure():
        print(f"{name:<60} {number:8.1f} {unit}")
