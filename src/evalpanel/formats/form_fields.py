"""Fields that a reader of a PDF fills in: where they stand on the page, how they are heard, and how they are written.

A field is drawn here, and no program that fills it in has to draw anything but what is typed: so the file stays archival
(ISO 19005-2, 6.3.3 and 6.4.1) and accessible (ISO 14289-1, 7.18). Choices are written as `/0`, `/1`, …

It imports reportlab, which is slow: import it late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from reportlab.platypus import Flowable

from evalpanel.formats.flowables import ACCENT, LINE, MUTED, TaggedParagraph
from evalpanel.formats.tagging import Element, Filled, TaggedCanvas
from evalpanel.system.resources import resource

_FONT = "FormFont"
_FIRST, _LAST = 32, 255
_ROUND = 0.5523  # how far the handles of a quarter circle reach
_INSET = 4
_MULTILINE, _READ_ONLY, _RADIO, _NO_TOGGLE = 1 << 12, 1, 1 << 15, 1 << 14


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one field, or one choice of a field, stands: the page (from 1), left, bottom, right, top in points."""

    code: str
    words: str
    page: int
    box: tuple[float, float, float, float]
    choice: int | None = None
    lines: int = 1


@dataclass(slots=True)
class Form:
    """The fields of one document, as they come to stand on its pages. `fixed` are told and cannot be changed."""

    fixed: dict[str, tuple[str, str]] = field(default_factory=dict)
    spots: list[Spot] = field(default_factory=list)

    def stand(self, element: Element, spot: Spot) -> None:
        """Note a spot, and that `element` is heard where it is."""
        element.content.append(Filled(spot.page, len(self.spots)))
        self.spots.append(spot)


class TextRoom(Flowable):
    """Room for an answer in words, `lines` lines high."""

    canv: TaggedCanvas

    def __init__(self, form: Form, element: Element, code: str, words: str, width: float, lines: int) -> None:
        super().__init__()
        self._form, self._element, self._code, self._words, self._lines = form, element, code, words, lines
        self.width, self.height = width, 14.0 * lines + 10

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        """How large it is."""
        return self.width, self.height + 8

    def draw(self) -> None:
        """Draw its outline, and note where it stands."""
        # Readers of PDFs write right up to the edge of a field, so it lies inside its outline.
        box = _box(self.canv, _INSET, 8 + _INSET, self.width - 2 * _INSET, self.height - 2 * _INSET)
        self._form.stand(
            self._element, Spot(self._code, self._words, self.canv.getPageNumber(), box, None, self._lines)
        )
        with self.canv.artifact():
            self.canv.setStrokeColor(MUTED)
            self.canv.setLineWidth(0.8)
            self.canv.roundRect(0, 8, self.width, self.height, 4)


class Choices(Flowable):
    """Choices in a row, each a ring with its words at the right. The first label decides how high the row is."""

    canv: TaggedCanvas
    RING = 13.0

    def __init__(
        self,
        form: Form,
        code: str,
        question: str,
        labels: Sequence[tuple[Element, TaggedParagraph, str]],
        width: float,
    ) -> None:
        super().__init__()
        self._form, self._code, self._question, self._labels = form, code, question, labels
        self.width = width
        self._step = width / max(len(labels), 4)

    def wrap(self, _available_width: float, available_height: float) -> tuple[float, float]:
        """As wide as it was told, as high as its highest label."""
        room = self._step - self.RING - 10
        self._tall = [label.wrap(room, available_height)[1] for _, label, _ in self._labels]
        self.height = max(*self._tall, self.RING) + 9
        return self.width, self.height

    def draw(self) -> None:
        """Draw each ring and its words, and note where the ring stands."""
        top = self.height
        for at, (element, label, words) in enumerate(self._labels):
            left, bottom = at * self._step, top - self.RING - 1
            box = _box(self.canv, left, bottom, self.RING, self.RING)
            told = f"{self._question}: {words}"
            self._form.stand(element, Spot(self._code, told, self.canv.getPageNumber(), box, at))
            with self.canv.artifact():
                self.canv.setStrokeColor(LINE)
                self.canv.setLineWidth(0.5)
                self.canv.circle(left + self.RING / 2, bottom + self.RING / 2, self.RING / 2, stroke=1, fill=0)
            label.drawOn(self.canv, left + self.RING + 6, top - self._tall[at])


def _box(
    canvas: TaggedCanvas, left: float, bottom: float, wide: float, high: float
) -> tuple[float, float, float, float]:
    x, y = canvas.absolutePosition(left, bottom)
    return (round(x, 2), round(y, 2), round(x + wide, 2), round(y + high, 2))


