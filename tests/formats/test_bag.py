from __future__ import annotations

import gzip
import io
import os
import sys
import tarfile
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import bagit  # type: ignore[import-untyped]  # it carries no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalpanel.domain.intake import ProblemsFound
from evalpanel.errors import EvalPanelError
from evalpanel.formats import bag as bag_module
from evalpanel.formats.bag_tags import TagError, decoded, read_declaration, read_info, read_manifest
from evalpanel.formats.folder import PackSource, open_source
from evalpanel.formats.pack_names import junk, why_refused
from specimens.bags.raw_bag import DECLARATION, bag, lay_out, manifest, serialised

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the disks of others cannot hold such names")

_PACK = {
    "tender.xlsx": b"the workbook",
    "documents/Specification.pdf": b"what is bought",
    "bids/B01/1.1 Reaching.pdf": b"a response" * 100_000,
    "bids/B02/empty.txt": b"",
}
_KINDS = ["folder", "zip", "tar", "tar.gz"]


def _held(source: PackSource) -> dict[str, bytes]:
    held = {}
    for entry in source.entries:
        with source.open(entry) as file:
            held[entry.path] = file.read()
    return held


def _stopping(source: PackSource) -> list[tuple[str, str]]:
    return [(problem.where, problem.what) for problem in source.problems if problem.stops]


def _notes(source: PackSource) -> list[tuple[str, str]]:
    return [(problem.where, problem.what) for problem in source.problems if not problem.stops]


