"""People and laptops that leave: keys revoked, a member replaced, a recusal that comes late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from evalpanel.domain.interests import Answer
from evalpanel.domain.parcels import Verdict
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    declarations,
    documents,
    exchange,
    inviting,
    issuing,
    leaving,
    moderation,
    packs,
    record,
    rosters,
    sending,
    setup,
    sign_off,
    verify,
)
from evalpanel.services.issuing import Issued
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops, left
from stages import REFERENCE, load, score


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    """PM1 and PM2 hold the whole tender on laptops of their own, and have declared no interest."""
    prepared(desk[OFFICER], desk.root / "pack")
    for one in inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1", "PM2"]):
        desk.join(REFERENCE, one.person, one.file)
        declarations.declare(desk[OFFICER], REFERENCE, person=one.person)
    carry(desk, "PM1", "PM2")
    for person in ("PM1", "PM2"):
        declarations.declare(desk[person], REFERENCE, person=person)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def carry(desk: Laptops, *people: str) -> Issued:
    """The officer issues, and the people named take in what is theirs."""
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    for person in people:
        own = [made.releases[PersonCode(person)]] if PersonCode(person) in made.releases else []
        desk.take(person, made.roster, made.pack, *own)
    return made


def sheet(desk: Laptops, person: str = "PM1") -> Path:
    """The person's signed-off sheet, as a file."""
    made = sending.send(desk[person], REFERENCE, to=desk.stick).sheet
    assert made is not None
    return made


def signed_sheet(desk: Laptops, person: str = "PM1") -> Path:
    score(desk[person], person=person)
    sign_off.sign_off(desk[person], REFERENCE, person=person)
    return sheet(desk, person)


def envelopes(space: Workspace) -> set[str]:
    with space.store.reading() as tx:
        return set(tx.execute(select(t.EnvelopeRow.name)).scalars())


def more(desk: Laptops, text: str = "What Harbour adds.") -> str:
    """One more document of B01 is loaded; gives its path."""
    place = desk.root / "more" / "bids" / "B01"
    place.mkdir(parents=True)
    (place / "1.2 Added.txt").write_text(text, encoding="utf-8")
    packs.load_bids(desk[OFFICER], REFERENCE, desk.root / "more")
    return "bids/B01/1.2 Added.txt"


def sentences(space: Workspace) -> list[str]:
    return [one.sentence for one in record.history(space, REFERENCE)]


def test_revoked_key_signs_nothing_that_counts_whatever_its_date(desk: Laptops) -> None:
    late = signed_sheet(desk)
    done = leaving.revoke(desk[OFFICER], REFERENCE, person="PM1", why="The laptop was left on a train.")
    assert ([one.revoked for one in done.laptops], done.accepted) == ([False], 1)
    (report,) = desk.take(OFFICER, late)
    assert report.verdict is Verdict.NOT_OURS
    assert "was revoked on" in report.words and "left on a train" in report.words
    assert verify.verify_tender(desk[OFFICER], REFERENCE).verdict == "verified"


def test_what_was_accepted_before_still_counts(desk: Laptops) -> None:
    file = signed_sheet(desk)
    desk.take(OFFICER, file)
    leaving.revoke(desk[OFFICER], REFERENCE, person="PM1", why="The laptop was left on a train.")
    (report,) = desk.take(OFFICER, file)
    (one,) = [one for one in setup.view(desk[OFFICER], REFERENCE).panel if one.member.person == "PM1"]
    assert (report.verdict, one.signed_off) == (Verdict.SAME, True)


def test_what_comes_later_has_new_keys_that_a_revoked_laptop_never_gets(desk: Laptops) -> None:
    before = envelopes(desk[OFFICER])
    done = leaving.revoke(desk[OFFICER], REFERENCE, person="PM1", why="The laptop was left on a train.")
    assert set(done.envelopes) == envelopes(desk[OFFICER]) - before == {
        "common//2", "quality/B01//2", "quality/B02//2", "quality/B03//2",
    }  # fmt: skip
    path = more(desk)
    made = carry(desk, "PM2")
    assert sorted(made.releases) == ["PM2"]
    assert documents.read(desk["PM2"], REFERENCE, path, person="PM2") == b"What Harbour adds."
    (left, _pack) = desk.take("PM1", made.roster, made.pack)
    assert left.verdict is Verdict.NOT_OURS
    assert path not in [one.path for one in documents.listing(desk["PM1"], REFERENCE)]
    assert documents.read(desk["PM1"], REFERENCE, "bids/B01/1.1 Reach.txt", person="PM1") != b""


