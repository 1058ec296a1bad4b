"""Taking files in: what waits, what is older or forked, what another copy of a profile did, many files at once."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.domain.sheets import Score, ScoreStatus
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_sheets import read_scoresheet
from evalpanel.progress import Progress
from evalpanel.services import (
    confirming,
    declarations,
    exchange,
    heads,
    inviting,
    issuing,
    joining,
    receiving,
    scoring,
    sending,
    setup,
    sign_off,
    verify,
)
from evalpanel.services.receiving import Waits
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, waiting
from evalpanel.store.waiting import Waiting
from laptops import OFFICER, Laptops, left
from profiles import copied, make_profile, opened, quick_keys
from stages import REFERENCE, line, load, score


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    """An officer who has issued to PM1, and PM1's laptop where nothing but the invitation and the words has come."""
    prepared(desk[OFFICER], desk.root / "pack")
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    desk.join(REFERENCE, "PM1", one.file)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def issued(desk: Laptops, person: str = "PM1") -> tuple[Path, Path, Path]:
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    return made.roster, made.pack, made.releases[PersonCode(person)]


def second_laptop(desk: Laptops, name: str, *, confirmed_there: bool = True) -> None:
    """Another laptop of PM1, whose words the officer has heard."""
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    desk.take(OFFICER, joining.enrol(desk[name], one.file, to=desk.stick))
    (ours,) = confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM1")
    (theirs,) = confirming.words_to_read(desk[name], REFERENCE)
    confirming.confirm(desk[OFFICER], REFERENCE, typed=" ".join(theirs), person="PM1")
    if confirmed_there:
        confirming.confirm(desk[name], REFERENCE, typed=" ".join(ours))


def signed_sheet(space: Workspace, to: Path, level: int = 3) -> Path:
    """PM1's sheet, signed off on this laptop, with this level on its first line."""
    score(space, person="PM1")
    one = Score(line("B01", "1.1"), ScoreStatus.SCORED, Decimal(level), "It says how.")
    scoring.save_score(space, REFERENCE, person="PM1", score=one)
    sign_off.sign_off(space, REFERENCE, person="PM1")
    made = sending.send(space, REFERENCE, to=to)
    assert made.sheet is not None
    return made.sheet


def signed(space: Workspace) -> bool:
    (one,) = [one for one in setup.view(space, REFERENCE).panel if one.member.person == "PM1"]
    return one.signed_off


def ready(desk: Laptops, name: str = "PM1") -> None:
    desk.take(name, *issued(desk))
    declarations.declare(desk[name], REFERENCE, person="PM1")


# What waits ----------------------------------------------------------------------------------------------------------


def test_what_comes_before_the_words_waits_in_the_profile_and_is_taken_in_after_them(desk: Laptops) -> None:
    second_laptop(desk, "second", confirmed_there=False)
    files = issued(desk)
    reports = desk.take("second", *files, *files)
    assert [one.verdict for one in reports] == [Verdict.WAITING] * 6
    assert receiving.waiting(desk["second"]) == Waits(3, sum(file.stat().st_size for file in files))
    assert list(desk["second"].documents.folder.iterdir()) == []


def test_what_nobody_wants_is_put_aside_and_can_be_put_back(desk: Laptops) -> None:
    space = desk["second"]
    second_laptop(desk, "second", confirmed_there=False)
    desk.take("second", *issued(desk))
    one, other, third = receiving.waiters(space)
    receiving.put_aside(space, other.digest)
    assert (receiving.waiters(space), receiving.waiters(space, aside=True)) == ((one, third), (other,))
    with pytest.raises(EvalPanelError, match="This file is not there any more"):
        receiving.put_aside(space, other.digest)
    assert receiving.try_again(space) == ()
    receiving.put_back(space, other.digest)
    assert (receiving.waiters(space), receiving.waiters(space, aside=True)) == ((one, other, third), ())


def test_waiting_is_over_when_the_words_are_heard_without_the_stick(desk: Laptops) -> None:
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    desk.take(OFFICER, joining.enrol(desk["second"], one.file, to=desk.stick))
    (to_read,) = confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM1")
    (theirs,) = confirming.words_to_read(desk["second"], REFERENCE)
    confirming.confirm(desk[OFFICER], REFERENCE, typed=" ".join(theirs), person="PM1")
    files = issued(desk)
    desk.take("second", *files)
    for file in files:
        file.unlink()
    assert receiving.try_again(desk["second"]) == ()

    confirming.confirm(desk["second"], REFERENCE, typed=" ".join(to_read))
    reports = receiving.try_again(desk["second"])

    assert {(one.verdict, one.kind) for one in reports} == {
        (Verdict.NEW, kind) for kind in (ParcelKind.ROSTER, ParcelKind.PACK, ParcelKind.RELEASE)
    }
    assert {one.words.split(". ")[0] for one in reports} == {"It waited here"}
    assert receiving.waiting(desk["second"]) == Waits(0, 0)
    assert setup.view(desk["second"], REFERENCE).pack.panel != ()


