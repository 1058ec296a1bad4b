"""The outcome: computed by one function from what the panel agreed and the prices that were opened."""

from __future__ import annotations

from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.services import tenders
from evalpanel.services.awards import TenderOutcome, computed, on_record
from evalpanel.services.workspace import Workspace


def outcome(workspace: Workspace, named: str, *, person: str | None = None) -> TenderOutcome:
    """The outcome of a tender. The first time it is made it goes on the record with its digest.

    Refused until moderation is closed and the prices that the published formula needs are opened.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        if tender.stage.reached(TenderStage.OUTCOME):
            return computed(tx, tender)
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        return on_record(tx, workspace, tender, computed(tx, tender), tender.acting(Role.OFFICER, person))
