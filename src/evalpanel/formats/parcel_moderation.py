"""What moderation, an assent and a receipt say when they travel: `docs/formats/parcels.md` tells the same.

The values of `domain/carried.py` and `domain/moderation.py` are written field by field under their own names.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from evalpanel.domain.carried import AgreedLine, Citation, Dissent, ModerationState, Ruling
from evalpanel.domain.digests import canonical_json
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import BidderCode, LotCode
from evalpanel.formats.canonical import MalformedJson, decode, encode
from evalpanel.formats.parcel_bodies import Cover, Digests, Seq, Sha, ShaOrNothing
from evalpanel.formats.statements import MOST


class Moderation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The cover of moderation: no level and no word about a bid.

    `sheets`: every scorer's sheet that it rests on, or why there is none. `agreed_digest` pins what all its parts say.
    `rulings`: which of two sheets of one person counts.
    """

    agreed_digest: Sha
    rulings: Annotated[tuple[Ruling, ...], Meta(max_length=1000)]
    sheets: Annotated[tuple[Citation, ...], Meta(max_length=500)]
    state: ModerationState


class ModerationPart(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was agreed on the bids of one bidder in one lot, sealed to that bid's moderation."""

    bidder: BidderCode
    lines: Annotated[tuple[AgreedLine, ...], Meta(max_length=20_000)]
    lot: LotCode


class Assent(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A scorer's word about one moderation, by its identity. The header's `about` is the chair who signed it.

    `agrees`: with everything but the lines of `dissents`, which are sealed in a part for each bidder and lot. `sheet`: the
    author's own newest sheet. `left_out` and `misquoted`: on how many lines their laptop saw that their answer was missing
    or was not theirs. `affirms`: their declaration of interests still holds.
    """

    affirms: bool
    agrees: bool
    left_out: Annotated[int, Meta(ge=0, le=100_000)]
    misquoted: Annotated[int, Meta(ge=0, le=100_000)]
    moderation: Sha
    sheet: ShaOrNothing


class AssentPart(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a scorer dissents, and which lines were wrong about them, sealed to that bid's moderation."""

    bidder: BidderCode
    dissents: Annotated[tuple[Dissent, ...], Meta(max_length=20_000)]
    lot: LotCode
    wrong: Annotated[tuple[Line, ...], Meta(max_length=20_000)]


class Accepted(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What of one person's statements of one kind is kept by whoever receipts: all, the highest number, the newest."""

    identities: Digests
    kind: ParcelKind
    seq: Seq
    tips: Digests


class Receipt(Struct, frozen=True, forbid_unknown_fields=True):
    """What arrived of one person (the header's `about`): a laptop that knows less of its own than this was put back."""

    accepted: Annotated[tuple[Accepted, ...], Meta(max_length=16)]


def read_moderation(payload: bytes) -> Cover[Moderation]:
    """The cover of moderation in a payload. Raises `MalformedJson`."""
    return decode(payload, Cover[Moderation], most=MOST, what="the moderation")


def read_assent(payload: bytes) -> Cover[Assent]:
    """The assent in a payload. Raises `MalformedJson`."""
    return decode(payload, Cover[Assent], most=MOST, what="the assent")


def read_receipt(payload: bytes) -> Cover[Receipt]:
    """The receipt in a payload. Raises `MalformedJson`."""
    return decode(payload, Cover[Receipt], most=MOST, what="the receipt")


def write_agreed(part: ModerationPart | AssentPart) -> bytes:
    """A part of moderation or of an assent before it is sealed."""
    return encode(part)


def read_moderation_part(data: bytes) -> ModerationPart:
    """A part of moderation. A figure that is no number (NaN, infinity) is refused as any other malformed text."""
    held = decode(data, ModerationPart, most=MOST, what="the moderation")
    try:
        canonical_json(held.lines)
    except (ValueError, ArithmeticError) as error:
        raise MalformedJson(
            "The moderation cannot be read.", "A figure in it is no number. Nothing was changed. Ask for it again."
        ) from error
    return held


def read_assent_part(data: bytes) -> AssentPart:
    """Where a scorer dissents."""
    return decode(data, AssentPart, most=MOST, what="the assent")
