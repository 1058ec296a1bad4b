"""Authority profiles: the four of the framework, an authority's own, and what is wrong with one in sentences."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

import ui_stage
from evalpanel.domain.letter import Letterhead
from evalpanel.errors import EvalPanelError
from evalpanel.services import authorities, letter_drafts, letter_trials
from evalpanel.services.workspace import Workspace
from heard import elements, faults

OWN = """
code = "exbourne"
name = "Exbourne Children’s Trust"
also_called = ["Exbourne Council"]
address = ["Commissioning", "2 Quay Street", "Exbourne EX0 0AA"]
telephone = "01632 960001"
email = "tenders@exbourne.example"
website = "https://exbourne.example/tenders"
footer = "Ask us for this letter in large print."
signatory = "Ola Fenn"
role = "Head of commissioning"
logo = "logo.png"
logo_alternative = "Exbourne Children’s Trust"
"""


def png(width: int = 60, height: int = 20) -> bytes:
    """A small green picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x0b\x65\x5d" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def written(folder: Path, text: str = OWN, logo: bytes | None = None) -> Path:
    (folder / "logo.png").write_bytes(png() if logo is None else logo)
    file = folder / "exbourne.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    with ui_stage.at("outcome", tmp_path / "profile") as held:
        yield held


def test_the_four_authorities_of_the_framework_are_there(space: Workspace) -> None:
    assert [(one.profile.code, one.profile.name, one.own) for one in authorities.every(space)] == [
        ("cornwall", "Cornwall Children’s Trust", False),
        ("devon", "Devon Children’s Trust", False),
        ("plymouth", "Plymouth Children’s Trust", False),
        ("torbay", "Torbay Children’s Trust", False),
    ]


def test_an_authoritys_own_profile_heads_its_letters(space: Workspace, tmp_path: Path) -> None:
    text = OWN.replace("Exbourne Council", "Devon County Council").replace('"exbourne"', '"devon"')
    authorities.add(space, written(tmp_path, text))

    pdf = letter_drafts.preview(space, ui_stage.REFERENCE, "B01", "L1")

    assert faults(pdf) == []
    assert [one.alternative for one in elements(pdf) if one.tag == "Figure"] == ["Exbourne Children’s Trust"]
    with space.store.reading() as tx:
        held = authorities.of(tx, "DEVON COUNTY COUNCIL")
    assert held is not None
    assert authorities.letterhead(held) == Letterhead(
        ("Commissioning", "2 Quay Street", "Exbourne EX0 0AA"),
        ("Telephone 01632 960001", "tenders@exbourne.example", "https://exbourne.example/tenders"),
        held.logo,
        "Ask us for this letter in large print.",
        "Exbourne Children’s Trust",
    )
    # The tender names it by another name, and its sentences speak of that one: both stand at the head.
    (first, *_) = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    assert [line.strip() for line in first.splitlines()[:2]] == [
        "Exbourne Children’s Trust",
        "For Devon County Council",
    ]
    found = authorities.own(space, "Devon County Council")
    assert found is not None
    assert (found.signatory, found.role) == ("Ola Fenn", "Head of commissioning")


@pytest.mark.parametrize(
    ("own", "tender", "lines"),
    [
        ("Exbourne Children’s Trust", "Exbourne Children's  trust", ("Exbourne Children's  trust",)),
        ("", "Devon County Council", ("Devon County Council",)),
        ("Devon Children’s Trust", "Devon County Council", ("Devon Children’s Trust", "For Devon County Council")),
    ],
)
def test_head_of_a_letter_says_both_names_only_where_they_differ(own: str, tender: str, lines: tuple[str, ...]) -> None:
    assert Letterhead(name=own).names(tender) == lines


def test_head_of_another_authority_is_not_tried_on_the_letters_of_a_tender(space: Workspace) -> None:
    head = authorities.find(space, "torbay")
    with pytest.raises(EvalPanelError) as refused:
        letter_trials.with_head(space, ui_stage.REFERENCE, head)
    assert refused.value.title == (
        "The letters of PTSCF-2026-014 are those of Devon County Council, so they would not be headed by Torbay Children’s Trust."
    )
    assert letter_trials.with_head(space, ui_stage.REFERENCE, authorities.find(space, "devon")) is not None


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('code = "exbourne"', "", "“code” is missing"),
        ('code = "exbourne"', 'code = "Ex Bourne"', "“code” is made of small letters"),
        ('email = "tenders@exbourne.example"', 'email = "tenders"', "“email” is no e-mail address"),
        ("https://exbourne.example/tenders", "javascript:alert(1)", "“website” begins with https://"),
        ('logo_alternative = "Exbourne Children’s Trust"', "", "“logo_alternative” is missing"),
        ('logo = "logo.png"', 'logo = "../logo.png"', "without a folder"),
        ("telephone = ", "phone = ", "“phone” is nothing that a profile holds"),
        ('footer = "', 'footer = "' + "x" * 200, "have room"),
        ('["Commissioning",', "[1,", "must be a list of lines"),
        ('role = "Head of commissioning"', "role = 7", "“role” must be text"),
        ('code = "exbourne"', 'code = "', "is not a TOML file"),
    ],
)
def test_what_is_wrong_with_a_profile_is_told_and_nothing_kept(
    space: Workspace, tmp_path: Path, before: str, after: str, words: str
) -> None:
    file = written(tmp_path, OWN.replace(before, after, 1))
    with pytest.raises(EvalPanelError, match=re.escape(words)):
        authorities.add(space, file)
    assert not any(one.own for one in authorities.every(space))


@pytest.mark.parametrize(
    ("logo", "words"),
    [
        (b"<svg/>", "not a PNG or JPEG"),
        (png()[:-12], "not a PNG or JPEG"),
        (png(3000, 1), "3000 by 1 pixels"),
        (png(0, 1), "0 by 1 pixels"),
        (b"\xff\xd8\xff\xc0\x00\x11\x08", "not a PNG or JPEG"),
    ],
)
def test_a_logo_that_is_no_small_picture_is_refused(space: Workspace, tmp_path: Path, logo: bytes, words: str) -> None:
    with pytest.raises(EvalPanelError, match=words):
        authorities.add(space, written(tmp_path, logo=logo))


def test_two_profiles_cannot_be_of_one_authority(space: Workspace, tmp_path: Path) -> None:
    with pytest.raises(EvalPanelError, match="“devon” is of Devon County Council already"):
        authorities.add(space, written(tmp_path, OWN.replace("Exbourne Council", "Devon County Council")))


def test_show_names_the_profiles_that_there_are(space: Workspace) -> None:
    assert authorities.find(space, "torbay").profile.email == "commissioning@torbay.example"
    with pytest.raises(EvalPanelError, match="There is no authority “exmouth”"):
        authorities.find(space, "exmouth")
