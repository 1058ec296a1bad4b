"""The published scale: levels with a value, a name and a descriptor. A score is one of its values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from evalpanel.domain.numbers import canonical
from evalpanel.domain.tender import ScaleCode


@dataclass(frozen=True, slots=True)
class Level:
    """One step of a scale: what it is worth, what it is called, and what evidence earns it."""

    value: Decimal
    name: str
    descriptor: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The levels of one scale, lowest first."""

    scale: ScaleCode
    levels: tuple[Level, ...]

    @property
    def top(self) -> Decimal:
        """The value of the highest level."""
        return max(level.value for level in self.levels)

    @property
    def bottom(self) -> Decimal:
        """The value of the lowest level."""
        return min(level.value for level in self.levels)

    def level(self, value: Decimal) -> Level | None:
        """The level with this value, or None: the value is not on the scale."""
        return next((level for level in self.levels if level.value == value), None)

    def described(self) -> str:
        """The scale in a line for a person: `0 Not met, 1 Met`."""
        return ", ".join(f"{canonical(level.value)} {level.name}".strip() for level in self.levels)


MET = Scale(ScaleCode("met"), (Level(Decimal(0), "Not met"), Level(Decimal(1), "Met")))
"""The scale of a condition that names none: met or not met. Its minimum is 1."""
