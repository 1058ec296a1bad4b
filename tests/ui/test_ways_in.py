"""The ways in through the page “Set-up”: bags and tars, documents that are not as they should be, odd names, notices."""

from __future__ import annotations

import io
import json
import shutil
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import make
import ui_stage
from evalpanel.domain.intake import Problem
from evalpanel.services import documents, setup, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.ui.dialogs.start_notice import ASKED, LEVELS, ODD, SAID
from evalpanel.ui.widgets.pack_view import CRITERIA, PROBLEMS
from formats.ocds_examples import SPECIMENS, a_release, award, price, quality
from specimens.bags.raw_bag import bag, lay_out, manifest, serialised
from stages import BIDS as FILES
from stages import REFERENCE, load, write_pack
from ui.setup_driver import SetupDriver, driven, dropped_on

SHARED = Path(__file__).parents[3] / "shared" / "data"
KINDS = ["folder", "zip", "tar", "tar.gz"]
NAMES = {"folder": "bag", "zip": "bag.zip", "tar": "bag.tar", "tar.gz": "bag.tar.gz"}
ARABIC = "رد العطاء.pdf"
LONG = "x" * 251 + ".txt"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Workspace]:
    with ui_stage.at("empty", tmp_path / "profile") as space:
        yield space


def payload(files: Mapping[str, bytes] = FILES) -> dict[str, bytes]:
    """The files of a small tender pack."""
    held = {"tender.xlsx": make.workbook(), "Specification.txt": b"What we want."}
    return held | {f"bids/{path}": data for path, data in files.items()}


def problems(driver: SetupDriver, *, stops: bool) -> list[tuple[str, str]]:
    """What the page lists, each with its place."""
    return [(one.where, one.what) for one in driver.page.pack.problems.model.problems if one.stops is stops]


def load_and_keep(driver: SetupDriver, path: Path) -> None:
    """Give a pack, look, and keep it."""
    driver.give(path)
    assert problems(driver, stops=True) == []
    driver.press_primary()
    assert driver.loaded == [REFERENCE]


# Bags and tars ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_bag_is_understood_and_loaded_in_every_form(
    qtbot: QtBot, empty: Workspace, tmp_path: Path, kind: str
) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        load_and_keep(driver, serialised(tmp_path / NAMES[kind], kind, bag(payload())))
        # Nothing of the bag but its payload is kept, and it is the same as from a plain folder.
        assert [one.path for one in documents.listing(empty, REFERENCE)] == sorted(
            ["Specification.txt", *(f"bids/{path}" for path in FILES)]
        )


