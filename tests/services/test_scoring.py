"""Declaring, reading, scoring, signing off: who may, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

import make
from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.intake import ProblemsFound
from evalpanel.domain.interests import Answer, Recusal
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.sheets import Score, ScoreRow, ScoreStatus
from evalpanel.domain.tender import BidStatus, ConsortiumMember, CriterionCode, Lot, LotCode, MemberRole, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import declarations, documents, moderation, prices, record, scoring, setup, sign_off, verify
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from profiles import Clock
from stages import REFERENCE, answers, bring, declare_all, line, load, score

At = Callable[[str], Workspace]
BID_OF_B01 = "bids/B01/1.1 Reach.txt"


def scored(bid: str, criterion: str, value: str, rationale: str = "Page 2.") -> Score:
    return Score(line(bid, criterion), ScoreStatus.SCORED, Decimal(value), rationale)


def last_act(space: Workspace) -> tuple[str, str]:
    """Who did the last thing on the record, and what."""
    with space.store.reading() as tx:
        row = tx.execute(select(t.AuditRow).order_by(t.AuditRow.id.desc()).limit(1)).scalar_one()
        return row.person, row.act


def versions(space: Workspace, person: str) -> list[tuple[str, int, str, str]]:
    """Every version that is kept of a person's answers: criterion, revision, status, value."""
    with space.store.reading() as tx:
        rows = tx.execute(select(t.ScoreRow).where(t.ScoreRow.person == person).order_by(t.ScoreRow.id)).scalars()
        return [(row.criterion, row.revision, row.status.value, str(row.value_)) for row in rows]


# Declarations and reading


def test_a_bid_is_read_after_the_freeze_and_a_declaration_and_the_reading_is_on_record(at: At) -> None:
    space = at("loaded")
    with pytest.raises(EvalPanelError, match="bids are still sealed"):
        documents.read(space, REFERENCE, BID_OF_B01, person="PM1")
    setup.freeze(space, REFERENCE)
    with pytest.raises(EvalPanelError, match=r"^PM2 has not declared interests yet\."):
        documents.read(space, REFERENCE, BID_OF_B01, person="PM2")
    declarations.declare(space, REFERENCE, person="PM2")

    assert documents.read(space, REFERENCE, BID_OF_B01, person="PM2") == b"How Harbour reaches young carers."
    assert last_act(space) == ("PM2", "document-read")


def test_a_document_of_the_tender_is_open_to_all_from_the_start(at: At) -> None:
    assert documents.read(at("loaded"), REFERENCE, "Specification.txt", person="PM2") == b"What we want."


def test_an_interest_takes_every_bid_of_the_lot_away(at: At) -> None:
    space = at("declared")

    recused = declarations.declare(space, REFERENCE, person="PM2", answers=(Answer("B02", "My aunt runs it."),))

    assert recused == (Recusal(PersonCode("PM2"), LotCode("L1"), "declared an interest in Tallis Care Ltd"),)
    assert last_act(space) == ("PM2", "interests-declared")
    with pytest.raises(EvalPanelError, match=r"^PM2 is recused from lot L1\."):
        documents.read(space, REFERENCE, BID_OF_B01, person="PM2")
    with pytest.raises(EvalPanelError, match="PM2 is recused from lot L1"):
        scoring.save_score(space, REFERENCE, person="PM2", score=scored("B01", "1.1", "3"))
    with pytest.raises(ProblemsFound, match="PM2 is recused from lot L1"):
        scoring.take_scores(
            space, REFERENCE, person="PM2", rows=[ScoreRow("A2", line("B03", "1.1"), None, Decimal(3), "Page 1.")]
        )
    assert scoring.desk(space, REFERENCE, "PM2").owed == ()


