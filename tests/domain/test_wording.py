from __future__ import annotations

import pytest

from evalpanel.domain.tender import CriterionCode
from evalpanel.domain.wording import WarningKind, warnings

CLEAN = "The response names two workers and their hours (page 4)."


def kinds(text: str, **more: object) -> list[WarningKind]:
    return [warning.kind for warning in warnings(text, **more)]  # type: ignore[arg-type]  # each test names what it gives


def test_warnings_of_a_plain_reason_with_its_page_are_none() -> None:
    assert warnings(CLEAN, descriptors=["All of what was asked, in detail."], panel=["Ada Example"]) == ()


@pytest.mark.parametrize("text", ["", "  \n"])
def test_warnings_of_a_blank_reason_are_none(text: str) -> None:
    assert warnings(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "The plan is better on page 4.",
        "A wider reach than the rest, page 4.",
        "Page 4 shows more detail than the winning one.",
        "Compared with others, page 4 is thin.",
        "Another bidder gave more on page 4.",
    ],
)
def test_warnings_see_a_comparison(text: str) -> None:
    assert kinds(text) == [WarningKind.COMPARISON]


@pytest.mark.parametrize(
    "text",
    [
        "Sessions last longer than 2 hours (page 4).",
        "Peer workers rather than adults lead (page 4).",
        "No staff other than volunteers are named (page 4).",
        "More than half of the children chose (page 4).",
    ],
)
def test_warnings_let_facts_about_the_bid_be(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text", ["Costs are set out on page 4.", "It is £1,200 on page 4.", "Good value for money, page 4."]
)
def test_warnings_see_price(text: str) -> None:
    assert kinds(text) == [WarningKind.PRICE]


def test_warnings_see_an_echo_of_the_scale() -> None:
    descriptor = "All of what was asked, in detail and with evidence."
    assert kinds("All of what was asked in detail and with evidence, page 4.", descriptors=[descriptor]) == [
        WarningKind.ECHO
    ]


def test_warnings_see_a_panel_member_by_surname() -> None:
    found = warnings("Fairweather thought that page 4 was thin.", panel=["Ada Fairweather"])
    assert [(warning.kind, warning.found) for warning in found] == [(WarningKind.PANEL_MEMBER, "Fairweather")]


def test_warnings_do_not_take_a_word_for_a_name() -> None:
    assert kinds("The young people on page 4 decide.", panel=["Sam Young"]) == []


def test_warnings_see_a_criterion_that_was_not_published() -> None:
    codes = [CriterionCode("1.1"), CriterionCode("1.2")]
    assert kinds("Page 4 answers criterion 1.2.", criteria=codes) == []
    assert kinds("Page 4 does not meet criterion 7.3.", criteria=codes) == [WarningKind.OTHER_CRITERION]


def test_warnings_ask_for_evidence_unless_it_is_cited() -> None:
    text = "The response names two workers."
    assert kinds(text) == [WarningKind.NO_EVIDENCE]
    assert kinds(text, evidence=1) == []
    assert kinds("The response says “we meet every child each week”.") == []
