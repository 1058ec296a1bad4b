"""What is told of changes after a sheet was signed off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.changes import Change, Signing, Version, changes
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode

START = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
LINE = Line(LotCode("L1"), BidCode("B01"), CriterionCode("1.1"))


def version(act: int, revision: int, level: int | None, why: str = "") -> Version:
    status = ScoreStatus.BLANK if level is None else ScoreStatus.SCORED
    value = None if level is None else Decimal(level)
    return Version(act, START + timedelta(minutes=act), revision, Score(LINE, status, value, why))


def test_nothing_is_told_from_before_the_first_signing() -> None:
    assert changes([version(1, 1, 3), version(2, 2, 2)], [Signing(3, True, "")]) == ()


def test_what_was_changed_after_a_reopening_is_told_with_its_reason() -> None:
    signings = [Signing(2, True, ""), Signing(3, False, "A page was overlooked."), Signing(6, True, "")]
    versions = [version(1, 1, 3, "Good."), version(4, 2, 2, "Good."), version(5, 3, 1, "Page 9 says less.")]
    at = START + timedelta(minutes=5)
    assert changes(versions, signings) == (
        Change(3, at, LINE, "value", "3", "1", "A page was overlooked."),
        Change(3, at, LINE, "rationale", "Good.", "Page 9 says less.", "A page was overlooked."),
    )


def test_what_was_taken_back_is_not_told_and_what_is_still_open_is() -> None:
    signings = [Signing(2, True, ""), Signing(3, False, "Once more.")]
    assert changes([version(1, 1, 3), version(4, 2, 2), version(5, 3, 3)], signings) == ()
    (told,) = changes([version(1, 1, 3), version(4, 2, 0)], signings)
    assert (told.field, told.old, told.new) == ("value", "3", "0")


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 4)), max_size=12), st.lists(st.integers(1, 30), max_size=6)
)
def test_order_in_which_they_are_given_makes_no_difference(saved: list[tuple[int, int]], acts: list[int]) -> None:
    used = dict(saved)
    versions = [version(2 * act, number + 1, level) for number, (act, level) in enumerate(sorted(used.items()))]
    signings = [Signing(2 * act + 1, number % 2 == 0, "why") for number, act in enumerate(sorted(set(acts)))]
    assert changes(versions, signings) == changes(reversed(versions), reversed(signings))
