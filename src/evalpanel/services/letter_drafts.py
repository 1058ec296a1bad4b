"""Where each letter stands, and how it will look, before and after it is signed. Nothing here is recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from evalpanel.domain.feedback import (
    FeedbackLetter,
    LetterInputs,
    Signatory,
    blocked,
    compose,
    compose_combined,
    kind_of,
)
from evalpanel.domain.feedback_occasions import OccasionInputs
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.letter_wording import AWARD, LetterKind, LetterWording
from evalpanel.domain.people import Role
from evalpanel.domain.regimes import Regime
from evalpanel.domain.results import LotResult
from evalpanel.domain.tender import Bid, BidCode, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_pdf import render
from evalpanel.services import after_outcome, authorities, tenders, wordings
from evalpanel.services.awards import TenderOutcome, computed
from evalpanel.services.signed_letters import covering, kept_letter, letter_rows, signed_letter
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


class LetterState(StrEnum):
    """Where one letter stands. `NOT_OWED`: an in-house comparator gets none."""

    READY = "ready"
    SIGNED = "signed"
    BLOCKED = "blocked"
    NOT_OWED = "not-owed"


@dataclass(frozen=True, slots=True)
class SignedLetter:
    """A letter on the record: its file name, its SHA-256, how long it is, when it was signed and by whose key."""

    file: str
    sha256: str
    pages: int
    at: datetime
    fingerprint: str


@dataclass(frozen=True, slots=True)
class LetterStanding:
    """One bid for one lot, and where its letter stands. `why` says what blocks it, a sentence each."""

    bid: BidCode
    lot: LotCode
    bidder: str
    name: str
    lot_title: str
    kind: LetterKind | None
    state: LetterState
    why: tuple[str, ...] = ()
    signed: SignedLetter | None = None
    series: str = AWARD


@dataclass(frozen=True, slots=True)
class Written:
    """A letter with the content that it has now. `letter` is None while something keeps it from being written: `why`, a sentence each.

    `about` is what it is made of, for each lot; `bid` is the first of its bids.
    """

    bid: Bid
    kind: LetterKind
    about: tuple[LetterInputs | OccasionInputs, ...]
    letter: FeedbackLetter | None
    why: tuple[str, ...] = ()

    @property
    def bids(self) -> tuple[tuple[BidCode, LotCode], ...]:
        """The bids and lots that the letter is about."""
        return tuple((one.bid.bid, one.lot.lot) for one in self.about)


def overview(workspace: Workspace, named: str) -> tuple[LetterStanding, ...]:
    """Where the letter of every bid stands, in the order of the pack; then the letters that were signed for an occasion.

    Refused until there is an outcome.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        held = computed(tx, tender)
        rows = letter_rows(tx, held.tender_id)
        signed = covering(rows, AWARD)
        who = tender.acting(Role.OFFICER, None)
        regime, wording = regime_and_wording(tx, held)
        signs = signatory(workspace, held, who)
        results = held.settled
        made = {
            (bid.bid, bid.lot): inputs(workspace, held, bid, results[bid.lot], regime, wording, signs)
            for bid in held.pack.bids
        }
        first = [_standing(held, about, signed.get(key)) for key, about in made.items()]
        return (*first, *_for_occasions(held.pack, rows))


