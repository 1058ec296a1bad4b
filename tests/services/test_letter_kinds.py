"""Letters of every kind: signed for an occasion, one for several lots, signed anew; told apart wherever letters are listed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import inspect, select

import after_outcome_steps
import ui_stage
from evalpanel.domain.correspondence import Channel
from evalpanel.domain.feedback_occasions import Occasion
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    approving,
    audit,
    letter_drafts,
    letter_looks,
    letters,
    mailing,
    occasion_letters,
    record,
    sent,
    setup,
    verify,
)
from evalpanel.services.letter_signing import LetterBlockedBy, LetterDone
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from stages import REFERENCE as SMALL

At = Callable[[str], Workspace]
REFERENCE = ui_stage.REFERENCE
LOW = Occasion(LetterKind.ABNORMALLY_LOW_NOTICE, "How the hourly rate is reached.", date(2026, 12, 11))


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample with its award decided. The tests stand in the order of what they change."""
    with ui_stage.at("decided", tmp_path_factory.mktemp("profile")) as held:
        yield held


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("out")


def rows(space: Workspace) -> list[tuple[str, tuple[str, ...], str, int, str]]:
    with space.store.reading() as tx:
        found = tx.execute(select(t.LetterRow).order_by(t.LetterRow.id)).scalars()
        return [(row.bid, row.lots, row.kind, row.version, row.envelope) for row in found]


def test_a_low_price_is_asked_about_in_a_signed_letter(space: Workspace, out: Path) -> None:
    made = occasion_letters.sign_occasion(space, REFERENCE, LOW, out, bid="B02", lot="L1")
    assert isinstance(made, LetterDone)
    assert (made.file.name, made.version, made.verified, made.again) == (
        f"{REFERENCE}-L1-B02-abnormally-low-notice.pdf",
        1,
        True,
        False,
    )
    again = occasion_letters.sign_occasion(space, REFERENCE, LOW, out / "again", bid="B02", lot="L1")
    assert isinstance(again, LetterDone)
    assert (again.sha256, again.again) == (made.sha256, True)
    assert rows(space) == [("B02", ("L1",), "abnormally-low-notice", 1, "office")]


def test_a_letter_for_an_occasion_that_would_tell_of_another_bidder_is_not_signed(space: Workspace, out: Path) -> None:
    with space.store.reading() as tx:
        name = tx.execute(select(t.BidderRow.name).where(t.BidderRow.bidder == "B04")).scalar_one()
    told = Occasion(LOW.kind, f"{name} asks for much more.", LOW.reply_by)
    (looked,) = letter_looks.look(space, REFERENCE, bid="B06", lot="L1", occasion=told)
    made = occasion_letters.sign_occasion(space, REFERENCE, told, out / "leaks", bid="B06", lot="L1")
    assert isinstance(made, LetterBlockedBy)
    assert "the name of bidder B04" in made.why[0]
    for leak in looked.stops:
        approving.let_through(
            space, REFERENCE, bid="B06", lot="L1", key=leak.key, why="It published its price.", occasion=told
        )
    # The exception is for letters of this kind alone.
    with space.store.reading() as tx:
        assert set(tx.execute(select(t.LetterExceptionRow.series)).scalars()) == {"abnormally-low-notice"}
    assert letter_looks.look(space, REFERENCE, bid="B06", lot="L1", occasion=told)[0].stops == ()


def test_one_letter_tells_a_bidder_about_all_its_lots_and_covers_them(space: Workspace, out: Path) -> None:
    report = letters.letters(space, REFERENCE, out, combined=True)
    assert report.blocked == ()
    assert [(one.bid, [lot for _, lot in one.bids], one.kind) for one in report.letters] == [
        ("B01", ["L1", "L2"], "combined"),
        ("B02", ["L1", "L2"], "combined"),
        ("B03", ["L2"], "winner"),
        ("B04", ["L1", "L2"], "combined"),
        ("B06", ["L1"], "condition-failed"),
    ]
    assert report.letters[0].file.name == f"{REFERENCE}-L1-L2-B01.pdf"
    standings = letter_drafts.overview(space, REFERENCE)
    assert {(one.bid, one.lot, one.state.value, one.kind) for one in standings if one.bid == "B02"} == {
        ("B02", "L1", "signed", LetterKind.COMBINED),
        ("B02", "L2", "signed", LetterKind.COMBINED),
        ("B02", "L1", "signed", LetterKind.ABNORMALLY_LOW_NOTICE),
    }
    manifest = json.loads((out / "letters.json").read_text("utf-8"))["letters"]
    assert [(one["bid"], one["kind"], one.get("bids")) for one in manifest if one["bid"] == "B02"] == [
        ("B02", "abnormally-low-notice", None),
        ("B02", "combined", [["B02", "L1"], ["B02", "L2"]]),
    ]


def test_letters_of_a_lot_that_is_abandoned_are_not_written(at: At, tmp_path: Path) -> None:
    from evalpanel.services import deciding, outcome

    small = at("priced")
    outcome.outcome(small, SMALL)
    deciding.decide(
        small, SMALL, bids=(), decided_by=["Director"], delegation="Scheme 4.2", why="The money is gone.",
        on=after_outcome_steps.TODAY,
    )  # fmt: skip
    assert letters.letters(small, SMALL, tmp_path / "out").letters == ()
    assert {(one.state.value, one.why) for one in letter_drafts.overview(small, SMALL)} == {
        ("not-owed", ("Lot L1 was abandoned, so nothing is awarded in it.",))
    }


