"""Declarations of interest: made by everyone before access, decided on by the officer, affirmed again at moderation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from evalpanel.domain.blind import is_blind
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import (
    Affirmation,
    Answer,
    Decision,
    DecisionOutcome,
    Declaration,
    Interest,
    Organisation,
    Recusal,
    Scope,
    decision_fault,
    interests_of,
    organisations,
    recusals,
    same_name,
)
from evalpanel.domain.listed import Match, is_listed
from evalpanel.domain.matching import Hint, hints, register_number
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.sheets import gaps, listed, owed_lines, scored_lines
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidderCode, CriterionCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import access, audit, interests, tenders
from evalpanel.services.interests import DeclaredLine
from evalpanel.services.room import sheets_are_in
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t

_SEES_ALL = (Role.OFFICER, Role.CHAIR)


def declare(workspace: Workspace, named: str, *, person: str, answers: Sequence[Answer] = ()) -> tuple[Recusal, ...]:
    """Record what `person` declares about every organisation of the tender, in one act: these interests, and none else.

    Gives what the person is now kept out of: every lot in which such a bidder bids, until a decision narrows it. A
    declaration is never taken back; a further one adds to it.
    """
    for answer in answers:
        if not answer.about.strip():
            raise EvalPanelError(
                "An interest needs a few words about it.",
                f"Nothing was recorded. Say what the interest in {answer.organisation} is.",
            )
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        member = tender.member(person)
        lines = [
            DeclaredLine(one, answer.kind, answer.about.strip())
            for answer in answers
            for one in _named(tender.pack, answer.organisation, listing=True)
        ]
        interests.record(tx, workspace, tender.tender_id, tender.pack, member.person, lines)
        tx.flush()
        return queries.recused(tx, tender.tender_id, tender.pack, member)


def alike(workspace: Workspace, named: str, text: str) -> tuple[Hint, ...]:
    """The organisations of the tender that `text` may mean: hints for a person, from which nothing follows."""
    with workspace.store.reading() as tx:
        pack = tenders.find(tx, named).pack
    return hints(text, organisations(pack.bidders, pack.members))


def made(workspace: Workspace, named: str, *, person: str | None = None) -> tuple[Declaration, ...]:
    """Every declaration of interest in the tender, oldest first, as `person` may see them. Changes nothing.

    What an interest is about, and of which kind it is, is told to the officer, to the chair, and to the person whose it
    is: it may be a private matter. Without a `person` the owner of the profile asks.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        tells = _tells(tender, person)
        return tuple(_told(one, tells) for one in queries.declarations(tx, tender.tender_id))


def register(workspace: Workspace, named: str, *, person: str | None = None) -> tuple[Interest, ...]:
    """Everybody's interests with what was decided about each, in the order of the panel, as `person` may see them."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        tells = _tells(tender, person)
        held = queries.interests(tx, tender.tender_id, tender.pack)
        return tuple(
            replace(one, declared=tuple(_told(line, tells) for line in one.declared))
            for own in held.values()
            for one in own
        )


def kept_out(workspace: Workspace, named: str, *, person: str) -> tuple[Recusal, ...]:
    """What a person is kept out of as things stand."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        return queries.recused(tx, tender.tender_id, tender.pack, tender.member(person))


def decide(
    workspace: Workspace,
    named: str,
    *,
    person: str,
    bidder: str,
    outcome: DecisionOutcome,
    why: str,
    scope: Scope | None = None,
    measure: str = "",
    criteria: Sequence[str] = (),
    decided_by: str = "",
    by: str | None = None,
) -> Decision:
    """Record what was decided about the interest of `person` in `bidder`: clear, managed by a measure, or recused.

    `by` is the officer who records it, `decided_by` who decided (the officer, if left out). Nobody decides about their
    own interest. Refused where it opened lines to somebody whose sheet is closed. A later decision takes its place.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, by)
        member = tender.member(person)
        held = queries.interests(tx, tender.tender_id, tender.pack)[member.person]
        wanted = {one.bidder for one in _named(tender.pack, bidder)}
        found = next((one for one in held if one.bidder in wanted), None)
        if found is None:
            known = ", ".join(one.bidder for one in held) or "none"
            raise EvalPanelError(
                f"No interest of {member.person} in {bidder} is on record.",
                f"Nothing was changed. Interests of {member.person}: {known}.",
            )
        codes = _criteria(tender.pack, criteria)
        extent = scope or _usual(outcome, codes)
        fault = decision_fault(outcome, extent, why, measure, codes)
        if fault:
            raise EvalPanelError(f"The decision cannot be recorded: {fault}.", "Nothing was changed.")
        decision = Decision(
            person=member.person,
            bidder=found.bidder,
            outcome=outcome,
            scope=extent,
            why=why.strip(),
            decided_by=decided_by.strip() or _signature(tender, who),
            by=who,
            at=workspace.now(),
            measure=measure.strip(),
            criteria=codes,
            settles=max((line.act for line in found.declared), default=0),
        )
        _refuse_own(tender, decision)
        _refuse_opening(tx, tender, decision)
        detail = interests.decision_detail(decision)
        act = audit.record(tx, workspace, "interest-decided", tender=tender.tender_id, person=who, detail=detail)
        tx.add(t.InterestDecisionRow.of(replace(decision, act=act), tender_id=tender.tender_id))
        access.end_where_recused(tx, workspace, tender.tender_id, member.person, who)
        return replace(decision, act=act)


def to_settle(workspace: Workspace, named: str, *, by: str | None = None) -> tuple[tuple[Declaration, Hint], ...]:
    """In a blind tender: what people listed, and whom it may mean. For the officer; until it is settled they get no bid."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        tender.acting(Role.OFFICER, by)
        return queries.open_questions(tx, tender.tender_id, tender.pack)


