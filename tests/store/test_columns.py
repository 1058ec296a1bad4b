from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

import evalpanel
from evalpanel.domain.evidence import Evidence
from evalpanel.domain.numbers import canonical
from evalpanel.errors import EvalPanelError
from evalpanel.store import tables as t
from evalpanel.store.columns import Codes, ExactDecimal, Pieces, Utc

SOURCES = Path(evalpanel.__file__).parent
DIALECT = sqlite.dialect()
NUMBERS = st.decimals(min_value=-(10**17), max_value=10**17, places=12, allow_nan=False, allow_infinity=False)


@given(NUMBERS)
def test_decimal_comes_back_exactly(number: Decimal) -> None:
    column = ExactDecimal()
    text = column.process_bind_param(number, DIALECT)
    assert text == canonical(number)
    assert column.process_result_value(text, DIALECT) == number


@pytest.mark.parametrize("text", ["1e3", "NaN", "0x1", "", "1,5", " 1"])
def test_decimal_that_is_no_plain_number_in_the_store_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain decimal number"):
        ExactDecimal().process_result_value(text, DIALECT)


VALUE: Any = t.ScoreRow.value_


@pytest.mark.parametrize(
    "make",
    [
        lambda: VALUE > 1,
        lambda: Decimal(1) >= VALUE,
        lambda: VALUE + 1,
        lambda: VALUE * 2,
        lambda: -VALUE,
        lambda: VALUE.between(0, 1),
        VALUE.desc,
        VALUE.asc,
        lambda: VALUE.like("1%"),
    ],
)
def test_decimals_are_not_compared_by_size_or_reckoned_with_in_sql(make: Any) -> None:
    with pytest.raises(TypeError, match="sort and sum them in domain"):
        make()


def test_decimals_are_nowhere_sorted_or_summed_in_sql() -> None:
    """A bare column as the argument of a function or an order is not an operation that its type could refuse."""
    decimals = {
        attribute.key
        for mapper in t.Base.registry.mappers
        for attribute in mapper.column_attrs
        if isinstance(attribute.columns[0].type, ExactDecimal)
    }
    assert "value_" in decimals and "amount" in decimals
    looked, wrong = 0, []
    for file in sorted((*SOURCES.glob("store/**/*.py"), *SOURCES.glob("services/*.py"))):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _in_sql(node.func):
                looked += 1
                used = {inner.attr for one in node.args for inner in ast.walk(one) if isinstance(inner, ast.Attribute)}
                wrong += [f"{file.name}:{node.lineno} {name}" for name in used & decimals]
    assert (wrong, looked > 10) == ([], True)


def _in_sql(function: ast.expr) -> bool:
    if not isinstance(function, ast.Attribute):
        return False
    from_sql = isinstance(function.value, ast.Name) and function.value.id == "func"
    return function.attr in ("order_by", "group_by") or from_sql


def test_decimals_are_found_by_equality() -> None:
    said = str(select(t.ScoreRow.id).where(VALUE.in_([Decimal("1.50")]), Decimal(2) != VALUE, VALUE.is_not(None)))
    assert said.count("score.value") == 3


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="a time without a zone cannot be kept"):
        Utc().process_bind_param(datetime(2026, 10, 1, 9), DIALECT)  # noqa: DTZ001  # what is refused


@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2199, 12, 30)), st.integers(-840, 840))  # noqa: DTZ001  # Hypothesis wants them naive
def test_time_comes_back_as_the_same_moment_in_utc(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = Utc().process_bind_param(moment, DIALECT)
    back = Utc().process_result_value(text, DIALECT)
    assert (back, back and back.tzinfo) == (moment, UTC)


@given(st.tuples(st.datetimes(datetime(1900, 1, 1)), st.datetimes(datetime(1900, 1, 1))))  # noqa: DTZ001  # Hypothesis wants them naive
def test_times_sort_as_texts_as_they_do_in_time(pair: tuple[datetime, datetime]) -> None:
    first, second = (moment.replace(tzinfo=UTC) for moment in pair)
    texts = [Utc().process_bind_param(moment, DIALECT) or "" for moment in (first, second)]
    assert (texts[0] < texts[1]) == (first < second)


@given(st.none() | st.lists(st.text(st.characters(exclude_categories=["Cs"]))).map(tuple))
def test_codes_come_back_in_order(codes: tuple[str, ...] | None) -> None:
    column = Codes()
    assert column.process_result_value(column.process_bind_param(codes, DIALECT), DIALECT) == codes


def test_evidence_comes_back_as_it_was() -> None:
    held = (Evidence("0a" * 32, "bids/B01/Plan.pdf", page=4), Evidence("0a" * 32, "bids/B01/Plan.pdf", page=5))
    for pieces, text in ((held, None), ((), "[]"), (held[:1], None)):
        kept = Pieces().process_bind_param(pieces, DIALECT)
        assert text is None or kept == text
        assert Pieces().process_result_value(kept, DIALECT) == pieces


@pytest.mark.parametrize("text", ["", "[ ]", "{}", "[{}]", "null"])
def test_evidence_that_was_not_written_here_is_refused(text: str) -> None:
    with pytest.raises(EvalPanelError, match="cannot be read"):
        Pieces().process_result_value(text, DIALECT)
