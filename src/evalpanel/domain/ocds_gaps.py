"""What was understood of an OCDS file, and what a tender needs that the file does not say.

OCDS (the Open Contracting Data Standard, https://standard.open-contracting.org) publishes what was advertised. It has no
words for a scale, a quorum, a price formula or a panel: those are asked for, never made up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from evalpanel.domain import pack_checks
from evalpanel.domain.intake import Problem, TenderPack
from evalpanel.domain.tender import PriceFormula, RegimeCode, SectionWeightings, Tender


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of a tender's terms: `Tender` with every field open. Texts that are not known are empty."""

    reference: str = ""
    title: str = ""
    authority: str = ""
    procedure: str = ""
    deadline: datetime | None = None
    notice_id: str = ""
    quality_weighting: Decimal | None = None
    price_weighting: Decimal | None = None
    section_weightings: SectionWeightings | None = None
    price_formula: PriceFormula | None = None
    currency: str = ""
    term_months: int | None = None
    extension_months: int | None = None

    def placeholder(self) -> Tender:
        """The tender that a workbook with these terms reads as: what is missing is told, and stood in for."""
        return Tender(
            reference=self.reference,
            title=self.title,
            authority=self.authority,
            regime=RegimeCode.PA2023,
            quality_weighting=Decimal(0) if self.quality_weighting is None else self.quality_weighting,
            price_weighting=Decimal(0) if self.price_weighting is None else self.price_weighting,
            price_formula=self.price_formula,
            procedure=self.procedure,
            deadline=self.deadline,
            notice_id=self.notice_id,
            section_weightings=self.section_weightings or SectionWeightings.OF_QUALITY,
            currency=self.currency.upper() or "GBP",
            term_months=self.term_months,
            extension_months=self.extension_months,
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that the officer is asked to fill in or to check.

    `row` is the index in the pack's values of that sheet (of `Scale`: of levels through all scales), None for the sheet
    as a whole; of `Tender`, `column` is the field. `needed`: without it a workbook is refused. `cell` is its place in
    the draft workbook (`Tender!B5`).
    """

    sheet: str
    row: int | None
    column: str
    why: str
    needed: bool = False
    cell: str = ""

    def __str__(self) -> str:
        return f"{self.cell or self.sheet}: {self.why}"


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document that the file names. It is never fetched. `belongs_to` says to what: the tender, a lot, a bid."""

    title: str
    belongs_to: str
    where: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class OcdsTender:
    """One contracting process as a tender: what is known of it, what is odd in it, and what has to be asked.

    `pack` holds the lots, criteria, scales, bidders, bids and clarifications; its `tender` is None, since `terms` may be
    incomplete. Places of `problems` are JSON pointers (RFC 6901) into the file: `/releases/0/tender/lots/1`.
    """

    ocid: str
    terms: Terms
    pack: TenderPack
    problems: tuple[Problem, ...]
    asks: tuple[Ask, ...]
    documents: tuple[NamedDocument, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether a workbook can be drafted from it."""
        return not any(problem.stops for problem in self.problems)

    @property
    def weighed(self) -> TenderPack:
        """The pack to look at its weightings by: with its terms where they say how much quality counts, and else without."""
        of_lots = bool(self.pack.lots) and all(lot.quality_weighting is not None for lot in self.pack.lots)
        known = self.terms.quality_weighting is not None or of_lots
        return replace(self.pack, tender=self.terms.placeholder()) if known else self.pack


@dataclass(frozen=True, slots=True)
class OcdsReading:
    """What one file holds. `kind` is in words (`release package`); empty where the file was refused.

    `problems` are those of the file as a whole; a stopping one says why nothing was read. The person chooses among
    several `tenders` by ocid.
    """

    kind: str
    version: str
    tenders: tuple[OcdsTender, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def ocid(self) -> str:
        """The process of a file that holds one; empty where it holds none or several."""
        return self.tenders[0].ocid if len(self.tenders) == 1 else ""

    @property
    def is_usable(self) -> bool:
        """Whether a workbook can be drafted from at least one of its tenders."""
        return not any(problem.stops for problem in self.problems) and any(it.is_usable for it in self.tenders)

    def tender(self, ocid: str) -> OcdsTender | None:
        """The process with this ocid, or None."""
        return next((tender for tender in self.tenders if tender.ocid == ocid), None)


_MISSING_TERMS = (
    ("reference", "The file gives the tender no id. Give the reference as published."),
    ("title", "The file gives the tender no title."),
    ("authority", "The file names neither a buyer nor a procuring entity."),
    ("regime", "OCDS does not say which law a tender runs under."),
    ("quality_weighting", "The file does not say how much quality counts in a way that can be taken over."),
    ("price_weighting", "The file does not say how much price counts in a way that can be taken over."),
)


def all_asks(terms: Terms, pack: TenderPack, asked: Iterable[Ask]) -> tuple[Ask, ...]:
    """Everything to ask: what was asked for by the reader of the file, and whatever would still refuse a workbook.

    The last is found by the checks that every workbook goes through, so that a draft, read back, has exactly the
    problems that are asked for. One ask a place; the reader's words go before those of a check.
    """
    required = _required(terms, pack)
    damaged = {sheet for sheet, _, _ in required}
    for finding in pack_checks.check(replace(pack, tender=terms.placeholder())):
        place = (finding.sheet, finding.row, finding.column or "")
        if finding.stops and place not in required and not set(finding.needs) & damaged:
            required[place] = finding.what
    held: dict[tuple[str, int | None, str], Ask] = {}
    for ask in asked:
        held.setdefault((ask.sheet, ask.row, ask.column), ask)
    for place, why in required.items():
        known = held.get(place)
        held[place] = Ask(*place, why, needed=True) if known is None else replace(known, needed=True)
    formula = held.get(("Tender", None, "price_formula"))
    if formula is not None and terms.price_weighting:
        # The check that misses it waits until the regime is there; it is needed all the same.
        held["Tender", None, "price_formula"] = replace(formula, needed=True)
    return tuple(held.values())


def _required(terms: Terms, pack: TenderPack) -> dict[tuple[str, int | None, str], str]:
    """The cells that must not be empty and are, with why."""
    required: dict[tuple[str, int | None, str], str] = {}
    for field, why in _MISSING_TERMS:
        if getattr(terms, field, None) in ("", None):
            required["Tender", None, field] = why
    texts = (
        ("Lots", "title", [lot.title for lot in pack.lots], "The file gives this lot no title."),
        ("Criteria", "title", [it.title for it in pack.criteria], "The file gives this criterion no name."),
        ("Scale", "name", [it.name for scale in pack.scales for it in scale.levels], "The level has no name."),
        ("Bidders", "name", [bidder.name for bidder in pack.bidders], "The file gives this bidder no name."),
        ("Bids", "lot", [bid.lot for bid in pack.bids], "The file does not say for which of the lots this bid is."),
        ("Clarifications", "question", [it.question for it in pack.clarifications], "The question has no text."),
    )
    for sheet, column, values, why in texts:
        for row, value in enumerate(values):
            if not value:
                required[sheet, row, column] = why
    return required