def _refused(tmp_path: Path, files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    with pytest.raises(ProblemsFound) as raised, open_source(lay_out(tmp_path / "bag", files)):
        pass
    assert raised.value.title == "The bag “bag” cannot be relied on."
    return [(problem.where, problem.what) for problem in raised.value.problems]


@pytest.mark.parametrize("top", ["", "Export 2026/"])
@pytest.mark.parametrize("kind", _KINDS)
def test_bag_is_read_alike_in_every_form(tmp_path: Path, kind: str, top: str) -> None:
    files = {top + name: data for name, data in bag(_PACK).items()}
    with open_source(serialised(tmp_path / "p", kind, files)) as source:
        assert _held(source) == {name: data for name, data in _PACK.items() if name != "tender.xlsx"}
        assert (source.workbook, source.workbook_name, _stopping(source)) == (b"the workbook", "tender.xlsx", [])
        assert _notes(source) == [
            ("bagit.txt", "This is a BagIt bag (version 1.0). Its 4 files are compared with SHA-512 digests."),
            ("bids/B02/empty.txt", "The file is empty (0 bytes)."),
        ]


@pytest.mark.parametrize("kind", _KINDS)
def test_altered_file_is_told_when_it_is_read_and_not_before(tmp_path: Path, kind: str) -> None:
    files = bag(_PACK)
    files["data/documents/Specification.pdf"] = b"what is BOUGHT"
    with open_source(serialised(tmp_path / "p", kind, files)) as source:
        assert _stopping(source) == []
        entry = next(entry for entry in source.entries if entry.path == "documents/Specification.pdf")
        with pytest.raises(EvalPanelError) as raised:
            source.open(entry)
    assert raised.value.title == (
        "“data/documents/Specification.pdf” could not be read. It was altered or damaged: "
        "its SHA-512 digest is not the one in manifest-sha512.txt."
    )


@pytest.mark.parametrize("at", [0, 500_000, 999_999])
def test_end_of_an_altered_file_is_never_handed_over(tmp_path: Path, at: int) -> None:
    files = bag(_PACK)
    data = bytearray(files["data/bids/B01/1.1 Reaching.pdf"])
    data[at] ^= 1
    files["data/bids/B01/1.1 Reaching.pdf"] = bytes(data)
    with open_source(lay_out(tmp_path / "p", files)) as source:
        entry = next(entry for entry in source.entries if entry.path.startswith("bids/B01"))
        got: list[bytes] = []
        with source.open(entry) as file, pytest.raises(EvalPanelError):
            got.extend(iter(lambda: file.read(1 << 16), b""))
    assert sum(map(len, got)) < len(data)


def test_altered_workbook_is_not_believed(tmp_path: Path) -> None:
    with open_source(lay_out(tmp_path / "p", bag(_PACK) | {"data/tender.xlsx": b"the wOrkbook"})) as source:
        assert source.workbook is None
        assert [where for where, _ in _stopping(source)] == ["tender.xlsx"]


def test_second_digest_counts_as_much_as_the_first(tmp_path: Path) -> None:
    lie = manifest({f"data/{name}": b"another" for name in _PACK}, "md5")
    files = bag(_PACK, {"manifest-md5.txt": lie})
    with open_source(lay_out(tmp_path / "p", files)) as source, pytest.raises(EvalPanelError) as raised:
        source.open(source.entries[-1])
    assert raised.value.title.endswith("its MD5 digest is not the one in manifest-md5.txt.")


@pytest.mark.parametrize("algorithm", ["sha512", "sha384", "sha256", "sha224", "sha1", "md5"])
def test_bags_of_the_library_of_congress_program_are_read(tmp_path: Path, algorithm: str) -> None:
    payload = {**_PACK, "100% sure.pdf": b"x", "a%25b.pdf": b"y", "Zoë ½.pdf": b"z"}
    root = lay_out(tmp_path / "made", payload)
    bagit.make_bag(str(root), {"Source-Organization": "A portal", "External-Identifier": "T-7"}, checksums=[algorithm])
    with open_source(root) as source:
        assert _held(source) == {name: data for name, data in payload.items() if name != "tender.xlsx"}
        assert _stopping(source) == []
        notes = dict(_notes(source)[:3])
        weak = algorithm in ("sha1", "md5")
        assert [what for where, what in _notes(source) if where == "bag-info.txt"] == [
            "External-Identifier: T-7",
            "Source-Organization: A portal",
        ]
        told = [what for where, what in _notes(source) if where == f"manifest-{algorithm}.txt"]
        name = {"sha1": "SHA-1", "md5": "MD5"}.get(algorithm, "")
        forged = f"{name} finds damage and not forgery: who wants to can make another file of the same digest."
        assert told == ([forged] if weak else [])
        assert "bagit.txt" in notes


def test_our_bags_are_bags_to_the_library_of_congress_program(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "p", bag(_PACK, algorithms=("sha512", "sha256")))
    assert bagit.Bag(str(root)).is_valid()


@pytest.mark.parametrize("kind", _KINDS)
def test_what_is_missing_or_undeclared_is_named_all_at_once(tmp_path: Path, kind: str) -> None:
    files = bag(_PACK, {"bag-info.txt": None})
    del files["data/bids/B01/1.1 Reaching.pdf"], files["data/documents/Specification.pdf"]
    files |= {"data/bids/B03/late.pdf": b"x", "data/bids/B03/later.pdf": b"x", "data/.DS_Store": b"junk"}
    with open_source(serialised(tmp_path / "p", kind, files)) as source:
        missing = "It is listed in manifest-sha512.txt and is missing from the bag."
        undeclared = "It is in the bag and in no manifest: nobody said that it belongs there."
        assert _stopping(source) == [
            ("data/bids/B01/1.1 Reaching.pdf", missing),
            ("data/documents/Specification.pdf", missing),
            ("data/bids/B03/late.pdf", undeclared),
            ("data/bids/B03/later.pdf", undeclared),
        ]
        entry = next(entry for entry in source.entries if entry.path == "bids/B03/late.pdf")
        with pytest.raises(EvalPanelError, match="No manifest of the bag gives a digest for it"):
            source.open(entry)


@pytest.mark.parametrize(("version", "stops"), [("1.0", True), ("0.97", False)])
def test_every_manifest_lists_every_file_from_version_one_on(tmp_path: Path, version: str, stops: bool) -> None:
    some = {f"data/{name}": data for name, data in _PACK.items() if name != "bids/B02/empty.txt"}
    declared = DECLARATION.replace(b"1.0", version.encode())
    files = bag(_PACK, {"manifest-md5.txt": manifest(some, "md5"), "bagit.txt": declared})
    with open_source(lay_out(tmp_path / "p", files)) as source:
        what = "It is not listed in manifest-md5.txt, which must list every file."
        assert _stopping(source) == ([("data/bids/B02/empty.txt", what)] if stops else [])


def test_files_to_be_fetched_are_refused(tmp_path: Path) -> None:
    files = bag(_PACK, {"fetch.txt": b"https://example.org/a - data/documents/Specification.pdf\n"})
    del files["data/documents/Specification.pdf"]
    with open_source(lay_out(tmp_path / "p", files)) as source:
        assert [where for where, _ in _stopping(source)] == [
            "fetch.txt",
            "data/documents/Specification.pdf",
            "bag-info.txt",
        ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"bag-info.txt": b"Payload-Oxum: 1.1\n"},
            [
                (
                    "bag-info.txt",
                    "It was altered or damaged: its SHA-512 digest is not the one in tagmanifest-sha512.txt.",
                )
            ],
        ),
        (
            {"bag-info.txt": None},
            [("bag-info.txt", "It is listed in tagmanifest-sha512.txt and is missing from the bag.")],
        ),
        (
            {"manifest-sha512.txt": None},
            [
                ("manifest-sha512.txt", "The bag has no manifest: nothing says what it should hold."),
            ],
        ),
        ({"manifest-sha512.txt": b"what?"}, [("manifest-sha512.txt", "Line 1 is not a digest and a path: “what?”.")]),
        (
            {"manifest-sha512.txt": b"\nab  data/x\n"},
            [("manifest-sha512.txt", "Line 2 holds a digest of 2 digits; there should be 128.")],
        ),
        (
            {"manifest-sha512.txt": b"0" * 128 + b"  data/x\n" + b"1" * 128 + b" data/x\n"},
            [("manifest-sha512.txt", "It gives two digests to “data/x”.")],
        ),
        (
            {"manifest-sha512.txt": b"0" * 128 + b"  ../../etc/passwd\n"},
            [("manifest-sha512.txt", "It lists “../../etc/passwd”, which lies outside the folder “data”.")],
        ),
        (
            {"manifest-sha512.txt": b"0" * 128 + b"  data/\xff\n"},
            [("manifest-sha512.txt", "It is not in the encoding that bagit.txt names (utf-8).")],
        ),
        (
            {"tagmanifest-sha512.txt": b"0" * 128 + b"  data/x\n"},
            [
                ("tagmanifest-sha512.txt", "It lists “data/x”, which is no tag file that may stand there."),
                (
                    "manifest-sha512.txt",
                    "It is not listed in tagmanifest-sha512.txt, which must list every manifest.",
                ),
            ],
        ),
        ({"aux.txt": b"x"}, [("aux.txt", "“aux.txt” is a name that Windows keeps for a device.")]),
        ({"Data/x": b"x"}, [("Data/x", "Its folder differs from “data” only by capitals.")]),
    ],
)
def test_bag_that_cannot_be_relied_on_is_refused(
    tmp_path: Path, changes: dict[str, bytes | None], told: list[tuple[str, str]]
) -> None:
    found = _refused(tmp_path, {name: data for name, data in ({**bag(_PACK), **changes}).items() if data is not None})
    assert [(where, what.removeprefix(f"“{where}” could not be read. ")) for where, what in found] == told


