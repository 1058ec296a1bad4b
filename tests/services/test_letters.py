"""Letters and their drafts: where each stands, how it looks, signing, cancelling, giving out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

import ui_stage
from evalpanel.domain.feedback import LetterBlocked
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.signatures import SignatureVerdict
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import letter_drafts, letters, setup, signed_letters
from evalpanel.services.letter_drafts import LetterState
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t

REFERENCE = ui_stage.REFERENCE
EMPTY = "The postal address of Heard Together Peninsula is missing (regulation 31, item b)."


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample with its outcome and no letter signed. No test changes it."""
    with ui_stage.at("decided", tmp_path_factory.mktemp("ready")) as space:
        yield space


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Path]]:
    """The sample with an address missing, signing stopped after one letter and then gone on with; and the folder."""
    with ui_stage.at("decided", tmp_path_factory.mktemp("signed")) as space:
        without_address(space)
        yield space, tmp_path_factory.mktemp("out")


class StopsAt(Progress):
    """Cancels itself before the step with this number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def step(self, done: int, total: int, what: str = "") -> None:
        if done == self._number:
            self.cancel()
        super().step(done, total, what)


def without_address(space: Workspace, bidder: str = "B02") -> None:
    with space.store.writing() as tx:
        tx.execute(select(t.BidderRow).where(t.BidderRow.bidder == bidder)).scalars().one().address = ""


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return " ".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_overview_says_which_letter_every_bid_is_owed(ready: Workspace) -> None:
    found = [(one.bid, one.lot, one.kind, one.state) for one in letter_drafts.overview(ready, REFERENCE)]
    assert found == [
        ("B01", "L1", LetterKind.WINNER, LetterState.READY),
        ("B01", "L2", LetterKind.UNSUCCESSFUL, LetterState.READY),
        ("B02", "L1", LetterKind.UNSUCCESSFUL, LetterState.READY),
        ("B02", "L2", LetterKind.UNSUCCESSFUL, LetterState.READY),
        ("B03", "L2", LetterKind.WINNER, LetterState.READY),
        ("B04", "L1", LetterKind.UNSUCCESSFUL, LetterState.READY),
        ("B04", "L2", LetterKind.BELOW_MINIMUM, LetterState.READY),
        ("B05", "L1", None, LetterState.NOT_OWED),
        ("B06", "L1", LetterKind.CONDITION_FAILED, LetterState.READY),
    ]


def test_preview_is_the_letter_of_its_bid_and_is_not_signed(ready: Workspace) -> None:
    pdf = letter_drafts.preview(ready, REFERENCE, "B03", "L2")
    assert "Dear Rockpool Young Researchers" in words_of(pdf)
    assert b"/ByteRange" not in pdf
    assert letter_drafts.preview(ready, REFERENCE, "B03", "L2") == pdf


def test_a_letter_shows_what_its_own_scores_rest_on_and_nothing_of_the_winner(ready: Workspace) -> None:
    lost, won, failed = (
        " ".join(words_of(letter_drafts.preview(ready, REFERENCE, bid, "L1")).split()) for bid in ("B02", "B01", "B06")
    )

    assert "Evidence: Keeping young people safe and well: “We had 112 concerns in 2025" in lost
    assert "Evidence: Reaching and hearing young people, page 1: “In 2025 we paid twelve young people" in won
    assert "Evidence: Policies and insurance, page 1: “Public liability £5 million" in failed
    for passage in ("we paid twelve young people", "on-call numbers were printed", "anonymised plans in March"):
        assert passage in won
        assert passage not in lost


def test_preview_is_refused_to_somebody_who_is_recused_from_the_lot(ready: Workspace) -> None:
    with pytest.raises(EvalPanelError) as refused:
        letter_drafts.preview(ready, REFERENCE, "B01", "L2", person="FI1")
    assert refused.value.title == "FI1 is recused from lot L2."
    assert letter_drafts.preview(ready, REFERENCE, "B01", "L1", person="FI1").startswith(b"%PDF")


@pytest.mark.parametrize(
    ("bid", "lot", "title"),
    [
        ("B05", "L1", "Bid B05 is owed no letter."),
        ("B03", "L1", "There is no bid B03 in lot L1."),
        ("", "", "There is no bid  in lot ."),
    ],
)
def test_preview_is_refused_where_no_letter_is_owed(ready: Workspace, bid: str, lot: str, title: str) -> None:
    with pytest.raises(EvalPanelError) as refused:
        letter_drafts.preview(ready, REFERENCE, bid, lot)
    assert refused.value.title == title


def test_check_is_refused_before_a_letter_is_signed(ready: Workspace) -> None:
    with pytest.raises(EvalPanelError) as refused:
        signed_letters.check(ready, REFERENCE, "B01", "L1")
    assert refused.value.title == "The letter for bid B01 is not signed yet."


def test_overview_is_refused_before_there_is_an_outcome(tmp_path: Path) -> None:
    with ui_stage.at("frozen", tmp_path) as space, pytest.raises(EvalPanelError) as refused:
        letter_drafts.overview(space, REFERENCE)
    assert refused.value.title == f"{REFERENCE} is at the stage “Bids opened”, so there is no outcome yet."


def test_a_letter_without_an_address_is_blocked_and_says_why(signed: tuple[Workspace, Path]) -> None:
    space, _ = signed
    stopped = [one for one in letter_drafts.overview(space, REFERENCE) if one.state is LetterState.BLOCKED]
    assert [(one.bid, one.lot, one.why) for one in stopped] == [("B02", "L1", (EMPTY,)), ("B02", "L2", (EMPTY,))]
    with pytest.raises(LetterBlocked) as blocked:
        letter_drafts.preview(space, REFERENCE, "B02", "L1")
    assert blocked.value.why == (EMPTY,)


def test_letters_that_were_signed_before_a_cancel_stay_and_are_given_out_again(signed: tuple[Workspace, Path]) -> None:
    space, out = signed
    with pytest.raises(Cancelled):
        letters.letters(space, REFERENCE, out / "first", progress=StopsAt(1))
    kept = [one for one in letter_drafts.overview(space, REFERENCE) if one.state is LetterState.SIGNED]
    assert [(one.bid, one.lot) for one in kept] == [("B01", "L1")]
    before = (out / "first" / f"{REFERENCE}-L1-B01.pdf").read_bytes()

    report = letters.letters(space, REFERENCE, out / "second")
    assert [(one.bid, one.lot, one.again, one.verified) for one in report.letters] == [
        ("B01", "L1", True, True),
        ("B01", "L2", False, True),
        ("B03", "L2", False, True),
        ("B04", "L1", False, True),
        ("B04", "L2", False, True),
        ("B06", "L1", False, True),
    ]
    assert [(one.bid, one.lot, one.why) for one in report.blocked] == [("B02", "L1", (EMPTY,)), ("B02", "L2", (EMPTY,))]
    assert (out / "second" / f"{REFERENCE}-L1-B01.pdf").read_bytes() == before
    assert letter_drafts.preview(space, REFERENCE, "B01", "L1") == before
    assert signed_letters.check(space, REFERENCE, "B01", "L1").verdict is SignatureVerdict.VERIFIED
    assert setup.view(space, REFERENCE).summary.stage.words == "Award decided"

    # Where a letter was signed before, it stays as it is until it is signed anew.
    setup.correct_bidder(space, REFERENCE, bidder="B01", email="letters@tamar.example")
    assert letter_drafts.preview(space, REFERENCE, "B01", "L1") == before
    assert signed_letters.signed_for(space, REFERENCE, "B01") == (
        ("B01", "L1", LetterKind.WINNER),
        ("B01", "L2", LetterKind.UNSUCCESSFUL),
    )
    assert signed_letters.signed_for(space, REFERENCE, "B02") == ()

    setup.correct_bidder(space, REFERENCE, bidder="B02", address="2 Elm Row\nSouthmere")
    draft = words_of(letter_drafts.preview(space, REFERENCE, "B02", "L1"))
    assert ("2 Elm Row" in draft, "Southmere" in draft) == (True, True)
