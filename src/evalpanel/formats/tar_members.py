"""What a tar holds, plain or packed with gzip, read strictly and never unpacked to the disk.

A tar says some things twice (in a header, and in a header before it that extends it), and programs differ in which
they believe. A pack comes from people we do not know, so a tar that contradicts itself is refused as a whole: from
there on nobody could say what it holds.

Source: POSIX.1-2017, pax (ustar and pax interchange formats); GNU tar manual, *Basic Tar Format*.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Protocol

from evalpanel.domain.intake import Problem
from evalpanel.errors import EvalPanelError
from evalpanel.formats.gunzipped import MAGIC, DamagedGzipError, Gunzipped, wrong
from evalpanel.formats.pack_names import normal
from evalpanel.formats.pack_streams import BLOCK, Listed, checked, refusal
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.system.files import in_words, shown

_UNIT = 512
_ZEROS = bytes(_UNIT)
_MOST_EXTENSION = 1 << 20
_MOST_HEADERS_OF_A_MEMBER = 8
_PAX_SIZE_FROM = 8 << 30  # larger sizes do not fit into the header's own field (POSIX, ustar)
_KINDS = {b"1": "a link", b"2": "a link", b"3": "a device", b"4": "a device", b"6": "a pipe", b"S": "a sparse file"}


@dataclass(frozen=True, slots=True)
class _Header:
    """One header block, or one member of it with its extensions applied. `name` is None when it is not valid text."""

    name: str | None
    raw_name: bytes
    kind: bytes
    size: int
    size_is_open: bool = False
    """Whether its field cannot hold the size, and leaves it to an extension."""
    goes_on: bool = False
    """Whether the map of a sparse file goes on in the next block (old GNU)."""

    @property
    def shown(self) -> str:
        return shown(self.name if self.name is not None else self.raw_name.decode("utf-8", "backslashreplace"))


class TarSource(Protocol):
    """The bytes of a tar, wherever they come from."""

    def blocks(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start`, to the end or at most `length`."""


