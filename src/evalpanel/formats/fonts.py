"""The letter's typefaces: which of them can print a character, and how any text is broken into runs that all print.

Atkinson Hyperlegible (Braille Institute, made for people who see badly) sets the letter; DejaVu Sans prints what it
lacks, such as ŵ and ŷ. A character that neither has is refused by name: a box in a legal letter helps nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

from evalpanel.errors import EvalPanelError
from evalpanel.formats.right_to_left import stretches, visual
from evalpanel.system.resources import resource

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont

SECOND_SIZE = 0.93
"""How large the second font is set: DejaVu is the larger of the two at the same size."""

_FILES = {
    "regular": "AtkinsonHyperlegible-Regular.ttf",
    "bold": "AtkinsonHyperlegible-Bold.ttf",
    "italic": "AtkinsonHyperlegible-Italic.ttf",
    "bold_italic": "AtkinsonHyperlegible-BoldItalic.ttf",
    "second": "DejaVuSans.ttf",
    "second_bold": "DejaVuSans-Bold.ttf",
}
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_SPACES = {
    0x09: " ",
    0x2007: "\u00a0",
    0x202F: "\u00a0",
    0x2011: "-",
    0x2028: "\n",
    0x2029: "\n\n",
    0x0B: "\n",
    0x0C: "\n",
}
_SCRIPTS = {
    "ARABIC": "Arab",
    "ARMENIAN": "Armn",
    "CYRILLIC": "Cyrl",
    "GEORGIAN": "Geor",
    "GREEK": "Grek",
    "HEBREW": "Hebr",
}
_LETTERS = ("\u0370-\u03ff\u1f00-\u1fff", "\u0400-\u052f", "\u0530-\u058f", "\u10a0-\u10ff")
# Words of two letters and more, since a single Greek letter is as often a sign; with the spaces between them.
_OTHER_SCRIPTS = re.compile("|".join(f"[{held}]{{2,}}(?:[ \u00a0’'-]+[{held}]+)*" for held in _LETTERS))


@dataclass(frozen=True, slots=True)
class Face:
    """One face of the first font with the second font's face that stands in for it: names that reportlab knows."""

    name: str
    second: str
    has: frozenset[int]
    second_has: frozenset[int]


@dataclass(frozen=True, slots=True)
class LetterFonts:
    """The four faces of a letter."""

    regular: Face
    bold: Face
    italic: Face
    bold_italic: Face


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that one font prints. `second`: by the second font."""

    text: str
    font: str
    second: bool


@cache
def shipped() -> LetterFonts:
    """The fonts that travel with the program. Raises `EvalPanelError` when the installation lacks one."""
    return of_files({face: resource("fonts", file).read_bytes() for face, file in _FILES.items()})


def of_files(files: Mapping[str, bytes]) -> LetterFonts:
    """Fonts from the contents of TrueType files: `regular`, `bold`, `italic`, `bold_italic`, `second`, `second_bold`."""
    second, second_has = _register(files["second"])
    strong, strong_has = _register(files["second_bold"])

    def face(name: str, stand_in: str, stand_in_has: frozenset[int]) -> Face:
        registered, has = _register(files[name])
        return Face(registered, stand_in, has, stand_in_has)

    return LetterFonts(
        face("regular", second, second_has),
        face("bold", strong, strong_has),
        face("italic", second, second_has),
        face("bold_italic", strong, strong_has),
    )


@cache
def _register(data: bytes) -> tuple[str, frozenset[int]]:
    # Reportlab keeps fonts in one table for the process; the name is made of the font's bytes, so none replaces another.
    from reportlab.pdfbase import pdfmetrics  # slow to import: only letters need it
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    name = f"ep-{sha256(data).hexdigest()[:12]}"
    try:
        font: TTFont = TTFont(name, BytesIO(data), asciiReadable=False)
    except TTFError as error:
        raise EvalPanelError(
            "A font of the letters cannot be read.", "Nothing was written. Install evalpanel again."
        ) from error
    pdfmetrics.registerFont(font)
    # Bold and italic are faces that we choose ourselves, so each font is its own family.
    pdfmetrics.registerFontFamily(name, name, name, name, name)
    return name, frozenset(code for code, glyph in font.face.charToGlyph.items() if glyph)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text as it is seen; as it is heard, where that differs (else empty); and its language (else empty)."""

    seen: str
    heard: str
    language: str


