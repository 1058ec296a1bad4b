"""What a cell means: one function for each kind of value. Each raises `CellError` with words that follow the place.

Whatever a spreadsheet program may have changed behind somebody's back is refused rather than guessed: codes that became
numbers or dates, results of formulas, numbers with more digits than the program shows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from evalpanel.domain.numbers import canonical, exact
from evalpanel.formats.grid import MAX_TEXT, CellKind, RawCell

UK = ZoneInfo("Europe/London")
MAX_CODE = 40
_PLAIN_FORMATS = ("general", "0", "@", "#", "standard")
_EXACT_DIGITS = 15
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\Z")
_ISO = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"
    r"(?:[T ]+(?P<h>[0-9]{1,2}):(?P<n>[0-9]{2})(?::(?P<s>[0-9]{2})(?P<f>\.[0-9]{1,6})?)?\s*(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})?)?\Z",
    re.IGNORECASE,
)
_UK_DATE = re.compile(
    r"(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})(?:\s+(?P<h>[0-9]{1,2}):(?P<n>[0-9]{2})(?::(?P<s>[0-9]{2}))?)?\Z"
)
_UNKEEPABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_AS_TEXT = "Format the column as text and type it again."


class CellError(Exception):
    """A cell cannot be taken as what its column holds; `what` says why and what to do, after the cell's place."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def cleaned(value: str) -> str:
    """Text as it is kept: Unicode NFC, line ends as `\\n`, nothing empty round it.

    Refuses control characters, unpaired surrogates and what a spreadsheet cell could not hold.
    """
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").strip()
    if bad := _UNKEEPABLE.search(value):
        if "\ud800" <= bad.group() <= "\udfff":
            raise CellError("holds half of a character (an unpaired surrogate); type the text again.")
        raise CellError(f"holds a control character (U+{ord(bad.group()):04X}); delete it.")
    value = unicodedata.normalize("NFC", value).strip()
    if len(value) > MAX_TEXT // 2 and units(value) > MAX_TEXT:
        raise CellError(f"holds more than {MAX_TEXT:,} characters; shorten it.")
    return value


def units(value: str) -> int:
    """The length of a text as spreadsheets count it: signs beyond the basic plane count twice."""
    return len(value) + sum(sign > "\uffff" for sign in value)


def _refuse_results(cell: RawCell) -> None:
    if cell.kind is CellKind.FORMULA:
        raise CellError("holds a formula, whose result may be out of date. Copy it and paste it as values.")
    if cell.kind is CellKind.ERROR:
        raise CellError(f"shows an error ({cell.text[:20]}); put the value in its place.")


def text(cell: RawCell) -> str:
    """Text of any length, with its line breaks."""
    _refuse_results(cell)
    if cell.kind is CellKind.TEXT:
        return cleaned(cell.text)
    if cell.kind is CellKind.DATE:
        raise CellError(f"was turned into a date by the spreadsheet. {_AS_TEXT}")
    if cell.kind is CellKind.BOOLEAN:
        return "TRUE" if cell.text == "1" else "FALSE"
    found = _exact(cell.text)
    if cell.number_format.lower() not in _PLAIN_FORMATS:
        raise CellError(f"holds the number {canonical(found)} shown in a special format. {_AS_TEXT}")
    return canonical(found)


def line(cell: RawCell) -> str:
    """Text of one line: line breaks and runs of spaces become one space."""
    return " ".join(text(cell).split())


def code(cell: RawCell) -> str:
    """A code. A number is taken only where it cannot have been anything else: 3, but not 1.1 (was it 1.10?)."""
    _refuse_results(cell)
    if cell.kind is CellKind.DATE:
        raise CellError(
            "is a code that the spreadsheet turned into a date. Format the column as text and type it again."
        )
    if cell.kind is CellKind.BOOLEAN:
        raise CellError("holds TRUE or FALSE where a code should stand.")
    if cell.kind is CellKind.NUMBER:
        return _code_of_number(cell)
    return checked_code(cleaned(cell.text))


def _code_of_number(cell: RawCell) -> str:
    found = _exact(cell.text)
    if found != found.to_integral_value() or found < 0:
        what = f"is the number {canonical(found)}, which may have been {canonical(found)}0 before the spreadsheet"
        raise CellError(f"{what} changed it. Format the column as text and type the code again.")
    if cell.number_format.lower() not in _PLAIN_FORMATS:
        what = f"holds the number {canonical(found)} but is shown in another way ({cell.number_format[:20]})."
        raise CellError(f"{what} Format the column as text and type the code again.")
    return checked_code(canonical(found))


