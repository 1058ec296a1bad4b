"""What a moderation looks like from one chair: why it is not ready, who may be present, and where it stands in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evalpanel.domain.people import Role
from evalpanel.domain.sheets import Line, recused_from
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import CriterionCode, PersonCode
from evalpanel.services.setup import MemberProgress, TenderView
from evalpanel.ui.models.moderation_lines import LineRow, LineState, spread_words
from evalpanel.ui.models.words import together
from evalpanel.ui.places import me


@dataclass(frozen=True, slots=True)
class Seat:
    """A person who may be present; `why_not` says why one may not. `counts`: towards the quorum, as the chair and those
    who score do. `affirmed`: they have said that their declaration still holds, or why they have not is on record."""

    person: PersonCode
    name: str
    why_not: str = ""
    counts: bool = True
    affirmed: bool = True


@dataclass(frozen=True, slots=True)
class RoomLine:
    """What the room shows: a line, who may be present, who was at the line before, and what is worth knowing about it."""

    row: LineRow
    seats: tuple[Seat, ...]
    carried: frozenset[PersonCode]
    quorum: int | None
    notes: tuple[str, ...] = ()
    codes: tuple[CriterionCode, ...] = ()
    names: tuple[str, ...] = ()


def recused_from_what(view: TenderView, person: str) -> tuple[str, ...]:
    """What the person at the laptop is recused from, in words."""
    own = me(view, person)
    return tuple(one.what for one in own.recusals) if own is not None else ()


def seat_of(one: MemberProgress, line: Line) -> Seat:
    """The seat of a person of the panel when a line is agreed."""
    absent = f"was absent: {one.absent.rstrip('.')}" if one.absent else ""
    kept_out = recused_from(one.recusals, line)
    recused = "is recused from this lot" if kept_out is not None and kept_out.is_whole else "is recused from this line"
    why_not = recused if kept_out is not None else absent
    counts = one.member.has(Role.CHAIR) or one.member.has(Role.PANEL_MEMBER)
    return Seat(one.member.person, one.member.name, why_not, counts, one.affirmed is not None)


def cannot_stand(rows: Iterable[LineRow], view: TenderView) -> dict[Line, str]:
    """The lines that cannot be agreed as they are recorded, and why: somebody is called present who is recused from them or absent.

    The whole moderation would be refused for one of them, so whoever chairs sees it before.
    """
    out = [one for one in view.panel if one.recusals or one.absent]
    found = {}
    for row in rows:
        present = row.held.agreed.present if row.held.agreed is not None else ()
        why = [
            f"{one.member.person} is called present and {seat.why_not}"
            for one in out
            if one.member.person in present and (seat := seat_of(one, row.line)).why_not
        ]
        if why:
            found[row.line] = "; ".join(why)
    return found


def next_to_put_right(rows: Iterable[LineRow], view: TenderView, at: Line | None) -> Line | None:
    """The next line after `at` that cannot be agreed as it is recorded, and after the last one the first."""
    held = tuple(rows)
    wrong = cannot_stand(held, view)
    places = [place for place, row in enumerate(held) if row.line in wrong]
    here = next((place for place, row in enumerate(held) if row.line == at), -1)
    after = [place for place in places if place > here] or places
    return held[after[0]].line if after else None


def room_line(row: LineRow, view: TenderView, carried: frozenset[PersonCode]) -> RoomLine:
    """What the room shows of a line. `carried`: who was present at the line before."""
    tender = view.pack.tender
    assert tender is not None, "a tender that is loaded has its terms"
    seats = tuple(seat_of(one, row.line) for one in view.panel)
    wrong = cannot_stand((row,), view).get(row.line, "")
    failed = "This bid failed a gate and is assessed no further. Leave this line empty."
    return RoomLine(
        row=row,
        seats=seats,
        carried=carried & {seat.person for seat in seats if not seat.why_not and seat.affirmed},
        quorum=tender.quorum,
        notes=(
            *((failed,) if row.state is LineState.NOT_ASSESSED else ()),
            *(
                (f"This line cannot be agreed yet: {wrong}. Take them off under “present”, and agree it again.",)
                if wrong
                else ()
            ),
        ),
        codes=tuple(one.criterion for one in view.pack.criteria),
        names=tuple(one.member.name for one in view.panel),
    )


def where_it_stands(rows: Iterable[LineRow], view: TenderView, recused: tuple[str, ...], why_not: str) -> str:
    """How far the moderation is, in a line. `why_not`: why the person cannot record anything; empty when they can."""
    held = tuple(rows)
    skipped = sum(1 for row in held if row.state is LineState.NOT_ASSESSED)
    agreed = sum(1 for row in held if row.state is LineState.AGREED)
    wide = sum(1 for row in held if spread_words(row.held.spread)[1] == "wide")
    words = [f"{agreed} of {len(held) - skipped} lines agreed"]
    words += [f"{wide} with wide differences"] if wide else []
    words += [f"{skipped} not assessed: their bid failed a gate"] if skipped else []
    wrong = cannot_stand(held, view)
    if wrong and not view.summary.stage.reached(TenderStage.QUALITY_LOCKED):
        line, why = next(iter(wrong.items()))
        words.append(f"{len(wrong)} cannot be agreed yet: {line.bid} {line.criterion}, {why}")
    if recused:
        words.append(
            f"{together(recused)} {'is' if len(recused) == 1 else 'are'} not shown: you are recused from "
            f"{'it' if len(recused) == 1 else 'them'}"
        )
    if view.summary.stage.reached(TenderStage.QUALITY_LOCKED):
        words.append("closed: nothing can be changed")
    elif why_not:
        words.append(f"read only: {why_not.rstrip('.')}")
    return " · ".join(words)


def not_ready(view: TenderView, person: str) -> tuple[str, str, str, str] | None:
    """Why there are no lines to see: title, sentences, the name of the button, and the place that it leads to."""
    own = me(view, person)
    roles = (Role.CHAIR, Role.OFFICER, Role.PANEL_MEMBER)
    if own is not None and not any(own.member.has(role) for role in roles):
        return ("Moderation is for the panel", "You see how far it is on the home page.", "Home", "home")
    if not view.summary.stage.reached(TenderStage.BIDS_OPENED):
        words = "Moderation begins when the bids are read and scored. First the criteria are frozen."
        return ("Nothing to moderate yet", words, "Go to set-up", "setup")
    if not view.lines:
        return ("Nothing to moderate", "The tender has no bid that is scored.", "Go to set-up", "setup")
    if own is not None and not own.declared:
        words = "Whoever takes part in moderation says first, bidder by bidder, whether they have an interest."
        return ("Declare your interests first", words, "Panel and interests", "panel")
    waiting = [one for one in view.panel if one.owed and not one.signed_off and not one.absent]
    if waiting:
        lines = [
            f"{one.member.person} {one.member.name}: {one.answered} of {one.owed} lines answered" for one in waiting
        ]
        title = f"Moderation waits for {len(waiting)} sign-off{'' if len(waiting) == 1 else 's'}"
        why = "Nobody sees the scores of others before everyone’s own are sealed."
        return (title, "\n".join((why, "", *lines)), "Panel and interests", "panel")
    return None
