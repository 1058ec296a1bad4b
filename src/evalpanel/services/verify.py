"""What can be proved: of a letter, and of a tender's whole record in this profile."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from json import loads
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain import trail
from evalpanel.domain.digests import digest, plain
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.sheets import Score, scored_lines, sheet_digest
from evalpanel.errors import EvalPanelError
from evalpanel.services import tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from evalpanel.system.files import read_whole

MOST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Verification:
    """A verdict (`verified`, `altered`, `unknown-signer`, `not-ours`), what it rests on, and by whose key."""

    subject: str
    kind: str
    verdict: str
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    by: str


def verify_file(workspace: Workspace | None, path: Path) -> Verification:
    """Whether a letter is as it was signed, whole, and by whom. Without a profile every signer is unknown."""
    # pyHanko takes 0.6 s to import, and only letters need it.
    from evalpanel.sealing.pdf_signature import verify

    data = read_whole(path, MOST_BYTES)
    known: dict[str, str] = {}
    held: t.LetterRow | None = None
    about = ""
    if workspace is not None:
        with workspace.store.reading() as tx:
            known = {row.fingerprint: row.person for row in tx.execute(select(t.CertificateRow)).scalars()}
            wanted = hashlib.sha256(data).hexdigest()
            held = tx.execute(select(t.LetterRow).where(t.LetterRow.sha256 == wanted)).scalars().first()
            if held is not None:
                reference = tx.get_one(t.TenderRow, held.tender_id).reference
                about = (
                    f"it is the {held.kind} letter for bid {held.bid}, lot {held.lot} of {reference} that is on record"
                )
    report = verify(data, known)
    proved, missing = list(report.proved), list(report.not_proved)
    if about:
        proved.append(about)
    elif workspace is not None and report.verdict == "verified":
        missing.append("this very file is not on record in this profile")
    return Verification(path.name, "letter", report.verdict, tuple(proved), tuple(missing), report.fingerprint)


def verify_tender(workspace: Workspace, named: str) -> Verification:
    """Whether the record of a tender holds together: the trail, the frozen criteria, every score, every document."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        lines = queries.trail(tx, tender.tender_id)
        proved: list[str] = []
        wrong = [f"the trail: {fault}" for fault in trail.faults(lines)]
        if not wrong:
            proved.append(
                f"the trail of {len(lines)} acts is whole and unaltered, from its first line to {_head(lines)}"
            )
        acts = {line.number: line for line in lines}
        for found, said in (
            _frozen(tx, tender),
            _scores(tx, tender, acts),
            _moderated(tx, tender, acts),
            _locked(tx, tender, lines),
            _documents(tx, workspace, tender),
        ):
            wrong += found
            if said and not found:
                proved.append(said)
        not_proved = ["that the trail was not rewritten as a whole: compare its head with one that somebody else holds"]
        return Verification(
            tender.reference,
            "tender",
            "altered" if wrong else "verified",
            tuple(proved),
            (*wrong, *not_proved),
            _head(lines),
        )


def _head(lines: tuple[trail.TrailLine, ...]) -> str:
    return lines[-1].hash if lines else trail.START


Finding = tuple[list[str], str]


def _frozen(tx: Session, tender: tenders.OpenTender) -> Finding:
    held = tx.execute(select(t.FreezeRow.digest).where(t.FreezeRow.tender_id == tender.tender_id)).scalar_one_or_none()
    if held is None:
        return [], ""
    if held != tender.pack.criteria_digest():
        return ["the criteria are not the ones that were frozen"], ""
    return [], f"the criteria are the ones that were frozen, with the digest {held}"


def _scores(tx: Session, tender: tenders.OpenTender, acts: dict[int, trail.TrailLine]) -> Finding:
    groups: dict[int, list[Score]] = defaultdict(list)
    people: dict[int, set[str]] = defaultdict(set)
    for row in tx.execute(select(t.ScoreRow).where(t.ScoreRow.tender_id == tender.tender_id)).scalars():
        groups[row.act].append(row.value())
        people[row.act].add(row.person)
    wrong = []
    for act, scores in groups.items():
        wanted = _detail(acts, act).get("rows_digest")
        if wanted != sheet_digest(scores):
            wrong.append(f"scores of act {act} are not the ones that were saved then")
        elif people[act] != {acts[act].person}:
            wrong.append(f"scores of act {act} stand under another person than the one who saved them")
    missing = [line.number for line in acts.values() if line.act in _SCORE_ACTS and line.number not in groups]
    wrong += [f"the scores of act {number} are missing" for number in missing]
    for person, signed in queries.sign_offs(tx, tender.tender_id).items():
        current = queries.scores_of(tx, tender.tender_id, person).values()
        if signed.signed and sheet_digest(current) != signed.sheet_digest:
            wrong.append(f"the sheet of {person} is not the one that was signed off")
    count = sum(len(scores) for scores in groups.values())
    return (
        wrong,
        f"all {count} versions of individual scores are as they were saved, each by its own person" if count else "",
    )


_SCORE_ACTS = ("score-saved", "scores-imported")


def _moderated(tx: Session, tender: tenders.OpenTender, acts: dict[int, trail.TrailLine]) -> Finding:
    groups: dict[int, list[ModeratedScore]] = defaultdict(list)
    for row in tx.execute(
        select(t.ModeratedScoreRow).where(t.ModeratedScoreRow.tender_id == tender.tender_id)
    ).scalars():
        groups[row.act].append(row.value())
    wrong = []
    for act, scores in groups.items():
        wanted = _detail(acts, act).get("rows_digest")
        if wanted != digest([plain(score) for score in sorted(scores, key=lambda one: one.line)]):
            wrong.append(f"moderated scores of act {act} are not the ones that were recorded then")
    count = sum(len(scores) for scores in groups.values())
    return wrong, f"all {count} versions of moderated scores are as they were recorded" if count else ""


def _locked(tx: Session, tender: tenders.OpenTender, lines: tuple[trail.TrailLine, ...]) -> Finding:
    closed = [line for line in lines if line.act == "moderation-closed"]
    if not closed:
        return [], ""
    held = queries.moderated(tx, tender.tender_id)
    # A bid's status may have changed since; what was locked is what the act names.
    wanted = scored_lines(tender.pack.criteria, tender.pack.bids)
    locked = [held[line] for line in wanted if line in held]
    if len(locked) == loads(closed[-1].detail)["lines"]:
        if digest([plain(score) for score in locked]) != loads(closed[-1].detail)["moderated_digest"]:
            return ["the moderated scores are not the ones that were locked"], ""
        return [], "the moderated scores are the ones that were locked"
    return [], ""


def _documents(tx: Session, workspace: Workspace, tender: tenders.OpenTender) -> Finding:
    wrong: list[str] = []
    rows = [
        *tx.execute(
            select(t.DocumentRow.sealed, t.DocumentRow.path).where(t.DocumentRow.tender_id == tender.tender_id)
        ).all(),
        *tx.execute(
            select(t.LetterRow.sealed, t.LetterRow.file).where(t.LetterRow.tender_id == tender.tender_id)
        ).all(),
    ]
    for sealed, name in rows:
        try:
            workspace.documents.read(sealed)
        except EvalPanelError as error:
            wrong.append(f"{name}: {error.title}")
    return wrong, f"all {len(rows)} sealed files are here and unaltered" if rows else ""


def _detail(acts: dict[int, trail.TrailLine], act: int) -> dict[str, object]:
    held: dict[str, object] = loads(acts[act].detail) if act in acts else {}
    return held