@pytest.mark.parametrize("kind", KINDS)
def test_a_pack_is_dropped_in_every_form(qtbot: QtBot, empty: Workspace, tmp_path: Path, kind: str) -> None:
    path = serialised(tmp_path / NAMES[kind], kind, payload())
    with driven(qtbot, empty, tender="", person="") as driver:
        assert dropped_on(driver.page, path)
        driver.idle()
        assert driver.page.title.text() == "What was understood"
        assert len(driver.page.pack.documents.table.rows.rows) == 5
        assert driver.step == ("Load this tender", True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_bag_that_is_not_whole_is_refused_before_anything_is_kept(
    qtbot: QtBot, empty: Workspace, tmp_path: Path, kind: str
) -> None:
    files = bag(payload())
    del files["data/bids/B03/1.1 Reach.txt"]
    files["data/bids/B02/Slipped in.txt"] = b"nobody said so"
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(serialised(tmp_path / NAMES[kind], kind, files))
        assert driver.page.pack.part == PROBLEMS
        assert problems(driver, stops=True)[:2] == [
            ("data/bids/B03/1.1 Reach.txt", "It is listed in manifest-sha512.txt and is missing from the bag."),
            (
                "data/bids/B02/Slipped in.txt",
                "It is in the bag and in no manifest: nobody said that it belongs there.",
            ),
        ]
        assert driver.step == ("Load this tender", False)
        assert tenders.all_tenders(empty) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_an_altered_document_of_a_bag_is_told_before_anything_is_kept(
    qtbot: QtBot, empty: Workspace, tmp_path: Path, kind: str
) -> None:
    files = bag(payload()) | {"data/bids/B02/Pricing.txt": b"what Tallis asks."}
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(serialised(tmp_path / NAMES[kind], kind, files))
        assert problems(driver, stops=True) == [
            (
                "bids/B02/Pricing.txt",
                "could not be read. It was altered or damaged: its SHA-512 digest is not the one in manifest-sha512.txt.",
            )
        ]
        assert driver.step == ("Load this tender", False)


@pytest.mark.parametrize("kind", KINDS)
def test_a_bag_that_wants_to_fetch_is_refused_in_words(
    qtbot: QtBot, empty: Workspace, tmp_path: Path, kind: str
) -> None:
    fetch = b"https://files.example/a.pdf 10 data/a.pdf\n"
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(serialised(tmp_path / NAMES[kind], kind, bag(payload(), {"fetch.txt": fetch})))
        where, what = problems(driver, stops=True)[0]
        assert where == "fetch.txt"
        assert what.endswith("Ask for the bag with all its files inside.")
        assert driver.step == ("Load this tender", False)


def test_a_bag_whose_own_lists_are_altered_is_listed_and_can_be_given_again(
    qtbot: QtBot, empty: Workspace, tmp_path: Path
) -> None:
    files = bag(payload())
    listed = {name: data for name, data in files.items() if name.startswith("data/")}
    altered = files | {"manifest-sha512.txt": manifest(listed).replace(b"Pricing", b"pricing")}
    with driven(qtbot, empty, tender="", person="") as driver:
        folder = lay_out(tmp_path / "bag", altered)
        driver.give(folder)
        assert driver.said.startswith("The bag “bag” cannot be relied on. Nothing was kept.")
        assert driver.page.load.isVisible()
        lay_out(folder, files)
        driver.give(folder)
        assert driver.step == ("Load this tender", True)


def test_bids_come_in_a_bag_after_the_freeze(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    load(empty, tmp_path / "pack")
    setup.freeze(empty, REFERENCE)
    more = serialised(tmp_path / "more.tar.gz", "tar.gz", bag({"B02/2.1 More.txt": b"More words."}))
    with driven(qtbot, empty, tender=REFERENCE) as driver:
        driver.page.open("bids")
        assert dropped_on(driver.page.load.drop, more)
        driver.idle()
        assert driver.said == "The bids are loaded: 3 bids and 6 documents in all."


def test_what_is_dropped_elsewhere_is_not_taken(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "pack")
    with driven(qtbot, empty, tender="", person="") as driver:
        assert not dropped_on(driver.page, folder, folder)
        load_and_keep(driver, folder)
        # A tender that is held is shown: whether bids or another tender is meant nobody could say.
        assert not dropped_on(driver.page, folder)


# Progress and cancelling --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_reading_a_pack_is_cancelled_and_keeps_nothing(
    qtbot: QtBot, empty: Workspace, tmp_path: Path, kind: str
) -> None:
    files = payload({f"B01/{number} part.txt": b"words" for number in range(300)})
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.page.take(serialised(tmp_path / NAMES[kind], kind, bag(files)))
        driver.shell.jobs.cancel()
        driver.idle()
        assert driver.said == "The work was cancelled. Nothing was changed."
        assert driver.page.load.isVisible()
        assert tenders.all_tenders(empty) == ()


# Documents that are not as they should be ---------------------------------------------------------------------------


def a_pdf(*, password: str = "", script: bool = False) -> bytes:
    """A PDF, with a password or a script."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    if script:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    out = io.BytesIO()
    pdf.save(out, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return out.getvalue()


def a_word_file(parts: Mapping[str, bytes]) -> bytes:
    """A Word document as far as anybody looks at it, with these parts beside its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"<w:document/>")
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


