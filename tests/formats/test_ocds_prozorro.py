from __future__ import annotations

import json
from decimal import Decimal

from evalpanel.domain.criteria import CriterionKind
from evalpanel.domain.ocds_gaps import OcdsTender
from evalpanel.formats.ocds import read_ocds
from formats.ocds_examples import SPECIMENS, Json, only, read, told


def specimen() -> Json:
    found: Json = json.loads((SPECIMENS / "prozorro" / "tender-with-features.json").read_bytes())
    return found


def quality(tender: OcdsTender) -> list[tuple[str, Decimal | None, str | None, tuple[str, ...]]]:
    kept = [it for it in tender.pack.criteria if it.kind is CriterionKind.QUALITY]
    return [(it.criterion, it.weighting, it.scale, it.lots) for it in kept]


def test_tender_of_prozorro_is_mapped() -> None:
    reading = read(specimen())
    (tender,) = reading.tenders
    assert (reading.kind, tender.is_usable, tender.ocid) == ("ProZorro tender", True, "UA-2022-07-23-000100-a")
    assert (tender.terms.reference, tender.terms.currency) == ("UA-2022-07-23-000100-a", "UAH")
    assert read({"data": specimen()}).tenders[0].pack == tender.pack


def test_features_become_criteria_and_their_options_levels() -> None:
    tender = only(specimen())
    assert quality(tender) == [("1", Decimal(20), "F1", ()), ("2", Decimal(2), "F2", ()), ("3", Decimal(10), "F3", ())]
    assert [(it.scale, [level.value for level in it.levels]) for it in tender.pack.scales] == [
        ("F1", [Decimal(0), Decimal(20)]),
        ("F2", [Decimal(1), Decimal(2)]),
        ("F3", [Decimal(9), Decimal(10)]),
    ]
    assert (tender.terms.quality_weighting, tender.terms.price_weighting) == (Decimal(32), Decimal(68))


def test_criteria_with_requirements_become_conditions() -> None:
    tender = only(specimen())
    conditions = [it for it in tender.pack.criteria if it.kind is CriterionKind.CONDITION]
    assert [it.criterion for it in conditions] == [f"C{number}" for number in range(1, 11)]
    what = "/criteria/8/requirementGroups/0/requirements/1: is a cancelled requirement; it was left out."
    assert what in told(tender)


def test_what_prozorro_does_otherwise_is_told() -> None:
    tender = only(specimen())
    assert [it for it in told(tender) if it.startswith(("/tenderID", "/submissionMethod", "/value", "/lots:"))] == [
        "/tenderID: is a tender of ProZorro, which is not plain OCDS; it was mapped on purpose.",
        "/submissionMethod: is an electronic auction, which evalpanel does not hold.",
        "/lots: have ids that are no short codes: “268c0b11caf3a45ecb178e92ea36b9c4” is L1.",
        "/value: is 7225305, but the values of the lots add up to 201.",
    ]
    assert [(it.cell, it.needed) for it in tender.asks if it.column == "price_formula"] == [("Tender!B14", True)]


def test_features_of_one_lot_among_several_count_there() -> None:
    value = specimen()
    value["lots"].append(value["lots"][0] | {"id": "second"})
    tender = only(value)
    assert [it[3] for it in quality(tender)] == [(), ("L1",), ("L1",)]
    assert [(it.lot, it.quality_weighting) for it in tender.pack.lots] == [("L1", None), ("second", Decimal(20))]
    assert tender.terms.quality_weighting == Decimal(32)


def test_features_that_take_more_than_the_whole_are_told() -> None:
    value = specimen()
    value["features"][0]["enum"][0]["value"] = 0.95
    tender = only(value)
    assert "/features: add up to more than the whole in lot L1 (107 %)." in told(tender)
    assert tender.terms.quality_weighting is None


def test_bids_of_prozorro_are_read_without_their_prices() -> None:
    value = specimen()
    tenderer = {"name": "Альфа", "identifier": {"scheme": "UA-EDR", "id": "00037256"}}
    lot = {"relatedLot": "268c0b11caf3a45ecb178e92ea36b9c4", "value": {"amount": 4321.5}}
    value["bids"] = [
        {"id": "1", "status": "active", "tenderers": [tenderer], "lotValues": [lot], "parameters": [{"code": "x"}]},
        {"id": "2", "status": "draft", "tenderers": [tenderer]},
    ]
    tender = only(value)
    assert [(it.name, it.scheme, it.identifier) for it in tender.pack.bidders] == [("Альфа", "UA-EDR", "00037256")]
    assert [(it.bid, it.lot) for it in tender.pack.bids] == [("B01", "L1")]
    assert "4321" not in repr(tender)


def test_name_of_the_kind_does_not_make_a_tender_of_prozorro() -> None:
    reading = read_ocds(json.dumps({"tenderID": 7}).encode(), "x.json")
    assert (reading.kind, reading.is_usable) == ("", False)
