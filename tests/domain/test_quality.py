from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.small_tenders import BASE, FIVE, L1, SCALES, bid, by_bid, condition, outcome, quality, section, tender
from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.quality import (
    QualityTotal,
    WeightingFinding,
    leaf_shares,
    quality_plan,
    quality_total,
    weighting_findings,
)
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.tender import CriterionCode, Lot, LotCode, Rounding, ScaleCode, SectionWeightings, Tender
from evalpanel.errors import EvalPanelError

L2 = Lot(LotCode("L2"), "Lot two")
TREE = [
    section("1", "40"),
    quality("1.1", "25", "1"),
    quality("1.2", "75", "1"),
    quality("2", "60"),
    condition("C1"),
]


def codes(levels: dict[str, int]) -> dict[CriterionCode, Decimal | None]:
    return {CriterionCode(code): Decimal(value) for code, value in levels.items()}


def finding(parent: str | None, total: str, children: list[str], expected: str = "100") -> WeightingFinding:
    return WeightingFinding(
        None if parent is None else CriterionCode(parent),
        Decimal(total),
        Decimal(expected),
        tuple(CriterionCode(child) for child in children),
    )


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (TREE, []),
        ([], []),
        ([condition("C1")], []),
        ([section("9", None), *TREE], []),
        ([quality("1", "60"), quality("2", "39.99")], [finding(None, "99.99", ["1", "2"])]),
        ([quality("1", "33.33"), quality("2", "33.33"), quality("3", "33.34")], []),
        ([quality("1", None)], [finding(None, "0", ["1"])]),
        (
            [section("1", "50"), section("1.1", "99", "1"), quality("1.1.1", "101", "1.1")],
            [finding(None, "50", ["1"]), finding("1", "99", ["1.1"]), finding("1.1", "101", ["1.1.1"])],
        ),
        ([section("1", "20"), quality("2", "80")], [finding(None, "80", ["2"])]),
        ([quality("1", "100"), replace(condition("C1"), weighting=Decimal(10))], []),
    ],
)
def test_weighting_findings_name_each_level_and_its_sum(
    criteria: list[Criterion], found: list[WeightingFinding]
) -> None:
    assert list(weighting_findings(criteria, L1, BASE)) == found


def test_weighting_findings_are_of_one_lot() -> None:
    criteria = [quality("1", "60"), quality("2", "40", lots=["L1"]), quality("3", "30", lots=["L2"])]
    assert weighting_findings(criteria, L1, BASE) == ()
    assert weighting_findings(criteria, L2, BASE) == (finding(None, "90", ["1", "3"]),)


def test_weighting_findings_of_total_expect_the_quality_weighting_of_the_lot() -> None:
    of_total = replace(BASE, section_weightings=SectionWeightings.OF_TOTAL)
    criteria = [section("1", "20"), quality("1.1", "100", "1"), quality("2", "40")]
    assert weighting_findings(criteria, L1, of_total) == ()
    seventy = replace(L1, quality_weighting=Decimal(70), price_weighting=Decimal(30))
    assert weighting_findings(criteria, seventy, of_total) == (finding(None, "60", ["1", "2"], "70"),)


def test_weighting_finding_reads_as_a_sentence() -> None:
    assert str(finding("1", "99.50", ["1.1", "1.2"])) == (
        "The weightings under criterion 1 (1.1, 1.2) add up to 99.5, not to 100."
    )
    assert str(finding(None, "90", ["1"], "60")) == "The weightings at the top level (1) add up to 90, not to 60."


def test_leaf_shares_are_the_product_down_the_branch() -> None:
    assert leaf_shares(TREE, L1, BASE) == {"1.1": Fraction(1, 10), "1.2": Fraction(3, 10), "2": Fraction(3, 5)}


def test_leaf_shares_of_total_are_the_same_parts_of_quality() -> None:
    of_total = replace(BASE, section_weightings=SectionWeightings.OF_TOTAL)
    tree = [replace(one, weighting=one.weighting * 6 / 10) if one.weighting and not one.parent else one for one in TREE]
    assert leaf_shares(tree, L1, of_total) == leaf_shares(TREE, L1, BASE)


@pytest.mark.parametrize(
    ("criteria", "of", "title"),
    [
        ([quality("1", "90")], BASE, "The weightings of lot L1 do not add up."),
        ([quality("1", "120"), quality("2", "-20")], BASE, "Criterion 1 needs a weighting from 0 to 100; it has 120."),
        ([quality("1"), quality("2.1", parent="2")], BASE, "Criterion 2.1 stands under 2, which lot L1 does not have."),
        (
            [quality("1"), section("2", "100", "3"), section("3", "60", "2"), quality("2.1", "40", "2")],
            BASE,
            "Criterion 3 stands under itself.",
        ),
        (
            [replace(section("1", "100"), minimum=Decimal(3)), quality("1.1", parent="1")],
            BASE,
            "Criterion 1 has a minimum, but it is not scored itself.",
        ),
        (
            [quality("1", "0")],
            replace(tender("0", "F1"), section_weightings=SectionWeightings.OF_TOTAL),
            "The quality weighting of lot L1 is 0, but it has scored criteria.",
        ),
    ],
)
def test_leaf_shares_refuse_in_words(criteria: list[Criterion], of: Tender, title: str) -> None:
    with pytest.raises(EvalPanelError) as refused:
        leaf_shares(criteria, L1, of)
    assert refused.value.title == title


