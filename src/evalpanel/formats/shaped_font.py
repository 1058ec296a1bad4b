"""The two fonts of ours that draw groups of letters (see `shaping`), as reportlab's layout and a PDF know fonts.

In the file each is a TrueType font made for that file alone: one glyph for each group that it prints, put together from the
outlines of the scripts' own fonts, and for each the letters that it stands for.

It imports reportlab, which is slow: import it late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from weakref import WeakKeyDictionary

from reportlab.pdfbase import pdfdoc, pdfmetrics

from evalpanel.errors import EvalPanelError
from evalpanel.formats.right_to_left import as_seen
from evalpanel.formats.shaping import EM, Group, Groups, font, groups, scale_of

_BOLDER = 26  # units by which a made bold is wider
_MOST = 0xFFFE
_TAGS = ("AAAAAA+EvalpanelScripts", "AAAAAB+EvalpanelScriptsBold")


@dataclass(frozen=True, slots=True)
class _Face:
    """What reportlab asks of a font's face: its name, and how far it reaches up and down (1,000 to the size)."""

    name: str
    ascent: float
    descent: float


class ShapedFont:
    """A font whose characters are groups of letters."""

    _multiByte = 1  # noqa: N815  # reportlab's
    _dynamicFont = 1  # noqa: N815  # reportlab's
    shapable = False

    def __init__(self, name: str, held: Groups, like: str) -> None:
        beside: Any = pdfmetrics.getFont(like)
        beside = beside.face
        self.fontName = name
        self.face = _Face(name, beside.ascent, beside.descent)
        self._groups = held
        self._codes: WeakKeyDictionary[Any, dict[Group, int]] = WeakKeyDictionary()
        self._names: WeakKeyDictionary[Any, str] = WeakKeyDictionary()

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:  # noqa: N802  # reportlab's
        """How wide a text is in points."""
        by_char = self._groups.by_char
        return sum(by_char[char].advance for char in text if char != " ") * size / EM

    def splitString(self, text: str, doc: Any, encoding: str = "utf8") -> list[tuple[int, bytes]]:  # noqa: N802  # reportlab's
        """The codes of a piece of one line, in the order in which it is seen."""
        held = [self._groups.by_char[char] for char in text if char != " "]
        codes = self._codes.setdefault(doc, {})
        drawn = b"".join(self._code(codes, group).to_bytes(2, "big") for group in _as_seen(held))
        return [(0, drawn)] if drawn else []

    def _code(self, codes: dict[Group, int], group: Group) -> int:
        code = codes.setdefault(group, len(codes) + 1)
        if code > _MOST:
            raise EvalPanelError(
                "The document holds too many different signs to print.",
                "Nothing was written. Shorten the texts that are in other scripts, then make it again.",
            )
        return code

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:  # noqa: N802  # reportlab's
        """What the font is called inside a document; the first time it is asked for, the font is promised to it."""
        if doc not in self._names:
            self._names[doc] = f"F{len(doc.fontMapping) + 1}+0"
            doc.fontMapping[self.fontName] = "/" + self._names[doc]
            doc.delayedFonts.append(self)
        return "/" + self._names[doc]

    def addObjects(self, doc: Any) -> None:  # noqa: N802  # reportlab's
        """Write the font into a document."""
        name, used = self._names.pop(doc), list(self._codes.pop(doc))
        tag = _TAGS[self._groups.bold]
        data, box = _true_type(used)
        file = _stream(doc, data)
        file.dictionary["Length1"] = len(data)
        face = self.face
        described = pdfdoc.PDFDictionary(
            {
                "Type": "/FontDescriptor", "FontName": pdfdoc.PDFName(tag), "Flags": 4, "ItalicAngle": 0,
                "StemV": 120 if self._groups.bold else 80, "Ascent": face.ascent, "Descent": face.descent,
                "CapHeight": 700, "FontBBox": pdfdoc.PDFArray(box), "FontFile2": doc.Reference(file, f"file:{tag}"),
            }
        )  # fmt: skip
        inner = pdfdoc.PDFDictionary(
            {
                "Type": "/Font", "Subtype": "/CIDFontType2", "BaseFont": pdfdoc.PDFName(tag), "DW": EM,
                "CIDToGIDMap": "/Identity", "FontDescriptor": doc.Reference(described, f"described:{tag}"),
                "CIDSystemInfo": pdfdoc.PDFDictionary(
                    {"Registry": pdfdoc.PDFString("Adobe"), "Ordering": pdfdoc.PDFString("Identity"), "Supplement": 0}
                ),
                "W": pdfdoc.PDFArray([1, pdfdoc.PDFArray([group.advance for group in used])]),
            }
        )  # fmt: skip
        outer = pdfdoc.PDFDictionary(
            {
                "Type": "/Font", "Subtype": "/Type0", "BaseFont": pdfdoc.PDFName(tag), "Encoding": "/Identity-H",
                "DescendantFonts": pdfdoc.PDFArray([doc.Reference(inner, f"inner:{tag}")]),
                "ToUnicode": doc.Reference(_stream(doc, _letters(used)), f"letters:{tag}"),
            }
        )  # fmt: skip
        doc.idToObject["BasicFonts"].dict[name] = doc.Reference(outer, name)


