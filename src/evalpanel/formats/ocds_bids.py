"""Who bids, in an OCDS file: tenderers and parties, the bids extension, and questions with their answers.

Prices of bids are not taken over. They would stand in the draft workbook before the quality scores are locked; they are
loaded afterwards as a price schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from evalpanel.domain.pack_findings import folded
from evalpanel.domain.tender import (
    Bid,
    BidCode,
    Bidder,
    BidderCode,
    BidderKind,
    BidStatus,
    Clarification,
    ConsortiumMember,
    LotCode,
)
from evalpanel.formats.ocds_json import At
from evalpanel.formats.ocds_parts import Parts, code_for, quoted
from evalpanel.formats.ocds_terms import read_documents

_UK = ZoneInfo("Europe/London")
_MOST = 5_000
"""More bids, bidders or questions than any tender has."""
_MOST_ROWS = 20_000
_STATUS = {
    "": BidStatus.VALID,
    "pending": BidStatus.VALID,
    "valid": BidStatus.VALID,
    "active": BidStatus.VALID,
    "disqualified": BidStatus.EXCLUDED,
    "invalid": BidStatus.EXCLUDED,
    "withdrawn": BidStatus.WITHDRAWN,
    "deleted": BidStatus.WITHDRAWN,
}
_NO_BID = ("invited", "draft")
_ADDRESS = ("streetAddress", "locality", "region", "postalCode", "countryName")


class Bidders:
    """The bidders of one process, each once: by the ids of the organisations that bid together, else by their names."""

    def __init__(self, parts: Parts, release: At) -> None:
        self.parts = parts
        self.release = release
        self._codes: dict[tuple[str, ...], BidderCode] = {}
        self._taken: set[str] = set()
        self._bids: dict[BidderCode, int] = {}
        self._entries: set[tuple[BidderCode, LotCode]] = set()

    def code(self, references: Sequence[At], at: At) -> BidderCode:
        """The code of the bidder that these organisations are together; a new one where they bid for the first time."""
        found = [self.parts.party(self.release, it) for it in references]
        key = tuple(sorted(self._identity(it) for it in found))
        known = self._codes.get(key)
        if known is not None:
            return known
        code = BidderCode(code_for(f"B{len(self._codes) + 1:02d}", self._taken, "B"))
        self._codes[key] = code
        if len(found) == 1:
            self.parts.bidders.append(self._bidder(code, found[0]))
        else:
            self._consortium(code, found, at)
        return code

    def bid_code(self, bidder: BidderCode, lots: Sequence[LotCode]) -> BidCode:
        """The code of the bidder's next bid: its own, unless it has one for these lots already."""
        number = self._bids[bidder] = self._bids.get(bidder, 0) + 1
        entries = {(bidder, lot) for lot in lots}
        again = bool(entries & self._entries)
        self._entries |= entries
        return BidCode(f"{bidder}-{number}" if again else bidder)

    def _identity(self, at: At) -> str:
        number = self.parts.notes.line(at.get("id"))
        if number:
            return f"id {number}"
        scheme, identifier = self._register(at)
        if identifier:
            return f"register {folded(scheme)} {folded(identifier)}"
        return f"name {folded(name)}" if (name := self._name(at)) else f"place {at.where}"

    def _name(self, at: At) -> str:
        return self.parts.notes.line(at.get("name")) or self.parts.notes.line(at.get("identifier").get("legalName"))

    def _bidder(self, code: BidderCode, at: At) -> Bidder:
        notes = self.parts.notes
        name = self._name(at)
        if not name:
            notes.tell(at, "is a bidder without a name.")
        scheme, identifier = self._register(at)
        address = at.get("address")
        lines = [notes.line(address.get(part)) for part in _ADDRESS] if address.is_object else []
        size = notes.line(at.get("details").get("scale")).casefold()
        vcse = at.get("details").get("vcse").value
        if notes.line(at.get("id")) == "" and self.release.get("parties").value is not None:
            notes.tell(at, "has no id, so that it cannot be found among the parties.")
        return Bidder(
            code,
            name,
            scheme=scheme,
            identifier=identifier,
            address=self.parts.fitted(address, "\n".join(line for line in lines if line)),
            email=notes.line(at.get("contactPoint").get("email")),
            sme={"micro": True, "small": True, "medium": True, "sme": True, "large": False}.get(size),
            value_driven=vcse if isinstance(vcse, bool) else None,
        )

    def _register(self, at: At) -> tuple[str, str]:
        held = at.get("identifier")
        return self.parts.notes.line(held.get("scheme")), self.parts.notes.line(held.get("id"))

    def _consortium(self, code: BidderCode, found: Sequence[At], at: At) -> None:
        """Several organisations with one bid. Who leads is not said."""
        names = [self._name(it) for it in found]
        together = self.parts.fitted(at, " and ".join(name for name in names if name))
        row = len(self.parts.bidders)
        self.parts.bidders.append(Bidder(code, together, BidderKind.CONSORTIUM))
        self.parts.notes.tell(at, f"is a bid by {len(found)} organisations together; who leads is not said.")
        why = "Several organisations bid together. Give the consortium's name and the address that its letter goes to."
        self.parts.ask("Bidders", row, "name", why)
        self.parts.ask(
            "Members", len(self.parts.members), "role", "OCDS does not say which of the organisations leads."
        )
        for it, name in zip(found, names, strict=True):
            if name:
                scheme, identifier = self._register(it)
                self.parts.members.append(ConsortiumMember(code, name, scheme=scheme, identifier=identifier))


