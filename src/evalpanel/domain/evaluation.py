"""The whole evaluation of one tender as a value: what the reports, the score matrix and whatever else is handed over rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from evalpanel.domain.award import AwardDecision, LotAward
from evalpanel.domain.conflicts import Register
from evalpanel.domain.criteria import Criterion
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.low_prices import LowPriceRecord
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.people import MemberKind, PanelMember
from evalpanel.domain.regimes import Regime
from evalpanel.domain.results import LotResult
from evalpanel.domain.retention import Retention
from evalpanel.domain.sheets import Line, Score
from evalpanel.domain.signing import AwardNotice, Hold, SignedContract
from evalpanel.domain.standstill import StandstillPeriod
from evalpanel.domain.tender import BidCode, LotCode, PersonCode

NAMELESS = (MemberKind.YOUNG, MemberKind.USER)
"""People who stand by their code alone in everything that leaves the panel: young evaluators, service users, carers."""


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter that was signed for a bidder: when, its kind, and its SHA-256."""

    bid: BidCode
    lot: LotCode
    kind: str
    at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One act of the record that a report tells of: when, by whom, and why or what."""

    at: datetime
    person: PersonCode
    what: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that was recorded about one tender's evaluation, as it stands.

    `sheets` are the individual scores of each person by line; `signed` and `absent` say how each sheet ended. `froze`,
    `locked`, `opened` and `outcomes` are the acts by these names; `reopened` are sheets that were opened again. `head` is
    the last hash of the trail after `acts` lines.
    """

    pack: TenderPack
    regime: Regime
    results: tuple[LotResult, ...]
    moderated: Mapping[Line, ModeratedScore]
    moderated_versions: Mapping[Line, int]
    sheets: Mapping[PersonCode, Mapping[Line, Score]]
    signed: Mapping[PersonCode, datetime]
    absent: Mapping[PersonCode, str]
    register: Register
    decisions: tuple[AwardDecision, ...]
    awards: tuple[LotAward, ...]
    notice: AwardNotice | None
    period: StandstillPeriod | None
    holds: tuple[Hold, ...]
    contracts: tuple[SignedContract, ...]
    low_prices: tuple[LowPriceRecord, ...]
    letters: tuple[SentLetter, ...]
    retention: Retention
    froze: Moment | None
    locked: Moment | None
    opened: Moment | None
    outcomes: tuple[Moment, ...]
    reopened: tuple[Moment, ...]
    acts: int
    head: str
    criteria: Mapping[str, Criterion] = field(init=False, repr=False, compare=False)
    """The criteria by their codes."""
    _bidders: Mapping[tuple[str, str], str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for every line of a big tender: twelve thousand times.
        names = {one.bidder: one.name for one in self.pack.bidders}
        bidders = {(one.lot, one.bid): names.get(one.bidder, "") for one in reversed(self.pack.bids)}
        object.__setattr__(self, "criteria", {one.criterion: one for one in self.pack.criteria})
        object.__setattr__(self, "_bidders", bidders)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line that somebody scored or that was agreed, in the order of lots, bids and criteria of the pack."""
        touched = set(self.moderated) | {line for sheet in self.sheets.values() for line in sheet}
        lots = {lot.lot: place for place, lot in enumerate(self.pack.lots)}
        bids = {(bid.lot, bid.bid): place for place, bid in enumerate(self.pack.bids)}
        codes = {one.criterion: place for place, one in enumerate(self.pack.criteria)}
        return tuple(
            sorted(touched, key=lambda line: (lots[line.lot], bids[line.lot, line.bid], codes[line.criterion]))
        )

    def bidder(self, lot: str, bid: str) -> str:
        """The name of who made a bid."""
        return self._bidders.get((lot, bid), "")


def people(panel: Sequence[PanelMember]) -> dict[PersonCode, str]:
    """What each person of the panel is called in what leaves it: code and name, or the code alone."""
    return {one.person: one.person if one.kind in NAMELESS else f"{one.person} {one.name}".strip() for one in panel}
