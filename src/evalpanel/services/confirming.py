"""Making sure, by voice, that each side holds the other's real keys: eight words that each reads and the other types."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind, PublicKeys
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.sealing.spoken import Side, heard, spoken
from evalpanel.services import audit, exchange, invitations, rosters, tenders
from evalpanel.services.exchange import Own
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


def words_to_read(workspace: Workspace, named: str, *, person: str | None = None) -> tuple[tuple[str, ...], ...]:
    """The eight words that this side reads aloud to the other: one set for each laptop that was not confirmed yet.

    On the officer's laptop `person` says to whom; on a member's the other side is the officer. What the other side must
    read is never shown: it is what proves who they are.
    """
    with workspace.store.reading() as tx:
        mine, whom, others = _other_side(tx, workspace, named, person)
        side = Side.OFFICER if mine.is_officer else Side.MEMBER
        return tuple(_words(mine, whom, keys, side) for keys in others)


def confirm(workspace: Workspace, named: str, *, typed: str, person: str | None = None) -> PersonCode:
    """Record that the other side's keys are the right ones: `typed` are the eight words that they read aloud.

    Refused when they are other words: then somebody may have changed a file on its way, and nothing is confirmed.
    """
    with workspace.store.writing() as tx:
        mine, whom, others = _other_side(tx, workspace, named, person)
        side = Side.MEMBER if mine.is_officer else Side.OFFICER
        found = next((keys for keys in others if heard(typed, _words(mine, whom, keys, side))), None)
        if found is None:
            raise EvalPanelError(
                "These are not the eight words that this laptop expects.",
                "Nothing was confirmed. Ask them to read the words once more, slowly. If they still differ, do not go on: a file may "
                "have been changed on its way. Send it again by another way.",
            )
        act = audit.record(
            tx,
            workspace,
            "keys-confirmed",
            tender=mine.tender,
            person=mine.person,
            detail={"about": whom, "installation": found.installation},
        )
        tx.add(
            t.ConfirmationRow(
                tender_id=mine.tender,
                person=whom,
                installation=found.installation,
                signing=found.signing,
                recipient=found.recipient,
                at=workspace.now(),
                act=act,
            )
        )
        return whom


@dataclass(frozen=True, slots=True)
class RosterHere:
    """The list of who takes part that is in force on this laptop: its number, the first digits of its identity, and whether
    two lists that do not know of each other came, so that the one before them stays in force."""

    number: int
    digits: str
    forked: bool


def roster_here(workspace: Workspace, named: str) -> RosterHere | None:
    """The list of who takes part that is in force here; None where none is. Its number is told and asked by voice."""
    with workspace.store.reading() as tx:
        mine = invitations.mine_in(tx, workspace, named)
        found = rosters.in_force(tx, mine)
        if found is None:
            return None
        own = exchange.line(tx, mine.tender, ParcelKind.ROSTER, found.officer)
        return RosterHere(found.number, found.identity[:8], max(one.seq for one in own) > found.number)


def compare_roster(workspace: Workspace, named: str, number: int) -> RosterHere:
    """Compare the number that the officer says aloud with the list that is here. Refused, in words, where they differ:
    an older list may still name keys that were revoked."""
    held = roster_here(workspace, named)
    if held is None:
        raise EvalPanelError("No list of who takes part is here yet.", "Take in the newest one, then compare again.")
    if held.number < number:
        raise EvalPanelError(
            f"The list of who takes part here is number {held.number}, and the officer has number {number}.",
            "Nothing was changed. Take in the newest one before you go on: keys may have been revoked since.",
        )
    if held.number > number:
        raise EvalPanelError(
            f"The list of who takes part here is number {held.number}, and the officer says {number}.",
            "Nothing was changed. A list is here that the officer does not know: ask whether a backup was put back, or "
            "whether somebody else took over.",
        )
    return held


def _other_side(
    tx: Session, workspace: Workspace, named: str, person: str | None
) -> tuple[Own, PersonCode, tuple[PublicKeys, ...]]:
    """Who this laptop is, who the other side is, and its keys that were not confirmed yet."""
    mine = invitations.mine_in(tx, workspace, named)
    if mine.is_officer:
        if person is None:
            raise EvalPanelError("Whose words?", "Nothing was changed. Name the person with --person.")
        whom = tenders.find(tx, mine.tender).member(person).person
        keys = invitations.answers(tx, mine.tender, whom)
        if not keys:
            raise EvalPanelError(
                f"{whom} has not answered an invitation yet.", "Nothing was changed. Take their answer in first."
            )
    else:
        held, body = invitations.newest(tx, mine.tender)
        whom, keys = held.author, (body.officer.value(),)
    known = exchange.confirmed(tx, mine.tender)
    waiting = tuple(one for one in keys if one.installation not in known)
    if not waiting:
        raise EvalPanelError(f"The keys of {whom} are confirmed already.", "Nothing was changed.")
    return mine, whom, waiting


def _words(mine: Own, whom: PersonCode, keys: PublicKeys, side: Side) -> tuple[str, ...]:
    if mine.is_officer:
        return spoken(mine.tender, whom, mine.keys.public, keys, side)
    return spoken(mine.tender, mine.person, keys, mine.keys.public, side)
