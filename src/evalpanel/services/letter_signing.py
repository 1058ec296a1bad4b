"""One letter signed, read back, looked through and kept: what the letters about the outcome and those for an occasion share."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.feedback_checks import stated_end
from evalpanel.domain.feedback_inputs import LetterInputs, withheld
from evalpanel.domain.feedback_terms import clock_starts
from evalpanel.domain.leaks import Leak
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.tender import BidCode, EnvelopeKind, LotCode, PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_pdf import render, signature_appearance
from evalpanel.formats.paper import SIGNATURE_SIZE
from evalpanel.services import audit
from evalpanel.services.awards import TenderOutcome
from evalpanel.services.envelopes import EnvelopeName, held_envelopes
from evalpanel.services.letter_drafts import Written, letter_file
from evalpanel.services.letter_guard import LetterWatch
from evalpanel.services.signed_letters import kept_letter
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import read_whole, remove_quietly, tidying, write_atomic

if TYPE_CHECKING:
    from evalpanel.sealing.letter_signer import LetterSigner


@dataclass(frozen=True, slots=True)
class LetterDone:
    """A signed letter in a file, read back and verified. `again`: it was signed earlier and is given out once more.

    `bids` are all bids and lots that it is about; `bid` and `lot` the first of them.
    """

    bid: BidCode
    lot: LotCode
    kind: str
    file: Path
    sha256: str
    pages: int
    verified: bool
    again: bool
    version: int = 1
    bids: tuple[tuple[BidCode, LotCode], ...] = ()
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LetterBlockedBy:
    """A letter that could not be written, and why."""

    bid: BidCode
    lot: LotCode
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """What all letters of a batch have in common: where they go, what signs them, what they rest on (`pins`, for the trail).

    `again` says why letters are signed that were signed before.
    """

    workspace: Workspace
    held: TenderOutcome
    out: Path
    signer: LetterSigner
    who: PersonCode
    watch: LetterWatch
    pins: Mapping[str, Any] = field(default_factory=dict)
    again: str = ""


def write(batch: Batch, one: Written) -> LetterDone | LetterBlockedBy:
    """Sign a letter that can be written, look through the finished file, keep it, and give it out. Blocked where it would leak."""
    from evalpanel.sealing.certificates import short_fingerprint
    from evalpanel.sealing.pdf_signature import verify
    from evalpanel.sealing.spoken import digest_words

    workspace, held, signer, letter = batch.workspace, batch.held, batch.signer, one.letter
    assert held.pack.tender is not None
    assert letter is not None
    now, fingerprint = workspace.now(), batch.signer.fingerprint
    laid_out = render(letter, made_at=now)
    signs = letter.signatory
    seen = (
        f"Signed by {signs.name}",
        signs.role,
        f"{now:%d %B %Y, %H:%M} UTC",
        f"Key {short_fingerprint(fingerprint)}",
        f"Letter: {' '.join(digest_words(laid_out.data))}",
    )
    pdf = signer.sign(
        laid_out.data,
        appearance=signature_appearance(seen, SIGNATURE_SIZE),
        reason=letter.title,
        location=held.pack.tender.authority,
        name=signs.name,
        at=now,
    )
    if verify(pdf, {fingerprint: signs.name}).verdict != "verified":
        raise EvalPanelError(
            f"The letter for bid {one.bid.bid} does not verify as it was signed.",
            "It was not kept; letters before it are safe. Run the command again.",
        )
    # The finished bytes are what a bidder reads, so they are what is looked through; a letter that stops here is not kept.
    leaks = [leak for leak in batch.watch.leaks(one.about, pdf) if leak.stops]
    if leaks:
        return LetterBlockedBy(one.bid.bid, one.bid.lot, tuple(_tells(leak) for leak in leaks))
    # On record first: a letter that a person can send must never be one that the record does not know.
    row = _keep(batch, one, pdf, laid_out.pages, now)
    return _done(row, give_out(batch.out, row.file, pdf), verified=True, again=False)


def again(workspace: Workspace, tender: TenderId, out: Path, row: t.LetterRow) -> LetterDone:
    """Give a letter out once more as it was signed."""
    from evalpanel.sealing.pdf_signature import verify

    with workspace.store.reading() as tx:
        pdf = kept_letter(tx, workspace, tender, row)
    target = give_out(out, row.file, pdf)
    verified = verify(pdf, {row.fingerprint: ""}).verdict == "verified"
    return _done(row, target, verified=verified, again=True)


def _done(row: t.LetterRow, target: Path, *, verified: bool, again: bool) -> LetterDone:
    return LetterDone(
        row.bid, row.lot, row.kind, target, row.sha256, row.pages, verified, again, row.version, row.about, row.at
    )


def _tells(leak: Leak) -> str:
    return f"It would tell what it may not. {leak.sentence} (key {leak.key})"


def give_out(out: Path, file: str, pdf: bytes) -> Path:
    """Write a letter that is on record into the person's folder, and read it back. Gives where it lies."""
    target = out / file
    safe = "It is signed and on record, and so are the letters before it. Put that right, then run it again: they are given out as they were signed."
    try:
        write_atomic(target, pdf, private=False)
        back = read_whole(target, len(pdf) + 1)
    except EvalPanelError as error:
        raise EvalPanelError(error.title, safe) from error
    if back != pdf:
        remove_quietly(target)
        raise EvalPanelError(f"“{file}” did not read back as it was written. It was taken away again.", safe)
    return target


