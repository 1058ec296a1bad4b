"""Column types: exact decimals, times in UTC, lists of codes, evidence, and words from a closed list."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Enum, String, Text
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from evalpanel.domain.evidence import Evidence, as_json, from_json
from evalpanel.domain.numbers import canonical, exact

_COMPARABLE = {operators.eq, operators.ne, operators.is_, operators.is_not, operators.in_op, operators.not_in_op}


_exact = lru_cache(4096)(exact)  # levels are few, and a big tender holds each a thousand times


class _EqualityOnly(TypeDecorator[Any].Comparator[Any]):  # type: ignore[misc]  # SQLAlchemy types the base as Any
    """Refuses to sort or add up in SQL what SQL would do wrongly (10 before 9, 0.1 + 0.2)."""

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        if op not in _COMPARABLE:
            raise TypeError("exact decimals compare only for equality in SQL; sort and sum them in domain")
        return super().operate(op, *other, **kwargs)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal as canonical text, so that nothing is ever rounded on the way to the disk and back."""

    impl = String
    cache_ok = True
    comparator_factory = _EqualityOnly

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else _exact(value)


def moment_text(value: datetime) -> str:
    """A moment as the store holds it. Naive times are refused."""
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be kept")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Utc(TypeDecorator[datetime]):
    """A moment in UTC as ISO 8601 text with microseconds, which sorts as time does. Naive times are refused."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else moment_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class Codes(TypeDecorator[tuple[str, ...]]):
    """A short list of codes or roles, in order, as a JSON array. NULL stays None (for instance: all criteria)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps([str(item) for item in value], ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(json.loads(value))


class Pieces(TypeDecorator[tuple[Evidence, ...]]):
    """Pieces of evidence, in order, as canonical JSON. Anything else in the column is refused when it is read."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Evidence, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else as_json(value) if value else "[]"

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Evidence, ...] | None:
        # Nearly every line of a large tender holds none, and they are read by the thousand.
        return None if value is None else () if value == "[]" else from_json(value)


def one_of(column: str, kind: type[StrEnum]) -> str:
    """The condition that a column holds a value of `kind`, for tables with many rows: for `IN`, SQLite makes a list anew for each row that is
    added, which takes longer than all else about the row."""
    return " OR ".join(f"{column} = '{item.value}'" for item in kind)


def words(kind: type[StrEnum], name: str, *, checked: bool = True) -> TypeEngine[Any]:
    """A column that holds one of the values of `kind`, with a CHECK constraint called `name` unless the table has `one_of` instead."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=checked,
        validate_strings=True,
        values_callable=lambda enum: [item.value for item in enum],
    )
