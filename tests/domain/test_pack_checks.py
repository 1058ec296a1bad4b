from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import make
from evalpanel.domain.criteria import CriterionKind
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.pack_checks import check
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.tender import (
    Authority,
    BidCode,
    Bidder,
    BidderCode,
    BidderKind,
    BidStatus,
    Clarification,
    CriterionCode,
    DocumentEntry,
    EnvelopeKind,
    Lot,
    LotCode,
    PersonCode,
    PriceFormula,
    ScaleCode,
    SectionWeightings,
    Stage,
)

L2 = LotCode("L2")


def told(pack: TenderPack, within: TenderPack | None = None) -> list[str]:
    """The findings as text: `Criteria 2 weighting: …`, with `?` before a note."""
    return [
        f"{'' if finding.stops else '? '}{finding.sheet} {finding.row} {finding.column}: {finding.what}"
        for finding in check(pack, within)
    ]


def tender(**changes: object) -> TenderPack:
    return make.pack(tender=replace(make.tender(), **changes))  # type: ignore[arg-type]  # any field


def row(sheet: str, number: int, **changes: object) -> TenderPack:
    """The small pack with one row of a sheet changed."""
    rows = list(getattr(make.pack(), sheet))
    rows[number] = replace(rows[number], **changes)
    return make.pack(**{sheet: tuple(rows)})


def more(sheet: str, value: object) -> TenderPack:
    return make.pack(**{sheet: (*getattr(make.pack(), sheet), value)})


