"""What a disclosure copy leaves out, and why."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import make
from evalpanel.domain.bid_record import Entry
from evalpanel.domain.people import MemberKind, PanelMember, Role
from evalpanel.domain.redactions import WORDS, Reason, Redactor, neutral_codes
from evalpanel.domain.tender import PersonCode

PACK = make.pack()
BID = next(one for one in PACK.bids if one.bid == "B02")


def member(code: str, kind: MemberKind | None = None, name: str = "Robin Vale") -> PanelMember:
    return PanelMember(PersonCode(code), name, (Role.PANEL_MEMBER,), kind=kind)


def looked(name: str, value: object, *, notes: bool = False) -> tuple[Reason | None, object]:
    found = Redactor(PACK, BID, working_notes=notes).look(1, Entry(name, value))
    if found is None:
        return None, value
    return found.why, json.loads(found.instead) if found.instead else None


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (
            "answers/1/rationale",
            "It says how young people are reached.",
            (None, "It says how young people are reached."),
        ),
        ("answers/1/rationale", "Better than HARBOUR  Young\nCarers.", (Reason.RIVAL, "Better than [left out].")),
        ("answers/1/rationale", "B01 says more, B02 less.", (Reason.RIVAL, "[left out] says more, B02 less.")),
        ("answers/1/rationale", "B011 and XB01 are no codes.", (None, "B011 and XB01 are no codes.")),
        ("answers/1/rationale", "Pim thought so.", (None, "Pim thought so.")),
        ("answers/1/rationale", "As Moss said, moss grows.", (Reason.NAME, "As [left out] said, moss grows.")),
        ("award/1", {"bids": ["B01"], "lot": "L1"}, (Reason.RIVAL, {"bids": ["[left out]"], "lot": "L1"})),
        ("people/1/name", "Pim Moss", (Reason.NAME, None)),
        ("people/1/kind", "young", (Reason.PROTECTED, None)),
        ("people/1/person", "PM1", (None, "PM1")),
        ("answers/1/working_note", "Ask again.", (Reason.NOTE, None)),
        ("declarations/1/about", "My sister works there.", (Reason.PRIVATE, None)),
        ("absences/1/reason", "She is ill.", (Reason.PRIVATE, None)),
        ("statements/1", {"kind": "scoresheet"}, (Reason.WHOLE, None)),
        ("envelopes/1", {"identity": "AGE-SECRET-KEY-1"}, (Reason.WHOLE, None)),
    ],
)
def test_entry_is_left_out_for_what_it_would_tell(
    name: str, value: object, expected: tuple[Reason | None, object]
) -> None:
    assert looked(name, value) == expected


def test_working_note_stays_when_it_is_disclosed_and_still_names_nobody() -> None:
    assert looked("answers/1/working_note", "Ask again.", notes=True) == (None, "Ask again.")
    assert looked("answers/1/working_note", "Ask Pim Moss.", notes=True) == (Reason.NAME, "Ask [left out].")


@pytest.mark.parametrize(
    ("panel", "expected"),
    [
        ((member("PM1"), member("PM2", MemberKind.YOUNG)), {}),
        (
            (member("PM1"), member("YP1", MemberKind.YOUNG), member("SU1", MemberKind.USER)),
            {"YP1": "PM2", "SU1": "PM3"},
        ),
        ((member("YP1", MemberKind.YOUNG), member("YP2", MemberKind.YOUNG)), {"YP1": "PM1", "YP2": "PM2"}),
        ((member("PM1", MemberKind.TSO), member("pm2"), member("YP", MemberKind.YOUNG)), {"YP": "PM3"}),
    ],
)
def test_code_that_tells_what_somebody_is_gets_a_neutral_one(
    panel: tuple[PanelMember, ...], expected: dict[str, str]
) -> None:
    assert neutral_codes(panel) == expected


def test_neutral_code_stands_wherever_the_code_stood() -> None:
    panel = (*PACK.panel, member("YP1", MemberKind.YOUNG, "Ash"))
    redactor = Redactor(replace(PACK, panel=panel), BID, working_notes=False)
    for name, value, instead in (
        ("answers/1/person", "YP1", "PM3"),
        ("agreed/1/present", ["CH1", "YP1"], ["CH1", "PM3"]),
        ("answers/1/rationale", "YP1 saw it.", "PM3 saw it."),
    ):
        found = redactor.look(7, Entry(name, value))
        assert found is not None
        assert (found.entry, found.why, json.loads(found.instead)) == (7, Reason.PROTECTED, instead)


def test_every_reason_has_its_words() -> None:
    assert set(WORDS) == set(Reason)
