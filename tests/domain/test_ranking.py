from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.ranking import Ranking, Standing, TieRule, TieStep, rank, read_tie_rule
from evalpanel.domain.tender import BidCode

Q, P = TieStep.QUALITY, TieStep.PRICE


def standing(bid: str, key: int, quality: int | None = None, price: int | None = None) -> Standing:
    return Standing(
        BidCode(bid),
        Fraction(key),
        None if quality is None else Fraction(quality),
        None if price is None else Decimal(price),
    )


@pytest.mark.parametrize(
    ("published", "steps", "then"),
    [
        ("", (), ""),
        ("  ", (), ""),
        ("highest quality, then lowest price, then drawing lots on the record", (Q, P), "drawing lots on the record"),
        ("highest quality, then lowest price, then lots drawn on the record", (Q, P), "lots drawn on the record"),
        ("Highest quality score; lowest price; drawing of lots.", (Q, P), "drawing of lots"),
        ("Lowest price", (P,), ""),
        ("lowest total price then highest quality", (P, Q), ""),
        ("quality, price", (Q, P), ""),
        ("In the event of a tie, the bid with the highest quality score wins.", (Q,), ""),
        ("1. Highest quality 2. Lowest price 3. Drawing lots", (Q, P), "Drawing lots"),
        ("(a) highest quality (b) lowest price", (Q, P), ""),
        ("Equal totals: highest weighted quality, and if still tied, the lowest price", (Q, P), ""),
        ("drawing lots", (), "drawing lots"),
        (
            "highest score for criterion 1.2, then lowest price",
            (),
            "highest score for criterion 1.2, then lowest price",
        ),
        ("highest score for quality criterion 2", (), "highest score for quality criterion 2"),
        ("highest quality and lowest price", (), "highest quality and lowest price"),
        ("lowest quality", (), "lowest quality"),
        ("highest price", (), "highest price"),
        ("highest quality, then highest price score", (Q,), "highest price score"),
        ("never by price", (), "never by price"),
        ("not quality", (), "not quality"),
        (
            "highest quality, then at the discretion of the panel, then price",
            (Q,),
            "at the discretion of the panel, then price",
        ),
        ("quality then quality then price", (Q, P), ""),
        ("highest social value", (), "highest social value"),
    ],
)
def test_read_tie_rule_takes_only_what_is_certain(published: str, steps: tuple[TieStep, ...], then: str) -> None:
    assert read_tie_rule(published) == TieRule(published.strip(), steps, then)


@given(st.text(alphabet="quality price then highest lowest,;.()123\n→", max_size=60))
def test_read_tie_rule_never_takes_a_step_twice_and_keeps_the_words(published: str) -> None:
    rule = read_tie_rule(published)
    assert len(rule.steps) == len(set(rule.steps))
    assert rule.published == published.strip()


@pytest.mark.parametrize(
    ("keys", "ranks"),
    [
        ([], {}),
        ([3], {"B0": 1}),
        ([1, 2, 3], {"B0": 1, "B1": 2, "B2": 3}),
        ([1, 1, 2], {"B0": 1, "B1": 1, "B2": 3}),
        ([2, 1, 2, 2, 5], {"B1": 1, "B0": 2, "B2": 2, "B3": 2, "B4": 5}),
        ([7, 7, 7], {"B0": 1, "B1": 1, "B2": 1}),
    ],
)
def test_rank_shares_a_rank_among_equals(keys: list[int], ranks: dict[str, int]) -> None:
    standings = [standing(f"B{number}", key) for number, key in enumerate(keys)]
    assert rank(standings, TieRule()).ranks == ranks


def test_rank_without_equals_says_nothing_of_a_tie() -> None:
    assert rank([standing("A", 1), standing("B", 2)], read_tie_rule("lowest price")) == Ranking(
        {BidCode("A"): 1, BidCode("B"): 2}
    )


