"""What can be proved of a letter or a report: whether it is as it was signed, by whose key, and which version of the letter it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class LetterProof:
    """A verdict (`verified`, `altered`, `unknown-signer`), what it rests on, and by whose key."""

    verdict: str
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    by: str


About = tuple[tuple[str, ...], tuple[str, ...]]
"""What this profile knows of a file: what is proved by it, and what is not."""


def prove(workspace: Workspace | None, data: bytes) -> LetterProof:
    """What can be proved of a signed PDF. Without a profile no key is known, and not which version of a letter it is."""
    from evalpanel.sealing.pdf_signature import verify  # pyHanko takes 0.6 s to import, and only letters need it
    from evalpanel.sealing.timestamps import unstamped

    known: dict[str, str] = {}
    about: About = ((), ())
    if workspace is not None:
        wanted = hashlib.sha256(unstamped(data)).hexdigest()
        with workspace.store.reading() as tx:
            known = {row.fingerprint: row.person for row in tx.execute(select(t.CertificateRow)).scalars()}
            about = _letter(tx, wanted) or _report(tx, wanted)
    report = verify(data, known)
    proved, missing = [*report.proved, *about[0]], [*report.not_proved, *about[1]]
    if workspace is None and report.verdict == "unknown-signer":
        missing.append(
            "which version of the letter this is: only the profile that signed it knows whether a later one was made"
        )
    elif workspace is not None and not about[0] and report.verdict == "verified":
        missing.append("this very file is not on record in this profile")
    return LetterProof(report.verdict, tuple(proved), tuple(missing), report.fingerprint)


def _letter(tx: Session, sha256: str) -> About | None:
    """Which letter on record it is, and whether a later version took its place; nothing where it is none."""
    row = tx.execute(select(t.LetterRow).where(t.LetterRow.sha256 == sha256)).scalars().first()
    if row is None:
        return None
    same = t.LetterRow.tender_id == row.tender_id, t.LetterRow.series == row.series
    later = [
        one
        for one in tx.execute(select(t.LetterRow).where(*same).order_by(t.LetterRow.id)).scalars()
        if one.id > row.id and set(one.about) & set(row.about)
    ]
    reference = tx.get_one(t.TenderRow, row.tender_id).reference
    said = f"it is the {row.kind} letter for bid {row.bid}, lot {row.lot} of {reference} that is on record"
    if not later:
        return (said, f"it is version {row.version}, and no later version took its place in this profile"), ()
    newest = later[-1]
    gone = {pair for one in later for pair in one.about} & set(row.about)
    where = (
        "" if gone == set(row.about) else " for " + ", ".join(f"bid {bid} in lot {lot}" for bid, lot in sorted(gone))
    )
    return (
        (said, f"it is version {row.version}"),
        (
            f"that it still holds{where}: version {newest.version}, signed on {newest.at:%d %B %Y} ({newest.file}), took its place",
        ),
    )


def _report(tx: Session, sha256: str) -> About:
    row = tx.execute(select(t.ReportRow).where(t.ReportRow.sha256 == sha256)).scalars().first()
    if row is None:
        return (), ()
    reference = tx.get_one(t.TenderRow, row.tender_id).reference
    return (f"it is the {row.kind.value.replace('-', ' ')} report of {reference} that is on record",), ()