def test_sheet_that_rests_on_a_roster_which_is_not_here_waits(desk: Laptops, tmp_path: Path) -> None:
    root = tmp_path / "officer"
    with quick_keys():
        make_profile(root)
        with opened(root) as officer:
            prepared(officer, tmp_path / "theirs")
            (one,) = inviting.invite(officer, REFERENCE, to=desk.stick, people=["PM2"])
            answer = joining.enrol(desk["PM2"], one.file, to=desk.stick)
            receiving.receive(officer, [answer])
            (ours,) = confirming.words_to_read(officer, REFERENCE, person="PM2")
            (theirs,) = confirming.words_to_read(desk["PM2"], REFERENCE)
            confirming.confirm(officer, REFERENCE, typed=" ".join(theirs), person="PM2")
            confirming.confirm(desk["PM2"], REFERENCE, typed=" ".join(ours))
        before = copied(root, tmp_path / "before")
        with opened(root) as officer:
            made = issuing.issue(officer, REFERENCE, to=desk.stick)
        desk.take("PM2", made.roster, made.pack, made.releases[PersonCode("PM2")])
        declarations.declare(desk["PM2"], REFERENCE, person="PM2")
        sent = sending.send(desk["PM2"], REFERENCE, to=desk.stick)
        assert sent.declaration is not None
        with opened(before) as officer:
            (report,) = receiving.receive(officer, [sent.declaration])
            assert report.verdict is Verdict.WAITING
            assert report.words.startswith(
                "This parcel of PM2 rests on a list of who takes part that has not come here."
            )
            # The officer's own later roster and pack, from the stick: what waited for them is taken in with them.
            reports = receiving.receive(officer, [made.roster, made.pack])
        assert [(one.verdict, one.kind) for one in reports] == [
            (Verdict.NEW, ParcelKind.ROSTER),
            (Verdict.NEW, ParcelKind.PACK),
            (Verdict.NEW, ParcelKind.DECLARATION),
        ]


