"""People and laptops that leave a tender: keys that are revoked, and a member whose place somebody else takes.

Nothing is unread and nothing is deleted: what was accepted before still counts or is set aside, and what comes later is
sealed to new keys that whoever left does not get.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import PanelMember, Role, replaced
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import read_enrolment
from evalpanel.services import audit, envelopes, exchange, rosters, tenders
from evalpanel.services.exchange import Own
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class LaptopOf:
    """A laptop of somebody on the panel: its installation, what they call it, and whether its keys were revoked."""

    installation: str
    name: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class Revoked:
    """What a revocation came to: whose and which laptops, how many statements of them still count, what gets new keys."""

    person: PersonCode
    laptops: tuple[LaptopOf, ...]
    accepted: int
    envelopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A member whose place somebody took: the criteria that go over (None: all), and what became of the leaver's keys.

    `had_signed`: a sheet that the leaver signed off is here, and is set aside.
    """

    leaver: PersonCode
    person: PersonCode
    criteria: tuple[str, ...] | None
    revoked: Revoked | None
    had_signed: bool = False


def laptops_of(workspace: Workspace, named: str, person: str) -> tuple[LaptopOf, ...]:
    """The laptops of somebody whose keys are known here. Changes nothing."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        mine = exchange.own(tx, workspace, tender.tender_id)
        return _laptops(tx, mine, tender.member(person).person) if mine is not None else ()


def revoke(workspace: Workspace, named: str, *, person: str, why: str, laptop: str | None = None) -> Revoked:
    """Revoke the keys of all laptops of `person`, or of the one that `laptop` names (what they call it, or its id).

    It works for others from when the next roster reaches them. Statements that were accepted before count; nothing else
    that these keys sign does, whatever its date. What is sealed later goes to new keys.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        mine = _leading(tx, workspace, tender)
        member = tender.member(person)
        _refuse_without_why(why)
        if member.person == mine.person:
            raise EvalPanelError(
                "You lead the tender, so you cannot revoke your own keys.",
                "Nothing was changed. Whoever holds the successor's sheet takes over: evalpanel succeed.",
            )
        chosen = _chosen(_laptops(tx, mine, member.person), member.person, laptop)
        return _revoke(tx, workspace, mine, member.person, chosen, why.strip())


