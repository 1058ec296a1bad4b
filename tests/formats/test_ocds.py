from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from evalpanel.domain.ocds_gaps import Terms
from evalpanel.domain.tender import Authority, Lot, LotCode, SectionWeightings
from evalpanel.formats.ocds import read_ocds
from formats.ocds_examples import Json, a_release, only, read, told

VALUE = {"amount": 1, "currency": "GBP"}


def refusal(value: object) -> list[str]:
    reading = read(value)
    assert (reading.tenders, reading.is_usable) == ((), False)
    return [str(problem) for problem in reading.problems]


def test_release_says_the_terms_of_its_tender() -> None:
    assert only(a_release()).terms == Terms(
        reference="DN-2026-17",
        title="Short breaks",
        authority="Moorland Council",
        procedure="Open procedure",
        deadline=datetime(2026, 9, 18, 11, tzinfo=UTC),
        notice_id="ocds-made-1",
        quality_weighting=Decimal(60),
        price_weighting=Decimal(40),
        section_weightings=SectionWeightings.OF_TOTAL,
        currency="GBP",
        term_months=36,
    )


def test_sound_release_has_nothing_odd() -> None:
    reading = read(a_release())
    assert (reading.problems, reading.tenders[0].problems) == ((), ())


def test_tender_without_lots_has_one_with_its_title_and_value() -> None:
    assert only(a_release()).pack.lots == (Lot(LotCode("L1"), "Short breaks", Decimal(250000)),)


@pytest.mark.parametrize(
    ("wrap", "kind", "version"),
    [
        (lambda it: it, "release", ""),
        (lambda it: {"version": "1.1", "releases": [it]}, "release package", "1.1"),
        (lambda it: {"releases": [it]}, "release package", "1.0"),
        (lambda it: {"ocid": "ocds-made-1", "compiledRelease": it}, "record", ""),
        (lambda it: {"ocid": "ocds-made-1", "releases": [it]}, "record", ""),
        (lambda it: {"version": "1.1.5", "records": [{"ocid": "ocds-made-1", "compiledRelease": it}]}, "record package", "1.1.5"),
    ],
)  # fmt: skip
def test_every_kind_of_file_says_the_same(wrap: object, kind: str, version: str) -> None:
    assert callable(wrap)
    reading = read(wrap(a_release()))
    assert (reading.kind, reading.version, reading.ocid) == (kind, version, "ocds-made-1")
    assert [(it.terms, it.pack, it.asks) for it in reading.tenders] == [
        (it.terms, it.pack, it.asks) for it in read(a_release()).tenders
    ]


def test_newer_version_is_read_and_said() -> None:
    reading = read({"version": "2.0", "releases": [a_release()]})
    assert [str(problem) for problem in reading.problems] == [
        "made.json: is OCDS 2.0, which is newer than this program knows; it was read as 1.1. Compare what was understood."
    ]
    assert reading.is_usable


def test_releases_of_one_process_are_put_together_by_date() -> None:
    later = {"ocid": "ocds-made-1", "id": "r2", "date": "2026-07-01T00:00:00Z", "tender": {"title": "Breaks"}}
    tender = only({"version": "1.1", "releases": [later, a_release()]})
    assert (tender.terms.title, tender.terms.reference) == ("Breaks", "DN-2026-17")
    assert told(tender) == [
        "/releases/0: is the latest of 2 releases of this process; they were put together by date, the latest counts."
    ]


def test_several_processes_are_several_tenders() -> None:
    other = a_release(title="Advocacy") | {"ocid": "ocds-made-2"}
    reading = read({"version": "1.1", "releases": [a_release(), other]})
    assert [it.ocid for it in reading.tenders] == ["ocds-made-1", "ocds-made-2"]
    chosen = reading.tender("ocds-made-2")
    assert (reading.ocid, chosen and chosen.terms.title, reading.tender("x")) == ("", "Advocacy", None)


