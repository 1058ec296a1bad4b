from __future__ import annotations

import gzip
import io
import os
import random
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalpanel.errors import EvalPanelError
from evalpanel.formats import folder, gunzipped
from evalpanel.formats.folder import open_source
from evalpanel.formats.gunzipped import DamagedGzipError, Gunzipped
from specimens.bags.raw_bag import TarMember, pax, raw_tar

_GOOD = TarMember(b"good.pdf", b"good")
_LARGE = 8 << 30


def _opened(tmp_path: Path, data: bytes) -> tuple[dict[str, bytes], dict[str, str]]:
    """What was read, and what stopped by the name of its file."""
    (tmp_path / "pack").write_bytes(data)
    held = {}
    with open_source(tmp_path / "pack") as source:
        for entry in source.entries:
            with source.open(entry) as file:
                held[entry.path] = file.read()
        return held, {problem.where: problem.what for problem in source.problems if problem.stops}


def _refused(tmp_path: Path, data: bytes) -> str:
    with pytest.raises(EvalPanelError) as raised:
        _opened(tmp_path, data)
    return raised.value.title.removeprefix("“pack” is a tar archive that cannot be read: it ").removeprefix(
        "“pack” is a gzip archive that cannot be read: it "
    )


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tars_of_every_form_are_read(tmp_path: Path, form: int, packed: bool) -> None:
    names = ["a.pdf", "x/" * 40 + "b" * 60 + ".pdf", "Zoë/é.pdf"]
    names += [] if form == tarfile.USTAR_FORMAT else ["c" * 200 + ".pdf", "d/" * 150 + "e.pdf"]
    files = {name: name.encode() * 50 for name in names}
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=form, encoding="utf-8") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    whole = gzip.compress(data.getvalue()) if packed else data.getvalue()
    assert _opened(tmp_path, whole) == (files, {})


