"""Whether the criteria of a pack are a tree whose weightings add up, in every lot, and whether their scales are scales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from evalpanel.domain.criteria import Criterion, CriterionKind, for_lot
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.numbers import canonical
from evalpanel.domain.pack_findings import Finding, Known, kept, unknown
from evalpanel.domain.quality import weighting_findings
from evalpanel.domain.rules import rules_for
from evalpanel.domain.scales import MET, Scale
from evalpanel.domain.tender import CriterionCode, Lot, ScaleCode

_WITHOUT_WEIGHTING = (CriterionKind.CONDITION, CriterionKind.CONSIDERATION, CriterionKind.INFORMATION)

_MOST_NAMED = 30
_AN = {
    CriterionKind.CONDITION: "a condition",
    CriterionKind.CONSIDERATION: "a consideration",
    CriterionKind.INFORMATION: "an information",
}


def references(pack: TenderPack, known: Known) -> Iterator[Finding]:
    """Codes and names that the sheets Criteria and Lots use and that stand nowhere."""
    for row, criterion in enumerate(pack.criteria):
        if criterion.parent is not None:
            yield from unknown("Criteria", row, "parent", (criterion.parent,), known.criteria, "parent", "Criteria")
        yield from unknown("Criteria", row, "lot", criterion.lots, known.lots, "lot", "Lots")
        scale = (criterion.scale,) if criterion.scale is not None else ()
        yield from unknown("Criteria", row, "scale", scale, known.scales, "scale", "Scale")
        outcome = (criterion.outcome,) if criterion.outcome is not None else ()
        yield from unknown("Criteria", row, "outcome", outcome, known.outcomes, "outcome", "Outcomes")
        stage = (criterion.stage,) if criterion.stage else ()
        yield from unknown("Criteria", row, "stage", stage, known.stages, "stage", "Stages")
    for row, lot in enumerate(pack.lots):
        for name in lot.authorities:
            if known.authorities and name not in known.authorities and pack.tender and name != pack.tender.authority:
                what = f"names {name}, which is not in Authorities."
                yield Finding("Lots", row, "authorities", what, stops=False, needs=("Authorities",))


def structure(pack: TenderPack) -> Iterator[Finding]:
    """What does not hold in the tree of criteria and in the scales."""
    yield from _scales(pack)
    parents = {criterion.criterion: criterion.parent for criterion in pack.criteria}
    scales = {scale.scale: scale for scale in pack.scales}
    children: dict[CriterionCode | None, list[Criterion]] = {}
    for criterion in pack.criteria:
        children.setdefault(criterion.parent, []).append(criterion)
    rows = {criterion.criterion: row for row, criterion in enumerate(pack.criteria)}
    circles = _circles(parents)
    for row, criterion in enumerate(pack.criteria):
        if criterion.criterion in circles:
            yield Finding(
                "Criteria", row, "parent", f"{criterion.criterion} is its own ancestor: the parents run in a circle."
            )
            continue
        yield from _criterion(row, criterion, children.get(criterion.criterion, []), scales)
        parent = None if criterion.parent not in rows else pack.criteria[rows[criterion.parent]]
        yield from _lots_of_parent(pack, row, criterion, parent)
    orphans = any(criterion.parent is not None and criterion.parent not in rows for criterion in pack.criteria)
    if pack.tender is not None and pack.criteria and not circles and not orphans:
        for lot in pack.lots:
            yield from _weightings(pack, lot, rows)
    if len(pack.stages) > 1:
        yield kept("Stages", None, None)


def _circles(parents: Mapping[CriterionCode, CriterionCode | None]) -> set[CriterionCode]:
    """The criteria that are their own ancestors. Each is walked past once, however long a chain of them is."""
    circles: set[CriterionCode] = set()
    done: set[CriterionCode] = set()
    for code in parents:
        way: dict[CriterionCode, None] = {}
        above: CriterionCode | None = code
        while above is not None and above not in done and above not in way:
            way[above] = None
            above = parents.get(above)
        if above in way:
            walked = list(way)
            circles.update(walked[walked.index(above) :])
        done.update(way)
    return circles


def _criterion(
    row: int, criterion: Criterion, children: Sequence[Criterion], scales: Mapping[ScaleCode, Scale]
) -> Iterator[Finding]:
    """What one criterion's kind asks of its other columns."""
    kind = criterion.kind
    if kind in _WITHOUT_WEIGHTING and criterion.weighting is not None:
        yield Finding("Criteria", row, "weighting", f"{_AN[kind]} criterion carries no weighting; leave it empty.")
    if children and kind in _WITHOUT_WEIGHTING:
        yield Finding("Criteria", row, "kind", f"{criterion.criterion} has criteria below it, so it must be a section.")
    if kind is CriterionKind.SECTION and not children:
        what = f"the section {criterion.criterion} has no criteria below it."
        yield Finding("Criteria", row, "criterion", what, needs=("Criteria",))
    if children or kind is CriterionKind.SECTION:
        if criterion.minimum is not None:
            what = "stands at a criterion that is not scored itself; give the minimum to the criteria below it."
            yield Finding("Criteria", row, "minimum", what)
        if criterion.scale is not None:
            what = "has no effect: this criterion is not scored itself, those below it are."
            yield Finding("Criteria", row, "scale", what, stops=False)
        return
    if kind is CriterionKind.QUALITY and criterion.scale is None:
        yield Finding("Criteria", row, "scale", f"is missing: {criterion.criterion} is scored and needs a scale.")
    if kind in (CriterionKind.QUALITY, CriterionKind.CONDITION):
        yield from _minimum(row, criterion, scales)
    elif criterion.minimum is not None:
        yield Finding("Criteria", row, "minimum", f"{_AN[kind]} criterion is not scored and has no minimum.")


