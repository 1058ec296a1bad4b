"""The award decision: who decided, under which authority, for which bids, and why. Nothing here is picked by a program.

The people who may decide are the authority's, under its scheme of delegation; what they decide follows the outcome, because
the published method decides who wins (Procurement Act 2023 s. 19). Joint authorities each decide for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.results import BidResult, LotResult
from evalpanel.domain.tender import BidCode, Lot, LotCode, PersonCode


@dataclass(frozen=True, slots=True)
class AwardDecision:
    """What one authority decided about one lot. No `bids`: the lot is abandoned, and `why` says for what reason.

    `decided_by` are the decision-makers by name, `delegation` the power that they used. `tie_settled` says how people
    applied the published tie rule where the outcome left a tie open. `again` says why it was decided once more; the newest
    decision counts and every one is kept. `call_in_ends` is the last day on which councillors may call the decision in.
    """

    lot: LotCode
    authority: str
    bids: tuple[BidCode, ...]
    decided_by: tuple[str, ...]
    delegation: str
    why: str
    decided_on: date
    call_in_ends: date | None = None
    tie_settled: str = ""
    again: str = ""
    by: PersonCode = field(default=PersonCode(""))
    at: datetime | None = None
    act: int = 0

    @property
    def abandoned(self) -> bool:
        """Whether the lot is not awarded at all."""
        return not self.bids


@dataclass(frozen=True, slots=True)
class LotAward:
    """Where the award of a lot stands: who has decided, and who has still to. `bids` are those it goes to, once settled."""

    lot: LotCode
    decisions: tuple[AwardDecision, ...]
    waiting: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether every authority has decided."""
        return not self.waiting

    @property
    def bids(self) -> tuple[BidCode, ...]:
        """The bids that the lot goes to; empty while it is not settled, and when it is abandoned."""
        return self.decisions[0].bids if self.settled else ()

    @property
    def abandoned(self) -> bool:
        """Whether it was decided that the lot is not awarded."""
        return self.settled and self.decisions[0].abandoned

    @property
    def call_in_ends(self) -> date | None:
        """The last day on which any of the decisions may be called in, or None."""
        return max((one.call_in_ends for one in self.decisions if one.call_in_ends is not None), default=None)

    @property
    def decided_on(self) -> date | None:
        """The day on which the last authority decided; None while it is not settled."""
        return max(one.decided_on for one in self.decisions) if self.settled else None


def authorities_of(pack: TenderPack, lot: Lot) -> tuple[str, ...]:
    """The authorities that decide on a lot: those that it names, else all of the tender, else the tender's own."""
    assert pack.tender is not None, "a tender that is loaded has its terms"
    named = lot.authorities or tuple(one.authority for one in pack.authorities)
    return tuple(dict.fromkeys(named)) or (pack.tender.authority,)


def award_of(pack: TenderPack, lot: Lot, decisions: Iterable[AwardDecision]) -> LotAward:
    """Where the award of a lot stands; of several decisions of one authority the newest counts."""
    newest = {one.authority: one for one in decisions if one.lot == lot.lot}
    asked = authorities_of(pack, lot)
    return LotAward(
        lot.lot,
        tuple(newest[name] for name in asked if name in newest),
        tuple(name for name in asked if name not in newest),
    )


def awards_of(pack: TenderPack, decisions: Sequence[AwardDecision]) -> tuple[LotAward, ...]:
    """Where the award of every lot stands, in the order of the pack."""
    return tuple(award_of(pack, lot, decisions) for lot in pack.lots)


def open_tie(result: LotResult) -> tuple[BidResult, ...]:
    """The bids among which a tie was left open that decides who wins; empty when the ranking says who does."""
    if result.winners:
        return ()
    ranked = [bid for bid in result.bids if bid.rank is not None]
    places = [bid.rank for bid in ranked if bid.rank is not None and bid.rank <= result.awards]
    last = max(places, default=0)
    return tuple(bid for bid in ranked if bid.rank == last)


def settle(result: LotResult, bids: Sequence[BidCode]) -> LotResult:
    """The result of a lot with an open tie as people settled it: the bids that it goes to rank before those that they tied with.

    The same result where no tie is open, or nothing was decided.
    """
    tied = open_tie(result)
    chosen = [bid for bid in tied if bid.bid in bids]
    if not tied or not chosen:
        return result
    first = tied[0].rank or 0
    ranks = {bid.bid: first if bid in chosen else first + len(chosen) for bid in tied}
    ranked = [replace(bid, rank=ranks.get(bid.bid, bid.rank)) for bid in result.bids]
    last = len(ranked)
    return replace(result, bids=tuple(sorted(ranked, key=lambda bid: last if bid.rank is None else bid.rank)))


def departs(result: LotResult, bids: Sequence[BidCode], tie_settled: str) -> str:
    """Why a lot cannot be awarded to these bids, in words; empty when that is what follows from the outcome.

    The published method decides. Where it leaves a tie open, the people who decide choose among the bids that are tied, and
    say how they applied the published rule.
    """
    if len(set(bids)) != len(bids):
        return "A bid is named twice."
    known = {bid.bid for bid in result.bids}
    strange = [bid for bid in bids if bid not in known]
    if strange:
        return f"There is no bid {strange[0]} in lot {result.lot}."
    tied = open_tie(result)
    if not tied:
        return _differs(result, bids, tie_settled)
    names = [bid.bid for bid in tied]
    ahead = [bid.bid for bid in result.bids if bid.rank is not None and bid.rank < (tied[0].rank or 0)]
    free = result.awards - len(ahead)
    chosen = [bid for bid in bids if bid not in ahead]
    if not set(ahead) <= set(bids) or not set(chosen) <= set(names) or len(chosen) != free:
        first = f"{_listed(ahead)}, and " if ahead else ""
        return f"The outcome is {first}{free} of {_listed(names)}, which share a rank."
    if not tie_settled.strip():
        return f"Bids {_listed(names)} share a rank. {result.tie} Say how the tie was settled."
    return ""


def _differs(result: LotResult, bids: Sequence[BidCode], tie_settled: str) -> str:
    winners = [bid.bid for bid in result.winners]
    if not winners:
        return f"No bid of lot {result.lot} is ranked, so it can only be abandoned."
    if set(bids) != set(winners):
        which = _listed(winners)
        return f"The outcome of lot {result.lot} is {which}; {_listed(bids)} is not what follows from it."
    if tie_settled.strip():
        return "There is no open tie in this lot, so there was none to settle."
    return ""


def _listed(bids: Sequence[str]) -> str:
    return bids[0] if len(bids) == 1 else f"{', '.join(bids[:-1])} and {bids[-1]}" if bids else "nothing"