@pytest.mark.skipif(shutil.which("tar") is None, reason="no tar is installed here")
@pytest.mark.parametrize("form", ["v7", "oldgnu", "gnu", "ustar", "pax"])
def test_tars_of_the_program_tar_are_read(tmp_path: Path, form: str) -> None:
    (tmp_path / "made" / "bids").mkdir(parents=True)
    (tmp_path / "made" / "bids" / "a.pdf").write_bytes(b"a" * 5000)
    (tmp_path / "made" / "tender.xlsx").write_bytes(b"the workbook")
    subprocess.run(["tar", f"--format={form}", "-cf", tmp_path / "p.tar", "made"], cwd=tmp_path, check=True)
    with open_source(tmp_path / "p.tar") as source:
        assert ([entry.path for entry in source.entries], source.workbook) == (["bids/a.pdf"], b"the workbook")
        assert source.problems == ()


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (TarMember(b"/etc/passwd", b"x"), "The name starts at the top of a disk, outside the pack."),
        (TarMember(b"../x", b"x"), "The name leads out of the pack (“..”)."),
        (TarMember(b"x", b"x", prefix=b"a/../.."), "The name leads out of the pack (“..”)."),
        (TarMember(b"C:x", b"x"), "The name starts with the letter of a drive, outside the pack."),
        (TarMember(b"aux.txt", b"x"), "“aux.txt” is a name that Windows keeps for a device."),
        (TarMember(b"caf\xe9", b"x"), "Its name is not valid text."),
        (TarMember(b"l", kind=b"1"), "This is a link. A pack holds plain files and folders only."),
        (TarMember(b"l", kind=b"2"), "This is a link. A pack holds plain files and folders only."),
        (TarMember(b"l", kind=b"3"), "This is a device. A pack holds plain files and folders only."),
        (TarMember(b"l", kind=b"4"), "This is a device. A pack holds plain files and folders only."),
        (TarMember(b"l", kind=b"6"), "This is a pipe. A pack holds plain files and folders only."),
        (TarMember(b"s", b"x", kind=b"S"), "This is a sparse file. A pack holds plain files and folders only."),
        (TarMember(b"v", kind=b"V"), "It is of a kind (V) that is not read here: no plain file."),
        (TarMember(b"m", b"x", kind=b"M"), "It is of a kind (M) that is not read here: no plain file."),
        (TarMember(b"good.pdf", b"x"), "The pack holds two files under this name."),
        (TarMember(b"GOOD.pdf", b"x"), "The name differs from “good.pdf” only by capitals"),
        (TarMember(b"good.pdf/x", b"x"), "The pack holds a file and a folder under this name."),
    ],
)
def test_what_no_pack_may_hold_is_named(tmp_path: Path, member: TarMember, why: str) -> None:
    (tmp_path / "pack").write_bytes(raw_tar([_GOOD, member, TarMember(b"other.pdf", b"other")]))
    with open_source(tmp_path / "pack") as source:
        assert [problem.what.startswith(why) for problem in source.problems if problem.stops] == [True]
        assert {"good.pdf", "other.pdf"} <= {entry.path for entry in source.entries}


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([TarMember(b"g", pax(path="evil"), kind=b"g"), _GOOD], "gives one name or size to all of its files"),
        ([TarMember(b"x", pax(size="5"), kind=b"x"), _GOOD], "contradicts itself about the size of a file"),
        ([TarMember(b"x", pax(size="5"), kind=b"x"), TarMember(b"a")], "contradicts itself about the size of a file"),
        ([TarMember(b"x", pax(size="-1"), kind=b"x"), _GOOD], "is damaged: the size of a file is no number"),
        ([TarMember(b"x", pax(size="٣"), kind=b"x"), _GOOD], "is damaged: the size of a file is no number"),
        ([TarMember(b"x", b"7 a=b\n", kind=b"x"), _GOOD], "is damaged: the description of a file cannot be read"),
        ([TarMember(b"x", b"99 a=b\n", kind=b"x"), _GOOD], "is damaged: the description of a file cannot be read"),
        ([TarMember(b"x", b"nonsense", kind=b"x"), _GOOD], "is damaged: the description of a file cannot be read"),
        ([TarMember(b"x", pax(path="a") + pax(path="b"), kind=b"x"), _GOOD], "contradicts itself about one file"),
        ([TarMember(b"x", pax(path="a"), kind=b"x")] * 2 + [_GOOD], "describes one file twice"),
        ([TarMember(b"L", b"a\0", kind=b"L")] * 2 + [_GOOD], "names one file twice"),
        (
            [TarMember(b"L", b"a\0", kind=b"L"), TarMember(b"x", pax(path="b"), kind=b"x"), _GOOD],
            "contradicts itself about the name of a file",
        ),
        ([TarMember(b"K", b"a", kind=b"K")] * 9 + [_GOOD], "describes one file more often than any program does"),
        ([TarMember(b"x", b"x" * (1 << 20) + b"x", kind=b"x"), _GOOD], "describes a file with more text than any"),
        ([TarMember(b"x", pax(path="a") + b"12", kind=b"x"), _GOOD], "is damaged: the description of a file cannot be"),
        ([TarMember(b"x", pax(path="a"), kind=b"x")], "ends in the middle of a file"),
        ([TarMember(b"d", b"data", kind=b"5")], "contradicts itself: “d” is a folder and holds data as a file does"),
        ([TarMember(b"l", b"data", kind=b"2")], "contradicts itself: a link or a device holds data"),
        ([TarMember(b"a", b"x", checksum=0o1234)], "is damaged: the checksum of a header is wrong"),
        ([TarMember(b"a", b"x", size_field=b"0000000009x\0")], "is damaged: the size of a file is no number"),
        ([TarMember(b"a", b"x", size_field=b"\xff" * 12)], "is damaged: the size of a file is no number"),
        ([TarMember(b"a", b"x", size=5_000)], "is cut off"),
        ([TarMember(b"a", b"x", size_field=b"\x80" + b"\xff" * 11)], "is cut off"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_tar_that_contradicts_itself_is_refused_as_a_whole(
    tmp_path: Path, members: list[TarMember], why: str, packed: bool
) -> None:
    data = raw_tar([_GOOD, *members])
    assert _refused(tmp_path, gzip.compress(data) if packed else data).startswith(why)


def test_size_beyond_the_header_is_taken_from_its_extension(tmp_path: Path) -> None:
    data = raw_tar([TarMember(b"x", pax(size=str(_LARGE)), kind=b"x"), TarMember(b"a")])
    assert _refused(tmp_path, data) == "is cut off."  # that size was believed, and so nothing hides behind the header


def test_sparse_files_in_pax_are_refused(tmp_path: Path) -> None:
    member = TarMember(b"x", pax(GNU__sparse__major="1", GNU__sparse__minor="0"), kind=b"x")
    assert _opened(tmp_path, raw_tar([member, _GOOD, TarMember(b"b", b"b")])) == (
        {"b": b"b"},
        {"good.pdf": "This is a sparse file. A pack holds plain files and folders only."},
    )


def test_old_sparse_file_with_a_long_map_does_not_hide_the_next_file(tmp_path: Path) -> None:
    more = b"\0" * 504 + b"\1" + b"\0" * 7 + b"\0" * 512
    hole = raw_tar([TarMember(b"s", kind=b"S", at_482=b"\1")], end=b"")
    held, stopping = _opened(tmp_path, hole + more + raw_tar([_GOOD]))
    assert (held, list(stopping)) == ({"good.pdf": b"good"}, ["s"])


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (b"", "is cut off: the mark at its end is missing."),
        (bytes(512) + raw_tar([_GOOD]), "holds something behind its end."),
        (bytes(1024) + b"x" * 512, "holds something behind its end."),
        (b"x" * 100, "is cut off."),
    ],
)
def test_tar_without_its_end_or_with_more_behind_it_is_refused(tmp_path: Path, end: bytes, why: str) -> None:
    assert _refused(tmp_path, raw_tar([_GOOD], end)) == why


