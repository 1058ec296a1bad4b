"""The sentences of letters: what a wording may hold, must hold, and how one is laid over another."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

import letter_examples as ex
from evalpanel.domain.letter_wording import LetterKind, WordingProblem, merged, parse_wording, problems
from evalpanel.domain.tender import RegimeCode
from evalpanel.errors import EvalPanelError
from evalpanel.services.wordings import shipped


def whole(name: str = "pa2023") -> dict[str, Any]:
    return deepcopy(dict(shipped(name)))


@pytest.mark.parametrize("code", list(RegimeCode))
def test_the_wording_of_every_regime_is_whole(code: RegimeCode) -> None:
    held = parse_wording(shipped(ex.regime(code.value).wording))
    assert set(held.kinds) == set(LetterKind)


@pytest.mark.parametrize("sentence", ["{tender.title}", "{bidder!r}", "{nobody}", "{", "{0}", "{}", "{bidder:>99}"])
def test_a_place_that_no_letter_fills_is_a_problem(sentence: str) -> None:
    held = whole()
    held["texts"]["closing"] = sentence
    assert [one.path for one in problems(held)] == [("texts", "closing")]
    with pytest.raises(EvalPanelError, match=r"texts\.closing"):
        parse_wording(held)


def test_every_problem_is_told_with_its_place() -> None:
    held = whole()
    held["texts"]["salutation"] = "To whom it may concern,"
    del held["texts"]["closing"]
    held["texts"]["clossing"] = "Yours"
    held["kinds"]["winner"]["meaning"] = ["No more than this."]
    held["kinds"]["late"]["title"] = 7
    del held["kinds"]["withdrawn"]
    del held["rounding"]
    assert problems(held) == (
        WordingProblem(("kinds", "winner", "meaning"), "the place {standstill} is missing, and letters must say it"),
        WordingProblem(("kinds", "late", "title"), "this must be a sentence"),
        WordingProblem(("kinds", "withdrawn"), "this kind of letter is missing"),
        WordingProblem(("rounding",), "the table is missing"),
        WordingProblem(("texts", "clossing"), "the program does not know this"),
        WordingProblem(("texts", "salutation"), "the place {bidder} is missing, and letters must say it"),
        WordingProblem(("texts", "closing"), "the sentence is missing"),
    )


def test_a_wording_laid_over_another_says_the_rest_as_the_other_does() -> None:
    base = {"texts": {"closing": "For {authority}", "evidence": "Evidence:"}, "rounding": {"once": "Once."}}
    own = {"based_on": "common", "texts": {"closing": "Yours, {authority}"}}
    assert merged(base, own) == {
        "texts": {"closing": "Yours, {authority}", "evidence": "Evidence:"},
        "rounding": {"once": "Once."},
    }