CASES: list[tuple[Callable[[], TenderPack], list[str]]] = [
    (make.pack, []),
    (lambda: tender(price_weighting=Decimal("30.5")), ["Tender None price_weighting: quality and price weighting add up to 100.5, not to 100."]),
    (lambda: tender(currency="£"), ["Tender None currency: is not a currency code of three letters, such as GBP."]),
    (lambda: tender(price_formula=None), ["Tender None price_formula: is missing: price carries a weighting."]),
    (lambda: tender(price_formula=PriceFormula.F4, price_lower=Decimal(1)), ["Tender None price_upper: is missing: F4 needs both bounds."]),
    (lambda: tender(price_formula=PriceFormula.F4, price_lower=Decimal(9), price_upper=Decimal(9)), ["Tender None price_upper: F4 needs a lower bound that is below the upper one, neither of them negative."]),
    (lambda: tender(price_formula=PriceFormula.F4, price_lower=Decimal(8), price_upper=Decimal(9)), []),
    (lambda: tender(price_formula=PriceFormula.F8), ["Tender None value_per_point: is missing: F8 needs what a point of quality is worth, above zero."]),
    (lambda: tender(price_formula=PriceFormula.F11, budget=Decimal(1)), ["Tender None price_weighting: is 30, but with a published budget (F11) price carries no weighting."]),
    (lambda: tender(price_formula=PriceFormula.F11, quality_weighting=Decimal(100), price_weighting=Decimal(0)), ["Tender None budget: is missing: F11 needs the published budget, above zero."]),
    (lambda: tender(quorum=4), ["Tender None quorum: the quorum is 4, but the panel has 3 panel members."]),
    (lambda: tender(blind=True), []),
    (lambda: tender(authority="Other"), ["? Tender None authority: Other is not among the Authorities."]),
    (lambda: tender(section_weightings=SectionWeightings.OF_TOTAL), ["Criteria 1 weighting: the weightings of the top level add up to 100, not to 70 (1, 2)."]),
    (lambda: row("lots", 0, quality_weighting=Decimal(60)), ["Lots 0 quality_weighting: quality and price weighting of lot L1 add up to 90, not to 100."]),
    (lambda: row("lots", 0, quality_weighting=Decimal(100), price_weighting=Decimal(0), price_formula=PriceFormula.F11), ["Lots 0 budget: is missing: F11 needs the published budget, above zero (lot L1)."]),
    (lambda: row("lots", 0, quality_weighting=Decimal(100), price_weighting=Decimal(0), price_formula=PriceFormula.F11, budget=Decimal(5)), []),
    (lambda: row("lots", 0, quality_weighting=Decimal(100), price_weighting=Decimal(0), price_formula=PriceFormula.F11, budget=Decimal(5), budget_basis="year"), ["Lots 0 lot: A budget for each year needs the length of the term in months."]),
    (lambda: row("lots", 0, authorities=("Elsewhere",)), ["? Lots 0 authorities: names Elsewhere, which is not in Authorities."]),
    (lambda: more("lots", Lot(LotCode("l1"), "Again")), ["Lots 1 lot: l1 and L1 differ only by case."]),
    (lambda: more("outcomes", make.pack().outcomes[0]), ["Outcomes 1 outcome: O1 stands there twice."]),
    (lambda: make.pack(stages=(Stage("A"), Stage("B"))), ["? Stages None None: is kept with the tender, but this release does not act on it yet."]),
    (lambda: row("criteria", 2, weighting=Decimal("49.999")), ["Criteria 1 weighting: the weightings of the level under 1 add up to 99.999, not to 100 (1.1, 1.2)."]),
    (lambda: row("criteria", 2, weighting=None), ["Criteria 2 weighting: is missing: 1.1 counts towards the result."]),
    (lambda: row("criteria", 4, weighting=None), ["Criteria 4 weighting: is missing: 2 counts towards the result."]),
    (lambda: row("criteria", 2, parent=CriterionCode("9")), ["Criteria 2 parent: names the parent 9, which is not in Criteria."]),
    (lambda: row("criteria", 2, lots=(L2,)), ["Criteria 2 lot: names the lot L2, which is not in Lots.", "Criteria 1 weighting: the weightings of the level under 1 add up to 50, not to 100 (1.2)."]),
    (lambda: row("criteria", 2, lots=(LotCode("l1"),)), ["Criteria 2 lot: names the lot l1, which is not in Lots (it is written L1 there).", "Criteria 1 weighting: the weightings of the level under 1 add up to 50, not to 100 (1.2)."]),
    (lambda: row("criteria", 2, scale=ScaleCode("T")), ["Criteria 2 scale: names the scale T, which is not in Scale."]),
    (lambda: row("criteria", 2, scale=None), ["Criteria 2 scale: is missing: 1.1 is scored and needs a scale."]),
    (lambda: row("criteria", 2, stage="ITT"), ["Criteria 2 stage: names the stage ITT, which is not in Stages."]),
    (lambda: row("criteria", 2, minimum=Decimal("2.5")), ["Criteria 2 minimum: 2.5 is no level of the scale S (0 None, 1 Poor, 2 Fair, 3 Good, 4 Excellent)."]),
    (lambda: row("criteria", 0, minimum=Decimal(2)), ["Criteria 0 minimum: 2 is no level of the scale met (0 Not met, 1 Met)."]),
    (lambda: row("criteria", 0, weighting=Decimal(0)), ["Criteria 0 weighting: a condition criterion carries no weighting; leave it empty."]),
    (lambda: row("criteria", 0, kind=CriterionKind.INFORMATION, minimum=Decimal(1)), ["Criteria 0 minimum: an information criterion is not scored and has no minimum."]),
    (lambda: row("criteria", 1, minimum=Decimal(1)), ["Criteria 1 minimum: stands at a criterion that is not scored itself; give the minimum to the criteria below it."]),
    (lambda: row("criteria", 1, kind=CriterionKind.CONSIDERATION, weighting=None), ["Criteria 1 kind: 1 has criteria below it, so it must be a section.", "Criteria 1 weighting: is missing: 1 counts towards the result."]),
    (lambda: row("criteria", 5, kind=CriterionKind.CONSIDERATION, weighting=None, minimum=None, scale=None), ["Criteria 1 weighting: the weightings of the top level add up to 60, not to 100 (1)."]),
    (lambda: row("criteria", 1, parent=CriterionCode("1.1")), ["Criteria 1 parent: 1 is its own ancestor: the parents run in a circle.", "Criteria 2 parent: 1.1 is its own ancestor: the parents run in a circle."]),
    (lambda: make.pack(criteria=(make.section("1", 100),)), ["Criteria 0 criterion: the section 1 has no criteria below it.", "Criteria None weighting: there is no scored criterion with a weighting, but quality counts 70 %."]),
    (lambda: more("criteria", replace(make.criteria()[0], criterion=CriterionCode("All"))), ["Criteria 6 criterion: all and none cannot be codes: the Panel sheet gives them a meaning."]),
    (lambda: more("scales", Scale(ScaleCode("T"), (Level(Decimal(1), "One"),))), ["Scale 5 value: the scale T has one level; a scale has at least two."]),
    (lambda: more("scales", Scale(ScaleCode("T"), (Level(Decimal(1), "One"), Level(Decimal("1.0"), "Uno")))), ["Scale 6 value: the scale T has the value 1 twice."]),
    (lambda: more("scales", Scale(ScaleCode("T"), (Level(Decimal(-1), "Minus"), Level(Decimal(0), "Nil")))), ["Scale 5 value: is below zero; a level is worth zero or more.", "Scale 6 value: the highest level of the scale T is worth nothing."]),
    (lambda: row("members", 0, bidder=BidderCode("B9")), ["Members 0 bidder: names the bidder B9, which is not in Bidders."]),
    (lambda: make.pack(members=()), ["? Bidders 2 kind: B03 is a consortium without a row in Members."]),
    (lambda: more("bidders", Bidder(BidderCode("B04"), "Tallis Care Ltd", email="none")), ["? Bidders 3 bidder: B04 made no bid in Bids.", "? Bidders 3 email: is no e-mail address.", "? Bidders 3 name: B04 and B02 have the same name."]),
    (lambda: row("bids", 1, lot=L2), ["Bids 1 lot: names the lot L2, which is not in Lots.", "Prices 1 lot: B02 made no bid for lot L1."]),
    (lambda: row("bids", 1, status=BidStatus.EXCLUDED), ["Bids 1 reason: is missing: a bid that is excluded says why."]),
    (lambda: row("bids", 1, status=BidStatus.COMPARATOR), []),
    (lambda: row("bids", 1, received=datetime(2026, 9, 18, 11, 0, 1, tzinfo=UTC)), ["? Bids 1 status: the bid was received after the deadline but is marked valid."]),
    (lambda: row("bids", 1, received=datetime(2026, 9, 18, 11, 0, tzinfo=UTC)), []),
    (lambda: row("bids", 1, status=BidStatus.LATE, reason="By post"), ["? Bids 1 status: the bid is marked late but was received before the deadline."]),
    (lambda: row("bids", 1, bid=BidCode("B01")), ["Bids 1 bid: the bid B01 is B01's and cannot be B02's too."]),
    (lambda: row("bids", 1, bid=BidCode("b01")), ["Bids 1 bid: b01 and B01 differ only by case."]),
    (lambda: row("bids", 0, bid=BidCode("B03")), ["Bids 0 bid: the bid B03 of B01 has the code of another bidder.", "Bids 2 bid: the bid B03 is B01's and cannot be B03's too."]),
    (lambda: more("bids", make.bids()[0]), ["Bids 3 bid: the bid B01 for lot L1 stands there twice."]),
    (lambda: more("bids", replace(make.bids()[0], bid=BidCode("B01a"))), ["Bids 3 bid: B01 has the bid B01 for lot L1 already; a second one is a variant_of it."]),
    (lambda: more("bids", replace(make.bids()[0], bid=BidCode("B01a"), variant_of=BidCode("B01"))), ["? Bids 3 variant_of: is kept with the tender, but this release does not act on it yet."]),
    (lambda: more("bids", replace(make.bids()[0], bid=BidCode("B01a"), variant_of=BidCode("B07"))), ["Bids 3 variant_of: names the bid B07, which is not another bid for lot L1."]),
    (lambda: row("bidders", 0, kind=BidderKind.IN_HOUSE), ["? Bids 0 status: an in-house bid marked valid is ranked with the others; comparator keeps it outside the ranking."]),
    (lambda: row("prices", 1, amount=Decimal("119999.999999999999")), ["Prices 1 amount: is 119999.999999999999, but 12 × 10000 is 120000."]),
    (lambda: row("prices", 1, quantity=Decimal(-1), amount=Decimal(-10000)), ["Prices 1 quantity: is below zero."]),
    (lambda: more("prices", make.prices()[0]), ["? Prices 3 item: Service stands twice for B01."]),
    (lambda: make.pack(clarifications=(Clarification("1", "Why?", BidderCode("B9")),)), ["Clarifications 0 bidder: names the bidder B9, which is not in Bidders.", "? Clarifications None None: is kept with the tender, but this release does not act on it yet."]),
    (lambda: make.pack(authorities=(Authority("Northmoor Council", decided_on=date(2026, 10, 1)),)), ["? Authorities 0 decided_on: is kept with the tender, but this release does not act on it yet."]),
    (lambda: more("panel", PanelMember(PersonCode("OF2"), "Two", (Role.OFFICER,))), ["? Panel None role: names 2 officers; one is expected."]),
    (lambda: make.pack(panel=make.panel()[2:]), ["? Panel None role: names no officer.", "? Panel None role: names no chair."]),
    (lambda: row("panel", 2, criteria=(CriterionCode("1"), CriterionCode("7"))), ["Panel 2 criteria: names the criterion 7, which is not in Criteria.", "Panel 2 criteria: names 1, which is not scored itself; name the criteria below it."]),
    (lambda: row("panel", 0, criteria=(CriterionCode("1.1"),)), ["? Panel 0 criteria: names criteria, but the person is no panel-member and scores nothing."]),
    (lambda: row("panel", 2, criteria=()), ["? Panel 2 criteria: says none, so this panel member scores nothing."]),
    (lambda: row("panel", 2, replaces=PersonCode("PM9")), ["Panel 2 replaces: names the person PM9, who is not another person of the Panel."]),
    (lambda: row("panel", 2, since=date(2026, 9, 2), until=date(2026, 9, 1)), ["Panel 2 until: lies before the first day (from)."]),
    (lambda: make.pack(documents=(DocumentEntry("a.pdf", envelope=EnvelopeKind.PRICE),)), ["Documents 0 envelope: a document of the tender in the price envelope; only bids have one."]),
    (lambda: make.pack(documents=(DocumentEntry("A.pdf"), DocumentEntry("a.PDF"))), ["Documents 1 path: a.PDF and A.pdf differ only by case."]),
    (lambda: make.pack(documents=(DocumentEntry("a.pdf", BidderCode("B9"), L2, CriterionCode("9")),)), ["Documents 0 bidder: names the bidder B9, which is not in Bidders.", "Documents 0 lot: names the lot L2, which is not in Lots.", "Documents 0 criterion: names the criterion 9, which is not in Criteria."]),
]  # fmt: skip


