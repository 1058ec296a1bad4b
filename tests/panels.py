"""A whole panel on laptops that never meet: officer, chair, deputy and members, brought to any point by carrying files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

import make
from evalpanel.domain.interests import Answer
from evalpanel.domain.moderation import ModeratedRow
from evalpanel.domain.parcels import ParcelKind, Part
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.sheets import Score, ScoreStatus
from evalpanel.domain.tender import PersonCode
from evalpanel.formats.parcel_sheets import read_scoresheet
from evalpanel.services import (
    assents,
    declarations,
    exchange,
    inviting,
    issuing,
    moderation,
    parcels_out,
    prices,
    releasing,
    room,
    rosters,
    scoring,
    sending,
    setup,
    sign_off,
    tenders,
)
from evalpanel.services.receiving import Report
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops, left
from stages import REFERENCE, Level, level_of, line, load, score

SCORERS = ("CH1", "PM1", "PM2")


def people(*, chair_scores: bool = True, deputy: bool = False, third: bool = False) -> tuple[PanelMember, ...]:
    """Officer, chair and two members; a third member, and a deputy chair, where they are wanted."""
    officer, chair, *members = make.panel()
    roles = (Role.CHAIR, Role.PANEL_MEMBER) if chair_scores else (Role.CHAIR,)
    found = [officer, replace(chair, roles=roles, declared=None)]
    found += [replace(one, declared=None) for one in members]
    if third:
        found.append(PanelMember(PersonCode("PM3"), "Priya Lund", (Role.PANEL_MEMBER,)))
    if deputy:
        found.append(PanelMember(PersonCode("CH2"), "Dell Ray", (Role.CHAIR,)))
    return tuple(found)


@contextmanager
def panel(root: Path, of: tuple[PanelMember, ...] | None = None) -> Iterator[Laptops]:
    """Everybody's laptop has joined and holds the pack; nobody has declared yet."""
    with left(root, joined, people() if of is None else of) as desk:
        yield desk


@contextmanager
def scored_panel(
    root: Path, of: tuple[PanelMember, ...] | None = None, scorers: Sequence[str] = SCORERS
) -> Iterator[Laptops]:
    """A panel that has declared and scored: see `scored`."""
    with left(root, _joined_and_scored, people() if of is None else of, tuple(scorers)) as desk:
        yield desk


def _joined_and_scored(desk: Laptops, of: tuple[PanelMember, ...], scorers: tuple[str, ...]) -> None:
    joined(desk, of)
    scored(desk, scorers)


def joined(desk: Laptops, of: tuple[PanelMember, ...]) -> None:
    """The officer's tender with these people, who join and take in what is theirs."""
    load(desk[OFFICER], desk.root / "pack", make.pack(panel=of))
    setup.freeze(desk[OFFICER], REFERENCE)
    for one in inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick):
        desk.join(REFERENCE, one.person, one.file)
    hand_out(desk)


def hand_out(desk: Laptops) -> None:
    """The officer issues, and everybody takes in what is theirs."""
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    for person, file in made.releases.items():
        desk.take(person, made.roster, made.pack, file)


def release(desk: Laptops, *people: str) -> dict[str, Report]:
    """The officer releases keys, and everybody (or these people) takes theirs in."""
    made = releasing.release(desk[OFFICER], REFERENCE, to=desk.stick)
    return {
        person: desk.take(person, file)[0] for person, file in made.releases.items() if not people or person in people
    }


def declare(desk: Laptops, person: str, interest: str = "") -> None:
    """The person declares on their own laptop, and the officer takes it in."""
    answers = [Answer(interest, "A cousin works there.")] if interest else []
    declarations.declare(desk[person], REFERENCE, person=person, answers=answers)
    sent = sending.send(desk[person], REFERENCE, to=desk.stick)
    assert sent.declaration is not None
    desk.take(OFFICER, sent.declaration)


def sheet(desk: Laptops, person: str, level: Level = level_of) -> Path:
    """The person scores everything that they owe, signs off and sends."""
    score(desk[person], person=person, level=level)
    sign_off.sign_off(desk[person], REFERENCE, person=person)
    return sent_sheet(desk, person)


def sent_sheet(desk: Laptops, person: str) -> Path:
    """The sheet of a person as a file."""
    made = sending.send(desk[person], REFERENCE, to=desk.stick).sheet
    assert made is not None
    return made


def lost_sheet(desk: Laptops, person: str) -> Path:
    """A sheet that was sent from a laptop which was then put back from an older backup."""
    space = desk[person]
    with space.store.writing() as tx:
        tender = tenders.find(tx, REFERENCE)
        mine = exchange.own(tx, space, tender.tender_id)
        assert mine is not None
        held = exchange.line(tx, mine.tender, ParcelKind.SCORESHEET, mine.person)[-1]
        cover = read_scoresheet(held.statement.payload)
        parcel = exchange.make(
            tx,
            space,
            mine,
            ParcelKind.SCORESHEET,
            cover.body,
            rosters.readers(tx, mine, rosters.chairs(tender.pack.panel)),
            parts=[Part(one.sealed, one.size, one.envelope) for one in cover.header.parts],
            rests_on=exchange.RestsOn(cover.header.roster, cover.header.pack),
            act="sheet-sent",
        )
        tx.rollback()
    return parcels_out.write_out(space, desk.stick, parcel)


