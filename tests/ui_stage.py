"""The sample tender at each stage of its life, for pages to be shown and tested on. One profile a stage, made once."""

from __future__ import annotations

import atexit
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import apart
import stages
from evalpanel import demo
from evalpanel.domain.interests import Answer, InterestKind
from evalpanel.domain.tender import PersonCode
from evalpanel.services import (
    confirming,
    deciding,
    declarations,
    inviting,
    issuing,
    joining,
    letters,
    moderation,
    outcome,
    packs,
    prices,
    publishing,
    receiving,
    setup,
    workspace,
)
from evalpanel.services.workspace import Workspace
from evalpanel.system.resources import resource
from guards import at_home_in
from profiles import make_profile, opened

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
REFERENCE = "PTSCF-2026-014"
STAGES = (
    "empty",
    "draft",
    "frozen",
    "declared",
    "scoring",
    "signed",
    "moderated",
    "locked",
    "priced",
    "outcome",
    "decided",
)
"""In order. `scoring`: PM1 has scored and signed, the others not; `signed`: all signed off; `moderated`: lines agreed;
`locked`: moderation closed; `priced`: prices opened; `decided`: the award is decided."""
CARRIED = ("answering", "answered", "early", "met", "came")
"""Between laptops, with frozen criteria. `answering` is the officer's: PM1 has answered, TS1's words are confirmed, the others
are invited. The rest are PM1's: `answered`: the answer is written; `early`: the officer's
files came before the words, and wait; `met`: the words are confirmed; `came`: the tender is here."""
DUE = "due"
"""Every lot was abandoned, the tender closed, and three years later its record may be ended."""
LETTERED = "lettered"
"""The award is decided, and every letter that can be is signed: they lie beside what was carried."""
NOT_HERE = ("empty", "answered", "early", "met")
"""The stages at which no tender can be opened."""


def tender(stage: str) -> str:
    """The tender that is open at a stage; empty where there is none yet."""
    if stage in apart.STAGES:
        return stages.REFERENCE
    return "" if stage in NOT_HERE else REFERENCE


@contextmanager
def at(stage: str, root: Path) -> Iterator[Workspace]:
    """A profile in `root` with the sample tender at `stage`: a copy of one that is made once in this process. Or one with the
    small tender at a stage of `apart.STAGES`."""
    if stage in apart.STAGES:
        with apart.at(stage, root) as space:
            yield space
        return
    held = _kept(stage)
    shutil.copytree(held, root, dirs_exist_ok=True)
    with ExitStack() as stack:
        # Opened on a computer that has not seen it yet: it would tell of a second copy.
        with at_home_in(held.parent / "no home"):
            space = stack.enter_context(opened(root, lambda: NOW + timedelta(days=3 * 366) if stage == DUE else NOW))
        yield space


@cache
def _kept(stage: str) -> Path:
    """A closed profile at a stage, made from the one at the stage before it. It has no backup yet."""
    folder = Path(mkdtemp(prefix="stage-"))
    atexit.register(shutil.rmtree, folder)
    root = folder / "profile"
    # Not at the home of the test that happens to be the first.
    with at_home_in(folder / "home"):
        if stage == "empty":
            make_profile(root, "Sample Officer", "officer@procurement.example")
            return root
        before = {DUE: "outcome", LETTERED: "decided", **dict.fromkeys(CARRIED, "empty")}.get(stage) or STAGES[
            STAGES.index(stage) - 1
        ]
        shutil.copytree(_kept(before), root)
        with opened(root, lambda: NOW) as space:
            if stage in CARRIED:
                _carry(space, stage)
            else:
                _ACTS[stage](space)
    shutil.rmtree(root / "backups")
    return root


def bring(space: Workspace, stage: str) -> None:
    """Bring the sample tender in an empty profile to `stage`."""
    if stage in CARRIED:
        _carry(space, stage)
        return
    for name in STAGES[1 : STAGES.index(stage) + 1]:
        _ACTS[name](space)


def _declare(space: Workspace) -> None:
    story = tomllib.loads((resource("sample") / "story.toml").read_text(encoding="utf-8"))
    for one in story["declarations"]:
        interest = (Answer(one["bidder"], one["about"], InterestKind(one["kind"])),) if "bidder" in one else ()
        declarations.declare(space, REFERENCE, person=one["person"], answers=interest)


