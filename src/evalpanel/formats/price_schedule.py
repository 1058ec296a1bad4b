"""A price schedule as it lies sealed in a price envelope: JSON, decimals as strings (docs/formats/price-schedule.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from evalpanel.domain.digests import canonical_json
from evalpanel.domain.numbers import exact
from evalpanel.domain.tender import BidderCode, LotCode, PriceKind, PriceLine
from evalpanel.errors import EvalPanelError

FORMAT = "evalpanel-prices-v1"


def write_price_schedule(lines: Sequence[PriceLine]) -> bytes:
    """The schedule of one bidder for one lot as canonical JSON."""
    return canonical_json({"format": FORMAT, "lines": list(lines)}).encode()


def read_price_schedule(data: bytes) -> tuple[PriceLine, ...]:
    """The lines of a sealed schedule. Raises `EvalPanelError` when it is not one that this program wrote."""
    try:
        held = json.loads(data)
        if held["format"] != FORMAT:
            raise ValueError("another format")
        return tuple(
            PriceLine(
                bidder=BidderCode(_text(line["bidder"])),
                lot=LotCode(_text(line["lot"])),
                kind=PriceKind(line["kind"]),
                item=_text(line["item"]),
                amount=exact(line["amount"]),
                year=_text(line["year"]),
                quantity=_decimal(line["quantity"]),
                unit_price=_decimal(line["unit_price"]),
            )
            for line in held["lines"]
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:  # RecursionError: nested without end
        raise EvalPanelError(
            "A sealed price schedule cannot be read.", "It was made by another version, or altered. Nothing was opened."
        ) from error


def _text(held: object) -> str:
    if not isinstance(held, str):
        raise ValueError("not text")  # what is wrong is the content of a file, not the type of an argument
    held.encode()  # half a character is an error here
    return held


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else exact(text)
