from __future__ import annotations

import json

import pytest

import make
from evalpanel.errors import EvalPanelError
from evalpanel.formats.price_schedule import read_price_schedule, write_price_schedule


def test_schedule_is_read_as_it_was_written() -> None:
    assert read_price_schedule(write_price_schedule(make.prices())) == make.prices()


def changed(**changes: object) -> bytes:
    held = json.loads(write_price_schedule(make.prices()[:1]))
    held["lines"][0] |= changes
    return json.dumps(held).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"format": "evalpanel-prices-v1"}',
        b'{"format": "evalpanel-prices-v2", "lines": []}',
        b'{"format": "evalpanel-prices-v1", "lines": [1]}',
        changed(amount="1e9"),
        changed(amount=1200),
        changed(kind="gift"),
        changed(bidder=["B01"]),
        changed(lot=None),
        changed(bidder="\ud800"),
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(EvalPanelError, match="A sealed price schedule cannot be read"):
        read_price_schedule(data)
