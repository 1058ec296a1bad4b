"""The process review: what bidders said about a procurement, what the authority learned from it, and what it did.

It names no bidder and no person, and nothing of it is about a bid, so that it can be shared with the sector.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from evalpanel.domain.lessons import Lesson, Registered, in_order
from evalpanel.domain.letter import Block, Column, Facts, Paragraph, Row, Section, Table, Tone
from evalpanel.domain.numbers import canonical, round_half_up
from evalpanel.domain.process_feedback import ProcessStage, Tally

FEW_FORMS = 3
"""With fewer forms than this the answers of one could be guessed, so none are shown."""


@dataclass(frozen=True, slots=True)
class ProcessReview:
    """The document, before it is laid out."""

    title: str
    reference: str
    authority: str
    facts: Facts
    sections: tuple[Section, ...]
    language: str = "en-GB"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a review of one tender is made from: how many letters went out, the forms that came back, the lessons."""

    reference: str
    title: str
    authority: str
    letters: int
    forms: int
    tallies: Sequence[Tally]
    lessons: Sequence[Lesson]


def review(held: Reviewed, *, made_on: date) -> ProcessReview:
    """The review of one tender as it stands."""
    facts = Facts(
        (
            ("Reference", held.reference),
            ("Tender", held.title),
            ("Made on", _day(made_on)),
            ("Letters sent", str(held.letters)),
            ("Forms that came back", str(held.forms)),
        )
    )
    return ProcessReview(
        "Process review",
        held.reference,
        held.authority,
        facts,
        (
            Section("What this is", (Paragraph(_ABOUT),)),
            *_answers(held),
            Section("You said, we did", _said_and_done(held.lessons)),
        ),
    )


def register(every: Sequence[Registered], authority: str, *, made_on: date) -> ProcessReview:
    """The register over all tenders: what was said, and what was done about it."""
    open_ones = sum(one.lesson.is_open for one in every)
    facts = Facts(
        (
            ("Made on", _day(made_on)),
            ("Tenders", str(len({one.reference for one in every}))),
            ("Lessons", str(len(every))),
            ("Still open", str(open_ones)),
        )
    )
    sections = [Section("What this is", (Paragraph(_ABOUT_REGISTER),))]
    for stage in ProcessStage:
        rows = [
            (f"{one.reference}\n{one.lesson.voice.words}", one.lesson) for one in every if one.lesson.stage is stage
        ]
        if rows:
            sections.append(Section(stage.words, (_table(f"You said, we did: {stage.words}", "Tender", rows),)))
    if not every:
        sections.append(Section("You said, we did", (Paragraph("No lesson has been recorded yet."),)))
    return ProcessReview("You said, we did", "Register of lessons", authority, facts, tuple(sections))


_ABOUT = (
    "Everybody who bid was asked how the process was for them, with a form that does not say who filled it in. This review "
    "shows what they answered, what the panel and others said, and what the authority does about it. It names nobody and says "
    "nothing about any bid."
)
_ABOUT_REGISTER = (
    "What bidders, panels and people who use services said about tenders, and what was done about it. It names nobody and says "
    "nothing about any bid."
)


def _answers(held: Reviewed) -> Iterator[Section]:
    if held.forms < FEW_FORMS:
        came = {0: "No form has come back yet.", 1: "One form has come back."}.get(
            held.forms, f"{held.forms} forms have come back."
        )
        few = f" With fewer than {FEW_FORMS} the answers of one bidder could be guessed, so none are shown here."
        yield Section("What bidders answered", (Paragraph(came + (few if held.forms else "")),))
        return
    for stage in ProcessStage:
        blocks = [block for one in held.tallies if one.question.stage is stage for block in _blocks(one)]
        if blocks:
            yield Section(f"What bidders answered: {stage.words}", tuple(blocks))


def _blocks(one: Tally) -> Iterator[Block]:
    if one.question.code == "name":
        return  # who wants an answer gets one; a review names nobody
    if not one.counts:
        yield Paragraph(one.question.text, Tone.LABEL)
        if not one.words:
            yield Paragraph("Nobody wrote anything here.")
        for words in one.words:
            yield Paragraph(f"“{words}”")
        return
    given = sum(count for _, count in one.counts)
    rows = tuple(Row((choice, str(count), _share(count, given))) for choice, count in one.counts)
    blank = (Row(("Left blank", str(one.blank), "")),) if one.blank else ()
    yield Table(
        one.question.text,
        (Column(one.question.text, 6), Column("Forms", 1, numeric=True), Column("Share", 1, numeric=True)),
        (*rows, *blank),
    )


def _share(count: int, given: int) -> str:
    return f"{canonical(round_half_up(Fraction(100 * count, given), 0))} %" if given else ""


def _said_and_done(lessons: Sequence[Lesson]) -> tuple[Block, ...]:
    if not lessons:
        return (Paragraph("No lesson has been recorded yet."),)
    rows = [
        (f"{one.stage.words}{f', criterion {one.criterion}' if one.criterion else ''}\n{one.voice.words}", one)
        for one in in_order(lessons)
    ]
    return (_table("You said, we did", "About", rows),)


def _table(title: str, first: str, rows: Sequence[tuple[str, Lesson]]) -> Table:
    return Table(
        title,
        (Column(first, 3), Column("You said", 5), Column("We did", 5)),
        tuple(Row((about, one.said, _done(one))) for about, one in rows),
    )


def _done(lesson: Lesson) -> str:
    if lesson.is_open:
        return "Not decided yet."
    return "\n".join(
        f"{'We will not change this. ' if one.unchanged else ''}{one.did} ({_day(one.on)})" for one in lesson.done
    )


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"
