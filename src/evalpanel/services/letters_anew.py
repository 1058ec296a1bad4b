"""What is still to be done about signed letters: those to sign anew, each with why, and those that are not on the log of sending."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.digests import digest, plain
from evalpanel.domain.feedback import FeedbackLetter, LetterBlocked, compose, compose_combined
from evalpanel.domain.letter_wording import AWARD, LetterWording
from evalpanel.domain.paper_order import not_on_the_log, to_sign_anew
from evalpanel.domain.people import Role
from evalpanel.domain.regimes import Regime
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidCode, BidderCode, LotCode
from evalpanel.services import after_outcome, letter_drafts, letter_order, tenders, wordings
from evalpanel.services.awards import computed
from evalpanel.services.signed_letters import letter_rows
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class LetterAnew:
    """A signed letter that says what is no longer so. `why` are the reasons, a sentence each; `about` every bid and lot in it."""

    bid: BidCode
    lot: LotCode
    bidder: BidderCode
    about: tuple[tuple[BidCode, LotCode], ...]
    why: tuple[str, ...]

    @property
    def combined(self) -> bool:
        """Whether it is one letter for several lots."""
        return len(self.about) > 1


@dataclass(frozen=True, slots=True)
class LettersToDo:
    """What is still to be done: letters to sign anew, and letters about the outcome of which no sending is on the log (bid, lot).

    `before_notice`: the law lets nothing begin before those are out.
    """

    anew: tuple[LetterAnew, ...]
    unsent: tuple[tuple[BidCode, LotCode], ...]
    before_notice: bool


NOTHING = LettersToDo((), (), before_notice=False)
_DAYS = "It states another end of standstill than would be so now."
_DETAILS = "The details of its bidder were corrected after it was signed."
_WORDS = "Sentences that it uses were changed after it was signed."


def to_do(workspace: Workspace, named: str) -> LettersToDo:
    """What stands open about the letters of a tender that tell the outcome. Nothing once the contract is signed."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        if not tender.stage.reached(TenderStage.OUTCOME) or tender.stage.reached(TenderStage.CONTRACT_SIGNED):
            return NOTHING
        now, papers = after_outcome.read(tx, workspace, tender), letter_order.award_papers(tx, tender)
        told = now.notice
        added = {**now.letter_days.added_days, **(told.added_days if told is not None else {})}
        length = told.days if told is not None else 0
        days = {
            (one.bid, one.lot)
            for one in to_sign_anew(now.regime, papers, added, days=length, by_post=now.letter_days.by_post)
        }
        signed, corrected = _pinned(tx, tender)
        rows = [row for row in letter_rows(tx, tender.tender_id) if row.series == AWARD]
        reworded = _reworded(tx, workspace, tender, now.regime, rows, signed)
        found = []
        for row in rows:
            why = (
                *((_DAYS,) if (row.bid, row.lot) in days else ()),
                *((_DETAILS,) if corrected.get(row.bidder, 0) > row.act else ()),
                *((_WORDS,) if row.act in reworded else ()),
            )
            if why:
                found.append(LetterAnew(row.bid, row.lot, row.bidder, row.about, why))
        unsent = tuple((one.bid, one.lot) for one in papers if not one.sent)
        return LettersToDo(_in_order(tender, found), unsent, bool(not_on_the_log(now.regime, papers)))


def _reworded(
    tx: Session,
    workspace: Workspace,
    tender: tenders.OpenTender,
    regime: Regime,
    rows: Sequence[t.LetterRow],
    signed: Mapping[int, str],
) -> frozenset[int]:
    """The letters, by their acts, that would say something else with the sentences that are used now than with those they were signed with.

    Each is composed with both. One whose sentences are not known here any more counts as such a letter.
    """
    wording = wordings.wording(tx, regime)
    now = digest(plain(wording))
    others = [row for row in rows if signed.get(row.act, now) != now]
    if not others:
        return frozenset()
    kept, held = wordings.kept(tx, regime), computed(tx, tender)
    signs = letter_drafts.signatory(workspace, held, tender.acting(Role.OFFICER, None))
    bids = {(bid.bid, bid.lot): bid for bid in held.pack.bids}

    def composed(row: t.LetterRow, said: LetterWording) -> FeedbackLetter:
        about = [
            letter_drafts.inputs(workspace, held, bids[pair], held.settled[pair[1]], regime, said, signs)
            for pair in row.about
        ]
        return compose(about[0]) if len(about) == 1 else compose_combined(about)

    def differs(row: t.LetterRow) -> bool:
        before = kept.get(signed[row.act])
        try:
            return before is None or composed(row, before) != composed(row, wording)
        except (LetterBlocked, ValueError):  # it could not be written now, so nobody can say that it would be the same
            return True

    return frozenset(row.act for row in others if differs(row))


def _in_order(tender: tenders.OpenTender, found: list[LetterAnew]) -> tuple[LetterAnew, ...]:
    order = {(bid.bid, bid.lot): place for place, bid in enumerate(tender.pack.bids)}
    return tuple(sorted(found, key=lambda one: order[one.bid, one.lot]))


def _pinned(tx: Session, tender: tenders.OpenTender) -> tuple[dict[int, str], dict[BidderCode, int]]:
    """With which sentences each letter was signed, by the number of its act; and when each bidder was last corrected."""
    signed: dict[int, str] = {}
    corrected: dict[BidderCode, int] = {}
    row = t.AuditRow
    wanted = select(row.number, row.act, row.detail).where(
        row.chain == tender.tender_id, row.act.in_(("letter-signed", "bidder-corrected"))
    )
    for number, act, detail in tx.execute(wanted.order_by(row.number)):
        if act == "letter-signed":
            signed[number] = str(json.loads(detail)["template_digest"])
        else:
            corrected[BidderCode(json.loads(detail)["after"]["bidder"])] = number
    return signed, corrected
