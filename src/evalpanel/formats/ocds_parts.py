"""The parts of a tender while an OCDS file is read: what was found so far, and what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from evalpanel.domain.criteria import Criterion
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.ocds_gaps import Ask, NamedDocument, OcdsTender, Terms, all_asks
from evalpanel.domain.pack_findings import folded
from evalpanel.domain.scales import Scale
from evalpanel.domain.tender import (
    Authority,
    Bid,
    Bidder,
    Clarification,
    ConsortiumMember,
    Lot,
    LotCode,
    PriceFormula,
    SectionWeightings,
)
from evalpanel.formats.cells import MAX_CODE
from evalpanel.formats.grid import MAX_TEXT
from evalpanel.formats.ocds_json import At
from evalpanel.formats.ocds_values import Notes, usable_code

_ROOM = 400
"""Signs kept free at the end of a long text for the words that say it was cut."""


@dataclass(slots=True)
class Parts:
    """What one reading of one process has found so far."""

    notes: Notes = field(default_factory=Notes)
    asks: list[Ask] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    lots_at: list[At] = field(default_factory=list)
    lot_of: dict[str, LotCode] = field(default_factory=dict)
    """The code of the lot with an id of the file."""
    lot_of_item: dict[str, str] = field(default_factory=dict)
    """The lot's id in the file of the item with an id of the file."""
    authorities: list[Authority] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)
    scales: list[Scale] = field(default_factory=list)
    bidders: list[Bidder] = field(default_factory=list)
    members: list[ConsortiumMember] = field(default_factory=list)
    bids: list[Bid] = field(default_factory=list)
    clarifications: list[Clarification] = field(default_factory=list)
    documents: list[NamedDocument] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    """Fields of the tender that are texts, by name."""
    deadline: datetime | None = None
    term_months: int | None = None
    extension_months: int | None = None
    quality_weighting: Decimal | None = None
    price_weighting: Decimal | None = None
    price_formula: PriceFormula | None = None

    _parties: dict[tuple[str, str], At] | None = None

    def party(self, release: At, reference: At) -> At:
        """The organisation that a reference means: the party with its id (OCDS 1.1), or what stands there (1.0)."""
        if self._parties is None:
            self._parties = {}
            for at in release.get("parties").elements():
                self._parties.setdefault(_key(at), at)
        return reference if reference.get("id").value is None else self._parties.get(_key(reference), reference)

    def ask(self, sheet: str, row: int | None, column: str, why: str) -> None:
        """Ask the officer for the value of a cell, or to check it."""
        self.asks.append(Ask(sheet, row, column, why))

    def of_lots(self, at: At, ids: Sequence[str]) -> tuple[LotCode, ...]:
        """The codes of lots that something names; a lot that does not exist is told at `at`."""
        found = []
        for lot in ids:
            code = self.lot_of.get(lot)
            if code is None:
                self.notes.tell(at, f"names the lot {lot[:60]!r}, which is not among the lots of the tender.")
            elif code not in found:
                found.append(code)
        return tuple(found)

    def fitted(self, at: At, text: str) -> str:
        """A text that was put together, cut where no cell of a spreadsheet could hold it; the cut is told."""
        # Signs beyond the basic plane count twice.
        if len(text) * 2 <= MAX_TEXT or len(text.encode("utf-16-le")) // 2 <= MAX_TEXT:
            return text
        self.notes.tell(
            at, f"is longer than a cell of a spreadsheet holds ({MAX_TEXT:,} signs); the rest was left out."
        )
        kept = text.encode("utf-16-le")[: (MAX_TEXT - _ROOM) * 2].decode("utf-16-le", "ignore")
        return f"{kept.rstrip()} … (shortened: the file says more)"

    def finished(self, ocid: str) -> OcdsTender:
        """The tender as it was understood, with everything that has to be asked."""
        weighted = any(it.weighting is not None for it in self.criteria)
        terms = Terms(
            **self.texts,
            deadline=self.deadline,
            quality_weighting=self.quality_weighting,
            price_weighting=self.price_weighting,
            section_weightings=SectionWeightings.OF_TOTAL if weighted else None,
            price_formula=self.price_formula,
            term_months=self.term_months,
            extension_months=self.extension_months,
        )
        pack = TenderPack(
            authorities=tuple(self.authorities),
            lots=tuple(self.lots),
            criteria=tuple(self.criteria),
            scales=tuple(self.scales),
            bidders=tuple(self.bidders),
            members=tuple(self.members),
            bids=tuple(self.bids),
            clarifications=tuple(self.clarifications),
        )
        asks = all_asks(terms, pack, [ask for ask in self.asks if not _is_answered(ask, terms, pack)])
        return OcdsTender(ocid, terms, pack, self.notes.listed(), asks, tuple(self.documents))


def _key(at: At) -> tuple[str, str]:
    number = at.get("id").value
    return type(number).__name__, str(number)


def _is_answered(ask: Ask, terms: Terms, pack: TenderPack) -> bool:
    """Whether the file has said by now what was asked for before all of it was read."""
    place = (ask.sheet, ask.column)
    if place == ("Tender", "price_formula"):
        return terms.price_weighting == 0
    if place in (("Tender", "quality_weighting"), ("Tender", "price_weighting")):
        return getattr(terms, ask.column) is not None
    if ask.row is None and ask.sheet in ("Criteria", "Scale"):
        return bool(pack.criteria if ask.sheet == "Criteria" else pack.scales)
    return False


def code_for(text: str, taken: set[str], fallback: str, longest: int = MAX_CODE) -> str:
    """A code that nobody has yet: the text itself where it can be one, else the fallback with a number behind it.

    `taken` holds the folded codes that are in use, and gains this one.
    """
    code = usable_code(text, longest)
    if code is None or folded(code) in taken:
        number = len(taken) + 1
        while folded(f"{fallback}{number}") in taken:
            number += 1
        code = f"{fallback}{number}"
    taken.add(folded(code))
    return code


def quoted(text: str, longest: int = 160) -> str:
    """A text of the file inside a sentence of ours, cut where it is long."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= longest else line[: longest - 1].rstrip() + '…'}”"
