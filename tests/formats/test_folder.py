from __future__ import annotations

import gzip
import io
import os
import socket
import sys
import tempfile
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.errors import EvalPanelError
from evalpanel.formats import folder
from evalpanel.formats.folder import PackSource, open_source
from evalpanel.formats.pack_names import why_refused
from specimens.bags.raw_bag import TarMember, raw_tar

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the disks of others mix such names up themselves")
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")

_PACK = {
    "tender.xlsx": b"the workbook",
    "documents/Specification.pdf": b"what is bought",
    "bids/B01/1.1 Reaching.pdf": b"a response" * 100_000,
    "bids/B02/Pricing.xlsx": b"a price",
}


def _lay_out(root: Path, files: Mapping[str, bytes]) -> Path:
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


def _zipped(path: Path, files: Mapping[str, bytes], top: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(top + name), data, zipfile.ZIP_DEFLATED)
    return path


def _held(source: PackSource) -> dict[str, bytes]:
    held = {}
    for entry in source.entries:
        with source.open(entry) as file:
            held[entry.path] = file.read()
        assert len(held[entry.path]) == entry.size
    return held


def _told(source: PackSource) -> list[tuple[str, str, bool]]:
    return [(problem.where, problem.what, problem.stops) for problem in source.problems]


@pytest.mark.parametrize("top", ["", "Export 2026/"])
@pytest.mark.parametrize("as_zip", [True, False])
def test_pack_is_read_alike_from_a_folder_and_a_zip(tmp_path: Path, as_zip: bool, top: str) -> None:
    files = {top + name: data for name, data in _PACK.items()}
    # A zip is told by its content, so its name may be anything.
    path = _zipped(tmp_path / "pack.dat", files) if as_zip else _lay_out(tmp_path / "pack", files)
    with open_source(path) as source:
        documents = {name: data for name, data in sorted(_PACK.items()) if name != "tender.xlsx"}
        assert _held(source) == documents
        assert (source.workbook, source.workbook_name, source.problems) == (b"the workbook", "tender.xlsx", ())
        assert source.name == path.name


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        (["x/B01/a.pdf", "x/B02/a.pdf"], ["x/B01/a.pdf", "x/B02/a.pdf"]),  # nothing says that x is not a bidder
        (["x/bids/B01/a.pdf"], ["bids/B01/a.pdf"]),
        (["x/Bids/B01/a.pdf"], ["Bids/B01/a.pdf"]),
        (["x/y/bids/B01/a.pdf"], ["x/y/bids/B01/a.pdf"]),  # only one folder is taken off
        (["x/bids/B01/a.pdf", "y.pdf"], ["x/bids/B01/a.pdf", "y.pdf"]),
        (["bids/B01/a.pdf"], ["bids/B01/a.pdf"]),
        (["x/Tender.XLSX", "x/a.pdf"], ["a.pdf"]),
        (["__MACOSX/x/._a.pdf", "x/bids/B01/a.pdf"], ["bids/B01/a.pdf"]),
    ],
)
def test_one_folder_round_everything_is_taken_off(tmp_path: Path, files: list[str], paths: list[str]) -> None:
    with open_source(_zipped(tmp_path / "p", dict.fromkeys(files, b"x"))) as source:
        assert [entry.path for entry in source.entries] == paths


