"""Award criteria of an OCDS file: which are quality and which price, and what their weightings say exactly.

Award criteria breakdown extension: `lots/awardCriteria/criteria`, with `numbers` (percentageExact, decimalExact …) or, as
the mapping of TED notices does it, the weighting in `description`. A weighting that is not one exact percentage is told in
words and asked for. It is never worked out from a range, an order of importance or points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.numbers import canonical, exact
from evalpanel.domain.pack_findings import folded, plain_sum
from evalpanel.domain.tender import CriterionCode, LotCode
from evalpanel.formats.ocds_json import At
from evalpanel.formats.ocds_parts import Parts, code_for, quoted
from evalpanel.formats.ocds_values import in_per_cent

_PERCENTAGE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*(?:%|per ?cent)?\Z", re.IGNORECASE)
_RANGE = re.compile(r"[0-9.]+\s*%?\s*(?:-|–|—|to)\s*[0-9.]+\s*%?\Z", re.IGNORECASE)
_POINTS = re.compile(r"[0-9.]+\s*/\s*[0-9.]+\Z")
_SHORT = 40
"""A description of more signs is a text, whatever figures stand in it."""
_TYPES = ("quality", "price", "cost")
_MOST_LISTED = 2_000
"""More criteria than any tender has."""


@dataclass(frozen=True, slots=True)
class _Published:
    """One award criterion as published. `said` is a weighting that could not be taken over, in the file's words."""

    at: At
    kind: str
    title: str
    guidance: str
    weighting: Decimal | None
    said: str


@dataclass(frozen=True, slots=True)
class Method:
    """Quality and price weighting of a lot, in per cent; None where the file does not say them exactly."""

    quality: Decimal | None
    price: Decimal | None


def read_award_criteria(parts: Parts, tender: At) -> None:
    """The award criteria of the tender and its lots into `parts`: criteria, and weightings of quality and price."""
    of_tender = tender.get("awardCriteria")
    _free_texts(parts, tender)
    groups: dict[str, tuple[At, list[LotCode]]] = {}
    without: list[LotCode] = []
    ats = parts.lots_at or [At(None)] * len(parts.lots)
    for lot, at in zip(parts.lots, ats, strict=True):
        own = at.get("awardCriteria")
        if own.value is not None and not own.is_object:
            parts.notes.tell(own, "holds no object with criteria; it was not taken over.")
        found = own if own.is_object else of_tender if of_tender.is_object else None
        if found is None:
            without.append(lot.lot)
        else:
            # Lots that publish the same share one set of criteria.
            groups.setdefault(repr(found.value), (found, []))[1].append(lot.lot)
    if groups and without:
        parts.notes.tell(
            tender.get("lots"), f"give no award criteria for {_listed(without)}; the other lots have some."
        )
    methods: dict[LotCode, Method] = {lot: Method(None, None) for lot in without}
    taken: set[str] = set()
    for at, lots in groups.values():
        shared = len(lots) == len(parts.lots)
        method = _one_set(parts, at, () if shared else tuple(lots), taken)
        methods |= dict.fromkeys(lots, method)
    for at in parts.notes.objects(tender.get("lotGroups")):
        if at.get("awardCriteria").value is not None:
            parts.notes.tell(at, "gives criteria for a group of lots; evalpanel awards each lot by itself.")
    spread(parts, methods)


def _free_texts(parts: Parts, tender: At) -> None:
    """What core OCDS says of award criteria is text: a note."""
    said = tender.get("awardCriteria")
    if isinstance(said.value, str):
        what = f"says {quoted(parts.notes.line(said))} and no more: criteria and weightings are asked for."
        parts.notes.tell(said, what)
    details = tender.get("awardCriteriaDetails")
    text = parts.notes.line(details)
    if text:
        parts.notes.tell(details, f"is a text, from which no criteria are made: {quoted(text, 400)}")


