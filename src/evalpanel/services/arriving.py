"""What the officer issued arrives on a panel member's laptop: roster, pack and release, in any order.

Each is kept as it came. What the laptop then shows is worked out from all that is kept, so the order in which files came,
and how often, makes no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from evalpanel.domain.digests import plain
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.parcels import ParcelKind, Statement, Verdict
from evalpanel.domain.people import PanelMember
from evalpanel.domain.rosters import KnownLaptop
from evalpanel.domain.tender import Bid, EnvelopeKind, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_packs import (
    Common,
    Release,
    read_common,
    read_pack,
    read_roster,
)
from evalpanel.sealing.statements import verifies
from evalpanel.services import (
    audit,
    blinding,
    exchange,
    invitations,
    locked_here,
    moderations_here,
    opened_here,
    rosters,
    sheets_shown,
    tender_here,
    tenders,
    told,
)
from evalpanel.services.exchange import Own
from evalpanel.services.pack_rows import keep_bids
from evalpanel.services.rosters import NotYet
from evalpanel.services.taking_in import Arrival, Became, Intake, NotForUs
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t

_WORDS = {
    ParcelKind.ROSTER: "The list of who takes part is here.",
    ParcelKind.PACK: "The pack is here.",
    ParcelKind.RELEASE: "The keys that are yours are here.",
}
_COMMON, _NAMES = EnvelopeKind.COMMON.value, EnvelopeKind.NAMES.value
_PRICE = EnvelopeKind.PRICE.value


def _panels(mine: Own) -> bool:
    return not mine.is_officer


def _everybody(_mine: Own) -> bool:
    return True


def _reasons(_tx: Session, one: Arrival) -> dict[str, object]:
    """Why each key was released, as the officer says, for the record."""
    return {"envelopes": {key.name: key.because for key in one.cover.body.keys}}


def _fits(tx: Session, _workspace: Workspace, one: Arrival) -> None:
    first = invitations.newest(tx, one.mine.tender)[0].author
    if not one.succeeds and one.author not in (*rosters.officers(tx, one.mine), first):
        raise EvalPanelError(
            "This parcel is not signed by the officer of the tender.", "It was left alone. Ask who sent it to you."
        )
    if one.kind is ParcelKind.RELEASE and one.header.about != one.mine.person:
        raise EvalPanelError(f"These keys are for {one.header.about}.", "They were left alone.")
    if one.kind is ParcelKind.RELEASE and (early := locked_here.opened_too_early(one.cover.body)):
        raise EvalPanelError(
            f"A key in this release must not be opened here: {early}.",
            "None of it was taken in. Tell the officer, who closes moderation and opens prices first, and releases again.",
        )
    if one.kind is ParcelKind.RELEASE and opened_here.waits_for_own_sheet(tx, one.mine, one.cover.body.keys):
        raise NotYet(
            f"These keys open what others scored, and the sheet of {one.mine.person} is not signed off on this laptop: others' "
            "scores must stay closed here until it is.",
            "They are kept here, and taken in when the sheet is signed off here and the next file comes.",
        )


def _roster_fits(tx: Session, workspace: Workspace, one: Arrival) -> None:
    if one.mine.is_officer and not one.succeeds:
        raise NotForUs(
            f"A list of who takes part by {one.author} is not for the laptop that leads.", "It was left alone."
        )
    _fits(tx, workspace, one)


def _roster(tx: Session, workspace: Workspace, one: Arrival) -> Became:
    """A list of who takes part; one by which somebody takes over comes to the laptops that lead, too, and is kept there."""
    became = _of_leading(one) if one.mine.is_officer else _take(tx, workspace, one)
    rivals = rosters.rivals(tx, one.mine)
    if one.succeeds and one.author in rivals:
        return Became(Verdict.FORKED, _rival(one, rivals))
    if one.succeeds and not one.mine.is_officer and rosters.officer(tx, one.mine)[0] == one.author:
        return Became(became.verdict, f"{_TOOK_OVER.format(one.author)} {became.words}")
    return became


_TOOK_OVER = (
    "{0} took over as officer, by the words of the two sheets. If you did not expect that, ring whoever led before and send nothing "
    "until you know why."
)


def _rival(one: Arrival, rivals: Sequence[PersonCode]) -> str:
    who = " and ".join(rivals)
    if one.mine.person in rivals:
        return (
            f"{one.author} took over as officer too, and neither list knows of the other: until that is settled neither of you leads on "
            "the other laptops. Agree by telephone who goes on. Who does takes over once more on this laptop, with the same two sheets "
            "(evalpanel succeed): the new list follows both, and counts."
        )
    return (
        f"{who} each took over as officer, and do not know of each other, so neither leads and the list from before stays in force. "
        "Ring both. Who goes on takes in the other's list, takes over once more with the two sheets, and carries the new list to everybody."
    )


def _of_leading(one: Arrival) -> Became:
    """On a laptop that leads, or led: what it means that somebody took over."""
    if one.mine.succeeded and one.header.history:
        words = (
            f"{one.author} leads now, by a list that follows yours: what this laptop issues counts no more. What it holds stays "
            "readable here. Ask for an invitation to go on as a member, in a new profile."
        )
    else:
        words = (
            f"{one.author} took over as officer, by the words of the two sheets that you had printed: where their list has come, your keys "
            "are revoked and what you issue counts no more. Nothing is lost here. If you agree, issue nothing more, and ask them for an "
            "invitation. If nobody was to take over, ring everybody on the panel before they take that list in: the sheets are in "
            "wrong hands. To lead again, take over from them in a new profile, with the sheets that they make."
        )
    return Became(Verdict.NEW, words)


def _take(tx: Session, workspace: Workspace, one: Arrival) -> Became:
    _work_out(tx, workspace, one.mine)
    became = _placed(one)
    told = _sheets(tx, workspace, one.mine)
    lock = locked_here.settle(tx, workspace, one.mine)
    shut = _shut(tx, one.mine, one.cover.body) if one.kind is ParcelKind.RELEASE else ""
    return Became(became.verdict, " ".join(words for words in (became.words, shut, *told, lock) if words))


def _shut(tx: Session, mine: Own, release: Release) -> str:
    """Which keys of a release open nothing here. The others count: those that came before the roster or the pack count so, too."""
    pack = rosters.pack_in_force(tx, mine)
    named = {} if pack is None else {one.name: one for one in read_pack(pack.statement.payload).body.envelopes}
    wrong = opened_here.do_not_count(tx, mine, release, named)
    if not wrong:
        return ""
    what = "One key in it opens" if len(wrong) == 1 else f"{len(wrong)} keys in it open"
    return (
        f"{what} nothing here: {next(iter(wrong.values()))}. Tell the officer, unless a newer list of who takes part or a newer pack is "
        "on its way to you."
    )


def _sheets(tx: Session, workspace: Workspace, mine: Own) -> tuple[str, ...]:
    """On a chair's laptop new keys open score sheets that waited here. Gives, in words, what does not hold together."""
    tx.flush()
    if tx.get(t.TenderRow, mine.tender) is None:
        return ()
    tender = tenders.find(tx, mine.tender)
    if mine.person not in rosters.chairs(tender.pack.panel):
        return ()
    moderated = moderations_here.moderated(tx, workspace, mine, tender)
    return sheets_shown.bring_all_up(tx, workspace, mine, tender, moderated)


