"""A text as letters and digits alone, which is how texts are compared: however they are broken, cut or set, they are the same."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text as its letters and digits, in small letters and without accents, each with its place in the text."""

    text: str
    at: tuple[int, ...]
    source: str

    def words(self) -> tuple[list[int], list[int]]:
        """Where the words of the text begin, and where each of them ends."""
        edges = [place for place in range(1, len(self.at)) if self._edge(place - 1, place)]
        return ([0, *edges], [*edges, len(self.at)]) if self.at else ([], [])

    def original(self, begin: int, end: int) -> str:
        """The piece of the text that letters `begin` to `end` came from."""
        return self.source[slice(*self.place(begin, end))]

    def place(self, begin: int, end: int) -> tuple[int, int]:
        """Where in the text letters `begin` to `end` stand."""
        return self.at[begin], self.at[end - 1] + 1

    def stands_alone(self, begin: int, end: int) -> bool:
        """Whether letters `begin` to `end` are whole words of the text."""
        return self._edge(begin - 1, begin) and self._edge(end - 1, end)

    def _edge(self, left: int, right: int) -> bool:
        if left < 0 or right >= len(self.at):
            return True
        between = self.source[self.at[left] + 1 : self.at[right]]
        if any(not _is_joint(char) for char in between):
            return True
        # Scripts without spaces between words have no edge that could be seen.
        return _without_spaces(self.text[left]) or _without_spaces(self.text[right])


def _is_joint(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me", "Mc", "Cf", "Cc", "Cn", "Lm") and char not in "\n\r\t"


def _without_spaces(char: str) -> bool:
    code = ord(char)
    return (
        0x0E00 <= code <= 0x0EFF  # Thai, Lao
        or 0x1000 <= code <= 0x109F  # Burmese
        or 0x1780 <= code <= 0x17FF  # Khmer
        or 0x3040 <= code <= 0x30FF  # kana
        or 0x3400 <= code <= 0x9FFF  # Han
        or 0x20000 <= code <= 0x3FFFF
    )


def squeezed(text: str) -> Squeezed:
    """`text` with nothing left but letters and digits in one writing."""
    if text.isascii():  # most of what is looked through
        places = [place for place, char in enumerate(text) if char.isalnum()]
        return Squeezed("".join([text[place] for place in places]).lower(), tuple(places), text)
    letters: list[str] = []
    at: list[int] = []
    for place, char in enumerate(text):
        if char.isascii():
            if char.isalnum():
                letters.append(char.lower())
                at.append(place)
            continue
        for part in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", char).casefold()):
            if unicodedata.category(part)[0] in "LN":
                letters.append(part)
                at.append(place)
    return Squeezed("".join(letters), tuple(at), text)


def letters_alone(text: str) -> str:
    """The letters and digits of `text`: what many texts are held as, without where each of them stood."""
    return "".join(_ASCII_WORD.findall(text)).lower() if text.isascii() else squeezed(text).text