REMOTE = (
    b'<Relationships><Relationship Id="r" Type="http://e.example/relationships/image" Target="https://e.example/p.png" '
    b'TargetMode="External"/></Relationships>'
)
ODD_FILES = {
    "B01/1.1 Locked.pdf": a_pdf(password="secret"),
    "B01/1.1 Runs.pdf": a_pdf(script=True),
    "B01/1.1 Cut.pdf": a_pdf()[:-40],
    "B02/1.1 Macros.docx": a_word_file({"word/vbaProject.bin": b"x"}),
    "B02/1.1 Fetches.docx": a_word_file({"word/_rels/document.xml.rels": REMOTE}),
    "B02/1.1 Cut.docx": a_word_file({})[:-60],
    "B03/1.1 Empty.pdf": b"",
    "B03/1.1 Fine.txt": b"Words.",
}
ODD_NOTES = {
    "bids/B01/1.1 Cut.pdf": "It is damaged",
    "bids/B01/1.1 Locked.pdf": "It asks for a password.",
    "bids/B01/1.1 Runs.pdf": "It holds JavaScript",
    "bids/B02/1.1 Cut.docx": "It is damaged or cut off.",
    "bids/B02/1.1 Fetches.docx": "It wants to fetch pictures from elsewhere (https://e.example/p.png).",
    "bids/B02/1.1 Macros.docx": "It holds macros (programs).",
    "bids/B03/1.1 Empty.pdf": "The file is empty (0 bytes).",
}


def told_of(notes: list[tuple[str, str]]) -> dict[str, str]:
    """Of each place the part of its note that is expected, or all of it."""
    return {where: ODD_NOTES[where] if what.startswith(ODD_NOTES.get(where, "-")) else what for where, what in notes}


@pytest.mark.parametrize("kind", KINDS)
def test_what_documents_hold_is_told_before_and_kept_with_them(
    qtbot: QtBot, empty: Workspace, tmp_path: Path, kind: str
) -> None:
    pack = serialised(tmp_path / NAMES[kind], kind, payload(ODD_FILES))
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(pack)
        # No bid is lost for one file that cannot be read: it is noted, and the pack can be loaded.
        assert problems(driver, stops=True) == []
        shown = problems(driver, stops=False)
        assert told_of([one for one in shown if one[0].startswith("bids/")]) == ODD_NOTES
        assert tenders.all_tenders(empty) == ()

        driver.press_primary()
        assert driver.said.endswith(" 7 notes on its documents: see Notes.")
        kept = documents.notes(empty, REFERENCE)
        assert told_of([(one.where, one.what) for one in kept]) == ODD_NOTES
        assert problems(driver, stops=False) == [(one.where, one.what) for one in kept]
        assert "Notes · 7" in driver.page.pack.titles()
        assert driver.page.pack.problems.lead.isHidden()


def test_notes_on_documents_are_the_officers_and_stay(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        load_and_keep(driver, write_pack(tmp_path / "pack", files=ODD_FILES))
    with driven(qtbot, empty, tender=REFERENCE, person="OF1") as driver:
        driver.page.pack.turn_to(PROBLEMS)
        assert len(driver.page.pack.problems.model.problems) == 7
        # There is no folder that a note of a kept document could lead to.
        QTest.keyClick(driver.page.pack.problems.view, Qt.Key.Key_Return)
        assert driver.said == ""
    with driven(qtbot, empty, tender=REFERENCE, person="PM1") as driver:
        assert driver.page.pack.titles() == ("Criteria · 6", "Bids · 3", "The tender")
        assert driver.page.pack.part == CRITERIA


# Names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_names_in_every_script_and_of_255_bytes_come_in(
    qtbot: QtBot, empty: Workspace, tmp_path: Path, kind: str
) -> None:
    written = {f"B01/{ARABIC}": b"1", "B01/回答 🎈.txt": b"2", "B02/Ķekava.txt": b"3", f"B02/{LONG}": b"4"}
    # What macOS writes: an accent as a sign of its own.
    apart = {unicodedata.normalize("NFD", path): data for path, data in written.items()}
    assert apart != written
    if kind in ("tar", "tar.gz"):  # the header of these tars holds 100 bytes, and no name is cut off silently
        del apart[f"B02/{LONG}"], written[f"B02/{LONG}"]
    with driven(qtbot, empty, tender="", person="") as driver:
        load_and_keep(driver, serialised(tmp_path / NAMES[kind], kind, payload(apart)))
        assert {one.path for one in documents.listing(empty, REFERENCE)} == {
            "Specification.txt",
            *(f"bids/{path}" for path in written),
        }


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_names_that_a_computer_cannot_hold_or_would_mix_up_are_told_with_their_place(
    qtbot: QtBot, empty: Workspace, tmp_path: Path, kind: str
) -> None:
    odd = {"B01/aux.txt": b"1", "B01/end. ": b"2", "B02/A.txt": b"3", "B02/a.txt": b"4", "B03/a:b.txt": b"5"}
    accents = {"B03/Zoë.txt": b"6", unicodedata.normalize("NFD", "B03/Zoë.txt"): b"7"}
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(serialised(tmp_path / NAMES[kind], kind, payload(odd | accents)))
        assert problems(driver, stops=True) == [
            ("bids/B01/aux.txt", "“aux.txt” is a name that Windows keeps for a device."),
            ("bids/B01/end. ", "The name ends in a dot or a space, which Windows drops."),
            ("bids/B03/a:b.txt", "The name holds a colon, which Windows gives another meaning."),
            (
                "bids/B02/a.txt",
                "The name differs from “bids/B02/A.txt” only by capitals or by how its accents are written.",
            ),
            ("bids/B03/Zoë.txt", "The pack holds two files under this name."),
        ]
        assert driver.step == ("Load this tender", False)


