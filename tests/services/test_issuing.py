"""Roster, pack and releases: what the officer issues, and what each laptop can open of it."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from evalpanel.domain.interests import Answer
from evalpanel.domain.parcels import Verdict
from evalpanel.domain.sheets import Score, ScoreStatus
from evalpanel.domain.stages import TenderStage
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    confirming,
    declarations,
    documents,
    inviting,
    issuing,
    joining,
    releasing,
    scoring,
    setup,
    tenders,
    verify,
)
from evalpanel.services.issuing import Issued
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops, laptops, left
from profiles import Clock
from stages import REFERENCE, line, load


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    """An officer with frozen criteria, and PM1 and PM2 whose keys are confirmed."""
    prepared(desk[OFFICER], desk.root / "pack")
    for one in inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1", "PM2"]):
        desk.join(REFERENCE, one.person, one.file)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def issued(desk: Laptops) -> Issued:
    return issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)


def for_person(made: Issued, person: str) -> tuple[Path, Path, Path]:
    return made.roster, made.pack, next(file for code, file in made.releases.items() if code == person)


def envelopes(space: Workspace) -> list[str]:
    with space.store.reading() as tx:
        return list(tx.execute(select(t.EnvelopeRow.name).order_by(t.EnvelopeRow.name)).scalars())


def paths(space: Workspace) -> list[str]:
    return [one.path for one in documents.listing(space, REFERENCE)]


def declare(desk: Laptops, person: str, interest: str | None = None) -> None:
    """What the officer has of a person's declaration; the parcel that carries it is another matter."""
    answers = [Answer(interest, "A cousin.")] if interest else []
    declarations.declare(desk[OFFICER], REFERENCE, person=person, answers=answers)


def test_laptop_shows_the_tender_as_the_officer_published_it(desk: Laptops) -> None:
    declare(desk, "PM1")
    made = issued(desk)
    reports = desk.take("PM1", *for_person(made, "PM1"))
    assert [one.verdict for one in reports] == [Verdict.NEW] * 3

    (theirs,), (ours,) = tenders.all_tenders(desk["PM1"]), tenders.all_tenders(desk[OFFICER])
    assert (theirs.tender_id, theirs.reference, theirs.criteria_digest) == (
        ours.tender_id,
        REFERENCE,
        ours.criteria_digest,
    )
    assert (theirs.stage, ours.stage) == (TenderStage.PACKS_ISSUED, TenderStage.PACKS_ISSUED)
    assert (theirs.panel, theirs.bids, theirs.criteria) == (ours.panel, ours.bids, ours.criteria)
    shown = setup.view(desk["PM1"], REFERENCE).pack
    assert (shown.criteria, shown.bids, shown.bidders, shown.scales) == (
        setup.view(desk[OFFICER], REFERENCE).pack.criteria,
        setup.view(desk[OFFICER], REFERENCE).pack.bids,
        setup.view(desk[OFFICER], REFERENCE).pack.bidders,
        setup.view(desk[OFFICER], REFERENCE).pack.scales,
    )


def test_member_reads_and_scores_a_bid_on_their_own_laptop(desk: Laptops) -> None:
    declare(desk, "PM1")
    desk.take("PM1", *for_person(issued(desk), "PM1"))
    declarations.declare(desk["PM1"], REFERENCE, person="PM1")
    content = documents.read(desk["PM1"], REFERENCE, "bids/B01/1.1 Reach.txt", person="PM1")
    assert content == b"How Harbour reaches young carers."
    answer = Score(line("B01", "1.1"), ScoreStatus.SCORED, Decimal(3), "Named routes into schools.")
    scoring.save_score(desk["PM1"], REFERENCE, person="PM1", score=answer)
    assert scoring.desk(desk["PM1"], REFERENCE, person="PM1").scores[answer.line] == answer


def test_price_is_there_and_cannot_be_opened(desk: Laptops) -> None:
    declare(desk, "PM1")
    made = issued(desk)
    desk.take("PM1", *for_person(made, "PM1"))
    assert [name for name in envelopes(desk["PM1"]) if name.startswith(("price", "scores"))] == []
    officers = [name for name in envelopes(desk[OFFICER]) if name.startswith("price")]
    assert officers != []
    assert [path for path in paths(desk["PM1"]) if "Pricing" in path] == []
    (sealed,) = [one.path for one in documents.listing(desk[OFFICER], REFERENCE) if "Pricing" in one.path]
    with pytest.raises(EvalPanelError):
        documents.read(desk["PM1"], REFERENCE, sealed, person="PM1")


