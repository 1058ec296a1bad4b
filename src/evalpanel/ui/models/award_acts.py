"""What is typed after the award, done: days are read, and the right journey is called. Nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evalpanel.errors import EvalPanelError
from evalpanel.services import publishing
from evalpanel.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants recorded, as typed: the act, the day, who, why, the number of the notice, the lot, proclaimed days.

    `stands` says why a notice stands that does not fit the letters.
    `standstill` is what is ticked: that the notice announces one, or, about letters, that not every letter goes by electronic means.
    """

    act: str
    day: str
    who: str
    why: str
    number: str
    standstill: bool
    lot: str = ""
    proclaimed: str = ""
    stands: str = ""


def typed_day(text: str) -> date:
    """A day as it was typed, `2026-11-03` or `3/11/2026`."""
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.strip().split("/"))
            return date(year, month, day)
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise EvalPanelError(
            f"“{text}” is no day." if text.strip() else "The day is missing.",
            "Nothing was changed. Write it as 2026-11-03.",
        ) from error


def typed_days(text: str) -> tuple[tuple[date, str], ...]:
    """Bank holidays as they were typed: `2026-11-09=Day of mourning`, several parted by a semicolon."""
    pairs = (one.partition("=") for one in text.split(";") if one.strip())
    return tuple((typed_day(day), name) for day, _, name in pairs)


def record_asked(space: Workspace, tender: str, asked: Asked, person: str | None) -> None:
    """Record what was asked for. Raises `EvalPanelError` in the words of the journey that refuses it."""
    match asked.act:
        case "letters":
            publishing.say_letter_days(
                space,
                tender,
                proclaimed=typed_days(asked.proclaimed),
                by_post=asked.standstill,
                again=asked.why,
                person=person,
            )
        case "notice":
            publishing.publish(
                space,
                tender,
                published=typed_day(asked.day) if asked.day.strip() else None,
                notice_id=asked.number,
                standstill=asked.standstill,
                proclaimed=typed_days(asked.proclaimed),
                again=asked.why,
                stands=asked.stands,
                person=person,
            )
        case "contract":
            publishing.sign(space, tender, signed=typed_day(asked.day), lot=asked.lot.strip() or None, person=person)
        case "challenge":
            publishing.challenge_notified(
                space, tender, who=asked.who, why=asked.why, on=typed_day(asked.day), person=person
            )
        case "hold":
            publishing.hold(space, tender, who=asked.who, why=asked.why, person=person)
        case _:
            publishing.close(space, tender, person=person)
