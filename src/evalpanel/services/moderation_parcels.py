"""What a chair has moderated, as a parcel: what was agreed, on which sheets, and what each scorer gave. Shared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy.orm import Session

from evalpanel.domain.carried import AgreedLine, Citation, Given, ModerationState, given_by, not_asked
from evalpanel.domain.moderation import ModeratedScore, moderation_gaps
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import Role
from evalpanel.domain.releases import reads_prices
from evalpanel.domain.sheets import Line, ScoreStatus, listed, recused_from, scored_lines
from evalpanel.domain.tender import BidderCode, EnvelopeKind, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_moderation import Moderation, ModerationPart, read_moderation, write_agreed
from evalpanel.services import agreed_rows, exchange, rosters, sheets_here
from evalpanel.services.exchange import Outgoing, Own, RestsOn
from evalpanel.services.room import Asked, criteria_of, lines_of, room_of, scales_of, sheets_are_in
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads


def make(
    tx: Session,
    workspace: Workspace,
    tender: OpenTender,
    mine: Own,
    rests_on: RestsOn,
    made: list[str],
    *,
    final: bool,
) -> Outgoing | None:
    """The chair's moderation as it stands here, sealed bid by bid; None where nothing is agreed yet.

    `final`: the chair is done, which is refused while a line lacks its level, its reasons or a quorum. What was sent as
    final and has not changed stays final.
    """
    agreed = _agreed(tx, tender, mine)
    if not agreed:
        return None
    sheets_are_in(tx, tender)
    if final:
        _refuse_gaps(tender, mine, agreed)
        _refuse_unsound(tx, tender, mine, agreed)
    sheets = _cited(tx, mine, tender)
    digest = agreed_rows.rows_digest(tuple(agreed.values()))
    rulings = rosters.rulings_made_here(tx, mine)
    earlier = exchange.line(tx, mine.tender, ParcelKind.MODERATION, mine.person)
    # Whoever reads prices later needs it to see that the scores were locked before. Its parts open by their keys alone.
    people = [one.person for one in tender.pack.panel if one.has(Role.PANEL_MEMBER) or reads_prices(one)]
    readers, on_paper = rosters.readers(tx, mine, people), rosters.on_paper(tx, mine)
    if earlier:
        last = read_moderation(earlier[-1].statement.payload)
        same = (last.body.agreed_digest, last.body.sheets, last.body.rulings) == (digest, sheets, rulings)
        final = final or (same and last.body.state is ModerationState.FINAL)
        unchanged = same and (last.body.state is ModerationState.FINAL) == final
        if unchanged and last.header.recipients == exchange.sealed_to(readers, on_paper):
            return exchange.again(tx, mine.tender, ParcelKind.MODERATION, earlier[-1])
    body = Moderation(
        agreed_digest=digest,
        rulings=rulings,
        sheets=sheets,
        state=ModerationState.FINAL if final else ModerationState.INTERIM,
    )
    envelopes = sheets_here.recipients(tx, mine, EnvelopeKind.MODERATION)
    parts = []
    for (bidder, lot), lines in _grouped(tx, tender, agreed).items():
        if (bidder, lot) not in envelopes:
            raise EvalPanelError(
                "The pack on this laptop has no envelope for moderation.",
                "Nothing was written. Ask the officer to issue again, and take that in.",
            )
        name, recipient = envelopes[bidder, lot]
        content = write_agreed(ModerationPart(bidder=bidder, lines=lines, lot=lot))
        parts.append(exchange.seal_part(workspace, content, name, [recipient], made))
    return exchange.make(
        tx,
        workspace,
        mine,
        ParcelKind.MODERATION,
        body,
        readers,
        parts=parts,
        rests_on=rests_on,
        on_paper=on_paper,
        act="moderation-sent",
        detail={
            "state": body.state,
            "lines": len(agreed),
            "agreed_digest": digest,
            "not_asked": list(not_asked(agreed.values(), sheets, mine.person)),
        },
    )


def left_out(tx: Session, tender: OpenTender, mine: Own) -> tuple[PersonCode, ...]:
    """The scorers who were present on no line of what this chair agreed, though it rests on their sheets."""
    return not_asked(_agreed(tx, tender, mine).values(), _cited(tx, mine, tender), mine.person)


def unsound(tx: Session, tender: OpenTender, agreed: Mapping[Line, ModeratedScore]) -> dict[Line, str]:
    """What was agreed and cannot stand as it is recorded, line by line, in words: somebody is called present who is recused from it
    or absent. The officer's laptop would refuse the whole moderation for it, so the chair sees it before."""
    criteria, scales, room = criteria_of(tender.pack), scales_of(tender.pack), room_of(tx, tender)
    found = {line: agreed_rows.faults(one, criteria, scales, room) for line, one in agreed.items()}
    return {line: "; ".join(faults) for line, faults in found.items() if faults}


