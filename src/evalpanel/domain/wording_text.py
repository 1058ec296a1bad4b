"""The file of an authority's own sentences, as text: written whole for a person to change, and where in it a sentence stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from evalpanel.domain.letter_wording import PLACES

_HEAD = """\
# The sentences of letters: {name}. Change what stands between the quotation marks, and nothing else.
# Words between braces are filled in by the program. These may be used: {places}.
# A procurement lawyer reads these sentences before they are used. When you are done:
#   evalpanel letters wording check DIR
#   evalpanel letters wording use DIR
"""
_TABLE = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\"'-]+)\s*=")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def written(held: Mapping[str, object], name: str) -> str:
    """A whole wording as a TOML file that a person can change. Reading it gives the same wording again."""
    return "\n".join((_HEAD.format(name=name, places=", ".join(sorted(PLACES))), *_tables(held, ())))


def _tables(held: Mapping[str, object], path: tuple[str, ...]) -> Iterator[str]:
    own = {key: value for key, value in held.items() if not isinstance(value, Mapping)}
    if own:
        if path:
            yield f"[{'.'.join(path)}]"
        yield from (f"{key} = {_value(value)}" for key, value in own.items())
        yield ""
    for key, value in held.items():
        if isinstance(value, Mapping):
            yield from _tables(value, (*path, key))


def _value(value: object) -> str:
    if isinstance(value, list):
        return "[\n" + "".join(f"  {_value(one)},\n" for one in value) + "]"
    return '"' + "".join(_char(char) for char in str(value)) + '"'


def _char(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    return f"\\u{ord(char):04x}" if ord(char) < 0x20 or ord(char) == 0x7F else char


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line on which a key stands, or its table where the key is missing; 0 where neither is there."""
    table: tuple[str, ...] = ()
    best = 0
    for number, line in enumerate(text.splitlines(), 1):
        if found := _TABLE.match(line):
            table = tuple(part.strip(" \"'") for part in found[1].split("."))
            if table == path:
                return number
            if table and table == path[: len(table)] and len(table) == len(path) - 1:
                best = number
        elif found := _KEY.match(line):
            key = tuple(part.strip(" \"'") for part in found[1].split("."))
            if (*table, *key) == path:
                return number
    return best