@pytest.mark.parametrize(("pack", "findings"), CASES)
def test_check_names_what_does_not_hold(pack: Callable[[], TenderPack], findings: list[str]) -> None:
    assert told(pack()) == findings


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../b", "a//b", "./a", "C:/x", "a/", ""])
def test_check_document_path_that_leaves_the_pack_is_refused(path: str) -> None:
    found = told(make.pack(documents=(DocumentEntry(path),)))
    assert found == ["Documents 0 path: must be relative to the workbook, without . or .. in it."]


def test_check_lots_with_criteria_of_their_own_add_up_each() -> None:
    lots = (Lot(make.LOT, "One"), Lot(L2, "Two"))
    only = replace(make.criteria()[5], lots=(L2,))
    other = make.criterion("2.2", "2", 100, lots=(make.LOT,))
    assert told(make.pack(lots=lots, criteria=(*make.criteria()[:5], only, other))) == []
    assert told(make.pack(lots=lots, criteria=(*make.criteria()[:5], only))) == [
        "Criteria 1 weighting: the weightings of the top level in lot L1 add up to 60, not to 100 (1)."
    ]


def test_check_child_in_a_lot_that_its_parent_does_not_apply_to() -> None:
    lots = (Lot(make.LOT, "One"), Lot(L2, "Two"))
    criteria = list(make.criteria())
    criteria[4] = replace(criteria[4], lots=(make.LOT,))
    found = told(make.pack(lots=lots, criteria=tuple(criteria)))
    assert found[0] == "Criteria 5 lot: 2.1 applies to L2, but its parent 2 does not."


