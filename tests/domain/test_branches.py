from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.branches import Entry, Standing, fault, standing


def entry(identity: str, seq: int, *history: str) -> Entry:
    return Entry(identity, seq, frozenset(history))


A1, B2, C3 = entry("a", 1), entry("b", 2, "a"), entry("c", 3, "a", "b")
OTHER2 = entry("x", 2, "a")


def test_standing_of_nothing_is_empty() -> None:
    assert standing([]) == Standing()


def test_newest_of_a_line_counts() -> None:
    assert standing([A1, B2, C3]) == Standing(tips=("c",), counts="c", before="b")


def test_statement_that_is_cited_and_not_here_is_missing_and_the_newest_counts() -> None:
    assert standing([C3]) == Standing(tips=("c",), counts="c", missing=frozenset({"a", "b"}))


def test_two_that_do_not_know_of_each_other_are_a_fork_and_neither_counts() -> None:
    held = standing([A1, B2, OTHER2])
    assert held == Standing(tips=("b", "x"), before="a")
    assert held.forked


def test_statement_that_a_later_one_leaves_out_is_a_fork() -> None:
    assert standing([A1, OTHER2, B2, C3]) == Standing(tips=("x", "c"), before="a")


def test_statement_that_lists_both_branches_ends_the_fork() -> None:
    joined = entry("j", 3, "a", "b", "x")
    assert standing([A1, B2, OTHER2, joined]) == Standing(tips=("j",), counts="j")


def test_branch_that_was_ruled_out_counts_no_more_and_is_no_fork() -> None:
    assert standing([A1, B2, OTHER2], ruled_out=["x"]) == Standing(tips=("b",), counts="b", before="a")


def test_ruling_that_came_before_the_statement_it_is_about_holds_when_it_comes() -> None:
    assert standing([A1], ruled_out=["x"]).counts == "a"
    assert standing([A1, OTHER2], ruled_out=["x"]).counts == "a"


@st.composite
def lines(draw: st.DrawFn) -> list[Entry]:
    """Statements of one person as laptops make them: each builds on some of those that were there, and all before them."""
    made: list[Entry] = []
    for number in range(draw(st.integers(1, 9))):
        bases = draw(st.lists(st.sampled_from(made), unique=True, max_size=3)) if made else []
        history = frozenset({base.identity for base in bases}.union(*(base.history for base in bases)))
        seq = max((one.seq for one in made if one.identity in history), default=0) + 1
        made.append(Entry(f"s{number}", seq, history))
    return made


@given(lines(), st.randoms(use_true_random=False), st.data())
def test_order_and_repetition_do_not_matter(made: list[Entry], random: object, data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.sampled_from(made), unique=True))
    again = data.draw(st.permutations(kept + kept))
    assert standing(again) == standing(kept)


@given(lines())
def test_honest_lines_have_no_fault_and_at_most_one_counts(made: list[Entry]) -> None:
    held = {one.identity: one for one in made}
    assert [fault(one, held) for one in made] == [""] * len(made)
    state = standing(made)
    assert state.missing == frozenset()
    assert (state.counts is None) == state.forked
    for one in made:
        assert (one.identity in state.tips) == all(one.identity not in other.history for other in made)


@given(lines())
def test_statement_that_follows_all_always_ends_a_fork(made: list[Entry]) -> None:
    last = Entry("last", max(one.seq for one in made) + len(made) + 1, frozenset(one.identity for one in made))
    assert standing([*made, last]).counts == "last"


def test_entries_that_contradict_the_line_are_faulty() -> None:
    held = {"a": A1, "b": B2, "c": C3}
    assert [
        fault(entry("n", 4, "n"), held),
        fault(entry("n", 3, "c", "z"), held),
        fault(entry("n", 4, "b", "c"), held),
        fault(entry("n", 4, "a", "b", "c"), held),
    ] == [
        "it says that it came before itself",
        "its number is not larger than those of the statements that it follows",
        "it leaves out a statement that one of those it follows names",
        "",
    ]
