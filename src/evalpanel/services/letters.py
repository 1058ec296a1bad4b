"""Feedback letters: composed from what was agreed, laid out, signed by the officer, read back, verified, and kept."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from evalpanel.domain.digests import digest, plain
from evalpanel.domain.feedback import Signatory
from evalpanel.domain.letter_wording import AWARD, LetterWording
from evalpanel.domain.people import Role
from evalpanel.domain.regimes import Regime
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, BidCode, LotCode
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import (
    letter_copies,
    letter_guard,
    letter_keys,
    letter_manifest,
    letter_rules,
    tenders,
)
from evalpanel.services.awards import TenderOutcome, computed
from evalpanel.services.letter_copies import NO_COPIES, Copies
from evalpanel.services.letter_drafts import Written, owed, regime_and_wording, signatory, written
from evalpanel.services.letter_keys import KeySource
from evalpanel.services.letter_signing import Batch, LetterBlockedBy, LetterDone, again, write
from evalpanel.services.signed_letters import covering, letter_rows
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from evalpanel.system.files import new_folder

__all__ = ["LetterBlockedBy", "LetterDone", "LettersReport", "letters"]


@dataclass(frozen=True, slots=True)
class LettersReport:
    """What became of every letter that is owed. `manifest` is the signed list of all letters; None where none was written."""

    letters: tuple[LetterDone, ...]
    blocked: tuple[LetterBlockedBy, ...]
    fingerprint: str
    manifest: Path | None = None


def letters(
    workspace: Workspace,
    named: str,
    out: Path,
    *,
    bid: str | None = None,
    lot: str | None = None,
    only: Collection[tuple[BidCode, LotCode]] = (),
    combined: bool = False,
    reissue: str = "",
    person: str | None = None,
    key: KeySource | None = None,
    copies: Copies = NO_COPIES,
    progress: Progress = NO_PROGRESS,
) -> LettersReport:
    """Write a signed letter about the outcome for each bid into `out`, keep a sealed copy of each, and list them all, signed.

    Of one `bid` or `lot`, of `only` these bids and lots, or of all. `combined`: one letter for all lots of a bidder. `key` is the authority's, where it has
    one; else a certificate is made on this laptop. `copies`: beside each letter. A letter that was signed before is given out
    again as it was; `reissue` says why it is written and signed anew instead, as the next version. One that lacks an
    explanation (or an item that the law asks) is blocked and says why; it does not hold up the others. Cancelling keeps the
    letters already done. Refused until the award is decided.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        held = computed(tx, tender)
        tenders.require(
            tender, at_least=TenderStage.AWARD_DECIDED, act="letters are not signed before the award is decided"
        )
        known, watch = letter_rules.approvals(tx, held.tender_id), letter_guard.watch(tx, workspace, held)
        chosen = _asked(held, bid, lot, only, combined=combined)
        signed = _signed(tx, held, chosen)
        regime, wording = regime_and_wording(tx, held)
        pins = {
            "outcome_digest": held.digest,
            "moderated_digest": _moderation(tx, held),
            "template_digest": digest(plain(wording)),
        }
    _refuse(held, chosen, bid, lot, only, reissue, signed)
    signs = signatory(workspace, held, who)
    if reissue:
        chosen, signed = [one for one in chosen if (one.bid, one.lot) in signed], {}
    else:
        chosen = [one for one in chosen if (one.bid, one.lot) not in signed]
    ready: list[Written] = []
    stopped: list[LetterBlockedBy] = []
    for one in written(workspace, held, chosen, regime, wording, signs, combined=combined):
        why = known.missing(one.letter) if one.letter is not None else one.why
        if why:
            stopped.append(LetterBlockedBy(one.bid.bid, one.bid.lot, why))
        else:
            ready.append(one)
    before = list({row.id: row for row in signed.values()}.values())
    total = len(ready) + len(before)
    if total:
        new_folder(out, may_exist=True)
    done: list[LetterDone] = []
    fingerprint, manifest = "", None
    try:
        for place, row in enumerate(before):
            progress.step(place, total, row.file)
            done.append(again(workspace, held.tender_id, out, row))
        if ready or key is not None or (before and letter_keys.has_own(workspace, signs)):
            with letter_keys.signer(workspace, held, who, signs, key) as signer:
                fingerprint = signer.fingerprint
                batch = Batch(workspace, held, out, signer, who, watch, pins, reissue)
                for place, one in enumerate(ready, len(before)):
                    progress.step(place, total, f"{one.bid.bid} {one.bid.lot}")
                    made = write(batch, one)
                    if isinstance(made, LetterDone):
                        done.append(made)
                    else:
                        stopped.append(made)
                with workspace.store.reading() as tx:
                    now = tenders.find(tx, held.tender_id)
                manifest = letter_manifest.write(workspace, now, out, signer, signs.name) if done else None
        if copies:
            for place, one_done in enumerate(tuple(done)):
                progress.step(place, len(done), f"copies of {one_done.file.name}")
                _copy(workspace, held, copies, one_done, regime, wording, signs)
    except Cancelled as cancelled:
        kept = "1 letter was" if len(done) == 1 else f"{len(done)} letters were"
        raise Cancelled("Signing letters", f"{kept} done before and stay; run it again for the others.") from cancelled
    _advance(workspace, held)
    order = {(one.bid, one.lot): place for place, one in enumerate(held.pack.bids)}
    done.sort(key=lambda one: order[one.bid, one.lot])
    return LettersReport(tuple(done), tuple(stopped), fingerprint, manifest)