def _placed(one: Arrival) -> Became:
    if one.after.forked:
        return Became(
            Verdict.FORKED,
            "There are two of this kind that do not know of each other: the officer's laptop went on from an older copy. Both "
            "are kept, and what was in force before stays in force. Tell the officer, and take in what they issue next.",
        )
    if one.identity not in one.after.tips:
        return Became(Verdict.OLDER, "A newer one is here already; this one is kept.")
    return Became(Verdict.NEW, _WORDS[one.kind])


def _succeeded(tx: Session, mine: Own, signed: Statement) -> tuple[KnownLaptop, bytes] | None:
    """The laptop that takes over, and the successor's key that signed it; None where the roster does not do that.

    The key must be the one that the roster named which is replaced. The laptop may be new: both sheets were needed to name it.
    It is none that this roster revoked.
    """
    cover = read_roster(signed.payload)
    if not cover.body.succeeds:
        return None
    line = exchange.of_kind(tx, mine.tender, ParcelKind.ROSTER)
    replaced = next((one for one in line if one.identity == cover.body.succeeds), None)
    if replaced is None:
        raise NotYet(
            "Somebody takes over as officer, and the list of who takes part that came before is not here yet.",
            "Take that list in first, then this file again.",
        )
    before = read_roster(replaced.statement.payload).body
    keys = rosters.keys_of_author(cover)
    gone = [one.keys.value() for person in before.people for one in person.laptops if one.revoked_at is not None]
    if before.successor is None or not verifies(signed, before.successor) or keys is None or keys in gone:
        return None
    return KnownLaptop(PersonCode(cover.header.author), keys), before.successor


