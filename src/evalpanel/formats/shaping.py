"""Text whose signs join, stack and change places, as HarfBuzz shapes it: one sign for each group of letters.

A group (क्षि, a joined Arabic letter, one Chinese sign) becomes one character of two fonts of ours, regular and bold, which
`shaped_font` draws. So whoever lays out breaks lines between groups and never inside one, and a reader of the file finds
for each sign drawn the letters that it was made of.

HarfBuzz and the fonts are loaded when a text needs them, and never for one in Latin letters.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from evalpanel.errors import EvalPanelError
from evalpanel.formats.right_to_left import levels
from evalpanel.formats.scripts import JOINERS, ends_syllable, may_break, script_of
from evalpanel.system.resources import resource

if TYPE_CHECKING:
    import uharfbuzz

EM = 1000
"""Units of our fonts to the size of the text."""

SECOND_SCALE = 0.93
"""How large DejaVu is set beside Atkinson Hyperlegible: it is the larger of the two at the same size."""

_FIRST = 0xF0000  # groups are private characters of planes 15 and 16; texts that hold such characters are refused
_MOST = 0x10FFFD - _FIRST - 3
_WIDEST = 10 * EM  # what has no place to break is kept whole up to here
_LONGEST = 40  # letters of one group: people write up to about eight
_OWN = (
    ("AtkinsonHyperlegible-Regular.ttf", "AtkinsonHyperlegible-Bold.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A font that signs are taken from: how large it is set, and whether it has to be made bold."""

    file: str
    scale: float
    made_bold: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Letters that are drawn as one: glyphs of a source with their places, and how far it takes the line on (1,000 to the size).

    `level` is how deep it lies in text from right to left; `rtl_line`: in a line that runs that way as a whole.
    """

    text: str
    source: Source
    glyphs: tuple[tuple[int, int, int], ...]
    advance: int
    level: int
    rtl_line: bool


@dataclass(slots=True)
class Groups:
    """The groups of one of our two fonts, each with its character."""

    bold: bool
    known: dict[Group, str] = field(default_factory=dict)
    by_char: dict[str, Group] = field(default_factory=dict)

    def char(self, group: Group) -> str:
        """The character that stands for a group."""
        found = self.known.get(group)
        if found is None:
            at = _FIRST + len(self.known)
            at += 2 if at > 0xFFFFD else 0  # the last two of a plane are no characters
            if len(self.known) >= _MOST:
                raise EvalPanelError(
                    "There are too many different signs to print.",
                    "Nothing was written. Close evalpanel, open it, then make the letter again.",
                )
            found = self.known[group] = chr(at)
            self.by_char[found] = group
        return found


@cache
def groups(bold: bool) -> Groups:  # one of two fonts
    """All groups so far of the regular or the bold font."""
    return Groups(bold)


def shaped(text: str, *, bold: bool, right_to_left: bool = False, whole_line: bool = False) -> str:
    """`text` (one piece of one line) as characters of our font, with a space wherever a line may end.

    Such a space takes no room; spaces of the text are groups. Raises `EvalPanelError` naming what no font can print.
    """
    made: list[Group] = []
    depth = levels(text) if right_to_left else [0] * len(text)
    for start, end, source in _segments(text, depth, bold=bold):
        made += _groups_of(text, start, end, source, level=depth[start], whole_line=whole_line)
    held = groups(bold)
    return " ".join("".join(held.char(group) for group in word) for word in _words(made))


def _words(made: list[Group]) -> list[list[Group]]:
    """Groups that stay on one line. What is too long for a line may break between any two groups (Khmer knows no spaces)."""
    words: list[list[Group]] = []
    for group in made:
        before = words[-1][-1].text if words else " "
        if before == " " or may_break(before, group.text):
            words.append([group])
        else:
            words[-1].append(group)
    found: list[list[Group]] = []
    for word in words:
        if sum(group.advance for group in word) <= _WIDEST:
            found.append(word)
            continue
        for group in word:
            if found and group is not word[0] and (group.text == " " or ends_syllable(group.text)):
                found[-1].append(group)
            else:
                found.append([group])
    return found


def _segments(text: str, depth: list[int], *, bold: bool) -> list[tuple[int, int, Source]]:
    """Stretches of `text` that one source draws in one direction: where each begins, where it ends, and its source."""
    found: list[tuple[int, int, Source]] = []
    for start, end in _units(text):
        before = found[-1] if found else None
        source = _source(text, start, end, before[2] if before else None, bold=bold)
        if before and before[2] == source and depth[before[0]] == depth[start] and _same_script(text, before[0], start):
            found[-1] = (before[0], end, source)
        else:
            found.append((start, end, source))
    return found


def _same_script(text: str, one: int, other: int) -> bool:
    first, second = script_of(text[one]), script_of(text[other])
    return first is None or second is None or first == second


def _units(text: str) -> list[tuple[int, int]]:
    """Each letter with the marks that sit on it."""
    starts = [at for at, char in enumerate(text) if at == 0 or not clings(char)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def clings(char: str) -> bool:
    """Whether a character belongs to the one before it: a mark, a joiner, a choice of form."""
    return char in JOINERS or unicodedata.category(char) in ("Mn", "Mc", "Me")


def _source(text: str, start: int, end: int, before: Source | None, *, bold: bool) -> Source:
    script = script_of(text[start])
    own = [Source(pair[bold], scale, made_bold=False) for pair, scale in zip(_OWN, (1.0, SECOND_SCALE), strict=True)]
    letter = unicodedata.category(text[start])[0] == "L"
    of_script = [Source(script.file, script.scale, made_bold=bold)] if script else []
    kept = [before] if before else []
    for source in (*of_script, *kept, *own) if letter or not kept else (*kept, *of_script, *own):
        if all(_ignored(char) or _glyph(source.file, ord(char)) for char in text[start:end]):
            return source
    tried = (*of_script, *kept, *own)
    lacking = (char for char in text[start:end] if not any(_glyph(one.file, ord(char)) for one in tried))
    raise unprintable(next(lacking, text[start]), text)


def _ignored(char: str) -> bool:
    code = ord(char)
    return char in JOINERS or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


@cache
def _glyph(file: str, code: int) -> int:
    found: int | None = font(file).get_nominal_glyph(code)
    return found or 0


@cache
def font(file: str) -> uharfbuzz.Font:
    """A font that came with the program. Raises `EvalPanelError` where it is missing."""
    import uharfbuzz  # needed only where a script needs shaping

    parts = ("fonts",) if file.startswith(("Atkinson", "DejaVu")) else ("fonts", "scripts")
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(resource(*parts, file).read_bytes())))


def scale_of(source: Source) -> float:
    """What a unit of the source's font is in units of ours."""
    units: int = font(source.file).face.upem
    return EM * source.scale / units


