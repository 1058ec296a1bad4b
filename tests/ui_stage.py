"""The sample tender at each stage of its life, for pages to be shown and tested on. One profile a stage, made once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from evalpanel import demo
from evalpanel.domain.interests import Answer, InterestKind
from evalpanel.services import (
    declarations,
    moderation,
    outcome,
    packs,
    prices,
    setup,
    workspace,
)
from evalpanel.services.workspace import Workspace
from evalpanel.system.resources import resource

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
REFERENCE = "PTSCF-2026-014"
STAGES = ("empty", "draft", "frozen", "declared", "scoring", "signed", "moderated", "locked", "priced", "outcome")
"""In order. `scoring`: PM1 has scored and signed, the others not; `signed`: all signed off; `moderated`: lines agreed;
`locked`: moderation closed; `priced`: prices opened."""


@contextmanager
def at(stage: str, root: Path) -> Iterator[Workspace]:
    """A throw-away profile in `root` with the sample tender at `stage`."""
    with workspace.throw_away(
        root, name="Sample Officer", email="officer@procurement.example", clock=lambda: NOW
    ) as space:
        bring(space, stage)
        yield space


def bring(space: Workspace, stage: str) -> None:
    """Bring the sample tender in an empty profile to `stage`."""
    wanted = STAGES.index(stage)
    sample = resource("sample")
    story = tomllib.loads((sample / "story.toml").read_text(encoding="utf-8"))
    sheets = sorted((sample / "scores").glob("*.xlsx"))

    def sheet(path: Path) -> None:
        demo.hand_in(space, REFERENCE, path)

    def declare() -> None:
        for one in story["declarations"]:
            interest = (Answer(one["bidder"], one["about"], InterestKind(one["kind"])),) if "bidder" in one else ()
            declarations.declare(space, REFERENCE, person=one["person"], answers=interest)

    def others() -> None:
        for path in sheets:
            if path.stem != "PM1":
                sheet(path)

    def agree() -> None:
        for one in setup.view(space, REFERENCE).panel:
            declarations.affirm(space, REFERENCE, person=one.member.person, by="CH1")
        demo.agree(space, REFERENCE, sample)

    acts: dict[str, Callable[[], object]] = {
        "draft": lambda: packs.load(space, sample / "pack"),
        "frozen": lambda: setup.freeze(space, REFERENCE),
        "declared": declare,
        "scoring": lambda: sheet(sample / "scores" / "PM1.xlsx"),
        "signed": others,
        "moderated": agree,
        "locked": lambda: moderation.close(space, REFERENCE),
        "priced": lambda: prices.open_prices(space, REFERENCE),
        "outcome": lambda: outcome.outcome(space, REFERENCE),
    }
    for name in STAGES[1 : wanted + 1]:
        acts[name]()
