from __future__ import annotations

from decimal import Decimal

import pytest

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.tender import CriterionCode, Lot, LotCode
from formats.ocds_examples import Json, a_release, award, only, price, quality, told, weighted

AWARD = "/tender/awardCriteria"


def of(*criteria: Json) -> Json:
    return a_release(awardCriteria=award(*criteria))


def weightings(release: Json) -> tuple[object, ...]:
    tender = only(release)
    return (
        tender.terms.quality_weighting,
        tender.terms.price_weighting,
        *(it.weighting for it in tender.pack.criteria),
    )


@pytest.mark.parametrize(
    ("said", "weighting"),
    [("60", "60"), ("60%", "60"), (" 60 % ", "60"), ("63.7", "63.7"), ("0%", "0"), ("100 per cent", "100"), ("60 percent", "60")],
)  # fmt: skip
def test_plain_percentage_in_a_description_is_the_weighting(said: str, weighting: str) -> None:
    rest = str(100 - Decimal(weighting))
    assert weightings(of(quality("Q", said), price(rest))) == (
        Decimal(weighting),
        100 - Decimal(weighting),
        Decimal(weighting),
    )


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("60-85%", "/criteria/0/description: gives the weighting as a range, “60-85%”; one percentage must be given."),
        (
            "60% – 85%",
            "/criteria/0/description: gives the weighting as a range, “60% – 85%”; one percentage must be given.",
        ),
        (
            "60 to 85",
            "/criteria/0/description: gives the weighting as a range, “60 to 85”; one percentage must be given.",
        ),
        ("400/600", "/criteria/0/description: gives the weighting as points, “400/600”; a percentage must be given."),
        ("190", "/criteria/0/description: gives the weighting as “190”, which is more than 100; are these points?"),
        ("63,7", "/criteria/0/description: says “63,7”, which is not one plain percentage; it was kept as guidance."),
        (
            "min. 40",
            "/criteria/0/description: says “min. 40”, which is not one plain percentage; it was kept as guidance.",
        ),
        ("６０", "/criteria/0/description: says “６０”, which is not one plain percentage; it was kept as guidance."),
        ("-5", "/criteria/0/description: says “-5”, which is not one plain percentage; it was kept as guidance."),
        ("How well", "/criteria/0: has no weighting."),
    ],
)
def test_weighting_that_is_not_one_percentage_is_told_and_asked(said: str, what: str) -> None:
    tender = only(of(quality("Q", said), price("40")))
    assert f"{AWARD}{what}" in told(tender)
    assert f"{AWARD}: 1 of 2 criteria have no exact weighting; the others add up to 40." in told(tender)
    assert (tender.terms.quality_weighting, tender.pack.criteria[0].weighting) == (None, None)
    assert {(it.cell, it.needed) for it in tender.asks if "eighting" in it.column} == {
        ("Tender!B11", True),
        ("Tender!B12", True),
        ("Criteria!I2", True),
    }


@pytest.mark.parametrize(
    ("number", "weight", "weighting"),
    [(60, "percentageExact", "60"), (0.6, "decimalExact", "60"), (0.125, "decimalExact", "12.5"), (1, "decimalExact", "100")],
)  # fmt: skip
def test_exact_number_is_the_weighting(number: float, weight: str, weighting: str) -> None:
    rest = weighted("price", "Price", float(100 - Decimal(weighting)))
    assert weightings(of(weighted("quality", "Q", number, weight), rest))[2] == Decimal(weighting)


@pytest.mark.parametrize(
    ("number", "weight", "said"),
    [
        (60, "percentageRangeMiddle", "60 (percentageRangeMiddle)"),
        (1, "order", "1 (order)"),
        (400, "pointsExact", "400 (pointsExact)"),
        (60, "decimalExact", "60 (decimalExact)"),
        (101, "percentageExact", "101 (percentageExact)"),
    ],
)
def test_number_that_is_no_exact_percentage_is_told(number: float, weight: str, said: str) -> None:
    tender = only(of(weighted("quality", "Q", number, weight), price("40")))
    what = f"{AWARD}/criteria/0/numbers/0: gives the weighting as {said}, which is not an exact percentage."
    assert what in told(tender)
    assert tender.pack.criteria[0].weighting is None