def _minimum(row: int, criterion: Criterion, scales: Mapping[ScaleCode, Scale]) -> Iterator[Finding]:
    scale = MET if criterion.scale is None else scales.get(criterion.scale)
    if criterion.minimum is None or scale is None or scale.level(criterion.minimum) is not None:
        return
    if criterion.scale is None and criterion.kind is CriterionKind.QUALITY:
        return
    what = f"{canonical(criterion.minimum)} is no level of the scale {scale.scale} ({scale.described()})."
    yield Finding("Criteria", row, "minimum", what, needs=("Scale",))


def _lots_of_parent(pack: TenderPack, row: int, criterion: Criterion, parent: Criterion | None) -> Iterator[Finding]:
    if parent is None or not parent.lots:
        return
    beyond = [lot.lot for lot in pack.lots if criterion.applies_to(lot.lot) and not parent.applies_to(lot.lot)]
    if beyond:
        what = f"{criterion.criterion} applies to {', '.join(beyond)}, but its parent {parent.criterion} does not."
        yield Finding("Criteria", row, "lot", what, needs=("Lots",))


def _weightings(pack: TenderPack, lot: Lot, rows: Mapping[CriterionCode, int]) -> Iterator[Finding]:
    """Missing weightings, and levels that do not add up, among the criteria of one lot."""
    tender = pack.tender
    assert tender is not None
    quality = rules_for(tender, lot).quality_weighting
    of_lot = f" in lot {lot.lot}" if len(pack.lots) > 1 else ""
    levels = weighted_levels(for_lot(pack.criteria, lot.lot))
    if None not in levels:
        if quality > 0:
            what = f"there is no scored criterion with a weighting{of_lot}, but quality counts {canonical(quality)} %."
            yield Finding("Criteria", None, "weighting", what, needs=("Criteria", "Lots"))
        return
    incomplete: set[CriterionCode | None] = set()
    for parent, children in levels.items():
        for criterion in children:
            if criterion.weighting is None:
                incomplete.add(parent)
                what = f"is missing: {criterion.criterion} counts towards the result."
                yield Finding("Criteria", rows[criterion.criterion], "weighting", what)
    for finding in weighting_findings(pack.criteria, lot, tender):
        if finding.parent in incomplete:
            continue
        level = "the top level" if finding.parent is None else f"the level under {finding.parent}"
        shown = f"{canonical(finding.total)}, not to {canonical(finding.expected)} ({_some(finding.children)})"
        row = rows[finding.children[0] if finding.parent is None else finding.parent]
        what = f"the weightings of {level}{of_lot} add up to {shown}."
        yield Finding("Criteria", row, "weighting", what, needs=("Criteria", "Lots"))


def _some(codes: Sequence[CriterionCode]) -> str:
    more = f" and {len(codes) - _MOST_NAMED:,} more" if len(codes) > _MOST_NAMED else ""
    return f"{', '.join(codes[:_MOST_NAMED])}{more}"


def weighted_levels(criteria: Sequence[Criterion]) -> dict[CriterionCode | None, list[Criterion]]:
    """By parent (None: the top level), the criteria whose weightings must add up: scored ones, and what groups them."""
    by_code = {criterion.criterion: criterion for criterion in criteria}
    parents = {criterion.parent for criterion in criteria}
    counting: set[CriterionCode] = set()
    for criterion in criteria:
        if criterion.kind is not CriterionKind.QUALITY or criterion.criterion in parents:
            continue
        code: CriterionCode | None = criterion.criterion
        while code is not None and code in by_code and code not in counting:
            counting.add(code)
            code = by_code[code].parent
    levels: dict[CriterionCode | None, list[Criterion]] = {}
    for criterion in criteria:
        if criterion.criterion in counting:
            levels.setdefault(criterion.parent, []).append(criterion)
    return levels


def _scales(pack: TenderPack) -> Iterator[Finding]:
    row = 0
    for scale in pack.scales:
        if len(scale.levels) < 2:
            what = f"the scale {scale.scale} has one level; a scale has at least two."
            yield Finding("Scale", row, "value", what, needs=("Scale",))
        seen: set[Decimal] = set()
        for level in scale.levels:
            if level.value in seen:
                what = f"the scale {scale.scale} has the value {canonical(level.value)} twice."
                yield Finding("Scale", row, "value", what)
            if level.value < 0:
                yield Finding("Scale", row, "value", "is below zero; a level is worth zero or more.")
            seen.add(level.value)
            row += 1
        if seen and max(seen) <= 0:
            yield Finding("Scale", row - 1, "value", f"the highest level of the scale {scale.scale} is worth nothing.")