def test_organisations_of_version_1_0_stand_where_they_are_named() -> None:
    release = a_release(tenderers=[{"name": "Alpha", "identifier": {"scheme": "GB-COH", "id": "00123456"}}])
    release = {name: value for name, value in release.items() if name != "parties"} | {"buyer": {"name": "Moorland"}}
    tender = only({"releases": [release]})
    (bidder,) = tender.pack.bidders
    assert (tender.terms.authority, bidder.name, bidder.scheme, bidder.identifier) == (
        "Moorland",
        "Alpha",
        "GB-COH",
        "00123456",
    )


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ([a_release()], "holds a list, and no OCDS release, record or package. Take one release, or put them into a release package."),
        (7, "holds a single value, and no OCDS release, record or package. Take one release, or put them into a release package."),
        ({}, "is JSON, but no OCDS release, record or package: there is no ocid, no releases and no records. It is empty."),
        ({"type": "Feature"}, "is JSON, but no OCDS release, record or package: there is no ocid, no releases and no records. It has: 'type'."),
        ({"$schema": "x", "title": "Schema"}, "is a JSON schema (Schema): it describes what files look like, and holds no tender itself."),
        ({"version": "1.1", "releases": []}, "is a release package that holds nothing."),
        ({"version": "1.1", "records": [1]}, "is a record package that holds nothing."),
    ],
)  # fmt: skip
def test_what_holds_no_tender_is_refused_as_what_it_is(value: object, what: str) -> None:
    assert refusal(value) == [f"made.json: {what}"]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (
            {"ocid": "o", "releases": [{"url": "https://example.org/1.json", "date": "2026-01-01T00:00:00Z"}]},
            "/: names its releases only by their addresses, and nothing is fetched. Load the releases themselves.",
        ),
        ({"ocid": "o", "releases": []}, "/: holds neither a compiled release nor releases."),
        (
            {"ocid": "o", "id": "1", "tag": ["contract"], "contracts": [{"id": "1"}]},
            (
                "/: has no tender: nothing in it says what was invited. It has: ocid, id, tag, contracts. "
                "Load the tender's own release."
            ),
        ),
    ],
)
def test_process_without_a_tender_is_refused(value: object, what: str) -> None:
    tender = only(value)
    assert (tender.is_usable, told(tender)) == (False, [what])


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"id": None}, "/tender: has no id."),
        ({"status": "cancelled"}, "/tender/status: is cancelled: this tender is over as far as the file knows."),
        (
            {"tenderPeriod": {"endDate": "2026-09-18"}},
            "/tender/tenderPeriod/endDate: is '2026-09-18', which is no date with a time and a time zone; it was not taken over.",
        ),
        (
            {"tenderPeriod": {"endDate": "2026-09-18T00:00:00Z"}},
            "/tender/tenderPeriod/endDate: is midnight, as files write a date whose hour they do not know. Check the hour.",
        ),
        ({"title": {"en": "x"}}, "/tender/title: holds an object where a text should stand; it was not taken over."),
        ({"title": "a\u0000b"}, "/tender/title: holds control characters; they were left out."),
        ({"value": {"amount": "12,5", "currency": "GBP"}}, "/tender/value/amount: holds '12,5', which is no plain number; it was not taken over."),
        ({"value": {"amount": 1, "currency": "£"}}, "/tender/value/currency: is '£', which is no currency code of three letters."),
        ({"lots": "two"}, "/tender/lots: holds a text where a list should stand; it was not taken over."),
        ({"lots": [{"title": "A", "value": VALUE}]}, "/tender/lots/0: has no id; it is called L1 here, by its place."),
        ({"lots": [7, {"id": "1", "title": "A"}]}, "/tender/lots/0: holds a number where an object should stand; it was left out."),
        ({"items": [{"id": "1", "relatedLot": "9"}]}, "/tender/items/0/relatedLot: names the lot '9', which is not among the lots of the tender."),
        ({"documents": [{"id": "1", "relatedLots": ["9"]}]}, "/tender/documents/0: names the lot '9', which is not among the lots of the tender."),
        ({"submissionTerms": {"x": 1}}, "/tender: says more than a tender workbook holds; not taken over: submissionTerms."),
        (
            {"lots": [{"id": "1", "title": "A", "value": {"amount": 5, "currency": "GBP"}}]},
            "/tender/value: is 250000, but the values of the lots add up to 5.",
        ),
        (
            {"lots": [{"id": "1", "title": "A", "value": {"amount": 5, "currency": "EUR"}}]},
            "/tender/lots/0/value: is in another currency than the first (GBP, EUR); a tender has one. Such values were not taken over.",
        ),
    ],
)  # fmt: skip
def test_what_is_odd_is_told_with_its_place(changed: Json, what: str) -> None:
    assert what in told(only(a_release(**changed)))