def test_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    data = raw_tar([_GOOD, TarMember(b"b", b"b" * 2000)])
    for whole in (data, gzip.compress(data)):
        # Zeros at the end of a tar are its mark: one block of them is enough.
        last = len(whole) - 513 if whole is data else len(whole)
        for length in range(513 if whole is data else 2, last, 37):
            assert _refused(tmp_path, whole[:length]) != ""


def test_gzip_of_something_else_is_refused(tmp_path: Path) -> None:
    for data in (b"", b"a workbook", bytes(100), os.urandom(5000)):
        assert _refused(tmp_path, gzip.compress(data)) != ""


@pytest.mark.parametrize(
    ("behind", "why"),
    [
        (b"x", "something stands behind its end."),
        (bytes(9) + b"x", "something stands behind its end."),
        (b"\x1f\x8bx" + bytes(50), "is damaged and cannot be unpacked."),
    ],
)
def test_something_behind_a_gzip_is_refused(tmp_path: Path, behind: bytes, why: str) -> None:
    assert _refused(tmp_path, gzip.compress(raw_tar([_GOOD])) + behind).endswith(why)


def test_tar_without_a_file_is_refused(tmp_path: Path) -> None:
    assert _refused(tmp_path, raw_tar([TarMember(b"g", pax(comment="x"), kind=b"g")])) == "is empty."


def test_gzip_in_pieces_and_padded_with_zeros_is_read(tmp_path: Path) -> None:
    data = raw_tar([_GOOD, TarMember(b"b", b"b" * 2000)])
    assert _opened(tmp_path, gzip.compress(data[:700]) + gzip.compress(data[700:]) + bytes(300)) == (
        {"good.pdf": b"good", "b": b"b" * 2000},
        {},
    )


def test_gzip_that_grows_beyond_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(raw_tar([TarMember(b"zeros", bytes(4 << 20))]))
    assert _refused(tmp_path, bomb).startswith("grows to more than 200 times its size")
    monkeypatch.setattr(folder, "MOST_BYTES", 1000)
    monkeypatch.setattr(folder, "MOST_FILES", 1)
    large = gzip.compress(raw_tar([TarMember(b"r", random.Random(1).randbytes(9000))]))
    assert _refused(tmp_path, large) == "unpacks to more than 5.0 kB."


