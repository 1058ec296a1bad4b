from __future__ import annotations

import subprocess
import unicodedata
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

import letter_examples as ex
from evalpanel.domain.feedback import compose
from evalpanel.domain.letter import (
    Bars,
    Column,
    Explanation,
    Facts,
    FeedbackLetter,
    Items,
    Paragraph,
    Row,
    ScaleDots,
    ScoreMark,
    Section,
    Table,
)
from evalpanel.formats.fonts import runs, shipped
from evalpanel.formats.letter_pdf import render, signature_appearance
from evalpanel.formats.paper import SIGNATURE_FIELD, SIGNATURE_SIZE
from judges import judge

BIDS = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B09", "B10"]


def text_of(data: bytes) -> str:
    """The text of a PDF with its line breaks made into spaces, as a person would search it."""
    document = pypdfium2.PdfDocument(data)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())


def pages_of(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


def rendered(letter: FeedbackLetter) -> str:
    return text_of(render(letter, made_at=ex.MADE_AT).data)


def of_bidder(name: str) -> FeedbackLetter:
    letter = compose(ex.inputs("B05"))
    return replace(letter, addressee=(name, *letter.addressee[1:]), salutation=f"Dear {name},")


def texts(letter: FeedbackLetter) -> list[str]:
    """Every sentence that must stand on the pages."""
    found = [letter.authority, *letter.addressee, letter.title, letter.salutation, letter.closing, letter.check]
    found += [value for _, value in letter.facts.rows]
    for block in (*letter.opening, *(block for section in (*letter.body, *letter.annex) for block in section.blocks)):
        match block:
            case Paragraph():
                found.append(block.text)
            case Table():
                found += [cell for row in block.rows for cell in row.cells]
            case Facts():
                found += [value for _, value in block.rows]
            case Items():
                found += block.items
            case Bars() | ScaleDots():
                found.append(block.title)
            case Explanation():
                found += [block.title, block.facts, *(paragraph.text for paragraph in block.paragraphs)]
    return [" ".join(text.split()) for text in found if text]


@pytest.mark.parametrize("bid", BIDS)
def test_render_prints_every_sentence_of_the_letter(bid: str) -> None:
    letter = compose(ex.inputs(bid))
    printed = rendered(letter)
    assert [text for text in texts(letter) if text not in printed] == []


def test_render_gives_the_same_bytes_each_time() -> None:
    letter = compose(ex.inputs("B02"))
    assert render(letter, made_at=ex.MADE_AT).data == render(letter, made_at=ex.MADE_AT).data


def test_render_numbers_its_pages() -> None:
    made = render(compose(ex.inputs("B02")), made_at=ex.MADE_AT)
    document = pypdfium2.PdfDocument(made.data)
    printed = [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    document.close()
    assert made.pages == len(printed)
    for number, page in enumerate(printed, 1):
        assert f"EX-2026-07 / L1 / B02 · page {number} of {made.pages}" in page


def test_render_names_the_document_and_embeds_every_font() -> None:
    made = render(compose(ex.inputs("B02")), made_at=ex.MADE_AT)
    with pikepdf.open(BytesIO(made.data)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Assessment summary: your tender was not successful"
        assert str(pdf.docinfo["/Author"]) == "Exbourne Children’s Trust"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20260309103000Z"
        assert str(pdf.Root.Lang) == "en-GB"
        assert [round(float(side)) for side in pdf.pages[0].MediaBox] == [0, 0, 595, 842]
        descriptors = [
            held
            for held in pdf.objects
            if isinstance(held, pikepdf.Dictionary) and held.get("/Type") == "/FontDescriptor"
        ]
        fonts = [held for held in pdf.objects if isinstance(held, pikepdf.Dictionary) and held.get("/Type") == "/Font"]
        assert len(fonts) == len(descriptors) == 2
        assert all("/FontFile2" in held for held in descriptors)
        with pdf.open_outline() as outline:
            top = [(item.title, [under.title for under in item.children]) for item in outline.root]
    assert top[0][0] == "Assessment summary: your tender was not successful"
    assert top[0][1] == [
        "Your scores",
        "Why the contract is not being awarded to you",
        "Your scores explained",
        "Conditions",
        "Your price",
        "The most advantageous tender",
        "How tenders were assessed",
        "What happens next",
        "Annex: what could help a future tender",
    ]


def test_render_leaves_one_empty_signature_field_before_the_annex() -> None:
    made = render(compose(ex.inputs("B02")), made_at=ex.MADE_AT)
    with pikepdf.open(BytesIO(made.data)) as pdf:
        fields = list(pdf.Root.AcroForm.Fields)
        assert [(str(field.T), str(field.FT), "/V" in field) for field in fields] == [(SIGNATURE_FIELD, "/Sig", False)]
        left, bottom, right, top = (float(side) for side in fields[0].Rect)
        assert (right - left, top - bottom) == pytest.approx(SIGNATURE_SIZE)
        (signed,) = [index for index, page in enumerate(pdf.pages) if "/Annots" in page]
    pages = pages_of(made.data)
    assert "For Exbourne Children’s Trust" in pages[signed]
    (annex,) = [index for index, said in enumerate(pages) if "Annex: what could help" in said]
    assert annex > signed or pages[annex].index("Annex:") > pages[annex].index("A. Officer, Head of commissioning")


def test_long_explanations_begin_under_their_heading_and_leave_no_page_half_empty() -> None:
    held = ex.inputs("B02")
    long = "The response sets out, session by session, what the two workers do and what came of it. " * 25
    moderated = tuple(replace(one, reasons=f"{one.reasons} {long}") for one in held.moderated)
    pages = pages_of(render(compose(replace(held, moderated=moderated)), made_at=ex.MADE_AT).data)
    (begins,) = [page for page in pages if "Your scores explained" in page]
    assert "1.1 Hearing every child Score 3 of 5" in begins.split("Your scores explained")[1]
    assert "session by session" in begins


def test_an_annex_stands_below_the_signature_where_it_fits_and_else_on_a_page_of_its_own() -> None:
    short = pages_of(render(compose(ex.inputs("B04")), made_at=ex.MADE_AT).data)
    assert "Annex:" in short[-1]
    assert "A. Officer" in short[-1]
    letter = compose(ex.inputs("B04"))
    (annex,) = letter.annex
    long = replace(letter, annex=(replace(annex, blocks=annex.blocks * 6),))
    pages = pages_of(render(long, made_at=ex.MADE_AT).data)
    (begins,) = [page for page in pages if "Annex:" in page]
    assert begins.startswith("Annex:")


@pytest.mark.parametrize("more", range(0, 17, 2))
def test_the_page_of_the_signature_holds_words_of_the_part_before(more: int) -> None:
    longer = tuple(
        replace(held, reasons=held.reasons + " It goes on to say more about it." * (more * (place + 1) % 17))
        for place, held in enumerate(ex.moderated("B02"))
    )
    letter = replace(compose(ex.inputs("B02", moderated=longer)), annex=())
    last = pages_of(render(letter, made_at=ex.MADE_AT).data)[-1]
    assert "A. Officer, Head of commissioning" in last
    assert last.index("The full award criteria and the assessment method") < last.index("What happens next")


def test_a_short_table_and_a_short_explanation_stand_on_one_page_with_their_heading() -> None:
    for bid in ("B01", "B02", "B03"):
        pages = pages_of(render(compose(ex.inputs(bid)), made_at=ex.MADE_AT).data)
        (scores,) = [page for page in pages if "Your scores Criterion" in page]
        assert "Quality 60% out of 60" in scores
        for page in pages:
            assert page.count("Score 4 of 5 · Good") <= page.count("[reasons")
            assert not page.startswith(("Evidence", "Why not a higher score"))


@pytest.mark.parametrize("bid", BIDS)
def test_qpdf_accepts_the_letter(bid: str, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(render(compose(ex.inputs(bid)), made_at=ex.MADE_AT).data)
    done = subprocess.run([judge("qpdf"), "--check", str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "name",
    [
        'O’Brien & Sons <b>Ltd</b> "&amp;"',
        "Łódź Żółw, Ŵyn a Ŷd Cyf.",
        "Ελληνικό Κέντρο · Українська громада",
        "<font color='red'>&lt;/para>",
        "100% {bidder} \\ $x$ ✓ ≤ →",
    ],
)
def test_render_prints_names_as_they_are(name: str) -> None:
    assert f"Dear {name}," in rendered(of_bidder(name))


def test_render_spells_ligatures_out_and_drops_what_prints_nothing() -> None:
    assert "Dear Office fit," in rendered(of_bidder("O\ufb03ce\u00ad \ufeff\u200b\ufb01t\x07"))


def test_render_composes_letters_that_come_in_pieces() -> None:
    assert "Dear Zoë Café," in rendered(of_bidder(unicodedata.normalize("NFD", "Zoë Café")))


def test_runs_use_the_second_font_for_what_the_first_lacks() -> None:
    assert [(run.text, run.second) for run in runs("Ŵyn ✓", shipped().regular)] == [
        ("Ŵ", True),
        ("yn ", False),
        ("✓", True),
    ]


def long_letter(criteria: int, words_each: int) -> FeedbackLetter:
    letter = compose(ex.inputs("B02"))
    reasons = "The response explains how it works in each village. " * (words_each // 9)
    mark = ScoreMark(Decimal(3), tuple(Decimal(step) for step in range(6)))
    title = "A criterion whose title is so long that it takes a second line in the table and above its own explanation"
    explained = tuple(
        Explanation(f"{number} {title}", "Score 3 of 5 · Sound", mark, (Paragraph(reasons),))
        for number in range(criteria)
    )
    table = letter.body[0].blocks[0]
    assert isinstance(table, Table)
    rows = tuple(Row((f"{number} {title}", "1%", "3 of 5", "0.60")) for number in range(criteria))
    body = (Section("Your scores", (replace(table, rows=rows + table.rows[-3:]),)), Section("Explained", explained))
    return replace(letter, body=(*body, letter.body[-1]))


def test_render_lays_out_sixty_criteria_and_repeats_the_head_of_their_table() -> None:
    made = render(long_letter(60, 40), made_at=ex.MADE_AT)
    printed = text_of(made.data)
    assert [number for number in range(60) if printed.count(f" {number} A criterion whose") < 2] == []
    assert printed.count("Criterion Weighting Score Points") > 2


def test_render_lays_out_an_explanation_over_several_pages() -> None:
    made = render(long_letter(2, 3000), made_at=ex.MADE_AT)
    assert text_of(made.data).count("village.") == 2 * (3000 // 9)


def test_render_lays_out_a_descriptor_longer_than_a_page() -> None:
    letter = compose(ex.inputs("B02"))
    table = Table("The scale", (Column("Level", 20), Column("What earns it", 80)), (Row(("5", "gooseberry " * 3000)),))
    made = render(replace(letter, body=(Section("Scale", (table,)), letter.body[-1])), made_at=ex.MADE_AT)
    assert text_of(made.data).count("gooseberry") == 3000


def test_render_lays_out_a_name_and_an_address_without_a_space() -> None:
    letter = compose(ex.inputs("B05"))
    long = replace(letter, addressee=("N" * 300, *("line " * 30 for _ in range(12))), authority="Authority " * 30)
    assert render(long, made_at=ex.MADE_AT).pages == 2


def test_signature_appearance_prints_its_lines_on_one_page() -> None:
    data = signature_appearance(("Signed by Zoë Ŵyn", "Head & <Chair>", "9 March 2026"), (260.0, 62.0))
    assert text_of(data) == "Signed by Zoë Ŵyn Head & <Chair> 9 March 2026"
