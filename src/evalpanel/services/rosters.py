"""Whose keys are known on this laptop, and which statements count: asked by every journey between laptops.

The officer's laptop knows the keys that were confirmed there by the eight words, and what was revoked there. Every other
laptop learns the keys of others, revocations, the successor and who the officer is from the roster in force, and from
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.branches import Entry, Standing, standing
from evalpanel.domain.carried import Ruling, ruled_out
from evalpanel.domain.parcels import ParcelKind, PublicKeys
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.rosters import InForce, KnownLaptop, Revocation, RosterEntry, set_aside
from evalpanel.domain.rosters import in_force as judged
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, Keys
from evalpanel.formats.parcel_moderation import read_moderation
from evalpanel.formats.parcel_packs import Laptop, Pledge, Roster, read_pack, read_roster
from evalpanel.sealing.statements import identity
from evalpanel.services import exchange, invitations
from evalpanel.services.exchange import Own
from evalpanel.store import queries
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class RosterInForce:
    """The roster that counts now: its identity, what it says, and the keys of the officer whose laptop it names."""

    identity: str
    cover: Cover[Roster]
    keys: PublicKeys

    @property
    def officer(self) -> PersonCode:
        """Who leads the tender."""
        return PersonCode(self.cover.header.author)

    @property
    def number(self) -> int:
        """The number by which people make sure, by voice, that they have the same roster."""
        return self.cover.header.seq


def in_force(tx: Session, mine: Own) -> RosterInForce | None:
    """The roster in force on this laptop; None where none came, or none was issued."""
    return _counting(*_held_and_found(tx, mine))


def _counting(held: Mapping[str, Cover[Roster]], found: InForce) -> RosterInForce | None:
    if found.roster is None:
        return None
    own = keys_of_author(held[found.roster])
    assert own is not None, "only rosters that name their author's keys are judged"
    return RosterInForce(found.roster, held[found.roster], own)


def rivals(tx: Session, mine: Own) -> tuple[PersonCode, ...]:
    """The people of whom each took over from the same officer without knowing of the others: none of them leads. Else nobody."""
    held, found = _held_and_found(tx, mine)
    return tuple(sorted({PersonCode(held[name].header.author) for name in found.rivals}))


def _held_and_found(tx: Session, mine: Own) -> tuple[dict[str, Cover[Roster]], InForce]:
    signed = {one.identity: one.statement for one in _rosters(tx, mine.tender)}
    held = {name: read_roster(statement.payload) for name, statement in signed.items()}
    founder = founding_key(tx, mine)
    keys = {founder} | {cover.body.successor for cover in held.values() if cover.body.successor is not None}
    keys |= {named.signing for cover in held.values() if (named := keys_of_author(cover)) is not None}
    entries = []
    for name, cover in held.items():
        signer = next((key for key in keys if identity(signed[name], key) == name), None)
        officer = keys_of_author(cover)
        if signer is not None and officer is not None:
            place = Entry(name, cover.header.seq, frozenset(cover.header.history))
            entries.append(RosterEntry(place, signer, officer.signing, cover.body.successor, cover.body.succeeds))
    return held, judged(entries, founder)


def officer(tx: Session, mine: Own) -> tuple[PersonCode, PublicKeys]:
    """Who leads the tender and their laptop's keys, as this laptop knows it: by the roster in force, else by the invitation."""
    if mine.is_officer:
        return mine.person, mine.keys.public
    roster = in_force(tx, mine)
    if roster is not None:
        return roster.officer, roster.keys
    keys = invitations.trusted(tx, mine.tender).officer.value()
    held = exchange.of_kind(tx, mine.tender, ParcelKind.INVITATION)
    return next(one.author for one in held if one.installation == keys.installation), keys


def laptops(tx: Session, mine: Own) -> dict[str, KnownLaptop]:
    """Every laptop whose keys are known here, by installation, the revoked ones among them."""
    if mine.is_officer:
        return _confirmed_here(tx, mine)
    roster = in_force(tx, mine)
    if roster is None:
        return {}
    return {
        one.keys.value().installation: KnownLaptop(PersonCode(person.person), one.keys.value(), revocation(one))
        for person in roster.cover.body.people
        for one in person.laptops
    }


def in_use(tx: Session, mine: Own) -> dict[PersonCode, tuple[PublicKeys, ...]]:
    """The laptops that are sealed to, by person: known and not revoked. The own one is among them where a roster names it."""
    found: dict[PersonCode, tuple[PublicKeys, ...]] = {}
    for one in laptops(tx, mine).values():
        if one.revoked is None:
            found[one.person] = (*found.get(one.person, ()), one.keys)
    return found


def chairs(panel: Iterable[PanelMember]) -> tuple[PersonCode, ...]:
    """The chair and their deputies, in the order of the panel's list: the first is the chair."""
    return tuple(one.person for one in panel if one.has(Role.CHAIR))


