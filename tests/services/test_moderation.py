"""Moderation: nothing shown early, no automatic value, and nothing closed that is not complete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import make
from evalpanel.domain.intake import ProblemsFound
from evalpanel.domain.interests import Answer
from evalpanel.domain.moderation import ModeratedRow
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.sheets import Line
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidStatus, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import declarations, moderation, setup, sign_off
from evalpanel.services.workspace import Workspace
from stages import PRESENT, REFERENCE, affirm_all, agree_all, agreed, bring, level_of, line, load, score

At = Callable[[str], Workspace]


def people(*codes: str) -> tuple[PersonCode, ...]:
    return tuple(PersonCode(code) for code in codes)


def withdraw(space: Workspace, bid: str, status: BidStatus = BidStatus.WITHDRAWN) -> None:
    setup.set_bid_status(space, REFERENCE, bid=bid, lot=None, status=status, reason="Decided.", decided_by="OF1")


def test_nothing_is_shown_before_everyone_has_signed_off(at: At) -> None:
    space = at("declared")
    for person in ("CH1", "PM1"):
        score(space, person=person)
        sign_off.sign_off(space, REFERENCE, person=person)

    with pytest.raises(EvalPanelError, match=r"^Moderation waits for 1 sign-off: PM2\."):
        moderation.lines(space, REFERENCE)
    with pytest.raises(EvalPanelError, match=r"^Moderation waits for 1 sign-off: PM2\."):
        moderation.take_moderated(space, REFERENCE, rows=[agreed(line("B01", "1.1"), Decimal(3))])
    with pytest.raises(EvalPanelError, match=r"^Moderation waits for 1 sign-off: PM2\."):
        moderation.close(space, REFERENCE)


def test_nothing_is_shown_before_bids_are_opened(at: At) -> None:
    with pytest.raises(EvalPanelError, match="there is nothing to moderate yet"):
        moderation.lines(at("loaded"), REFERENCE)


def test_the_room_sees_every_score_the_spread_and_no_level_of_ours(at: At) -> None:
    space = at("declared")
    for person, value in (("CH1", 4), ("PM1", 1), ("PM2", 1)):
        score(space, person=person, level=lambda one, value=value: min(Decimal(value), top(one)))  # type: ignore[misc]  # a default fixes the value
        sign_off.sign_off(space, REFERENCE, person=person)

    room = {one.line: one for one in moderation.lines(space, REFERENCE)}

    one = room[line("B01", "1.1")]
    assert [(said.person, said.name, said.score.value) for said in one.scores] == [
        ("CH1", "Cass Hale", Decimal(4)),
        ("PM1", "Pim Moss", Decimal(1)),
        ("PM2", "Pat Marsh", Decimal(1)),
    ]
    assert (one.spread, one.agreed) == (Fraction(3, 4), None)
    assert {held.agreed for held in room.values()} == {None}


def top(one: Line) -> Decimal:
    return Decimal(1 if one.criterion == "C1" else 4)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (agreed(line("B01", "1.1"), Decimal("2.5")), "2.5 is not a level of the scale"),
        (agreed(line("B01", "C1"), Decimal(2)), "2 is not a level of the scale (0 Not met, 1 Met)"),
        (agreed(line("B01", "1.1"), Decimal(3), people("CH1", "ZZ9")), "nobody on the panel has the code ZZ9"),
        (agreed(line("B01", "1.1"), Decimal(3), people("CH1", "CH1")), "a person is named twice as present"),
        (agreed(line("B09", "1.1"), Decimal(3)), "there is no bid B09 for lot L1"),
        (agreed(line("B01", "1"), Decimal(3)), "there is no scored criterion 1 in lot L1"),
    ],
)
def test_what_cannot_have_been_agreed_is_refused_with_all_other_rows(at: At, row: ModeratedRow, why: str) -> None:
    space = at("scored")

    with pytest.raises(ProblemsFound) as refused:
        moderation.take_moderated(space, REFERENCE, rows=[agreed(line("B02", "1.1"), Decimal(3)), row])

    assert [why in problem.what for problem in refused.value.problems] == [True]
    assert setup.view(space, REFERENCE).moderated == 0


def test_somebody_recused_or_absent_cannot_have_been_present(at: At) -> None:
    space = at("scored")
    declarations.declare(space, REFERENCE, person="PM1", answers=(Answer("B02", "A friend."),))
    sign_off.record_absence(space, REFERENCE, person="PM2", reason="Ill.")

    with pytest.raises(ProblemsFound) as refused:
        moderation.take_moderated(space, REFERENCE, rows=[agreed(line("B01", "1.1"), Decimal(3), PRESENT)])

    assert [problem.what for problem in refused.value.problems] == [
        "lot L1, bid B01, criterion 1.1: PM1 is recused from lot L1 and cannot have been present",
        "lot L1, bid B01, criterion 1.1: the absence of PM2 is on record, so they cannot have been present",
    ]
    assert {one.person for room in moderation.lines(space, REFERENCE) for one in room.scores} == {"CH1"}


def test_somebody_present_without_a_declaration_is_noted(at: At) -> None:
    space = at("loaded")
    setup.freeze(space, REFERENCE)
    declarations.declare(space, REFERENCE, person="PM2")
    for person in ("CH1", "PM1", "PM2"):
        score(space, person=person)
        sign_off.sign_off(space, REFERENCE, person=person)

    taken = moderation.take_moderated(
        space, REFERENCE, rows=[agreed(line("B01", "1.1"), Decimal(3), people("OF1", "CH1", "PM1"))]
    )

    assert [str(note) for note in taken.notes] == [
        "present: OF1 took part and has not declared interests",
        "present: CH1 took part and has not yet said that their declaration still holds",
        "present: PM1 took part and has not yet said that their declaration still holds",
    ]


def test_every_version_of_what_was_agreed_is_kept_and_the_newest_counts(at: At) -> None:
    space = at("scored")
    one = line("B01", "1.1")
    moderation.take_moderated(space, REFERENCE, rows=[agreed(one, Decimal(2))])
    changed = moderation.take_moderated(
        space, REFERENCE, rows=[ModeratedRow("A2", one, Decimal(3)), ModeratedRow("A3", line("B01", "1.2"), None)]
    )

    held = {room.line: room.agreed for room in moderation.lines(space, REFERENCE)}[one]

    assert (changed.changed, changed.added, changed.unchanged) == ((one,), (), 1)
    assert held is not None
    assert (held.value, held.reasons, held.present) == (Decimal(3), "The bid says how.", PRESENT)


def test_a_quorum_is_of_the_panel_and_not_of_whoever_sat_there(at: At, tmp_path: Path) -> None:
    space = at("empty")
    notes = PanelMember(PersonCode("NT1"), "Nia Brook", (Role.NOTE_TAKER,))
    load(space, tmp_path / "pack", make.pack(panel=(*make.panel(), notes)))
    bring(space, "scored")
    agree_all(space, present=people("CH1", "OF1", "NT1"))

    with pytest.raises(EvalPanelError) as refused:
        moderation.close(space, REFERENCE)

    assert refused.value.title == "Moderation cannot be closed: 12 lines are not complete."
    assert "lot L1, bid B01, criterion C1: 1 of the panel present, and the quorum is 2" in refused.value.message


def test_closing_names_the_line_that_lacks_a_level_or_a_reason(at: At) -> None:
    space = at("scored")
    rows = [agreed(one.line, level_of(one.line)) for one in moderation.lines(space, REFERENCE)]
    bare, mute = line("B01", "1.1"), line("B02", "2.1")
    rows = [
        replace(row, value=None) if row.line == bare else replace(row, reasons=None) if row.line == mute else row
        for row in rows
    ]
    moderation.take_moderated(space, REFERENCE, rows=rows)

    with pytest.raises(EvalPanelError) as refused:
        moderation.close(space, REFERENCE)

    assert str(refused.value) == (
        "Moderation cannot be closed: 2 lines are not complete. Nothing was changed. "
        f"Missing: {bare}: no level; {mute}: no reasons."
    )


def test_a_bid_that_failed_a_gate_needs_no_more_lines(at: At) -> None:
    space = at("scored")
    affirm_all(space)
    agree = [agreed(one.line, level_of(one.line)) for one in moderation.lines(space, REFERENCE)]
    failed = agreed(line("B03", "C1"), Decimal(0), reasons="The certificate had run out.")
    moderation.take_moderated(space, REFERENCE, rows=[row for row in agree if row.line.bid != "B03"] + [failed])

    closed = moderation.close(space, REFERENCE)

    assert (closed.lines, [str(one) for one in closed.not_assessed]) == (
        9,
        [f"lot L1, bid B03, criterion {code}" for code in ("1.1", "1.2", "2.1")],
    )
    assert setup.view(space, REFERENCE).summary.stage is TenderStage.QUALITY_LOCKED


def test_a_bid_that_was_withdrawn_between_is_out_of_moderation(at: At) -> None:
    space = at("scored")
    affirm_all(space)
    rows = [agreed(one.line, level_of(one.line)) for one in moderation.lines(space, REFERENCE)]
    withdraw(space, "B02")

    with pytest.raises(ProblemsFound, match="bid B02 is withdrawn and is not scored"):
        moderation.take_moderated(space, REFERENCE, rows=rows)
    untouched = [ModeratedRow(row.where, row.line) if row.line.bid == "B02" else row for row in rows]
    taken = moderation.take_moderated(space, REFERENCE, rows=untouched)

    assert (len(taken.added), taken.unchanged) == (8, 4)
    assert moderation.close(space, REFERENCE).lines == 8


def test_a_bid_goes_out_after_the_lock_and_comes_back_as_it_was_moderated(at: At) -> None:
    space = at("closed")
    withdraw(space, "B02", BidStatus.EXCLUDED)
    withdraw(space, "B02", BidStatus.VALID)

    assert setup.view(space, REFERENCE).pack.bids[1].status is BidStatus.VALID


def test_a_bid_that_was_never_moderated_cannot_come_in_after_the_lock(at: At) -> None:
    space = at("scored")
    withdraw(space, "B02")
    agree_all(space)
    moderation.close(space, REFERENCE)

    with pytest.raises(EvalPanelError, match=r"^Moderation is closed, and this bid was not moderated\."):
        withdraw(space, "B02", BidStatus.VALID)


def test_what_is_worth_knowing_is_told_at_the_close(at: At) -> None:
    space = at("declared")
    for person, value in (("CH1", 4), ("PM1", 1), ("PM2", 1)):
        score(space, person=person, level=lambda one, value=value: min(Decimal(value), top(one)))  # type: ignore[misc]  # a default fixes the value
        sign_off.sign_off(space, REFERENCE, person=person)
    affirm_all(space)
    rows = [
        replace(agreed(one.line, level_of(one.line)), differences=None, not_higher=None)
        for one in moderation.lines(space, REFERENCE)
    ]
    moderation.take_moderated(space, REFERENCE, rows=rows)

    closed = moderation.close(space, REFERENCE)

    assert [note.split(":")[0] for note in closed.notes] == [
        "9 lines do not say how different scores were settled",
        "9 lines do not say why not a higher level",
    ]


def test_without_a_chair_the_officer_records_what_was_agreed(at: At, tmp_path: Path) -> None:
    space = at("empty")
    panel = tuple(replace(one, roles=(Role.PANEL_MEMBER,)) if one.has(Role.CHAIR) else one for one in make.panel())
    load(space, tmp_path / "pack", make.pack(panel=panel))

    bring(space, "closed")

    assert setup.view(space, REFERENCE).moderated == 12


def test_a_tender_without_bids_has_nothing_to_close(at: At, tmp_path: Path) -> None:
    space = at("empty")
    load(space, tmp_path / "pack", make.pack(bids=(), bidders=(), members=(), prices=()), {})
    setup.freeze(space, REFERENCE)

    with pytest.raises(EvalPanelError, match=r"^There is nothing to close\."):
        moderation.close(space, REFERENCE)
