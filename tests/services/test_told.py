"""What was decided about an interest reaches the person's own laptop, and what they are kept out of follows it there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evalpanel.domain.interests import Answer, DecisionOutcome, Scope
from evalpanel.domain.parcels import Verdict
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import declarations, documents, inviting, issuing, record, scoring, sending, setup, verify
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops, left
from stages import REFERENCE, load


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    """PM2 declared an interest in B02 on a laptop of their own, and the officer has it."""
    prepared(desk[OFFICER], desk.root / "pack")
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM2"])
    desk.join(REFERENCE, "PM2", one.file)
    give(desk)
    declarations.declare(desk["PM2"], REFERENCE, person="PM2", answers=[Answer("B02", "My sister works there.")])
    sent = sending.send(desk["PM2"], REFERENCE, to=desk.stick)
    assert sent.declaration is not None
    desk.take(OFFICER, sent.declaration)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def give(desk: Laptops) -> list[str]:
    """Issue, take in, and what PM2 then holds the keys of."""
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    reports = desk.take("PM2", made.roster, made.pack, made.releases[PersonCode("PM2")])
    assert {one.verdict for one in reports} <= {Verdict.NEW, Verdict.SAME}
    return sorted(names(desk["PM2"]))


def names(space: Workspace) -> list[str]:
    with space.store.reading() as tx:
        return [row.name for row in tx.query(t.EnvelopeRow)]


def kept_out(space: Workspace) -> list[str]:
    return [one.what for one in declarations.kept_out(space, REFERENCE, person="PM2")]


def decide(desk: Laptops, outcome: DecisionOutcome, scope: Scope | None = None, measure: str = "") -> None:
    declarations.decide(
        desk[OFFICER],
        REFERENCE,
        person="PM2",
        bidder="B02",
        outcome=outcome,
        scope=scope,
        measure=measure,
        why="The sister left in May.",
    )


def test_managed_interest_opens_the_bids_and_says_how_on_the_persons_own_laptop(desk: Laptops) -> None:
    assert give(desk) == ["common"]
    assert kept_out(desk["PM2"]) == ["lot L1"]
    decide(desk, DecisionOutcome.MANAGED, measure="Says nothing about B02 in moderation.")
    assert len([name for name in give(desk) if name.startswith("quality")]) == 3
    assert kept_out(desk["PM2"]) == []
    (ours,), (theirs,) = (declarations.register(desk[one], REFERENCE, person="PM2") for one in (OFFICER, "PM2"))
    assert ours.decision is not None
    assert theirs.decision is not None
    assert (theirs.decision.outcome, theirs.decision.measure, theirs.decision.decided_by) == (
        ours.decision.outcome,
        "Says nothing about B02 in moderation.",
        ours.decision.decided_by,
    )
    assert any("is managed" in one.what for one in record.history(desk["PM2"], REFERENCE))
    for laptop in (OFFICER, "PM2"):
        assert verify.verify_tender(desk[laptop], REFERENCE).verdict == "verified"


def test_recusal_decided_late_hides_the_bid_on_the_persons_own_laptop(desk: Laptops) -> None:
    decide(desk, DecisionOutcome.CLEAR)
    give(desk)
    (path,) = [one.path for one in documents.listing(desk["PM2"], REFERENCE) if one.bidder == "B02"]
    assert documents.read(desk["PM2"], REFERENCE, path, person="PM2") == b"How Tallis reaches young carers."
    decide(desk, DecisionOutcome.RECUSED, Scope.BID)
    give(desk)
    assert kept_out(desk["PM2"]) == ["bid B02 in lot L1"]
    with pytest.raises(EvalPanelError, match="is recused from bid B02"):
        documents.read(desk["PM2"], REFERENCE, path, person="PM2")
    owed = {line.bid for line in scoring.desk(desk["PM2"], REFERENCE, person="PM2").owed}
    assert owed == {"B01", "B03"}
    told = [one.sentence for one in record.history(desk["PM2"], REFERENCE)]
    assert any("Recused: bid B02 in lot L1" in one for one in told)
    assert verify.verify_tender(desk["PM2"], REFERENCE).verdict == "verified"


def test_older_release_that_comes_late_does_not_open_what_was_closed(desk: Laptops) -> None:
    decide(desk, DecisionOutcome.CLEAR)
    first = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    decide(desk, DecisionOutcome.RECUSED, Scope.BID)
    second = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    desk.take("PM2", second.roster, second.pack, second.releases[PersonCode("PM2")])
    desk.take("PM2", first.releases[PersonCode("PM2")])
    assert kept_out(desk["PM2"]) == ["bid B02 in lot L1"]


def test_issuing_again_with_nothing_new_writes_the_same_release(desk: Laptops) -> None:
    decide(desk, DecisionOutcome.RECUSED, Scope.BID)
    first = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    assert issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick) == first
