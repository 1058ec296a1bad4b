"""What a zip holds, read strictly: every statement of the archive about itself has to agree with every other.

The standard library's reader believes the list at the end of a zip: it cuts a member at its declared size, takes no
notice of members that share bytes, and reads the first of several volumes as if it were all. A pack comes from people
we do not know, so the list, the header before each member and the bytes themselves are compared here.

Source: PKWARE, .ZIP File Format Specification 6.3.10 (APPNOTE); D. Fifield, "A better zip bomb" (2019), for overlaps.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from evalpanel.domain.intake import Problem
from evalpanel.errors import EvalPanelError
from evalpanel.formats.pack_names import normal
from evalpanel.formats.pack_streams import BLOCK, Listed, checked, refusal
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.system.files import shown

_STORED, _DEFLATED = 0, 8
_METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd", 99: "AES encryption"}
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_PATCH = 0x0020
_SIZES_BEHIND = 0x0008
_UTF8 = 0x0800
_MADE_ON_DOS = 0
_DOS_FOLDER, _DOS_LINK = 0x10, 0x400
_MOST_DIRECTORY = 64 << 20
_RATIO, _RATIO_FROM = 200, 1 << 20
_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True, slots=True)
class _Member:
    """One line of the list at the end of a zip (APPNOTE 4.3.12)."""

    raw_name: bytes
    name: str | None
    made_on: int
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    attributes: int
    disk: int

    @property
    def is_folder(self) -> bool:
        if self.raw_name.endswith((b"/", b"\\")):
            return True
        mode = stat.S_IFMT(self.attributes >> 16)
        return mode == stat.S_IFDIR or (not mode and bool(self.attributes & _DOS_FOLDER) and not self.size)

    @property
    def shown(self) -> str:
        return shown(self.name if self.name is not None else self.raw_name.decode("cp437"))


def list_zip(file: BinaryIO, most: int, progress: Progress = NO_PROGRESS) -> tuple[list[Listed], list[Problem]]:
    """Every member of the zip in `file`, which stays open as long as they are read; and what may not be in a pack.

    Raises EvalPanelError when the zip as a whole is cut off, in several volumes, or has more than `most` members.
    """
    members, end = _directory(file, most)
    listed: list[Listed] = []
    problems: list[Problem] = []
    spans: list[tuple[int, int, _Member]] = []
    backslashes = _backslashes_are_folders(members)
    for number, member in enumerate(members):
        progress.step(number, len(members), member.shown)
        why = _why_refused(member)
        start = _data_start(file, member, end)
        if isinstance(start, str):
            why = why or start
        else:
            spans.append((member.offset, start + member.packed, member))
        if why is not None or member.name is None or isinstance(start, str):
            problems.append(Problem(member.shown, why or "Its name is not valid text."))
            continue
        name = member.name.replace("\\", "/") if backslashes else member.name
        path = normal(name.rstrip("/") if member.is_folder else name)
        if member.is_folder and path in ("", "."):
            continue
        listed.append(Listed(path, member.size, partial(_blocks, file, path, member, start), member.is_folder))
    if backslashes:
        problems.append(
            Problem(
                members[0].shown, "The zip writes folders with backslashes; they were read as folders.", stops=False
            )
        )
    return listed, problems + _overlaps(spans)


def names_in(file: BinaryIO, most: int) -> frozenset[str]:
    """The names in a zip, to tell a pack from a spreadsheet, which is a zip too."""
    return frozenset(member.name for member in _directory(file, most)[0] if member.name is not None)


# The list at the end ------------------------------------------------------------------------------------------------


def _damaged(what: str) -> EvalPanelError:
    return EvalPanelError(f"The zip cannot be read. {what}", "Nothing was kept. Get the file again, whole.")


def _directory(file: BinaryIO, most: int) -> tuple[list[_Member], int]:
    """The members, and where their list starts (all data lies before it)."""
    length = file.seek(0, 2)
    tail_at = max(0, length - 22 - 0xFFFF)
    file.seek(tail_at)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0 and not (at + 22 <= len(tail) and at + 22 + struct.unpack_from("<H", tail, at + 20)[0] == len(tail)):
        at = tail.rfind(b"PK\x05\x06", 0, at)
    if at < 0:
        raise _damaged("It is cut off: the list of its files, which stands at its end, is missing.")
    disk, first_disk, here, count, size, offset = struct.unpack_from("<4H2L", tail, at + 4)
    end = tail_at + at
    if 0xFFFF in (here, count) or 0xFFFFFFFF in (size, offset):
        large = _zip64_end(file, end)
        if large is not None:
            end, disk, first_disk, here, count, size, offset = large
    if disk or first_disk or here != count:
        raise _damaged("It is one of several volumes of a split archive. Join them first.")
    if count > most:
        raise _damaged(f"It holds {count} files; a pack holds at most {most}.")
    if offset + size != end or size > _MOST_DIRECTORY:
        raise _damaged(
            "The list of its files is not where it should be: the zip is damaged, or has something in front."
        )
    file.seek(offset)
    return _members(file.read(size), count), offset


def _zip64_end(file: BinaryIO, end: int) -> tuple[int, int, int, int, int, int, int] | None:
    """The same facts for large archives (APPNOTE 4.3.14 and 4.3.15), with where they stand; None: there is none."""
    if end < 20:
        return None
    file.seek(end - 20)
    signature, start_disk, at, disks = struct.unpack("<4sLQL", file.read(20))
    if signature != b"PK\x06\x07":
        return None
    if start_disk or disks > 1:
        raise _damaged("It is one of several volumes of a split archive. Join them first.")
    if at > end - 20 - 56:
        raise _damaged("Its end is damaged.")
    file.seek(at)
    signature, _size, _made, _needs, disk, first_disk, here, count, size, offset = struct.unpack(
        "<4sQ2H2L4Q", file.read(56)
    )
    if signature != b"PK\x06\x06":
        raise _damaged("Its end is damaged.")
    return at, disk, first_disk, here, count, size, offset


def _members(data: bytes, count: int) -> list[_Member]:
    members = []
    at = 0
    for _ in range(count):
        if len(data) < at + 46 or data[at : at + 4] != b"PK\x01\x02":
            raise _damaged("The list of its files is damaged.")
        (
            made,
            _needs,
            flags,
            method,
            _time,
            _date,
            crc,
            packed,
            size,
            name_len,
            extra_len,
            comment_len,
            disk,
            _inner,
            attributes,
            offset,
        ) = struct.unpack_from("<6H3L5H2L", data, at + 4)
        rest = at + 46 + name_len + extra_len + comment_len
        if rest > len(data):
            raise _damaged("The list of its files is damaged.")
        raw_name = data[at + 46 : at + 46 + name_len]
        extra = _extra(data[at + 46 + name_len : at + 46 + name_len + extra_len])
        size, packed, offset = _large(extra.get(0x0001, b""), size, packed, offset)
        name = _name(raw_name, flags, extra.get(0x7075, b""))
        members.append(_Member(raw_name, name, made >> 8, flags, method, crc, packed, size, offset, attributes, disk))
        at = rest
    if at != len(data):
        raise _damaged("The list of its files holds more than it says.")
    return members


def _extra(data: bytes) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("<2H", data, at)
        fields.setdefault(kind, data[at + 4 : at + 4 + length])
        at += 4 + length
    return fields


def _large(field: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Figures too large for 32 bits stand in a field of their own, in this order (APPNOTE 4.5.3)."""
    figures = []
    for figure in (size, packed, offset):
        if figure == 0xFFFFFFFF:
            if len(field) < 8:
                raise _damaged("The list of its files is damaged.")
            figures.append(struct.unpack_from("<Q", field)[0])
            field = field[8:]
        else:
            figures.append(figure)
    return figures[0], figures[1], figures[2]