def replace_member(
    workspace: Workspace, named: str, *, leaver: str, person: str, name: str, why: str, organisation: str = ""
) -> Replaced:
    """Put somebody new on the panel in the place of `leaver`: they take over the role and the criteria, and score every bid.

    The leaver's scores are set aside: kept, and shown to nobody. Their keys are revoked. Refused once moderation began.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        mine = _leading(tx, workspace, tender)
        old = tender.member(leaver)
        new = PersonCode(person.strip())
        _refuse_replacing(tender, mine, old, new, name, why)
        today = workspace.now().date()
        row = tx.execute(
            select(t.PanelMemberRow).where(
                t.PanelMemberRow.tender_id == tender.tender_id, t.PanelMemberRow.person == old.person
            )
        ).scalar_one()
        row.until = row.until or today
        fresh = PanelMember(
            person=new,
            name=name.strip(),
            roles=old.roles,
            since=today,
            replaces=old.person,
            kind=old.kind,
            organisation=organisation.strip(),
            criteria=old.criteria,
        )
        tx.add(t.PanelMemberRow.of(fresh, tender_id=tender.tender_id, position=len(tender.pack.panel)))
        detail = {"about": old.person, "by": new, "why": why.strip(), "criteria": old.criteria}
        audit.record(tx, workspace, "member-replaced", tender=tender.tender_id, person=mine.person, detail=detail)
        left = [one for one in _laptops(tx, mine, old.person) if not one.revoked]
        revoked = _revoke(tx, workspace, mine, old.person, left, why.strip()) if left else None
        signed = queries.sign_offs(tx, tender.tender_id).get(old.person)
        return Replaced(old.person, new, old.criteria, revoked, signed is not None and signed.signed)


def _leading(tx: Session, workspace: Workspace, tender: OpenTender) -> Own:
    mine = exchange.own(tx, workspace, tender.tender_id)
    if mine is None or not mine.is_officer:
        raise EvalPanelError(
            f"This laptop does not lead {tender.reference}.", "Nothing was changed. Its officer does this."
        )
    return mine


def _refuse_without_why(why: str) -> None:
    if not why.strip():
        raise EvalPanelError("The reason is missing.", "Nothing was changed. Say in a sentence why, with --why.")


def _refuse_replacing(tender: OpenTender, mine: Own, old: PanelMember, new: PersonCode, name: str, why: str) -> None:
    _refuse_without_why(why)
    tenders.require(
        tender,
        before=TenderStage.MODERATION,
        act="nobody can take another's place any more: record the member's absence instead",
    )
    if old.person == mine.person:
        raise EvalPanelError(
            "You lead the tender, so nobody can take your place here.",
            "Nothing was changed. Whoever holds the successor's sheet takes over: evalpanel succeed.",
        )
    if not old.has(Role.PANEL_MEMBER) and not old.has(Role.CHAIR):
        raise EvalPanelError(f"{old.person} neither scores nor chairs.", "Nothing was changed.")
    by = replaced(tender.pack.panel).get(old.person)
    if by is not None:
        raise EvalPanelError(f"{by} has taken the place of {old.person} already.", "Nothing was changed.")
    if not new or not name.strip():
        raise EvalPanelError("A code and a name are needed for the new member.", "Nothing was changed.")
    if any(one.person.casefold() == new.casefold() for one in tender.pack.panel):
        raise EvalPanelError(
            f"{new} is on the panel already.", "Nothing was changed. Choose a code that nobody has had."
        )


def _laptops(tx: Session, mine: Own, person: PersonCode) -> tuple[LaptopOf, ...]:
    called: dict[str, str] = {}
    for one in exchange.line(tx, mine.tender, ParcelKind.ENROLMENT, person):
        body = read_enrolment(one.statement.payload).body
        called[body.keys.value().installation] = body.laptop
    return tuple(
        LaptopOf(installation, called.get(installation, ""), one.revoked is not None)
        for installation, one in rosters.laptops(tx, mine).items()
        if one.person == person
    )


def _chosen(held: Sequence[LaptopOf], person: PersonCode, laptop: str | None) -> list[LaptopOf]:
    free = [one for one in held if not one.revoked]
    if not free:
        word = "revoked already" if held else "not confirmed, so there is nothing to revoke"
        raise EvalPanelError(f"The keys of {person} are {word}.", "Nothing was changed.")
    if laptop is None:
        return free
    wanted = laptop.strip().casefold()
    found = [
        one
        for one in free
        if wanted and (one.name.casefold() == wanted or (len(wanted) >= 4 and one.installation.startswith(wanted)))
    ]
    if len(found) != 1:
        known = ", ".join(f"{one.name or 'without a name'} ({one.installation[:8]})" for one in free)
        word = "more than one laptop" if found else "no laptop"
        raise EvalPanelError(f"“{laptop}” means {word} of {person}.", f"Nothing was changed. Laptops: {known}.")
    return found


def _revoke(
    tx: Session, workspace: Workspace, mine: Own, person: PersonCode, laptops: Sequence[LaptopOf], why: str
) -> Revoked:
    gone = [one.installation for one in laptops]
    row = t.ReleaseRow
    read = set(
        tx.execute(select(row.envelope).where(row.tender_id == mine.tender, row.installation.in_(gone))).scalars()
    )
    fresh = envelopes.rotate(tx, workspace, mine.tender, read)
    count = 0
    for one in laptops:
        parcels = select(t.ParcelRow.identity).where(
            t.ParcelRow.tender_id == mine.tender, t.ParcelRow.installation == one.installation
        )
        accepted = tuple(sorted(tx.execute(parcels).scalars()))
        count += len(accepted)
        detail = {
            "about": person,
            "installation": one.installation,
            "laptop": one.name,
            "why": why,
            "accepted": list(accepted),
            "envelopes": list(fresh),
        }
        act = audit.record(tx, workspace, "keys-revoked", tender=mine.tender, person=mine.person, detail=detail)
        tx.add(
            t.RevocationRow(
                tender_id=mine.tender,
                person=person,
                installation=one.installation,
                why=why,
                accepted=accepted,
                at=workspace.now(),
                act=act,
            )
        )
    tx.flush()
    return Revoked(person, tuple(laptops), count, fresh)
