"""Every kind of letter under every law: composed whole, in the law's own words, and blocked when something is missing."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest

import letter_examples as ex
from evalpanel.domain.award import settle
from evalpanel.domain.feedback import LetterBlocked, blocked, compose, compose_combined
from evalpanel.domain.feedback_occasions import Occasion, OccasionInputs, blocked_occasion, compose_occasion
from evalpanel.domain.letter import FeedbackLetter, Paragraph, Part, Table
from evalpanel.domain.letter_wording import LetterKind, LetterWording
from evalpanel.domain.regimes import Need
from evalpanel.domain.results import LotResult
from evalpanel.domain.tender import BidCode, BidderCode, LotCode, RegimeCode, Tender

REGIMES = [code.value for code in RegimeCode]
BIDS = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B09", "B10"]
OCCASIONS = {
    LetterKind.PREQUALIFICATION_PASSED: Occasion(LetterKind.PREQUALIFICATION_PASSED, valid_until=date(2028, 3, 8)),
    LetterKind.PREQUALIFICATION_FAILED: Occasion(LetterKind.PREQUALIFICATION_FAILED),
    LetterKind.ABNORMALLY_LOW_NOTICE: Occasion(
        LetterKind.ABNORMALLY_LOW_NOTICE, "The hourly rate is below the legal minimum wage.", reply_by=date(2026, 3, 20)
    ),
    LetterKind.ABNORMALLY_LOW_ACCEPTED: Occasion(LetterKind.ABNORMALLY_LOW_ACCEPTED),
    LetterKind.ABNORMALLY_LOW_REJECTED: Occasion(
        LetterKind.ABNORMALLY_LOW_REJECTED, "No answer came, and the rate does not pay for the staff that is offered."
    ),
    LetterKind.STANDSTILL_BEGAN: Occasion(
        LetterKind.STANDSTILL_BEGAN, ends=date(2026, 3, 19), published=date(2026, 3, 6)
    ),
    LetterKind.STANDSTILL_ENDED: Occasion(LetterKind.STANDSTILL_ENDED, ends=date(2026, 3, 6)),
}


def words(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return "\n".join(words(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return "\n".join(words(getattr(value, field.name)) for field in fields(value))
    return str(value) if isinstance(value, Decimal) else ""


def letter_of(code: str, bid: str, **more: object) -> FeedbackLetter:
    regime = ex.regime(code)
    return compose(ex.inputs(bid, regime=regime, wording=ex.wording(regime.wording), **more))


def occasion(kind: LetterKind, code: str = "pa2023", bid: str = "B01", **more: object) -> OccasionInputs:
    regime = ex.regime(code)
    made = OccasionInputs(
        ex.TENDER,
        ex.LOT,
        ex.CRITERIA,
        (ex.SCALE,),
        ex.BIDDERS[BidderCode(bid)],
        ex.MEMBERS,
        next(held for held in ex.BIDS if held.bid == bid),
        ex.moderated(bid),
        regime,
        ex.wording(regime.wording),
        ex.inputs("B01").signatory,
        ex.DAY,
        OCCASIONS[kind],
    )
    return replace(made, **more)  # type: ignore[arg-type]  # each test names the fields that it replaces


def without_text(wording: LetterWording, kind: LetterKind, place: str) -> LetterWording:
    """A wording that no longer says a place: not in its texts, and not in the letters of one kind."""
    held = wording.kinds[kind]
    cut = replace(
        held,
        outcome=held.outcome.replace(place, "it"),
        meaning=tuple(one.replace(place, "it") for one in held.meaning),
    )
    texts = {name: said.replace(place, "it") for name, said in wording.texts.items()}
    return replace(wording, kinds={**wording.kinds, kind: cut}, texts=texts)


@pytest.mark.parametrize(("code", "bid"), list(product(REGIMES, BIDS)))
def test_every_letter_of_every_law_is_composed_and_no_place_stays_open(code: str, bid: str) -> None:
    letter = letter_of(code, bid)
    text = words(letter)
    assert not re.search(r"\{\w+\}|\bNone\b|\bto \.|“”|  ", text)
    assert not any(isinstance(block, Paragraph) and not block.text.strip() for block in letter.opening)


@pytest.mark.parametrize(("code", "kind"), list(product(REGIMES, OCCASIONS)))
def test_every_letter_for_an_occasion_is_composed_under_every_law(code: str, kind: LetterKind) -> None:
    bid = "B04" if kind is LetterKind.PREQUALIFICATION_FAILED else "B01"
    made = occasion(kind, code, bid)
    if kind is LetterKind.STANDSTILL_BEGAN and code == "pcr2015":
        assert blocked_occasion(made) == (
            "Under Public Contracts Regulations 2015 the letters about the outcome say themselves when the standstill period ends.",
        )
        return
    if kind in (LetterKind.STANDSTILL_BEGAN, LetterKind.STANDSTILL_ENDED) and code == "grant":
        assert blocked_occasion(made) == ("There is no standstill period under Grant or contract below the threshold.",)
        return
    letter = compose_occasion(made)
    assert letter.kind is kind
    assert not re.search(r"\{\w+\}|\bNone\b|  ", words(letter))
    assert "B02" not in words(letter)


@pytest.mark.parametrize(
    ("code", "own", "foreign"),
    [
        ("pa2023", ("assessment summary", "supplier", "most advantageous tender"), ("tenderer", "provider", "bidder")),
        ("pa2023-wales", ("assessment summary", "Welsh or in English"), ("tenderer", "provider", "bidder")),
        ("pcr2015", ("notice of our decision", "tenderer", "relative advantages"), ("assessment summary", "supplier", "provider")),
        ("psr2023", ("decision letter", "provider", "representations"), ("assessment summary", "supplier", "tenderer", "your tender")),
        ("grant", ("bid", "award"), ("assessment summary", "supplier", "tenderer", "your tender", "standstill")),
    ],
)  # fmt: skip
def test_letters_speak_in_the_words_of_their_law(code: str, own: tuple[str, ...], foreign: tuple[str, ...]) -> None:
    text = " ".join(words(letter_of(code, bid)) for bid in BIDS).casefold()
    assert not [word for word in own if word.casefold() not in text]
    # The tender document and its procurement keep their names under every law.
    assert not [word for word in foreign if re.search(rf"\b{word}s?\b", text)]


@pytest.mark.parametrize("bid", ["B01", "B02", "B03"])
def test_the_regulations_of_2015_get_the_exact_end_of_standstill(bid: str) -> None:
    text = words(letter_of("pcr2015", bid).opening)
    assert "ends at midnight at the end of Thursday 19 March 2026" in text
    # Ten days after 24 March end on Good Friday: the period goes on to the Tuesday after Easter.
    late = words(letter_of("pcr2015", bid, day=date(2026, 3, 24)).opening)
    assert "ends at midnight at the end of Tuesday 7 April 2026" in late


def test_a_proclaimed_day_moves_the_end_of_standstill() -> None:
    text = words(letter_of("pcr2015", "B02", proclaimed={date(2026, 3, 19): "Day of mourning"}).opening)
    assert "the end of Friday 20 March 2026" in text


def test_the_provider_selection_regime_gives_the_end_once_the_notice_is_published() -> None:
    assert "the eighth working day after that" in words(letter_of("psr2023", "B02").opening)
    text = words(letter_of("psr2023", "B02", published=date(2025, 11, 3)).opening)
    assert "published on Monday 3 November 2025" in text
    assert "until midnight at the end of Friday 14 November 2025" in text


def test_the_provider_selection_regime_shows_how_to_reckon_the_day_before_the_notice() -> None:
    text = words(letter_of("psr2023", "B02", day=date(2025, 11, 3)).opening)
    assert (
        "leave out the day of publication and the day after it, and count eight working days from there." in text
        and "If the notice were published on Monday 3 November 2025, for instance, the last day would be Friday 14 November 2025."
        in text
    )
    assert "for instance" not in words(letter_of("psr2023", "B02", published=date(2025, 11, 3)).opening)
    # A day that was proclaimed late counts in the instance too.
    late = letter_of("psr2023", "B02", day=date(2025, 11, 3), proclaimed={date(2025, 11, 6): "Day of mourning"})
    assert "the last day would be Monday 17 November 2025" in words(late.opening)


def nobody_left() -> dict[str, object]:
    """What a bid below a minimum is told from, where no bid of the lot can be ranked."""
    scores = {bid: {**levels, "1.2": 1} for bid, levels in ex.SCORES.items()}
    return {"result": ex.lot_result(scores=scores), "winners": ()}


@pytest.mark.parametrize("code", REGIMES)
def test_below_a_minimum_speaks_of_a_winner_and_of_standstill_only_where_there_is_one(code: str) -> None:
    regime = ex.regime(code)
    with_winner, without = letter_of(code, "B03"), letter_of(code, "B03", **nobody_left())
    also = ex.wording(regime.wording).texts["best_also"].format(supplier=regime.words.bidder, best=regime.words.best)
    told = (words(with_winner), words(without))
    assert [also in text for text in told] == [regime.asks(Need.WINNER_SCORES), False]
    assert ["standstill" in text for text in told] == [regime.standstill is not None, False]
    assert [regime.words.best in text for text in told] == [regime.asks(Need.WINNER_SCORES), False]
    assert "is made as things stand" in told[1] or "is being awarded as things stand" in told[1]


def level_result(tender: Tender) -> LotResult:
    """An outcome in which B01 and B02 stand equal."""
    scores = {**ex.SCORES, "B02": ex.SCORES["B01"]}
    return ex.lot_result(tender=tender, scores=scores, prices={**ex.PRICES, "B02": ex.PRICES["B01"]})


def test_nobody_is_told_that_no_bid_can_be_ranked_while_a_tie_is_open() -> None:
    tender = replace(ex.TENDER, tie_rule="")
    result = level_result(tender)
    assert blocked(ex.inputs("B03", tender=tender, result=result, winners=())) == (result.tie,)


@pytest.mark.parametrize("code", ["pa2023", "pcr2015", "psr2023", "grant"])
def test_who_lost_a_tie_is_told_the_rule_and_how_people_applied_it(code: str) -> None:
    tender = replace(ex.TENDER, tie_rule="Lots are drawn on the record.")
    result = settle(level_result(tender), [BidCode("B01")])
    own = tuple(replace(held, value=ex.moderated("B01")[at].value) for at, held in enumerate(ex.moderated("B02")))
    letter = letter_of(
        code, "B02", tender=tender, result=result, moderated=own, tie_settled="Drawn from a bag before two witnesses."
    )
    (why,) = [section for section in letter.body if section.part is Part.WHY]
    assert [block.text for block in why.blocks[1:] if isinstance(block, Paragraph)] == [
        f"{'Two' if code == 'grant' else 'Both'} totals are equal. The published rule for equal totals decided: “Lots are drawn on the record.”",
        "How it was applied: Drawn from a bag before two witnesses.",
    ]
    won = letter_of(code, "B01", tender=tender, result=result)
    assert (won.kind, "bag" in words(won)) == (LetterKind.WINNER, False)


@pytest.mark.parametrize("code", ["pa2023", "pa2023-wales", "pa2023-light-touch"])
def test_an_assessment_summary_never_states_a_day(code: str) -> None:
    said = letter_of(code, "B02", published=date(2025, 11, 3))
    assert said == letter_of(code, "B02")


def test_the_relative_advantages_of_the_winner_stand_under_each_criterion() -> None:
    letter = letter_of("pcr2015", "B02")
    best = words(tuple(section for section in letter.body if section.part is Part.BEST))
    assert (
        "Relative advantage: the successful tender scored 4 of 5 for this criterion, and your tender scored 3 of 5."
        in best
    )
    assert (
        "No relative advantage: the successful tender scored 4 of 5 for this criterion, and your tender scored 4 of 5."
        in best
    )
    assert "96,000" not in best
    assert "[nothigher B01" not in words(letter)
    assert "Relative advantage" not in words(letter_of("pa2023", "B02"))


def test_a_grant_names_who_was_chosen_and_gives_nothing_else_of_that_bid() -> None:
    for bid in ("B02", "B03"):
        text = words(letter_of("grant", bid))
        assert "Moorland Voices" in text
        assert "[reasons B01" not in text
        assert "91.60" not in text


@pytest.mark.parametrize(
    ("code", "bid", "place", "sentence"),
    [
        ("pcr2015", "B01", "{standstill}", "The letter does not hold exactly when the standstill period ends (regulation 86, 2(d))."),
        ("pcr2015", "B02", "{standstill}", "The letter does not hold exactly when the standstill period ends (regulation 86, 2(d))."),
        ("psr2023", "B03", "{standstill}", "The letter does not hold the standstill period and how to make representations (regulation 11, standstill)."),
        ("grant", "B02", "{winner}", "The letter does not hold who was successful (item 5)."),
    ],
)  # fmt: skip
def test_a_wording_that_drops_what_the_law_asks_blocks_the_letter(
    code: str, bid: str, place: str, sentence: str
) -> None:
    regime = ex.regime(code)
    wording = ex.wording(regime.wording)
    for kind in (LetterKind.WINNER, LetterKind.UNSUCCESSFUL, LetterKind.BELOW_MINIMUM):
        wording = without_text(wording, kind, place)
    inputs = ex.inputs(bid, regime=regime, wording=wording)
    assert blocked(inputs) == (sentence,)
    with pytest.raises(LetterBlocked, match=re.escape(sentence)):
        compose(inputs)


@pytest.mark.parametrize(("code", "bid"), list(product(REGIMES, ["B01", "B02", "B03"])))
def test_an_item_that_a_law_asks_for_and_is_missing_blocks_its_letters(code: str, bid: str) -> None:
    regime = ex.regime(code)
    bare = replace(ex.BIDDERS[BidderCode(bid)], address="", identifier="", scheme="")
    why = " ".join(blocked(ex.inputs(bid, regime=regime, wording=ex.wording(regime.wording), bidder=bare, members=())))
    assert ("postal address" in why) == regime.asks(Need.ADDRESSES)
    assert ("unique identifier" in why) == regime.asks(Need.IDENTIFIER)


@pytest.mark.parametrize("code", REGIMES)
def test_the_winners_empty_explanation_blocks_where_the_law_asks_for_it(code: str) -> None:
    regime = ex.regime(code)
    silent = tuple(replace(held, reasons="") for held in ex.moderated("B01"))
    why = blocked(ex.inputs("B02", regime=regime, wording=ex.wording(regime.wording), winners=silent))
    assert bool(why) == regime.asks(Need.WINNER_SCORES)


def test_a_prequalification_letter_agrees_with_the_record() -> None:
    assert blocked_occasion(occasion(LetterKind.PREQUALIFICATION_PASSED, bid="B04")) == (
        "C1 Safeguarding policy was not met, so the letter cannot say that the prequalification was passed.",
    )
    assert blocked_occasion(occasion(LetterKind.PREQUALIFICATION_FAILED, bid="B01")) == (
        "Every condition was met, so the letter cannot say that the prequalification was not passed.",
    )
    assert blocked_occasion(occasion(LetterKind.PREQUALIFICATION_FAILED, bid="B04", moderated=())) == (
        "Whether C1 Safeguarding policy was met is not decided yet.",
    )
    failed = compose_occasion(occasion(LetterKind.PREQUALIFICATION_FAILED, bid="B04"))
    assert "[reasons B04-C1]" in words(failed.body)
    assert "[improvements B04-C1]" in words(failed.annex)
    assert "Wednesday 8 March 2028" in words(compose_occasion(occasion(LetterKind.PREQUALIFICATION_PASSED)))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Occasion(LetterKind.ABNORMALLY_LOW_NOTICE, " ", date(2026, 3, 20)), "It is not said what is to be explained."),
        (Occasion(LetterKind.ABNORMALLY_LOW_NOTICE, "The rate."), "It is not said by when the bidder has to answer."),
        (
            Occasion(LetterKind.ABNORMALLY_LOW_NOTICE, "The rate.", ex.DAY),
            "The last day for an answer, 9 March 2026, leaves the bidder no time.",
        ),
        (
            Occasion(LetterKind.ABNORMALLY_LOW_REJECTED),
            "It is not said what was considered, and why it was decided so.",
        ),
        (
            Occasion(LetterKind.STANDSTILL_BEGAN, ends=date(2026, 3, 19)),
            "No notice is on the record yet, so the standstill period has not begun.",
        ),
        (Occasion(LetterKind.STANDSTILL_BEGAN, published=ex.DAY), "The notice announced no standstill period."),
        (
            Occasion(LetterKind.STANDSTILL_BEGAN, ends=date(2026, 3, 8), published=date(2026, 2, 25)),
            "The standstill period ended on 8 March 2026 already.",
        ),
        (Occasion(LetterKind.STANDSTILL_ENDED), "It is not said when the standstill period ended."),
        (
            Occasion(LetterKind.STANDSTILL_ENDED, ends=ex.DAY),
            "The standstill period lasts until midnight at the end of 9 March 2026: it is not over yet.",
        ),
    ],
)
def test_a_letter_for_an_occasion_says_what_it_lacks(asked: Occasion, sentence: str) -> None:
    assert blocked_occasion(occasion(asked.kind, occasion=asked)) == (sentence,)


def test_a_combined_letter_holds_each_lot_with_everything_its_own_letter_would() -> None:
    second = replace(ex.LOT, lot=LotCode("L2"), title="City")
    bids = tuple(replace(bid, lot=second.lot) for bid in ex.BIDS)
    result = ex.lot_result(bids, lot=second, scores={**ex.SCORES, "B02": {"C1": 1, "1.1": 5, "1.2": 5, "2.1": 5}})

    def moved(bid: str) -> tuple[object, ...]:
        levels = {"1.1": 5, "1.2": 5, "2.1": 5} if bid == "B02" else {}
        return tuple(
            replace(
                held,
                line=replace(held.line, lot=second.lot),
                value=Decimal(levels.get(held.line.criterion, held.value or 0)) if held.value is not None else None,
            )
            for held in ex.moderated(bid)
        )

    first = ex.inputs("B02")
    other = ex.inputs(
        "B02",
        lot=second,
        bid=next(bid for bid in bids if bid.bid == "B02"),
        result=result,
        moderated=moved("B02"),
        winners=tuple(line for winner in result.winners for line in moved(winner.bid)),
    )
    letter = compose_combined((first, other))
    assert letter.about == ((BidCode("B02"), LotCode("L1")), (BidCode("B02"), LotCode("L2")))
    assert letter.reference == "EX-2026-07 / L1+L2 / B02"
    (at_a_glance,) = [
        block for block in letter.opening if isinstance(block, Table) and block.title == "Your results, lot by lot"
    ]
    assert [row.cells for row in at_a_glance.rows] == [
        ("L1 Moor and coast", "Not successful", "72.80"),
        ("L2 City", "Successful", "92.00"),
    ]
    headings = [section.heading for section in letter.body]
    assert headings[0] == "Lot L1 Moor and coast: Your scores"
    assert "Lot L2 City: Your scores" in headings
    assert headings.count("What happens next") == 1
    for own in (compose(first), compose(other)):
        for text in (block.text for block in own.opening if isinstance(block, Paragraph)):
            assert text in words(letter.opening)
        for section in own.body:
            assert words(section.blocks) in words(letter.body)
    with pytest.raises(ValueError, match="several lots"):
        compose_combined((first,))
