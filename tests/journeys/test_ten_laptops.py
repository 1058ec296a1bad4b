"""A whole tender on laptops that never meet: an officer, a chair and eight members, by files and commands alone.

Two laptops more are there because one is lost and one person works on two, and a third for the member who takes somebody's
place. Files arrive late, twice, in another order, under another name and inside a zip, as files do.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import make
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.sheets import Line, Score
from evalpanel.domain.tender import EnvelopeKind, PersonCode
from evalpanel.services import assents, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import score_reads
from panels import held_keys
from profiles import PASSPHRASE, Evalpanel, make_profile, opened
from stages import REFERENCE, write_pack

OFFICER, CHAIR = "OF1", "CH1"
MEMBERS = tuple(f"PM{number}" for number in range(1, 9))
EVERYBODY = (CHAIR, *MEMBERS)
RECUSED, MANAGED, NARROWED = "PM3", "PM4", "PM7"
LOST, TWO_LAPTOPS, LEAVER, JOINER = "PM5", "PM6", "PM8", "PM9"
DISSENTER, SILENT = "PM2", "PM1"
SCORERS = (CHAIR, "PM1", "PM2", "PM4", "PM5", "PM6", "PM7", "PM9")
"""Who has scored in the end: not the member who is recused from the lot, and the new member for the one who left."""
NEW, SECOND = f"{LOST} new", f"{TWO_LAPTOPS} second"
HELD = (CHAIR, "PM1", "PM2", "PM3", "PM4", NEW, TWO_LAPTOPS, SECOND, "PM7", JOINER)
"""The laptops of everybody but the officer that are in use in the end."""
WORKING = (CHAIR, "PM1", "PM2", "PM4", NEW, SECOND, "PM7", JOINER)
"""The laptops on which scorers sign off, in the order of `SCORERS`."""
FULL = tuple(one for one in HELD if one != TWO_LAPTOPS)
"""Those that take in every key: a laptop on which its person did not sign off refuses what others said."""
BID = "bids/B01/1.1 Reach.txt"
LINES = 12
"""Three bids, four criteria."""


def people() -> tuple[PanelMember, ...]:
    officer, chair, *_ = make.panel()
    members = [PanelMember(PersonCode(one), f"Member {one[2:]}", (Role.PANEL_MEMBER,)) for one in MEMBERS]
    return (officer, replace(chair, declared=None), *members)


class Panel:
    """Laptops by a name of ours, made when they are first asked for, and the stick between them."""

    def __init__(self, capture: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capture = capture
        self._folder = folder
        self.stick = folder / "stick"
        self.stick.mkdir(exist_ok=True)
        self._passphrase = folder / "passphrase.txt"
        self._passphrase.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
        self.laptops: dict[str, Evalpanel] = {}
        self.files: dict[str, Any] = {}
        """What was written on the way, for those whom it reaches later."""

    def __getitem__(self, laptop: str) -> Evalpanel:
        if laptop not in self.laptops:
            root = self._folder / laptop
            make_profile(root)
            self.laptops[laptop] = Evalpanel(self._capture, root, self._passphrase)
        return self.laptops[laptop]

    def receive(self, laptop: str, *files: str | Path) -> list[str]:
        """Take files in; give the verdict on each."""
        answer = self[laptop]("receive", *files, "--json")
        told = [json.loads(line) for line in answer.out.splitlines()]
        assert answer.err == "", answer
        assert {one["verdict"] for one in told} <= {"new", "newer", "same", "older", "waiting", "not-ours"}, [
            one["words"] for one in told
        ]
        return [one["verdict"] for one in told]

    def words(self, laptop: str, person: str) -> None:
        """Both read the eight words to each other; one's own, typed back, confirm nothing."""
        officer, member = self[OFFICER], self[laptop]
        (of_officer,) = officer.asked("confirm", REFERENCE, "--person", person)["read_aloud"]
        (of_member,) = member.asked("confirm", REFERENCE)["read_aloud"]
        if person == CHAIR:
            own = officer.refused("confirm", REFERENCE, "--person", person, "--words", of_officer)
            assert "not the eight words" in own
        assert officer.asked("confirm", REFERENCE, "--person", person, "--words", of_member)["confirmed"] == person
        assert member.asked("confirm", REFERENCE, "--words", of_officer)["confirmed"] == OFFICER

    def join(self, laptop: str, person: str, invitation: str) -> None:
        """Answer an invitation, bring the answer to the officer, and read the words."""
        answer = self[laptop].asked("enrol", invitation, "--to", self.stick, "--accept", "--laptop", laptop)["file"]
        self.receive(OFFICER, answer)
        self.words(laptop, person)

    def sent(self, laptop: str, *options: str) -> dict[str, Any]:
        """What somebody sends: by kind the file."""
        held: dict[str, Any] = self[laptop].asked("send", REFERENCE, "--to", self.stick, *options)
        return held

    def score(self, laptop: str, person: str, *, lines: int = LINES, only: int | None = None) -> None:
        """Fill the exported workbook, or its first lines, and take it in."""
        book = self.stick / f"scores of {laptop}.xlsx"
        assert self[laptop].asked("scores", "export", REFERENCE, "--person", person, book)["lines"] == lines
        type_in(book, lambda row: {"score": level(row), "rationale": f"{person} read page 3."}, only)
        taken = self[laptop].asked("scores", "import", REFERENCE, "--person", person, book)
        assert taken["added"] + taken["unchanged"] == lines
        book.unlink()

    def store(self, laptop: str) -> AbstractContextManager[Workspace]:
        """The profile, opened by the test itself, to look at what no command shows."""
        return opened(self[laptop].root, lambda: datetime.now(UTC))