class _Plain:
    """A tar that is not packed. What was listed must not change."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._was = self._stamp()

    def blocks(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        left = length
        while left is None or left > 0:
            try:
                self._file.seek(start)
                block = self._file.read(BLOCK if left is None else min(BLOCK, left))
            except OSError as error:
                raise EvalPanelError(
                    "The tar does not answer. Is the stick or the network share still connected?", "Nothing was kept."
                ) from error
            if self._stamp() != self._was:
                raise EvalPanelError("The tar was changed while it was read.", "Nothing was kept. Load it again.")
            if not block:
                return
            start += len(block)
            left = None if left is None else left - len(block)
            yield block

    def _stamp(self) -> tuple[int, int]:
        found = os.fstat(self._file.fileno())
        return found.st_size, found.st_mtime_ns


def is_tar(start: bytes) -> bool:
    """Whether a file that starts so (its first 512 bytes at least) is a tar, by its mark or by its checksum."""
    return start[257:262] == b"ustar" or (len(start) >= _UNIT and start[:1] != b"\0" and _sum_is_right(start[:_UNIT]))


def list_tar(
    file: BinaryIO, name: str, most: int, most_bytes: int, progress: Progress = NO_PROGRESS
) -> tuple[list[Listed], list[Problem]]:
    """Every member of the tar or gzipped tar in `file`, which stays open while they are read; and what no pack holds.

    Raises EvalPanelError when it is damaged, cut off, contradicts itself, has more than `most` members or unpacks to
    much more than `most_bytes`, so that it cannot be said what it holds.
    """
    length = file.seek(0, 2)
    # Headers and padding add up to some kilobytes for each member.
    longest = most_bytes + most * 8 * _UNIT
    file.seek(0)
    is_packed = file.read(2) == MAGIC
    if length > longest * (2 if is_packed else 1):  # what cannot be packed grows a little by it
        raise EvalPanelError(
            f"“{shown(name)}” holds {in_words(length)}, more than any pack.",
            f"Nothing was kept. A pack holds at most {in_words(most_bytes)}.",
        )
    source = Gunzipped(file, longest) if is_packed else _Plain(file)
    try:
        # How far it is, is where the file stands: what a packed one unpacks to is not known before its end.
        reader = _Reader(source, name, lambda: progress.step(file.tell(), length, shown(name)))
        return _listed(reader, source, name, most, is_packed)
    except DamagedGzipError as error:
        raise wrong(shown(name), error) from error


def _listed(
    reader: _Reader, source: TarSource, name: str, most: int, is_packed: bool
) -> tuple[list[Listed], list[Problem]]:
    listed: list[Listed] = []
    problems: list[Problem] = []
    count = 0
    while (header := _next_member(reader)) is not None:
        count += 1
        if count > most:
            raise reader.damaged(f"holds more than {most} files; a pack holds at most {most}")
        start = reader.at
        crc = reader.skip(header.size)
        is_folder = header.kind == b"5" or (header.kind in (b"0", b"\0") and header.raw_name.endswith(b"/"))
        if is_folder and header.size:
            raise reader.damaged(f"contradicts itself: “{header.shown}” is a folder and holds data as a file does")
        why = _why_refused(header)
        if why is not None or header.name is None:
            problems.append(Problem(header.shown, why or "Its name is not valid text."))
            continue
        path = normal(header.name.rstrip("/") if is_folder else header.name)
        if is_folder and path in ("", "."):
            continue
        blocks = partial(_blocks, source, name, path, start, header.size, crc if is_packed else None)
        listed.append(Listed(path, header.size, blocks, is_folder))
    if not count and not problems:
        raise reader.damaged("is empty")
    return listed, problems


def _why_refused(header: _Header) -> str | None:
    if header.kind in _KINDS:
        return f"This is {_KINDS[header.kind]}. A pack holds plain files and folders only."
    if header.kind not in (b"0", b"\0", b"7", b"5"):
        return f"It is of a kind ({shown(header.kind.decode('latin-1'))}) that is not read here: no plain file."
    return None


def _blocks(
    source: TarSource, name: str, path: str, start: int, size: int, crc: int | None
) -> Generator[bytes, None, None]:
    return checked(path, size, _content(source, name, path, start, size), crc)


def _content(source: TarSource, name: str, path: str, start: int, size: int) -> Iterator[bytes]:
    try:
        yield from source.blocks(start, size)
    except DamagedGzipError as error:
        raise refusal(path, f"“{shown(name)}” changed while it was read: {error}") from error


# Headers ------------------------------------------------------------------------------------------------------------


class _Reader:
    """Reads a tar once from its start to its end."""

    def __init__(self, source: TarSource, name: str, each: Callable[[], None]) -> None:
        self._blocks = source.blocks()
        self._each = each
        self._held = memoryview(b"")
        self._name = name
        self.at = 0

    def damaged(self, what: str) -> EvalPanelError:
        return EvalPanelError(
            f"“{shown(self._name)}” is a tar archive that cannot be read: it {what}.",
            "Nothing was kept. Get the file again, whole, or ask for a zip.",
        )

    def rest(self) -> Iterator[memoryview]:
        """All that is left."""
        while self._held or self._more():
            block, self._held = self._held, self._held[:0]
            yield block

    def read(self, length: int) -> bytes:
        """Exactly `length` bytes; none at all at the end."""
        parts = []
        left = length
        while left and (self._held or self._more()):
            parts.append(bytes(self._held[:left]))
            self._held = self._held[len(parts[-1]) :]
            left -= len(parts[-1])
        data = b"".join(parts)
        if data and left:
            raise self.damaged("is cut off")
        self.at += len(data)
        return data

    def skip(self, size: int) -> int:
        """Pass over `size` bytes and their padding; their checksum."""
        running, left = 0, size
        while left:
            if not self._held and not self._more():
                raise self.damaged("is cut off")
            block = self._held[:left]
            running = zlib.crc32(block, running)
            self._held = self._held[len(block) :]
            left -= len(block)
        self.at += size
        padding = -size % _UNIT
        if padding and len(self.read(padding)) < padding:
            raise self.damaged("is cut off")
        return running

    def _more(self) -> bool:
        self._each()
        self._held = memoryview(next(self._blocks, b""))
        return bool(self._held)


def _next_member(reader: _Reader) -> _Header | None:
    """The next member with the headers that extend it applied; None at the end of the tar."""
    long_name: bytes | None = None
    pax: dict[str, bytes] = {}
    for _ in range(_MOST_HEADERS_OF_A_MEMBER):
        header = _header(reader)
        if header is None:
            if long_name is not None or pax:
                raise reader.damaged("ends in the middle of a file")
            return None
        if header.kind == b"g":
            if {"path", "size", "linkpath", "hdrcharset"} & _pax(reader, header).keys():
                raise reader.damaged("gives one name or size to all of its files, as archives made to do harm do")
        elif header.kind in (b"x", b"X"):
            found = _pax(reader, header)
            if pax:
                raise reader.damaged("describes one file twice")
            pax = found
        elif header.kind == b"L":
            if long_name is not None:
                raise reader.damaged("names one file twice")
            long_name = _extension(reader, header).rstrip(b"\0")
        elif header.kind == b"K":
            _extension(reader, header)  # where a link leads; links are refused by themselves
        elif header.kind == b"S":
            return _sparse(reader, header)
        else:
            return _extended(reader, header, long_name, pax)
    raise reader.damaged("describes one file more often than any program does")


def _header(reader: _Reader) -> _Header | None:
    data = reader.read(_UNIT)
    if not data:
        raise reader.damaged("is cut off: the mark at its end is missing")
    if data == _ZEROS:
        for block in reader.rest():
            if bytes(block).strip(b"\0"):
                raise reader.damaged("holds something behind its end")
        return None
    if not _sum_is_right(data):
        raise reader.damaged("is damaged: the checksum of a header is wrong")
    raw = data[:100].split(b"\0")[0]
    if data[257:265] == b"ustar\x0000" or data[257:263] == b"ustar\0":
        prefix = data[345:500].split(b"\0")[0]
        raw = prefix + b"/" + raw if prefix else raw
    field = data[124:136]
    size = _number(field)
    if size is None:
        raise reader.damaged("is damaged: the size of a file is no number")
    # Both ways to leave a size to an extension: nothing, and the largest that the field holds.
    is_open = size in (0, _PAX_SIZE_FROM - 1)
    return _Header(_text(raw), raw, data[156:157], size, is_open, data[482] != 0)


def _sum_is_right(data: bytes) -> bool:
    said = _number(data[148:156])
    blank = data[:148] + b" " * 8 + data[156:]
    # Some old programs added up signed bytes.
    signed = sum(blank) - 256 * sum(byte > 127 for byte in blank)
    return said is not None and said in (sum(blank), signed)


def _number(field: bytes) -> int | None:
    """Octal digits, or, where they do not fit, binary with its first bit set (GNU tar). None: it is neither."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.split(b"\0")[0].strip(b" ")
    if not digits:
        return 0
    return int(digits, 8) if not digits.strip(b"01234567") else None


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _extension(reader: _Reader, header: _Header) -> bytes:
    if header.size > _MOST_EXTENSION:
        raise reader.damaged("describes a file with more text than any program does")
    data = reader.read(header.size)
    if len(data) < header.size:
        raise reader.damaged("is cut off")
    padding = -header.size % _UNIT
    if len(reader.read(padding)) < padding:
        raise reader.damaged("is cut off")
    return data


