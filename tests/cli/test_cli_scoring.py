"""The panel's commands: score in a spreadsheet, sign off."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from profiles import Evalpanel
from stages import REFERENCE

At = Callable[[str], Evalpanel]
COLUMNS = ("lot", "bid", "criterion", "status", "score", "rationale", "improvements", "working_note")


def sheet(path: Path, *rows: tuple[str, ...]) -> Path:
    """A csv of scores: bid, criterion, status, score, rationale."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("bid", "criterion", "status", "score", "rationale"))
        writer.writerows(rows)
    return path


def test_scores_without_a_declaration_are_refused_with_what_to_do(at: At, tmp_path: Path) -> None:
    evalpanel = at("frozen")
    said = (
        "PM2 has not declared interests yet. Nothing was changed. "
        f"First: evalpanel declare {REFERENCE} --person PM2 --none (or --interest ORGANISATION --about TEXT)."
    )

    rows = sheet(tmp_path / "in.csv", ("B01", "1.1", "scored", "3", "Page 2."))
    assert evalpanel.refused("scores", "export", REFERENCE, "--person", "PM2", tmp_path / "out.xlsx") == said
    assert evalpanel.refused("scores", "import", REFERENCE, "--person", "PM2", rows) == said
    assert evalpanel.refused("sign-off", REFERENCE, "--person", "PM2") == said
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("name", ["scores.xlsx", "scores.csv"])
def test_an_exported_sheet_comes_back_as_it_was(at: At, tmp_path: Path, name: str) -> None:
    evalpanel = at("scored")
    evalpanel.done("reopen", REFERENCE, "--person", "PM1", "--reason", "A look at it.")

    written = evalpanel.asked("scores", "export", REFERENCE, "--person", "PM1", tmp_path / name)
    taken = evalpanel.asked("scores", "import", REFERENCE, "--person", "PM1", tmp_path / name)

    assert written == {"file": str(tmp_path / name), "lines": 12}
    assert taken == {"person": "PM1", "added": 0, "changed": [], "unchanged": 12, "problems": []}


def test_an_exported_workbook_has_the_fixed_columns_and_codes_as_text(at: At, tmp_path: Path) -> None:
    evalpanel = at("declared")
    evalpanel.done("scores", "export", REFERENCE, "--person", "PM1", tmp_path / "out.xlsx")

    rows = list(openpyxl.load_workbook(tmp_path / "out.xlsx")["Scores"].iter_rows(values_only=True))

    assert rows[0] == (
        "lot",
        "bid",
        "bid_name",
        "criterion",
        "criterion_title",
        "levels",
        "status",
        "score",
        "rationale",
        "improvements",
        "working_note",
    )
    assert rows[1][:7] == ("L1", "B01", "Harbour Young Carers", "C1", "Insurance in date", "0 Not met, 1 Met", None)
    assert rows[2][3:6] == ("1.1", "Criterion 1.1", "0 None, 1 Poor, 2 Fair, 3 Good, 4 Excellent")


