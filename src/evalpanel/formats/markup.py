"""What a text becomes for a paragraph of reportlab: paragraphs parted, characters escaped, fonts and links named.

It imports reportlab, which is slow: import it late.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from evalpanel.formats.flowables import ACCENT
from evalpanel.formats.fonts import SECOND_SIZE, Run
from evalpanel.formats.tagging import inner


def printable_parts(text: str) -> list[str]:
    """The paragraphs of a text: an empty line begins a new one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n\n")
    return [part for part in text.split("\n\n") if part.strip()]


def in_runs(runs: Sequence[Run], size: float) -> str:
    """Runs of text with the font of each, escaped; `size` is that of the first font, in points."""
    made = []
    for run in runs:
        safe = escape(run.text).replace("\n", "<br/>")
        if run.second:
            made.append(f'<font face="{run.font}" size="{size * SECOND_SIZE:.2f}">{safe}</font>')
        else:
            made.append(f'<font face="{run.font}">{safe}</font>' if run.joined else safe)
    return "".join(made)


def linked(address: str, shown: str) -> str:
    """`shown` as a link to an e-mail or web address."""
    target = address if "://" in address else f"mailto:{address}" if "@" in address else f"https://{address}"
    link = f'<link href={quoteattr(target)} color="{ACCENT.hexval()}">{shown}</link>'
    return inner(link, address=target)
