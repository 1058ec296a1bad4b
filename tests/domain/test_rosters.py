"""Which roster is in force, and what counts once a key was revoked: whatever the order in which files came."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.branches import Entry, standing
from evalpanel.domain.parcels import PublicKeys
from evalpanel.domain.rosters import (
    InForce,
    KnownLaptop,
    Revocation,
    RosterEntry,
    in_force,
    set_aside,
)
from evalpanel.domain.tender import PersonCode

FIRST, PAPER, SECOND, THIRD, OUTSIDER = (bytes([one]) * 32 for one in range(5))
KEYS = PublicKeys(b"k" * 32, "age1member")
AT = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


def roster(
    name: str,
    *before: str,
    by: bytes = FIRST,
    officer: bytes = FIRST,
    successor: bytes | None = PAPER,
    succeeds: str = "",
) -> RosterEntry:
    return RosterEntry(Entry(name, len(before) + 1, frozenset(before)), by, officer, successor, succeeds)


def roster_in_force(entries: list[RosterEntry], founder: bytes) -> str | None:
    return in_force(entries, founder).roster


def test_newest_roster_of_the_officer_is_in_force() -> None:
    assert roster_in_force([roster("b", "a"), roster("a")], FIRST) == "b"


def test_two_that_do_not_know_of_each_other_leave_the_one_before_in_force() -> None:
    assert roster_in_force([roster("a"), roster("b", "a"), roster("c", "a")], FIRST) == "a"


def test_nobody_elses_roster_counts() -> None:
    assert roster_in_force([roster("a"), roster("b", "a", by=OUTSIDER, officer=OUTSIDER)], FIRST) == "a"
    assert roster_in_force([roster("b", by=OUTSIDER)], FIRST) is None


def test_successors_roster_takes_over_and_the_first_officers_later_ones_count_no_more() -> None:
    taken = roster("s", by=PAPER, officer=SECOND, succeeds="a")
    own = roster("t", "s", by=SECOND, officer=SECOND)
    assert roster_in_force([roster("a"), taken], FIRST) == "s"
    assert roster_in_force([roster("a"), roster("b", "a"), taken, own], FIRST) == "t"


def test_key_that_no_roster_named_takes_nothing_over() -> None:
    taken = roster("s", by=PAPER, officer=SECOND, succeeds="a")
    assert roster_in_force([roster("a", successor=None), taken], FIRST) == "a"
    assert roster_in_force([roster("a", successor=THIRD), taken], FIRST) == "a"
    assert roster_in_force([taken], FIRST) is None


def test_successor_key_signs_only_a_roster_that_replaces_the_officer() -> None:
    assert roster_in_force([roster("a"), roster("b", "a", by=PAPER, officer=FIRST)], FIRST) == "a"


def test_two_that_take_over_leave_the_officer_in_force() -> None:
    one = roster("s", by=PAPER, officer=SECOND, succeeds="a")
    other = roster("t", by=PAPER, officer=THIRD, succeeds="a")
    assert in_force([roster("a"), one, other], FIRST) == InForce("a", ("s", "t"))


def test_one_of_two_that_take_over_leads_once_it_names_the_other() -> None:
    one = roster("s", by=PAPER, officer=SECOND, succeeds="a")
    later = roster("p", "s", by=SECOND, officer=SECOND)
    other = roster("t", by=PAPER, officer=THIRD, succeeds="a")
    word = roster("u", "s", "p", "t", by=PAPER, officer=SECOND, succeeds="a")
    assert in_force([roster("a"), one, later, other, word], FIRST) == InForce("u")
    assert in_force([roster("a"), other, word], FIRST) == InForce("u")  # the first of the two never came
    assert in_force([roster("a"), one, other, roster("u", "s", by=PAPER, officer=SECOND, succeeds="a")], FIRST) == (
        InForce("a", ("t", "u"))
    )


def test_successor_is_succeeded_in_turn() -> None:
    first = roster("s", by=PAPER, officer=SECOND, successor=OUTSIDER, succeeds="a")
    then = roster("u", by=OUTSIDER, officer=THIRD, succeeds="s")
    assert roster_in_force([roster("a"), first, then], FIRST) == "u"


NAMES = "abcdef"


@st.composite
def any_rosters(draw: st.DrawFn) -> list[RosterEntry]:
    """Rosters by anybody, which follow, succeed and name whomever they like."""
    keys = st.sampled_from((FIRST, PAPER, SECOND, THIRD))
    made = []
    for place, name in enumerate(NAMES[: draw(st.integers(1, len(NAMES)))]):
        before = draw(st.sets(st.sampled_from(NAMES[:place]))) if place else set()
        succeeds = draw(st.sampled_from(("", *NAMES[:place]))) if place else ""
        officer, paper = draw(keys), draw(st.none() | keys)
        made.append(RosterEntry(Entry(name, place + 1, frozenset(before)), draw(keys), officer, paper, succeeds))
    return made


@given(any_rosters(), st.randoms(use_true_random=False))
def test_roster_in_force_does_not_depend_on_order_or_repetition(held: list[RosterEntry], chance: object) -> None:
    mixed = [*held, *held[:2]]
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis' own Random
    assert roster_in_force(mixed, FIRST) == roster_in_force(held, FIRST)


@given(any_rosters())
def test_without_a_roster_of_the_first_officer_none_is_in_force(held: list[RosterEntry]) -> None:
    assert roster_in_force([one for one in held if one.signed_by != FIRST], FIRST) is None


# What counts after a revocation --------------------------------------------------------------------------------------


def laptop(*accepted: str, revoked: bool = True) -> KnownLaptop:
    gone = Revocation(AT, "Left on a train.", frozenset(accepted)) if revoked else None
    return KnownLaptop(PersonCode("PM1"), KEYS, gone)


def test_only_what_was_accepted_before_a_revocation_counts() -> None:
    laptops = {"lost": laptop("a"), "kept": laptop(revoked=False)}
    sent = [("a", "lost"), ("b", "lost"), ("c", "kept"), ("d", "unknown")]
    assert set_aside(sent, laptops) == {"b"}


@given(st.permutations(["a", "b", "c", "d"]), st.sets(st.sampled_from(["a", "b", "c", "d"])))
def test_who_counts_after_a_revocation_does_not_depend_on_order(order: list[str], accepted: set[str]) -> None:
    laptops = {"lost": laptop(*accepted)}
    line = {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("a",)}
    entries = [Entry(name, "abcd".index(name) + 1, frozenset(line[name])) for name in order]
    aside = set_aside([(name, "lost") for name in order], laptops)
    assert aside == set("abcd") - accepted
    assert standing(entries, aside) == standing(sorted(entries, key=lambda one: one.identity), aside)
    counts = standing(entries, aside).counts
    assert counts is None or counts in accepted
