"""What `--json` prints, by the fixed names of docs/formats/json.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from evalpanel.domain.intake import Problem
from evalpanel.domain.interests import Interest, Recusal
from evalpanel.domain.results import BidResult, LotResult
from evalpanel.services.awards import TenderOutcome
from evalpanel.services.letter_looks import LetterLook
from evalpanel.services.letters import LettersReport
from evalpanel.services.moderation import ModerationTaken
from evalpanel.services.scoring import ScoresTaken
from evalpanel.services.setup import TenderView
from evalpanel.services.tenders import TenderSummary
from evalpanel.services.verify import Verification


def tender(summary: TenderSummary, problems: Iterable[Problem] = ()) -> dict[str, Any]:
    """A tender as `load`, `show` and `freeze` answer it."""
    return {
        "tender": summary.tender_id,
        "reference": summary.reference,
        "title": summary.title,
        "stage": summary.stage,
        "lots": [{"lot": lot.lot, "title": lot.title} for lot in summary.lots],
        "criteria": summary.criteria,
        "bids": summary.bids,
        "documents": summary.documents,
        "panel": summary.panel,
        "criteria_digest": summary.criteria_digest or None,
        "problems": [{"where": problem.where, "what": problem.what} for problem in problems],
    }


def view(held: TenderView) -> dict[str, Any]:
    """A tender with everybody's progress, as `show` answers it."""
    return {
        **tender(held.summary),
        "bidders": [
            {"bid": bid.bid, "lot": bid.lot, "bidder": bid.bidder, "status": bid.status, "reason": bid.reason}
            for bid in held.pack.bids
        ],
        "people": [
            {
                "person": one.member.person,
                "name": one.member.name,
                "roles": list(one.member.roles),
                "declared": one.declared,
                "recused_lots": list(one.recused_lots),
                "recused": [recusal(kept_out) for kept_out in one.recusals],
                "undecided": [interest.bidder for interest in one.interests if interest.decision is None],
                "affirmed": one.affirmed is not None and not one.affirmed.why_not,
                "owed": one.owed,
                "answered": one.answered,
                "signed_off": one.signed_off,
                "entered_by": one.entered_by if one.signed_off else "",
                "absent": one.absent,
            }
            for one in held.panel
        ],
        "lines": held.lines,
        "moderated": held.moderated,
    }


def recusal(held: Recusal) -> dict[str, Any]:
    """What somebody is kept out of: a lot, one bid of it, or one criterion in it."""
    return {"lot": held.lot, "bid": held.bid, "criterion": held.criterion, "why": held.why}


def interest(held: Interest) -> dict[str, Any]:
    """Somebody's interest in a bidder, with what was decided about it."""
    decided = held.decision
    return {
        "person": held.person,
        "bidder": held.bidder,
        "why": held.why,
        "declared": [
            {"at": line.at, "organisation": line.organisation, "kind": line.kind, "about": line.about}
            for line in held.declared
        ],
        "decision": None
        if decided is None
        else {
            "outcome": decided.outcome,
            "scope": decided.scope,
            "criteria": list(decided.criteria),
            "measure": decided.measure,
            "why": decided.why,
            "decided_by": decided.decided_by,
            "at": decided.at,
        },
    }


def outcome(held: TenderOutcome) -> dict[str, Any]:
    """The outcome of every lot."""
    return {"tender": held.tender_id, "stage": held.stage, "lots": [_lot(lot) for lot in held.lots]}


def _lot(lot: LotResult) -> dict[str, Any]:
    return {
        "lot": lot.lot,
        "title": lot.title,
        "formula": lot.formula,
        "rounding": lot.rounding,
        "tie": lot.tie,
        "bids": [_bid(bid, lot.places) for bid in lot.bids],
    }


def _bid(bid: BidResult, places: int) -> dict[str, Any]:
    return {
        "bid": bid.bid,
        "name": bid.name,
        "status": bid.status,
        "rank": bid.rank,
        "total": shown(bid.total, places),
        "quality": shown(bid.quality, places),
        "price": shown(bid.price, places),
        "price_amount": None if bid.price_amount is None else f"{bid.price_amount:f}",
        "sections": {code: shown(value, places) for code, value in bid.sections},
        "criteria": {
            one.criterion: {"score": one.score, "weighted": shown(one.weighted, places)} for one in bid.criteria
        },
        "gates": [
            {
                "criterion": gate.criterion if gate.criterion is not None else "budget",
                "passed": gate.passed,
                "why": gate.why,
            }
            for gate in bid.gates
        ],
        "why": bid.why,
    }


def shown(number: Any, places: int) -> str | None:
    """A published figure with its published number of places."""
    return None if number is None else f"{number:.{places}f}"


def letters(report: LettersReport, looks: Sequence[LetterLook] = ()) -> dict[str, Any]:
    """What became of every letter, with how each reads and what to look at again in it."""
    seen = {(one.bid, one.lot): one for one in looks}
    return {
        "letters": [
            {
                "bid": one.bid,
                "lot": one.lot,
                "kind": one.kind,
                "file": str(one.file),
                "sha256": one.sha256,
                "pages": one.pages,
                "verified": one.verified,
                "version": one.version,
                "lots": [lot for _, lot in one.bids],
                **_read(seen.get((one.bid, one.lot))),
            }
            for one in report.letters
        ],
        "manifest": str(report.manifest) if report.manifest is not None else None,
        "blocked": [{"bid": one.bid, "lot": one.lot, "why": " ".join(one.why)} for one in report.blocked],
    }


def _read(look: LetterLook | None) -> dict[str, Any]:
    if look is None:
        return {"grade": None, "age": None, "warnings": []}
    warnings = [
        {"title": part.title, "kind": it.kind, "words": it.words} for part in look.explanations for it in part.warnings
    ]
    return {"grade": look.grade, "age": look.age, "warnings": warnings}


def verification(found: Verification) -> dict[str, Any]:
    """What was proved, by whose key, and what was not."""
    return {
        "file": found.subject,
        "kind": found.kind,
        "verdict": found.verdict,
        "proved": list(found.proved),
        "not_proved": list(found.not_proved),
        "by": found.by,
    }


def taken(held: ScoresTaken | ModerationTaken) -> dict[str, Any]:
    """What a spreadsheet brought, as `scores import` and `moderated import` answer it."""
    return {
        "added": len(held.added),
        "changed": [{"lot": line.lot, "bid": line.bid, "criterion": line.criterion} for line in held.changed],
        "unchanged": held.unchanged,
        "problems": [{"where": note.where, "what": note.what} for note in held.notes],
    }