def test_others_learn_of_a_revocation_from_the_roster_and_from_nothing_else(desk: Laptops) -> None:
    def known(person: str) -> list[tuple[str, str | None]]:
        with desk[person].store.reading() as tx:
            tender = tx.execute(select(t.TenderRow.tender_id)).scalar_one()
            mine = exchange.own(tx, desk[person], TenderId(tender))
            assert mine is not None
            found = rosters.laptops(tx, mine).values()
            return sorted((one.person, None if one.revoked is None else one.revoked.why) for one in found)

    why = "The laptop was left on a train."
    leaving.revoke(desk[OFFICER], REFERENCE, person="PM1", why=why)
    assert known("PM2") == [("OF1", None), ("PM1", None), ("PM2", None)]
    carry(desk, "PM2")
    assert known("PM2") == [("OF1", None), ("PM1", why), ("PM2", None)]


def test_revocation_stands_on_the_record_in_words(desk: Laptops) -> None:
    leaving.revoke(desk[OFFICER], REFERENCE, person="PM1", why="The laptop was left on a train.")
    assert any(
        "revoked the keys of a laptop of PM1. The laptop was left on a train." in one
        for one in sentences(desk[OFFICER])
    )


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ({"person": "PM1", "why": " "}, "The reason is missing."),
        ({"person": "OF1", "why": "x"}, "You lead the tender, so you cannot revoke your own keys."),
        ({"person": "CH1", "why": "x"}, "The keys of CH1 are not confirmed, so there is nothing to revoke."),
        ({"person": "PM1", "why": "x", "laptop": "green"}, "“green” means no laptop of PM1."),
    ],
)
def test_revocation_that_makes_no_sense_is_refused_and_changes_nothing(
    desk: Laptops, asked: dict[str, str], title: str
) -> None:
    before = sentences(desk[OFFICER])
    with pytest.raises(EvalPanelError) as refused:
        leaving.revoke(desk[OFFICER], REFERENCE, **asked)
    assert (refused.value.title, sentences(desk[OFFICER])) == (title, before)


# A member is replaced ------------------------------------------------------------------------------------------------


def test_replacement_scores_every_bid_and_the_leavers_scores_are_kept_and_shown_to_nobody(desk: Laptops) -> None:
    for person in ("PM1", "PM2"):
        desk.take(OFFICER, signed_sheet(desk, person))
    score(desk[OFFICER], person="CH1")
    sign_off.sign_off(desk[OFFICER], REFERENCE, person="CH1")
    done = leaving.replace_member(
        desk[OFFICER], REFERENCE, leaver="PM1", person="PM9", name="Rowan Vale", why="Moved to another post."
    )
    assert (done.leaver, done.person, done.revoked is not None) == ("PM1", "PM9", True)
    with pytest.raises(EvalPanelError, match="waits for 1 sign-off: PM9"):
        moderation.lines(desk[OFFICER], REFERENCE)
    (invited,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM9"])
    desk.join(REFERENCE, "PM9", invited.file)
    declarations.declare(desk[OFFICER], REFERENCE, person="PM9")
    carry(desk, "PM2", "PM9")
    declarations.declare(desk["PM9"], REFERENCE, person="PM9")
    desk.take(OFFICER, signed_sheet(desk, "PM9"))
    shown = {one.person for line in moderation.lines(desk[OFFICER], REFERENCE) for one in line.scores}
    assert shown == {"CH1", "PM2", "PM9"}
    assert held_of(desk, "PM1") > 0
    said = "put PM9 on the panel in the place of PM1. Moved to another post."
    assert any(said in one for one in sentences(desk[OFFICER]))
    assert verify.verify_tender(desk["PM9"], REFERENCE).verdict == "verified"


def test_sheet_of_somebody_new_waits_for_the_keys_by_which_the_chair_knows_them(desk: Laptops) -> None:
    (invited,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["CH1"])
    desk.join(REFERENCE, "CH1", invited.file)
    carry(desk, "CH1")
    leaving.replace_member(
        desk[OFFICER], REFERENCE, leaver="PM1", person="PM9", name="Rowan Vale", why="Moved to another post."
    )
    (invited,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM9"])
    desk.join(REFERENCE, "PM9", invited.file)
    declarations.declare(desk[OFFICER], REFERENCE, person="PM9")
    made = carry(desk, "PM9")
    declarations.declare(desk["PM9"], REFERENCE, person="PM9")
    file = signed_sheet(desk, "PM9")
    desk.take("CH1", made.pack, made.roster)
    (report,) = desk.take("CH1", file)
    assert (report.verdict, report.words.split(". ")[0]) == (
        Verdict.WAITING,
        "PM9 is not on the panel as this laptop knows it",
    )
    assert Verdict.NEW in [one.verdict for one in desk.take("CH1", made.releases[PersonCode("CH1")])][1:]


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ({"person": "PM2"}, "PM2 is on the panel already."),
        ({"name": " "}, "A code and a name are needed for the new member."),
        ({"leaver": "OF1"}, "You lead the tender, so nobody can take your place here."),
        ({"why": ""}, "The reason is missing."),
    ],
)
def test_replacement_that_makes_no_sense_is_refused_and_changes_nothing(
    desk: Laptops, asked: dict[str, str], title: str
) -> None:
    before = setup.view(desk[OFFICER], REFERENCE).pack.panel
    usual = {"leaver": "PM1", "person": "PM9", "name": "Rowan Vale", "why": "Moved to another post."}
    with pytest.raises(EvalPanelError) as refused:
        leaving.replace_member(desk[OFFICER], REFERENCE, **usual | asked)
    assert (refused.value.title, setup.view(desk[OFFICER], REFERENCE).pack.panel) == (title, before)


