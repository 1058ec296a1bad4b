"""What the record of a tender pins, checked part by part against what is held: criteria, scores, prices, sealed files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from json import loads
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain import trail
from evalpanel.domain.digests import digest, plain
from evalpanel.domain.interests import Declaration
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.price import price_totals
from evalpanel.domain.sheets import Score, sheet_digest
from evalpanel.domain.tender import BidderCode
from evalpanel.errors import EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import after_outcome, afterwards, interests, parcel_proofs, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t

STEPS = 13
"""How many things are checked: the trail itself, and each of the parts."""
Finding = tuple[list[str], str]
"""What is wrong, and what is proved where nothing is."""
Lines = tuple[trail.TrailLine, ...]


def parts(
    tx: Session, workspace: Workspace, tender: tenders.OpenTender, lines: Lines, progress: Progress
) -> tuple[tuple[str, Callable[[], Finding]], ...]:
    """The parts of a record, each with what it is called and how it is checked."""
    acts = {line.number: line for line in lines}
    return (
        ("the criteria", lambda: _frozen(tx, tender, lines)),
        ("the bids", lambda: _bids(tender, lines)),
        ("the declarations", lambda: _declarations(tx, tender, lines)),
        ("the scores", lambda: _scores(tx, tender, acts, progress)),
        ("the sign-offs", lambda: _sign_offs(tx, tender, lines)),
        ("the moderated scores", lambda: _moderated(tx, tender, acts)),
        ("what was locked", lambda: _locked(tx, tender, lines)),
        ("the prices", lambda: _prices(tx, tender, lines)),
        ("what followed the outcome", lambda: _after_outcome(tx, tender, lines)),
        ("what came after the letters", lambda: _afterwards(tx, tender, lines)),
        ("the parcels", lambda: _parcels(tx, workspace, tender, lines)),
        ("the sealed files", lambda: _documents(tx, workspace, tender, lines, progress)),
    )


def _differences(what: str, held: Mapping[str, object], pinned: Mapping[str, object]) -> list[str]:
    """Where what is held is not what the trail pinned, by name: altered, missing, or never recorded."""
    found = []
    for name, value in held.items():
        if name not in pinned:
            found.append(f"{what}{name} is not in the trail")
        elif pinned[name] != value:
            found.append(f"{what}{name} is not what was recorded")
    return found + [f"{what}{name} is missing" for name in pinned if name not in held]


def _details(lines: Lines, *acts: str) -> list[tuple[trail.TrailLine, dict[str, Any]]]:
    return [(line, loads(line.detail)) for line in lines if line.act in acts]


def _frozen(tx: Session, tender: tenders.OpenTender, lines: Lines) -> Finding:
    row = tx.execute(select(t.FreezeRow).where(t.FreezeRow.tender_id == tender.tender_id)).scalar_one_or_none()
    pinned = [detail["criteria_digest"] for _, detail in _details(lines, "criteria-frozen")]
    if not pinned:
        return (["the criteria are marked as frozen, and the trail has no such act"] if row is not None else []), ""
    if row is None or row.digest != pinned[0]:
        return ["the digest of the frozen criteria is not the one in the trail"], ""
    if row.digest != tender.pack.criteria_digest():
        return ["the criteria are not the ones that were frozen"], ""
    return [], f"the criteria are the ones that were frozen, with the digest {row.digest}"


def _bids(tender: tenders.OpenTender, lines: Lines) -> Finding:
    pinned: dict[str, object] = {}
    for line, detail in _details(lines, "tender-loaded", "bids-loaded", "bid-status-changed"):
        if line.act == "bid-status-changed":
            after = detail["after"]
            pinned[f"{after['bid']} in lot {after['lot']}"] = after["status"]
            continue
        for named in detail["bids"]:
            bid, lot, status = named.split(" ")
            pinned[f"{bid} in lot {lot}"] = status
    held = {f"{bid.bid} in lot {bid.lot}": bid.status.value for bid in tender.pack.bids}
    said = f"the {len(held)} bids and their statuses are the ones on record" if held else ""
    return _differences("bid ", held, pinned), said


def _declarations(tx: Session, tender: tenders.OpenTender, lines: Lines) -> Finding:
    declared: dict[str, list[Declaration]] = defaultdict(list)
    for one in queries.declarations(tx, tender.tender_id):
        declared[f"the declaration of {one.person} (act {one.act})"].append(one)
    held = {name: plain(interests.declaration_detail(own)) for name, own in declared.items()}
    pinned = {
        f"the declaration of {line.person} (act {line.number})": detail
        for line, detail in _details(lines, "interests-declared")
    }
    said = f"the {len(held)} declarations of interest are as they were made" if held else ""
    for decision in queries.decisions(tx, tender.tender_id):
        held[f"the decision of act {decision.act}"] = plain(interests.decision_detail(decision))
    pinned |= {f"the decision of act {line.number}": detail for line, detail in _details(lines, "interest-decided")}
    for row in tx.execute(select(t.AffirmationRow).where(t.AffirmationRow.tender_id == tender.tender_id)).scalars():
        held[f"the affirmation of act {row.act}"] = {"person": row.person, "why_not": row.why_not}
    pinned |= {
        f"the affirmation of act {line.number}": detail for line, detail in _details(lines, "declaration-affirmed")
    }
    for match in queries.matches(tx, tender.tender_id):
        held[f"what was settled in act {match.act}"] = {
            "person": match.person,
            "same": list(match.same),
            "looked_at": list(match.looked_at),
            "settles": match.settles,
            "why": match.why,
        }
    pinned |= {
        f"what was settled in act {line.number}": detail for line, detail in _details(lines, "interests-matched")
    }
    return _differences("", held, pinned), said


def _scores(tx: Session, tender: tenders.OpenTender, acts: dict[int, trail.TrailLine], progress: Progress) -> Finding:
    groups: dict[int, list[Score]] = defaultdict(list)
    people: dict[int, set[str]] = defaultdict(set)
    for act, person, score in score_reads.versions(tx, tender.tender_id):
        groups[act].append(score)
        people[act].add(person)
    wrong = []
    for act, scores in groups.items():
        progress.step(progress.done, STEPS, progress.what)  # there are many acts: here one may stop
        wanted = _detail(acts, act).get("rows_digest")
        if wanted != sheet_digest(scores):
            wrong.append(f"scores of act {act} are not the ones that were saved then")
        elif people[act] != {acts[act].person}:
            wrong.append(f"scores of act {act} stand under another person than the one who saved them")
    wrong += _missing(acts, _SCORE_ACTS, groups, "scores")
    for person, signed in queries.sign_offs(tx, tender.tender_id).items():
        progress.step(progress.done, STEPS, progress.what)
        current = score_reads.scores_of(tx, tender.tender_id, person).values()
        if signed.signed and sheet_digest(current) != signed.sheet_digest:
            wrong.append(f"the sheet of {person} is not the one that was signed off")
    count = sum(len(scores) for scores in groups.values())
    return (
        wrong,
        f"all {count} versions of individual scores are as they were saved, each by its own person" if count else "",
    )


_SCORE_ACTS = ("score-saved", "scores-imported", "scores-received")


def _missing(acts: Mapping[int, trail.TrailLine], names: Sequence[str], held: Container[int], what: str) -> list[str]:
    gone = [line.number for line in acts.values() if line.act in names and line.number not in held]
    return [f"the {what} of act {number} are missing" for number in gone]


def _sign_offs(tx: Session, tender: tenders.OpenTender, lines: Lines) -> Finding:
    held: dict[str, object] = {}
    for row in tx.execute(select(t.SignOffRow).where(t.SignOffRow.tender_id == tender.tender_id)).scalars():
        held[f"the sign-off of {row.person} (act {row.act})"] = {
            "signed": row.signed,
            "reason": row.reason,
            "sheet_digest": row.sheet_digest,
        } | ({"entered_by": row.entered_by} if row.entered_by else {})
    for away in tx.execute(select(t.AbsenceRow).where(t.AbsenceRow.tender_id == tender.tender_id)).scalars():
        held[f"the absence of {away.person} (act {away.act})"] = {
            "person": away.person,
            "reason": away.reason,
            "away": away.is_away,
        }
    pinned: dict[str, object] = {
        f"the sign-off of {line.person} (act {line.number})": detail
        for line, detail in _details(lines, "sheet-signed-off", "sheet-reopened")
    }
    for line, detail in _details(lines, "absence-recorded", "absence-ended"):
        told = {"person": detail["person"], "reason": detail["reason"], "away": line.act == "absence-recorded"}
        pinned[f"the absence of {detail['person']} (act {line.number})"] = told
    return _differences("", held, pinned), "sign-offs and absences are as they were recorded" if held else ""


def _moderated(tx: Session, tender: tenders.OpenTender, acts: dict[int, trail.TrailLine]) -> Finding:
    groups: dict[int, list[ModeratedScore]] = defaultdict(list)
    for act, score in score_reads.moderated_versions(tx, tender.tender_id):
        groups[act].append(score)
    wrong = []
    for act, scores in groups.items():
        wanted = _detail(acts, act).get("rows_digest")
        if wanted != digest([plain(score) for score in sorted(scores, key=lambda one: one.line)]):
            wrong.append(f"moderated scores of act {act} are not the ones that were recorded then")
    wrong += _missing(acts, ("moderated-scores-recorded", "moderated-scores-withdrawn"), groups, "moderated scores")
    count = sum(len(scores) for scores in groups.values())
    return wrong, f"all {count} versions of moderated scores are as they were recorded" if count else ""


def _locked(tx: Session, tender: tenders.OpenTender, lines: Lines) -> Finding:
    closed = _details(lines, "moderation-closed")
    if not closed:
        return [], ""
    held = sorted(score_reads.moderated(tx, tender.tender_id).values(), key=lambda one: one.line)
    if digest([plain(score) for score in held]) != closed[-1][1]["moderated_digest"]:
        return ["the moderated scores are not the ones that were locked"], ""
    return [], "the moderated scores are the ones that were locked"


def _prices(tx: Session, tender: tenders.OpenTender, lines: Lines) -> Finding:
    pinned = {
        f"{one['bid']} in lot {one['lot']}": one["amount"]
        for _, detail in _details(lines, "prices-opened")
        for one in detail["opened"]
    }
    prices = queries.price_lines(tx, tender.tender_id)
    bidders = {(bid.lot, bid.bid): bid.bidder for bid in tender.pack.bids}
    held: dict[str, object] = {}
    for row in tx.execute(select(t.PriceOpeningRow).where(t.PriceOpeningRow.tender_id == tender.tender_id)).scalars():
        amount = price_totals(prices, row.lot).get(bidders.get((row.lot, row.bid), BidderCode("")))
        held[f"{row.bid} in lot {row.lot}"] = plain(amount)
    said = f"the {len(held)} prices that were opened are as they were recorded" if held else ""
    return _differences("the price of bid ", held, pinned), said


def _afterwards(tx: Session, tender: tenders.OpenTender, lines: Lines) -> Finding:
    wrong, count = afterwards.differences(tx, tender.tender_id, lines)
    return (
        wrong,
        f"all {count} entries about sending, answers, feedback and lessons are as they were made" if count else "",
    )


def _after_outcome(tx: Session, tender: tenders.OpenTender, lines: Lines) -> Finding:
    held: dict[str, object] = {}
    pinned: dict[str, object] = {}
    for kind, acts in after_outcome.ROWS:
        for row in tx.execute(select(kind).where(kind.tender_id == tender.tender_id)).scalars():
            value = row.value()
            held[f"act {value.act} ({kind.__tablename__})"] = {**after_outcome.pinned(value), "by": value.by}
        for line, detail in _details(lines, *acts):
            pinned[f"act {line.number} ({kind.__tablename__})"] = {**detail, "by": line.person}
    said = f"the {len(held)} acts after the outcome are as they were recorded" if held else ""
    return _differences("the row of ", held, pinned), said


def _parcels(tx: Session, workspace: Workspace, tender: tenders.OpenTender, lines: Lines) -> Finding:
    """What people sent each other: nothing that the trail names is gone, and each was signed as it says."""
    here = set(tx.execute(select(t.ParcelRow.identity).where(t.ParcelRow.tender_id == tender.tender_id)).scalars())
    gone = [
        f"the parcel {detail['parcel'][:8]} of act {line.number} is missing"
        for line, detail in _details(lines, *{line.act for line in lines})
        if "parcel" in detail and detail["parcel"] not in here
    ]
    ended = any(line.act == "record-ended" for line in lines)
    wrong, said = parcel_proofs.kept(tx, workspace, tender.tender_id, files=not ended)
    return [*gone, *wrong], said


def _documents(
    tx: Session, workspace: Workspace, tender: tenders.OpenTender, lines: Lines, progress: Progress
) -> Finding:
    pinned: dict[str, object] = {}
    for _, detail in _details(lines, "tender-loaded", "bids-loaded", "prices-sealed", "document-replaced"):
        for one in detail.get("documents", ()):
            pinned[one["path"]] = (one["sealed"], one["sha256"], one["envelope"])
        for one in detail.get("schedules", ()):
            pinned[f"prices of {one['bidder']} for lot {one['lot']}"] = one["sealed"]
    for _, detail in _details(lines, "letter-signed"):
        name = f"{detail['kind']} letter for bid {detail['bid']}, lot {detail['lot']}, version {detail['version']}"
        pinned[name] = detail["sha256"]
    held: dict[str, object] = {}
    files: list[tuple[str, str]] = []
    for row in tx.execute(select(t.DocumentRow).where(t.DocumentRow.tender_id == tender.tender_id)).scalars():
        name = f"prices of {row.bidder} for lot {row.lot}" if row.is_prices else row.path
        held[name] = row.sealed if row.is_prices else (row.sealed, row.sha256, row.envelope)
        files.append((row.sealed, name))
    for letter in tx.execute(select(t.LetterRow).where(t.LetterRow.tender_id == tender.tender_id)).scalars():
        name = f"{letter.kind} letter for bid {letter.bid}, lot {letter.lot}, version {letter.version}"
        held[name] = letter.sha256
        files.append((letter.sealed, letter.file))
    files += afterwards.sealed_files(tx, tender.tender_id)
    wrong = _differences("the record of ", held, pinned)
    if any(line.act == "record-ended" for line in lines):
        left = sum(1 for sealed, _ in files if workspace.documents.is_here(sealed))
        said = f"the record was ended: its {len(files)} sealed files and its wrapping key are no longer here"
        return (wrong, said) if not left else ([*wrong, f"{left} sealed files are still here after the ending"], "")
    for place, (sealed, name) in enumerate(files):
        progress.step(STEPS - 1 + place, STEPS + len(files), "checking the sealed files")
        try:
            workspace.documents.read(sealed)
        except EvalPanelError as error:
            wrong.append(f"{name}: {error.title}")
    return wrong, f"all {len(files)} sealed files are here and unaltered" if files else ""


def _detail(acts: dict[int, trail.TrailLine], act: int) -> dict[str, object]:
    held: dict[str, object] = loads(acts[act].detail) if act in acts else {}
    return held
