"""Who agrees with moderation that came from a chair: whose word is there, whose is missing, and whether it can be locked. Shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.branches import standing
from evalpanel.domain.carried import Dissent, must_agree
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import listed
from evalpanel.domain.tender import EnvelopeKind, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_moderation import Assent, read_assent, read_assent_part
from evalpanel.sealing import envelopes as age
from evalpanel.services import exchange, rosters, sheets_here
from evalpanel.services.exchange import Own
from evalpanel.services.moderations_here import Carried, carried, counting, forked, is_outdated
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import score_reads
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class Word:
    """What a scorer said about a moderation. `sheet`: their newest sheet, by their own word. `left_out` and `misquoted` are None on
    a laptop to which a bid of that moderation is closed: they would count what was said about it."""

    person: PersonCode
    agrees: bool
    sheet: str
    dissents: tuple[Dissent, ...]
    left_out: int | None
    misquoted: int | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Where one chair's moderation stands: final or not, on which sheets it is outdated, who has said what, who is missing.

    `excused`: whose word could not be had, and why. `newer`: who says that their newest sheet is another than the one it
    rests on.
    """

    moderation: str
    chair: PersonCode
    is_final: bool
    outdated: tuple[PersonCode, ...]
    words: tuple[Word, ...]
    missing: tuple[PersonCode, ...]
    excused: Mapping[PersonCode, str]
    newer: tuple[PersonCode, ...]


def agreements(tx: Session, workspace: Workspace, mine: Own, tender: OpenTender) -> tuple[Agreement, ...]:
    """Where each chair's moderation stands, as far as this laptop can tell."""
    return tuple(_agreement(tx, workspace, mine, tender, one) for one in carried(tx, workspace, mine, tender))


def require_agreed(tx: Session, workspace: Workspace, mine: Own, tender: OpenTender) -> None:
    """Refuse to lock moderation that came from laptops while somebody's word on it is missing, naming whose."""
    if not exchange.of_kind(tx, mine.tender, ParcelKind.MODERATION):
        return
    nothing = "Nothing was changed."
    for chair in forked(tx, mine, tender):
        raise EvalPanelError(
            f"There are two moderations of {chair} that do not know of each other, and neither counts.",
            f"{nothing} Ask {chair} to take in both on one laptop and send again.",
        )
    for one in agreements(tx, workspace, mine, tender):
        if not one.is_final:
            raise EvalPanelError(
                f"The moderation of {one.chair} is not final.", f"{nothing} {one.chair} sends the final one."
            )
        if one.outdated:
            raise EvalPanelError(
                f"The moderation of {one.chair} rests on other sheets than those that count here: {', '.join(one.outdated)}.",
                f"{nothing} {one.chair} takes in the newest sheets and sends again.",
            )
        if one.newer:
            raise EvalPanelError(
                f"{', '.join(one.newer)} said that their newest sheet is another than the one that was moderated.",
                f"{nothing} Take that sheet in; {one.chair} takes it in too and sends again.",
            )
        if one.missing:
            raise EvalPanelError(
                f"Moderation cannot be closed: the word of {listed(one.missing)} is missing.",
                f"{nothing} Each of them agrees or dissents (evalpanel assent), or it is recorded why they cannot.",
            )
    _require_covered(tx, workspace, mine, tender)


def _require_covered(tx: Session, workspace: Workspace, mine: Own, tender: OpenTender) -> None:
    """What counts here must be what the chairs sent, line by line: nothing was agreed past those who were asked."""
    said = {line: each.agreed for line, (_, each) in counting(carried(tx, workspace, mine, tender)).items()}
    held = score_reads.moderated(tx, mine.tender)
    other = sorted(line for line, agreed in held.items() if line in said and said[line] != agreed)
    if other:
        raise EvalPanelError(
            f"On {len(other)} lines another score is recorded here than the chair sent: {listed(other, 3)}.",
            "Nothing was changed. The panel agreed to what the chair sent: the chair sends again, or it is taken in again.",
        )


def _agreement(tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, one: Carried) -> Agreement:
    scorers = {each.person for each in tender.pack.panel if each.has(Role.PANEL_MEMBER)}
    words = _words(tx, workspace, mine, scorers, one)
    owed = must_agree(one.lines, scorers, one.chair)
    row = t.MissingAssentRow
    excused = {
        held.person: held.reason
        for held in tx.execute(
            select(row).where(row.tender_id == mine.tender, row.moderation == one.identity)
        ).scalars()
    }
    cited = {each.person: each.sheet for each in one.cover.body.sheets}
    return Agreement(
        moderation=one.identity,
        chair=one.chair,
        is_final=one.is_final,
        outdated=is_outdated(tx, mine, tender, one),
        words=words,
        missing=tuple(sorted(owed - {word.person for word in words} - excused.keys())),
        excused=excused,
        newer=tuple(sorted(word.person for word in words if word.sheet != cited.get(word.person, ""))),
    )


def _words(
    tx: Session, workspace: Workspace, mine: Own, scorers: Iterable[PersonCode], one: Carried
) -> tuple[Word, ...]:
    opening = sheets_here.keys(tx, workspace, mine, EnvelopeKind.MODERATION)
    found = []
    for person in sorted(scorers):
        line = exchange.line(tx, mine.tender, ParcelKind.ASSENT, person, one.chair)
        aside = rosters.aside(tx, mine, ParcelKind.ASSENT, person, one.chair)
        tip = standing((held.entry for held in line), aside).counts
        for held in line:
            cover = read_assent(held.statement.payload)
            if held.identity == tip and cover.body.moderation == one.identity:
                word = _word(workspace, person, cover, opening)
                found.append(replace(word, left_out=None, misquoted=None) if one.shut else word)
    return tuple(found)


def _word(
    workspace: Workspace, person: PersonCode, cover: Cover[Assent], opening: Mapping[str, tuple[str, sheets_here.Place]]
) -> Word:
    dissents: list[Dissent] = []
    for part in cover.header.parts:
        if part.envelope in opening:
            content = age.open_bytes(workspace.documents.piece(part.sealed), opening[part.envelope][0])
            dissents += read_assent_part(content).dissents
    body = cover.body
    return Word(person, body.agrees, body.sheet, tuple(dissents), body.left_out, body.misquoted)
