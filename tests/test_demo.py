"""The demonstration: the whole job, told step by step, with letters that stay and a profile that does not."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from evalpanel import demo
from evalpanel.errors import EvalPanelError


def test_the_demonstration_ends_in_verified_letters_and_leaves_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    said: list[str] = []

    story = demo.run(tmp_path / "out", said.append)
    demo.check(story)

    assert (story.reference, story.scores, story.lines, story.record.verdict) == ("PTSCF-2026-014", 325, 97, "verified")
    assert sorted(path.name for path in (tmp_path / "out" / "letters").iterdir()) == sorted(
        ["letters.json", "letters.json.p7s", *(letter.file.name for letter in story.letters.letters)]
    )
    assert list((tmp_path / "tmp").iterdir()) == []
    acts = [line for line in said if line[:1].isdigit()]
    assert acts == [
        "1. Load the tender",
        "2. Declare interests",
        "3. Score the bids",
        "4. Moderate",
        "5. Open the prices",
        "6. See the outcome",
        "7. Sign the letters",
    ]
    assert "Lot L1 goes to Tamar Voices Consortium (80.74)." in said

    broken = demo.Story(
        story.reference, 0, 0, story.outcome, type(story.letters)((), (), ""), story.letters_folder, story.record
    )
    with pytest.raises(EvalPanelError, match="a letter was not signed and verified"):
        demo.check(broken)
