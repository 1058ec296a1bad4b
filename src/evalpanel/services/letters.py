"""Feedback letters: composed from what was agreed, laid out, signed by the officer, read back, verified, and kept."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evalpanel.domain.digests import digest, plain
from evalpanel.domain.feedback import FeedbackLetter, LetterInputs, Signatory, blocked, compose, kind_of
from evalpanel.domain.feedback_inputs import withheld
from evalpanel.domain.leaks import Leak
from evalpanel.domain.letter_wording import LetterWording
from evalpanel.domain.people import Role
from evalpanel.domain.regimes import Regime
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, BidCode, EnvelopeKind, LotCode, PersonCode, TenderId
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.formats.letter_pdf import render, signature_appearance
from evalpanel.formats.paper import SIGNATURE_SIZE
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import audit, letter_copies, letter_guard, letter_keys, letter_manifest, letter_rules, tenders
from evalpanel.services.awards import TenderOutcome, computed, on_record
from evalpanel.services.envelopes import EnvelopeName, held_envelopes
from evalpanel.services.letter_copies import NO_COPIES, Copies
from evalpanel.services.letter_drafts import (
    headed,
    inputs,
    kept_letter,
    letter_file,
    letter_rows,
    regime_and_wording,
    signatory,
)
from evalpanel.services.letter_guard import LetterWatch
from evalpanel.services.letter_keys import KeySource
from evalpanel.services.letter_rules import Approvals
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from evalpanel.system.files import new_folder, read_whole, remove_quietly, tidying, write_atomic

if TYPE_CHECKING:
    from evalpanel.sealing.letter_signer import LetterSigner


@dataclass(frozen=True, slots=True)
class LetterDone:
    """A signed letter in a file, read back and verified. `again`: it was signed earlier and is given out once more."""

    bid: BidCode
    lot: LotCode
    kind: str
    file: Path
    sha256: str
    pages: int
    verified: bool
    again: bool


@dataclass(frozen=True, slots=True)
class LetterBlockedBy:
    """A letter that could not be written, and why."""

    bid: BidCode
    lot: LotCode
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LettersReport:
    """What became of every letter that is owed."""

    letters: tuple[LetterDone, ...]
    blocked: tuple[LetterBlockedBy, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class _Batch:
    """What all letters of a batch have in common: where they go, what signs them, what they rest on."""

    workspace: Workspace
    held: TenderOutcome
    out: Path
    signer: LetterSigner
    who: PersonCode
    template_digest: str
    moderated_digest: str
    watch: LetterWatch


@dataclass(frozen=True, slots=True)
class _Owed:
    bid: Bid
    kind: str
    letter: FeedbackLetter
    about: LetterInputs


def letters(
    workspace: Workspace,
    named: str,
    out: Path,
    *,
    person: str | None = None,
    key: KeySource | None = None,
    copies: Copies = NO_COPIES,
    progress: Progress = NO_PROGRESS,
) -> LettersReport:
    """Write one signed letter for each bid into `out`, keep a sealed copy of each, and list them all, signed.

    `key` is the authority's, where it has one; else a certificate is made on this laptop. `copies`: beside each letter. A
    letter that was signed before is given out again as it was. One that lacks an explanation (or an item of regulation
    31) is blocked and says why; it does not hold up the others. Cancelling keeps the letters already done.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        held = computed(tx, tender)
        known, watch = letter_rules.approvals(tx, held.tender_id), letter_guard.watch(tx, held)
        signed = {
            (row.bid, row.lot): (row.kind, row.file, row.sha256, row.pages) for row in letter_rows(tx, held.tender_id)
        }
        regime, wording = regime_and_wording(tx, held)
    signs = signatory(workspace, held, who)
    owed, stopped = _owed(workspace, held, regime, wording, signs, set(signed), known)
    total = len(owed) + len(signed)
    if owed or signed:
        new_folder(out, may_exist=True)
        with workspace.store.writing() as tx:
            held = on_record(tx, workspace, tenders.find(tx, held.tender_id), held, who)
    done: list[LetterDone] = []
    fingerprint = ""
    try:
        for place, (which, row) in enumerate(signed.items()):
            progress.step(place, total, row[1])
            done.append(_again(workspace, held.tender_id, out, which, row))
        if owed or key is not None or (signed and letter_keys.has_own(workspace, signs)):
            with letter_keys.signer(workspace, held, who, signs, key) as signer:
                fingerprint = signer.fingerprint
                template = digest(plain(wording))
                batch = _Batch(workspace, held, out, signer, who, template, _moderation(workspace, held), watch)
                for place, one in enumerate(owed, len(signed)):
                    progress.step(place, total, f"{one.bid.bid} {one.bid.lot}")
                    made = _write(batch, one)
                    if isinstance(made, LetterDone):
                        done.append(made)
                    else:
                        stopped.append(made)
                with workspace.store.reading() as tx:
                    again = tenders.find(tx, held.tender_id)
                letter_manifest.write(workspace, again, out, signer, signs.name)
        if copies:
            for place, one_done in enumerate(tuple(done)):
                progress.step(place, len(done), f"copies of {one_done.file.name}")
                _copy(workspace, held, copies, one_done, regime, wording, signs)
    except Cancelled as cancelled:
        kept = "1 letter was" if len(done) == 1 else f"{len(done)} letters were"
        raise Cancelled("Signing letters", f"{kept} done before and stay; run it again for the others.") from cancelled
    progress.step(total, total, "")
    if not stopped:
        with workspace.store.writing() as tx:
            tenders.advance(tx, tenders.find(tx, held.tender_id), TenderStage.LETTERS_ISSUED)
    order = {(bid.bid, bid.lot): place for place, bid in enumerate(held.pack.bids)}
    done.sort(key=lambda one: order[one.bid, one.lot])
    return LettersReport(tuple(done), tuple(stopped), fingerprint)


