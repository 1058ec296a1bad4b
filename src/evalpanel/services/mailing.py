"""Getting letters on their way: an e-mail draft for each bidder with its letters attached, and an index for a portal."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from evalpanel.domain.people import Role
from evalpanel.domain.tender import Bidder, BidderCode, Lot, LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_index import IndexRow, write_index
from evalpanel.formats.mail_draft import Attachment, MailDraft, NoAddress, write_mail
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import tenders
from evalpanel.services.forms import form_file, form_pdf
from evalpanel.services.signed_letters import kept_letter, letter_rows
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import new_folder, write_atomic
from evalpanel.system.resources import resource


@dataclass(frozen=True, slots=True)
class Drafted:
    """An e-mail draft that was written: for which bidder, to which address, with how many letters."""

    bidder: BidderCode
    name: str
    address: str
    file: Path
    letters: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was written: the drafts, the index of all letters, and the bidders for whom no draft could be, with why."""

    drafts: tuple[Drafted, ...]
    index: Path
    without: tuple[tuple[BidderCode, str], ...]


def prepare(
    workspace: Workspace,
    named: str,
    to: Path,
    *,
    forms: bool = True,
    person: str | None = None,
    progress: Progress = NO_PROGRESS,
) -> Prepared:
    """Write an e-mail draft for each bidder with its signed letters, and `letters.xlsx`, the index, into `to`.

    With `forms` the form about the process goes with each. Nothing is sent: a person opens each draft, reads it and sends
    it, and puts that on record. A letter that is on record as sent is left out, unless all of them are. Writing them again
    writes the same drafts.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        tender.acting(Role.OFFICER, person)
        rows = letter_rows(tx, tender.tender_id)
        if not rows:
            raise EvalPanelError(
                f"No letter of {tender.reference} is signed yet.",
                f"Nothing was written. First: evalpanel letters {tender.reference} --out DIR",
            )
        sent = set(tx.execute(select(t.LetterSentRow.sha256)).scalars())
        rows = [row for row in rows if row.sha256 not in sent] or rows
        data = {row.sha256: kept_letter(tx, workspace, tender.tender_id, row) for row in rows}
    lots = {one.lot: one for one in tender.pack.lots}
    made_at = min(row.at for row in rows)
    papers = (
        {
            lot: form_pdf(tender, lots[lot], made_at=made_at)
            for lot in {LotCode(lot) for row in rows for lot in row.lots}
        }
        if forms
        else {}
    )
    new_folder(to, may_exist=True)
    drafts: list[Drafted] = []
    without: list[tuple[BidderCode, str]] = []
    bidders = [one for one in tender.pack.bidders if any(row.bidder == one.bidder for row in rows)]
    for place, bidder in enumerate(bidders):
        progress.step(place, len(bidders), bidder.name)
        own = [row for row in rows if row.bidder == bidder.bidder]
        attached = [Attachment(row.file, data[row.sha256]) for row in own]
        attached += [
            Attachment(form_file(tender, lots[lot]), papers[lot])
            for lot in papers
            if any(lot in row.lots for row in own)
        ]
        draft = _draft(workspace, tender, bidder, attached, len(own), forms=forms)
        target = to / f"{_safe(f'{tender.reference}-{bidder.bidder}')}.eml"
        try:
            content = write_mail(draft)
        except NoAddress as refused:
            without.append((bidder.bidder, refused.message))
            continue
        write_atomic(target, content, private=False)
        drafts.append(Drafted(bidder.bidder, bidder.name, bidder.email, target, len(own)))
    index = to / "letters.xlsx"
    write_atomic(index, write_index(_index(tender, rows, lots, drafts)), private=False)
    progress.step(len(bidders), len(bidders), "")
    return Prepared(tuple(drafts), index, tuple(without))


def _draft(
    workspace: Workspace,
    tender: OpenTender,
    bidder: Bidder,
    attached: Sequence[Attachment],
    letters: int,
    *,
    forms: bool,
) -> MailDraft:
    terms = tender.pack.tender
    assert terms is not None
    said: Mapping[str, str] = tomllib.loads(resource("wording", "mail.toml").read_text(encoding="utf-8"))
    filled = {
        "bidder": bidder.name,
        "authority": terms.authority,
        "reference": terms.reference,
        "title": terms.title,
        "officer": workspace.owner.name,
        "letters": said["one_letter"] if letters == 1 else said["several_letters"],
    }
    parts = [said["body"], *([said["form"]] if forms else []), said["end"]]
    return MailDraft(
        sender=workspace.owner.name,
        sender_address=workspace.owner.email,
        to=bidder.email,
        subject=" ".join(said["subject"].format(**filled).split()),
        body="\n\n".join(part.format(**filled) for part in parts),
        attachments=tuple(attached),
    )


def _index(
    tender: OpenTender, rows: Sequence[t.LetterRow], lots: Mapping[LotCode, Lot], drafts: Sequence[Drafted]
) -> list[IndexRow]:
    bidders = {one.bidder: one for one in tender.pack.bidders}
    files = {one.bidder: one.file.name for one in drafts}
    order = {(bid.bid, bid.lot): place for place, bid in enumerate(tender.pack.bids)}
    return [
        IndexRow(
            lot=", ".join(row.lots),
            lot_title="; ".join(lots[LotCode(lot)].title for lot in row.lots),
            kind=row.kind,
            bid=row.bid,
            bidder=bidders[row.bidder].name,
            identifier=bidders[row.bidder].identifier or "",
            email=bidders[row.bidder].email,
            file=row.file,
            version=row.version,
            pages=row.pages,
            sha256=row.sha256,
            draft=files.get(row.bidder, ""),
        )
        for row in sorted(rows, key=lambda row: order.get((row.bid, row.lot), len(order)))
    ]


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.")
