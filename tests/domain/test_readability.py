"""How hard a text is to read, by the published formula."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evalpanel.domain.readability import Readability, of_all, readability


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", (0, 0, 0)),
        ("12.5 of 40", (1, 1, 1)),
        ("The cat sat on the mat.", (1, 6, 6)),
        ("We heard them. They were glad!", (2, 6, 6)),
        ("See p. 4 and page 2, e.g. the plan.", (1, 7, 7)),
        ("First part\nNext part", (2, 4, 4)),
        ("A well-known safeguarding policy", (1, 4, 9)),
    ],
)
def test_readability_counts_sentences_words_and_syllables(text: str, counts: tuple[int, int, int]) -> None:
    assert readability(text) == Readability(*counts)


def test_the_grade_follows_the_formula_exactly() -> None:
    # 0.39 × 6 / 1 + 11.8 × 6 / 6 − 15.59 = −1.45; half up away from nought.
    assert Readability(1, 6, 6).grade == Decimal("-1.5")
    assert Readability(2, 40, 70).grade == Decimal("12.9")
    assert (Readability().grade, Readability().age) == (None, None)
    assert (Readability(1, 6, 6).age, Readability(2, 40, 70).age) == (6, 18)


def test_longer_sentences_of_longer_words_are_harder() -> None:
    plain = readability("We asked them what they need. They told us.").grade
    hard = readability(
        "Stakeholder consultation mechanisms facilitated identification of organisational requirements."
    ).grade
    assert plain is not None and hard is not None and plain < 3 < 12 < hard


def test_several_texts_are_counted_together() -> None:
    assert of_all(["We heard them.", "They were glad."]) == Readability(2, 6, 6)
