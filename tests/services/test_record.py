"""The record told in sentences, its head, and the backups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

import ui_stage
from evalpanel.domain.sheets import Score, ScoreStatus
from evalpanel.domain.tender import BidStatus
from evalpanel.services import audit, backups, record, scoring, setup
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t

REFERENCE = ui_stage.REFERENCE


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample with its outcome. Tests that change anything take a space of their own."""
    with ui_stage.at("outcome", tmp_path_factory.mktemp("done")) as space:
        yield space


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample when scoring can begin. Tests add acts to it, and look at the acts that they added."""
    with ui_stage.at("declared", tmp_path_factory.mktemp("declared")) as space:
        yield space


def at(space: Workspace, moment: datetime) -> Workspace:
    """The same profile with its clock at `moment`."""
    return replace(space, clock=lambda: moment)


def sentences(space: Workspace) -> list[str]:
    return [entry.sentence for entry in record.history(space, REFERENCE)]


def test_history_tells_the_whole_job_in_sentences(done: Workspace) -> None:
    assert sentences(done) == [
        (
            "OF1 Morwenna Pascall loaded the tender PTSCF-2026-014 with 32 documents. "
            "Bids stay sealed until the criteria are frozen. 9 price schedules were sealed unread."
        ),
        "CH1 Gareth Ollerton declared no interest in any bidder. On paper, signed on 21 September 2026.",
        "PM1 Sunita Harcombe declared no interest in any bidder. On paper, signed on 21 September 2026.",
        "OF1 Morwenna Pascall froze the criteria, weightings, scales and method. Digest 3e8229c0490c538b…",
        "OF1 Morwenna Pascall opened 9 bids. They can be read from here on.",
        "OF1 Morwenna Pascall declared no interest in any bidder.",
        "TS1 Jago Penberth declared no interest in any bidder.",
        "YE1 Ellis declared no interest in any bidder.",
        (
            "FI1 Catrin Beddowes declared an interest in B03 Rockpool Young Researchers. "
            "They are recused from its lots until it is decided."
        ),
        "PM1 Sunita Harcombe took in a score sheet with 108 answers.",
        "PM1 Sunita Harcombe signed off 108 lines.",
        "CH1 Gareth Ollerton took in a score sheet with 108 answers.",
        "CH1 Gareth Ollerton signed off 108 lines.",
        "FI1 Catrin Beddowes took in a score sheet with 15 answers.",
        "FI1 Catrin Beddowes signed off 15 lines.",
        "TS1 Jago Penberth took in a score sheet with 58 answers.",
        "TS1 Jago Penberth signed off 58 lines.",
        "YE1 Ellis took in a score sheet with 36 answers.",
        "YE1 Ellis signed off 36 lines.",
        (
            "CH1 Gareth Ollerton wrote down who said that their declaration still holds. OF1 Morwenna Pascall, "
            "CH1 Gareth Ollerton, PM1 Sunita Harcombe, TS1 Jago Penberth, YE1 Ellis, FI1 Catrin Beddowes."
        ),
        "CH1 Gareth Ollerton recorded what the panel agreed on 97 lines.",
        (
            "CH1 Gareth Ollerton closed moderation and locked 97 moderated scores. "
            "11 lines of bids that failed a gate were not assessed."
        ),
        "OF1 Morwenna Pascall opened 7 prices. Still sealed: B06 in lot L1, B04 in lot L2.",
        "OF1 Morwenna Pascall worked out the outcome.",
    ]


def test_history_numbers_its_entries_as_the_trail_does(done: Workspace) -> None:
    entries = record.history(done, REFERENCE)
    first = [1 + sum(one.acts for one in entries[:place]) for place in range(len(entries))]
    assert [entry.number for entry in entries] == first
    assert record.head(done, REFERENCE).acts == sum(one.acts for one in entries)


def test_history_tells_neither_prices_nor_what_an_interest_is_about(done: Workspace) -> None:
    told = " ".join(sentences(done))
    with done.store.reading() as tx:
        amounts = {f"{row.amount:f}" for row in tx.execute(select(t.PriceLineRow)).scalars()}
        about = {row.about for row in tx.execute(select(t.DeclarationRow)).scalars() if row.about}
    assert amounts and about
    assert [text for text in (*amounts, *about) if text in told] == []


def test_history_tells_answers_saved_one_after_another_in_one_entry(declared: Workspace) -> None:
    lines = scoring.desk(declared, REFERENCE, "PM1").owed[:3]
    before = record.history(declared, REFERENCE)
    for minutes, line in enumerate(lines):
        later = at(declared, ui_stage.NOW + timedelta(minutes=minutes))
        answer = Score(line, ScoreStatus.SCORED, Decimal(1), "It says how.")
        scoring.save_score(later, REFERENCE, person="PM1", score=answer)
    (entry,) = record.history(declared, REFERENCE)[len(before) :]
    assert entry.sentence == "PM1 Sunita Harcombe saved 3 answers."
    assert (entry.at, entry.until, entry.acts) == (ui_stage.NOW, ui_stage.NOW + timedelta(minutes=2), 3)


def test_history_tells_a_run_over_midnight_in_two_entries_by_the_day_in_the_united_kingdom(declared: Workspace) -> None:
    lines = scoring.desk(declared, REFERENCE, "PM1").owed[3:5]
    evening = datetime(2027, 7, 1, 22, 30, tzinfo=UTC)  # half past eleven there; an hour later it is the next day
    for hours, line in enumerate(lines):
        later = at(declared, evening + timedelta(hours=hours))
        answer = Score(line, ScoreStatus.BLANK, rationale="Read twice.")
        scoring.save_score(later, REFERENCE, person="PM1", score=answer)
    told = [entry.sentence for entry in record.history(declared, REFERENCE)[-2:]]
    assert told == ["PM1 Sunita Harcombe saved 1 answer.", "PM1 Sunita Harcombe saved 1 answer."]


def test_history_tells_a_status_with_who_decided_and_why(declared: Workspace) -> None:
    setup.set_bid_status(
        declared,
        REFERENCE,
        bid="B04",
        lot="L1",
        status=BidStatus.WITHDRAWN,
        reason="By letter.",
        decided_by="The board",
    )
    assert sentences(declared)[-1] == (
        "OF1 Morwenna Pascall recorded bid B04 in lot L1 as withdrawn. Decided by The board: By letter."
    )


def test_history_names_what_was_corrected_and_not_what_it_says(declared: Workspace) -> None:
    setup.correct_bidder(declared, REFERENCE, bidder="B04", address="2 Elm Row\nSouthmere", email="bids@new.example")
    assert sentences(declared)[-1] == (
        "OF1 Morwenna Pascall corrected the details of B04 Brightwell Engagement Ltd. "
        "Changed: postal address, e-mail address."
    )


def test_history_tells_an_act_that_it_does_not_know_by_its_name(declared: Workspace) -> None:
    tender = setup.view(declared, REFERENCE).summary.tender_id
    with declared.store.writing() as tx:
        audit.record(tx, declared, "standstill-begun", tender=tender, person="OF1", detail={})
    assert sentences(declared)[-1] == "OF1 Morwenna Pascall recorded “standstill begun”."


def test_head_changes_with_every_act(declared: Workspace) -> None:
    before = record.head(declared, REFERENCE)
    setup.correct_bidder(declared, REFERENCE, bidder="B04", name="Brightwell Ltd")
    after = record.head(declared, REFERENCE)
    assert (after.acts, after.hash == before.hash) == (before.acts + 1, False)


def test_a_backup_that_is_asked_for_is_listed_first(declared: Workspace) -> None:
    assert backups.kept(declared) == ()
    first = backups.back_up(declared)
    second = backups.back_up(at(declared, ui_stage.NOW + timedelta(hours=1)))
    assert backups.kept(declared) == (second, first)
    assert (first.at, first.reason, first.size > 0) == (ui_stage.NOW, "asked for", True)
