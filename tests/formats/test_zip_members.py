from __future__ import annotations

import io
import shutil
import stat
import struct
import subprocess
import tempfile
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalpanel.errors import EvalPanelError
from evalpanel.formats.folder import open_source
from specimens.archives.raw_zip import (
    DEFLATED,
    DOS,
    ENCRYPTED,
    SIZES_BEHIND,
    UTF8,
    Member,
    bomb_of_overlaps,
    packed,
    raw_zip,
)

_GOOD = Member(b"good.pdf", b"good", DEFLATED)


def _opened(tmp_path: Path, data: bytes) -> tuple[dict[str, bytes], dict[str, str], list[str]]:
    """What was read, what stopped by the name of its file, and the notes."""
    (tmp_path / "pack.zip").write_bytes(data)
    held = {}
    with open_source(tmp_path / "pack.zip") as source:
        for entry in source.entries:
            with source.open(entry) as file:
                held[entry.path] = file.read()
        stopping = {problem.where: problem.what for problem in source.problems if problem.stops}
        return held, stopping, [problem.what for problem in source.problems if not problem.stops]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (b"/etc/passwd", "The name starts at the top of a disk, outside the pack."),
        (b"\\\\server\\share", "The name starts at the top of a disk, outside the pack."),
        (b"C:/x", "The name starts with the letter of a drive, outside the pack."),
        (b"c:x", "The name starts with the letter of a drive, outside the pack."),
        (b"../x", "The name leads out of the pack (“..”)."),
        (b"a/../../x", "The name leads out of the pack (“..”)."),
        (b"a/..", "The name leads out of the pack (“..”)."),
        (b"a//x", "The path holds a folder without a name."),
        (b"a/./x", "The path holds a folder without a name."),
        (
            b"a\\..\\x",
            "The name holds a backslash, which is a folder on some computers and part of the name on others.",
        ),
        (b"a\0b.pdf", "The name holds control characters."),
        (b"a\r\nb.pdf", "The name holds control characters."),
        (
            "a\u202efdp.exe".encode(),
            "The name holds marks that turn the direction of text, so that it reads differently from what it is.",
        ),
        (b"a/CON", "“CON” is a name that Windows keeps for a device."),
        (b"aux.txt", "“aux.txt” is a name that Windows keeps for a device."),
        (b"Com1 .pdf", "“Com1 .pdf” is a name that Windows keeps for a device."),
        ("LPT¹".encode(), "“LPT¹” is a name that Windows keeps for a device."),
        (b"a./x", "The name ends in a dot or a space, which Windows drops."),
        (b"x ", "The name ends in a dot or a space, which Windows drops."),
        (b"a.pdf:stream", "The name holds a colon, which Windows gives another meaning."),
        (b"n" * 256, "The name is longer than 255 bytes."),
        (b"n/" * 512 + b"x", "The path is longer than 1024 bytes."),
        (b"a\xff.pdf", "Its name is not valid text."),
        (b"", "The name is empty."),
    ],
)
def test_a_name_that_could_do_harm_is_refused(tmp_path: Path, name: bytes, why: str) -> None:
    held, stopping, _ = _opened(tmp_path, raw_zip([_GOOD, Member(name, b"x")]))
    assert (held, list(stopping.values())) == ({"good.pdf": b"good"}, [why])


