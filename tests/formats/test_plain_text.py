"""Ordinary prose takes a short way to the page; what comes out is what the long way gives."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from evalpanel.formats import fonts
from evalpanel.formats.flowables import TEXT, Heading, TaggedParagraph
from evalpanel.formats.fonts import is_plain, pieces, printable, shipped
from evalpanel.formats.plain_font import PlainFont

PROSE = st.text(
    st.sampled_from("ab Z9.,’“”–—£€éŵœſ\u00a0\u00ad\u2011\u202f\t\n&<>\u0301\u05d0\u0e01ff\ufb01"), max_size=30
)


@given(PROSE | st.text(max_size=30))
def test_a_text_that_is_ordinary_is_one_piece_and_printed_as_it_stands(text: str) -> None:
    assume(text)
    assert (pieces(text), printable(text)) == (fonts._of_any_script(text), fonts._printable(text))


@given(PROSE | st.text(st.characters(max_codepoint=0x24F), max_size=30))
@settings(deadline=None)
def test_plain_text_becomes_what_the_parser_of_markup_makes_of_it(text: str) -> None:
    face = shipped().bold
    text = text.strip()
    assume(text and is_plain(text, face))
    assert fonts.in_fonts(text, face) == ((fonts.Piece(text), (fonts.Run(text, face.name, second=False),)),)
    look = ParagraphStyle("x", fontName=face.name, fontSize=11, textColor=TEXT)
    for kind in (TaggedParagraph, Heading):
        quick, parsed = kind.plain(text, look), Paragraph(escape(text), look)
        assert [vars(one) for one in quick.frags] == [vars(one) for one in parsed.frags]
        assert (type(quick), quick.style, quick.bulletText, quick.text) == (kind, look, parsed.bulletText, text)


@pytest.mark.parametrize(
    "text", ["a & b", "a < b", "two  spaces", "soft\u00adly", "ŵ", "line\nbreak", "שלום", "\u2011"]
)
def test_what_is_not_plain_takes_the_long_way(text: str) -> None:
    assert not is_plain(text, shipped().regular)


class _Document:
    """Whatever a font keeps its letters for."""


@given(st.lists(PROSE | st.text(st.characters(max_codepoint=0x24F), max_size=200), max_size=12))
@settings(deadline=None)
def test_lines_are_encoded_as_by_reportlab_whatever_came_before(lines: list[str]) -> None:
    font, first, second = pdfmetrics.getFont(shipped().regular.name), _Document(), _Document()
    assert isinstance(font, PlainFont)
    quick = [font.splitString(line, first) for line in lines]
    assert quick == [TTFont.splitString(font, line, second) for line in lines]
    if lines:
        assert font.state[first].subsets == font.state[second].subsets
