from __future__ import annotations

import re
from decimal import Decimal

import pytest

from evalpanel.domain.carried import AgreedLine, Dissent, Given
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.sheets import Line, ScoreStatus
from evalpanel.domain.tender import BidCode, BidderCode, CriterionCode, LotCode, PersonCode
from evalpanel.formats.canonical import MalformedJson
from evalpanel.formats.parcel_moderation import (
    AssentPart,
    ModerationPart,
    read_assent_part,
    read_moderation_part,
    write_agreed,
)

LINE = Line(LotCode("L1"), BidCode("B01"), CriterionCode("1.1"))
PRESENT = (PersonCode("CH1"), PersonCode("PM1"))
PART = ModerationPart(
    bidder=BidderCode("B01"),
    lines=(
        AgreedLine(
            ModeratedScore(
                LINE, Decimal("2.5"), "Why.", "Why, for others.", "Names a child.", "One route.", present=PRESENT
            ),
            (Given(PRESENT[1], ScoreStatus.SCORED, Decimal(3)), Given(PRESENT[0], ScoreStatus.ABSTAINED)),
        ),
    ),
    lot=LotCode("L1"),
)


def test_part_of_moderation_is_read_as_it_was_written() -> None:
    assert read_moderation_part(write_agreed(PART)) == PART


def test_dissent_is_read_as_it_was_written() -> None:
    part = AssentPart(
        bidder=BidderCode("B01"), dissents=(Dissent(LINE, "I saw no plan."),), lot=LotCode("L1"), wrong=(LINE,)
    )
    assert read_assent_part(write_agreed(part)) == part


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_level_that_is_no_number_is_refused(figure: str) -> None:
    data = write_agreed(PART)
    bad = re.sub(rb'"value":"2.5"', f'"value":"{figure}"'.encode(), data)
    assert bad != data
    with pytest.raises(MalformedJson):
        read_moderation_part(bad)


def test_field_that_nobody_knows_is_refused_inside_what_was_agreed() -> None:
    data = write_agreed(PART).replace(b'"reasons":"Why."', b'"reasons":"Why.","secret":1')
    with pytest.raises(MalformedJson):
        read_moderation_part(data)