@pytest.mark.parametrize(
    ("organisation", "why"),
    [
        ("TALLIS CARE LIMITED", "TALLIS CARE LIMITED is a bidder"),
        ("Tor Valley Advice", "Tor Valley Advice takes part in a bid"),
        ("Quarry Transport", "Quarry Transport takes part in a bid"),
    ],
)
def test_ones_own_organisation_recuses_as_bidder_member_or_subcontractor(
    at: At, tmp_path: Path, organisation: str, why: str
) -> None:
    space = at("empty")
    panel = (*make.panel()[:3], replace(make.panel()[3], organisation=organisation))
    haulier = ConsortiumMember(make.bidders()[0].bidder, "Quarry Transport", MemberRole.SUBCONTRACTOR)
    load(space, tmp_path / "pack", make.pack(panel=panel, members=(*make.pack().members, haulier)))
    setup.freeze(space, REFERENCE)

    recused = declarations.declare(space, REFERENCE, person="PM2")

    assert recused == (Recusal(PersonCode("PM2"), LotCode("L1"), why),)


def test_an_interest_in_one_lot_leaves_the_other(at: At, tmp_path: Path) -> None:
    space = at("empty")
    lots = (*make.pack().lots, Lot(LotCode("L2"), "Weekends"))
    bids = (*make.bids()[:2], *make.bids(LotCode("L2"))[1:])
    load(space, tmp_path / "pack", make.pack(lots=lots, bids=bids, prices=()))
    bring(space, "declared")

    declarations.declare(space, REFERENCE, person="PM2", answers=(Answer("B01", "I volunteer there."),))

    assert {(one.lot, one.bid) for one in scoring.desk(space, REFERENCE, "PM2").owed} == {("L2", "B02"), ("L2", "B03")}
    assert documents.read(space, REFERENCE, "bids/B02/1.1 Reach.txt", person="PM2") != b""
    with pytest.raises(EvalPanelError, match=r"^PM2 is recused from lot L1\."):
        documents.read(space, REFERENCE, BID_OF_B01, person="PM2")


def test_an_observer_reads_no_bid_and_scores_nothing(at: At, tmp_path: Path) -> None:
    space = at("empty")
    observer = PanelMember(PersonCode("OB1"), "Ira Dale", (Role.OBSERVER,))
    load(space, tmp_path / "pack", make.pack(panel=(*make.panel(), observer)))
    bring(space, "declared")

    with pytest.raises(EvalPanelError, match=r"^OB1 does not read bids in this tender\."):
        documents.read(space, REFERENCE, BID_OF_B01, person="OB1")
    with pytest.raises(EvalPanelError, match=r"^OB1 does not score in this tender\."):
        scoring.desk(space, REFERENCE, "OB1")
    with pytest.raises(EvalPanelError, match="OB1 does not score criterion"):
        scoring.save_score(space, REFERENCE, person="OB1", score=scored("B01", "1.1", "3"))


def test_a_price_is_read_once_it_is_opened_on_the_record(at: At) -> None:
    path = "bids/B02/Pricing.txt"
    space = at("closed")
    with pytest.raises(EvalPanelError, match="price envelope that has not been opened"):
        documents.read(space, REFERENCE, path, person="OF1")

    prices.open_prices(space, REFERENCE)

    assert documents.read(space, REFERENCE, path, person="OF1") == b"What Tallis asks."


# Scoring


def test_nobody_scores_before_bids_are_opened_nor_once_moderation_began(at: At) -> None:
    with pytest.raises(EvalPanelError, match="nobody can score yet"):
        scoring.save_score(at("loaded"), REFERENCE, person="PM1", score=scored("B01", "1.1", "3"))


def test_scores_are_closed_once_moderation_began(at: At) -> None:
    space = at("agreed")

    with pytest.raises(EvalPanelError, match="individual scores are closed"):
        scoring.save_score(space, REFERENCE, person="PM1", score=scored("B01", "1.1", "3"))
    with pytest.raises(EvalPanelError, match="individual scores are closed"):
        sign_off.reopen(space, REFERENCE, person="PM1", reason="Again.")


