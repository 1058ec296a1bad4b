"""Whether bidders, bids, prices, clarifications and documents of a pack fit together and fit the tender."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.numbers import canonical
from evalpanel.domain.pack_findings import Finding, Known, folded, kept, unknown
from evalpanel.domain.people import Role
from evalpanel.domain.tender import BidderKind, BidStatus, EnvelopeKind, MemberRole


def references(pack: TenderPack, known: Known) -> Iterator[Finding]:
    """Codes that these sheets use and that stand nowhere."""
    for row, member in enumerate(pack.members):
        yield from unknown("Members", row, "bidder", (member.bidder,), known.bidders, "bidder", "Bidders")
    for row, bid in enumerate(pack.bids):
        yield from unknown("Bids", row, "bidder", (bid.bidder,), known.bidders, "bidder", "Bidders")
        yield from unknown("Bids", row, "lot", (bid.lot,), known.lots, "lot", "Lots")
        if bid.variant_of is not None:
            if (bid.variant_of, bid.lot) not in known.bids or bid.variant_of == bid.bid:
                what = f"names the bid {bid.variant_of}, which is not another bid for lot {bid.lot}."
                yield Finding("Bids", row, "variant_of", what, needs=("Bids",))
            else:
                yield kept("Bids", row, "variant_of")
    for row, line in enumerate(pack.prices):
        yield from unknown("Prices", row, "bidder", (line.bidder,), known.bidders, "bidder", "Bidders")
        yield from unknown("Prices", row, "lot", (line.lot,), known.lots, "lot", "Lots")
        is_known = line.bidder in known.bidders and line.lot in known.lots
        if known.bids and is_known and (line.bidder, line.lot) not in known.entries:
            what = f"{line.bidder} made no bid for lot {line.lot}."
            yield Finding("Prices", row, "lot", what, needs=("Bids",))
    for row, clarification in enumerate(pack.clarifications):
        yield from _optional(
            "Clarifications", row, known, clarification.bidder, clarification.lot, clarification.criterion
        )
    for row, document in enumerate(pack.documents):
        yield from _optional("Documents", row, known, document.bidder, document.lot, document.criterion)
    for row, person in enumerate(pack.panel):
        codes = person.criteria or ()
        yield from unknown("Panel", row, "criteria", codes, known.criteria, "criterion", "Criteria")
        for code in codes:
            if code in known.criteria and code not in known.leaves and person.has(Role.PANEL_MEMBER):
                what = f"names {code}, which is not scored itself; name the criteria below it."
                yield Finding("Panel", row, "criteria", what, needs=("Criteria",))


def _optional(
    sheet: str, row: int, known: Known, bidder: str | None, lot: str | None, criterion: str | None
) -> Iterator[Finding]:
    for column, code, codes, target in (
        ("bidder", bidder, known.bidders, "Bidders"),
        ("lot", lot, known.lots, "Lots"),
        ("criterion", criterion, known.criteria, "Criteria"),
    ):
        if code is not None:
            yield from unknown(sheet, row, column, (code,), codes, column, target)


def check(pack: TenderPack, within: TenderPack | None) -> Iterator[Finding]:
    """What does not hold among bidders, bids, prices and documents."""
    yield from _bidders(pack)
    yield from _bid_codes(pack, within)
    tender = pack.tender or (within.tender if within is not None else None)
    deadline = tender.deadline if tender is not None else None
    kinds = {bidder.bidder: bidder.kind for bidder in (*(within.bidders if within else ()), *pack.bidders)}
    for row, bid in enumerate(pack.bids):
        if bid.status not in (BidStatus.VALID, BidStatus.COMPARATOR) and not bid.reason:
            yield Finding("Bids", row, "reason", f"is missing: a bid that is {bid.status.value} says why.")
        if deadline is not None and bid.received is not None:
            late = bid.received > deadline
            if late and bid.status is BidStatus.VALID:
                what = "the bid was received after the deadline but is marked valid."
                yield Finding("Bids", row, "status", what, stops=False, needs=("Tender",))
            if not late and bid.status is BidStatus.LATE:
                what = "the bid is marked late but was received before the deadline."
                yield Finding("Bids", row, "status", what, stops=False, needs=("Tender",))
        if bid.status is BidStatus.VALID and kinds.get(bid.bidder) is BidderKind.IN_HOUSE:
            what = "an in-house bid marked valid is ranked with the others; comparator keeps it outside the ranking."
            yield Finding("Bids", row, "status", what, stops=False)
    yield from _prices(pack)
    for row, document in enumerate(pack.documents):
        if document.bidder is None and document.envelope is not EnvelopeKind.COMMON:
            what = f"a document of the tender in the {document.envelope.value} envelope; only bids have one."
            yield Finding("Documents", row, "envelope", what)
    if pack.clarifications:
        yield kept("Clarifications", None, None)
    for row, authority in enumerate(pack.authorities):
        column = next((name for name in ("decided_on", "call_in_ends") if getattr(authority, name) is not None), None)
        if column is not None:
            yield kept("Authorities", row, column)


def _bidders(pack: TenderPack) -> Iterator[Finding]:
    with_bids = {bid.bidder for bid in pack.bids}
    members = {member.bidder for member in pack.members}
    names: dict[str, str] = {}
    for row, bidder in enumerate(pack.bidders):
        if pack.bids and bidder.bidder not in with_bids:
            what = f"{bidder.bidder} made no bid in Bids."
            yield Finding("Bidders", row, "bidder", what, stops=False, needs=("Bids",))
        if bidder.kind is BidderKind.CONSORTIUM and bidder.bidder not in members:
            what = f"{bidder.bidder} is a consortium without a row in Members."
            yield Finding("Bidders", row, "kind", what, stops=False, needs=("Members",))
        if bidder.email and "@" not in bidder.email:
            yield Finding("Bidders", row, "email", "is no e-mail address.", stops=False)
        other = names.setdefault(folded(bidder.name), bidder.bidder)
        if other != bidder.bidder:
            what = f"{bidder.bidder} and {other} have the same name."
            yield Finding("Bidders", row, "name", what, stops=False)
    seen: set[tuple[str, str]] = set()
    leads: set[str] = set()
    for row, member in enumerate(pack.members):
        key = (member.bidder, folded(member.name))
        if key in seen:
            yield Finding("Members", row, "name", f"{member.name} stands twice for {member.bidder}.", stops=False)
        seen.add(key)
        if member.role is MemberRole.LEAD:
            if member.bidder in leads:
                yield Finding("Members", row, "role", f"{member.bidder} has more than one lead.", stops=False)
            leads.add(member.bidder)


def _bid_codes(pack: TenderPack, within: TenderPack | None) -> Iterator[Finding]:
    """One bid for each code and lot, one bidder for each code, and one bid of a bidder for a lot besides variants."""
    earlier = within.bids if within is not None else ()
    bidders: set[str] = {bidder.bidder for bidder in (*(within.bidders if within else ()), *pack.bidders)}
    owners = {folded(bid.bid): bid for bid in reversed(earlier)}
    held = {(folded(bid.bid), bid.lot): bid for bid in earlier}
    by_bidder = {(bid.bidder, bid.lot): bid for bid in earlier if bid.variant_of is None}
    seen: set[tuple[str, str]] = set()
    for row, bid in enumerate(pack.bids):
        key, owner = (folded(bid.bid), bid.lot), owners.setdefault(folded(bid.bid), bid)
        if owner.bid != bid.bid:
            yield Finding("Bids", row, "bid", f"{bid.bid} and {owner.bid} differ only by case.")
        elif owner.bidder != bid.bidder:
            yield Finding(
                "Bids", row, "bid", f"the bid {bid.bid} is {owner.bidder}'s and cannot be {bid.bidder}'s too."
            )
        elif key in seen:
            yield Finding("Bids", row, "bid", f"the bid {bid.bid} for lot {bid.lot} stands there twice.")
        elif held.get(key, bid) != bid:
            what = f"the bid {bid.bid} for lot {bid.lot} is held already, with other particulars."
            yield Finding("Bids", row, "bid", what)
        elif str(bid.bid) != str(bid.bidder) and bid.bid in bidders:
            yield Finding("Bids", row, "bid", f"the bid {bid.bid} of {bid.bidder} has the code of another bidder.")
        elif bid.variant_of is None and by_bidder.setdefault((bid.bidder, bid.lot), bid).bid != bid.bid:
            other = by_bidder[bid.bidder, bid.lot].bid
            what = f"{bid.bidder} has the bid {other} for lot {bid.lot} already; a second one is a variant_of it."
            yield Finding("Bids", row, "bid", what)
        seen.add(key)


def _prices(pack: TenderPack) -> Iterator[Finding]:
    seen: set[tuple[str, ...]] = set()
    for row, line in enumerate(pack.prices):
        if line.quantity is not None and line.unit_price is not None:
            product = Fraction(line.quantity) * Fraction(line.unit_price)
            if product != Fraction(line.amount):
                what = (
                    f"is {canonical(line.amount)}, but {canonical(line.quantity)} × {canonical(line.unit_price)} is"
                    f" {_shown(product)}."
                )
                yield Finding("Prices", row, "amount", what)
        for column in ("quantity", "unit_price"):
            value = getattr(line, column)
            if value is not None and value < 0:
                yield Finding("Prices", row, column, "is below zero.")
        key = (line.bidder, line.lot, line.kind, folded(line.item), folded(line.year))
        if key in seen:
            yield Finding("Prices", row, "item", f"{line.item} stands twice for {line.bidder}.", stops=False)
        seen.add(key)


def _shown(product: Fraction) -> str:
    """An exact product of decimals, in decimals."""
    places = 24
    scaled = product * 10**places
    whole, rest = divmod(abs(int(scaled)), 10**places)
    decimals = f"{rest:0{places}d}".rstrip("0")
    return f"{'-' if product < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"