def test_workbook_by_itself_is_given_as_it_is(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("xl/workbook.xml", "")
    path = tmp_path / "our tender.xlsx"
    path.write_bytes(data.getvalue())
    with open_source(path) as source:
        assert (source.workbook, source.workbook_name, source.entries) == (data.getvalue(), "our tender.xlsx", ())


@pytest.mark.parametrize(
    "start", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01", b"\x1f\x8b\x08", b"x" * 257 + b"ustar", b"PK\7\x08PK\3\4"]
)
def test_other_archives_are_refused_by_name(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "pack.zip").write_bytes(start + b"\0" * 600)
    with pytest.raises(EvalPanelError) as raised, open_source(tmp_path / "pack.zip"):
        pass
    assert raised.value.title.startswith("“pack.zip” is ")


@pytest.mark.parametrize("name", ["none", "nul\0"])
def test_what_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(EvalPanelError), open_source(tmp_path / name):
        pass


def test_errors_of_the_block_pass_through(tmp_path: Path) -> None:
    mine = OSError("somebody else's")
    with pytest.raises(OSError, match="somebody else's") as raised, open_source(tmp_path):
        raise mine
    assert raised.value is mine


@posix_only
def test_links_and_special_files_of_a_folder_are_refused_and_not_followed(tmp_path: Path) -> None:
    root = _lay_out(tmp_path / "pack", {"a.pdf": b"x"})
    outside = _lay_out(tmp_path / "outside", {"secret.pdf": b"x"})
    (root / "folder link").symlink_to(outside)
    (root / "file link").symlink_to(outside / "secret.pdf")
    (root / "lost link").symlink_to(outside / "none")
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(root)  # the path of a socket may have 108 bytes
        try:
            listening.bind("socket")
        finally:
            os.chdir(here)
        with open_source(root) as source:
            assert [entry.path for entry in source.entries] == ["a.pdf"]
            kinds = {where: what.split(".")[0] for where, what, stops in _told(source) if stops}
    link = "This is a link"
    assert kinds == {
        "file link": link,
        "folder link": link,
        "lost link": link,
        "pipe": "This is a pipe",
        "socket": "This is a socket",
    }


@linux_only
def test_names_that_other_computers_cannot_hold_are_refused_in_a_folder(tmp_path: Path) -> None:
    names = [
        "a\\b.pdf",
        "aux.txt",
        "dot.",
        "space ",
        "c:x",
        "line\nbreak",
        os.fsdecode(b"caf\xe9.pdf"),
        "Äpfel",
        "äPFEL",
    ]
    root = _lay_out(tmp_path / "pack", dict.fromkeys(names, b"x"))
    with open_source(root) as source:
        refused = [problem.where for problem in source.problems if problem.stops]
    assert sorted(refused) == sorted(
        ["a\\b.pdf", "aux.txt", "c:x", "caf\\udce9.pdf", "dot.", "line\\u000abreak", "space ", "äPFEL"]
    )


@posix_only
def test_a_name_in_another_form_of_its_accents_is_found_and_opened(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "Café.pdf")
    root = _lay_out(tmp_path / "pack", {apart: b"coffee"})
    with open_source(root) as source:
        assert _held(source) == {"Café.pdf": b"coffee"}


@posix_only
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told_and_the_rest_is_listed(tmp_path: Path) -> None:
    root = _lay_out(tmp_path / "pack", {"closed/a.pdf": b"x", "b.pdf": b"x"})
    (root / "closed").chmod(0)
    with open_source(root) as source:
        assert [entry.path for entry in source.entries] == ["b.pdf"]
        assert [problem.stops for problem in source.problems] == [True]
    (root / "closed").chmod(0o700)


def test_a_file_that_changes_or_goes_after_listing_is_told(tmp_path: Path) -> None:
    root = _lay_out(tmp_path / "pack", dict.fromkeys(("gone", "grown", "swapped"), b"x" * 10))
    told = {}
    with open_source(root) as source:
        (root / "gone").unlink()
        (root / "grown").write_bytes(b"x" * 20)
        (root / "new").write_bytes(b"y" * 10)
        (root / "new").replace(root / "swapped")
        for entry in source.entries:
            with pytest.raises(EvalPanelError) as raised:
                source.open(entry)
            told[entry.path] = raised.value.title
    changed = "could not be read. It was changed after the folder was listed."
    assert told == {
        "gone": "“gone” could not be read. It was there when the folder was listed and is gone now.",
        "grown": f"“grown” {changed}",
        "swapped": f"“swapped” {changed}",
    }


@posix_only
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_file_that_becomes_something_else_is_not_opened(tmp_path: Path, kind: str) -> None:
    root = _lay_out(tmp_path / "pack", {"a": b"x"})
    with open_source(root) as source:
        (root / "a").rename(tmp_path / "moved")
        if kind == "link":
            (root / "a").symlink_to(tmp_path / "moved")
        else:
            os.mkfifo(root / "a")
        with pytest.raises(EvalPanelError):
            source.open(source.entries[0])


@pytest.mark.parametrize("size", [2_000_000, 3_000_000, 4_000_000])
def test_a_file_that_changes_while_it_is_read_never_gives_its_end(tmp_path: Path, size: int) -> None:
    root = _lay_out(tmp_path / "pack", {"a": b"x" * 3_000_000})
    with open_source(root) as source, source.open(source.entries[0]) as file:
        assert len(file.read(1_000_000)) == 1_000_000
        with (root / "a").open("r+b") as writing:
            writing.write(b"y" * size)
            writing.truncate(size)
        os.utime(root / "a", ns=(0, 0))  # the clock of the disk may not have moved on yet
        with pytest.raises(EvalPanelError):
            file.read()


def test_junk_is_left_out_with_a_note_of_each_kind(tmp_path: Path) -> None:
    names = [
        ".DS_Store",
        "bids/B01/.DS_Store",
        "bids/B01/._1.1.pdf",
        "__MACOSX/a",
        "Thumbs.db",
        "x/DESKTOP.INI",
        "~$r.docx",
    ]
    with open_source(_zipped(tmp_path / "p", dict.fromkeys([*names, "r.docx"], b"x"))) as source:
        assert [entry.path for entry in source.entries] == ["r.docx"]
        assert _told(source) == [
            (".DS_Store", "Left out: macOS puts it there (3 more like it).", False),
            ("Thumbs.db", "Left out: Windows puts it there (1 more like it).", False),
            ("~$r.docx", "Left out: Word or Excel while a document is open puts it there.", False),
        ]


def test_empty_files_and_archives_inside_are_notes(tmp_path: Path) -> None:
    with open_source(_lay_out(tmp_path / "pack", {"e.pdf": b"", "in.zip": b"x", "why?.pdf": b"x"})) as source:
        assert _held(source) == {"e.pdf": b"", "in.zip": b"x", "why?.pdf": b"x"}
        assert [(where, stops) for where, _, stops in _told(source)] == [
            ("e.pdf", False),
            ("in.zip", False),
            ("why?.pdf", False),
        ]


@pytest.mark.parametrize("as_zip", [True, False])
def test_a_pack_larger_than_the_room_for_it_is_refused(tmp_path: Path, as_zip: bool) -> None:
    files = {"a": b"x" * 1500}
    path = _zipped(tmp_path / "p", files) if as_zip else _lay_out(tmp_path / "d", files)
    with open_source(path, room=1499) as source:
        assert _told(source) == [(path.name, "It holds 1.5 kB, and there is room for 1.4 kB only.", True)]
    with open_source(path, room=1500) as source:
        assert source.problems == ()


@posix_only
def test_huge_files_without_content_are_refused_by_their_size(tmp_path: Path) -> None:
    """Sparse files: terabytes by their size, and nothing on the disk."""
    root = _lay_out(tmp_path / "d", {"tender.xlsx": b"", "bids/a.pdf": b"", "bids/b.pdf": b"x"})
    os.truncate(root / "bids" / "a.pdf", folder.MOST_BYTES)
    os.truncate(root / "tender.xlsx", folder.MOST_WORKBOOK_BYTES + 1)
    with open_source(root, room=1 << 50) as source:
        assert _told(source)[:2] == [
            ("d", "It holds 21.5 GB; a pack holds at most 21.4 GB.", True),
            ("tender.xlsx", "A workbook of 67.1 MB is too large to be one.", True),
        ]
    for name in ("alone.xlsx", "alone.zip", "alone.tar"):
        (tmp_path / name).touch()
        os.truncate(tmp_path / name, 1 << 40)
        with pytest.raises(EvalPanelError) as raised, open_source(tmp_path / name):
            pass
        assert raised.value.message


@posix_only
@pytest.mark.parametrize(
    "start",
    [b"PK\3\4", raw_tar([TarMember(b"a", b"x")], b""), gzip.compress(b"x" * 512, mtime=0)],
    ids=["zip", "tar", "gzip"],
)
def test_huge_archives_without_content_are_refused_soon(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "pack"
    path.write_bytes(start)
    os.truncate(path, 1 << 40)
    with pytest.raises(EvalPanelError) as raised, open_source(path):
        pass
    assert raised.value.message


@pytest.mark.parametrize("as_zip", [True, False])
def test_a_pack_of_too_many_files_is_refused(tmp_path: Path, as_zip: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_FILES", 3)
    files = dict.fromkeys("abcd", b"x")
    if as_zip:
        with pytest.raises(EvalPanelError) as raised, open_source(_zipped(tmp_path / "p", files)):
            pass
        assert raised.value.title == "The zip cannot be read. It holds 4 files; a pack holds at most 3."
    else:
        with open_source(_lay_out(tmp_path / "d", files)) as source:
            assert _told(source) == [("d", "The folder holds more than 3 files and folders.", True)]


def test_very_many_problems_are_counted_and_the_stopping_ones_told(tmp_path: Path) -> None:
    files = {f"e{number}": b"" for number in range(300)} | {f"aux.{number}": b"x" for number in range(201)}
    with open_source(_lay_out(tmp_path / "d", files)) as source:
        told = _told(source)
    assert [stops for _, _, stops in told] == [True] * 201 + [False] * 201
    assert (told[200], told[-1]) == (
        ("d", "There are 1 more like these.", True),
        ("d", "There are 100 more like these.", False),
    )


def test_a_workbook_that_cannot_be_read_is_a_problem_of_the_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MOST_WORKBOOK_BYTES", 3)
    with open_source(_lay_out(tmp_path / "d", {"tender.xlsx": b"four", "a": b"x"})) as source:
        assert (source.workbook, [entry.path for entry in source.entries]) == (None, ["a"])
        assert _told(source) == [("tender.xlsx", "A workbook of 4 bytes is too large to be one.", True)]


_NAMES = st.lists(
    st.text(
        st.sampled_from("aA.~ /\\:é\u0301\x00\n$%") | st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(_NAMES)
def test_no_accepted_path_ever_leaves_its_root(names: list[str]) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            member = zipfile.ZipInfo("x")
            member.filename = name  # the constructor would cut it at a NUL
            archive.writestr(member, b"x")
    with tempfile.TemporaryDirectory() as made:
        root = Path(made).resolve()
        (root / "p").write_bytes(data.getvalue())
        with open_source(root / "p") as source:
            for entry in source.entries:
                whole = Path(os.path.normpath(root / entry.path))
                assert whole.is_relative_to(root)
                assert whole != root
                assert why_refused(entry.path) is None
                assert entry.path == unicodedata.normalize("NFC", entry.path)
            assert len(source.entries) + len(source.problems) >= 1 or all(name.endswith("/") for name in names)