def _refuse_unsound(tx: Session, tender: OpenTender, mine: Own, agreed: Mapping[Line, ModeratedScore]) -> None:
    wrong = unsound(tx, tender, agreed)
    if wrong:
        count = "1 line" if len(wrong) == 1 else f"{len(wrong)} lines"
        line, why = next(iter(sorted(wrong.items())))
        raise EvalPanelError(
            f"The moderation of {mine.person} cannot be sent as final: {count} cannot stand as recorded.",
            f"Nothing was written. {line}: {why}. Say on each who was present; agree again without whoever was not to be there.",
        )


def _agreed(tx: Session, tender: OpenTender, mine: Own) -> dict[Line, ModeratedScore]:
    kept_out = queries.recused(tx, mine.tender, tender.pack, tender.member(mine.person))
    held = score_reads.moderated(tx, mine.tender)
    asked = Asked(tender.pack)
    return {line: one for line, one in held.items() if asked.now(line) and recused_from(kept_out, line) is None}


def _refuse_gaps(tender: OpenTender, mine: Own, agreed: Mapping[Line, ModeratedScore]) -> None:
    """A final moderation is whole for every bid that it speaks of; a bid of which it says nothing is a deputy's."""
    pack = tender.pack
    assert pack.tender is not None
    spoken = {(line.lot, line.bid) for line in agreed}
    wanted = [line for line in scored_lines(pack.criteria, pack.bids) if (line.lot, line.bid) in spoken]
    missing = moderation_gaps(wanted, agreed, criteria_of(pack), scales_of(pack), pack.tender.quorum, pack.panel)
    if missing:
        count = "1 line is" if len(missing) == 1 else f"{len(missing)} lines are"
        raise EvalPanelError(
            f"The moderation of {mine.person} cannot be sent as final: {count} not complete.",
            f"Nothing was written. Missing: {listed(missing)}.",
        )


def _cited(tx: Session, mine: Own, tender: OpenTender) -> tuple[Citation, ...]:
    """The sheet of each scorer that moderation rests on, or why there is none."""
    counts, away = sheets_here.counting(tx, mine, tender), queries.absences(tx, mine.tender)
    found = []
    for person in sorted(counts):
        sheet = counts[person]
        if sheet is None and person not in away:
            what = (
                "your own sheet is not signed off and sent" if person == mine.person else f"no sheet of {person} counts"
            )
            raise EvalPanelError(
                f"Moderation cannot be sent: {what}.",
                "Nothing was written. Take the sheet in, or record the absence with its reason.",
            )
        found.append(Citation(person, sheet or "", "" if sheet else away[person]))
    return tuple(found)


def _grouped(
    tx: Session, tender: OpenTender, agreed: Mapping[Line, ModeratedScore]
) -> dict[tuple[BidderCode, LotCode], tuple[AgreedLine, ...]]:
    bidders = {(bid.lot, bid.bid): bid.bidder for bid in tender.pack.bids}
    given: dict[Line, tuple[Given, ...]] = {
        one.line: tuple(
            given_by(each.score, PersonCode(each.person))
            for each in one.scores
            if each.score.status not in (ScoreStatus.BLANK, ScoreStatus.RECUSED)
        )
        for one in lines_of(tx, tender, words=False)
    }
    found: dict[tuple[BidderCode, LotCode], list[AgreedLine]] = defaultdict(list)
    for line in sorted(agreed):
        found[bidders[line.lot, line.bid], line.lot].append(AgreedLine(agreed[line], given.get(line, ())))
    return {place: tuple(lines) for place, lines in found.items()}
