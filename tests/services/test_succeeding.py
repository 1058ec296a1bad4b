"""Paper for a bad day: the sheets of a tender, somebody who takes over with them, and a profile opened by its paper key."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from json import loads
from pathlib import Path

import msgspec
import pikepdf
import pytest
from sqlalchemy import select

from evalpanel.domain.parcels import ParcelKind, Statement, Verdict
from evalpanel.domain.people import Role
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, write_cover
from evalpanel.formats.parcel_packs import read_roster
from evalpanel.formats.statements import read_statement, write_statement
from evalpanel.sealing import envelopes, paper_keys
from evalpanel.sealing.installations import new_installation
from evalpanel.services import (
    declarations,
    documents,
    inviting,
    issuing,
    leaving,
    papers,
    receiving,
    record,
    sending,
    setup,
    sign_off,
    succeeding,
    verify,
    workspace,
)
from evalpanel.services.audit import PROFILE_CHAIN
from evalpanel.services.issuing import Issued
from evalpanel.services.succession import Succeeded
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops, left
from profiles import PASSPHRASE, Clock, make_profile, opened, quick_keys
from sheets import words_on
from stages import REFERENCE, load, score

WHY = "The officer's laptop was stolen."


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    """The sheets were printed; CH1 and PM1 hold the tender on laptops of their own."""
    prepared(desk[OFFICER], desk.root / "pack")
    (desk.root / "paper").mkdir()
    papers.recovery(desk[OFFICER], REFERENCE, to=desk.root / "paper")
    for one in inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["CH1", "PM1"]):
        desk.join(REFERENCE, one.person, one.file)
        declarations.declare(desk[OFFICER], REFERENCE, person=one.person)
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    for person in ("CH1", "PM1"):
        desk.take(person, made.roster, made.pack, made.releases[PersonCode(person)])
        declarations.declare(desk[person], REFERENCE, person=person)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def sheets(desk: Laptops) -> tuple[str, str]:
    """The words of the successor's and of the recovery sheet."""
    (successor,) = (desk.root / "paper").glob("* successor.pdf")
    (recovery,) = (desk.root / "paper").glob("* recovery.pdf")
    return words_on(successor), words_on(recovery)


def join(desk: Laptops, person: str) -> None:
    """One more person joins, and takes in what is issued to everybody then, as the others do."""
    (invited,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=[person])
    desk.join(REFERENCE, person, invited.file)
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    for one in ("CH1", "PM1", person):
        desk.take(one, made.roster, made.pack, made.releases[PersonCode(one)])


def take_over(desk: Laptops, person: str = "CH1", **other: str) -> Succeeded:
    first, second = sheets(desk)
    asked = {"successor_words": first, "recovery_words": second, "why": WHY} | other
    return succeeding.succeed(desk[person], REFERENCE, to=desk.stick, **asked)


def issued_by(desk: Laptops, person: str) -> Issued:
    return issuing.issue(desk[person], REFERENCE, to=desk.stick)


def test_sheets_are_one_page_each_and_their_words_are_kept_nowhere(desk: Laptops) -> None:
    for sheet in (desk.root / "paper").iterdir():
        with pikepdf.open(sheet) as pdf:
            assert len(pdf.pages) == 1
    with desk[OFFICER].store.reading() as tx:
        row = tx.execute(select(t.PaperKeyRow)).scalar_one()
    assert (len(row.successor), row.recovery[:4]) == (32, "age1")
    with pytest.raises(EvalPanelError, match="is there already"):
        papers.recovery(desk[OFFICER], REFERENCE, to=desk.root / "paper")


