"""Blind scoring: bids under random codes, and what members receive of a pack in which nobody is named.

A code is drawn, never worked out: nobody can try names until one fits. It is drawn once, when the bid is loaded, and the
officer's laptop keeps which bidder it stands for. From then on the code is what everything else knows the bid by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.tender import Bid, BidCode, Bidder, BidderCode, DocumentEntry, EnvelopeKind, PriceLine

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
DIGITS = "23456789"
"""No vowel, so that no code is a word, and nothing that looks like something else (0 and O, 1 and I)."""

WITHHELD = "The officer holds the reason."
WITHHELD_NOTE = "The officer has a note about this document that would say whose it is."
_KEPT_ENDINGS = frozenset(
    "pdf doc docx docm odt rtf txt xls xlsx xlsm ods csv ppt pptx odp png jpg jpeg gif tif tiff svg html".split()  # noqa: SIM905  # a list of quoted words is harder to read
)
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})\Z")


def is_blind(pack: TenderPack) -> bool:
    """Whether bids are read without knowing whose they are."""
    return pack.tender is not None and pack.tender.blind


def names_are_known(pack: TenderPack) -> bool:
    """Whether this laptop knows who bids: until the names are released, a member's knows each bidder by its code alone."""
    return not is_blind(pack) or any(one.name != one.bidder for one in pack.bidders)


def names_are_shown(pack: TenderPack, *, leads: bool, released: bool, locked: bool) -> bool:
    """Whether people at a laptop are shown who bids. On a member's that is so once the names came there; on the officer's, which
    always knows them (`leads`), once they were `released`, or moderation is closed (`locked`)."""
    if not is_blind(pack):
        return True
    return released or locked if leads else names_are_known(pack)


def draw(pick: Callable[[str], str]) -> str:
    """A code of four characters. `pick` chooses one character of a text, by chance."""
    return pick(LETTERS) + pick(DIGITS) + pick(LETTERS) + pick(LETTERS)


@dataclass(frozen=True, slots=True)
class BlindCodes:
    """Which code of the workbook stands under which drawn code: bidders and bids. Empty where a tender is not blind."""

    bidders: Mapping[BidderCode, BidderCode] = field(default_factory=dict)
    bids: Mapping[BidCode, BidCode] = field(default_factory=dict)

    def coded(self, pack: TenderPack) -> TenderPack:
        """The same pack under the drawn codes; bidders and bids in the order of these, which tells nothing."""
        made = self._under(pack, dict(self.bidders), dict(self.bids))
        if not self.bidders:
            return made
        return replace(
            made,
            bidders=tuple(sorted(made.bidders, key=lambda one: one.bidder)),
            bids=tuple(sorted(made.bids, key=lambda one: (one.lot, one.bid))),
        )

    def as_written(self, pack: TenderPack) -> TenderPack:
        """The pack under the codes that the officer's own workbook uses."""
        return self._under(
            pack, {new: old for old, new in self.bidders.items()}, {new: old for old, new in self.bids.items()}
        )

    def prices(self, lines: Iterable[PriceLine]) -> tuple[PriceLine, ...]:
        """Price lines under the drawn codes, whichever of the two codes they came with."""
        return tuple(replace(one, bidder=self.bidders.get(one.bidder, one.bidder)) for one in lines)

    def _under(
        self, pack: TenderPack, bidders: Mapping[BidderCode, BidderCode], bids: Mapping[BidCode, BidCode]
    ) -> TenderPack:
        def whose(code: BidderCode) -> BidderCode:
            return bidders.get(code, code)

        def bid(one: Bid) -> Bid:
            variant = one.variant_of and bids.get(one.variant_of, one.variant_of)
            return replace(one, bid=bids.get(one.bid, one.bid), bidder=whose(one.bidder), variant_of=variant)

        return replace(
            pack,
            bidders=tuple(replace(one, bidder=whose(one.bidder)) for one in pack.bidders),
            members=tuple(replace(one, bidder=whose(one.bidder)) for one in pack.members),
            bids=tuple(bid(one) for one in pack.bids),
            prices=tuple(replace(one, bidder=whose(one.bidder)) for one in pack.prices),
            clarifications=tuple(
                replace(one, bidder=whose(one.bidder)) if one.bidder else one for one in pack.clarifications
            ),
            documents=tuple(replace(one, bidder=whose(one.bidder)) if one.bidder else one for one in pack.documents),
        )


def with_codes(held: BlindCodes, pack: TenderPack, pick: Callable[[str], str], taken: Collection[str]) -> BlindCodes:
    """The codes that are held, and a drawn one for each bidder and bid of `pack` (as written) that has none yet.

    A bid that is called as its bidder keeps being called so. No code is one of `taken`, nor one of the workbook's own.
    """
    used = {one.casefold() for one in (*taken, *held.bidders.values(), *held.bids.values())}
    used |= {one.casefold() for one in (*held.bidders, *held.bids)}
    used |= {str(one.bidder).casefold() for one in pack.bidders} | {str(one.bid).casefold() for one in pack.bids}

    def fresh() -> str:
        while (code := draw(pick)).casefold() in used:
            pass
        used.add(code.casefold())
        return code

    bidders, bids = dict(held.bidders), dict(held.bids)
    for bidder in pack.bidders:
        if bidder.bidder not in bidders:
            bidders[bidder.bidder] = BidderCode(fresh())
    for bid in pack.bids:
        if bid.bid not in bids:
            own = bidders.get(bid.bidder) if str(bid.bid) == str(bid.bidder) else None
            bids[bid.bid] = BidCode(str(own) if own else fresh())
    return BlindCodes(bidders, bids)


def neutral_names(entries: Sequence[DocumentEntry], taken: Collection[str]) -> dict[str, tuple[str, str]]:
    """What each document of a bid is called instead: path and title, by the path that it came with.

    `entries` have the drawn codes already. They say whose code, which criterion and a number; of the name that it came with
    only an ending that is known stays. Documents of the tender keep their names: every bidder has read them.
    """
    used, found = set(taken), {}
    for entry in entries:
        if entry.bidder is None:
            continue
        what = "price" if entry.envelope is EnvelopeKind.PRICE else str(entry.criterion or "document")
        folder = "/".join(["bids", str(entry.bidder), *([str(entry.lot)] if entry.lot else [])])
        ending = _ending(entry.path)
        number = 1
        while f"{folder}/{what} {number}{ending}" in used:
            number += 1
        path = f"{folder}/{what} {number}{ending}"
        used.add(path)
        found[entry.path] = (path, f"{what.capitalize()} {number}" if entry.criterion is None else f"{what}, {number}")
    return found


def _ending(path: str) -> str:
    found = _ENDING.search(path)
    return f".{found[1].lower()}" if found is not None and found[1].lower() in _KEPT_ENDINGS else ""


def nameless(pack: TenderPack) -> TenderPack:
    """What members receive of a blind tender: each bidder is its code, nobody takes part in a bid, and no reason of a bid's
    status or question of a bidder is told."""
    return replace(
        pack,
        bidders=tuple(
            sorted((Bidder(one.bidder, str(one.bidder)) for one in pack.bidders), key=lambda one: one.bidder)
        ),
        members=(),
        bids=tuple(sorted((_without_words(one) for one in pack.bids), key=lambda one: (str(one.lot), str(one.bid)))),
        clarifications=tuple(one for one in pack.clarifications if one.bidder is None),
    )


def _without_words(bid: Bid) -> Bid:
    held = bool(bid.reason or bid.decided_by)
    return replace(bid, reason=WITHHELD if held else "", decided_by="The officer" if held else "", received=None)
