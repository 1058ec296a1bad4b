"""Quality: weightings that add up, and from levels to points out of 100, while people score and in the outcome alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from evalpanel.domain.criteria import Criterion, CriterionKind, for_lot, leaves
from evalpanel.domain.gates import gate_by_level, scale_of
from evalpanel.domain.numbers import canonical
from evalpanel.domain.results import CriterionResult, GateResult
from evalpanel.domain.rules import LotRules, rules_for
from evalpanel.domain.scales import Scale
from evalpanel.domain.tender import CriterionCode, Lot, LotCode, Rounding, ScaleCode, SectionWeightings, Tender
from evalpanel.errors import EvalPanelError

_WHAT_NOW = "Nothing was changed. Correct the criteria against the published ones and try again."


class WeightingFinding(NamedTuple):
    """A level of the criteria of one lot whose weightings do not add up.

    `parent` is the criterion that they are a part of, None at the top. `total` is what `children` add up to and
    `expected` what they should, in per cent. A missing weighting counts as 0.
    """

    parent: CriterionCode | None
    total: Decimal
    expected: Decimal
    children: tuple[CriterionCode, ...]

    def __str__(self) -> str:
        level = "at the top level" if self.parent is None else f"under criterion {self.parent}"
        return (
            f"The weightings {level} ({', '.join(self.children)}) add up to {canonical(self.total)}, not to "
            f"{canonical(self.expected)}."
        )


def weighting_findings(criteria: Iterable[Criterion], lot: Lot, tender: Tender) -> tuple[WeightingFinding, ...]:
    """Every level of the criteria of `lot` whose weightings do not add up, from the top; empty: all do.

    A level adds up to exactly 100; the top level, under `of-total`, to the quality weighting. Only criteria that are
    scored and weighted, and what holds such criteria, count: conditions, considerations and information carry none.
    """
    rules = rules_for(tender, lot)
    of_total = rules.section_weightings is SectionWeightings.OF_TOTAL
    levels: dict[CriterionCode | None, list[Criterion]] = {}
    for criterion in _weighted(for_lot(criteria, lot.lot)):
        levels.setdefault(criterion.parent, []).append(criterion)
    found = []
    for parent, children in sorted(levels.items(), key=lambda level: level[0] is not None):
        expected = rules.quality_weighting if parent is None and of_total else Decimal(100)
        total = sum((child.weighting or Decimal(0) for child in children), Decimal(0))
        if total != expected:
            found.append(WeightingFinding(parent, total, expected, tuple(child.criterion for child in children)))
    return tuple(found)


def leaf_shares(criteria: Iterable[Criterion], lot: Lot, tender: Tender) -> dict[CriterionCode, Fraction]:
    """The share of the quality result that each scored leaf of `lot` has: the weightings down its branch, multiplied.

    The shares add up to exactly 1. Under `of-total` a top-level weighting counts as its part of the quality weighting.

    Raises `EvalPanelError` where the weightings do not add up, or are missing, negative or over 100.
    """
    held = for_lot(criteria, lot.lot)
    findings = weighting_findings(held, lot, tender)
    if findings:
        told = " ".join(str(finding) for finding in findings)
        raise EvalPanelError(f"The weightings of lot {lot.lot} do not add up.", f"{told} {_WHAT_NOW}")
    rules = rules_for(tender, lot)
    whole = rules.quality_weighting if rules.section_weightings is SectionWeightings.OF_TOTAL else Decimal(100)
    by_code = {criterion.criterion: criterion for criterion in held}
    shares = {}
    for leaf in leaves(held):
        if leaf.kind is CriterionKind.QUALITY:
            share = Fraction(1)
            for step in _branch(leaf, by_code, lot.lot):
                if step.weighting is None or not 0 <= step.weighting <= 100:
                    shown = "none" if step.weighting is None else canonical(step.weighting)
                    raise EvalPanelError(
                        f"Criterion {step.criterion} needs a weighting from 0 to 100; it has {shown}.", _WHAT_NOW
                    )
                if step.parent is None and whole == 0:
                    raise EvalPanelError(
                        f"The quality weighting of lot {lot.lot} is 0, but it has scored criteria.", _WHAT_NOW
                    )
                share *= Fraction(step.weighting) / Fraction(whole if step.parent is None else Decimal(100))
            shares[leaf.criterion] = share
    return shares


def _weighted(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """The scored leaves of a lot and everything above them, in the order of the workbook."""
    held = tuple(criteria)
    by_code = {criterion.criterion: criterion for criterion in held}
    counted: set[CriterionCode] = set()
    for leaf in leaves(held):
        step: Criterion | None = leaf if leaf.kind is CriterionKind.QUALITY else None
        while step is not None and step.criterion not in counted:
            counted.add(step.criterion)
            step = None if step.parent is None else by_code.get(step.parent)
    return tuple(criterion for criterion in held if criterion.criterion in counted)


def _branch(leaf: Criterion, by_code: Mapping[CriterionCode, Criterion], lot: LotCode) -> list[Criterion]:
    """A leaf and everything above it, the top last."""
    branch = [leaf]
    while (parent := branch[-1].parent) is not None:
        above = by_code.get(parent)
        if above is None or above in branch:
            trouble = (
                f"stands under {parent}, which lot {lot} does not have" if above is None else "stands under itself"
            )
            raise EvalPanelError(f"Criterion {branch[-1].criterion} {trouble}.", _WHAT_NOW)
        if above.minimum is not None:
            # A scale belongs to a leaf, so nobody could say what level this minimum means.
            raise EvalPanelError(f"Criterion {above.criterion} has a minimum, but it is not scored itself.", _WHAT_NOW)
        branch.append(above)
    return branch


@dataclass(frozen=True, slots=True)
class LeafSums:
    """A leaf criterion ready for sums.

    `levels` gives for each level what it adds to its section (`section`: the place in the plan's sections, None for what
    is not weighted), in parts of the plan's denominator, and what stands in the result. `gate`: how each level comes
    through the criterion's gate, empty where it is none.
    """

    criterion: CriterionCode
    section: int | None
    needs_level: bool
    levels: Mapping[Decimal, tuple[int, CriterionResult]]
    gate: Mapping[Decimal, GateResult]
    unscored: CriterionResult
    described: str


@dataclass(frozen=True, slots=True)
class QualityPlan:
    """The criteria of one lot, ready to turn levels into points: made once by `quality_plan`, used for every bid.

    `shares` is each scored leaf's part of quality (they add up to 1). Points are counted in 1/`denominator`.
    """

    rules: LotRules
    sections: tuple[CriterionCode, ...]
    shares: Mapping[CriterionCode, Fraction]
    denominator: int
    leaves: tuple[LeafSums, ...]

    def assess(self, levels: Mapping[CriterionCode, Decimal | None], of: str) -> Assessment:
        """What the levels given come to, scored wholly or so far. `of` names the bid for a person.

        Raises `EvalPanelError` for a level that is not on the scale of its criterion.
        """
        points = [0] * len(self.sections)
        open_sections: set[int] = set()
        missing, results, gates = [], [], []
        for leaf in self.leaves:
            value = levels.get(leaf.criterion) if leaf.needs_level else None
            if value is None:
                results.append(leaf.unscored)
                if leaf.needs_level:
                    missing.append(leaf.criterion)
                    if leaf.section is not None:
                        open_sections.add(leaf.section)
                continue
            held = leaf.levels.get(value)
            if held is None:
                raise EvalPanelError(
                    f"{of} has {value} for criterion {leaf.criterion}, which is not a level of its scale.",
                    f"The levels are {leaf.described}. Nothing was changed.",
                )
            results.append(held[1])
            if leaf.section is not None:
                points[leaf.section] += held[0]
            if leaf.gate:
                gates.append(leaf.gate[value])
        return Assessment(self, tuple(points), frozenset(open_sections), tuple(missing), tuple(results), tuple(gates))


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one bid's levels come to.

    `criteria` holds every leaf in the order of the workbook, `missing` those that still need a level, `gates` the gates
    that were assessed. `section_points` (in parts of the plan's denominator) stand in the order of the plan's sections;
    `open_sections` are the places of those that are not wholly scored.
    """

    plan: QualityPlan
    section_points: tuple[int, ...]
    open_sections: frozenset[int]
    missing: tuple[CriterionCode, ...]
    criteria: tuple[CriterionResult, ...]
    gates: tuple[GateResult, ...]

    @property
    def sections(self) -> tuple[tuple[CriterionCode, Decimal], ...]:
        """The weighted result of each top-level section within quality (out of 100), rounded as published.

        A section that is not wholly scored is left out.
        """
        rules, denominator = self.plan.rules, self.plan.denominator
        return tuple(
            (code, rules.rounded(Fraction(points, denominator)))
            for index, (code, points) in enumerate(zip(self.plan.sections, self.section_points, strict=True))
            if index not in self.open_sections
        )

    @property
    def points(self) -> Fraction | None:
        """The quality result out of 100, before the quality weighting; None while a quality level is missing.

        Exact, but for the rounding rule `section`, under which it is the sum of the rounded section results.
        """
        return None if self.open_sections or not self.plan.sections else self.points_so_far

    @property
    def points_so_far(self) -> Fraction:
        """The points out of 100 that the levels given so far add up to, by the same rule as `points`."""
        rules, denominator = self.plan.rules, self.plan.denominator
        if rules.rounding is Rounding.SECTION:
            rounded = (Fraction(rules.rounded(Fraction(points, denominator))) for points in self.section_points)
            return sum(rounded, Fraction())
        return Fraction(sum(self.section_points), denominator)


