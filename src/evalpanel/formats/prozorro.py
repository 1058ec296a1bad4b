"""ProZorro's tender (Ukraine, openprocurement.api), which is not plain OCDS, mapped on purpose.

Its `features` are non-price criteria whose options carry the share of the whole that they earn: each becomes a quality
criterion, its options the levels of a scale of its own, the best option's share its weighting. What remains is the price.
Its `criteria` with requirements become conditions, as in OCDS. Its auction has no counterpart here, and is told.
"""

from __future__ import annotations

from decimal import Decimal

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.numbers import canonical, exact
from evalpanel.domain.ocds_gaps import OcdsTender
from evalpanel.domain.pack_findings import plain_sum
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.tender import CriterionCode, LotCode, ScaleCode
from evalpanel.formats.ocds_bids import read_bids, read_enquiries
from evalpanel.formats.ocds_conditions import read_conditions
from evalpanel.formats.ocds_criteria import Method, spread
from evalpanel.formats.ocds_json import At
from evalpanel.formats.ocds_parts import Parts, quoted
from evalpanel.formats.ocds_terms import read_documents, read_items, read_lots, read_terms
from evalpanel.formats.ocds_values import in_per_cent

_MOST = 500
"""More features than any tender has."""


def is_prozorro(root: At) -> bool:
    """Whether a JSON object is a tender of ProZorro's interface, bare or as its answer wraps it (`data`)."""
    return _tender(root) is not None


def _tender(root: At) -> At | None:
    for at in (root, root.get("data")):
        if isinstance(at.get("tenderID").value, str) and at.get("ocid").value is None:
            return at
    return None


def read_prozorro(root: At) -> OcdsTender:
    """The tender, as far as it can be mapped; its `ocid` is the tender's number in ProZorro."""
    tender = _tender(root)
    assert tender is not None
    parts = Parts()
    number = parts.notes.line(tender.get("tenderID"))[:200]
    parts.notes.tell(
        tender.get("tenderID"), "is a tender of ProZorro, which is not plain OCDS; it was mapped on purpose."
    )
    read_terms(parts, number, tender, tender)
    parts.texts["reference"] = number
    parts.texts["procedure"] = parts.texts["procedure"] or parts.notes.line(tender.get("procurementMethodType"))
    if any("auction" in said.casefold() for said in parts.notes.texts(tender.get("submissionMethod"))):
        parts.notes.tell(tender.get("submissionMethod"), "is an electronic auction, which evalpanel does not hold.")
    read_lots(parts, tender)
    read_items(parts, tender)
    _features(parts, tender)
    read_conditions(parts, tender)
    read_bids(parts, tender, tender, tender.get("bids"))
    if any(at.get("parameters").value for at in tender.get("bids").elements()):
        what = "hold what bidders say of the features themselves; the panel scores, and it was not taken over."
        parts.notes.tell(tender.get("bids"), what)
    read_enquiries(parts, tender.get("questions"))
    read_documents(parts, tender, "the tender")
    return parts.finished(number)


def _features(parts: Parts, tender: At) -> None:
    """Quality criteria and their scales; the weightings of quality and price of each lot."""
    notes = parts.notes
    said = notes.line(tender.get("awardCriteria"))
    if said and said != "lowestCost":
        notes.tell(tender.get("awardCriteria"), f"is {quoted(said, 40)}; only its features were read as criteria.")
    for number, at in enumerate(list(notes.objects(tender.get("features")))[:_MOST], 1):
        _feature(parts, at, number)
    methods = {lot.lot: _method(parts, tender, lot.lot) for lot in parts.lots}
    spread(parts, methods)
    why = "ProZorro divides a price by a coefficient made of its features (the reduced price), which no formula here does."
    parts.asks = [ask for ask in parts.asks if (ask.sheet, ask.column) != ("Tender", "price_formula")]
    parts.ask("Tender", None, "price_formula", f"{why} Choose the formula that the tender is to be evaluated by.")


def _feature(parts: Parts, at: At, number: int) -> None:
    notes = parts.notes
    title, description = notes.line(at.get("title")), notes.text(at.get("description"))
    levels = []
    for option in notes.objects(at.get("enum")):
        share = notes.number(option.get("value"))
        if share is None or not 0 <= share <= 1:
            notes.tell(option, "has no share from 0 to 1; it was left out.")
            continue
        name = notes.line(option.get("title")) or canonical(share)
        levels.append(Level(in_per_cent(share), name, notes.text(option.get("description"))))
    levels.sort(key=lambda level: level.value)
    scale = ScaleCode(f"F{number}")
    best = levels[-1].value if levels else None
    if len(levels) < 2:
        notes.tell(at, "has fewer than two options; it is no scale to score on.")
    if not title:
        notes.tell(at, "has no title.")
    row = len(parts.criteria)
    parts.criteria.append(
        Criterion(
            CriterionCode(str(number)),
            title,
            CriterionKind.QUALITY,
            lots=_lots(parts, at),
            weighting=best,
            scale=scale if levels else None,
            guidance=description if description != title else "",
        )
    )
    if levels:
        parts.scales.append(Scale(scale, tuple(levels)))
    else:
        parts.ask("Criteria", row, "scale", "The feature has no options. Name the scale that it is scored on.")
        parts.ask("Criteria", row, "weighting", "The feature has no options, and so no weighting.")


def _lots(parts: Parts, at: At) -> tuple[LotCode, ...]:
    """The lots of a feature: of a lot, of an item's lot, else all."""
    notes = parts.notes
    kind, related = notes.line(at.get("featureOf")), notes.line(at.get("relatedItem"))
    if kind not in ("lot", "item"):
        return ()
    lot = related if kind == "lot" else parts.lot_of_item.get(related)
    if lot is None:
        notes.tell(at.get("relatedItem"), f"names the item {quoted(related, 60)}, which is not among the items.")
        return ()
    found = parts.of_lots(at.get("relatedItem"), (lot,)) if lot else ()
    return found if len(parts.lots) > 1 else ()


def _method(parts: Parts, tender: At, lot: LotCode) -> Method:
    applying = [it for it in parts.criteria if it.applies_to(lot) and it.kind is CriterionKind.QUALITY]
    if any(it.weighting is None for it in applying):
        return Method(None, None)
    quality = plain_sum(it.weighting or Decimal(0) for it in applying)
    if quality > 100:
        what = f"add up to more than the whole in lot {lot} ({canonical(quality)} %)."
        parts.notes.tell(tender.get("features"), what)
        return Method(None, None)
    return Method(exact(canonical(quality)), exact(canonical(100 - quality)))