def _name(raw: bytes, flags: int, unicode_field: bytes) -> str | None:
    """The name: UTF-8 where the zip says so or it can be nothing else (macOS does not say so), else code page 437."""
    if (
        len(unicode_field) > 5
        and unicode_field[0] == 1
        and struct.unpack_from("<L", unicode_field, 1)[0] == zlib.crc32(raw)
    ):
        raw, flags = unicode_field[5:], _UTF8
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None if flags & _UTF8 else raw.decode("cp437")


def _backslashes_are_folders(members: list[_Member]) -> bool:
    """Whether the zip was made by a Windows program that writes `\\` between folders, throughout."""
    names = [member.name for member in members if member.name is not None]
    with_backslash = [member for member in members if b"\\" in member.raw_name]
    return (
        bool(with_backslash)
        and not any("/" in name for name in names)
        and all(member.made_on == _MADE_ON_DOS for member in with_backslash)
    )


# One member ---------------------------------------------------------------------------------------------------------


def _why_refused(member: _Member) -> str | None:
    mode = stat.S_IFMT(member.attributes >> 16)
    why = None
    if member.name is None:
        why = "Its name is not valid text."
    elif member.disk:
        why = "It lies on another volume of a split archive. Join the volumes first."
    elif member.flags & _ENCRYPTED or member.method == 99:
        why = "It is encrypted. Unpack the zip with its password and load the folder."
    elif mode in _KINDS or member.attributes & _DOS_LINK:
        why = f"This is {_KINDS.get(mode, 'a link')}. A pack holds plain files and folders only."
    elif member.is_folder and member.size:
        why = "It is a folder and holds data as a file does."
    elif member.method not in (_STORED, _DEFLATED) or member.flags & _PATCH:
        kind = _METHODS.get(member.method, f"method {member.method}")
        why = f"It is packed in a way that is not read here ({kind}). Unpack the zip and load the folder."
    elif member.method == _STORED and member.packed != member.size:
        why = "Its sizes contradict each other."
    elif member.size > _RATIO_FROM and member.size > _RATIO * member.packed:
        why = f"It would grow to more than {_RATIO} times its size when unpacked, as archives made to do harm do."
    return why


