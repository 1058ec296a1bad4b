from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.trail import START, TrailLine, detail_digest, faults, line_hash

AT = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


def chain(details: list[str], name: str = "T1") -> list[TrailLine]:
    """A sound chain with these details."""
    lines: list[TrailLine] = []
    for number, detail in enumerate(details, 1):
        previous, at, salt = (lines[-1].hash if lines else START), AT + timedelta(hours=number), bytes([number] * 16)
        digest = detail_digest(salt, detail)
        hashed = line_hash(previous, name, number, at, "OF1", "noted", digest)
        lines.append(TrailLine(name, number, at, "OF1", "noted", detail, salt, digest, previous, hashed))
    return lines


SOUND = chain(['{"a":1}', "{}", '{"b":"ü"}', "{}"])


def test_hash_of_a_line_is_what_the_docs_say() -> None:
    detail = hashlib.sha256(b"\x01" * 16 + b'{"a":1}').hexdigest()
    header = '{"act":"noted","at":"2026-10-01T10:00:00Z","chain":"T1","number":1,"person":"OF1"}'
    hashed = hashlib.sha256(f"{'0' * 64}\n{header}\n{detail}".encode()).hexdigest()
    assert (SOUND[0].detail_digest, SOUND[0].hash) == (detail, hashed)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_sound_chain_has_no_fault(details: list[str]) -> None:
    assert faults(chain(details)) == ()


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("chain", "T2", ("line 2 was altered",)),
        ("at", AT, ("line 2 was altered",)),
        ("person", "OF2", ("line 2 was altered",)),
        ("act", "noticed", ("line 2 was altered",)),
        ("detail", '{"c":1}', ("the detail of line 2 was altered",)),
        ("salt", bytes(16), ("the detail of line 2 was altered",)),
        ("detail_digest", "1" * 64, ("the detail of line 2 was altered", "line 2 was altered")),
        ("previous", "1" * 64, ("line 2 does not follow from the line before it", "line 2 was altered")),
        ("hash", "1" * 64, ("line 2 was altered", "line 3 does not follow from the line before it")),
        ("number", 5, ("line 2 is missing: line 5 follows", "line 5 was altered", "line 6 is missing: line 3 follows")),
    ],
)
def test_altered_field_of_a_line_is_found(field: str, value: object, told: tuple[str, ...]) -> None:
    altered = replace(SOUND[1], **{field: value})  # type: ignore[arg-type]  # any field, with a value of its own type
    assert faults([SOUND[0], altered, *SOUND[2:]]) == told


def test_removed_line_is_found_wherever_it_stood_but_at_the_end() -> None:
    assert faults(SOUND[1:])[0] == "line 1 is missing: line 2 follows"
    assert faults([SOUND[0], *SOUND[2:]])[0] == "line 2 is missing: line 3 follows"
    assert faults(SOUND[:-1]) == ()  # only a head that somebody else holds tells


def test_reordered_and_repeated_lines_are_found() -> None:
    assert faults([SOUND[0], SOUND[2], SOUND[1], SOUND[3]]) != ()
    assert faults([*SOUND[:2], SOUND[1], *SOUND[2:]]) != ()


def test_inserted_line_is_found_though_it_is_sound_in_itself() -> None:
    made = replace(SOUND[1], person="OF2")
    made = replace(made, hash=line_hash(made.previous, "T1", 2, made.at, "OF2", "noted", made.detail_digest))
    assert faults([SOUND[0], made, *SOUND[2:]]) == ("line 3 does not follow from the line before it",)


def test_detail_can_be_withheld_without_its_digest_being_guessed() -> None:
    assert detail_digest(bytes(16), "{}") != detail_digest(b"\x01" * 16, "{}") != hashlib.sha256(b"{}").hexdigest()
