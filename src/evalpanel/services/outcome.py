"""The outcome: computed by one function from what the panel agreed and the prices that were opened."""

from __future__ import annotations

from dataclasses import replace

from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.services import audit, tenders
from evalpanel.services.awards import TenderOutcome, computed
from evalpanel.services.workspace import Workspace


def outcome(workspace: Workspace, named: str, *, person: str | None = None) -> TenderOutcome:
    """The outcome of a tender. The first time it is made it goes on the record with its digest.

    Refused until moderation is closed and the prices that the published formula needs are opened.
    """
    with workspace.store.reading() as tx:
        held = computed(tx, tenders.find(tx, named))
        if held.stage.reached(TenderStage.OUTCOME):
            return held
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        held = computed(tx, tender)
        who = tender.acting(Role.OFFICER, person)
        detail = {"outcome_digest": held.digest}
        audit.record(tx, workspace, "outcome-made", tender=tender.tender_id, person=who, detail=detail)
        tenders.advance(tx, tender, TenderStage.OUTCOME)
        return replace(held, stage=TenderStage.OUTCOME)