@pytest.mark.parametrize("packed", [False, True])
def test_too_many_files_are_refused(tmp_path: Path, packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_FILES", 2)
    data = raw_tar([TarMember(name, b"x") for name in (b"a", b"b", b"c")])
    assert _refused(tmp_path, gzip.compress(data) if packed else data) == (
        "holds more than 2 files; a pack holds at most 2."
    )


def test_tar_that_changes_while_it_is_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "pack").write_bytes(raw_tar([_GOOD]))
    with open_source(tmp_path / "pack") as source:
        with (tmp_path / "pack").open("ab") as file:
            file.write(b"more")
        with pytest.raises(EvalPanelError, match="The tar was changed while it was read"):
            source.open(source.entries[0])


def test_packed_tar_that_changes_while_it_is_read_is_told(tmp_path: Path) -> None:
    was, now = (gzip.compress(raw_tar([TarMember(b"a", data)]), 0) for data in (b"before", b"behind"))
    (tmp_path / "pack").write_bytes(was)
    with open_source(tmp_path / "pack") as source:
        (tmp_path / "pack").write_bytes(now)
        with pytest.raises(EvalPanelError, match="“a” could not be read"):
            source.open(source.entries[0])


def test_files_of_a_packed_tar_are_read_in_any_order_and_side_by_side(tmp_path: Path) -> None:
    chance = random.Random(7)
    files = {f"{number:02}": chance.randbytes(chance.randrange(600_000)) for number in range(30)}
    data = raw_tar([TarMember(name.encode(), content) for name, content in files.items()])
    (tmp_path / "pack").write_bytes(gzip.compress(data, 1))
    with open_source(tmp_path / "pack") as source:
        entries = list(source.entries)
        chance.shuffle(entries)
        for first, second in zip(entries[::2], entries[1::2], strict=True):
            with source.open(first) as one, source.open(second) as other:
                start = one.read(1000)
                assert other.read() == files[second.path]
                assert start + one.read() == files[first.path]


@settings(max_examples=25)
@given(st.data())
def test_gzip_is_read_from_any_place(data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 5))
    whole = b"".join(random.Random(seed).randbytes(50) * 3000 for _ in range(12))
    cut = data.draw(st.integers(0, len(whole)))
    packed = gzip.compress(whole[:cut]) + gzip.compress(whole[cut:])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gunzipped, "_FIRST_STEP", 1000)
        patch.setattr(gunzipped, "_MOST_PLACES", data.draw(st.sampled_from([2, 3, 512])))
        patch.setattr(gunzipped, "_RATIO", 10_000)
        source = Gunzipped(io.BytesIO(packed), len(whole))
        assert b"".join(source.blocks()) == whole
        for _ in range(6):
            start, length = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 700_000))
            assert b"".join(source.blocks(start, length)) == whole[start : start + length]


@settings(max_examples=100)
@given(st.binary(max_size=300), st.integers(0, 2000), st.booleans())
def test_any_damage_is_refused_in_words_or_harmless(noise: bytes, at: int, packed: bool) -> None:
    data = bytearray(raw_tar([_GOOD, TarMember(b"x", pax(path="long"), kind=b"x"), TarMember(b"b", b"b" * 600)]))
    data[at : at + len(noise)] = noise
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "pack"
        path.write_bytes(gzip.compress(bytes(data)) if packed else bytes(data))
        try:
            with open_source(path) as source:
                for entry in source.entries:
                    source.open(entry).close()
        except EvalPanelError as error:
            told = error.title
        else:
            told = "It is read."
        assert told.endswith(".")


@given(st.binary(max_size=400))
def test_any_bytes_as_a_gzip_are_unpacked_or_refused(noise: bytes) -> None:
    try:
        out = b"".join(Gunzipped(io.BytesIO(gunzipped.MAGIC + noise), 1000).blocks())
    except DamagedGzipError as error:
        out = str(error).encode()
    assert len(out) <= 1000
