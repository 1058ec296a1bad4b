"""The sentences of a letter: data, read from `resources/letters/<wording>.toml`, so that an authority's lawyer can read them.

A sentence can hold named places, as `{bidder}`. Which ones a sentence may hold is fixed here and checked when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

from evalpanel.domain.regimes import Table
from evalpanel.domain.tender import PriceFormula, Rounding

PLACES = frozenset(
    {
        "authority", "best_total", "best_winner", "bid", "bidder", "contract", "email", "full_criteria_at", "law", "notice",
        "places", "price", "price_lower", "price_points", "price_score", "price_upper", "price_weighting", "quality_weighting", "reference", "role", "standstill", "top",
        "total", "winner", "years",
    }
)  # fmt: skip
"""The names that may stand between braces."""


class LetterKind(StrEnum):
    """Which letter a bid is owed, by how it came out.

    The first three are assessment summaries; the others are notices, which hold no scores of another bidder.
    """

    WINNER = "winner"
    UNSUCCESSFUL = "unsuccessful"
    BELOW_MINIMUM = "below-minimum"
    CONDITION_FAILED = "condition-failed"
    LATE = "late"
    EXCLUDED = "excluded"
    DISREGARDED = "disregarded"
    NOT_SHORTLISTED = "not-shortlisted"
    WITHDRAWN = "withdrawn"

    @property
    def is_summary(self) -> bool:
        """Whether the letter is an assessment summary, with scores and explanations."""
        return self in (LetterKind.WINNER, LetterKind.UNSUCCESSFUL, LetterKind.BELOW_MINIMUM)


@dataclass(frozen=True, slots=True)
class KindWording:
    """What one kind of letter says first: its title, its outcome in one sentence, and what that means."""

    title: str
    outcome: str
    meaning: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetterWording:
    """Every sentence of the letters of one regime, with `{places}` still open. `texts` holds the rest by name."""

    kinds: Mapping[LetterKind, KindWording]
    formulas: Mapping[PriceFormula, str]
    award_rules: Mapping[PriceFormula, str]
    rounding: Mapping[Rounding, str]
    texts: Mapping[str, str]

    def say(self, name: str, **places: str) -> str:
        """The sentence called `name` with its places filled."""
        return fill(self.texts[name], places)


TEXTS = (
    "salutation", "closing", "result_heading", "result_note", "result_note_quality_only", "not_assessed", "not_scored", "why_heading", "why_unsuccessful",
    "why_unsuccessful_other", "why_unsuccessful_several", "why_tie", "why_close", "why_below_minimum", "why_no_award", "reason_heading", "explanations_heading", "explanations_note",
    "evidence", "not_higher", "considered", "price_heading", "price_scored", "price_not_scored", "price_not_opened", "best_heading", "best_note", "best_withheld",
    "conditions_heading", "method_heading", "method_note", "method_quality_only", "method_scores",
    "method_minimum", "method_consideration", "method_tie", "method_full", "method_full_notice", "method_full_documents", "next_heading",
    "next_questions", "next_questions_email", "next_check", "annex_heading", "annex_note",
)  # fmt: skip


def fill(sentence: str, places: Mapping[str, str]) -> str:
    """`sentence` with its places filled. What is filled in is never read for places again (a name may hold braces)."""
    return sentence.format_map(places)


def parse_wording(mapping: Mapping[str, object]) -> LetterWording:
    """The wording that the contents of a TOML file stand for.

    Raises `EvalPanelError` naming the sentence that is missing, unknown, or holds a place that no letter can fill.
    """
    file = Table(mapping, "The letter wording")
    kinds, formulas, awards, rounding, texts = (
        file.table(name) for name in ("kinds", "price_formulas", "award_rules", "rounding", "texts")
    )
    wording = LetterWording(
        kinds={kind: _kind(kinds.table(kind.value)) for kind in LetterKind},
        formulas={formula: _sentence(formulas, formula.value) for formula in PriceFormula},
        award_rules={formula: _sentence(awards, formula.value) for formula in PriceFormula},
        rounding={rule: _sentence(rounding, rule.value) for rule in Rounding},
        texts={name: _sentence(texts, name) for name in TEXTS},
    )
    for table in (file, kinds, formulas, awards, rounding, texts):
        table.nothing_else()
    return wording


def _kind(table: Table) -> KindWording:
    held = KindWording(
        _sentence(table, "title"),
        _sentence(table, "outcome"),
        tuple(_checked(table, sentence) for sentence in table.texts("meaning")),
    )
    table.nothing_else()
    return held


def _sentence(table: Table, key: str) -> str:
    return _checked(table, table.text(key))


def _checked(table: Table, sentence: str) -> str:
    """`sentence`, if each of its places is a plain known name: no index, attribute, conversion or format."""
    try:
        fields = [(name, form, turn) for _, name, form, turn in Formatter().parse(sentence) if name is not None]
    except ValueError as error:
        raise table.wrong(f"the braces of “{sentence[:60]}” do not match") from error
    for name, form, turn in fields:
        if name not in PLACES or form or turn:
            raise table.wrong(f"“{sentence[:60]}” holds the unknown place {{{name}}}")
    return sentence