def _owed(
    workspace: Workspace,
    held: TenderOutcome,
    regime: Regime,
    wording: LetterWording,
    signs: Signatory,
    signed: set[tuple[BidCode, LotCode]],
    known: Approvals,
) -> tuple[list[_Owed], list[LetterBlockedBy]]:
    owed: list[_Owed] = []
    stopped: list[LetterBlockedBy] = []
    results = {result.lot: result for result in held.lots}
    for bid in held.pack.bids:
        kind = kind_of(results[bid.lot], bid.bid)
        if kind is None or (bid.bid, bid.lot) in signed:
            continue
        about = inputs(workspace, held, bid, results[bid.lot], regime, wording, signs)
        why = blocked(about)
        if not why:
            letter = headed(workspace, compose(about))
            why = known.missing(letter)
            if not why:
                owed.append(_Owed(bid, kind.value, letter, about))
        if why:
            stopped.append(LetterBlockedBy(bid.bid, bid.lot, why))
    return owed, stopped


def _moderation(workspace: Workspace, held: TenderOutcome) -> str:
    """The digest of what was agreed, as it was pinned when moderation was closed."""
    with workspace.store.reading() as tx:
        lines = queries.trail(tx, held.tender_id)
    closed = next(line for line in reversed(lines) if line.act == "moderation-closed")
    return str(json.loads(closed.detail)["moderated_digest"])


def _write(batch: _Batch, one: _Owed) -> LetterDone | LetterBlockedBy:
    from evalpanel.sealing.certificates import short_fingerprint
    from evalpanel.sealing.pdf_signature import verify
    from evalpanel.sealing.spoken import digest_words

    workspace, held, signer = batch.workspace, batch.held, batch.signer
    assert held.pack.tender is not None
    now, fingerprint = workspace.now(), batch.signer.fingerprint
    laid_out = render(one.letter, made_at=now)
    signs = one.letter.signatory
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
        reason=one.letter.title,
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
    leaks = [leak for leak in batch.watch.leaks((one.about,), pdf) if leak.stops]
    if leaks:
        return LetterBlockedBy(one.bid.bid, one.bid.lot, tuple(_tells(leak) for leak in leaks))
    file, sha256 = letter_file(held.pack.tender.reference, one.bid), digest_of(pdf)
    # On record first: a letter that a person can send must never be one that the record does not know.
    _keep(batch, one, file, pdf, sha256, laid_out.pages, now)
    target = _give_out(batch.out, file, pdf)
    return LetterDone(one.bid.bid, one.bid.lot, one.kind, target, sha256, laid_out.pages, True, False)