def _hand_in(space: Workspace, *, first: bool) -> None:
    """PM1's sheet, or those of all others."""
    for path in sorted((resource("sample") / "scores").glob("*.xlsx")):
        if (path.stem == "PM1") is first:
            demo.hand_in(space, REFERENCE, path)


def _agree(space: Workspace) -> None:
    for one in setup.view(space, REFERENCE).panel:
        declarations.affirm(space, REFERENCE, person=one.member.person, by="CH1")
    demo.agree(space, REFERENCE, resource("sample"))


def _close(space: Workspace) -> None:
    abandon(space)
    publishing.close(space, REFERENCE)


_ACTS: dict[str, Callable[[Workspace], object]] = {
    "draft": lambda space: packs.load(space, resource("sample") / "pack"),
    "frozen": lambda space: setup.freeze(space, REFERENCE),
    "declared": _declare,
    "scoring": lambda space: _hand_in(space, first=True),
    "signed": lambda space: _hand_in(space, first=False),
    "moderated": _agree,
    "locked": lambda space: moderation.close(space, REFERENCE),
    "priced": lambda space: prices.open_prices(space, REFERENCE),
    "outcome": lambda space: outcome.outcome(space, REFERENCE),
    "decided": lambda space: demo.award(space, REFERENCE),
    LETTERED: lambda space: letters.letters(space, REFERENCE, space.folders.root / "others" / "letters"),
    DUE: _close,
}
"""What brings the sample tender to each stage from the one before; the last from its outcome."""


def abandon(space: Workspace) -> None:
    """Every lot of the sample with its outcome is abandoned, by each of the authorities."""
    for award in deciding.standing(space, REFERENCE).awards:
        for authority in award.waiting:
            deciding.decide(
                space,
                REFERENCE,
                bids=(),
                decided_by=["Ann Lee"],
                delegation="Scheme 4.2",
                why="There is no money.",
                on=NOW.date(),
                lot=award.lot,
                authority=authority,
            )


def _carry(space: Workspace, stage: str) -> None:
    """The officer and PM1 at their own laptops; `space` is the one that is looked at."""
    around = space.folders.root / "others"
    other = workspace.throw_away(around / f"other of {stage}", name="Other", email="o@example.org", clock=lambda: NOW)
    stick = stick_of(space)
    stick.mkdir(parents=True)
    with other as far:
        officer, member = (space, far) if stage == "answering" else (far, space)
        bring(officer, "frozen")
        made = {one.person: one.file for one in inviting.invite(officer, REFERENCE, to=stick)}
        receiving.receive(officer, [joining.enrol(member, made[PersonCode("PM1")], to=stick)])
        if stage == "answering":
            third = workspace.throw_away(around / "third", name="Third", email="t@example.org", clock=lambda: NOW)
            with third as ts1:
                receiving.receive(officer, [joining.enrol(ts1, made[PersonCode("TS1")], to=stick)])
                speak(officer, ts1, "TS1")
        if stage in ("met", "came"):
            speak(officer, member, "PM1")
        if stage == "early":
            (of_member,) = confirming.words_to_read(member, REFERENCE)
            confirming.confirm(officer, REFERENCE, typed=" ".join(of_member), person="PM1")
        if stage in ("early", "came"):
            issued = issuing.issue(officer, REFERENCE, to=stick)
            receiving.receive(member, [issued.roster, issued.pack, issued.releases[PersonCode("PM1")]])


def stick_of(space: Workspace) -> Path:
    """The stick that was carried between the laptops of a stage."""
    return space.folders.root / "others" / "stick"


def speak(officer: Workspace, member: Workspace, person: str) -> None:
    """Each reads the eight words aloud, and the other types them."""
    (of_officer,) = confirming.words_to_read(officer, REFERENCE, person=person)
    (of_member,) = confirming.words_to_read(member, REFERENCE)
    confirming.confirm(officer, REFERENCE, typed=" ".join(of_member), person=person)
    confirming.confirm(member, REFERENCE, typed=" ".join(of_officer))
