"""What bidders are asked about the process, and what they answered: feedback the other way.

The form goes to every bidder with the letter. It asks about the process and never about the bid, does not say who
filled it in, and plays no part in any decision.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evalpanel.domain.regimes import Table
from evalpanel.errors import EvalPanelError

MOST_WORDS = 4000
"""How many characters of an answer in words are kept."""
_CODE = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
_YES_NO = ("Yes", "No")


class ProcessStage(StrEnum):
    """The part of a procurement that a question or a lesson is about, in the order in which a bidder meets them."""

    NOTICE = "notice"
    DOCUMENTS = "documents"
    TIME = "time"
    CLARIFICATION = "clarification"
    RESPONSE = "response"
    PRICE = "price"
    ASSESSMENT = "assessment"
    LETTER = "letter"
    OVERALL = "overall"

    @property
    def words(self) -> str:
        """The stage as people say it."""
        return _STAGES[self]


_STAGES = {
    ProcessStage.NOTICE: "Finding out about it",
    ProcessStage.DOCUMENTS: "The documents",
    ProcessStage.TIME: "Time",
    ProcessStage.CLARIFICATION: "Questions and answers",
    ProcessStage.RESPONSE: "Writing the bid",
    ProcessStage.PRICE: "Price and costs",
    ProcessStage.ASSESSMENT: "Assessment",
    ProcessStage.LETTER: "The letter",
    ProcessStage.OVERALL: "Overall",
}


class QuestionKind(StrEnum):
    """How a question is answered: a level of the form's scale, yes or no, or words of one's own."""

    SCALE = "scale"
    YES_NO = "yes-no"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Its `code` stays with it for good: answers of all tenders are counted under it."""

    code: str
    stage: ProcessStage
    kind: QuestionKind
    text: str


@dataclass(frozen=True, slots=True)
class FeedbackForm:
    """The form about the process: its words, the levels of its scale (lowest first), and its questions in order."""

    version: int
    title: str
    intro: str
    privacy: str
    back: str
    scale: tuple[str, ...]
    questions: tuple[Question, ...]

    def choices(self, question: Question) -> tuple[str, ...]:
        """What can be chosen for a question; nothing where it is answered in words."""
        return {QuestionKind.SCALE: self.scale, QuestionKind.YES_NO: _YES_NO, QuestionKind.WORDS: ()}[question.kind]


@dataclass(frozen=True, slots=True)
class Answers:
    """What one filled form says: question code → the choice, or the words. A question left blank is not in it."""

    given: tuple[tuple[str, str], ...]

    def get(self, code: str) -> str | None:
        """The answer to a question, or None where it was left blank."""
        return dict(self.given).get(code)


@dataclass(frozen=True, slots=True)
class AnswersRead:
    """The answers of a form that came back, and what could not be used of it, a sentence each."""

    answers: Answers
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each choice was given to a question, how many left it blank, and what was written."""

    question: Question
    counts: tuple[tuple[str, int], ...]
    blank: int
    words: tuple[str, ...]


def parse_form(mapping: Mapping[str, object]) -> FeedbackForm:
    """The form that the contents of a TOML file stand for. Raises `EvalPanelError` naming what is wrong in it."""
    table = Table(mapping, "The file of the feedback form")
    form = FeedbackForm(
        version=table.number("version"),
        title=table.text("title"),
        intro=table.text("intro"),
        privacy=table.text("privacy"),
        back=table.text("back"),
        scale=table.texts("scale"),
        questions=tuple(_question(one) for one in table.tables("questions")),
    )
    table.nothing_else()
    codes = [one.code for one in form.questions]
    for code in codes:
        if codes.count(code) > 1:
            raise table.wrong(f"two questions have the code `{code}`")
    if len(form.scale) < 2 or len(set(form.scale)) != len(form.scale):
        raise table.wrong("`scale` must hold at least two levels, each once")
    return form


def _question(table: Table) -> Question:
    code = table.text("code")
    if not _CODE.match(code):
        raise table.wrong(f"`{code}` cannot be the code of a question: small letters, digits and hyphens")
    try:
        stage, kind = ProcessStage(table.text("stage")), QuestionKind(table.text("kind"))
    except ValueError as error:
        raise table.wrong(f"the stage or kind of question `{code}` is not known") from error
    question = Question(code, stage, kind, table.text("text"))
    table.nothing_else()
    return question


def understood(form: FeedbackForm, fields: Mapping[str, str]) -> AnswersRead:
    """What the fields of a filled form answer. What is no answer is told in `notes`, and the rest is kept.

    White space round an answer is no part of it, and control characters are left out. Words are cut at `MOST_WORDS`.
    """
    given: list[tuple[str, str]] = []
    notes: list[str] = []
    known = {one.code for one in form.questions}
    for question in form.questions:
        text = _clean(fields.get(question.code, ""))
        if not text:
            continue
        choices = form.choices(question)
        if choices and text not in choices:
            notes.append(f"“{question.text}” was answered with something that could not be chosen; left out.")
        elif len(text) > MOST_WORDS:
            notes.append(f"The answer to “{question.text}” was cut after {MOST_WORDS} characters.")
            given.append((question.code, text[:MOST_WORDS]))
        else:
            given.append((question.code, text))
    strangers = sum(1 for code in fields if code not in known)
    if strangers:
        notes.append(
            f"{strangers} {'field' if strangers == 1 else 'fields'} that this form does not have "
            f"{'was' if strangers == 1 else 'were'} left out."
        )
    return AnswersRead(Answers(tuple(given)), tuple(notes))


def _clean(text: str) -> str:
    return "".join(
        mark for mark in text.replace("\r\n", "\n").replace("\r", "\n") if mark == "\n" or mark.isprintable()
    ).strip()


def tallied(form: FeedbackForm, every: Sequence[Answers]) -> tuple[Tally, ...]:
    """How a question was answered over all forms, question by question in the order of the form."""
    return tuple(_tally(form, question, [one.get(question.code) for one in every]) for question in form.questions)


def _tally(form: FeedbackForm, question: Question, answers: Iterable[str | None]) -> Tally:
    held = list(answers)
    given = [one for one in held if one is not None]
    choices = form.choices(question)
    return Tally(
        question,
        tuple((choice, given.count(choice)) for choice in choices),
        len(held) - len(given),
        () if choices else tuple(given),
    )


def refuse_empty(read: AnswersRead) -> None:
    """Raise `EvalPanelError` for a form in which nothing is answered: there is nothing to keep."""
    if not read.answers.given:
        raise EvalPanelError("Nothing is filled in on this form.", "It was not kept. Ask for the filled copy.")
