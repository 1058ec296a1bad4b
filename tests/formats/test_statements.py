from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.parcels import Statement
from evalpanel.formats.canonical import MalformedJson
from evalpanel.formats.statements import read_statement, write_statement

SAID = Statement("application/vnd.evalpanel.roster.v1+json", b'{"a":1}', b"s" * 64)
WRITTEN = write_statement(SAID, "k" * 64)


def test_statement_is_a_dsse_envelope_that_any_json_program_reads() -> None:
    assert json.loads(WRITTEN) == {
        "payload": "eyJhIjoxfQ==",
        "payloadType": "application/vnd.evalpanel.roster.v1+json",
        "signatures": [
            {
                "keyid": "k" * 64,
                "sig": "c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzcw==",
            }
        ],
    }


@given(st.text(max_size=100), st.binary(max_size=1000), st.binary(max_size=100), st.text(max_size=60))
def test_statement_is_read_as_it_was_written(kind: str, payload: bytes, signature: bytes, keyid: str) -> None:
    statement = Statement(kind, payload, signature)
    assert read_statement(write_statement(statement, keyid)) == statement


@pytest.mark.parametrize("signatures", [[], ["one", "two"]])
def test_statement_has_exactly_one_signature(signatures: list[str]) -> None:
    held = json.loads(WRITTEN)
    held["signatures"] = [{"keyid": one, "sig": "c3Nz"} for one in signatures]
    with pytest.raises(MalformedJson):
        read_statement(json.dumps(held, sort_keys=True, separators=(",", ":")).encode())


def test_field_that_the_format_does_not_know_is_refused() -> None:
    held = json.loads(WRITTEN) | {"also": "this"}
    with pytest.raises(MalformedJson):
        read_statement(json.dumps(held, sort_keys=True, separators=(",", ":")).encode())
