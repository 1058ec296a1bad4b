"""What the law that a tender runs under asks of its letters: data, read from `resources/regimes/<code>.toml`.

A regime says what a letter must hold, in which words it speaks, what it can say about standstill, and how long the
record is kept. Where the law differs only the data differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evalpanel.domain.tender import RegimeCode
from evalpanel.errors import EvalPanelError


class Audience(StrEnum):
    """Who must be told an item: every assessed supplier, or those to whom the contract is not awarded."""

    ALL = "all"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class RequiredItem:
    """One thing that the law asks of a letter. `item` is its letter in the regulation (`a` … `g`)."""

    item: str
    what: str
    to: Audience


@dataclass(frozen=True, slots=True)
class RegimeWords:
    """The regime's own words, which its letters use in place of the program's."""

    letter: str
    bidder: str
    bid: str
    best: str


@dataclass(frozen=True, slots=True)
class Standstill:
    """How long nothing may be signed. `sentence` is what a letter says about it, which claims no day that is not yet known.

    `working_days` counts from the day on which the award notice is published. A `voluntary` one holds only if announced.
    """

    working_days: int
    voluntary: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Regime:
    """One body of procurement law, as far as letters go. `letters` is False where this release composes none for it.

    `wording` names the file below `resources/letters/`; `source` is the law that the letter names; `years_kept` is the
    least time for which the record is kept, counted from signature. These four are empty without letters.
    """

    code: RegimeCode
    name: str
    letters: bool
    wording: str = ""
    source: str = ""
    years_kept: int = 0
    words: RegimeWords | None = None
    standstill: Standstill | None = None
    required: tuple[RequiredItem, ...] = ()


def parse(mapping: Mapping[str, object]) -> Regime:
    """The regime that the contents of a TOML file stand for.

    Raises `EvalPanelError` naming what is missing, misspelt or of the wrong kind: a regime is never half read.
    """
    table = Table(mapping, "The regime file")
    try:
        code = RegimeCode(table.text("code"))
    except ValueError as error:
        raise table.wrong("`code` is not a regime that this program knows") from error
    name, letters = table.text("name"), table.flag("letters")
    if not letters:
        table.nothing_else()
        return Regime(code, name, letters=False)
    words = table.table("words")
    standstill = table.table("standstill")
    regime = Regime(
        code,
        name,
        letters=True,
        wording=table.text("wording"),
        source=table.text("source"),
        years_kept=table.number("years_kept"),
        words=RegimeWords(words.text("letter"), words.text("bidder"), words.text("bid"), words.text("best")),
        standstill=Standstill(
            standstill.number("working_days"), standstill.flag("voluntary"), standstill.text("sentence")
        ),
        required=tuple(_required(item) for item in table.tables("required")),
    )
    for part in (table, words, standstill):
        part.nothing_else()
    return regime


def refuse_without_letters(regime: Regime) -> None:
    """Raise `EvalPanelError` where this release composes no letters for `regime`."""
    if not regime.letters:
        raise EvalPanelError(
            f"Letters under this regime are not available yet: {regime.name}.",
            "The scores and the outcome are safe and can be exported. Nothing was written. Letters are made for the "
            "Procurement Act 2023 and for its light-touch contracts.",
        )


def _required(item: Table) -> RequiredItem:
    try:
        to = Audience(item.text("to"))
    except ValueError as error:
        raise item.wrong("`to` is neither `all` nor `others`") from error
    required = RequiredItem(item.text("item"), item.text("what"), to)
    item.nothing_else()
    return required


class Table:
    """A table of a data file, read strictly: every key is asked for once, has its type, and none is left over."""

    def __init__(self, mapping: Mapping[str, object], where: str) -> None:
        self._left = dict(mapping)
        self._where = where

    def wrong(self, what: str) -> EvalPanelError:
        """The refusal for something that is wrong in this table."""
        return EvalPanelError(
            f"{self._where} cannot be used: {what}.",
            "Nothing was changed. Install evalpanel again, or correct the file.",
        )

    def text(self, key: str) -> str:
        """The text under `key`, which may not be empty."""
        value = self._left.pop(key, None)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"`{key}` must be a text")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts under `key`."""
        value = self._left.pop(key, None)
        if not isinstance(value, list):
            raise self.wrong(f"`{key}` must be a list of texts")
        held = tuple(item.strip() for item in value if isinstance(item, str) and item.strip())
        if len(held) != len(value):
            raise self.wrong(f"`{key}` holds something that is not a text")
        return held

    def flag(self, key: str) -> bool:
        """The true or false under `key`."""
        value = self._left.pop(key, None)
        if not isinstance(value, bool):
            raise self.wrong(f"`{key}` must be true or false")
        return value

    def number(self, key: str) -> int:
        """The whole number above zero under `key`."""
        value = self._left.pop(key, None)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.wrong(f"`{key}` must be a whole number above zero")
        return value

    def table(self, key: str) -> Table:
        """The table under `key`."""
        value = self._left.pop(key, None)
        if not isinstance(value, Mapping):
            raise self.wrong(f"`{key}` must be a table")
        return Table(value, f"{self._where}, `{key}`,")

    def tables(self, key: str) -> tuple[Table, ...]:
        """The list of tables under `key`, at least one."""
        value = self._left.pop(key, None)
        if not isinstance(value, Sequence) or not value or not all(isinstance(item, Mapping) for item in value):
            raise self.wrong(f"`{key}` must be a list of tables")
        return tuple(Table(item, f"{self._where}, `{key}` {number},") for number, item in enumerate(value, 1))

    def nothing_else(self) -> None:
        """Refuse keys that nobody asked for: a misspelt key would otherwise be lost in silence."""
        if self._left:
            raise self.wrong("it holds what the program does not know: " + ", ".join(f"`{key}`" for key in self._left))
