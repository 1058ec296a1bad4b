"""Taking in files that people carried here: many at once, in any order, as often as one likes.

One file is one transaction, and one bad file never stops the rest. What is not understood, not ours or altered is told and
left alone; what is here already changes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind, Statement, Verdict, kind_of
from evalpanel.domain.tender import TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.pack_streams import Listed
from evalpanel.formats.parcel_bodies import read_enrolment
from evalpanel.formats.parcel_file import MOST_COVER, Container, NotAParcel, read_parcel
from evalpanel.formats.statements import read_statement
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.sealing.envelopes import NotSealedToUs
from evalpanel.sealing.statements import identity
from evalpanel.services import (
    arriving,
    carried_moderation,
    collecting,
    exchange,
    gathering,
    inviting,
    rosters,
    taking_in,
)
from evalpanel.services.exchange import Own
from evalpanel.services.rosters import NotYet
from evalpanel.services.taking_in import NotForUs
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.store.engine import StoreError
from evalpanel.store.waiting import Waiting
from evalpanel.system.collector import cycles_left
from evalpanel.system.files import DiskTrouble, trouble

_INTAKES = {
    **arriving.INTAKES,
    **collecting.INTAKES,
    **carried_moderation.INTAKES,
}  # a journey that takes a kind in adds its own here
_MOST_INNER = 200
_MOST_INNER_BYTES = MOST_COVER + (1 << 20)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one file. `words` say it to a person; `author` is a person's code, where one is known."""

    file: str
    verdict: Verdict
    words: str
    kind: ParcelKind | None = None
    author: str = ""
    parcel: str = ""
    tender: str = ""
    keeps: bool = False
    """Whether it waits in the profile and is tried again by itself."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """A parcel that waits in the profile: of which tender, what it is and whose by its own word, what it waits for, its bytes.

    `words` are empty where it waits for nothing any more: it is taken in by the next `try_again`.
    """

    tender: TenderId | None
    kind: ParcelKind | None
    author: str
    words: str
    size: int
    digest: str = ""
    """SHA-256 of the file, by which it is put aside and put back."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How many parcels wait in the profile, and their bytes; how many were put aside."""

    files: int
    size: int
    aside: int = 0

    @property
    def any_here(self) -> bool:
        """Whether there is anything to be looked at."""
        return self.files + self.aside > 0


def receive(workspace: Workspace, files: Sequence[Path], *, progress: Progress = NO_PROGRESS) -> tuple[Report, ...]:
    """Take in parcels, each in a transaction of its own, and tell what became of each. Nothing is ever taken twice.

    What cannot be judged yet waits in the profile, and is tried again at the end: what was taken in may be what it waited for.
    """
    reports: list[Report] = []
    for number, file in enumerate(files):
        progress.step(number, len(files), file.name)
        try:
            with file.open("rb") as opened, cycles_left():
                reports.extend(_take(workspace, file.name, opened))
        except OSError as error:
            reports.append(Report(file.name, Verdict.UNREADABLE, str(trouble(error, "read", file))))
    reports.extend(try_again(workspace))
    progress.step(len(files), len(files), "")
    return tuple(reports)


def receive_as(workspace: Workspace, file: Path, mine: Own) -> tuple[Report, ...]:
    """Take one file in with the keys of `mine` alone: those of this laptop in one tender, and of a recovery sheet whose words are used.

    What cannot be judged yet is told as waiting, and is not kept: sealed to paper, it could not be opened later.
    """
    try:
        with file.open("rb") as opened:
            return tuple(_take(workspace, file.name, opened, whose=(mine,)))
    except OSError as error:
        return (Report(file.name, Verdict.UNREADABLE, str(trouble(error, "read", file))),)


def try_again(workspace: Workspace) -> tuple[Report, ...]:
    """Take in what waited and can be judged now; each that still waits goes on waiting, and nothing is said of it."""
    reports: list[Report] = []
    waiting = Waiting(workspace.folders.waiting)
    again = True
    while again:
        again = False
        for path in waiting.files():
            got = _waited(workspace, path)
            if got is not None:
                waiting.remove(path)
                if got.verdict is not Verdict.SAME:  # it came again meanwhile, and was taken in then
                    reports.append(got)
                    again = True
    return tuple(reports)


