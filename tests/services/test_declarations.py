"""Declarations before access: one act, decisions that everything obeys, and affirmed again at moderation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

import make
from evalpanel.domain.intake import ProblemsFound
from evalpanel.domain.interests import Answer, Decision, DecisionOutcome, InterestKind, Recusal, Scope
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, ConsortiumMember, CriterionCode, LotCode, MemberRole, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    conflicts,
    declarations,
    documents,
    letter_drafts,
    moderation,
    outcome,
    price_state,
    prices,
    scoring,
    setup,
    sign_off,
    verify,
)
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from stages import REFERENCE, affirm_all, agree_all, agreed, answers, bring, line, load, score

At = Callable[[str], Workspace]
FRIEND = Answer("B02", "A friend works there.", InterestKind.FAMILY)


def declare(space: Workspace, person: str, *given: Answer) -> tuple[Recusal, ...]:
    return declarations.declare(space, REFERENCE, person=person, answers=given)


def decide(space: Workspace, outcome: DecisionOutcome, scope: Scope, person: str = "PM1", **more: object) -> Decision:
    given = {"why": "It was long ago.", "measure": "A second scorer." if outcome is DecisionOutcome.MANAGED else ""}
    return declarations.decide(
        space, REFERENCE, person=person, bidder="B02", outcome=outcome, scope=scope, **(given | more)  # type: ignore[arg-type]  # whatever a test names
    )  # fmt: skip


def acts(space: Workspace, act: str) -> int:
    with space.store.reading() as tx:
        return len(tx.execute(select(t.AuditRow.id).where(t.AuditRow.act == act)).all())


def kept_out(space: Workspace, person: str = "PM1") -> list[str]:
    return [one.what for one in declarations.kept_out(space, REFERENCE, person=person)]


# Declaring


def test_all_answers_are_one_act(at: At) -> None:
    space = at("declared")
    before = acts(space, "interests-declared")

    declare(space, "PM1", FRIEND, Answer("harbour young carers", "I was its trustee.", InterestKind.FORMER))

    assert acts(space, "interests-declared") == before + 1
    lines = [one for one in declarations.made(space, REFERENCE) if one.person == "PM1"][-2:]
    assert [(one.bidder, one.kind, one.about) for one in lines] == [
        ("B02", InterestKind.FAMILY, "A friend works there."),
        ("B01", InterestKind.FORMER, "I was its trustee."),
    ]
    assert {one.act for one in lines} == {lines[0].act}
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_nothing_is_kept_when_one_answer_is_wrong(at: At) -> None:
    space = at("declared")
    before = declarations.made(space, REFERENCE)

    with pytest.raises(EvalPanelError) as refused:
        declare(space, "PM1", FRIEND, Answer("Tallis Car", "My sister drives for it."))

    assert refused.value.title == "“Tallis Car” takes no part in this tender."
    assert refused.value.message == "Nothing was recorded. Is it one of these: Tallis Care Ltd (B02)?"
    with pytest.raises(EvalPanelError, match="An interest needs a few words about it"):
        declare(space, "PM1", FRIEND, Answer("B01", "  "))
    assert declarations.made(space, REFERENCE) == before


@pytest.mark.parametrize("wanted", ["Quarry Transport", "B03/quarrytransport", "charity 7654321", "7 654 321"])
def test_an_interest_in_a_sub_contractor_is_an_interest_in_the_bid(at: At, tmp_path: Path, wanted: str) -> None:
    space = at("empty")
    part = ConsortiumMember(
        make.bidders()[2].bidder, "Quarry Transport Ltd", MemberRole.SUBCONTRACTOR, "GB-CHC", "07654321"
    )
    load(space, tmp_path / "pack", make.pack(members=(part,)))
    bring(space, "declared")
    if wanted.startswith("charity"):
        with pytest.raises(EvalPanelError, match="Quarry Transport Ltd"):
            declare(space, "PM1", Answer(wanted, "I use it."))
        return

    found = declare(space, "PM1", Answer(wanted, "I use it.", InterestKind.MEMBER))

    assert found == (Recusal(PersonCode("PM1"), LotCode("L1"), "declared an interest in Moorland Together"),)
    assert declarations.made(space, REFERENCE)[-1].organisation == "B03/quarrytransport"


def test_a_look_up_records_nothing(at: At) -> None:
    space = at("declared")
    before = declarations.made(space, REFERENCE)

    assert [hint.organisation.key for hint in declarations.alike(space, REFERENCE, "Talis Care")] == ["B02"]
    assert declarations.made(space, REFERENCE) == before
    assert kept_out(space) == []


def test_private_words_are_told_to_those_who_need_them(at: At) -> None:
    space = at("declared")
    declare(space, "PM1", FRIEND)

    def told(person: str | None) -> tuple[str, object, str]:
        line = declarations.made(space, REFERENCE, person=person)[-1]
        register = declarations.register(space, REFERENCE, person=person)
        return line.about, line.kind, register[0].declared[0].about

    for person in (None, "OF1", "CH1", "PM1"):
        assert told(person) == ("A friend works there.", InterestKind.FAMILY, "A friend works there.")
    assert told("PM2") == ("", None, "")


# Deciding, and everything that obeys


def test_until_it_is_decided_an_interest_recuses_from_the_lot(at: At) -> None:
    space = at("declared")
    declare(space, "PM1", FRIEND)

    assert kept_out(space) == ["lot L1"]
    decide(space, DecisionOutcome.CLEAR, Scope.NOTHING)
    assert kept_out(space) == []
    decide(space, DecisionOutcome.RECUSED, Scope.BID)
    assert kept_out(space) == ["bid B02 in lot L1"]
    declare(space, "PM1", Answer("B02", "And my sister.", InterestKind.FAMILY))
    assert kept_out(space) == ["lot L1"]
    assert [one.decision for one in declarations.register(space, REFERENCE)] == [None]
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_a_decision_that_was_altered_is_found(at: At) -> None:
    space = at("declared")
    declare(space, "PM1", FRIEND)
    decide(space, DecisionOutcome.RECUSED, Scope.LOT)
    with space.store.writing() as tx:
        plain = tx.connection()
        plain.exec_driver_sql("DROP TRIGGER tr_interest_decision_no_update")
        plain.exec_driver_sql("UPDATE interest_decision SET outcome = 'clear', scope = 'nothing'")

    assert verify.verify_tender(space, REFERENCE).verdict == "altered"


def test_somebody_kept_out_of_a_bid_scores_the_others(at: At) -> None:
    space = at("declared")
    declare(space, "PM1", FRIEND)
    decide(space, DecisionOutcome.RECUSED, Scope.BID)

    desk = scoring.desk(space, REFERENCE, "PM1")

    assert {one.bid for one in desk.owed} == {"B01", "B03"}
    own = next(one for one in setup.view(space, REFERENCE).panel if one.member.person == "PM1")
    assert (own.owed, own.recused_lots) == (len(desk.owed), ())
    with pytest.raises(EvalPanelError, match=r"PM1 is recused from bid B02 in lot L1"):
        scoring.save_score(space, REFERENCE, person="PM1", score=_scored(line("B02", "1.1")))
    scoring.save_score(space, REFERENCE, person="PM1", score=_scored(line("B01", "1.1")))
    assert next(one for one in setup.view(space, REFERENCE).panel if one.member.person == "PM1").answered == 1
    listed = [
        one.path for one in documents.listing(space, REFERENCE) if one.bidder == "B02" and one.envelope != "common"
    ]
    with pytest.raises(EvalPanelError, match=r"^PM1 is recused from bid B02 in lot L1\."):
        documents.read(space, REFERENCE, listed[0], person="PM1")
    assert documents.read(space, REFERENCE, "bids/B01/1.1 Reach.txt", person="PM1")


def _scored(one: Line) -> Score:
    return Score(one, ScoreStatus.SCORED, Decimal(2), "It says how.")


def test_somebody_kept_out_of_a_criterion_scores_the_others(at: At) -> None:
    space = at("declared")
    declare(space, "PM1", FRIEND)
    made = decide(space, DecisionOutcome.MANAGED, Scope.CRITERIA, criteria=("1.1", "2.1"))

    assert made.criteria == (CriterionCode("1.1"), CriterionCode("2.1"))
    assert {one.criterion for one in scoring.desk(space, REFERENCE, "PM1").owed} == {"C1", "1.2"}
    with pytest.raises(EvalPanelError, match=r"^PM1 is recused from criterion 1\.1 in lot L1\."):
        documents.read(space, REFERENCE, "bids/B01/1.1 Reach.txt", person="PM1")


def test_moderation_shows_nothing_of_a_bid_to_somebody_kept_out_of_it(at: At) -> None:
    space = at("declared")
    declare(space, "PM1", FRIEND)
    decide(space, DecisionOutcome.RECUSED, Scope.BID)
    for person in ("CH1", "PM1", "PM2"):
        score(space, person=person)
        sign_off.sign_off(space, REFERENCE, person=person)

    assert {one.line.bid for one in moderation.lines(space, REFERENCE, person="PM1")} == {"B01", "B03"}
    assert {one.line.bid for one in moderation.lines(space, REFERENCE)} == {"B01", "B02", "B03"}
    assert moderation.line(space, REFERENCE, line("B02", "1.1"), person="PM1") is None
    said = moderation.line(space, REFERENCE, line("B02", "1.1"))
    assert said is not None and [one.person for one in said.scores] == ["CH1", "PM2"]
    with pytest.raises(ProblemsFound, match="PM1 is recused from bid B02 in lot L1 and cannot have been present"):
        moderation.take_moderated(space, REFERENCE, rows=[agreed(line("B02", "1.1"), Decimal(2))])


def test_a_chair_who_is_recused_neither_sees_nor_records_and_the_officer_stands_in(at: At) -> None:
    space = at("scored")
    affirm_all(space)
    declare(space, "CH1", FRIEND)
    rows = [agreed(line("B01", "1.1"), Decimal(2), (PersonCode("PM1"), PersonCode("PM2")))]

    assert moderation.lines(space, REFERENCE) == ()
    with pytest.raises(EvalPanelError, match=r"^CH1 is recused from lot L1 and cannot record what is agreed there\."):
        moderation.take_moderated(space, REFERENCE, rows=rows, person="CH1")
    with pytest.raises(EvalPanelError, match=r"^PM1 is not the chair of this tender\."):
        moderation.take_moderated(space, REFERENCE, rows=rows, person="PM1")
    assert len(moderation.lines(space, REFERENCE, person="OF1")) == 12
    assert moderation.take_moderated(space, REFERENCE, rows=rows, person="OF1").added == (rows[0].line,)
    # Without a name it is the officer too: whoever acts is never somebody who is recused.
    again = replace(rows[0], reasons="Said better.")
    assert moderation.take_moderated(space, REFERENCE, rows=[again]).changed == (rows[0].line,)


def test_outcome_prices_and_letters_are_closed_to_somebody_kept_out_of_a_bid(at: At) -> None:
    space = at("closed")
    declare(space, "PM1", FRIEND)
    decide(space, DecisionOutcome.RECUSED, Scope.BID)
    shown = price_state.price_state(space, REFERENCE, person="PM1")
    assert {one.bid for one in shown.bids} == {"B01", "B03"}
    prices.open_prices(space, REFERENCE)

    whole, seen = outcome.outcome(space, REFERENCE), outcome.outcome(space, REFERENCE, person="PM1")

    # A ranking speaks of every bid, also of the one that is closed.
    assert ([lot.lot for lot in whole.lots], seen.lots) == (["L1"], ())
    assert {one.bid for one in seen.moderated} == {"B01", "B03"}
    with pytest.raises(EvalPanelError, match=r"^PM1 is recused from bid B02 in lot L1\."):
        letter_drafts.preview(space, REFERENCE, "B01", "L1", person="PM1")


def test_the_first_outcome_goes_on_the_record_whole_whoever_makes_it(at: At) -> None:
    space = at("priced")
    declare(space, "OF1", FRIEND)

    assert outcome.outcome(space, REFERENCE).lots == ()
    assert len(outcome.outcome(space, REFERENCE, person="CH1").lots) == 1
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_nobody_decides_about_themselves(at: At) -> None:
    space = at("declared")
    declare(space, "OF1", FRIEND)

    for by in ("", "of1", "Ola Fenn", "OF1 Ola Fenn"):
        with pytest.raises(EvalPanelError, match=r"^OF1 cannot decide about their own interest\."):
            decide(space, DecisionOutcome.CLEAR, Scope.NOTHING, person="OF1", decided_by=by)
    made = decide(space, DecisionOutcome.CLEAR, Scope.NOTHING, person="OF1", decided_by="Head of procurement")
    assert (made.by, made.decided_by) == ("OF1", "Head of procurement")
    with pytest.raises(EvalPanelError, match=r"^PM1 is not the officer of this tender\."):
        decide(space, DecisionOutcome.CLEAR, Scope.NOTHING, person="OF1", by="PM1", decided_by="PM1")


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ({"why": " "}, "The decision cannot be recorded: a decision needs its reason."),
        ({"bidder": "B01"}, "No interest of PM1 in B01 is on record."),
        ({"criteria": ("9.9",)}, "There is no criterion 9.9 in this tender."),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(at: At, more: dict[str, object], title: str) -> None:
    space = at("declared")
    declare(space, "PM1", FRIEND)
    given = {"person": "PM1", "bidder": "B02", "outcome": DecisionOutcome.CLEAR, "why": "Long ago."} | more

    with pytest.raises(EvalPanelError) as refused:
        declarations.decide(space, REFERENCE, **given)  # type: ignore[arg-type]  # a table of arguments

    assert refused.value.title == title
    assert acts(space, "interest-decided") == 0


def test_a_decision_opens_no_line_that_nobody_can_score_any_more(at: At) -> None:
    space = at("declared")
    declare(space, "PM1", FRIEND)
    for person in ("CH1", "PM2"):
        score(space, person=person)
        sign_off.sign_off(space, REFERENCE, person=person)
    agree_all_without_pm1 = (PersonCode("CH1"), PersonCode("PM2"))

    scoring.take_scores(space, REFERENCE, person="PM1", rows=answers(scoring.desk(space, REFERENCE, "PM1")))
    sign_off.sign_off(space, REFERENCE, person="PM1")
    with pytest.raises(EvalPanelError, match=r"^PM1 has signed off without scoring what the decision would open\."):
        decide(space, DecisionOutcome.RECUSED, Scope.BID)
    agree_all(space, present=agree_all_without_pm1)
    with pytest.raises(EvalPanelError, match="lines to PM1 that nobody can score any more"):
        decide(space, DecisionOutcome.CLEAR, Scope.NOTHING)
    assert decide(space, DecisionOutcome.RECUSED, Scope.LOT).scope is Scope.LOT


# Affirming


def test_a_declaration_is_affirmed_once_the_sheets_are_in(at: At) -> None:
    early = at("declared")

    with pytest.raises(EvalPanelError, match=r"^Moderation waits for 3 sign-offs"):
        declarations.affirm(early, REFERENCE, person="PM1")


def test_affirming_twice_adds_nothing_and_the_chair_writes_down_what_is_said(at: At) -> None:
    space = at("scored")

    made = declarations.affirm(space, REFERENCE, person="PM1", by="CH1")

    assert (made.person, made.taken_by, made.why_not) == ("PM1", "CH1", "")
    assert declarations.affirm(space, REFERENCE, person="PM1") == made
    assert acts(space, "declaration-affirmed") == 1
    with pytest.raises(EvalPanelError, match=r"^PM2 cannot affirm for PM1\."):
        declarations.affirm(space, REFERENCE, person="PM1", by="PM2")
    with pytest.raises(
        EvalPanelError, match=r"^Why an affirmation is missing is recorded by the chair or the officer\."
    ):
        declarations.affirm(space, REFERENCE, person="PM2", why_not="Busy.")


def test_moderation_is_not_closed_before_everybody_present_has_affirmed(at: At) -> None:
    space = at("scored")
    rows = [agreed(one.line, Decimal(1)) for one in moderation.lines(space, REFERENCE)]

    taken = moderation.take_moderated(space, REFERENCE, rows=rows)

    assert [note.what.split(" took part")[0] for note in taken.notes] == ["CH1", "PM1", "PM2"]
    for person in ("CH1", "PM1"):
        declarations.affirm(space, REFERENCE, person=person)
    with pytest.raises(EvalPanelError, match="1 who took part has not said that their declaration still holds: PM2"):
        moderation.close(space, REFERENCE)
    declarations.affirm(space, REFERENCE, person="PM2", by="CH1", why_not="Left at noon and is abroad.")
    assert moderation.close(space, REFERENCE).lines == 12
    with pytest.raises(EvalPanelError, match="moderation is closed"):
        declarations.affirm(space, REFERENCE, person="OF1")


def test_an_affirmation_that_was_altered_is_found(at: At) -> None:
    space = at("agreed")
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"
    with space.store.writing() as tx:
        plain = tx.connection()
        plain.exec_driver_sql("DROP TRIGGER tr_affirmation_no_update")
        plain.exec_driver_sql("UPDATE affirmation SET person = 'PM2' WHERE person = 'PM1'")

    assert verify.verify_tender(space, REFERENCE).verdict == "altered"


def test_what_was_missing_can_still_be_said(at: At) -> None:
    space = at("scored")
    declarations.affirm(space, REFERENCE, person="PM2", by="CH1", why_not="Not here yet.")

    made = declarations.affirm(space, REFERENCE, person="PM2", by="CH1")

    assert made.why_not == ""
    own = next(one for one in setup.view(space, REFERENCE).panel if one.member.person == "PM2")
    assert own.affirmed == made


# The document


def test_the_conflicts_assessment_is_the_officers_and_goes_on_the_record(at: At, tmp_path: Path) -> None:
    space = at("declared")
    declare(space, "PM1", FRIEND)

    written = conflicts.write(space, REFERENCE, tmp_path / "conflicts.pdf")

    assert (written.interests, written.undecided, acts(space, "conflicts-assessed")) == (1, 1, 1)
    with pytest.raises(EvalPanelError, match=r"^PM1 is not the officer of this tender\."):
        conflicts.write(space, REFERENCE, tmp_path / "again.pdf", person="PM1")
    assert not (tmp_path / "again.pdf").exists()


def test_a_tender_without_an_officer_is_the_owners(at: At, tmp_path: Path) -> None:
    space = at("empty")
    panel = tuple(one for one in make.panel() if not one.has(Role.OFFICER))
    watcher = PanelMember(PersonCode("OB1"), "Obi Lane", (Role.OBSERVER,))
    load(space, tmp_path / "pack", make.pack(panel=(*panel, watcher)))
    bring(space, "declared")

    assert declarations.made(space, REFERENCE)[0].person == "CH1"
    assert conflicts.write(space, REFERENCE, tmp_path / "conflicts.pdf").interests == 0
    assert BidCode("B01") in {one.bid for one in scoring.desk(space, REFERENCE, "PM1").owed}
