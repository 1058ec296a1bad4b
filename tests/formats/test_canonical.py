from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from evalpanel.domain.digests import canonical_json
from evalpanel.formats.canonical import MalformedJson, decode, encode


class Inner(Struct, frozen=True, forbid_unknown_fields=True):
    said: str


class Outer(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    count: int
    signed: bytes
    inner: tuple[Inner, ...]
    maybe: str | None


def read(data: bytes, most: int = 200_000) -> Outer:
    return decode(data, Outer, most=most, what="the note")


SOUND = b'{"count":3,"inner":[{"said":"\xc3\xa9"}],"maybe":null,"name":"n","signed":"AAE="}'
values = st.builds(
    Outer,
    st.text(),
    st.integers(-(2**63), 2**63),
    st.binary(),
    st.lists(st.builds(Inner, st.text())).map(tuple),
    st.none() | st.text(),
)


@given(values)
def test_value_is_read_as_it_was_written(value: Outer) -> None:
    assert read(encode(value)) == value


@given(values)
def test_text_is_the_canonical_text_of_digests(value: Outer) -> None:
    plain = json.loads(encode(value))
    assert encode(value).decode() == canonical_json(plain)


def test_sound_text_is_read() -> None:
    assert read(SOUND) == Outer("n", 3, b"\x00\x01", (Inner("é"),), None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        SOUND + b"\n",
        b" " + SOUND,
        b"\xef\xbb\xbf" + SOUND,
        SOUND[:-1],
        SOUND.replace(b'"count":3', b'"count":3,"count":3'),
        SOUND.replace(b'"count":3', b'"count":4,"count":3'),
        SOUND.replace(b'"count":3', b'"count":3.0'),
        SOUND.replace(b'"count":3', b'"count":3e0'),
        SOUND.replace(b'"count":3', b'"count":NaN'),
        SOUND.replace(b'"count":3', b'"count":Infinity'),
        SOUND.replace(b'"count":3', b'"count":1e999'),
        SOUND.replace(b'"count":3', b'"count":-0'),
        SOUND.replace(b'"count":3', b'"count":"3"'),
        SOUND.replace(b'"count":3', b'"count":true'),
        SOUND.replace(b'"count":3,', b""),
        SOUND.replace(b'"count":3', b'"colour":"red","count":3'),
        SOUND.replace(b'{"said":"\xc3\xa9"}', b'{"loud":true,"said":"\xc3\xa9"}'),
        SOUND.replace(b"\xc3\xa9", b"\\u00e9"),
        SOUND.replace(b"\xc3\xa9", b"\\ud800"),
        SOUND.replace(b"\xc3\xa9", b"\xff"),
        SOUND.replace(b"\xc3\xa9", b"\xed\xa0\x80"),
        SOUND.replace(b"\xc3\xa9", b"\x01"),
        SOUND.replace(b"AAE=", b"AAE"),
        SOUND.replace(b"AAE=", b"AAF="),
        SOUND.replace(b"AAE=", b"AA E="),
        b"[" * 100_000,
        SOUND.replace(b'"count":3', b'"a":' + b"[" * 2000 + b"]" * 2000 + b',"count":3'),
        SOUND.replace(b'"count":3', b'"count":' + b"9" * 5000),
    ],
    ids=lambda data: repr(data[:60]),
)
def test_any_other_way_of_writing_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedJson) as raised:
        read(data)
    assert raised.value.title == "The note cannot be read."


def test_longer_than_the_limit_is_refused_unread() -> None:
    with pytest.raises(MalformedJson) as raised:
        read(SOUND, most=len(SOUND) - 1)
    assert raised.value.title == "The note is too large."
    assert read(SOUND, most=len(SOUND)).name == "n"


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_end_in_a_value_or_in_words(data: bytes) -> None:
    try:
        value = read(data)
    except MalformedJson:
        return
    assert encode(value) == data