def test_release_without_id_or_ocid_is_read_and_told() -> None:
    release = a_release()
    del release["id"], release["ocid"]
    reading = read({"version": "1.1", "releases": [release]})
    assert [str(it) for it in reading.problems] == [
        "made.json: holds a release without an id, which the standard asks for."
    ]
    assert told(reading.tenders[0]) == [
        "/releases/0/ocid: is missing: the process has no name that anybody else knows."
    ]


def test_lots_are_called_by_codes_that_people_can_use() -> None:
    ids = ["1", "LOT-0002", "268c0b11caf3a45ecb178e92ea36b9c4", "a b", "1", "l1", "all"]
    tender = only(a_release(lots=[{"id": it, "title": "T"} for it in ids]))
    assert [lot.lot for lot in tender.pack.lots] == ["L1", "LOT-0002", "L3", "L4", "L5", "L6", "L7"]
    assert "/tender/lots/4: has the id “1” of another lot; it is called L5 here." in told(tender)


def test_further_buyers_are_joint_authorities() -> None:
    release = a_release()
    release["parties"].append({"id": "B", "name": "Seaside Council", "roles": ["buyer"]})
    tender = only(release)
    assert tender.pack.authorities == (Authority("Moorland Council"), Authority("Seaside Council", "joint"))


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2027-04-01T00:00:00Z", "2028-03-31T23:59:59+01:00", 12),
        ("2027-04-01T00:00:00Z", "2028-04-01T00:00:00Z", 12),
        ("2027-01-31T09:00:00Z", "2027-02-27T09:00:00Z", None),
        ("2027-04-01T00:00:00Z", "2027-04-15T23:59:59Z", None),
        ("2028-04-01T00:00:00Z", "2027-04-01T00:00:00Z", None),
        ("2027-04-01T00:00:00Z", "9999-12-31T23:59:59Z", None),
        ("2027-04-01", "2028-03-31", None),
    ],
)
def test_term_is_taken_over_only_in_whole_months(first: str, last: str, months: int | None) -> None:
    tender = only(a_release(contractPeriod={"startDate": first, "endDate": last}))
    asked = [ask.why for ask in tender.asks if ask.column == "term_months"]
    assert (tender.terms.term_months, bool(asked)) == (months, months is None)


def test_documents_are_named_and_nothing_else() -> None:
    listed = [{"id": "1", "title": "ITT.pdf", "url": "https://example.org/itt"}, {"id": "2", "documentType": "notice"}]
    documents = only(a_release(documents=listed)).documents
    assert [(it.title, it.belongs_to, it.where, it.address) for it in documents] == [
        ("ITT.pdf", "the tender", "/tender/documents/0", "https://example.org/itt"),
        ("notice", "the tender", "/tender/documents/1", ""),
    ]


def test_number_of_the_notice_goes_before_the_ocid() -> None:
    tender = only(a_release(documents=[{"id": "012345-2026", "documentType": "tenderNotice"}]))
    assert tender.terms.notice_id == "012345-2026"


def test_thousand_problems_are_counted_at_the_end() -> None:
    tender = only(a_release(lots=[7] * 1_000))
    assert len(tender.problems) == 301
    assert tender.problems[-1].what == "and 700 more remarks like these."


def test_file_in_utf_8_with_a_mark_is_read() -> None:
    data = b"\xef\xbb\xbf" + json.dumps(a_release()).encode()
    assert read_ocds(data, "x.json").is_usable
