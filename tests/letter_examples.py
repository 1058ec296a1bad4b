"""A small tender with a bid for every kind of letter, for tests of letters: values only, one lot, F1, 60/40."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.evidence import Evidence, Source
from evalpanel.domain.feedback import LetterInputs, Signatory
from evalpanel.domain.letter_wording import LetterWording, parse_wording
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.regimes import Regime, parse
from evalpanel.domain.results import LotResult
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.scoring import evaluate
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import (
    Bid,
    BidCode,
    Bidder,
    BidderCode,
    BidderKind,
    BidStatus,
    ConsortiumMember,
    CriterionCode,
    Lot,
    LotCode,
    MemberRole,
    PriceFormula,
    RegimeCode,
    Rounding,
    ScaleCode,
    Tender,
)
from evalpanel.services.wordings import shipped
from evalpanel.system.resources import resource

MADE_AT = datetime(2026, 3, 9, 10, 30, tzinfo=UTC)
DAY = date(2026, 3, 9)
L1 = LotCode("L1")
SCALE = Scale(
    ScaleCode("S"),
    (
        Level(Decimal(0), "No answer", "Nothing that answers the question."),
        Level(Decimal(1), "Weak", "Little of what was asked, with large gaps."),
        Level(Decimal(2), "Partial", "Some of what was asked; what is missing matters."),
        Level(Decimal(3), "Sound", "All of what was asked, with gaps that do not matter much."),
        Level(Decimal(4), "Good", "All of what was asked, in detail and with evidence."),
        Level(
            Decimal(5), "Excellent", "All of what was asked, in detail, with evidence from people who use the service."
        ),
    ),
)
TENDER = Tender(
    reference="EX-2026-07",
    title="Participation service for children and young people",
    authority="Exbourne Children’s Trust",
    regime=RegimeCode.PA2023,
    quality_weighting=Decimal(60),
    price_weighting=Decimal(40),
    price_formula=PriceFormula.F1,
    notice_id="2026/S 000-000777",
    rounding=Rounding.ENVELOPE,
    tie_rule="highest quality, then lowest price",
    full_criteria_at="section 4 of the tender document, published with the tender notice",
)
LOT = Lot(L1, "Moor and coast")


def _criterion(code: str, title: str, **more: object) -> Criterion:
    return Criterion(CriterionCode(code), title, **more)  # type: ignore[arg-type]  # a short way to write the table below


CRITERIA = (
    _criterion("C", "Conditions", kind=CriterionKind.SECTION),
    _criterion("C1", "Safeguarding policy", kind=CriterionKind.CONDITION, parent="C", minimum=Decimal(1)),
    _criterion("1", "Voice and participation", kind=CriterionKind.SECTION, weighting=Decimal(60)),
    _criterion("1.1", "Hearing every child", parent="1", weighting=Decimal(50), scale="S"),
    _criterion("1.2", "Young people decide", parent="1", weighting=Decimal(50), scale="S", minimum=Decimal(2)),
    _criterion("2", "People and delivery", kind=CriterionKind.SECTION, weighting=Decimal(40)),
    _criterion("2.1", "Staff and volunteers", parent="2", weighting=Decimal(100), scale="S"),
    _criterion("2.2", "Links with schools", parent="2", kind=CriterionKind.CONSIDERATION),
)


def _bidder(code: str, name: str, kind: BidderKind = BidderKind.TSO) -> Bidder:
    number = f"0{int(code[1:]):07d}"
    return Bidder(
        BidderCode(code),
        name,
        kind,
        "GB-CHC",
        number,
        f"{code[1:]} Mill Lane, Exbourne, EX0 0{code[2]}A",
        f"bids@{code.lower()}.example",
    )


BIDDERS = {
    bidder.bidder: bidder
    for bidder in (
        _bidder("B01", "Moorland Voices"),
        _bidder("B02", "Coastline Youth Partnership", BidderKind.CONSORTIUM),
        _bidder("B03", "Tamar Young People’s Trust"),
        _bidder("B04", "Brightwater Learning Ltd", BidderKind.COMPANY),
        _bidder("B05", "Northern Lights Play"),
        _bidder("B06", "Harbour House"),
        _bidder("B07", "Two Rivers Mentoring"),
        _bidder("B08", "Council Youth Team", BidderKind.IN_HOUSE),
        _bidder("B09", "Sandpiper Projects"),
        _bidder("B10", "Old Quay Arts"),
    )
}
MEMBERS = (
    ConsortiumMember(BidderCode("B02"), "Coastline Youth CIC", MemberRole.LEAD, "GB-COH", "00012345"),
    ConsortiumMember(BidderCode("B02"), "Pebble Beach Advocacy", MemberRole.MEMBER, "GB-CHC", "0000999"),
)
_STATUS = {
    "B05": (
        BidStatus.LATE,
        "The tender arrived on 3 March 2026 at 12:07; the last time for tenders was 12:00 that day.",
    ),
    "B06": (BidStatus.WITHDRAWN, "Withdrawn by the bidder on 4 March 2026."),
    "B07": (BidStatus.EXCLUDED, "A director was convicted of fraud within the last five years."),
    "B08": (BidStatus.COMPARATOR, ""),
    "B09": (BidStatus.DISREGARDED, "The tender was sent for another procurement."),
    "B10": (BidStatus.NOT_SHORTLISTED, "The tender came fourth of the first stage, and three were shortlisted."),
}
BIDS = tuple(
    Bid(
        BidCode(code),
        code,
        L1,
        status=_STATUS.get(code, (BidStatus.VALID, ""))[0],
        reason=_STATUS.get(code, ("", ""))[1],
    )
    for code in BIDDERS
)
PRICES = {"B01": "96000", "B02": "120000", "B03": "80000", "B04": "70000", "B08": "50000"}
SCORES = {
    "B01": {"C1": 1, "1.1": 4, "1.2": 5, "2.1": 4},
    "B02": {"C1": 1, "1.1": 3, "1.2": 3, "2.1": 4},
    "B03": {"C1": 1, "1.1": 3, "1.2": 1, "2.1": 3},
    "B04": {"C1": 0, "1.1": 4, "1.2": 4, "2.1": 4},
    "B08": {"C1": 1, "1.1": 4, "1.2": 4, "2.1": 4},
}


def document(bid: str) -> Source:
    """The one document that a bid came with."""
    return Source(hashlib.sha256(bid.encode()).hexdigest(), f"bids/{bid}/m.pdf", "Method statement", BidderCode(bid))


def evidence(bid: str, code: str) -> Evidence:
    """A passage of a bid that the panel cited, with a word of its own; its note and what stands round it are nobody's."""
    held = document(bid)
    return Evidence(
        held.document,
        held.path,
        page=4,
        exact=f"[evidence {bid}-{code}] Two workers run the drop-in sessions in six villages.",
        prefix=f"[prefix {bid}-{code}]",
        suffix=f"[suffix {bid}-{code}]",
        start=1,
        end=70,
        note=f"[note {bid}-{code}]",
    )