def test_waiting_folder_has_a_cap_and_says_so(desk: Laptops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_FILES", 1)
    second_laptop(desk, "second", confirmed_there=False)
    first, second, _ = issued(desk)
    reports = desk.take("second", first, second)
    assert [one.keeps for one in reports] == [True, False]
    assert "There is no more room for parcels that wait" in reports[1].words
    assert receiving.waiting(desk["second"]).files == 1


def test_waiting_folder_keeps_a_parcel_once_and_refuses_one_that_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Waiting(tmp_path / "waiting")
    assert held.keep(io.BytesIO(b"one")) == held.keep(io.BytesIO(b"one"))
    assert len(held.files()) == 1
    monkeypatch.setattr(waiting, "MOST_BYTES", 5)
    with pytest.raises(EvalPanelError, match="no more room"):
        held.keep(io.BytesIO(b"two"))


# Older stores, copies of a profile, two laptops ------------------------------------------------------------------------


@pytest.fixture
def restored(desk: Laptops, tmp_path: Path) -> tuple[Laptops, Path, Path]:
    """PM1 on a profile that can be copied: where it lies now, and a copy from before the first sheet was sent."""
    root = tmp_path / "member"
    make_profile(root)
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM2"])
    with opened(root) as member:
        desk.take(OFFICER, joining.enrol(member, one.file, to=desk.stick))
        (ours,) = confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM2")
        (theirs,) = confirming.words_to_read(member, REFERENCE)
        confirming.confirm(desk[OFFICER], REFERENCE, typed=" ".join(theirs), person="PM2")
        confirming.confirm(member, REFERENCE, typed=" ".join(ours))
        receiving.receive(member, issued(desk, "PM2"))
        declarations.declare(member, REFERENCE, person="PM2")
        sent = sending.send(member, REFERENCE, to=desk.stick)
        assert sent.declaration is not None
        desk.take(OFFICER, sent.declaration)
        receiving.receive(member, issued(desk, "PM2"))
    return desk, root, copied(root, tmp_path / "before")


def sheet_of(root: Path, desk: Laptops, level: int) -> Path:
    with opened(root) as member:
        if sending_signed(member):
            sign_off.reopen(member, REFERENCE, person="PM2", reason="A page was overlooked.")
        score(member, person="PM2")
        one = Score(line("B01", "1.1"), ScoreStatus.SCORED, Decimal(level), "It says how.")
        scoring.save_score(member, REFERENCE, person="PM2", score=one)
        sign_off.sign_off(member, REFERENCE, person="PM2")
        made = sending.send(member, REFERENCE, to=desk.stick)
        assert made.sheet is not None
        return made.sheet


def sending_signed(space: Workspace) -> bool:
    with space.store.reading() as tx:
        tender = queries.tender_row(tx, REFERENCE).tender_id
        held = queries.sign_offs(tx, tender).get(PersonCode("PM2"))  # type: ignore[arg-type]  # the id is text
        return held is not None and held.signed


def counts(desk: Laptops) -> bool:
    (one,) = [one for one in setup.view(desk[OFFICER], REFERENCE).panel if one.member.person == "PM2"]
    return one.signed_off


def test_older_copy_that_went_on_is_a_fork_and_one_that_follows_both_counts(
    restored: tuple[Laptops, Path, Path],
) -> None:
    desk, root, before = restored
    first, other = sheet_of(root, desk, 3), sheet_of(before, desk, 1)
    assert [one.verdict for one in desk.take(OFFICER, first)] == [Verdict.NEW]
    (report,) = desk.take(OFFICER, other)
    assert report.verdict is Verdict.FORKED
    assert "neither counts" in report.words
    assert "two copies of the profile of PM2" in report.words
    assert not counts(desk)

    # The way out: the copy that goes on takes in what the other one sent, and sends again.
    with opened(before) as member:
        (mine,) = receiving.receive(member, [first])
        assert mine.verdict is Verdict.NEW
        assert mine.words.startswith("The sheet of your other laptop is kept.")
        made = sending.send(member, REFERENCE, to=desk.stick)
    assert made.sheet is not None
    (settled,) = desk.take(OFFICER, made.sheet)
    assert settled.verdict is Verdict.NEWER
    assert counts(desk)
    assert verify.verify_tender(desk[OFFICER], REFERENCE).verdict == "verified"


def test_older_copy_learns_from_the_officer_what_it_lacks_and_follows_it(
    restored: tuple[Laptops, Path, Path],
) -> None:
    desk, root, before = restored
    desk.take(OFFICER, sheet_of(root, desk, 3))
    # Something new for PM2: its cover says what the officer holds.
    held = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["CH1"])
    desk.join(REFERENCE, "CH1", held[0].file)
    files = issued(desk, "PM2")
    with opened(before) as member:
        reports = receiving.receive(member, files)
    told = [one for one in reports if "holds a scoresheet of yours that this laptop does not have" in one.words]
    assert told != []
    (report,) = desk.take(OFFICER, sheet_of(before, desk, 1))
    assert report.verdict is Verdict.NEWER
    assert counts(desk)


def test_two_laptops_of_one_person_settle_by_one_that_follows_both(desk: Laptops) -> None:
    ready(desk)
    second_laptop(desk, "second")
    ready(desk, "second")
    desk.take("PM1", *issued(desk))
    first, other = signed_sheet(desk["PM1"], desk.stick), signed_sheet(desk["second"], desk.stick, 1)
    assert [one.verdict for one in desk.take(OFFICER, first, other)] == [Verdict.NEW, Verdict.FORKED]
    assert not signed(desk[OFFICER])
    (mine,) = desk.take("PM1", other)
    assert mine.verdict is Verdict.NEW
    made = sending.send(desk["PM1"], REFERENCE, to=desk.stick)
    assert made.sheet is not None
    assert [one.verdict for one in desk.take(OFFICER, made.sheet)] == [Verdict.NEWER]
    assert signed(desk[OFFICER])


def test_newer_that_follows_what_has_not_come_says_so(restored: tuple[Laptops, Path, Path]) -> None:
    desk, root, _ = restored
    sheet_of(root, desk, 3)
    (report,) = desk.take(OFFICER, sheet_of(root, desk, 2))
    assert report.verdict is Verdict.NEWER
    assert report.words.endswith(
        "It follows 1 earlier one that has not come here; each holds the whole, so nothing of what counts is missing."
    )


