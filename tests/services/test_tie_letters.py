"""A tie that the published rule leaves to people: once they have settled it, every bidder gets its letter and is told how."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pypdfium2

import make
from after_outcome_steps import ENDS, TODAY, addressed, noticed
from evalpanel.domain.feedback_occasions import Occasion
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.tender import BidCode, BidderCode, PriceKind, PriceLine
from evalpanel.services import (
    deciding,
    letter_drafts,
    letters,
    moderation,
    occasion_letters,
    outcome,
    prices,
    verify,
)
from evalpanel.services.letter_drafts import LetterState
from evalpanel.services.letter_signing import LetterBlockedBy, LetterDone
from evalpanel.services.workspace import Workspace
from stages import REFERENCE, agree_all, bring, load, score_all

At = Callable[[str], Workspace]


def text(file: Path) -> str:
    held = pypdfium2.PdfDocument(file.read_bytes())
    try:
        return " ".join(" ".join(one.get_textpage().get_text_range() for one in held).split())
    finally:
        held.close()


def tied(space: Workspace, folder: Path) -> None:
    """Three bids with the same price and the same scores, and an outcome."""
    lines = tuple(
        PriceLine(BidderCode(code), make.LOT, PriceKind.PRICE, "Whole service", Decimal(100))
        for code in ("B01", "B02", "B03")
    )
    load(space, folder, make.pack(prices=lines))
    bring(space, "declared")
    score_all(space, level=lambda _: Decimal(1))
    agree_all(space, level=lambda _: Decimal(1))
    moderation.close(space, REFERENCE)
    prices.open_prices(space, REFERENCE)
    outcome.outcome(space, REFERENCE)


def test_letters_follow_the_tie_as_people_settled_it(at: At, tmp_path: Path) -> None:
    space = at("empty")
    tied(space, tmp_path / "pack")
    addressed(space)
    assert {one.state for one in letter_drafts.overview(space, REFERENCE)} == {LetterState.BLOCKED}
    before = outcome.outcome(space, REFERENCE)
    deciding.decide(
        space,
        REFERENCE,
        bids=["B02"],
        decided_by=["Director of Children’s Services"],
        delegation="Scheme of delegation 4.2",
        why="As ranked by the published method.",
        on=TODAY,
        tie_settled="Lots were drawn on 1 October 2026 before two witnesses.",
    )
    report = letters.letters(space, REFERENCE, tmp_path / "letters")
    assert report.blocked == ()
    assert [(one.bid, one.kind) for one in report.letters] == [
        ("B01", "unsuccessful"),
        ("B02", "winner"),
        ("B03", "unsuccessful"),
    ]
    lost = text(report.letters[0].file)
    assert "intends to award the contract for “Advocacy for young carers" in lost and "to Tallis Care Ltd." in lost
    assert (
        "Both totals are equal. The published rule for equal totals decided: “highest quality, then lowest price, then lots drawn on the record”"
        in lost
    )
    assert "How it was applied: Lots were drawn on 1 October 2026 before two witnesses." in lost
    # The outcome leaves the tie open, as it was made and pinned.
    assert outcome.outcome(space, REFERENCE) == before or before.digest == outcome.outcome(space, REFERENCE).digest
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_letter_that_standstill_has_begun_states_the_days_of_the_record(at: At, tmp_path: Path) -> None:
    space = at("priced")
    outcome.outcome(space, REFERENCE)
    began = Occasion(LetterKind.STANDSTILL_BEGAN)
    early = occasion_letters.sign_occasion(space, REFERENCE, began, tmp_path / "early", bid="B02")
    assert early == LetterBlockedBy(
        BidCode("B02"), make.LOT, ("No notice is on the record yet, so the standstill period has not begun.",)
    )
    noticed(space, tmp_path / "letters")
    made = occasion_letters.sign_occasion(space, REFERENCE, began, tmp_path / "began", bid="B02")
    assert isinstance(made, LetterDone)
    assert made.file.name == "TEST-2026-001-L1-B02-standstill-began.pdf"
    assert (
        "was published on Thursday 1 October 2026, and the standstill period ends at midnight at the end of "
        f"{ENDS:%A} 12 October 2026."
    ) in text(made.file)
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"