def _groups_of(text: str, start: int, end: int, source: Source, *, level: int, whole_line: bool) -> list[Group]:
    import uharfbuzz  # needed only where a script needs shaping

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text[start:end])
    script = next((held for char in text[start:end] if (held := script_of(char))), None)
    buffer.direction = "rtl" if level % 2 else "ltr"
    # Said, not guessed: a guess would ask what language this computer speaks, and letters are the same everywhere.
    code = script.code if script else "Latn"
    buffer.script = "Hani" if code == "Jpan" else code
    buffer.language = "und"
    uharfbuzz.shape(font(source.file), buffer)
    drawn: dict[int, list[tuple[int, int, int]]] = {}
    widths: dict[int, int] = {}
    for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if not info.codepoint:
            raise unprintable(text[start + info.cluster], text)
        across = widths.setdefault(info.cluster, 0)
        drawn.setdefault(info.cluster, []).append((info.codepoint, across + at.x_offset, at.y_offset))
        widths[info.cluster] = across + at.x_advance
    begins = sorted(drawn)
    made = []
    for number, cluster in enumerate(begins):
        after = begins[number + 1] if number + 1 < len(begins) else end - start
        letters = text[start + (cluster if number else 0) : start + after]
        if len(letters) > _LONGEST:
            raise EvalPanelError(
                "The letter holds a letter with so many marks on it that it cannot be printed.",
                f"It begins with {letters[0]} (U+{ord(letters[0]):04X}). Nothing was written. Write it with fewer marks, "
                "then make the letter again.",
            )
        wide = round(widths[cluster] * scale_of(source))
        made.append(Group(letters, source, tuple(drawn[cluster]), wide, level, whole_line))
    return made


def unprintable(char: str, text: str) -> EvalPanelError:
    """The refusal of a character that no font can print."""
    name = unicodedata.name(char, "a character without a name")
    at = text.index(char)
    near = text[max(0, at - 20) : at + 20].replace("\n", " ").strip()
    return EvalPanelError(
        f"The letter holds a character that its fonts cannot print: {char} (U+{ord(char):04X}, {name}).",
        f"It stands in “{near}”. Nothing was written. Write that text without it (letters of all scripts that are in "
        "wide use print; small pictures and rare signs do not), then make the letter again.",
    )