def level(row: dict[str, str]) -> str:
    """What everybody gives: conditions are met; 3 for the first bid, 2 for the second, 1 for the third."""
    return "1" if row["criterion"].startswith("C") else str(4 - int(row["bid"][-1]))


def type_in(book: Path, typed: Callable[[dict[str, str]], dict[str, str]], only: int | None = None) -> None:
    """Type into a workbook, row by row, what `typed` says."""
    held = openpyxl.load_workbook(book)
    sheet = held.worksheets[0]
    assert isinstance(sheet, Worksheet)
    names, *rows = sheet.iter_rows(values_only=True)
    columns = {str(name): place for place, name in enumerate(names, 1)}
    for place, row in enumerate(rows[:only], 2):
        said = typed({str(name): str(value) for name, value in zip(names, row, strict=True)})
        for name, value in said.items():
            sheet.cell(place, columns[name]).value = value
    held.save(book)


def zipped(files: Iterable[str | Path], target: Path) -> Path:
    """Files inside a zip, as a gateway sends them on."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in map(Path, files):
            archive.write(file, file.name)
    return target


def renamed(file: str | Path, name: str) -> Path:
    """A copy of a file under another name."""
    return Path(shutil.copyfile(file, Path(file).parent / name))


def same_roster(desk: Panel, *laptops: str) -> None:
    """Every laptop holds the officer's list of who takes part, and says its number aloud."""
    number = desk[OFFICER].asked("panel", "list", REFERENCE)["roster"]["number"]
    for one in laptops:
        assert desk[one].asked("panel", "list", REFERENCE, "--number", str(number))["roster"]["number"] == number


def released(desk: Panel, *laptops: str) -> None:
    """The officer writes the keys that are due, and each of these laptops takes in what is its person's."""
    made = desk[OFFICER].asked("release", REFERENCE, "--to", desk.stick)["releases"]
    for laptop in laptops:
        desk.receive(laptop, made[person_at(laptop)])


def sheet_of(space: Workspace, person: str) -> dict[Line, Score]:
    """What a laptop says that a person gave."""
    with space.store.reading() as tx:
        return score_reads.scores_of(tx, tenders.find(tx, REFERENCE).tender_id, PersonCode(person))


def moderated_on(space: Workspace) -> dict[Line, ModeratedScore]:
    """What a laptop says was agreed."""
    with space.store.reading() as tx:
        return score_reads.moderated(tx, tenders.find(tx, REFERENCE).tender_id)


def signed(desk: Panel, laptop: str, person: str, *, lines: int = LINES) -> None:
    """The person fills the whole sheet and signs it off."""
    desk.score(laptop, person, lines=lines)
    desk[laptop].done("sign-off", REFERENCE, "--person", person)


def agreed(row: dict[str, str]) -> dict[str, str]:
    """What the panel agreed on a line: who is recused from a bid is not in the room."""
    present = [one for one in SCORERS if (one, row["bid"]) != (NARROWED, "B03")]
    return {
        "score": level(row),
        "reasons": "It names a plan.",
        "not_higher": "One more date is wanted.",
        "present": ", ".join(present),
    }


def person_at(laptop: str) -> str:
    """Whose laptop it is."""
    return laptop.split(" ")[0]