def waiting(workspace: Workspace) -> Waits:
    """What waits in the profile. Changes nothing."""
    folder = Waiting(workspace.folders.waiting)
    held = folder.files()
    return Waits(len(held), sum(path.stat().st_size for path in held), len(folder.aside().files()))


def put_aside(workspace: Workspace, digest: str) -> None:
    """Put a parcel that waits aside: nobody wants it, and it is tried no more. The last 50 that were put aside can be put back."""
    Waiting(workspace.folders.waiting).put_aside(digest)


def put_back(workspace: Workspace, digest: str) -> None:
    """Put a parcel that was put aside back among those that wait."""
    Waiting(workspace.folders.waiting).put_back(digest)


def waiters(workspace: Workspace, *, aside: bool = False) -> tuple[Waiter, ...]:
    """Each parcel that waits in the profile (`aside`: that was put aside), and what it waits for. Changes nothing."""
    with workspace.store.reading() as tx:
        mine = tuple(_own(tx, workspace))
    found = []
    folder = Waiting(workspace.folders.waiting)
    for path in (folder.aside() if aside else folder).files():
        try:
            size = path.stat().st_size
            with path.open("rb") as opened:
                found.append(replace(_waiter(workspace, mine, opened, size), digest=path.stem))
        except OSError as error:
            raise trouble(error, "read", path) from error
    return tuple(found)


def _waiter(workspace: Workspace, mine: Sequence[Own], file: BinaryIO, size: int) -> Waiter:
    kind: ParcelKind | None = None
    try:
        held = read_parcel(file)
        assert isinstance(held, Container), "only parcels wait, never what is round them"
        signed, whose = _opened(held, mine)
        kind = kind_of(signed.payload_type)
        assert kind is not None and whose is not None, "what waits was sealed, and of a known kind"
        author, words = taking_in.not_yet(workspace, whose, kind, signed, _INTAKES, gathering.INTAKES)
        return Waiter(whose.tender, kind, author, words, size)
    except (DiskTrouble, StoreError):
        raise  # nothing is wrong with the file
    except EvalPanelError:
        return Waiter(None, kind, "", "", size)  # the next try says what is wrong with it, and waits no more


def _waited(workspace: Workspace, path: Path) -> Report | None:
    """What became of a parcel that waited; None while it still does."""
    try:
        with path.open("rb") as opened:
            held = read_parcel(opened)
            assert isinstance(held, Container), "only parcels wait, never what is round them"
            got = _one(workspace, path.name, held)
    except (OSError, DiskTrouble, StoreError):
        return None  # a full disk: it goes on waiting
    except EvalPanelError as error:
        got = Report(path.name, Verdict.UNREADABLE, str(error))
    return None if got.verdict is Verdict.WAITING else replace(got, words=f"It waited here. {got.words}")


def _take(
    workspace: Workspace, name: str, file: BinaryIO, *, wrapped: bool = False, whose: Sequence[Own] | None = None
) -> Iterator[Report]:
    try:
        held = read_parcel(file)
        if isinstance(held, Container):
            got = _one(workspace, name, held, whose)
            yield _kept_waiting(workspace, file, got) if got.keeps and whose is None else got
            return
        if wrapped or len(held.inner) > _MOST_INNER:
            raise NotAParcel(
                "This file holds zips within zips.", "It was left alone. Unpack it and take the parcels in."
            )
    except EvalPanelError as error:
        yield Report(name, Verdict.UNREADABLE, str(error))
        return
    for inner in held.inner:
        try:
            content = _whole(inner)
        except EvalPanelError as error:
            yield Report(f"{name}: {inner.path}", Verdict.UNREADABLE, str(error))
            continue
        yield from _take(workspace, f"{name}: {inner.path}", io.BytesIO(content), wrapped=True, whose=whose)


def _kept_waiting(workspace: Workspace, file: BinaryIO, got: Report) -> Report:
    """A parcel that waits is copied into the profile, so that nobody has to remember it."""
    try:
        Waiting(workspace.folders.waiting).keep(file)
    except EvalPanelError as error:
        return replace(got, words=f"{got.words.split('. ')[0]}. {error}", keeps=False)
    return got


