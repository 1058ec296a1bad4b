"""The whole record of one bid in one file, for a court or a lawyer; and a disclosure copy of it, for the bidder.

Both are parcels that the officer signs: the cover pins every entry, every file and the trail, and holds the key that opens
the files. It is sealed to age recipients that lawyers gave, or left open where that was asked for. A disclosure copy is
always made from a challenge pack, and has the same digests: what it leaves out is listed, and what it shows can be checked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy.orm import Session

from evalpanel.domain.bid_record import Entry, hashes_digest, line_of, pin_of, record_digest
from evalpanel.domain.parcels import ParcelKind, Part, file_name
from evalpanel.domain.people import Role
from evalpanel.domain.redactions import Redaction, Redactor
from evalpanel.domain.tender import Bid, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.challenge_file import (
    Challenge,
    Disclosure,
    TrailOf,
    redaction_of,
    value_of,
)
from evalpanel.formats.challenge_readme import readme
from evalpanel.formats.parcel_bodies import Cover, Keys, write_cover
from evalpanel.formats.parcel_file import write_parcel
from evalpanel.formats.statements import write_statement
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.sealing import envelopes
from evalpanel.sealing.statements import identity
from evalpanel.services import audit, bid_record, challenge_proofs, exchange, rosters, tenders
from evalpanel.services.challenge_proofs import Opened
from evalpanel.services.exchange import Own
from evalpanel.services.letter_drafts import may_see
from evalpanel.services.pack_contents import Content, LeftOut, Spool
from evalpanel.services.workspace import Workspace
from evalpanel.system.files import replacing, write_atomic

_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}\Z")
_ACTS = {ParcelKind.CHALLENGE: "challenge-made", ParcelKind.DISCLOSURE: "disclosure-made"}


@dataclass(frozen=True, slots=True)
class PackMade:
    """What was written: the parcel, the page that tells how to check it, and what is in it.

    `fingerprint` is that of the officer's key, to be told to the reader in another way than with the file. `sealed_to`: how
    many recipients can open it besides the officer; 0: the file is open to whoever has it, or for the officer alone.
    """

    kind: ParcelKind
    file: Path
    readme: Path
    identity: str
    fingerprint: str
    record: str
    entries: int
    files: int
    acts: int
    head: str
    redactions: tuple[Redaction, ...] = ()
    is_open: bool = False
    sealed_to: int = 0


@dataclass(frozen=True, slots=True)
class _Sealing:
    """Whom a pack is for. Nobody and not open: the officer alone can open it."""

    recipients: tuple[str, ...]
    is_open: bool


def challenge(
    workspace: Workspace,
    named: str,
    bid: str,
    *,
    to: Path,
    lot: str | None = None,
    recipients: Sequence[str] = (),
    is_open: bool = False,
    person: str | None = None,
    progress: Progress = NO_PROGRESS,
) -> PackMade:
    """Write the whole record of one bid into the folder `to`, as one file signed by the officer.

    It is sealed to `recipients` (age recipients, `age1…`) and to the officer, or open where `is_open` says so. Working notes
    are in it. The act is recorded first; where the file cannot be written, it is made again.
    """
    sealing = _sealing(recipients, is_open=is_open)
    _folder(to)
    with Spool.of(workspace) as spool:
        with workspace.store.reading() as tx:
            tender, mine, who = _officer(tx, workspace, named, person)
            one = _bid(tx, tender, bid, lot, person)
            progress.step(0, 1, "gathering the record")
            held = bid_record.gathered(tx, workspace, tender, mine, one)
            lines = tuple(line_of(os.urandom(16), entry) for entry in held.entries)

            def reader(file: bid_record.BidFile) -> Callable[[], bytes]:
                return lambda: file.read(tx)

            files = tuple((file.name, reader(file)) for file in held.files)
            content = Content(ParcelKind.CHALLENGE, tender.reference, one.bid, one.lot, lines, held.trail, files)
            spool.fill(content, progress)
        return _made(workspace, mine, who, content, spool, sealing, to)


def disclose(
    workspace: Workspace,
    named: str,
    bid: str,
    *,
    to: Path,
    lot: str | None = None,
    recipients: Sequence[str] = (),
    is_open: bool = False,
    working_notes: str = "",
    pack: Path | None = None,
    person: str | None = None,
    progress: Progress = NO_PROGRESS,
) -> tuple[PackMade, PackMade | None]:
    """Write a disclosure copy of the record of one bid into the folder `to`.

    It is made from the challenge pack in the file `pack`, or from a new one, which is written beside it for the officer alone
    and given as the second. Names of panel members, rivals and private words are left out; working notes too, unless
    `working_notes` says why they are disclosed. Every redaction is listed in the copy and on the record with its reason.
    """
    sealing = _sealing(recipients, is_open=is_open)
    _folder(to)
    full = None
    if pack is None:
        full = challenge(workspace, named, bid, to=to, lot=lot, person=person, progress=progress)
        pack = full.file
    with Spool.of(workspace) as spool:
        with workspace.store.reading() as tx:
            tender, mine, who = _officer(tx, workspace, named, person)
            one = _bid(tx, tender, bid, lot, person)
        with challenge_proofs.opened(pack, mine.keys.open) as source:
            _refuse_other(source, tender.tender_id, one.bid, one.lot, mine)
            redactor = Redactor(tender.pack, one, working_notes=bool(working_notes.strip()))
            lines, redactions = _redacted(source.lines, redactor)
            trail = tuple(bid_record.for_disclosure(source.trail, redactor))
            kept = tuple(file for file in source.files if not file[0].startswith("statements/"))
            about = LeftOut(source.identity, redactions, working_notes.strip())
            content = Content(ParcelKind.DISCLOSURE, tender.reference, one.bid, one.lot, lines, trail, kept, about)
            spool.fill(content, progress)
        made = _made(workspace, mine, who, content, spool, sealing, to)
    return made, full


def _redacted(lines: Sequence[str], redactor: Redactor) -> tuple[tuple[str, ...], tuple[Redaction, ...]]:
    shown, found = [], []
    for number, line in enumerate(lines, 1):
        redaction = redactor.look(number, Entry(*value_of(line)))
        if redaction is None:
            shown.append(line)
        else:
            shown.append(pin_of(line))
            found.append(redaction)
    return tuple(shown), tuple(found)


def _refuse_other(source: Opened, tender: str, bid: str, lot: str, mine: Own) -> None:
    own = (source.kind, source.header.tender, source.body.bid, source.body.lot)
    if own != (ParcelKind.CHALLENGE, tender, bid, lot):
        raise EvalPanelError(
            "A disclosure copy is made from the challenge pack of the same bid.",
            f"Nothing was written. That file is of bid {source.body.bid} in lot {source.body.lot}, or of another kind.",
        )
    if source.body.officer.value() != mine.keys.public:
        raise EvalPanelError(
            "That challenge pack was not made on this laptop.",
            "Nothing was written. Make a new one, or use the laptop that did.",
        )


def _officer(
    tx: Session, workspace: Workspace, named: str, person: str | None
) -> tuple[tenders.OpenTender, Own, PersonCode]:
    tender = tenders.find(tx, named)
    who = tender.acting(Role.OFFICER, person)
    mine = exchange.own(tx, workspace, tender.tender_id)
    if mine is None or not mine.is_officer:
        raise EvalPanelError(
            f"This laptop does not lead {tender.reference}.",
            "Nothing was written: the officer's laptop holds the whole record.",
        )
    return tender, mine, who


def _bid(tx: Session, tender: tenders.OpenTender, bid: str, lot: str | None, person: str | None) -> Bid:
    one = bid_record.find_bid(tender, bid, lot)
    may_see(tx, tender, one.lot, person)
    return one


def _sealing(recipients: Sequence[str], *, is_open: bool) -> _Sealing:
    held = tuple(dict.fromkeys(one.strip() for one in recipients if one.strip()))
    for one in held:
        if not _RECIPIENT.match(one) or not envelopes.is_recipient(one):
            raise EvalPanelError(
                f"“{one[:80]}” is no age recipient.",
                "Nothing was written. It begins with age1 and has 62 characters; lawyers make theirs with age-keygen.",
            )
    if held and is_open:
        raise EvalPanelError(
            "It is either sealed to recipients or open.", "Nothing was written. Choose one of the two."
        )
    if len(held) > envelopes.MOST_RECIPIENTS - 1:
        raise EvalPanelError(
            "These are too many recipients.", f"At most {envelopes.MOST_RECIPIENTS - 1} can be sealed to."
        )
    return _Sealing(held, is_open)


def _folder(to: Path) -> None:
    if not to.is_dir():
        raise EvalPanelError("There is no such folder.", f"{to} is not a folder, so nothing was written.")


@dataclass(frozen=True, slots=True)
class _Signed:
    name: str
    identity: str
    cover: bytes
    record: str


def _made(
    workspace: Workspace,
    mine: Own,
    who: PersonCode,
    content: Content,
    spool: Spool,
    sealing: _Sealing,
    to: Path,
) -> PackMade:
    """Sign, put the act on the record, and write the parcel with its page of instructions inside and beside it."""
    signed = _signed(workspace, mine, who, content, spool, sealing)
    file, page = to / signed.name, to / f"{signed.name}.README.html"
    told = readme(
        content.kind.value, content.reference, content.bid, content.lot, file=signed.name, is_open=sealing.is_open
    ).encode()
    parts = list(dict.fromkeys(one.sealed for one in spool.parts))
    try:
        with replacing(file) as target:
            sources = ((sealed, workspace.documents.opened(sealed)) for sealed in parts)
            write_parcel(target, signed.cover, is_open=sealing.is_open, parts=sources, readme=told)
        challenge_proofs.refuse_unlike(file, signed.cover, set(parts))
        write_atomic(page, told, private=False)
    except EvalPanelError as error:
        message = f"{error.message} The record says that it was to be made; put that right, and make it again."
        raise EvalPanelError(error.title, message) from error
    return PackMade(
        kind=content.kind,
        file=file,
        readme=page,
        identity=signed.identity,
        fingerprint=mine.keys.public.installation,
        record=signed.record,
        entries=len(content.lines),
        files=len(content.files),
        acts=len(content.trail),
        head=content.trail[-1].hash,
        redactions=content.left_out.redactions if content.left_out is not None else (),
        is_open=sealing.is_open,
        sealed_to=len(sealing.recipients),
    )


def _signed(
    workspace: Workspace, mine: Own, who: PersonCode, content: Content, spool: Spool, sealing: _Sealing
) -> _Signed:
    """Sign the cover, keep it, and put the act on the record: before the file is written, which can be done again."""
    public, kind = mine.keys.public, content.kind
    with workspace.store.writing() as tx:
        body = _body(content, spool, *rosters.founder(tx, mine), mine)
        parts = [Part(one.sealed, one.size, one.envelope) for one in spool.parts]
        made = exchange.next_header(tx, workspace, mine, kind, (public.installation,), parts=parts)
        header = replace(made, heads=())  # whom else this laptop heard from is nothing for a stranger
        statement = mine.keys.sign(kind.payload_type, write_cover(Cover(body, header)))
        named = identity(statement, public.signing)
        written = write_statement(statement, public.installation)
        detail = _on_record(content, sealing, named, body.record)
        act = audit.record(tx, workspace, _ACTS[kind], tender=mine.tender, person=who, detail=detail)
        # What is kept opens with the keys of this laptop alone: it holds the key of the pack.
        kept = envelopes.seal_bytes(written, public.recipient)
        exchange.keep(tx, workspace, kind, header, named, statement, act, kept)
    cover = written if sealing.is_open else envelopes.seal_bytes(written, public.recipient, *sealing.recipients)
    return _Signed(file_name(mine.tender, kind, mine.person, header.seq, named), named, cover, body.record)


def _body(content: Content, spool: Spool, founder: bytes, nonce: bytes, mine: Own) -> Challenge | Disclosure:
    head = content.trail[-1].hash
    made = Challenge(
        bid=content.bid,
        entries=len(content.lines),
        files=tuple(spool.files),
        founder=founder,
        key=spool.key,
        lot=content.lot,
        nonce=nonce,
        officer=Keys.of(mine.keys.public),
        record=record_digest(map(pin_of, content.lines)),
        reference=content.reference,
        trail=TrailOf(hashes_digest(content.trail), head, len(content.trail)),
    )
    if content.left_out is None:
        return made
    same = {name: getattr(made, name) for name in made.__struct_fields__}
    about = content.left_out
    return Disclosure(
        **same,
        challenge=about.challenge,
        redactions=tuple(map(redaction_of, about.redactions)),
        working_notes=about.working_notes,
    )


def _on_record(content: Content, sealing: _Sealing, named: str, record: str) -> dict[str, object]:
    detail: dict[str, object] = {"bid": content.bid, "lot": content.lot, "parcel": named, "record": record}
    detail |= {"recipients": list(sealing.recipients), "open": sealing.is_open, "acts": len(content.trail)}
    if content.left_out is not None:
        redactions: dict[str, list[str]] = {}
        for one in content.left_out.redactions:
            redactions.setdefault(one.why.value, []).append(one.name)
        detail |= {"challenge": content.left_out.challenge, "redactions": redactions}
        detail |= {"working_notes": content.left_out.working_notes}
    return detail