# A recusal that comes late -------------------------------------------------------------------------------------------


def held_of(desk: Laptops, person: str) -> int:
    with desk[OFFICER].store.reading() as tx:
        return len(tx.execute(select(t.ScoreRow.id).where(t.ScoreRow.person == person)).all())


def recuse_late(desk: Laptops) -> Path:
    """PM1 remembers an interest after reading and scoring; gives the declaration as a file."""
    declarations.declare(desk["PM1"], REFERENCE, person="PM1", answers=[Answer("B02", "A cousin.")])
    made = sending.send(desk["PM1"], REFERENCE, to=desk.stick).declaration
    assert made is not None
    return made


def test_late_recusal_puts_the_time_of_access_on_record_and_seals_what_comes_later_to_new_keys(desk: Laptops) -> None:
    desk.take(OFFICER, signed_sheet(desk))
    count = held_of(desk, "PM1")
    assert count > 0
    desk.take(OFFICER, recuse_late(desk))
    (told,) = [one for one in sentences(desk[OFFICER]) if "kept PM1 out of bids whose keys they had" in one]
    assert "quality/B01 could be read from " in told
    assert {"quality/B01//2", "quality/B02//2", "quality/B03//2"} <= envelopes(desk[OFFICER])
    assert "common//2" not in envelopes(desk[OFFICER])
    path = more(desk)
    carry(desk, "PM1", "PM2")
    assert not {one for one in envelopes(desk["PM1"]) if one.endswith("//2")}
    assert documents.read(desk["PM2"], REFERENCE, path, person="PM2") == b"What Harbour adds."
    with pytest.raises(EvalPanelError):
        documents.read(desk["PM1"], REFERENCE, "bids/B01/1.1 Reach.txt", person="PM1")
    assert held_of(desk, "PM1") == count


@pytest.mark.parametrize("declaration_first", [True, False])
def test_answers_of_somebody_recused_late_are_set_aside_in_whatever_order_the_files_come(
    desk: Laptops, declaration_first: bool
) -> None:
    file = signed_sheet(desk)
    declaration = recuse_late(desk)
    reports = desk.take(OFFICER, *((declaration, file) if declaration_first else (file, declaration)))
    assert {one.verdict for one in reports} <= {Verdict.NEW, Verdict.NEWER}
    score(desk[OFFICER], person="CH1")
    sign_off.sign_off(desk[OFFICER], REFERENCE, person="CH1")
    desk.take(OFFICER, signed_sheet(desk, "PM2"))
    shown = {one.person for line in moderation.lines(desk[OFFICER], REFERENCE) for one in line.scores}
    assert shown == {"CH1", "PM2"}