def test_five_kinds_of_answer_stay_apart_in_the_store(at: At) -> None:
    space = at("declared")
    for answer in (
        scored("B01", "1.1", "0", "It says nothing."),
        Score(line("B01", "1.2"), ScoreStatus.ABSTAINED, rationale="I helped to write the question."),
        Score(line("B01", "C1"), ScoreStatus.NOT_APPLICABLE, rationale="No staff, so no cover."),
        Score(line("B01", "2.1"), ScoreStatus.RECUSED),
        Score(line("B02", "2.1"), ScoreStatus.BLANK, working_note="Come back to this."),
    ):
        scoring.save_score(space, REFERENCE, person="PM1", score=answer)

    held = scoring.desk(space, REFERENCE, "PM1").scores

    assert {(one.bid, one.criterion): (score.status.value, score.value) for one, score in held.items()} == {
        ("B01", "1.1"): ("scored", Decimal(0)),
        ("B01", "1.2"): ("abstained", None),
        ("B01", "C1"): ("not_applicable", None),
        ("B01", "2.1"): ("recused", None),
        ("B02", "2.1"): ("blank", None),
    }
    gaps = {
        (str(gap.line.bid), str(gap.line.criterion)): gap.what for gap in scoring.desk(space, REFERENCE, "PM1").gaps()
    }
    assert (gaps.get(("B01", "1.1")), gaps.get(("B01", "1.2")), gaps.get(("B01", "C1"))) == (None, None, None)
    assert gaps["B01", "2.1"] == "marked recused, but no interest is declared"
    assert gaps["B02", "2.1"] == "no answer yet"


def test_every_version_is_kept_and_the_same_again_adds_none(at: At) -> None:
    space = at("declared")
    for value in ("3", "3", "2", "3"):
        scoring.save_score(space, REFERENCE, person="PM1", score=scored("B01", "1.1", value))

    assert versions(space, "PM1") == [("1.1", 1, "scored", "3"), ("1.1", 2, "scored", "2"), ("1.1", 3, "scored", "3")]
    assert last_act(space) == ("PM1", "score-saved")


@pytest.mark.parametrize(
    ("score", "why"),
    [
        (scored("B01", "1.1", "5"), "5 is not a level of the scale (0 None, 1 Poor, 2 Fair, 3 Good, 4 Excellent)"),
        (scored("B01", "1.1", "3.0000000001"), "3.0000000001 is not a level of the scale"),
        (scored("B01", "1.1", "-1"), "-1 is not a level of the scale"),
        (scored("B01", "1", "3"), "there is no scored criterion 1 in lot L1"),
        (scored("B01", "7", "3"), "there is no scored criterion 7 in lot L1"),
        (scored("B07", "1.1", "3"), "there is no bid B07 for lot L1"),
        (replace(scored("B01", "1.1", "3"), line=line("B01", "1.1", "L9")), "there is no bid B01 for lot L9"),
        (Score(line("B01", "1.1"), ScoreStatus.SCORED, None, "x"), "the status is scored, but there is no score"),
        (Score(line("B01", "1.1"), ScoreStatus.ABSTAINED, Decimal(0)), "there can be no score beside it"),
        (
            Score(line("B01", "1.1"), ScoreStatus.NOT_APPLICABLE),
            "a weighted criterion cannot be not applicable: that would change the published weighting",
        ),
    ],
)
def test_an_answer_that_cannot_be_kept_is_refused_one_by_one_and_in_a_sheet(at: At, score: Score, why: str) -> None:
    space = at("declared")
    row = ScoreRow("Scores!A2", score.line, score.status, score.value, score.rationale)

    with pytest.raises(EvalPanelError) as alone:
        scoring.save_score(space, REFERENCE, person="PM1", score=score)
    with pytest.raises(ProblemsFound) as sheet:
        scoring.take_scores(space, REFERENCE, person="PM1", rows=[row])

    assert why in alone.value.title
    assert why in str(sheet.value.problems[0])
    assert versions(space, "PM1") == []


def test_a_criterion_that_is_not_ones_own_is_refused(at: At, tmp_path: Path) -> None:
    space = at("empty")
    panel = (*make.panel()[:3], replace(make.panel()[3], criteria=(CriterionCode("1.1"),)))
    load(space, tmp_path / "pack", make.pack(panel=panel))
    bring(space, "declared")

    with pytest.raises(EvalPanelError, match=r"PM2 does not score criterion 1\.2"):
        scoring.save_score(space, REFERENCE, person="PM2", score=scored("B01", "1.2", "3"))
    assert [one.criterion for one in scoring.desk(space, REFERENCE, "PM2").owed] == ["1.1"] * 3