def test_successor_leads_the_tender_with_all_its_keys_and_everybody_accepts_it(desk: Laptops) -> None:
    done = take_over(desk)
    assert (done.person, done.replaced) == ("CH1", "OF1")
    (report,) = desk.take("PM1", done.roster)
    assert report.verdict is Verdict.NEW
    made = issued_by(desk, "CH1")
    reports = desk.take("PM1", made.roster, made.pack, made.releases[PersonCode("PM1")])
    assert [one.verdict for one in reports] == [Verdict.NEW] * 3
    roles = {one.person: one.roles for one in setup.view(desk["PM1"], REFERENCE).pack.panel}
    assert (Role.OFFICER in roles[PersonCode("CH1")], Role.OFFICER in roles[PersonCode("OF1")]) == (True, False)
    (pricing,) = [one.path for one in documents.listing(desk[OFFICER], REFERENCE) if "Pricing" in one.path]
    assert pricing in [one.path for one in documents.listing(desk["CH1"], REFERENCE)]
    for person in ("CH1", "PM1"):
        assert verify.verify_tender(desk[person], REFERENCE).verdict == "verified"
    assert any(
        f"took over as officer from OF1, by the words of the two sheets. {WHY}" in one.sentence
        for one in record.history(desk["CH1"], REFERENCE)
    )


def test_work_goes_to_the_successor_and_counts_there(desk: Laptops) -> None:
    score(desk["PM1"], person="PM1")
    sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")
    sending.send(desk["PM1"], REFERENCE, to=desk.stick)
    done = take_over(desk)
    desk.take("PM1", done.roster)
    made = issued_by(desk, "CH1")
    desk.take("PM1", made.roster, made.pack, made.releases[PersonCode("PM1")])
    sent = sending.send(desk["PM1"], REFERENCE, to=desk.stick)
    assert sent.sheet is not None and sent.declaration is not None
    reports = desk.take("CH1", sent.declaration, sent.sheet)
    assert [one.verdict for one in reports] == [Verdict.NEW, Verdict.NEWER]  # the first sheet went to the first officer
    (one,) = [one for one in setup.view(desk["CH1"], REFERENCE).panel if one.member.person == "PM1"]
    assert one.signed_off


