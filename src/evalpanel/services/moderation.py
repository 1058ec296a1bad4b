"""Moderation: every signed-off score side by side, and the level and reasons that the panel agrees, line by line.

Nothing here computes a level: there is no mean, no median and no automatic pick (*Lancashire Care v Lancashire CC*
[2018]: consensus needs reasons of its own).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from evalpanel.domain.criteria import CriterionKind
from evalpanel.domain.gates import scale_of
from evalpanel.domain.intake import Problem, ProblemsFound
from evalpanel.domain.moderation import (
    ModeratedRow,
    ModeratedScore,
    moderation_gaps,
)
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import (
    Gap,
    Line,
    ScoreStatus,
    listed,
    recused_from,
    scored_lines,
    why_no_line,
)
from evalpanel.domain.stages import TenderStage
from evalpanel.errors import EvalPanelError
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import (
    agreed_rows,
    agreement,
    audit,
    evidence,
    exchange,
    interests,
    moderation_parcels,
    moderations_here,
    moderations_shown,
    tenders,
)
from evalpanel.services.agreed_rows import rows_digest
from evalpanel.services.room import (
    Asked,
    ModerationLine,
    Room,
    chairing,
    criteria_of,
    line_of,
    lines_of,
    room_of,
    scales_of,
    sheets_are_in,
)
from evalpanel.services.workspace import Workspace
from evalpanel.store import score_reads

__all__ = [
    "ModerationClosed",
    "ModerationLine",
    "ModerationTaken",
    "cannot_stand",
    "close",
    "line",
    "lines",
    "merged",
    "rows_digest",
    "take_moderated",
]


@dataclass(frozen=True, slots=True)
class ModerationTaken:
    """What an import of moderated scores changed."""

    added: tuple[Line, ...]
    changed: tuple[Line, ...]
    unchanged: int
    notes: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ModerationClosed:
    """What was locked: how many lines, which bids were assessed no further, and what is worth knowing."""

    lines: int
    not_assessed: tuple[Line, ...]
    notes: tuple[str, ...]
    digest: str


def lines(
    workspace: Workspace,
    named: str,
    *,
    person: str | None = None,
    words: bool = True,
    progress: Progress = NO_PROGRESS,
) -> tuple[ModerationLine, ...]:
    """All scores side by side, for every line that is open to `person` (the chair, if left out).

    Refused until every panel member has signed off or is absent on record.

    Without `words` only statuses and levels are read, which is quicker: `line` brings the words of one line.
    """
    with workspace.store.reading() as tx:
        tender = _readable(tx, named)
        kept_out = interests.kept_out(tx, tender, person or tenders.owner_here(tx, tender.tender_id), Role.CHAIR)
        return lines_of(tx, tender, kept_out=kept_out, words=words, progress=progress)


def line(workspace: Workspace, named: str, wanted: Line, *, person: str | None = None) -> ModerationLine | None:
    """One line with every word that was said on it; None where there is no such line for `person` (the chair, if left
    out). Refused as `lines` is."""
    with workspace.store.reading() as tx:
        tender = _readable(tx, named)
        kept_out = interests.kept_out(tx, tender, person or tenders.owner_here(tx, tender.tender_id), Role.CHAIR)
        return line_of(tx, tender, wanted) if recused_from(kept_out, wanted) is None else None


def _readable(tx: Session, named: str) -> tenders.OpenTender:
    tender = tenders.find(tx, named)
    tenders.require(tender, at_least=TenderStage.BIDS_OPENED, act="there is nothing to moderate yet")
    sheets_are_in(tx, tender)
    return tender


def take_moderated(
    workspace: Workspace,
    named: str,
    *,
    rows: Sequence[ModeratedRow],
    person: str | None = None,
    progress: Progress = NO_PROGRESS,
) -> ModerationTaken:
    """Record what the panel agreed, all of it or nothing. An empty cell never blanks what is held.

    The acting person is the chair; on lines from which every chair is recused it may be the officer. Raises `ProblemsFound` naming every row that cannot be kept.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, at_least=TenderStage.BIDS_OPENED, act="there is nothing to moderate yet")
        tenders.require(tender, before=TenderStage.QUALITY_LOCKED, act="moderation is closed")
        sheets_are_in(tx, tender)
        held = _held(tx, tender, rows)
        criteria, scales = criteria_of(tender.pack), scales_of(tender.pack)
        asked, room = Asked(tender.pack), room_of(tx, tender)
        problems: list[Problem] = []
        changes: list[ModeratedScore] = []
        unchanged = 0
        for number, row in enumerate(rows):
            if number % 200 == 0:
                progress.step(number, len(rows), "Checking")
            before = held.get(row.line, ModeratedScore(row.line, None))
            after = merged(before, row)
            # Lines of a bid that was withdrawn since the workbook was written do no harm unless they say something.
            if after == before and asked.ever(row.line):
                unchanged += 1
            elif not asked.now(row.line):
                problems.append(Problem(row.where, why_no_line(row.line, tender.pack.bids)))
            else:
                faults = agreed_rows.faults(after, criteria, scales, room)
                problems += [Problem(row.where, f"{row.line}: {fault}") for fault in faults]
                changes.append(after)
        problems += _evidence_problems(tx, tender, held, changes, rows)
        if problems:
            count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
            raise ProblemsFound(f"The moderated scores were not taken in: {count}.", problems)
        here = person or tenders.owner_here(tx, tender.tender_id)
        who = chairing(tender, room.recused, here, (score.line for score in changes))
        if changes:
            agreed_rows.keep(tx, workspace, tender, who, changes)
        return ModerationTaken(
            added=tuple(score.line for score in changes if score.line not in held),
            changed=tuple(score.line for score in changes if score.line in held),
            unchanged=unchanged,
            notes=(*_undeclared(changes, room), *_not_affirmed(changes, room)),
        )


