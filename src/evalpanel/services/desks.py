"""A panel member's desk: what they owe, what they answered, and whether they may change it now. Shared by journeys."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import Recusal, whole_lots
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.sheets import Gap, Line, Score, gaps, owed_lines, scored_lines
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import EnvelopeKind, LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import interests, tenders
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class Desk:
    """One panel member's work: the lines they owe, what they answered, and what is still missing. `named`: bids are shown with their
    bidders' names, and not by their codes alone."""

    member: PanelMember
    pack: TenderPack
    owed: tuple[Line, ...]
    recusals: tuple[Recusal, ...]
    scores: dict[Line, Score]
    signed_off: bool
    named: bool = True

    @property
    def recused(self) -> tuple[LotCode, ...]:
        """The lots from which the person is recused altogether."""
        return whole_lots(self.recusals)

    def gaps(self) -> tuple[Gap, ...]:
        """What is missing before the sheet can be signed off."""
        return gaps(self.owed, self.scores)


def desk_of(tx: Session, tender: tenders.OpenTender, member: PanelMember) -> Desk:
    """The desk of a panel member, whoever asks. Refused for people who do not score."""
    if not member.has(Role.PANEL_MEMBER):
        raise EvalPanelError(
            f"{member.person} does not score in this tender.",
            "Nothing was changed. Only people with the role panel-member do.",
        )
    kept_out = queries.recused(tx, tender.tender_id, tender.pack, member)
    owed = owed_lines(member, scored_lines(tender.pack.criteria, tender.pack.bids), kept_out)
    signed = queries.sign_offs(tx, tender.tender_id).get(member.person)
    return Desk(
        member=member,
        pack=tender.pack,
        owed=owed,
        recusals=kept_out,
        scores=score_reads.scores_of(tx, tender.tender_id, member.person),
        signed_off=signed is not None and signed.signed,
        named=tenders.names_are_shown(tx, tender),
    )


def changing(tx: Session, tender: tenders.OpenTender, person: str) -> Desk:
    """The desk of a person who is about to change or sign answers. Refused outside scoring, before a declaration, and
    once the sheet is signed off."""
    may_score(tender.reference, tender.stage)
    member = tender.member(person)
    interests.require_declared(tx, tender, member.person)
    if member.person in queries.absences(tx, tender.tender_id):
        raise absent(member.person)
    held = desk_of(tx, tender, member)
    if held.signed_off:
        raise signed_off(member.person)
    refuse_after_others(tx, tender)
    return held


def refuse_after_others(tx: Session, tender: tenders.OpenTender) -> None:
    """Refuse to change scores on a laptop that can open those of others: nobody's score can follow another's."""
    own = tx.get(t.InstallationRow, tender.tender_id)
    row = t.EnvelopeRow
    wanted = select(row.id).where(row.tender_id == tender.tender_id, row.kind == EnvelopeKind.SCORES).limit(1)
    if own is not None and not own.nonce and tx.execute(wanted).first() is not None:
        raise EvalPanelError(
            "This laptop holds the keys of other people's scores, so yours can be changed no more.",
            "Nothing was changed. What should be different is said in moderation.",
        )


def may_score(reference: str, stage: TenderStage) -> None:
    """Refuse to score before bids are opened, and once moderation has begun."""
    tenders.require_stage(
        reference,
        stage,
        at_least=TenderStage.BIDS_OPENED,
        act="nobody can score yet: the criteria must be frozen and bids opened first",
    )
    tenders.require_stage(reference, stage, before=TenderStage.MODERATION, act="individual scores are closed")


def absent(person: str) -> EvalPanelError:
    """What is said when somebody scores whose absence is on record."""
    return EvalPanelError(
        f"The absence of {person} is on record.",
        "Nothing was changed. What they scored before is set aside, and no more is taken in.",
    )


def signed_off(person: str) -> EvalPanelError:
    """What is said to somebody who changes a sheet that is signed off."""
    return EvalPanelError(
        f"{person} has signed the sheet off.",
        "Nothing was changed. To change a score, reopen the sheet with a reason; both versions are kept.",
    )