def _as_seen(held: list[Group]) -> list[Group]:
    """Groups of one line from left to right. Spaces at its end stay at the end (UAX #9, L1)."""
    end = len(held)
    while end and held[end - 1].text == " ":
        end -= 1
    seen, spaces = as_seen(held[:end], lambda group: group.level), held[end:]
    return [*spaces, *seen] if held and held[0].rtl_line else [*seen, *spaces]


def _stream(doc: Any, data: bytes) -> Any:
    made = pdfdoc.PDFStream()
    made.content = data
    if doc.compression:
        made.filters = [pdfdoc.PDFZCompress]
    return made


def _letters(used: list[Group]) -> bytes:
    """Which letters each code stands for (ISO 32000-1, 9.10.3), in blocks of up to 100."""
    lines = [f"<{code:04X}> <{group.text.encode('utf-16-be').hex().upper()}>\n" for code, group in enumerate(used, 1)]
    blocks = [lines[at : at + 100] for at in range(0, len(lines), 100)]
    held = "".join(f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{held}"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode("ascii")


def _true_type(used: list[Group]) -> tuple[bytes, list[int]]:
    """A TrueType font with one glyph for each group, in order after `.notdef`, and the box that holds every glyph."""
    from fontTools.fontBuilder import FontBuilder  # slow to import, and needed for few documents
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    names = [".notdef", *(f"g{number}" for number in range(1, len(used) + 1))]
    builder = FontBuilder(EM, isTTF=True)
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder(names)
    drawn = {".notdef": TTGlyphPen(None).glyph()}
    drawn |= {name: _glyph(group) for name, group in zip(names[1:], used, strict=True)}
    builder.setupGlyf(drawn)
    shapes = builder.font["glyf"]
    widths = {".notdef": EM} | {name: group.advance for name, group in zip(names[1:], used, strict=True)}
    builder.setupHorizontalMetrics({name: (wide, getattr(shapes[name], "xMin", 0)) for name, wide in widths.items()})
    builder.setupHorizontalHeader(ascent=950, descent=-290)
    builder.setupHead(unitsPerEm=EM, created=0, modified=0)
    builder.setupMaxp()
    out = BytesIO()
    builder.font.save(out, reorderTables=True)
    head = builder.font["head"]
    return out.getvalue(), [head.xMin, head.yMin, head.xMax, head.yMax]


def _glyph(group: Group) -> Any:
    """The outline of a group: the outlines of its glyphs, each in its place; for a bold made here a second time, beside."""
    from fontTools.pens.transformPen import TransformPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen, scale = TTGlyphPen(None), scale_of(group.source)
    draw: Callable[[int, Any], None] = font(group.source.file).draw_glyph_with_pen
    for glyph, across, up in group.glyphs:
        for beside in (0, _BOLDER) if group.source.made_bold else (0,):
            draw(glyph, TransformPen(pen, (scale, 0, 0, scale, across * scale + beside, up * scale)))
    return pen.glyph(dropImpliedOnCurves=False)


@cache
def registered(bold: bool, like: str) -> str:  # one of two fonts
    """The name by which reportlab knows the regular or the bold font. `like` is the font beside which it is set."""
    name = "ep-scripts-bold" if bold else "ep-scripts"
    pdfmetrics.registerFont(ShapedFont(name, groups(bold), like))
    return name
