"""A tender on a laptop that it was carried to: the rows that follow from a roster and a pack. Shared by those who take them in."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from evalpanel.domain.intake import Problem, ProblemsFound
from evalpanel.domain.pack_checks import check
from evalpanel.domain.people import PanelMember
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import CriterionCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_packs import Common, Pack, Roster, read_names
from evalpanel.services import audit, exchange, tenders
from evalpanel.services.exchange import Own
from evalpanel.services.pack_rows import arrived_detail, keep_bids, keep_tender
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


def people(workspace: Workspace, mine: Own, cover: Cover[Roster]) -> tuple[PanelMember, ...]:
    """Who takes part, as a roster says it, with the names that were sealed to this laptop."""
    (part,) = [one for one in cover.header.parts if one.envelope == exchange.NAMES]
    names = {one.person: one for one in read_names(mine.open(workspace.documents.piece(part.sealed))).people}
    return tuple(
        PanelMember(
            person=PersonCode(one.person),
            name=names[one.person].name if one.person in names else one.person,
            roles=one.roles,
            since=one.since,
            until=one.until,
            replaces=PersonCode(one.replaces) if one.replaces else None,
            kind=one.kind,
            organisation=names[one.person].organisation if one.person in names else "",
            criteria=None if one.criteria is None else tuple(map(CriterionCode, one.criteria)),
        )
        for one in cover.body.people
    )


def new_tender(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    cover: Cover[Pack],
    common: Common,
    people: tuple[PanelMember, ...],
    officer: PersonCode,
) -> None:
    """Keep a tender that was carried here: what was published, who bids, and the criteria as they were frozen.

    Raises `EvalPanelError` where the pack does not hold together or its criteria are not those of its cover.
    """
    pack = replace(common.pack(), panel=people)
    found = [finding for finding in check(pack) if finding.stops]
    if found:
        raise ProblemsFound(
            "The pack that came does not hold together.", [Problem(one.sheet, one.what) for one in found]
        )
    if pack.criteria_digest() != cover.body.criteria_digest:
        raise EvalPanelError(
            "The criteria in the pack are not those that its cover names.", "Nothing was changed. Ask for it again."
        )
    keep_tender(tx, workspace, mine.tender, pack)
    keep_bids(tx, mine.tender, pack, 0)
    tx.flush()  # before the freeze, which lets no criterion in
    digest = cover.body.criteria_digest
    told = {"reference": common.tender.reference, **arrived_detail(pack.bids, ())}
    audit.record(tx, workspace, "tender-loaded", tender=mine.tender, person=officer, detail=told)
    act = audit.record(
        tx, workspace, "criteria-frozen", tender=mine.tender, person=officer, detail={"criteria_digest": digest}
    )
    tx.add(t.FreezeRow(tender_id=mine.tender, at=cover.header.made_at, person=officer, digest=digest, act=act))
    tx.flush()
    tenders.advance(tx, mine.tender, TenderStage.PACKS_ISSUED)
