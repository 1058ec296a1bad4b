"""An authority's own sentences for letters: written out to be changed, checked, and taken in."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from evalpanel.domain.letter_wording import WordingProblem, problems
from evalpanel.domain.wording_text import line_of, written
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, tenders, wordings
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import new_folder, read_whole, write_atomic

MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class WordingFault:
    """One thing that is wrong in a file of sentences: the file, its line (0: no line says it), and what."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.what}" if self.line else f"{self.file}: {self.what}"


@dataclass(frozen=True, slots=True)
class WordingFile:
    """A file of sentences that was read: the law's wording that it is for, its text, and what is wrong in it."""

    name: str
    text: str
    faults: tuple[WordingFault, ...]


class WordingRefused(EvalPanelError):
    """Files of sentences that cannot be used. `faults` holds everything that is wrong in them."""

    def __init__(self, faults: tuple[WordingFault, ...]) -> None:
        listed = "; ".join(str(one) for one in faults[:20])
        more = f"; and {len(faults) - 20} more" if len(faults) > 20 else ""
        super().__init__("The sentences cannot be used.", f"{listed}{more}. Nothing was changed.")
        self.faults = faults


def export(workspace: Workspace, out: Path) -> tuple[Path, ...]:
    """Write the sentences of the letters under every law into `out`, as they are used now, with what may stand in them."""
    with workspace.store.reading() as tx:
        texts = {name: written(wordings.used(tx, name), name) for name in wordings.names()}
    new_folder(out, may_exist=True)
    files = []
    for name, text in texts.items():
        target = out / f"{name}.toml"
        if target.exists():
            raise EvalPanelError(
                f"{target.name} is in that folder already.", "It was left alone. Choose an empty folder."
            )
        write_atomic(target, text.encode("utf-8"), private=False)
        files.append(target)
    return tuple(files)


def check(folder: Path) -> tuple[WordingFile, ...]:
    """Read every file of sentences in a folder and say what is wrong in each, with its line. Keeps nothing."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise EvalPanelError(
            f"There are no files of sentences in {folder.name}.",
            "They end with .toml. `evalpanel letters wording export` writes them.",
        )
    return tuple(_read(path) for path in files)


def use(workspace: Workspace, folder: Path) -> tuple[str, ...]:
    """Take in the files of sentences of a folder: all of them or none. Letters that are not signed yet use them from now on."""
    found = check(folder)
    faults = tuple(fault for one in found for fault in one.faults)
    if faults:
        raise WordingRefused(faults)
    with workspace.store.writing() as tx:
        for one in found:
            digest = hashlib.sha256(one.text.encode("utf-8")).hexdigest()
            detail = {"wording": one.name, "sha256": digest}
            act = audit.record(tx, workspace, "wording-used", tender=None, person=tenders.OWNER, detail=detail)
            tx.add(
                t.WordingRow(
                    name=one.name, text=one.text, sha256=digest, person=tenders.OWNER, at=workspace.now(), act=act
                )
            )
    return tuple(one.name for one in found)


def _read(path: Path) -> WordingFile:
    name = path.stem
    if name not in wordings.names():
        known = ", ".join(f"{one}.toml" for one in wordings.names())
        return WordingFile(
            name, "", (WordingFault(path.name, 0, f"no law has a wording of that name: there are {known}"),)
        )
    try:
        text = read_whole(path, MOST_BYTES).decode("utf-8")
        held = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return WordingFile(name, "", (WordingFault(path.name, line, "this is no UTF-8 text"),))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return WordingFile(name, "", (_unreadable(path.name, error),))
    found = problems(wordings.resolved(held))
    return WordingFile(name, text, tuple(_fault(path.name, text, one) for one in found))


def _fault(file: str, text: str, problem: WordingProblem) -> WordingFault:
    return WordingFault(file, line_of(text, problem.path), f"{'.'.join(problem.path)}: {problem.what}")


def _unreadable(file: str, error: Exception) -> WordingFault:
    said = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is nested too deeply"
    what, _, where = said.partition(" (at ")
    digits = "".join(char for char in where.partition("line ")[2].partition(",")[0] if char.isdigit())
    return WordingFault(file, int(digits) if digits else 0, f"it cannot be read: {what[:1].lower()}{what[1:]}")