def test_one_tag_file_under_two_names_is_refused(tmp_path: Path) -> None:
    files = {**bag(_PACK, tag_manifests=False), "MANIFEST-sha512.txt": b"x"}
    with pytest.raises(ProblemsFound) as raised, open_source(serialised(tmp_path / "p", "tar", files)):
        pass
    assert [problem.where for problem in raised.value.problems] == ["MANIFEST-sha512.txt"]


def test_digests_of_an_unknown_kind_are_noted_beside_a_known_one_and_refused_alone(tmp_path: Path) -> None:
    strange = "".join(f"abcdef  data/{name}\n" for name in _PACK).encode()
    with open_source(lay_out(tmp_path / "p", bag(_PACK, {"manifest-whirlpool.txt": strange}))) as source:
        assert _stopping(source) == []
        assert [what for where, what in _notes(source) if where == "manifest-whirlpool.txt"] == [
            "Its digests are of a kind that is not read here. They were not compared; its list of files was."
        ]
    alone = bag(_PACK, {"manifest-sha512.txt": None, "manifest-whirlpool.txt": strange})
    assert _refused(tmp_path, alone) == [
        ("manifest-whirlpool.txt", "No manifest of the bag is of a kind that is read here (SHA-512).")
    ]


@pytest.mark.parametrize(
    ("oxum", "told"),
    [
        (
            "1.4",
            "Its Payload-Oxum says that the bag holds 4 files of 1 bytes in all, and it holds 4 of 1000026 bytes.",
        ),
        (
            "1000026.3",
            "Its Payload-Oxum says that the bag holds 3 files of 1000026 bytes in all, and it holds 4 of 1000026 bytes.",
        ),
    ],
)
def test_wrong_number_or_size_of_files_is_told(tmp_path: Path, oxum: str, told: str) -> None:
    with open_source(lay_out(tmp_path / "p", bag(_PACK, {"bag-info.txt": f"payload-oxum:{oxum}".encode()}))) as source:
        assert _stopping(source) == [("bag-info.txt", told)]