def test_first_officers_later_parcels_count_no_more(desk: Laptops) -> None:
    (invited,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM2"])
    desk.join(REFERENCE, "PM2", invited.file)
    later = issued_by(desk, OFFICER)
    done = take_over(desk)
    desk.take("PM1", done.roster, later.roster)
    roles = {one.person: one.roles for one in setup.view(desk["PM1"], REFERENCE).pack.panel}
    assert Role.OFFICER in roles[PersonCode("CH1")]


def test_what_the_first_officer_had_issued_and_the_successor_holds_counts_though_it_comes_late(desk: Laptops) -> None:
    early = joined_without(desk, "PM2")
    late = changed_since(desk)
    desk.take("CH1", early.roster, early.pack, late.roster, late.pack)
    desk.take("PM2", late.roster)
    done = take_over(desk)
    reports = desk.take("PM2", done.roster, late.pack, early.roster, late.releases[PersonCode("PM2")])
    assert [one.verdict for one in reports] == [Verdict.NEW, Verdict.NEW, Verdict.OLDER, Verdict.NOT_OURS]
    assert "that was revoked on" in reports[3].words  # nobody but OF1 and PM2 ever held these keys
    assert receiving.waiting(desk["PM2"]).files == 0
    made = issued_by(desk, "CH1")
    reports = desk.take("PM2", made.roster, made.pack, made.releases[PersonCode("PM2")])
    assert {one.verdict for one in reports} == {Verdict.NEW}
    assert leads(desk, "PM2") == ["CH1"]


def changed_since(desk: Laptops) -> Issued:
    """Somebody takes PM1's place, the officer issues, and nobody takes that in."""
    leaving.replace_member(
        desk[OFFICER], REFERENCE, leaver="PM1", person="PM9", name="Rowan Vale", why="Moved to another post."
    )
    return issued_by(desk, OFFICER)


def joined_without(desk: Laptops, person: str) -> Issued:
    """One more person joins, the officer issues, and nobody takes that in."""
    (invited,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=[person])
    desk.join(REFERENCE, person, invited.file)
    return issued_by(desk, OFFICER)


def test_two_who_took_over_lead_nothing_until_one_follows_the_other(desk: Laptops) -> None:
    join(desk, "PM2")
    one = take_over(desk)
    other = take_over(desk, "PM1")
    first, second = desk.take("PM2", one.roster, other.roster)
    assert (first.verdict, first.words.split(". ")[0]) == (
        Verdict.NEW,
        "CH1 took over as officer, by the words of the two sheets",
    )
    assert (second.verdict, second.words.split(". ")[0]) == (
        Verdict.FORKED,
        "CH1 and PM1 each took over as officer, and do not know of each other, so neither leads and the list from before stays in force",
    )
    assert leads(desk, "PM2") == ["OF1"]
    (told,) = desk.take("CH1", other.roster)
    assert (told.verdict, "takes over once more on this laptop" in told.words) == (Verdict.FORKED, True)
    settled = take_over(desk)
    assert settled.roster != one.roster
    (report,) = desk.take("PM2", settled.roster)
    assert (report.verdict, leads(desk, "PM2")) == (Verdict.NEW, ["CH1"])
    (loser,) = desk.take("PM1", settled.roster)
    assert loser.words.startswith(
        "CH1 leads now, by a list that follows yours: what this laptop issues counts no more."
    )
    assert take_over(desk) == settled
    made = issued_by(desk, "CH1")
    reports = desk.take("PM2", made.roster, made.pack, made.releases[PersonCode("PM2")])
    assert [one.verdict for one in reports] == [Verdict.NEW] * 3
    for person in ("CH1", "PM1", "PM2"):
        assert verify.verify_tender(desk[person], REFERENCE).verdict == "verified"


def test_officer_who_lives_on_is_told_and_what_they_issue_counts_no_more(desk: Laptops) -> None:
    join(desk, "PM2")
    done = take_over(desk)
    (told,) = desk.take(OFFICER, done.roster)
    assert told.words.startswith("CH1 took over as officer, by the words of the two sheets that you had printed:")
    assert "If nobody was to take over, ring everybody on the panel" in told.words
    papers.recovery(desk[OFFICER], REFERENCE, to=desk.stick)  # so that the next list says something new
    (_new, late) = desk.take("PM2", done.roster, issued_by(desk, OFFICER).roster)
    assert leads(desk, "PM2") == ["CH1"]
    assert "was revoked on" in late.words


def test_verify_says_that_the_two_sheets_signed_the_list_of_who_took_over(desk: Laptops) -> None:
    done = take_over(desk)
    found = verify.verify_file(desk["PM1"], done.roster)
    assert (found.verdict, found.proved[1]) == (
        "verified",
        "it was signed with the words of the two sheets of paper that list number 1 names",
    )
    assert found.not_proved[0].startswith("who typed the words:")


def test_taking_over_again_writes_the_same_bytes(desk: Laptops) -> None:
    first = take_over(desk)
    before = first.roster.read_bytes()
    assert take_over(desk) == first
    assert first.roster.read_bytes() == before


def test_what_the_successor_issues_waits_for_the_roster_that_names_them(desk: Laptops) -> None:
    done = take_over(desk)
    made = issued_by(desk, "CH1")
    (report,) = desk.take("PM1", made.pack)
    assert (report.verdict, "does not lead the tender" in report.words) == (Verdict.WAITING, True)
    reports = desk.take("PM1", done.roster, made.pack)
    assert [one.verdict for one in reports] == [Verdict.NEW, Verdict.NEW]


def test_other_words_take_nothing_over(desk: Laptops) -> None:
    first, second = sheets(desk)
    with pytest.raises(EvalPanelError, match="not the words of the successor's sheet"):
        take_over(desk, successor_words=second)
    with pytest.raises(EvalPanelError, match="not the words of the recovery sheet"):
        take_over(desk, recovery_words=first)
    with pytest.raises(EvalPanelError, match="The reason is missing"):
        take_over(desk, why=" ")
    with pytest.raises(EvalPanelError, match="This laptop leads"):
        take_over(desk, OFFICER)


def forged(desk: Laptops, signs: Callable[[str, bytes], Statement], **body: object) -> Path:
    """The roster by which CH1 takes over, its body changed, signed by `signs` and sealed to PM1."""
    done = take_over(desk)
    with desk["CH1"].store.reading() as tx:
        row = tx.execute(select(t.ParcelRow).where(t.ParcelRow.kind == ParcelKind.ROSTER, t.ParcelRow.author == "CH1"))
        held = row.scalar_one().statement
    assert held is not None
    signed = read_statement(held)
    cover = read_roster(signed.payload)
    changed = Cover(msgspec.structs.replace(cover.body, **body), cover.header)
    with desk["PM1"].store.reading() as tx:
        recipient = tx.execute(select(t.InstallationRow.recipient)).scalar_one()
    file = done.roster.with_name("forged.evalpanel")
    with zipfile.ZipFile(done.roster) as real, zipfile.ZipFile(file, "w") as out:
        for name in real.namelist():
            content = real.read(name)
            if name == "cover.age":
                statement = write_statement(signs(signed.payload_type, write_cover(changed)), "")
                content = envelopes.seal_bytes(statement, recipient)
            out.writestr(name, content)
    return file


def both_sheets(desk: Laptops) -> paper_keys.SuccessorKey:
    """What the two sheets sign with together."""
    successor, recovery = sheets(desk)
    return paper_keys.SuccessorKey(paper_keys.secret_of(successor), paper_keys.secret_of(recovery))


def leads(desk: Laptops, on: str = "PM1") -> list[str]:
    return [one.person for one in setup.view(desk[on], REFERENCE).pack.panel if Role.OFFICER in one.roles]


def test_roster_of_an_outsider_does_not_replace_the_officer(desk: Laptops) -> None:
    (report,) = desk.take("PM1", forged(desk, new_installation().sign))
    assert (report.verdict, report.words.split(".")[0], leads(desk)) == (
        Verdict.ALTERED,
        "This parcel says that CH1 signed it, and its signature does not fit",
        ["OF1"],
    )


def test_successors_key_signs_nothing_but_a_roster_that_replaces_the_officer(desk: Laptops) -> None:
    (report,) = desk.take("PM1", forged(desk, both_sheets(desk).sign, succeeds=""))
    assert (report.verdict, leads(desk)) == (Verdict.ALTERED, ["OF1"])
    (waits,) = desk.take("PM1", forged(desk, both_sheets(desk).sign, succeeds="ab" * 32))
    assert (waits.verdict, leads(desk)) == (Verdict.WAITING, ["OF1"])


def test_roster_that_names_no_laptop_of_its_author_replaces_nobody(desk: Laptops) -> None:
    (report,) = desk.take("PM1", forged(desk, both_sheets(desk).sign, people=()))
    assert (report.verdict, leads(desk)) == (Verdict.ALTERED, ["OF1"])


def test_one_sheet_alone_signs_nothing_that_counts(desk: Laptops) -> None:
    for one in sheets(desk):
        secret = paper_keys.secret_of(one)
        (report,) = desk.take("PM1", forged(desk, paper_keys.SuccessorKey(secret, secret).sign))
        assert (report.verdict, leads(desk)) == (Verdict.ALTERED, ["OF1"])


# The paper key of a profile ------------------------------------------------------------------------------------------


def test_paper_key_opens_a_profile_and_sets_a_new_passphrase(tmp_path: Path) -> None:
    root = tmp_path / "profile"
    make_profile(root)
    with opened(root) as space:
        made = papers.paper_key(space, out=tmp_path / "key.pdf")
        assert papers.paper_numbers(space) == (made.number,)
    words = words_on(made.file)
    with workspace.opened(root, paper=words, clock=Clock()) as space:
        assert space.owner.name
    with quick_keys():
        workspace.new_way_in(root, paper=words, passphrase="four new plain words")
    with workspace.opened(root, passphrase="four new plain words", clock=Clock()) as space:
        papers.revoke_paper_key(space, f" {made.number.upper()} ")
        with space.store.reading() as tx:
            told = [loads(one.detail) for one in queries.trail(tx, PROFILE_CHAIN) if one.act == "paper-key-revoked"]
        assert told == [{"number": made.number}]
    with pytest.raises(EvalPanelError, match="This profile has no paper key"), workspace.opened(root, paper=words):
        pass
    with pytest.raises(EvalPanelError, match="not the one"), workspace.opened(root, passphrase=PASSPHRASE):
        pass


def test_paper_key_that_cannot_be_written_opens_nothing(tmp_path: Path) -> None:
    root = tmp_path / "profile"
    make_profile(root)
    with opened(root) as space:
        with pytest.raises(EvalPanelError):
            papers.paper_key(space, out=tmp_path / "no such folder" / "key.pdf")
        assert papers.paper_numbers(space) == ()