def _tells(leak: Leak) -> str:
    return f"It would tell what it may not. {leak.sentence} (key {leak.key})"


def _give_out(out: Path, file: str, pdf: bytes) -> Path:
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


def _keep(batch: _Batch, one: _Owed, file: str, pdf: bytes, sha256: str, pages: int, at: datetime) -> None:
    workspace, held, fingerprint = batch.workspace, batch.held, batch.signer.fingerprint
    with workspace.store.reading() as tx:
        envelopes = held_envelopes(tx, workspace, held.tender_id)
    sealed = envelopes.seal(EnvelopeName(EnvelopeKind.COMMON), io.BytesIO(pdf))
    try:
        with workspace.store.writing() as tx:
            envelopes.keep(tx)
            act = audit.record(
                tx,
                workspace,
                "letter-signed",
                tender=held.tender_id,
                person=batch.who,
                detail={
                    "bid": one.bid.bid,
                    "lot": one.bid.lot,
                    "kind": one.kind,
                    "sha256": sha256,
                    "fingerprint": fingerprint,
                    "outcome_digest": held.digest,
                    "moderated_digest": batch.moderated_digest,
                    "template_digest": batch.template_digest,
                    "withheld": [
                        {"bid": score.line.bid, "criterion": score.line.criterion, "why": score.withheld_why}
                        for score in withheld(one.about)
                    ],
                },
            )
            tx.add(
                t.LetterRow(
                    tender_id=held.tender_id,
                    bidder=one.bid.bidder,
                    bid=one.bid.bid,
                    lot=one.bid.lot,
                    version=1,
                    kind=one.kind,
                    file=file,
                    sha256=sha256,
                    pages=pages,
                    sealed=sealed.sealed,
                    fingerprint=fingerprint,
                    at=at,
                    act=act,
                )
            )
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove([sealed.sealed])
        raise


def _again(
    workspace: Workspace,
    tender: TenderId,
    out: Path,
    key: tuple[BidCode, LotCode],
    row: tuple[str, str, str, int],
) -> LetterDone:
    kind, file, digest, pages = row
    with workspace.store.reading() as tx:
        letter = next(one for one in letter_rows(tx, tender) if (one.bid, one.lot) == key)
        pdf = kept_letter(tx, workspace, tender, letter)
        known: Mapping[str, str] = {letter.fingerprint: ""}
    from evalpanel.sealing.pdf_signature import verify

    target = _give_out(out, file, pdf)
    verified = verify(pdf, known).verdict == "verified"
    return LetterDone(key[0], key[1], kind, target, digest, pages, verified, True)


def _copy(
    workspace: Workspace,
    held: TenderOutcome,
    copies: Copies,
    done: LetterDone,
    regime: Regime,
    wording: LetterWording,
    signs: Signatory,
) -> None:
    """The copies of a letter, composed as it was on the day on which it was signed."""
    with workspace.store.reading() as tx:
        row = next(one for one in letter_rows(tx, held.tender_id) if (one.bid, one.lot) == (done.bid, done.lot))
        signed_at = row.at
    bid = next(one for one in held.pack.bids if (one.bid, one.lot) == (done.bid, done.lot))
    result = next(one for one in held.lots if one.lot == done.lot)
    about = replace(inputs(workspace, held, bid, result, regime, wording, signs), day=signed_at.date())
    letter_copies.write(copies, headed(workspace, compose(about)), done.file, signed_at)


def digest_of(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
