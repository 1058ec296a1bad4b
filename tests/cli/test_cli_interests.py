"""Commands about interests: declare, decide, affirm, and the conflicts assessment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from profiles import Evalpanel
from stages import REFERENCE

At = Callable[[str], Evalpanel]
LOST = {"lot": "L1", "bid": None, "criterion": None, "why": "declared an interest in Tallis Care Ltd"}


def declare(evalpanel: Evalpanel, person: str = "PM1") -> None:
    evalpanel.done(
        "declare", REFERENCE, "--person", person, "--interest", "B02", "--kind", "family", "--about", "My aunt."
    )


def test_declaring_answers_the_lots_that_are_lost(at: At) -> None:
    evalpanel = at("frozen")

    none = evalpanel.asked("declare", REFERENCE, "--person", "PM2", "--none")
    interest = evalpanel.asked(
        "declare", REFERENCE, "--person", "pm1", "--interest", "tallis care ltd", "--about", "My aunt."
    )

    assert none == {"person": "PM2", "recused": []}
    assert interest == {"person": "PM1", "recused": [LOST]}


def test_several_interests_are_declared_at_once(at: At) -> None:
    evalpanel = at("frozen")

    evalpanel.done(
        *("declare", REFERENCE, "--person", "PM1"),
        *("--interest", "B02", "--about", "My aunt runs it.", "--kind", "family"),
        *("--interest", "1234567", "--about", "I volunteer there.", "--kind", "member"),
    )

    found = evalpanel.asked("declarations", "list", REFERENCE)["interests"]
    assert [(one["bidder"], one["declared"][0]["kind"], one["decision"]) for one in found] == [
        ("B02", "family", None),
        ("B01", "member", None),
    ]


def test_an_interest_needs_words_and_somebody_that_there_is(at: At) -> None:
    evalpanel = at("frozen")

    assert evalpanel.refused("declare", REFERENCE, "--person", "PM2", "--interest", "B01") == (
        "An interest needs a few words about it. Nothing was recorded. Say what the interest in B01 is."
    )
    assert evalpanel.refused("declare", REFERENCE, "--person", "PM2", "--interest", "B9", "--about", "x") == (
        "“B9” takes no part in this tender. "
        "Nothing was recorded. Bidders: B01 Harbour Young Carers, B02 Tallis Care Ltd, B03 Moorland Together."
    )


def test_a_text_is_looked_up_without_recording(at: At) -> None:
    evalpanel = at("frozen")

    found = evalpanel.asked("declarations", "look-up", REFERENCE, "My aunt works for Talis Care")

    assert found == {
        "hints": [
            {
                "organisation": "B02",
                "name": "Tallis Care Ltd",
                "bidder": "B02",
                "likeness": "near",
                "wrote": "talis",
            }
        ]
    }
    said = evalpanel.done("declarations", "look-up", REFERENCE, "Talis Care").out
    assert said == (
        "“talis care”: Tallis Care Ltd (company 00012345) takes part in the bid of B02. Is that the same?\n"
    )
    assert "Nobody who takes part looks like that." in evalpanel.done("declarations", "look-up", REFERENCE, "Zebra").out
    assert evalpanel.asked("declarations", "list", REFERENCE) == {"interests": []}


def test_a_decision_narrows_what_is_lost(at: At) -> None:
    evalpanel = at("declared")
    declare(evalpanel)

    decided = evalpanel.asked(
        *("declarations", "decide", REFERENCE, "pm1", "B02", "recused"),
        *("--scope", "bid", "--why", "She left in 2010.", "--decided-by", "Head of procurement"),
    )

    lost = {"lot": "L1", "bid": "B02", "criterion": None, "why": LOST["why"]}
    assert decided == {"person": "PM1", "bidder": "B02", "outcome": "recused", "scope": "bid", "recused": [lost]}
    one = evalpanel.asked("declarations", "list", REFERENCE)["interests"][0]["decision"]
    assert (one["outcome"], one["why"], one["decided_by"]) == ("recused", "She left in 2010.", "Head of procurement")
    person = next(one for one in evalpanel.asked("show", REFERENCE)["people"] if one["person"] == "PM1")
    assert (person["recused_lots"], person["recused"], person["undecided"]) == ([], [lost], [])
    assert evalpanel.refused("declarations", "decide", REFERENCE, "PM1", "B02", "managed", "--why", "x") == (
        "The decision cannot be recorded: an interest is managed by a measure: say what is done. Nothing was changed."
    )


def test_private_words_are_listed_for_those_who_may_read_them(at: At) -> None:
    evalpanel = at("declared")
    declare(evalpanel)

    assert "My aunt." in evalpanel.done("declarations", "list", REFERENCE).out
    assert "My aunt." not in evalpanel.done("declarations", "list", REFERENCE, "--person", "PM2").out


def test_declarations_are_affirmed_when_moderation_comes(at: At) -> None:
    evalpanel = at("scored")

    said = evalpanel.asked(
        "declarations", "affirm", REFERENCE, "--person", "PM1", "--person", "PM2", "--taken-by", "CH1"
    )

    assert said == {"affirmed": [{"person": person, "taken_by": "CH1", "why_not": ""} for person in ("PM1", "PM2")]}
    people = evalpanel.asked("show", REFERENCE)["people"]
    assert {one["person"]: one["affirmed"] for one in people} == {"OF1": False, "CH1": False, "PM1": True, "PM2": True}


def test_the_conflicts_assessment_is_written_once(at: At, tmp_path: Path) -> None:
    evalpanel = at("declared")
    declare(evalpanel)
    out = tmp_path / "conflicts.pdf"

    written = evalpanel.asked("conflicts", REFERENCE, "--out", out)

    assert {**written, "sha256": ""} == {"file": str(out), "sha256": "", "pages": 2, "interests": 1, "undecided": 1}
    assert out.read_bytes().startswith(b"%PDF-")
    assert "exists already" in evalpanel.refused("conflicts", REFERENCE, "--out", out)
