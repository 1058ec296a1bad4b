from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from evalpanel.domain.tender import BidderKind, BidStatus, MemberRole
from formats.ocds_examples import Json, a_release, only, told

LOTS = [{"id": "1", "title": "North"}, {"id": "2", "title": "South"}]


def with_bids(*details: Json, **tender: Any) -> Json:
    release = a_release(**tender)
    release["bids"] = {"details": list(details)}
    release["parties"] += [
        {
            "id": "S1",
            "name": "Alpha Ltd",
            "roles": ["tenderer"],
            "identifier": {"scheme": "GB-COH", "id": "00123456"},
            "address": {"streetAddress": "1 High Street", "locality": "Moorham", "postalCode": "AA1 1AA"},
            "contactPoint": {"email": "bids@alpha.example"},
            "details": {"scale": "sme", "vcse": False},
        },
        {"id": "S2", "name": "Beta CIO", "roles": ["tenderer"], "details": {"scale": "large", "vcse": True}},
    ]
    return release


def bid(number: str, *tenderers: str, **more: Any) -> Json:
    return {"id": number, "status": "valid", "tenderers": [{"id": it} for it in tenderers], **more}


def test_bidders_have_what_their_party_says() -> None:
    alpha, beta = only(with_bids()).pack.bidders
    assert (alpha.bidder, alpha.name, alpha.kind, alpha.scheme, alpha.identifier) == (
        "B01",
        "Alpha Ltd",
        BidderKind.COMPANY,
        "GB-COH",
        "00123456",
    )
    assert (alpha.address, alpha.email) == ("1 High Street\nMoorham\nAA1 1AA", "bids@alpha.example")
    assert [(it.sme, it.value_driven) for it in (alpha, beta)] == [(True, False), (False, True)]


def test_bid_for_several_lots_is_one_bid_in_each() -> None:
    release = with_bids(bid("7", "S1", relatedLots=["1", "2"], date="2026-09-18T09:00:00+01:00"), lots=LOTS)
    assert [(it.bid, it.bidder, it.lot, it.received) for it in only(release).pack.bids] == [
        ("B01", "B01", "L1", datetime(2026, 9, 18, 8, tzinfo=UTC)),
        ("B01", "B01", "L2", datetime(2026, 9, 18, 8, tzinfo=UTC)),
    ]


def test_second_bid_for_a_lot_is_asked_about() -> None:
    tender = only(with_bids(bid("1", "S1"), bid("2", "S1")))
    assert [(it.bid, it.lot) for it in tender.pack.bids] == [("B01", "L1"), ("B01-2", "L1")]
    assert [(it.cell, it.needed) for it in tender.asks if it.sheet == "Bids"] == [("Bids!A3", True)]


def test_status_of_a_bid_is_taken_over_or_asked() -> None:
    details = [bid(it, "S1" if it != "valid" else "S2", status=it) for it in ("valid", "disqualified", "invited")]
    tender = only(with_bids(*details))
    assert [(it.bidder, it.status) for it in tender.pack.bids] == [
        ("B01", BidStatus.VALID),
        ("B02", BidStatus.EXCLUDED),
    ]
    assert "/bids/details/2: is invited: no bid was made; it was left out." in told(tender)
    assert [(it.cell, it.why, it.needed) for it in tender.asks if it.sheet == "Bids"] == [
        ("Bids!G3", "The file says excluded and not why.", True)
    ]


def test_unknown_status_is_told_and_asked() -> None:
    tender = only(with_bids(bid("1", "S1", status="pondering")))
    what = "is “pondering”, which is not known; the bid was taken as valid. Check it."
    assert told(tender) == [f"/bids/details/0/status: {what}", "/tender/tenderers: name 1 without a bid in the file."]


def test_bid_that_names_no_lot_among_several_is_asked() -> None:
    tender = only(with_bids(bid("1", "S1"), bid("2", "S2", relatedLots=["9"]), lots=LOTS))
    assert [(it.cell, it.needed) for it in tender.asks if it.sheet == "Bids"] == [("Bids!C2", True), ("Bids!C3", True)]
    assert "/bids/details/1: names the lot '9', which is not among the lots of the tender." in told(tender)


def test_organisations_that_bid_together_are_a_consortium() -> None:
    tender = only(with_bids(bid("1", "S1", "S2")))
    (consortium,) = tender.pack.bidders
    assert (consortium.kind, consortium.name) == (BidderKind.CONSORTIUM, "Alpha Ltd and Beta CIO")
    assert [(it.name, it.role, it.identifier) for it in tender.pack.members] == [
        ("Alpha Ltd", MemberRole.MEMBER, "00123456"),
        ("Beta CIO", MemberRole.MEMBER, ""),
    ]
    assert [it.cell for it in tender.asks if it.sheet in ("Bidders", "Members")] == ["Bidders!B2", "Members!C2"]


def test_prices_of_bids_are_never_taken_over() -> None:
    tender = only(with_bids(bid("1", "S1", value={"amount": 98765, "currency": "GBP"}), bid("2", "S2")))
    what = "give prices for 1 of 2 bids. Prices stay sealed until quality is locked: they were not taken over."
    assert told(tender) == [f"/bids/details: {what} Load them then as a price schedule."]
    assert tender.pack.prices == ()
    assert "98765" not in repr(tender)


def test_bids_without_ids_or_tenderers_are_told() -> None:
    tender = only(with_bids({"tenderers": [{"id": "S1"}]}, bid("1"), bid("1", "S2")))
    assert told(tender) == [
        "/bids/details/0: is a bid without an id.",
        "/bids/details/1: is a bid without a tenderer; it was left out.",
        "/bids/details/2: has the id “1” of another bid.",
    ]


def test_tenderers_without_bids_are_bidders_whose_bids_are_asked() -> None:
    tender = only(with_bids())
    assert ([it.name for it in tender.pack.bidders], tender.pack.bids) == (["Alpha Ltd", "Beta CIO"], ())
    assert [it.why for it in tender.asks if it.sheet == "Bids"] == [
        "The file names bidders and no bids. Say for which lots each of them bid."
    ]


def test_awards_are_no_part_of_an_evaluation() -> None:
    release = a_release() | {"awards": [{"id": "1", "suppliers": [{"id": "S9", "name": "Winner Ltd"}]}]}
    tender = only(release)
    assert told(tender) == [
        "/awards: says to whom contracts were awarded; that is no part of an evaluation and was not taken over."
    ]
    assert tender.pack.bidders == ()


def test_enquiries_become_clarifications_on_the_days_of_the_united_kingdom() -> None:
    enquiries = [
        {
            "id": "7",
            "title": "TUPE",
            "description": "Does it apply?",
            "date": "2026-07-01T23:30:00Z",
            "answer": "Yes.",
            "dateAnswered": "2026-07-03T09:00:00Z",
            "relatedLot": "2",
        },
        {"description": "When?"},
        {"id": "x y"},
    ]
    tender = only(a_release(enquiries=enquiries, lots=LOTS))
    assert [
        (it.number, it.question, it.lot, it.asked, it.answered, it.answer) for it in tender.pack.clarifications
    ] == [
        ("7", "TUPE\nDoes it apply?", "L2", date(2026, 7, 2), date(2026, 7, 3), "Yes."),
        ("Q2", "When?", None, None, None, ""),
        ("Q3", "", None, None, None, ""),
    ]
    assert [(it.cell, it.needed) for it in tender.asks if it.sheet == "Clarifications"] == [("Clarifications!F4", True)]