def test_a_letter_signed_anew_is_the_next_version_and_says_why(space: Workspace, out: Path) -> None:
    with pytest.raises(EvalPanelError, match="It is not said which letter is signed anew"):
        letters.letters(space, REFERENCE, out, reissue="A wrong name.")
    report = letters.letters(space, REFERENCE, out / "anew", bid="B03", lot="L2", reissue="A wrong name.")
    assert [(one.file.name, one.version, one.again) for one in report.letters] == [
        (f"{REFERENCE}-L2-B03-v2.pdf", 2, False)
    ]
    told = record.history(space, REFERENCE)[-1]
    assert told.sentence.endswith("B03 (lot L2) is version 2. Why: A wrong name.")
    old, new = out / f"{REFERENCE}-L2-B03.pdf", out / "anew" / f"{REFERENCE}-L2-B03-v2.pdf"
    first, second, apart = verify.verify_file(space, old), verify.verify_file(space, new), verify.verify_file(None, old)
    assert (first.verdict, second.verdict) == ("verified", "verified")
    assert first.proved[-1] == "it is version 1"
    assert first.not_proved[-1].startswith("that it still holds: version 2, signed on ")
    assert first.not_proved[-1].endswith(f"({new.name}), took its place")
    assert second.proved[-1] == "it is version 2, and no later version took its place in this profile"
    assert apart.not_proved[-1].startswith("which version of the letter this is")


def test_details_are_corrected_when_all_letters_are_issued_and_the_letter_is_signed_anew(
    at: At, tmp_path: Path
) -> None:
    small = at("priced")
    after_outcome_steps.decided(small)
    after_outcome_steps.lettered(small, tmp_path / "out")
    (first,) = [one for one in letter_drafts.overview(small, SMALL) if one.bid == "B02"]
    after = setup.correct_bidder(small, SMALL, bidder="B02", address="9 New Quay\nSouthmere")
    assert after.address == "9 New Quay\nSouthmere"
    told = record.history(small, SMALL)[-1]
    assert (told.what.startswith("corrected the details of"), told.detail) == (True, "Changed: postal address.")
    (signed,) = [one for one in letter_drafts.overview(small, SMALL) if one.bid == "B02"]
    assert signed.signed == first.signed
    (anew,) = letters.letters(small, SMALL, tmp_path / "anew", bid="B02", reissue="It has moved.").letters
    assert anew.version == 2
    document = pypdfium2.PdfDocument(anew.file)
    assert "9 New Quay" in document[0].get_textpage().get_text_bounded()
    document.close()


def test_letters_of_several_kinds_are_sent_apart(space: Workspace, tmp_path: Path) -> None:
    at = space.now()
    first = sent.record_sent(
        space, REFERENCE, at=at, channel=Channel.EMAIL, bids=[("B02", "L1")], kind="abnormally-low-notice"
    )
    assert [(one.kind, one.is_sent) for one in first] == [("abnormally-low-notice", True)]
    made = mailing.prepare(space, REFERENCE, tmp_path / "mail", forms=False)
    assert [one.letters for one in made.drafts if one.bidder == "B02"] == [1]
    second = sent.record_sent(space, REFERENCE, at=at, channel=Channel.EMAIL, bids=[("B02", "L2")])
    assert [(one.kind, one.about) for one in second] == [("combined", (("B02", "L1"), ("B02", "L2")))]
    with pytest.raises(EvalPanelError, match="Every letter for bid B02 is on record as sent"):
        sent.record_sent(space, REFERENCE, at=at, channel=Channel.EMAIL, bids=[("B02", "L1")])


def test_the_record_of_letters_of_every_kind_verifies(space: Workspace) -> None:
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"
    assert {envelope for *_, envelope in rows(space)} == {"office"}


def test_letters_sealed_before_where_the_panel_could_read_are_read_from_there(at: At, tmp_path: Path) -> None:
    import io

    from evalpanel.domain.tender import EnvelopeKind
    from evalpanel.services import tenders
    from evalpanel.services.envelopes import EnvelopeName, held_envelopes

    small = at("priced")
    after_outcome_steps.decided(small)
    (one,) = letters.letters(small, SMALL, tmp_path / "out", bid="B01").letters
    with small.store.writing() as tx:
        tender = tenders.find(tx, SMALL).tender_id
        envelopes = held_envelopes(tx, small, tender)
        sealed = envelopes.seal(EnvelopeName(EnvelopeKind.COMMON), io.BytesIO(one.file.read_bytes()))
        envelopes.keep(tx)
        audit.record(tx, small, "noted", tender=tender, person="OF1", detail={})
        row = tx.execute(select(t.LetterRow)).scalars().one()
        names = [one.key for one in inspect(t.LetterRow).column_attrs if one.key != "id"]
        copy = {name: getattr(row, name) for name in names}
        tx.add(t.LetterRow(**{**copy, "series": "older", "sealed": sealed.sealed, "envelope": "common"}))
    assert letter_drafts.preview(small, SMALL, "B01", "L1", series="older") == one.file.read_bytes()
