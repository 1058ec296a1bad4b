"""The conflicts assessment of a tender as a document: who declared what, what was decided, by whom and why.

Procurement Act 2023 s. 83 asks an authority to prepare a conflicts assessment, keep it under review and confirm it; PCR
2015 reg. 24 asks for measures against conflicts. It is built from the record alone. Words about somebody's family stay
out, and people who must not be named outside the panel stand in it by their codes; the document says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import (
    Affirmation,
    Decision,
    DecisionOutcome,
    Declaration,
    Interest,
    InterestKind,
    Organisation,
    Recusal,
    organisations,
    recusals,
    unanswered,
)
from evalpanel.domain.letter import Column, Facts, Paragraph, Row, Section, Table, Tone
from evalpanel.domain.matching import number_words
from evalpanel.domain.people import MemberKind, PanelMember
from evalpanel.domain.tender import MemberRole, PersonCode, RegimeCode

KIND_WORDS = {
    InterestKind.EMPLOYMENT: "employment or paid work",
    InterestKind.OFFICE: "trustee, director or other office",
    InterestKind.FINANCIAL: "financial interest",
    InterestKind.FAMILY: "family or close personal tie",
    InterestKind.FORMER: "former tie",
    InterestKind.MEMBER: "member, volunteer or user of its services",
    InterestKind.OTHER: "other interest",
}
OUTCOME_WORDS = {
    DecisionOutcome.CLEAR: "No conflict",
    DecisionOutcome.MANAGED: "Managed",
    DecisionOutcome.RECUSED: "Recused",
}
PART_WORDS = {
    None: "bidder",
    MemberRole.LEAD: "lead of the consortium",
    MemberRole.MEMBER: "consortium member",
    MemberRole.SUBCONTRACTOR: "sub-contractor",
}
_NAMELESS = {MemberKind.YOUNG: "young evaluator", MemberKind.USER: "service user or carer"}
_UK = ZoneInfo("Europe/London")
_LAW = {
    RegimeCode.PCR2015: "regulation 24 of the Public Contracts Regulations 2015",
    RegimeCode.PSR: "the rules of the Provider Selection Regime 2023 on conflicts of interests",
    RegimeCode.GRANT: "the authority’s own rules on conflicts of interest",
}
_ACT = "sections 81 to 83 of the Procurement Act 2023"


@dataclass(frozen=True, slots=True)
class ConflictsAssessment:
    """The document, before it is laid out."""

    title: str
    reference: str
    authority: str
    facts: Facts
    sections: tuple[Section, ...]
    language: str = "en-GB"


@dataclass(frozen=True, slots=True)
class Register:
    """What the document is built from: the declarations, the interests with their decisions, and who affirmed."""

    pack: TenderPack
    declarations: Sequence[Declaration]
    interests: Mapping[PersonCode, Sequence[Interest]]
    affirmations: Mapping[PersonCode, Affirmation]


def assessment(held: Register, *, made_at: datetime, confirmed_by: str) -> ConflictsAssessment:
    """The conflicts assessment as it stands. `confirmed_by` says who confirms it by having it made."""
    tender = held.pack.tender
    assert tender is not None, "a tender that is loaded has its terms"
    day = _day(made_at)
    facts = Facts(
        (
            ("Reference", tender.reference),
            ("Tender", tender.title),
            ("Made on", day),
            ("Confirmed by", f"{confirmed_by}, on {day}"),
        )
    )
    undecided = [one for own in held.interests.values() for one in own if one.decision is None]
    return ConflictsAssessment(
        "Conflicts assessment",
        tender.reference,
        tender.authority,
        facts,
        (
            Section("What this is", _about(tender.regime, undecided)),
            Section("Who was asked, and when", (_people(held),)),
            Section("Interests and what was decided", _interests(held)),
            Section("Organisations that everybody was asked about", (_organisations(held),)),
            Section("What is left out", _left_out(held)),
        ),
    )


def name_of(member: PanelMember) -> str:
    """A person as the document names them: by code alone where they may not be named outside the panel."""
    hidden = _NAMELESS.get(member.kind) if member.kind is not None else None
    return f"{member.person} ({hidden})" if hidden else f"{member.person} {member.name}".strip()


def scope_words(kept_out: Sequence[Recusal]) -> str:
    """What somebody is kept out of, in words."""
    return "; ".join(one.what for one in kept_out) or "nothing"


def _about(regime: RegimeCode, undecided: Sequence[Interest]) -> tuple[Paragraph, ...]:
    law = _LAW.get(regime, _ACT)
    told = [
        Paragraph(
            f"This assessment is kept under {law}. It is made from the record of the evaluation: what everybody who "
            "takes part declared about each bidder, consortium member and sub-contractor, what was decided about each "
            "interest, the measures taken, and who affirmed their declaration again when moderation came."
        ),
        Paragraph(
            "An interest in one bidder keeps a person out of every bid of the lot, because they would otherwise mark its "
            "rivals. Only a recorded decision with its reason makes that narrower."
        ),
    ]
    if undecided:
        many = "1 interest is" if len(undecided) == 1 else f"{len(undecided)} interests are"
        told.insert(0, Paragraph(f"{many} not decided yet. Until then the person is recused from the lot.", Tone.LEAD))
    return tuple(told)


def _people(held: Register) -> Table:
    asked = organisations(held.pack.bidders, held.pack.members)
    rows = []
    for member in held.pack.panel:
        own = [line for line in held.declarations if line.person == member.person]
        interests = held.interests.get(member.person, ())
        rows.append(
            Row(
                (
                    name_of(member),
                    ", ".join(role.value.replace("-", " ") for role in member.roles),
                    _declared(own, asked),
                    str(len(interests)) if interests else "None",
                    _affirmed(held.affirmations.get(member.person)),
                )
            )
        )
    columns = (
        Column("Person", 24),
        Column("Role", 18),
        Column("Declared", 20),
        Column("Interests", 13),
        Column("Affirmed for moderation", 25),
    )
    return Table("Who was asked, and when", columns, tuple(rows))


def _declared(own: Sequence[Declaration], asked: Sequence[Organisation]) -> str:
    if not own:
        return "Not declared yet"
    days = dict.fromkeys(f"on paper, {_in_words(one.on_paper)}" if one.on_paper else _day(one.at) for one in own)
    missing = unanswered(own, asked)
    later = f"; not yet about {len(missing)} that came later" if missing else ""
    return "; ".join(days) + later


def _affirmed(one: Affirmation | None) -> str:
    if one is None:
        return "Not yet"
    if one.why_not:
        return f"Missing: {one.why_not}"
    return _day(one.at) + (f", written down by {one.taken_by}" if one.taken_by != one.person else "")


def _interests(held: Register) -> tuple[Paragraph | Facts, ...]:
    people = {one.person: one for one in held.pack.panel}
    blocks: list[Paragraph | Facts] = []
    for person, own in held.interests.items():
        for one in own:
            blocks.append(Paragraph(f"{name_of(people[person])}: {_bidder(held.pack, one)}", Tone.LABEL))
            blocks.append(Facts(_facts(held, one)))
    return tuple(blocks) or (Paragraph("Nobody has an interest in anybody who takes part."),)


def _bidder(pack: TenderPack, one: Interest) -> str:
    name = next((bidder.name for bidder in pack.bidders if bidder.bidder == one.bidder), "")
    return f"{one.bidder} {name}".strip()


def _facts(held: Register, one: Interest) -> tuple[tuple[str, str], ...]:
    rows = [("Declared", _line(held.pack, line)) for line in one.declared]
    if one.matched:
        rows.append(("Found by the program", f"{one.matched}."))
    if one.decision is None:
        rows.append(("Decision", "Not decided yet."))
    else:
        rows += _decision(one.decision)
    rows.append(("Kept out of", scope_words(recusals((one,), held.pack.bids))))
    return tuple(rows)


def _line(pack: TenderPack, line: Declaration) -> str:
    kind = KIND_WORDS[line.kind] if line.kind is not None else "interest"
    about = "The words are kept in the record." if line.kind is not None and line.kind.is_private else line.about
    part = next((one for one in organisations(pack.bidders, pack.members) if one.key == line.organisation), None)
    where = f" in {part.name} ({PART_WORDS[part.role]})" if part is not None and part.role is not None else ""
    return f"{_day(line.at)}: {kind}{where}. {about}".strip()


def _decision(held: Decision) -> list[tuple[str, str]]:
    rows = [
        ("Decision", f"{OUTCOME_WORDS[held.outcome]}. Decided by {held.decided_by}, recorded on {_day(held.at)}."),
        ("Why", held.why),
    ]
    return [*rows, ("Measure", held.measure)] if held.measure else rows


def _organisations(held: Register) -> Table:
    rows = tuple(
        Row(
            (one.name, number_words(one) or "–", f"{PART_WORDS[one.role]}, {one.bidder}"),
            depth=0 if one.role is None else 1,
        )
        for one in organisations(held.pack.bidders, held.pack.members)
    )
    columns = (Column("Organisation", 44), Column("Number", 22), Column("Takes part as", 34))
    return Table("Organisations", columns, rows)


def _left_out(held: Register) -> tuple[Paragraph, ...]:
    private = sum(
        1
        for own in held.interests.values()
        for one in own
        for line in one.declared
        if line.kind is not None and line.kind.is_private
    )
    nameless = sum(1 for one in held.pack.panel if one.kind in _NAMELESS)
    told = []
    if private:
        many = "1 interest is" if private == 1 else f"{private} interests are"
        told.append(
            f"{many} about family or another close personal tie. That there is one, what was decided and why stand here; "
            "the person’s own words about it are kept in the record and are not repeated."
        )
    if nameless:
        told.append(
            "1 person is on the panel as a young evaluator, service user or carer, and stands here by code. The record holds the name."
            if nameless == 1
            else f"{nameless} people are on the panel as young evaluators, service users or carers, and stand here by code. The record "
            "holds the names."
        )
    return tuple(Paragraph(text) for text in told) or (Paragraph("Nothing that was declared is left out."),)


def _day(moment: datetime) -> str:
    return _in_words(moment.astimezone(_UK).date())


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