def _held(tx: Session, tender: tenders.OpenTender, rows: Sequence[ModeratedRow]) -> dict[Line, ModeratedScore]:
    """What is held, of the lines of these rows: a line that is saved in the room does not wait for 12,000."""
    if len(rows) > agreed_rows.FEW:
        return score_reads.moderated(tx, tender.tender_id)
    found = {row.line: score_reads.moderated_on(tx, tender.tender_id, row.line)[0] for row in rows}
    return {line: score for line, score in found.items() if score is not None}


def _evidence_problems(
    tx: Session,
    tender: tenders.OpenTender,
    held: Mapping[Line, ModeratedScore],
    changes: Sequence[ModeratedScore],
    rows: Sequence[ModeratedRow],
) -> list[Problem]:
    pieces = [(one.line, held[one.line].evidence if one.line in held else (), one.evidence) for one in changes]
    found = evidence.new_faults(tx, tender.tender_id, tender.pack.bids, pieces)
    wheres = {row.line: row.where for row in rows}
    return [Problem(wheres[line], f"{line}: {why}") for line, why in found.items()]


def merged(before: ModeratedScore, row: ModeratedRow) -> ModeratedScore:
    """What is held with what a row says: an empty cell leaves what is held."""
    given = {
        name: getattr(row, name)
        for name in (
            "value",
            "reasons",
            "disclosable_reasons",
            "withheld_why",
            "not_higher",
            "differences",
            "improvements",
            "present",
            "dissent",
            "evidence",
        )
    }
    return replace(before, **{name: value for name, value in given.items() if value is not None})


def close(workspace: Workspace, named: str, *, person: str | None = None) -> ModerationClosed:
    """Lock the moderated scores. Refused while a line lacks a level or a reason, or a quorum, naming it.

    A bid that failed a gate is assessed no further: lines of it that nobody touched are listed, and not missing.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, before=TenderStage.QUALITY_LOCKED, act="moderation is closed already")
        sheets_are_in(tx, tender)
        moderations = _refuse_unsettled(tx, workspace, tender)
        pack = tender.pack
        assert pack.tender is not None
        held = score_reads.moderated(tx, tender.tender_id)
        wanted = scored_lines(pack.criteria, pack.bids)
        if not wanted:
            raise EvalPanelError(
                "There is nothing to close.", "The tender has no bid that is scored. Nothing was changed."
            )
        room = room_of(tx, tender)
        who = chairing(tender, room.recused, person, wanted)
        missing = moderation_gaps(wanted, held, criteria_of(pack), scales_of(pack), pack.tender.quorum, pack.panel)
        if missing:
            count = "1 line is" if len(missing) == 1 else f"{len(missing)} lines are"
            raise EvalPanelError(
                f"Moderation cannot be closed: {count} not complete.",
                f"Nothing was changed. Missing: {listed(missing)}.",
            )
        locked = [held[line] for line in wanted if line in held]
        _refuse_unsound(tx, tender, locked)
        _refuse_unaffirmed(locked, room)
        # All that was agreed is pinned, of bids that are out as well: what becomes of a bid later changes nothing in it.
        pinned = rows_digest(tuple(held.values()))
        untouched = tuple(line for line in wanted if line not in held)
        audit.record(
            tx,
            workspace,
            "moderation-closed",
            tender=tender.tender_id,
            person=who,
            detail={
                "lines": len(locked),
                **(_what_travels(moderations, held) if moderations else {}),
                "moderated_digest": pinned,
                "not_assessed": [str(line) for line in untouched],
            },
        )
        tenders.advance(tx, tender, TenderStage.QUALITY_LOCKED)
        return ModerationClosed(len(locked), untouched, _worth_knowing(tx, tender, held), pinned)


def cannot_stand(workspace: Workspace, named: str) -> tuple[Gap, ...]:
    """The lines agreed on this laptop that cannot stand as they are recorded, and why: somebody is called present who is recused
    from them or absent, as far as this laptop was told. A final moderation is refused while there is one."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        wrong = moderation_parcels.unsound(tx, tender, score_reads.moderated(tx, tender.tender_id))
        return tuple(Gap(line, why) for line, why in sorted(wrong.items()))


