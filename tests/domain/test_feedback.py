from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal

import pytest

import letter_examples as ex
from evalpanel.domain.feedback import LetterBlocked, LetterInputs, LetterKind, blocked, compose, kind_of
from evalpanel.domain.letter import Explanation, FeedbackLetter, Paragraph, Section, Table, Tone
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.tender import BidCode, BidderCode, PriceFormula

KINDS = {
    "B01": LetterKind.WINNER,
    "B02": LetterKind.UNSUCCESSFUL,
    "B03": LetterKind.BELOW_MINIMUM,
    "B04": LetterKind.CONDITION_FAILED,
    "B05": LetterKind.LATE,
    "B06": LetterKind.WITHDRAWN,
    "B07": LetterKind.EXCLUDED,
    "B09": LetterKind.DISREGARDED,
    "B10": LetterKind.NOT_SHORTLISTED,
}


def words(value: object) -> str:
    """Every text in a letter or a part of it."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return "\n".join(words(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return "\n".join(words(getattr(value, field.name)) for field in fields(value))
    return str(value) if isinstance(value, Decimal) else ""


def section(letter: FeedbackLetter, heading: str) -> Section:
    return next(held for held in letter.body if held.heading == heading)


def rows(held: Section) -> list[tuple[str, ...]]:
    return [row.cells for block in held.blocks if isinstance(block, Table) for row in block.rows]


def tags(letter: object) -> set[str]:
    """The marks of the moderated fields that stand in a letter: which field, of whose bid, on which criterion."""
    return set(re.findall(r"\[(\w+ B\d\d-[\w.]+)\]", words(letter)))


def without(lines: tuple[ModeratedScore, ...], code: str, **changes: object) -> tuple[ModeratedScore, ...]:
    return tuple(replace(held, **changes) if held.line.criterion == code else held for held in lines)  # type: ignore[arg-type]  # each test names fields


@pytest.mark.parametrize(("bid", "kind"), KINDS.items())
def test_kind_of_a_bid_follows_from_its_result(bid: str, kind: LetterKind) -> None:
    assert kind_of(ex.lot_result(), BidCode(bid)) is kind
    assert compose(ex.inputs(bid)).kind is kind


def test_kind_of_a_comparator_is_none_and_composing_it_is_a_bug() -> None:
    assert kind_of(ex.lot_result(), BidCode("B08")) is None
    assert blocked(ex.inputs("B08")) == ()
    with pytest.raises(ValueError, match="comparator"):
        compose(ex.inputs("B08"))


@pytest.mark.parametrize("bid", KINDS)
def test_compose_says_the_outcome_first(bid: str) -> None:
    letter = compose(ex.inputs(bid))
    first = letter.opening[0]
    assert isinstance(first, Paragraph)
    assert "Participation service for children and young people, lot L1: Moor and coast" in first.text
    assert "{" not in words(letter)


@pytest.mark.parametrize("bid", ["B01", "B02", "B03"])
def test_compose_holds_items_a_to_c_of_regulation_31(bid: str) -> None:
    bidder = ex.BIDDERS[BidderCode(bid)]
    assert compose(ex.inputs(bid)).addressee == (
        bidder.name,
        f"{bid[1:]} Mill Lane",
        "Exbourne",
        f"EX0 0{bid[2]}A",
        bidder.email,
        f"Identifier: GB-CHC {bidder.identifier}",
    )


def test_compose_gives_a_consortium_its_lead_members_identifier_and_its_members() -> None:
    bidder = replace(ex.BIDDERS[BidderCode("B02")], scheme="", identifier="")
    letter = compose(ex.inputs("B02", bidder=bidder))
    assert letter.addressee[-1] == "Identifier: GB-COH 00012345 (Coastline Youth CIC, lead member)"
    assert ("Together with", "Coastline Youth CIC (lead), Pebble Beach Advocacy (member)") in letter.facts.rows


def test_compose_holds_item_d_of_regulation_31() -> None:
    held = section(compose(ex.inputs("B02")), "How tenders were assessed")
    assert rows(held) == [
        ("1 Voice and participation", "60%", "", ""),
        ("1.1 Hearing every child", "30%", "0 to 5", ""),
        ("1.2 Young people decide", "30%", "0 to 5", "2"),
        ("2 People and delivery", "40%", "", ""),
        ("2.1 Staff and volunteers", "40%", "0 to 5", ""),
        ("2.2 Links with schools", "–", "not scored", ""),
        *((str(level.value), level.name, level.descriptor) for level in ex.SCALE.levels),
    ]
    assert held.blocks[-1] == Paragraph(
        f"The full award criteria and the assessment method: {ex.TENDER.full_criteria_at}."
    )


def test_compose_names_the_notice_where_nothing_says_where_the_criteria_are() -> None:
    tender = replace(ex.TENDER, full_criteria_at="")
    held = section(compose(ex.inputs("B02", tender=tender)), "How tenders were assessed")
    assert isinstance(held.blocks[-1], Paragraph)
    assert held.blocks[-1].text == (
        "The full award criteria and the assessment method were published with the tender notice 2026/S 000-000777."
    )


def test_compose_holds_scores_sub_totals_and_total() -> None:
    assert rows(section(compose(ex.inputs("B02")), "Your scores")) == [
        ("1 Voice and participation", "60%", "", "36.00"),
        ("1.1 Hearing every child", "30%", "3 of 5", "18.00"),
        ("1.2 Young people decide", "30%", "3 of 5", "18.00"),
        ("2 People and delivery", "40%", "", "32.00"),
        ("2.1 Staff and volunteers", "40%", "4 of 5", "32.00"),
        ("2.2 Links with schools", "–", "not scored", "–"),
        ("Quality", "60%", "out of 60", "40.80"),
        ("Price", "40%", "out of 40", "32.00"),
        ("Total", "", "", "72.80"),
    ]


def test_compose_explains_every_award_criterion_and_the_ones_that_are_not_scored() -> None:
    held = section(compose(ex.inputs("B02")), "Your scores explained")
    told = [(block.title, block.facts) for block in held.blocks if isinstance(block, Explanation)]
    assert told == [
        ("1.1 Hearing every child", "Score 3 of 5 · Sound · 30% of quality"),
        ("1.2 Young people decide", "Score 3 of 5 · Sound · 30% of quality"),
        ("2.1 Staff and volunteers", "Score 4 of 5 · Good · 40% of quality"),
        ("2.2 Links with schools", "Considered, not scored"),
    ]


def test_compose_says_why_a_score_is_not_higher_but_not_for_the_highest() -> None:
    assert {tag for tag in tags(compose(ex.inputs("B01"))) if tag.startswith("nothigher")} == {
        "nothigher B01-1.1",
        "nothigher B01-2.1",
    }


def test_compose_says_how_the_price_score_came_about() -> None:
    held = section(compose(ex.inputs("B02")), "Your price")
    assert next(block.text for block in held.blocks if isinstance(block, Paragraph)) == (
        "Your price is £120,000.00. It scores 32.00 of 40 points."
    )


def test_compose_gives_the_published_figures_of_a_price_formula() -> None:
    bounds = {"price_lower": Decimal(50000), "price_upper": Decimal(200000)}
    tender = replace(ex.TENDER, price_formula=PriceFormula.F4, **bounds)  # type: ignore[arg-type]  # two figures
    held = section(compose(ex.inputs("B01", tender=tender, result=ex.lot_result(tender=tender))), "Your price")
    assert "the published lower figure of £50,000.00" in words(held)
    assert "the published upper figure of £200,000.00" in words(held)
    assert "It scores 27.73 of 40 points." in words(held)


def test_compose_tells_the_others_why_and_gives_the_most_advantageous_tender() -> None:
    letter = compose(ex.inputs("B02"))
    why = section(letter, "Why the contract is not being awarded to you")
    assert "Your tender has a total of 72.80; the most advantageous tender has a total of 91.60." in words(why)
    best = section(letter, "The most advantageous tender")
    assert "Moorland Voices" in words(best)
    assert rows(best)[-3:] == [
        ("Quality", "60%", "out of 60", "51.60"),
        ("Price", "40%", "out of 40", "40.00"),
        ("Total", "", "", "91.60"),
    ]


def test_compose_leaks_nothing_of_another_bid_but_the_winners_explanations() -> None:
    own = {
        f"{field} B02-{code}"
        for field in ("reasons", "evidence", "nothigher", "improvements")
        for code in ("1.1", "1.2", "2.1", "2.2")
    }
    winners = {f"reasons B01-{code}" for code in ("1.1", "1.2", "2.1", "2.2")}
    letter = compose(ex.inputs("B02"))
    assert tags(letter) == (own | winners | {"improvements B02-C1"}) - {"nothigher B02-2.2"}
    assert "96,000" not in words(letter)  # the winner's price
    for code, bidder in ex.BIDDERS.items():
        if code not in ("B01", "B02"):
            assert bidder.name not in words(letter)
            assert bidder.identifier not in words(letter)


def test_compose_tells_a_winner_of_nobody_else() -> None:
    letter = compose(ex.inputs("B01"))
    assert {tag.split()[1][:3] for tag in tags(letter)} == {"B01"}
    assert not [bidder.name for code, bidder in ex.BIDDERS.items() if code != "B01" and bidder.name in words(letter)]


@pytest.mark.parametrize("bid", [bid for bid, kind in KINDS.items() if not kind.is_summary])
def test_compose_gives_a_notice_without_scores_or_the_winner(bid: str) -> None:
    letter = compose(ex.inputs(bid))
    assert "Moorland Voices" not in words(letter)
    assert not [block for held in letter.body for block in held.blocks if isinstance(block, Table)]
    assert "{" not in words(letter)


def test_compose_explains_the_condition_that_was_not_met() -> None:
    held = section(compose(ex.inputs("B04")), "The reason")
    assert tags(held) == {"reasons B04-C1", "evidence B04-C1"}


def test_compose_says_what_a_score_rests_on() -> None:
    held = section(compose(ex.inputs("B02")), "Your scores explained").blocks[1]
    assert isinstance(held, Explanation)

    assert held.paragraphs[1] == Paragraph(
        "Evidence: Method statement, page 4: “[evidence B02-1.1] Two workers run the drop-in sessions in six villages.”",
        Tone.ASIDE,
    )


def test_compose_cuts_long_passages_and_names_whole_pages() -> None:
    piece = ex.evidence("B02", "1.1")
    pieces = (
        replace(piece, exact="Word by word. " * 40 + "End", label="iv"),
        replace(piece, exact="", start=0, end=0, page=9),
        replace(piece, exact="No pages here.", page=0),
    )
    letter = compose(ex.inputs("B02", moderated=without(ex.moderated("B02"), "1.1", evidence=pieces)))

    held = section(letter, "Your scores explained").blocks[1]
    assert isinstance(held, Explanation)
    assert held.paragraphs[1].text.splitlines() == [
        f"Evidence: Method statement, page 4 (numbered iv): “{('Word by word. ' * 14).strip()}…”",
        "Method statement, page 9",
        "Method statement: “No pages here.”",
    ]


def test_compose_says_nothing_of_evidence_where_none_was_cited() -> None:
    bare = tuple(replace(held, evidence=()) for held in ex.moderated("B02"))
    assert "Evidence:" not in words(compose(ex.inputs("B02", moderated=bare)))


def test_blocked_names_evidence_from_elsewhere() -> None:
    strange = without(ex.moderated("B02"), "1.2", evidence=(ex.evidence("B01", "1.2"),))
    why = (
        "The evidence for 1.2 Young people decide comes from a document that is neither this bid's nor the tender's.",
    )
    assert blocked(ex.inputs("B02", moderated=strange)) == why

    failed = without(ex.moderated("B04"), "C1", evidence=(ex.evidence("B01", "C1"),))
    assert len(blocked(ex.inputs("B04", moderated=failed))) == 1


def test_inputs_refuse_a_document_of_another_bidder() -> None:
    with pytest.raises(ValueError, match="a document of another bidder"):
        ex.inputs("B02", documents=(ex.document("B01"),))


def test_compose_sets_improvements_apart_and_leaves_no_empty_annex() -> None:
    letter = compose(ex.inputs("B02"))
    assert not [tag for tag in tags(letter.body) if tag.startswith("improvements")]
    none = tuple(replace(held, improvements=" ") for held in ex.moderated("B02"))
    assert compose(ex.inputs("B02", moderated=none)).annex == ()


def test_compose_uses_disclosable_reasons_of_the_winner_and_says_what_is_withheld() -> None:
    lines = without(ex.moderated("B01"), "1.1", disclosable_reasons="What may be told.", withheld_why="A trade secret.")
    letter = compose(ex.inputs("B02", winners=lines))
    assert "reasons B01-1.1" not in tags(letter)
    explained = section(letter, "The most advantageous tender").blocks[2]
    assert isinstance(explained, Explanation)
    assert [paragraph.text for paragraph in explained.paragraphs] == [
        "What may be told.",
        "Part of this explanation is withheld:",
        "A trade secret.",
    ]


def test_compose_never_prints_withheld_reasons_for_want_of_others() -> None:
    lines = without(ex.moderated("B01"), "1.1", withheld_why="A trade secret.")
    letter = compose(ex.inputs("B02", winners=lines))
    assert "reasons B01-1.1" not in tags(letter)
    assert "A trade secret." in words(letter)


def test_compose_gives_each_of_several_winners() -> None:
    lot = replace(ex.LOT, awards=2)
    bids = tuple(bid for bid in ex.BIDS if bid.bid in ("B01", "B02", "B03", "B08"))
    scores = {**ex.SCORES, "B03": {**ex.SCORES["B03"], "1.2": 2}}
    prices = {**ex.PRICES, "B03": "400000"}
    result = ex.lot_result(bids, lot=lot, scores=scores, prices=prices)
    own = without(ex.moderated("B03"), "1.2", value=Decimal(2))
    letter = compose(
        ex.inputs("B03", lot=lot, result=result, moderated=own, winners=ex.moderated("B01") + ex.moderated("B02"))
    )
    assert letter.kind is LetterKind.UNSUCCESSFUL
    headings = [held.heading for held in letter.body]
    assert headings[4:7] == [
        "Your price",
        "The most advantageous tender: Moorland Voices",
        "The most advantageous tender: Coastline Youth Partnership",
    ]
    assert "400,000" in words(letter)
    assert "120,000" not in words(letter)


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("address", "The postal address of Coastline Youth Partnership is missing (regulation 31, item b)."),
        ("email", "The e-mail address of Coastline Youth Partnership is missing (regulation 31, item b)."),
        ("identifier", "The unique identifier of Coastline Youth Partnership is missing (regulation 31, item c)."),
    ],
)
def test_blocked_names_what_is_missing_of_the_supplier(field: str, sentence: str) -> None:
    bidder = replace(ex.BIDDERS[BidderCode("B02")], **{field: " "})  # type: ignore[arg-type]  # each field named above is a text
    inputs = ex.inputs("B02", bidder=bidder, members=())
    assert blocked(inputs) == (sentence,)
    with pytest.raises(LetterBlocked, match=re.escape(sentence)):
        compose(inputs)


@pytest.mark.parametrize("code", ["1.1", "2.2"])
@pytest.mark.parametrize("bid", ["B01", "B02", "B03"])
def test_blocked_names_an_empty_explanation(bid: str, code: str) -> None:
    lines = without(ex.moderated(bid), code, reasons=" \n")
    title = {"1.1": "1.1 Hearing every child", "2.2": "2.2 Links with schools"}[code]
    assert blocked(ex.inputs(bid, moderated=lines)) == (f"The explanation for {title} is empty.",)


def test_blocked_names_the_winners_empty_explanation() -> None:
    lines = without(ex.moderated("B01"), "2.1", reasons="")
    assert blocked(ex.inputs("B02", winners=lines)) == (
        "The explanation for 2.1 Staff and volunteers of the tender of Moorland Voices is empty.",
    )
    assert blocked(ex.inputs("B05", winners=())) == ()


def test_blocked_names_a_score_that_is_not_the_moderated_one() -> None:
    lines = without(ex.moderated("B02"), "1.1", value=Decimal(5))
    assert blocked(ex.inputs("B02", moderated=lines)) == (
        "The score for 1.1 Hearing every child in the outcome is not the moderated one: work out the outcome again.",
    )


def test_blocked_names_an_open_tie() -> None:
    scores = {**ex.SCORES, "B02": ex.SCORES["B01"]}
    tender = replace(ex.TENDER, tie_rule="")
    result = ex.lot_result(tender=tender, scores=scores, prices={**ex.PRICES, "B02": ex.PRICES["B01"]})
    own = tuple(replace(held, value=ex.moderated("B01")[at].value) for at, held in enumerate(ex.moderated("B02")))
    assert result.winners == ()
    assert blocked(ex.inputs("B02", tender=tender, result=result, moderated=own, winners=())) == (result.tie,)


def test_blocked_names_the_missing_reason_of_a_notice() -> None:
    bid = replace(next(held for held in ex.BIDS if held.bid == "B07"), reason="")
    result = ex.lot_result(tuple(bid if held.bid == "B07" else held for held in ex.BIDS))
    assert blocked(ex.inputs("B07", bid=bid, result=result)) == ("The reason why the bid was not assessed is empty.",)
    lines = without(ex.moderated("B04"), "C1", reasons="")
    assert blocked(ex.inputs("B04", moderated=lines)) == ("The explanation for C1 Safeguarding policy is empty.",)


def test_blocked_asks_for_somewhere_to_send_a_notice() -> None:
    bidder = replace(ex.BIDDERS[BidderCode("B05")], address="", email="", identifier="")
    assert blocked(ex.inputs("B05", bidder=bidder)) == (
        "Northern Lights Play has neither a postal nor an e-mail address.",
    )
    assert blocked(ex.inputs("B05", bidder=replace(bidder, email="bids@b05.example"))) == ()


@pytest.mark.parametrize("change", [{"moderated": ex.moderated("B03")}, {"winners": ex.moderated("B03")}])
def test_inputs_refuse_the_lines_of_another_bid(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="moderated lines of"):
        ex.inputs("B02", **change)


def test_compose_states_no_end_of_standstill() -> None:
    for code, sentence in (
        ("pa2023", "cannot say on which day it ends"),
        ("pa2023-light-touch", "does not require a standstill"),
    ):
        letter = compose(ex.inputs("B02", regime=ex.regime(code)))
        assert sentence in words(letter.opening)


def test_compose_takes_braces_in_names_for_what_they_are() -> None:
    bidder = replace(ex.BIDDERS[BidderCode("B05")], name="{winner} & {standstill[0]}")
    assert compose(ex.inputs("B05", bidder=bidder)).salutation == "Dear {winner} & {standstill[0]},"


def test_inputs_have_no_place_for_working_notes() -> None:
    assert not {field.name for field in fields(LetterInputs)} & {"scores", "sheets", "panel", "working_notes"}