def checked_code(value: str) -> str:
    """`value`, if it can be a code: it begins with a letter or digit of any script, and has no spaces or `, ; / \\ : * ? " < > |`."""
    if not value:
        raise CellError("is empty where a code should stand.")
    if len(value) > MAX_CODE:
        raise CellError(f"is longer than a code may be ({MAX_CODE} characters).")
    if any(sign.isspace() or sign in ',;/\\:*?"<>|' or unicodedata.category(sign) == "Cf" for sign in value):
        raise CellError(f"is no code: {value!r} has spaces or signs that codes may not have.")
    if not value[0].isalnum():
        raise CellError(f"is no code: {value!r} does not begin with a letter or a digit.")
    return value


def codes(cell: RawCell) -> tuple[str, ...]:
    """Codes separated by spaces, commas or semicolons, each once."""
    if cell.kind is not CellKind.TEXT:
        return (code(cell),)
    return once(checked_code(part) for part in re.split(r"[\s,;]+", cleaned(cell.text)) if part)


def once(parts: Iterable[str]) -> tuple[str, ...]:
    """The parts in their order; refuses one that stands twice."""
    held = tuple(parts)
    seen: set[str] = set()
    for part in held:
        if part in seen:
            raise CellError(f"names {part[:60]} twice.")
        seen.add(part)
    return held


def names(cell: RawCell) -> tuple[str, ...]:
    """Names separated by semicolons or line breaks; by commas where there is neither."""
    whole = text(cell)
    parts = re.split(r"[;\n]", whole) if re.search(r"[;\n]", whole) else whole.split(",")
    return once(" ".join(part.split()) for part in parts if part.strip())


def identifier(cell: RawCell) -> str:
    """A number in a register, as text. A number cell of fewer than eight digits may have lost leading zeros."""
    if cell.kind is not CellKind.NUMBER:
        return line(cell)
    found = _code_of_number(cell)
    if len(found) < 8:
        raise CellError(f"is the number {found}, which may have lost leading zeros. {_AS_TEXT}")
    return found


def number(cell: RawCell) -> Decimal:
    """An exact number, from a number cell or from text."""
    return _number(cell, money=False)


def money(cell: RawCell) -> Decimal:
    """An amount: an exact number; in text also with a currency sign and with commas between thousands."""
    return _number(cell, money=True)


def _number(cell: RawCell, *, money: bool) -> Decimal:
    _refuse_results(cell)
    if cell.kind is CellKind.NUMBER:
        if "%" in cell.number_format:
            raise CellError("is shown as a percentage where a plain number should stand.")
        return _exact(cell.text)
    if cell.kind is not CellKind.TEXT:
        raise CellError(f"holds a {cell.kind.value} where a number should stand.")
    value = cleaned(cell.text)
    if money:
        value = re.sub(r"\A([+-]?)[£€$]\s*", r"\1", value)
        if _GROUPED.match(value):
            value = value.replace(",", "")
    return _plain(value)


def percentage(cell: RawCell) -> Decimal:
    """A percentage from 0 to 100: `35`, `35 %`, or a cell formatted as a percentage (0.35 shown as 35%)."""
    _refuse_results(cell)
    if cell.kind is CellKind.NUMBER:
        found = _exact(cell.text) * (100 if "%" in cell.number_format else 1)
    elif cell.kind is CellKind.TEXT:
        value = cleaned(cell.text)
        found = _plain(value[:-1].rstrip() if value.endswith("%") else value)
    else:
        raise CellError(f"holds a {cell.kind.value} where a percentage should stand.")
    if not 0 <= found <= 100:
        raise CellError(f"is {canonical(found)}; a percentage lies between 0 and 100.")
    return found


def whole(cell: RawCell, low: int, high: int) -> int:
    """A whole number from `low` to `high`."""
    found = number(cell)
    if found != found.to_integral_value():
        raise CellError(f"is {canonical(found)}; a whole number should stand here.")
    if not low <= found <= high:
        raise CellError(f"is {canonical(found)}; it lies between {low} and {high:,}.")
    return int(found)


def _plain(value: str) -> Decimal:
    try:
        return exact(value)
    except ValueError as error:
        raise CellError(f"is not a plain number: {value[:40]!r}.") from error


def _exact(digits: str) -> Decimal:
    """The number that somebody typed, from what the spreadsheet stored.

    A program stores 4.35 as 4.3499999999999996, the nearest binary fraction: the shortest digits that name the same
    fraction are what was typed, if there are at most 15 of them (ECMA-376 18.3.1.96, IEEE 754).
    """
    if (
        not re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", digits, re.ASCII)
        or len(digits) > 60
    ):
        raise CellError(f"holds {digits[:40]!r}, which is no number.")
    found = Decimal(digits)
    if len(found.normalize().as_tuple().digits) > _EXACT_DIGITS:
        found = Decimal(repr(float(digits)))
        if not found.is_finite() or len(found.normalize().as_tuple().digits) > _EXACT_DIGITS:
            raise CellError("holds a number with more digits than the spreadsheet shows; round it and type it again.")
    if found and not -13 < found.adjusted() < 19:
        raise CellError("holds a number that is too large or too small to be meant.")
    return _plain(canonical(found))


