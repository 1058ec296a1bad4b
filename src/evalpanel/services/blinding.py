"""Blind tenders: the drawn codes and what documents were called when they came, on the officer's laptop; the names in their
place, on a member's, once they are released. Shared by journeys."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.blind import BlindCodes, neutral_names, with_codes
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.tender import BidCode, BidderCode, PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_packs import Common, read_bidder_names
from evalpanel.services import audit
from evalpanel.services.understanding import Understood
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class Blinding:
    """The codes of a tender, and what its documents are called by the name that they came with."""

    codes: BlindCodes = field(default_factory=BlindCodes)
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def called(self, written: str) -> tuple[str, str] | None:
        """Path and title that stand for the name with which a document came; None where it keeps it."""
        return self.names.get(written)


def held(tx: Session, tender: TenderId) -> Blinding:
    """What is kept of a tender: nothing where it is not blind, and on a laptop other than the officer's."""
    codes: dict[str, dict[str, str]] = {"bidder": {}, "bid": {}}
    row = t.BlindCodeRow
    for what, written, code in tx.execute(select(row.what, row.written, row.code).where(row.tender_id == tender)):
        codes[what][written] = code
    name = t.BlindNameRow
    names = {
        written: (path, title)
        for path, written, title in tx.execute(
            select(name.path, name.written, name.title).where(name.tender_id == tender).order_by(name.id)
        )
    }
    return Blinding(
        BlindCodes(
            {BidderCode(one): BidderCode(code) for one, code in codes["bidder"].items()},
            {BidCode(one): BidCode(code) for one, code in codes["bid"].items()},
        ),
        names,
    )


def blinded(found: Understood, new: TenderPack, before: Blinding) -> tuple[Understood, TenderPack, Blinding]:
    """What was understood, and what of it is new, under drawn codes: those that are held, and new ones where need be."""
    codes = with_codes(before.codes, new, secrets.choice, [str(one.lot) for one in (*new.lots, *found.pack.lots)])
    pack = codes.coded(replace(found.pack, documents=found.documents))
    documents = pack.documents
    fresh = [one for one in documents if one.path not in before.names]
    names = {**before.names, **neutral_names(fresh, [path for path, _ in before.names.values()])}
    return replace(found, pack=pack, documents=documents), codes.coded(new), Blinding(codes, names)


def keep(tx: Session, tender: TenderId, before: Blinding, after: Blinding) -> None:
    """Add the codes and names that are new."""
    for bidder, own in after.codes.bidders.items():
        if bidder not in before.codes.bidders:
            tx.add(t.BlindCodeRow(tender_id=tender, what="bidder", written=bidder, code=own))
    for bid, drawn in after.codes.bids.items():
        if bid not in before.codes.bids:
            tx.add(t.BlindCodeRow(tender_id=tender, what="bid", written=bid, code=drawn))
    for written, (path, title) in after.names.items():
        if written not in before.names:
            tx.add(t.BlindNameRow(tender_id=tender, path=path, written=written, title=title))


# On a member's laptop ----------------------------------------------------------------------------------------------


def with_names(common: Common, index: bytes) -> Common:
    """What was published with the names of a blind tender in it, which the officer has released to this laptop."""
    names = read_bidder_names(index)
    if {one.bidder for one in names.bidders} != {one.bidder for one in common.bidders}:
        raise EvalPanelError("The names that came are of other bids.", "Nothing was changed. Ask for them again.")
    return structs.replace(
        common,
        bidders=names.bidders,
        bids=names.bids,
        clarifications=names.clarifications,
        members=names.members,
    )


def name_bidders(
    tx: Session,
    workspace: Workspace,
    tender: TenderId,
    common: Common,
    bidders: Mapping[BidderCode, t.BidderRow],
    officer: PersonCode,
) -> None:
    """Put the names of a blind tender in the place of its codes, once."""
    nameless = [one for one in common.bidders if one.name != one.bidder]
    nameless = [one for one in nameless if one.bidder in bidders and bidders[one.bidder].name == one.bidder]
    for one in nameless:
        for name in ("name", "kind", "scheme", "identifier", "address", "email", "sme", "value_driven"):
            setattr(bidders[one.bidder], name, getattr(one, name))
    codes = {one.bidder for one in nameless}
    for place, member in enumerate(one for one in common.members if one.bidder in codes):
        tx.add(t.ConsortiumMemberRow.of(member, tender_id=tender, position=place))
    if nameless:
        detail = {"bidders": [one.bidder for one in nameless]}
        audit.record(tx, workspace, "names-received", tender=tender, person=officer, detail=detail)
