"""A feedback form that came back filled in: what its fields hold, read from a PDF that a stranger's program wrote.

Only the names and values of fields are taken. Scripts, actions and attachments are never run or opened. Before a library
builds any object of the file, its streams are unpacked within limits, so that a small file cannot become a large one.

Source: ISO 32000-1, 7.4 (filters), 12.7 (interactive forms).
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalpanel.domain.process_feedback import FeedbackForm
from evalpanel.errors import EvalPanelError

if TYPE_CHECKING:
    from pikepdf import Object

MARK = "evalpanel-form"
"""The name of the read-only field that says which form this is, for which tender."""
MOST_BYTES = 4 << 20
_MOST_STREAM = 16 << 20
_MOST_STREAMS = 48 << 20
_MOST_FIELDS = 2000
_MOST_DEPTH = 16
_MOST_VALUE = 20_000
_HEAD = 16_384
_STREAM = re.compile(rb"(?<=[\x00\t\n\f\r >])stream(?=[\x00\t\n\f\r ])[\x00\t\f ]*(?:\r\n|\n|\r)?")
_OBJECT = re.compile(rb"(?:\A|[\r\n])[\t ]*\d{1,10}[\t\n\f\r ]+\d{1,5}[\t\n\f\r ]+obj\b")
_PLAIN = re.compile(rb"[\x00\t\n\f\r ]*<<(?:[^()%#<>]|<<|>>|<[0-9A-Fa-f\x00\t\n\f\r ]*>)*>>[\x00\t\n\f\r ]*\Z")
"""A dictionary in which nothing (a text, a comment, a name that is spelled otherwise) can hide where it begins or how it is packed."""
_PACKERS = re.compile(
    rb"/(?:FlateDecode|LZWDecode|RunLengthDecode|ASCIIHexDecode|ASCII85Decode|Fl|LZW|RL|AHx|A85)(?![A-Za-z0-9])"
)
_ELSEWHERE = re.compile(
    rb"/(?:Filter|DecodeParms|F)[\x00\t\n\f\r ]*(?:\[[\x00\t\n\f\r ]*)?\d+[\x00\t\n\f\r ]+\d+[\x00\t\n\f\r ]+R"
)


class NotAFilledForm(EvalPanelError):
    """A file that is no filled feedback form."""


@dataclass(frozen=True, slots=True)
class FilledForm:
    """What the fields of a form hold, by question code, and the mark that says which form it is (empty: none)."""

    mark: str
    fields: Mapping[str, str]


def read_filled(data: bytes, form: FeedbackForm) -> FilledForm:
    """The fields of a filled form. A choice is given as its words, whatever the PDF calls it.

    Raises `NotAFilledForm` for a file that is too large, damaged, encrypted or made to do harm, or that has no fields.
    """
    if len(data) > MOST_BYTES:
        raise _refused("It is larger than 4 MB, and a filled form is far smaller.")
    if data.find(b"%PDF-", 0, 1024) < 0:
        raise _refused("It is no PDF. If it was printed and scanned, type its answers in by hand.")
    _refuse_bombs(data)
    # Slow to import, and needed only where forms are read.
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            found = dict(_fields(pdf.Root))
    except pikepdf.PasswordError as error:
        raise _refused("It asks for a password.") from error
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, AttributeError, RecursionError) as error:
        # What the library raises for a file that is no sound PDF depends on where it breaks.
        raise _refused("It is damaged.") from error
    if not found:
        raise _refused("It has no fields that can be read: perhaps it was printed to a new PDF, or scanned.")
    mark = found.pop(MARK, "")
    choices = {question.code: form.choices(question) for question in form.questions}
    return FilledForm(mark, {code: _chosen(value, choices.get(code, ())) for code, value in found.items()})


def _refused(why: str) -> NotAFilledForm:
    return NotAFilledForm("This file is not a filled feedback form.", f"{why} It was not kept.")


def _chosen(value: str, choices: tuple[str, ...]) -> str:
    """A choice is written as `/0`, `/1`, … so that its words may be in any language; `/Off` is none."""
    if not value.startswith("/"):
        return value
    place = value[1:]
    if place.isascii() and place.isdigit() and len(place) < 4 and int(place) < len(choices):
        return choices[int(place)]
    return "" if place == "Off" else value


def _fields(root: Object) -> Iterator[tuple[str, str]]:
    """Every field with a value, under its full name (12.7.3.2). What repeats or runs too deep is passed over."""
    import pikepdf  # imported by now: see read_filled

    form = root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return
    tops = form.get("/Fields")
    if not isinstance(tops, pikepdf.Array):
        return
    waiting: list[tuple[Object, str, int]] = [(one, "", 0) for one in list(tops)[:_MOST_FIELDS]]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        field, above, depth = waiting.pop(0)
        if not isinstance(field, pikepdf.Dictionary) or depth > _MOST_DEPTH:
            continue
        if field.objgen != (0, 0):
            if field.objgen in seen:
                continue
            seen.add(field.objgen)
        count += 1
        if count > _MOST_FIELDS:
            return
        part = _text(field.get("/T"))
        name = f"{above}.{part}" if above and part else above or part
        value = _text(field.get("/V"))
        if name and value:
            yield name, value
        kids = field.get("/Kids")
        if isinstance(kids, pikepdf.Array):
            waiting += [(one, name, depth + 1) for one in list(kids)[:_MOST_FIELDS]]


def _text(value: object) -> str:
    """A text or a name as text; nothing for anything else. Half a character that no file can hold is left out."""
    import pikepdf  # imported by now: see read_filled

    if not isinstance(value, (pikepdf.String, pikepdf.Name)):
        return ""
    return str(value)[:_MOST_VALUE].encode("utf-8", "ignore").decode("utf-8")


def _refuse_bombs(data: bytes) -> None:
    """Raise for a file whose streams unpack to far more than a form needs, or in a way that hides how much."""
    total = 0
    for found in _STREAM.finditer(data):
        before = data[max(0, found.start() - _HEAD) : found.start()]
        begun = [one.end() for one in _OBJECT.finditer(before)]
        head = before[begun[-1] :] if begun else b""
        packers = _PACKERS.findall(head)
        odd = packers not in ([], [b"/FlateDecode"], [b"/Fl"])
        if odd or not _PLAIN.match(head) or _ELSEWHERE.search(head):
            raise _refused("It is packed in a way that no program for forms needs.")
        total += _unpacked(data, found.end())
        if total > _MOST_STREAMS:
            raise _refused("It unpacks to far more than a form holds, as files made to do harm do.")


def _unpacked(data: bytes, start: int) -> int:
    """How many bytes the stream at `start` unpacks to, counted no further than the limit and one piece."""
    unpacker = zlib.decompressobj()
    length, rest = 0, data[start : start + MOST_BYTES]
    while rest and not unpacker.eof:
        try:
            length += len(unpacker.decompress(rest, 1 << 16))
        except zlib.error:
            return length
        if length > _MOST_STREAM:
            raise _refused("It unpacks to far more than a form holds, as files made to do harm do.")
        rest = unpacker.unconsumed_tail
    return length
