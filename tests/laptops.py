"""Several laptops that never meet: profiles of their own, and a folder that stands for the stick between them."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from evalpanel.services import confirming, joining, receiving, workspace
from evalpanel.services.receiving import Report
from evalpanel.services.workspace import Workspace
from guards import at_home_in
from profiles import Clock, make_profile, opened, quick_keys

OFFICER = "OF1"


@dataclass
class Laptops:
    """Laptops by person code; each has a profile, made when it is first asked for."""

    root: Path
    clock: Clock
    stack: ExitStack
    open: dict[str, Workspace] = field(default_factory=dict)

    @property
    def stick(self) -> Path:
        """The folder that is carried from one to the other."""
        folder = self.root / "stick"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def __getitem__(self, person: str) -> Workspace:
        if person not in self.open:
            self.open[person] = self.stack.enter_context(self.opened(person))
        return self.open[person]

    def opened(self, person: str) -> AbstractContextManager[Workspace]:
        """The person's profile, open."""
        folder = self.root / f"laptop-{person}"
        return workspace.throw_away(folder, name=person, email=f"{person}@northmoor.example", clock=self.clock)

    def take(self, person: str, *files: Path) -> tuple[Report, ...]:
        """The person takes files in."""
        return receiving.receive(self[person], files)

    def join(self, tender: str, person: str, invitation: Path) -> Path:
        """The person answers an invitation, the officer takes the answer in, and both read the words to each other."""
        answer = joining.enrol(self[person], invitation, to=self.stick)
        self.take(OFFICER, answer)
        self.speak(tender, person)
        return answer

    def speak(self, tender: str, person: str) -> None:
        """Each reads the eight words aloud, and the other types them."""
        (of_officer,) = confirming.words_to_read(self[OFFICER], tender, person=person)
        (of_member,) = confirming.words_to_read(self[person], tender)
        confirming.confirm(self[OFFICER], tender, typed=" ".join(of_member), person=person)
        confirming.confirm(self[person], tender, typed=" ".join(of_officer))


class LastingLaptops(Laptops):
    """Laptops whose profiles stay when they are closed, and can be opened again or copied."""

    def opened(self, person: str) -> AbstractContextManager[Workspace]:
        """The person's profile, open; made first where there is none."""
        folder = self.root / f"laptop-{person}"
        if not folder.exists():
            make_profile(folder, person, f"{person}@northmoor.example")
        return opened(folder, self.clock)


@contextmanager
def laptops(
    root: Path, clock: Clock, prepare: Callable[[Workspace], object], kind: type[Laptops] = Laptops
) -> Iterator[Laptops]:
    """Laptops, the officer's brought to where `prepare` brings it."""
    with quick_keys(), ExitStack() as stack:
        held = kind(root, clock, stack)
        prepare(held[OFFICER])
        yield held


Bring = Callable[..., object]


@contextmanager
def left(
    root: Path, bring: Bring, *told: Any
) -> Iterator[LastingLaptops]:  # Any: whatever `bring` is told; it is hashed
    """Laptops as `bring(desk, *told)` leaves them: brought there once in this process, and copied to `root`.

    It must be a function of a module, and know no folder but that of the laptops.
    """
    held, now = _left(bring, *told)
    shutil.copytree(held, root, dirs_exist_ok=True)
    with quick_keys(), ExitStack() as stack:
        yield LastingLaptops(root, Clock(now), stack)


@cache
def _left(bring: Bring, *told: Any) -> tuple[Path, datetime]:  # Any: see above
    folder = Path(mkdtemp(prefix="laptops-"))
    atexit.register(shutil.rmtree, folder)
    clock = Clock()
    # Not at the home of the test that happens to be the first.
    with at_home_in(folder / "home"), quick_keys(), ExitStack() as stack:
        bring(LastingLaptops(folder / "laptops", clock, stack), *told)
    return folder / "laptops", clock.now
