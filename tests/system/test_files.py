from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.system.files import (
    empty_folder,
    free_space,
    in_words,
    new_folder,
    read_whole,
    remove_leftovers,
    remove_quietly,
    replacing,
    shown,
    sync_folder,
    trouble,
    write_atomic,
)

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _write_and_fail(target: Path, error: BaseException) -> None:
    with replacing(target) as file:
        file.write(b"x" * 1_000_000)
        raise error


def _write_as_a_library_does(target: Path) -> None:
    with replacing(target) as file:
        try:
            file.write(b"x" * 1_000_000)
        except EvalPanelError as error:
            raise RuntimeError("sealing failed") from error


@contextmanager
def _at_most(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size`: the nearest to a full disk that needs no disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    told = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, told)


def test_write_atomic_replaces_the_whole_file(tmp_path: Path) -> None:
    target = tmp_path / "letter.pdf"
    target.write_bytes(b"a long text that was there before")
    write_atomic(target, b"new")
    assert target.read_bytes() == b"new"
    assert _names(tmp_path) == ["letter.pdf"]


@posix_only
@pytest.mark.parametrize(("private", "mode"), [(True, 0o600), (False, 0o644)])
def test_write_atomic_gives_permissions_whatever_was_there(tmp_path: Path, private: bool, mode: int) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"")
    target.chmod(0o666)
    before = os.umask(0o022)
    try:
        write_atomic(target, b"x", private=private)
    finally:
        os.umask(before)
    assert _mode(target) == mode


@posix_only
def test_replacing_is_private_before_the_first_byte(tmp_path: Path) -> None:
    with replacing(tmp_path / "key") as file:
        (part,) = tmp_path.iterdir()
        assert (_mode(part), part.stat().st_size) == (0o600, 0)
        file.write(b"x")


@pytest.mark.parametrize(
    "error", [Cancelled(), ValueError("a bug"), KeyboardInterrupt(), OSError(errno.EIO, "the source")]
)
def test_replacing_leaves_nothing_when_its_block_fails(tmp_path: Path, error: BaseException) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"before")
    with pytest.raises(type(error)) as raised:
        _write_and_fail(target, error)
    assert raised.value is error
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"before"}


@posix_only
@pytest.mark.parametrize("size", [200_000, 3_000_000])
def test_replacing_says_in_words_that_no_more_can_be_written(tmp_path: Path, size: int) -> None:
    """With 200,000 bytes the failure comes when the buffer is flushed at the end, with more of them while writing."""
    target = tmp_path / "file"
    target.write_bytes(b"before")
    with pytest.raises(EvalPanelError) as raised, _at_most(100_000), replacing(target) as file:
        file.write(b"x" * size)
    assert raised.value.title == "“file” could not be written. It is larger than this disk takes in one file."
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"before"}


@posix_only
def test_replacing_keeps_its_words_when_a_library_hides_them(tmp_path: Path) -> None:
    with pytest.raises(EvalPanelError) as raised, _at_most(100_000):
        _write_as_a_library_does(tmp_path / "file")
    assert raised.value.title == "“file” could not be written. It is larger than this disk takes in one file."
    assert _names(tmp_path) == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOSPC, "“a” could not be written. There is no room left in “/x”."),
        (errno.EDQUOT, "“a” could not be written. There is no room left in “/x”."),
        (errno.EROFS, "“a” could not be written. “/x” is read-only."),
        (errno.EIO, "“a” could not be written. “/x” does not answer."),
        (errno.EBUSY, "“a” could not be written. The computer says: Device or resource busy."),
    ],
)
def test_trouble_has_words_for_every_error(code: int, said: str) -> None:
    assert trouble(OSError(code, os.strerror(code)), "written", Path("/x/a")).title == said


def test_write_atomic_names_a_missing_folder(tmp_path: Path) -> None:
    missing = tmp_path / "no"
    with pytest.raises(EvalPanelError) as raised:
        write_atomic(missing / "file", b"x")
    assert raised.value.title == f"“file” could not be written. The folder “{missing}” is not there."
    assert _names(tmp_path) == []


@pytest.mark.parametrize("name", ["folder", "n" * 300, "nul\0", "half\ud800"])
def test_write_atomic_refuses_what_cannot_be_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(EvalPanelError):
        write_atomic(tmp_path / name, b"x")
    assert _names(tmp_path) == ["folder"]


@posix_only
def test_write_atomic_replaces_a_link_and_not_what_it_leads_to(tmp_path: Path) -> None:
    other, link = tmp_path / "other", tmp_path / "link"
    other.write_bytes(b"other")
    link.symlink_to(other)
    write_atomic(link, b"new")
    assert (other.read_bytes(), link.is_symlink(), link.read_bytes()) == (b"other", False, b"new")


@posix_only
def test_new_folder_makes_those_above_it_private_too(tmp_path: Path) -> None:
    new_folder(tmp_path / "a" / "b")
    assert (_mode(tmp_path / "a"), _mode(tmp_path / "a" / "b")) == (0o700, 0o700)


def test_new_folder_refuses_one_that_is_there(tmp_path: Path) -> None:
    new_folder(tmp_path, may_exist=True)
    with pytest.raises(EvalPanelError) as raised:
        new_folder(tmp_path)
    assert raised.value.title == f"The folder “{tmp_path}” is there already."


@pytest.mark.parametrize("may_exist", [True, False])
def test_new_folder_refuses_the_name_of_a_file(tmp_path: Path, may_exist: bool) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(EvalPanelError):
        new_folder(tmp_path / "file", may_exist=may_exist)
    with pytest.raises(EvalPanelError):
        new_folder(tmp_path / "file" / "below", may_exist=may_exist)


def test_free_space_is_told_for_folders_that_are_not_there_yet(tmp_path: Path) -> None:
    found = free_space(tmp_path / "not" / "yet")
    assert found > 0
    assert isinstance(found, int)


def test_read_whole_takes_as_much_as_it_may_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert read_whole(file, 5) == b"12345"
    with pytest.raises(EvalPanelError) as raised:
        read_whole(file, 4)
    assert raised.value.title == "“file” is too large to be read as one piece (more than 4 bytes)."
    with pytest.raises(EvalPanelError):
        read_whole(tmp_path / "none", 4)


def test_remove_quietly_ignores_absence_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    assert [remove_quietly(tmp_path / "file"), remove_quietly(tmp_path / "file")] == [True, False]
    with pytest.raises(EvalPanelError):
        remove_quietly(tmp_path)


def test_remove_leftovers_takes_temporary_files_only(tmp_path: Path) -> None:
    for name in (".evalpanel-0123456789abcdef.part", "letter.part", ".evalpanel-notes"):
        (tmp_path / name).write_bytes(b"x")
    assert remove_leftovers(tmp_path) == 1
    assert _names(tmp_path) == [".evalpanel-notes", "letter.part"]


@posix_only
def test_empty_folder_does_not_follow_links(tmp_path: Path) -> None:
    staging, outside = tmp_path / "staging", tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_bytes(b"x")
    (staging / "sub").mkdir(parents=True)
    (staging / "sub" / "file").write_bytes(b"x")
    (staging / "link").symlink_to(outside)
    assert empty_folder(staging) == 2
    assert (_names(staging), _names(outside)) == ([], ["kept"])
    assert empty_folder(tmp_path / "none") == 0


def test_sync_folder_says_when_there_is_none(tmp_path: Path) -> None:
    sync_folder(tmp_path)
    with pytest.raises(EvalPanelError):
        sync_folder(tmp_path / "none")


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_999, "999.9 kB"),
        (1_000_000, "1.0 MB"),
        (20 << 30, "21.4 GB"),
        (3_500_000_000_000, "3.5 TB"),
    ],
)
def test_in_words_tells_a_size_as_file_managers_do(size: int, said: str) -> None:
    assert in_words(size) == said


def test_shown_writes_nothing_that_moves_a_cursor_or_turns_text() -> None:
    assert shown("a\x1b[2J\n\u202efdp.exe\ud800 é") == "a\\u001b[2J\\u000a\\u202efdp.exe\\ud800 é"
    assert len(shown("x" * 500)) == 201


def test_trouble_with_tidying_is_told_beside_what_went_wrong_first(tmp_path: Path) -> None:
    """A folder that another program took away: the file cannot be written, nor what was begun be removed."""
    folder = new_folder_in(tmp_path)
    with pytest.raises(EvalPanelError) as raised, replacing(folder / "letter.pdf") as file:  # noqa: PT012  # refused at the end of the inner block
        folder.rename(tmp_path / "away")
        folder.write_bytes(b"")
        file.write(b"half")
    assert raised.value.title == f"“letter.pdf” could not be written. “{folder}” is not a folder."
    assert [note.split("part” ")[1] for note in raised.value.__notes__] == [
        f"could not be removed. “{folder}” is not a folder. Nothing was changed. Check the name and try again."
    ]


def new_folder_in(folder: Path) -> Path:
    new_folder(folder / "stick")
    return folder / "stick"
