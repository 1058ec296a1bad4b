"""From the award decision to the closed tender: what is refused, what moves the tender on, what stands on the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import make
from after_outcome_steps import ENDS, TODAY, decided, lettered, noticed
from evalpanel.domain.interests import Answer
from evalpanel.domain.low_prices import LowPriceStep
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Authority, BidCode, BidderCode, BidStatus, PriceKind, PriceLine
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    deciding,
    declarations,
    low_pricing,
    outcome,
    prices,
    publishing,
    record,
    setup,
    tenders,
    verify,
)
from evalpanel.services.workspace import Workspace
from profiles import Clock
from stages import REFERENCE, STEPS, bring, load

At = Callable[[str], Workspace]


def stage(space: Workspace) -> TenderStage:
    return tenders.all_tenders(space)[0].stage


def told(space: Workspace, last: int) -> list[str]:
    return [entry.sentence for entry in record.history(space, REFERENCE)[-last:]]


def title(raised: pytest.ExceptionInfo[EvalPanelError]) -> str:
    return raised.value.title


def test_the_whole_way_to_the_closed_tender(at: At, clock: Clock, tmp_path: Path) -> None:
    space = at("priced")
    assert decided(space).stage is TenderStage.AWARD_DECIDED
    lettered(space, tmp_path / "letters")
    assert stage(space) is TenderStage.LETTERS_ISSUED
    now = publishing.publish(space, REFERENCE, published=TODAY, notice_id="2026/S 000-1", standstill=True)
    assert now.period is not None
    assert (stage(space), now.period.ends) == (TenderStage.STANDSTILL, ENDS)
    clock.forward(days=12)
    with pytest.raises(EvalPanelError) as early:
        publishing.sign(space, REFERENCE, signed=ENDS)
    assert early.value.message == (
        "Nothing was changed. Standstill lasts until the end of 12 October 2026: the first day is 13 October 2026."
    )
    signed = publishing.sign(space, REFERENCE, signed=ENDS + timedelta(days=1))
    assert (stage(space), signed.retention.until) == (TenderStage.CONTRACT_SIGNED, date(2029, 10, 12))
    publishing.close(space, REFERENCE)
    assert stage(space) is TenderStage.CLOSED
    assert told(space, 3) == [
        (
            "OF1 Ola Fenn recorded that the award notice 2026/S 000-1 was published on 1 October 2026. "
            "A standstill of 8 days began to count."
        ),
        "OF1 Ola Fenn recorded that the contract for lot L1 was signed on 13 October 2026. With B01.",
        "OF1 Ola Fenn closed the tender.",
    ]
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_decision_against_the_outcome_is_refused_and_an_exclusion_on_record_explains_it(at: At) -> None:
    space = at("priced")
    with pytest.raises(EvalPanelError) as refused:
        decided(space, "B02")
    assert title(refused) == "This decision does not follow from the outcome of lot L1."
    before = outcome.outcome(space, REFERENCE)
    out, after = deciding.exclude(
        space,
        REFERENCE,
        bid="b01",
        status=BidStatus.EXCLUDED,
        reason="A conviction came to light.",
        decided_by="OF1",
    )
    assert (out.bid, out.status, before.digest != after.digest) == ("B01", BidStatus.EXCLUDED, True)
    # B02 costs more than B03 and stands first on quality: what decides is the published method without B01.
    winner = after.lots[0].winners[0].bid
    assert decided(space, winner).award.bids == (winner,)
    assert told(space, 3) == [
        "OF1 Ola Fenn recorded bid B01 in lot L1 as excluded. Decided by OF1: A conviction came to light.",
        "OF1 Ola Fenn worked out the outcome anew. Because bid B01 in lot L1 is excluded.",
        (
            f"OF1 Ola Fenn recorded that Northmoor Council decided to award lot L1 to {winner}. Decided by Director of "
            "Children’s Services on 1 October 2026, under Scheme of delegation 4.2."
        ),
    ]
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_joint_authorities_each_decide_and_must_agree(at: At, tmp_path: Path) -> None:
    space = at("empty")
    both = (Authority("Northmoor Council"), Authority("Southmoor Council", "joint"))
    load(space, tmp_path / "pack", make.pack(authorities=both))
    bring(space, "priced")
    with pytest.raises(EvalPanelError) as unnamed:
        decided(space)
    assert title(unnamed) == "Several authorities decide on lot L1, each for itself."
    first = decided(space, authority="Northmoor Council")
    assert (first.award.waiting, first.stage) == (("Southmoor Council",), TenderStage.OUTCOME)
    with pytest.raises(EvalPanelError) as apart:
        deciding.decide(
            space,
            REFERENCE,
            bids=(),
            decided_by=["Cabinet"],
            delegation="Cabinet",
            why="No money.",
            on=TODAY,
            authority="southmoor council",
        )
    assert title(apart) == "The authorities do not agree on lot L1."
    second = decided(space, authority="Southmoor Council")
    assert (second.award.settled, second.award.bids, second.stage) == (True, ("B01",), TenderStage.AWARD_DECIDED)


def test_whoever_is_recused_from_the_lot_does_not_decide_on_it(at: At) -> None:
    space = at("declared")
    declarations.declare(space, REFERENCE, person="OF1", answers=[Answer("B02", "A former employer.")])
    for name in ("scored", "agreed", "closed", "priced"):
        STEPS[name](space, REFERENCE)
    outcome.outcome(space, REFERENCE)
    with pytest.raises(EvalPanelError) as refused:
        deciding.decide(
            space, REFERENCE, bids=["B01"], decided_by=["Ola Fenn"], delegation="Scheme", why="As ranked.", on=TODAY
        )
    assert title(refused).startswith("OF1 is recused from lot L1")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decided_by": []}, "Nobody is named who decided."),
        ({"delegation": " "}, "The delegation is missing."),
        ({"why": ""}, "The reason is missing."),
        ({"on": TODAY + timedelta(days=1)}, "The decision is dated 2026-10-02, which has not come yet."),
        ({"on": TODAY - timedelta(days=1)}, "The decision is dated 2026-09-30, before there was an outcome."),
        ({"call_in_ends": TODAY - timedelta(days=1)}, "The call-in ends before the decision was taken."),
        ({"lot": "L9"}, "There is no lot “L9”."),
        ({"bids": ["B09"]}, "This decision does not follow from the outcome of lot L1."),
    ],
)
def test_decision_that_lacks_something_is_refused_and_changes_nothing(
    at: At, changes: dict[str, object], said: str
) -> None:
    space = at("priced")
    outcome.outcome(space, REFERENCE)
    before = record.head(space, REFERENCE)
    asked: dict[str, object] = {
        "bids": ["B01"],
        "decided_by": ["Ann Lee"],
        "delegation": "Scheme",
        "why": "As ranked.",
        "on": TODAY,
    }
    with pytest.raises(EvalPanelError) as refused:
        deciding.decide(space, REFERENCE, **(asked | changes))  # type: ignore[arg-type]  # a table of one change each
    assert title(refused) == said
    assert record.head(space, REFERENCE) == before


def test_deciding_once_more_needs_a_reason_and_keeps_both(at: At) -> None:
    space = at("priced")
    decided(space)
    with pytest.raises(EvalPanelError) as twice:
        decided(space)
    assert title(twice) == "Northmoor Council has decided on lot L1 already."
    now = deciding.decide(
        space,
        REFERENCE,
        bids=(),
        decided_by=["Cabinet"],
        delegation="Cabinet",
        why="The money was withdrawn.",
        on=TODAY,
        again="Called in.",
    )
    assert now.award.abandoned
    assert len(deciding.standing(space, REFERENCE).decisions) == 2
    publishing.close(space, REFERENCE)
    assert stage(space) is TenderStage.CLOSED


def test_notice_waits_for_decisions_and_letters_and_for_a_word_on_standstill(at: At, tmp_path: Path) -> None:
    space = at("priced")
    outcome.outcome(space, REFERENCE)
    with pytest.raises(EvalPanelError) as undecided:
        publishing.publish(space, REFERENCE, published=TODAY, standstill=True)
    assert title(undecided) == "The award of lot L1 is not decided yet."
    decided(space)
    with pytest.raises(EvalPanelError) as unlettered:
        publishing.publish(space, REFERENCE, published=TODAY, standstill=True)
    assert title(unlettered) == (
        "TEST-2026-001 is at the stage “Award decided”, so the award cannot be made public yet: every bidder gets its "
        "letter before the notice."
    )
    lettered(space, tmp_path / "letters")
    with pytest.raises(EvalPanelError) as unsaid:
        publishing.publish(space, REFERENCE, published=TODAY)
    assert title(unsaid) == "Whether the notice announces a standstill must be said."
    with pytest.raises(EvalPanelError) as short:
        publishing.publish(space, REFERENCE, published=TODAY, days=7)
    assert title(short) == "A standstill lasts at least 8 days here."
    now = publishing.publish(space, REFERENCE, published=TODAY, standstill=False)
    assert (now.period, stage(space)) == (None, TenderStage.NOTICE_PUBLISHED)
    with pytest.raises(EvalPanelError) as late:
        decided(space)
    assert title(late) == "TEST-2026-001 is at the stage “Notice published”, so the award cannot be decided now."


def test_a_proclaimed_day_is_recorded_and_both_notices_are_kept(at: At, tmp_path: Path) -> None:
    space = at("priced")
    noticed(space, tmp_path / "letters")
    day = (date(2026, 10, 6), "A day of mourning")
    with pytest.raises(EvalPanelError) as twice:
        publishing.publish(space, REFERENCE, proclaimed=[day])
    assert title(twice) == "A notice of 1 October 2026 is on the record already."
    now = publishing.publish(space, REFERENCE, proclaimed=[day], again="It was proclaimed today.")
    assert now.period is not None
    assert (len(now.notices), now.period.ends) == (2, ENDS + timedelta(days=1))
    assert told(space, 1) == [
        (
            "OF1 Ola Fenn recorded that the award notice 2026/S 000-1 was published on 1 October 2026. A standstill of 8 "
            "days began to count. A day of mourning on 6 October 2026 counts as a bank holiday. Recorded once more: It "
            "was proclaimed today."
        )
    ]
    corrected = publishing.publish(space, REFERENCE, notice_id="2026/S 000-2", again="The number was mistyped.")
    assert corrected.period == now.period


def test_challenge_in_time_stops_contract_and_closing_until_it_ends(at: At, clock: Clock, tmp_path: Path) -> None:
    space = at("priced")
    noticed(space, tmp_path / "letters")
    clock.forward(days=14)
    _, stops = publishing.challenge_notified(space, REFERENCE, who="Tallis", why="The scores.", on=ENDS)
    assert stops
    day = date(2026, 10, 15)
    with pytest.raises(EvalPanelError) as stopped:
        publishing.sign(space, REFERENCE, signed=day)
    assert stopped.value.message == (
        "Nothing was changed. A challenge was notified by Tallis on 12 October 2026, in time, and stands."
    )
    hold = publishing.hold(space, REFERENCE, who="Audit", why="Asked for.")
    with pytest.raises(EvalPanelError) as which:
        publishing.lift(space, REFERENCE, who="The court", why="Dismissed.")
    assert title(which) == "Several holds stand."
    now = publishing.lift(space, REFERENCE, who="The court", why="Dismissed.", number=hold.standing[0].act)
    assert [one.who for one in now.standing] == ["Audit"]
    publishing.sign(space, REFERENCE, signed=day)
    publishing.close(space, REFERENCE)
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_low_price_is_a_correspondence_and_its_decision_works_the_outcome_out_anew(at: At, tmp_path: Path) -> None:
    space = at("empty")
    lot = make.LOT
    cost = PriceLine(BidderCode("B01"), lot, PriceKind.COST, "Full cost", Decimal(120000))
    load(space, tmp_path / "pack", make.pack(prices=(*make.prices(), cost)))
    bring(space, "closed")
    with pytest.raises(EvalPanelError):
        low_pricing.low_prices(space, REFERENCE)
    prices.open_prices(space, REFERENCE)
    found = low_pricing.low_prices(space, REFERENCE)
    assert [(flag.bid, flag.why) for flag in found.flags] == [
        ("B01", "the price £99,999.99 is under its own full cost of £120,000.00")
    ]
    outcome.outcome(space, REFERENCE)

    def step(kind: LowPriceStep, accepted: bool | None = None) -> None:
        low_pricing.record_step(
            space, REFERENCE, bid="B01", step=kind, text="As said.", who="OF1", on=TODAY, accepted=accepted
        )

    with pytest.raises(EvalPanelError) as soon:
        step(LowPriceStep.DECISION, accepted=False)
    assert title(soon) == (
        "This cannot be recorded about bid B01: the bidder was not notified yet, so it had no chance to explain its price."
    )
    step(LowPriceStep.NOTIFIED)
    step(LowPriceStep.ANSWER)
    step(LowPriceStep.DECISION, accepted=False)
    bid = next(one for one in setup.view(space, REFERENCE).pack.bids if one.bid == BidCode("B01"))
    assert (bid.status, bid.reason) == (BidStatus.DISREGARDED, "Abnormally low price: As said.")
    assert told(space, 3) == [
        (
            "OF1 Ola Fenn recorded that the price of bid B01 in lot L1 is abnormally low and the bid is disregarded. "
            "Decided by OF1 on 1 October 2026."
        ),
        "OF1 Ola Fenn recorded bid B01 in lot L1 as disregarded. Decided by OF1: Abnormally low price: As said.",
        "OF1 Ola Fenn worked out the outcome anew. Because bid B01 in lot L1 is disregarded.",
    ]
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"
