from __future__ import annotations

import json

from evalpanel.formats.ocds_json import At, read_json
from evalpanel.formats.ocds_merge import latest, merged, when
from formats.ocds_examples import SPECIMENS, Json


def at(value: object) -> At:
    found, _ = read_json(json.dumps(value).encode(), "x.json")
    assert found is not None
    return found


def together(*releases: Json) -> object:
    return merged(at(list(releases)).elements()).value


def of_specimen(name: str) -> At:
    found, _ = read_json((SPECIMENS / "fictional" / name).read_bytes(), name)
    assert found is not None
    return found


def test_releases_put_together_are_what_their_publishers_compiled() -> None:
    releases = sorted(
        of_specimen("ocds-213czf-000-00001.json").get("releases").elements(), key=lambda it: when(it.get("date"))
    )
    (record,) = of_specimen("record-with-versions.json").get("records").elements()
    compiled = record.get("compiledRelease").value
    assert isinstance(compiled, dict)
    expected = {name: value for name, value in compiled.items() if name not in ("id", "date", "tag")}
    assert len(releases) == 6
    assert merged(releases).value == expected


def test_versions_come_to_what_their_publishers_compiled() -> None:
    (record,) = of_specimen("record-with-versions.json").get("records").elements()
    compiled = record.get("compiledRelease").value
    assert isinstance(compiled, dict)
    expected = {name: value for name, value in compiled.items() if name not in ("id", "date", "tag")}
    assert latest(record.get("versionedRelease")).value == expected


def test_latest_value_wins_and_null_takes_away() -> None:
    first = {"tender": {"title": "Old", "status": "planned", "value": {"amount": 1, "currency": "GBP"}}}
    second = {"tender": {"title": "New", "status": None, "value": {"amount": 2}}}
    assert together(first, second) == {"tender": {"title": "New", "value": {"amount": 2, "currency": "GBP"}}}


def test_arrays_with_ids_are_merged_and_others_replaced() -> None:
    first = {
        "lots": [{"id": "1", "title": "A", "x": 1}, {"id": "2", "title": "B"}],
        "tags": ["a", "b"],
        "free": [{"t": 1}],
    }
    second = {"lots": [{"id": "2", "title": "C"}, {"id": "3"}], "tags": ["c"], "free": [{"t": 2}]}
    assert together(first, second) == {
        "lots": [{"id": "1", "title": "A", "x": 1}, {"id": "2", "title": "C"}, {"id": "3"}],
        "tags": ["c"],
        "free": [{"t": 2}],
    }


def test_number_and_text_are_different_ids() -> None:
    assert together({"lots": [{"id": 1, "a": 1}]}, {"lots": [{"id": "1", "a": 2}]}) == {
        "lots": [{"id": 1, "a": 1}, {"id": "1", "a": 2}]
    }


def test_merged_values_keep_the_places_where_they_were_published() -> None:
    first = {"tender": {"title": "Old", "lots": [{"id": "1", "title": "A"}]}}
    second = {"tender": {"title": "New", "lots": [{"id": "1", "status": "active"}]}}
    tender = merged(at([first, second]).elements()).get("tender")
    (lot,) = tender.get("lots").elements()
    assert tender.get("title") == At("New", "/1/tender/title")
    assert (lot.get("title"), lot.get("status")) == (
        At("A", "/0/tender/lots/0/title"),
        At("active", "/1/tender/lots/0/status"),
    )
