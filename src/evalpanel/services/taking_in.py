"""Taking a statement in: one fixed order for every kind, and one transaction a file.

A journey says what its kind adds (`Intake`): what must fit before a statement is kept, and what this laptop shows once it
is. Whatever the order in which files come, and however often, the same set of statements comes to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.branches import Entry, Origin, Standing, diverged, fault, standing
from evalpanel.domain.parcels import ParcelKind, PublicKeys, Statement, Verdict, file_name
from evalpanel.domain.people import Role
from evalpanel.domain.rosters import KnownLaptop
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, Header
from evalpanel.formats.parcel_file import Container, SealedPart, checked_blocks
from evalpanel.formats.parcel_kinds import read_cover
from evalpanel.sealing.statements import identity, signer, verifies
from evalpanel.services import audit, exchange, heads, invitations, rosters
from evalpanel.services.exchange import Own
from evalpanel.services.rosters import NotYet
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.store.documents import Coming
from evalpanel.system.files import tidying


class NotForUs(EvalPanelError):
    """A sound parcel that is somebody else's business."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A statement on its way in: opened, its signature known, its cover read.

    `before` and `after` are where its line stands without it and with it.
    """

    kind: ParcelKind
    mine: Own
    signed: Statement
    identity: str
    author: PersonCode
    cover: Cover[Any]
    before: Standing
    after: Standing
    copied: bool
    """Whether it and another statement of the same laptop come from two copies of its profile."""
    succeeds: bool
    """Whether it counts though no laptop signed it that is known here: a successor took over."""

    @property
    def header(self) -> Header:
        """What every cover says."""
        return self.cover.header


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a statement, and the words for a person."""

    verdict: Verdict
    words: str


def _anything(tx: Session, workspace: Workspace, one: Arrival) -> None:
    """Nothing more has to fit."""


def _no_detail(_tx: Session, _one: Arrival) -> Mapping[str, object]:
    """The record says whose statement it is, and no more."""
    return {}


def _nobody(_tx: Session, _mine: Own, _signed: Statement) -> tuple[KnownLaptop, bytes] | None:
    """Nobody but the laptops that are known signs it."""
    return None