# Notices ------------------------------------------------------------------------------------------------------------


def written(path: Path, *releases: dict[str, object]) -> Path:
    """A release package in a file."""
    package = {"version": "1.1", "releases": list(releases)}
    path.write_text(json.dumps(package, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_notice_is_shown_made_into_a_workbook_completed_and_loaded(
    qtbot: QtBot, empty: Workspace, tmp_path: Path
) -> None:
    release = a_release(awardCriteria=award(quality("Reach", "60"), price("40")))
    with driven(qtbot, empty, tender="", person="") as driver:
        assert dropped_on(driver.page, written(tmp_path / "notice.json", release))
        driver.idle()
        notice, page = driver.page.notice, driver.page
        assert (page.title.text(), page.subtitle.text()) == (
            "What the notice says",
            "notice.json: OCDS release package 1.1, 1 process.",
        )
        assert notice.parts.part == SAID
        assert notice.tender is not None
        asked = [(f"{ask.cell}  {ask.column}", ask.why, ask.needed) for ask in notice.tender.asks]
        shown = [(one.where, one.what, one.stops) for one in notice.asked.model.problems]
        assert sorted(shown) == sorted(asked)
        notice.parts.turn_to(LEVELS)
        assert notice.tree.model.place_of("1").isValid()
        assert driver.step == ("Save the draft workbook…", True)
        assert list(tmp_path.glob("*.xlsx")) == []

        page.save_draft(None)
        page.save_draft(tmp_path / "tender.xlsx")
        driver.idle()
        needed = sum(ask.needed for ask in notice.tender.asks)
        assert page.status.text() == (
            f"tender.xlsx is written. Fill in its {needed} orange cells and save it, then load it here."
        )
        assert driver.step == ("Load the completed workbook", True)

        # Not completed, it has just the problems that were asked for.
        driver.press_primary()
        assert {where for where, _ in problems(driver, stops=True)} <= {
            ask.cell for ask in notice.tender.asks if ask.needed
        }
        shutil.copy(_completed(tmp_path), tmp_path / "tender.xlsx")
        driver.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: driver.step == ("Load this tender", True), timeout=20_000)
        driver.press_primary()
        assert driver.loaded == ["DN-2026-17"]


def _completed(folder: Path) -> Path:
    """The draft with what an officer fills in."""
    book = openpyxl.load_workbook(folder / "tender.xlsx")
    told = {"regime": "pa2023", "price_formula": "F1", "quorum": "3"}
    for name, cell in book["Tender"].iter_rows(min_row=2, max_col=2):
        cell.value = told.get(str(name.value), cell.value)
    for place, level in enumerate((("S1", "0", "None", "Nothing."), ("S1", "5", "Good", "All of it.")), 2):
        for column, text in enumerate(level, 1):
            book["Scale"].cell(place, column).value = text
    sheet = book["Criteria"]
    columns = [cell.value for cell in sheet[1]]
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, 1).value:
            sheet.cell(row, columns.index("scale") + 1).value = "S1"
    book.save(folder / "completed.xlsx")
    return folder / "completed.xlsx"