@pytest.mark.parametrize(
    "name", ["con1.pdf", "console", "a..b", "..a", "~", "-rf", "$HOME", "Ünïcödé 日本.pdf", "a" * 255, "com10", " a"]
)
def test_a_name_that_is_only_odd_is_kept(tmp_path: Path, name: str) -> None:
    assert _opened(tmp_path, raw_zip([Member(name.encode(), b"x")])) == ({name: b"x"}, {}, [])


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (
            Member(b"m", b"good.pdf", mode=stat.S_IFLNK | 0o777),
            "This is a link. A pack holds plain files and folders only.",
        ),
        (Member(b"m", mode=stat.S_IFIFO | 0o644), "This is a pipe. A pack holds plain files and folders only."),
        (Member(b"m", mode=stat.S_IFSOCK | 0o644), "This is a socket. A pack holds plain files and folders only."),
        (Member(b"m", mode=stat.S_IFCHR | 0o644), "This is a device. A pack holds plain files and folders only."),
        (Member(b"m", mode=0, dos=0x400), "This is a link. A pack holds plain files and folders only."),
        (Member(b"m/", b"data", mode=0o40755), "It is a folder and holds data as a file does."),
        (
            Member(b"m", b"x" * 20, flags=UTF8 | ENCRYPTED),
            "It is encrypted. Unpack the zip with its password and load the folder.",
        ),
        (
            Member(b"m", b"x" * 20, method=99, flags=ENCRYPTED),
            "It is encrypted. Unpack the zip with its password and load the folder.",
        ),
        (
            Member(b"m", b"x", method=9),
            "It is packed in a way that is not read here (Deflate64). Unpack the zip and load the folder.",
        ),
        (
            Member(b"m", b"x", method=77),
            "It is packed in a way that is not read here (method 77). Unpack the zip and load the folder.",
        ),
        (Member(b"m", b"x", disk=1), "It lies on another volume of a split archive. Join the volumes first."),
        (Member(b"m", b"x", size=5), "Its sizes contradict each other."),
        (Member(b"m", b"x", local_name=b"n"), "What the zip says about it in two places is not the same."),
        (Member(b"m", b"x" * 9, DEFLATED, local_size=8), "What the zip says about it in two places is not the same."),
        (Member(b"m", b"x", local_method=DEFLATED), "What the zip says about it in two places is not the same."),
        (Member(b"m", b"x", offset=9), "Its place in the zip is damaged."),
        (Member(b"m", b"x", offset=1 << 31), "Its place in the zip is damaged."),
        *(
            (
                Member(b"m", b"x", offset=0xFFFFFFFF, extra=struct.pack("<2HQ", 1, 8, far)),
                "Its place in the zip is damaged.",
            )
            for far in (1 << 62, (1 << 64) - 1)
        ),
        (Member(b"m", b"x", packed=1 << 20, size=1 << 20), "Its place in the zip is damaged."),
        (
            Member(b"m", b"\0" * (2 << 20), DEFLATED),
            "It would grow to more than 200 times its size when unpacked, as archives made to do harm do.",
        ),
    ],
)
def test_a_member_that_cannot_be_trusted_is_refused(tmp_path: Path, member: Member, why: str) -> None:
    held, stopping, _ = _opened(tmp_path, raw_zip([_GOOD, member]))
    assert (held, stopping) == ({"good.pdf": b"good"}, {member.name.decode(): why})


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (Member(b"m", b"x" * 9, crc=1), "It is damaged: its checksum is wrong."),
        (Member(b"m", b"x" * 9, DEFLATED, crc=1), "It is damaged: its checksum is wrong."),
        (
            Member(b"m", b"x" * 9, DEFLATED, size=8, crc=zlib.crc32(b"x" * 8)),
            "It holds more than the 8 bytes that it is said to hold.",
        ),
        (Member(b"m", b"x" * 9, DEFLATED, size=10), "It holds 9 bytes, and not the 10 that it is said to hold."),
        (Member(b"m", b"x" * 9, DEFLATED, body=b"\xff" * 9), "It is damaged: it cannot be unpacked."),
        (
            Member(b"m", b"x" * 9, DEFLATED, body=packed(Member(b"", b"x" * 9, DEFLATED))[:-2]),
            "It is damaged: its end is missing.",
        ),
        (
            Member(b"m", b"x" * 9, DEFLATED, body=packed(Member(b"", b"x" * 9, DEFLATED)) + b"??"),
            "It is damaged: something stands behind its end.",
        ),
        (Member(b"m", b"", DEFLATED, body=b""), "It is damaged: its end is missing."),
        (Member(b"m", b"", size=0, crc=7), "It is damaged: its checksum is wrong."),
    ],
)
def test_content_that_is_not_as_told_is_refused_before_its_end(tmp_path: Path, member: Member, why: str) -> None:
    (tmp_path / "z").write_bytes(raw_zip([member]))
    with open_source(tmp_path / "z") as source:
        assert source.problems == () or not source.problems[0].stops
        with pytest.raises(EvalPanelError) as raised:
            source.open(source.entries[0])
    assert raised.value.title == f"“m” could not be read. {why}"


def test_a_bomb_that_hides_its_size_is_cut_off_early(tmp_path: Path) -> None:
    huge = Member(b"m", b"\0" * 50_000_000, DEFLATED, size=900_000)
    (tmp_path / "z").write_bytes(raw_zip([huge]))
    got = 0
    with pytest.raises(EvalPanelError), open_source(tmp_path / "z") as source, source.open(source.entries[0]) as file:  # noqa: PT012  # how much came before the error is tested
        while block := file.read(1 << 16):
            got += len(block)
    assert got < 900_000