def test_without_a_declaration_there_is_what_was_published_and_no_bid(desk: Laptops) -> None:
    made = issued(desk)
    assert made.without_declaration == ("PM2",)
    desk.take("PM2", *for_person(made, "PM2"))
    assert envelopes(desk["PM2"]) == ["common"]
    assert paths(desk["PM2"]) == ["Specification.txt"]


def test_bids_open_with_the_next_release_after_the_declaration(desk: Laptops) -> None:
    first = issued(desk)
    desk.take("PM2", *for_person(first, "PM2"))
    declare(desk, "PM2")
    again = issued(desk)
    assert (again.pack.name, again.roster.name) == (first.pack.name, first.roster.name)
    reports = desk.take("PM2", *for_person(again, "PM2"))
    assert [one.verdict for one in reports] == [Verdict.SAME, Verdict.SAME, Verdict.NEW]
    assert len(paths(desk["PM2"])) == 4


def test_recused_person_never_holds_a_key_of_the_lot(desk: Laptops) -> None:
    declare(desk, "PM1", interest="B02")
    desk.take("PM1", *for_person(issued(desk), "PM1"))
    assert envelopes(desk["PM1"]) == ["common"]


def test_roster_tells_names_in_a_sealed_part_only(desk: Laptops) -> None:
    made = issued(desk)
    with zipfile.ZipFile(made.roster) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    names = [one.name for one in inviting.keys_of_panel(desk[OFFICER], REFERENCE)]
    assert [name for name in names if name.encode() in everything] == []
    desk.take("PM1", *for_person(made, "PM1"))
    assert [one.name for one in setup.view(desk["PM1"], REFERENCE).pack.panel] == names


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_order_and_repetition_make_no_difference(desk: Laptops, order: Sequence[int]) -> None:
    declare(desk, "PM1")
    files = for_person(issued(desk), "PM1")
    reports = desk.take("PM1", *(files[place] for place in order), *files)
    assert [one.verdict for one in reports] == [Verdict.NEW] * 3 + [Verdict.SAME] * 3
    assert len(paths(desk["PM1"])) == 4
    assert [name for name in envelopes(desk["PM1"]) if name.startswith("price")] == []


def test_pack_is_the_same_file_for_everybody_and_issuing_again_the_same_bytes(desk: Laptops) -> None:
    first = issued(desk)
    before = {file.name: file.read_bytes() for file in desk.stick.iterdir()}
    again = issued(desk)
    assert again == first
    assert {file.name: file.read_bytes() for file in desk.stick.iterdir()} == before


def test_somebody_elses_keys_are_not_taken_in(desk: Laptops) -> None:
    made = issued(desk)
    (report,) = desk.take("PM1", made.releases[next(code for code in made.releases if code == "PM2")])
    assert (report.verdict, report.words) == (
        Verdict.NOT_OURS,
        "This parcel is not sealed to this laptop. It was left alone. Ask who sent it to you.",
    )


def test_nothing_is_issued_to_keys_that_are_not_confirmed(desk: Laptops) -> None:
    made = issued(desk)
    assert set(made.releases) == {"PM1", "PM2"}
    assert "CH1" in made.without_keys
    with pytest.raises(EvalPanelError):
        issuing.issue(desk["PM1"], REFERENCE, to=desk.stick)


def test_nothing_is_issued_before_the_criteria_are_frozen(tmp_path: Path) -> None:
    with laptops(tmp_path, Clock(), lambda space: load(space, tmp_path / "pack")) as held:
        with pytest.raises(EvalPanelError) as raised:
            issuing.issue(held[OFFICER], REFERENCE, to=held.stick)
        assert "nothing can be issued" in raised.value.title


def test_pack_without_a_part_is_refused_and_changes_nothing(desk: Laptops, tmp_path: Path) -> None:
    made = issued(desk)
    short = tmp_path / "short.evalpanel"
    with zipfile.ZipFile(made.pack) as archive, zipfile.ZipFile(short, "w") as target:
        for name in archive.namelist()[:-1]:
            target.writestr(name, archive.read(name))
    (report,) = desk.take("PM1", short)
    assert (report.verdict, "does not hold the parts" in report.words) == (Verdict.ALTERED, True)
    assert list(desk["PM1"].documents.folder.iterdir()) == []


