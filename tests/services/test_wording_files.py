"""An authority's own sentences: written out, checked with file and line, taken in, and used by the letters that follow."""

from __future__ import annotations

from pathlib import Path

import pytest

import ui_stage
from evalpanel.domain.letter import Paragraph
from evalpanel.errors import EvalPanelError
from evalpanel.services import letter_drafts, wording_files, wordings
from evalpanel.services.workspace import Workspace

REFERENCE = ui_stage.REFERENCE


def first_words(space: Workspace) -> str:
    block = letter_drafts.composed(space, REFERENCE, "B03", "L2").opening[0]
    assert isinstance(block, Paragraph)
    return block.text


def test_sentences_are_written_out_changed_and_used(tmp_path: Path) -> None:
    with ui_stage.at("outcome", tmp_path / "profile") as space:
        before = first_words(space)
        files = wording_files.export(space, tmp_path / "own")
        assert [one.stem for one in files] == list(wordings.names())
        assert [one.faults for one in wording_files.check(tmp_path / "own")] == [()] * len(files)
        wording_files.use(space, tmp_path / "own")
        assert first_words(space) == before

        own = tmp_path / "own" / "pa2023.toml"
        text = own.read_text("utf-8")
        own.write_text(text.replace("Your {offer} was successful: ", "Good news about your {offer}: "), "utf-8")
        wording_files.use(space, tmp_path / "own")
        assert first_words(space).startswith("Good news about your tender: ")
        with pytest.raises(EvalPanelError, match="is in that folder already"):
            wording_files.export(space, tmp_path / "own")
        wording_files.export(space, tmp_path / "again")
        assert "Good news about" in (tmp_path / "again" / "pa2023.toml").read_text("utf-8")


def test_what_is_wrong_is_told_with_file_and_line_and_nothing_is_used(tmp_path: Path) -> None:
    with ui_stage.at("outcome", tmp_path / "profile") as space:
        before = first_words(space)
        wording_files.export(space, tmp_path / "own")
        own = tmp_path / "own" / "pa2023.toml"
        lines = own.read_text("utf-8").splitlines()
        at = next(number for number, line in enumerate(lines) if line.startswith("salutation = "))
        lines[at] = 'salutation = "Dear {nobody},"'
        own.write_text("\n".join(lines), "utf-8")
        (tmp_path / "own" / "mine.toml").write_text("", "utf-8")
        with pytest.raises(wording_files.WordingRefused) as refused:
            wording_files.use(space, tmp_path / "own")
        assert [str(one) for one in refused.value.faults] == [
            f"mine.toml: no law has a wording of that name: there are {', '.join(f'{one}.toml' for one in wordings.names())}",
            f"pa2023.toml, line {at + 1}: texts.salutation: no letter fills the place {{nobody}}",
            f"pa2023.toml, line {at + 1}: texts.salutation: the place {{bidder}} is missing, and letters must say it",
        ]
        assert first_words(space) == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a = ", "pa2023.toml: it cannot be read: invalid value"),
        (b"[kinds\n", "pa2023.toml, line 1: it cannot be read"),
        (b'[texts]\nclosing = "\xff"\n', "pa2023.toml, line 2: this is no UTF-8 text"),
        (b"a = " + b"[" * 100000, "pa2023.toml: it cannot be read: it is nested too deeply"),
        (b'based_on = "../../secret"\n', "pa2023.toml, line 1: based_on: the program does not know this"),
        (b"", "pa2023.toml: kinds: the table is missing"),
    ],
)
def test_files_that_are_no_sentences_are_refused_in_words(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "pa2023.toml").write_bytes(data)
    (found,) = wording_files.check(tmp_path)
    assert str(found.faults[0]).startswith(said)


def test_a_file_that_is_too_large_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvalPanelError, match="There are no files of sentences"):
        wording_files.check(tmp_path)
    (tmp_path / "pa2023.toml").write_bytes(b"#" * (wording_files.MOST_BYTES + 1))
    with pytest.raises(EvalPanelError):
        wording_files.check(tmp_path)
