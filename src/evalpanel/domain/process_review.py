"""The process review: what bidders said about a procurement, what the authority learned from it, and what it did.

It names no bidder and no person, and nothing of it is about a bid, so that it can be shared with the sector.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from evalpanel.domain.lessons import Lesson, Registered, in_order
from evalpanel.domain.letter import Block, Column, Facts, Items, Paragraph, Row, Section, Table, Tone
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
    """What a review of one tender is made from: how many letters went out, the forms that came back, the lessons.

    `names` are the organisations and people of the tender: an answer that names one of them is not quoted.
    """

    reference: str
    title: str
    authority: str
    letters: int
    forms: int
    tallies: Sequence[Tally]
    lessons: Sequence[Lesson]
    names: Sequence[str] = ()


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
    if every:
        sections.append(Section("The tenders", (_tenders(every),)))
    for stage in ProcessStage:
        rows = [
            (f"{one.reference}\n{one.lesson.voice.words}", one.lesson) for one in every if one.lesson.stage is stage
        ]
        if rows:
            sections.append(Section(stage.words, (_table(f"You said, we did: {stage.words}", "Tender", rows),)))
    if not every:
        sections.append(Section("You said, we did", (Paragraph("No lesson has been recorded yet."),)))
    return ProcessReview("You said, we did", "Register of lessons", authority, facts, tuple(sections))


def _tenders(every: Sequence[Registered]) -> Table:
    held: dict[str, list[Registered]] = {}
    for one in every:
        held.setdefault(one.reference, []).append(one)
    rows = tuple(
        Row((reference, own[0].title, str(len(own)), str(sum(one.lesson.is_open for one in own))))
        for reference, own in held.items()
    )
    columns = (
        Column("Tender", 24),
        Column("What it is about", 48),
        Column("Lessons", 14, numeric=True),
        Column("Still open", 14, numeric=True),
    )
    return Table("The tenders that the lessons come from", columns, rows)


_ABOUT = (
    "Everybody who bid was asked how the process was for them, with a form that does not say who filled it in. This review "
    "shows what they answered, what the panel and others said, and what the authority does about it. It says of no answer whose it is. "
    "Answers in words are quoted as they were written; those that name a bidder or somebody of the panel are left out."
)
_ABOUT_REGISTER = (
    "What bidders, panels and people who use services said about tenders, and what was done about it. It is "
    "about how tenders are run, and about no bid."
)
_NAME = "name"
"""The question who would like an answer: whoever wants one gets one, and a review tells it to nobody."""


def _answers(held: Reviewed) -> Iterator[Section]:
    if held.forms < FEW_FORMS:
        came = {0: "No form has come back yet.", 1: "One form has come back."}.get(
            held.forms, f"{held.forms} forms have come back."
        )
        few = f" With fewer than {FEW_FORMS} the answers of one bidder could be guessed, so none are shown here."
        yield Section("What bidders answered", (Paragraph(came + (few if held.forms else "")),))
        return
    choices = dict.fromkeys(tuple(choice for choice, _ in one.counts) for one in held.tallies if one.counts)
    blocks: list[Block] = [
        Paragraph(
            f"{held.forms} forms came back. The tables show how many of them gave each answer, and the share of those that answered."
        )
    ]
    blocks += [_counted(held.tallies, which) for which in choices]
    yield Section("What bidders answered", tuple(blocks))
    written = [one for one in held.tallies if not one.counts and one.question.code != _NAME]
    if written:
        yield Section("In their own words", tuple(block for one in written for block in _written(one, held.names)))


def _counted(tallies: Sequence[Tally], choices: tuple[str, ...]) -> Table:
    """All questions with the same choices: a row a question, a column a choice."""
    own = [one for one in tallies if tuple(choice for choice, _ in one.counts) == choices]
    blank = any(one.blank for one in own)
    heads = (*choices, "No answer") if blank else choices
    columns = (
        Column("Question", 100 - 11 * len(heads)),
        *(Column(head, 11, numeric=True) for head in heads),
    )
    return Table(
        f"How often each question was answered with {', '.join(choices)}",
        columns,
        tuple(_row(one, blank=blank) for one in own),
    )


def _row(one: Tally, *, blank: bool) -> Row:
    given = sum(count for _, count in one.counts)
    cells = tuple(f"{count}\n{_share(count, given)}" if count else "0" for _, count in one.counts)
    return Row((one.question.text, *cells, str(one.blank)) if blank else (one.question.text, *cells))


def _written(one: Tally, names: Sequence[str]) -> Iterator[Block]:
    yield Paragraph(one.question.text, Tone.LABEL)
    if not one.words:
        yield Paragraph("Nobody wrote anything here.")
        return
    quoted = [words for words in one.words if not _names(words, names)]
    if quoted:
        yield Items(tuple(f"“{words}”" for words in quoted))
    left_out = len(one.words) - len(quoted)
    if left_out:
        many = "1 answer is" if left_out == 1 else f"{left_out} answers are"
        yield Paragraph(
            f"{many} not quoted, because it would name somebody who takes part."
            if left_out == 1
            else f"{many} not quoted, because they would name somebody who takes part.",
            Tone.ASIDE,
        )


def _names(words: str, names: Sequence[str]) -> bool:
    """Whether an answer names an organisation or a person of the tender: in any case, and however it is spaced."""
    said = " ".join(words.casefold().split())
    return any(
        re.search(rf"(?<!\w){re.escape(' '.join(name.casefold().split()))}(?!\w)", said)
        for name in names
        if name.strip()
    )


def _share(count: int, given: int) -> str:
    return f"{canonical(round_half_up(Fraction(100 * count, given), 0))} %"


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
        (Column(first, 26), Column("You said", 37), Column("We did", 37)),
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
