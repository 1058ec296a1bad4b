"""A panel whose officer made the two sheets of paper, with all that was carried lying on the stick: for whoever takes over from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from evalpanel.services import declarations, inviting, issuing, joining, papers, sending, setup, sign_off
from evalpanel.services.workspace import Workspace
from laptops import OFFICER, Laptops, left
from sheets import words_on
from stages import REFERENCE, Level, level_of, load, score

PEOPLE = ("CH1", "PM1", "PM2")


@contextmanager
def papered(
    root: Path,
    prepare: Callable[[Workspace, Path], object] = load,
    opened: Callable[[Workspace], object] = id,
    level: Level = level_of,
) -> Iterator[Laptops]:
    """PM1 sent a sheet that is signed off, PM2 one that is not. `prepare` loads the tender, `opened` is done once its criteria are frozen."""

    with left(root, _bring, prepare, opened, level) as desk:
        yield desk


def _bring(
    desk: Laptops, prepare: Callable[[Workspace, Path], object], opened: Callable[[Workspace], object], level: Level
) -> None:
    prepare(desk[OFFICER], desk.root / "pack")
    setup.freeze(desk[OFFICER], REFERENCE)
    opened(desk[OFFICER])
    (desk.root / "paper").mkdir()
    papers.recovery(desk[OFFICER], REFERENCE, to=desk.root / "paper")
    for one in inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=PEOPLE):
        answer = joining.enrol(desk[one.person], one.file, to=desk.stick)
        desk.take(OFFICER, answer)
        desk.speak(REFERENCE, one.person)
        declarations.declare(desk[OFFICER], REFERENCE, person=one.person)
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    for person in PEOPLE:
        desk.take(person, made.roster, made.pack, *made.releases.values())
        declarations.declare(desk[person], REFERENCE, person=person)
    for person in ("PM1", "PM2"):
        score(desk[person], person=person, level=level)
    sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")
    for person in PEOPLE:
        sending.send(desk[person], REFERENCE, to=desk.stick)


def paper_words(root: Path) -> Mapping[str, str]:
    """The words of the two sheets, by the sheet."""
    return {which: words_on(next((root / "paper").glob(f"* {which}.pdf"))) for which in ("successor", "recovery")}
