"""Whether the documents of a tender are clear to go: what pre-flight found in them, and what is still open. Shared by journeys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.digests import canonical_json, digest
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.preflight import Finding, Piece, Searcher, Standing, Tell
from evalpanel.domain.tender import BidderCode, EnvelopeKind, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services.tenders import OpenTender
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class Cleared:
    """Every finding with what became of it, and the documents that were not looked through since names last changed."""

    standings: tuple[Standing, ...]
    unlooked: tuple[str, ...]

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that are neither mended nor accepted."""
        return tuple(one.finding for one in self.standings if one.is_open)


def replaced(tx: Session, tender: TenderId) -> Mapping[str, str]:
    """The documents that do not go out, and what goes out instead, by path."""
    row = t.ReplacementRow
    rows = tx.execute(select(row.path, row.by).where(row.tender_id == tender))
    return dict(rows.tuples().all())


def to_look_at(tx: Session, tender: TenderId) -> tuple[t.DocumentRow, ...]:
    """The documents that a panel receives. Prices stay sealed unread, and go out when the names do."""
    away = replaced(tx, tender)
    rows = tx.execute(
        select(t.DocumentRow)
        .where(t.DocumentRow.tender_id == tender, t.DocumentRow.is_prices.is_(False))
        .order_by(t.DocumentRow.path)
    ).scalars()
    price = EnvelopeKind.PRICE.value
    return tuple(row for row in rows if not row.envelope.startswith(price) and row.path not in away)


def questions(pack: TenderPack) -> dict[str, tuple[str, Piece]]:
    """The questions and answers that everybody receives: what each is called, the digest of its words, and they themselves."""
    found = {}
    for one in pack.clarifications:
        if one.bidder is None:
            text = f"{one.question}\n{one.answer}\n{one.document}"
            found[f"clarification {one.number}"] = (digest(text), Piece("its words", text))
    return found


def state(tx: Session, tender: OpenTender) -> Cleared:
    """Where pre-flight stands."""
    search = Searcher(tender.pack).digest()
    row = t.PreflightLookRow
    looks = {
        (document, sha256): findings
        for document, sha256, findings in tx.execute(
            select(row.document, row.sha256, row.findings).where(
                row.tender_id == tender.tender_id, row.search == search
            )
        )
    }
    accepted = {
        one.finding: one.why
        for one in tx.execute(
            select(t.PreflightAcceptanceRow).where(t.PreflightAcceptanceRow.tender_id == tender.tender_id)
        ).scalars()
    }
    wanted = [(one.path, one.sha256) for one in to_look_at(tx, tender.tender_id)]
    wanted += [(name, sha256) for name, (sha256, _) in questions(tender.pack).items()]
    standings = [
        Standing(finding, accepted.get(finding.name, ""))
        for one in wanted
        if one in looks
        for finding in read_findings(looks[one])
    ]
    return Cleared(tuple(standings), tuple(path for path, sha256 in wanted if (path, sha256) not in looks))


def require_clear(tx: Session, tender: OpenTender) -> None:
    """Refuse to issue a blind pack in which something may say whose a bid is."""
    held = state(tx, tender)
    if held.unlooked:
        count = len(held.unlooked)
        raise EvalPanelError(
            f"{count} document{' was' if count == 1 else 's were'} not looked through yet for who bids.",
            f"Nothing was written. First: evalpanel preflight {tender.reference}",
        )
    if held.open:
        first = held.open[0]
        raise EvalPanelError(
            f"Pre-flight has {len(held.open)} open finding{'' if len(held.open) == 1 else 's'}: "
            f"{first.document}, {first.place}: “{first.words}”.",
            f"Nothing was written. Replace the documents, or record why they may go: evalpanel preflight {tender.reference}",
        )


def write_findings(findings: tuple[Finding, ...]) -> str:
    """Findings as the store keeps them."""
    return canonical_json(findings)


def read_findings(text: str) -> tuple[Finding, ...]:
    """Findings as they were kept."""
    return tuple(
        Finding(
            document=one["document"],
            sha256=one["sha256"],
            place=one["place"],
            tell=Tell(one["tell"]),
            words=one["words"],
            whose=BidderCode(one["whose"]) if one["whose"] else None,
        )
        for one in json.loads(text)
    )
