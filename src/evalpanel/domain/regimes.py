"""What the law that a tender runs under asks of its letters: data, read from `resources/regimes/<code>.toml`.

A regime says what a letter must hold, in which words it speaks, what it can say about standstill, and how long the
record is kept. Where the law differs only the data differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

from evalpanel.domain.standstill import StandstillClock
from evalpanel.domain.tender import RegimeCode
from evalpanel.errors import EvalPanelError


class Audience(StrEnum):
    """Who must be told an item: every assessed bidder, those of them who do not win, or those who were not assessed."""

    ALL = "all"
    OTHERS = "others"
    NOT_ASSESSED = "not-assessed"


class Need(StrEnum):
    """What a letter must hold so that an item is there. Each is looked for in the letter itself before it is signed."""

    NAME = "name"
    ADDRESSES = "addresses"
    IDENTIFIER = "identifier"
    CRITERIA = "criteria"
    SCORES = "scores"
    REASONS = "reasons"
    WINNER = "winner"
    WINNER_SCORES = "winner-scores"
    ADVANTAGES = "advantages"
    STANDSTILL = "standstill"
    STANDSTILL_END = "standstill-end"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class RequiredItem:
    """One thing that the law asks of a letter. `item` is how the law numbers it, `needs` what is looked for."""

    item: str
    what: str
    to: Audience
    needs: Need


@dataclass(frozen=True, slots=True)
class RegimeWords:
    """The regime's own words, which its letters use in place of the program's: for one and, with an s, for several."""

    letter: str
    bidder: str
    bid: str
    best: str


@dataclass(frozen=True, slots=True)
class Standstill:
    """How long nothing may be signed, and by which clock.

    A `voluntary` one holds only if announced. `sentence` is what a letter says while the day that starts the clock is
    not known, and claims no day; `dated` what it says when it is, with `{begins}` and `{ends}` (empty: the letter never
    states a day, since it goes out before the notice). `reckoning` says how a reader reckons the day while it is not known, with the
    instance of a clock that starts on the day of the letter, in the same places (empty: nothing is said of it). Where a letter that goes by post starts a longer one, that is
    `post_days` long and `dated_post` says so (0 and empty: the way makes no difference).
    """

    clock: StandstillClock
    days: int
    voluntary: bool
    sentence: str
    dated: str = ""
    post_days: int = 0
    dated_post: str = ""
    reckoning: str = ""

    def least(self, *, by_post: bool) -> int:
        """The fewest days that it may last: by the way in which the letters go."""
        return self.post_days if by_post and self.post_days else self.days


@dataclass(frozen=True, slots=True)
class Regime:
    """One body of procurement law: what its letters must hold, in which words, and which clock runs.

    `wording` names the file below `resources/letters/`; `source` is the law that the letter names, `cite` how an item of
    it is cited; `years_kept` is the least time for which the record is kept, counted from signature. `standstill` is
    None where the law knows none.
    """

    code: RegimeCode
    name: str
    wording: str
    source: str
    cite: str
    years_kept: int
    words: RegimeWords
    required: tuple[RequiredItem, ...]
    standstill: Standstill | None = None

    def asks(self, need: Need, to: Audience | None = None) -> bool:
        """Whether the law asks for something, of anybody or of one kind of reader."""
        return any(item.needs is need and to in (None, item.to) for item in self.required)

    def cited(self, need: Need) -> str:
        """Where the law asks for something: ` (regulation 31, item b)`, to end a sentence with; empty: nowhere."""
        found = next((item for item in self.required if item.needs is need), None)
        return f" ({self.cite.format(item=found.item)})" if found is not None else ""


def parse(mapping: Mapping[str, object]) -> Regime:
    """The regime that the contents of a TOML file stand for.

    Raises `EvalPanelError` naming what is missing, misspelt or of the wrong kind: a regime is never half read.
    """
    table = Table(mapping, "The regime file")
    try:
        code = RegimeCode(table.text("code"))
    except ValueError as error:
        raise table.wrong("`code` is not a regime that this program knows") from error
    words = table.table("words")
    regime = Regime(
        code,
        table.text("name"),
        wording=table.text("wording"),
        source=table.text("source"),
        cite=_with_places(table, "cite", {"item"}),
        years_kept=table.number("years_kept"),
        words=RegimeWords(words.text("letter"), words.text("bidder"), words.text("bid"), words.text("best")),
        required=tuple(_required(item) for item in table.tables("required")),
        standstill=_standstill(table.table("standstill")) if table.has("standstill") else None,
    )
    for part in (table, words):
        part.nothing_else()
    return regime


def _standstill(table: Table) -> Standstill:
    try:
        clock = StandstillClock(table.text("clock"))
    except ValueError as error:
        raise table.wrong("`clock` is not one that this program counts by") from error
    held = Standstill(
        clock,
        table.number("days"),
        table.flag("voluntary"),
        table.text("sentence"),
        _with_places(table, "dated", {"begins", "ends"}) if table.has("dated") else "",
        table.number("post_days") if table.has("post_days") else 0,
        _with_places(table, "dated_post", {"begins", "ends"}) if table.has("dated_post") else "",
        _with_places(table, "reckoning", {"begins", "ends"}) if table.has("reckoning") else "",
    )
    if bool(held.post_days) != bool(held.dated_post):
        raise table.wrong("`post_days` and `dated_post` go together")
    table.nothing_else()
    return held


def _with_places(table: Table, key: str, places: set[str]) -> str:
    sentence = table.text(key)
    if {name for _, name, _, _ in Formatter().parse(sentence) if name is not None} != places:
        raise table.wrong(
            f"`{key}` must hold {' and '.join(sorted('{' + name + '}' for name in places))} and nothing else"
        )
    return sentence


def _required(item: Table) -> RequiredItem:
    number, what, to, needs = (item.text(key) for key in ("item", "what", "to", "needs"))
    if to not in list(Audience):
        raise item.wrong("`to` is none of " + ", ".join(f"`{one}`" for one in Audience))
    if needs not in list(Need):
        raise item.wrong("`needs` is none of " + ", ".join(f"`{one}`" for one in Need))
    item.nothing_else()
    return RequiredItem(number, what, Audience(to), Need(needs))


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

    def has(self, key: str) -> bool:
        """Whether there is something under `key` that nobody asked for yet."""
        return key in self._left

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