INTAKES = {
    ParcelKind.ROSTER: Intake(here=_everybody, fits=_roster_fits, work_out=_roster, cites=False, otherwise=_succeeded),
    ParcelKind.PACK: Intake(here=_panels, fits=_fits, work_out=_take, cites=False),
    ParcelKind.RELEASE: Intake(here=_panels, fits=_fits, work_out=_take, detail=_reasons, cites=False),
}


# What this laptop shows ----------------------------------------------------------------------------------------------


def _work_out(tx: Session, workspace: Workspace, mine: Own) -> None:
    """Bring the tender of this laptop to what its roster, pack and keys say. Adds; never takes away."""
    roster = rosters.in_force(tx, mine)
    if roster is None:
        return
    officer = roster.officer
    pack = rosters.pack_in_force(tx, mine)
    if pack is None:
        return
    cover = read_pack(pack.statement.payload)
    named = {one.name: one for one in cover.body.envelopes}
    leads = rosters.officers(tx, mine)
    keys = {name: key for one in leads for name, key in opened_here.keys(tx, mine, one, named).items()}
    # Prices wait until this laptop has seen the lock.
    keys = {name: key for name, key in keys.items() if name not in named or named[name].kind != _PRICE}
    newest = max((one for one in named.values() if one.kind == _COMMON), key=lambda one: one.generation, default=None)
    if newest is None or newest.name not in keys:
        return  # what was published is sealed to a key that has not come yet
    common = read_common(opened_here.index(workspace, newest, keys[newest.name]))
    names = [one for one in named.values() if one.kind == _NAMES and one.name in keys]
    if names:
        naming = max(names, key=lambda one: one.generation)
        common = blinding.with_names(common, opened_here.index(workspace, naming, keys[naming.name]))
    people = tender_here.people(workspace, mine, roster.cover)
    if tx.get(t.TenderRow, mine.tender) is None:
        tender_here.new_tender(tx, workspace, mine, cover, common, people, officer)
        bids: tuple[Bid, ...] = ()
    else:
        bids = _bring_up(tx, workspace, mine, common, people, officer)
    told.keep(tx, workspace, mine.tender, mine.person, officer, opened_here.releases(tx, mine, officer))
    opened_here.keep_keys(tx, workspace, mine, named, keys)
    documents = [(newest.name, one) for one in common.documents]
    documents += opened_here.documents_in(workspace, named, keys, (_COMMON, _NAMES))
    opened_here.keep_documents(tx, workspace, mine, bids, documents, officer)


def _bring_up(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    common: Common,
    people: tuple[PanelMember, ...],
    officer: PersonCode,
) -> tuple[Bid, ...]:
    """Later rosters and packs: more people, bidders and bids, and what became of a bid. The criteria stay what they are.

    Gives the bids that are new.
    """
    bids = {(row.lot, row.bid): row for row in tx.execute(_of(t.BidRow, mine)).scalars()}
    bidders = {row.bidder: row for row in tx.execute(_of(t.BidderRow, mine)).scalars()}
    blinding.name_bidders(tx, workspace, mine.tender, common, bidders, officer)
    fresh = TenderPack(
        bidders=tuple(one for one in common.bidders if one.bidder not in bidders),
        members=tuple(one for one in common.members if one.bidder not in bidders),
        bids=tuple(one for one in common.bids if (one.lot, one.bid) not in bids),
    )
    keep_bids(tx, mine.tender, fresh, len(bids))
    for one in common.bids:
        row = bids.get((one.lot, one.bid))
        if row is not None and (row.status, row.reason, row.decided_by) != (one.status, one.reason, one.decided_by):
            before = row.value()
            row.status, row.reason, row.decided_by = one.status, one.reason, one.decided_by
            detail = {"before": plain(before), "after": plain(row.value())}
            audit.record(tx, workspace, "bid-status-changed", tender=mine.tender, person=officer, detail=detail)
    known = {row.person: row for row in tx.execute(_of(t.PanelMemberRow, mine)).scalars()}
    for place, person in enumerate(people):
        held = known.get(person.person)
        if held is None:
            tx.add(t.PanelMemberRow.of(person, tender_id=mine.tender, position=place))
        else:
            held.name, held.roles, held.criteria = person.name, person.roles, person.criteria
            held.since, held.until, held.organisation = person.since, person.until, person.organisation
    return fresh.bids


def _of(row: type[t.BidRow | t.BidderRow | t.PanelMemberRow], mine: Own) -> Select[Any]:
    return select(row).where(row.tender_id == mine.tender)
