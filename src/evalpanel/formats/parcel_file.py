"""A parcel as a file: a zip, stored, with one cover and the sealed parts beside it.

    cover.age                  the signed statement, sealed to its recipients
    parts/<sha256>.age         a sealed piece, named by the digest of its ciphertext

`README.html` may lie beside them, for people: nothing here reads it.

An invitation and an enrolment come before anything can be sealed: their cover is `cover.json`. A parcel is recognised by
what is in it, so it may be called `.zip`, and mail gateways may put a zip round it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from evalpanel.domain.parcels import SUFFIX
from evalpanel.errors import EvalPanelError
from evalpanel.formats.pack_streams import Listed
from evalpanel.formats.statements import MOST as MOST_STATEMENT
from evalpanel.formats.zip_members import list_zip

SEALED_COVER, OPEN_COVER = "cover.age", "cover.json"
README = "README.html"
MOST_COVER = MOST_STATEMENT + (1 << 20)  # what sealing adds: a header, and 16 bytes for every 64 KiB
MOST_MEMBERS = 65_000
_BLOCK = 1 << 20
_PART = re.compile(r"parts/([0-9a-f]{64})\.age\Z")


class NotAParcel(EvalPanelError):
    """A file that holds no parcel."""


class NoParcelAtAll(NotAParcel):
    """A sound zip of something else: a workbook, a document."""


@dataclass(frozen=True, slots=True)
class SealedPart:
    """A sealed piece in a parcel that is being read: its digest by name, its size, and its bytes."""

    sealed: str
    size: int
    blocks: Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Container:
    """What a parcel file holds. `cover` is the signed statement itself when it `is_open`, else it is sealed."""

    cover: bytes
    is_open: bool
    parts: dict[str, SealedPart]


_INSIDE = (SUFFIX, ".zip")
"""What a parcel inside a zip may be called: its own name, or what a gateway made of it."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A zip that somebody, or a mail gateway, put round parcels: the names and bytes of all that is in it.

    What is no parcel among them is told file by file: a note beside them stops none of them.
    """

    inner: tuple[Listed, ...]


def _damaged(sealed: str, why: str) -> NotAParcel:
    return NotAParcel(
        f"The part {sealed[:8]}… of this parcel cannot be used. {why}", "Nothing was changed. Ask for it again."
    )


def read_parcel(file: BinaryIO) -> Container | Wrapping:
    """What the parcel in `file` holds; nothing is unsealed and no signature looked at. `file` stays open while parts are read.

    Raises EvalPanelError for a damaged zip, and for one that holds anything else.
    """
    listed, problems = list_zip(file, MOST_MEMBERS)
    stops = [problem for problem in problems if problem.stops]
    if stops:
        raise NotAParcel(f"This file cannot be read. {stops[0].where}: {stops[0].what}", "It was left alone.")
    files = [one for one in listed if not one.is_folder]
    covers = [one for one in files if one.path in (SEALED_COVER, OPEN_COVER)]
    if not covers and any(one.path.casefold().endswith(_INSIDE) for one in files):
        return Wrapping(tuple(files))
    others = [one for one in files if one.path not in (SEALED_COVER, OPEN_COVER, README)]
    strangers = [one.path for one in others if not _PART.match(one.path)]
    if len(covers) != 1 or strangers or len({one.path for one in files}) != len(files):
        nothing = NoParcelAtAll if not covers else NotAParcel
        raise nothing(
            "This file is no parcel of evalpanel.",
            "It was left alone. A parcel holds one cover, and sealed parts by digest.",
        )
    parts = {one.path[6:-4]: SealedPart(one.path[6:-4], one.size, one.blocks) for one in others}
    return Container(_whole(covers[0]), covers[0].path == OPEN_COVER, parts)


def checked_blocks(part: SealedPart) -> Iterator[bytes]:
    """The bytes of a sealed part, block by block. After the last one its digest is compared with its name.

    What was taken before a refusal must be thrown away.
    """
    running = hashlib.sha256()
    for block in part.blocks():
        running.update(block)
        yield block
    if running.hexdigest() != part.sealed:
        raise _damaged(part.sealed, "Its content is not what its name says.")


def write_parcel(
    file: IO[bytes],
    cover: bytes,
    *,
    is_open: bool,
    parts: Iterable[tuple[str, IO[bytes]]] = (),
    each: Callable[[int], None] | None = None,
    readme: bytes = b"",
) -> None:
    """Write a parcel into `file`. `parts` give each digest and where to read it; each is read when its turn comes, and closed.

    `each` is told how many bytes of parts were written so far; what it raises ends the writing. Digests are not looked at:
    whoever writes a parcel reads it back, and compares.
    """
    done = 0
    with ZipFile(file, "w", ZIP_STORED) as archive:
        if readme:
            archive.writestr(_entry(README), readme)
        archive.writestr(_entry(OPEN_COVER if is_open else SEALED_COVER), cover)
        for sealed, reader in parts:
            with reader, archive.open(_entry(f"parts/{sealed}.age"), "w", force_zip64=True) as target:
                while block := reader.read(_BLOCK):
                    target.write(block)
                    done += len(block)
                    if each is not None:
                        each(done)


def _entry(name: str) -> ZipInfo:
    """An entry without a time of its own: two parcels of the same content are the same bytes."""
    entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.create_system = 3
    entry.external_attr = 0o600 << 16
    return entry


def _whole(cover: Listed) -> bytes:
    if cover.size > MOST_COVER:
        raise NotAParcel(
            "The cover of this parcel is too large.",
            f"It has {cover.size} bytes; at most {MOST_COVER} are read. The file was left alone.",
        )
    return b"".join(cover.blocks())
