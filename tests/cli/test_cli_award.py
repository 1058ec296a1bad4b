"""Commands from moderation to the letters, and what can be verified."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

import make
from evalpanel.formats.template import write_pack
from profiles import Evalpanel, make_profile
from stages import REFERENCE

At = Callable[[str], Evalpanel]


def test_moderated_lines_go_out_and_come_back(at: At, tmp_path: Path) -> None:
    evalpanel = at("scored")
    file = tmp_path / "agreed.xlsx"

    assert evalpanel.asked("moderated", "export", REFERENCE, file) == {"file": str(file), "lines": 12}
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["Moderated", "Individual scores"]
    sheet = book["Moderated"]
    columns = {str(cell.value): int(cell.column or 0) for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        assert [sheet.cell(row, columns[name]).value for name in ("score", "reasons", "present")] == [None] * 3
        level = "1" if sheet.cell(row, columns["criterion"]).value == "C1" else "3"
        for name, value in (("score", level), ("reasons", "It says how."), ("present", "CH1 PM1")):
            sheet.cell(row, columns[name]).value = value
    book.save(file)

    evalpanel.done("declarations", "affirm", REFERENCE, "--person", "CH1", "--person", "PM1", "--taken-by", "CH1")
    taken = evalpanel.asked("moderated", "import", REFERENCE, file)
    again = evalpanel.asked("moderated", "import", REFERENCE, file)

    assert taken == {"added": 12, "changed": [], "unchanged": 0, "problems": again["problems"]}
    assert (again["added"], again["unchanged"]) == (0, 12)
    assert evalpanel.asked("show", REFERENCE)["stage"] == "moderation"


def test_only_the_chair_records_what_was_agreed(at: At, tmp_path: Path) -> None:
    evalpanel = at("scored")
    evalpanel.done("moderated", "export", REFERENCE, tmp_path / "agreed.csv")

    assert evalpanel.refused("moderated", "import", REFERENCE, tmp_path / "agreed.csv", "--person", "PM1") == (
        "PM1 is not the chair of this tender. Nothing was changed. This act is theirs alone."
    )


def test_moderation_is_not_closed_while_a_line_is_missing(at: At) -> None:
    evalpanel = at("scored")

    refusal = evalpanel.refused("close-moderation", REFERENCE)

    assert refusal.startswith(
        "Moderation cannot be closed: 12 lines are not complete. Nothing was changed. "
        "Missing: lot L1, bid B01, criterion C1: no level and no reasons; "
    )


def test_closing_moderation_answers_what_was_locked(at: At) -> None:
    evalpanel = at("agreed")

    closed = evalpanel.asked("close-moderation", REFERENCE)

    assert {name: closed[name] for name in ("lines", "not_assessed", "notes")} == {
        "lines": 12,
        "not_assessed": [],
        "notes": [],
    }
    assert len(closed["moderated_digest"]) == 64
    assert "moderation is closed already" in evalpanel.refused("close-moderation", REFERENCE)


def test_prices_stay_sealed_until_moderation_is_closed(at: At, tmp_path: Path) -> None:
    evalpanel = at("agreed")
    (tmp_path / "prices.xlsx").write_bytes(write_pack(make.pack()))

    assert "its prices stay sealed" in evalpanel.refused("open-prices", REFERENCE)
    assert "prices cannot come in yet" in evalpanel.refused("prices", "import", REFERENCE, tmp_path / "prices.xlsx")
    assert "there is no outcome yet" in evalpanel.refused("outcome", REFERENCE)
    assert "there is no outcome yet" in evalpanel.refused("letters", REFERENCE, "--out", tmp_path / "letters")
    assert not (tmp_path / "letters").exists()


def test_prices_that_came_with_the_pack_are_not_taken_in_again(at: At, tmp_path: Path) -> None:
    evalpanel = at("closed")
    (tmp_path / "prices.csv").write_text("bidder,lot,kind,item,amount\nB01,L1,price,All,5\n", encoding="utf-8")

    answer = evalpanel("prices", "import", REFERENCE, tmp_path / "prices.csv")

    assert (answer.code, answer.out) == (
        1,
        "  problem: Prices: the price of bid B01 in lot L1 came before and stays as it is\n",
    )


def test_opening_prices_answers_each_amount(at: At) -> None:
    evalpanel = at("closed")

    assert evalpanel.asked("open-prices", REFERENCE) == {
        "opened": [
            {"lot": "L1", "bid": "B01", "amount": "99999.99"},
            {"lot": "L1", "bid": "B02", "amount": "120000"},
            {"lot": "L1", "bid": "B03", "amount": "110000.01"},
        ],
        "unopened": [],
    }
    assert "there are no more prices to open" in evalpanel.refused("open-prices", REFERENCE)


def test_the_outcome_answers_the_fixed_fields_in_decimal_strings(at: At) -> None:
    evalpanel = at("priced")

    outcome = evalpanel.asked("outcome", REFERENCE)

    assert set(outcome) == {"tender", "stage", "lots"}
    assert outcome["stage"] == "outcome"
    lot = outcome["lots"][0]
    assert {name: lot[name] for name in ("lot", "formula", "rounding")} == {
        "lot": "L1",
        "formula": "F1",
        "rounding": "envelope",
    }
    # By hand: 3 of 4 on every criterion is 75 of 100, 52.50 of 70; the lowest price earns 30.
    assert lot["bids"][0] == {
        "bid": "B01",
        "name": "Harbour Young Carers",
        "status": "ranked",
        "rank": 1,
        "total": "82.50",
        "quality": "52.50",
        "price": "30.00",
        "price_amount": "99999.99",
        "sections": {"1": "45.00", "2": "30.00"},
        "criteria": {
            "C1": {"score": "1", "weighted": None},
            "1.1": {"score": "3", "weighted": "22.50"},
            "1.2": {"score": "3", "weighted": "22.50"},
            "2.1": {"score": "3", "weighted": "30.00"},
        },
        "gates": [
            {
                "criterion": "C1",
                "passed": True,
                "why": "C1 Insurance in date: 1 (Met). The lowest level that meets this condition is 1 (Met).",
            },
            {
                "criterion": "2.1",
                "passed": True,
                "why": "2.1 Criterion 2.1: 3 (Good). The published minimum is 1 (Poor).",
            },
        ],
        "why": "",
    }
    # 30 × 99,999.99 ÷ 120,000 = 24.9999975; 30 × 99,999.99 ÷ 110,000.01 = 27.2727…
    assert [(bid["bid"], bid["rank"], bid["quality"], bid["price"], bid["total"]) for bid in lot["bids"]] == [
        ("B01", 1, "52.50", "30.00", "82.50"),
        ("B02", 2, "35.00", "25.00", "60.00"),
        ("B03", 3, "17.50", "27.27", "44.77"),
    ]
    assert evalpanel.asked("outcome", REFERENCE) == outcome


def decide(evalpanel: Evalpanel) -> None:
    """The award of the one lot, as the outcome says."""
    evalpanel.done("outcome", REFERENCE)
    day = datetime.now(UTC).astimezone(ZoneInfo("Europe/London")).date().isoformat()
    evalpanel.done(
        *("decide", REFERENCE, "--bid", "B01", "--by", "Director", "--delegation", "Scheme 4.2"),
        *("--why", "As ranked.", "--on", day),
    )


def give_addresses(evalpanel: Evalpanel) -> None:
    """What the letters to B02 and B03 lack."""
    evalpanel.done("bidder", REFERENCE, "B02", "--address", "2 Dock Road, Northmoor")
    evalpanel.done(
        "bidder",
        REFERENCE,
        "B03",
        "--address",
        "3 Tor Lane, Northmoor",
        "--scheme",
        "GB-CHC",
        "--identifier",
        "07654321",
    )


def test_letters_are_written_verified_and_given_out_again(at: At, tmp_path: Path) -> None:
    evalpanel = at("priced")
    give_addresses(evalpanel)
    decide(evalpanel)

    report = evalpanel.asked("letters", REFERENCE, "--out", tmp_path / "letters")

    assert report["blocked"] == []
    assert [(one["bid"], one["lot"], one["kind"], one["verified"]) for one in report["letters"]] == [
        ("B01", "L1", "winner", True),
        ("B02", "L1", "unsuccessful", True),
        ("B03", "L1", "unsuccessful", True),
    ]
    letter = tmp_path / "letters" / f"{REFERENCE}-L1-B01.pdf"
    assert report["letters"][0]["file"] == str(letter)
    found = evalpanel.asked("verify", letter)
    assert set(found) == {"file", "kind", "verdict", "proved", "not_proved", "by"}
    assert (found["file"], found["kind"], found["verdict"]) == (letter.name, "letter", "verified")
    assert f"it is the winner letter for bid B01, lot L1 of {REFERENCE} that is on record" in found["proved"]

    # Again: the same bytes. Altered: told. In another profile, and without one: somebody unknown.
    before = {path.name: path.read_bytes() for path in (tmp_path / "letters").glob("*.pdf")}
    evalpanel.done("letters", REFERENCE, "--out", tmp_path / "again")
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").glob("*.pdf")} == before
    whole = letter.read_bytes()
    letter.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    altered = evalpanel("verify", letter, "--json")
    assert (altered.code, altered.json["verdict"], altered.err) == (1, "altered", "")
    assert evalpanel.refused("verify", letter).startswith(f"{letter.name} is not verified: altered.")
    elsewhere = tmp_path / "again" / letter.name
    nobody = evalpanel.bare("--profile", tmp_path / "nowhere", "verify", elsewhere, "--json")
    assert (nobody.code, nobody.json["verdict"]) == (1, "unknown-signer")
    make_profile(tmp_path / "second")
    evalpanel.root = tmp_path / "second"
    stranger = evalpanel("verify", elsewhere, "--json")
    assert (stranger.code, stranger.json["verdict"], stranger.json["by"]) == (1, "unknown-signer", found["by"])


def test_a_letter_that_lacks_something_is_blocked_and_the_others_are_written(at: At, tmp_path: Path) -> None:
    evalpanel = at("priced")
    decide(evalpanel)

    answer = evalpanel("letters", REFERENCE, "--out", tmp_path / "letters", "--json")

    assert answer.code == 1
    assert [one["bid"] for one in answer.json["letters"]] == ["B01"]
    assert [(one["bid"], one["lot"]) for one in answer.json["blocked"]] == [("B02", "L1"), ("B03", "L1")]
    assert all(one["why"] for one in answer.json["blocked"])
    assert answer.err.startswith("2 letters are blocked: bid B02, lot L1: ")
    assert len(answer.err.splitlines()) == 1
    assert evalpanel.asked("show", REFERENCE)["stage"] == "award-decided"


@pytest.mark.parametrize(
    ("name", "content", "verdict"),
    [
        ("letter.pdf", b"%PDF-1.7\nnot really", "not-ours"),
        ("notes.txt", b"words", "not-ours"),
        ("empty", b"", "not-ours"),
    ],
)
def test_a_file_that_is_no_letter_of_ours_is_told_apart(
    at: At, tmp_path: Path, name: str, content: bytes, verdict: str
) -> None:
    evalpanel = at("empty")
    (tmp_path / name).write_bytes(content)

    answer = evalpanel("verify", tmp_path / name, "--json")

    assert (answer.code, answer.json["verdict"]) == (1, verdict)


def test_a_folder_of_letters_is_checked_in_one_go_and_each_sentence_is_whole(at: At, tmp_path: Path) -> None:
    evalpanel = at("priced")
    give_addresses(evalpanel)
    decide(evalpanel)
    evalpanel.done("letters", REFERENCE, "--out", tmp_path)
    first, second = sorted(tmp_path.glob("*.pdf"))[:2]
    second.write_bytes(second.read_bytes() + b"more")
    signature = tmp_path / "letters.json.p7s"

    answer = evalpanel("verify", first, second, signature)
    told = answer.out.splitlines()

    assert (answer.code, evalpanel("verify", first, first).code) == (1, 0)
    assert [line for line in told if not line.startswith("  ")] == [
        f"{first.name}: verified", f"{second.name}: altered", "letters.json.p7s: not-ours",
    ]  # fmt: skip
    assert [
        line for line in told if line.startswith("  ") and "by the key" not in line and not line.endswith(".")
    ] == []
    assert (
        told[-1]
        == "  not proved: It is the signature of letters.json: check that file, and this one is looked at with it."
    )
    assert [one["verdict"] for one in evalpanel("verify", first, second, "--json").json["checked"]] == [
        "verified", "altered",
    ]  # fmt: skip


def test_verifying_what_is_not_there_is_refused(at: At, tmp_path: Path) -> None:
    evalpanel = at("loaded")

    assert evalpanel.refused("verify", tmp_path) == (
        f"{tmp_path} is a folder. Give the file of a letter, or a tender's reference."
    )
    assert evalpanel.refused("verify", tmp_path / "gone.pdf") == (
        f"There is no file {tmp_path / 'gone.pdf'}. Give the file of a letter, or a tender's reference."
    )
    assert evalpanel.refused("verify", "T-9").startswith("There is no tender “T-9” in this profile.")


def test_the_record_of_a_tender_verifies_at_every_stage(at: At) -> None:
    evalpanel = at("priced")

    found = evalpanel.asked("verify", REFERENCE)

    assert (found["file"], found["kind"], found["verdict"], len(found["by"])) == (REFERENCE, "tender", "verified", 64)
    assert found["not_proved"] == [
        "that the trail was not rewritten as a whole: compare its head with one that somebody else holds"
    ]


def test_a_restored_backup_is_the_tender_as_it_was(at: At) -> None:
    evalpanel = at("loaded")
    evalpanel.done("freeze", REFERENCE)

    answer = evalpanel.asked("restore")

    assert Path(answer["replaced"]).is_file()
    assert evalpanel.asked("show", REFERENCE)["stage"] == "bids-opened"


def test_letters_are_looked_at_and_approved_before_they_are_signed(at: At, tmp_path: Path) -> None:
    evalpanel = at("priced")
    looked = evalpanel("letters", "look", REFERENCE, "--bid", "B01", "--json")
    assert looked.code == 0
    (only,) = looked.json["letters"]
    assert (only["bid"], only["kind"], only["blocked"], only["leaks"], only["needs_approval"]) == (
        "B01",
        "winner",
        [],
        [],
        False,
    )
    assert only["grade"] is not None
    assert all(part["grade"] is not None for part in only["explanations"])

    decide(evalpanel)
    evalpanel.done("letters", "approval", REFERENCE, "--needed")
    assert "The letter is not approved yet." in evalpanel.refused("letters", REFERENCE, "--out", tmp_path / "letters")
    answer = evalpanel("letters", "approve", REFERENCE, "--person", "OF1", "--json")
    assert (answer.code, answer.json["approved"]) == (1, [{"bid": "B01", "lot": "L1"}])
    assert [one["bid"] for one in answer.json["blocked"]] == ["B02", "B03"]
    signed = evalpanel("letters", REFERENCE, "--out", tmp_path / "letters", "--json")
    assert [one["bid"] for one in signed.json["letters"]] == ["B01"]
    assert "has the key 00" in evalpanel.refused(
        "letters", "allow", REFERENCE, "B01", "L1", "00", "--why", "It is public."
    )


def test_a_draft_and_the_sentences_of_letters_are_written_for_people(at: At, tmp_path: Path) -> None:
    evalpanel = at("priced")
    answer = evalpanel.asked("letters", "draft", REFERENCE, "B01", "--docx", tmp_path / "B01.docx")
    assert answer == {"file": str(tmp_path / "B01.docx"), "bid": "B01", "lot": "L1"}
    assert (tmp_path / "B01.docx").read_bytes().startswith(b"PK")
    assert "is not the name of a Word document" in evalpanel.refused(
        "letters", "draft", REFERENCE, "B01", "--docx", tmp_path / "B01.pdf"
    )

    notice = ("letters", "draft", REFERENCE, "B01", "--kind", "abnormally-low-notice", "--docx", tmp_path / "low.docx")
    assert "not said what is to be explained" in evalpanel.refused(*notice)
    evalpanel.done(*notice, "--reason", "The hourly rate.", "--reply-by", "2099-03-20")
    assert (tmp_path / "low.docx").is_file()
    sign = ("letters", REFERENCE, "--out", tmp_path / "low", "--bid", "B01", "--kind", "abnormally-low-notice")
    told = ("--reason", "The hourly rate.", "--reply-by", "2099-03-20")
    signed = evalpanel.asked(*sign, *told)["letters"]
    assert [(one["kind"], one["version"], one["verified"]) for one in signed] == [("abnormally-low-notice", 1, True)]
    assert (signed[0]["grade"] is None, signed[0]["age"] is None) == (False, False)
    assert evalpanel.asked("verify", tmp_path / "low" / f"{REFERENCE}-L1-B01-abnormally-low-notice.pdf")["proved"]
    assert "was signed for bid B01, lot L1, with other words" in evalpanel.refused(
        *sign, *told[2:], "--reason", "Other."
    )
    anew = evalpanel.asked(*sign, *told[2:], "--reason", "Other.", "--again", "The rate was named wrongly.")["letters"]
    assert [(one["version"], Path(one["file"]).name) for one in anew] == [
        (2, f"{REFERENCE}-L1-B01-abnormally-low-notice-v2.pdf")
    ]
    assert evalpanel.asked("verify", REFERENCE)["verdict"] == "verified"
    assert evalpanel(*notice, "--reply-by", "soon").code == 2
    assert evalpanel("letters", "draft", REFERENCE, "B01", "--reason", "x", "--docx", tmp_path / "x.docx").code == 2

    evalpanel.done("letters", "wording", "export", tmp_path / "own")
    assert evalpanel.asked("letters", "wording", "check", tmp_path / "own")["problems"] == []
    own = tmp_path / "own" / "grant.toml"
    own.write_text(own.read_text("utf-8").replace("Dear {bidder},", "Dear {friend},"), "utf-8")
    checked = evalpanel("letters", "wording", "check", tmp_path / "own", "--json")
    assert checked.code == 1
    assert {one["file"] for one in checked.json["problems"]} == {"grant.toml"}
    assert all(one["line"] > 1 for one in checked.json["problems"])
    assert "grant.toml, line" in evalpanel.refused("letters", "wording", "use", tmp_path / "own")
    own.unlink()
    used = evalpanel.asked("letters", "wording", "use", tmp_path / "own")["used"]
    assert used == ["pa2023-wales", "pa2023", "pcr2015", "psr2023"]
