"""A bid that falls out after its price was opened: its status changes, and the outcome is worked out anew. Shared by journeys."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.digests import plain
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, BidStatus, Lot
from evalpanel.errors import EvalPanelError
from evalpanel.services import after_outcome, audit, tenders
from evalpanel.services.awards import TenderOutcome, computed
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t

_OUT = (BidStatus.EXCLUDED, BidStatus.WITHDRAWN, BidStatus.DISREGARDED)


def fall_out(
    tx: Session,
    workspace: Workspace,
    tender: tenders.OpenTender,
    lot: Lot,
    *,
    bid: str,
    status: BidStatus,
    reason: str,
    decided_by: str,
    who: str,
) -> tuple[Bid, TenderOutcome]:
    """Change the status of a bid whose price is open, inside the transaction of an act, and put the new outcome on the record.

    Both outcomes stay there. Refused once its lot is decided.
    """
    if status not in _OUT:
        raise EvalPanelError(
            f"A bid cannot become {status.value} after the prices were opened.",
            f"Nothing was changed. It can be {', '.join(one.value for one in _OUT)}.",
        )
    rows = tx.execute(select(t.BidRow).where(t.BidRow.tender_id == tender.tender_id, t.BidRow.lot == lot.lot)).scalars()
    row = next((one for one in rows if one.bid.casefold() == bid.strip().casefold()), None)
    if row is None or not row.status.is_scored:
        stands = (
            f"Bid {row.bid} is {row.status.value} already." if row is not None else f"There is no bid “{bid}” in it."
        )
        raise EvalPanelError(f"No bid of lot {lot.lot} falls out.", f"Nothing was changed. {stands}")
    if any(one.lot == lot.lot for one in after_outcome.read(tx, workspace, tender).decisions):
        raise EvalPanelError(
            f"Lot {lot.lot} was decided already.", "Nothing was changed. What was decided stays on the record."
        )
    before = row.value()
    row.status, row.reason, row.decided_by = status, reason, decided_by
    after = replace(before, status=status, reason=reason, decided_by=decided_by)
    detail = {"before": plain(before), "after": plain(after)}
    audit.record(tx, workspace, "bid-status-changed", tender=tender.tender_id, person=who, detail=detail)
    tx.flush()
    tender = replace(tender, pack=queries.pack(tx, tender.tender_id))
    made = computed(tx, tender)
    anew = {"outcome_digest": made.digest, "because": f"bid {after.bid} in lot {after.lot} is {status.value}"}
    audit.record(tx, workspace, "outcome-made", tender=tender.tender_id, person=who, detail=anew)
    tenders.advance(tx, tender, TenderStage.OUTCOME)
    return after, made
