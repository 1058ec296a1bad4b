"""Many texts, indexed so that every run of letters that another text shares with one of them is found at once.

Of each text one piece of `ANCHOR` letters is kept at every `_STEP` letters. A run of `RUN` letters holds at least one whole, whatever
the words are. What has the same letters is held once: a tender has a hundred thousand texts, and many say the same.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

ANCHOR = 24
"""How many letters of a text are looked up at once; a text with fewer is not held."""
RUN = 40
"""From how many letters on a run that two texts share is the same sentence; a shorter text must be there whole."""
_STEP = RUN - ANCHOR + 1
_STRETCH = 64
_PLACES = 1 << 32  # more letters than any text has: the number of a text and a place in it are held as one number


@dataclass(slots=True)
class TextIndex:
    """Texts by number, each as its letters alone. `anchors` say where each piece stands first, and `again` where else.

    `groups` say which pieces stand in the same texts, and `alike` by the numbers of these; both as they are looked up.
    """

    texts: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    anchors: dict[str, int] = field(default_factory=dict)
    again: dict[str, list[int]] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict, compare=False)
    alike: dict[bytes, int] = field(default_factory=dict, compare=False)

    def add(self, letters: str) -> int | None:
        """The number of a text, which is that of the same letters added before; None where it is too short for a run."""
        if len(letters) < ANCHOR:
            return None
        number = self.numbers.setdefault(letters, len(self.texts))
        if number < len(self.texts):
            return number
        self.texts.append(letters)
        self.groups.clear()
        self.alike.clear()
        for place in range(0, len(letters) - ANCHOR + 1, _STEP):
            anchor, at = letters[place : place + ANCHOR], number * _PLACES + place
            # One number and no list for nearly all of them: there may be millions.
            if self.anchors.setdefault(anchor, at) != at:
                self.again.setdefault(anchor, []).append(at)
        return number

    def runs(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Every run of letters that `text` shares with one of the texts: its number, and where the run begins and ends in `text`."""
        seen: dict[int, int] = {}  # by text, up to where it was looked through
        passed: dict[int, int] = {}  # the same of all texts of a group
        for place in range(len(text) - ANCHOR + 1):
            anchor = text[place : place + ANCHOR]
            if anchor not in self.anchors:
                continue
            group = self._group(anchor)
            if place < passed.get(group, 0):
                continue
            least = len(text)
            for at in (self.anchors[anchor], *self.again.get(anchor, ())):
                number, start = divmod(at, _PLACES)
                end = seen.get(number, 0)
                if place >= end:
                    begin, end = _grown(text, self.texts[number], place, start)
                    seen[number] = end
                    if end - begin >= min(len(self.texts[number]), RUN):
                        yield number, begin, end
                if end < least:
                    least = end
            passed[group] = least

    def _group(self, anchor: str) -> int:
        """The number of the group of texts that hold an anchor: those that share a sentence share all anchors of it."""
        known = self.groups.get(anchor)
        if known is None:
            held = array("Q", (at // _PLACES for at in (self.anchors[anchor], *self.again.get(anchor, ()))))
            known = self.groups[anchor] = self.alike.setdefault(held.tobytes(), len(self.alike))
        return known


def _grown(text: str, letters: str, place: int, start: int) -> tuple[int, int]:
    """The whole run that both texts share around a place where they agree.

    Stretches are compared whole and not letter by letter, each twice as long as the one before while they agree.
    """
    begin, end, shift = place, place + ANCHOR, start - place
    first, last = max(0, -shift), min(len(text), len(letters) - shift)
    step = _STRETCH
    while step and end < last:
        stop = min(last, end + step)
        if text[end:stop] == letters[end + shift : stop + shift]:
            end, step = stop, step * 2
        else:
            last, step = stop - 1, (stop - end) // 2
    step = _STRETCH
    while step and begin > first:
        stop = max(first, begin - step)
        if text[stop:begin] == letters[stop + shift : begin + shift]:
            begin, step = stop, step * 2
        else:
            first, step = stop + 1, (begin - stop) // 2
    return begin, end