def _whole(inner: Listed) -> bytes:
    if inner.size > _MOST_INNER_BYTES:
        raise NotAParcel("This parcel is too large to be read inside a zip.", "Unpack the zip and take the parcel in.")
    return b"".join(inner.blocks())


def _one(workspace: Workspace, name: str, held: Container, whose_keys: Sequence[Own] | None = None) -> Report:
    mine = whose_keys
    if mine is None:
        with workspace.store.reading() as tx:
            mine = tuple(_own(tx, workspace))
    try:
        signed, whose = _opened(held, mine)
    except NotSealedToUs as error:
        return Report(name, Verdict.NOT_OURS, str(error))
    except EvalPanelError as error:
        return Report(name, Verdict.ALTERED, str(error))
    kind = kind_of(signed.payload_type)
    if kind is None or kind.is_open != held.is_open:
        return Report(
            name, Verdict.UNREADABLE, "This version of evalpanel does not know this kind of parcel. It was left alone."
        )
    try:
        return _by_kind(workspace, name, kind, signed, mine, whose, held)
    except rosters.Revoked as error:
        return Report(name, Verdict.NOT_OURS, str(error), kind)
    except NotYet as error:
        return Report(name, Verdict.WAITING, str(error), kind, keeps=True)
    except NotForUs as error:
        return Report(name, Verdict.NOT_OURS, str(error), kind)
    except (DiskTrouble, StoreError):
        raise  # nothing is wrong with the file
    except EvalPanelError as error:
        return Report(name, Verdict.ALTERED, str(error), kind)


def _own(tx: Session, workspace: Workspace) -> Iterator[Own]:
    for tender in tx.execute(select(t.InstallationRow.tender_id)).scalars():
        if (mine := exchange.own(tx, workspace, TenderId(tender))) is not None:
            yield mine


def _opened(held: Container, mine: Sequence[Own]) -> tuple[Statement, Own | None]:
    """The statement, and which of this laptop's keys opened it (None: it travels unsealed)."""
    if held.is_open:
        return read_statement(held.cover), None
    for one in mine:
        try:
            return read_statement(one.open(held.cover)), one
        except NotSealedToUs:
            continue
    raise NotSealedToUs("This parcel is not sealed to this laptop.", "It was left alone. Ask who sent it to you.")


def _by_kind(
    workspace: Workspace,
    name: str,
    kind: ParcelKind,
    signed: Statement,
    mine: Sequence[Own],
    whose: Own | None,
    held: Container,
) -> Report:
    if kind is ParcelKind.INVITATION:
        return Report(
            name,
            Verdict.WAITING,
            "This is an invitation to a panel. Read it, and answer it with: evalpanel enrol.",
            kind,
        )
    if kind is ParcelKind.ENROLMENT:
        return _enrolment(workspace, name, signed, mine)
    assert whose is not None, "every other kind is sealed"
    got = taking_in.take(workspace, whose, kind, signed, held, _INTAKES, gathering.INTAKES)
    return Report(name, got.verdict, got.words, kind, got.author, got.identity, whose.tender)


def _enrolment(workspace: Workspace, name: str, signed: Statement, mine: Sequence[Own]) -> Report:
    cover = read_enrolment(signed.payload)
    officer = next((one for one in mine if one.tender == cover.header.tender and one.is_officer), None)
    if officer is None:
        words = "It answers an invitation to a tender that this laptop does not lead. It was left alone."
        return Report(name, Verdict.NOT_OURS, words, ParcelKind.ENROLMENT)
    named = identity(signed, cover.body.keys.signing)
    keys = cover.body.keys.value()
    with workspace.store.writing() as tx:
        if exchange.known(tx, named):
            verdict, words = Verdict.SAME, "It is here already; nothing changed."
        elif keys.installation in exchange.confirmed(tx, officer.tender):
            verdict = Verdict.SAME
            words = f"The keys of {cover.body.person} are known here, from the list of who takes part; nothing changed."
        else:
            person, _named = inviting.take_answer(tx, workspace, officer, signed)
            verdict, words = Verdict.NEW, f"{person} has answered. Next: read the eight words to each other."
    return Report(name, verdict, words, ParcelKind.ENROLMENT, cover.body.person, named, officer.tender)