def two_sheets(desk: Laptops, person: str) -> tuple[Path, Path]:
    """Two signed-off sheets of somebody that do not know of each other; the newer one changes an answer."""
    lost = lost_sheet(desk, person)
    sign_off.reopen(desk[person], REFERENCE, person=person, reason="A page was overlooked.")
    changed = Score(line("B01", "1.1"), ScoreStatus.SCORED, Decimal(4), "Page 9 says more.")
    scoring.save_score(desk[person], REFERENCE, person=person, score=changed)
    sign_off.sign_off(desk[person], REFERENCE, person=person)
    return lost, sent_sheet(desk, person)


def scored(desk: Laptops, scorers: Sequence[str] = SCORERS, *, chair: str = "CH1") -> dict[str, Path]:
    """Everybody has declared no interest and scored; officer and chair have the sheets, the chair its keys, scorers theirs."""
    for one in dict.fromkeys((*scorers, chair)):
        declare(desk, one)
    release(desk)
    files = {one: sheet(desk, one) for one in scorers}
    desk.take(OFFICER, *files.values())
    desk.take(chair, *(file for person, file in files.items() if person != chair))
    release(desk)
    return files


def agreed_rows(
    space: Workspace, present: Sequence[str] = SCORERS, reasons: str = "It names a plan."
) -> list[ModeratedRow]:
    """What the panel agreed on every line that is open on this laptop: everybody's level, with reasons."""
    return [
        ModeratedRow(
            f"Moderation!A{place}",
            one.line,
            level_of(one.line),
            reasons,
            not_higher="One more date is wanted.",
            present=tuple(PersonCode(code) for code in present),
        )
        for place, one in enumerate(moderation.lines(space, REFERENCE), 2)
    ]


def moderate(
    desk: Laptops, chair: str = "CH1", present: Sequence[str] = SCORERS, reasons: str = "It names a plan."
) -> None:
    """The chair writes down on their own laptop what the panel agreed."""
    rows = agreed_rows(desk[chair], present, reasons)
    moderation.take_moderated(desk[chair], REFERENCE, rows=rows)


def sent_moderation(desk: Laptops, chair: str = "CH1", *, final: bool = True) -> Path:
    """The chair's moderation as a file."""
    made = sending.send(desk[chair], REFERENCE, to=desk.stick, final=final).moderation
    assert made is not None
    return made


def agree(desk: Laptops, person: str) -> Path:
    """The person agrees with the one final moderation that is on their laptop, and affirms their declaration."""
    (one,) = assents.assent(desk[person], REFERENCE, to=desk.stick, affirm=True)
    return one.file


def affirm(desk: Laptops, person: str) -> None:
    """What a person says aloud to the officer."""
    declarations.affirm(desk[OFFICER], REFERENCE, person=person, by=OFFICER)


def affirm_apart(desk: Laptops, person: str) -> Report:
    """The person says on their own laptop that their declaration still holds, and the officer takes in what they send."""
    declarations.affirm(desk[person], REFERENCE, person=person)
    sent = sending.send(desk[person], REFERENCE, to=desk.stick).declaration
    assert sent is not None
    return desk.take(OFFICER, sent)[0]


def locked(desk: Laptops, *more: str) -> None:
    """From the declarations to open prices on the officer's laptop. The chair, the members and `more` hold the final moderation."""
    for one in more:
        declare(desk, one)
    scored(desk)
    moderate(desk)
    final = sent_moderation(desk)
    desk.take(OFFICER, final)
    release(desk)
    for person in (*SCORERS[1:], *more):
        desk.take(person, final)
    for person in SCORERS[1:]:
        desk.take(OFFICER, agree(desk, person))
    affirm_apart(desk, "CH1")
    moderation.close(desk[OFFICER], REFERENCE)
    prices.open_prices(desk[OFFICER], REFERENCE)


def missing(desk: Laptops, person: str = OFFICER) -> tuple[str, ...]:
    """Whose sheets are not in, as a laptop sees it."""
    with desk[person].store.reading() as tx:
        return room.missing_sheets(tx, tenders.find(tx, REFERENCE))


def held_keys(space: Workspace, *kinds: str) -> list[str]:
    """The envelopes of these kinds that a laptop can open."""
    with space.store.reading() as tx:
        names = tx.execute(select(t.EnvelopeRow.name).order_by(t.EnvelopeRow.name)).scalars()
        return [name for name in names if name.split("/")[0] in kinds]
