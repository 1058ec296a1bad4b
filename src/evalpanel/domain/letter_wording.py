"""The sentences of a letter: data, so that an authority's lawyer can read and change them without touching the program.

What letters say under every law is in `resources/letters/common.toml`, what differs under one law in the file of that law, and
an authority can have its own. A sentence can hold named places, as `{bidder}`. Which ones a sentence may hold, and which it
must, is fixed here and checked when it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

from evalpanel.domain.tender import PriceFormula, Rounding
from evalpanel.errors import EvalPanelError

PLACES = frozenset(
    {
        "also", "authority", "best_score", "best_total", "best_winner", "bid", "bidder", "contract", "email", "ends", "full_criteria_at", "law",
        "lot", "notice", "own_score", "places", "price", "price_lower", "price_points", "price_score", "price_upper", "price_weighting", "published",
        "quality_weighting", "reference", "reply_by", "role", "standstill", "tie_settled", "top", "total", "valid", "valid_until", "winner", "years",
        "summary", "Summary", "supplier", "suppliers", "offer", "offers", "Offers", "best",
    }
)  # fmt: skip
"""The names that may stand between braces. The last line holds the law's own words (`RegimeWords`)."""


class LetterKind(StrEnum):
    """Which letter a bid is owed, by how it came out.

    The first three are assessment summaries; the next ones are notices, which hold no scores of another bidder. `COMBINED`
    holds the letters of several lots of one bidder. The others are written when somebody asks for them.
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
    COMBINED = "combined"
    PREQUALIFICATION_PASSED = "prequalification-passed"
    PREQUALIFICATION_FAILED = "prequalification-failed"
    ABNORMALLY_LOW_NOTICE = "abnormally-low-notice"
    ABNORMALLY_LOW_ACCEPTED = "abnormally-low-accepted"
    ABNORMALLY_LOW_REJECTED = "abnormally-low-rejected"
    STANDSTILL_BEGAN = "standstill-began"
    STANDSTILL_ENDED = "standstill-ended"

    @property
    def is_summary(self) -> bool:
        """Whether the letter is an assessment summary, with scores and explanations."""
        return self in (LetterKind.WINNER, LetterKind.UNSUCCESSFUL, LetterKind.BELOW_MINIMUM)

    @property
    def is_asked_for(self) -> bool:
        """Whether the letter follows from no outcome: somebody asks for it when there is occasion."""
        return self in _ASKED_FOR

    @property
    def series(self) -> str:
        """Which letters about one bid are versions of each other: all that tell the outcome are; any other kind with itself."""
        return AWARD if self is LetterKind.COMBINED or not self.is_asked_for else self.value


AWARD = "award"
"""The series of the letters that tell the outcome."""

_ASKED_FOR = frozenset(list(LetterKind)[list(LetterKind).index(LetterKind.COMBINED) + 1 :])


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
    "why_unsuccessful_other", "why_unsuccessful_several", "why_tie", "why_tie_no_rule", "why_tie_settled", "why_close", "why_below_minimum", "why_winner", "why_no_award", "reason_heading",
    "explanations_heading", "explanations_note", "evidence", "not_higher", "considered", "price_heading", "price_scored", "price_not_scored", "price_not_opened",
    "best_heading", "best_note", "best_also", "best_withheld", "advantages_heading", "advantages_note", "advantage_is", "advantage_only", "advantage_none",
    "conditions_heading", "conditions_met", "conditions_missed", "method_heading", "method_note", "method_quality_only", "method_scores",
    "method_minimum", "method_consideration", "method_tie", "method_full", "method_full_notice", "method_full_documents", "next_heading",
    "next_questions", "next_questions_email", "next_check", "annex_heading", "annex_note", "valid_until", "explain_heading", "decision_heading",
    "reply_heading", "reply_text", "combined_lot",
)  # fmt: skip

_MUST_HOLD: Mapping[tuple[str, ...], frozenset[str]] = {
    **{("kinds", kind.value, "outcome"): frozenset({"contract"}) for kind in LetterKind},
    **{("kinds", kind.value, "meaning"): frozenset({"standstill"}) for kind in LetterKind if kind.is_summary},
    ("kinds", "unsuccessful", "outcome"): frozenset({"contract", "winner"}),
    ("kinds", "abnormally-low-notice", "meaning"): frozenset({"reply_by"}),
    ("kinds", "standstill-began", "outcome"): frozenset({"contract", "published", "ends"}),
    ("kinds", "standstill-ended", "outcome"): frozenset({"contract", "ends"}),
    ("texts", "salutation"): frozenset({"bidder"}),
    ("texts", "price_scored"): frozenset({"price", "price_score"}),
    ("texts", "best_note"): frozenset({"winner"}),
    ("texts", "why_tie_settled"): frozenset({"tie_settled"}),
    ("texts", "advantages_note"): frozenset({"winner"}),
    ("texts", "method_full"): frozenset({"full_criteria_at"}),
    ("texts", "reply_text"): frozenset({"reply_by"}),
    ("texts", "valid_until"): frozenset({"valid_until"}),
    ("texts", "combined_lot"): frozenset({"lot"}),
}
"""The places without which a sentence would leave out what a letter must say."""

_TABLES: Mapping[str, tuple[str, ...]] = {
    "price_formulas": tuple(one.value for one in PriceFormula),
    "award_rules": tuple(one.value for one in PriceFormula),
    "rounding": tuple(one.value for one in Rounding),
    "texts": TEXTS,
}
MOST_CHARACTERS = 3000
"""How long one sentence of a wording may be."""


@dataclass(frozen=True, slots=True)
class WordingProblem:
    """One thing that is wrong in a wording. `path` is where: the names of the tables and the key."""

    path: tuple[str, ...]
    what: str


def fill(sentence: str, places: Mapping[str, str]) -> str:
    """`sentence` with its places filled. What is filled in is never read for places again (a name may hold braces)."""
    return sentence.format_map(places).strip()


def merged(base: Mapping[str, object], own: Mapping[str, object]) -> dict[str, object]:
    """`own` over `base`, table by table: what `own` does not say is said as in `base`. The key `based_on` goes."""
    held = {key: value for key, value in base.items() if key != "based_on"}
    for key, value in own.items():
        there = held.get(key)
        if isinstance(value, Mapping) and isinstance(there, Mapping):
            held[key] = merged(there, value)
        elif key != "based_on":
            held[key] = value
    return held


def problems(mapping: Mapping[str, object]) -> tuple[WordingProblem, ...]:
    """Everything that is wrong in a wording: what is missing, what the program does not know, and places that no letter fills."""
    return tuple(_problems(mapping))


def parse_wording(mapping: Mapping[str, object]) -> LetterWording:
    """The wording that the contents of a TOML file stand for.

    Raises `EvalPanelError` naming the first sentence that is missing, unknown, or holds a place that no letter can fill.
    """
    found = next(_problems(mapping), None)
    if found is not None:
        raise EvalPanelError(
            f"The letter wording cannot be used: {'.'.join(found.path)}: {found.what}.",
            "Nothing was changed. Correct the wording, or go back to the one that came with the program.",
        )

    def sentences(table: str) -> dict[str, str]:
        held = mapping[table]
        assert isinstance(held, Mapping)
        return {key: str(value).strip() for key, value in held.items()}

    kinds = mapping["kinds"]
    assert isinstance(kinds, Mapping)
    return LetterWording(
        kinds={
            kind: KindWording(
                kinds[kind.value]["title"].strip(),
                kinds[kind.value]["outcome"].strip(),
                tuple(sentence.strip() for sentence in kinds[kind.value]["meaning"]),
            )
            for kind in LetterKind
        },
        formulas={PriceFormula(key): said for key, said in sentences("price_formulas").items()},
        award_rules={PriceFormula(key): said for key, said in sentences("award_rules").items()},
        rounding={Rounding(key): said for key, said in sentences("rounding").items()},
        texts=sentences("texts"),
    )


def _problems(mapping: Mapping[str, object]) -> Iterator[WordingProblem]:
    yield from _unknown((), mapping, ("kinds", *_TABLES))
    kinds = mapping.get("kinds")
    if not isinstance(kinds, Mapping):
        yield WordingProblem(("kinds",), "the table is missing")
    else:
        yield from _unknown(("kinds",), kinds, tuple(kind.value for kind in LetterKind))
        for kind in LetterKind:
            yield from _of_kind(("kinds", kind.value), kinds.get(kind.value))
    for name, keys in _TABLES.items():
        table = mapping.get(name)
        if not isinstance(table, Mapping):
            yield WordingProblem((name,), "the table is missing")
            continue
        yield from _unknown((name,), table, keys)
        for key in keys:
            yield from _of_sentence((name, key), table.get(key))


def _unknown(path: tuple[str, ...], table: Mapping[str, object], known: tuple[str, ...]) -> Iterator[WordingProblem]:
    for key in table:
        if key not in known:
            yield WordingProblem((*path, key), "the program does not know this")


def _of_kind(path: tuple[str, ...], held: object) -> Iterator[WordingProblem]:
    if not isinstance(held, Mapping):
        yield WordingProblem(path, "this kind of letter is missing")
        return
    yield from _unknown(path, held, ("title", "outcome", "meaning"))
    for key in ("title", "outcome"):
        yield from _of_sentence((*path, key), held.get(key))
    meaning, where = held.get("meaning"), (*path, "meaning")
    if not isinstance(meaning, list) or not meaning:
        yield WordingProblem(where, "this must be a list of sentences")
        return
    before = len(meaning)
    said = [sentence for sentence in meaning if isinstance(sentence, str) and sentence.strip()]
    if len(said) != before:
        yield WordingProblem(where, "something in the list is not a sentence")
    for sentence in said:
        yield from _of_places(where, sentence)
    yield from _of_missing(where, " ".join(said))


def _of_sentence(path: tuple[str, ...], held: object) -> Iterator[WordingProblem]:
    if held is None:
        yield WordingProblem(path, "the sentence is missing")
    elif not isinstance(held, str) or not held.strip():
        yield WordingProblem(path, "this must be a sentence")
    else:
        yield from _of_places(path, held)
        yield from _of_missing(path, held)


def _of_places(path: tuple[str, ...], sentence: str) -> Iterator[WordingProblem]:
    if len(sentence) > MOST_CHARACTERS:
        yield WordingProblem(path, f"the sentence is longer than {MOST_CHARACTERS} characters")
    try:
        fields = [(name, form, turn) for _, name, form, turn in Formatter().parse(sentence) if name is not None]
    except ValueError:
        yield WordingProblem(path, f"the braces of “{sentence[:60]}” do not match")
        return
    for name, form, turn in fields:
        # A plain known name: no index, attribute, conversion or format.
        if name not in PLACES or form or turn:
            yield WordingProblem(path, f"no letter fills the place {{{name}}}")


def _of_missing(path: tuple[str, ...], sentence: str) -> Iterator[WordingProblem]:
    try:
        there = {name for _, name, _, _ in Formatter().parse(sentence)}
    except ValueError:
        return
    for place in sorted(_MUST_HOLD.get(path, frozenset()) - there):
        yield WordingProblem(path, f"the place {{{place}}} is missing, and letters must say it")
