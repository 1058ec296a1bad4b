"""The whole record of one bid, gathered from the store: entries, the files that belong to it, and a copy of the trail.

Shared by what makes a challenge pack. Everything is told as it is kept; every version is there, oldest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from json import loads
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalpanel.domain.bid_record import Entry, TrailCopy, copied
from evalpanel.domain.digests import canonical_json, plain
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.redactions import Redactor
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, EnvelopeKind
from evalpanel.domain.trail import TrailLine
from evalpanel.errors import EvalPanelError
from evalpanel.formats.statements import write_statement
from evalpanel.services import after_outcome, exchange, rosters, tenders
from evalpanel.services.awards import computed
from evalpanel.services.envelopes import unsealed
from evalpanel.services.exchange import Own
from evalpanel.services.signed_letters import kept_letter
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t

OTHERS = "it is about other bids, or about several together"
_TOGETHER = frozenset(
    {
        "sheet-signed-off",
        "sheet-reopened",
        "moderation-closed",
        "outcome-made",
        "sheet-sent",
        "scoresheet-received",
        "moderation-sent",
        "moderation-received",
        "assent-sent",
        "assent-received",
        "tender-loaded",
        "bids-loaded",
    }
)
_DISCLOSED = frozenset(
    {
        "criteria-frozen",
        "bids-opened",
        "bid-status-changed",
        "document-read",
        "outcome-made",
        "award-decided",
        "letter-signed",
        "notice-published",
        "contract-signed",
        "challenge-notified",
        "hold-placed",
        "hold-lifted",
    }
)
"""Acts whose detail a disclosure copy may show. Digests over answers are not among them: what is left out could be guessed."""
_MEMBERS_OWN = (ParcelKind.SCORESHEET, ParcelKind.MODERATION, ParcelKind.ASSENT)


@dataclass(frozen=True, slots=True)
class BidFile:
    """A file of the record: what it is called in a pack, and where its bytes come from."""

    name: str
    read: Callable[[Session], bytes]


@dataclass(slots=True)
class BidRecord:
    """What was gathered."""

    bid: Bid
    entries: list[Entry] = field(default_factory=list)
    files: list[BidFile] = field(default_factory=list)
    trail: tuple[TrailCopy, ...] = ()

    def add(self, name: str, value: object) -> None:
        """An entry; a text that is empty is none."""
        if value not in ("", None, (), []):
            self.entries.append(Entry(name, plain(value)))


def find_bid(tender: tenders.OpenTender, bid: str, lot: str | None) -> Bid:
    """The bid with this code, in this lot or in its only one."""
    found = [one for one in tender.pack.bids if one.bid.casefold() == bid.strip().casefold()]
    own = [one for one in found if lot is None or one.lot.casefold() == lot.strip().casefold()]
    if len(own) == 1:
        return own[0]
    if len(own) > 1:
        lots = ", ".join(one.lot for one in own)
        raise EvalPanelError(f"Bid {own[0].bid} is in several lots.", f"Nothing was written. Name one of them: {lots}.")
    known = ", ".join(f"{one.bid} ({one.lot})" for one in tender.pack.bids) or "none"
    raise EvalPanelError(f"There is no bid “{bid}”{f' in lot {lot}' if lot else ''}.", f"Known bids: {known}.")


def gathered(tx: Session, workspace: Workspace, tender: tenders.OpenTender, mine: Own, bid: Bid) -> BidRecord:
    """The record of one bid as it stands, and the trail with the details left out that are about other bids."""
    held = BidRecord(bid)
    _published(held, tender)
    _documents(tx, workspace, held, tender)
    _people(held, tender)
    _interests(tx, held, tender)
    _answers(tx, held, tender)
    _agreed(tx, held, tender)
    _result(tx, held, tender)
    _letters(tx, workspace, held, tender)
    _afterwards(tx, workspace, held, tender)
    _statements(tx, workspace, held, tender, mine)
    held.trail = _trail(tx, tender, bid)
    return held


def _published(held: BidRecord, tender: tenders.OpenTender) -> None:
    pack, bid = tender.pack, held.bid
    held.add("tender", pack.tender)
    held.add("tender-id", tender.tender_id)
    held.add("lot", next(one for one in pack.lots if one.lot == bid.lot))
    held.add("authorities", pack.authorities)
    held.add("criteria/text", canonical_json(pack.criteria_pinned()))
    held.add("criteria/digest", pack.criteria_digest())
    held.add("bid", bid)
    held.add("bidder", next((one for one in pack.bidders if one.bidder == bid.bidder), None))
    held.add("bidder-members", [one for one in pack.members if one.bidder == bid.bidder])
    for place, one in enumerate((one for one in pack.clarifications if one.bidder in (None, bid.bidder)), 1):
        held.add(f"clarifications/{place}", one)


def _documents(tx: Session, workspace: Workspace, held: BidRecord, tender: tenders.OpenTender) -> None:
    row = t.DocumentRow
    found = tx.execute(
        select(row)
        .where(row.tender_id == tender.tender_id, row.bidder == held.bid.bidder)
        .where((row.lot == held.bid.lot) | row.lot.is_(None))
        .order_by(row.id)
    ).scalars()
    opened = {
        (one.lot, one.bid)
        for one in tx.execute(
            select(t.PriceOpeningRow).where(t.PriceOpeningRow.tender_id == tender.tender_id)
        ).scalars()
    }
    for place, one in enumerate(found, 1):
        name = f"documents/{place}"
        closed = one.envelope.startswith(EnvelopeKind.PRICE.value) and (held.bid.lot, held.bid.bid) not in opened
        told = {"path": one.path, "title": one.title, "criterion": one.criterion, "size": one.size}
        held.add(name, told | {"sha256": one.sha256, "act": one.act, "still_sealed": closed})
        if not closed:
            ending = "prices.json" if one.is_prices else one.path
            held.files.append(BidFile(_file_name(name, ending), _reader(workspace, one)))


def _reader(workspace: Workspace, row: t.DocumentRow) -> Callable[[Session], bytes]:
    number = row.id
    return lambda tx: unsealed(tx, workspace, tx.get_one(t.DocumentRow, number))


def _file_name(name: str, path: str) -> str:
    ending = PurePosixPath(path).suffix.lower()
    ending = ending if ending.isascii() and ending[1:].isalnum() and len(ending) <= 6 else ""
    return name + (ending or ".bin")


def _people(held: BidRecord, tender: tenders.OpenTender) -> None:
    for place, one in enumerate(tender.pack.panel, 1):
        held.add(f"people/{place}/person", one.person)
        held.add(f"people/{place}/name", one.name)
        held.add(f"people/{place}/organisation", one.organisation)
        held.add(f"people/{place}/kind", one.kind)
        held.add(f"people/{place}/part", {"roles": one.roles, "since": one.since, "until": one.until})


def _interests(tx: Session, held: BidRecord, tender: tenders.OpenTender) -> None:
    bidder = held.bid.bidder
    asked = [one for one in queries.meant(tx, tender.tender_id, tender.pack) if one.bidder in (None, bidder)]
    for place, one in enumerate(asked, 1):
        name = f"declarations/{place}"
        held.add(f"{name}/person", one.person)
        told = {"act": one.act, "at": one.at, "outcome": one.outcome, "on_paper": one.on_paper, "kind": one.kind}
        held.add(f"{name}/declared", told)
        held.add(f"{name}/about", " ".join(part for part in (one.organisation, one.about) if part))
    decided = [one for one in queries.decisions(tx, tender.tender_id) if one.bidder == bidder]
    for place, made in enumerate(decided, 1):
        name = f"decisions/{place}"
        held.add(f"{name}/person", made.person)
        told = {"act": made.act, "at": made.at, "outcome": made.outcome, "scope": made.scope, "criteria": made.criteria}
        held.add(f"{name}/decided", told | {"by": made.by, "decided_by": made.decided_by})
        held.add(f"{name}/measure", made.measure)
        held.add(f"{name}/why", made.why)
    rows = select(t.AffirmationRow).where(t.AffirmationRow.tender_id == tender.tender_id).order_by(t.AffirmationRow.id)
    for place, row in enumerate(tx.execute(rows).scalars(), 1):
        held.add(f"affirmations/{place}/person", row.person)
        affirmed = {"act": row.act, "at": row.at, "affirms": not row.why_not}
        held.add(f"affirmations/{place}/affirmed", affirmed)
        held.add(f"affirmations/{place}/reason", row.why_not)


def _answers(tx: Session, held: BidRecord, tender: tenders.OpenTender) -> None:
    row = t.ScoreRow
    found = tx.execute(
        select(row)
        .where(row.tender_id == tender.tender_id, row.lot == held.bid.lot, row.bid == held.bid.bid)
        .order_by(row.id)
    ).scalars()
    for place, one in enumerate(found, 1):
        name, said = f"answers/{place}", one.value()
        held.add(f"{name}/person", one.person)
        told = {"act": one.act, "at": one.at, "criterion": said.line.criterion, "version": one.revision}
        held.add(f"{name}/answer", told | {"status": said.status, "value": said.value})
        for part in ("rationale", "improvements", "working_note", "evidence"):
            held.add(f"{name}/{part}", getattr(said, part))
    signed = select(t.SignOffRow).where(t.SignOffRow.tender_id == tender.tender_id).order_by(t.SignOffRow.id)
    for place, word in enumerate(tx.execute(signed).scalars(), 1):
        held.add(f"sign-offs/{place}/person", word.person)
        held.add(f"sign-offs/{place}/word", {"act": word.act, "at": word.at, "signed": word.signed})
        held.add(f"sign-offs/{place}/reason", word.reason)
        if word.entered_by:
            held.add(f"sign-offs/{place}/entered_by", word.entered_by)
    away = select(t.AbsenceRow).where(t.AbsenceRow.tender_id == tender.tender_id).order_by(t.AbsenceRow.id)
    for place, gone in enumerate(tx.execute(away).scalars(), 1):
        held.add(f"absences/{place}/person", gone.person)
        held.add(f"absences/{place}/reason", gone.reason)
        if not gone.is_away:
            held.add(f"absences/{place}/ended", {"act": gone.act, "at": gone.at})


_AGREED = ("reasons", "disclosable_reasons", "withheld_why", "not_higher", "differences", "improvements")


def _agreed(tx: Session, held: BidRecord, tender: tenders.OpenTender) -> None:
    row = t.ModeratedScoreRow
    found = tx.execute(
        select(row)
        .where(row.tender_id == tender.tender_id, row.lot == held.bid.lot, row.bid == held.bid.bid)
        .order_by(row.id)
    ).scalars()
    for place, one in enumerate(found, 1):
        name, said = f"agreed/{place}", one.value()
        told = {"act": one.act, "criterion": said.line.criterion, "version": one.revision, "value": said.value}
        held.add(f"{name}/level", told)
        for part in (*_AGREED, "present", "dissent", "evidence"):
            held.add(f"{name}/{part}", getattr(said, part))


def _result(tx: Session, held: BidRecord, tender: tenders.OpenTender) -> None:
    bid = held.bid
    lines = [one for one in queries.price_lines(tx, tender.tender_id) if (one.bidder, one.lot) == (bid.bidder, bid.lot)]
    for place, line in enumerate(lines, 1):
        held.add(f"prices/{place}", line)
    if not tender.stage.reached(TenderStage.OUTCOME):
        held.add("outcome/none", "The outcome of the tender was not on the record yet.")
        return
    lot = next(one for one in computed(tx, tender).lots if one.lot == bid.lot)
    rules = {"formula": lot.formula, "rounding": lot.rounding, "places": lot.places, "awards": lot.awards}
    weights = {"quality_weighting": lot.quality_weighting, "price_weighting": lot.price_weighting}
    held.add("outcome/rules", rules | weights)
    held.add("outcome/tie", lot.tie)
    own = next(one for one in lot.bids if one.bid == bid.bid)
    held.add("outcome/gates", own.gates)
    held.add("outcome/result", {name: value for name, value in plain(own).items() if name != "gates"})


def _letters(tx: Session, workspace: Workspace, held: BidRecord, tender: tenders.OpenTender) -> None:
    row = t.LetterRow
    found = tx.execute(
        select(row)
        .where(row.tender_id == tender.tender_id, row.bid == held.bid.bid, row.lot == held.bid.lot)
        .order_by(row.version)
    ).scalars()
    for place, one in enumerate(found, 1):
        told = {"file": one.file, "kind": one.kind, "version": one.version, "sha256": one.sha256, "pages": one.pages}
        held.add(f"letters/{place}", told | {"act": one.act, "at": one.at, "certificate": one.fingerprint})
        held.files.append(BidFile(f"letters/{place}.pdf", _letter_reader(workspace, tender, one.id)))


def _letter_reader(workspace: Workspace, tender: tenders.OpenTender, number: int) -> Callable[[Session], bytes]:
    return lambda tx: kept_letter(tx, workspace, tender.tender_id, tx.get_one(t.LetterRow, number))


def _afterwards(tx: Session, workspace: Workspace, held: BidRecord, tender: tenders.OpenTender) -> None:
    now, lot = after_outcome.read(tx, workspace, tender), held.bid.lot
    for what, rows in (
        ("award", [one for one in now.decisions if one.lot == lot]),
        ("notices", now.notices),
        ("holds", now.holds),
        ("contract", [one for one in now.contracts if one.lot == lot]),
        ("low-price", [one for one in now.low_prices if (one.lot, one.bid) == (lot, held.bid.bid)]),
    ):
        for place, one in enumerate(rows, 1):
            held.add(f"{what}/{place}", one)
    if now.period is not None:
        ends = {"ends": now.period.ends, "first_free_day": now.period.first_free_day}
        held.add("standstill", ends)


def _statements(tx: Session, workspace: Workspace, held: BidRecord, tender: tenders.OpenTender, mine: Own) -> None:
    """What came signed from other laptops about this bid: each statement with its key, its sealed part, and what opens it."""
    kinds = (EnvelopeKind.SCORES, EnvelopeKind.MODERATION)
    rows = tx.execute(
        select(t.EnvelopeRow).where(
            t.EnvelopeRow.tender_id == tender.tender_id,
            t.EnvelopeRow.kind.in_(kinds),
            t.EnvelopeRow.bidder == held.bid.bidder,
            t.EnvelopeRow.lot == held.bid.lot,
        )
    ).scalars()
    envelopes = {row.name: row.identity for row in rows}
    for place, (name, wrapped) in enumerate(sorted(envelopes.items()), 1):
        identity = workspace.keys.unwrap_for(tender.tender_id, f"envelope {name}", wrapped).decode()
        held.add(f"envelopes/{place}", {"envelope": name, "identity": identity})
    keys = {one.keys.installation: one.keys for one in rosters.laptops(tx, mine).values()}
    place = 0
    for kind in _MEMBERS_OWN:
        for one in exchange.of_kind(tx, tender.tender_id, kind):
            part = t.ParcelPartRow
            own = select(part.sealed).where(part.identity == one.identity, part.envelope.in_(envelopes))
            sealed = tx.execute(own.order_by(part.id)).scalars().first()
            laptop = keys.get(one.installation)
            if sealed is None or laptop is None:
                continue
            place += 1
            said = write_statement(one.statement, one.installation).decode()
            told = {"kind": kind, "person": one.author, "identity": one.identity, "sealed": sealed}
            held.add(f"statements/{place}", told | {"signing": laptop.signing.hex(), "statement": said})
            held.files.append(BidFile(f"statements/{place}.age", _part_reader(workspace, sealed)))


def _part_reader(workspace: Workspace, sealed: str) -> Callable[[Session], bytes]:
    return lambda _tx: workspace.documents.read(sealed)


def _trail(tx: Session, tender: tenders.OpenTender, bid: Bid) -> tuple[TrailCopy, ...]:
    redactor = Redactor(tender.pack, bid, working_notes=True)
    kept, own = _acts_of_scores(tx, tender, bid)
    several = len(tender.pack.bids) > 1

    def shown(line: TrailLine) -> bool:
        if line.number in kept:
            return line.number in own
        return not (several and (line.act in _TOGETHER or redactor.is_about_rivals(loads(line.detail))))

    return tuple(copied(one, "" if shown(one) else OTHERS) for one in queries.trail(tx, tender.tender_id))


def _acts_of_scores(tx: Session, tender: tenders.OpenTender, bid: Bid) -> tuple[frozenset[int], frozenset[int]]:
    """The acts that kept answers or agreed levels; and those of them that are about this bid and no other."""
    kept: set[int] = set()
    found: set[int] = set()
    for row in (t.ScoreRow, t.ModeratedScoreRow):
        own = func.sum((row.lot == bid.lot) & (row.bid == bid.bid))
        acts = select(row.act, own == func.count()).where(row.tender_id == tender.tender_id).group_by(row.act)
        for act, alone in tx.execute(acts):
            kept.add(act)
            if alone:
                found.add(act)
    return frozenset(kept), frozenset(found)


def for_disclosure(lines: tuple[TrailCopy, ...], redactor: Redactor) -> Iterator[TrailCopy]:
    """The trail of a challenge pack as a disclosure copy holds it: without details that could tell what is left out, and
    without the headers of people who need protecting."""
    for line in lines:
        header: dict[str, Any] = loads(line.header or "{}")
        if header.get("person") in redactor.neutral:
            yield TrailCopy(line.previous, None, None, line.hash, why="it would tell who a protected person is")
        elif line.detail is None:
            yield line
        elif header.get("act") not in _DISCLOSED or redactor.gives_away(loads(line.detail)):
            yield TrailCopy(
                line.previous, line.header, line.detail_digest, line.hash, why="it could tell what is left out"
            )
        else:
            yield line