def test_a_csv_of_scores_says_what_is_new_and_what_changed(at: At, tmp_path: Path) -> None:
    evalpanel = at("declared")
    first = sheet(tmp_path / "1.csv", ("B01", "1.1", "", "3", "Page 2."), ("B01", "1.2", "abstained", "", "Not mine."))
    second = sheet(tmp_path / "2.csv", ("B01", "1.1", "", "0", ""), ("B01", "1.2", "", "", ""))
    words = ("scores", "import", REFERENCE, "--person", "PM1")

    assert evalpanel.asked(*words, first) == {
        "person": "PM1",
        "added": 2,
        "changed": [],
        "unchanged": 0,
        "problems": [],
    }
    assert evalpanel.asked(*words, second) == {
        "person": "PM1",
        "added": 0,
        "changed": [{"lot": "L1", "bid": "B01", "criterion": "1.1"}],
        "unchanged": 1,
        "problems": [],
    }
    evalpanel.done("scores", "export", REFERENCE, "--person", "PM1", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        held = [tuple(row[name] for name in COLUMNS) for row in csv.DictReader(file)]
    assert held[1:3] == [
        ("L1", "B01", "1.1", "scored", "0", "Page 2.", "", ""),
        ("L1", "B01", "1.2", "abstained", "", "Not mine.", "", ""),
    ]


def test_a_sheet_with_one_bad_row_is_refused_whole_and_every_problem_is_listed(at: At, tmp_path: Path) -> None:
    evalpanel = at("declared")
    rows = sheet(
        tmp_path / "in.csv",
        ("B01", "1.1", "", "3", "Page 2."),
        ("B01", "1.2", "", "2.5", "Between."),
        ("B09", "1.1", "", "3", "Who?"),
        ("B01", "9.9", "", "3", "What?"),
        ("B01", "2.1", "not_applicable", "", "No."),
    )

    answer = evalpanel("scores", "import", REFERENCE, "--person", "PM1", rows)

    levels = "0 None, 1 Poor, 2 Fair, 3 Good, 4 Excellent"
    weighted = "a weighted criterion cannot be not applicable: that would change the published weighting"
    assert (answer.code, len(answer.err.splitlines())) == (1, 1)
    assert answer.err.startswith("The scores of PM1 were not taken in: 4 problems.")
    assert answer.out.splitlines() == [
        f"  problem: in.csv!A3: lot L1, bid B01, criterion 1.2: 2.5 is not a level of the scale ({levels})",
        "  problem: in.csv!A4: there is no bid B09 for lot L1",
        "  problem: in.csv!A5: there is no scored criterion 9.9 in lot L1",
        f"  problem: in.csv!A6: lot L1, bid B01, criterion 2.1: {weighted}",
    ]
    assert evalpanel.asked("show", REFERENCE)["people"][2]["answered"] == 0


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\x00\x01\x02", b"%PDF-1.7\n", b"bid\nB01\n"])
def test_a_file_that_is_no_sheet_is_refused(at: At, tmp_path: Path, content: bytes) -> None:
    evalpanel = at("declared")
    (tmp_path / "in.xlsx").write_bytes(content)

    assert "in.xlsx was not taken in" in evalpanel.refused(
        "scores", "import", REFERENCE, "--person", "PM1", tmp_path / "in.xlsx"
    )


def test_sign_off_names_what_is_missing_and_reopening_needs_a_reason(at: At, tmp_path: Path) -> None:
    evalpanel = at("declared")
    rows = sheet(tmp_path / "in.csv", ("B01", "C1", "", "1", "Seen."), ("B01", "1.1", "", "3", ""))
    evalpanel.done("scores", "import", REFERENCE, "--person", "PM1", rows)

    said = evalpanel.refused("sign-off", REFERENCE, "--person", "PM1")
    unsigned = evalpanel.refused("reopen", REFERENCE, "--person", "PM1", "--reason", "x")

    assert said == (
        "The sheet of PM1 cannot be signed off: 11 of 12 lines are missing. Nothing was changed. Missing: "
        "lot L1, bid B01, criterion 1.1: no rationale; "
        "lot L1, bid B01, criterion 1.2: no answer yet; "
        "lot L1, bid B01, criterion 2.1: no answer yet; "
        "lot L1, bid B02, criterion C1: no answer yet; "
        "lot L1, bid B02, criterion 1.1: no answer yet; and 6 more."
    )
    assert unsigned == "The sheet of PM1 is not signed off. Nothing was changed."


def test_a_signed_sheet_is_closed_until_it_is_reopened(at: At, tmp_path: Path) -> None:
    evalpanel = at("scored")
    rows = sheet(tmp_path / "in.csv", ("B01", "1.1", "", "4", "Page 2."))

    closed = evalpanel.refused("scores", "import", REFERENCE, "--person", "PM1", rows)
    reopened = evalpanel.asked("reopen", REFERENCE, "--person", "PM1", "--reason", "Read the wrong page.")
    changed = evalpanel.asked("scores", "import", REFERENCE, "--person", "PM1", rows)
    signed = evalpanel.asked("sign-off", REFERENCE, "--person", "PM1", "--entered-by", "a supporter")
    people = {one["person"]: one["entered_by"] for one in evalpanel.asked("show", REFERENCE)["people"]}

    assert (people["PM1"], people["CH1"]) == ("a supporter", "")
    assert closed == (
        "PM1 has signed the sheet off. Nothing was changed. "
        "To change a score, reopen the sheet with a reason; both versions are kept."
    )
    assert reopened == {"person": "PM1", "signed_off": False}
    assert changed["changed"] == [{"lot": "L1", "bid": "B01", "criterion": "1.1"}]
    assert signed == {"person": "PM1", "lines": 12, "signed_off": True}


def test_an_absence_lets_moderation_go_on_and_closes_the_sheet(at: At, tmp_path: Path) -> None:
    evalpanel = at("declared")
    words = ("absent", REFERENCE, "--person", "PM2", "--reason", "Ill since Monday.")

    assert evalpanel.asked(*words) == {"person": "PM2", "absent": True, "sheet_set_aside": False}

    assert evalpanel.refused(*words) == "The absence of PM2 is on record already. Nothing was changed."
    rows = sheet(tmp_path / "in.csv", ("B01", "1.1", "", "4", "Page 2."))
    assert evalpanel.refused("scores", "import", REFERENCE, "--person", "PM2", rows) == (
        "The absence of PM2 is on record. "
        "Nothing was changed. What they scored before is set aside, and no more is taken in."
    )
    assert evalpanel.refused("moderated", "export", REFERENCE, tmp_path / "out.xlsx").startswith(
        "Moderation waits for 2 sign-offs: CH1, PM1."
    )


@pytest.mark.parametrize("person", ["OF1", "XX"])
def test_people_who_do_not_score_have_no_sheet(at: At, tmp_path: Path, person: str) -> None:
    refusal = at("declared").refused("scores", "export", REFERENCE, "--person", person, tmp_path / "out.xlsx")

    assert (
        refusal
        == {
            "OF1": "OF1 does not score in this tender. Nothing was changed. Only people with the role panel-member do.",
            "XX": "There is no person “XX” in this tender. Person codes: OF1, CH1, PM1, PM2.",
        }[person]
    )