def for_occasions(workspace: Workspace, named: str) -> tuple[LetterStanding, ...]:
    """The letters that were signed for an occasion, at any stage: there may be no outcome yet."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        return _for_occasions(tender.pack, letter_rows(tx, tender.tender_id))


def _for_occasions(pack: TenderPack, rows: Iterable[t.LetterRow]) -> tuple[LetterStanding, ...]:
    names = {one.bidder: one.name for one in pack.bidders}
    titles = {one.lot: one.title for one in pack.lots}
    return tuple(
        LetterStanding(
            row.bid,
            row.lot,
            row.bidder,
            names[row.bidder],
            titles[row.lot],
            LetterKind(row.kind),
            LetterState.SIGNED,
            signed=_kept(row),
            series=row.series,
        )
        for row in rows
        if row.series != AWARD
    )


def _kept(row: t.LetterRow) -> SignedLetter:
    return SignedLetter(row.file, row.sha256, row.pages, row.at, row.fingerprint)


def _standing(held: TenderOutcome, about: LetterInputs, row: t.LetterRow | None) -> LetterStanding:
    kind = owed(held, about.result, about.bid)
    why: tuple[str, ...] = ()
    kept: SignedLetter | None = None
    if row is not None:
        state, kind = LetterState.SIGNED, LetterKind(row.kind)
        kept = _kept(row)
    elif kind is None:
        state = LetterState.NOT_OWED
        if about.lot.lot in held.abandoned:
            why = (f"Lot {about.lot.lot} was abandoned, so nothing is awarded in it.",)
    else:
        why = blocked(about)
        state = LetterState.BLOCKED if why else LetterState.READY
    return LetterStanding(
        about.bid.bid,
        about.bid.lot,
        about.bid.bidder,
        about.bidder.name,
        about.lot.title,
        kind,
        state,
        why,
        kept,
    )


def owed(held: TenderOutcome, result: LotResult, bid: Bid) -> LetterKind | None:
    """Which letter a bid is owed about the outcome; None for an in-house comparator, and in a lot that was abandoned."""
    return None if bid.lot in held.abandoned else kind_of(result, bid.bid)


def preview(
    workspace: Workspace, named: str, bid: str, lot: str, *, person: str | None = None, series: str = AWARD
) -> bytes:
    """The letter of one bid as the bidder will see it: the signed copy where there is one, else an unsigned draft.

    `series` tells letters about one bid apart (`LetterKind.series`); only those about the outcome have a draft here.
    `person` is who looks: nobody sees a letter of a lot from which they are recused. Raises `LetterBlocked` while
    anything is missing, and `EvalPanelError` for a bid that is owed no letter.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        may_see(tx, tender, lot, person)
        row = signed_letter(tx, tender.tender_id, bid, lot, series)
        if row is not None:
            return kept_letter(tx, workspace, tender.tender_id, row)
        if series != AWARD:
            raise EvalPanelError(f"The letter for bid {bid} is not signed yet.", "Draft it, or sign it.")
        letter = _composed(tx, workspace, tender, bid, lot)
    return render(letter, made_at=workspace.now()).data


def composed(workspace: Workspace, named: str, bid: str, lot: str, *, person: str | None = None) -> FeedbackLetter:
    """The letter of one bid with the content that it has now, signed or not. Refused as `preview` is."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        may_see(tx, tender, lot, person)
        return _composed(tx, workspace, tender, bid, lot)


def _composed(tx: Session, workspace: Workspace, tender: tenders.OpenTender, bid: str, lot: str) -> FeedbackLetter:
    held = computed(tx, tender)
    about = _find(held, bid, lot)
    result = held.settled[about.lot]
    if about.lot in held.abandoned:
        raise EvalPanelError(
            f"Bid {about.bid} is owed no letter.", f"Lot {about.lot} was abandoned, so nothing is awarded in it."
        )
    if owed(held, result, about) is None:
        raise EvalPanelError(f"Bid {about.bid} is owed no letter.", "An in-house comparator gets none.")
    regime, wording = regime_and_wording(tx, held)
    signs = signatory(workspace, held, tender.acting(Role.OFFICER, None))
    return headed(workspace, compose(inputs(workspace, held, about, result, regime, wording, signs)))


def may_see(tx: Session, tender: tenders.OpenTender, lot: str, person: str | None) -> None:
    """Refuse whoever is recused from any part of the lot: a letter may also explain the bid that won."""
    if not person:
        return
    member = tender.member(person)
    kept_out = queries.recused(tx, tender.tender_id, tender.pack, member)
    closed = next((one for one in kept_out if one.lot == lot), None)
    if closed is not None:
        raise EvalPanelError(
            f"{member.person} is recused from {closed.what}.",
            "The letters of the lot are not shown: they explain its bids.",
        )


def _find(held: TenderOutcome, bid: str, lot: str) -> Bid:
    for one in held.pack.bids:
        if (one.bid, one.lot) == (bid, lot):
            return one
    known = ", ".join(f"{one.bid} in lot {one.lot}" for one in held.pack.bids)
    raise EvalPanelError(f"There is no bid {bid} in lot {lot}.", f"Bids: {known}.")


# What signing needs of a draft.


def regime_and_wording(tx: Session, held: TenderOutcome) -> tuple[Regime, LetterWording]:
    """The tender's regime and the sentences of its letters."""
    assert held.pack.tender is not None
    regime = wordings.regime(held.pack.tender.regime)
    return regime, wordings.wording(tx, regime)


