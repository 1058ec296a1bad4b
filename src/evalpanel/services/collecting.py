"""What panel members send arrives: declarations at the officer's laptop, score sheets at the chairs' too, in any order.

A sheet counts when it is signed off, and the newest one counts. Two sheets of one person that do not know of each other
(a restored backup, two laptops) are kept, and neither counts until the person sends one that follows both.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from evalpanel.domain.blind import is_blind
from evalpanel.domain.interests import organisations
from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_sheets import (
    Declarations,
    read_declarations,
)
from evalpanel.services import exchange, interests, moderations_shown, rosters, tenders
from evalpanel.services.exchange import Own
from evalpanel.services.taking_in import Arrival, Became, Intake, NotForUs
from evalpanel.services.workspace import Workspace


def _officers(mine: Own) -> bool:
    return mine.is_officer


def _everybody(_mine: Own) -> bool:
    return True


# Declarations --------------------------------------------------------------------------------------------------------


def _declarations(tx: Session, workspace: Workspace, one: Arrival) -> Became:
    """Add what was not on record yet. A declaration is never taken back, so of a fork both branches are added."""
    mine, author = one.mine, one.author
    tender = tenders.find(tx, mine.tender)
    held = _said(tx, mine, author)
    known = {declared for name, body in held.items() if name != one.identity for declared in body.declared}
    fresh = [declared for declared in held[one.identity].declared if declared not in known]
    asked = {party.key for party in organisations(tender.pack.bidders, tender.pack.members)}
    for declared in fresh:
        strangers = [
            line.organisation
            for line in declared.lines
            if line.organisation
            and line.organisation not in asked
            and not (is_blind(tender.pack) and line.bidder is None)
        ]
        if strangers:
            raise EvalPanelError(
                f"The declaration of {author} names somebody who does not take part.",
                "Nothing was changed. Issue the pack again, and ask for a new declaration.",
            )
        interests.record_lines(tx, workspace, mine.tender, author, declared.of(author))
    if one.identity not in one.after.tips:
        return Became(Verdict.OLDER, f"A newer declaration of {author} is here already; this one is kept.")
    # Who turns out to be recused may have moderated: what follows from that follows whichever came first.
    told = moderations_shown.work_out(tx, workspace, mine, tender).wrong.values()
    affirmed = held[one.identity].affirmed
    if affirmed is not None and not tender.stage.reached(TenderStage.QUALITY_LOCKED):
        interests.affirm(tx, workspace, mine.tender, author, by=author, at=affirmed)
    words = f"{author} has declared their interests. Next: issue again, so that they get the bids that are theirs."
    if affirmed is not None and not fresh:
        words = f"{author} says that their declaration of interests still holds."
    words = " ".join([words, *(str(error) for error in told)])
    return Became(Verdict.NEWER if one.before.tips else Verdict.NEW, words)


def _said(tx: Session, mine: Own, author: PersonCode) -> dict[str, Declarations]:
    held = exchange.line(tx, mine.tender, ParcelKind.DECLARATION, author)
    return {one.identity: read_declarations(one.statement.payload).body for one in held}


# Score sheets --------------------------------------------------------------------------------------------------------


def _sheet_fits(tx: Session, _workspace: Workspace, one: Arrival) -> None:
    rosters.require_here(tx, one.mine, one.author)
    if not one.mine.is_officer and one.mine.person not in rosters.chairs(tenders.find(tx, one.mine.tender).pack.panel):
        raise NotForUs("Score sheets are for the officer and the chair.", "It was left alone.")


def _sheet(tx: Session, workspace: Workspace, one: Arrival) -> Became:
    mine, author = one.mine, one.author
    tender = tenders.find(tx, mine.tender)
    state = moderations_shown.work_out(tx, workspace, mine, tender, author=author, arrived=one.identity)
    found = state.sheet
    assert found is not None, "an author was named"
    if one.after.forked or one.identity in one.after.tips:
        newer = found.verdict is Verdict.NEW and one.header.seq > 1
        became = Became(Verdict.NEWER if newer else found.verdict, found.words)
    else:
        became = Became(Verdict.OLDER, f"A newer sheet of {author} is here already; this one is kept.")
    told = [*state.late.values(), *(str(error) for error in state.wrong.values())]
    return Became(became.verdict, " ".join([became.words, *told])) if told else became


INTAKES = {
    ParcelKind.DECLARATION: Intake(here=_officers, work_out=_declarations),
    ParcelKind.SCORESHEET: Intake(here=_everybody, fits=_sheet_fits, work_out=_sheet),
}
