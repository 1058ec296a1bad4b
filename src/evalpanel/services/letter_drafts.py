"""Where each letter stands, and how it will look, before and after it is signed. Nothing here is recorded."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.feedback import FeedbackLetter, LetterInputs, Signatory, blocked, compose, kind_of
from evalpanel.domain.letter_wording import LetterKind, LetterWording
from evalpanel.domain.people import Role
from evalpanel.domain.regimes import Regime
from evalpanel.domain.results import LotResult
from evalpanel.domain.signatures import SignatureReport
from evalpanel.domain.tender import Bid, BidCode, EnvelopeKind, LotCode, PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_pdf import render
from evalpanel.services import authorities, tenders, wordings
from evalpanel.services.awards import TenderOutcome, computed
from evalpanel.services.envelopes import EnvelopeName, unsealed_file
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


def overview(workspace: Workspace, named: str) -> tuple[LetterStanding, ...]:
    """Where the letter of every bid stands, in the order of the pack.

    Refused until there is an outcome.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        held = computed(tx, tender)
        signed = {(row.bid, row.lot): row for row in letter_rows(tx, held.tender_id)}
        who = tender.acting(Role.OFFICER, None)
        regime, wording = regime_and_wording(tx, held)
        signs = signatory(workspace, held, who)
        results = {result.lot: result for result in held.lots}
        return tuple(
            _standing(
                inputs(workspace, held, bid, results[bid.lot], regime, wording, signs), signed.get((bid.bid, bid.lot))
            )
            for bid in held.pack.bids
        )


def _standing(about: LetterInputs, row: t.LetterRow | None) -> LetterStanding:
    kind = kind_of(about.result, about.bid.bid)
    why: tuple[str, ...] = ()
    kept: SignedLetter | None = None
    if row is not None:
        state, kind = LetterState.SIGNED, LetterKind(row.kind)
        kept = SignedLetter(row.file, row.sha256, row.pages, row.at, row.fingerprint)
    elif kind is None:
        state = LetterState.NOT_OWED
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


def preview(workspace: Workspace, named: str, bid: str, lot: str, *, person: str | None = None) -> bytes:
    """The letter of one bid as the bidder will see it: the signed copy where there is one, else an unsigned draft.

    `person` is who looks: nobody sees a letter of a lot from which they are recused. Raises `LetterBlocked` while
    anything is missing, and `EvalPanelError` for a bid that is owed no letter.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        may_see(tx, tender, lot, person)
        row = _row(tx, tender.tender_id, bid, lot)
        if row is not None:
            return kept_letter(tx, workspace, tender.tender_id, row)
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
    result = next(one for one in held.lots if one.lot == about.lot)
    if kind_of(result, about.bid) is None:
        raise EvalPanelError(f"Bid {about.bid} is owed no letter.", "An in-house comparator gets none.")
    regime, wording = regime_and_wording(tx, held)
    signs = signatory(workspace, held, tender.acting(Role.OFFICER, None))
    return headed(workspace, compose(inputs(workspace, held, about, result, regime, wording, signs)))


def check(workspace: Workspace, named: str, bid: str, lot: str) -> SignatureReport:
    """Check the signature in the copy that is kept of a signed letter. Refused where it is not signed yet."""
    # pyHanko takes 0.6 s to import, and only letters need it.
    from evalpanel.sealing.pdf_signature import verify

    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        row = _row(tx, tender.tender_id, bid, lot)
        if row is None:
            raise EvalPanelError(f"The letter for bid {bid} is not signed yet.", "Sign it first, then check it.")
        known = {one.fingerprint: one.person for one in tx.execute(select(t.CertificateRow)).scalars()}
        pdf = kept_letter(tx, workspace, tender.tender_id, row)
    return verify(pdf, known)


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
    pack = held.pack
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
        day=workspace.now().date(),
        documents=tuple(one for one in held.documents if one.bidder in (None, bid.bidder)),
    )


def letter_rows(tx: Session, tender: TenderId) -> list[t.LetterRow]:
    """The newest version of every letter that was signed."""
    rows = tx.execute(
        select(t.LetterRow).where(t.LetterRow.tender_id == tender).order_by(t.LetterRow.version)
    ).scalars()
    newest = {(row.bid, row.lot): row for row in rows}
    return list(newest.values())


def kept_letter(tx: Session, workspace: Workspace, tender: TenderId, row: t.LetterRow) -> bytes:
    """The sealed copy of a signed letter, checked against its digest."""
    return unsealed_file(tx, workspace, tender, str(EnvelopeName(EnvelopeKind.COMMON)), row.sealed, row.sha256)


def _row(tx: Session, tender: TenderId, bid: str, lot: str) -> t.LetterRow | None:
    return next((row for row in letter_rows(tx, tender) if (row.bid, row.lot) == (bid, lot)), None)


def letter_file(reference: str, bid: Bid) -> str:
    """The file name of a letter: codes and never names, safe on every system."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", f"{reference}-{bid.lot}-{bid.bid}").strip("-.") + ".pdf"
