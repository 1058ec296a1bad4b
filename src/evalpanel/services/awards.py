"""The outcome as it follows from the record: shared by the outcome and the letters."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.award import LotAward, settle
from evalpanel.domain.digests import digest, plain
from evalpanel.domain.evidence import Source
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.price import price_totals, prices_needed
from evalpanel.domain.results import LotResult
from evalpanel.domain.rules import rules_for
from evalpanel.domain.scoring import evaluate
from evalpanel.domain.sheets import Line
from evalpanel.domain.signing import AwardNotice, LetterDays
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidCode, Lot, LotCode, PersonCode, TenderId
from evalpanel.services import after_outcome, audit, evidence, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class TenderOutcome:
    """The outcome of every lot, with what it was computed from, and the documents that its reasons can cite.

    `notice` is that of the award, where it is published; `abandoned` are the lots that were decided not to be awarded;
    `awards` is where the award of each lot stands; `letter_days` is what letters go by when they state the end of standstill.
    """

    tender_id: TenderId
    stage: TenderStage
    pack: TenderPack
    lots: tuple[LotResult, ...]
    moderated: dict[Line, ModeratedScore]
    documents: tuple[Source, ...]
    notice: AwardNotice | None = None
    abandoned: frozenset[LotCode] = frozenset()
    letter_days: LetterDays = field(default_factory=LetterDays)
    awards: tuple[LotAward, ...] = ()

    @property
    def settled(self) -> dict[LotCode, LotResult]:
        """The result of each lot with an open tie as people settled it, which letters go by. The outcome itself leaves it open."""
        bids = {one.lot: one.bids for one in self.awards}
        return {lot.lot: settle(lot, bids.get(lot.lot, ())) for lot in self.lots}

    def how_settled(self, lot: LotCode) -> str:
        """How people applied the published rule to a tie in a lot, in their words; empty where they settled none."""
        said = (one.tie_settled for award in self.awards if award.lot == lot for one in award.decisions)
        return "\n".join(dict.fromkeys(text for text in said if text))

    @property
    def digest(self) -> str:
        """What the record pins of the outcome."""
        return digest(plain(self.lots))


def computed(tx: Session, tender: tenders.OpenTender, hidden: Collection[LotCode] = ()) -> TenderOutcome:
    """The outcome from what is on record, without recording anything. `hidden`: lots whose scores or prices are not here."""
    pack = tender.pack
    assert pack.tender is not None
    shown = [lot for lot in pack.lots if lot.lot not in hidden]
    needed = any(prices_needed(rules_for(pack.tender, lot)) for lot in shown)
    tenders.require(tender, at_least=TenderStage.QUALITY_LOCKED, act="there is no outcome yet")
    if needed:
        tenders.require(tender, at_least=TenderStage.PRICES_OPENED, act="there is no outcome yet")
    held = score_reads.moderated(tx, tender.tender_id)
    levels = {line: score.value for line, score in held.items()}
    lots = tuple(
        evaluate(
            pack.tender,
            lot,
            pack.criteria,
            pack.scales,
            [bid for bid in pack.bids if bid.lot == lot.lot],
            pack.bidders,
            levels,
            _prices(tx, tender, lot),
        )
        for lot in shown
    )
    return replace(_without_lots(tx, tender, held), lots=lots)


def so_far(tx: Session, tender: tenders.OpenTender) -> TenderOutcome:
    """The same at any stage: without a lot while there is no outcome."""
    if tender.stage.reached(TenderStage.PRICES_OPENED):
        return computed(tx, tender)
    return _without_lots(tx, tender, score_reads.moderated(tx, tender.tender_id))


def _without_lots(tx: Session, tender: tenders.OpenTender, held: dict[Line, ModeratedScore]) -> TenderOutcome:
    notice, awards = after_outcome.notice_and_awards(tx, tender)
    documents = evidence.sources(tx, tender.tender_id)
    abandoned = frozenset(one.lot for one in awards if one.abandoned)
    days = after_outcome.letter_days(tx, tender)
    return TenderOutcome(
        tender.tender_id, tender.stage, tender.pack, (), held, documents, notice, abandoned, days, awards
    )


def on_record(
    tx: Session, workspace: Workspace, tender: tenders.OpenTender, held: TenderOutcome, who: PersonCode
) -> TenderOutcome:
    """Put an outcome on the record with its digest, the first time that it is made. Letters rest on nothing else."""
    if tender.stage.reached(TenderStage.OUTCOME):
        return held
    detail = {"outcome_digest": held.digest}
    audit.record(tx, workspace, "outcome-made", tender=tender.tender_id, person=who, detail=detail)
    tenders.advance(tx, tender, TenderStage.OUTCOME)
    return replace(held, stage=TenderStage.OUTCOME)


def _prices(tx: Session, tender: tenders.OpenTender, lot: Lot) -> dict[BidCode, Decimal]:
    opened = set(
        tx.execute(
            select(t.PriceOpeningRow.bid).where(
                t.PriceOpeningRow.tender_id == tender.tender_id, t.PriceOpeningRow.lot == lot.lot
            )
        ).scalars()
    )
    totals = price_totals(queries.price_lines(tx, tender.tender_id), lot.lot)
    return {
        bid.bid: totals[bid.bidder]
        for bid in tender.pack.bids
        if bid.lot == lot.lot and bid.bid in opened and bid.bidder in totals
    }
