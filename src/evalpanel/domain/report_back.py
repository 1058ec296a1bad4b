"""What a representative of a TSO may tell those who sent them: what the panel did, in numbers and plain words.

Nobody is named but the published winner, and no score of anybody stands in it. It is held until standstill has ended.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from evalpanel.domain.criteria import CriterionKind, leaves
from evalpanel.domain.evaluation import Evaluation
from evalpanel.domain.letter import Facts, Items, Paragraph, Section
from evalpanel.domain.people import MemberKind, PanelMember, Role
from evalpanel.domain.signing import in_words

_KINDS = {
    MemberKind.COMMISSIONER: ("commissioner", "commissioners"),
    MemberKind.TSO: ("representative of third sector organisations", "representatives of third sector organisations"),
    MemberKind.YOUNG: ("young evaluator", "young evaluators"),
    MemberKind.USER: ("service user or carer", "service users or carers"),
    MemberKind.SPECIALIST: ("specialist", "specialists"),
    MemberKind.FINANCE: ("finance evaluator", "finance evaluators"),
    None: ("other member", "other members"),
}


@dataclass(frozen=True, slots=True)
class ReportBack:
    """The sheet, before it is laid out."""

    title: str
    reference: str
    authority: str
    facts: Facts
    sections: tuple[Section, ...]
    language: str = "en-GB"


def report_back(held: Evaluation, member: PanelMember) -> ReportBack:
    """The sheet for one person. It holds counts, published words, and the published winner of each lot."""
    tender = held.pack.tender
    assert tender is not None, "a tender that is loaded has its terms"
    facts = Facts(
        (
            ("Tender", tender.title),
            ("Reference", tender.reference),
            ("For", "a member of the panel, to share with those who sent them"),
        )
    )
    return ReportBack(
        "What the panel did",
        tender.reference,
        tender.authority,
        facts,
        (
            Section("Who sat on the panel", _panel(held)),
            Section("What we looked for", _criteria(held)),
            Section("How we worked", _work(held, member)),
            Section("What came of it", _outcome(held)),
            Section("What stays confidential", _confidential()),
        ),
    )


def _many(count: int, one: str, several: str) -> str:
    return f"1 {one}" if count == 1 else f"{count} {several}"


def _panel(held: Evaluation) -> tuple[Paragraph | Items, ...]:
    kinds = Counter(one.kind for one in held.pack.panel if one.has(Role.PANEL_MEMBER))
    total = sum(kinds.values())
    return (
        Paragraph(f"{_many(total, 'person', 'people')} scored the bids:"),
        Items(tuple(_many(many, *_KINDS[kind]) for kind, many in kinds.items())),
    )


def _criteria(held: Evaluation) -> tuple[Paragraph | Items, ...]:
    asked = [one for one in leaves(held.pack.criteria) if one.kind is CriterionKind.QUALITY]
    parts: list[Paragraph | Items] = []
    if held.pack.outcomes:
        parts += [
            Paragraph("The service is bought for these outcomes:"),
            Items(tuple(one.title for one in held.pack.outcomes)),
        ]
    parts += [
        Paragraph("Every bid was scored on the criteria that were published before any bid was opened:"),
        Items(tuple(one.title for one in asked)),
    ]
    return tuple(parts)


def _work(held: Evaluation, member: PanelMember) -> tuple[Paragraph, ...]:
    bids = sum(1 for bid in held.pack.bids if bid.status.is_scored)
    lots = f" in {len(held.pack.lots)} lots" if len(held.pack.lots) > 1 else ""
    mine = len(held.sheets.get(member.person, {}))
    found = sum(len(own) for own in held.register.interests.values())
    interests = (
        "Nobody on the panel had an interest in a bidder."
        if not found
        else f"{_many(found, 'interest', 'interests')} in a bidder came up. Whoever has one scores no bid of that lot, unless it is "
        "decided otherwise and recorded with the reasons."
    )
    return (
        Paragraph(
            f"The panel read {_many(bids, 'bid', 'bids')}{lots}. Everybody declared their interests first, scored alone, and gave a "
            f"reason for every score. You gave {_many(mine, 'score', 'scores')}."
        ),
        Paragraph(
            f"Then the panel met and agreed {_many(len(held.moderated), 'score', 'scores')} with reasons. Nothing was averaged. "
            "Prices stayed sealed until these scores were locked."
        ),
        Paragraph(interests),
    )


def _outcome(held: Evaluation) -> tuple[Paragraph, ...]:
    told = []
    for award in held.awards:
        lot = next(one for one in held.pack.lots if one.lot == award.lot)
        if award.abandoned:
            told.append(Paragraph(f"Lot {lot.lot}, {lot.title}, was not awarded."))
        elif award.bids:
            winners = " and ".join(held.bidder(award.lot, bid) for bid in award.bids)
            told.append(Paragraph(f"Lot {lot.lot}, {lot.title}, was awarded to {winners}."))
    if held.notice is not None:
        told.append(Paragraph(f"The award was published on {in_words(held.notice.published)}."))
    told.append(
        Paragraph(
            "Every bidder was told its result, with reasons, and what could be improved. Others can ask the authority."
        )
    )
    return tuple(told)


def _confidential() -> tuple[Paragraph, ...]:
    return (
        Paragraph(
            "This sheet may be shared. Who else bid, what anybody scored, what was said in the room, what bids and prices hold, and "
            "who on the panel thought what stay confidential, also from those who sent you."
        ),
    )
