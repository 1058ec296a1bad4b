"""What is printed for a bad day: a paper key for a profile, and the successor's and recovery sheets of a tender.

A secret on paper is written into the file that was asked for and nowhere else: only what others need to recognise it is
kept. Whoever prints it deletes the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.letter import Facts, Paragraph, Section
from evalpanel.domain.signing import in_words
from evalpanel.domain.tender import TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.paper_sheet import PaperSheet, render
from evalpanel.formats.parcel_packs import PLEDGE_TYPE, write_piece
from evalpanel.sealing import envelopes as age
from evalpanel.sealing import keys as key_files
from evalpanel.sealing import paper_keys
from evalpanel.services import audit, exchange, rosters, tenders
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import replacing, tidying

_TYPING = (
    "Capital letters, the numbers and what stands between the words make no difference, and the first four letters of each word "
    "are enough. The last word holds a check: a word that was mistyped or swapped is noticed."
)
_ALONE = (
    "These words stand on this sheet and nowhere else: evalpanel has not kept them. Print the sheet, read it through, and delete the file. "
    "Who has the words can do what is said here, so keep them as you would keep a key to the office."
)


@dataclass(frozen=True, slots=True)
class Sheets:
    """The two sheets of a tender, as files to print and then delete."""

    successor: Path
    recovery: Path


@dataclass(frozen=True, slots=True)
class PaperKey:
    """A paper key that was made: the number by which it is known, and the sheet."""

    number: str
    file: Path


def paper_key(workspace: Workspace, *, out: Path) -> PaperKey:
    """Make a paper key that opens this profile when its passphrase is lost or the keyring was reset, as a PDF to print."""
    _refuse_there(out)
    secret = paper_keys.new_secret()
    key_file = workspace.folders.key_file
    if not key_file.exists():
        raise EvalPanelError("This profile is thrown away when it is closed.", "A paper key could open nothing later.")
    number = key_files.add_paper(key_file, workspace.keys, secret)
    try:
        sheet = render(_profile_sheet(workspace, number, secret), made_at=workspace.now())
        # The sheet takes its name last: there is never one that opens nothing.
        with replacing(out) as file:
            file.write(sheet)
            with workspace.store.writing() as tx:
                who = workspace.owner.name
                audit.record(tx, workspace, "paper-key-made", tender=None, person=who, detail={"number": number})
    except BaseException as error:
        with tidying(error):
            key_files.drop_paper(key_file, number)
        raise
    return PaperKey(number, out)


def paper_numbers(workspace: Workspace) -> tuple[str, ...]:
    """The numbers of the paper keys that open this profile."""
    return key_files.papers(workspace.folders.key_file) if workspace.folders.key_file.exists() else ()


def revoke_paper_key(workspace: Workspace, number: str) -> None:
    """The paper key opens this profile no more. A copy of the profile from before still opens with it."""
    canonical = number.strip().lower()
    key_files.drop_paper(workspace.folders.key_file, canonical)
    with workspace.store.writing() as tx:
        audit.record(
            tx, workspace, "paper-key-revoked", tender=None, person=workspace.owner.name, detail={"number": canonical}
        )


def recovery(workspace: Workspace, named: str, *, to: Path) -> Sheets:
    """Make the successor's and the recovery sheet of a tender into the folder `to`, for somebody else to hold.

    The next roster names them. Made again, the new ones take the place of the old ones from when that roster arrives.
    """
    if not to.is_dir():
        raise EvalPanelError("There is no such folder.", f"{to} is not a folder, so nothing was made.")
    successor, opening = paper_keys.new_secret(), paper_keys.new_secret()
    with workspace.store.reading() as tx:
        tender = _leading(tx, workspace, named)
    files = Sheets(to / f"{tender.tender_id[:8]} successor.pdf", to / f"{tender.tender_id[:8]} recovery.pdf")
    for file in (files.successor, files.recovery):
        _refuse_there(file)
    made_on = in_words(workspace.now().date())
    first = render(_successor_sheet(tender, successor, made_on), made_at=workspace.now())
    second = render(_recovery_sheet(tender, opening, made_on), made_at=workspace.now())
    # The sheets take their names last: there is never one that is not on record.
    with replacing(files.successor) as one, replacing(files.recovery) as other:
        one.write(first)
        other.write(second)
        with workspace.store.writing() as tx:
            tender = _leading(tx, workspace, named)
            key = paper_keys.SuccessorKey(successor, opening)
            signs = key.public
            opens = age.recipient_of(paper_keys.recovery_identity(opening))
            who = exchange.own(tx, workspace, tender.tender_id)
            assert who is not None
            pledge = key.sign(PLEDGE_TYPE, write_piece(rosters.pledge(tx, who))).signature
            detail = {"successor": signs.hex(), "recovery": opens}
            act = audit.record(tx, workspace, "paper-made", tender=tender.tender_id, person=who.person, detail=detail)
            tx.add(
                t.PaperKeyRow(
                    tender_id=tender.tender_id,
                    successor=signs,
                    recovery=opens,
                    pledge=pledge,
                    at=workspace.now(),
                    act=act,
                )
            )
    return files


def has_paper(workspace: Workspace, named: str) -> bool:
    """Whether the sheets of a tender were made. Changes nothing."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named).tender_id
        return tx.execute(select(t.PaperKeyRow.id).where(t.PaperKeyRow.tender_id == tender)).first() is not None


