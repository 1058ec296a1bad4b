"""Which names of files a tender pack may hold: none that leads out of the pack, or that a computer would mix up.

A pack comes from a portal or a stick and was made by people we do not know. Its names are checked before anything is
read, and a name that is accepted is safe to keep, to show and to write on Windows, macOS and Linux.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from evalpanel.domain.intake import Problem
from evalpanel.system.files import TURNS_TEXT, shown

MOST_BYTES_OF_A_PART = 255
MOST_BYTES_OF_A_PATH = 1024

# Names that Windows keeps for devices, with any ending (Microsoft, "Naming Files, Paths, and Namespaces").
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}
    | {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"}
)
_DRIVE = re.compile(r"[A-Za-z]:")
_FORBIDDEN_ON_WINDOWS = frozenset('<>"|?*')
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".cab", ".iso")


def normal(name: str) -> str:
    """`name` in the one form in which paths of packs are kept: NFC, without leading `./`.

    macOS writes an accent as a sign of its own; the workbook's Documents sheet does not.
    """
    while name.startswith("./"):
        name = name[2:]
    return unicodedata.normalize("NFC", name)


def key(path: str) -> str:
    """What two paths share that a computer would mix up: they differ only by case or by the form of their accents.

    Canonical caseless matching (The Unicode Standard, definition D145).
    """
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def why_refused(path: str) -> str | None:
    """Why a file may not stand under `path` (in `normal` form, with `/`), or None when it may."""
    return _whole_refused(path) or next(filter(None, map(_part_refused, path.split("/"))), None)


def _whole_refused(path: str) -> str | None:
    why = None
    if not path:
        why = "The name is empty."
    elif any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in path):
        why = "The name holds control characters."
    elif any(unicodedata.category(char) == "Cs" for char in path):
        why = "The name is not valid text."
    elif any(char in TURNS_TEXT for char in path):
        why = "The name holds marks that turn the direction of text, so that it reads differently from what it is."
    elif path.startswith(("/", "\\")):
        why = "The name starts at the top of a disk, outside the pack."
    elif _DRIVE.match(path):
        why = "The name starts with the letter of a drive, outside the pack."
    elif "\\" in path:
        why = "The name holds a backslash, which is a folder on some computers and part of the name on others."
    elif len(path.encode()) > MOST_BYTES_OF_A_PATH:
        why = f"The path is longer than {MOST_BYTES_OF_A_PATH} bytes."
    return why


def _part_refused(part: str) -> str | None:
    why = None
    if part == "..":
        why = "The name leads out of the pack (“..”)."
    elif part in ("", "."):
        why = "The path holds a folder without a name."
    elif len(part.encode()) > MOST_BYTES_OF_A_PART:
        why = f"The name is longer than {MOST_BYTES_OF_A_PART} bytes."
    elif ":" in part:
        why = "The name holds a colon, which Windows gives another meaning."
    elif part[-1] in ". ":
        why = "The name ends in a dot or a space, which Windows drops."
    elif part.split(".")[0].rstrip(" ").casefold() in _RESERVED:
        why = f"“{part}” is a name that Windows keeps for a device."
    return why


def junk(path: str) -> str | None:
    """What puts a file at `path` that belongs to a computer and not to the pack, or None."""
    parts = path.split("/")
    name = parts[-1]
    by = None
    if parts[0] == "__MACOSX" or "__MACOSX" in parts[:-1] or name == ".DS_Store" or name.startswith("._"):
        by = "macOS"
    elif name.casefold() in ("thumbs.db", "desktop.ini", "ehthumbs.db"):
        by = "Windows"
    elif name.startswith("~$"):
        by = "Word or Excel while a document is open"
    elif name.startswith(".~lock.") and name.endswith("#"):
        by = "LibreOffice while a document is open"
    return by


def notes_on(path: str, size: int) -> Iterable[Problem]:
    """What is worth knowing about an accepted file, from its name and size."""
    if size == 0:
        yield Problem(path, "The file is empty (0 bytes).", stops=False)
    if path.casefold().endswith(_ARCHIVES):
        yield Problem(
            path, "This is an archive inside the pack. It is kept as one document and not opened.", stops=False
        )
    if any(char in _FORBIDDEN_ON_WINDOWS for char in path):
        yield Problem(path, "Windows cannot keep a file under this name; an exported copy gets another.", stops=False)


def junk_notes(left_out: Iterable[tuple[str, str]]) -> tuple[Problem, ...]:
    """One note for each kind of junk, from pairs of path and who put it there."""
    found: dict[str, list[str]] = {}
    for path, by in left_out:
        found.setdefault(by, []).append(path)
    return tuple(
        Problem(
            shown(paths[0]),
            f"Left out: {by} puts it there" + (f" ({len(paths) - 1} more like it)." if len(paths) > 1 else "."),
            stops=False,
        )
        for by, paths in found.items()
    )


def collisions(files: Iterable[str], folders: Iterable[str]) -> tuple[Problem, ...]:
    """Files that would be one on some computers, and files that are folders too. `folders`: those named by themselves."""
    first: dict[str, str] = {}
    all_folders = dict.fromkeys(folders)
    problems = []
    for path in files:
        all_folders.update(dict.fromkeys(_above(path)))
        known = key(path)
        if known not in first:
            first[known] = path
            continue
        other = first[known]
        what = (
            "The pack holds two files under this name."
            if other == path
            else f"The name differs from “{shown(other)}” only by capitals or by how its accents are written."
        )
        problems.append(Problem(shown(path), what))
    both = dict.fromkeys(first[key(folder)] for folder in all_folders if key(folder) in first)
    problems.extend(Problem(shown(path), "The pack holds a file and a folder under this name.") for path in both)
    return tuple(problems)


def _above(path: str) -> Iterable[str]:
    """The folders that `path` lies in, the nearest first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