def test_check_pack_without_a_tender_leaves_its_references_to_others() -> None:
    full = make.pack()
    assert told(TenderPack(bids=full.bids, prices=full.prices)) == []
    assert told(TenderPack(prices=full.prices), within=full) == []


def test_check_bid_that_is_held_already_may_come_again_unchanged() -> None:
    full = make.pack()
    assert told(TenderPack(bids=full.bids), within=full) == []
    changed = replace(full.bids[0], received=None)
    assert told(TenderPack(bids=(changed,)), within=full) == [
        "Bids 0 bid: the bid B01 for lot L1 is held already, with other particulars."
    ]


def test_check_bidder_that_is_held_with_other_particulars_is_refused() -> None:
    full = make.pack()
    found = told(TenderPack(bidders=(Bidder(BidderCode("B01"), "Another"),)), within=full)
    assert found == ["Bidders 0 bidder: B01 is held already for Harbour Young Carers, with other particulars."]


def test_check_every_finding_of_a_bad_pack_comes_at_once() -> None:
    pack = make.pack(tender=None, lots=(), criteria=(), scales=(), panel=())
    assert told(pack) == []
    assert told(replace(pack, tender=make.tender(), bids=(), prices=(), bidders=(), members=(), authorities=())) == [
        "Lots None lot: there is no lot; one is missing.",
        "Criteria None criterion: the criteria are missing.",
        "Scale None scale: the scale is missing.",
        "? Panel None person: the panel is missing; nobody can score yet.",
    ]