def day(cell: RawCell) -> date:
    """A date: a date cell, `2026-09-18` or `18/09/2026`."""
    found, has_time = _moment(cell)
    if has_time and found.time() != time():
        raise CellError("holds a time as well; a date should stand here.")
    return found.date()


def moment(cell: RawCell) -> datetime:
    """A date and time as UTC: a date cell or text, in UK local time where no zone is given.

    A date by itself is refused: midnight is not what its author meant. So is a time that the clocks skipped or showed
    twice.
    """
    found, has_time = _moment(cell)
    if not has_time:
        raise CellError("holds a date without a time of day; give both (2026-09-18 12:00).")
    if found.tzinfo is not None:
        try:
            return found.astimezone(UTC)
        except OverflowError as error:
            raise CellError("is not a date that can be.") from error
    return uk_to_utc(found)


def uk_to_utc(local: datetime) -> datetime:
    """UTC of a UK local time. Raises `CellError` where the clocks skipped it or showed it twice."""
    first = local.replace(tzinfo=UK, fold=0)
    if first.utcoffset() != first.replace(fold=1).utcoffset():
        what = (
            "is a time that UK clocks showed twice or skipped that night; write it as text with Z or +01:00 at its end."
        )
        raise CellError(what)
    return first.astimezone(UTC)


def _moment(cell: RawCell) -> tuple[datetime, bool]:
    """The date of a cell, and whether it says a time of day."""
    _refuse_results(cell)
    if cell.kind is CellKind.DATE:
        if not isinstance(cell.moment, datetime):
            raise CellError("holds a time of day without a date.")
        shown = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", cell.number_format).lower()
        # Serial numbers carry a time to some microseconds; people give seconds.
        found = cell.moment + timedelta(microseconds=500_000) if cell.moment.microsecond else cell.moment
        return found.replace(microsecond=0), "h" in shown or found.time() != time()
    if cell.kind is not CellKind.TEXT:
        raise CellError("holds a number where a date should stand; format the cell as a date or type 2026-09-18.")
    value = cleaned(cell.text)
    match = _ISO.match(value) or _UK_DATE.match(value)
    if match is None:
        raise CellError(f"is not a date: {value[:40]!r}. Write 2026-09-18 or 18/09/2026.")
    return _of_parts(match.groupdict())


def _of_parts(parts: dict[str, str | None]) -> tuple[datetime, bool]:
    def part(name: str) -> int:
        return int(parts.get(name) or 0)

    try:
        found = datetime(part("y"), part("m"), part("d"), part("h"), part("n"), part("s"))  # noqa: DTZ001  # zone follows
        if fraction := parts.get("f"):
            found = found.replace(microsecond=int(fraction[1:].ljust(6, "0")))
        if zone := parts.get("z"):
            suffix = "+00:00" if zone.upper() == "Z" else zone
            found = datetime.fromisoformat(f"{found.isoformat()}{suffix}")
    except ValueError as error:
        raise CellError(f"is not a date that can be ({error}).") from error
    return found, parts.get("h") is not None


def yes_no(cell: RawCell) -> bool:
    """Yes or no (also y, n, true, false)."""
    _refuse_results(cell)
    said = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
    if cell.kind is CellKind.BOOLEAN:
        return cell.text == "1"
    value = cell.text.strip().casefold()
    if cell.kind is not CellKind.TEXT or value not in said:
        raise CellError(f"is {cell.text.strip()[:40]!r}; write yes or no.")
    return said[value]


def plain_name(value: str) -> str:
    """A name for comparing: `In house`, `in-house` and `IN_HOUSE` are the same."""
    return re.sub(r"[\s_-]+", "-", unicodedata.normalize("NFKC", value).strip().casefold())


def choice(cell: RawCell, options: tuple[str, ...]) -> str:
    """One of `options`, whatever its case and with spaces for hyphens. Gives back the option itself."""
    return _choice(line(cell), options)


def _choice(value: str, options: tuple[str, ...]) -> str:
    found = next((option for option in options if plain_name(option) == plain_name(value)), None)
    if found is None:
        raise CellError(f"is {value[:40]!r}; it is one of: {', '.join(options)}.")
    return found


def choices(cell: RawCell, options: tuple[str, ...]) -> tuple[str, ...]:
    """One or more of `options`, separated by spaces, commas or semicolons."""
    value = line(cell)
    for option in options:
        spelt = "[ _-]".join(re.escape(word) for word in option.split("-"))
        value = re.sub(rf"\b{spelt}\b", option, value, flags=re.IGNORECASE)
    found = [_choice(part, options) for part in re.split(r"[\s,;]+", value) if part]
    once(found)
    return tuple(found)
