"""Letters that were signed, as they are kept: the newest version of each, its sealed copy, and whether that is as it was signed. Shared."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.letter_wording import AWARD, LetterKind
from evalpanel.domain.signatures import SignatureReport
from evalpanel.domain.tender import BidCode, LotCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services import tenders
from evalpanel.services.envelopes import unsealed_file
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


def letter_rows(tx: Session, tender: TenderId) -> list[t.LetterRow]:
    """The newest version of every letter that was signed: those that no later one of the same series takes the place of."""
    rows = tx.execute(select(t.LetterRow).where(t.LetterRow.tender_id == tender).order_by(t.LetterRow.id)).scalars()
    newest = {(pair, row.series): row for row in rows for pair in row.about}
    return list({row.id: row for row in newest.values()}.values())


def covering(rows: Iterable[t.LetterRow], series: str) -> dict[tuple[BidCode, LotCode], t.LetterRow]:
    """The newest of these letters of a series about each bid and lot."""
    ordered = sorted((row for row in rows if row.series == series), key=lambda row: row.id)
    return {pair: row for row in ordered for pair in row.about}


def kept_letter(tx: Session, workspace: Workspace, tender: TenderId, row: t.LetterRow) -> bytes:
    """The sealed copy of a signed letter, checked against its digest."""
    return unsealed_file(tx, workspace, tender, row.envelope, row.sealed, row.sha256)


def signed_letter(tx: Session, tender: TenderId, bid: str, lot: str, series: str) -> t.LetterRow | None:
    """The newest letter of a series about a bid in a lot; None while none is signed."""
    return covering(letter_rows(tx, tender), series).get((BidCode(bid), LotCode(lot)))


def signed_for(workspace: Workspace, named: str, bidder: str) -> tuple[tuple[BidCode, LotCode, LetterKind], ...]:
    """The letters that were signed for a bidder, in their newest versions, at any stage."""
    with workspace.store.reading() as tx:
        rows = letter_rows(tx, tenders.find(tx, named).tender_id)
        return tuple((row.bid, row.lot, LetterKind(row.kind)) for row in rows if row.bidder == bidder)


def check(workspace: Workspace, named: str, bid: str, lot: str, *, series: str = AWARD) -> SignatureReport:
    """Check the signature in the copy that is kept of a signed letter. Refused where it is not signed yet."""
    # pyHanko takes 0.6 s to import, and only letters need it.
    from evalpanel.sealing.pdf_signature import verify

    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        row = signed_letter(tx, tender.tender_id, bid, lot, series)
        if row is None:
            raise EvalPanelError(f"The letter for bid {bid} is not signed yet.", "Sign it first, then check it.")
        known = {one.fingerprint: one.person for one in tx.execute(select(t.CertificateRow)).scalars()}
        pdf = kept_letter(tx, workspace, tender.tender_id, row)
    return verify(pdf, known)
