"""What a check of a tender pack finds, and what several checks share: known codes, comparing codes, exact sums."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evalpanel.domain.intake import TenderPack


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold in a pack.

    `row` is the index in that sheet's values (of `Scale`: levels counted through all scales), None for the sheet as a
    whole; of `Tender`, `column` is the field. `needs` names the sheets whose rows must all have been read for the
    finding to be sure: where some could not be read, it may be a mere consequence.
    """

    sheet: str
    row: int | None
    column: str | None
    what: str
    stops: bool = True
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """The codes that references may name: those of the pack, and of the tender that it is loaded into.

    `bids` are (bid, lot), `entries` (bidder, lot).
    """

    lots: frozenset[str]
    criteria: frozenset[str]
    leaves: frozenset[str]
    scales: frozenset[str]
    outcomes: frozenset[str]
    stages: frozenset[str]
    bidders: frozenset[str]
    people: frozenset[str]
    authorities: frozenset[str]
    bids: frozenset[tuple[str, str]]
    entries: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, *packs: TenderPack) -> Known:
        """The codes of these packs together."""
        criteria = [criterion for pack in packs for criterion in pack.criteria]
        parents = {criterion.parent for criterion in criteria}
        return cls(
            lots=frozenset(lot.lot for pack in packs for lot in pack.lots),
            criteria=frozenset(criterion.criterion for criterion in criteria),
            leaves=frozenset(criterion.criterion for criterion in criteria if criterion.criterion not in parents),
            scales=frozenset(scale.scale for pack in packs for scale in pack.scales),
            outcomes=frozenset(outcome.outcome for pack in packs for outcome in pack.outcomes),
            stages=frozenset(stage.stage for pack in packs for stage in pack.stages),
            bidders=frozenset(bidder.bidder for pack in packs for bidder in pack.bidders),
            people=frozenset(member.person for pack in packs for member in pack.panel),
            authorities=frozenset(authority.authority for pack in packs for authority in pack.authorities),
            bids=frozenset((bid.bid, bid.lot) for pack in packs for bid in pack.bids),
            entries=frozenset((bid.bidder, bid.lot) for pack in packs for bid in pack.bids),
        )


def folded(code: str) -> str:
    """A code for comparing: people do not see a difference between `B01` and `b01`."""
    return unicodedata.normalize("NFKC", code).casefold()


def unknown(
    sheet: str, row: int, column: str, codes: Iterable[str], known: frozenset[str], what: str, target: str
) -> Iterator[Finding]:
    """A finding for each code that is not known."""
    for code in codes:
        if code not in known:
            # The hint is not worth comparing everything with everything in a pack of thousands.
            others = sorted(known) if len(known) <= 1000 else ()
            near = next((other for other in others if folded(other) == folded(code)), None)
            hint = f" (it is written {near} there)" if near else ""
            yield Finding(
                sheet, row, column, f"names the {what} {code}, which is not in {target}{hint}.", needs=(target,)
            )


def repeated(sheet: str, column: str, codes: Sequence[str]) -> Iterator[Finding]:
    """A finding for each code that stands in an earlier row, or differs from it only by case."""
    seen: dict[str, str] = {}
    for row, code in enumerate(codes):
        first = seen.get(folded(code))
        if first is None:
            seen[folded(code)] = code
            continue
        what = f"{code} stands there twice." if first == code else f"{code} and {first} differ only by case."
        yield Finding(sheet, row, column, what)


def plain_sum(numbers: Iterable[Decimal]) -> Decimal:
    """An exact sum: `Decimal`'s own addition rounds beyond 28 digits."""
    total = sum((Fraction(number) for number in numbers), Fraction(0))
    # Every denominator is a power of ten of at most twelve places, so this division is exact.
    return Decimal(int(total * 10**12)).scaleb(-12)


def kept(sheet: str, row: int | None, column: str | None) -> Finding:
    """The note that a value is held, and does nothing yet."""
    return Finding(sheet, row, column, "is kept with the tender, but this release does not act on it yet.", stops=False)