def test_information_that_goes_on_and_on_is_read_once(tmp_path: Path) -> None:
    info = b"Source-Organization: Exbourne\n" + b" a\n" * 1_000_000  # copied for each line, this would take an hour
    with open_source(lay_out(tmp_path / "p", bag(_PACK, {"bag-info.txt": info}))) as source:
        assert _stopping(source) == []
        assert [what[:36] for where, what in _notes(source) if where == "bag-info.txt"] == [
            "Source-Organization: Exbourne a a a "
        ]


@pytest.mark.parametrize("info", [b"Payload-Oxum: many", b"no label", b"\xff: x"])
def test_information_that_cannot_be_understood_is_noted(tmp_path: Path, info: bytes) -> None:
    with open_source(lay_out(tmp_path / "p", bag(_PACK, {"bag-info.txt": info}))) as source:
        assert _stopping(source) == []
        assert [where for where, _ in _notes(source)].count("bag-info.txt") == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"BagIt-Version: 1.0",
        b"\xef\xbb\xbf" + DECLARATION,
        DECLARATION.replace(b"1.0", b"2.0"),
        DECLARATION.replace(b"UTF-8", b"EBCDIC"),
        DECLARATION + b"More: x\n",
        b"\xff" + DECLARATION,
    ],
)
def test_declaration_that_is_none_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(EvalPanelError) as raised, open_source(lay_out(tmp_path / "p", {"bagit.txt": data})):
        pass
    assert raised.value.title.startswith("“bagit.txt” cannot be used. It ")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "Windows-1252"])
def test_tag_files_of_other_encodings_and_line_ends_are_read(tmp_path: Path, encoding: str, end: str) -> None:
    payload = {"Zoë.pdf": b"x", "tender.xlsx": b"y"}
    files = bag(payload, tag_manifests=False)
    for name in ("manifest-sha512.txt", "bag-info.txt"):
        files[name] = files[name].decode().replace("\n", end).encode(encoding)
    files["bagit.txt"] = DECLARATION.decode().replace("UTF-8", encoding).replace("\n", end).encode()
    with open_source(serialised(tmp_path / "p", "zip", files)) as source:
        assert (_held(source), _stopping(source)) == ({"Zoë.pdf": b"x"}, [])


