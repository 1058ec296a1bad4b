"""Scores and moderated scores as they are kept, read by the thousand: columns straight into values, past the mapper.

A big tender holds 144,000 scores. Objects of the mapper would take ten times as long as the reading itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, LotCode, PersonCode, TenderId
from evalpanel.store import tables as t

_S, _M = t.ScoreRow, t.ModeratedScoreRow
_TENDER: BindParameter[str] = bindparam("tender")
_PERSON: BindParameter[str] = bindparam("person")
_KEYS = (_S.lot, _S.bid, _S.criterion)
_ANSWER = (_S.status, _S.value_, _S.rationale, _S.improvements, _S.working_note, _S.evidence)
_AGREED_KEYS = (_M.lot, _M.bid, _M.criterion)
_AGREED = (
    _M.value_,
    _M.reasons,
    _M.disclosable_reasons,
    _M.withheld_why,
    _M.not_higher,
    _M.differences,
    _M.improvements,
    _M.present,
    _M.dissent,
    _M.evidence,
)
# SQLite takes the other columns from the row that holds the highest revision.
_NEWEST = (
    select(_S.person, *_KEYS, *_ANSWER, func.max(_S.revision))
    .where(_S.tender_id == _TENDER)
    .group_by(_S.person, *_KEYS)
)
_NEWEST_LEVELS = (
    select(_S.person, *_KEYS, _S.status, _S.value_, func.max(_S.revision))
    .where(_S.tender_id == _TENDER)
    .group_by(_S.person, *_KEYS)
)
_NEWEST_OF_LINE = (
    select(_S.person, *_KEYS, *_ANSWER, func.max(_S.revision))
    .where(
        _S.tender_id == _TENDER,
        _S.lot == bindparam("lot"),
        _S.bid == bindparam("bid"),
        _S.criterion == bindparam("criterion"),
        _S.person == _PERSON,
    )
    .group_by(_S.person, *_KEYS)
)
_VERSIONS = select(_S.act, _S.person, *_KEYS, *_ANSWER).where(_S.tender_id == _TENDER).order_by(_S.id)
_REVISIONS = select(*_KEYS, func.max(_S.revision)).where(_S.tender_id == _TENDER, _S.person == _PERSON).group_by(*_KEYS)
_BEGUN = (
    select(_S.person, _S.lot, _S.bid, func.count())
    .where(_S.tender_id == _TENDER, _S.revision == literal_column("1"))
    .group_by(_S.person, _S.lot, _S.bid)
)
_LATER = aliased(_S)
# The word stands in the statement, or SQLite cannot know that the index of blanks will do.
_BLANKED = select(_S.person, _S.lot, _S.bid).where(
    _S.tender_id == _TENDER,
    _S.status == literal_column(f"'{ScoreStatus.BLANK.value}'"),
    ~select(_LATER.id)
    .where(
        _LATER.tender_id == _S.tender_id,
        _LATER.person == _S.person,
        _LATER.lot == _S.lot,
        _LATER.bid == _S.bid,
        _LATER.criterion == _S.criterion,
        _LATER.revision > _S.revision,
    )
    .exists(),
)
_AGREED_NEWEST = (
    select(*_AGREED_KEYS, *_AGREED, func.max(_M.revision))
    .where(_M.tender_id == _TENDER)
    .group_by(*_AGREED_KEYS)
    .having(~_M.withdrawn)
)
_AGREED_FROM = (
    select(*_AGREED_KEYS, _M.moderation, func.max(_M.revision))
    .where(_M.tender_id == _TENDER)
    .group_by(*_AGREED_KEYS)
    .having(~_M.withdrawn)
)
_AGREED_LINE = (
    select(*_AGREED_KEYS, *_AGREED, _M.withdrawn, _M.revision)
    .where(
        _M.tender_id == _TENDER,
        _M.lot == bindparam("lot"),
        _M.bid == bindparam("bid"),
        _M.criterion == bindparam("criterion"),
    )
    .order_by(_M.revision.desc())
    .limit(1)
)
_AGREED_VERSIONS = select(_M.act, *_AGREED_KEYS, *_AGREED).where(_M.tender_id == _TENDER).order_by(_M.id)
_AGREED_REVISIONS = select(*_AGREED_KEYS, func.max(_M.revision)).where(_M.tender_id == _TENDER).group_by(*_AGREED_KEYS)
_AGREED_COUNT = select(func.count()).where(_M.tender_id == _TENDER, _M.revision == literal_column("1"))
_AGREED_LATER = aliased(_M)
_WITHDRAWN_COUNT = select(func.count()).where(
    _M.tender_id == _TENDER,
    _M.withdrawn == literal_column("1"),
    ~select(_AGREED_LATER.id)
    .where(
        _AGREED_LATER.tender_id == _M.tender_id,
        _AGREED_LATER.lot == _M.lot,
        _AGREED_LATER.bid == _M.bid,
        _AGREED_LATER.criterion == _M.criterion,
        _AGREED_LATER.revision > _M.revision,
    )
    .exists(),
)


def scores(tx: Session, tender: TenderId, person: PersonCode | None = None) -> Iterator[tuple[PersonCode, Score]]:
    """The newest version of every answer, of one person or of all, with whose it is."""
    lines = _Lines()
    for who, lot, bid, criterion, *answer, _ in _rows(tx, *_about(_NEWEST, tender, person)):
        yield who, Score(lines.at(lot, bid, criterion), *answer)


def scores_of(tx: Session, tender: TenderId, person: PersonCode) -> dict[Line, Score]:
    """One person's answers as they stand, by line."""
    return {score.line: score for _, score in scores(tx, tender, person)}


