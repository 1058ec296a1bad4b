"""A feedback letter as a value: its words in the order in which the bidder reads them, before anything is laid out.

Nothing in it is markup. What lays it out (`evalpanel.formats.letter_pdf`) adds no words of its own but page numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from evalpanel.domain.authorities import Logo, same_name
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.tender import BidCode, LotCode


class Tone(StrEnum):
    """How a paragraph speaks: the outcome itself, ordinary text, a label above what follows, or an aside."""

    LEAD = "lead"
    BODY = "body"
    LABEL = "label"
    ASIDE = "aside"


class RowKind(StrEnum):
    """What a row of a table is: an ordinary one, the sub-total of a section, or the total."""

    PLAIN = "plain"
    SECTION = "section"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph. A line break in `text` begins a new line, an empty line a new paragraph."""

    text: str
    tone: Tone = Tone.BODY
    language: str = ""
    """Its language where it is not the document's: `cy` for Welsh (BCP 47)."""


@dataclass(frozen=True, slots=True)
class Items:
    """A list; numbered from 1 where the order matters."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Short facts, each with its label: the reference, the contract, the members of a consortium."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `share` is its part of the width; numbers stand at the right."""

    title: str
    share: int
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `depth` is how far its first cell is set in (0: not at all)."""

    cells: tuple[str, ...]
    kind: RowKind = RowKind.PLAIN
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head that is repeated on every page. `title` names it for those who cannot see it.

    `dense`: its rows stand close together. `named_rows`: the first cell of each row says what the row is about, and is heard before each of its other cells.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    named_rows: bool = True
    dense: bool = False


@dataclass(frozen=True, slots=True)
class ScoreMark:
    """A score on its scale, to be drawn. `steps` are the values of the levels, lowest first."""

    value: Decimal
    steps: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One criterion explained: its score (None: considered and not scored), what it counts for, and why.

    `paragraphs` hold the reasons, and labelled parts such as why the score is not higher.
    """

    title: str
    facts: str
    mark: ScoreMark | None
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: what it is of, how long it is (None: there is no value), and the value in words."""

    label: str
    value: Decimal | None
    words: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Values as bars, all from 0 to `top`. It is heard as its title and every bar's label and words."""

    title: str
    bars: tuple[Bar, ...]
    top: Decimal


@dataclass(frozen=True, slots=True)
class ScaleRow:
    """One line of scores on a scale: `scores` as given (each a ring), what was agreed (a dot; None: nothing), in words.

    `steps` are the values of the levels, lowest first.
    """

    label: str
    steps: tuple[Decimal, ...]
    scores: tuple[Decimal, ...]
    agreed: Decimal | None
    words: str


@dataclass(frozen=True, slots=True)
class ScaleDots:
    """Scores on their scales, one under the other. It is heard as its title and every line's label and words."""

    title: str
    rows: tuple[ScaleRow, ...]


Block = Paragraph | Items | Facts | Table | Explanation | Bars | ScaleDots


class Part(StrEnum):
    """What a section of a letter is for: by it the program looks whether everything is there that the law asks."""

    SCORES = "scores"
    WHY = "why"
    EXPLANATIONS = "explanations"
    CONDITIONS = "conditions"
    PRICE = "price"
    BEST = "best"
    METHOD = "method"
    REASON = "reason"
    REPLY = "reply"
    NEXT = "next"
    ANNEX = "annex"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the letter under a heading. `part` is None in documents that are no letters."""

    heading: str
    blocks: tuple[Block, ...]
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs for the authority, and where questions go. `email` may be empty."""

    name: str
    role: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands at the head of an authority's letters, and at their foot. All of it may be empty.

    `name` is what the authority calls itself on its letters. A tender may name it otherwise, as its law or its council does: then
    both names stand there, since the sentences of the letter speak of whom the tender names.
    """

    address: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    logo: Logo | None = None
    footer: str = ""
    name: str = ""

    def names(self, authority: str) -> tuple[str, ...]:
        """The lines with names at the head of a letter of `authority`, as its tender names it."""
        if not self.name or same_name(self.name, authority):
            return (authority,)
        return (self.name, f"For {authority}")


@dataclass(frozen=True, slots=True)
class FeedbackLetter:
    """A letter to one bidder about one bid for one lot, or about its bids for several lots (then `bids` names them all).

    `opening` stands on the first page under the salutation; its first paragraph says the outcome. `body` is the
    statutory part, which ends with the signature; `annex` (improvements) stands apart from it and may be empty.
    """

    kind: LetterKind
    lot: LotCode
    bid: BidCode
    reference: str
    title: str
    made_on: date
    authority: str
    addressee: tuple[str, ...]
    facts: Facts
    salutation: str
    opening: tuple[Block, ...]
    body: tuple[Section, ...]
    closing: str
    signatory: Signatory
    check: str
    annex: tuple[Section, ...] = ()
    language: str = "en-GB"
    letterhead: Letterhead = Letterhead()
    bids: tuple[tuple[BidCode, LotCode], ...] = ()

    @property
    def about(self) -> tuple[tuple[BidCode, LotCode], ...]:
        """The bids and lots that the letter is about."""
        return self.bids or ((self.bid, self.lot),)


def paragraphs(letter: FeedbackLetter) -> Iterator[str]:
    """Every text of a letter that is read as sentences, in reading order: no tables, no facts, no addresses."""
    for block in (*letter.opening, *(block for section in (*letter.body, *letter.annex) for block in section.blocks)):
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Explanation):
            yield from (paragraph.text for paragraph in block.paragraphs)
