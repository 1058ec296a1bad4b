from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.formats.ocds_json import MAX_BYTES, MAX_DEPTH, At, read_json


def refusal(data: bytes) -> str:
    found, problems = read_json(data, "x.json")
    assert found is None
    (problem,) = problems
    assert problem.stops
    return str(problem)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty."),
        (b" \r\n\t", "is empty."),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "names 'c' twice in one object, so that it is not clear which counts."),
        (b'{"a": NaN}', "holds NaN, which is no JSON number."),
        (b"[-Infinity]", "holds -Infinity, which is no JSON number."),
        (b"[1e999999]", "holds a number that is too long, too large or too small to be meant (1e999999…)."),
        (b"[1e99999999999999999999]", "holds a number that is no number of this world (1e999999999999999999…)."),
        (
            b"[" + b"7" * 5_000 + b"]",
            "holds a number that is too long, too large or too small to be meant (77777777777777777777…).",
        ),
        ('{"a": 1}'.encode("utf-16"), "is text in UTF-16; JSON is exchanged in UTF-8. Save it as UTF-8."),
        ('{"a": 1}'.encode("utf-16-le"), "is text in UTF-16 or UTF-32; JSON is exchanged in UTF-8. Save it as UTF-8."),
        (b'{"a": "\xe9"}', "is not UTF-8 (at byte 7). Save it as UTF-8."),
        (b'{"a": 1,}', "is not JSON: expecting property name enclosed in double quotes (line 1, column 9)."),
        (
            b'{"a": 1}\n{"a": 2}',
            "holds several JSON values one after the other (JSON lines). Take the line of the tender alone.",
        ),
        (b"PK\x03\x04....", "is no JSON file. Unpack it first, if it is an archive."),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "is nested more than 60 levels deep, as no OCDS file is."),
        (b"[" * 5_000_000, "holds more than 1,000,000 values. Take the release of the tender alone."),
        (b"[" + b"0," * 1_000_001 + b"0]", "holds more than 1,000,000 values. Take the release of the tender alone."),
        (b" " * (MAX_BYTES + 1), "is larger than 32 MiB. Take the release of the tender alone."),
        (b'"' + b'\\"' * 3_000_000, "is not JSON: unterminated string starting at (line 1, column 1)."),
        (b"]" * 3_000_000, "is not JSON: expecting value (line 1, column 1)."),
    ],
    ids=range(20),
)
def test_what_is_no_strict_json_is_refused_in_words(data: bytes, what: str) -> None:
    assert refusal(data) == f"x.json: {what}"


def test_byte_order_mark_is_no_part_of_the_text() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}', "x.json") == (At({"a": Decimal(1)}), ())


def test_numbers_are_exact() -> None:
    found, _ = read_json(b"[63.7, 0.1, 1E2, -0]", "x.json")
    assert found is not None
    assert [str(at.value) for at in found.elements()] == ["63.7", "0.1", "1E+2", "-0"]


def test_depth_that_is_only_written_in_texts_is_none() -> None:
    found, problems = read_json(b'["' + b"[" * 500 + b'\\""]', "x.json")
    assert (found is None, problems) == (False, ())


def test_places_are_json_pointers() -> None:
    found, _ = read_json(b'{"a/b~c": [{"d": 1}]}', "x.json")
    assert found is not None
    (element,) = found.get("a/b~c").elements()
    assert (element.get("d"), element.get("e")) == (At(Decimal(1), "/a~1b~0c/0/d"), At(None, "/a~1b~0c/0/e"))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    found, problems = read_json(data, "x.json")
    assert (found is None) == bool(problems)
