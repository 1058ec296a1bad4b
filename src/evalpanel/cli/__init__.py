"""The command line: one command for each thing that a person does, over the same services as the window.

Exit codes: 0 done, 1 refused with one clear line on standard error, 2 usage, 3 a bug in evalpanel.
"""

from __future__ import annotations

import io
import json
import sys
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from evalpanel import __version__
from evalpanel.cli import (
    afterwards,
    agreeing,
    authorities,
    award,
    blind,
    carrying,
    challenging,
    deciding,
    interests,
    keeping,
    letters,
    low_prices,
    notices,
    people,
    reporting,
    scoring,
    setting_up,
    taking_over,
)
from evalpanel.cli.console import made
from evalpanel.domain.intake import ProblemsFound
from evalpanel.errors import EvalPanelError

_CTRL_C = 130
"""What typer ends with when a person presses Ctrl+C in a command that shows no bar."""

app = typer.Typer(
    name="evalpanel",
    help="Tender evaluation for panels: load a tender, score bids, moderate, and send signed feedback letters.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(setting_up.commands)
app.add_typer(notices.commands)
app.add_typer(setting_up.bids, name="bids")
app.add_typer(interests.commands)
app.add_typer(interests.declarations_commands, name="declarations")
app.add_typer(scoring.commands)
app.add_typer(scoring.scores, name="scores")
app.add_typer(award.commands)
app.add_typer(letters.letters, name="letters")
app.add_typer(award.moderated, name="moderated")
app.add_typer(award.price_commands, name="prices")
app.add_typer(deciding.commands)
app.add_typer(low_prices.commands)
app.add_typer(reporting.commands)
app.add_typer(authorities.commands, name="authority")
app.add_typer(blind.commands)
app.add_typer(blind.names, name="blind")
app.add_typer(carrying.commands)
app.add_typer(carrying.panel, name="panel")
app.add_typer(afterwards.commands)
app.add_typer(afterwards.feedback_commands, name="feedback")
app.add_typer(afterwards.lesson_commands, name="lessons")
app.add_typer(people.commands)
app.add_typer(taking_over.commands)
app.add_typer(agreeing.commands)
app.add_typer(challenging.commands)
app.add_typer(agreeing.agreement, name="agreement")
app.add_typer(keeping.commands)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"evalpanel {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    profile: Annotated[
        Path | None, typer.Option("--profile", metavar="DIR", help="A separate store, documents and keys.")
    ] = None,
    passphrase_file: Annotated[
        Path | None,
        typer.Option("--passphrase-file", metavar="F", help="Open the profile with the passphrase in this file."),
    ] = None,
    paper_words: Annotated[
        Path | None,
        typer.Option(
            "--paper-words", metavar="F", help="Open the profile with the words of its paper key in this file."
        ),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options that stand before the command."""
    context.obj = made(profile, passphrase_file, paper_words)


@cache
def _built() -> Callable[..., Any]:
    """The commands as typer makes them of our functions: it would make all of them again at each call."""
    return typer.main.get_command(app)


def run(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    try:
        _built()(args=arguments, prog_name="evalpanel")
    except SystemExit as done:  # typer's own way out: 0, what a command raised as Exit, or 2 for usage
        code = done.code if isinstance(done.code, int) else 0
        if code == _CTRL_C:
            return _refused(EvalPanelError("Stopped.", "What was not finished was not kept."), in_json=False)
        return code
    except EvalPanelError as refusal:
        return _refused(refusal, in_json="--json" in arguments)
    except BrokenPipeError:
        # Whoever read our output stopped reading; there is nobody left to tell.
        sys.stderr.close()
        return 1
    except Exception:  # noqa: BLE001  # the one broad catch of the command line: everything else is a bug, and says so
        traceback.print_exc()
        typer.echo(
            "This is a bug in evalpanel. What was saved before is safe; please report the lines above.", err=True
        )
        return 3
    return 0


def _refused(refusal: EvalPanelError, *, in_json: bool) -> int:
    if in_json:
        answer: dict[str, Any] = {"refused": {"title": refusal.title, "message": refusal.message}}
        if isinstance(refusal, ProblemsFound):
            answer["problems"] = [{"where": one.where, "what": one.what} for one in refusal.problems]
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return 1
    message = refusal.message
    if isinstance(refusal, ProblemsFound):
        for problem in refusal.problems:
            typer.echo(f"  problem: {problem}")
        message = f"{refusal.then} First: {refusal.problems[0]}"
    typer.echo(" ".join(f"{refusal.title} {message}".split()), err=True)
    return 1


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        # What is read by a program is UTF-8 on every system; a file name that is no valid text is shown with its codes.
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))
