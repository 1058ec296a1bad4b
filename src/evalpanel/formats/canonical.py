"""Reading JSON that strangers send, and writing the one text that a value has.

What was read is written again and must give the same bytes. So a repeated key, an unknown field, a number written
otherwise, white space, NaN or a key in another order are all refused by one comparison, and no two programs can read one
signed statement in two ways. The text is that of RFC 8785 (JSON Canonicalization Scheme) for strings and integers; there
are no other numbers.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from evalpanel.errors import EvalPanelError

Value = TypeVar("Value")


class MalformedJson(EvalPanelError):
    """A file that is not written as evalpanel writes it."""


def encode(value: object) -> bytes:
    """The one text of a value: sorted keys, no white space, characters as they are, UTF-8."""
    return msgspec.json.encode(value, order="sorted")


def decode(data: bytes, shape: type[Value], *, most: int, what: str) -> Value:
    """The value of `shape` that `data` is the text of. `what` names it in the refusal (“the cover of this parcel”).

    Raises `MalformedJson` when it is longer than `most` bytes, of another shape, or written in another way.
    """
    if len(data) > most:
        raise MalformedJson(
            f"{what.capitalize()} is too large.",
            f"It has {len(data)} bytes; at most {most} are read. It was left alone.",
        )
    try:
        value = msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(what, str(error)) from error
    if encode(value) != data:
        raise _refused(what, "It is written in a way that could be read in two ways.")
    return value


def _refused(what: str, why: str) -> MalformedJson:
    return MalformedJson(
        f"{what.capitalize()} cannot be read.", f"{why} It was left alone, and nothing was changed. Ask for it again."
    )