def _leading(tx: Session, workspace: Workspace, named: str) -> OpenTender:
    tender = tenders.find(tx, named)
    mine = exchange.own(tx, workspace, TenderId(tender.tender_id))
    if mine is None or not mine.is_officer:
        raise EvalPanelError(
            f"This laptop does not lead {tender.reference}.", "Nothing was made. Its officer does this."
        )
    return tender


def _refuse_there(file: Path) -> None:
    if file.exists():
        raise EvalPanelError(
            f"{file.name} is there already.",
            "It was not touched, since it may be the only copy of its words. Name another file, or take it away first.",
        )


# What stands on the sheets -------------------------------------------------------------------------------------------


def _profile_sheet(workspace: Workspace, number: str, secret: bytes) -> PaperSheet:
    return PaperSheet(
        title="Paper key",
        whose=workspace.owner.name,
        reference=f"Paper key {number}",
        facts=Facts(
            (
                ("Opens", "the evalpanel profile of " + workspace.owner.name),
                ("Number", number),
                ("Made on", in_words(workspace.now().date())),
            )
        ),
        lead="With these words you open your profile when its passphrase is lost, or when the computer's keyring was reset.",
        words=paper_keys.words_of(secret),
        parts=(
            _part(
                "How it is used",
                "When evalpanel asks for the passphrase, or says that the keyring does not open the profile, choose “Open it with a paper key” and type "
                "the words. You then choose a new passphrase, or the computer's keyring opens the profile again. On the command line: evalpanel "
                "--paper-words FILE new-way-in. " + _TYPING,
            ),
            _part(
                "Who holds it",
                "You, in a place that is not beside the laptop: in a sealed envelope in the office safe, or at home.",
                _ALONE,
            ),
            _part(
                "When it is lost",
                f"Make another one, and revoke this one by its number, on the page “Carry files” under “For a bad day” or with evalpanel paper-key --revoke {number}. A copy of the profile that somebody made before "
                "still opens with these words.",
            ),
        ),
    )


def _successor_sheet(tender: OpenTender, secret: bytes, made_on: str) -> PaperSheet:
    return PaperSheet(
        title="Successor's sheet",
        whose=_authority(tender),
        reference=f"{tender.reference}, successor",
        facts=_facts(tender, made_on),
        lead="With these words somebody else takes over as officer when the officer's laptop is lost, or the officer cannot go on.",
        words=paper_keys.words_of(secret),
        parts=(
            _part(
                "How it is used",
                "Together with the recovery sheet, never alone. On a laptop that has joined this tender: page “Carry files”, “For a bad day”, “Take over as officer”. On any other, with "
                "the newest files of the tender on a stick: page “Home”, “Take over with the two sheets”. By command: evalpanel succeed. Both sheets sign one thing only, the list of who takes part that names the new officer. "
                + _TYPING,
            ),
            _part(
                "Who holds it",
                "Somebody who is neither the officer nor the holder of the recovery sheet, such as the head of procurement.",
                _ALONE,
            ),
            _part(
                "When it is lost",
                "The officer makes both sheets anew and issues again. The old words are worth nothing on every laptop that "
                "the new list has reached.",
            ),
        ),
    )


def _recovery_sheet(tender: OpenTender, secret: bytes, made_on: str) -> PaperSheet:
    return PaperSheet(
        title="Recovery sheet",
        whose=_authority(tender),
        reference=f"{tender.reference}, recovery",
        facts=_facts(tender, made_on),
        lead="With these words everything of this tender can be opened, prices and score sheets that are not signed off included.",
        words=paper_keys.words_of(secret),
        parts=(
            _part(
                "How it is used",
                "Together with the successor's sheet, when somebody takes over as officer: the successor's sheet says where. Afterwards it opens what people had sent before: page “Carry files”, “For a bad day”, “Open what people had sent”. Alone it signs nothing. "
                + _TYPING,
            ),
            _part(
                "Who holds it",
                "Somebody who is neither the officer, nor on the panel, nor the holder of the successor's sheet, such as the monitoring officer.",
                _ALONE,
            ),
            _part(
                "When it is lost",
                "The officer makes both sheets anew and issues again. What was sealed before still opens with the old words, so say "
                "who may have them.",
            ),
        ),
    )


def _part(heading: str, *texts: str) -> Section:
    return Section(heading, tuple(Paragraph(text) for text in texts))


def _authority(tender: OpenTender) -> str:
    assert tender.pack.tender is not None
    return tender.pack.tender.authority


def _facts(tender: OpenTender, made_on: str) -> Facts:
    assert tender.pack.tender is not None
    return Facts(
        (
            ("Tender", f"{tender.reference}: {tender.pack.tender.title}"),
            ("Number", tender.tender_id[:8]),
            ("Made on", made_on),
        )
    )
