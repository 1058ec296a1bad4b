"""What a signed letter says about standstill under each law, read off its pages by a program that is not ours."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from pathlib import Path

import pytest

import letter_examples as ex
from evalpanel.domain.feedback import compose
from evalpanel.domain.feedback_occasions import Occasion, OccasionInputs, compose_occasion
from evalpanel.domain.letter import FeedbackLetter
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.signing import AwardNotice
from evalpanel.domain.tender import BidderCode
from evalpanel.formats.letter_pdf import render
from judges import judge
from signed_letters import certificate, sign

_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d{1,2} \w+ \d{4}"


def on_paper(letter: FeedbackLetter, folder: Path) -> str:
    """The words of the signed file, with single spaces."""
    (folder / "letter.pdf").write_bytes(sign(render(letter, made_at=ex.MADE_AT).data, certificate()))
    told = subprocess.run(
        [judge("pdftotext"), folder / "letter.pdf", "-"], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    return re.sub(r"\s+", " ", told.stdout)


def about_outcome(code: str, bid: str = "B02", **more: object) -> FeedbackLetter:
    regime = ex.regime(code)
    return compose(ex.inputs(bid, regime=regime, wording=ex.wording(regime.wording), **more))


def after_standstill(code: str, published: date) -> FeedbackLetter:
    """The letter that says on which day standstill ended, by the notice on record."""
    regime = ex.regime(code)
    period = AwardNotice(published, "", 8).period(regime)
    assert period is not None
    return compose_occasion(
        OccasionInputs(
            ex.TENDER,
            ex.LOT,
            ex.CRITERIA,
            (ex.SCALE,),
            ex.BIDDERS[BidderCode("B02")],
            ex.MEMBERS,
            next(held for held in ex.BIDS if held.bid == "B02"),
            ex.moderated("B02"),
            regime,
            ex.wording(regime.wording),
            ex.inputs("B01").signatory,
            date(2026, 3, 9),
            Occasion(LetterKind.STANDSTILL_ENDED, ends=period.ends),
        )
    )


@pytest.mark.parametrize(
    ("sent", "ends"),
    [
        (date(2025, 11, 3), "Thursday 13 November 2025"),
        (date(2025, 11, 5), "Monday 17 November 2025"),  # the tenth day is a Saturday
        (date(2025, 12, 15), "Monday 29 December 2025"),  # Christmas Day, Boxing Day, a weekend
    ],
)
def test_sent_by_electronic_means_a_letter_of_2015_states_the_tenth_day(tmp_path: Path, sent: date, ends: str) -> None:
    text = on_paper(about_outcome("pcr2015", day=sent), tmp_path)
    assert f"The standstill period ends at midnight at the end of {ends}, and" in text
    assert "is sent to every tenderer by electronic means" in text


@pytest.mark.parametrize(
    ("sent", "ends"),
    [
        (date(2025, 11, 3), "Tuesday 18 November 2025"),
        (date(2025, 12, 10), "Monday 29 December 2025"),  # the fifteenth day is Christmas Day
    ],
)
def test_sent_otherwise_a_letter_of_2015_states_the_fifteenth_day(tmp_path: Path, sent: date, ends: str) -> None:
    text = on_paper(about_outcome("pcr2015", day=sent, by_post=True), tmp_path)
    assert f"The standstill period ends at midnight at the end of {ends}, and" in text
    assert "not to every tenderer by electronic means" in text


def test_a_proclaimed_day_moves_the_day_that_a_letter_of_2015_states(tmp_path: Path) -> None:
    proclaimed = {date(2025, 11, 13): "Day of mourning"}
    text = on_paper(about_outcome("pcr2015", day=date(2025, 11, 3), proclaimed=proclaimed), tmp_path)
    assert "ends at midnight at the end of Friday 14 November 2025" in text


def test_a_letter_of_the_provider_selection_regime_states_the_day_of_the_notice_that_is_out(tmp_path: Path) -> None:
    text = on_paper(about_outcome("psr2023", published=date(2025, 11, 3)), tmp_path)
    assert "published on Monday 3 November 2025" in text
    assert "until midnight at the end of Friday 14 November 2025" in text
    longer = on_paper(about_outcome("psr2023", published=date(2025, 11, 3), standstill_days=10), tmp_path)
    assert "until midnight at the end of Tuesday 18 November 2025" in longer


@pytest.mark.parametrize("code", ["pa2023", "pa2023-wales"])
def test_an_assessment_summary_states_eight_working_days_and_no_last_day(tmp_path: Path, code: str) -> None:
    text = on_paper(about_outcome(code, published=date(2025, 11, 3)), tmp_path)
    said = text[text.index("The contract cannot be signed before a standstill") :][:330]
    assert "It lasts eight working days and begins on the day on which the contract award notice is published" in said
    assert not re.search(_DAY, said)
    assert "12 November 2025" not in text


@pytest.mark.parametrize("code", ["pa2023", "pa2023-wales", "pa2023-light-touch"])
@pytest.mark.parametrize(
    ("published", "ends"),
    [
        (date(2025, 11, 3), "12 November 2025"),
        (date(2025, 12, 12), "23 December 2025"),
        (date(2025, 12, 18), "31 December 2025"),
        (date(2025, 12, 24), "8 January 2026"),  # 2 January is a bank holiday in Scotland
    ],
)
def test_once_it_has_ended_a_letter_under_the_act_states_the_last_day(
    tmp_path: Path, code: str, published: date, ends: str
) -> None:
    text = on_paper(after_standstill(code, published), tmp_path)
    assert re.findall(r"(\d{1,2} \w+ \d{4})", text[text.index("tandstill") :])[0] == ends


def test_a_letter_about_a_grant_says_nothing_of_standstill(tmp_path: Path) -> None:
    assert "tandstill" not in on_paper(about_outcome("grant", published=date(2025, 11, 3)), tmp_path)
