"""Odd documents and odd names through the command line: noted with their place, or refused in words."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import pytest

import make
from profiles import Evalpanel
from specimens.bags.raw_bag import bag, serialised
from stages import REFERENCE, write_pack

At = Callable[[str], Evalpanel]
EMPTY = "The file is empty (0 bytes)."
DAMAGED = "It is damaged or cut off: its end is missing. It may not open, or only in part. Ask for it again."
ODD = {"B01/1.1 Empty.txt": b"", "B02/1.1 Cut.pdf": b"%PDF-1.7\n1 0 obj"}


def a_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    """A pack as a zip, with any names."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tender.xlsx", make.workbook())
        for name, data in files.items():
            archive.writestr(f"bids/{name}", data)
    return path


def test_what_documents_hold_is_told_by_check_load_and_documents(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    folder = write_pack(tmp_path / "pack", files=ODD)
    expected = {("bids/B01/1.1 Empty.txt", EMPTY), ("bids/B02/1.1 Cut.pdf", DAMAGED)}

    checked = evalpanel.asked("check", folder)
    loaded = evalpanel.asked("load", folder)
    listed = evalpanel.asked("documents", REFERENCE)["documents"]

    for answer in (checked, loaded):
        notes = {(one["where"], one["what"]) for one in answer["problems"]}
        assert {note for note in notes if note[0].startswith("bids/")} == expected
    assert checked["can_load"] is True
    assert {(one["path"], note) for one in listed for note in one["notes"]} == expected
    assert f"  note: {DAMAGED}" in evalpanel.done("documents", REFERENCE).out.splitlines()


def test_an_altered_bag_is_told_by_check_before_anything_is_kept(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    payload = {"tender.xlsx": make.workbook(), "bids/B01/1.1 Reach.txt": b"words"}
    altered = bag(payload) | {"data/bids/B01/1.1 Reach.txt": b"w0rds"}

    answer = evalpanel.asked("check", serialised(tmp_path / "bag.tar.gz", "tar.gz", altered))

    assert answer["can_load"] is False
    assert [one["where"] for one in answer["problems"] if one["stops"]] == ["bids/B01/1.1 Reach.txt"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_in_either_form_are_one_name(at: At, tmp_path: Path, form: Literal["NFC", "NFD"]) -> None:
    evalpanel = at("empty")
    name = unicodedata.normalize("NFC", "B01/Ķekava Zoë 青年の声.txt")

    evalpanel.done("load", a_zip(tmp_path / "pack.zip", {unicodedata.normalize(form, name): b"words"}))

    assert [one["path"] for one in evalpanel.asked("documents", REFERENCE)["documents"]] == [f"bids/{name}"]


def test_names_that_windows_cannot_hold_or_would_mix_up_are_refused_with_their_place(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    files = ("B01/CON.pdf", "B01/ends. ", "B02/A.txt", "B02/a.txt", "B03/" + "x" * 256)
    pack = a_zip(tmp_path / "pack.zip", dict.fromkeys(files, b"x"))

    answer = evalpanel("load", pack, "--json")

    assert (answer.code, [(one["where"], one["what"]) for one in answer.json["problems"]]) == (
        1,
        [
            ("bids/B01/CON.pdf", "“CON.pdf” is a name that Windows keeps for a device."),
            ("bids/B01/ends. ", "The name ends in a dot or a space, which Windows drops."),
            (f"bids/B03/{'x' * 191}…", "The name is longer than 255 bytes."),
            (
                "bids/B02/a.txt",
                "The name differs from “bids/B02/A.txt” only by capitals or by how its accents are written.",
            ),
        ],
    )
    assert evalpanel.asked("tenders") == {"tenders": []}