def _one_set(parts: Parts, award: At, lots: tuple[LotCode, ...], taken: set[str]) -> Method:
    """The criteria that some lots share. The price is no row of the sheet Criteria: it has a weighting and a formula."""
    notes = parts.notes
    for name in ("weightingDescription", "description", "orderRationale"):
        if text := notes.line(award.get(name)):
            notes.tell(award.get(name), f"is a text, which is not worked out: {quoted(text, 400)}")
    listed = list(notes.objects(award.get("criteria")))
    if not listed:
        notes.tell(award, "lists no criteria.")
        return Method(None, None)
    if len(listed) > _MOST_LISTED:
        notes.tell(award, f"lists {len(listed):,} criteria; the first {_MOST_LISTED:,} were read.")
    found = [_published(parts, at) for at in listed[:_MOST_LISTED]]
    method = _method(parts, award, found)
    prefix = f"{lots[0]}." if lots else ""
    number = 0
    for it in found:
        if it.kind in ("price", "cost"):
            continue
        number += 1
        row = len(parts.criteria)
        # The set's own counter, so that it begins at 1 in every group of lots.
        code = f"{prefix}{number}"
        code = code if folded(code) not in taken else code_for("", taken, "Q")
        taken.add(folded(code))
        parts.criteria.append(
            Criterion(
                CriterionCode(code),
                it.title,
                CriterionKind.QUALITY,
                lots=lots,
                weighting=it.weighting,
                guidance=it.guidance,
            )
        )
        _ask_about(parts, it, row)
    return method


def _published(parts: Parts, at: At) -> _Published:
    notes = parts.notes
    kind = notes.line(at.get("type")).casefold()
    title, description = notes.line(at.get("name")), notes.text(at.get("description"))
    numbers = list(notes.objects(at.get("numbers")))
    if numbers:
        weighting, said = _of_numbers(parts, numbers)
    else:
        weighting, said, description = _of_description(parts, at, description)
    if kind not in _TYPES:
        what = "has no type" if not kind else f"has the type {quoted(kind, 40)}"
        notes.tell(at, f"{what}: whether it is quality or price is not said. It was taken as quality; check it.")
    if weighting is None and not said:
        notes.tell(at, "has no weighting.")
    if not title and kind == "quality":
        notes.tell(at, "has no name.")
    return _Published(at, kind, title, parts.fitted(at, description), weighting, said)


def _of_numbers(parts: Parts, numbers: Sequence[At]) -> tuple[Decimal | None, str]:
    """The weighting among the numbers of a criterion, and what is said of one that is not exact."""
    weights: list[tuple[Decimal | None, str]] = []
    for at in numbers:
        number = parts.notes.number(at.get("number"))
        for name in ("fixed", "threshold"):
            if code := parts.notes.line(at.get(name)):
                shown = "no number" if number is None else canonical(number)
                what = (
                    f"says {name} {quoted(code, 40)} {shown}, which has no place in a workbook; it was not taken over."
                )
                parts.notes.tell(at, what)
        code = parts.notes.line(at.get("weight"))
        if not code:
            if not any(at.get(name).value is not None for name in ("fixed", "threshold")):
                parts.notes.tell(at, "is a number without saying whether it is a weighting; it was not taken over.")
            continue
        if number is None:
            parts.notes.tell(at, "is a weighting without a number.")
        elif code == "percentageExact" and 0 <= number <= 100:
            weights.append((number, ""))
        elif code == "decimalExact" and 0 <= number <= 1:
            weights.append((in_per_cent(number), ""))
        else:
            said = f"{canonical(number)} ({code[:40]})"
            parts.notes.tell(at, f"gives the weighting as {said}, which is not an exact percentage.")
            weights.append((None, said))
    if len(weights) > 1:
        parts.notes.tell(numbers[0], "is one of several weightings of one criterion; none was taken over.")
        return None, "several weightings"
    return weights[0] if weights else (None, "")


