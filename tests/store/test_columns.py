from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.dialects import sqlite

from evalpanel.domain.numbers import canonical
from evalpanel.store import tables as t
from evalpanel.store.columns import Codes, ExactDecimal, Utc
from evalpanel.store.engine import Store
from kept import STORE_KEY, new_store

DIALECT = sqlite.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialects untyped
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
        lambda: VALUE <= Decimal(1),
        lambda: VALUE + 1,
        lambda: VALUE * 2,
        lambda: -VALUE,
        lambda: VALUE.between(0, 1),
        lambda: VALUE.desc(),
        lambda: VALUE.asc(),
        lambda: select(VALUE).order_by(VALUE),
        lambda: func.sum(VALUE),
        lambda: func.avg(VALUE),
        lambda: func.max(VALUE),
        lambda: func.min(VALUE),
    ],
)
def test_decimals_are_never_sorted_or_summed_in_sql(tmp_path: Path, make: Any) -> None:
    store = Store(new_store(tmp_path / "store.db"), STORE_KEY)
    try:
        with pytest.raises(TypeError, match="sort and sum them in domain"), store.reading() as tx:
            made = make()
            tx.execute(made if hasattr(made, "froms") or made.__class__.__name__ == "Select" else select(made)).all()
    finally:
        store.close()


def test_decimals_are_found_by_equality(tmp_path: Path) -> None:
    said = str(select(t.ScoreRow.id).where(VALUE.in_([Decimal("1.50")]), VALUE != Decimal(2), VALUE.is_not(None)))
    assert said.count("score.value") == 3


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="a time without a zone cannot be kept"):
        Utc().process_bind_param(datetime(2026, 10, 1, 9), DIALECT)  # noqa: DTZ001  # what is refused


@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2199, 12, 30)), st.integers(-840, 840))  # noqa: DTZ001
def test_time_comes_back_as_the_same_moment_in_utc(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = Utc().process_bind_param(moment, DIALECT)
    back = Utc().process_result_value(text, DIALECT)
    assert (back, back and back.tzinfo) == (moment, UTC)


@given(st.tuples(st.datetimes(datetime(1900, 1, 1)), st.datetimes(datetime(1900, 1, 1))))  # noqa: DTZ001
def test_times_sort_as_texts_as_they_do_in_time(pair: tuple[datetime, datetime]) -> None:
    first, second = (moment.replace(tzinfo=UTC) for moment in pair)
    texts = [Utc().process_bind_param(moment, DIALECT) or "" for moment in (first, second)]
    assert (texts[0] < texts[1]) == (first < second)


@given(st.none() | st.lists(st.text(st.characters(exclude_categories=["Cs"]))).map(tuple))
def test_codes_come_back_in_order(codes: tuple[str, ...] | None) -> None:
    column = Codes()
    assert column.process_result_value(column.process_bind_param(codes, DIALECT), DIALECT) == codes
