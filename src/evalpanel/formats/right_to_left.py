"""Names in Hebrew and Arabic letters, put into the order and the forms in which they are seen.

A small part of the Unicode Bidirectional Algorithm (UAX #9), enough for a name within a line of English: each stretch
of right-to-left words is turned round and kept on one line. It is no typesetting of whole paragraphs.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from evalpanel.errors import EvalPanelError

LONGEST = 80
"""The most characters of a right-to-left stretch: a longer one could not be kept on one line of a letter."""

_CLOSING = ")]}"
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def visual(line: str) -> str:
    """`line` with its right-to-left stretches as they are seen from left to right.

    Raises `EvalPanelError` for a stretch longer than `LONGEST` characters.
    """
    return "".join(seen for seen, _ in stretches(line))


def stretches(line: str) -> list[tuple[str, str]]:
    """`line` in pieces, in the order in which they stand on it: each as it is seen, and as it is said.

    What is said is empty where it is what is seen. Raises as `visual` does.
    """
    if not any(_is_rtl(char) for char in line):
        return [(line, "")]
    first = next(index for index, char in enumerate(line) if _is_rtl(char))
    pieces, rest = [(line[:first], "")], line[first:]
    while rest:
        end = _end_of_stretch(rest)
        stretch, rest = rest[:end], rest[end:]
        if len(stretch) > LONGEST:
            raise EvalPanelError(
                "The letter holds a long text that is written from right to left.",
                f"Names and short phrases of up to {LONGEST} characters can be printed. Nothing was written. "
                "Give the text in a script that is written from left to right, then make the letter again.",
            )
        pieces.append((_turned(_shaped(stretch)).replace(" ", "\u00a0"), stretch))
        following = next((index for index, char in enumerate(rest) if _is_rtl(char)), len(rest))
        pieces.append((rest[:following], ""))
        rest = rest[following:]
    return [piece for piece in pieces if piece[0]]


def _is_rtl(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL")


def _end_of_stretch(text: str) -> int:
    """Where the stretch that begins `text` ends: after its last right-to-left letter before a left-to-right one."""
    end = 0
    for index, char in enumerate(text):
        if _is_rtl(char) or (end == index and unicodedata.combining(char)):
            end = index + 1
        elif unicodedata.bidirectional(char) == "L":
            break
    # A bracket that was opened inside closes inside.
    while end < len(text) and text[end] in _CLOSING and _opened(text[:end]) > 0:
        end += 1
    return end


def _opened(text: str) -> int:
    return sum((char in "([{") - (char in _CLOSING) for char in text)


def _turned(text: str) -> str:
    """`text` turned round: marks stay on their letters, numbers keep their own order, brackets are mirrored."""
    clusters: list[str] = []
    for char in text:
        number = unicodedata.bidirectional(char) in ("EN", "AN")
        joins = clusters and number and unicodedata.bidirectional(clusters[-1][-1]) in ("EN", "AN")
        if clusters and (unicodedata.combining(char) or joins):
            clusters[-1] += char
        else:
            clusters.append(char.translate(_MIRRORED))
    return "".join(reversed(clusters))


@cache
def _forms() -> dict[tuple[str, str], str]:
    """Arabic letters by their place in a word, from Unicode's own table: `("ب", "initial")` → its initial form."""
    table: dict[tuple[str, str], str] = {}
    for code in (*range(0xFB50, 0xFBB2), *range(0xFBD3, 0xFC00), *range(0xFE80, 0xFEFD)):
        form, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if form in ("<initial>", "<medial>", "<final>", "<isolated>") and letters:
            base = "".join(chr(int(letter, 16)) for letter in letters)
            table.setdefault((base, form.strip("<>")), chr(code))
    return table


def _shaped(text: str) -> str:
    """`text` with Arabic letters in the forms that join them, and lam with alef as one sign."""
    forms = _forms()
    letters: list[str] = []
    for char in text:
        pair = letters[-1] + char if letters else ""
        if (pair, "isolated") in forms and len(pair) == 2:
            letters[-1] = pair
        else:
            letters.append(char)
    bare = [index for index, letter in enumerate(letters) if not unicodedata.combining(letter[-1])]
    shaped = list(letters)
    for place, index in enumerate(bare):
        letter = letters[index]
        before = letters[bare[place - 1]] if place else ""
        after = letters[bare[place + 1]] if place + 1 < len(bare) else ""
        # A letter joins the next one if it has an initial form, and the one before it if it has a final form.
        joins_before = (before, "initial") in forms and (letter, "final") in forms
        joins_after = (letter, "initial") in forms and (after, "final") in forms
        form = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get(
            (joins_before, joins_after), "isolated"
        )
        shaped[index] = forms.get((letter, form), letter)
    return "".join(shaped)