@pytest.mark.parametrize(
    ("parts", "total"),
    [(("57", "40"), "97"), (("25", "25"), "50"), (("100", "90"), "190"), (("30.5", "17"), "47.5"), (("13", "0"), "13")],
)
def test_weightings_that_do_not_make_100_are_kept_and_told(parts: tuple[str, str], total: str) -> None:
    tender = only(of(quality("Q", parts[0]), price(parts[1])))
    what = f"{AWARD}: the weightings add up to {total}, not to 100 ({parts[0]} + {parts[1]}). They were kept as they are published."
    assert what in told(tender)
    assert (tender.terms.quality_weighting, tender.terms.price_weighting) == (None, None)
    assert tender.pack.criteria[0].weighting == Decimal(parts[0])


def test_cost_counts_with_the_price_and_is_told() -> None:
    release = of(weighted("quality", "Q", 50), weighted("price", "P", 30), weighted("cost", "Life cycle", 20))
    assert weightings(release) == (Decimal(50), Decimal(50), Decimal(50))
    assert told(only(release)) == [f"{AWARD}: has a cost criterion; its weighting was counted with the price."]


def test_criterion_without_a_type_is_told_and_leaves_the_shares_open() -> None:
    tender = only(of({"name": "Cost or quality?", "description": "60"}, price("40")))
    what = "has no type: whether it is quality or price is not said. It was taken as quality; check it."
    assert told(tender) == [f"{AWARD}/criteria/0: {what}"]
    assert (tender.terms.quality_weighting, tender.pack.criteria[0].weighting) == (None, Decimal(60))


def test_several_weightings_of_one_criterion_are_none() -> None:
    twice = weighted("quality", "Q", 60) | {
        "numbers": [{"number": 60, "weight": "percentageExact"}, {"number": 0.7, "weight": "decimalExact"}]
    }
    tender = only(of(twice, price("40")))
    what = f"{AWARD}/criteria/0/numbers/0: is one of several weightings of one criterion; none was taken over."
    assert what in told(tender)
    assert tender.pack.criteria[0].weighting is None


def test_fixed_price_and_thresholds_are_told() -> None:
    numbers = [{"number": 100000, "fixed": "total"}, {"number": 0, "weight": "decimalExact"}]
    release = of(weighted("quality", "Q", 1, "decimalExact"), {"type": "price", "numbers": numbers})
    assert weightings(release) == (Decimal(100), Decimal(0), Decimal(100))
    what = "says fixed “total” 100000, which has no place in a workbook; it was not taken over."
    assert told(only(release)) == [f"{AWARD}/criteria/1/numbers/0: {what}"]


def test_lots_with_the_same_criteria_share_them() -> None:
    same = award(quality("Q", "10"), price("90"))
    lots = [{"id": str(number), "title": f"Lot {number}", "awardCriteria": same} for number in range(1, 55)]
    tender = only(a_release(awardCriteria=None, lots=lots))
    assert tender.pack.criteria == (Criterion(CriterionCode("1"), "Q", CriterionKind.QUALITY, weighting=Decimal(10)),)
    assert (tender.terms.quality_weighting, tender.terms.price_weighting) == (Decimal(10), Decimal(90))


def test_lots_with_criteria_of_their_own_have_their_own_weightings() -> None:
    lots = [
        {"id": "1", "title": "North", "awardCriteria": award(quality("A", "60"), price("40"))},
        {"id": "2", "title": "South", "awardCriteria": award(quality("B", "60"), price("40"))},
        {"id": "3", "title": "East", "awardCriteria": award(quality("C", "30"), quality("D", "40"), price("30"))},
    ]
    tender = only(a_release(lots=lots, value=None))
    assert [(it.criterion, it.lots, it.title) for it in tender.pack.criteria] == [
        ("L1.1", ("L1",), "A"),
        ("L2.1", ("L2",), "B"),
        ("L3.1", ("L3",), "C"),
        ("L3.2", ("L3",), "D"),
    ]
    assert tender.pack.lots[1:] == (
        Lot(LotCode("L2"), "South"),
        Lot(LotCode("L3"), "East", quality_weighting=Decimal(70), price_weighting=Decimal(30)),
    )