def quality_plan(criteria: Iterable[Criterion], scales: Iterable[Scale], lot: Lot, tender: Tender) -> QualityPlan:
    """The criteria of `lot` made ready for sums.

    Raises `EvalPanelError` where weightings do not add up, a scored criterion has no scale, a scale has no level above 0
    or one under it, or a minimum is not a level.
    """
    held = for_lot(criteria, lot.lot)
    by_code = {criterion.criterion: criterion for criterion in held}
    by_scale = {scale.scale: scale for scale in scales}
    rules = rules_for(tender, lot)
    shares = leaf_shares(held, lot, tender)
    tops = {code: _branch(by_code[code], by_code, lot.lot)[-1].criterion for code in shares}
    sections = tuple(criterion.criterion for criterion in held if criterion.criterion in set(tops.values()))
    places = {code: sections.index(top) for code, top in tops.items()}
    used = {code: _usable(by_code[code], by_scale) for code in shares}
    adds = {
        code: {
            level.value: 100 * share * Fraction(level.value) / Fraction(used[code].top) for level in used[code].levels
        }
        for code, share in shares.items()
    }
    denominator = lcm(*(points.denominator for levels in adds.values() for points in levels.values()))
    ready = tuple(_sums(leaf, by_scale, adds, denominator, places, rules) for leaf in leaves(held))
    return QualityPlan(rules, sections, shares, denominator, ready)


