"""What the first page expects of the officer once the outcome stands."""

from __future__ import annotations

from pathlib import Path

import pytest

import ui_stage
from evalpanel.services import letters, setup
from evalpanel.services.workspace import Workspace
from evalpanel.ui.expected import Expected, expected
from evalpanel.ui.places import me


def of_officer(space: Workspace) -> Expected:
    view = setup.view(space, ui_stage.REFERENCE)
    return expected(view, me(view, "OF1"))


@pytest.mark.parametrize(
    ("stage", "place", "step"),
    [("outcome", "outcome", "See to the decision"), ("decided", "letters", "See to the letters")],
)
def test_officer_is_led_to_the_decision_before_the_letters(stage: str, place: str, step: str, tmp_path: Path) -> None:
    with ui_stage.at(stage, tmp_path) as space:
        assert (of_officer(space).place, of_officer(space).step) == (place, step)


def test_officer_is_led_to_sending_once_every_letter_is_signed(tmp_path: Path) -> None:
    with ui_stage.at("decided", tmp_path / "profile") as space:
        letters.letters(space, ui_stage.REFERENCE, tmp_path / "out", person="OF1")
        assert (of_officer(space).place, of_officer(space).step) == ("feedback", "Go on to sending")