def printable(text: str) -> str:
    """`text` as it is printed: composed, ligatures spelt out, odd spaces made plain, invisible controls left out.

    Scripts that run from right to left are put into the order in which they are seen (see `right_to_left`).
    """
    if text.isascii() and text.isprintable():
        return text
    return "\n".join(visual(line) for line in _plain(text).split("\n"))


def pieces(text: str) -> tuple[Piece, ...]:
    """`printable` text in pieces that say how they are heard: names in another script are in another language.

    Which language a script stands for is not known from its letters, so it is undetermined, in that script (BCP 47).
    """
    if text.isascii() and text.isprintable():
        return (Piece(text, "", ""),)
    found: list[Piece] = []
    for number, line in enumerate(_plain(text).split("\n")):
        if number:
            found.append(Piece("\n", "", ""))
        for seen, heard in stretches(line):
            if heard:
                found.append(Piece(seen, heard, _language(heard)))
            else:
                found += _by_script(seen)
    return tuple(found)


def _by_script(text: str) -> list[Piece]:
    found: list[Piece] = []
    at = 0
    for stretch in _OTHER_SCRIPTS.finditer(text):
        if at < stretch.start():
            found.append(Piece(text[at : stretch.start()], "", ""))
        found.append(Piece(stretch[0], "", _language(stretch[0])))
        at = stretch.end()
    if at < len(text):
        found.append(Piece(text[at:], "", ""))
    return found


def _language(text: str) -> str:
    script = unicodedata.name(text[0], "").split(" ", 1)[0]
    return f"und-{_SCRIPTS[script]}" if script in _SCRIPTS else "und"


def _plain(text: str) -> str:
    """`text` in the order in which it is written, without what prints nothing."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_LIGATURES)
    text = text.translate(_SPACES)
    # What is dropped prints nothing: control and format characters (soft hyphens, direction marks, byte order marks).
    return "".join(
        " " if unicodedata.category(char) == "Zs" and char != "\u00a0" else char
        for char in text
        if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf")
    )


def runs(text: str, face: Face) -> tuple[Run, ...]:
    """`text` (already `printable`) in pieces, each with a font that has all of its characters.

    Raises `EvalPanelError` naming the first character that neither font can print.
    """
    if all(ord(char) in face.has or char == "\n" for char in text):
        return (Run(text, face.name, second=False),) if text else ()
    marked: list[tuple[str, bool]] = []
    for char in text:
        code = ord(char)
        if code in face.has or char == "\n":
            marked.append((char, False))
            continue
        if code not in face.second_has:
            raise _unprintable(char, text)
        if unicodedata.combining(char) and marked and not marked[-1][1] and ord(marked[-1][0]) in face.second_has:
            marked[-1] = (marked[-1][0], True)  # a mark sits rightly only on a letter of its own font
        marked.append((char, True))
    found: list[Run] = []
    for char, second in marked:
        if found and found[-1].second == second:
            found[-1] = Run(found[-1].text + char, found[-1].font, second)
        else:
            found.append(Run(char, face.second if second else face.name, second))
    return tuple(found)


def _unprintable(char: str, text: str) -> EvalPanelError:
    name = unicodedata.name(char, "a character without a name")
    at = text.index(char)
    near = text[max(0, at - 20) : at + 20].replace("\n", " ").strip()
    return EvalPanelError(
        f"The letter holds a character that its fonts cannot print: {char} (U+{ord(char):04X}, {name}).",
        f"It stands in “{near}”. Nothing was written. Write that text in letters that the fonts have (Latin, Greek, "
        "Cyrillic, Arabic and Hebrew ones print), then make the letter again.",
    )
