"""How long a record is kept, and its ending: nothing early, nothing under a hold, and nothing claimed that is not so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from after_outcome_steps import ENDS, noticed
from evalpanel.domain.retention import RecordEnding, RetentionState, warning
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import after_outcome, documents, keeping, publishing, record, setup, verify
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from profiles import Clock, copied, opened
from stages import REFERENCE

At = Callable[[str], Workspace]
LATE = 3 * 366


@pytest.fixture
def closed(at: At, clock: Clock, tmp_path: Path) -> Workspace:
    """A tender that is signed and closed."""
    space = at("priced")
    noticed(space, tmp_path / "letters")
    clock.forward(days=20)
    publishing.sign(space, REFERENCE, signed=ENDS + timedelta(days=1))
    publishing.close(space, REFERENCE)
    return space


def refusal(space: Workspace, typed: str = REFERENCE) -> str:
    with pytest.raises(EvalPanelError) as refused:
        keeping.end(space, REFERENCE, typed=typed, why="It is no longer needed.")
    return f"{refused.value.title} {refused.value.message}"


def test_record_ends_only_when_due_typed_and_free_of_holds(closed: Workspace, clock: Clock) -> None:
    before = keeping.keeping(closed, REFERENCE)
    assert (before.retention.state, before.has_key, before.files > 0) == (RetentionState.KEPT, True, True)
    assert refusal(closed) == (
        "The record may not be ended now. Nothing was changed. 3 years that begin on 13 October 2026, when the contract was "
        "signed, end on 12 October 2029."
    )
    clock.forward(days=LATE)
    ((named, due),) = keeping.due(closed)
    assert (named, warning(due)) == (REFERENCE, keeping.keeping(closed, REFERENCE).warning)
    assert warning(due).endswith("The record may be ended now, or kept for a reason of your own.")
    assert refusal(closed, "TEST") == (
        "The reference was not typed as it is written. Nothing was changed. To end this record, type TEST-2026-001."
    )
    publishing.hold(closed, REFERENCE, who="Audit", why="Asked for.")
    assert "Audit: Asked for.). Lift the hold first." in refusal(closed)
    publishing.lift(closed, REFERENCE, who="Audit", why="Done.")
    assert keeping.keeping(closed, REFERENCE) == before.__class__(
        keeping.keeping(closed, REFERENCE).retention, before.files, True, before.backups, keeping.KEPT, ""
    )


def test_ending_takes_files_and_key_and_says_what_is_left(closed: Workspace, clock: Clock) -> None:
    clock.forward(days=LATE)
    files = keeping.keeping(closed, REFERENCE).files
    now = keeping.end(closed, REFERENCE, typed=REFERENCE, why="It is no longer needed.")
    assert (now.retention.state, now.files, now.has_key) == (RetentionState.ENDED, 0, False)
    assert list(closed.documents.folder.iterdir()) == []
    assert record.history(closed, REFERENCE)[-1].sentence == (
        f"OF1 Ola Fenn ended the record: took {files} sealed files away and deleted the wrapping key. It is no longer needed. "
        f"{keeping.KEPT}"
    )
    assert "backups" in keeping.KEPT
    found = verify.verify_tender(closed, REFERENCE)
    assert found.verdict == "verified"
    assert f"the record was ended: its {files} sealed files and its wrapping key are no longer here" in found.proved
    # Scores and history stay, and what is gone is told in words.
    assert setup.view(closed, REFERENCE).moderated > 0
    with pytest.raises(EvalPanelError):
        documents.read(closed, REFERENCE, "Specification.txt", person="OF1")
    with pytest.raises(EvalPanelError) as again:
        publishing.hold(closed, REFERENCE, who="Audit", why="Asked for.")
    assert again.value.title == "The record of this tender was ended."
    assert "It was ended already." in refusal(closed)


def test_ending_that_was_cut_short_is_finished_at_the_next_start(at: At, clock: Clock, tmp_path: Path) -> None:
    space = at("priced")
    root, tender = space.folders.root, setup.view(space, REFERENCE).summary.tender_id
    # What a program that was killed right after its commit leaves behind.
    with space.store.writing() as tx:
        ending = RecordEnding("It is no longer needed.", 9, keeping.KEPT)
        after_outcome.keep(tx, space, tender, t.RecordEndingRow, ending, PersonCode("OF1"))
    found = verify.verify_tender(space, REFERENCE)
    assert (found.verdict, found.not_proved[0].endswith("sealed files are still here after the ending")) == (
        "altered",
        True,
    )
    copy = copied(root, tmp_path / "next start")
    (copy / "profile.lock").unlink()
    with opened(copy, clock) as again:
        now = keeping.keeping(again, REFERENCE)
        assert (now.files, now.has_key) == (0, False)
        assert verify.verify_tender(again, REFERENCE).verdict == "verified"
