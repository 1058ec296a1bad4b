"""What bidders say about the process is read as they said it, and counted by question."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evalpanel.domain.process_feedback import (
    MOST_WORDS,
    Answers,
    AnswersRead,
    FeedbackForm,
    ProcessStage,
    QuestionKind,
    parse_form,
    refuse_empty,
    tallied,
    understood,
)
from evalpanel.errors import EvalPanelError
from evalpanel.system.resources import resource


def shipped() -> FeedbackForm:
    return parse_form(tomllib.loads(resource("feedback", "questions.toml").read_text(encoding="utf-8")))


FORM = shipped()
FIRST = FORM.questions[0]


def test_form_that_travels_with_the_program_asks_about_every_stage_and_never_about_the_bid() -> None:
    stages = [one.stage for one in FORM.questions]
    assert list(dict.fromkeys(stages)) == list(ProcessStage)
    assert {one.kind for one in FORM.questions} == set(QuestionKind)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"version": 0}, "`version` must be a whole number"),
        ({"scale": ["Yes"]}, "at least two levels"),
        ({"scale": ["Yes", "Yes"]}, "at least two levels"),
        ({"questions": []}, "`questions` must be a list of tables"),
        ({"mood": "good"}, "`mood`"),
    ],
)
def test_file_of_the_form_is_refused_with_what_is_wrong(change: dict[str, object], says: str) -> None:
    held = tomllib.loads(resource("feedback", "questions.toml").read_text(encoding="utf-8"))
    with pytest.raises(EvalPanelError, match=says):
        parse_form({**held, **change})


def test_two_questions_cannot_share_a_code() -> None:
    held = tomllib.loads(resource("feedback", "questions.toml").read_text(encoding="utf-8"))
    held["questions"][1]["code"] = held["questions"][0]["code"]
    with pytest.raises(EvalPanelError, match="two questions have the code `found`"):
        parse_form(held)


def test_answers_are_read_and_what_is_none_is_told() -> None:
    fields = {
        "found": " Mostly ",
        "clear": "Purple",
        "asked": "Yes",
        "keep": "The plain\r\nwords.\x00",
        "change": "x" * (MOST_WORDS + 1),
        "unknown": "1",
    }
    read = understood(FORM, fields)
    assert read.answers.given == (
        ("found", "Mostly"),
        ("asked", "Yes"),
        ("keep", "The plain\nwords."),
        ("change", "x" * MOST_WORDS),
    )
    assert len(read.notes) == 3
    assert read.notes[-1] == "1 field that this form does not have was left out."


@given(some.dictionaries(some.sampled_from([one.code for one in FORM.questions]) | some.text(), some.text()))
def test_any_fields_are_read_and_what_is_kept_could_be_answered(fields: dict[str, str]) -> None:
    read = understood(FORM, fields)
    for code, text in read.answers.given:
        (question,) = [one for one in FORM.questions if one.code == code]
        assert text in FORM.choices(question) or question.kind is QuestionKind.WORDS
        assert 0 < len(text) <= MOST_WORDS and all(mark == "\n" or mark.isprintable() for mark in text)
    assert understood(FORM, dict(read.answers.given)) == AnswersRead(read.answers, ())


def test_form_without_an_answer_is_refused() -> None:
    with pytest.raises(EvalPanelError, match="Nothing is filled in"):
        refuse_empty(understood(FORM, {"found": "  "}))


def test_every_form_is_counted_once_for_every_question() -> None:
    every = [Answers((("found", "Mostly"), ("keep", "Pictures."))), Answers((("found", "Mostly"),)), Answers(())]
    found = {one.question.code: one for one in tallied(FORM, every)}
    assert found["found"].counts == (("Not at all", 0), ("A little", 0), ("Mostly", 2), ("Completely", 0))
    assert (found["found"].blank, found["keep"].words, found["keep"].blank) == (1, ("Pictures.",), 2)
    assert found["asked"].counts == (("Yes", 0), ("No", 0))


@given(some.lists(some.sampled_from(["Not at all", "A little", "Mostly", "Completely", None]), max_size=30))
def test_counts_and_blanks_add_up_to_the_forms(answers: list[str | None]) -> None:
    every = [Answers(() if one is None else ((FIRST.code, one),)) for one in answers]
    found = tallied(replace(FORM, questions=(FIRST,)), every)[0]
    assert sum(count for _, count in found.counts) + found.blank == len(answers)
