"""The officer's laptop is gone: somebody takes over on a new one, with two sheets of paper and what lies on the sticks."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import make
from apart import FILES
from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.domain.people import Role
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, write_cover
from evalpanel.formats.statements import write_statement
from evalpanel.sealing import envelopes
from evalpanel.services import (
    confirming,
    declarations,
    documents,
    exchange,
    from_paper,
    inviting,
    issuing,
    joining,
    papers,
    preflight,
    record,
    recovering,
    rosters,
    scoresheets,
    sending,
    setup,
    verify,
)
from evalpanel.services.from_paper import Whom
from evalpanel.services.succession import Succeeded
from evalpanel.services.workspace import Workspace
from evalpanel.store import score_reads
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops
from panels import agree, hand_out, moderate, panel, people, scored, sent_moderation
from papered import paper_words, papered
from stages import REFERENCE, load

WHY = "The officer is ill, and the laptop burnt."
NEW = "HP1"
NOTHING: Mapping[str, str] = {}
HEAD = Whom(NEW, "Head of procurement")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    """The sheets were printed; PM1 sent a sheet that is signed off, PM2 one that is not. The stick holds all that was carried."""
    with papered(tmp_path) as held:
        yield held


def words(desk: Laptops) -> dict[str, str]:
    """The words of the two sheets."""
    return {f"{which}_words": said for which, said in paper_words(desk.root).items()}


def files(desk: Laptops) -> list[Path]:
    return sorted(desk.stick.glob("*.evalpanel"))


def take_over(desk: Laptops, whom: Whom = HEAD, laptop: str = NEW, other: Mapping[str, str] = NOTHING) -> Succeeded:
    (desk.root / "new").mkdir(exist_ok=True)
    asked = {"why": WHY, **words(desk), **other}
    return from_paper.take_over(
        desk[laptop],
        REFERENCE,
        files(desk),
        whom=whom,
        successor_words=asked["successor_words"],
        recovery_words=asked["recovery_words"],
        why=asked["why"],
        to=desk.root / "new",
    )


def recover(desk: Laptops) -> recovering.Recovered:
    return recovering.recover(
        desk[NEW], REFERENCE, files(desk), recovery_words=words(desk)["recovery_words"], to=desk.root / "new"
    )


def tender_of(tx: Session) -> TenderId:
    return TenderId(tx.execute(select(t.InstallationRow.tender_id)).scalar_one())


def answers(space: Workspace, person: str) -> object:
    with space.store.reading() as tx:
        return score_reads.scores_of(tx, tender_of(tx), PersonCode(person))


def contents(space: Workspace, person: str) -> dict[str, bytes]:
    """Every document that is open to somebody on a laptop."""
    held = [one.path for one in documents.listing(space, REFERENCE) if not one.is_price]
    return {path: documents.read(space, REFERENCE, path, person=person) for path in held}


def test_from_a_lost_laptop_to_everything_readable_again(desk: Laptops) -> None:
    done = take_over(desk)
    assert (done.person, done.replaced, done.number) == (NEW, "OF1", 1)
    got = recover(desk)
    bad = [one for one in got.reports if one.verdict in (Verdict.ALTERED, Verdict.UNREADABLE)]
    assert bad == []
    declarations.declare(desk[NEW], REFERENCE, person=NEW)
    declarations.declare(desk[OFFICER], REFERENCE, person="OF1")
    assert contents(desk[NEW], NEW) == contents(desk[OFFICER], "OF1")
    assert [one.path for one in documents.listing(desk[NEW], REFERENCE)] == [
        one.path for one in documents.listing(desk[OFFICER], REFERENCE)
    ]
    assert answers(desk[NEW], "PM1") == answers(desk["PM1"], "PM1")
    assert [(one.person, one.answers) for one in got.interim] == [("PM2", len(desk_answers(desk, "PM2")))]
    assert verify.verify_tender(desk[NEW], REFERENCE).verdict == "verified"
    told = [one.sentence for one in record.history(desk[NEW], REFERENCE)]
    assert any("took over as officer from OF1" in one and WHY in one for one in told)
    assert any("with the words of the recovery sheet" in one for one in told)


def desk_answers(desk: Laptops, person: str) -> dict[object, object]:
    held = answers(desk[person], person)
    assert isinstance(held, dict)
    return held


def test_sheet_that_was_not_signed_off_comes_back_to_its_author(desk: Laptops) -> None:
    take_over(desk)
    (interim,) = recover(desk).interim
    assert answers(desk[NEW], "PM2") == {}
    held = answers(desk["PM2"], "PM2")
    taken = scoresheets.import_scores(desk["PM2"], REFERENCE, person="PM2", path=interim.file)
    assert (taken.added, taken.changed, answers(desk["PM2"], "PM2")) == ((), (), held)


def test_everybody_accepts_the_new_laptop_and_work_goes_on_there(desk: Laptops) -> None:
    done = take_over(desk)
    (report,) = desk.take("PM1", done.roster)
    assert (report.verdict, report.words.split(". ")[0]) == (
        Verdict.NEW,
        "HP1 took over as officer, by the words of the two sheets",
    )
    made = issuing.issue(desk[NEW], REFERENCE, to=desk.root / "new")
    reports = desk.take("PM1", made.roster, made.pack, made.releases[PersonCode("PM1")])
    assert [one.verdict for one in reports] == [Verdict.NEW] * 3
    panel = {one.person: (one.name, one.roles) for one in setup.view(desk["PM1"], REFERENCE).pack.panel}
    assert panel[PersonCode(NEW)] == ("Head of procurement", (Role.OFFICER,))
    assert Role.OFFICER not in panel[PersonCode("OF1")][1]
    (desk.root / "later").mkdir()
    sent = sending.send(desk["PM1"], REFERENCE, to=desk.root / "later")
    assert sent.sheet is not None and sent.declaration is not None
    reports = desk.take(NEW, sent.declaration, sent.sheet)
    assert [one.verdict for one in reports] == [Verdict.NEW, Verdict.NEWER]
    for space in (desk[NEW], desk["PM1"]):
        assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_who_took_over_invites_others_to_the_same_tender(desk: Laptops) -> None:
    done = take_over(desk)
    made = papers.recovery(desk[NEW], REFERENCE, to=desk.root / "new")
    assert made.successor.exists() and done.roster.exists()
    (invited,) = inviting.invite(desk[NEW], REFERENCE, to=desk.root / "new", people=["PM2"])
    desk.take(NEW, joining.enrol(desk["PM2-new"], invited.file, to=desk.root / "new"))
    (mine,) = confirming.words_to_read(desk[NEW], REFERENCE, person="PM2")
    (theirs,) = confirming.words_to_read(desk["PM2-new"], REFERENCE)
    confirming.confirm(desk[NEW], REFERENCE, typed=" ".join(theirs), person="PM2")
    confirming.confirm(desk["PM2-new"], REFERENCE, typed=" ".join(mine))
    issued = issuing.issue(desk[NEW], REFERENCE, to=desk.root / "new")
    reports = desk.take("PM2-new", issued.roster, issued.pack, issued.releases[PersonCode("PM2")])
    assert [one.verdict for one in reports] == [Verdict.NEW] * 3
    assert joining.joined(desk[NEW]) == ()


def test_officer_with_a_new_laptop_goes_on_as_who_they_are(desk: Laptops) -> None:
    done = take_over(desk, Whom("OF1"), "OF1-new")
    assert (done.person, done.replaced) == ("OF1", "OF1")
    made = issuing.issue(desk["OF1-new"], REFERENCE, to=desk.root / "new")
    reports = desk.take("PM1", done.roster, made.roster, made.pack, made.releases[PersonCode("PM1")])
    assert [one.verdict for one in reports] == [Verdict.NEW] * 4
    stolen = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    assert [one.verdict for one in desk.take("PM1", stolen.roster)] == [Verdict.SAME]
    assert verify.verify_tender(desk["PM1"], REFERENCE).verdict == "verified"


def test_member_who_takes_over_on_a_new_laptop_finds_their_own_work(desk: Laptops) -> None:
    take_over(desk, Whom("PM2"))
    got = recover(desk)
    assert [(one.kind, one.verdict) for one in got.reports if one.author == "PM2"] == [
        (ParcelKind.DECLARATION, Verdict.NEW),
        (ParcelKind.ENROLMENT, Verdict.SAME),
        (ParcelKind.SCORESHEET, Verdict.NEW),
    ]
    assert answers(desk[NEW], "PM2") == answers(desk["PM2"], "PM2")


def refused(desk: Laptops, **other: str) -> str:
    with pytest.raises(EvalPanelError) as raised:
        take_over(desk, other=other)
    with pytest.raises(EvalPanelError):
        setup.view(desk[NEW], REFERENCE)
    assert list(desk[NEW].documents.folder.iterdir()) == []
    return raised.value.title


def test_what_is_missing_or_wrong_is_said_and_nothing_is_kept(desk: Laptops) -> None:
    first, second = words(desk).values()
    assert "that opens with the words of the recovery sheet" in refused(desk, recovery_words=first)
    assert "not the words of the successor's sheet" in refused(desk, successor_words=second)
    assert refused(desk, why=" ") == "The reason is missing."
    with pytest.raises(EvalPanelError, match="so a name is needed"):
        take_over(desk, Whom("HP1"))
    with pytest.raises(EvalPanelError, match="is a list of who takes part"):
        from_paper.take_over(
            desk[NEW],
            REFERENCE,
            [],
            whom=HEAD,
            successor_words=first,
            recovery_words=second,
            why=WHY,
            to=desk.stick,
        )
    for pack in desk.stick.glob("*.pack.*"):
        pack.unlink()
    assert refused(desk) == "The pack is not among these files."


def test_list_of_a_panel_member_who_knows_the_keys_of_the_sheets_is_not_believed(desk: Laptops) -> None:
    """PM1 has taken in the list, so the public halves of both sheets are known there: PM1 writes a list in which PM1 leads."""
    (real,) = desk.stick.glob("*.roster.*")
    with desk["PM1"].store.reading() as tx:
        mine = exchange.own(tx, desk["PM1"], tender_of(tx))
        assert mine is not None
        roster = rosters.in_force(tx, mine)
        assert roster is not None
    body = roster.cover.body
    people = tuple(
        msgspec.structs.replace(one, laptops=tuple(held for held in one.laptops if one.person == "PM1"))
        for one in body.people
    )
    header = msgspec.structs.replace(
        roster.cover.header, author="PM1", installation=mine.keys.public.installation, seq=9
    )
    signed = mine.keys.sign(
        ParcelKind.ROSTER.payload_type, write_cover(Cover(msgspec.structs.replace(body, people=people), header))
    )
    with zipfile.ZipFile(real) as held, zipfile.ZipFile(desk.stick / "forged.evalpanel", "w") as out:
        for name in held.namelist():
            sealed = envelopes.seal_bytes(write_statement(signed, ""), body.recovery)
            out.writestr(name, sealed if name == "cover.age" else held.read(name))
    assert take_over(desk).replaced == "OF1"  # the real list is believed, whatever number the other one has
    real.unlink()
    with pytest.raises(EvalPanelError, match="not the words of the successor's sheet"):
        take_over(desk, laptop="HP2")


def test_profile_that_has_a_part_in_the_tender_takes_over_without_the_files(desk: Laptops) -> None:
    with pytest.raises(EvalPanelError, match="This profile has joined the tender already"):
        take_over(desk, laptop="CH1")
    take_over(desk)
    with pytest.raises(EvalPanelError, match="This profile leads the tender already"):
        take_over(desk)


def agreed(space: Workspace) -> object:
    """What was agreed on every line, as a laptop has it."""
    with space.store.reading() as tx:
        return score_reads.moderated(tx, tender_of(tx))


def test_agreed_scores_and_the_answers_to_them_open_with_the_recovery_sheet(tmp_path: Path) -> None:
    with panel(tmp_path) as desk:
        (tmp_path / "paper").mkdir()
        papers.recovery(desk[OFFICER], REFERENCE, to=tmp_path / "paper")
        hand_out(desk)
        scored(desk)
        moderate(desk)
        final = sent_moderation(desk)
        for person in ("PM1", "PM2"):
            desk.take(person, final)
            agree(desk, person)
        take_over(desk)
        got = recover(desk)
        kinds = (ParcelKind.MODERATION, ParcelKind.ASSENT)
        assert sorted((one.kind, one.author, one.verdict) for one in got.reports if one.kind in kinds) == [
            (ParcelKind.ASSENT, "PM1", Verdict.NEW),
            (ParcelKind.ASSENT, "PM2", Verdict.NEW),
            (ParcelKind.MODERATION, "CH1", Verdict.NEW),
        ]
        assert (got.interim, got.closed) == ((), ())
        assert agreed(desk[NEW]) == agreed(desk["CH1"]) != {}
        assert verify.verify_tender(desk[NEW], REFERENCE).verdict == "verified"


def test_blind_tender_is_taken_over_with_the_names_of_those_who_bid(tmp_path: Path) -> None:
    def blind(space: Workspace, folder: Path) -> None:
        load(space, folder, make.pack(tender=replace(make.tender(), blind=True), panel=people()), FILES)

    def looked(space: Workspace) -> None:
        preflight.look(space, REFERENCE)

    with papered(
        tmp_path, blind, looked, level=lambda about: Decimal(1 if about.criterion.startswith("C") else 3)
    ) as desk:
        coded = setup.view(desk["PM1"], REFERENCE).pack.bidders
        assert all(one.name == one.bidder for one in coded) and coded
        take_over(desk)
        got = recover(desk)
        theirs, ours = (setup.view(desk[one], REFERENCE).pack for one in (OFFICER, NEW))
        assert (ours.bidders, ours.bids) == (theirs.bidders, theirs.bids)
        assert answers(desk[NEW], "PM1") == answers(desk["PM1"], "PM1")
        assert [one.person for one in got.interim] == ["PM2"]
        with pytest.raises(EvalPanelError, match="were not looked through yet for who bids"):
            issuing.issue(desk[NEW], REFERENCE, to=desk.root / "new")
        preflight.look(desk[NEW], REFERENCE)
        made = issuing.issue(desk[NEW], REFERENCE, to=desk.root / "new")
        desk.take("PM1", *(desk.root / "new").glob("*.roster.*"), made.pack, *made.releases.values())
        assert setup.view(desk["PM1"], REFERENCE).pack.bidders == coded, "it stays blind for the panel"
