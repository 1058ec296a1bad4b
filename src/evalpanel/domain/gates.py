"""Gates: what a bid must pass to be ranked. They work as published and nobody can waive them.

A gate is a condition of participation, the minimum level of an award criterion, or the published budget (formula F11).
Gates carry no weighting.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.numbers import canonical
from evalpanel.domain.price import money
from evalpanel.domain.results import GateResult
from evalpanel.domain.rules import LotRules
from evalpanel.domain.scales import MET, Scale
from evalpanel.domain.tender import ScaleCode
from evalpanel.errors import EvalPanelError

_WHAT_NOW = "Nothing was changed. Correct the criteria against the published ones and try again."


def scale_of(criterion: Criterion, scales: Mapping[ScaleCode, Scale]) -> Scale:
    """The scale that a leaf criterion is scored on; a condition that names none is met or not met (0 or 1).

    Raises `EvalPanelError` where an award criterion names no scale, or a scale is named that the tender does not have.
    """
    if criterion.scale is None:
        if criterion.kind is CriterionKind.CONDITION:
            return MET
        raise EvalPanelError(f"Criterion {criterion.criterion} names no scale, so it cannot be scored.", _WHAT_NOW)
    if criterion.scale in scales:
        return scales[criterion.scale]
    raise EvalPanelError(
        f"Criterion {criterion.criterion} is scored on scale {criterion.scale}, which the tender does not have.",
        _WHAT_NOW,
    )


def needed_level(criterion: Criterion, scale: Scale) -> Decimal | None:
    """The lowest level with which a bid passes this leaf criterion; None: it is no gate.

    A condition without a published minimum is met by the highest level of its scale only.

    Raises `EvalPanelError` where the published minimum is not a level of the scale.
    """
    if criterion.kind not in (CriterionKind.CONDITION, CriterionKind.QUALITY):
        return None
    if criterion.minimum is None:
        return scale.top if criterion.kind is CriterionKind.CONDITION else None
    if scale.level(criterion.minimum) is None:
        raise EvalPanelError(
            f"The minimum {canonical(criterion.minimum)} of criterion {criterion.criterion} is not a level of its scale.",
            f"The levels are {scale.described()}. {_WHAT_NOW}",
        )
    return criterion.minimum


def gate_by_level(criterion: Criterion, scale: Scale) -> Mapping[Decimal, GateResult]:
    """How a bid comes through the gate of a leaf criterion at each level of its scale; empty: it is no gate."""
    needed = needed_level(criterion, scale)
    if needed is None:
        return {}
    is_minimum = criterion.kind is CriterionKind.QUALITY
    asks = "The published minimum" if is_minimum else "The lowest level that meets this condition"
    named = f"{criterion.criterion} {criterion.title}".strip()
    return {
        level.value: GateResult(
            criterion=criterion.criterion,
            passed=level.value >= needed,
            why=f"{named}: {_level(scale, level.value)}. {asks} is {_level(scale, needed)}.",
            is_minimum=is_minimum,
        )
        for level in scale.levels
    }


def budget_gate(rules: LotRules, price: Decimal) -> GateResult | None:
    """Whether a price is within the published budget of the whole term; None where the budget is no gate.

    Only formula F11 makes a published budget into a gate. A price equal to the budget passes.
    """
    budget = rules.budget_for_term
    if not rules.has_budget_gate or budget is None:
        return None
    passed = price <= budget
    stands = "within" if passed else "above"
    why = f"The price of {money(price, rules.currency)} is {stands} the published budget of {money(budget, rules.currency)}."
    return GateResult(criterion=None, passed=passed, why=why)


def _level(scale: Scale, value: Decimal) -> str:
    level = scale.level(value)
    return f"{canonical(value)} ({level.name})" if level and level.name else canonical(value)
