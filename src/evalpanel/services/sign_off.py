"""Signing off: a sheet is complete, is opened again with a reason, or will not come."""

from __future__ import annotations

from sqlalchemy.orm import Session

from evalpanel.domain.people import Role
from evalpanel.domain.sheets import entered_by as typed_in
from evalpanel.domain.sheets import listed, sheet_digest
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, desks, score_rows, tenders
from evalpanel.services.desks import Desk
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


def sign_off(workspace: Workspace, named: str, *, person: str, entered_by: str = "") -> Desk:
    """Record that the sheet is complete. Refused while a line lacks an answer or a rationale, naming what is missing.

    `entered_by`: who typed it in for the person (a supporter, the officer), a person's code or words; it stands in the record, and
    travels with the sheet. Empty: the person did it themselves.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        held = desks.changing(tx, tender, person)
        who = typed_in(entered_by, held.member.person, (one.person for one in tender.pack.panel))
        missing = held.gaps()
        if missing:
            raise EvalPanelError(
                f"The sheet of {held.member.person} cannot be signed off: {len(missing)} of {len(held.owed)} lines are missing.",
                f"Nothing was changed. Missing: {listed(missing)}.",
            )
        pinned = sheet_digest(held.scores.values())
        score_rows.sign(
            tx,
            workspace,
            tender.tender_id,
            held.member.person,
            signed=True,
            reason="",
            pinned=pinned,
            entered_by=who,
        )
        return held


def reopen(workspace: Workspace, named: str, *, person: str, reason: str) -> None:
    """Open a signed-off sheet again, with a reason on the record. What was signed off stays kept."""
    if not reason.strip():
        raise EvalPanelError("A sheet is reopened with a reason.", "Nothing was changed.")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, before=TenderStage.MODERATION, act="individual scores are closed")
        member = tender.member(person)
        held = queries.sign_offs(tx, tender.tender_id).get(member.person)
        if held is None or not held.signed:
            raise EvalPanelError(f"The sheet of {member.person} is not signed off.", "Nothing was changed.")
        desks.refuse_after_others(tx, tender)
        score_rows.sign(
            tx,
            workspace,
            tender.tender_id,
            member.person,
            signed=False,
            reason=reason.strip(),
            pinned=held.sheet_digest,
        )


def record_absence(workspace: Workspace, named: str, *, person: str, reason: str, by: str | None = None) -> bool:
    """Record that a panel member will not sign off, and why. Their scores are set aside: kept, and not shown.

    Refused once moderation began; but for somebody of whom the chair's moderation says it, or whose absence was taken back, until
    moderation is closed: their sheet may have come after all, and then it is said here that the meeting's word holds. Gives whether a sheet that they signed off is
    here, and is set aside by this.
    """
    if not reason.strip():
        raise EvalPanelError("An absence needs a reason.", "Nothing was changed.")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = _recorder(tx, tender, by)
        member = tender.member(person)
        told = member.person in queries.absences_told(tx, tender.tender_id)
        again = told or member.person in queries.absences_ended_here(tx, tender.tender_id)
        latest = TenderStage.QUALITY_LOCKED if again else TenderStage.MODERATION
        tenders.require(tender, before=latest, act="the panel's sheets are closed")
        if member.person in queries.absences_here(tx, tender.tender_id):
            raise EvalPanelError(f"The absence of {member.person} is on record already.", "Nothing was changed.")
        signed = queries.sign_offs(tx, tender.tender_id).get(member.person)
        _add(tx, workspace, tender, who, member.person, reason.strip(), away=True)
        return signed is not None and signed.signed


def take_back_absence(workspace: Workspace, named: str, *, person: str, reason: str, by: str | None = None) -> None:
    """Take back an absence that was recorded on this laptop, with a reason: the person's sheet came after all, and counts again.

    Once moderation began their signed-off sheet must be here, so that nobody waits for one that may never come. What was agreed
    without them stays until the chair writes it down anew; a moderation that was sent says they are absent until the next is sent.
    Refused once moderation is closed.
    """
    if not reason.strip():
        raise EvalPanelError("An absence is taken back with a reason.", "Nothing was changed.")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = _recorder(tx, tender, by)
        member = tender.member(person)
        tenders.require(tender, before=TenderStage.QUALITY_LOCKED, act="moderation is closed")
        if member.person not in queries.absences_recorded_here(tx, tender.tender_id):
            raise EvalPanelError(f"No absence of {member.person} was recorded on this laptop.", "Nothing was changed.")
        signed = queries.sign_offs(tx, tender.tender_id).get(member.person)
        if tender.stage.reached(TenderStage.MODERATION) and not (signed is not None and signed.signed):
            raise EvalPanelError(
                f"Moderation has begun, and no signed-off sheet of {member.person} is here.",
                "Nothing was changed. Take their sheet in first.",
            )
        _add(tx, workspace, tender, who, member.person, reason.strip(), away=False)


def _add(
    tx: Session,
    workspace: Workspace,
    tender: tenders.OpenTender,
    who: PersonCode,
    person: PersonCode,
    reason: str,
    *,
    away: bool,
) -> None:
    name = "absence-recorded" if away else "absence-ended"
    detail = {"person": person, "reason": reason}
    act = audit.record(tx, workspace, name, tender=tender.tender_id, person=who, detail=detail)
    tx.add(
        t.AbsenceRow(
            tender_id=tender.tender_id, person=person, is_away=away, at=workspace.now(), reason=reason, act=act
        )
    )


def _recorder(tx: Session, tender: tenders.OpenTender, by: str | None) -> PersonCode:
    """Who records an absence: the officer, or on a laptop that joined by an invitation its own person, who then chairs."""
    own = tenders.owner_here(tx, tender.tender_id)
    if own is None:
        return tender.acting(Role.OFFICER, by)
    return tender.acting(Role.CHAIR, by or own)
