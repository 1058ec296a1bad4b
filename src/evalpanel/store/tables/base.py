"""What all tables share: the metadata with named constraints, and rows that convert to values and back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar

from sqlalchemy import ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from evalpanel.domain.tender import (
    BidCode,
    BidderCode,
    CriterionCode,
    LotCode,
    OutcomeCode,
    PersonCode,
    ScaleCode,
    TenderId,
)

V = TypeVar("V")

CODES = (BidCode, BidderCode, CriterionCode, LotCode, OutcomeCode, PersonCode, ScaleCode, TenderId)
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the store."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {code: String() for code in CODES}


class ValueRow(Generic[V]):
    """A row that holds one value of `domain/`, field by field under the same names.

    Column types do the conversion (decimals, times, lists of codes), so `Row.of(value)` and `row.value()` are inverse.
    """

    VALUE: ClassVar[type]

    @classmethod
    def of(cls, value: V, **keys: Any) -> Self:
        """A new row for `value`; `keys` are the columns that the value does not know (tender, position…)."""
        assert is_dataclass(value)
        return cls(**{_attribute(field.name): getattr(value, field.name) for field in fields(value)}, **keys)

    def value(self) -> V:
        """The frozen value that this row holds."""
        held: V = self.VALUE(**{field.name: getattr(self, _attribute(field.name)) for field in fields(self.VALUE)})
        return held


def _attribute(name: str) -> str:
    # A field called `value` would hide the method of that name: the row's attribute is `value_`, the column `value`.
    return "value_" if name == "value" else name


class OfTender:
    """A row that belongs to one tender, at a position in its pack."""

    id: Mapped[int] = mapped_column(primary_key=True)
    tender_id: Mapped[str] = mapped_column(ForeignKey("tender.tender_id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