def levels(tx: Session, tender: TenderId) -> Iterator[tuple[PersonCode, Score]]:
    """The same of all, with their statuses and levels and without their words: what a list shows."""
    lines = _Lines()
    for who, lot, bid, criterion, status, value, _ in _rows(tx, _NEWEST_LEVELS, {"tender": tender}):
        yield who, Score(lines.at(lot, bid, criterion), status, value)


def answer_on(tx: Session, tender: TenderId, person: PersonCode, line: Line) -> Score | None:
    """One person's answer on one line; None where there is none."""
    found = tx.connection().execute(_NEWEST_OF_LINE, _line(tender, line) | {"person": person}).first()
    return None if found is None else Score(line, *found[4:-1])


def versions(tx: Session, tender: TenderId) -> Iterator[tuple[int, PersonCode, Score]]:
    """Every version of every answer, oldest first: the act that kept it, whose it is, and what it says."""
    lines = _Lines()
    for act, who, lot, bid, criterion, *answer in _rows(tx, _VERSIONS, {"tender": tender}):
        yield act, who, Score(lines.at(lot, bid, criterion), *answer)


def revisions(tx: Session, tender: TenderId, person: PersonCode) -> dict[Line, int]:
    """How many versions of each of a person's answers there are."""
    found = _rows(tx, _REVISIONS, {"tender": tender, "person": person})
    return {Line(lot, bid, criterion): top for lot, bid, criterion, top in found}


def answered(tx: Session, tender: TenderId) -> dict[PersonCode, dict[tuple[LotCode, BidCode], int]]:
    """On how many lines of each bid each person's newest answer is not blank. Counted in the store: no text is read."""
    found: dict[PersonCode, dict[tuple[LotCode, BidCode], int]] = {}
    for person, lot, bid, lines in _rows(tx, _BEGUN, {"tender": tender}):
        found.setdefault(person, {})[lot, bid] = lines
    for person, lot, bid in _rows(tx, _BLANKED, {"tender": tender}):
        found[person][lot, bid] -= 1
    return found


def moderated(tx: Session, tender: TenderId) -> dict[Line, ModeratedScore]:
    """What has been agreed, by line."""
    found: dict[Line, ModeratedScore] = {}
    for lot, bid, criterion, *agreed, _ in _rows(tx, _AGREED_NEWEST, {"tender": tender}):
        line = Line(lot, bid, criterion)
        found[line] = ModeratedScore(line, *agreed)
    return found


def moderated_on(tx: Session, tender: TenderId, line: Line) -> tuple[ModeratedScore | None, int]:
    """What has been agreed on one line, and how many versions there are."""
    found = tx.connection().execute(_AGREED_LINE, _line(tender, line)).first()
    if found is None:
        return None, 0
    return None if found.withdrawn else ModeratedScore(line, *found[3:-2]), found[-1]


def moderated_from(tx: Session, tender: TenderId) -> dict[Line, str]:
    """With which chair's statement what is agreed on each line came; empty where it was recorded here."""
    return {
        Line(lot, bid, criterion): moderation
        for lot, bid, criterion, moderation, _ in _rows(tx, _AGREED_FROM, {"tender": tender})
    }


def moderated_versions(tx: Session, tender: TenderId) -> Iterator[tuple[int, ModeratedScore]]:
    """Every version of what was agreed, oldest first, with the act that kept it."""
    for act, lot, bid, criterion, *agreed in _rows(tx, _AGREED_VERSIONS, {"tender": tender}):
        yield act, ModeratedScore(Line(lot, bid, criterion), *agreed)


def moderated_revisions(tx: Session, tender: TenderId) -> dict[Line, int]:
    """In how many versions each line was agreed."""
    found = _rows(tx, _AGREED_REVISIONS, {"tender": tender})
    return {Line(lot, bid, criterion): top for lot, bid, criterion, top in found}


def moderated_count(tx: Session, tender: TenderId) -> int:
    """On how many lines something has been agreed."""
    run = tx.connection().execute
    return int(
        run(_AGREED_COUNT, {"tender": tender}).scalar_one() - run(_WITHDRAWN_COUNT, {"tender": tender}).scalar_one()
    )


class _Lines:
    """One `Line` for each line, however many people answered it."""

    def __init__(self) -> None:
        self._held: dict[tuple[Any, ...], Line] = {}

    def at(self, *codes: Any) -> Line:
        line = self._held.get(codes)
        if line is None:
            line = self._held[codes] = Line(*codes)
        return line


def _about(statement: Select[Any], tender: TenderId, person: PersonCode | None) -> tuple[Select[Any], dict[str, str]]:
    if person is None:
        return statement, {"tender": tender}
    return statement.where(_S.person == _PERSON), {"tender": tender, "person": person}


def _line(tender: TenderId, line: Line) -> dict[str, str]:
    return {"tender": tender, "lot": line.lot, "bid": line.bid, "criterion": line.criterion}


def _rows(tx: Session, statement: Select[Any], values: dict[str, str]) -> Iterator[Row[Any]]:
    tx.flush()
    yield from tx.connection().execute(statement, values)
