"""Declarations on the record: adding one, and asking for one before access. Shared by the journeys."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from evalpanel.domain.interests import DeclarationOutcome
from evalpanel.domain.tender import BidderCode, PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


def record(
    tx: Session,
    workspace: Workspace,
    tender: TenderId,
    person: PersonCode,
    outcome: DeclarationOutcome,
    bidder: BidderCode | None,
    about: str,
    on_paper: date | None,
) -> None:
    """Add a declaration, in the transaction of the act that makes it. `on_paper`: the day on which one was signed."""
    detail = {"outcome": outcome, "bidder": bidder, "about": about, "on_paper": on_paper}
    act = audit.record(tx, workspace, "interests-declared", tender=tender, person=person, detail=detail)
    tx.add(
        t.DeclarationRow(
            tender_id=tender,
            person=person,
            at=workspace.now(),
            outcome=outcome,
            bidder=bidder,
            about=about,
            on_paper=on_paper,
            act=act,
        )
    )


def require_declared(tx: Session, tender: tenders.OpenTender, person: PersonCode) -> None:
    """Refuse access and scores to somebody who has not declared."""
    if not any(one.person == person for one in queries.declarations(tx, tender.tender_id)):
        raise undeclared(tender.reference, person)


def undeclared(reference: str, person: PersonCode) -> EvalPanelError:
    """What is said to somebody who has not declared interests."""
    return EvalPanelError(
        f"{person} has not declared interests yet.",
        f"Nothing was changed. First: evalpanel declare {reference} --person {person} --none "
        "(or --interest BIDDER --about TEXT).",
    )
