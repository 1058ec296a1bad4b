"""Whose keys a laptop knows: the officer's by the eight words, everybody else's from the roster in force. Shared.

On the officer's laptop it is the other way round: it made the roster of the keys that were confirmed there.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from evalpanel.domain.branches import Entry, standing
from evalpanel.domain.parcels import ParcelKind, PublicKeys
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.tender import PersonCode
from evalpanel.formats.parcel_packs import Roster, read_roster
from evalpanel.services import exchange, invitations
from evalpanel.services.exchange import Own

Laptops = dict[str, tuple[PersonCode, PublicKeys]]
"""Laptops by installation: whose each is, and its keys."""


def in_force(tx: Session, mine: Own) -> tuple[str, Roster] | None:
    """The roster that counts here, and its identity; None before one came. A fork leaves the one before it in force."""
    officer = mine.person if mine.is_officer else invitations.newest(tx, mine.tender)[0].author
    held = {one.identity: one for one in exchange.line(tx, mine.tender, ParcelKind.ROSTER, officer)}
    covers = {named: read_roster(one.statement.payload) for named, one in held.items()}
    entries = (Entry(named, held[named].seq, frozenset(cover.header.history)) for named, cover in covers.items())
    state = standing(entries)
    wanted = state.counts or state.before
    return None if wanted is None else (wanted, covers[wanted].body)


def laptops(tx: Session, mine: Own) -> Laptops:
    """Every laptop whose statements can be taken in here, this one among them."""
    own = {mine.keys.public.installation: (mine.person, mine.keys.public)}
    if mine.is_officer:
        return exchange.confirmed(tx, mine.tender) | own
    confirmed = exchange.confirmed(tx, mine.tender)
    found = in_force(tx, mine)
    if found is None or not confirmed:
        return confirmed | own
    listed: Laptops = {}
    for person in found[1].people:
        for laptop in person.laptops:
            keys = laptop.keys.value()
            if laptop.revoked_at is None:
                listed[keys.installation] = (PersonCode(person.person), keys)
    return listed | confirmed | own


def of_people(found: Laptops, people: frozenset[PersonCode]) -> tuple[PublicKeys, ...]:
    """The keys of these people's laptops, in one order."""
    return tuple(found[one][1] for one in sorted(found) if found[one][0] in people)


def chairs(panel: tuple[PanelMember, ...]) -> tuple[PersonCode, ...]:
    """The chair and their deputies, in the order of the panel's list: the first is the chair."""
    return tuple(one.person for one in panel if one.has(Role.CHAIR))
