"""Agreeing with moderation from one's own laptop, or dissenting: read it, compare it with one's sheet, and say so, signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from evalpanel.domain.carried import AgreedLine, Dissent, Misquote, misquotes
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import Line, listed
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidderCode, EnvelopeKind, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import PartOf
from evalpanel.formats.parcel_moderation import Assent, AssentPart, read_assent, write_agreed
from evalpanel.sealing import envelopes as age
from evalpanel.services import (
    agreement,
    audit,
    exchange,
    interests,
    moderations_here,
    parcels_out,
    rosters,
    sheets_here,
    tenders,
)
from evalpanel.services.agreement import Agreement
from evalpanel.services.exchange import Outgoing, Own, RestsOn
from evalpanel.services.moderations_here import Carried
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t
from evalpanel.system.files import tidying


@dataclass(frozen=True, slots=True)
class ModerationHere:
    """A chair's moderation as it can be read on this laptop.

    `sheet_left_out`: it rests on another sheet of this person than their newest. `wrong`: lines on which they are not
    quoted with what they gave. `shut`: how many bids of it are closed to this laptop.
    """

    moderation: str
    chair: PersonCode
    is_final: bool
    lines: tuple[AgreedLine, ...]
    sheet_left_out: bool
    wrong: tuple[Misquote, ...]
    shut: int


@dataclass(frozen=True, slots=True)
class Assented:
    """What was written: whose moderation it is about, and the file. `agrees`: without any dissent."""

    chair: PersonCode
    agrees: bool
    file: Path


def read(workspace: Workspace, named: str) -> tuple[ModerationHere, ...]:
    """The moderation that came to this laptop, each chair's newest, with what is wrong about this person in it."""
    with workspace.store.reading() as tx:
        tender, mine = _here(tx, workspace, named)
        return tuple(_seen(tx, mine, tender, one) for one in moderations_here.carried(tx, workspace, mine, tender))


def standing(workspace: Workspace, named: str) -> tuple[Agreement, ...]:
    """Where each chair's moderation stands, and whose word is missing: for the officer and the chair."""
    with workspace.store.reading() as tx:
        tender, mine = _here(tx, workspace, named)
        return agreement.agreements(tx, workspace, mine, tender)


def assent(
    workspace: Workspace, named: str, *, to: Path, dissents: Sequence[Dissent] = (), affirm: bool = False
) -> tuple[Assented, ...]:
    """Agree with the final moderation that is here but for the lines of `dissents`, and write it for chair and officer.

    `affirm`: the person also says that their declaration of interests still holds. Refused while an answer of theirs was
    left out or is not what they gave and they do not dissent there: the words of the refusal name the lines.
    """
    made: list[str] = []
    try:
        with workspace.store.writing() as tx:
            tender, mine = _here(tx, workspace, named)
            if not tender.member(mine.person).has(Role.PANEL_MEMBER):
                raise EvalPanelError(
                    f"{mine.person} does not score, and so has nothing to agree to.", "Nothing was written."
                )
            found = moderations_here.carried(tx, workspace, mine, tender)
            if affirm:
                interests.require_declared(tx, tender, mine.person)
                interests.affirm(tx, workspace, mine.tender, mine.person, by=mine.person)
            final = [one for one in found if one.is_final and one.chair != mine.person and one.lines]
            if not final:
                raise EvalPanelError(
                    "No final moderation is here that you could agree to.",
                    "Nothing was written. Take in what the chair sends; an interim one is only for reading.",
                )
            counting = moderations_here.counting(found)
            _refuse_bad_dissents(dissents, {line for line, (one, _) in counting.items() if one in final})
            parcels = [
                (one, own, _make(tx, workspace, tender, mine, one, own, affirm, made))
                for one in final
                for own in [[each for each in dissents if counting[each.line][0] is one]]
            ]
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(made)
        raise
    return tuple(
        Assented(one.chair, not own, parcels_out.write_out(workspace, to, parcel)) for one, own, parcel in parcels
    )


def excuse(workspace: Workspace, named: str, *, person: str, why: str) -> None:
    """Record on the officer's laptop that somebody's word on the moderation that counts cannot be had, and why."""
    if not why.strip():
        raise EvalPanelError("That somebody's word cannot be had needs a reason.", "Nothing was changed.")
    with workspace.store.writing() as tx:
        tender, mine = _here(tx, workspace, named)
        if not mine.is_officer:
            raise EvalPanelError("This is recorded on the officer's laptop.", "Nothing was changed.")
        tenders.require(tender, before=TenderStage.QUALITY_LOCKED, act="moderation is closed")
        member = tender.member(person)
        owed = [one for one in agreement.agreements(tx, workspace, mine, tender) if member.person in one.missing]
        if not owed:
            raise EvalPanelError(f"No word of {member.person} is missing.", "Nothing was changed.")
        for one in owed:
            detail = {"person": member.person, "reason": why.strip(), "moderation": one.moderation}
            act = audit.record(tx, workspace, "assent-missing", tender=mine.tender, person=mine.person, detail=detail)
            tx.add(
                t.MissingAssentRow(
                    tender_id=mine.tender,
                    person=member.person,
                    moderation=one.moderation,
                    reason=why.strip(),
                    at=workspace.now(),
                    act=act,
                )
            )


def _here(tx: Session, workspace: Workspace, named: str) -> tuple[OpenTender, Own]:
    tender = tenders.find(tx, named)
    mine = exchange.own(tx, workspace, tender.tender_id)
    if mine is None:
        raise EvalPanelError(f"This profile has no keys in {tender.reference}.", "Nothing was changed.")
    return tender, mine


