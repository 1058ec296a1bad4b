"""Whoever is recused, the chair too: their laptop opens nothing about those bids, and is told no number about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from evalpanel.domain.interests import DecisionOutcome, Scope
from evalpanel.domain.moderation import ModeratedRow
from evalpanel.domain.people import MemberKind, PanelMember, Role
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    assents,
    declarations,
    documents,
    exchange,
    moderation,
    opened_here,
    outcome,
    price_state,
    prices,
    record,
    sending,
    setup,
    tenders,
    verify,
)
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops, left
from panels import affirm, declare, joined, people, release, sent_moderation, sheet
from stages import REFERENCE, level_of

KEPT_OUT = {"CH1": "B02", "PM3": "B01", "FE1": "B03"}
"""Who is recused, and from which bid alone: a recorded decision narrowed it to that."""
FINANCE = PanelMember(PersonCode("FE1"), "Farah Nagy", (Role.OBSERVER,), kind=MemberKind.FINANCE)
SCORERS = ("CH1", "PM1", "PM2", "PM3")


def agreed(desk: Laptops, chair: str, bids: tuple[str, ...], present: tuple[str, ...]) -> None:
    rows = [
        ModeratedRow(
            "A1",
            one.line,
            level_of(one.line),
            "It names a plan.",
            present=tuple(PersonCode(each) for each in present if KEPT_OUT.get(each) != one.line.bid),
        )
        for one in moderation.lines(desk[chair], REFERENCE)
        if one.line.bid in bids
    ]
    moderation.take_moderated(desk[chair], REFERENCE, rows=rows)


def brought(held: Laptops) -> None:
    """From the declarations to open prices: the chair leads two bids, the deputy the third, from which the chair is recused."""
    joined(held, (*people(deputy=True, third=True), FINANCE))
    for person in (*SCORERS, "CH2", "FE1"):
        declare(held, person, KEPT_OUT.get(person, ""))
    for person, bidder in KEPT_OUT.items():
        declarations.decide(
            held[OFFICER],
            REFERENCE,
            person=person,
            bidder=bidder,
            outcome=DecisionOutcome.RECUSED,
            scope=Scope.BID,
            why="The interest is in this bid alone.",
        )
    release(held)
    files = {one: sheet(held, one) for one in SCORERS}
    held.take(OFFICER, *files.values())
    release(held)
    for chair in ("CH1", "CH2"):
        held.take(chair, *(file for person, file in files.items() if person != chair))
    present = (*SCORERS, "CH2")
    agreed(held, "CH1", ("B01", "B03"), present)
    agreed(held, "CH2", ("B02",), present)
    finals = [sent_moderation(held, chair) for chair in ("CH1", "CH2")]
    held.take(OFFICER, *finals)
    release(held)
    for person in (*SCORERS, "CH2", "FE1"):
        held.take(person, *finals)
    for person in ("PM1", "PM2", "PM3"):
        for one in assents.assent(held[person], REFERENCE, to=held.stick, affirm=True):
            held.take(OFFICER, one.file)
            held.take("CH1", one.file)
            held.take("CH2", one.file)
    for chair in ("CH1", "CH2"):
        affirm(held, chair)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def bids_told(space: Workspace) -> set[str]:
    """Every bid that the releases of a laptop speak of, in a key or in the lock."""
    with space.store.reading() as tx:
        mine = exchange.own(tx, space, tenders.find(tx, REFERENCE).tender_id)
        assert mine is not None
        found = set()
        for _, _, said in opened_here.releases(tx, mine, PersonCode(OFFICER)):
            found |= {key.name.split("/")[1] for key in said.keys if "/" in key.name}
            found |= {one.bid for one in said.lock.bids} if said.lock is not None else set()
            found |= {one.bid for one in said.others if one.bid is not None}
        return found


def held_about(space: Workspace, bid: str) -> dict[str, int]:
    """How much a laptop holds about a bid: keys, documents that it can open, others' scores, agreed scores, prices."""
    with space.store.reading() as tx:
        tender = tenders.find(tx, REFERENCE).tender_id
        mine = exchange.own(tx, space, tender)
        assert mine is not None
        scores = [
            score for who, score in score_reads.scores(tx, tender) if score.line.bid == bid and who != mine.person
        ]
        return {
            "keys": sum(f"/{bid}" in row.name for row in tx.query(t.EnvelopeRow)),
            "documents": sum(row.bidder == bid for row in tx.query(t.DocumentRow)),
            "scores": len(scores),
            "agreed": sum(line.bid == bid for line in score_reads.moderated(tx, tender)),
            "prices": tx.query(t.PriceOpeningRow).filter_by(bid=bid).count(),
        }