def test_a_bid_that_is_not_scored_any_more_is_refused_and_owed_no_more(at: At) -> None:
    space = at("declared")
    setup.set_bid_status(
        space, REFERENCE, bid="B02", lot=None, status=BidStatus.WITHDRAWN, reason="Withdrew.", decided_by="OF1"
    )

    with pytest.raises(EvalPanelError, match="bid B02 is withdrawn and is not scored"):
        scoring.save_score(space, REFERENCE, person="PM1", score=scored("B02", "1.1", "3"))
    assert {one.bid for one in scoring.desk(space, REFERENCE, "PM1").owed} == {"B01", "B03"}


def test_a_sheet_written_before_a_bid_was_withdrawn_still_comes_in(at: At) -> None:
    space = at("declared")
    before = answers(scoring.desk(space, REFERENCE, "PM1"))
    setup.set_bid_status(
        space, REFERENCE, bid="B02", lot=None, status=BidStatus.WITHDRAWN, reason="Withdrew.", decided_by="OF1"
    )

    rows = [ScoreRow(row.where, row.line) if row.line.bid == "B02" else row for row in before]
    taken = scoring.take_scores(space, REFERENCE, person="PM1", rows=rows)

    assert (len(taken.added), taken.unchanged) == (8, 4)
    with pytest.raises(ProblemsFound, match="bid B02 is withdrawn and is not scored"):
        scoring.take_scores(space, REFERENCE, person="PM1", rows=before)


def test_an_empty_cell_blanks_nothing_and_the_status_blank_does(at: At) -> None:
    space = at("declared")
    full = ScoreRow("A2", line("B01", "1.1"), ScoreStatus.SCORED, Decimal(3), "Page 2.", "Say more.", "Ask.")
    scoring.take_scores(space, REFERENCE, person="PM1", rows=[full])

    empty = scoring.take_scores(space, REFERENCE, person="PM1", rows=[ScoreRow("A2", full.line)])
    held = scoring.desk(space, REFERENCE, "PM1").scores[full.line]
    scoring.take_scores(space, REFERENCE, person="PM1", rows=[ScoreRow("A2", full.line, ScoreStatus.BLANK)])
    blanked = scoring.desk(space, REFERENCE, "PM1").scores[full.line]

    assert empty.unchanged == 1
    assert held == Score(full.line, ScoreStatus.SCORED, Decimal(3), "Page 2.", "Say more.", "Ask.")
    assert blanked == Score(full.line)
    assert [version[1] for version in versions(space, "PM1")] == [1, 2]


def test_a_consideration_is_explained_and_takes_no_score(at: At, tmp_path: Path) -> None:
    space = at("empty")
    wider = Criterion(CriterionCode("W"), "Wider benefits", CriterionKind.CONSIDERATION)
    load(space, tmp_path / "pack", make.pack(criteria=(*make.criteria(), wider)))
    bring(space, "declared")

    with pytest.raises(EvalPanelError, match="explained and not scored: leave the score empty"):
        scoring.save_score(space, REFERENCE, person="PM1", score=scored("B01", "W", "1"))
    explained = Score(line("B01", "W"), ScoreStatus.SCORED, None, "It trains young staff.")
    scoring.save_score(space, REFERENCE, person="PM1", score=explained)
    assert scoring.desk(space, REFERENCE, "PM1").scores[explained.line] == explained


# Signing off


def test_signing_off_reopening_and_signing_again_are_all_on_record(at: At, clock: Clock) -> None:
    space = at("declared")
    score(space, person="PM1")
    sign_off.sign_off(space, REFERENCE, person="PM1")
    clock.forward(hours=1)
    sign_off.reopen(space, REFERENCE, person="PM1", reason="Read the wrong page.")
    scoring.save_score(space, REFERENCE, person="PM1", score=scored("B01", "1.1", "4"))
    sign_off.sign_off(space, REFERENCE, person="PM1")

    with space.store.reading() as tx:
        rows = tx.execute(select(t.SignOffRow).order_by(t.SignOffRow.id)).scalars().all()
        told = [(row.revision, row.signed, row.reason) for row in rows]
        digests = [row.sheet_digest for row in rows]
    assert told == [(1, True, ""), (2, False, "Read the wrong page."), (3, True, "")]
    assert (digests[0] == digests[1], digests[1] == digests[2]) == (True, False)
    with pytest.raises(EvalPanelError, match=r"^PM1 has signed the sheet off\."):
        sign_off.sign_off(space, REFERENCE, person="PM1")


