"""The whole job on the sample tender, as a panel does it: command by command, with spreadsheets in between."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pypdfium2
from openpyxl.worksheet.worksheet import Worksheet

from evalpanel.services import deciding
from evalpanel.system.resources import resource
from judges import judge
from profiles import Evalpanel
from profiles import opened as profile_of

REFERENCE = "PTSCF-2026-014"
SCORERS = ("CH1", "PM1", "TS1", "YE1", "FI1")


def filled(exported: Path, prepared: Path, keep: tuple[str, ...]) -> int:
    """Type what `prepared` says into the columns `keep` of the workbook that was exported; give how many lines had words."""
    words = {key_of(row): row for row in rows_of(openpyxl.load_workbook(prepared).worksheets[0])}
    book = openpyxl.load_workbook(exported)
    sheet = book.worksheets[0]
    columns = {str(cell.value): place for place, cell in enumerate(sheet[1], 1)}
    count = 0
    for place, row in enumerate(rows_of(sheet), 2):
        said = words.get(key_of(row), {})
        count += bool(said)
        for name in keep:
            if said.get(name) is not None:
                sheet.cell(place, columns[name]).value = said[name]
    book.save(exported)
    return count


def rows_of(sheet: Worksheet) -> list[dict[str, str | None]]:
    """The rows of a sheet by column name, as text."""
    names, *rows = sheet.iter_rows(values_only=True)
    return [
        {str(name): None if value is None else str(value) for name, value in zip(names, row, strict=True)}
        for row in rows
    ]


def key_of(row: dict[str, str | None]) -> tuple[str | None, ...]:
    """Which line a row is about."""
    return tuple(row[name] for name in ("lot", "bid", "criterion"))


def half_up(number: Fraction, places: int = 2) -> str:
    """A figure as it is published: rounded half up, with its places."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def expected_of_b02_in_lot_1() -> dict[str, object]:
    """What the outcome must say of Heard Together in lot 1, worked out by hand from the published weightings.

    Quality 70, price 30 under F1 (30 × lowest ÷ own), each envelope rounded half up, then added. The lowest price of a
    valid bid is Brightwell's; Saltmarsh failed a condition and the in-house team is outside.
    """
    published = {
        "1": (35, {"1.1": (35, 4), "1.2": (40, 3), "1.3": (25, 5)}),
        "2": (25, {"2.1": (50, 4), "2.2": (25, 4), "2.3": (25, 3)}),
        "3": (25, {"3.1": (30, 3), "3.2": (30, 4), "3.3": (40, 3)}),
        "4": (15, {"4.1": (60, 4), "4.2": (40, 4)}),
    }
    weighted = {
        code: Fraction(section * share, 100) * Fraction(level, 5)
        for section, leaves in published.values()
        for code, (share, level) in leaves.items()
    }
    sections = {code: sum((weighted[leaf] for leaf in leaves), Fraction(0)) for code, (_, leaves) in published.items()}
    quality = sum(sections.values(), Fraction(0)) * 70 / 100
    price = Fraction(30 * 1_697_988, 1_874_400)
    scores = {leaf: level for _, leaves in published.values() for leaf, (_, level) in leaves.items()}
    return {
        "bid": "B02",
        "name": "Heard Together Peninsula",
        "status": "ranked",
        "rank": 2,
        "total": str(Decimal(half_up(quality)) + Decimal(half_up(price))),
        "quality": half_up(quality),
        "price": half_up(price),
        "price_amount": "1874400",
        "sections": {code: half_up(value) for code, value in sections.items()},
        "criteria": {
            "C1": {"score": "1", "weighted": None},
            **{code: {"score": str(scores[code]), "weighted": half_up(value)} for code, value in weighted.items()},
        },
    }