def widgets(pdf: pikepdf.Pdf, form: Form) -> list[pikepdf.Object]:
    """The fields of a form written into the file, and what stands on the page for each spot, in the order of the spots."""
    font = _font(pdf)
    made: list[pikepdf.Object] = []
    fields = Array()
    groups: dict[str, pikepdf.Object] = {}
    for spot in form.spots:
        page = pdf.pages[spot.page - 1].obj
        if spot.choice is None:
            widget = _text_field(pdf, spot, page)
            fields.append(widget)
        else:
            if spot.code not in groups:
                groups[spot.code] = pdf.make_indirect(
                    Dictionary(
                        FT=Name.Btn,
                        Ff=_RADIO | _NO_TOGGLE,
                        T=String(spot.code),
                        TU=String(spot.words.rpartition(": ")[0]),
                        V=Name.Off,
                        Kids=Array(),
                    )
                )
                fields.append(groups[spot.code])
            widget = _ring(pdf, spot, page, groups[spot.code])
            groups[spot.code].Kids.append(widget)
        page.Annots = pdf.make_indirect(Array([*page.get("/Annots", []), widget]))
        made.append(widget)
    for code, (text, words) in form.fixed.items():
        # It has no place on the page: programs that fill in the form keep it, and nobody can change it.
        told = Dictionary(FT=Name.Tx, Ff=_READ_ONLY, T=String(code), TU=String(words), V=String(text))
        fields.append(pdf.make_indirect(told))
    pdf.Root.AcroForm = pdf.make_indirect(
        Dictionary(Fields=fields, DA=String(f"/{_FONT} 10 Tf 0 g"), DR=Dictionary(Font=Dictionary({f"/{_FONT}": font})))
    )
    return made


def _text_field(pdf: pikepdf.Pdf, spot: Spot, page: pikepdf.Object) -> pikepdf.Object:
    left, bottom, right, top = spot.box
    nothing = _drawn(pdf, b"/Tx BMC\nEMC", right - left, top - bottom)
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            Ff=_MULTILINE if spot.lines > 1 else 0,
            T=String(spot.code),
            TU=String(spot.words),
            DA=String(f"/{_FONT} 10 Tf 0 g"),
            Rect=Array(list(spot.box)),
            F=4,
            P=page,
            AP=Dictionary(N=nothing),
        )
    )


def _ring(pdf: pikepdf.Pdf, spot: Spot, page: pikepdf.Object, parent: pikepdf.Object) -> pikepdf.Object:
    side = spot.box[2] - spot.box[0]
    ink = b"%.3f %.3f %.3f" % (ACCENT.red, ACCENT.green, ACCENT.blue)
    outline = b"1 w %b RG %b S" % (ink, _circle(side / 2, side / 2 - 0.8))
    on = outline + b" %b rg %b f" % (ink, _circle(side / 2, side / 2 - 3.4))
    looks = Dictionary({f"/{spot.choice}": _drawn(pdf, on, side, side), "/Off": _drawn(pdf, outline, side, side)})
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            Parent=parent,
            TU=String(spot.words),
            Rect=Array(list(spot.box)),
            F=4,
            P=page,
            AS=Name.Off,
            AP=Dictionary(N=looks),
        )
    )


def _circle(middle: float, radius: float) -> bytes:
    """The path of a circle in a square, of four curves."""
    near, far, bend = middle - radius, middle + radius, radius * _ROUND
    low, high = middle - bend, middle + bend
    curves = (
        (far, high, high, far, middle, far),
        (low, far, near, high, near, middle),
        (near, low, low, near, middle, near),
        (high, near, far, low, far, middle),
    )
    path = b"%.2f %.2f m" % (far, middle)
    return path + b"".join(b" %.2f %.2f %.2f %.2f %.2f %.2f c" % curve for curve in curves)


def _drawn(pdf: pikepdf.Pdf, code: bytes, wide: float, high: float) -> pikepdf.Object:
    return pdf.make_stream(
        code,
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, round(wide, 2), round(high, 2)]),
        Resources=Dictionary(),
    )


@cache
def _metrics() -> tuple[bytes, dict[str, Any], tuple[int, ...]]:
    """The whole font for what is typed, what describes it, and how wide its characters are (1,000 to the em)."""
    from fontTools.ttLib import TTFont  # slow to import, and asked for once

    data = resource("fonts", "AtkinsonHyperlegible-Regular.ttf").read_bytes()
    font = TTFont(BytesIO(data))
    scale: float = 1000 / font["head"].unitsPerEm
    names, widths = font.getBestCmap(), font["hmtx"].metrics

    def wide(code: int) -> int:
        char = bytes([code]).decode("cp1252", "ignore")
        glyph = names.get(ord(char)) if char else None
        advance: int = widths[glyph or ".notdef"][0]
        return round(advance * scale)

    box = [round(getattr(font["head"], side) * scale) for side in ("xMin", "yMin", "xMax", "yMax")]
    held = {
        "Ascent": round(font["hhea"].ascent * scale),
        "Descent": round(font["hhea"].descent * scale),
        "CapHeight": round(getattr(font["OS/2"], "sCapHeight", 700) * scale),
        "FontBBox": box,
    }
    return data, held, tuple(wide(code) for code in range(_FIRST, _LAST + 1))


def _font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """The font for what is typed: all of it, since nobody knows which letters will be."""
    data, held, widths = _metrics()
    name = Name("/AtkinsonHyperlegible-Regular")
    described = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        Flags=32,
        ItalicAngle=0,
        StemV=80,
        Ascent=held["Ascent"],
        Descent=held["Descent"],
        CapHeight=held["CapHeight"],
        FontBBox=Array(held["FontBBox"]),
        FontFile2=pdf.make_stream(data, Length1=len(data)),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.TrueType,
            BaseFont=name,
            Encoding=Name.WinAnsiEncoding,
            FirstChar=_FIRST,
            LastChar=_LAST,
            Widths=Array(list(widths)),
            FontDescriptor=pdf.make_indirect(described),
        )
    )