def read_bids(parts: Parts, release: At, tender: At, details: At) -> None:
    """Bidders and bids. `details` lists the bids (`bids/details` of the bids extension)."""
    notes = parts.notes
    bidders = Bidders(parts, release)
    listed = list(notes.objects(details))
    if len(listed) > _MOST:
        notes.tell(details, f"lists {len(listed):,} bids; the first {_MOST:,} were read.")
    priced = 0
    seen: set[str] = set()
    for at in listed[:_MOST]:
        number = notes.line(at.get("id"))
        if not number:
            notes.tell(at, "is a bid without an id.")
        elif number in seen:
            notes.tell(at, f"has the id {quoted(number, 40)} of another bid.")
        seen.add(number)
        priced += any(it.get("value").value is not None for it in (at, *at.get("lotValues").elements()))
        _bid(parts, bidders, at)
    if priced:
        what = f"give prices for {priced} of {len(listed)} bids. Prices stay sealed until quality is locked: they were "
        notes.tell(details, f"{what}not taken over. Load them then as a price schedule.")
    _further_bidders(parts, bidders, release, tender, with_bids=bool(parts.bids))
    if release.get("awards").value not in (None, []):
        what = "says to whom contracts were awarded; that is no part of an evaluation and was not taken over."
        notes.tell(release.get("awards"), what)
    if not parts.bidders:
        parts.ask("Bidders", None, "bidder", "The file names no bidders. They can also be loaded later.")
        parts.ask("Bids", None, "bidder", "The file lists no bids. They can also be loaded later.")


