"""What a declaration and a score sheet say when they travel: `docs/formats/parcels.md` tells the same."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from msgspec import Meta, Struct

from evalpanel.domain.changes import Change
from evalpanel.domain.digests import canonical_json
from evalpanel.domain.interests import Declaration, DeclarationOutcome, InterestKind
from evalpanel.domain.numbers import canonical
from evalpanel.domain.sheets import MOST_ENTERED_BY, Score, sheet_digest
from evalpanel.domain.tender import BidderCode, LotCode, PersonCode
from evalpanel.formats.canonical import MalformedJson, decode, encode
from evalpanel.formats.parcel_bodies import Cover, Moment, Sha
from evalpanel.formats.statements import MOST

_MOST_PLACES = 60


class DeclaredLine(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One interest, or that there is none."""

    about: Annotated[str, Meta(max_length=4000)]
    bidder: BidderCode | None
    kind: InterestKind | None
    organisation: Annotated[str, Meta(max_length=400)]
    outcome: DeclarationOutcome


class Declared(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A declaration as it was made: about whom was asked, and what was answered."""

    asked: Annotated[tuple[str, ...], Meta(max_length=5000)]
    at: Moment
    lines: Annotated[tuple[DeclaredLine, ...], Meta(min_length=1, max_length=5000)]
    on_paper: date | None

    def of(self, person: PersonCode) -> list[Declaration]:
        """Its lines as those of this person."""
        return [
            Declaration(
                person,
                one.outcome,
                self.at,
                one.bidder,
                one.about,
                self.on_paper,
                one.kind,
                one.organisation,
                self.asked,
            )
            for one in self.lines
        ]


class Declarations(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that one person has declared in a tender, oldest first. A later statement adds to it.

    `affirmed`: when they said, as moderation came, that it still holds; None where they have not.
    """

    affirmed: Moment | None
    declared: Annotated[tuple[Declared, ...], Meta(max_length=1000)]


class SheetState(StrEnum):
    """Whether a sheet is signed off. An interim one is a copy for safety: its parts open for its author alone."""

    INTERIM = "interim"
    FINAL = "final"


class Scoresheet(Struct, frozen=True, forbid_unknown_fields=True):
    """The cover of a score sheet: no score and no word of one. `sheet_digest` pins all answers of its parts.

    `entered_by`: who typed the sheet in for its author, as its author signed it off; empty: the author did.
    """

    entered_by: Annotated[str, Meta(max_length=MOST_ENTERED_BY)]
    sheet_digest: Sha
    state: SheetState


class SheetPart(Struct, frozen=True, forbid_unknown_fields=True):
    """One person's answers on the bids of one bidder in one lot, sealed to that bid's scores.

    `changes` are what they changed on these bids after they had signed the sheet off, oldest first.
    """

    answers: Annotated[tuple[Score, ...], Meta(max_length=20_000)]
    bidder: BidderCode
    changes: Annotated[tuple[Change, ...], Meta(max_length=20_000)]
    lot: LotCode


def read_declarations(payload: bytes) -> Cover[Declarations]:
    """The declaration in a payload. Raises `MalformedJson`."""
    return decode(payload, Cover[Declarations], most=MOST, what="the declaration")


def read_scoresheet(payload: bytes) -> Cover[Scoresheet]:
    """The cover of a score sheet. Raises `MalformedJson`."""
    return _cover_again(payload) if len(payload) <= _MOST_KEPT else _cover(payload)


def _cover(payload: bytes) -> Cover[Scoresheet]:
    return decode(payload, Cover[Scoresheet], most=MOST, what="the score sheet")


_cover_again = lru_cache(maxsize=32)(_cover)
_MOST_KEPT = 256 << 10
"""The most bytes of a cover that is remembered: whoever asks which sheet counts reads the covers again, of 200 parts each in a big tender."""


def write_sheet_part(part: SheetPart) -> bytes:
    """A part of a score sheet before it is sealed."""
    return encode(part)


def read_sheet_part(data: bytes) -> SheetPart:
    """A part of a score sheet. A figure that is no number (NaN, infinity) is refused as any other malformed text."""
    held = decode(data, SheetPart, most=MOST, what="the score sheet")
    try:
        for figure in {str(one.value) for one in held.answers if one.value is not None}:
            _figure(Decimal(figure))
        for one in held.answers:
            if one.evidence:
                canonical_json(one.evidence)
    except (ValueError, ArithmeticError) as error:
        raise MalformedJson(
            "The score sheet cannot be read.", "A figure in it is no number. Nothing was changed. Ask for it again."
        ) from error
    return held


class Pinning:
    """What `sheet_digest` says of the answers of parts, taken from the texts that they were read from.

    A part is written in one way only, and nearly always in the one that pins a sheet. Where one is not, or parts come in another order than
    that of their lines, the answers are written again.
    """

    def __init__(self) -> None:
        self._running = hashlib.sha256(b"[")
        self._last: tuple[str, str, str] | None = None
        self._follows = True

    def add(self, part: SheetPart, data: bytes) -> None:
        """The next part, which was read from `data`."""
        if not part.answers or not self._follows:
            return
        places = [(one.line.lot, one.line.bid, one.line.criterion) for one in part.answers]
        follows = places == sorted(places) and (self._last is None or self._last < places[0])
        self._follows = follows and _is_as_pinned(part.answers)
        rest = encode(SheetPart((), part.bidder, part.changes, part.lot))
        assert data.startswith(_BEFORE) and data.endswith(rest[len(_BEFORE) :]), "it was read from this text"
        self._running.update(b"," if self._last else b"")
        self._running.update(memoryview(data)[len(_BEFORE) : len(data) - len(rest) + len(_BEFORE)])
        self._last = places[-1]

    def of(self, answers: Sequence[Score]) -> str:
        """What pins `answers`, those of all parts."""
        if not self._follows:
            return sheet_digest(answers)
        running = self._running.copy()
        running.update(b"]")
        return running.hexdigest()


def _is_as_pinned(answers: Sequence[Score]) -> bool:
    figures = {str(one.value) for one in answers if one.value is not None}
    return all(canonical(Decimal(figure)) == figure for figure in figures) and not any(
        one.evidence and canonical_json(one.evidence).encode() != encode(one.evidence) for one in answers
    )


_BEFORE = b'{"answers":['


def _figure(number: Decimal) -> None:
    """Refuse what is no number, and one that would fill the memory as soon as it is written out."""
    if number.is_finite() and abs(number.adjusted()) > _MOST_PLACES:
        raise ValueError("no score has so many places")
    canonical(number)