def joined(desk: Panel) -> None:
    """Everybody is invited and answers; the answers come in one zip, and once more one by one; the words go both ways."""
    officer = desk[OFFICER]
    officer.done("load", write_pack(desk.stick.parent / "pack", make.pack(panel=people())))
    officer.done("freeze", REFERENCE)
    officer.done("recovery", REFERENCE, "--to", desk.stick)
    made = officer.asked("invite", REFERENCE, "--to", desk.stick)["invitations"]
    invitations = {one["person"]: one["file"] for one in made}
    assert tuple(invitations) == EVERYBODY
    answers = {
        person: desk[person].asked("enrol", file, "--to", desk.stick, "--accept", "--laptop", "the first")["file"]
        for person, file in invitations.items()
    }
    assert desk.receive(OFFICER, zipped(answers.values(), desk.stick / "answers.zip")) == ["new"] * len(EVERYBODY)
    assert set(desk.receive(OFFICER, *answers.values())) == {"same"}
    for person in EVERYBODY:
        desk.words(person, person)
    desk.files |= invitations
    states = {one["person"]: one["keys"] for one in officer.asked("panel", "list", REFERENCE)["panel"]}
    assert states == {OFFICER: "here", **dict.fromkeys(EVERYBODY, "confirmed")}


def issued(desk: Panel) -> None:
    """Roster, pack and keys arrive in whatever order, twice, renamed, zipped."""
    made = desk[OFFICER].asked("issue", REFERENCE, "--to", desk.stick)
    pack = renamed(made["pack"], "FW Documents (3).zip")
    for place, person in enumerate(EVERYBODY):
        three: list[str | Path] = [made["releases"][person], pack, made["roster"]]
        if place % 3 == 1:
            three.reverse()
        if place % 3 == 2:
            three = [zipped([made["pack"], *three[::2]], desk.stick / f"all of {person}.zip")]
        desk.receive(person, *three)
        assert set(desk.receive(person, *three, pack)) == {"same"}
    same_roster(desk, *EVERYBODY)


def declared(desk: Panel) -> None:
    """Everybody declares on their own laptop; one is recused, one managed by decision, one recused from one bid."""
    officer = desk[OFFICER]
    interests = {
        RECUSED: ("--interest", "B02", "--kind", "family", "--about", "My sister works there."),
        MANAGED: ("--interest", "B01", "--kind", "former", "--about", "I left in 2012."),
        NARROWED: ("--interest", "B03", "--kind", "member", "--about", "I pay a yearly fee."),
    }
    for person in EVERYBODY:
        desk[person].done("declare", REFERENCE, "--person", person, *interests.get(person, ("--none",)))
        early = ("--person", person, "--out", desk.stick / "early.txt")
        assert "There is no document" in desk[person].refused("read", REFERENCE, BID, *early)
    files = [desk.sent(person)["declaration"] for person in EVERYBODY]
    assert set(desk.receive(OFFICER, *reversed(files), files[0])) == {"new", "same"}
    officer.done(
        "declarations", "decide", REFERENCE, MANAGED, "B01", "managed", "--scope", "nothing",
        "--why", "It is long ago.", "--measure", "A second member reads the bid first.", "--decided-by", "Head of law",
    )  # fmt: skip
    officer.done(
        "declarations", "decide", REFERENCE, NARROWED, "B03", "recused", "--scope", "bid",
        "--why", "The fee gives no say in other bids.", "--decided-by", "Head of law",
    )  # fmt: skip
    released(desk, *EVERYBODY)
    out = desk.stick / "read.txt"
    for person, opens in (("PM1", True), (MANAGED, True), (NARROWED, True), (RECUSED, False)):
        if opens:
            desk[person].done("read", REFERENCE, BID, "--person", person, "--out", out)
            assert out.read_bytes() == b"How Harbour reaches young carers."
            out.unlink()
        else:
            desk[person].refused("read", REFERENCE, BID, "--person", person, "--out", out)


def changed(desk: Panel) -> None:
    """One laptop is lost, one person works on two from now on, and one member leaves after scoring and is replaced."""
    officer = desk[OFFICER]
    signed(desk, LEAVER, LEAVER)
    desk.receive(OFFICER, desk.sent(LEAVER)["sheet"])
    revoked = officer.asked(
        "panel", "revoke", REFERENCE, LOST, "--laptop", "the first", "--why", "It was left on a train."
    )
    assert [one["name"] for one in revoked["laptops"]] == ["the first"]
    desk.join(NEW, LOST, desk.files[LOST])
    desk.join(SECOND, TWO_LAPTOPS, desk.files[TWO_LAPTOPS])
    officer.done("panel", "replace", REFERENCE, LEAVER, JOINER, "--name", "Member 9", "--why", "A new post elsewhere.")
    (invited,) = officer.asked("invite", REFERENCE, "--to", desk.stick, "--person", JOINER)["invitations"]
    desk.join(JOINER, JOINER, invited["file"])
    made = officer.asked("issue", REFERENCE, "--to", desk.stick)
    for laptop in HELD:
        desk.receive(laptop, made["pack"], made["roster"], made["releases"][person_at(laptop)])
    for laptop in (NEW, SECOND, JOINER):
        person = person_at(laptop)
        desk[laptop].done("declare", REFERENCE, "--person", person, "--none")
        desk.receive(OFFICER, desk.sent(laptop)["declaration"])
    released(desk, *HELD)
    same_roster(desk, *HELD)
    # What the lost laptop signs from now on is refused, whoever finds it.
    stolen = desk.sent(LOST)["declaration"]
    desk[LOST].done("declare", REFERENCE, "--person", LOST, "--none")
    assert desk.sent(LOST)["declaration"] != stolen
    assert desk.receive(OFFICER, desk.sent(LOST)["declaration"]) == ["not-ours"]