def _of_description(parts: Parts, at: At, description: str) -> tuple[Decimal | None, str, str]:
    """The weighting where a notice of TED form gives it: in the description. Also what is left of the description."""
    where = at.get("description")
    text = " ".join(description.split())
    if not text or len(text) > _SHORT or not any(sign.isdigit() for sign in text):
        return None, "", description
    match = _PERCENTAGE.match(text)
    if match is not None and text.isascii():
        found = Decimal(match[1])
        if found <= 100:
            return found, "", ""
        parts.notes.tell(where, f"gives the weighting as {quoted(text)}, which is more than 100; are these points?")
    elif _RANGE.match(text):
        parts.notes.tell(where, f"gives the weighting as a range, {quoted(text)}; one percentage must be given.")
    elif _POINTS.match(text):
        parts.notes.tell(where, f"gives the weighting as points, {quoted(text)}; a percentage must be given.")
    else:
        parts.notes.tell(where, f"says {quoted(text)}, which is not one plain percentage; it was kept as guidance.")
        return None, text, description
    return None, text, ""


def _method(parts: Parts, award: At, found: Sequence[_Published]) -> Method:
    """How much quality and price count, where every weighting is exact and all of them make 100."""
    weightings = [it.weighting for it in found if it.weighting is not None]
    total = plain_sum(weightings)
    if len(weightings) < len(found):
        if weightings:
            what = f"{len(found) - len(weightings)} of {len(found)} criteria have no exact weighting"
            parts.notes.tell(award, f"{what}; the others add up to {canonical(total)}.")
        return Method(None, None)
    if total != 100:
        shown = " + ".join(canonical(it) for it in weightings[:12]) + (" + …" if len(weightings) > 12 else "")
        what = (
            f"the weightings add up to {canonical(total)}, not to 100 ({shown}). They were kept as they are published."
        )
        parts.notes.tell(award, what)
        return Method(None, None)
    if any(it.kind not in _TYPES for it in found):
        return Method(None, None)
    if any(it.kind == "cost" for it in found):
        parts.notes.tell(award, "has a cost criterion; its weighting was counted with the price.")
    price = plain_sum(it.weighting for it in found if it.kind in ("price", "cost") and it.weighting is not None)
    return Method(exact(canonical(100 - price)), exact(canonical(price)))


def _ask_about(parts: Parts, it: _Published, row: int) -> None:
    """What the row of a criterion lacks."""
    if not it.title:
        parts.ask("Criteria", row, "title", "The file gives this criterion no name.")
    if it.kind not in _TYPES:
        parts.ask(
            "Criteria", row, "kind", "The file does not say whether this is quality or price. Delete a price's row."
        )
    if it.weighting is None:
        said = f" It says {quoted(it.said, 60)}." if it.said else ""
        parts.ask("Criteria", row, "weighting", f"The file gives no exact percentage.{said} Give the published one.")
    parts.ask(
        "Criteria", row, "scale", "OCDS has no scales. Name the published scale that this criterion is scored on."
    )


def spread(parts: Parts, methods: dict[LotCode, Method]) -> None:
    """The commonest weightings of quality and price are the tender's; lots that differ have their own."""
    known = [it for it in methods.values() if it.quality is not None]
    if not known:
        return
    common = max(known, key=known.count) if len(known) < 500 else known[0]
    parts.quality_weighting, parts.price_weighting = common.quality, common.price
    for row, lot in enumerate(parts.lots):
        method = methods[lot.lot]
        if method.quality is None:
            why = f"The file gives no exact weightings for {lot.lot}; the tender's ({canonical(common.quality or Decimal(0))}) would count."
            parts.ask("Lots", row, "quality_weighting", why)
            parts.ask("Lots", row, "price_weighting", why)
        elif method != common:
            parts.lots[row] = replace(lot, quality_weighting=method.quality, price_weighting=method.price)


def _listed(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:8])
    return shown if len(codes) <= 8 else f"{shown} and {len(codes) - 8} more"
