"""Charts as figures: bars, and scores on their scales. Each is heard as its title and every line's label and words.

It imports reportlab, which is slow: import it late.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from reportlab.platypus import Flowable

from evalpanel.domain.letter import Bar, Bars, ScaleDots, ScaleRow, ScoreMark
from evalpanel.formats.flowables import ACCENT, LINE, MUTED, TEXT, Figure, on_scale, place
from evalpanel.formats.fonts import printable

if TYPE_CHECKING:
    from evalpanel.formats.letter_layout import Layout
    from evalpanel.formats.tagging import TaggedCanvas

_TOGETHER = 16
"""How many lines one figure has at most: a longer chart is several figures, each with its own alternative."""

_LABEL, _DRAWN = 0.36, 0.44  # shares of the width: the label at most, what is drawn, and the words in the rest
_DRAWN_SCALE = 0.36
_HIGH = 19.0  # points


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a chart; `paint` draws it from a left edge, at a height, so wide."""

    label: str
    words: str
    paint: Callable[[TaggedCanvas, float, float, float], None]


def bars(layout: Layout, chart: Bars) -> list[Flowable]:
    """A chart of bars under its title."""

    def paint(bar: Bar, canvas: TaggedCanvas, left: float, y: float, wide: float) -> None:
        canvas.setLineCap(0)
        canvas.setLineWidth(7)
        canvas.setStrokeColor(LINE)
        canvas.line(left, y, left + wide, y)
        if bar.value is not None and bar.value > 0 and chart.top > 0:
            canvas.setStrokeColor(ACCENT)
            canvas.line(left, y, place(min(bar.value, chart.top), chart.top * 0, chart.top, left, wide), y)

    return _chart(layout, chart.title, [_Line(bar.label, bar.words, partial(paint, bar)) for bar in chart.bars])


def scale_dots(layout: Layout, chart: ScaleDots) -> list[Flowable]:
    """Scores on their scales under their title: rings for what was given, a dot for what was agreed."""

    def paint(row: ScaleRow, canvas: TaggedCanvas, left: float, y: float, wide: float) -> None:
        if row.agreed is not None:
            on_scale(canvas, ScoreMark(row.agreed, row.steps), left, y, wide)
        else:
            canvas.setLineWidth(3)
            canvas.setStrokeColor(LINE)
            canvas.line(left, y, left + wide, y)
        canvas.setLineWidth(0.9)
        canvas.setStrokeColor(TEXT)
        for score in sorted(set(row.scores)):
            at = place(score, row.steps[0], row.steps[-1], left, wide)
            for ring in range(min(row.scores.count(score), 4)):  # the same score again is a ring round the ring
                canvas.circle(at, y, 5.2 + 1.2 * ring, stroke=1, fill=0)

    return _chart(
        layout, chart.title, [_Line(row.label, row.words, partial(paint, row)) for row in chart.rows], _DRAWN_SCALE
    )


def _chart(layout: Layout, title: str, lines: Sequence[_Line], share: float = _DRAWN) -> list[Flowable]:
    made: list[Flowable] = []
    longest = max((layout.text_width(printable(line.label), layout.scaled(9.5)) for line in lines), default=0.0)
    label = min(longest + 16, layout.width * _LABEL)
    for first in range(0, len(lines), _TOGETHER):
        part = lines[first : first + _TOGETHER]
        named = title if len(part) == len(lines) else f"{title} ({first + 1} to {first + len(part)} of {len(lines)})"
        made.append(layout.line(named, "label"))
        heard = "; ".join(f"{line.label}: {line.words}" for line in part)
        element = layout.structure.add("Figure", alternative=f"{named}. {heard}.")
        high = layout.scaled(_HIGH)
        made.append(
            Figure(
                element,
                layout.width,
                high * len(part) + 8,
                partial(_paint, layout, part, high, label, layout.width * share),
            )
        )
    return made


def _paint(
    layout: Layout, lines: Sequence[_Line], high: float, label: float, drawn: float, canvas: TaggedCanvas
) -> None:
    size, wide = layout.scaled(9.5), layout.width
    for number, line in enumerate(reversed(lines)):
        foot = 8 + high * number
        layout.draw(canvas, 0, foot, line.label, size, TEXT, label - 12)
        canvas.saveState()
        line.paint(canvas, label, foot + size * 0.34, drawn)
        canvas.restoreState()
        left = label + drawn + 14
        layout.draw(canvas, left, foot, line.words, size, MUTED, wide - left)
