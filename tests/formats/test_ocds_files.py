"""Every real file is read, or refused in words; changed ones never raise; a draft always asks for what it lacks."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalpanel.domain.ocds_gaps import OcdsReading
from evalpanel.formats.ocds import read_ocds
from evalpanel.formats.ocds_draft import draft_workbook
from evalpanel.formats.ocds_json import MAX_VALUES
from evalpanel.formats.workbook import read_workbook
from formats.ocds_examples import SPECIMENS, Json, a_release, award, price, quality, read

SHARED = Path(__file__).parents[3] / "shared" / "data"
OURS = sorted(SPECIMENS.glob("*/*.json"))
REFUSED = {
    "TestData-CFSearchStr0.json": "is a release package that holds nothing.",
    "ocds-213czf-000-00001-05-contract.json": "/releases/0: has no tender: ",
    "ocds-213czf-000-00001-06-implementation.json": "/releases/0: has no tender: ",
    "release-package-schema.json": "is a JSON schema (Schema for an Open Contracting Release Package): ",
}


def read_file(path: Path) -> OcdsReading:
    return read_ocds(path.read_bytes(), path.name)


def check(path: Path, *, drafting: bool) -> None:
    """A usable file gives drafts that ask for exactly what they lack; another says what is missing."""
    reading = read_file(path)
    stops = [*reading.problems, *(problem for tender in reading.tenders for problem in tender.problems)]
    assert reading.is_usable != any(problem.stops for problem in stops)
    for tender in reading.tenders if drafting else ():
        if tender.is_usable:
            found = {problem.where for problem in read_workbook(draft_workbook(tender)).problems if problem.stops}
            # The formula is missed by the check of the workbook only when the regime is there.
            assert found == {ask.cell for ask in tender.asks if ask.needed} - {"Tender!B14"}


@pytest.mark.parametrize("path", OURS, ids=[path.name for path in OURS])
def test_specimen_is_read_or_refused_in_words(path: Path) -> None:
    check(path, drafting=True)
    reading = read_file(path)
    told = [str(it) for it in (*reading.problems, *(it for tender in reading.tenders for it in tender.problems))]
    expected = REFUSED.get(path.name)
    assert reading.is_usable == (expected is None)
    assert expected is None or any(expected in it for it in told)


def test_fictional_procurement_is_the_same_from_releases_and_from_its_record() -> None:
    folder = SPECIMENS / "fictional"
    (released,) = read_file(folder / "ocds-213czf-000-00001.json").tenders
    (recorded,) = read_file(folder / "record-with-versions.json").tenders
    assert (released.ocid, released.terms, released.pack) == (recorded.ocid, recorded.terms, recorded.pack)
    assert [it.name for it in released.pack.bidders] == ["AnyCorp Cycle Provision", "Beta Corp Construction"]


@pytest.mark.real_input
def test_every_shared_file_is_read_or_refused_in_words() -> None:
    if not SHARED.is_dir():
        pytest.skip("the material of other people is not beside this checkout")
    files = sorted([*(SHARED / "ocds").rglob("*.*"), *(SHARED / "prozorro").glob("*.*")])
    kinds: dict[str, int] = {}
    for path in files:
        if path.is_file():
            # A draft takes a third of a second: of the notices, which are much alike, a few are enough.
            check(path, drafting=path.stem.endswith("88"))
            kind = read_file(path).kind
            kinds[kind] = kinds.get(kind, 0) + 1
    assert (kinds["release"], kinds["release package"], kinds["record package"]) == (51, 9, 2)


def test_schema_of_records_is_no_record() -> None:
    reading = read({"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"ocid": {"type": "string"}}})
    assert reading.kind == ""


SEEDS: list[Json] = [
    *(json.loads(path.read_bytes()) for path in OURS if path.stat().st_size < 50_000),
    a_release(
        lots=[{"id": "1", "title": "A", "awardCriteria": award(quality("Q", "60"), price("40"))}, {"id": "2"}],
        criteria=[{"id": "1", "title": "C", "requirementGroups": [{"id": "g", "requirements": [{"minValue": 1}]}]}],
        enquiries=[{"id": "1", "description": "When?"}],
    )
    | {"bids": {"details": [{"id": "1", "tenderers": [{"id": "A"}, {"name": "B"}], "relatedLots": ["1"]}]}},
]
ODD: list[object] = [
    None, True, 0, -1, 1e300, 0.1, "", " ", "\x00a", "\ud800", "=1+1", "x" * 40_000, "60-85%", "100", [], {}, [[]], [{}],
    [None], {"id": 1}, [{"id": "1"}], {"a\n/~\x01": 1}, "2026-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00", "all", "٣", "½", "L1", "👩" * 20_000,
]  # fmt: skip


def spots(value: object, found: list[tuple[Json, str] | tuple[list[object], int]]) -> None:
    """Every place of a value, as the thing that holds it and the name or number there."""
    if isinstance(value, dict):
        for name, inner in value.items():
            found.append((value, name))
            spots(inner, found)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            found.append((value, number))
            spots(inner, found)


@st.composite
def changed(draw: st.DrawFn) -> Json:
    """A real or a made release with up to six places changed, taken away, or put elsewhere."""
    value = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        found: list[tuple[Json, str] | tuple[list[object], int]] = []
        spots(value, found)
        if not found:
            break
        holder, name = draw(st.sampled_from(found))
        if draw(st.booleans()):
            holder[name] = copy.deepcopy(draw(st.sampled_from(ODD)))  # type: ignore[index]  # the name is the holder's
        elif draw(st.booleans()):
            del holder[name]  # type: ignore[arg-type]  # the name is the holder's
        else:
            other, there = draw(st.sampled_from(found))
            holder[name] = copy.deepcopy(other[there])  # type: ignore[index]  # the names are the holders'
    return value


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(changed())
def test_changed_file_never_raises_and_is_explained(value: Json) -> None:
    reading = read(value)
    assert reading.is_usable or any(
        problem.stops for problem in (*reading.problems, *(it for tender in reading.tenders for it in tender.problems))
    )


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(changed())
def test_draft_of_a_changed_file_asks_for_exactly_what_it_lacks(value: Json) -> None:
    for tender in read(value).tenders:
        if tender.is_usable:
            found = {problem.where for problem in read_workbook(draft_workbook(tender)).problems if problem.stops}
            assert found == {ask.cell for ask in tender.asks if ask.needed} - {"Tender!B14"}


@pytest.mark.parametrize("name", ["lots", "items", "criteria", "enquiries", "documents", "tenderers"])
def test_lists_of_any_length_are_read_in_bounds(name: str) -> None:
    reading = read(a_release(**{name: [{"id": str(number)} for number in range(6_000)]}))
    (tender,) = reading.tenders
    assert len(tender.problems) <= 301
    assert len(tender.pack.lots) + len(tender.pack.criteria) <= 3_001


def test_more_values_than_any_tender_has_are_refused() -> None:
    reading = read_ocds(b'{"releases": [' + b"{}," * MAX_VALUES + b"{}]}", "x.json")
    assert [str(it) for it in reading.problems] == [
        "x.json: holds more than 1,000,000 values. Take the release of the tender alone."
    ]