def _data_start(file: BinaryIO, member: _Member, end: int) -> int | str:
    """Where the member's data starts, or why it cannot be read: its own header must agree with the list."""
    lost = "Its place in the zip is damaged."
    if member.offset + 30 > end:
        return lost
    file.seek(member.offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        return lost
    flags, method, crc, packed, size, name_length, extra_length = struct.unpack_from("<2H4x3L2H", header, 6)
    start = member.offset + 30 + name_length + extra_length
    if start + member.packed > end:
        return lost
    contradicts = file.read(name_length) != member.raw_name or method != member.method or (flags ^ member.flags) & 1
    if not flags & _SIZES_BEHIND:
        said = [(crc, member.crc), (packed, member.packed), (size, member.size)]
        contradicts = contradicts or any(here not in (there, 0xFFFFFFFF) for here, there in said)
    return "What the zip says about it in two places is not the same." if contradicts else start


def _overlaps(spans: list[tuple[int, int, _Member]]) -> list[Problem]:
    """Members that share bytes, which no honest program writes; one problem for all of them."""
    found: list[tuple[_Member, _Member]] = []
    held = sorted(spans, key=lambda span: span[:2])
    if not held:
        return []
    _, reach, holder = held[0]
    for start, end, member in held[1:]:
        if start < reach:
            found.append((member, holder))
        if end > reach:
            reach, holder = end, member
    if not found:
        return []
    member, other = found[0]
    more = f" So do {len(found) - 1} more." if len(found) > 1 else ""
    return [Problem(member.shown, f"It shares its bytes with “{other.shown}”, as archives made to do harm do.{more}")]


def _blocks(file: BinaryIO, path: str, member: _Member, start: int) -> Generator[bytes, None, None]:
    packed = _packed(file, path, start, member.packed)
    blocks = packed if member.method == _STORED else _inflated(path, packed)
    return checked(path, member.size, blocks, member.crc)


def _packed(file: BinaryIO, path: str, start: int, length: int) -> Iterator[bytes]:
    end = start + length
    while start < end:
        try:
            file.seek(start)
            block = file.read(min(BLOCK, end - start))
        except OSError as error:
            raise refusal(
                path, "The zip does not answer: is the stick or the network share still connected?"
            ) from error
        if not block:
            raise refusal(path, "The zip became shorter while it was read.")
        start += len(block)
        yield block


def _inflated(path: str, packed: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    while not unpacker.eof:
        data = unpacker.unconsumed_tail or next(packed, b"")
        try:
            block = unpacker.decompress(data, BLOCK)
        except zlib.error as error:
            raise refusal(path, "It is damaged: it cannot be unpacked.") from error
        if block:
            yield block
        elif not data:
            raise refusal(path, "It is damaged: its end is missing.")
    if unpacker.unused_data or next(packed, b""):
        raise refusal(path, "It is damaged: something stands behind its end.")