def _usable(criterion: Criterion, scales: Mapping[ScaleCode, Scale]) -> Scale:
    scale = scale_of(criterion, scales)
    if not scale.levels or scale.bottom < 0 or scale.top <= 0:
        raise EvalPanelError(
            f"Scale {scale.scale} of criterion {criterion.criterion} must run from 0 or more to a top above 0.",
            _WHAT_NOW,
        )
    return scale


def _sums(
    leaf: Criterion,
    scales: Mapping[ScaleCode, Scale],
    adds: Mapping[CriterionCode, Mapping[Decimal, Fraction]],
    denominator: int,
    places: Mapping[CriterionCode, int],
    rules: LotRules,
) -> LeafSums:
    code = leaf.criterion
    unscored = CriterionResult(code, None, None)
    if leaf.kind not in (CriterionKind.QUALITY, CriterionKind.CONDITION):
        return LeafSums(code, None, False, {}, {}, unscored, "")
    scale = _usable(leaf, scales)
    if leaf.kind is CriterionKind.CONDITION:
        levels = {level.value: (0, CriterionResult(code, level.value, None)) for level in scale.levels}
    else:
        levels = {
            value: (int(points * denominator), CriterionResult(code, value, rules.rounded(points)))
            for value, points in adds[code].items()
        }
    return LeafSums(code, places.get(code), True, levels, gate_by_level(leaf, scale), unscored, scale.described())


@dataclass(frozen=True, slots=True)
class QualityTotal:
    """The quality of one bid while it is being scored: what the levels given so far come to.

    `points` out of 100, and `sections` (each top-level section's part of them), are rounded as published. `assessed` is
    how much of quality has a level, in per cent of the weightings, rounded likewise. `missing` still need a level.
    """

    points: Decimal
    assessed: Decimal
    sections: tuple[tuple[CriterionCode, Decimal], ...]
    missing: tuple[CriterionCode, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every criterion that needs a level has one."""
        return not self.missing


def quality_total(
    plan: QualityPlan, levels: Mapping[CriterionCode, Decimal | None], of: str = "The bid"
) -> QualityTotal:
    """The quality total that is shown while somebody scores, from the sums that make the outcome.

    `levels` are one person's, or the moderated ones, for one bid; a missing or None level is not scored yet and adds
    nothing. `of` names the bid in an error.

    Raises `EvalPanelError` for a level that is not on the scale of its criterion.
    """
    assessment = plan.assess(levels, of)
    missing = set(assessment.missing)
    assessed = sum((share for code, share in plan.shares.items() if code not in missing), Fraction())
    return QualityTotal(
        points=plan.rules.rounded(assessment.points_so_far),
        assessed=plan.rules.rounded(100 * assessed),
        sections=tuple(
            (code, plan.rules.rounded(Fraction(points, plan.denominator)))
            for code, points in zip(plan.sections, assessment.section_points, strict=True)
        ),
        missing=assessment.missing,
    )
