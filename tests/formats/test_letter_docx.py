"""The draft of a letter as a Word document: the words of the letter in its order, with headings and tables that can be heard."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn

import letter_examples as ex
from evalpanel.domain.feedback import compose
from evalpanel.domain.letter import Explanation, Table, paragraphs
from evalpanel.formats.letter_docx import draft


@pytest.mark.parametrize("bid", ["B01", "B02", "B03", "B04", "B05", "B06"])
def test_a_draft_holds_every_word_of_the_letter(bid: str) -> None:
    letter = compose(ex.inputs(bid))
    document: Any = Document(BytesIO(draft(letter)))
    text = "\n".join(one.text for one in document.paragraphs)
    tables = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert [part for one in paragraphs(letter) for part in one.split("\n\n") if part not in text] == []
    blocks = [*letter.opening, *(block for section in (*letter.body, *letter.annex) for block in section.blocks)]
    for block in blocks:
        if isinstance(block, Table):
            assert [column.title for column in block.columns] in tables
            assert all(list(row.cells) in tables for row in block.rows)
    headings = [(one.style.name, one.text) for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert headings[0] == ("Heading 1", letter.title)
    sections = [section.heading for section in (*letter.body, *letter.annex)]
    assert [said for level, said in headings if level == "Heading 2"] == sections
    assert [said for level, said in headings if level == "Heading 3"] == [
        block.title for block in blocks if isinstance(block, Explanation)
    ]


def test_a_draft_says_that_it_is_one_and_whose_and_in_which_language() -> None:
    letter = compose(ex.inputs("B02"))
    document: Any = Document(BytesIO(draft(letter)))
    about = document.core_properties
    assert (about.title, about.author, about.language) == (
        f"Draft, not signed: {letter.title}",
        letter.authority,
        "en-GB",
    )
    assert document.sections[0].header.paragraphs[0].text == f"Draft, not signed · {letter.reference}"
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
