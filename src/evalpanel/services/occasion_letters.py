"""Letters for an occasion, signed: prequalification, a price that looks too low, the end of standstill."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from evalpanel.domain.digests import digest, plain
from evalpanel.domain.feedback import LetterBlocked
from evalpanel.domain.feedback_occasions import Occasion, OccasionInputs
from evalpanel.domain.letter_wording import AWARD, LetterKind
from evalpanel.domain.low_prices import LowPriceStep
from evalpanel.domain.people import Role
from evalpanel.domain.tender import Bid, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_pdf import render
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import (
    after_outcome,
    letter_copies,
    letter_guard,
    letter_keys,
    letter_manifest,
    letter_rules,
    tenders,
)
from evalpanel.services.awards import so_far
from evalpanel.services.letter_copies import NO_COPIES, Copies
from evalpanel.services.letter_drafts import Written, may_see, regime_and_wording, signatory
from evalpanel.services.letter_keys import KeySource
from evalpanel.services.letter_occasions import bid_of, written
from evalpanel.services.letter_signing import Batch, LetterBlockedBy, LetterDone, again, write
from evalpanel.services.signed_letters import covering, letter_rows
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.system.files import new_folder


def sign_occasion(
    workspace: Workspace,
    named: str,
    occasion: Occasion,
    out: Path,
    *,
    bid: str,
    lot: str | None = None,
    reissue: str = "",
    person: str | None = None,
    key: KeySource | None = None,
    copies: Copies = NO_COPIES,
    progress: Progress = NO_PROGRESS,
) -> LetterDone | LetterBlockedBy:
    """Write one signed letter to the bidder of `bid` for an occasion into `out`, keep it, and list all letters, signed.

    The same letter asked for again is given out as it was signed; with other words it is refused, unless `reissue` says why a next
    version is needed. What is missing, an approval that is not there, or something that it may not tell blocks it.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        held, about = so_far(tx, tender), bid_of(tender, bid, lot)
        may_see(tx, tender, about.lot, person)
        known, watch = letter_rules.approvals(tx, held.tender_id), letter_guard.watch(tx, workspace, held)
        row = covering(letter_rows(tx, held.tender_id), occasion.kind.series).get((about.bid, about.lot))
        one = written(tx, workspace, tender, held, occasion, about)
        signs, (_, wording) = signatory(workspace, held, who), regime_and_wording(tx, held)
        pins = {"template_digest": digest(plain(wording)), "occasion": _pinned(one)}
        same = row is not None and _was(tx, held.tender_id, row.act) == pins["occasion"]
    if row is not None and not reissue:
        if not same:
            raise _signed_already(occasion.kind, about)
        new_folder(out, may_exist=True)
        return again(workspace, held.tender_id, out, row)
    if reissue and row is None:
        raise EvalPanelError(
            f"No such letter was signed yet for bid {about.bid}, so none can be signed anew.", "Nothing was written."
        )
    why = known.missing(one.letter) if one.letter is not None else one.why
    if why:
        return LetterBlockedBy(about.bid, about.lot, why)
    new_folder(out, may_exist=True)
    progress.step(0, 1, f"{about.bid} {about.lot}")
    with letter_keys.signer(workspace, held, who, signs, key) as signer:
        made = write(Batch(workspace, held, out, signer, who, watch, pins, reissue), one)
        if isinstance(made, LetterDone):
            with workspace.store.reading() as tx:
                now = tenders.find(tx, held.tender_id)
            letter_manifest.write(workspace, now, out, signer, signs.name)
    if copies and isinstance(made, LetterDone) and one.letter is not None and made.signed_at is not None:
        letter_copies.write(copies, one.letter, made.file, made.signed_at)
    return made


def preview(
    workspace: Workspace, named: str, occasion: Occasion, *, bid: str, lot: str | None = None, person: str | None = None
) -> bytes:
    """The letter for an occasion as the bidder will see it, before it is signed. Nothing is recorded.

    `person` is who looks: nobody sees a letter of a lot from which they are recused. Raises `LetterBlocked` while anything is missing.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        about = bid_of(tender, bid, lot)
        may_see(tx, tender, about.lot, person)
        one = written(tx, workspace, tender, so_far(tx, tender), occasion, about)
    if one.letter is None:
        raise LetterBlocked(about.bid, one.why)
    return render(one.letter, made_at=workspace.now()).data


def give_again(
    workspace: Workspace, named: str, out: Path, *, person: str | None = None, progress: Progress = NO_PROGRESS
) -> tuple[LetterDone, ...]:
    """Write every letter that was signed for an occasion into `out` once more, as it was signed."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        tender.acting(Role.OFFICER, person)
        rows = [row for row in letter_rows(tx, tender.tender_id) if row.series != AWARD]
    if rows:
        new_folder(out, may_exist=True)
    done = []
    for place, row in enumerate(rows):
        progress.step(place, len(rows), row.file)
        done.append(again(workspace, tender.tender_id, out, row))
    return tuple(done)


def on_record(workspace: Workspace, named: str, kind: LetterKind, *, bid: str, lot: str | None = None) -> str:
    """What the record says of a bid that its letter of this kind would repeat; empty where it says nothing.

    A notice about a low price repeats what the bidder was asked, a decision what was considered and decided.
    """
    step = _REPEATS.get(kind)
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        about = bid_of(tender, bid, lot)
        for one in after_outcome.read(tx, workspace, tender).low_prices:
            if (one.bid, one.lot, one.step) == (about.bid, about.lot, step):
                return one.text
    return ""


_REPEATS = {
    LetterKind.ABNORMALLY_LOW_NOTICE: LowPriceStep.NOTIFIED,
    LetterKind.ABNORMALLY_LOW_ACCEPTED: LowPriceStep.DECISION,
    LetterKind.ABNORMALLY_LOW_REJECTED: LowPriceStep.DECISION,
}


def _pinned(one: Written) -> dict[str, Any]:
    """What the trail says of why a letter was written."""
    (about,) = one.about
    assert isinstance(about, OccasionInputs)
    occasion = about.occasion
    days = {"reply_by": occasion.reply_by, "valid_until": occasion.valid_until, "ends": occasion.ends}
    days["published"] = occasion.published
    return {"reason": occasion.reason, **{name: day.isoformat() if day else "" for name, day in days.items()}}


def _was(tx: Session, tender: TenderId, act: int) -> object:
    line = next(one for one in queries.trail(tx, tender) if one.number == act)
    return json.loads(line.detail).get("occasion")


def _signed_already(kind: LetterKind, bid: Bid) -> EvalPanelError:
    return EvalPanelError(
        f"A letter of the kind {kind.value} was signed for bid {bid.bid}, lot {bid.lot}, with other words.",
        "Nothing was written. To sign another version, say why with --again; both are kept.",
        window="Nothing was written. To sign another version, say why in the form; both are kept.",
    )
