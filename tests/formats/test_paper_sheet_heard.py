"""A sheet with a paper key can be heard and kept as every document of ours."""

from __future__ import annotations

import letter_examples as ex
from evalpanel.domain.letter import Facts, Paragraph, Section
from evalpanel.formats.paper_sheet import PaperSheet, render
from heard import faults, loose_ends


def test_a_paper_key_holds_both_standards() -> None:
    words = ("amber", "basil", "cedar", "dune", "ember", "fern", "grove", "heron", "iris", "juniper", "kelp", "larch")
    sheet = PaperSheet(
        "Paper key", "Ola Fenn", "T-1", Facts((("Made on", "9 March 2026"),)), "Keep it apart.",
        (Section("How it is used", (Paragraph("Type the words."),)),), words,
    )  # fmt: skip
    data = render(sheet, made_at=ex.MADE_AT)
    assert faults(data) == []
    assert loose_ends(data) == []
