"""What is on the record after the outcome: decisions, the notice, holds, contracts, how long it is kept. Shared by journeys."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.award import AwardDecision, LotAward, awards_of
from evalpanel.domain.digests import plain
from evalpanel.domain.low_prices import LowPriceRecord, LowPriceStep
from evalpanel.domain.regimes import Regime, parse
from evalpanel.domain.reports import ReportMade
from evalpanel.domain.retention import RecordEnding, Retention, retention
from evalpanel.domain.signing import AwardNotice, Hold, HoldKind, LetterDays, SignedContract, standing_holds
from evalpanel.domain.standstill import StandstillPeriod
from evalpanel.domain.tender import Lot, PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.resources import resource

_UK = ZoneInfo("Europe/London")
UNPINNED = ("by", "at", "act")
"""What the line of the trail itself says of an act, and its detail need not."""
_HOLDS = {
    HoldKind.CHALLENGE: "challenge-notified",
    HoldKind.HOLD: "hold-placed",
    HoldKind.LIFT: "hold-lifted",
}
_LOW = {
    LowPriceStep.NOTIFIED: "low-price-notified",
    LowPriceStep.ANSWER: "low-price-answered",
    LowPriceStep.DECISION: "low-price-decided",
}
ROWS: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (t.AwardDecisionRow, ("award-decided",)),
    (t.AwardNoticeRow, ("notice-published",)),
    (t.LetterDaysRow, ("letter-days-said",)),
    (t.HoldRow, tuple(_HOLDS.values())),
    (t.ContractRow, ("contract-signed",)),
    (t.LowPriceRow, tuple(_LOW.values())),
    (t.RecordEndingRow, ("record-ended",)),
    (t.ReportRow, ("report-written",)),
)
"""The acts that add a row of each kind: the trail pins every row of it, field by field."""


@dataclass(frozen=True, slots=True)
class AfterOutcome:
    """Everything on the record of a tender after its outcome, oldest first, and what follows from it today."""

    today: date
    regime: Regime
    decisions: tuple[AwardDecision, ...]
    awards: tuple[LotAward, ...]
    notice: AwardNotice | None
    notices: tuple[AwardNotice, ...]
    period: StandstillPeriod | None
    holds: tuple[Hold, ...]
    standing: tuple[Hold, ...]
    contracts: tuple[SignedContract, ...]
    low_prices: tuple[LowPriceRecord, ...]
    reports: tuple[ReportMade, ...]
    retention: Retention
    letter_days: LetterDays

    @property
    def all_settled(self) -> bool:
        """Whether every authority has decided on every lot."""
        return bool(self.awards) and all(one.settled for one in self.awards)

    @property
    def all_signed(self) -> bool:
        """Whether every lot has its contract, or was abandoned."""
        signed = {one.lot for one in self.contracts}
        return self.all_settled and all(one.abandoned or one.lot in signed for one in self.awards)


def uk_today(workspace: Workspace) -> date:
    """The day as people here count it."""
    return workspace.now().astimezone(_UK).date()


def read(tx: Session, workspace: Workspace, tender: tenders.OpenTender) -> AfterOutcome:
    """All of it, as it stands now."""
    pack, regime = tender.pack, regime_of(tender)
    decisions: tuple[AwardDecision, ...] = _values(tx, t.AwardDecisionRow, tender.tender_id)
    notices: tuple[AwardNotice, ...] = _values(tx, t.AwardNoticeRow, tender.tender_id)
    holds: tuple[Hold, ...] = _values(tx, t.HoldRow, tender.tender_id)
    contracts: tuple[SignedContract, ...] = _values(tx, t.ContractRow, tender.tender_id)
    endings: tuple[RecordEnding, ...] = _values(tx, t.RecordEndingRow, tender.tender_id)
    awards = awards_of(pack, decisions)
    notice = notices[-1] if notices else None
    today = uk_today(workspace)
    ended = endings[-1] if endings else None
    return AfterOutcome(
        today=today,
        regime=regime,
        decisions=decisions,
        awards=awards,
        notice=notice,
        notices=notices,
        period=notice.period(regime) if notice is not None else None,
        holds=holds,
        standing=standing_holds(holds),
        contracts=contracts,
        low_prices=_values(tx, t.LowPriceRow, tender.tender_id),
        reports=_values(tx, t.ReportRow, tender.tender_id),
        retention=retention(awards, contracts, holds, regime.years_kept, today, ended),
        letter_days=letter_days(tx, tender),
    )


def notice_and_awards(tx: Session, tender: tenders.OpenTender) -> tuple[AwardNotice | None, tuple[LotAward, ...]]:
    """The newest award notice, and where the award of each lot stands."""
    notices: tuple[AwardNotice, ...] = _values(tx, t.AwardNoticeRow, tender.tender_id)
    return notices[-1] if notices else None, awards_of(tender.pack, _values(tx, t.AwardDecisionRow, tender.tender_id))


def letter_days(tx: Session, tender: tenders.OpenTender) -> LetterDays:
    """What letters go by when they state the end of standstill: what was recorded last, or nothing out of the ordinary."""
    said: tuple[LetterDays, ...] = _values(tx, t.LetterDaysRow, tender.tender_id)
    return said[-1] if said else LetterDays()


def regime_of(tender: tenders.OpenTender) -> Regime:
    """The law that a tender runs under, as data."""
    assert tender.pack.tender is not None
    name = f"{tender.pack.tender.regime.value}.toml"
    return parse(tomllib.loads(resource("regimes", name).read_text(encoding="utf-8")))


def keep(tx: Session, workspace: Workspace, tender: TenderId, row: type[Any], value: Any, who: PersonCode) -> int:
    """Add a value to the record with one line of the trail, which pins all of it. Gives the number of the act."""
    act = audit.record(tx, workspace, _act(row, value), tender=tender, person=who, detail=pinned(value))
    held = {one.name: getattr(value, one.name) for one in fields(value)}
    held |= {"by": who, "at": workspace.now(), "act": act}
    tx.add(row.of(type(value)(**held), tender_id=tender))
    return act


def _act(row: type[Any], value: object) -> str:
    if isinstance(value, Hold):
        return _HOLDS[value.kind]
    if isinstance(value, LowPriceRecord):
        return _LOW[value.step]
    return dict(ROWS)[row][0]


def pinned(value: Any) -> dict[str, Any]:
    """What the trail pins of a value."""
    return {one.name: plain(getattr(value, one.name)) for one in fields(value) if one.name not in UNPINNED}


def lot_named(tender: tenders.OpenTender, named: str | None) -> Lot:
    """The lot with this code, or the only one."""
    lots = tender.pack.lots
    if named is None and len(lots) == 1:
        return lots[0]
    for lot in lots:
        if named is not None and lot.lot.casefold() == named.strip().casefold():
            return lot
    known = ", ".join(lot.lot for lot in lots)
    title = "This tender has several lots." if named is None else f"There is no lot “{named}”."
    raise EvalPanelError(title, f"Nothing was changed. Name one of: {known}.")


def not_ahead(workspace: Workspace, day: date, what: str) -> None:
    """Refuse a day that has not come yet."""
    today = uk_today(workspace)
    if day > today:
        raise EvalPanelError(
            f"{what} is dated {day.isoformat()}, which has not come yet.",
            f"Nothing was changed. Today is {today.isoformat()}.",
        )


def said(text: str, what: str) -> str:
    """A text that must say something."""
    if not text.strip():
        raise EvalPanelError(f"{what} is missing.", "Nothing was changed.")
    return text.strip()


def _values(tx: Session, row: Any, tender: TenderId) -> tuple[Any, ...]:
    found: Sequence[Any] = tx.execute(select(row).where(row.tender_id == tender).order_by(row.id)).scalars().all()
    return tuple(one.value() for one in found)
