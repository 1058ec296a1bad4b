"""Writes zips byte by byte, so that each of their statements can be a lie. Source: PKWARE APPNOTE 6.3.10."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
UTF8, ENCRYPTED, SIZES_BEHIND = 0x0800, 0x0001, 0x0008
DOS, UNIX = 0, 3


@dataclass(frozen=True, slots=True)
class Member:
    """One member. What is None is told truly; what is given is told instead of the truth."""

    name: bytes
    data: bytes = b""
    method: int = STORED
    flags: int = UTF8
    made_on: int = UNIX
    mode: int = 0o100644
    dos: int = 0
    size: int | None = None
    packed: int | None = None
    crc: int | None = None
    offset: int | None = None
    disk: int = 0
    extra: bytes = b""
    local_name: bytes | None = None
    local_size: int | None = None
    local_method: int | None = None
    body: bytes | None = None
    """The packed bytes themselves, where they are not what `method` makes of `data`."""


def packed(member: Member) -> bytes:
    """The bytes of a member as they lie in the zip."""
    if member.body is not None:
        return member.body
    if member.method != DEFLATED:
        return member.data
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(member.data) + packer.flush()


def raw_zip(
    members: Sequence[Member],
    *,
    count: int | None = None,
    disk: int = 0,
    start: int | None = None,
    comment: bytes = b"",
) -> bytes:
    """A zip of these members. `count`, `disk` and `start` are told instead of the truth about the list at its end."""
    out, listing = bytearray(), bytearray()
    for member in members:
        body = packed(member)
        size = len(member.data) if member.size is None else member.size
        length = len(body) if member.packed is None else member.packed
        crc = zlib.crc32(member.data) if member.crc is None else member.crc
        offset = len(out) if member.offset is None else member.offset
        local = member.name if member.local_name is None else member.local_name
        told = size if member.local_size is None else member.local_size
        method = member.method if member.local_method is None else member.local_method
        behind = bool(member.flags & SIZES_BEHIND)
        figures = (0, 0, 0) if behind else (crc, length, told)
        out += (
            struct.pack("<4s5H3L2H", b"PK\3\4", 20, member.flags, method, 0, 33, *figures, len(local), 0) + local + body
        )
        if behind:
            out += struct.pack("<4s3L", b"PK\7\x08", crc, length, size)
        attributes = member.mode << 16 | member.dos
        fixed = (member.made_on << 8 | 20, 20, member.flags, member.method, 0, 33, crc, length, size)
        lengths = (len(member.name), len(member.extra), 0, member.disk, 0)
        listing += (
            struct.pack("<4s6H3L5H2L", b"PK\1\2", *fixed, *lengths, attributes, offset) + member.name + member.extra
        )
    told_count = len(members) if count is None else count
    at = len(out) if start is None else start
    end = struct.pack("<4s4H2LH", b"PK\5\6", disk, disk, told_count, told_count, len(listing), at, len(comment))
    return bytes(out + listing + end + comment)


def bomb_of_overlaps(members: int) -> bytes:
    """Many lines in the list for one and the same packed kernel, as the simplest of Fifield's overlapping bombs."""
    kernel = Member(b"a.bin", b"\0" * 1000, DEFLATED)
    return raw_zip([kernel, *(Member(b"a.bin", b"\0" * 1000, DEFLATED, offset=0) for _ in range(members))])
