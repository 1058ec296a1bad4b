"""Declarations of interest: made by everyone before access, kept for good, and what they mean for lots."""

from __future__ import annotations

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import Declaration, DeclarationOutcome, Recusal
from evalpanel.domain.tender import BidderCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import interests, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries


def declare(
    workspace: Workspace, named: str, *, person: str, interest: str | None = None, about: str = ""
) -> tuple[Recusal, ...]:
    """Record that `person` has no interest, or an interest in the bidder `interest` and what it is about.

    Gives the lots from which the person is now recused: every lot in which that bidder bids. A declaration is never
    taken back; a further one adds to it.
    """
    if interest is not None and not about.strip():
        raise EvalPanelError(
            "An interest needs a few words about it.", "Nothing was recorded. Say what the interest is with --about."
        )
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        member = tender.member(person)
        bidder = _bidder(tender.pack, interest) if interest is not None else None
        outcome = DeclarationOutcome.NONE if bidder is None else DeclarationOutcome.INTEREST
        interests.record(tx, workspace, tender.tender_id, member.person, outcome, bidder, about.strip(), None)
        tx.flush()
        return queries.recused(tx, tender.tender_id, tender.pack, member)


def made(workspace: Workspace, named: str) -> tuple[Declaration, ...]:
    """Every declaration of interest in the tender, oldest first: for people who see the panel. Changes nothing."""
    with workspace.store.reading() as tx:
        return queries.declarations(tx, tenders.find(tx, named).tender_id)


def _bidder(pack: TenderPack, named: str) -> BidderCode:
    for bidder in pack.bidders:
        if named.strip().casefold() in (bidder.bidder.casefold(), bidder.name.casefold()):
            return bidder.bidder
    known = ", ".join(f"{bidder.bidder} {bidder.name}" for bidder in pack.bidders) or "none yet"
    raise EvalPanelError(f"There is no bidder “{named}” in this tender.", f"Nothing was recorded. Bidders: {known}.")
