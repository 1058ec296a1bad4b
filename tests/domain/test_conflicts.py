"""The conflicts assessment says who declared what, what was decided and why, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

import make
from evalpanel.domain.conflicts import ConflictsAssessment, Register, assessment
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import (
    Affirmation,
    Decision,
    DecisionOutcome,
    Declaration,
    DeclarationOutcome,
    InterestKind,
    Scope,
    interests_of,
    organisations,
)
from evalpanel.domain.letter import Facts, Paragraph, Table
from evalpanel.domain.people import PanelMember
from evalpanel.domain.tender import BidderCode, PersonCode, RegimeCode

WHEN = datetime(2026, 9, 21, 23, 30, tzinfo=UTC)  # the 22nd in the United Kingdom
SECRET = "My ex-husband runs its kitchen."
PACK = make.pack()


def line(person: str, kind: InterestKind, about: str) -> Declaration:
    return Declaration(
        PersonCode(person),
        DeclarationOutcome.INTEREST,
        WHEN,
        BidderCode("B02"),
        about,
        kind=kind,
        organisation="B02",
        asked=tuple(one.key for one in organisations(PACK.bidders, PACK.members)),
        act=3,
    )


DECLARED = (line("PM1", InterestKind.FAMILY, SECRET), line("CH1", InterestKind.OFFICE, "I chair its board."))
DECIDED = Decision(
    PersonCode("PM1"),
    BidderCode("B02"),
    DecisionOutcome.MANAGED,
    Scope.NOTHING,
    "They have not spoken for ten years.",
    "Head of procurement",
    PersonCode("OF1"),
    WHEN,
    measure="A second person scores B02.",
    settles=3,
)


def made(*declared: Declaration, pack: TenderPack = PACK, decisions: tuple[Decision, ...] = ()) -> ConflictsAssessment:
    interests = {one.person: interests_of(one, declared, pack.bidders, pack.members, decisions) for one in pack.panel}
    affirmed = {PersonCode("PM1"): Affirmation(PersonCode("PM1"), WHEN, PersonCode("CH1"))}
    return assessment(Register(pack, declared, interests, affirmed), made_at=WHEN, confirmed_by="OF1 Ola Fenn")


def text(document: ConflictsAssessment) -> str:
    words: list[str] = [f"{name}: {value}" for name, value in document.facts.rows]
    for section in document.sections:
        words.append(f"# {section.heading}")
        for block in section.blocks:
            match block:
                case Paragraph():
                    words.append(block.text)
                case Facts():
                    words += [f"{name}: {value}" for name, value in block.rows]
                case Table():
                    words += [" | ".join(row.cells) for row in block.rows]
                case _:
                    pytest.fail("the assessment explains no criterion")
    return "\n".join(words)


def test_an_interest_stands_with_its_decision_its_measure_and_who_decided() -> None:
    told = text(made(*DECLARED, decisions=(DECIDED,)))

    assert "Confirmed by: OF1 Ola Fenn, on 22 September 2026" in told
    for wanted in (
        "PM1 Pim Moss: B02 Tallis Care Ltd",
        "Decision: Managed. Decided by Head of procurement, recorded on 22 September 2026.",
        "Why: They have not spoken for ten years.",
        "Measure: A second person scores B02.",
        "Kept out of: nothing",
        "Declared: 22 September 2026: trustee, director or other office. I chair its board.",
        "Decision: Not decided yet.",
        "Kept out of: lot L1",
        "PM1 Pim Moss | panel member | 22 September 2026 | 1 | 22 September 2026, written down by CH1",
    ):
        assert wanted in told.splitlines(), wanted
    assert "1 interest is not decided yet. Until then the person is recused from the lot." in told


def test_words_about_a_family_are_left_out_and_it_says_so() -> None:
    told = text(made(*DECLARED))

    assert SECRET not in told
    assert "family or close personal tie. The words are kept in the record." in told
    assert "1 interest is about family or another close personal tie." in told


def test_a_young_evaluator_stands_by_code_alone() -> None:
    told = text(made())

    assert "PM2 (young evaluator)" in told
    assert "Pat Marsh" not in told
    assert "Pim Moss" in told


def test_a_tender_without_interests_says_that() -> None:
    told = text(made())

    assert "Nobody has an interest in anybody who takes part." in told
    assert "Pim Moss | panel member | Not declared yet | None | 22 September 2026, written down by CH1" in told


def test_nothing_is_said_to_be_left_out_where_nothing_is() -> None:
    grown: tuple[PanelMember, ...] = tuple(replace(one, kind=None) for one in PACK.panel)

    assert "Nothing that was declared is left out." in text(made(pack=replace(PACK, panel=grown)))


@pytest.mark.parametrize(
    ("regime", "law"),
    [
        (RegimeCode.PA2023, "sections 81 to 83 of the Procurement Act 2023"),
        (RegimeCode.PCR2015, "regulation 24 of the Public Contracts Regulations 2015"),
    ],
)
def test_it_names_the_law_that_it_is_kept_under(regime: RegimeCode, law: str) -> None:
    assert f"kept under {law}." in text(made(pack=replace(PACK, tender=replace(make.tender(), regime=regime))))