def signatory(workspace: Workspace, held: TenderOutcome, who: PersonCode) -> Signatory:
    """Who signs: whom the authority's own profile names, else the officer `who`, else the owner of the profile here."""
    assert held.pack.tender is not None
    authority = held.pack.tender.authority
    name = next((member.name for member in held.pack.panel if member.person == who), workspace.owner.name)
    own = authorities.own(workspace, authority)
    if own is None:
        return Signatory(name, f"Procurement officer, {authority}", workspace.owner.email)
    role = own.role or f"Procurement officer, {authority}"
    return Signatory(own.signatory or name, role, own.email or workspace.owner.email)


def headed(workspace: Workspace, letter: FeedbackLetter) -> FeedbackLetter:
    """A letter under the head of its authority, where there is a profile of it."""
    with workspace.store.reading() as tx:
        return replace(letter, letterhead=authorities.letterhead(authorities.of(tx, letter.authority)))


def inputs(
    workspace: Workspace,
    held: TenderOutcome,
    bid: Bid,
    result: LotResult,
    regime: Regime,
    wording: LetterWording,
    signs: Signatory,
) -> LetterInputs:
    """Everything that the letter of `bid` is made of, and nothing of any other bid but the lot's winners."""
    pack, notice = held.pack, held.notice
    assert pack.tender is not None
    kind = kind_of(result, bid.bid)
    won = {winner.bid for winner in result.winners} if kind is not None and kind.is_summary else set()
    return LetterInputs(
        tender=pack.tender,
        lot=next(lot for lot in pack.lots if lot.lot == bid.lot),
        criteria=pack.criteria,
        scales=pack.scales,
        bidder=next(bidder for bidder in pack.bidders if bidder.bidder == bid.bidder),
        members=tuple(member for member in pack.members if member.bidder == bid.bidder),
        bid=bid,
        result=result,
        moderated=tuple(score for line, score in held.moderated.items() if line.lot == bid.lot and line.bid == bid.bid),
        # Without their evidence: what another bid says is nobody's but its bidder's.
        winners=tuple(
            replace(score, evidence=())
            for line, score in held.moderated.items()
            if line.lot == bid.lot and line.bid in won
        ),
        regime=regime,
        wording=wording,
        signatory=signs,
        day=after_outcome.uk_today(workspace),
        documents=tuple(one for one in held.documents if one.bidder in (None, bid.bidder)),
        published=notice.published if notice is not None else None,
        proclaimed=held.letter_days.added_days | (notice.added_days if notice is not None else {}),
        by_post=held.letter_days.by_post,
        standstill_days=notice.days if notice is not None else 0,
        tie_settled=held.how_settled(bid.lot),
    )


def written(
    workspace: Workspace,
    held: TenderOutcome,
    chosen: Sequence[Bid],
    regime: Regime,
    wording: LetterWording,
    signs: Signatory,
    *,
    combined: bool = False,
    day: date | None = None,
) -> tuple[Written, ...]:
    """The letters about the outcome that these bids are owed. `combined`: one for all lots of a bidder that is owed several.

    `day` is the day of the letters: today, if left out.
    """
    results = held.settled
    groups: dict[tuple[str, ...], list[tuple[Bid, LetterKind, LetterInputs]]] = {}
    for bid in chosen:
        kind = owed(held, results[bid.lot], bid)
        if kind is not None:
            key = (bid.bidder,) if combined else (bid.bid, bid.lot)
            about = inputs(workspace, held, bid, results[bid.lot], regime, wording, signs)
            about = replace(about, day=day or about.day)
            groups.setdefault(key, []).append((bid, kind, about))
    return tuple(_together(workspace, group) for group in groups.values())


def _together(workspace: Workspace, group: Sequence[tuple[Bid, LetterKind, LetterInputs]]) -> Written:
    abouts = tuple(about for _, _, about in group)
    bid, kind, first = group[0]
    if len(group) == 1:
        why = blocked(first)
        return Written(bid, kind, abouts, None if why else headed(workspace, compose(first)), why)
    why = tuple(f"Lot {about.lot.lot}: {one}" for about in abouts for one in blocked(about))
    letter = None if why else headed(workspace, compose_combined(abouts))
    return Written(bid, LetterKind.COMBINED, abouts, letter, why)


def letter_file(reference: str, letter: Written, version: int = 1) -> str:
    """The file name of a letter: codes and never names, safe on every system. A reissue says which version it is."""
    lots = "-".join(dict.fromkeys(lot for _, lot in letter.bids))
    kind = f"-{letter.kind.value}" if letter.kind.is_asked_for else ""
    again = f"-v{version}" if version > 1 else ""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", f"{reference}-{lots}-{letter.bid.bid}{kind}{again}").strip("-.") + ".pdf"