@pytest.mark.parametrize("between", [" ", "  ", "\t", " \t ", " *", "  ./"])
def test_manifests_of_every_tool_are_read(tmp_path: Path, between: str) -> None:
    lines = manifest({f"data/{name}": data for name, data in _PACK.items()}, between=between)
    digests = b"\n".join(line[:128].upper() + line[128:] for line in lines.split(b"\n"))
    with open_source(lay_out(tmp_path / "p", bag(_PACK, {"manifest-sha512.txt": digests}))) as source:
        assert (len(_held(source)), source.workbook, _stopping(source)) == (3, b"the workbook", [])


def test_escaped_names_are_understood_as_the_bag_holds_them() -> None:
    lines = list(read_manifest("ab  data/100%25 %0Asure%2f\ncd *data/x", 2))
    assert [(line.digest, line.paths) for line in lines] == [
        ("ab", ("data/100% \nsure%2f", "data/100%25 \nsure%2f", "data/100%25 %0Asure%2f")),
        ("cd", ("*data/x", "data/x")),
    ]


def test_a_name_in_another_form_of_its_accents_is_the_same_file(tmp_path: Path) -> None:
    apart = unicodedata.normalize("NFD", "data/Café.pdf")
    files = bag({"Café.pdf": b"x"}, {"manifest-sha512.txt": manifest({apart: b"x"})})
    with open_source(serialised(tmp_path / "p", "tar", files)) as source:
        assert (_held(source), _stopping(source)) == ({"Café.pdf": b"x"}, [])


@linux_only
@pytest.mark.parametrize("kind", ["folder", "tar"])
def test_hostile_names_in_the_payload_are_refused_as_in_any_pack(tmp_path: Path, kind: str) -> None:
    payload = {"a\nb.pdf": b"x", "aux.txt": b"x", "c\\d": b"x", "good.pdf": b"x"}
    inside = {f"data/{name}": data for name, data in payload.items()}
    listed = manifest({name.replace("\n", "%0A"): data for name, data in inside.items()})
    with open_source(serialised(tmp_path / "p", kind, bag(payload, {"manifest-sha512.txt": listed}))) as source:
        assert sorted(where for where, _ in _stopping(source)) == ["a\\u000ab.pdf", "aux.txt", "c\\d"]
        assert _held(source) == {"good.pdf": b"x"}


def test_names_that_lead_out_of_the_payload_are_refused(tmp_path: Path) -> None:
    files = bag({"../../x": b"x", "tender.xlsx": b"y"})
    with open_source(serialised(tmp_path / "p", "tar", files)) as source:
        assert _stopping(source) == [("../../x", "The name leads out of the pack (“..”).")]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such links")
def test_links_in_a_bag_are_told_with_all_the_rest(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "p", bag(_PACK))
    (root / "data" / "bids" / "B01" / "1.1 Reaching.pdf").unlink()
    (root / "data" / "bids" / "B01" / "1.1 Reaching.pdf").symlink_to(tmp_path)
    with open_source(root) as source:
        assert [what.split(".")[0] for _, what in _stopping(source)] == [
            "This is a link",
            "It is listed in manifest-sha512",
            "Its Payload-Oxum says that the bag holds 4 files of 1000026 bytes in all, and it holds 3 of 26 bytes",
        ]


def test_files_outside_the_payload_are_not_kept(tmp_path: Path) -> None:
    files = bag(_PACK, {"notes/a.txt": b"x", "tender.xlsx": b"another", ".DS_Store": b"x"})
    with open_source(lay_out(tmp_path / "p", files)) as source:
        assert source.workbook == b"the workbook"
        assert [entry.path for entry in source.entries] == sorted(set(_PACK) - {"tender.xlsx"})
        assert ("notes/a.txt", "It lies outside the folder “data” and is not kept. Nor are 1 more.") in _notes(source)


