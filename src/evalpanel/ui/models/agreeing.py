"""What the chair sent as agreed, beside what the person at the laptop gave, and how they agree or do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalpanel.domain.carried import AgreedLine, Misquote
from evalpanel.domain.numbers import canonical
from evalpanel.domain.sheets import Line
from evalpanel.services.assents import Assented, ModerationHere
from evalpanel.ui.models import words
from evalpanel.ui.models.carry_words import SAFE
from evalpanel.ui.widgets import mark

IF_NOT = "If you do not agree on this line, say why, in your own words. Else leave it empty."
INTERIM = "The chair has not finished, so there is nothing to answer yet. You can read how far it is."


@dataclass(frozen=True, slots=True)
class AgreedRow:
    """One line of the list: a shape, the line with its levels, and the reasons."""

    line: Line
    mark: str
    heading: str
    text: str


def rows(here: Sequence[ModerationHere], person: str, dissents: Mapping[Line, str]) -> tuple[AgreedRow, ...]:
    """Every line that can be read here; those on which the person is quoted wrongly first."""
    found = [(one, {each.line: each for each in sent.wrong}) for sent in here for one in sent.lines]
    lines = [_row(one, person, wrong.get(one.agreed.line), dissents) for one, wrong in found]
    return tuple(sorted(lines, key=lambda row: row.mark != mark.INTEREST))


def about(here: Sequence[ModerationHere]) -> str:
    """What came, in a sentence."""
    if not here:
        return "None have come to this laptop yet."
    parts = [f"{words.count(len(one.lines), 'line')} from {one.chair}" for one in here]
    shut = sum(one.shut for one in here)
    if shut:
        parts.append(f"{words.count(shut, 'bid')} you are kept out of")
    return f"{words.together(parts)}. Read what was agreed, then say whether you agree."


def button(dissents: int) -> str:
    """The words of the next step."""
    return (
        f"Write my answer, with {words.count(dissents, 'line')} I do not agree on…"
        if dissents
        else "I agree: write my answer…"
    )


def why_not_yet(here: Sequence[ModerationHere], dissents: Mapping[Line, str]) -> str:
    """Why nothing can be answered yet; empty where it can."""
    if not any(one.is_final for one in here):
        return INTERIM
    unsaid = [each for one in here if one.is_final for each in one.wrong if each.line not in dissents]
    if unsaid:
        return f"On {words.count(len(unsaid), 'line')} you are not quoted with what you gave. Say so there, or ask the chair."
    if any(one.sheet_left_out for one in here if one.is_final) and not dissents:
        return (
            "It does not rest on your newest sheet. Carry your sheet to the chair again, or say where you do not agree."
        )
    return ""


def written(made: Sequence[Assented]) -> str:
    """The answer is written."""
    whom = words.together(dict.fromkeys(one.chair for one in made))
    said = "that you agree" if all(one.agrees for one in made) else "where you do not agree"
    return f"Your answer is written: it says {said}. Carry it to {whom} and the officer. {SAFE}"


def _row(one: AgreedLine, person: str, wrong: Misquote | None, dissents: Mapping[Line, str]) -> AgreedRow:
    line = one.agreed.line
    own = next((each for each in one.given if each.person == person), None)
    level = canonical(one.agreed.value) if one.agreed.value is not None else "explained, not scored"
    heading = f"{line.bid} · {line.criterion} · agreed {level}"
    if wrong is not None:
        shape, heading = mark.INTEREST, f"{heading} · you gave {wrong.own.words}, and it says otherwise"
    elif line in dissents:
        shape, heading = mark.OUT, f"{heading} · you do not agree"
    else:
        same = own is None or own.value == one.agreed.value
        shape = mark.DONE if same else mark.NOTE
        heading += f" · you gave {own.words}" if own is not None else ""
    return AgreedRow(line, shape, heading, one.agreed.reasons)