def test_who_typed_a_sheet_in_for_somebody_is_kept_with_the_sign_off_and_told(at: At) -> None:
    space = at("declared")
    score(space, person="PM1")
    sign_off.sign_off(space, REFERENCE, person="PM1", entered_by=" of1 ")
    (one,) = [one for one in setup.view(space, REFERENCE).panel if one.member.person == "PM1"]
    assert (one.signed_off, one.entered_by) == (True, "OF1")
    assert record.history(space, REFERENCE)[-1].sentence.endswith("Typed in for them by OF1.")
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"

    sign_off.reopen(space, REFERENCE, person="PM1", reason="Read the wrong page.")
    sign_off.sign_off(space, REFERENCE, person="PM1")
    (one,) = [one for one in setup.view(space, REFERENCE).panel if one.member.person == "PM1"]
    assert (one.signed_off, one.entered_by) == (True, "")


def test_nobody_types_in_for_themselves(at: At) -> None:
    space = at("declared")
    score(space, person="PM1")
    with pytest.raises(EvalPanelError, match=r"^PM1 cannot have typed the sheet in for PM1\."):
        sign_off.sign_off(space, REFERENCE, person="PM1", entered_by="pm1")
    assert not next(one for one in setup.view(space, REFERENCE).panel if one.member.person == "PM1").signed_off


@pytest.mark.parametrize("reason", ["", "  "])
def test_reopening_and_absence_need_a_reason(at: At, reason: str) -> None:
    space = at("scored")

    with pytest.raises(EvalPanelError, match="with a reason"):
        sign_off.reopen(space, REFERENCE, person="PM1", reason=reason)
    with pytest.raises(EvalPanelError, match="needs a reason"):
        sign_off.record_absence(space, REFERENCE, person="PM1", reason=reason)


def test_the_scores_of_somebody_absent_are_kept_and_not_shown(at: At) -> None:
    space = at("scored")

    sign_off.record_absence(space, REFERENCE, person="PM2", reason="Left the panel.")

    assert last_act(space) == ("OF1", "absence-recorded")
    assert {one.person for room in moderation.lines(space, REFERENCE) for one in room.scores} == {"CH1", "PM1"}
    assert len(versions(space, "PM2")) == 12
    with pytest.raises(EvalPanelError, match=r"^The absence of PM2 is on record\."):
        scoring.save_score(space, REFERENCE, person="PM2", score=scored("B01", "1.1", "4"))


def test_a_bid_does_not_come_back_in_behind_those_who_signed_off(at: At) -> None:
    space = at("declared")

    def status(to: BidStatus) -> None:
        setup.set_bid_status(space, REFERENCE, bid="B02", lot=None, status=to, reason="Decided.", decided_by="OF1")

    status(BidStatus.EXCLUDED)
    score(space, person="PM1")
    sign_off.sign_off(space, REFERENCE, person="PM1")

    with pytest.raises(EvalPanelError, match=r"^PM1 signed off without scoring this bid\."):
        status(BidStatus.VALID)

    sign_off.reopen(space, REFERENCE, person="PM1", reason="B02 is in again.")
    status(BidStatus.VALID)
    assert len(scoring.desk(space, REFERENCE, "PM1").gaps()) == 4


def test_everybody_may_declare_again_and_nothing_is_taken_back(at: At) -> None:
    space = at("declared")
    declarations.declare(space, REFERENCE, person="PM1", answers=(Answer("B01", "A friend."),))

    again = declarations.declare(space, REFERENCE, person="PM1")

    assert [one.lot for one in again] == ["L1"]
    declare_all(space)
    assert last_act(space) == ("PM1", "interests-declared")
