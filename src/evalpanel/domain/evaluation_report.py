"""The evaluation report: what was decided, by whom, on what, and why, in the order in which an auditor or a judge asks.

It is made from the record alone and adds nothing. Procurement Act 2023 s. 98, PCR 2015 reg. 84 and the Provider Selection
Regime Regulations 2023 reg. 24 say what it must hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from evalpanel.domain.evaluation import NAMELESS, Evaluation
from evalpanel.domain.evaluation_report_parts import after_award, assessed, decision, how, in_short, outcome, who
from evalpanel.domain.letter import Facts, Items, Paragraph, Section, Signatory, Tone
from evalpanel.domain.signing import in_words
from evalpanel.domain.tender import RegimeCode

_UK = ZoneInfo("Europe/London")
_LAW = {
    RegimeCode.PCR2015: "regulation 84 of the Public Contracts Regulations 2015",
    RegimeCode.PSR: "regulation 24 of the Health Care Services (Provider Selection Regime) Regulations 2023",
    RegimeCode.GRANT: "the authority’s own rules",
}
_ACT = "section 98 of the Procurement Act 2023"


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The report, before it is laid out. The last section ends with the signature."""

    title: str
    reference: str
    authority: str
    facts: Facts
    sections: tuple[Section, ...]
    signatory: Signatory
    language: str = "en-GB"


@dataclass(frozen=True, slots=True)
class ReasonsApart:
    """The workbook inside the report that holds the reasons of every line: its name in it, and its SHA-256."""

    name: str
    sha256: str


def evaluation_report(
    held: Evaluation, *, made_at: datetime, signs: Signatory, apart: ReasonsApart | None = None
) -> EvaluationReport:
    """The evaluation report as the record stands: the reasons of every line in it, or `apart`, in a workbook inside it.

    Then the bids that the contract goes to are told in full, and all bids with their agreed scores.
    """
    tender = held.pack.tender
    assert tender is not None, "a tender that is loaded has its terms"
    today = made_at.astimezone(_UK).date()
    general = tuple(_general(held, today))
    bids = tuple(assessed.sections(held)) if apart is None else tuple(_in_short(held, apart))
    facts = Facts(
        (
            ("Reference", tender.reference),
            ("Tender", tender.title),
            ("Procedure", tender.procedure or "not stated"),
            ("Law", held.regime.name),
            ("Made on", in_words(today)),
        )
    )
    many = (
        f"How each of the {len(bids)} bids was assessed, a section each"
        if len(bids) > 1
        else "How the bid was assessed"
    )
    told = ((many,) if bids else ()) if apart is None else tuple(one.heading for one in bids)
    contents = Section(
        "What is in it",
        (
            Items((*(one.heading for one in general), *told, "How to check it")),
            Paragraph("Every section and every criterion has a bookmark.", Tone.ASIDE),
        ),
    )
    return EvaluationReport(
        "Evaluation report",
        tender.reference,
        tender.authority,
        facts,
        (Section("What this is", _about(held, tender.regime)), contents, *general, *bids, _proof(held)),
        signs,
    )


def _general(held: Evaluation, today: date) -> Iterator[Section]:
    yield from decision.sections(held)
    yield from outcome.sections(held)
    yield from who.sections(held)
    yield from how.sections(held)
    yield from after_award.sections(held, today)


def _in_short(held: Evaluation, apart: ReasonsApart) -> Iterator[Section]:
    to = {(one.lot, bid) for one in held.awards for bid in one.bids}
    yield Section(
        "How bids were assessed, and where the reasons are",
        (
            Paragraph(
                f"The panel agreed on {len(held.moderated):,} lines (a bid and a criterion). Their reasons would fill thousands of "
                f"pages, so they stand in a workbook inside this file, {apart.name}, in which each is found by lot, bid and criterion: "
                "the agreed score, the reasons, why it is not higher, how differences were settled, any dissent, and how far apart "
                "individual scores were."
            ),
            Paragraph("A PDF reader shows it in its list of attachments. The signature on this report covers it too."),
            Facts((("SHA-256 of the workbook", apart.sha256),)),
            Paragraph(
                "Here the bids that the contract goes to are told in full, then all bids with every agreed score."
                if to
                else "Here all bids are told with every agreed score. No bid is told in full, since no award is decided yet."
            ),
        ),
    )
    yield from assessed.sections(held, to)
    yield from in_short.sections(held)


def _about(held: Evaluation, regime: RegimeCode) -> tuple[Paragraph, ...]:
    nameless = sum(1 for one in held.pack.panel if one.kind in NAMELESS)
    told = [
        Paragraph(
            f"This report is kept under {_LAW.get(regime, _ACT)}. It is made from the record of the evaluation, and says who "
            "decided what, on which criteria, with which scores and for which reasons. Nothing in it was written for it."
        ),
        Paragraph(
            "Every agreed score is a level of the published scale that people agreed on, with their reasons. No mean and no "
            "median enters a result. No report on agreement among the panel and no sensitivity analysis was made: this tender "
            "did not ask for them."
        ),
    ]
    if nameless:
        told.append(
            Paragraph(
                "1 person is on the panel as a young evaluator, service user or carer, and stands here by code alone. The record holds the name."
                if nameless == 1
                else f"{nameless} people are on the panel as young evaluators, service users or carers, and stand here by code alone. "
                "The record holds the names."
            )
        )
    return tuple(told)


def _proof(held: Evaluation) -> Section:
    return Section(
        "How to check it",
        (
            Paragraph(
                f"The record holds {held.acts} acts, each bound to the one before. The hash of the last is below: whoever holds "
                "it can tell whether anything before it was changed."
            ),
            Facts((("Head of the trail", held.head),)),
            Paragraph(
                "The signature on this report covers all of it. Any PDF reader shows whether it was changed since.",
                Tone.ASIDE,
            ),
        ),
    )