def test_lot_without_criteria_beside_lots_with_some_is_asked_about() -> None:
    lots = [
        {"id": "1", "title": "A", "awardCriteria": award(quality("Q", "60"), price("40"))},
        {"id": "2", "title": "B"},
    ]
    tender = only(a_release(awardCriteria=None, lots=lots))
    assert "/tender/lots: give no award criteria for L2; the other lots have some." in told(tender)
    assert [it.cell for it in tender.asks if it.sheet == "Lots"] == ["Lots!H3", "Lots!I3"]


def test_criteria_in_words_alone_are_notes() -> None:
    tender = only(a_release(awardCriteria="bestProposal", awardCriteriaDetails="Quality 60 %, price 40 %."))
    assert told(tender) == [
        "/tender/awardCriteria: says “bestProposal” and no more: criteria and weightings are asked for.",
        "/tender/awardCriteriaDetails: is a text, from which no criteria are made: “Quality 60 %, price 40 %.”",
    ]
    assert (tender.pack.criteria, tender.terms.quality_weighting) == ((), None)


def test_requirements_become_conditions_with_their_alternatives() -> None:
    criterion = {
        "id": "w",
        "title": "Warranty",
        "source": "tenderer",
        "requirementGroups": [
            {"id": "a", "requirements": [{"id": "1", "title": "Standard period", "minValue": 36}]},
            {
                "id": "b",
                "requirements": [
                    {"id": "2", "title": "Standard period", "minValue": 12, "maxValue": 35.5},
                    {"id": "3", "title": "Option to extend", "expectedValue": True},
                    {"id": "4", "title": "Dropped", "status": "cancelled"},
                ],
            },
        ],
    }
    tender = only(a_release(criteria=[criterion]))
    assert tender.pack.criteria[1] == Criterion(
        CriterionCode("C1"),
        "Warranty",
        CriterionKind.CONDITION,
        guidance="Answered by the bidder.\nOne of these groups must be met as a whole:\n– Standard period (at least 36)\n"
        "— or —\n– Standard period (at least 12, at most 35.5)\n– Option to extend (expected: yes)",
    )
    assert told(tender) == [
        "/tender/criteria/0/requirementGroups/1/requirements/2: is a cancelled requirement; it was left out."
    ]


def test_conditions_of_a_lot_or_an_item_apply_to_that_lot() -> None:
    criteria = [
        {"id": "1", "title": "By lot", "relatesTo": "lot", "relatedItem": "2", "requirementGroups": []},
        {"id": "2", "title": "By item", "relatesTo": "item", "relatedItem": "i", "requirementGroups": []},
        {"id": "3", "title": "Nowhere", "relatesTo": "lot", "relatedItem": "9", "requirementGroups": []},
    ]
    lots = [{"id": "1", "title": "A"}, {"id": "2", "title": "B"}]
    tender = only(a_release(criteria=criteria, lots=lots, items=[{"id": "i", "relatedLot": "1"}], value=None))
    assert [(it.title, it.lots) for it in tender.pack.criteria[1:]] == [
        ("By lot", ("L2",)),
        ("By item", ("L1",)),
        ("Nowhere", ()),
    ]
    assert "/tender/criteria/2/relatedItem: names the lot '9', which is not among the lots of the tender." in told(
        tender
    )


def test_selection_criteria_become_conditions() -> None:
    selection = {"criteria": [{"type": "economic", "description": "Turnover", "minimum": "1m"}]}
    tender = only(a_release(selectionCriteria=selection))
    assert [(it.title, it.guidance) for it in tender.pack.criteria[1:]] == [("Selection: economic", "Turnover\n1m")]
