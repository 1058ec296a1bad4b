"""A gzip file read from any place, without unpacking it to the disk.

The first pass, which lists what is inside, keeps the state of the unpacker at regular places; later reading starts at
the nearest one. At most some hundreds are kept, so that the memory does not grow with the file.

Source: RFC 1952 (gzip), RFC 1951 (deflate).
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from evalpanel.errors import EvalPanelError
from evalpanel.system.files import in_words

if TYPE_CHECKING:
    from zlib import _Decompress

MAGIC = b"\x1f\x8b"
_BLOCK = 1 << 18
_PACKED = 1 << 15
_RATIO, _RATIO_FROM = 200, 1 << 20
_MOST_PLACES = 512
_FIRST_STEP = 1 << 20
_GZIP = zlib.MAX_WBITS | 16


class DamagedGzipError(Exception):
    """What was packed cannot be unpacked; the text says why, as the end of a sentence about the file."""


class _Place:
    """Where an unpacker stands: in the packed file, in what comes out of it, and its state."""

    __slots__ = ("ended", "out", "packed_at", "tail", "unpacker")

    def __init__(self, packed_at: int, out: int, unpacker: _Decompress, tail: bytes, ended: bool) -> None:
        self.packed_at = packed_at
        self.out = out
        self.unpacker = unpacker
        self.tail = tail
        self.ended = ended

    def copy(self) -> _Place:
        return _Place(self.packed_at, self.out, self.unpacker.copy(), self.tail, self.ended)


class Gunzipped:
    """What a gzip file in `file` unpacks to, at most `most` bytes. `file` must stay open."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._packed_length = file.seek(0, 2)
        self._most = most
        self._step = _FIRST_STEP
        self._places = [_start()]
        self._last: _Place | None = None

    def blocks(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The bytes from `start`, to the end or at most `length`.

        Raises DamagedGzipError where the file is damaged, cut off, or grows beyond all measure.
        """
        place = self._nearest(start)
        left = length
        while left is None or left > 0:
            block = self._next(place)
            if not block:
                return
            skipped = max(0, min(len(block), start - (place.out - len(block))))
            block = block[skipped:] if left is None else block[skipped : skipped + left]
            if block:
                left = None if left is None else left - len(block)
                yield block
        self._last = place

    def _nearest(self, start: int) -> _Place:
        at = bisect_right(self._places, start, key=lambda place: place.out) - 1
        held, last = self._places[at], self._last
        if last is not None and held.out < last.out <= start:
            self._last = None  # whoever reads in order goes on where the last one stopped
            return last
        return held.copy()

    def _next(self, place: _Place) -> bytes:
        """The next bytes that come out at `place`, which moves on; none at the end."""
        while True:
            if place.ended and not self._begin_another(place):
                return b""
            data = place.tail or self._read(place)
            try:
                block = place.unpacker.decompress(data, _BLOCK)
            except zlib.error as error:
                raise DamagedGzipError("it is damaged and cannot be unpacked.") from error
            place.tail = place.unpacker.unconsumed_tail
            if place.unpacker.eof:
                place.tail, place.ended = place.unpacker.unused_data, True
            elif not data and not block:
                raise DamagedGzipError("it is cut off: its end is missing.")
            if block:
                place.out += len(block)
                self._check(place.out)
                self._remember(place)
                return block

    def _read(self, place: _Place) -> bytes:
        self._file.seek(place.packed_at)
        data = self._file.read(_PACKED)
        place.packed_at += len(data)
        return data

    def _begin_another(self, place: _Place) -> bool:
        """Whether another gzip follows directly, as some programs write them in pieces (RFC 1952, 2.2)."""
        while len(place.tail) < 2 or not place.tail.strip(b"\0"):
            more = self._read(place)
            if not more:
                break
            place.tail = place.tail.lstrip(b"\0") + more
        if not place.tail.strip(b"\0"):
            return False
        if not place.tail.startswith(MAGIC):
            raise DamagedGzipError("something stands behind its end.")
        place.unpacker, place.ended = zlib.decompressobj(_GZIP), False
        return True

    def _check(self, out: int) -> None:
        if out > self._most:
            raise DamagedGzipError(f"it unpacks to more than {in_words(self._most)}.")
        if out > _RATIO_FROM and out > _RATIO * self._packed_length:
            raise DamagedGzipError(
                f"it grows to more than {_RATIO} times its size when unpacked, as archives made to do harm do."
            )

    def _remember(self, place: _Place) -> None:
        if place.out < self._places[-1].out + self._step:
            return
        self._places.append(place.copy())
        if len(self._places) > _MOST_PLACES:
            del self._places[1::2]
            self._step *= 2


def _start() -> _Place:
    return _Place(0, 0, zlib.decompressobj(_GZIP), b"", ended=False)


def wrong(name: str, error: DamagedGzipError) -> EvalPanelError:
    """The refusal of a gzip called `name`."""
    return EvalPanelError(
        f"“{name}” is a gzip archive that cannot be read: {error}", "Nothing was kept. Get the file again, whole."
    )