def _seen(tx: Session, mine: Own, tender: OpenTender, one: Carried) -> ModerationHere:
    cited = one.cited(mine.person)
    own = score_reads.scores_of(tx, mine.tender, mine.person)
    return ModerationHere(
        moderation=one.identity,
        chair=one.chair,
        is_final=one.is_final,
        lines=one.lines,
        sheet_left_out=cited is not None and cited.sheet != (_newest_sheet(tx, mine, tender) or ""),
        wrong=misquotes(mine.person, own, one.lines) if cited is not None else (),
        shut=one.shut,
    )


def _newest_sheet(tx: Session, mine: Own, tender: OpenTender) -> str | None:
    """The head of this person's own sheets, signed off or not; where two do not know of each other, there is none."""
    return sheets_here.stands(tx, mine, tender, mine.person).counts


def _refuse_bad_dissents(dissents: Sequence[Dissent], lines: set[Line]) -> None:
    unknown = [each.line for each in dissents if each.line not in lines]
    if unknown:
        raise EvalPanelError(
            f"Nothing final was agreed on {listed(unknown)}.", "Nothing was written. A line is LOT/BID/CRITERION."
        )
    if any(not each.words.strip() for each in dissents) or len({each.line for each in dissents}) != len(dissents):
        raise EvalPanelError("Each dissent is about one line, and says why.", "Nothing was written.")


def _make(
    tx: Session,
    workspace: Workspace,
    tender: OpenTender,
    mine: Own,
    one: Carried,
    dissents: Sequence[Dissent],
    affirm: bool,
    made: list[str],
) -> Outgoing:
    seen = _seen(tx, mine, tender, one)
    against = {each.line for each in dissents}
    unsaid = [each for each in seen.wrong if each.line not in against]
    if unsaid:
        raise EvalPanelError(
            f"On {len(unsaid)} lines you are not quoted with what you gave: {listed(each.words for each in unsaid)}.",
            f"Nothing was written. Tell {one.chair}, who sends again; or dissent on those lines.",
        )
    if seen.sheet_left_out and not dissents:
        raise EvalPanelError(
            f"The moderation of {one.chair} does not rest on your newest sheet.",
            f"Nothing was written. Send your sheet again; {one.chair} takes it in and sends again. Or dissent, with your reasons.",
        )
    body = Assent(
        affirms=affirm or _affirmed_before(tx, mine, one.chair),
        agrees=not dissents,
        left_out=sum(each.quoted is None for each in seen.wrong),
        misquoted=sum(each.quoted is not None for each in seen.wrong),
        moderation=one.identity,
        sheet=_newest_sheet(tx, mine, tender) or "",
    )
    pieces = _pieces(one, dissents, seen.wrong)
    readers = rosters.readers(tx, mine, rosters.chairs(tender.pack.panel))
    on_paper = rosters.on_paper(tx, mine)
    earlier = exchange.line(tx, mine.tender, ParcelKind.ASSENT, mine.person, one.chair)
    if earlier:
        last = read_assent(earlier[-1].statement.payload)
        same = last.body == body and last.header.recipients == exchange.sealed_to(readers, on_paper)
        if same and _same(tx, workspace, mine, last.header.parts, pieces):
            return exchange.again(tx, mine.tender, ParcelKind.ASSENT, earlier[-1])
    envelopes = sheets_here.recipients(tx, mine, EnvelopeKind.MODERATION)
    parts = []
    for piece in pieces:
        name, recipient = envelopes[piece.bidder, piece.lot]
        parts.append(exchange.seal_part(workspace, write_agreed(piece), name, [recipient], made))
    rests_on = RestsOn(one.cover.header.roster, one.cover.header.pack)
    return exchange.make(
        tx,
        workspace,
        mine,
        ParcelKind.ASSENT,
        body,
        readers,
        about=one.chair,
        parts=parts,
        rests_on=rests_on,
        on_paper=on_paper,
        act="assent-sent",
        detail={"moderation": one.identity, "agrees": body.agrees, "dissents": len(dissents)},
    )


def _affirmed_before(tx: Session, mine: Own, chair: PersonCode) -> bool:
    """Whether the person said on this laptop that their declaration still holds: with an earlier word, or by itself."""
    said = queries.affirmations(tx, mine.tender).get(mine.person)
    earlier = exchange.line(tx, mine.tender, ParcelKind.ASSENT, mine.person, chair)
    return (said is not None and not said.why_not) or any(
        read_assent(one.statement.payload).body.affirms for one in earlier
    )


def _pieces(one: Carried, dissents: Sequence[Dissent], wrong: Sequence[Misquote]) -> list[AssentPart]:
    found = []
    for part in one.parts:
        lines = {each.agreed.line for each in part.lines}
        own = tuple(sorted((each for each in dissents if each.line in lines), key=lambda each: each.line))
        bad = tuple(each.line for each in wrong if each.line in lines)
        if own or bad:
            found.append(AssentPart(bidder=BidderCode(part.bidder), dissents=own, lot=LotCode(part.lot), wrong=bad))
    return found


def _same(tx: Session, workspace: Workspace, mine: Own, parts: Sequence[PartOf], pieces: Sequence[AssentPart]) -> bool:
    """Whether an earlier word said the same, so that saying it again writes the same bytes."""
    opening = sheets_here.keys(tx, workspace, mine, EnvelopeKind.MODERATION)
    if len(parts) != len(pieces) or any(one.envelope not in opening for one in parts):
        return False
    return [age.open_bytes(workspace.documents.piece(one.sealed), opening[one.envelope][0]) for one in parts] == [
        write_agreed(piece) for piece in pieces
    ]