def test_members_that_share_bytes_are_refused_as_one_problem(tmp_path: Path) -> None:
    (tmp_path / "z").write_bytes(bomb_of_overlaps(300))
    with open_source(tmp_path / "z") as source:
        told = [problem.what for problem in source.problems if "shares its bytes" in problem.what]
    assert told == ["It shares its bytes with “a.bin”, as archives made to do harm do. So do 299 more."]


def test_quoted_overlap_is_refused(tmp_path: Path) -> None:
    """A member whose data quotes the header of the next, so that both names lead into the same bytes."""
    inner = raw_zip([Member(b"b", b"kernel")])[: 30 + 1 + 6]
    outer = Member(b"a", inner)
    start = 30 + 1
    listed = Member(b"b", b"kernel", offset=start)
    data = bytearray(raw_zip([outer, listed]))
    _, stopping, _ = _opened(tmp_path, bytes(data))
    assert stopping == {"b": "It shares its bytes with “a”, as archives made to do harm do."}


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        ("a.pdf", "a.pdf", "a.pdf"),
        ("a.pdf", "A.PDF", "A.PDF"),
        ("b/é.pdf", "B/e\u0301.pdf", "B/é.pdf"),
        ("straße", "STRASSE", "STRASSE"),
        ("a", "A/b", "a"),
        ("a", "a/", "a"),
        ("a/b", "a", "a"),
    ],
)
def test_names_that_a_computer_would_mix_up_are_refused(tmp_path: Path, first: str, second: str, where: str) -> None:
    members = [Member(name.encode(), b"", mode=0o40755 if name.endswith("/") else 0o100644) for name in (first, second)]
    _, stopping, _ = _opened(tmp_path, raw_zip(members))
    assert list(stopping) == [where]


_WHOLE = raw_zip([_GOOD, Member(b"other.pdf", b"other")])


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (_WHOLE[:-30], "It is cut off: the list of its files, which stands at its end, is missing."),
        (_WHOLE[: len(_WHOLE) // 2], "It is cut off: the list of its files, which stands at its end, is missing."),
        (_WHOLE + b"more", "It is cut off: the list of its files, which stands at its end, is missing."),
        (
            _WHOLE[:4] + _WHOLE,
            "The list of its files is not where it should be: the zip is damaged, or has something in front.",
        ),
        (raw_zip([_GOOD], disk=1), "It is one of several volumes of a split archive. Join them first."),
        (raw_zip([_GOOD], count=2), "The list of its files is damaged."),
        (raw_zip([_GOOD, _GOOD], count=1), "The list of its files holds more than it says."),
        (raw_zip([_GOOD], count=20_001), "It holds 20001 files; a pack holds at most 20000."),
        (
            raw_zip([_GOOD], start=7),
            "The list of its files is not where it should be: the zip is damaged, or has something in front.",
        ),
        (raw_zip([Member(b"m", b"x", size=0xFFFFFFFF)]), "The list of its files is damaged."),
    ],
)
def test_a_zip_that_is_not_whole_is_refused(tmp_path: Path, data: bytes, what: str) -> None:
    (tmp_path / "z").write_bytes(data)
    with pytest.raises(EvalPanelError) as raised, open_source(tmp_path / "z"):
        pass
    assert raised.value.title == f"The zip cannot be read. {what}"