def test_pack_with_an_altered_part_is_refused_and_changes_nothing(desk: Laptops, tmp_path: Path) -> None:
    made = issued(desk)
    bad = tmp_path / "bad.evalpanel"
    with zipfile.ZipFile(made.pack) as archive, zipfile.ZipFile(bad, "w") as target:
        for name in archive.namelist():
            data = archive.read(name)
            target.writestr(name, data if name.startswith("cover") else data[:-1] + bytes([data[-1] ^ 1]))
    (report,) = desk.take("PM1", bad)
    assert (report.verdict, "Its content is not what its name says." in report.words) == (Verdict.ALTERED, True)
    assert list(desk["PM1"].documents.folder.iterdir()) == []
    assert [one.verdict for one in desk.take("PM1", *for_person(made, "PM1"))] == [Verdict.NEW] * 3


def test_what_comes_before_the_words_are_heard_waits(desk: Laptops) -> None:
    # A second laptop of PM1 whose words the officer has heard, and which has not heard the officer's.
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    desk.take(OFFICER, joining.enrol(desk["PM1-second"], one.file, to=desk.stick))
    (to_read,) = confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM1")
    (theirs,) = confirming.words_to_read(desk["PM1-second"], REFERENCE)
    confirming.confirm(desk[OFFICER], REFERENCE, typed=" ".join(theirs), person="PM1")
    files = for_person(issued(desk), "PM1")
    reports = desk.take("PM1-second", *files)
    assert [one.verdict for one in reports] == [Verdict.WAITING] * 3
    assert reports[0].words.startswith("The officer's keys are not confirmed on this laptop yet.")
    assert list(desk["PM1-second"].documents.folder.iterdir()) == []

    confirming.confirm(desk["PM1-second"], REFERENCE, typed=" ".join(to_read))
    assert [one.verdict for one in desk.take("PM1-second", *files)] == [Verdict.NEW] * 3


def test_sealed_file_that_changed_on_the_disk_is_not_given_out_unnoticed(desk: Laptops) -> None:
    space = desk[OFFICER]
    (document,) = [one for one in documents.listing(space, REFERENCE) if one.path == "Specification.txt"]
    with space.store.reading() as tx:
        sealed = tx.execute(select(t.DocumentRow.sealed).where(t.DocumentRow.path == document.path)).scalar_one()
    file = space.documents.path(sealed)
    held = file.read_bytes()
    file.write_bytes(held[:-1] + bytes([held[-1] ^ 1]))
    with pytest.raises(EvalPanelError) as raised:
        issued(desk)
    assert "was not written whole" in raised.value.title
    assert [one.name for one in desk.stick.iterdir() if ".pack." in one.name] == []


def test_chains_verify_on_both_sides(desk: Laptops) -> None:
    declare(desk, "PM1")
    desk.take("PM1", *for_person(issued(desk), "PM1"))
    assert verify.verify_tender(desk[OFFICER], REFERENCE).verdict == "verified"
    assert verify.verify_tender(desk["PM1"], REFERENCE).verdict == "verified"
    with desk["PM1"].store.reading() as tx:
        acts = list(tx.execute(select(t.AuditRow.act).order_by(t.AuditRow.id)).scalars())
    assert [act for act in acts if act.endswith("-received")] == [
        "invitation-received",
        "roster-received",
        "pack-received",
        "release-received",
    ]


def test_release_alone_writes_the_keys_that_issuing_would_write(desk: Laptops) -> None:
    with pytest.raises(EvalPanelError) as raised:
        releasing.release(desk[OFFICER], REFERENCE, to=desk.stick)
    assert raised.value.title == "No pack was issued yet, so there is nothing that a key would open."
    first = issued(desk)
    assert releasing.release(desk[OFFICER], REFERENCE, to=desk.stick).releases == first.releases
    declare(desk, "PM2")
    (again,) = releasing.release(desk[OFFICER], REFERENCE, to=desk.stick, person="PM2").releases.values()
    desk.take("PM2", first.roster, first.pack, again)
    assert len(paths(desk["PM2"])) == 4
    with pytest.raises(EvalPanelError) as raised:
        releasing.release(desk[OFFICER], REFERENCE, to=desk.stick, person="CH1")
    assert raised.value.title == "The keys of CH1 are not confirmed yet."
