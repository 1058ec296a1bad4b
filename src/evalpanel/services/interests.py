"""Declarations on the record: adding one, and asking for one before access. Shared by the journeys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import (
    Affirmation,
    Decision,
    Declaration,
    DeclarationOutcome,
    InterestKind,
    Organisation,
    Recusal,
    has_declared,
    organisations,
)
from evalpanel.domain.listed import asked_in
from evalpanel.domain.people import Role
from evalpanel.domain.tender import BidderCode, PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services import access, audit, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class DeclaredLine:
    """One interest of a declaration that is about to be recorded."""

    organisation: Organisation
    kind: InterestKind
    about: str


def record(
    tx: Session,
    workspace: Workspace,
    tender: TenderId,
    pack: TenderPack,
    person: PersonCode,
    declared: Sequence[DeclaredLine] = (),
    on_paper: date | None = None,
) -> int:
    """Add a whole declaration, in the transaction of the act that makes it, with one line of the trail: its number.

    It answers for every organisation of `pack`. `on_paper`: the day on which one was signed.
    """
    at = workspace.now()
    asked = tuple(one.key for one in organisations(pack.bidders, pack.members))

    def line(
        outcome: DeclarationOutcome,
        bidder: BidderCode | None = None,
        about: str = "",
        kind: InterestKind | None = None,
        organisation: str = "",
    ) -> Declaration:
        return Declaration(person, outcome, at, bidder, about, on_paper, kind, organisation, asked)

    lines = [
        line(DeclarationOutcome.INTEREST, one.organisation.bidder or None, one.about, one.kind, one.organisation.key)
        for one in declared
    ] or [line(DeclarationOutcome.NONE)]
    return record_lines(tx, workspace, tender, person, lines)


def record_lines(
    tx: Session, workspace: Workspace, tender: TenderId, person: PersonCode, lines: Sequence[Declaration]
) -> int:
    """Add a declaration as it was made, here or on the person's own laptop, with one line of the trail: its number."""
    detail = declaration_detail(lines)
    act = audit.record(tx, workspace, "interests-declared", tender=tender, person=person, detail=detail)
    for one in lines:
        tx.add(
            t.DeclarationRow(
                tender_id=tender,
                person=person,
                at=one.at,
                outcome=one.outcome,
                bidder=one.bidder,
                about=one.about,
                on_paper=one.on_paper,
                kind=one.kind,
                organisation=one.organisation,
                asked=one.asked,
                act=act,
            )
        )
    access.end_where_recused(tx, workspace, tender, person, person)
    return act


def affirm(
    tx: Session,
    workspace: Workspace,
    tender: TenderId,
    person: PersonCode,
    *,
    by: PersonCode,
    at: datetime | None = None,
    why_not: str = "",
) -> Affirmation:
    """Record that `person` said (`at`, now if left out), as moderation came, that their declaration still holds; or
    `why_not`, why that cannot be had. What is on record already stays, unless it was such a reason and their word came after all.
    """
    before = queries.affirmations(tx, tender).get(person)
    if before is not None and (not before.why_not or why_not):
        return before
    made = Affirmation(person, at or workspace.now(), by, why_not)
    detail = {"person": person, "why_not": why_not}
    act = audit.record(tx, workspace, "declaration-affirmed", tender=tender, person=by, detail=detail)
    tx.add(t.AffirmationRow(tender_id=tender, person=person, at=made.at, taken_by=by, why_not=made.why_not, act=act))
    return made


def declaration_detail(lines: Sequence[Declaration]) -> dict[str, Any]:
    """What the trail pins of a declaration."""
    return {
        "asked": list(lines[0].asked),
        "on_paper": lines[0].on_paper,
        "lines": [
            {
                "outcome": one.outcome,
                "bidder": one.bidder,
                "organisation": one.organisation,
                "kind": one.kind,
                "about": one.about,
            }
            for one in lines
        ],
    }


def decision_detail(decision: Decision) -> dict[str, Any]:
    """What the trail pins of a decision about an interest."""
    return {
        "person": decision.person,
        "bidder": decision.bidder,
        "outcome": decision.outcome,
        "scope": decision.scope,
        "criteria": list(decision.criteria),
        "measure": decision.measure,
        "why": decision.why,
        "decided_by": decision.decided_by,
        "settles": decision.settles,
    }


def kept_out(tx: Session, tender: tenders.OpenTender, person: str | None, role: Role) -> tuple[Recusal, ...]:
    """What somebody who looks is kept out of: on a laptop that joined its own person, whoever is named. Elsewhere, without a
    `person`, it is whoever acts in `role`."""
    who = tenders.owner_here(tx, tender.tender_id) or person or tender.acting(role, None)
    member = next((one for one in tender.pack.panel if one.person == who), None)
    if member is None and person:
        member = tender.member(person)
    # The owner of a profile whose panel names no officer is nobody on it, and has declared nothing.
    return queries.recused(tx, tender.tender_id, tender.pack, member) if member is not None else ()


def require_declared(tx: Session, tender: tenders.OpenTender, person: PersonCode) -> None:
    """Refuse access and scores to somebody who has not answered for everybody who takes part."""
    own = [one for one in queries.declarations(tx, tender.tender_id) if one.person == person]
    pack = tender.pack
    if not has_declared(own, asked_in(pack)):
        raise undeclared(tender.reference, person, again=bool(own))


def undeclared(reference: str, person: PersonCode, *, again: bool = False) -> EvalPanelError:
    """What is said to somebody who has not declared interests, or (`again`) not about those who came later."""
    title = (
        f"{person} has not declared interests in the bidders that came later."
        if again
        else f"{person} has not declared interests yet."
    )
    return EvalPanelError(
        title,
        f"Nothing was changed. First: evalpanel declare {reference} --person {person} --none "
        "(or --interest ORGANISATION --about TEXT).",
    )