@given(st.data())
@settings(max_examples=300)
def test_a_damaged_zip_is_refused_in_words_or_read_right(data: st.DataObject) -> None:
    """Whatever bytes change, every file that is read to its end is one that was packed."""
    whole = bytearray(raw_zip([_GOOD, Member(b"d/other.pdf", b"other" * 50, DEFLATED), Member(b"s", b"stored")]))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    packed_here = {b"good", b"other" * 50, b"stored"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "z"
        path.write_bytes(whole)
        try:
            with open_source(path) as source:
                for entry in source.entries:
                    try:
                        with source.open(entry) as file:
                            assert file.read() in packed_here
                    except EvalPanelError as error:
                        assert "could not be read" in error.title  # noqa: PT017  # any outcome of the three is right
        except EvalPanelError as error:
            assert error.title  # noqa: PT017  # refused as a whole


def test_an_empty_zip_is_an_empty_pack(tmp_path: Path) -> None:
    assert _opened(tmp_path, raw_zip([], comment=b"a comment, PK\5\6 inside")) == ({}, {}, [])


def test_backslashes_of_a_windows_program_are_folders_when_nothing_else_is(tmp_path: Path) -> None:
    windows = [
        Member(b"bids\\B01\\", made_on=DOS, mode=0, dos=0x10),
        Member(b"bids\\B01\\1.1.pdf", b"x", made_on=DOS, mode=0),
    ]
    held, stopping, notes = _opened(tmp_path, raw_zip(windows))
    assert (held, stopping) == ({"bids/B01/1.1.pdf": b"x"}, {})
    assert notes == ["The zip writes folders with backslashes; they were read as folders."]
    out = Member(b"..\\..\\evil", b"x", made_on=DOS, mode=0)
    assert _opened(tmp_path, raw_zip([*windows, out]))[1] == {"../../evil": "The name leads out of the pack (“..”)."}
    mixed = [*windows, Member(b"bids/B02/x", b"x", made_on=DOS, mode=0)]
    assert sorted(_opened(tmp_path, raw_zip(mixed))[1]) == ["bids\\B01\\", "bids\\B01\\1.1.pdf"]


@pytest.mark.parametrize(
    ("raw", "flags", "extra", "name"),
    [
        ("Café.pdf".encode("cp437"), 0, b"", "Café.pdf"),
        ("Café.pdf".encode(), 0, b"", "Café.pdf"),
        ("Cafe\u0301.pdf".encode(), UTF8, b"", "Café.pdf"),
        (b"Caf_.pdf", 0, b"\1" + struct.pack("<L", zlib.crc32(b"Caf_.pdf")) + "Café.pdf".encode(), "Café.pdf"),
        (b"Caf_.pdf", 0, b"\1" + struct.pack("<L", 7) + "Café.pdf".encode(), "Caf_.pdf"),
        (b"./Caf.pdf", UTF8, b"", "Caf.pdf"),
    ],
)
def test_names_are_read_in_their_encodings(tmp_path: Path, raw: bytes, flags: int, extra: bytes, name: str) -> None:
    field = struct.pack("<2H", 0x7075, len(extra)) + extra if extra else b""
    assert _opened(tmp_path, raw_zip([Member(raw, b"x", flags=flags, extra=field)])) == ({name: b"x"}, {}, [])


def test_sizes_behind_the_data_are_read(tmp_path: Path) -> None:
    members = [Member(b"a", b"first" * 99, DEFLATED, flags=SIZES_BEHIND), Member(b"b", b"second")]
    assert _opened(tmp_path, raw_zip(members))[:2] == ({"a": b"first" * 99, "b": b"second"}, {})


def test_figures_of_large_archives_are_read(tmp_path: Path) -> None:
    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

    for target in (io.BytesIO(), Unseekable()):
        with (
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("a", "w", force_zip64=True) as file,
        ):
            file.write(b"large" * 1000)
        assert _opened(tmp_path, target.getvalue())[:2] == ({"a": b"large" * 1000}, {})


@pytest.mark.skipif(shutil.which("zip") is None, reason="the program zip is not here")
def test_the_zip_of_another_program_is_read(tmp_path: Path) -> None:
    (tmp_path / "pack" / "bids" / "B01").mkdir(parents=True)
    (tmp_path / "pack" / "bids" / "B01" / "Café 1.1.pdf").write_bytes(b"response" * 1000)
    subprocess.run(["zip", "-q", "-r", "../out.zip", "."], cwd=tmp_path / "pack", check=True)
    assert _opened(tmp_path, (tmp_path / "out.zip").read_bytes())[:2] == (
        {"bids/B01/Café 1.1.pdf": b"response" * 1000},
        {},
    )


_PATHS = st.lists(st.text("abc1", min_size=1, max_size=4), min_size=1, max_size=2).map("/".join)


@given(st.dictionaries(_PATHS, st.binary(max_size=400), max_size=6))
def test_what_the_standard_library_packs_is_read_back(files: dict[str, bytes]) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for number, (name, content) in enumerate(files.items()):
            archive.writestr(name, content, zipfile.ZIP_DEFLATED if number % 2 else zipfile.ZIP_STORED)
    with tempfile.TemporaryDirectory() as folder:
        held, stopping, _ = _opened(Path(folder), data.getvalue())
    collide = {name for name in files for other in files if name.startswith(f"{other}/")}
    assert held == files or collide
    assert bool(stopping) == bool(collide)
