"""What a PDF would do besides showing pages, found in its bytes without opening it.

A PDF library builds every object that a file names: measured with qpdf 12.4, a file of 7.6 MB took 570 MB and seconds,
and its limits did not stop that. So the names of actions are searched in the bytes, and in object streams unpacked
within limits; where that cannot be done, the reader is told. A name may be found where it has no effect.

Source: ISO 32000-1, 7.3.5 (names), 7.5.7 (object streams), 7.6 (encryption), 12.6 (actions), 12.7.8 (XFA).
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MOST_OBJECT_STREAM = 16 << 20
MOST_OBJECT_STREAMS = 64 << 20
MOST_STREAMS = 100_000
_PIECE = 1 << 16
_END = rb"(?=[\x00\t\n\f\r ()<>\[\]{}/%]|\Z)"
_STREAM = re.compile(rb">>[\x00\t\n\f\r ]{0,20}stream\r?\n")
_DELIMITERS = rb"[\x00\t\n\f\r ]*"

_SHOWN_ANYWAY = "Its pages are shown without it."
_TOLD = {
    b"JavaScript": f"It holds JavaScript (a program that runs when it is opened or filled in). {_SHOWN_ANYWAY}",
    b"Launch": f"It holds an action that starts another program or opens another file. {_SHOWN_ANYWAY}",
    b"EmbeddedFiles": "It holds attached files. They are kept inside it and not opened.",
    b"XFA": "It is a dynamic form (XFA), which many programs show empty or not at all. Ask for a plain PDF if need be.",
    b"SubmitForm": f"It holds an action that sends what is filled in to somewhere else. {_SHOWN_ANYWAY}",
    b"ImportData": f"It holds an action that reads a file of this computer. {_SHOWN_ANYWAY}",
    b"GoToR": "It holds a link that opens another file. It is not followed.",
    b"RichMedia": f"It holds film, sound or other active content. {_SHOWN_ANYWAY}",
}
_SAME = {b"EmbeddedFile": b"EmbeddedFiles", b"FileAttachment": b"EmbeddedFiles", b"GoToE": b"GoToR"} | dict.fromkeys(
    (b"Movie", b"Sound", b"Rendition", b"Screen", b"3D"), b"RichMedia"
)


def _spelled(name: str) -> bytes:
    """A pattern for a name with any of its letters written as a number (ISO 32000-1, 7.3.5)."""
    return b"".join(
        b"(?:%s|#%s)"
        % (re.escape(letter.encode()), b"%x[%x%X]" % (ord(letter) >> 4, ord(letter) & 15, ord(letter) & 15))
        for letter in name
    )


# 3D and the like are too short or too common to count anywhere but as a subtype.
_ANYWHERE = (
    *("JavaScript", "Launch", "EmbeddedFiles", "EmbeddedFile", "FileAttachment", "XFA", "SubmitForm", "ImportData"),
    *("GoToR", "GoToE", "RichMedia", "Rendition"),
)
# The first letters, plain or as a number, decide at once in all but a few places.
_FIRST = rb"(?=[JLEFXSIGR]|#(?:4[aAcC5679]|5[823]))"
_NAMES = re.compile(b"/" + _FIRST + b"(" + b"|".join(map(_spelled, _ANYWHERE)) + b")" + _END)
_OBJECT_STREAM = b"/(?=O|#4[fF])" + _spelled("ObjStm") + _END
_NOT_SEEN = "It keeps a part of what it holds in a way that could not be looked into."
_AS_SUBTYPE = re.compile(rb"/Subtype" + _DELIMITERS + rb"/(3D|Movie|Sound|Screen)" + _END)
_BY_ITSELF = re.compile(
    rb"/(?:OpenAction|AA)" + _DELIMITERS + rb"(<<|(\d{1,10})[\x00\t\n\f\r ]+(\d{1,5})[\x00\t\n\f\r ]+R)"
)
_ENCRYPT = re.compile(rb"/Encrypt" + _DELIMITERS + rb"(?:(\d{1,10})[\x00\t\n\f\r ]+(\d{1,5})[\x00\t\n\f\r ]+R|<<)")
# A document is searched while a whole pack waits to be loaded: one pass tells which of the others are worth their time.
_MARKS = re.compile(
    rb"/(?=[JLEFXSIGROA]|#)(?=(?:"
    + rb"|".join(
        rb"(?P<%s>%s)" % (name, pattern.removeprefix(b"/"))
        for name, pattern in (
            (b"action", _NAMES.pattern),
            (b"subtype", _AS_SUBTYPE.pattern),
            (b"itself", rb"(?:OpenAction|AA)" + _DELIMITERS + rb"[<\d]"),
            (b"encrypt", rb"Encrypt" + _DELIMITERS + rb"[<\d]"),
            (b"stream", _OBJECT_STREAM),
        )
    )
    + rb"))"
)
_MOST_ACTIONS = 20
_MOST_HEAD = 1 << 20
_MOST_DESCRIPTION = 512
_ACTION = 1024
_GOES_OUT = re.compile(rb"/S" + _DELIMITERS + rb"/URI" + _END)


def look_at_pdf(data: bytes) -> Iterator[str]:
    """A sentence for each thing that a reader should know before opening this PDF. Never raises for any bytes."""
    at = data.find(b"%PDF-", 0, 1024)
    if at > 0:
        yield "Something stands in front of its start; some programs do not open it."
    damage = _damage(data, max(at, 0))
    if damage is not None:
        yield damage
    kinds, at_streams = _marks(data)
    encrypt = _ENCRYPT.search(data) if "encrypt" in kinds else None
    if encrypt is not None:
        yield _encryption(data, encrypt)
    streams, why = _object_streams(data, at_streams) if encrypt is None else ([], None)
    if why is not None:
        yield why
    found: set[bytes] = set()
    hidden = False
    texts = [data] if kinds & {"action", "subtype", "itself"} else []
    texts += [stream.text for stream in streams]
    for text in texts:
        names, escaped = _found(text)
        found |= names
        hidden = hidden or escaped
    if _opens_addresses(texts, data, streams):
        yield f"It holds an action that opens a web address by itself. Nothing is fetched. {_SHOWN_ANYWAY}"
    yield from (told for name, told in _TOLD.items() if name in found)
    if hidden:
        yield "It writes the names of such actions in a way that hides them, as files made to do harm do."


def _marks(data: bytes) -> tuple[set[str | None], list[int]]:
    """Which kinds of names stand in a PDF, and where those of object streams do (of too many, the first)."""
    kinds: set[str | None] = set()
    at_streams: list[int] = []
    for found in _MARKS.finditer(data):
        kinds.add(found.lastgroup)
        if found.lastgroup == "stream" and len(at_streams) <= MOST_STREAMS:
            at_streams.append(found.start())
    return kinds, at_streams


def _damage(data: bytes, shift: int) -> str | None:
    """Whether its end, and the list of its objects that the end points to, are there (ISO 32000-1, 7.5.5)."""
    tail = data[-2048:]
    last = tail.rfind(b"startxref")
    if last < 0 or b"%%EOF" not in tail[last:]:
        return "It is damaged or cut off: its end is missing. It may not open, or only in part. Ask for it again."
    number = re.match(rb"startxref\s{1,20}(\d{1,12})", tail[last:])
    place = int(number[1]) if number else -1
    for start in (place, place + shift):
        if 0 <= start < len(data) and re.match(
            rb"\s{0,20}(xref|\d{1,10}\s{1,20}\d{1,5}\s{1,20}obj)", data[start : start + 60]
        ):
            return None
    return "It is damaged: the list of what it holds is not where it should be. It may not open, or only in part."


def _found(text: bytes) -> tuple[set[bytes], bool]:
    """The names of actions in a text, and whether one of them was written to be overlooked."""
    written = {found[1] for pattern in (_NAMES, _AS_SUBTYPE) for found in pattern.finditer(text)}
    names = {re.sub(rb"#(..)", lambda digits: bytes([int(digits[1], 16)]), name) for name in written}
    return {_SAME.get(name, name) for name in names}, any(b"#" in name for name in written)


def _opens_addresses(texts: list[bytes], data: bytes, streams: list[_ObjectStream]) -> bool:
    """Whether an action that starts by itself opens a web address, as far as such actions stand in plain sight."""
    left = _MOST_ACTIONS
    for text in texts:
        for found in _BY_ITSELF.finditer(text):
            if found[2] is None:
                action = text[found.end() : found.end() + _ACTION]
            else:
                action = _object(data, streams, int(found[2]), int(found[3]))
            if _GOES_OUT.search(action):
                return True
            left -= 1
            if not left:
                return False
    return False


def _object(data: bytes, streams: list[_ObjectStream], number: int, generation: int) -> bytes:
    """The beginning of an object in its last version; empty when it is not found."""
    mark = b"%d %d obj" % (number, generation)
    at = max(data.rfind(before + mark) for before in (b"\n", b"\r", b" ", b"\t"))
    if at >= 0:
        return data[at + 1 + len(mark) : at + 8 * _ACTION].partition(b"endobj")[0]
    for stream in streams:
        numbers = stream.text[: min(stream.first, _MOST_HEAD)].split()
        if b"%d" % number in numbers[::2]:
            offset = numbers[numbers[::2].index(b"%d" % number) * 2 + 1 :][:1]
            start = stream.first + int(offset[0]) if offset and offset[0].isdigit() and len(offset[0]) < 12 else 0
            return stream.text[start : start + _ACTION]
    return b""


@dataclass(frozen=True, slots=True)
class _ObjectStream:
    """What an object stream unpacks to, and where its first object starts in it (ISO 32000-1, 7.5.7)."""

    text: bytes
    first: int


def _object_streams(data: bytes, places: list[int]) -> tuple[list[_ObjectStream], str | None]:
    """What the object streams hold whose names stand at `places`, unpacked within limits; and why not all, if so."""
    held: list[_ObjectStream] = []
    total, end, unseen, last = 0, 0, len(places), -1
    if len(places) > MOST_STREAMS:
        return held, "It has more parts than any document needs; not all of them were looked at."
    for at in places:
        # The data follows its description, or what the description says is not to be found.
        found = _STREAM.search(data, at, at + _MOST_DESCRIPTION + 40)
        if found is None or found.start() == last or b" obj" in data[at : found.start()]:
            continue
        last = found.start()
        head = data[max(0, found.start() - _MOST_DESCRIPTION) : found.start()].rpartition(b" obj")[2]
        unseen -= 1
        if end < found.end():
            end = data.find(b"endstream", found.end())
            end = end if end >= 0 else len(data)
        text, unpacked = _inflated(data, found.end(), end)
        if b"Predictor" in head or (not text and b"Filter" in head):
            return held, _NOT_SEEN
        total += unpacked  # what breaks off counts too: it took as long
        if len(text) > MOST_OBJECT_STREAM or total > MOST_OBJECT_STREAMS:
            return held, "It unpacks to far more than it seems to hold, as files made to do harm do. Open it with care."
        first = re.search(rb"/First\s{0,20}(\d{1,9})", head)
        held.append(_ObjectStream(text, int(first[1]) if first else 0))
    return held, _NOT_SEEN if unseen > 0 else None


def _inflated(data: bytes, start: int, end: int) -> tuple[bytes, int]:
    """What a stream unpacks to, cut soon after it is longer than any should be, and how much was unpacked; nothing
    where it is damaged. Read in pieces, so that a false end of a stream, far behind, costs nothing."""
    unpacker = zlib.decompressobj()
    parts, length = [], 0
    for at in range(start, end, _PIECE):
        packed = data[at : min(at + _PIECE, end)]
        while packed and not unpacker.eof and length <= MOST_OBJECT_STREAM:
            try:
                parts.append(unpacker.decompress(packed, _PIECE))
            except zlib.error:
                return b"", length
            length += len(parts[-1])
            packed = unpacker.unconsumed_tail
        if unpacker.eof or length > MOST_OBJECT_STREAM:
            break
    return b"".join(parts), length


# Encryption ---------------------------------------------------------------------------------------------------------


def _encryption(data: bytes, found: re.Match[bytes]) -> str:
    """Whether a password is needed, tried with the description of the encryption alone, which is small."""
    hint = "What it holds could not be looked through."
    if found[1] is not None:
        description = _object(data, [], int(found[1]), int(found[2]))
    else:
        description = data[found.end() - 2 : found.end() + 4 * _ACTION]
    needed = _asks_for_password(_dictionary(description), _first_id(data))
    if needed is None:
        return (
            f"It is encrypted in a way that is not known here, and may not open. {hint} Ask for it without encryption."
        )
    if needed:
        return f"It asks for a password. {hint} It is kept as it is; ask the bidder for it without a password."
    return f"It opens without a password, but is locked against changes. {hint}"


def _dictionary(text: bytes) -> bytes:
    """The first dictionary of a text, with strings passed over; empty when it does not end."""
    start = text.find(b"<<")
    depth = 0
    for token in re.finditer(rb"<<|>>|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<[0-9A-Fa-f\s]*>", text, re.DOTALL):
        if token[0] == b"<<":
            depth += 1
        elif token[0] == b">>":
            depth -= 1
            if depth == 0:
                return text[start : token.end()]
    return b""


def _first_id(data: bytes) -> bytes:
    found = re.search(
        rb"/ID[\x00\t\n\f\r ]*\[[\x00\t\n\f\r ]*(<[0-9A-Fa-f\s]{0,200}>|\((?:[^()\\]|\\.){0,200}\))", data, re.DOTALL
    )
    return found[1] if found is not None else b"<>"


def _asks_for_password(description: bytes, first_id: bytes) -> bool | None:
    """Whether a PDF encrypted so asks for a password, tried on an empty PDF; None when that cannot be said."""
    # pikepdf takes time to load, and few bids are encrypted.
    import pikepdf

    if not description:
        return None
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        description,
    ]
    out = b"%PDF-1.7\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [%s %s] >>" % (first_id, first_id)
    out += b"xref\n0 5\n0000000000 65535 f \n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (table, trailer, len(out))
    try:
        with pikepdf.open(io.BytesIO(out), attempt_recovery=False, suppress_warnings=True):
            return False
    except pikepdf.PasswordError:
        return True
    except (pikepdf.PdfError, RuntimeError, ValueError):
        return None
