"""The published rules that one lot is decided by: its own where it has some, and the tender's elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evalpanel.domain.numbers import canonical, round_half_up
from evalpanel.domain.tender import Lot, LotCode, PriceFormula, Rounding, SectionWeightings, Tender
from evalpanel.errors import EvalPanelError

FORMULA_WORDS = {
    PriceFormula.F1: "relative to the lowest price",
    PriceFormula.F2: "standard differential from the lowest price",
    PriceFormula.F3: "range of the prices received",
    PriceFormula.F4: "between two published prices",
    PriceFormula.F5: "against the mean price",
    PriceFormula.F7: "price for each point of quality",
    PriceFormula.F8: "price less the published value of quality",
    PriceFormula.F10: "lowest price that is acceptable",
    PriceFormula.F11: "published budget, which the price must stay within",
}
"""How each formula makes a score of a price, in a few words."""
ROUNDING_WORDS = {
    Rounding.ONCE: "only when results are shown",
    Rounding.ENVELOPE: "the quality total and the price score are each rounded, then added",
    Rounding.SECTION: "each weighted section result, then the price score",
}
"""Where each rule rounds, in a few words."""

WEIGHTED_FORMULAS = (PriceFormula.F1, PriceFormula.F2, PriceFormula.F3, PriceFormula.F4, PriceFormula.F5)
"""The formulas that make a price score, which is weighted and added to the weighted quality."""

RANKING_FORMULAS = (PriceFormula.F7, PriceFormula.F8, PriceFormula.F10)
"""The formulas that rank by something else than a total: quality stands out of 100 and carries no weighting."""


@dataclass(frozen=True, slots=True)
class LotRules:
    """How the outcome of one lot is reached, as published.

    Weightings are percentages of the total. `budget` is the published figure in `currency`, for the whole term or, with
    `budget_basis` `year`, for each year of `term_months`. `value_per_point` is money for one point of quality out of 100.
    """

    lot: LotCode
    quality_weighting: Decimal
    price_weighting: Decimal
    formula: PriceFormula | None = None
    rounding: Rounding = Rounding.ONCE
    places: int = 2
    section_weightings: SectionWeightings = SectionWeightings.OF_QUALITY
    price_lower: Decimal | None = None
    price_upper: Decimal | None = None
    value_per_point: Decimal | None = None
    budget: Decimal | None = None
    budget_basis: str = ""
    term_months: int | None = None
    currency: str = "GBP"
    tie_rule: str = ""
    awards: int = 1

    @property
    def adds_up(self) -> bool:
        """Whether bids are ranked by a total of weighted quality and weighted price (every formula but F7, F8, F10)."""
        return self.formula not in RANKING_FORMULAS

    @property
    def has_budget_gate(self) -> bool:
        """Whether a bid must be within the published budget (formula F11 only)."""
        return self.formula is PriceFormula.F11

    @property
    def quality_factor(self) -> Fraction:
        """What a quality result out of 100 is multiplied by before it is published."""
        return Fraction(self.quality_weighting) / 100 if self.adds_up else Fraction(1)

    @property
    def budget_for_term(self) -> Fraction | None:
        """The published budget for the whole term, which prices are held against; None where there is none.

        A budget for each year is multiplied by the term in years. It is also None where that term is not published.
        """
        if self.budget is None:
            return None
        if self.budget_basis == "year":
            return None if self.term_months is None else Fraction(self.budget) * self.term_months / 12
        return Fraction(self.budget)

    def rounded(self, number: Fraction) -> Decimal:
        """A number as it is published: half up, to the places that the tender publishes."""
        return round_half_up(number, self.places)

    def counted(self, number: Fraction) -> Fraction:
        """A weighted envelope total as it enters the next sum: rounded, unless the rule rounds only what is shown."""
        return number if self.rounding is Rounding.ONCE else Fraction(self.rounded(number))


def rules_for(tender: Tender, lot: Lot) -> LotRules:
    """The rules of `lot`: its own weightings, formula and budget where it has some, the tender's elsewhere.

    `budget_basis` belongs to the lot's own budget; a budget of the tender is for the whole term.
    """
    own_budget = lot.budget is not None
    return LotRules(
        lot=lot.lot,
        quality_weighting=tender.quality_weighting if lot.quality_weighting is None else lot.quality_weighting,
        price_weighting=tender.price_weighting if lot.price_weighting is None else lot.price_weighting,
        formula=tender.price_formula if lot.price_formula is None else lot.price_formula,
        rounding=tender.rounding,
        places=tender.places,
        section_weightings=tender.section_weightings,
        price_lower=tender.price_lower,
        price_upper=tender.price_upper,
        value_per_point=tender.value_per_point,
        budget=lot.budget if own_budget else tender.budget,
        budget_basis=lot.budget_basis if own_budget else "",
        term_months=tender.term_months,
        currency=tender.currency,
        tie_rule=tender.tie_rule,
        awards=1 if lot.awards is None else lot.awards,
    )


def rule_problems(rules: LotRules) -> tuple[str, ...]:
    """Why no outcome can be reached by these rules, one sentence each; empty when one can.

    They are found before publication by the checks of a pack, and `checked_rules` refuses them again.
    """
    found = []
    quality, price = rules.quality_weighting, rules.price_weighting
    if not (0 <= quality <= 100 and 0 <= price <= 100 and quality + price == 100):
        found.append(
            f"The quality weighting {canonical(quality)} and the price weighting {canonical(price)} must each be from "
            "0 to 100 and add up to 100."
        )
    if not 0 <= rules.places <= 9:
        found.append(f"Results are rounded to 0 to 9 places; {rules.places} is not possible.")
    if rules.awards < 1:
        found.append(f"The lot is awarded to at least one bid; {rules.awards} is not possible.")
    found.extend(_formula_problems(rules))
    return tuple(found)


def checked_rules(rules: LotRules) -> LotRules:
    """The same rules, once they are known to be able to give an outcome; `EvalPanelError` says why they cannot."""
    problems = rule_problems(rules)
    if problems:
        raise EvalPanelError(
            f"Lot {rules.lot} has no outcome by its published rules.",
            f"{' '.join(problems)} No outcome was made and nothing was changed. Compare the tender's figures with what was "
            "published.",
        )
    return rules


def _formula_problems(rules: LotRules) -> list[str]:
    match rules.formula:
        case None:
            return _unless(
                rules.price_weighting <= 0,
                f"The price weighting is {canonical(rules.price_weighting)}, but no price formula is published.",
            )
        case PriceFormula.F4:
            low, high = rules.price_lower, rules.price_upper
            return _unless(
                low is not None and high is not None and low < high,
                "Formula F4 needs a published lower and upper price, the lower one below the upper one.",
            )
        case PriceFormula.F8:
            worth = rules.value_per_point
            return _unless(
                worth is not None and worth > 0, "Formula F8 needs a published value for each quality point."
            )
        case PriceFormula.F11:
            return [
                *_unless(
                    rules.price_weighting == 0, "Formula F11 (published budget) goes with a price weighting of 0."
                ),
                *_budget_problems(rules),
            ]
        case PriceFormula.F1 | PriceFormula.F2 | PriceFormula.F3 | PriceFormula.F5 | PriceFormula.F7 | PriceFormula.F10:
            return []


def _budget_problems(rules: LotRules) -> list[str]:
    if rules.budget is None or rules.budget <= 0:
        return ["Formula F11 needs a published budget above 0, of the lot or of the tender."]
    if rules.budget_basis not in ("", "term", "year"):
        return [f"A budget is for the “term” or for a “year”, not for “{rules.budget_basis}”."]
    return _unless(
        rules.budget_for_term is not None and rules.budget_for_term > 0,
        "A budget for each year needs the length of the term in months.",
    )


def _unless(fine: bool, problem: str) -> list[str]:
    return [] if fine else [problem]
