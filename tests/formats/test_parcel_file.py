from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.formats.parcel_file import (
    MOST_COVER,
    Container,
    NotAParcel,
    Wrapping,
    checked_blocks,
    read_parcel,
    write_parcel,
)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def written(cover: bytes, parts: Sequence[bytes] = (), *, is_open: bool = False) -> bytes:
    file = io.BytesIO()
    write_parcel(file, cover, is_open=is_open, parts=[(sha(part), io.BytesIO(part)) for part in parts])
    return file.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def read(data: bytes) -> Container:
    held = read_parcel(io.BytesIO(data))
    assert isinstance(held, Container)
    return held


@given(st.binary(max_size=3000), st.lists(st.binary(max_size=3000), max_size=4, unique=True), st.booleans())
def test_parcel_is_read_as_it_was_written(cover: bytes, parts: list[bytes], is_open: bool) -> None:
    held = read(written(cover, parts, is_open=is_open))
    assert (held.cover, held.is_open) == (cover, is_open)
    assert {digest: b"".join(checked_blocks(part)) for digest, part in held.parts.items()} == {
        sha(part): part for part in parts
    }


def test_same_content_gives_the_same_bytes() -> None:
    assert written(b"c", [b"one", b"two"]) == written(b"c", [b"one", b"two"])


def test_plain_unzip_lists_a_parcel() -> None:
    with zipfile.ZipFile(io.BytesIO(written(b"c", [b"one"]))) as archive:
        assert [(one.filename, one.compress_type) for one in archive.infolist()] == [
            ("cover.age", zipfile.ZIP_STORED),
            (f"parts/{sha(b'one')}.age", zipfile.ZIP_STORED),
        ]


def test_parcel_that_a_gateway_packed_anew_is_read() -> None:
    data = zipped({"cover.age": b"c" * 900, f"parts/{sha(b'one')}.age": b"one"}, zipfile.ZIP_DEFLATED)
    held = read(data)
    assert held.cover == b"c" * 900
    assert b"".join(checked_blocks(held.parts[sha(b"one")])) == b"one"


def test_zip_round_parcels_gives_what_it_holds() -> None:
    held = read_parcel(io.BytesIO(zipped({"a/x.evalpanel": b"1", "Y.EVALPANEL": b"2"})))
    assert isinstance(held, Wrapping)
    assert [(one.path, b"".join(one.blocks())) for one in held.inner] == [
        ("a/x.evalpanel", b"1"),
        ("Y.EVALPANEL", b"2"),
    ]


@pytest.mark.parametrize("parcel", ["x.evalpanel", "scores (2).zip"])
def test_zip_round_a_parcel_and_a_note_gives_both(parcel: str) -> None:
    held = read_parcel(io.BytesIO(zipped({".DS_Store": b"\0", parcel: b"1", "note.txt": b"For you"})))
    assert isinstance(held, Wrapping)
    assert [one.path for one in held.inner] == [".DS_Store", parcel, "note.txt"]


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"letter.pdf": b"%PDF"},
        {"parts/" + sha(b"") + ".age": b""},
        {"cover.age": b"c", "cover.json": b"c"},
        {"cover.age": b"c", "notes.txt": b"n"},
        {"cover.age": b"c", "x.evalpanel": b"n"},
        {"cover.age": b"c", "parts/" + "A" * 64 + ".age": b"n"},
        {"cover.age": b"c", "parts/" + sha(b"n") + ".age.exe": b"n"},
        {"sub/cover.age": b"c"},
    ],
    ids=lambda members: "+".join(members)[:40] or "empty",
)
def test_zip_of_anything_else_is_no_parcel(members: dict[str, bytes]) -> None:
    with pytest.raises(NotAParcel) as raised:
        read(zipped(members))
    assert raised.value.title == "This file is no parcel of evalpanel."


@pytest.mark.parametrize("data", [b"", b"PK", b"hello" * 100, b"PK\x05\x06" + bytes(17)])
def test_file_that_is_no_zip_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(EvalPanelError):
        read(data)


def test_part_whose_content_is_not_its_name_is_refused() -> None:
    held = read(zipped({"cover.age": b"c", f"parts/{sha(b'one')}.age": b"two"}))
    with pytest.raises(NotAParcel) as raised:
        b"".join(checked_blocks(held.parts[sha(b"one")]))
    assert "Its content is not what its name says." in str(raised.value)


def test_cover_too_large_is_refused_unread() -> None:
    with pytest.raises(NotAParcel) as raised:
        read(zipped({"cover.age": bytes(MOST_COVER + 1)}))
    assert raised.value.title == "The cover of this parcel is too large."


def test_writing_tells_how_far_it_is_and_ends_when_told() -> None:
    told: list[int] = []
    big = bytes(3 << 20)

    def each(done: int) -> None:
        told.append(done)
        if done > 1 << 20:
            raise Cancelled

    reader = io.BytesIO(big)
    with pytest.raises(Cancelled):
        write_parcel(io.BytesIO(), b"c", is_open=False, parts=[(sha(big), reader)], each=each)
    assert told == [1 << 20, 2 << 20]
    assert reader.closed


SAMPLE = written(b"cover" * 20, [b"one" * 30, b"two" * 30])


@given(st.integers(0, len(SAMPLE) - 1), st.integers(1, 255))
@settings(max_examples=300)
def test_flipped_byte_never_changes_what_is_read(at: int, by: int) -> None:
    altered = bytearray(SAMPLE)
    altered[at] ^= by
    try:
        held = read(bytes(altered))
        parts = {digest: b"".join(checked_blocks(part)) for digest, part in held.parts.items()}
    except EvalPanelError:
        return
    # What is left is what no content hangs on: times, attributes, the versions of zip programs.
    assert (held.cover, held.is_open) == (b"cover" * 20, False)
    assert parts == {sha(b"one" * 30): b"one" * 30, sha(b"two" * 30): b"two" * 30}


@given(st.integers(0, len(SAMPLE) - 1))
def test_truncated_parcel_is_refused(keep: int) -> None:
    with pytest.raises(EvalPanelError):
        read(SAMPLE[:keep])


def test_blocks_of_a_part_are_checked_after_the_last() -> None:
    held = read(written(b"c", [b"one"]))
    assert list(checked_blocks(held.parts[sha(b"one")])) == [b"one"]
