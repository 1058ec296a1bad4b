"""The small test tender on several laptops, at moments that ask somebody to decide something: for pages to be shown on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import make
from evalpanel.domain.moderation import ModeratedRow
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import PersonCode
from evalpanel.services import (
    declarations,
    inviting,
    issuing,
    moderation,
    naming,
    preflight,
    releasing,
    sending,
    setup,
    sign_off,
)
from evalpanel.services.room import ModerationLine
from evalpanel.services.workspace import Workspace
from laptops import OFFICER, Laptops, laptops
from panels import SCORERS, moderate, people, scored_panel, sent_moderation, two_sheets
from papered import papered
from profiles import Clock
from stages import REFERENCE, load, score

STAGES = (
    "papered",
    "two-sheets",
    "unanswered",
    "blind",
    "blind-officer",
    "named",
    "moderated-blind",
    "moderated-named",
)
"""`papered`: a laptop that knows nothing of the tender; two sheets and a stick lie beside it. `two-sheets`: the chair's, who has two sheets of PM1 that do not know of each other. `unanswered`: the officer's, with final scores and
nobody's answer. `blind`: that of PM2, who reads bids under codes; `blind-officer`: that of the officer; `named`: PM2's once the names were released. `moderated-blind`: one laptop
for everybody, with scores moderated in a blind tender; `moderated-named`: the same once the names were released."""
FILES = {"B01/1.1.txt": b"How we reach.", "B02/1.1.txt": b"How we listen.", "B03/1.1.txt": b"How we ask."}


@contextmanager
def at(stage: str, root: Path) -> Iterator[Workspace]:
    """The laptop that is looked at, at a stage."""
    with _STAGES[stage](root) as space:
        yield space


@contextmanager
def _papered(root: Path) -> Iterator[Workspace]:
    with papered(root) as desk:
        yield desk["HP1"]


@contextmanager
def _two_sheets(root: Path) -> Iterator[Workspace]:
    with scored_panel(root) as desk:
        desk.take("CH1", *two_sheets(desk, "PM1"))
        yield desk["CH1"]


@contextmanager
def _unanswered(root: Path) -> Iterator[Workspace]:
    with scored_panel(root) as desk:
        moderate(desk)
        desk.take(OFFICER, sent_moderation(desk))
        yield desk[OFFICER]


@contextmanager
def _blind_desk(root: Path) -> Iterator[Laptops]:
    def prepared(space: Workspace) -> None:
        load(space, root / "pack", make.pack(tender=replace(make.tender(), blind=True), panel=people()), FILES)
        setup.freeze(space, REFERENCE)

    with laptops(root, Clock(), prepared) as desk:
        (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM2"])
        desk.join(REFERENCE, one.person, one.file)
        preflight.look(desk[OFFICER], REFERENCE)
        made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
        desk.take("PM2", made.roster, made.pack, *made.releases.values())
        declarations.declare(desk["PM2"], REFERENCE, person="PM2", answers=())
        sent = sending.send(desk["PM2"], REFERENCE, to=desk.stick)
        assert sent.declaration is not None
        desk.take(OFFICER, sent.declaration)
        _released(desk)
        yield desk


def _released(desk: Laptops) -> None:
    made = releasing.release(desk[OFFICER], REFERENCE, to=desk.stick)
    desk.take("PM2", *made.releases.values())


@contextmanager
def _blind(root: Path) -> Iterator[Workspace]:
    with _blind_desk(root) as desk:
        yield desk["PM2"]


@contextmanager
def _blind_officer(root: Path) -> Iterator[Workspace]:
    with _blind_desk(root) as desk:
        yield desk[OFFICER]


@contextmanager
def _named(root: Path) -> Iterator[Workspace]:
    with _blind_desk(root) as desk:
        release_names(desk[OFFICER])
        made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
        desk.take("PM2", made.roster, made.pack, *made.releases.values())
        yield desk["PM2"]


@contextmanager
def _moderated_blind(root: Path) -> Iterator[Workspace]:
    def prepared(space: Workspace) -> None:
        load(space, root / "pack", make.pack(tender=replace(make.tender(), blind=True), panel=people()), FILES)
        setup.freeze(space, REFERENCE)
        for one in ("CH1", "PM1", "PM2"):
            declarations.declare(space, REFERENCE, person=one, answers=())
        for one in ("CH1", "PM1", "PM2"):
            score(space, person=one, level=_level)
            sign_off.sign_off(space, REFERENCE, person=one)
        moderation.take_moderated(space, REFERENCE, rows=[_agreed(one) for one in moderation.lines(space, REFERENCE)])

    with laptops(root, Clock(), prepared) as desk:
        yield desk[OFFICER]


def _level(about: Line) -> Decimal:
    return Decimal(1 if about.criterion.startswith("C") else 3)


def _agreed(one: ModerationLine) -> ModeratedRow:
    present = tuple(PersonCode(code) for code in SCORERS)
    return ModeratedRow(
        "here", one.line, _level(one.line), "It names a plan.", not_higher="A date is wanted.", present=present
    )


@contextmanager
def _moderated_named(root: Path) -> Iterator[Workspace]:
    with _moderated_blind(root) as space:
        release_names(space)
        yield space


def release_names(space: Workspace) -> None:
    """It is decided that the panel may know who bids."""
    naming.release_names(space, REFERENCE, why="Two bids say themselves whose they are.", decided_by="OF1")


_STAGES: dict[str, Callable[[Path], AbstractContextManager[Workspace]]] = {
    "papered": _papered,
    "two-sheets": _two_sheets,
    "unanswered": _unanswered,
    "blind": _blind,
    "blind-officer": _blind_officer,
    "named": _named,
    "moderated-blind": _moderated_blind,
    "moderated-named": _moderated_named,
}