@pytest.mark.parametrize(
    ("rule", "ranks"),
    [
        ("highest quality", {"A": 2, "B": 1, "C": 2, "D": 4}),
        ("highest quality, then lowest price", {"A": 3, "B": 1, "C": 2, "D": 4}),
        ("lowest price", {"A": 3, "B": 1, "C": 1, "D": 4}),
        ("lowest price, then highest quality", {"A": 3, "B": 1, "C": 2, "D": 4}),
        ("drawing lots, then highest quality", {"A": 1, "B": 1, "C": 1, "D": 4}),
    ],
)
def test_rank_applies_the_steps_of_the_tie_rule_in_their_order(rule: str, ranks: dict[str, int]) -> None:
    standings = [standing("A", 1, 50, 90), standing("B", 1, 60, 80), standing("C", 1, 50, 80), standing("D", 2, 99, 1)]
    assert rank(standings, read_tie_rule(rule)).ranks == ranks


def test_rank_tells_how_a_tie_was_settled() -> None:
    standings = [standing("A", 1, 50), standing("B", 1, 60)]
    assert rank(standings, read_tie_rule("highest quality"), {BidCode("A"): "82.00"}).tie == (
        "Bids A and B stood equal on 82.00 for rank 1. The published tie rule is: “highest quality”. "
        "By it bid B takes rank 1. By it bid A takes rank 2."
    )


def test_rank_leaves_lots_to_people_and_says_so() -> None:
    standings = [standing("A", 1, 50), standing("B", 1, 50), standing("C", 1, 40)]
    found = rank(standings, read_tie_rule("highest quality, then drawing lots on the record"))
    assert found.ranks == {"A": 1, "B": 1, "C": 3}
    assert found.tie == (
        "Bids A, B and C stood equal for rank 1. The published tie rule is: “highest quality, then drawing lots on the "
        "record”. Bids A and B share rank 1: the rule goes on “drawing lots on the record”, which people do, on the record. "
        "By it bid C takes rank 3."
    )


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("", "No tie rule was published. Bids A and B share rank 1: no further step was published; "),
        (
            "lowest price",
            "The published tie rule is: “lowest price”. Bids A and B share rank 1: the rule asks for price, which is not known ",
        ),
        (
            "highest quality",
            "The published tie rule is: “highest quality”. Bids A and B share rank 1: no further step was published; ",
        ),
    ],
)
def test_rank_says_what_is_to_be_done_about_a_tie_that_stays(rule: str, says: str) -> None:
    tie = rank([standing("A", 1, 50), standing("B", 1, 50)], read_tie_rule(rule)).tie
    start = "Bids A and B stood equal for rank 1. "
    assert tie[: len(start + says)] == start + says


def test_rank_never_skips_a_step_whose_figures_are_missing() -> None:
    standings = [standing("A", 1, 50, 90), standing("B", 1, 60, None)]
    assert rank(standings, read_tie_rule("lowest price, then highest quality")).ranks == {"A": 1, "B": 1}


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(1, 3)), max_size=8),
    st.sampled_from(["", "highest quality", "highest quality, then lowest price"]),
)
def test_rank_counts_the_bids_before_and_forgets_their_order(figures: list[tuple[int, int, int]], rule: str) -> None:
    standings = [standing(f"B{number}", *figure) for number, figure in enumerate(figures)]
    ranks = rank(standings, read_tie_rule(rule)).ranks
    assert all(place == 1 + sum(other < place for other in ranks.values()) for place in ranks.values())
    assert rank(standings[::-1], read_tie_rule(rule)).ranks == ranks


def test_rank_tells_of_each_tie_at_its_place_and_of_each_group_what_it_waits_for() -> None:
    standings = [
        standing("A", 1),
        standing("B", 2, 60, 80),
        standing("C", 2, 60, 80),
        standing("D", 2, 50, None),
        standing("E", 2, 50, 90),
    ]
    found = rank(standings, read_tie_rule("highest quality, lowest price, drawing lots"))
    assert found.ranks == {"A": 1, "B": 2, "C": 2, "D": 4, "E": 4}
    assert found.tie == (
        "Bids B, C, D and E stood equal for rank 2. The published tie rule is: “highest quality, lowest price, drawing lots”. "
        "Bids B and C share rank 2: the rule goes on “drawing lots”, which people do, on the record. "
        "Bids D and E share rank 4: the rule asks for price, which is not known for all of them; people apply it, on the record."
    )