@pytest.mark.parametrize("where", ["bids/B01/", "other/"])
def test_bag_beside_other_files_is_a_folder_like_any_other(tmp_path: Path, where: str) -> None:
    files = {"tender.xlsx": b"x", **{where + name: data for name, data in bag({"a.pdf": b"x"}).items()}}
    with open_source(lay_out(tmp_path / "p", files)) as source:
        assert f"{where}data/a.pdf" in _held(source)
        what = "A BagIt bag lies in this folder, not round the whole pack. Its digests were not compared."
        assert _notes(source) == [(f"{where}bagit.txt", what)]


def test_tag_file_without_measure_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bag_module, "MOST_TAG_BYTES", 200)
    assert _refused(tmp_path, bag(_PACK, tag_manifests=False)) == [
        ("manifest-sha512.txt", "It holds 625 bytes; such a file holds at most 200 bytes.")
    ]
    monkeypatch.setattr(bag_module, "MOST_TAG_BYTES_IN_ALL", 300)
    assert [where for where, _ in _refused(tmp_path, bag(_PACK, tag_manifests=False))] == ["data"]


def test_every_bag_that_is_damaged_anywhere_is_refused(tmp_path: Path) -> None:
    files = bag({"tender.xlsx": b"y", "a.pdf": b"x" * 50}, algorithms=("sha256",))
    passed = []
    for name in files:
        for at in range(0, len(files[name]), 7):
            data = bytearray(files[name])
            data[at] ^= 4
            try:
                with open_source(lay_out(tmp_path / "p", {**files, name: bytes(data)})) as source:
                    held = _held(source)
                    if not _stopping(source) and held == {"a.pdf": b"x" * 50} and source.workbook == b"y":
                        passed.append((name, at))
                    elif not _stopping(source):
                        pytest.fail(f"altered: {name} at {at}")
            except EvalPanelError:
                pass
    assert passed == []


def _why(reader: Callable[[], object]) -> str:
    try:
        reader()
    except TagError as error:
        return str(error)
    return "It is read."


@given(st.binary(max_size=200))
def test_tag_files_of_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    declaration = read_declaration(DECLARATION)
    told = [
        _why(lambda: read_declaration(data)),
        _why(lambda: list(read_manifest(decoded(data, declaration), None))),
        _why(lambda: read_info(decoded(data, declaration))),
    ]
    assert [why for why in told if not why.startswith(("It ", "Line ")) or not why.endswith((".", "”."))] == []


_NAMES = st.text(
    st.sampled_from("ab%025ADé*. ~") | st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60)
@given(st.dictionaries(_NAMES, st.binary(max_size=20), min_size=1, max_size=4), st.sampled_from(["zip", "tar.gz"]))
def test_whatever_is_accepted_is_what_the_bag_holds(payload: dict[str, bytes], kind: str) -> None:
    listed = manifest({f"data/{name.replace('%', '%25')}": data for name, data in payload.items()})
    with tempfile.TemporaryDirectory() as made:
        path = serialised(Path(made) / "p", kind, bag(payload, {"manifest-sha512.txt": listed}))
        with open_source(path) as source:
            assert _held(source) == {
                unicodedata.normalize("NFC", name): data
                for name, data in payload.items()
                if why_refused(unicodedata.normalize("NFC", name)) is None and junk(name) is None
            } or _stopping(source)
            wrong = [name for name in payload if why_refused(unicodedata.normalize("NFC", name))]
            assert bool(wrong) <= bool(_stopping(source))


def test_bag_made_by_other_programs_as_a_tar_is_read(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "made", {**_PACK, "é" * 60 + "/" + "ü" * 60 + ".pdf": b"long"})
    bagit.make_bag(str(root), checksums=["sha256"])
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w", format=form) as archive:
            archive.add(root, "the bag")
        (tmp_path / "p").write_bytes(gzip.compress(data.getvalue()))
        with open_source(tmp_path / "p") as source:
            assert (len(_held(source)), source.workbook, _stopping(source)) == (4, b"the workbook", [])
