"""Who takes part and with which keys, as this laptop knows it: the roster in force, and whose signature it believes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.branches import Standing, standing
from evalpanel.domain.parcels import ParcelKind, PublicKeys
from evalpanel.domain.people import Role
from evalpanel.domain.tender import PersonCode
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_packs import Roster, read_roster
from evalpanel.services import exchange, invitations
from evalpanel.services.exchange import Held, Own
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class Signer:
    """A laptop whose signature is believed here: whose it is, what they do in the tender, and its keys.

    `accepted` is None as long as the laptop is not revoked; then it lists the only statements of it that still count.
    """

    person: PersonCode
    keys: PublicKeys
    roles: tuple[Role, ...]
    accepted: frozenset[str] | None = None

    def counts(self, identity: str) -> bool:
        """Whether a statement that this laptop signed counts, whatever its date."""
        return self.accepted is None or identity in self.accepted


def officer_of(tx: Session, mine: Own) -> PersonCode:
    """The officer of the tender, as the invitation said on a member's laptop."""
    return mine.person if mine.is_officer else invitations.newest(tx, mine.tender)[0].author


def line_in_force(tx: Session, mine: Own, kind: ParcelKind) -> Held | None:
    """The roster or pack that counts. Two that do not know of each other leave the one before them in force."""
    held = exchange.line(tx, mine.tender, kind, officer_of(tx, mine))
    state: Standing = standing(one.entry for one in held)
    wanted = state.counts or state.before
    return next((one for one in held if one.identity == wanted), None)


def roster_in_force(tx: Session, mine: Own) -> Cover[Roster] | None:
    """The list of who takes part that counts here; None while none has come, or been issued."""
    held = line_in_force(tx, mine, ParcelKind.ROSTER)
    return None if held is None else read_roster(held.statement.payload)


def signers(tx: Session, mine: Own) -> tuple[Signer, ...]:
    """Whose signatures are believed: this laptop's own, those confirmed here by the eight words, and those on the roster.

    What the roster in force revokes stays in the list with what it still accepts.
    """
    roster = roster_in_force(tx, mine)
    found = {mine.keys.public.installation: Signer(mine.person, mine.keys.public, ())}
    for installation, (person, keys) in exchange.confirmed(tx, mine.tender).items():
        found[installation] = Signer(person, keys, ())
    if roster is not None:
        for one in _on_roster(roster):
            found[one.keys.installation] = one
    roles = _roles(tx, mine, roster)
    return tuple(replace(one, roles=roles.get(one.person, ())) for one in found.values())


def _on_roster(roster: Cover[Roster]) -> Iterator[Signer]:
    for person in roster.body.people:
        for laptop in person.laptops:
            accepted = None if laptop.revoked_at is None else frozenset(laptop.accepted)
            yield Signer(PersonCode(person.person), laptop.keys.value(), person.roles, accepted)


def _roles(tx: Session, mine: Own, roster: Cover[Roster] | None) -> dict[PersonCode, tuple[Role, ...]]:
    """What everybody does: on the officer's laptop as the tender says now, elsewhere as the roster says."""
    if mine.is_officer:
        row = t.PanelMemberRow
        return {one.person: one.roles for one in tx.execute(select(row).where(row.tender_id == mine.tender)).scalars()}
    found = {PersonCode(one.person): one.roles for one in roster.body.people} if roster is not None else {}
    officer = officer_of(tx, mine)
    return {**found, officer: tuple(dict.fromkeys((Role.OFFICER, *found.get(officer, ()))))}


def ruled_out(tx: Session, mine: Own) -> frozenset[str]:
    """The statements kept here that count no more: what a revoked laptop signed and the roster does not accept."""
    revoked = {one.keys.installation: one for one in signers(tx, mine) if one.accepted is not None}
    if not revoked:
        return frozenset()
    row = t.ParcelRow
    held = tx.execute(
        select(row.installation, row.identity).where(row.tender_id == mine.tender, row.installation.in_(tuple(revoked)))
    )
    return frozenset(identity for installation, identity in held if not revoked[installation].counts(identity))
