"""Which roster is in force, whose keys it names, and which statements count once a key was revoked.

All of it follows from the set of statements that are here: the order in which files arrived makes no difference, and
nothing depends on a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from evalpanel.domain.branches import Entry, standing
from evalpanel.domain.parcels import PublicKeys
from evalpanel.domain.tender import PersonCode


@dataclass(frozen=True, slots=True)
class Revocation:
    """The keys of a laptop were revoked: when (UTC, as the officer's clock said it) and why.

    `accepted` are the identities of its statements that had been accepted before. They still count; nothing else does,
    whatever its date.
    """

    at: datetime
    why: str
    accepted: frozenset[str]


@dataclass(frozen=True, slots=True)
class KnownLaptop:
    """A laptop on the roster: whose, its keys, and its revocation if there was one."""

    person: PersonCode
    keys: PublicKeys
    revoked: Revocation | None = None

    def counts(self, identity: str) -> bool:
        """Whether a statement that this laptop's key signed counts."""
        return self.revoked is None or identity in self.revoked.accepted


def set_aside(statements: Iterable[tuple[str, str]], laptops: Mapping[str, KnownLaptop]) -> frozenset[str]:
    """Of statements (identity, installation that signed) those that count no more: their key was revoked.

    They stay where they are, and nothing that was read is unread. A laptop that is not on the roster is not judged here.
    """
    return frozenset(
        identity
        for identity, installation in statements
        if installation in laptops and not laptops[installation].counts(identity)
    )


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A roster as what decides whether it is in force.

    `signed_by` is the key that verifies it, `officer` the signing key of the officer's laptop that it names, `successor`
    the signing key on paper that may replace the officer (None: there is none), `succeeds` the roster whose officer this
    one replaces (empty: it replaces nobody).
    """

    entry: Entry
    signed_by: bytes
    officer: bytes
    successor: bytes | None = None
    succeeds: str = ""


@dataclass(frozen=True, slots=True)
class InForce:
    """Which roster is in force (None: there is none), and the rosters by which several take over from its officer.

    `rivals` are empty unless two or more do so and none of them names all the others: then none of them leads.
    """

    roster: str | None
    rivals: tuple[str, ...] = ()


def in_force(entries: Iterable[RosterEntry], founder: bytes) -> InForce:
    """Which roster is in force, whatever the order in which they came.

    It begins with the officer whose key gives the tender's id (`founder`). A roster that is signed by the successor key
    which an officer's roster names takes over from that officer, and their later rosters count no more. Where the officer's
    rosters fork, or two take over from the same officer, the one before stays in force: of two that take over, until one is
    made that names the other as one that came before it.
    """
    held = {one.entry.identity: one for one in entries}
    own = {name: one for name, one in held.items() if one.signed_by == founder and not one.succeeds}
    before: set[str] = set()
    rivals: tuple[str, ...] = ()
    while own.keys() - before:
        before |= own.keys()
        named = own
        found = _last_word({name: one for name, one in held.items() if name not in before and _takes_over(one, named)})
        if len(found) != 1:
            rivals = tuple(sorted(found))
            break
        (new,) = found.values()
        own = {
            name: one
            for name, one in held.items()
            if one is new or (one.signed_by == new.officer and not one.succeeds and name not in before)
        }
    state = standing(one.entry for one in own.values())
    return InForce(state.counts or state.before, rivals)


def _last_word(found: Mapping[str, RosterEntry]) -> dict[str, RosterEntry]:
    """Of the rosters that take over from one officer those that no other one of them follows."""
    followed = {earlier for one in found.values() for earlier in one.entry.history}
    return {name: one for name, one in found.items() if name not in followed}


def _takes_over(one: RosterEntry, own: Mapping[str, RosterEntry]) -> bool:
    replaced = own.get(one.succeeds)
    return replaced is not None and replaced.successor is not None and one.signed_by == replaced.successor