def test_recused_laptops_open_nothing_about_their_bid_and_show_no_number_of_it(desk: Laptops) -> None:
    moderation.close(desk[OFFICER], REFERENCE)
    prices.open_prices(desk[OFFICER], REFERENCE)
    release(desk)
    nothing = dict.fromkeys(("keys", "documents", "scores", "agreed", "prices"), 0)
    for person, bid in KEPT_OUT.items():
        space = desk[person]
        assert (held_about(space, bid), bid in bids_told(space)) == (nothing, False)
        assert [one.path for one in documents.listing(space, REFERENCE) if one.bidder == bid] == []
        assert [
            line for one in assents.read(space, REFERENCE) for line in one.lines if line.agreed.line.bid == bid
        ] == []
        assert bid not in [other.line.bid for other in lines_at(space)]
        told = [one.sentence for one in record.history(space, REFERENCE)]
        assert [one for one in told if "left out" in one or "misquoted" in one] == []
        assert verify.verify_tender(space, REFERENCE).verdict == "verified"
    # A ranking speaks of every bid of the lot, so the lot's result is closed to them whole.
    for person in ("CH1", "FE1"):
        made = outcome.outcome(desk[person], REFERENCE)
        assert (made.lots, {line.bid for line in made.moderated} & {KEPT_OUT[person]}) == ((), set())
        assert price_state.price_state(desk[person], REFERENCE).bids == ()
    # The deputy is kept out of nothing and makes the officer's outcome.
    ours, theirs = outcome.outcome(desk[OFFICER], REFERENCE), outcome.outcome(desk["CH2"], REFERENCE)
    assert replace(theirs, stage=ours.stage) == ours
    counts = {one.member.person: one for one in setup.view(desk["CH1"], REFERENCE).panel}
    assert {"CH1", "CH2", "PM1"} <= set(counts)


def told_of_others(space: Workspace) -> set[tuple[str, str | None, str]]:
    """Whom a laptop believes to be recused from what, and why, but for its own person."""
    with space.store.reading() as tx:
        tender = tenders.find(tx, REFERENCE)
        mine = exchange.own(tx, space, tender.tender_id)
        assert mine is not None
        held = queries.told_recusals(tx, tender.tender_id)
        return {(one.person, one.bid, one.why) for who, own in held.items() if who != mine.person for one in own}


def test_chair_is_told_who_else_is_recused_from_the_bids_that_they_moderate_and_from_no_other(desk: Laptops) -> None:
    why = "the officer’s record says so"
    others = {("PM3", "B01", why), ("FE1", "B03", why)}
    assert told_of_others(desk["CH1"]) == others
    assert told_of_others(desk["CH2"]) == others | {("CH1", "B02", why)}
    assert [told_of_others(desk[person]) for person in ("PM1", "PM3", "FE1")] == [set()] * 3


def test_chair_learns_before_sending_that_somebody_present_was_recused_late(desk: Laptops) -> None:
    assert moderation.cannot_stand(desk["CH1"], REFERENCE) == ()
    declare(desk, "PM1", "B03")
    release(desk)
    gaps = moderation.cannot_stand(desk["CH1"], REFERENCE)
    assert {one.line.bid for one in gaps} == {"B01", "B03"}
    assert {one.what for one in gaps} == {
        f"PM1 is recused from bid {bid} in lot L1 and cannot have been present" for bid in ("B01", "B03")
    }
    with pytest.raises(EvalPanelError, match="cannot stand as recorded"):
        sending.send(desk["CH1"], REFERENCE, to=desk.stick, final=True)


def lines_at(space: Workspace) -> tuple[moderation.ModerationLine, ...]:
    try:
        return moderation.lines(space, REFERENCE)
    except EvalPanelError:
        return ()  # somebody who does not chair has no room to look into