def _keep(batch: Batch, one: Written, pdf: bytes, pages: int, at: datetime) -> t.LetterRow:
    workspace, held, fingerprint = batch.workspace, batch.held, batch.signer.fingerprint
    assert held.pack.tender is not None
    with workspace.store.reading() as tx:
        envelopes = held_envelopes(tx, workspace, held.tender_id)
        version = next_version(tx, held.tender_id, one.kind, one.bids)
    # Letters are for their bidder and the officer: never in a compartment that travels to the panel.
    envelope = envelopes.newest(EnvelopeName(EnvelopeKind.OFFICE))
    sealed = envelopes.seal(envelope, io.BytesIO(pdf))
    sha256 = digest_of(pdf)
    detail: dict[str, Any] = {
        "bid": one.bid.bid,
        "lot": one.bid.lot,
        "kind": one.kind.value,
        "version": version,
        "sha256": sha256,
        "fingerprint": fingerprint,
        **batch.pins,
        "withheld": [
            {"bid": score.line.bid, "criterion": score.line.criterion, "why": score.withheld_why}
            for about in one.about
            if isinstance(about, LetterInputs)
            for score in withheld(about)
        ],
    }
    stated = _standstill(one)
    if stated is not None:
        detail["standstill"] = stated
    if len(one.bids) > 1:
        detail["bids"] = [[bid, lot] for bid, lot in one.bids]
    if version > 1:
        detail["again"] = batch.again
    try:
        with workspace.store.writing() as tx:
            envelopes.keep(tx)
            act = audit.record(tx, workspace, "letter-signed", tender=held.tender_id, person=batch.who, detail=detail)
            row = t.LetterRow(
                tender_id=held.tender_id,
                bidder=one.bid.bidder,
                bid=one.bid.bid,
                lot=one.bid.lot,
                bids=tuple(bid for bid, _ in one.bids),
                lots=tuple(lot for _, lot in one.bids),
                series=one.kind.series,
                version=version,
                kind=one.kind.value,
                file=letter_file(held.pack.tender.reference, one, version),
                sha256=sha256,
                pages=pages,
                sealed=sealed.sealed,
                envelope=str(envelope),
                fingerprint=fingerprint,
                at=at,
                act=act,
            )
            tx.add(row)
            tx.flush()
            tx.expunge(row)
            return row
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove([sealed.sealed])
        raise


def _standstill(one: Written) -> dict[str, str] | None:
    """From which day to which the letter says that standstill lasts, where it says so."""
    for about in one.about:
        if isinstance(about, LetterInputs) and one.letter is not None:
            ends = stated_end(one.letter, about)
            begins = clock_starts(about.regime, about.day, about.published)
            if ends is not None and begins is not None:
                return {"from": begins.isoformat(), "ends": ends.isoformat()}
    return None


def next_version(tx: Session, tender: TenderId, kind: LetterKind, bids: Iterable[tuple[BidCode, LotCode]]) -> int:
    """The version that a letter of this kind about these bids would be: 1 where none of its series was signed."""
    wanted = set(bids)
    rows = tx.execute(select(t.LetterRow).where(t.LetterRow.tender_id == tender, t.LetterRow.series == kind.series))
    return 1 + max((row.version for row in rows.scalars() if wanted & set(row.about)), default=0)


def digest_of(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
