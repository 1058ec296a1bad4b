"""What every command shares: which profile, how to speak, how to refuse, and a bar for long work."""

from __future__ import annotations

import getpass
import json
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Self

import typer
from rich.console import Console as RichConsole
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from evalpanel.domain.digests import plain
from evalpanel.domain.intake import Problem
from evalpanel.errors import EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import workspace
from evalpanel.services.workspace import Workspace
from evalpanel.system.files import may_take_out
from evalpanel.system.folders import default_profile
from evalpanel.system.logs import logging_to

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output, and nothing else.")]
Person = Annotated[str | None, typer.Option("--person", help="The code of the person who acts.")]
Someone = Annotated[str, typer.Option("--person", help="The code of the person, as in the sheet Panel.")]
TenderName = Annotated[str, typer.Argument(metavar="TENDER", help="The tender's reference or id.")]


@dataclass(slots=True)
class Console:
    """The global options, and whether the command that runs answers in JSON."""

    profile: Path
    passphrase_file: Path | None = None
    paper_words: Path | None = None
    json: bool = False

    @contextmanager
    def opened(self) -> Iterator[Workspace]:
        """The profile, open for this command."""
        paper = self.paper()
        passphrase = self.passphrase() if paper is None else None
        with workspace.opened(self.profile, passphrase=passphrase, paper=paper) as held, logging_to(held.folders.logs):
            for one in held.told:
                typer.echo(one, err=True)
            yield held

    def paper(self) -> str | None:
        """The words of a paper key, where a file with them was named."""
        return None if self.paper_words is None else read_words(self.paper_words)

    def passphrase(self) -> str | None:
        """What opens the profile: the passphrase file if one is given (then the keyring is not asked), else a question
        where the profile has only a passphrase, else None: the keyring."""
        if self.passphrase_file is not None:
            return read_passphrase(self.passphrase_file)
        if workspace.asks_passphrase(self.profile):
            if not sys.stdin.isatty():
                raise EvalPanelError(
                    "This profile is opened with a passphrase.", "Nothing was changed. Give it with --passphrase-file."
                )
            return getpass.getpass("Passphrase of this profile: ")
        return None

    def say(self, text: str) -> None:
        """A line for a person; silent when the answer is JSON."""
        if not self.json:
            typer.echo(text)

    def written(self, *, read_back: bool = False) -> None:
        """Files were written into a folder, a stick perhaps: it can be taken out."""
        self.say(may_take_out(read_back=read_back))

    def notes(self, problems: tuple[Problem, ...]) -> None:
        """What is worth knowing, a line each."""
        for problem in problems:
            self.say(f"  note: {problem}")

    def answer(self, value: Mapping[str, Any]) -> None:
        """The answer of a command as one JSON object, when JSON was asked for."""
        if self.json:
            typer.echo(json.dumps(plain(value), ensure_ascii=False, indent=1))

    def line(self, value: Mapping[str, Any]) -> None:
        """One of several answers as a JSON object on a line of its own, when JSON was asked for."""
        if self.json:
            typer.echo(json.dumps(plain(value), ensure_ascii=False))

    @contextmanager
    def progress(self, what: str) -> Iterator[Progress]:
        """A bar on standard error for long work, where a person is watching. Ctrl+C stops the work and keeps nothing."""
        progress = _Bar(what, shown=not self.json and sys.stderr.isatty())

        def stop(_number: int, _frame: FrameType | None) -> None:
            progress.cancel()

        before = signal.signal(signal.SIGINT, stop)
        try:
            with progress:
                yield progress
        finally:
            signal.signal(signal.SIGINT, before)


def console(context: typer.Context, *, json: bool = False) -> Console:
    """The console of a command that is running."""
    held: Console = context.ensure_object(Console) if context.obj is None else context.obj
    held.json = json
    return held


def made(profile: Path | None, passphrase_file: Path | None, paper_words: Path | None = None) -> Console:
    """The console for the global options."""
    return Console(profile or default_profile(), passphrase_file, paper_words)


def counted(number: int, thing: str, things: str = "") -> str:
    """A number of things as people say it: `1 lot`, `3 lots`, `2 people`."""
    return f"{number} {thing if number == 1 else things or thing + 's'}"


def read_passphrase(file: Path) -> str:
    """The passphrase in a file. One newline at its end is not part of it."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalPanelError("The passphrase file cannot be read.", f"Nothing was changed. Look at {file}.") from error
    for end in ("\r\n", "\n"):
        if text.endswith(end):
            return text[: -len(end)]
    return text


def chosen_passphrase() -> str:
    """A new passphrase, typed twice."""
    first = getpass.getpass("Choose a passphrase of several words: ")
    if first != getpass.getpass("Type it again: "):
        raise EvalPanelError("The two passphrases differ.", "Nothing was made. Try again.")
    return first


def read_words(file: Path) -> str:
    """The words of a sheet, typed into a file. More than a sheet holds is not read."""
    try:
        with file.open(encoding="utf-8") as opened:
            return opened.read(4_000)
    except (OSError, UnicodeDecodeError) as error:
        raise EvalPanelError(
            "The file with the words cannot be read.", f"Nothing was changed. Look at {file}."
        ) from error


class _Bar(Progress):
    """Progress drawn as a bar; silent where nobody is watching."""

    def __init__(self, what: str, *, shown: bool) -> None:
        super().__init__()
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None
        self._title = what
        if shown:
            self._bar = RichProgress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn() if what.endswith("letters") else TextColumn("{task.percentage:>3.0f} %"),
                TimeRemainingColumn(),
                console=RichConsole(stderr=True),
                transient=True,
            )

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task(self._title, total=None)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def step(self, done: int, total: int, what: str = "") -> None:
        super().step(done, total, what)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=max(total, 1))
