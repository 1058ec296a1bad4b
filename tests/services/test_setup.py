"""Freezing, what becomes of a bid, and the view of everybody's progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import make
from evalpanel.domain.criteria import Criterion
from evalpanel.domain.sheets import Score, ScoreStatus
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidStatus
from evalpanel.errors import EvalPanelError
from evalpanel.services import scoring, setup, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from stages import REFERENCE, line, score

At = Callable[[str], Workspace]


def test_freezing_pins_what_was_published_and_opens_the_bids(at: At) -> None:
    space = at("loaded")

    frozen = setup.freeze(space, REFERENCE)

    pack = make.pack()
    assert (frozen.stage, frozen.criteria_digest) == (TenderStage.BIDS_OPENED, pack.criteria_digest())
    with space.store.reading() as tx:
        acts = tx.execute(select(t.AuditRow.person, t.AuditRow.act).order_by(t.AuditRow.id)).all()
    assert [tuple(act) for act in acts[-2:]] == [("OF1", "criteria-frozen"), ("OF1", "bids-opened")]


@pytest.mark.parametrize(
    "changed",
    [
        lambda one: replace(one, title="Another word."),
        lambda one: replace(one, guidance="Another word."),
        lambda one: replace(one, weighting=make.tender().price_weighting),
        lambda one: replace(one, minimum=make.tender().price_weighting),
    ],
    ids=["title", "guidance", "weighting", "minimum"],
)
def test_any_published_word_or_figure_of_a_criterion_makes_another_digest(
    changed: Callable[[Criterion], Criterion],
) -> None:
    pack = make.pack()
    other = replace(pack, criteria=(*pack.criteria[:-1], changed(pack.criteria[-1])))
    assert other.criteria_digest() != pack.criteria_digest()


def test_another_descriptor_makes_another_digest_and_bids_make_none() -> None:
    pack = make.pack()
    level = replace(pack.scales[0].levels[0], descriptor="Another word.")
    other = replace(pack, scales=(replace(pack.scales[0], levels=(level, *pack.scales[0].levels[1:])),))
    assert other.criteria_digest() != pack.criteria_digest()
    assert replace(pack, bids=(), panel=(), prices=()).criteria_digest() == pack.criteria_digest()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE criterion SET weighting = '1' WHERE criterion = '1.1'",
        "DELETE FROM level",
        "UPDATE tender SET tie_rule = 'mine'",
        "DELETE FROM freeze",
    ],
)
def test_the_store_itself_keeps_frozen_criteria(at: At, statement: str) -> None:
    space = at("frozen")

    with pytest.raises(IntegrityError), space.store.writing() as tx:
        tx.connection().exec_driver_sql(statement)


def test_the_view_counts_what_is_answered_by_its_newest_version(at: At) -> None:
    space = at("declared")
    score(space, person="PM1")
    one = line("B01", "1.1")
    scoring.save_score(space, REFERENCE, person="PM1", score=Score(one, ScoreStatus.BLANK))
    scoring.save_score(space, REFERENCE, person="PM2", score=Score(one, ScoreStatus.ABSTAINED))

    told = {held.member.person: (held.owed, held.answered) for held in setup.view(space, REFERENCE).panel}

    assert told == {"OF1": (0, 0), "CH1": (12, 0), "PM1": (12, 11), "PM2": (12, 1)}


def test_what_becomes_of_a_bid_is_kept_with_what_was_before(at: At) -> None:
    space = at("declared")

    changed = setup.set_bid_status(
        space, REFERENCE, bid="b02", lot="L1", status=BidStatus.EXCLUDED, reason=" Bribery. ", decided_by="OF1"
    )

    assert [(bid.bid, bid.status, bid.reason) for bid in changed] == [("B02", BidStatus.EXCLUDED, "Bribery.")]
    with space.store.reading() as tx:
        act = tx.execute(select(t.AuditRow).order_by(t.AuditRow.id.desc()).limit(1)).scalar_one()
        assert (act.act, act.person) == ("bid-status-changed", "OF1")
        assert ('"status":"valid"' in act.detail, '"status":"excluded"' in act.detail) == (True, True)


@pytest.mark.parametrize(("bid", "lot"), [("B09", None), ("B01", "L2")])
def test_a_bid_that_is_not_there_is_refused(at: At, bid: str, lot: str | None) -> None:
    with pytest.raises(EvalPanelError, match=r"^There is no bid"):
        setup.set_bid_status(
            at("declared"), REFERENCE, bid=bid, lot=lot, status=BidStatus.LATE, reason="x", decided_by="y"
        )


def test_people_act_in_their_roles(at: At) -> None:
    space = at("loaded")

    with pytest.raises(EvalPanelError, match=r"^PM1 is not the officer of this tender\."):
        setup.freeze(space, REFERENCE, person="PM1")
    assert setup.freeze(space, REFERENCE, person="of1").stage is TenderStage.BIDS_OPENED
    assert tenders.person_code(space, REFERENCE, "pm1") == "PM1"


def test_every_tender_of_the_profile_is_listed(at: At) -> None:
    assert [(one.reference, one.bids, one.panel) for one in tenders.all_tenders(at("loaded"))] == [(REFERENCE, 3, 4)]
