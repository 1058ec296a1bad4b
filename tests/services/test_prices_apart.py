"""Prices on laptops that never meet: opened only where the laptop has seen for itself that the scores were locked before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

import stages
from evalpanel.domain.parcels import Verdict
from evalpanel.domain.people import MemberKind, PanelMember, Role
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidStatus, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    declarations,
    moderation,
    outcome,
    price_state,
    prices,
    record,
    setup,
    tenders,
    verify,
)
from evalpanel.services.awards import TenderOutcome
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from forged_releases import forged, real_lock, replaced
from laptops import OFFICER, Laptops, left
from panels import (
    affirm_apart,
    agree,
    declare,
    hand_out,
    held_keys,
    joined,
    locked,
    moderate,
    panel,
    people,
    release,
    scored,
    sent_moderation,
)
from stages import REFERENCE

FINANCE = PanelMember(PersonCode("FE1"), "Farah Nagy", (Role.OBSERVER,), kind=MemberKind.FINANCE)
DECIDES = PanelMember(PersonCode("DM1"), "Dana Okoro", (Role.DECISION_MAKER,))
READ_PRICES = ("CH1", "FE1", "DM1")
OPENED = 3
REFUSED = f"{REFERENCE} is at the stage “Moderation”, so there is no outcome yet."
ALL = ("CH1", "PM1", "PM2", "FE1", "DM1")


def moderated_apart(desk: Laptops) -> None:
    """Everything is scored and moderated, the panel agreed, and the final moderation is everywhere; nothing is locked yet."""
    joined(desk, (*people(), FINANCE, DECIDES))
    for one in ("FE1", "DM1"):
        declare(desk, one)
    scored(desk)
    moderate(desk)
    final = sent_moderation(desk)
    desk.take(OFFICER, final)
    release(desk)
    for person in ALL[1:]:
        desk.take(person, final)
    for person in ("PM1", "PM2"):
        desk.take(OFFICER, agree(desk, person))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, moderated_apart) as held:
        yield held


def lock(desk: Laptops) -> None:
    affirm_apart(desk, "CH1")
    moderation.close(desk[OFFICER], REFERENCE)


def affirmed(space: Workspace) -> dict[str, tuple[str, str]]:
    """Who has affirmed their declaration, as a laptop knows it: who wrote it down, and why it cannot be had."""
    with space.store.reading() as tx:
        held = queries.affirmations(tx, tenders.find(tx, REFERENCE).tender_id)
        return {person: (one.taken_by, one.why_not) for person, one in held.items()}


def stage(space: Workspace) -> TenderStage:
    return tenders.all_tenders(space)[0].stage


def of(space: Workspace) -> TenderOutcome:
    """The whole outcome, but for the stage, which is the officer's alone, and the bids' documents, which not everybody reads."""
    made = outcome.outcome(space, REFERENCE)
    return replace(made, stage=TenderStage.OUTCOME, documents=())


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
        f"The keys that are yours are here. Moderation is closed and {OPENED} prices are open here: the outcome can be looked at.",
    )
    assert price_keys(desk) == {OFFICER: count, **dict.fromkeys(READ_PRICES, count), "PM1": 0, "PM2": 0}
    ours = of(desk[OFFICER])
    assert [of(desk[person]) for person in READ_PRICES] == [ours] * 3
    assert [of(desk[person]).digest for person in READ_PRICES] == [ours.digest] * 3
    chairs = outcome.outcome(desk["CH1"], REFERENCE)
    assert chairs.documents == outcome.outcome(desk[OFFICER], REFERENCE).documents
    assert price_state.price_state(desk["FE1"], REFERENCE) == price_state.price_state(desk[OFFICER], REFERENCE)
    for person in ("PM1", "PM2"):
        assert refusal(desk[person]) == REFUSED.replace("Moderation", "Quality locked")
        with pytest.raises(EvalPanelError, match="No price is open on this laptop"):
            price_state.price_state(desk[person], REFERENCE)
    for person in (OFFICER, *ALL):
        assert verify.verify_tender(desk[person], REFERENCE).verdict == "verified"
        assert [one.sentence for one in record.history(desk[person], REFERENCE) if "“" in one.what] == []


# An officer who is careless, or worse ------------------------------------------------------------------------------------


def test_release_that_contradicts_itself_is_refused_whatever_came_before(tmp_path: Path, desk: Laptops) -> None:
    for person in ("PM1", *READ_PRICES):
        (report,) = desk.take(person, forged(desk, person))
        assert report.verdict is Verdict.ALTERED
        assert "a price is opened only after the quality lock, and this release tells of none" in report.words
        assert (held_keys(desk[person], "price"), refusal(desk[person])) == ([], REFUSED)
    lock(desk)
    prices.open_prices(desk[OFFICER], REFERENCE)
    told = real_lock(desk, "CH1")
    first, *others = told.bids
    lies = {
        f"the officer's record does not say that the price of {first.bidder}/{first.lot} is open": replaced(
            told, opened=False
        ),
        "it calls a price open while prices are closed": structs.replace(told, prices=False),
        "it speaks of a bid twice": structs.replace(told, bids=(first, first, *others)),
        "it speaks of no bid": structs.replace(told, bids=()),
    }
    for why, lie in lies.items():
        (report,) = desk.take("CH1", forged(desk, "CH1", lock=lie))
        assert (report.verdict, why in report.words) == (Verdict.ALTERED, True), report.words
    assert (held_keys(desk["CH1"], "price"), stage(desk["CH1"])) == ([], TenderStage.MODERATION)
    with pytest.raises(EvalPanelError, match="Prices are opened on the officer's laptop"):
        prices.open_prices(desk["CH1"], REFERENCE)


def test_lock_that_is_not_what_the_chair_signed_is_kept_and_opens_no_price(desk: Laptops) -> None:
    lock(desk)
    prices.open_prices(desk[OFFICER], REFERENCE)
    told = real_lock(desk, "CH1")
    what = f"bid {told.bids[0].bid} in lot {told.bids[0].lot}"
    (report,) = desk.take("CH1", forged(desk, "CH1", lock=replaced(told, agreed="0" * 64)))
    words = (
        "The keys that are yours are here. The officer says that moderation was locked, and it does not fit what is here: what was "
        f"agreed on {what} is not what the chair signed. Nothing follows from it, and it opens no price here. Tell the officer and the chair."
    )
    assert (report.verdict, report.words) == (Verdict.NEW, words)
    (report,) = desk.take("PM1", forged(desk, "PM1", lock=told))
    assert report.verdict is Verdict.NEW
    assert "3 keys in it open nothing here: PM1 neither chairs, evaluates prices nor decides" in report.words
    assert [held_keys(desk[person], "price") for person in ("PM1", "CH1")] == [[], []]
    assert (stage(desk["CH1"]), refusal(desk["CH1"])) == (TenderStage.MODERATION, REFUSED)
    with pytest.raises(EvalPanelError, match="it does not fit what is here"):
        price_state.price_state(desk["CH1"], REFERENCE)


# In any order ------------------------------------------------------------------------------------------------------------


def test_keys_wait_in_words_for_the_moderation_that_was_locked(tmp_path: Path) -> None:
    with panel(tmp_path, (*people(), FINANCE)) as desk:
        declare(desk, "FE1")
        locked(desk)
        (final,) = [file for file in desk.stick.iterdir() if ".moderation." in file.name]
        report = release(desk)["FE1"]
        words = "Prices stay closed: the moderation of B01; B02; B03 that was locked has not come to this laptop: ask the chair for it."
        assert report.words == f"The keys that are yours are here. {words}"
        assert (held_keys(desk["FE1"], "price"), stage(desk["FE1"])) == ([], TenderStage.PACKS_ISSUED)
        (report,) = desk.take("FE1", final)
        assert report.words.endswith(f"{OPENED} prices are open here: the outcome can be looked at.")
        assert of(desk["FE1"]) == of(desk[OFFICER])


def test_what_comes_after_the_lock_changes_no_outcome_and_a_status_waits_for_its_pack(desk: Laptops) -> None:
    moderate(desk, reasons="It names two plans.")
    for person in (OFFICER, "FE1"):
        lock(desk) if person == OFFICER else None
        desk.take(person, sent_moderation(desk))
    setup.set_bid_status(
        desk[OFFICER],
        REFERENCE,
        bid="B03",
        lot=None,
        status=BidStatus.WITHDRAWN,
        reason="They wrote.",
        decided_by="OF1",
    )
    prices.open_prices(desk[OFFICER], REFERENCE)
    told = release(desk)["FE1"]
    assert "this laptop knows another status of B03 than the officer's: take in the newest pack" in told.words
    assert held_keys(desk["FE1"], "price") == []
    hand_out(desk)
    # What was agreed about a bid that is out is told to nobody who did not have it before.
    assert [of(desk[person]).lots for person in READ_PRICES] == [of(desk[OFFICER]).lots] * 3


def test_everybody_affirms_on_their_own_laptop_and_the_officer_learns_it(desk: Laptops) -> None:
    own = {person: (person, "") for person in ("PM1", "PM2")}
    assert affirmed(desk[OFFICER]) == own
    assert [affirmed(desk[person]) for person in own] == [{person: own[person]} for person in own]
    with pytest.raises(EvalPanelError, match="1 who took part has not said that their declaration still holds: CH1"):
        moderation.close(desk[OFFICER], REFERENCE)
    with pytest.raises(EvalPanelError, match="This is the laptop of PM1: PM2 says it on their own"):
        declarations.affirm(desk["PM1"], REFERENCE, person="PM2", by="CH1")
    for person in ("CH1", "FE1"):
        report = affirm_apart(desk, person)
        assert (report.verdict, report.words) == (
            Verdict.NEWER,
            f"{person} says that their declaration of interests still holds.",
        )
    assert affirmed(desk[OFFICER]) == own | {person: (person, "") for person in ("CH1", "FE1")}
    (line,) = [
        one for one in record.history(desk[OFFICER], REFERENCE) if one.person == "CH1" and "still holds" in one.what
    ]
    assert line.detail == ""


def test_scores_that_no_chair_signed_open_no_price_elsewhere(tmp_path: Path) -> None:
    with panel(tmp_path, (*people(), FINANCE)) as desk:
        space = desk[OFFICER]
        stages.declare_all(space)
        stages.score_all(space)
        stages.agree_all(space)
        moderation.close(space, REFERENCE)
        prices.open_prices(space, REFERENCE)
        report = release(desk)["CH1"]
        assert "signed by no chair, so this laptop cannot see that they were locked" in report.words
        assert held_keys(desk["CH1"], "price") == []
