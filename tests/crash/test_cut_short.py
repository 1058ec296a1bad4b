"""Every act, cut short: by a kill, by a full disk, by a stick that is pulled out. It happened or it did not.

What each run is judged by stands in `states.after` and `Runs._judge`: the profile opens, the audit chain verifies, every
document that a row names is there, the act was done up to its last commit and no further, and doing it again comes to
what it always comes to. `EVALPANEL_CRASH=every` tries every point; without it, an even sample of at most the number
that stands here.
"""

from __future__ import annotations

import errno

import pytest

from crash.acts import ACTS
from crash.conftest import Ask

IN_THE_MIDDLE_OF_A_WRITE = ("make a profile", "open, save, close", "upgrade the store", "load a folder", "sign letters")


@pytest.mark.parametrize("act", ACTS)
def test_act_that_is_killed_at_any_point_happened_or_did_not(ask: Ask, act: str) -> None:
    """Nor can a power cut take a file that a row names: it is on the disk before it takes its name, and its name before
    the rows are kept."""
    answer = ask(act, "killed", 4)
    assert (answer.wrong, answer.too_early) == ((), ())
    assert len(answer.told) >= min(len(answer.points), 4)


@pytest.mark.parametrize("act", IN_THE_MIDDLE_OF_A_WRITE)
def test_act_that_is_killed_in_the_middle_of_a_write_happened_or_did_not(ask: Ask, act: str) -> None:
    assert ask(act, "killed by size", 4).wrong == ()


_GONE, _FULL, _CLOSED = (
    (errno.EIO, "does not answer."),
    (errno.ENOSPC, "There is no room left in"),
    (errno.EROFS, "is read-only."),
)


@pytest.mark.parametrize(
    ("act", "error", "said"),
    [
        ("make a profile", *_CLOSED),
        ("open, save, close", *_FULL),
        ("load later bids", *_FULL),
        ("import prices", *_GONE),
        ("sign letters", *_GONE),
        ("make a challenge pack", *_FULL),
        ("export scores", *_CLOSED),
        ("export moderated scores", *_GONE),
    ],
)
def test_disk_that_fails_at_any_point_is_told_in_words_and_leaves_nothing_half_done(
    ask: Ask, act: str, error: int, said: str
) -> None:
    answer = ask(act, "refused", 3, error)
    assert answer.wrong == ()
    assert [told for told in answer.told.values() if said not in told or ".part”" in told] == []


@pytest.mark.parametrize("act", ["make a profile", "open, save, close", "load a folder", "put a backup back"])
def test_write_that_is_refused_by_the_operating_system_is_told_in_words(ask: Ask, act: str) -> None:
    """A limit on the size of files: it is met in the store's log, in its checkpoint and in the backup."""
    answer = ask(act, "refused by size", 5)
    assert answer.wrong == ()
    assert {told.split(". ")[0] for told in answer.told.values()} - {""} <= {
        "The disk does not do what it is asked",
        "The backup of the store could not be made",
        "“keys.new” could not be written",
        "“store” could not be written",
    }
