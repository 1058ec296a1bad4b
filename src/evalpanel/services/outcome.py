"""The outcome: computed by one function from what the panel agreed and the prices that were opened."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from evalpanel.domain.interests import without_result
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import recused_from
from evalpanel.domain.stages import TenderStage
from evalpanel.services import interests, tenders
from evalpanel.services.awards import TenderOutcome, computed, on_record
from evalpanel.services.workspace import Workspace


def outcome(workspace: Workspace, named: str, *, person: str | None = None) -> TenderOutcome:
    """The outcome of a tender, of the lots that are open to `person` (the officer who acts, if left out).

    The first time it is made on the laptop that leads the tender it goes on the record, whole, with its digest. Elsewhere it
    is made from what was locked and released, each time anew, and nothing is recorded.
    Refused until moderation is closed and the prices that the published formula needs are opened.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        if tenders.owner_here(tx, tender.tender_id) is not None:
            # A lot of which something is closed to this person, be it one criterion of a bid, cannot be worked out here.
            closed = {one.lot for one in interests.kept_out(tx, tender, None, Role.OFFICER)}
            return _seen(tx, tender, computed(tx, tender, closed), None)
        if tender.stage.reached(TenderStage.OUTCOME):
            return _seen(tx, tender, computed(tx, tender), person)
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        made = on_record(tx, workspace, tender, computed(tx, tender), tender.acting(Role.OFFICER, person))
        return _seen(tx, tender, made, person)


def _seen(tx: Session, tender: tenders.OpenTender, made: TenderOutcome, person: str | None) -> TenderOutcome:
    kept_out = interests.kept_out(tx, tender, person, Role.OFFICER)
    if not kept_out:
        return made
    hidden = without_result(kept_out)
    moderated = {line: score for line, score in made.moderated.items() if recused_from(kept_out, line) is None}
    return replace(made, lots=tuple(lot for lot in made.lots if lot.lot not in hidden), moderated=moderated)