def test_of_several_processes_one_is_chosen(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    other = a_release(id="DN-2", title="Another tender") | {"ocid": "ocds-made-2"}
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(written(tmp_path / "notice.json", a_release(), other))
        notice = driver.page.notice
        assert notice.processes.isVisible()
        notice.processes.setCurrentIndex(1)
        driver.page.save_draft(tmp_path / "draft.xlsx")
        driver.idle()
        assert openpyxl.load_workbook(tmp_path / "draft.xlsx")["Tender"]["B2"].value == "DN-2"
        # Another process has no draft yet.
        notice.processes.setCurrentIndex(0)
        assert driver.step == ("Save the draft workbook…", True)


@pytest.mark.parametrize("path", sorted(SPECIMENS.glob("*/*.json")), ids=lambda path: path.name)
def test_every_specimen_is_shown_or_refused_in_words(qtbot: QtBot, empty: Workspace, path: Path) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(path)
        check_shown(driver)


@pytest.mark.real_input
def test_every_shared_notice_is_shown_or_refused_in_words(qtbot: QtBot, empty: Workspace) -> None:
    if not SHARED.is_dir():
        pytest.skip("the material of other people is not beside this checkout")
    files = sorted([*(SHARED / "ocds").rglob("*.json"), *(SHARED / "prozorro").glob("*.json")])
    usable = 0
    with driven(qtbot, empty, tender="", person="") as driver:
        for path in files:
            driver.give(path)
            assert driver.page.subtitle.text().startswith(path.name)
            usable += check_shown(driver)
    assert (len(files), usable) == (71, 60)


def check_shown(driver: SetupDriver) -> bool:
    """What can be drafted shows what is known and asked for; what cannot says why. Whether it can."""
    notice = driver.page.notice
    assert driver.page.title.text() == "What the notice says"
    can = driver.step == ("Save the draft workbook…", True)
    stopping = [one for one in notice.odd.model.problems if one.stops]
    assert (notice.parts.part, bool(stopping)) == (SAID if can else ODD, not can)
    if can:
        assert any(one.stops for one in notice.asked.model.problems)
        notice.parts.turn_to(ASKED)
    return can


def test_what_is_no_json_or_another_json_is_refused_in_words(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    broken, other = tmp_path / "broken.json", tmp_path / "other.json"
    broken.write_text('{"ocid": ', encoding="utf-8")
    other.write_text('{"name": "holiday"}', encoding="utf-8")
    with driven(qtbot, empty, tender="", person="") as driver:
        for path in (broken, other):
            driver.give(path)
            notice = driver.page.notice
            assert [one.where for one in notice.odd.model.problems] == [path.name]
            assert notice.parts.titles() == ("Problems · 1",)
            assert driver.step == ("Save the draft workbook…", False)
        driver.press(Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: driver.page.title.text() == "Load a tender", timeout=20_000)


def test_a_notice_brings_no_bids(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    load(empty, tmp_path / "pack")
    setup.freeze(empty, REFERENCE)
    with driven(qtbot, empty, tender=REFERENCE) as driver:
        driver.page.open("bids")
        assert dropped_on(driver.page.load.drop, written(tmp_path / "notice.json", a_release()))
        assert driver.said == (
            "notice.json is a notice, and not a folder of bids. "
            "Nothing was kept. Give a folder, zip or tar with a folder for each bidder."
        )
        assert driver.page.title.text() == "Load bids"


def test_notes_of_a_notice_lead_nowhere(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(written(tmp_path / "notice.json", a_release(description="For carers.")))
        notice = driver.page.notice
        assert Problem("/releases/0/tender/description", "-").where in [one.where for one in notice.odd.model.problems]
        assert (notice.odd.lead.isHidden(), notice.asked.lead.isHidden()) == (True, True)
