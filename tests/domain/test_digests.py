from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.digests import canonical_json, digest, instant, plain


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    price: Decimal
    seen: tuple[date, ...] = ()


def test_canonical_text_is_one_for_a_value() -> None:
    thing = Thing("Ä", Decimal("1.50"), (date(2026, 1, 2),))
    said = canonical_json({"z": thing, "a": Colour.RED, "m": [None, True, 3]})
    assert said == '{"a":"red","m":[null,true,3],"z":{"name":"Ä","price":"1.5","seen":["2026-01-02"]}}'
    assert digest(thing) == hashlib.sha256(canonical_json(thing).encode()).hexdigest()


def test_moments_are_written_in_utc() -> None:
    moment = datetime(2026, 9, 18, 12, 0, tzinfo=timezone(timedelta(hours=1)))
    assert (instant(moment), instant(moment + timedelta(microseconds=5))) == (
        "2026-09-18T11:00:00Z",
        "2026-09-18T11:00:00.000005Z",
    )
    assert digest(moment) == digest(moment.astimezone(UTC))


def test_moment_without_a_zone_has_no_text() -> None:
    with pytest.raises(ValueError, match="a time without a zone"):
        instant(datetime(2026, 9, 18, 12, 0))  # noqa: DTZ001  # what is refused


@pytest.mark.parametrize("value", [1.5, b"x", {1, 2}, object(), {"deep": [0.1]}])
def test_value_that_could_be_written_in_two_ways_has_no_text(value: Any) -> None:
    with pytest.raises(TypeError, match="has no canonical text"):
        digest(value)


def test_keys_that_would_become_one_are_refused() -> None:
    with pytest.raises(ValueError, match="two keys"):
        plain({1: "a", "1": "b"})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@given(VALUES)
def test_canonical_text_reads_back_as_the_value(value: Any) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_order_of_keys_changes_nothing(value: dict[str, int]) -> None:
    assert digest(dict(reversed(value.items()))) == digest(value)


@given(st.integers(-(10**17), 10**17), st.integers(0, 6))
def test_equal_decimals_have_one_text(number: int, places: int) -> None:
    short = Decimal(number)
    long = Decimal(f"{number}.{'0' * places}") if places else short
    assert digest(short) == digest(long)