@dataclass(frozen=True, slots=True)
class Intake:
    """What a kind adds to the fixed order.

    `here`: whether this laptop takes the kind in at all. `work_out` runs once the statement is kept, in the same transaction,
    and brings what this laptop shows to what the stored set says; what it raises undoes all of it. `fits` runs before anything
    is written, and raises `EvalPanelError`, or `NotYet` for what has to wait. `detail` is what the record says besides. `cites`: whether the roster and the pack that
    a statement rests on must be here before it can be judged. `otherwise`: a statement that no known laptop signed, and that
    counts nevertheless (a successor's roster): as whose, and the key that verifies it.
    """

    here: Callable[[Own], bool]
    work_out: Callable[[Session, Workspace, Arrival], Became]
    fits: Callable[[Session, Workspace, Arrival], None] = _anything
    cites: bool = True
    detail: Callable[[Session, Arrival], Mapping[str, object]] = _no_detail
    otherwise: Callable[[Session, Own, Statement], tuple[KnownLaptop, bytes] | None] = _nobody


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a parcel, whose it is, its identity, and what it is called when it is sent."""

    verdict: Verdict
    words: str
    author: str
    identity: str
    name: str = ""


SAME = "It is here already; nothing changed."


def take(
    workspace: Workspace,
    mine: Own,
    kind: ParcelKind,
    signed: Statement,
    container: Container,
    intakes: Mapping[ParcelKind, Intake],
    own: Mapping[ParcelKind, Intake],
) -> Taken:
    """Take a sealed statement in, or say why not. `own` are for what this laptop's own person made elsewhere. Raises `NotYet`, `NotForUs`, and `EvalPanelError` for what is refused.

    Whatever it raises, nothing is kept: neither a row nor a file.
    """
    with workspace.store.reading() as tx:
        by, named, succeeds = _signed(tx, mine, kind, signed, intakes.get(kind))
        if exchange.known(tx, named):
            return Taken(Verdict.SAME, SAME, by.person, named)
        one, intake = _judged(
            tx, workspace, mine, kind, signed, by, named, succeeds, own if by.person == mine.person else intakes
        )
    if {part.sealed for part in one.header.parts} != container.parts.keys():
        raise EvalPanelError(
            "This parcel does not hold the parts that its cover names.", "Nothing was changed. Ask for it again."
        )
    taken: list[str] = []
    try:
        with workspace.documents.taking(coming(container.parts), taken), workspace.store.writing() as tx:
            became = _kept(tx, workspace, one, intake, container.cover)
            missing = heads.not_here(tx, mine.tender)
            gone = sum(not exchange.known(tx, earlier) for earlier in one.header.history)
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(taken)
        raise
    name = file_name(mine.tender, kind, PersonCode(one.header.about or one.author), one.header.seq, named)
    return Taken(became.verdict, became.words + _besides(one, missing, gone), one.author, named, name)


def coming(parts: Mapping[str, SealedPart]) -> Iterator[Coming]:
    """The sealed parts of a parcel, to be kept: each compares itself with its name as it is read."""
    return (Coming(name, part.size, checked_blocks(part)) for name, part in parts.items())


def not_yet(
    workspace: Workspace,
    mine: Own,
    kind: ParcelKind,
    signed: Statement,
    intakes: Mapping[ParcelKind, Intake],
    own: Mapping[ParcelKind, Intake],
) -> tuple[str, str]:
    """Whose a statement says that it is, and why it cannot be judged yet; no reason where it can be. Changes nothing."""
    claimed = read_cover(kind, signed.payload).header.author
    try:
        with workspace.store.reading() as tx:
            by, named, succeeds = _signed(tx, mine, kind, signed, intakes.get(kind))
            if not exchange.known(tx, named):
                held = own if by.person == mine.person else intakes
                _judged(tx, workspace, mine, kind, signed, by, named, succeeds, held)
    except NotYet as error:
        return claimed, str(error)
    return claimed, ""


def _signed(
    tx: Session, mine: Own, kind: ParcelKind, signed: Statement, intake: Intake | None
) -> tuple[KnownLaptop, str, bool]:
    """Who signed a statement, its identity, and whether it counts though no known laptop signed it. The key is found by trying those that are believed here."""
    known = _believed(tx, mine)
    keys: PublicKeys | None = signer(signed, [one.keys for one in known.values()])
    if keys is not None:
        return known[keys.installation], identity(signed, keys.signing), False
    if intake is not None and (found := intake.otherwise(tx, mine, signed)) is not None:
        return found[0], identity(signed, found[1]), True
    if not mine.is_officer:
        officer = invitations.trusted(tx, mine.tender).officer.value()
        if officer.installation not in known and verifies(signed, officer.signing):
            raise NotYet(
                "The officer's keys are not confirmed on this laptop yet.",
                "Read the eight words to each other: this file is kept here and taken in then.",
            )
    claimed = read_cover(kind, signed.payload).header
    if claimed.installation in known:
        raise EvalPanelError(
            f"This parcel says that {claimed.author} signed it, and its signature does not fit.",
            "It was altered or put together. It was left alone. Ask for it again.",
        )
    raise NotYet(
        "This parcel is signed by a laptop that is not known here yet.",
        f"It says that it is by {claimed.author}. It is kept here, and taken in when their keys are confirmed, or come with "
        "the list of who takes part.",
    )


def _believed(tx: Session, mine: Own) -> dict[str, KnownLaptop]:
    """The laptops whose signatures are believed here, the revoked among them: this one, those confirmed by voice, the roster's."""
    found = {mine.keys.public.installation: KnownLaptop(mine.person, mine.keys.public)}
    for installation, (person, keys) in exchange.confirmed(tx, mine.tender).items():
        found[installation] = KnownLaptop(person, keys)
    return {**found, **rosters.laptops(tx, mine)}


def _roles(tx: Session, mine: Own, person: PersonCode) -> tuple[Role, ...]:
    """What somebody does: on the officer's laptop as the tender says now, elsewhere as the roster in force says."""
    if mine.is_officer:
        row = t.PanelMemberRow
        found = tx.execute(select(row.roles).where(row.tender_id == mine.tender, row.person == person)).scalar()
        return tuple(found or ())
    roster = rosters.in_force(tx, mine)
    listed = () if roster is None else roster.cover.body.people
    own = next((one.roles for one in listed if one.person == person), ())
    return (Role.OFFICER, *own) if person == rosters.officer(tx, mine)[0] else own


def _led_before(tx: Session, mine: Own, by: KnownLaptop) -> bool:
    """Whether somebody else took over from whoever signed: what the new officer held of them counts, and nothing else does."""
    led = rosters.officers(tx, mine)
    if mine.is_officer or by.person not in led[:-1]:
        return False
    if by.revoked is None:
        raise EvalPanelError(
            f"{led[-1]} took over as officer, so what {by.person} issues counts no more.",
            f"It was left alone. Ask {led[-1]} for what is missing here.",
        )
    return True