def _asked(
    held: TenderOutcome,
    bid: str | None,
    lot: str | None,
    only: Collection[tuple[BidCode, LotCode]],
    *,
    combined: bool,
) -> list[Bid]:
    """Of one bid or lot, of only some, or all; combined, a bid stands for all bids of its bidder."""
    if only:
        return [one for one in held.pack.bids if (one.bid, one.lot) in only]
    chosen = [one for one in held.pack.bids if bid in (None, one.bid) and lot in (None, one.lot)]
    if combined and lot is None:
        bidders = {one.bidder for one in chosen}
        chosen = [one for one in held.pack.bids if one.bidder in bidders]
    return chosen


def _refuse(
    held: TenderOutcome,
    chosen: list[Bid],
    bid: str | None,
    lot: str | None,
    only: Collection[tuple[BidCode, LotCode]],
    reissue: str,
    signed: dict[tuple[BidCode, LotCode], t.LetterRow],
) -> None:
    what = " ".join(part for part in (f"bid {bid}" if bid else "", f"in lot {lot}" if lot else "") if part)
    if not chosen:
        raise EvalPanelError(f"There is no {what or 'bid'} in this tender.", "Nothing was written.")
    if reissue and ((bid is None and not only) or not signed):
        known = ", ".join(dict.fromkeys(one.bid for one in held.pack.bids))
        raise EvalPanelError(
            "It is not said which letter is signed anew."
            if bid is None
            else f"No letter was signed yet for {what}, so none can be signed anew.",
            f"Nothing was written. Name one bid whose letter was signed: {known}.",
        )


def _signed(tx: Session, held: TenderOutcome, chosen: list[Bid]) -> dict[tuple[BidCode, LotCode], t.LetterRow]:
    rows = covering(letter_rows(tx, held.tender_id), AWARD)
    return {(one.bid, one.lot): rows[one.bid, one.lot] for one in chosen if (one.bid, one.lot) in rows}


def _advance(workspace: Workspace, held: TenderOutcome) -> None:
    """Letters are issued when every bid that is owed one has it."""
    results = held.settled
    with workspace.store.writing() as tx:
        rows = covering(letter_rows(tx, held.tender_id), AWARD)
        due = [one for one in held.pack.bids if owed(held, results[one.lot], one) is not None]
        if all((one.bid, one.lot) in rows for one in due):
            tenders.advance(tx, tenders.find(tx, held.tender_id), TenderStage.LETTERS_ISSUED)


def _moderation(tx: Session, held: TenderOutcome) -> str:
    """The digest of what was agreed, as it was pinned when moderation was closed."""
    lines = queries.trail(tx, held.tender_id)
    closed = next(line for line in reversed(lines) if line.act == "moderation-closed")
    return str(json.loads(closed.detail)["moderated_digest"])


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
    assert done.signed_at is not None
    bids = [one for one in held.pack.bids if (one.bid, one.lot) in done.bids]
    (one,) = written(workspace, held, bids, regime, wording, signs, combined=len(bids) > 1, day=done.signed_at.date())
    if one.letter is not None:
        letter_copies.write(copies, one.letter, done.file, done.signed_at)
