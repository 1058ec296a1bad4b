"""Moderation that travels: what it rests on, what each scorer is quoted with, who agrees, and what may be locked.

Nobody is in one room with one file. So what the chair sends says on which sheets it rests, by identity, and what each
scorer gave on each line; each scorer's laptop compares that with its own sheet before its person agrees or dissents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from evalpanel.domain.branches import Entry
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.numbers import canonical
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidderCode, LotCode, PersonCode


class ModerationState(StrEnum):
    """Whether the chair is done. An interim one is read and not assented to."""

    INTERIM = "interim"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Citation:
    """A scorer's sheet as moderation rests on it, by identity; or why there is none (`absent`)."""

    person: PersonCode
    sheet: str
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What a scorer gave on a line, as moderation quotes it: the status, and the level where there is one."""

    person: PersonCode
    status: ScoreStatus
    value: Decimal | None = None

    @property
    def words(self) -> str:
        """The answer in words: `3`, `abstained`."""
        return canonical(self.value) if self.value is not None else self.status.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """A line as it travels: what the panel agreed, and what each scorer gave."""

    agreed: ModeratedScore
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """The chair's word on two sheets of one person that do not know of each other: which counts, which do not, and why."""

    person: PersonCode
    counts: str
    ruled_out: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Dissent:
    """A scorer does not agree with what was agreed on a line, in their own words."""

    line: Line
    words: str


@dataclass(frozen=True, slots=True)
class Misquote:
    """A line on which somebody's own score is not what their sheet says, or was left out. `quoted` None: left out."""

    line: Line
    own: Given
    quoted: Given | None

    @property
    def words(self) -> str:
        """What is wrong, in words."""
        if self.quoted is None:
            return f"{self.line}: your answer ({self.own.words}) was left out"
        return f"{self.line}: you gave {self.own.words}, and you are quoted with {self.quoted.words}"


def ruled_out(ruling: Ruling, held: Mapping[str, Entry]) -> frozenset[str]:
    """The sheets that a ruling puts aside, of those of the person that are `held`, by identity.

    A ruling is about two that do not know of each other: what the sheet that counts follows, and what follows it, stays
    what it is, whatever the ruling names. Where the sheet that counts has not come, nothing is put aside yet.
    """
    counts = held.get(ruling.counts)
    if counts is None:
        return frozenset()
    return frozenset(
        named
        for named in ruling.ruled_out
        if named in held
        and named not in counts.history | {counts.identity}
        and counts.identity not in held[named].history
    )


def given_by(score: Score, person: PersonCode) -> Given:
    """An answer as it is quoted."""
    return Given(person, score.status, score.value)


def misquotes(person: PersonCode, own: Mapping[Line, Score], lines: Iterable[AgreedLine]) -> tuple[Misquote, ...]:
    """Where a person is not quoted with what their own sheet says, line by line. A blank needs no quoting."""
    found = []
    for one in lines:
        quoted = next((each for each in one.given if each.person == person), None)
        held = own.get(one.agreed.line, Score(one.agreed.line))
        said = given_by(held, person)
        if quoted is None and held.status in (ScoreStatus.BLANK, ScoreStatus.RECUSED):
            continue
        if quoted != said:
            found.append(Misquote(one.agreed.line, said, quoted))
    return tuple(found)


def outdated(cited: Iterable[Citation], counts: Mapping[PersonCode, str | None]) -> tuple[PersonCode, ...]:
    """Whose sheet here is not the one that a moderation rests on. `counts`: the sheet of each person that counts here.

    Whoever is cited as absent and has a sheet that counts is among them: their sheet came after all.
    """
    return tuple(sorted(one.person for one in cited if (counts.get(one.person) or "") != one.sheet))


def rests_on(cited: Iterable[Citation], held: Mapping[PersonCode, Mapping[str, Entry]]) -> dict[PersonCode, str]:
    """The sheet of each person that was moderated, of those that moderation which counts cites and that are `held`.

    It stays what is shown of the person when a newer one comes: a sheet that arrives late does not rewrite a meeting. Where
    two chairs rest on different ones, it is the newer; where these do not know of each other, there is none.
    """
    found: dict[PersonCode, set[str]] = {}
    for one in cited:
        if one.sheet in held.get(one.person, {}):
            found.setdefault(one.person, set()).add(one.sheet)
    newest = {
        person: [one for one in sheets if not any(one in held[person][other].history for other in sheets)]
        for person, sheets in found.items()
    }
    return {person: sheets[0] for person, sheets in newest.items() if len(sheets) == 1}


def said_absent(cited: Iterable[Citation]) -> dict[PersonCode, str]:
    """Of whom moderation that counts says that there is no sheet, and why; nobody whose sheet another chair's rests on."""
    told = tuple(cited)
    present = {one.person for one in told if one.sheet}
    return {one.person: one.absent.strip() for one in told if one.absent.strip() and one.person not in present}


def by_whom(
    chairs: Iterable[PersonCode], covered: Mapping[PersonCode, Iterable[tuple[BidderCode, LotCode]]]
) -> dict[tuple[BidderCode, LotCode], PersonCode]:
    """Whose moderation of each bidder and lot counts: the first chair's on the panel's list who moderated it.

    A deputy comes in where those before them are recused and sent nothing. The order in which files came makes no
    difference.
    """
    found: dict[tuple[BidderCode, LotCode], PersonCode] = {}
    for chair in chairs:
        for place in covered.get(chair, ()):
            found.setdefault(place, chair)
    return found


def must_agree(lines: Iterable[AgreedLine], scorers: Iterable[PersonCode], chair: PersonCode) -> frozenset[PersonCode]:
    """Who must agree or dissent before moderation is locked: each scorer who was present on one of its lines.

    Who signed it has said so already.
    """
    present = {person for one in lines for person in one.agreed.present}
    return frozenset(scorers) & present - {chair}


def not_asked(agreed: Iterable[ModeratedScore], told: Iterable[Citation], chair: PersonCode) -> tuple[PersonCode, ...]:
    """The scorers whose sheets moderation rests on, and who were present on none of its lines: their agreement is not asked for.

    That can be right (somebody was ill on the day), and it can be a slip that takes a person's word away: the chair is told.
    """
    present = {person for one in agreed for person in one.present}
    return tuple(sorted(one.person for one in told if one.sheet and one.person not in present | {chair}))
