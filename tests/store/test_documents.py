from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.store.documents import MOST_PIECE, Documents, SealedFile

SIZES = [0, 1, 8191, 1 << 20, (1 << 20) + 1, (16 << 20) - 1, 16 << 20, (16 << 20) + 1, 40_000_000]


def turned(reader: IO[bytes], writer: IO[bytes]) -> None:
    """Stands for sealing: what is read comes out with every byte turned round."""
    while block := reader.read(8192):
        writer.write(bytes(255 - byte for byte in block[:16]) + block[16:])
    writer.flush()


def copy(reader: IO[bytes], writer: IO[bytes]) -> None:
    while block := reader.read(8192):
        writer.write(block)


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    (tmp_path / "documents").mkdir()
    return Documents(tmp_path / "documents")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("size", SIZES)
def test_add_keeps_what_was_sealed_under_its_digest(documents: Documents, size: int) -> None:
    content = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    seen: list[int] = []
    made = documents.add(io.BytesIO(content), turned, seen.append)
    sealed = documents.read(made.sealed)
    assert made == SealedFile(hashlib.sha256(sealed).hexdigest(), size, hashlib.sha256(content).hexdigest())
    assert len(sealed) == size and (sealed != content or size == 0)
    assert names(documents.folder) == [f"{made.sealed}.age"]
    assert seen == sorted(seen) and seen[-1] == size
    assert documents.path(made.sealed).stat().st_mode & 0o077 == 0


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=3000), st.integers(1, 700))
def test_add_reads_whatever_pieces_the_reader_gives(documents: Documents, content: bytes, piece: int) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(piece, piece if size is None or size < 0 else size))

    made = documents.add(Slow(content), copy)
    assert documents.read(made.sealed) == content


class Broken(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        raise EvalPanelError("The stick does not answer.", "Nothing was kept.")


def swallowing(reader: IO[bytes], writer: IO[bytes]) -> None:
    """As the library does: an exception of the reader comes out as another, and its words are lost."""
    try:
        copy(reader, writer)
    except EvalPanelError as error:
        raise RuntimeError("io error") from error


def test_add_says_what_went_wrong_while_reading_and_keeps_nothing(documents: Documents) -> None:
    with pytest.raises(EvalPanelError) as raised:
        documents.add(Broken(b"x"), swallowing)
    assert (raised.value.title, names(documents.folder)) == ("The stick does not answer.", [])


@pytest.mark.parametrize("stop", [0, 2_000_000, 20_000_000])
def test_add_that_is_cancelled_keeps_nothing(documents: Documents, stop: int) -> None:
    def each(done: int) -> None:
        if done > stop:
            raise Cancelled

    with pytest.raises(Cancelled):
        documents.add(io.BytesIO(bytes(30_000_000)), swallowing, each)
    assert names(documents.folder) == []


def test_read_says_when_a_document_is_missing_or_altered(documents: Documents) -> None:
    made = documents.add(io.BytesIO(b"a bid"), copy)
    documents.path(made.sealed).write_bytes(b"a bib")
    with pytest.raises(EvalPanelError) as raised:
        documents.read(made.sealed)
    assert raised.value.title == "A sealed document was altered or damaged."
    documents.remove([made.sealed, "0" * 64])
    with pytest.raises(EvalPanelError) as raised:
        documents.read(made.sealed)
    assert raised.value.title == "A sealed document is missing."


def test_piece_that_is_too_large_is_refused_before_it_is_read(documents: Documents) -> None:
    name = "ab" * 32
    assert documents.piece(documents.add(io.BytesIO(b"a list"), copy).sealed) == b"a list"
    with documents.path(name).open("wb") as file:
        file.truncate(MOST_PIECE + 1)
    with pytest.raises(EvalPanelError) as raised:
        documents.piece(name)
    assert raised.value.title == "A sealed list is larger than any that evalpanel reads."


def test_sweep_leaves_named_documents_and_sets_others_aside(documents: Documents) -> None:
    named, other = (documents.add(io.BytesIO(content), copy).sealed for content in (b"named", b"other"))
    (documents.folder / "incoming-0123").write_bytes(b"half")
    (documents.folder / ".evalpanel-0123.part").write_bytes(b"half")
    (documents.folder / "README.txt").write_bytes(b"somebody's own")
    assert documents.sweep({named}) == 3
    assert names(documents.folder) == sorted([f"{named}.age", "README.txt"])
    assert names(documents.aside) == [f"{other}.age"]
    assert documents.sweep({named}) == 0


def test_sweep_brings_back_what_is_named_again(documents: Documents) -> None:
    sealed = documents.add(io.BytesIO(b"a bid"), copy).sealed
    documents.sweep(set())
    assert names(documents.folder) == []
    assert documents.sweep({sealed}) == 1
    assert documents.read(sealed) == b"a bid"
    assert names(documents.aside) == []


def test_sweep_does_nothing_where_there_is_no_folder(tmp_path: Path) -> None:
    assert Documents(tmp_path / "documents").sweep({"0" * 64}) == 0
