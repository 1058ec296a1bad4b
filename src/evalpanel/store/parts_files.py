"""Parts files: the small sealed parts of one parcel, in one file and not in hundreds.

A score sheet of a big tender has a sealed part for each of 200 bids, and to make a file takes a disk longer than to write it.

    the parts, one after another, as they came
    for each part: the SHA-256 of its bytes (32 bytes) and how many they are (8 bytes, big-endian)
    how many parts there are (8 bytes, big-endian), and `evpparts`

A part is still named by its digest, and whoever reads it compares the two. Only this laptop reads and writes parts files.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evalpanel.system.files import replacing, trouble

SUFFIX = ".parts"
_ENTRY = struct.Struct(">32sQ")
_END = struct.Struct(">Q8s")
_MARK = b"evpparts"


@dataclass(frozen=True, slots=True)
class Slice:
    """Where a part lies: in which file, from which byte on, and how many bytes it has."""

    file: Path
    start: int
    size: int


def path_of(folder: Path, parts: Iterable[str]) -> Path:
    """Where the parts file lies that was made of these parts."""
    return folder / f"{hashlib.sha256(''.join(sorted(parts)).encode()).hexdigest()}{SUFFIX}"


def write(path: Path, parts: Iterable[tuple[str, bytes]]) -> dict[str, Slice]:
    """Write a parts file, whole and on the disk before it takes its name. Gives where each part lies, by its digest."""
    made: dict[str, Slice] = {}
    with replacing(path) as file:
        start = 0
        for sealed, content in parts:
            file.write(content)
            made[sealed] = Slice(path, start, len(content))
            start += len(content)
        file.write(b"".join(_ENTRY.pack(bytes.fromhex(sealed), one.size) for sealed, one in made.items()))
        file.write(_END.pack(len(made), _MARK))
    return made


def listed(path: Path) -> dict[str, Slice] | None:
    """Where each part of a parts file lies; None where the file is damaged so that nobody can say."""
    try:
        with path.open("rb") as file:
            length = file.seek(0, os.SEEK_END)
            if length < _END.size:
                return None
            file.seek(length - _END.size)
            count, mark = _END.unpack(file.read(_END.size))
            parts_end = length - _END.size - count * _ENTRY.size
            if mark != _MARK or parts_end < 0:
                return None
            file.seek(parts_end)
            entries = list(_ENTRY.iter_unpack(file.read(count * _ENTRY.size)))
    except OSError as error:
        raise trouble(error, "read", path) from error
    found: dict[str, Slice] = {}
    start = 0
    for digest, size in entries:
        found[digest.hex()] = Slice(path, start, size)
        start += size
    return found if start == parts_end and len(found) == count else None


def read(part: Slice) -> bytes:
    """The bytes of a part as they lie here, which are fewer where the file was cut off. Raises `OSError`."""
    with part.file.open("rb", buffering=0) as file:
        file.seek(part.start)
        content = b""
        while len(content) < part.size and (block := file.read(part.size - len(content))):
            content += block
        return content


def without(path: Path, held: Mapping[str, Slice], gone: frozenset[str]) -> dict[str, Slice]:
    """Write a parts file again without the parts that are `gone`. Gives where the others lie now."""
    try:
        left = [(sealed, read(one)) for sealed, one in held.items() if sealed not in gone]
    except OSError as error:
        raise trouble(error, "read", path) from error
    return write(path, left)
