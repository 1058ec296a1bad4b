from __future__ import annotations

import re

import pytest

import make
from evalpanel.domain.tender import BidderCode, CriterionCode, LotCode
from evalpanel.formats.canonical import MalformedJson
from evalpanel.formats.parcel_packs import (
    Common,
    Index,
    Name,
    Names,
    Sealed,
    read_common,
    read_index,
    read_names,
    write_piece,
)

DOCUMENT = Sealed(
    bidder=BidderCode("B01"),
    criterion=CriterionCode("1.1"),
    is_prices=False,
    lot=LotCode("L1"),
    notes=("It holds a macro.",),
    path="bids/B01/1.1 Réach.pdf",
    sealed="a" * 64,
    sha256="b" * 64,
    size=12,
    title="1.1 Réach",
)
COMMON = Common.of(make.pack(), (DOCUMENT,))


def test_what_was_published_arrives_as_it_was_with_the_same_digest() -> None:
    held = read_common(write_piece(COMMON))
    assert held == COMMON
    assert held.pack().criteria_digest() == make.pack().criteria_digest()


def test_index_and_names_are_read_as_they_were_written() -> None:
    index, names = Index((DOCUMENT,)), Names((Name("Pim Moss", "Tamarside Voices", "PM1"),))
    assert (read_index(write_piece(index)), read_names(write_piece(names))) == (index, names)


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_figure_that_is_no_number_is_refused(figure: str) -> None:
    data = write_piece(COMMON)
    bad = re.sub(rb'"price_weighting":"30"', f'"price_weighting":"{figure}"'.encode(), data)
    assert bad != data
    with pytest.raises(MalformedJson):
        read_common(bad)


def test_field_that_nobody_knows_is_refused_also_inside_what_was_published() -> None:
    data = write_piece(COMMON).replace(b'"title":"Advocacy', b'"tint":"red","title":"Advocacy')
    with pytest.raises(MalformedJson):
        read_common(data)