def _judged(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    kind: ParcelKind,
    signed: Statement,
    by: KnownLaptop,
    named: str,
    succeeds: bool,
    intakes: Mapping[ParcelKind, Intake],
) -> tuple[Arrival, Intake | None]:
    """A statement that may be kept, with what its kind adds; None for one of this laptop's own person."""
    rosters.refuse_revoked(by, named)  # what can never count waits for nothing
    if not succeeds and not kind.may_sign(_roles(tx, mine, by.person)):
        led = kind.may_sign((Role.OFFICER,)) and _led_before(tx, mine, by)
        if not led and not mine.is_officer and kind in intakes and kind.may_sign((Role.OFFICER,)):
            _fits_here(mine, by, read_cover(kind, signed.payload).header)  # what is false in itself waits for nothing
            raise NotYet(
                f"{by.person} signed this and does not lead the tender, as far as this laptop knows.",
                f"It is kept here, and taken in when the list of who takes part comes by which {by.person} took over.",
            )
        if not led:
            raise EvalPanelError(f"{by.person} does not send a {kind.value} in this tender.", "It was left alone.")
    cover = read_cover(kind, signed.payload)
    header: Header = cover.header
    _fits_here(mine, by, header)
    intake = intakes.get(kind)
    if by.person != mine.person and (intake is None or not intake.here(mine)):
        raise NotForUs(f"A {kind.value} of {by.person} is not for this laptop.", "It was left alone.")
    held = exchange.line(tx, mine.tender, kind, PersonCode(header.author), header.about)
    entries = {held_one.identity: held_one.entry for held_one in held}
    entry = Entry(named, header.seq, frozenset(header.history))
    if why := fault(entry, entries):
        raise EvalPanelError("This parcel contradicts itself.", f"It was left alone: {why}.")
    if intake is not None and intake.cites:
        _cites(tx, header)
    aside = rosters.aside(tx, mine, kind, by.person, header.about)
    one = Arrival(
        kind,
        mine,
        signed,
        named,
        by.person,
        cover,
        standing(entries.values(), aside),
        standing([*entries.values(), entry], aside),
        _copied(tx, mine, header),
        succeeds,
    )
    if intake is not None:
        intake.fits(tx, workspace, one)
    return one, intake


def _fits_here(mine: Own, by: KnownLaptop, header: Header) -> None:
    if header.author != by.person or header.installation != by.keys.installation:
        raise EvalPanelError(
            f"This parcel says that it is by {header.author}, and was signed by {by.person}.", "It was left alone."
        )
    if header.tender != mine.tender:
        raise EvalPanelError("This parcel is of another tender than it was sealed for.", "It was left alone.")
    if not mine.is_named(header.recipients):
        raise EvalPanelError("This parcel was not made for this laptop.", "It was left alone.")


def _cites(tx: Session, header: Header) -> None:
    """What a statement rests on must be here, or nobody can say whether its author was allowed it."""
    for what, cited in (("list of who takes part", header.roster), ("pack", header.pack)):
        if cited and not rosters.is_told(tx, TenderId(header.tender), cited):
            raise NotYet(
                f"This parcel of {header.author} rests on a {what} that has not come here.",
                "It is kept here, and taken in when that has come. Ask the officer for it.",
            )


def _copied(tx: Session, mine: Own, header: Header) -> bool:
    trail = (header.trail.number, header.trail.hash) if header.trail is not None else None
    here = Origin(header.installation, header.incarnations, trail)
    return any(diverged(here, other) for other in heads.origins(tx, mine.tender, header.installation))


def _kept(tx: Session, workspace: Workspace, one: Arrival, intake: Intake | None, sealed: bytes) -> Became:
    """Keep a statement, and bring what this laptop shows to what the stored set says."""
    act = audit.record(
        tx,
        workspace,
        f"{one.kind.value}-received" if intake is not None else "own-received",
        tender=one.mine.tender,
        person=one.mine.person,
        detail={
            "parcel": one.identity,
            "about": one.author,
            "kind": one.kind.value,
            **(intake.detail(tx, one) if intake is not None else {}),
        },
    )
    exchange.keep(tx, workspace, one.kind, one.header, one.identity, one.signed, act, sealed)
    heads.keep_cited(tx, one.mine.person, one.header, one.identity)
    tx.flush()
    if intake is None:
        return Became(
            Verdict.FORKED if one.after.forked else Verdict.NEW,
            f"This {one.kind.value} is yours, from another laptop or an earlier copy of this profile. It is kept. Look at "
            "what stands here and send again: what you send then follows both, and counts.",
        )
    return intake.work_out(tx, workspace, one)


def _besides(one: Arrival, missing: Sequence[ParcelKind], gone: int) -> str:
    """What a person should know besides what became of a statement: gaps, copies of a profile, an older store of their own."""
    said = ""
    if gone:
        many = "1 earlier one that has" if gone == 1 else f"{gone} earlier ones that have"
        said += f" It follows {many} not come here; each holds the whole, so nothing of what counts is missing."
    if one.copied:
        said += (
            f" It and an earlier one come from two copies of the profile of {one.author}, or from a restored backup: "
            f"{one.author} should go on in one of them only, and send again from there."
        )
    if missing and one.author != one.mine.person:
        kinds = " and ".join(kind.value for kind in missing)
        said += (
            f" {one.author} holds a {kinds} of yours that this laptop does not have: an older copy of this profile was put "
            "back, or you went on on another laptop. Look at what stands here. What you send next takes its place."
        )
    return said