def settle(
    workspace: Workspace, named: str, *, person: str, same: Sequence[str] = (), why: str, by: str | None = None
) -> tuple[Recusal, ...]:
    """Record whom `person` means by the interests that they listed: the organisations `same`, and nobody else that was
    looked at. Gives what the person is now kept out of, until it is decided. Nobody settles their own."""
    if not why.strip():
        raise EvalPanelError("Say why: the record needs a reason.", "Nothing was changed.")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, by)
        member = tender.member(person)
        if member.person == who:
            raise EvalPanelError(f"{who} cannot settle their own interests.", "Nothing was changed.")
        lines = [one for one in queries.declarations(tx, tender.tender_id) if one.person == member.person]
        if not any(map(is_listed, lines)):
            raise EvalPanelError(f"{member.person} has listed no interest.", "Nothing was changed.")
        chosen = tuple(dict.fromkeys(one.key for text in same for one in _named(tender.pack, text)))
        asked = tuple(one.key for one in organisations(tender.pack.bidders, tender.pack.members))
        settles = max(one.act for one in lines)
        detail = {
            "person": member.person,
            "same": list(chosen),
            "looked_at": list(asked),
            "settles": settles,
            "why": why.strip(),
        }
        act = audit.record(tx, workspace, "interests-matched", tender=tender.tender_id, person=who, detail=detail)
        made = Match(member.person, chosen, asked, settles, why.strip(), who, workspace.now(), act)
        tx.add(t.InterestMatchRow.of(made, tender_id=tender.tender_id))
        tx.flush()
        return queries.recused(tx, tender.tender_id, tender.pack, member)


def affirm(workspace: Workspace, named: str, *, person: str, by: str | None = None, why_not: str = "") -> Affirmation:
    """Record that `person` says, now that moderation comes, that their declaration still holds.

    They say so themselves, or aloud to the chair or the officer (`by`), who writes it down. With `why_not` these record
    instead why it cannot be had. Saying it twice adds nothing. Refused while scores are still coming in. What a person says on
    their own laptop goes to the officer with what they send next.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, at_least=TenderStage.BIDS_OPENED, act="declarations are affirmed when moderation comes")
        tenders.require(tender, before=TenderStage.QUALITY_LOCKED, act="moderation is closed")
        member = tender.member(person)
        taker = tender.member(by) if by else member
        runs_it = any(taker.has(role) for role in _SEES_ALL)
        if taker.person != member.person and not runs_it:
            raise EvalPanelError(
                f"{taker.person} cannot affirm for {member.person}.",
                "Nothing was changed. The chair or the officer writes down what somebody says.",
            )
        if why_not.strip() and not runs_it:
            raise EvalPanelError(
                "Why an affirmation is missing is recorded by the chair or the officer.", "Nothing was changed."
            )
        _refuse_before_moderation(tx, tender, member)
        if not why_not.strip():
            interests.require_declared(tx, tender, member.person)
        return interests.affirm(
            tx, workspace, tender.tender_id, member.person, by=taker.person, why_not=why_not.strip()
        )


def _refuse_before_moderation(tx: Session, tender: tenders.OpenTender, member: PanelMember) -> None:
    """Refuse while scores are still coming in. A member's laptop holds no sheets but their own: moderation has come there once
    the chair's is here, and it speaks for nobody else."""
    own = tenders.owner_here(tx, tender.tender_id)
    if own is None or tender.member(own).has(Role.CHAIR):
        sheets_are_in(tx, tender)
    elif own != member.person:
        raise EvalPanelError(
            f"This is the laptop of {own}: {member.person} says it on their own, or aloud to the officer.",
            "Nothing was changed.",
        )
    else:
        tenders.require(tender, at_least=TenderStage.MODERATION, act="declarations are affirmed when moderation comes")


