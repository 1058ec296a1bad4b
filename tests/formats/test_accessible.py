"""Every PDF of ours can be heard and kept: PDF/UA-1 and PDF/A-2a hold, and the structure says what the page shows."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest

import letter_examples as ex
from evalpanel.domain.feedback import compose
from evalpanel.domain.letter import (
    Bar,
    Bars,
    Block,
    Column,
    Facts,
    FeedbackLetter,
    Items,
    Paragraph,
    Row,
    ScaleDots,
    ScaleRow,
    Section,
    Table,
)
from evalpanel.errors import EvalPanelError
from evalpanel.formats.archival import Attachment
from evalpanel.formats.fonts import shipped
from evalpanel.formats.letter_layout import Layout
from evalpanel.formats.letter_pdf import large_print, render
from evalpanel.formats.letter_text import plain_text
from evalpanel.formats.paper import Particulars, on_paper
from heard import Heard, elements, faults, loose_ends
from judges import judge

BIDS = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B09", "B10"]
STEPS = tuple(Decimal(step) for step in range(6))


def with_blocks(*blocks: Block) -> FeedbackLetter:
    """The letter to a bid that was not assessed, with these blocks as its one section."""
    letter = compose(ex.inputs("B05"))
    return replace(letter, body=(Section("What is tried", blocks),))


def made(*blocks: Block) -> bytes:
    return render(with_blocks(*blocks), made_at=ex.MADE_AT).data


def aloud(data: bytes, tmp_path: Path) -> str:
    """What a stranger's reader makes of the structure and its words."""
    file = tmp_path / "aloud.pdf"
    file.write_bytes(data)
    done = subprocess.run([judge("pdfinfo"), "-struct-text", str(file)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def within(heard: list[Heard], tag: str) -> list[str]:
    """The kinds of what lies in the first element of a kind, in order."""
    start = next(at for at, one in enumerate(heard) if one.tag == tag)
    below = []
    for one in heard[start + 1 :]:
        if one.depth <= heard[start].depth:
            break
        below.append(one.tag)
    return below


@pytest.mark.parametrize("bid", BIDS)
def test_every_letter_holds_both_standards(bid: str) -> None:
    data = render(compose(ex.inputs(bid)), made_at=ex.MADE_AT).data
    assert faults(data) == []
    assert loose_ends(data) == []


def test_headings_go_down_one_level_at_a_time_and_begin_with_the_title() -> None:
    heard = elements(render(compose(ex.inputs("B02")), made_at=ex.MADE_AT).data)
    levels = [int(one.tag[1]) for one in heard if one.tag in ("H1", "H2", "H3", "H4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [level for before, level in pairwise(levels) if level > before + 1] == []
    assert {2, 3} < set(levels)


def test_each_cell_of_a_table_names_the_headers_that_it_stands_under() -> None:
    table = Table(
        "Your result",
        (Column("Part", 50), Column("Out of", 25, numeric=True), Column("Points", 25, numeric=True)),
        (Row(("Quality", "60", "40.80")), Row(("", "40", "32.00"))),
    )
    heard = [one for one in elements(made(table)) if one.tag in ("TH", "TD")]
    assert [(one.tag, one.scope, one.identity, one.headers) for one in heard] == [
        ("TH", "Column", "t1c0", ()),
        ("TH", "Column", "t1c1", ()),
        ("TH", "Column", "t1c2", ()),
        ("TH", "Row", "t1r0", ("t1c0",)),
        ("TD", "", "", ("t1r0", "t1c1")),
        ("TD", "", "", ("t1r0", "t1c2")),
        ("TD", "", "", ("t1c0",)),
        ("TD", "", "", ("t1c1",)),
        ("TD", "", "", ("t1c2",)),
    ]


@pytest.mark.parametrize("pages", [5, 60])
def test_a_table_over_many_pages_is_one_table_whose_head_is_heard_once(pages: int, tmp_path: Path) -> None:
    rows = tuple(Row((f"Row {number}", "some words " * 12)) for number in range(pages * 16))
    laid = render(with_blocks(Table("Long", (Column("Row", 30), Column("Words", 70)), rows)), made_at=ex.MADE_AT)
    heard = elements(laid.data)
    assert laid.pages >= pages
    assert faults(laid.data) == []
    assert loose_ends(laid.data) == []
    assert [one.tag for one in heard].count("Table") == 1
    assert [one.tag for one in heard].count("TR") == len(rows) + 1
    assert aloud(laid.data, tmp_path).count('"Words "') == 1


def test_a_row_that_is_broken_over_pages_stays_one_row(tmp_path: Path) -> None:
    columns = (Column("Level", 20), Column("What earns it", 80))
    rows = (Row(("5", "gooseberry " * 3000)), Row(("4", "after all of it")))
    laid = render(with_blocks(Table("The scale", columns, rows)), made_at=ex.MADE_AT)
    assert laid.pages > 4
    assert faults(laid.data) == []
    assert loose_ends(laid.data) == []
    assert within(elements(laid.data), "Table") == [
        "THead", "TR", "TH", "TH", "TBody", "TR", "TH", "TD", "TR", "TH", "TD",
    ]  # fmt: skip


def test_lists_have_labels_and_bodies(tmp_path: Path) -> None:
    data = made(Items(("Read it.", "Ask about it. " * 40), numbered=True), Items(("A drop-in.",)))
    heard = elements(data)
    lists = heard[[one.tag for one in heard].index("L", 12) :]
    assert faults(data) == []
    assert [one.tag for one in lists if one.tag in ("L", "LI", "Lbl", "LBody")][:10] == [
        "L", "LI", "Lbl", "LBody", "LI", "Lbl", "LBody", "L", "LI", "Lbl",
    ]  # fmt: skip
    assert '"2. "' in aloud(data, tmp_path)


def test_charts_are_figures_that_say_every_value() -> None:
    bars = Bars(
        "Totals", (Bar("B01 Moorland Voices", Decimal("88.5"), "88.50"), Bar("B02", None, "no total")), Decimal(100)
    )
    dots = ScaleDots("Scores", (ScaleRow("1.1 Voice", STEPS, (Decimal(2), Decimal(2)), Decimal(3), "2, 2; agreed 3"),))
    data = made(bars, dots)
    assert faults(data) == []
    assert [one.alternative for one in elements(data) if one.tag == "Figure"] == [
        "Totals. B01 Moorland Voices: 88.50; B02: no total.",
        "Scores. 1.1 Voice: 2, 2; agreed 3.",
    ]


def test_a_chart_of_two_hundred_bars_is_several_figures() -> None:
    bars = tuple(Bar(f"B{number:03d}", Decimal(number), str(number)) for number in range(200))
    data = made(Bars("Totals", bars, Decimal(200)))
    figures = [one.alternative for one in elements(data) if one.tag == "Figure"]
    assert faults(data) == []
    assert len(figures) == 13
    assert figures[12].startswith("Totals (193 to 200 of 200). B192: 192; ")
    assert all(f"B{number:03d}: {number}" in " ".join(figures) for number in range(200))


def test_the_authoritys_own_address_can_be_followed_and_nobody_elses() -> None:
    words = "Write to tenders@exbourne.example, not to bait@elsewhere.example. " * 3
    data = made(Paragraph(words))
    assert faults(data) == []
    assert [one.tag for one in elements(data)].count("Link") == 3
    with pikepdf.open(BytesIO(data)) as pdf:
        links = [one for sheet in pdf.pages for one in sheet.obj.get("/Annots", []) if one.Subtype == "/Link"]
        assert {(str(one.A.URI), str(one.Contents)) for one in links} == {
            ("mailto:tenders@exbourne.example", "Link to mailto:tenders@exbourne.example")
        }


def test_a_link_that_is_broken_over_lines_and_pages_is_one_link() -> None:
    letter = with_blocks(*(Paragraph("Write to tenders@exbourne.example now. " * 50) for _ in range(9)))
    data = render(letter, made_at=ex.MADE_AT).data
    assert faults(data) == []
    assert loose_ends(data) == []
    assert [one.tag for one in elements(data)].count("Link") == 450


@pytest.mark.parametrize(
    ("name", "language", "heard"),
    [
        ("בית שלום", "und-Hebr", "בית שלום"),
        ("جمعية محمد", "und-Arab", "جمعية محمد"),
        ("Ελληνικό Κέντρο", "und-Grek", ""),
        ("Українська громада", "und-Cyrl", ""),
        ("Հայ", "und-Armn", ""),
        ("ქართული", "und-Geor", ""),
    ],
)
def test_a_name_in_another_script_is_heard_as_it_is_written(name: str, language: str, heard: str) -> None:
    data = made(Paragraph(f"It was sent by {name} (the bidder)."), Paragraph(f"and {name} " * 40))
    assert faults(data) == []
    assert loose_ends(data) == []
    spans = [(one.language, one.heard) for one in elements(data) if one.tag == "Span"]
    assert spans == [(language, heard)] * 41


def test_a_paragraph_in_another_language_says_so() -> None:
    data = made(Paragraph("Diolch am eich cynnig.", language="cy"), Paragraph("Thank you for your tender."))
    assert faults(data) == []
    assert [one.language for one in elements(data) if one.language] == ["cy"]


def test_words_at_the_ends_of_lines_do_not_run_together(tmp_path: Path) -> None:
    heard = aloud(made(Paragraph("gooseberry blackcurrant " * 60)), tmp_path)
    assert "gooseberryblackcurrant" not in heard
    assert "blackcurrantgooseberry" not in heard


def test_characters_of_many_scripts_in_one_document_hold_both_standards() -> None:
    has = shipped().regular.has | shipped().regular.second_has
    left = "".join(
        chr(code) for code in sorted(has) if chr(code).isalpha() and not 0x590 <= code < 0x900 and code < 0x2E00
    )
    words = " ".join(left[at : at + 9] for at in range(0, len(left), 9))
    assert len(left) > 1500
    assert faults(made(Paragraph(words))) == []


def test_the_signature_says_whose_it_is_and_belongs_to_a_form() -> None:
    data = render(compose(ex.inputs("B02")), made_at=ex.MADE_AT).data
    with pikepdf.open(BytesIO(data)) as pdf:
        assert str(pdf.Root.AcroForm.Fields[0].TU) == "Digital signature of A. Officer, Head of commissioning"
    assert [one.tag for one in elements(data)].count("Form") == 1


def test_a_document_with_data_in_it_holds_the_third_part() -> None:
    layout = Layout(shipped())
    story = layout.heading("Results", 0) + layout.facts(Facts((("Reference", "T-1"),)))
    about = Particulars("Results", "Exbourne", "T-1", "en-GB")
    data = Attachment("scores.json", "The scores as data", "application/json", b'{"B01": 3}')
    when = datetime(2026, 3, 9, tzinfo=UTC)

    paper = on_paper(layout, story, about, when, EvalPanelError("no room", ""), attachments=(data,))

    assert faults(paper.data, attached=True) == []
    with pikepdf.open(BytesIO(paper.data)) as pdf:
        assert bytes(pdf.attachments["scores.json"].get_file().read_bytes()) == b'{"B01": 3}'


@pytest.mark.parametrize("bid", ["B02", "B05"])
def test_a_large_print_copy_says_what_the_letter_says_in_eighteen_points(bid: str) -> None:
    copy = large_print(compose(ex.inputs(bid)), "A copy in large print.", made_at=ex.MADE_AT)
    assert faults(copy.data) == []
    assert loose_ends(copy.data) == []
    with pikepdf.open(BytesIO(copy.data)) as pdf:
        drawn = b"".join(sheet.Contents.read_bytes() for sheet in pdf.pages)
    sizes = {float(size) for size in re.findall(rb"/F\S+ ([0-9.]+) Tf", drawn)}
    assert min(sizes) >= 16
    assert "Table" not in [one.tag for one in elements(copy.data)]


@pytest.mark.parametrize("bid", BIDS)
def test_a_plain_text_copy_holds_every_word_that_is_heard(bid: str, tmp_path: Path) -> None:
    letter = compose(ex.inputs(bid))
    text = plain_text(letter, "A copy as plain text.")
    heard = aloud(render(letter, made_at=ex.MADE_AT).data, tmp_path)
    words = " ".join(re.findall(r'"(.*)"', heard)).split()
    missing = sorted(set(words) - set(text.split()) - {"Criterion", "•"})
    assert [word for word in missing if word.rstrip(":") not in text] == []
    assert text.startswith("A copy as plain text.\n\nExbourne Children’s Trust\n")