def _refuse_unsettled(tx: Session, workspace: Workspace, tender: tenders.OpenTender) -> tuple[str, ...]:
    """Where moderation came from laptops, it is locked on the officer's, once everybody's word on it is there.

    Gives the identities of the moderations that are locked, none where the panel met in one room.
    """
    mine = exchange.own(tx, workspace, tender.tender_id)
    if mine is None:
        return ()
    if not mine.is_officer:
        raise EvalPanelError(
            "Moderation is closed on the officer's laptop.",
            f"Nothing was changed. Send yours as final: evalpanel send {tender.reference} --to DIR --final",
        )
    moderations_shown.work_out(tx, workspace, mine, tender)
    tx.flush()
    agreement.require_agreed(tx, workspace, mine, tender)
    return tuple(one.identity for one in moderations_here.carried(tx, workspace, mine, tender))


def _what_travels(moderations: Sequence[str], held: Mapping[Line, ModeratedScore]) -> dict[str, object]:
    """What is told of the lock to other laptops: the statements of the chairs, and what pins the lines of each bid."""
    agreed = {f"{lot}/{bid}": pinned for (lot, bid), pinned in agreed_rows.by_bid(held.values()).items()}
    return {"moderations": list(moderations), "agreed": agreed}


def _undeclared(changes: Sequence[ModeratedScore], room: Room) -> tuple[Problem, ...]:
    named = {person for score in changes for person in score.present} - room.declared
    return tuple(
        Problem("present", f"{person} took part and has not declared interests", stops=False)
        for person in sorted(named)
    )


def _not_affirmed(changes: Sequence[ModeratedScore], room: Room) -> tuple[Problem, ...]:
    named = {person for score in changes for person in score.present} & room.declared - room.affirmed
    return tuple(
        Problem("present", f"{person} took part and has not yet said that their declaration still holds", stops=False)
        for person in sorted(named)
    )


def _refuse_unsound(tx: Session, tender: tenders.OpenTender, locked: Sequence[ModeratedScore]) -> None:
    """Nothing is locked that somebody agreed who was not to be there: an interest that came to light late counts as well."""
    wrong = moderation_parcels.unsound(tx, tender, {one.line: one for one in locked})
    if wrong:
        count = "1 line" if len(wrong) == 1 else f"{len(wrong)} lines"
        line, why = min(wrong.items())
        raise EvalPanelError(
            f"Moderation cannot be closed: {count} cannot stand as recorded.",
            f"Nothing was changed. {line}: {why}. Agree again without whoever was not to be there.",
        )


def _refuse_unaffirmed(locked: Sequence[ModeratedScore], room: Room) -> None:
    missing = sorted({person for score in locked for person in score.present} - room.affirmed)
    if missing:
        raise EvalPanelError(
            f"Moderation cannot be closed: {len(missing)} who took part {'has' if len(missing) == 1 else 'have'} not "
            f"said that their declaration still holds: {', '.join(missing)}.",
            "Nothing was changed. Ask them and record it (evalpanel declarations affirm), or record why it cannot be had.",
        )


def _worth_knowing(tx: Session, tender: tenders.OpenTender, held: Mapping[Line, ModeratedScore]) -> tuple[str, ...]:
    unsettled: list[Line] = []
    no_higher: list[Line] = []
    criteria, scales = criteria_of(tender.pack), scales_of(tender.pack)
    for one in lines_of(tx, tender, words=False):
        agreed = held.get(one.line)
        if agreed is None:
            continue
        statuses = {score.score.status for score in one.scores}
        if one.spread and ScoreStatus.SCORED in statuses and not agreed.differences.strip():
            unsettled.append(one.line)
        criterion = criteria[one.line.criterion]
        explained = agreed.value is None or bool(agreed.not_higher.strip())
        is_quality = criterion.kind is CriterionKind.QUALITY
        if is_quality and not explained and agreed.value != scale_of(criterion, scales).top:
            no_higher.append(one.line)
    notes: list[str] = []
    if unsettled:
        notes.append(f"{len(unsettled)} lines do not say how different scores were settled: {listed(unsettled, 3)}")
    if no_higher:
        notes.append(f"{len(no_higher)} lines do not say why not a higher level: {listed(no_higher, 3)}")
    return tuple(notes)
