"""Small sealed parts of one parcel lie in one file, and are as safe there as in a file each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalpanel.errors import EvalPanelError
from evalpanel.store import parts_files
from evalpanel.store.documents import Coming, Documents

LARGE = 300_000
anew = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    (tmp_path / "documents").mkdir()
    return Documents(tmp_path / "documents")


def named(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def coming(*contents: bytes) -> list[Coming]:
    return [Coming(named(one), len(one), [one[: len(one) // 2], one[len(one) // 2 :]]) for one in contents]


def take(documents: Documents, *contents: bytes) -> list[str]:
    taken: list[str] = []
    documents.take(coming(*contents), taken)
    return taken


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def parts_file_of(*contents: bytes) -> str:
    return parts_files.path_of(Path(), [named(one) for one in contents]).name


def again(documents: Documents) -> Documents:
    """The same folder, as the program meets it at its next start."""
    return Documents(documents.folder)


def test_small_parts_that_come_together_share_a_file_and_large_ones_have_their_own(documents: Documents) -> None:
    large = bytes(LARGE)
    taken = take(documents, b"one", large, b"", b"three")
    assert sorted(taken) == sorted(map(named, [b"one", large, b"", b"three"]))
    assert files(documents.folder) == sorted([parts_file_of(b"one", b"", b"three"), f"{named(large)}.age"])
    assert documents.held() == frozenset(taken)
    assert all(path.stat().st_mode & 0o077 == 0 for path in documents.folder.iterdir())


def test_small_part_that_comes_alone_has_a_file_of_its_own(documents: Documents) -> None:
    assert take(documents, b"one", bytes(LARGE)) == [named(b"one"), named(bytes(LARGE))]
    assert files(documents.folder) == sorted(f"{named(one)}.age" for one in (b"one", bytes(LARGE)))


def test_what_is_here_is_not_taken_again_wherever_it_lies(documents: Documents) -> None:
    take(documents, b"alone")
    take(documents, b"one", b"two")
    assert take(documents, b"two", b"three", b"alone", b"four") == [named(b"three"), named(b"four")]
    assert take(again(documents), b"one", b"two", b"three") == []
    assert files(documents.folder) == sorted(
        [f"{named(b'alone')}.age", parts_file_of(b"one", b"two"), parts_file_of(b"three", b"four")]
    )


@anew
@given(contents=st.sets(st.binary(max_size=2000), min_size=2, max_size=12))
def test_every_part_comes_out_as_it_went_in(documents: Documents, contents: set[bytes]) -> None:
    take(documents, *contents)
    for met in (documents, again(documents)):
        for one in contents:
            name = named(one)
            assert (met.read(name), met.piece(name), met.unchecked(name), met.size(name)) == (one, one, one, len(one))
            with met.opened(name) as file:
                assert file.read() == one
            assert met.is_here(name)


def test_while_it_is_being_taken_in_a_part_is_in_the_hand_and_afterwards_on_the_disk(documents: Documents) -> None:
    taken: list[str] = []
    with documents.taking(coming(b"one", b"two"), taken):
        (path,) = documents.folder.iterdir()
        path.write_bytes(b"x" * path.stat().st_size)
        assert documents.piece(named(b"one")) == b"one"
    with pytest.raises(EvalPanelError, match="altered or damaged"):
        documents.piece(named(b"one"))


def test_part_that_is_not_what_its_name_says_leaves_nothing_behind(documents: Documents) -> None:
    def blocks() -> Iterator[bytes]:
        yield b"tw"
        raise EvalPanelError("It is not what its name says.", "Nothing was changed.")

    taken: list[str] = []
    parts = [*coming(b"one"), Coming(named(b"two"), 3, blocks())]
    with pytest.raises(EvalPanelError), documents.taking(parts, taken):
        raise AssertionError("it was taken")
    assert (taken, files(documents.folder), documents.held()) == ([], [], frozenset())
    assert not documents.is_here(named(b"one"))


@pytest.mark.parametrize("gone", [b"one", b"two", b"three"])
def test_part_is_taken_away_and_the_others_stay(documents: Documents, gone: bytes) -> None:
    contents = (b"one", b"two", b"three")
    take(documents, *contents)
    documents.remove([named(gone), named(b"nowhere")])
    (path,) = documents.folder.iterdir()
    assert gone not in path.read_bytes()
    for met in (documents, again(documents)):
        with pytest.raises(EvalPanelError) as raised:
            met.read(named(gone))
        assert raised.value.title == "A sealed document is missing."
        assert [met.read(named(one)) for one in contents if one != gone] == [one for one in contents if one != gone]


def test_nothing_is_left_when_all_is_taken_away(documents: Documents) -> None:
    documents.remove(take(documents, b"one", b"two", bytes(LARGE)))
    assert (files(documents.folder), documents.held()) == ([], frozenset())
    assert take(documents, b"one", b"two") == [named(b"one"), named(b"two")]


def test_file_of_parts_is_set_aside_as_a_whole_and_comes_back_as_a_whole(documents: Documents) -> None:
    take(documents, b"one", b"two")
    take(documents, b"three", b"four")
    assert documents.sweep({named(b"one"), named(b"two")}) == 1
    assert files(documents.aside) == [parts_file_of(b"three", b"four")]
    assert documents.held() == {named(b"one"), named(b"two")}
    assert documents.sweep({named(one) for one in (b"one", b"two", b"three", b"four")}) == 1
    assert (files(documents.aside), documents.read(named(b"four"))) == ([], b"four")


def test_what_was_set_aside_and_taken_again_meanwhile_stays_aside(documents: Documents) -> None:
    take(documents, b"one", b"two")
    documents.sweep(set())
    take(documents, b"one", b"two")
    assert documents.sweep({named(b"one"), named(b"two")}) == 0
    assert files(documents.aside) == files(documents.folder) == [parts_file_of(b"one", b"two")]


def read_or_refused(documents: Documents, content: bytes) -> bytes | str:
    try:
        return documents.read(named(content))
    except EvalPanelError as error:
        return error.title


@anew
@given(data=st.data())
def test_damage_is_never_read_as_a_part(documents: Documents, data: st.DataObject) -> None:
    """Cut off, longer, or any byte changed: a part is read as it was, or refused in words; and the file stays where it lies."""
    contents = (b"one" * 9, b"two" * 20, b"")
    documents.remove(documents.held())
    take(documents, *contents)
    (path,) = documents.folder.iterdir()
    whole = path.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    harm = data.draw(
        st.sampled_from(
            [
                whole[:place],
                whole + b"x",
                whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :],
            ]
        )
    )
    path.write_bytes(harm)
    met = again(documents)
    met.sweep({named(one) for one in contents})
    assert files(documents.folder) == [path.name]
    refusals = {"A sealed document is missing.", "A sealed document was altered or damaged."}
    assert all(read_or_refused(met, one) in refusals | {one} for one in contents)
    path.write_bytes(whole)


@anew
@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_of_parts_or_none(documents: Documents, content: bytes) -> None:
    path = documents.folder / "any.parts"
    path.write_bytes(content)
    for end in (content, content + parts_files._END.pack(len(content) // 40, parts_files._MARK)):
        path.write_bytes(end)
        found = parts_files.listed(path)
        assert found is None or all(one.start + one.size <= len(end) for one in found.values())
    path.unlink()