def scored(desk: Panel) -> None:
    """Everybody scores by workbook, signs off and sends; the one with two laptops begins on one and ends on the other."""
    desk.score(TWO_LAPTOPS, TWO_LAPTOPS, only=5)
    interim = desk.sent(TWO_LAPTOPS)
    assert interim["final"] is False
    assert desk.receive(SECOND, interim["sheet"]) == ["new"]
    sheets = {}
    for laptop in WORKING:
        person = person_at(laptop)
        signed(desk, laptop, person, lines=8 if person == NARROWED else LINES)
        sent = desk.sent(laptop)
        assert sent["final"] is True
        sheets[person] = sent["sheet"]
    # The officer has half of them in a zip and the rest in another order, twice, one under another name; the interim one late.
    files = [sheets[one] for one in SCORERS]
    desk.receive(OFFICER, zipped(files[4:], desk.stick / "sheets.zip"))
    desk.receive(OFFICER, *files[3::-1], renamed(files[5], "copy of sheet.zip"), *files)
    assert desk.receive(OFFICER, interim["sheet"])[0] in ("older", "not-ours")
    desk.files |= {"sheets": sheets}
    desk.receive(CHAIR, *reversed(files))
    standing = {one["person"]: one["signed_off"] for one in desk[OFFICER].asked("show", REFERENCE)["people"]}
    assert {person for person, done in standing.items() if done} == {*SCORERS, LEAVER}


def moderated(desk: Panel) -> None:
    """Receipts go out; the chair gets the keys of others' scores, and types in what the panel agreed."""
    officer, chair = desk[OFFICER], desk[CHAIR]
    receipts = officer.asked("receipts", REFERENCE, "--to", desk.stick)["receipts"]
    for laptop in HELD:
        assert desk.receive(laptop, receipts[person_at(laptop)]) == ["new"]
    chair.refused("moderated", "export", REFERENCE, desk.stick / "early.xlsx")
    released(desk, CHAIR)
    chair.done("absent", REFERENCE, "--person", RECUSED, "--reason", "Recused from the lot.")
    book = desk.stick / "agreed.xlsx"
    assert chair.asked("moderated", "export", REFERENCE, book)["lines"] == LINES
    type_in(book, agreed)
    assert chair.asked("moderated", "import", REFERENCE, book)["added"] == LINES
    interim = desk.sent(CHAIR)["moderation"]
    final = desk.sent(CHAIR, "--final")["moderation"]
    assert desk.receive(OFFICER, final, interim) == ["new", "older"]
    released(desk, *FULL)
    for laptop in WORKING[1:]:
        desk.receive(laptop, interim, final, final)
    desk.receive(RECUSED, final)


def agree(desk: Panel) -> None:
    """Members read what was agreed and say so; one dissents, one cannot be reached, which the officer records."""
    officer = desk[OFFICER]
    assert "is missing" in officer.refused("close-moderation", REFERENCE)
    words = []
    for laptop in WORKING[1:]:
        person = person_at(laptop)
        if person == SILENT:
            continue
        against = ("--dissent", "L1/B01/1.1=Page 4 says more than we heard.") if person == DISSENTER else ()
        (one,) = desk[laptop].asked("assent", REFERENCE, "--to", desk.stick, "--affirm", *against)["assents"]
        assert one["agrees"] == (person != DISSENTER)
        words.append(one["file"])
    desk.receive(OFFICER, *reversed(words))
    note = desk.stick / "Thank you.txt"
    note.write_text("Here are ours.", encoding="utf-8")
    around = zipped([note, *words[1:], renamed(words[0], "words (1).zip")], desk.stick / "words.zip")
    told = [json.loads(line) for line in officer("receive", around, "--json").out.splitlines()]
    assert [one["verdict"] for one in told] == ["unreadable", *["same"] * len(words)]
    desk.receive(CHAIR, *words)
    assert officer.refused("close-moderation", REFERENCE).startswith(
        f"Moderation cannot be closed: the word of {SILENT} is missing."
    )
    officer.done("agreement", "excuse", REFERENCE, "--person", SILENT, "--why", "They are in hospital.")
    officer.done("declarations", "affirm", REFERENCE, "--person", CHAIR, "--taken-by", OFFICER)
    officer.done(
        "declarations", "affirm", REFERENCE, "--person", SILENT, "--taken-by", OFFICER, "--why-not", "In hospital."
    )
    assert officer.asked("close-moderation", REFERENCE)["lines"] == LINES