def _pax(reader: _Reader, header: _Header) -> dict[str, bytes]:
    """The records `length key=value` of an extended header (POSIX, pax extended header)."""
    data = _extension(reader, header)
    records: dict[str, bytes] = {}
    at = 0
    while at < len(data):
        space = data.find(b" ", at, at + 8)
        digits = data[at:space] if space > 0 else b""
        length = int(digits) if digits.isdigit() else 0
        record = data[space + 1 : at + length]
        key, equals, value = record[:-1].partition(b"=")
        if space < 0 or length < space - at + 3 or at + length > len(data) or not equals or not record.endswith(b"\n"):
            raise reader.damaged("is damaged: the description of a file cannot be read")
        name = key.decode("utf-8", "backslashreplace")
        if records.setdefault(name, value) != value:
            raise reader.damaged("contradicts itself about one file")
        at += length
    return records


def _sparse(reader: _Reader, header: _Header) -> _Header:
    # Old GNU: the map of a sparse file goes on in blocks of its own for as long as a byte says so.
    goes_on = header.goes_on
    while goes_on:
        block = reader.read(_UNIT)
        if not block:
            raise reader.damaged("is cut off")
        goes_on = block[504] != 0
    return header


def _extended(reader: _Reader, header: _Header, long_name: bytes | None, pax: dict[str, bytes]) -> _Header:
    raw, size = header.raw_name, header.size
    if long_name is not None:
        raw = long_name
    if "path" in pax:
        if long_name not in (None, pax["path"]):
            raise reader.damaged("contradicts itself about the name of a file")
        raw = pax["path"]
    if "size" in pax:
        if not pax["size"].isdigit() or len(pax["size"]) > 18:
            raise reader.damaged("is damaged: the size of a file is no number")
        size = int(pax["size"])
        if size != header.size and not (header.size_is_open and size >= _PAX_SIZE_FROM):
            raise reader.damaged("contradicts itself about the size of a file")
    kind = header.kind
    if any(key.startswith("GNU.sparse.") for key in pax):
        kind = b"S"
    if kind in (b"1", b"2", b"3", b"4", b"6") and size:
        raise reader.damaged("contradicts itself: a link or a device holds data")
    return _Header(_text(raw), raw, kind, size)
