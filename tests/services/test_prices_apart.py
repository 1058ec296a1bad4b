"""Prices on laptops that never meet: opened only where the laptop has seen for itself that the scores were locked before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from evalpanel.domain.moderation import ModeratedRow
from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.domain.people import MemberKind, PanelMember, Role
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidStatus, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    exchange,
    issuing,
    locks,
    moderation,
    outcome,
    price_state,
    prices,
    record,
    release_parcels,
    releasing,
    setup,
    tenders,
    verify,
)
from evalpanel.services.awards import TenderOutcome
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops
from panels import affirm, agree, declare, held_keys, hand_out, moderate, panel, people, release, scored, sent_moderation
from stages import REFERENCE

FINANCE = PanelMember(PersonCode("FE1"), "Farah Nagy", (Role.NOTE_TAKER,), kind=MemberKind.FINANCE)
DECIDES = PanelMember(PersonCode("DM1"), "Dana Okoro", (Role.DECISION_MAKER,))
READ_PRICES = ("CH1", "FE1", "DM1")
ALL = ("CH1", "PM1", "PM2", "FE1", "DM1")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    """Everything is scored and moderated, the panel agreed, and the final moderation is everywhere; nothing is locked yet."""
    with panel(tmp_path, (*people(), FINANCE, DECIDES)) as held:
        for one in ("FE1", "DM1"):
            declare(held, one)
        scored(held)
        moderate(held)
        final = sent_moderation(held)
        held.take(OFFICER, final)
        release(held)
        for person in ALL[1:]:
            held.take(person, final)
        for person in ("PM1", "PM2"):
            held.take(OFFICER, agree(held, person))
        affirm(held, "CH1")
        yield held


def lock(desk: Laptops) -> None:
    moderation.close(desk[OFFICER], REFERENCE)


def stage(space: Workspace) -> TenderStage:
    return tenders.all_tenders(space)[0].stage


def of(space: Workspace) -> TenderOutcome:
    """The whole outcome, but for what is the officer's alone: the stage, and when people signed a declaration on paper."""
    made = outcome.outcome(space, REFERENCE)
    panel = tuple(replace(one, declared=None) for one in made.pack.panel)
    return replace(made, stage=TenderStage.OUTCOME, pack=replace(made.pack, panel=panel))


def price_keys(desk: Laptops) -> dict[str, int]:
    return {person: len(held_keys(desk[person], "price")) for person in (OFFICER, *ALL)}


def refusal(space: Workspace) -> str:
    with pytest.raises(EvalPanelError) as raised:
        outcome.outcome(space, REFERENCE)
    return raised.value.title


def test_chair_finance_and_decision_maker_make_the_officers_outcome_from_what_was_locked(desk: Laptops) -> None:
    count = len(held_keys(desk[OFFICER], "price"))
    assert price_keys(desk) == {OFFICER: count, **dict.fromkeys(ALL, 0)}
    lock(desk)
    told = release(desk)
    assert {person: one.words for person, one in told.items() if person in READ_PRICES} == dict.fromkeys(
        READ_PRICES,
        "The keys that are yours are here. Moderation is closed: what was locked is what the chair signed.",
    )
    assert price_keys(desk) == {OFFICER: count, **dict.fromkeys(ALL, 0)}
    assert {person: stage(desk[person]) for person in ALL} == dict.fromkeys(ALL, TenderStage.QUALITY_LOCKED)
    prices.open_prices(desk[OFFICER], REFERENCE)
    told = release(desk)
    assert {person: one.words for person, one in told.items() if person in READ_PRICES} == dict.fromkeys(
        READ_PRICES,
        f"The keys that are yours are here. Moderation is closed and {count} prices are open here: the outcome can be looked at.",
    )
    assert price_keys(desk) == {OFFICER: count, **dict.fromkeys(READ_PRICES, count), "PM1": 0, "PM2": 0}
    ours = of(desk[OFFICER])
    assert [of(desk[person]) for person in READ_PRICES] == [ours] * 3
    assert [of(desk[person]).digest for person in READ_PRICES] == [ours.digest] * 3
    assert price_state.price_state(desk["FE1"], REFERENCE) == price_state.price_state(desk[OFFICER], REFERENCE)
    for person in ("PM1", "PM2"):
        assert refusal(desk[person]).startswith("Tender")
        with pytest.raises(EvalPanelError, match="No price is open on this laptop"):
            price_state.price_state(desk[person], REFERENCE)
    for person in (OFFICER, *ALL):
        assert verify.verify_tender(desk[person], REFERENCE).verdict == "verified"
        assert [one.sentence for one in record.history(desk[person], REFERENCE) if "“" in one.what] == []