def moderated(bid: str, codes: tuple[str, ...] = ("C1", "1.1", "1.2", "2.1", "2.2")) -> tuple[ModeratedScore, ...]:
    """The moderated lines of a scored bid, each field with a word of its own, so that a leak shows which one it was."""
    made = []
    for code in codes:
        value = SCORES[bid].get(code)
        tag = f"{bid}-{code}"
        made.append(
            ModeratedScore(
                Line(L1, BidCode(bid), CriterionCode(code)),
                None if value is None else Decimal(value),
                reasons=f"[reasons {tag}] The response describes drop-in sessions in six villages and names the two "
                "workers who run them (pages 4 and 5). It explains how children who do not speak up in a group are heard, "
                "with three examples from last year.",
                not_higher=f"[nothigher {tag}] It does not say how what children said changed a decision.",
                differences=f"[differences {tag}]",
                improvements=f"[improvements {tag}] Show one change that came from a child’s idea, from first word to result.",
                present=(),
                dissent=f"[dissent {tag}]",
                evidence=(evidence(bid, code),),
            )
        )
    return tuple(made)


def lot_result(
    bids: tuple[Bid, ...] = BIDS,
    *,
    tender: Tender = TENDER,
    lot: Lot = LOT,
    criteria: tuple[Criterion, ...] = CRITERIA,
    scores: Mapping[str, Mapping[str, int]] = SCORES,
    prices: Mapping[str, str] = PRICES,
) -> LotResult:
    """The outcome, from the one function that makes outcomes."""
    levels = {
        Line(lot.lot, BidCode(bid), CriterionCode(code)): Decimal(value)
        for bid, held in scores.items()
        for code, value in held.items()
    }
    return evaluate(
        tender,
        lot,
        criteria,
        (SCALE,),
        bids,
        BIDDERS.values(),
        levels,
        {BidCode(bid): Decimal(price) for bid, price in prices.items()},
    )


def regime(code: str = "pa2023") -> Regime:
    """A regime as it travels with the program."""
    return parse(tomllib.loads(resource("regimes", f"{code}.toml").read_text("utf-8")))


def wording(name: str = "pa2023") -> LetterWording:
    """The sentences that travel with the program."""
    return parse_wording(shipped(name))


def inputs(bid: str, /, **more: object) -> LetterInputs:
    """What the letter for one bid is made of. `more` replaces fields."""
    result = lot_result()
    made = LetterInputs(
        tender=TENDER,
        lot=LOT,
        criteria=CRITERIA,
        scales=(SCALE,),
        bidder=BIDDERS[BidderCode(bid)],
        members=MEMBERS,
        bid=next(held for held in BIDS if held.bid == bid),
        result=result,
        moderated=moderated(bid) if bid in SCORES else (),
        winners=tuple(line for winner in result.winners for line in moderated(winner.bid)),
        regime=regime(),
        wording=wording(),
        signatory=Signatory("A. Officer", "Head of commissioning", "tenders@exbourne.example"),
        day=DAY,
        documents=(document(bid),),
    )
    return replace(made, **more)  # type: ignore[arg-type]  # each test names the fields that it replaces
