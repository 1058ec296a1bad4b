from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from domain.small_tenders import BASE, L1
from evalpanel.domain.rules import LotRules, checked_rules, rule_problems, rules_for
from evalpanel.domain.tender import LotCode, PriceFormula, Rounding, SectionWeightings
from evalpanel.errors import EvalPanelError

SOUND = LotRules(LotCode("L1"), Decimal(60), Decimal(40), formula=PriceFormula.F1)


def test_rules_for_a_lot_without_rules_of_its_own_are_the_tenders() -> None:
    tender = replace(
        BASE,
        rounding=Rounding.SECTION,
        places=3,
        section_weightings=SectionWeightings.OF_TOTAL,
        price_lower=Decimal(1),
        price_upper=Decimal(2),
        value_per_point=Decimal(3),
        budget=Decimal(4),
        term_months=36,
        currency="EUR",
        tie_rule="highest quality",
    )
    assert rules_for(tender, L1) == LotRules(
        lot=L1.lot,
        quality_weighting=Decimal(60),
        price_weighting=Decimal(40),
        formula=PriceFormula.F1,
        rounding=Rounding.SECTION,
        places=3,
        section_weightings=SectionWeightings.OF_TOTAL,
        price_lower=Decimal(1),
        price_upper=Decimal(2),
        value_per_point=Decimal(3),
        budget=Decimal(4),
        budget_basis="",
        term_months=36,
        currency="EUR",
        tie_rule="highest quality",
        awards=1,
    )


def test_rules_for_a_lot_with_its_own_take_them_even_where_they_are_zero() -> None:
    lot = replace(
        L1,
        quality_weighting=Decimal(100),
        price_weighting=Decimal(0),
        price_formula=PriceFormula.F11,
        budget=Decimal(9),
        budget_basis="year",
        awards=3,
    )
    rules = rules_for(replace(BASE, budget=Decimal(4), term_months=24), lot)
    assert (rules.quality_weighting, rules.price_weighting, rules.formula) == (
        Decimal(100),
        Decimal(0),
        PriceFormula.F11,
    )
    assert (rules.budget, rules.budget_for_term, rules.awards) == (Decimal(9), Fraction(18), 3)


def test_budget_of_the_tender_is_for_the_whole_term_whatever_the_lot_says() -> None:
    rules = rules_for(replace(BASE, budget=Decimal(4), term_months=24), replace(L1, budget_basis="year"))
    assert rules.budget_for_term == Fraction(4)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"quality_weighting": Decimal(50)}, "The quality weighting 50 and the price weighting 40 must each be"),
        ({"quality_weighting": Decimal(140), "price_weighting": Decimal(-40)}, "The quality weighting 140 and"),
        ({"quality_weighting": Decimal("59.999999999999")}, "The quality weighting 59.999999999999 and"),
        ({"places": -1}, "Results are rounded to 0 to 9 places"),
        ({"places": 10}, "Results are rounded to 0 to 9 places"),
        ({"awards": 0}, "The lot is awarded to at least one bid"),
        ({"formula": None}, "The price weighting is 40, but no price formula is published."),
        ({"formula": PriceFormula.F4}, "Formula F4 needs"),
        ({"formula": PriceFormula.F8}, "Formula F8 needs"),
    ],
)
def test_rule_problems_name_each_reason(changed: dict[str, object], problem: str) -> None:
    # The values of `changed` fit the fields they name; a table of them has no narrower type.
    found = rule_problems(replace(SOUND, **changed))  # type: ignore[arg-type]  # the field comes by name from the table
    assert [one[: len(problem)] for one in found] == [problem]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"budget": None}, "Formula F11 needs a published budget above 0"),
        ({"budget": Decimal(0)}, "Formula F11 needs a published budget above 0"),
        ({"budget": Decimal(-1)}, "Formula F11 needs a published budget above 0"),
        ({"budget_basis": "month"}, "A budget is for the “term” or for a “year”, not for “month”."),
        ({"budget_basis": "year"}, "A budget for each year needs the length of the term in months."),
        ({"budget_basis": "year", "term_months": 0}, "A budget for each year needs the length of the term in months."),
        (
            {"quality_weighting": Decimal(60), "price_weighting": Decimal(40)},
            "Formula F11 (published budget) goes with",
        ),
    ],
)
def test_rule_problems_of_a_published_budget(changed: dict[str, object], problem: str) -> None:
    sound = LotRules(LotCode("L1"), Decimal(100), Decimal(0), formula=PriceFormula.F11, budget=Decimal(100))
    assert rule_problems(sound) == ()
    # As above.
    found = rule_problems(replace(sound, **changed))  # type: ignore[arg-type]  # the field comes by name from the table
    assert [one[: len(problem)] for one in found] == [problem]


@pytest.mark.parametrize("formula", ["F1", "F2", "F3", "F5", "F7", "F10"])
def test_rule_problems_are_none_where_a_formula_needs_no_figures(formula: str) -> None:
    assert rule_problems(replace(SOUND, formula=PriceFormula(formula))) == ()


def test_checked_rules_are_the_same_or_refused_with_every_reason() -> None:
    assert checked_rules(SOUND) is SOUND
    with pytest.raises(EvalPanelError) as refused:
        checked_rules(replace(SOUND, formula=None, places=-1))
    assert refused.value.title == "Lot L1 has no outcome by its published rules."
    assert refused.value.message.startswith(
        "Results are rounded to 0 to 9 places; -1 is not possible. The price weighting is 40, but no price formula is published."
    )


@pytest.mark.parametrize(
    ("rounding", "counted"), [("once", Fraction(2, 3)), ("envelope", Fraction(67, 100)), ("section", Fraction(67, 100))]
)
def test_counted_rounds_what_enters_a_total_unless_only_the_display_is_rounded(
    rounding: str, counted: Fraction
) -> None:
    assert replace(SOUND, rounding=Rounding(rounding)).counted(Fraction(2, 3)) == counted
