"""Conditions of participation in an OCDS file: the requirements, selection criteria and exclusion grounds extensions.

A criterion is met when all requirements of one of its groups are met (CCCEV, the vocabulary behind the requirements
extension). Each becomes one condition, which is met or not met, with its requirements as guidance.
"""

from __future__ import annotations

from decimal import Decimal

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.numbers import canonical
from evalpanel.domain.pack_findings import folded
from evalpanel.domain.tender import CriterionCode, LotCode
from evalpanel.formats.ocds_json import At
from evalpanel.formats.ocds_parts import Parts, code_for

_MOST = 2_000
"""More conditions than any tender has."""
_SOURCES = {
    "tenderer": "Answered by the bidder.",
    "buyer": "Answered by the buyer.",
    "procuringentity": "Answered by the authority.",
    "winner": "Answered by the winner only.",
}


def read_conditions(parts: Parts, tender: At) -> None:
    """Everything that a bidder or a bid must meet, as conditions into `parts`."""
    taken = {folded(it.criterion) for it in parts.criteria}
    before = len(parts.criteria)
    for at in parts.notes.objects(tender.get("criteria")):
        _add(parts, at, taken, parts.notes.line(at.get("title")), _requirements(parts, at), _lots(parts, at))
    places: list[tuple[At, tuple[LotCode, ...]]] = [(tender, ())]
    places += [(at, (lot.lot,)) for lot, at in zip(parts.lots, parts.lots_at, strict=False)]
    several = len(parts.lots) > 1
    for place, lots in places:
        for name, what in (("selectionCriteria", "Selection"), ("exclusionGrounds", "Exclusion")):
            held = place.get(name)
            if text := parts.notes.text(held.get("description")):
                parts.notes.tell(held.get("description"), f"is a text, from which no conditions are made: {text[:300]}")
            for at in parts.notes.objects(held.get("criteria")):
                kind = parts.notes.line(at.get("type"))
                title = parts.notes.line(at.get("name")) or (f"{what}: {kind}" if kind else what)
                text = "\n".join(it for name in ("description", "minimum") if (it := parts.notes.text(at.get(name))))
                _add(parts, at, taken, title, text, lots if several else ())
    if len(parts.criteria) > before:
        why = "Conditions are met or not met. Change the kind where one is scored or only read."
        parts.ask("Criteria", before, "kind", why)


def _add(parts: Parts, at: At, taken: set[str], title: str, guidance: str, lots: tuple[LotCode, ...]) -> None:
    row = len(parts.criteria)
    if row >= _MOST:
        parts.notes.tell(at, f"and what follows was left out: there are more than {_MOST:,} criteria and conditions.")
        return
    if at.get("id").value is None and at.get("requirementGroups").value is not None:
        parts.notes.tell(at, "has no id.")
    if not title:
        parts.notes.tell(at, "has no title.")
    code = CriterionCode(code_for(f"C{_conditions(parts) + 1}", taken, "C"))
    kind = CriterionKind.CONDITION
    parts.criteria.append(Criterion(code, title, kind, lots=lots, guidance=parts.fitted(at, guidance)))


def _conditions(parts: Parts) -> int:
    return sum(it.kind is CriterionKind.CONDITION for it in parts.criteria)


def _lots(parts: Parts, at: At) -> tuple[LotCode, ...]:
    """The lots that a criterion is about: by `relatesTo` and `relatedItem`; empty for all."""
    relates, related = parts.notes.line(at.get("relatesTo")), parts.notes.line(at.get("relatedItem"))
    if relates == "lot" and related:
        return _unless_all(parts, parts.of_lots(at.get("relatedItem"), (related,)))
    if relates == "item" and related:
        lot = parts.lot_of_item.get(related)
        if lot is None:
            parts.notes.tell(at.get("relatedItem"), f"names the item {related[:60]!r}, which is not among the items.")
        elif lot:
            return _unless_all(parts, parts.of_lots(at.get("relatedItem"), (lot,)))
    return ()


def _unless_all(parts: Parts, lots: tuple[LotCode, ...]) -> tuple[LotCode, ...]:
    return () if len(lots) == len(parts.lots) else lots


def _requirements(parts: Parts, at: At) -> str:
    """What a criterion asks, in words."""
    notes = parts.notes
    told = [notes.text(at.get("description"))]
    source = notes.line(at.get("source"))
    if source:
        told.append(_SOURCES.get(source.casefold(), f"Answered by: {source}."))
    groups = []
    for group in notes.objects(at.get("requirementGroups")):
        if notes.line(group.get("status")).casefold() == "cancelled":
            continue
        lines = [notes.line(group.get("description"))]
        lines += [_requirement(parts, it) for it in notes.objects(group.get("requirements"))]
        if any(lines):
            groups.append("\n".join(line for line in lines if line))
    if not groups:
        notes.tell(at, "has no requirements; its words alone say what is asked.")
    if len(groups) > 1:
        told.append("One of these groups must be met as a whole:")
    told.append("\n— or —\n".join(groups))
    return "\n".join(text for text in told if text)


def _requirement(parts: Parts, at: At) -> str:
    notes = parts.notes
    if notes.line(at.get("status")).casefold() == "cancelled":
        notes.tell(at, "is a cancelled requirement; it was left out.")
        return ""
    title, description = notes.line(at.get("title")), notes.line(at.get("description"))
    words = f"{title}: {description}" if title and description and title != description else title or description
    expected = [
        f"{name} {_shown(parts, at.get(key))}"
        for key, name in (("expectedValue", "expected:"), ("minValue", "at least"), ("maxValue", "at most"))
        if at.get(key).value is not None
    ]
    asked = f" ({', '.join(expected)})" if expected else ""
    return f"– {words or 'Requirement without words'}{asked}"


def _shown(parts: Parts, at: At) -> str:
    if isinstance(at.value, bool):
        return "yes" if at.value else "no"
    return canonical(at.value) if isinstance(at.value, Decimal) else parts.notes.line(at)