@given(st.lists(st.lists(st.integers(1, 40), min_size=1, max_size=5), min_size=1, max_size=5), st.booleans())
def test_leaf_shares_always_add_up_to_one(parts: list[list[int]], is_of_total: bool) -> None:
    def split(weights: list[int], whole: int) -> list[Decimal]:
        *first, _ = [(Decimal(whole) * weight / sum(weights)).quantize(Decimal("0.0001")) for weight in weights]
        return [*first, whole - sum(first, Decimal(0))]

    criteria = []
    tops = split([sum(part) for part in parts], 60 if is_of_total else 100)
    for number, (top, part) in enumerate(zip(tops, parts, strict=True)):
        criteria.append(section(str(number), str(top)))
        criteria += [
            quality(f"{number}.{leaf}", str(weighting), str(number)) for leaf, weighting in enumerate(split(part, 100))
        ]
    of = replace(BASE, section_weightings=SectionWeightings.OF_TOTAL if is_of_total else SectionWeightings.OF_QUALITY)
    assert sum(leaf_shares(criteria, L1, of).values()) == 1


def test_quality_total_of_partial_scores_says_how_far_it_is() -> None:
    plan = quality_plan(TREE, SCALES, L1, BASE)
    assert quality_total(plan, codes({"1.2": 4, "C1": 1})) == QualityTotal(
        points=Decimal("24.00"),
        assessed=Decimal("30.00"),
        sections=((CriterionCode("1"), Decimal("24.00")), (CriterionCode("2"), Decimal("0.00"))),
        missing=(CriterionCode("1.1"), CriterionCode("2")),
    )


def test_quality_total_keeps_a_zero_and_a_blank_apart() -> None:
    plan = quality_plan(TREE, SCALES, L1, BASE)
    zero = quality_total(plan, codes({"1.1": 0, "1.2": 0, "2": 0, "C1": 0}))
    blank = quality_total(plan, {CriterionCode("1.1"): None})
    assert (zero.points, zero.assessed, zero.is_complete) == (Decimal("0.00"), Decimal("100.00"), True)
    assert (blank.points, blank.assessed, blank.is_complete) == (Decimal("0.00"), Decimal("0.00"), False)
    assert blank.missing == ("1.1", "1.2", "2", "C1")


@given(
    st.fixed_dictionaries({code: st.integers(0, 5) for code in ("1.1", "1.2", "2")}), st.sampled_from(list(Rounding))
)
def test_quality_total_when_complete_is_the_quality_of_the_outcome(levels: dict[str, int], rounding: Rounding) -> None:
    of = tender("100", None, rounding.value)
    result = by_bid(outcome(of, TREE, {"A": {**levels, "C1": 1}}))["A"]
    total = quality_total(quality_plan(TREE, SCALES, L1, of), codes({**levels, "C1": 1}))
    assert (total.points, total.sections, total.is_complete) == (result.quality, result.sections, True)


def test_quality_total_refuses_a_level_that_is_not_on_the_scale() -> None:
    plan = quality_plan(TREE, SCALES, L1, BASE)
    with pytest.raises(EvalPanelError) as refused:
        quality_total(plan, {CriterionCode("2"): Decimal("2.5")}, of="Your sheet for bid B1")
    assert refused.value.title == "Your sheet for bid B1 has 2.5 for criterion 2, which is not a level of its scale."
    assert refused.value.message == (
        "The levels are 0 Level 0, 1 Level 1, 2 Level 2, 3 Level 3, 4 Level 4, 5 Level 5. Nothing was changed."
    )


@pytest.mark.parametrize("values", [[], [0], [-1, 5]])
def test_quality_plan_refuses_a_scale_that_cannot_be_weighted(values: list[int]) -> None:
    odd = Scale(ScaleCode("odd"), tuple(Level(Decimal(value), "") for value in values))
    with pytest.raises(EvalPanelError, match="Scale odd of criterion 1 must run from 0 or more to a top above 0"):
        quality_plan([quality("1", scale=odd)], [odd], L1, BASE)


def test_quality_plan_takes_a_level_however_it_is_written() -> None:
    plan = quality_plan([quality("1")], SCALES, L1, BASE)
    assert quality_total(plan, {CriterionCode("1"): Decimal("4.00")}).points == Decimal("80.00")


def test_considerations_and_information_are_never_scored() -> None:
    criteria = [
        quality("1"),
        Criterion(CriterionCode("X"), "Explained", CriterionKind.CONSIDERATION),
        Criterion(CriterionCode("Y"), "Read", CriterionKind.INFORMATION),
    ]
    result = outcome(tender("100"), criteria, {"A": {"1": 5, "X": 3}}, bids=[bid("A")])
    only = by_bid(result)["A"]
    assert [(one.criterion, one.score, one.weighted) for one in only.criteria] == [
        ("1", Decimal(5), Decimal("100.00")),
        ("X", None, None),
    ]
    assert only.total == Decimal("100.00")


@given(st.lists(st.integers(0, 5), min_size=3, max_size=3), st.integers(2, 50))
def test_quality_does_not_depend_on_the_unit_of_the_scale(values: list[int], factor: int) -> None:
    stretched = Scale(FIVE.scale, tuple(replace(level, value=level.value * factor) for level in FIVE.levels))
    leaves = [CriterionCode(code) for code in ("1.1", "1.2", "2")]
    once = quality_plan(TREE, [FIVE], L1, BASE)
    other = quality_plan(TREE, [stretched], L1, BASE)
    assert (
        other.assess({leaf: Decimal(value * factor) for leaf, value in zip(leaves, values, strict=True)}, "A").points
        == once.assess({leaf: Decimal(value) for leaf, value in zip(leaves, values, strict=True)}, "A").points
    )
