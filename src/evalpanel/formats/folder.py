"""A tender pack as it arrives: a workbook, a folder, a zip or a tar, read in place and checked before anything is read.

An archive is told by its content, not by its name, and is never unpacked to the disk. Each of them may hold a BagIt
bag, whose payload is then the pack. What makes a pack unsafe or unreadable is listed at once, with the name of each
file (docs/formats/packs.md, docs/formats/bagit.md).
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from evalpanel.domain.intake import Problem
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.formats.bag import bags_inside, read_bag, top_of_bag
from evalpanel.formats.folder_files import list_folder
from evalpanel.formats.gunzipped import MAGIC as GZIP
from evalpanel.formats.pack_names import collisions, junk, junk_notes, key, notes_on, why_refused
from evalpanel.formats.pack_streams import Listed, stream, watched_for
from evalpanel.formats.tar_members import is_tar, list_tar
from evalpanel.formats.zip_members import list_zip, names_in
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.system.files import in_words, read_whole, shown, trouble

WORKBOOK = "tender.xlsx"
MOST_FILES = 20_000
MOST_BYTES = 20 << 30
MOST_WORKBOOK_BYTES = 64 << 20
_MOST_PROBLEMS = 200
_BIDS = "bids/"

_OTHER_ARCHIVES = (
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "an xz archive"),
    (0, b"MSCF", "a cabinet archive"),
)
_SPLIT_ZIP = (b"PK\x07\x08", b"PK00")


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One document of a pack: its path with `/` between folders, in NFC, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class PackSource:
    """What arrived. `entries` are its documents, without the workbook and without what computers put there themselves.

    `workbook` is the content of `tender.xlsx`, and `workbook_name` what the person calls it. While a problem of
    `problems` stops, nothing of the pack may be kept.
    """

    name: str
    entries: tuple[SourceEntry, ...]
    workbook: bytes | None
    workbook_name: str
    problems: tuple[Problem, ...]
    _listed: dict[str, Listed] = field(repr=False)

    def blocks(self, entry: SourceEntry, each: Callable[[bytes], None] | None = None) -> Generator[bytes, None, None]:
        """The content of `entry` in pieces, once, from start to end; `each` is given every piece as it passes.

        Raises EvalPanelError that names the file, here or in the middle of reading: damaged, longer or shorter than
        listed, changed or gone since. The last bytes come only after all of it is checked.
        """
        with closing(self._listed[entry.path].blocks()) as held:
            for block in held:
                if each is not None:
                    each(block)
                yield block

    def open(self, entry: SourceEntry, each: Callable[[bytes], None] | None = None) -> BinaryIO:
        """The same as a file, to be read and closed."""
        return stream(self.blocks(entry, each))


@contextmanager
def open_source(path: Path, *, room: int | None = None, progress: Progress = NO_PROGRESS) -> Iterator[PackSource]:
    """Read the pack at `path` in place, for as long as the block runs: a workbook by itself, or a folder, zip, tar or
    gzipped tar, with a BagIt bag inside or without.

    `room`: bytes free where its documents will be kept; a pack that holds more is refused. Raises EvalPanelError
    when the pack as a whole cannot be read; all else that is wrong stands in `problems`. `progress` is told of the
    listing, and stops it and later reading.
    """
    if path.is_dir():
        yield _source(path.resolve().name, *list_folder(path, MOST_FILES, progress), room, progress)
        return
    with _opened(path) as file:
        if _is_tar(file):
            yield _source(path.name, *list_tar(file, path.name, MOST_FILES, MOST_BYTES, progress), room, progress)
        elif _is_zip_pack(file, path):
            yield _source(path.name, *list_zip(file, MOST_FILES, progress), room, progress)
        else:
            yield PackSource(path.name, (), read_whole(path, MOST_WORKBOOK_BYTES), path.name, (), {})


def _opened(path: Path) -> BinaryIO:
    try:
        # A pipe or a device would keep us waiting for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            raise EvalPanelError(
                f"“{shown(path.name)}” is neither a file nor a folder.",
                "Nothing was kept. Give a workbook, folder, zip or tar.",
            )
        return path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL or with broken characters
        raise trouble(error, "opened", path) from error


def _is_tar(file: BinaryIO) -> bool:
    """Whether a file is a tar or something packed with gzip, which is read if it is a tar."""
    start = file.read(512)
    return start.startswith(GZIP) or is_tar(start)


def _is_zip_pack(file: BinaryIO, path: Path) -> bool:
    """Whether a file is a zip with a pack in it, and not one that is itself a spreadsheet."""
    file.seek(0)
    start = file.read(512)
    for at, mark, kind in _OTHER_ARCHIVES:
        if start[at : at + len(mark)] == mark:
            raise EvalPanelError(
                f"“{shown(path.name)}” is {kind}, which evalpanel does not read.",
                "Nothing was kept. Unpack it and load the folder, or ask for a zip.",
            )
    if start.startswith(_SPLIT_ZIP):
        raise EvalPanelError(
            f"“{shown(path.name)}” is one of several volumes of a split archive.",
            "Nothing was kept. Join the volumes, or unpack them and load the folder.",
        )
    if not start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    names = names_in(file, MOST_FILES)
    # Office Open XML (ECMA-376 part 2) and OpenDocument (part 2, 3.3) say what they are in these two places.
    return "[Content_Types].xml" not in names and "mimetype" not in names


def _source(
    name: str, listed: list[Listed], problems: list[Problem], room: int | None, progress: Progress
) -> PackSource:
    listed = [watched_for(progress, item) for item in listed]
    bag = top_of_bag(listed)
    if bag is not None:
        listed, found = read_bag(name, listed, bag, problems)
        problems.extend(found)
    problems.extend(bags_inside(listed))
    files, folders, left_out = [], [], []
    for item in listed:
        why = why_refused(item.path)
        by = junk(item.path)
        if why is not None:
            problems.append(Problem(shown(item.path), why))
        elif by is not None:
            if not item.is_folder:
                left_out.append((item.path, by))
        elif item.is_folder:
            folders.append(item.path)
        else:
            files.append(item)
    problems.extend(collisions((item.path for item in files), folders))
    problems.extend(_size_problems(name, files, room))
    problems.extend(junk_notes(left_out))

    top = _common_top(item.path for item in files)
    held = {item.path.removeprefix(top): item for item in files}
    workbook_name = next((path for path in held if key(path) == WORKBOOK), "")
    workbook = _workbook(held.pop(workbook_name), problems) if workbook_name else None
    for path, item in held.items():
        problems.extend(notes_on(path, item.size))
    entries = tuple(SourceEntry(path, held[path].size) for path in sorted(held))
    return PackSource(name, entries, workbook, workbook_name, _at_most(name, problems), held)


def _size_problems(name: str, files: list[Listed], room: int | None) -> Iterator[Problem]:
    total = sum(item.size for item in files)
    if total > MOST_BYTES:
        yield Problem(shown(name), f"It holds {in_words(total)}; a pack holds at most {in_words(MOST_BYTES)}.")
    elif room is not None and total > room:
        yield Problem(shown(name), f"It holds {in_words(total)}, and there is room for {in_words(room)} only.")


def _common_top(paths: Iterator[str]) -> str:
    """The one folder that holds everything, as zips often have one, with its `/`; empty when there is none to drop."""
    held = list(paths)
    top = held[0].partition("/")[0] + "/" if held else ""
    if not held or not all(path.startswith(top) for path in held):
        return ""
    inside = [key(path.removeprefix(top)) for path in held]
    return top if any(path == WORKBOOK or path.startswith(_BIDS) for path in inside) else ""


def _workbook(item: Listed, problems: list[Problem]) -> bytes | None:
    if item.size > MOST_WORKBOOK_BYTES:
        problems.append(Problem(WORKBOOK, f"A workbook of {in_words(item.size)} is too large to be one."))
        return None
    try:
        with stream(item.blocks()) as file:
            return file.read()
    except Cancelled:
        raise
    except EvalPanelError as error:
        problems.append(Problem(WORKBOOK, str(error)))
        return None


def _at_most(name: str, problems: list[Problem]) -> tuple[Problem, ...]:
    """What stops first; at most a page or two of each, and how many more there are."""
    told: list[Problem] = []
    for stops in (True, False):
        these = [problem for problem in problems if problem.stops is stops]
        told.extend(these[:_MOST_PROBLEMS])
        if len(these) > _MOST_PROBLEMS:
            told.append(Problem(shown(name), f"There are {len(these) - _MOST_PROBLEMS} more like these.", stops))
    return tuple(told)
