"""What somebody changed in their answers after they had signed the sheet off, with the reason they gave for opening it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from evalpanel.domain.digests import canonical_json
from evalpanel.domain.numbers import canonical
from evalpanel.domain.sheets import Line, Score

FIELDS = ("status", "value", "rationale", "improvements", "working_note", "evidence")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one answer, as it was when the sheet was signed off and as it is now.

    `revision` counts the versions of the answer on the author's laptop, `at` is what the author's clock said (UTC), `reason`
    is why the sheet was opened again. `old` and `new` are texts as `evalpanel show --json` writes them; empty: nothing.
    """

    revision: int
    at: datetime
    line: Line
    field: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an answer: by which line of the record it was kept, when, and how many came before it."""

    act: int
    at: datetime
    revision: int
    score: Score


@dataclass(frozen=True, slots=True)
class Signing:
    """A sheet was signed off, or opened again with a reason, by that line of the record."""

    act: int
    signed: bool
    reason: str


def changes(versions: Iterable[Version], signings: Iterable[Signing]) -> tuple[Change, ...]:
    """What was changed since a sheet was first signed off: for each time that it was open again, each field that differs.

    What was typed and taken back in between is not told, and neither is anything from before the first signing: then
    nothing had been said yet.
    """
    kept = sorted(versions, key=lambda one: one.act)
    found: list[Change] = []
    reason: str | None = None
    before: dict[Line, Version] = {}
    now: dict[Line, Version] = {}
    place = 0
    for signing in sorted(signings, key=lambda one: one.act):
        while place < len(kept) and kept[place].act < signing.act:
            now[kept[place].score.line] = kept[place]
            place += 1
        if signing.signed:
            if reason is not None:
                found += _differences(before, now, reason)
            before, reason = dict(now), None
        elif reason is None:
            before, reason = before or dict(now), signing.reason
    for version in kept[place:]:
        now[version.score.line] = version
    if reason is not None:
        found += _differences(before, now, reason)
    return tuple(found)


def _differences(before: Mapping[Line, Version], now: Mapping[Line, Version], reason: str) -> Iterator[Change]:
    for line in sorted(now):
        new = now[line]
        old = before[line].score if line in before else Score(line)
        for field in FIELDS:
            was, has = _text(old, field), _text(new.score, field)
            if was != has:
                yield Change(new.revision, new.at, line, field, was, has, reason)


def _text(score: Score, field: str) -> str:
    if field == "value":
        return "" if score.value is None else canonical(score.value)
    if field == "evidence":
        return canonical_json(score.evidence) if score.evidence else ""
    return str(getattr(score, field))