def told(desk: Panel) -> None:
    """Prices are opened, the outcome worked out, letters signed; everything verifies."""
    officer = desk[OFFICER]
    opened_prices = officer.asked("open-prices", REFERENCE)["opened"]
    assert {one["bid"]: one["amount"] for one in opened_prices} == {
        "B01": "99999.99",
        "B02": "120000",
        "B03": "110000.01",
    }
    outcome = officer.asked("outcome", REFERENCE)
    (lot,) = outcome["lots"]
    assert [(one["bid"], one["rank"]) for one in lot["bids"]] == [("B01", 1), ("B02", 2), ("B03", 3)]
    released(desk, *FULL)
    assert desk[CHAIR].asked("outcome", REFERENCE)["lots"] == outcome["lots"]
    for laptop in FULL[1:]:
        answer = desk[laptop]("outcome", REFERENCE, "--json")
        assert answer.json.get("lots", []) == [], laptop
    officer.done(
        "decide", REFERENCE, "--lot", "L1", "--bid", "B01", "--by", "Ann Lee", "--delegation", "Scheme 4.2",
        "--why", "It ranks first.", "--on", datetime.now(UTC).date().isoformat(),
    )  # fmt: skip
    for bid in ("B02", "B03"):
        officer.done("bidder", REFERENCE, bid, "--address", "1 Mill Lane, Northmoor NM0 0AB")
    letters = desk.stick / "letters"
    written = officer.asked("letters", REFERENCE, "--out", letters)
    assert (written["blocked"], len(written["letters"])) == ([], 3)
    for one in written["letters"]:
        assert officer.asked("verify", one["file"])["verdict"] == "verified"
    for laptop in (OFFICER, *HELD, LOST):
        assert desk[laptop].asked("verify", REFERENCE)["verdict"] == "verified", laptop


def compared(desk: Panel) -> None:
    """Who received the same says the same, and nothing is where it may not be."""
    with desk.store(OFFICER) as officer, desk.store(CHAIR) as chair:
        for person in SCORERS:
            assert sheet_of(officer, person) == sheet_of(chair, person) != {}
        assert moderated_on(officer) == moderated_on(chair)
        assert len(moderated_on(officer)) == LINES
        agreed_there = assents.standing(chair, REFERENCE)
        (one,) = assents.standing(officer, REFERENCE)
        assert [(word.person, word.agrees) for word in one.words] == [
            (word.person, word.agrees) for word in agreed_there[0].words
        ]
        assert [word.person for word in one.words if not word.agrees] == [DISSENTER]
        assert list(one.excused) == [SILENT]
    for laptop in WORKING:
        person = person_at(laptop)
        with desk.store(laptop) as own, desk.store(OFFICER) as officer:
            assert sheet_of(own, person) == sheet_of(officer, person)
    read = {one: desk[one].asked("agreement", "read", REFERENCE)["moderations"][0]["lines"] for one in WORKING[1:]}
    everything = read.pop("PM7")
    assert len(everything) == 8
    assert [one for one in read.values() if one != read["PM1"]] == []
    with desk.store(RECUSED) as space:
        assert {name.split("/")[0] for name in held_keys(space, *EnvelopeKind)} == {"common"}
        assert [sheet_of(space, one) for one in SCORERS] == [{}] * len(SCORERS)
        assert moderated_on(space) == {}
    with desk.store("PM7") as space:
        assert [name for name in held_keys(space, *EnvelopeKind) if "B03" in name and "price" not in name] == []
    with desk.store(LOST) as space:
        assert held_keys(space, "scores", "moderation", "price", "price-scores") == []


STAGES = (joined, issued, declared, changed, scored, moderated, agree, told, compared)


def test_ten_people_do_a_whole_tender_by_carrying_files(
    quick: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    desk = Panel(capsys, tmp_path)
    for stage in STAGES:
        stage(desk)