def _tells(tender: tenders.OpenTender, person: str | None) -> frozenset[PersonCode]:
    """Whose private words `person` may read."""
    everybody = frozenset(one.person for one in tender.pack.panel)
    who = person or tender.acting(Role.OFFICER, None)
    looking = next((one for one in tender.pack.panel if one.person == who), None)
    if looking is None and person:
        looking = tender.member(person)
    if looking is None or any(looking.has(role) for role in _SEES_ALL):
        return everybody
    return frozenset((looking.person,))


def _told(line: Declaration, tells: frozenset[PersonCode]) -> Declaration:
    return line if line.person in tells else replace(line, about="", kind=None)


def _named(pack: TenderPack, wanted: str, *, listing: bool = False) -> tuple[Organisation, ...]:
    """The organisations that a person names by key, code, name or number: one that takes part in two bids is two."""
    every = organisations(pack.bidders, pack.members)
    text = wanted.strip()
    for found in (
        [one for one in every if text.casefold() == one.key.casefold()],
        [one for one in every if same_name(text) == same_name(one.name) != ""],
        [one for one in every if one.identifier and register_number(text) == register_number(one.identifier)],
    ):
        if found:
            return tuple(found)
    if is_blind(pack) and text and listing:
        # In the person's own words: whom they mean is settled on the officer's laptop, and never told here.
        return (Organisation(text[:400], text[:400], BidderCode("")),)
    near = ", ".join(f"{one.organisation.name} ({one.organisation.bidder})" for one in hints(text, every))
    known = ", ".join(f"{bidder.bidder} {bidder.name}" for bidder in pack.bidders) or "none yet"
    told = f"Is it one of these: {near}?" if near else f"Bidders: {known}."
    raise EvalPanelError(f"“{wanted}” takes no part in this tender.", f"Nothing was recorded. {told}")


def _criteria(pack: TenderPack, named: Sequence[str]) -> tuple[CriterionCode, ...]:
    known = {one.criterion.casefold(): one.criterion for one in pack.criteria}
    unknown = [code for code in named if code.strip().casefold() not in known]
    if unknown:
        raise EvalPanelError(f"There is no criterion {', '.join(unknown)} in this tender.", "Nothing was changed.")
    return tuple(dict.fromkeys(known[code.strip().casefold()] for code in named))


def _usual(outcome: DecisionOutcome, criteria: Sequence[CriterionCode]) -> Scope:
    if criteria:
        return Scope.CRITERIA
    return Scope.LOT if outcome is DecisionOutcome.RECUSED else Scope.NOTHING


def _signature(tender: tenders.OpenTender, who: PersonCode) -> str:
    name = next((one.name for one in tender.pack.panel if one.person == who), "")
    return f"{who} {name}".strip()


def _refuse_own(tender: tenders.OpenTender, decision: Decision) -> None:
    own = _signature(tender, decision.person).casefold()
    decided = decision.decided_by.casefold()
    if decided in (own, decision.person.casefold(), own.removeprefix(decision.person.casefold()).strip()):
        raise EvalPanelError(
            f"{decision.person} cannot decide about their own interest.",
            "Nothing was changed. Name who decided: somebody who has no part in it.",
        )


def _refuse_opening(tx: Session, tender: tenders.OpenTender, decision: Decision) -> None:
    """Lines that open to somebody who has signed off would stay without an answer."""
    pack, member = tender.pack, tender.member(decision.person)
    own = interests_of(
        member,
        queries.meant(tx, tender.tender_id, pack),
        pack.bidders,
        pack.members,
        (*queries.decisions(tx, tender.tender_id), decision),
    )
    owed = owed_lines(member, scored_lines(pack.criteria, pack.bids), recusals(own, pack.bids))
    before = set(
        owed_lines(
            member,
            scored_lines(pack.criteria, pack.bids),
            queries.recused(tx, tender.tender_id, pack, member),
        )
    )
    opened = [line for line in owed if line not in before]
    missing = gaps(opened, score_reads.scores_of(tx, tender.tender_id, member.person)) if opened else ()
    if not missing or member.person in queries.absences(tx, tender.tender_id):
        return
    signed = queries.sign_offs(tx, tender.tender_id).get(member.person)
    if tender.stage.reached(TenderStage.MODERATION):
        raise EvalPanelError(
            f"The decision would open lines to {member.person} that nobody can score any more.",
            f"Nothing was changed: individual scores are closed. Lines: {listed(missing, 3)}.",
        )
    if signed is not None and signed.signed:
        raise EvalPanelError(
            f"{member.person} has signed off without scoring what the decision would open.",
            f"Nothing was changed. Open the sheet again first, then decide. Lines: {listed(missing, 3)}.",
        )
