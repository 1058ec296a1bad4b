"""Tender packs of any content for Hypothesis: what the types allow and cells can hold, sound or not."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from evalpanel.domain import criteria, people, scales, tender
from evalpanel.domain.intake import TenderPack
from evalpanel.formats.cells import CellError, checked_code, cleaned


def is_text(value: str) -> bool:
    """Whether a text is one that a reading gives: trimmed, composed, without control characters."""
    try:
        return cleaned(value) == value
    except CellError:
        return False


def is_code(value: str) -> bool:
    """Whether a text is a code."""
    try:
        return checked_code(value) == value
    except CellError:
        return False


signs = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
tricky = st.sampled_from(
    [
        "=1+1",
        "+44 1",
        "-5",
        "@x",
        "'quoted",
        "_x0041_",
        "a_x005F_b",
        "1.10",
        "007",
        "TRUE",
        "#x",
        "2026-09-18",
        "50%",
        "½ – “é”",
    ]
)
lines = st.one_of(
    tricky, st.text(signs, max_size=12).map(lambda text: " ".join(unicodedata.normalize("NFC", text).split()))
)
names = lines.filter(lambda text: is_text(text) and text != "")
texts = st.one_of(st.just(""), st.lists(lines, max_size=3).map("\n".join)).filter(is_text)
optional_lines = st.one_of(st.just(""), names)
codes = st.one_of(
    st.sampled_from(["1", "1.1", "1.10", "B01", "007", "Ä-2", "критерій", "1e5"]),
    st.text(signs, min_size=1, max_size=6).map(lambda text: unicodedata.normalize("NFC", text)),
).filter(lambda text: is_code(text) and text not in ("all", "none", "ALL", "None", "All", "NONE"))
numbers = st.decimals(Decimal(-10) ** 12, Decimal(10) ** 12, places=4, allow_nan=False)
percentages = st.decimals(0, 100, places=3, allow_nan=False)
moments = st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001  # zone follows
    lambda moment: moment.replace(microsecond=0)
)
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """None or a value."""
    return st.one_of(st.none(), strategy)


def some(strategy: st.SearchStrategy[object], least: int = 0) -> st.SearchStrategy[tuple[object, ...]]:
    """A few different values."""
    return st.lists(strategy, unique=True, min_size=least, max_size=3).map(tuple)


names_in_lists = names.filter(lambda name: ";" not in name and name.strip(", ") != "")
tenders = st.builds(
    tender.Tender,
    reference=names,
    title=names,
    authority=names,
    regime=st.sampled_from(tender.RegimeCode),
    quality_weighting=percentages,
    price_weighting=percentages,
    price_formula=maybe(st.sampled_from(tender.PriceFormula)),
    procedure=optional_lines,
    deadline=maybe(moments),
    notice_id=optional_lines,
    quorum=maybe(st.integers(1, 1000)),
    no_consensus=texts,
    section_weightings=st.sampled_from(tender.SectionWeightings),
    price_lower=maybe(numbers),
    budget=maybe(numbers),
    currency=st.sampled_from(["GBP", "EUR"]),
    rounding=st.sampled_from(tender.Rounding),
    places=st.integers(0, 6),
    blind=st.booleans(),
    compare_bids=st.booleans(),
    term_months=maybe(st.integers(1, 1200)),
)
lots = st.builds(
    tender.Lot,
    lot=codes,
    title=names,
    value=maybe(numbers),
    authorities=some(names_in_lists),
    awards=maybe(st.integers(1, 1000)),
    budget_basis=st.sampled_from(["", "term", "year"]),
    quality_weighting=maybe(percentages),
    price_formula=maybe(st.sampled_from(tender.PriceFormula)),
)
criterion_values = st.builds(
    criteria.Criterion,
    criterion=codes,
    title=names,
    kind=st.sampled_from(criteria.CriterionKind),
    parent=maybe(codes),
    lots=some(codes),
    stage=optional_lines,
    evidence=st.sampled_from(["written", "visit"]),
    limit=optional_lines,
    weighting=maybe(percentages),
    scale=maybe(codes),
    minimum=maybe(numbers),
    outcome=maybe(codes),
    guidance=texts,
    members=st.sampled_from(criteria.MembersEvidence),
)
levels = st.builds(scales.Level, value=numbers, name=names, descriptor=texts)
scale_values = st.builds(
    scales.Scale,
    scale=codes,
    levels=st.lists(levels, min_size=1, max_size=4, unique_by=lambda level: level.value).map(
        lambda held: tuple(sorted(held, key=lambda level: level.value))
    ),
)
bidders = st.builds(
    tender.Bidder,
    bidder=codes,
    name=names,
    kind=st.sampled_from(tender.BidderKind),
    scheme=optional_lines,
    identifier=optional_lines,
    address=texts,
    email=optional_lines,
    sme=maybe(st.booleans()),
    value_driven=maybe(st.booleans()),
)
bids = st.builds(
    tender.Bid,
    bid=codes,
    bidder=codes,
    lot=codes,
    variant_of=maybe(codes),
    received=maybe(moments),
    status=st.sampled_from(tender.BidStatus),
    reason=texts,
    decided_by=optional_lines,
)
prices = st.builds(
    tender.PriceLine,
    bidder=codes,
    lot=codes,
    kind=st.sampled_from(tender.PriceKind),
    item=names,
    amount=numbers,
    year=optional_lines,
    quantity=maybe(numbers),
    unit_price=maybe(numbers),
)
people_values = st.builds(
    people.PanelMember,
    person=codes,
    name=names,
    roles=some(st.sampled_from(people.Role), least=1),
    since=maybe(days),
    until=maybe(days),
    replaces=maybe(codes),
    kind=maybe(st.sampled_from(people.MemberKind)),
    organisation=optional_lines,
    declared=maybe(days),
    criteria=maybe(some(codes)),
)
documents = st.builds(
    tender.DocumentEntry,
    path=names,
    bidder=maybe(codes),
    lot=maybe(codes),
    criterion=maybe(codes),
    envelope=st.sampled_from(tender.OF_DOCUMENTS),
    title=optional_lines,
)
clarifications = st.builds(
    tender.Clarification,
    number=codes,
    question=names,
    bidder=maybe(codes),
    asked=maybe(days),
    answer=texts,
    scored=st.booleans(),
)
packs = st.builds(
    TenderPack,
    tender=maybe(tenders),
    authorities=some(st.builds(tender.Authority, names, st.sampled_from(["lead", "joint"]), decided_on=maybe(days))),
    lots=some(lots, least=1),
    stages=some(st.builds(tender.Stage, names, maybe(st.integers(1, 9)), st.sampled_from(["", "raw"]), maybe(numbers))),
    outcomes=some(st.builds(criteria.Outcome, codes, names, texts, texts)),
    criteria=some(criterion_values),
    scales=st.lists(scale_values, max_size=2, unique_by=lambda scale: scale.scale).map(tuple),
    bidders=some(bidders),
    members=some(st.builds(tender.ConsortiumMember, codes, names, st.sampled_from(tender.MemberRole))),
    bids=some(bids),
    prices=some(prices),
    clarifications=some(clarifications),
    panel=some(people_values),
    documents=some(documents),
).map(lambda pack: pack.with_documents(pack.documents))