def text_of(pdf: Path) -> str:
    """All text of a PDF, with single spaces."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    return " ".join(" ".join(pages).split())


def test_sample_story_goes_from_the_pack_to_letters_that_verify(evalpanel: Evalpanel, tmp_path: Path) -> None:
    sample = resource("sample")
    evalpanel.done("new-profile", "--name", "Morwenna Pascall", "--email", "officer@devon.example")
    loaded = evalpanel.asked("load", sample / "pack")
    assert {name: loaded[name] for name in ("reference", "stage", "criteria", "bids", "documents", "panel")} == {
        "reference": REFERENCE,
        "stage": "draft",
        "criteria": 17,
        "bids": 9,
        "documents": 32,
        "panel": 6,
    }

    # Nothing can be read or scored before the criteria are frozen; afterwards the frozen digest is on show.
    assert "bids are still sealed" in evalpanel.refused(
        "read", REFERENCE, "bids/B01/C1 Policies and insurance.pdf", "--person", "CH1", "--out", tmp_path / "early.pdf"
    )
    frozen = evalpanel.asked("freeze", REFERENCE)
    assert frozen["stage"] == "bids-opened"
    assert evalpanel.asked("show", REFERENCE)["criteria_digest"] == frozen["criteria_digest"]

    # YE1 must declare first. FI1's interest in a bidder of lot 2 takes away the whole of lot 2.
    assert "YE1 has not declared interests yet." in evalpanel.refused(
        "scores", "export", REFERENCE, "--person", "YE1", tmp_path / "YE1.xlsx"
    )
    for person in ("OF1", "TS1", "YE1"):
        assert evalpanel.asked("declare", REFERENCE, "--person", person, "--none") == {"person": person, "recused": []}
    recused = evalpanel.asked("declare", REFERENCE, "--person", "FI1", "--interest", "B03", "--about", "its treasurer")
    assert recused == {
        "person": "FI1",
        "recused": [
            {
                "lot": "L2",
                "bid": None,
                "criterion": None,
                "why": "declared an interest in Rockpool Young Researchers",
            }
        ],
    }

    for person in SCORERS:
        sheet = tmp_path / f"{person}.xlsx"
        lines = evalpanel.asked("scores", "export", REFERENCE, "--person", person, sheet)["lines"]
        columns = ("status", "score", "rationale", "improvements", "working_note")
        assert filled(sheet, sample / "scores" / f"{person}.xlsx", columns) == lines
        taken = evalpanel.asked("scores", "import", REFERENCE, "--person", person, sheet)
        assert (taken["added"], taken["changed"], taken["unchanged"]) == (lines, [], 0)
        if person == "CH1":
            waiting = evalpanel.refused("moderated", "export", REFERENCE, tmp_path / "early.xlsx")
            assert waiting.startswith("Moderation waits for 5 sign-offs: CH1, PM1, TS1, YE1, FI1.")
        evalpanel.done("sign-off", REFERENCE, "--person", person)

    agreed = tmp_path / "agreed.xlsx"
    assert evalpanel.asked("moderated", "export", REFERENCE, agreed)["lines"] == 108
    agreed_columns = (
        "score",
        "reasons",
        "disclosable_reasons",
        "withheld_why",
        "not_higher",
        "differences",
        "improvements",
        "present",
        "dissent",
    )
    assert filled(agreed, sample / "moderated.xlsx", agreed_columns) == 97
    assert evalpanel.asked("moderated", "import", REFERENCE, agreed)["added"] == 97
    assert "its prices stay sealed" in evalpanel.refused("open-prices", REFERENCE)
    everybody = [word for person in ("OF1", *SCORERS) for word in ("--person", person)]
    evalpanel.done("declarations", "affirm", REFERENCE, *everybody, "--taken-by", "CH1")
    closed = evalpanel.asked("close-moderation", REFERENCE)
    assert (closed["lines"], len(closed["not_assessed"])) == (97, 11)

    assert "there is no outcome yet" in evalpanel.refused("outcome", REFERENCE)
    opened = evalpanel.asked("open-prices", REFERENCE)
    assert {(one["lot"], one["bid"]): one["amount"] for one in opened["opened"]} == {
        ("L1", "B01"): "1812584",
        ("L1", "B02"): "1874400",
        ("L1", "B04"): "1697988",
        ("L1", "B05"): "1865988",
        ("L2", "B01"): "359688",
        ("L2", "B02"): "359988",
        ("L2", "B03"): "354600",
    }
    assert [(one["lot"], one["bid"]) for one in opened["unopened"]] == [("L1", "B06"), ("L2", "B04")]

    outcome = evalpanel.asked("outcome", REFERENCE)
    lots = {lot["lot"]: lot for lot in outcome["lots"]}
    assert (lots["L1"]["formula"], lots["L1"]["rounding"], lots["L2"]["formula"]) == ("F1", "envelope", "F11")
    standing = {lot: [(bid["bid"], bid["status"], bid["rank"]) for bid in held["bids"]] for lot, held in lots.items()}
    assert standing == {
        "L1": [
            ("B01", "ranked", 1),
            ("B02", "ranked", 2),
            ("B04", "ranked", 3),
            ("B05", "comparator", None),
            ("B06", "gate-failed", None),
        ],
        "L2": [("B03", "ranked", 1), ("B02", "ranked", 2), ("B01", "ranked", 3), ("B04", "gate-failed", None)],
    }
    b02 = next(bid for bid in lots["L1"]["bids"] if bid["bid"] == "B02")
    expected = expected_of_b02_in_lot_1()
    assert {name: b02[name] for name in expected} == expected
    assert [(gate["criterion"], gate["passed"]) for gate in b02["gates"]] == [("C1", True), ("2.1", True)]

    day = datetime.now(UTC).astimezone(ZoneInfo("Europe/London")).date().isoformat()
    for lot, bid in (("L1", "B01"), ("L2", "B03")):
        with profile_of(evalpanel.root) as space:
            deciders = deciding.authorities(space, REFERENCE, lot)
        for authority in deciders:
            evalpanel.done(
                *("decide", REFERENCE, "--lot", lot, "--bid", bid, "--authority", authority, "--on", day),
                *("--by", "Head of commissioning", "--delegation", "Scheme, paragraph 6", "--why", "As ranked."),
            )

    letters = tmp_path / "letters"
    report = evalpanel.asked("letters", REFERENCE, "--out", letters)
    assert report["blocked"] == []
    assert {(one["lot"], one["bid"]): one["kind"] for one in report["letters"]} == {
        ("L1", "B01"): "winner",
        ("L1", "B02"): "unsuccessful",
        ("L1", "B04"): "unsuccessful",
        ("L1", "B06"): "condition-failed",
        ("L2", "B01"): "unsuccessful",
        ("L2", "B02"): "unsuccessful",
        ("L2", "B03"): "winner",
        ("L2", "B04"): "below-minimum",
    }
    for one in report["letters"]:
        found = evalpanel.asked("verify", one["file"])
        assert (found["kind"], found["verdict"]) == ("letter", "verified")
    # A losing bidder's letter tells its own result and the winner's, and nothing of anybody else's.
    text = text_of(letters / "PTSCF-2026-014-L1-B02.pdf")
    assert (str(b02["total"]) in text, "Tamar Voices" in text, "Brightwell" in text, "Saltmarsh" in text) == (
        True,
        True,
        False,
        False,
    )
    again = evalpanel.asked("letters", REFERENCE, "--out", tmp_path / "again")
    assert {one["sha256"] for one in again["letters"]} == {one["sha256"] for one in report["letters"]}

    record = evalpanel.asked("verify", REFERENCE)
    assert (record["file"], record["kind"], record["verdict"]) == (REFERENCE, "tender", "verified")
    assert evalpanel.asked("show", REFERENCE)["stage"] == "letters-issued"


def test_sample_profile_cannot_be_read_without_its_key(evalpanel: Evalpanel, tmp_path: Path) -> None:
    evalpanel.done("new-profile", "--name", "Morwenna Pascall", "--email", "officer@devon.example")
    evalpanel.done("load", resource("sample", "pack"))

    tried = subprocess.run(
        [judge("sqlite3"), evalpanel.root / "store.db", "select count(*) from tender"],
        check=False,
        capture_output=True,
        text=True,
    )

    assert "file is not a database" in tried.stderr
    bid = (resource("sample", "pack", "bids") / "B01" / "C1 Policies and insurance.pdf").read_bytes()
    words = (b"Morwenna Pascall", b"Saltmarsh", REFERENCE.encode(), bid[:64])
    for file in evalpanel.root.rglob("*"):
        if file.is_file():
            held = file.read_bytes()
            assert [word for word in words if word in held] == [], file.name
