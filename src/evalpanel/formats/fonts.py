"""The letter's typefaces: which of them can print a character, and how any text is broken into runs that all print.

Atkinson Hyperlegible (Braille Institute, made for people who see badly) sets the letter; DejaVu Sans prints what it
lacks, such as ŵ and ŷ. Other scripts go to `shaping`. A character that no font has is refused by name: a box in a legal
letter helps nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from io import BytesIO

from evalpanel.errors import EvalPanelError
from evalpanel.formats.right_to_left import is_right_to_left, runs_right_to_left, stretches
from evalpanel.formats.scripts import JOINERS, script_of
from evalpanel.formats.shaping import SECOND_SCALE, clings, shaped, unprintable
from evalpanel.system.resources import resource

SECOND_SIZE = SECOND_SCALE
"""How large the second font is set."""

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
    "ARMENIAN": "Armn",
    "CYRILLIC": "Cyrl",
    "GEORGIAN": "Geor",
    "GREEK": "Grek",
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
    bold: bool = False


@dataclass(frozen=True, slots=True)
class LetterFonts:
    """The four faces of a letter."""

    regular: Face
    bold: Face
    italic: Face
    bold_italic: Face


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that one font prints. `second`: by the second font; `joined`: by the one for groups of letters."""

    text: str
    font: str
    second: bool
    joined: bool = False


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
        return Face(registered, stand_in, has, stand_in_has, bold="bold" in name)

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
    from reportlab.pdfbase.ttfonts import TTFError

    from evalpanel.formats.plain_font import PlainFont

    name = f"ep-{sha256(data).hexdigest()[:12]}"
    try:
        font = PlainFont(name, BytesIO(data), asciiReadable=False, shapable=False)
    except TTFError as error:
        raise EvalPanelError(
            "A font of the letters cannot be read.", "Nothing was written. Install evalpanel again."
        ) from error
    pdfmetrics.registerFont(font)
    # Bold and italic are faces that we choose ourselves, so each font is its own family.
    pdfmetrics.registerFontFamily(name, name, name, name, name)
    # What signs fonts keep among the private characters is each font's own business, and says nothing to a reader.
    return name, frozenset(
        code for code, glyph in font.face.charToGlyph.items() if glyph and unicodedata.category(chr(code)) != "Co"
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, in the order in which it is read.

    `language` and `heard` are empty where they are the text's own. `joined`: its signs join or change places, so it
    goes through `shaping`; then `right_to_left`, and `whole_line` where the line as a whole runs that way.
    """

    text: str
    language: str = ""
    heard: str = ""
    joined: bool = False
    right_to_left: bool = False
    whole_line: bool = False


# Latin letters and the marks of ordinary prose: they are printed as they stand, from left to right.
_ORDINARY = re.compile("[ -~\u00a0-\u00ac\u00ae-\u017f\u2010\u2012-\u2015\u2018-\u201f\u2020-\u2022\u2026\u20ac]*")


def is_plain(text: str, face: Face) -> bool:
    """Whether a text is printed as it stands in one font, and says nothing to a parser of markup."""
    return (
        _ORDINARY.fullmatch(text) is not None
        and not ("&" in text or "<" in text or ">" in text or "  " in text)
        and face.has.issuperset(map(ord, text))
    )


def pieces(text: str) -> tuple[Piece, ...]:
    """`text` in pieces that say how they are drawn and heard: names in another script are in another language.

    Which language a script stands for is not known from its letters, so it is undetermined, in that script (BCP 47).
    """
    return (Piece(text),) if _ORDINARY.fullmatch(text) else _of_any_script(text)


def _of_any_script(text: str) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for number, line in enumerate(_printable(text).split("\n")):
        if number:
            found.append(Piece("\n"))
        whole = runs_right_to_left(line)
        for stretch, turned in stretches(line):
            if turned:
                found.append(Piece(stretch, _language(stretch), stretch, True, True, whole))
            else:
                found += _by_script(stretch)
    return tuple(found)


def _by_script(text: str) -> list[Piece]:
    """A stretch from left to right in pieces, by how they are drawn, then by their script."""
    if not _NOT_OURS.search(text):
        return _by_language(text)
    groups = _groups(text)
    found: list[Piece] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at < len(text) and groups[at] == groups[start]:
            continue
        part, group = text[start:at], groups[start]
        found += (
            [Piece(part, _language(part) if group != _MARKED else "", joined=True)] if group else _by_language(part)
        )
        start = at
    return found


_MARKED = "marked"
# What is neither Latin, Greek, Cyrillic nor Armenian, no punctuation and no sign, to pass quickly over texts of these.
_NOT_OURS = re.compile("[^\x00-\u02ff\u0370-\u0482\u048a-\u058f\u1e00-\u20cf\u2100-\u2bff]")
_WIDE = ("Hani", "Jpan", "Bopo", "Zyyy")


def _groups(text: str) -> list[str]:
    """For each character what draws it: nothing (a font of the letter), letters with marks on them, or its script."""
    found: list[str] = []
    for at, char in enumerate(text):
        script = script_of(char)
        if script is not None:
            # A danda and the like stand in the block of one script and belong to many.
            common = bool(found) and found[-1] not in ("", _MARKED) and unicodedata.category(char)[0] == "P"
            found.append(found[-1] if common else "wide" if script.code in _WIDE else script.code)
        elif clings(char) and at and ord(char) >= 0x80:
            if not found[-1] and char not in JOINERS and text[at - 1] not in "\n ":
                found[-1] = _MARKED
            found.append(found[-1])
        else:
            found.append("")
    # A space between two words of one script is that script's.
    for at in range(1, len(text) - 1):
        if text[at] in " \u00a0" and found[at - 1] == found[at + 1] != _MARKED:
            found[at] = found[at - 1]
    return found


def _by_language(text: str) -> list[Piece]:
    found: list[Piece] = []
    at = 0
    for stretch in _OTHER_SCRIPTS.finditer(text):
        if at < stretch.start():
            found.append(Piece(text[at : stretch.start()]))
        found.append(Piece(stretch[0], _language(stretch[0])))
        at = stretch.end()
    if at < len(text):
        found.append(Piece(text[at:]))
    return found


def _language(text: str) -> str:
    held = [script.code for char in text if (script := script_of(char)) and script.code != "Zyyy"]
    if held:
        return f"und-{'Jpan' if 'Jpan' in held else held[0]}"
    named = unicodedata.name(text[0], "").split(" ", 1)[0]
    return f"und-{_SCRIPTS[named]}" if named in _SCRIPTS else "und"


def printable(text: str) -> str:
    """`text` as it is printed: composed, ligatures spelt out, odd spaces made plain, invisible controls left out."""
    if _ORDINARY.fullmatch(text):
        return text
    return _printable(text)


def _printable(text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_LIGATURES)
    text = text.translate(_SPACES)
    # What is dropped prints nothing: control and format characters (soft hyphens, direction marks, byte order marks).
    return "".join(
        " " if unicodedata.category(char) == "Zs" and char != "\u00a0" else char
        for at, char in enumerate(text)
        if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf") or _joins(text, at)
    )


def _joins(text: str, at: int) -> bool:
    """Whether a joiner stands behind a letter of a script that joins; elsewhere it says nothing."""
    before = text[at - 1] if at else ""
    return text[at] in JOINERS and bool(before) and (script_of(before) is not None or is_right_to_left(before))


def in_fonts(text: str, face: Face) -> tuple[tuple[Piece, tuple[Run, ...]], ...]:
    """The pieces of a text, each in runs that one font prints. Raises `EvalPanelError` naming what none can print."""
    return tuple((piece, _joined(piece, face) if piece.joined else runs(piece.text, face)) for piece in pieces(text))


def _joined(piece: Piece, face: Face) -> tuple[Run, ...]:
    from evalpanel.formats.shaped_font import registered  # it brings reportlab, and only few texts need it

    drawn = shaped(piece.text, bold=face.bold, right_to_left=piece.right_to_left, whole_line=piece.whole_line)
    return (Run(drawn, registered(face.bold, face.name), second=False, joined=True),)


def runs(text: str, face: Face) -> tuple[Run, ...]:
    """`text` (already `printable`) in pieces, each with a font that has all of its characters.

    Raises `EvalPanelError` naming the first character that neither font can print.
    """
    if face.has.issuperset(map(ord, text.replace("\n", ""))):
        return (Run(text, face.name, second=False),) if text else ()
    marked: list[tuple[str, bool]] = []
    for char in text:
        code = ord(char)
        if code in face.has or char == "\n":
            marked.append((char, False))
            continue
        if code not in face.second_has:
            raise unprintable(char, text)
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
