"""What a commissioner learns from a tender, and what was done about it: “you said, we did”.

A lesson is kept apart from the evaluation: it is about the authority's own work and nothing in it touches a bid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from evalpanel.domain.process_feedback import ProcessStage
from evalpanel.domain.tender import CriterionCode
from evalpanel.errors import EvalPanelError


class Voice(StrEnum):
    """Who said it."""

    BIDDERS = "bidders"
    PANEL = "panel"
    USERS = "users"
    OFFICER = "officer"

    @property
    def words(self) -> str:
        """The voice as a report names it."""
        return {
            Voice.BIDDERS: "Bidders",
            Voice.PANEL: "The panel",
            Voice.USERS: "Young people and service users",
            Voice.OFFICER: "The officer",
        }[self]


@dataclass(frozen=True, slots=True)
class Done:
    """What was done about a lesson, when it was decided, and who says so. `unchanged`: it was decided to change nothing."""

    did: str
    on: date
    by: str
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson of a tender: what was said, by which voice, about which stage and perhaps which criterion.

    `done` are what became of it, oldest first; an empty one is still open.
    """

    number: int
    stage: ProcessStage
    voice: Voice
    said: str
    criterion: CriterionCode | None = None
    done: tuple[Done, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet what is done about it."""
        return not self.done


@dataclass(frozen=True, slots=True)
class Registered:
    """A lesson in the register over all tenders of a profile."""

    reference: str
    title: str
    lesson: Lesson


def checked_words(text: str, what: str) -> str:
    """The words of a lesson, without white space round them. Raises `EvalPanelError` where there are none, or too many."""
    held = text.strip()
    if not held:
        raise EvalPanelError(f"{what} has no words.", "Nothing was recorded.")
    if len(held) > 4000:
        raise EvalPanelError(f"{what} is longer than 4,000 characters.", "Nothing was recorded. Say it shorter.")
    return held


def in_order(lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """Lessons in the order in which a bidder meets the stages; within a stage as they were recorded."""
    order = list(ProcessStage)
    return tuple(sorted(lessons, key=lambda one: (order.index(one.stage), one.number)))