def readers(tx: Session, mine: Own, people: Iterable[PersonCode]) -> tuple[PublicKeys, ...]:
    """Whom something is sealed to that goes to the officer and to these people: their laptops in use, and this one."""
    used = in_use(tx, mine)
    found = (officer(tx, mine)[1], *(keys for person in people for keys in used.get(person, ())), mine.keys.public)
    return tuple({keys.installation: keys for keys in found}.values())


def on_paper(tx: Session, mine: Own) -> str:
    """The recipient of the recovery sheet, to which what is sent is sealed too; empty where there is none.

    The officer's laptop knows the sheets that were made last, others those that the roster in force names.
    """
    if mine.is_officer:
        row = t.PaperKeyRow
        made = select(row.recovery).where(row.tender_id == mine.tender).order_by(row.id.desc()).limit(1)
        return tx.execute(made).scalar() or ""
    roster = in_force(tx, mine)
    return "" if roster is None else roster.cover.body.recovery


def own_laptops(tx: Session, mine: Own) -> tuple[PublicKeys, ...]:
    """All laptops in use of the person whose laptop this is, this one first."""
    others = [keys for keys in in_use(tx, mine).get(mine.person, ()) if keys != mine.keys.public]
    return (mine.keys.public, *others)


def aside(
    tx: Session, mine: Own, kind: ParcelKind, author: PersonCode, about: str = "", *, unsound: bool = True
) -> frozenset[str]:
    """The statements of a line that count no more. They are kept.

    The key that signed them was revoked; they turned out not to hold together; or they are sheets that a chair has ruled out, of two that do not know of each other.
    """
    held = exchange.line(tx, mine.tender, kind, author, about)
    known = laptops(tx, mine)
    revoked = set_aside([(one.identity, one.installation) for one in held], known)
    if unsound:
        revoked |= queries.set_aside(tx, mine.tender) & {one.identity for one in held}
    return revoked | _ruled_out(tx, mine, author, held, known) if kind is ParcelKind.SCORESHEET else revoked


def rulings_made_here(tx: Session, mine: Own) -> tuple[Ruling, ...]:
    """What this laptop's chair ruled about sheets, the newest word on each person."""
    rows = tx.execute(
        select(t.RulingRow).where(t.RulingRow.tender_id == mine.tender).order_by(t.RulingRow.id)
    ).scalars()
    found = {row.person: Ruling(row.person, row.counts, tuple(row.ruled_out), row.why) for row in rows}
    return tuple(found[person] for person in sorted(found))


def _ruled_out(
    tx: Session,
    mine: Own,
    author: PersonCode,
    held: Iterable[exchange.Held],
    known: Mapping[str, KnownLaptop],
) -> frozenset[str]:
    """The sheets of somebody that a chair ruled out: here, or with the moderation of theirs that has the highest number.

    A moderation whose key was revoked rules nothing, and no chair rules about their own sheets.
    """
    newest: dict[PersonCode, exchange.Held] = {}
    carried = exchange.of_kind(tx, mine.tender, ParcelKind.MODERATION)
    gone = set_aside([(one.identity, one.installation) for one in carried], known) | queries.set_aside(tx, mine.tender)
    for one in carried:
        before = newest.get(one.author)
        if one.identity not in gone and (before is None or (one.seq, one.identity) > (before.seq, before.identity)):
            newest[one.author] = one
    rulings = list(rulings_made_here(tx, mine))
    for chair, one in newest.items():
        if chair != author:
            rulings += read_moderation(one.statement.payload).body.rulings
    entries = {one.identity: one.entry for one in held}
    return frozenset(named for each in rulings if each.person == author for named in ruled_out(each, entries))


def stands(tx: Session, mine: Own, kind: ParcelKind, author: PersonCode, entries: tuple[Entry, ...]) -> Standing:
    """Where somebody's statements of a kind stand on this laptop, without those of revoked keys."""
    return standing(entries, aside(tx, mine, kind, author))


class NotYet(EvalPanelError):
    """A parcel that cannot be judged before something else has come: it can be taken in again then."""


def require_here(tx: Session, mine: Own, author: PersonCode) -> None:
    """Raise `NotYet` until the tender is on this laptop, and whoever wrote a statement stands on its panel here.

    A roster can come before the keys with which this laptop reads what goes with it: until then its panel is the one before.
    """
    if tx.get(t.TenderRow, mine.tender) is None:
        raise NotYet(
            "The tender that this is about has not come to this laptop.",
            "It is kept here, and taken in when the list of people, the pack and your keys have come.",
        )
    row = t.PanelMemberRow
    if tx.execute(select(row.id).where(row.tender_id == mine.tender, row.person == author)).first() is None:
        raise NotYet(
            f"{author} is not on the panel as this laptop knows it.",
            "It is kept here, and taken in when the list of people, the pack and your keys have come by which they are.",
        )


class Revoked(EvalPanelError):
    """A statement of a laptop whose key was revoked, which was not accepted before: it does not count."""


