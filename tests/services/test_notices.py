"""Notices as a way in: read, refused in words, and made into a draft workbook that asks for what they lack."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evalpanel.domain.intake import ProblemsFound
from evalpanel.errors import EvalPanelError
from evalpanel.formats.workbook import read_workbook
from evalpanel.services import notices
from formats.ocds_examples import SPECIMENS, a_release

SHARED = Path(__file__).parents[3] / "shared" / "data"
SPECIMEN_FILES = sorted(SPECIMENS.glob("*/*.json"))


def told(path: Path) -> list[str]:
    """What keeps a file from being drafted: of the file, and of its processes."""
    reading = notices.read_notice(path)
    found = [*reading.problems, *(it for tender in reading.tenders for it in tender.problems)]
    return [str(problem) for problem in found if problem.stops]


@pytest.mark.parametrize("path", SPECIMEN_FILES, ids=lambda path: path.name)
def test_draft_of_a_specimen_lacks_what_is_asked_for_or_is_refused(path: Path, tmp_path: Path) -> None:
    assert notices.is_notice(path)
    out = tmp_path / "draft.xlsx"
    if told(path):
        with pytest.raises(ProblemsFound) as refused:
            notices.draft(path, out)
        assert refused.value.then == "Nothing was written."
        assert not out.exists()
        return
    drafted = notices.draft(path, out)
    missing = {problem.where for problem in read_workbook(out.read_bytes()).problems if problem.stops}
    needed = {ask.cell for ask in drafted.asks if ask.needed}
    # The formula is missed by the check of the workbook only when the regime is there.
    assert missing == needed - {"Tender!B14"}
    with pytest.raises(EvalPanelError) as sent_on:
        notices.refuse_as_pack(path)
    assert f"evalpanel draft {path.name} tender.xlsx" in sent_on.value.message


@pytest.mark.real_input
def test_every_shared_file_is_read_or_refused_in_words() -> None:
    if not SHARED.is_dir():
        pytest.skip("the material of other people is not beside this checkout")
    files = sorted([*(SHARED / "ocds").rglob("*.*"), *(SHARED / "prozorro").glob("*.*")])
    why = {path: told(path) for path in files if path.is_file()}
    assert sum(not reasons for reasons in why.values()) == 60
    assert {path.name for path, reasons in why.items() if reasons and path.name.startswith("ocds-")} == {
        "ocds-213czf-000-00001-05-contract.json",
        "ocds-213czf-000-00001-06-implementation.json",
    }


def test_what_was_looked_at_is_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "notice.json"
    path.write_text(json.dumps(a_release()), encoding="utf-8")
    (looked_at,) = notices.read_notice(path).tenders
    path.write_text(json.dumps(a_release(title="Changed meanwhile")), encoding="utf-8")
    notices.write_draft(looked_at, tmp_path / "draft.xlsx")
    assert read_workbook((tmp_path / "draft.xlsx").read_bytes()).pack == read_workbook(_draft(tmp_path)).pack


def _draft(folder: Path) -> bytes:
    (folder / "again.json").write_text(json.dumps(a_release()), encoding="utf-8")
    notices.draft(folder / "again.json", folder / "again.xlsx")
    return (folder / "again.xlsx").read_bytes()


def test_one_of_several_processes_has_to_be_named(tmp_path: Path) -> None:
    other = a_release(id="DN-2") | {"ocid": "ocds-made-2"}
    path = tmp_path / "notice.json"
    path.write_text(json.dumps({"version": "1.1", "releases": [a_release(), other]}), encoding="utf-8")
    with pytest.raises(EvalPanelError, match=r"^notice\.json holds 2 processes\."):
        notices.draft(path, tmp_path / "draft.xlsx")
    with pytest.raises(EvalPanelError, match=r"^notice\.json holds no process “ocds-made-9”\."):
        notices.draft(path, tmp_path / "draft.xlsx", ocid="ocds-made-9")
    assert notices.draft(path, tmp_path / "draft.xlsx", ocid="ocds-made-2").terms.reference == "DN-2"


@pytest.mark.parametrize("name", ["pack.zip", "tender.xlsx", "json", "folder.json"])
def test_other_files_and_folders_are_no_notices(tmp_path: Path, name: str) -> None:
    if name == "folder.json":
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_bytes(b"{}")
    assert not notices.is_notice(tmp_path / name)
    notices.refuse_as_pack(tmp_path / name)
