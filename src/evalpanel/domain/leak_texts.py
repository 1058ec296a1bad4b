"""Many texts, indexed so that every run of letters that another text shares with one of them is found at once.

Of each text one piece of `ANCHOR` letters is kept at every `_STEP` letters. A run of `RUN` letters holds at least one whole, whatever
the words are. What has the same letters is held once: a tender has a hundred thousand texts, and many say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

ANCHOR = 24
"""How many letters of a text are looked up at once; a text with fewer is not held."""
RUN = 40
"""From how many letters on a run that two texts share is the same sentence; a shorter text must be there whole."""
_STEP = RUN - ANCHOR + 1
_PLACES = 1 << 32  # more letters than any text has: the number of a text and a place in it are held as one number


@dataclass(slots=True)
class TextIndex:
    """Texts by number, each as its letters alone. `anchors` say where each piece stands first, and `again` where else."""

    texts: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    anchors: dict[str, int] = field(default_factory=dict)
    again: dict[str, list[int]] = field(default_factory=dict)

    def add(self, letters: str) -> int | None:
        """The number of a text, which is that of the same letters added before; None where it is too short for a run."""
        if len(letters) < ANCHOR:
            return None
        number = self.numbers.setdefault(letters, len(self.texts))
        if number < len(self.texts):
            return number
        self.texts.append(letters)
        for place in range(0, len(letters) - ANCHOR + 1, _STEP):
            anchor, at = letters[place : place + ANCHOR], number * _PLACES + place
            # One number and no list for nearly all of them: there may be millions.
            if self.anchors.setdefault(anchor, at) != at:
                self.again.setdefault(anchor, []).append(at)
        return number

    def runs(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Every run of letters that `text` shares with one of the texts: its number, and where the run begins and ends in `text`."""
        seen: dict[int, int] = {}
        for place in range(len(text) - ANCHOR + 1):
            anchor = text[place : place + ANCHOR]
            if anchor not in self.anchors:
                continue
            for at in (self.anchors[anchor], *self.again.get(anchor, ())):
                number, start = divmod(at, _PLACES)
                if place < seen.get(number, 0):
                    continue
                begin, end = _grown(text, self.texts[number], place, start)
                seen[number] = end
                if end - begin >= min(len(self.texts[number]), RUN):
                    yield number, begin, end


def _grown(text: str, letters: str, place: int, start: int) -> tuple[int, int]:
    """The whole run that both texts share around a place where they agree."""
    left = 0
    while place > left and start > left and text[place - left - 1] == letters[start - left - 1]:
        left += 1
    right = ANCHOR
    while place + right < len(text) and start + right < len(letters) and text[place + right] == letters[start + right]:
        right += 1
    return place - left, place + right
