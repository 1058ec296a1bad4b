"""Scores, moderated scores and prices as spreadsheets: many panel members score in one, and chairs moderate in one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evalpanel.domain.gates import scale_of
from evalpanel.domain.intake import Problem, ProblemsFound, TenderPack
from evalpanel.domain.moderation import ModeratedRow, ModeratedScore
from evalpanel.domain.sheets import Line, Score, ScoreRow
from evalpanel.domain.tender import LotCode
from evalpanel.formats.individual_scores import IndividualScores
from evalpanel.formats.score_workbook import (
    ModeratedLine,
    ScoreSheetLine,
    read_moderated,
    read_scores,
    write_moderated,
    write_moderated_csv,
    write_scores,
    write_scores_csv,
)
from evalpanel.formats.template import write_template
from evalpanel.formats.workbook import read_prices
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import moderation, prices, scoring, tenders
from evalpanel.services.moderation import ModerationTaken
from evalpanel.services.scoring import ScoresTaken
from evalpanel.services.workspace import Workspace
from evalpanel.system.files import read_whole, write_atomic

MOST_BYTES = 64 << 20


def template(out: Path) -> None:
    """Write an empty tender workbook, with instructions, to `out`."""
    write_atomic(out, write_template(), private=False)


def export_scores(workspace: Workspace, named: str, *, person: str, out: Path, progress: Progress = NO_PROGRESS) -> int:
    """Write the score sheet of a panel member to `out` (xlsx, or csv by its name). Gives the number of its lines."""
    desk = scoring.desk(workspace, named, person)
    words = _Words(desk.pack)
    lines = [
        ScoreSheetLine(desk.scores.get(line, Score(line)), words.bid(line), words.title(line), words.levels(line))
        for line in desk.owed
    ]
    write_atomic(out, write_scores_csv(lines) if _is_csv(out) else write_scores(lines, progress))
    return len(lines)


def write_answers(workspace: Workspace, named: str, scores: Sequence[Score], *, out: Path) -> None:
    """Write answers as a score sheet to `out`, ready to be taken in (`import_scores`) on the laptop of whoever gave them."""
    with workspace.store.reading() as tx:
        words = _Words(tenders.find(tx, named).pack)
    lines = [
        ScoreSheetLine(one, words.bid(one.line), words.title(one.line), words.levels(one.line))
        for one in sorted(scores, key=lambda one: one.line)
    ]
    write_atomic(out, write_scores(lines))


def import_scores(
    workspace: Workspace, named: str, *, person: str, path: Path, progress: Progress = NO_PROGRESS
) -> ScoresTaken:
    """Take in a score sheet, all of it or nothing, and say what changed."""
    rows, problems = score_rows(workspace, named, path, progress)
    taken = scoring.take_scores(workspace, named, person=person, rows=rows, progress=progress)
    return ScoresTaken(taken.person, taken.added, taken.changed, taken.unchanged, (*problems, *taken.notes))


def score_rows(
    workspace: Workspace, named: str, path: Path, progress: Progress = NO_PROGRESS
) -> tuple[tuple[ScoreRow, ...], tuple[Problem, ...]]:
    """What a score sheet says, row by row, with what is worth knowing; refused while a problem stops. Changes nothing."""
    rows, problems = read_scores(read_whole(path, MOST_BYTES), path.name, _lots(workspace, named), progress)
    _refuse(problems, f"{path.name} was not taken in")
    return rows, problems


def moderated_rows(
    workspace: Workspace, named: str, path: Path, progress: Progress = NO_PROGRESS
) -> tuple[tuple[ModeratedRow, ...], tuple[Problem, ...]]:
    """The same for a spreadsheet of moderated scores."""
    rows, problems = read_moderated(read_whole(path, MOST_BYTES), path.name, _lots(workspace, named), progress)
    _refuse(problems, f"{path.name} was not taken in")
    return rows, problems


def export_moderated(
    workspace: Workspace, named: str, out: Path, *, person: str | None = None, progress: Progress = NO_PROGRESS
) -> int:
    """Write the lines to be agreed to `out`, with every individual score side by side on a second sheet.

    They are the lines that are open to `person` (the chair, if left out).
    """
    room = moderation.lines(workspace, named, person=person)
    with workspace.store.reading() as tx:
        words = _Words(tenders.find(tx, named).pack)
    lines = [
        ModeratedLine(
            one.agreed or ModeratedScore(one.line, None),
            words.bid(one.line),
            words.title(one.line),
            words.levels(one.line),
        )
        for one in room
    ]
    individual = [
        IndividualScores(one.line, one.scores, one.spread, words.bid(one.line), words.title(one.line)) for one in room
    ]
    write_atomic(out, write_moderated_csv(lines) if _is_csv(out) else write_moderated(lines, individual, progress))
    return len(lines)


def import_moderated(
    workspace: Workspace, named: str, *, path: Path, person: str | None = None, progress: Progress = NO_PROGRESS
) -> ModerationTaken:
    """Take in what the panel agreed, all of it or nothing, and say what changed."""
    rows, problems = moderated_rows(workspace, named, path, progress)
    taken = moderation.take_moderated(workspace, named, rows=rows, person=person, progress=progress)
    return ModerationTaken(taken.added, taken.changed, taken.unchanged, (*problems, *taken.notes))


def import_prices(workspace: Workspace, named: str, *, path: Path, person: str | None = None) -> int:
    """Take in price schedules that come after the quality lock: a workbook's sheet `Prices`, or a csv file."""
    lines, problems = read_prices(read_whole(path, MOST_BYTES), path.name, _lots(workspace, named))
    _refuse(problems, f"{path.name} was not taken in")
    return prices.import_prices(workspace, named, lines=lines, person=person)


class _Words:
    """What helps to read a line of a spreadsheet: names instead of codes."""

    def __init__(self, pack: TenderPack) -> None:
        names = {bidder.bidder: bidder.name for bidder in pack.bidders}
        self._bids = {(bid.lot, bid.bid): names.get(bid.bidder, "") for bid in pack.bids}
        self._criteria = {criterion.criterion: criterion for criterion in pack.criteria}
        self._scales = {scale.scale: scale for scale in pack.scales}

    def bid(self, line: Line) -> str:
        return self._bids.get((line.lot, line.bid), "")

    def title(self, line: Line) -> str:
        return self._criteria[line.criterion].title

    def levels(self, line: Line) -> str:
        criterion = self._criteria[line.criterion]
        if criterion.kind.value == "consideration":
            return "explained, not scored"
        return scale_of(criterion, self._scales).described()


def _lots(workspace: Workspace, named: str) -> tuple[LotCode, ...]:
    with workspace.store.reading() as tx:
        return tuple(lot.lot for lot in tenders.find(tx, named).pack.lots)


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _refuse(problems: tuple[Problem, ...], what: str) -> None:
    stopping = [problem for problem in problems if problem.stops]
    if stopping:
        count = "1 problem" if len(stopping) == 1 else f"{len(stopping)} problems"
        raise ProblemsFound(f"{what}: {count}.", stopping, "Nothing was changed. Correct the file and try again.")