def _bid(parts: Parts, bidders: Bidders, at: At) -> None:
    notes = parts.notes
    said = notes.line(at.get("status"))
    if said.casefold() in _NO_BID:
        notes.tell(at, f"is {said.casefold()}: no bid was made; it was left out.")
        return
    tenderers = list(notes.objects(at.get("tenderers")))
    if not tenderers:
        notes.tell(at, "is a bid without a tenderer; it was left out.")
        return
    status = _STATUS.get(said.casefold())
    if status is None:
        notes.tell(
            at.get("status"), f"is {quoted(said, 40)}, which is not known; the bid was taken as valid. Check it."
        )
    bidder = bidders.code(tenderers, at)
    received = notes.moment(at.get("date"))
    lots = _lots_of(parts, at)
    if len(parts.bids) + len(lots) > _MOST_ROWS:
        notes.tell(at, f"and what follows was left out: there are more than {_MOST_ROWS:,} bids for lots.")
        return
    code = bidders.bid_code(bidder, lots)
    for lot in lots:
        row = len(parts.bids)
        parts.bids.append(Bid(code, bidder, lot, received=received, status=status or BidStatus.VALID))
        if status is None:
            parts.ask("Bids", row, "status", f"The file says {quoted(said, 40)}. Choose from the list.")
        elif status is not BidStatus.VALID:
            parts.ask("Bids", row, "reason", f"The file says {status.value} and not why.")
    read_documents(parts, at, f"the bid of {bidder}")


def _lots_of(parts: Parts, at: At) -> tuple[LotCode, ...]:
    """The lots that a bid is for; an empty code where there are several and none is named."""
    named = parts.notes.texts(at.get("relatedLots")) + parts.notes.texts(at.get("relatedLot"))
    named += tuple(
        lot for value in at.get("lotValues").elements() for lot in parts.notes.texts(value.get("relatedLot"))
    )
    found = parts.of_lots(at, named)
    if found:
        return found
    if len(parts.lots) == 1:
        return (parts.lots[0].lot,)
    parts.notes.tell(at, "is a bid that names none of the lots.")
    return (LotCode(""),)


def _further_bidders(parts: Parts, bidders: Bidders, release: At, tender: At, *, with_bids: bool) -> None:
    """Tenderers that are named without a bid: bidders, whose bids are to come."""
    named = list(parts.notes.objects(tender.get("tenderers")))
    named += [at for at in release.get("parties").elements() if "tenderer" in parts.notes.texts(at.get("roles"))]
    members = {folded(member.name) for member in parts.members}
    before = len(parts.bidders)
    for at in named[:_MOST]:
        found = parts.party(release, at)
        name = parts.notes.line(found.get("name")) or parts.notes.line(found.get("identifier").get("legalName"))
        if folded(name) not in members or not name:
            bidders.code((at,), at)
    new = len(parts.bidders) - before
    if new and with_bids:
        parts.notes.tell(tender.get("tenderers"), f"name {new} without a bid in the file.")
    elif new:
        parts.ask("Bids", None, "bidder", "The file names bidders and no bids. Say for which lots each of them bid.")


def read_enquiries(parts: Parts, enquiries: At) -> None:
    """Questions about the tender with their answers (enquiries extension). Who asked is not taken over."""
    taken: set[str] = set()
    listed = list(parts.notes.objects(enquiries))
    for at in listed[:_MOST]:
        notes = parts.notes
        said = notes.line(at.get("id"))
        if not said:
            notes.tell(at, "is a question without an id.")
        title, description = notes.text(at.get("title")), notes.text(at.get("description"))
        question = "\n".join(dict.fromkeys(text for text in (title, description) if text))
        named = notes.texts(at.get("relatedLot")) + notes.texts(at.get("relatedLots"))
        if notes.line(at.get("questionOf")) == "lot":  # as ProZorro says it
            named += notes.texts(at.get("relatedItem"))
        lots = parts.of_lots(at, named)
        asked, answered = notes.moment(at.get("date")), notes.moment(at.get("dateAnswered"))
        if len(lots) > 1:
            notes.tell(at, "is about several lots; it was taken as a question about all.")
        parts.clarifications.append(
            Clarification(
                code_for(said, taken, "Q"),
                parts.fitted(at, question),
                lot=lots[0] if len(lots) == 1 else None,
                asked=None if asked is None else asked.astimezone(_UK).date(),
                answered=None if answered is None else answered.astimezone(_UK).date(),
                answer=notes.text(at.get("answer")),
            )
        )
    if len(listed) > _MOST:
        parts.notes.tell(enquiries, f"lists more than {_MOST:,} questions; the rest was left out.")