def test_statement_says_what_its_author_knows_of_the_others(desk: Laptops) -> None:
    ready(desk)
    with desk["PM1"].store.reading() as tx:
        tender = queries.tender_row(tx, REFERENCE).tender_id
        mine = exchange.own(tx, desk["PM1"], tender)  # type: ignore[arg-type]  # the id is text
        assert mine is not None
        assert heads.not_here(tx, mine.tender) == ()
    file = signed_sheet(desk["PM1"], desk.stick)
    desk.take(OFFICER, file)
    with desk[OFFICER].store.reading() as tx:
        (held,) = exchange.line(tx, tender, ParcelKind.SCORESHEET, PersonCode("PM1"))  # type: ignore[arg-type]  # the same
    header = read_scoresheet(held.statement.payload).header
    assert {(one.author, one.kind, one.about, len(one.tips)) for one in header.heads} >= {
        ("OF1", ParcelKind.ROSTER, "", 1),
        ("OF1", ParcelKind.PACK, "", 1),
        ("OF1", ParcelKind.RELEASE, "PM1", 1),
    }
    # It was opened twice: when PM1 joined, and now.
    assert (len(header.incarnations), header.incarnations[-1]) == (2, desk["PM1"].incarnation)
    assert header.trail is not None


# Many files ------------------------------------------------------------------------------------------------------------


def test_one_bad_file_never_stops_the_rest(desk: Laptops, tmp_path: Path) -> None:
    roster, pack, release = issued(desk)
    letter, empty, missing = tmp_path / "letter.pdf", tmp_path / "empty.evalpanel", tmp_path / "gone.evalpanel"
    letter.write_bytes(b"%PDF-1.7 nothing of ours")
    empty.write_bytes(b"")
    wrapped = tmp_path / "from the gateway.zip"
    with zipfile.ZipFile(wrapped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(release, f"mail/{release.name}")
    renamed = Path(shutil.copy(pack, tmp_path / "pack.zip"))
    reports = desk.take("PM1", letter, roster, empty, renamed, tmp_path, missing, wrapped)
    assert [(one.file, one.verdict) for one in reports] == [
        ("letter.pdf", Verdict.UNREADABLE),
        (roster.name, Verdict.NEW),
        ("empty.evalpanel", Verdict.UNREADABLE),
        ("pack.zip", Verdict.NEW),
        (tmp_path.name, Verdict.UNREADABLE),
        ("gone.evalpanel", Verdict.UNREADABLE),
        (f"from the gateway.zip: mail/{release.name}", Verdict.NEW),
    ]


# A stick ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[Path]:
    """A stick that can be pulled out: a small file system of its own. Skips where none can be made."""
    folder = tmp_path / "pulled"
    folder.mkdir()
    try:
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=32m", "none", folder], capture_output=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if made.returncode != 0:
        pytest.skip("only the system's administrator can mount a stick here")
    yield folder
    subprocess.run(["umount", "-l", folder], capture_output=True, check=False)


def test_stick_pulled_out_while_writing_is_told_and_nothing_is_lost(desk: Laptops, stick: Path) -> None:
    class Pulling(Progress):
        def step(self, done: int, total: int, what: str = "") -> None:
            super().step(done, total, what)
            subprocess.run(["umount", "-l", stick], capture_output=True, check=False)

    with pytest.raises(EvalPanelError) as raised:
        issuing.issue(desk[OFFICER], REFERENCE, to=stick, progress=Pulling())
    assert "could not be written" in raised.value.title
    assert "Traceback" not in str(raised.value)
    assert list(stick.iterdir()) == []
    assert issued(desk)[1].stat().st_size > 0
    assert verify.verify_tender(desk[OFFICER], REFERENCE).verdict == "verified"


def test_read_only_stick_is_told(desk: Laptops, stick: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", stick], check=True, capture_output=True)
    with pytest.raises(EvalPanelError, match="read-only"):
        issuing.issue(desk[OFFICER], REFERENCE, to=stick)


def test_full_disk_while_taking_in_keeps_nothing_and_the_same_file_is_taken_in_later(
    desk: Laptops, stick: Path, tmp_path: Path
) -> None:
    files = issued(desk)
    root = stick / "profile"
    with quick_keys():
        make_profile(root)
        with opened(root) as member:
            (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM2"])
            desk.take(OFFICER, joining.enrol(member, one.file, to=desk.stick))
            (ours,) = confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM2")
            (theirs,) = confirming.words_to_read(member, REFERENCE)
            confirming.confirm(desk[OFFICER], REFERENCE, typed=" ".join(theirs), person="PM2")
            confirming.confirm(member, REFERENCE, typed=" ".join(ours))
            files = issued(desk, "PM2")
            filler = stick / "filler"
            with suppress(OSError), filler.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(1 << 12))
            before = sorted(path.name for path in member.documents.folder.iterdir())
            reports = receiving.receive(member, [files[1]])
            assert [one.verdict for one in reports] == [Verdict.UNREADABLE]
            assert "no room" in reports[0].words
            assert sorted(path.name for path in member.documents.folder.iterdir()) == before
            filler.unlink()
            assert [one.verdict for one in receiving.receive(member, files)] == [Verdict.NEW] * 3
