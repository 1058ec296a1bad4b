"""Writes BagIt bags file by file, and tars block by block, so that each of their statements can be a lie.

Sources: RFC 8493; POSIX.1-2017, pax, ustar interchange format.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_UNIT = 512


def manifest(files: Mapping[str, bytes], algorithm: str = "sha512", between: str = "  ") -> bytes:
    """The lines of a manifest for these files, with their paths as they are given."""
    digest = {name: hashlib.new(algorithm, data).hexdigest() for name, data in files.items()}
    return "".join(f"{digest[name]}{between}{name}\n" for name in files).encode()


def bag(
    payload: Mapping[str, bytes],
    tags: Mapping[str, bytes | None] | None = None,
    algorithms: Sequence[str] = ("sha512",),
    *,
    tag_manifests: bool = True,
) -> dict[str, bytes]:
    """The files of a bag of this payload. `tags` stand instead of the true tag files (None: left out), unless the tag
    manifest, which is made last, is told of them: it always is."""
    inside = {f"data/{name}": data for name, data in payload.items()}
    made: dict[str, bytes | None] = {"bagit.txt": DECLARATION}
    made |= {f"manifest-{algorithm}.txt": manifest(inside, algorithm) for algorithm in algorithms}
    octets = sum(len(data) for data in payload.values())
    made["bag-info.txt"] = f"Payload-Oxum: {octets}.{len(payload)}\n".encode()
    held = {name: data for name, data in (made | dict(tags or {})).items() if data is not None}
    if tag_manifests:
        held |= {f"tagmanifest-{one}.txt": manifest(held, one) for one in algorithms[:1]}
    return held | inside


def lay_out(root: Path, files: Mapping[str, bytes]) -> Path:
    """These files in the folder `root`."""
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def serialised(path: Path, kind: str, files: Mapping[str, bytes]) -> Path:
    """These files as a `folder`, `zip`, `tar` or `tar.gz` at `path`."""
    if kind == "folder":
        return lay_out(path, files)
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        return path
    data = raw_tar([TarMember(name.encode(), data) for name, data in files.items()])
    path.write_bytes(gzip.compress(data, mtime=0) if kind == "tar.gz" else data)
    return path


@dataclass(frozen=True, slots=True)
class TarMember:
    """One header block and its data. What is None is told truly."""

    name: bytes
    data: bytes = b""
    kind: bytes = b"0"
    size: int | None = None
    size_field: bytes | None = None
    checksum: int | None = None
    magic: bytes = b"ustar\x0000"
    prefix: bytes = b""
    at_482: bytes = b"\0"


def pax(**records: str) -> bytes:
    """The records of an extended header; `__` in a key stands for a dot."""
    out = b""
    for key, value in records.items():
        body = f" {key.replace('__', '.')}={value}\n".encode()
        length = len(body) + len(str(len(body)))
        length = len(body) + len(str(length))
        out += str(length).encode() + body
    return out


def raw_tar(members: Sequence[TarMember], end: bytes = bytes(2 * _UNIT)) -> bytes:
    """A tar of these members, with `end` behind them."""
    out = io.BytesIO()
    for member in members:
        size = len(member.data) if member.size is None else member.size
        field = b"%011o\0" % size if member.size_field is None else member.size_field
        head = bytearray(_UNIT)
        head[0:100] = member.name[:100].ljust(100, b"\0")
        head[100:124] = b"0000644\0" + b"0000000\0" * 2
        head[124:136] = field
        head[136:148] = b"00000000000\0"
        head[148:156] = b" " * 8
        head[156:157] = member.kind
        head[257:265] = member.magic.ljust(8, b"\0")
        head[345:500] = member.prefix.ljust(155, b"\0")
        if member.kind == b"S":
            head[482:483] = member.at_482
        total = sum(head) if member.checksum is None else member.checksum
        head[148:156] = b"%06o\0 " % total
        out.write(bytes(head))
        out.write(member.data + bytes(-len(member.data) % _UNIT))
    return out.getvalue() + end
