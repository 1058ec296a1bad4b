"""The sample tender at each stage of its life, for pages to be shown and tested on. One profile a stage, made once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

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
NOT_HERE = ("empty", "answered", "early", "met")
"""The stages at which no tender can be opened."""


def tender(stage: str) -> str:
    """The tender that is open at a stage; empty where there is none yet."""
    if stage in apart.STAGES:
        return stages.REFERENCE
    return "" if stage in NOT_HERE else REFERENCE


@contextmanager
def at(stage: str, root: Path) -> Iterator[Workspace]:
    """A throw-away profile in `root` with the sample tender at `stage`, or with the small one of `apart.STAGES`."""
    if stage in apart.STAGES:
        with apart.at(stage, root) as space:
            yield space
        return
    with workspace.throw_away(
        root, name="Sample Officer", email="officer@procurement.example", clock=lambda: NOW
    ) as space:
        if stage == DUE:
            bring(space, "outcome")
            abandon(space)
            publishing.close(space, REFERENCE)
            yield replace(space, clock=lambda: NOW + timedelta(days=3 * 366))
        else:
            bring(space, stage)
            yield space


def bring(space: Workspace, stage: str) -> None:
    """Bring the sample tender in an empty profile to `stage`."""
    if stage in CARRIED:
        _carry(space, stage)
        return
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
        "decided": lambda: demo.award(space, REFERENCE),
    }
    for name in STAGES[1 : wanted + 1]:
        acts[name]()


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