def refuse_revoked(laptop: KnownLaptop, named: str) -> None:
    """Refuse a statement that does not count because its key was revoked; those that were accepted before still do."""
    if laptop.revoked is not None and not laptop.counts(named):
        raise Revoked(
            f"This is signed with a key of {laptop.person} that was revoked on {laptop.revoked.at:%d.%m.%Y}.",
            f"It does not count and was left alone, whatever its date. Why it was revoked: {laptop.revoked.why}",
        )


def is_told(tx: Session, tender: TenderId, named: str) -> bool:
    """Whether a list of who takes part or a pack is kept here, or is named by one that is as one that came before it.

    Each holds the whole, so what is kept stands for those it follows.
    """
    if exchange.known(tx, named):
        return True
    row = t.ParcelRow
    kinds = (ParcelKind.ROSTER, ParcelKind.PACK)
    lines = tx.execute(select(row.history).where(row.tender_id == tender, row.kind.in_(kinds))).scalars()
    return any(named in history for history in lines)


def pack_in_force(tx: Session, mine: Own) -> exchange.Held | None:
    """The pack that counts: of whoever leads, or of whom they succeeded while they have issued none. Two that do not know of
    each other leave the one before them in force."""
    for author in reversed(officers(tx, mine)):
        held = {one.identity: one for one in exchange.line(tx, mine.tender, ParcelKind.PACK, author)}
        entries = [
            Entry(name, one.seq, frozenset(read_pack(one.statement.payload).header.history))
            for name, one in held.items()
        ]
        state = standing(entries)
        found = state.counts or state.before
        if found is not None:
            return held.get(found)
    return None


def revocation(laptop: Laptop) -> Revocation | None:
    """What a roster says about the revocation of a laptop."""
    if laptop.revoked_at is None:
        return None
    return Revocation(laptop.revoked_at, laptop.revoked_why, frozenset(laptop.accepted))


def keys_of_author(cover: Cover[Roster]) -> PublicKeys | None:
    """The keys of the officer's laptop that a roster names; None where it names none."""
    for person in cover.body.people:
        for one in person.laptops:
            if person.person == cover.header.author and one.keys.value().installation == cover.header.installation:
                return one.keys.value()
    return None


def officers(tx: Session, mine: Own) -> tuple[PersonCode, ...]:
    """Everybody who has led the tender as this laptop knows it, the first one first."""
    held, judged_here = _held_and_found(tx, mine)
    roster = _counting(held, judged_here)
    found = [officer(tx, mine)[0]] if roster is None else []
    cover = None if roster is None else roster.cover
    while cover is not None:
        author = cover.header.author
        found.append(PersonCode(author))
        own = [one for one in held.values() if one.header.author == author and one.body.succeeds]
        cover = held.get(own[0].body.succeeds) if own and len(found) < len(held) else None
    return tuple(dict.fromkeys(reversed(found)))


def founding_key(tx: Session, mine: Own) -> bytes:
    """The signing key from which this laptop works out who leads: that of the officer who made the tender or invited it,
    whose keys were confirmed by the eight words."""
    if mine.nonce:
        return mine.keys.public.signing
    took = _succession(tx, mine)
    return invitations.trusted(tx, mine.tender).officer.signing if took is None else took.trusted


def founder(tx: Session, mine: Own) -> tuple[bytes, bytes]:
    """The signing key and the nonce that give the tender's id: the first officer's."""
    if mine.nonce:
        return mine.keys.public.signing, mine.nonce
    took = _succession(tx, mine)
    if took is not None:
        return took.founder, took.nonce
    invited = invitations.trusted(tx, mine.tender)
    return invited.founder, invited.nonce


def pledge(tx: Session, mine: Own) -> Pledge:
    """Whose tender it is, as the officer's laptop says it to whoever holds the two sheets."""
    founding, nonce = founder(tx, mine)
    return Pledge(founder=founding, nonce=nonce, officer=Keys.of(mine.keys.public), tender=mine.tender)


def _succession(tx: Session, mine: Own) -> t.SuccessionRow | None:
    return tx.execute(select(t.SuccessionRow).where(t.SuccessionRow.tender_id == mine.tender)).scalar_one_or_none()


def _rosters(tx: Session, tender: TenderId) -> tuple[exchange.Held, ...]:
    return exchange.of_kind(tx, tender, ParcelKind.ROSTER)


def _confirmed_here(tx: Session, mine: Own) -> dict[str, KnownLaptop]:
    rows = tx.execute(select(t.RevocationRow).where(t.RevocationRow.tender_id == mine.tender)).scalars()
    revoked = {row.installation: Revocation(row.at, row.why, frozenset(row.accepted)) for row in rows}
    return {
        installation: KnownLaptop(person, keys, revoked.get(installation))
        for installation, (person, keys) in exchange.confirmed(tx, mine.tender).items()
    }
