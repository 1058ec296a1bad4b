"""Blind tenders across laptops: whose bids they are is on the officer's laptop and nowhere else until it is released."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

import make
import stages
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import Answer, InterestKind
from evalpanel.domain.parcels import Verdict
from evalpanel.domain.preflight import Tell
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import BidStatus, ConsortiumMember, MemberRole, PersonCode
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import (
    declarations,
    documents,
    inviting,
    issuing,
    moderation,
    naming,
    preflight,
    prices,
    record,
    sending,
    setup,
    verify,
)
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops, laptops, left
from profiles import Clock
from stages import REFERENCE, load

PEOPLE = ["CH1", "PM1"]
FILES = {
    "B01/Harbour 1.1 Reach.txt": b"How we reach young carers.",
    "B02/1.1 Tallis Reach.txt": b"How we reach them.",
    "B02/Tallis pricing.txt": b"What we ask.",
    "B03/1.1 Reach.txt": b"How we reach.",
}
SAID = (
    "Harbour",
    "Tallis",
    "Moorland",
    "Quayside",
    "01234567",
    "00012345",
    "harbour.example",
    "Quay Street",
    "B01",
    "B02",
    "B03",
)
"""Nothing of this may be on a member's laptop."""
LONG = tuple(one for one in SAID if len(one) > 4)


def blind_pack() -> TenderPack:
    return make.pack(
        tender=replace(make.tender(), blind=True),
        members=(ConsortiumMember(make.bidders()[2].bidder, "Quayside Trust", MemberRole.SUBCONTRACTOR),),
        prices=tuple(replace(one, item="Service") for one in make.prices()),
    )


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder, blind_pack(), FILES)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    """The officer's laptop, and those of the chair and of PM1, who declared on paper; keys confirmed, nothing issued."""
    prepared(desk[OFFICER], desk.root / "pack")
    for one in inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=PEOPLE):
        desk.join(REFERENCE, one.person, one.file)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def issue(desk: Laptops) -> issuing.Issued:
    preflight.look(desk[OFFICER], REFERENCE)
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    for person in PEOPLE:
        reports = desk.take(person, made.roster, made.pack, made.releases[PersonCode(person)])
        assert {one.verdict for one in reports} <= {Verdict.NEW, Verdict.SAME}
    return made


def _as_text(value: object) -> str:
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()  # a statement is text
    except UnicodeDecodeError:
        return value.decode("latin-1").replace("B0", "")  # what is sealed holds any three bytes by chance


def everything(space: Workspace) -> str:
    """Every value in every table of a laptop's store, as text."""
    held = []
    with space.store.reading() as tx:
        for table in t.Base.metadata.sorted_tables:
            for row in tx.execute(text(f'SELECT * FROM "{table.name}"')):
                held += [_as_text(one) for one in row]
    return "\n".join(held)


def said(space: Workspace) -> list[str]:
    found = everything(space)
    # Three letters stand in sealed bytes and in base64 by chance: the workbook's codes are looked for as words of their own.
    codes = [one for one in SAID if one not in LONG and re.search(rf"(?<![\w+/=]){one}(?![\w+/=])", found)]
    return [one for one in LONG if one in found] + codes


def test_members_laptop_holds_nothing_that_says_who_bids(desk: Laptops) -> None:
    made = issue(desk)
    assert {person: said(desk[person]) for person in PEOPLE} == {"CH1": [], "PM1": []}
    declarations.declare(desk["PM1"], REFERENCE, person="PM1")
    theirs = documents.listing(desk["PM1"], REFERENCE)
    assert len([one for one in theirs if one.bidder is not None]) == 3
    contents = {documents.read(desk["PM1"], REFERENCE, one.path, person="PM1") for one in theirs if one.bidder}
    assert contents == {FILES[name] for name in FILES if "pricing" not in name}
    told = " ".join(one.sentence for one in record.history(desk["PM1"], REFERENCE))
    assert [one for one in SAID if one in told] == []
    for file in (made.roster, made.pack, *made.releases.values()):
        with zipfile.ZipFile(file) as archive:
            whole = b"".join(archive.read(name) for name in archive.namelist()) + file.name.encode()
        assert [one for one in LONG if one.encode() in whole] == []


def test_codes_are_drawn_kept_and_in_no_order(desk: Laptops) -> None:
    codes = naming.codes(desk[OFFICER], REFERENCE)
    assert sorted(one.written for one in codes) == ["B01", "B02", "B03"]
    assert {one.name for one in codes} == {one.name for one in make.bidders()}
    assert [one.bid for one in codes] == sorted(one.bid for one in codes)
    assert all(len(one.bid) == 4 and str(one.bid) == str(one.bidder) for one in codes)
    issue(desk)
    assert naming.codes(desk[OFFICER], REFERENCE) == codes
    with pytest.raises(EvalPanelError):
        naming.codes(desk["PM1"], REFERENCE)


def drawn(folder: Path) -> dict[str, str]:
    with laptops(folder, Clock(), lambda space: prepared(space, folder / "pack")) as held:
        return {one.written: one.bid for one in naming.codes(held[OFFICER], REFERENCE)}


def test_codes_are_drawn_anew_for_each_tender(tmp_path: Path) -> None:
    assert drawn(tmp_path / "one") != drawn(tmp_path / "two")


def test_names_come_by_a_recorded_decision_and_then_stand_in_the_place_of_codes(desk: Laptops) -> None:
    issue(desk)
    with pytest.raises(EvalPanelError, match="needs its reason"):
        naming.release_names(desk[OFFICER], REFERENCE, why=" ")
    naming.release_names(desk[OFFICER], REFERENCE, why="References are taken up by name.", decided_by="Head of law")
    issue(desk)
    ours, theirs = setup.view(desk[OFFICER], REFERENCE).pack, setup.view(desk["CH1"], REFERENCE).pack
    assert (theirs.bidders, theirs.members) == (ours.bidders, ours.members)
    (line,) = [one for one in record.history(desk[OFFICER], REFERENCE) if "released the names" in one.what]
    assert line.detail == "Decided by Head of law: References are taken up by name."
    assert any("names of those who bid" in one.what for one in record.history(desk["CH1"], REFERENCE))
    for laptop in (OFFICER, *PEOPLE):
        assert verify.verify_tender(desk[laptop], REFERENCE).verdict == "verified"


def test_names_taken_in_before_the_rest_are_the_same(desk: Laptops) -> None:
    naming.release_names(desk[OFFICER], REFERENCE, why="References are taken up by name.")
    preflight.look(desk[OFFICER], REFERENCE)
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    desk.take("PM1", made.releases[PersonCode("PM1")], made.pack, made.roster)
    desk.take("CH1", made.roster, made.pack, made.releases[PersonCode("CH1")])
    ours = setup.view(desk[OFFICER], REFERENCE).pack
    assert [set(setup.view(desk[one], REFERENCE).pack.bidders) for one in PEOPLE] == [set(ours.bidders)] * 2


def test_reason_of_a_bids_status_stays_with_the_officer(desk: Laptops) -> None:
    bid = next(one.bid for one in naming.codes(desk[OFFICER], REFERENCE) if one.written == "B03")
    setup.set_bid_status(
        desk[OFFICER],
        REFERENCE,
        bid=bid,
        lot=None,
        status=BidStatus.WITHDRAWN,
        reason="Moorland wrote.",
        decided_by="OF1",
    )
    issue(desk)
    assert said(desk["PM1"]) == []
    (shown,) = [one for one in setup.view(desk["PM1"], REFERENCE).pack.bids if one.bid == bid]
    assert (shown.status, shown.reason) == (BidStatus.WITHDRAWN, "The officer holds the reason.")


def test_names_of_another_pack_are_refused(desk: Laptops) -> None:
    with (
        pytest.raises(EvalPanelError, match="is not a blind tender"),
        laptops(desk.root / "plain", Clock(), lambda space: load(space, desk.root / "plain pack")) as held,
    ):
        naming.release_names(held[OFFICER], REFERENCE, why="Why not.")


# Pre-flight ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Laptops]:
    """The same, but a document of B01 names its bidder, and one of B03 a sub-contractor."""
    files = FILES | {
        "B01/Harbour 1.1 Reach.txt": b"At Harbour Young Carers we listen.",
        "B03/1.1 Reach.txt": b"With Quayside Trust.",
    }

    def bring(space: Workspace) -> None:
        load(space, tmp_path / "pack", blind_pack(), files)
        setup.freeze(space, REFERENCE)

    with laptops(tmp_path, Clock(), bring) as held:
        for one in inviting.invite(held[OFFICER], REFERENCE, to=held.stick, people=PEOPLE):
            held.join(REFERENCE, one.person, one.file)
        yield held


def code_of(space: Workspace, written: str) -> str:
    return next(one.bid for one in naming.codes(space, REFERENCE) if one.written == written)


def test_blind_pack_is_not_issued_before_pre_flight_nor_while_something_is_open(telling: Laptops) -> None:
    space = telling[OFFICER]
    with pytest.raises(EvalPanelError, match="not looked through yet"):
        issuing.issue(space, REFERENCE, to=telling.stick)
    found = preflight.look(space, REFERENCE)
    ours, theirs = code_of(space, "B01"), code_of(space, "B03")
    assert {(one.document, one.place, one.tell.value, one.whose) for one in found.open} == {
        (f"bids/{ours}/1.1 1.txt", "its text", "name", ours),
        (f"bids/{theirs}/1.1 1.txt", "its text", "name", theirs),
    }
    assert dict(found.renamed)["bids/B01/Harbour 1.1 Reach.txt"] == f"bids/{ours}/1.1 1.txt"
    with pytest.raises(EvalPanelError, match="2 open findings"):
        issuing.issue(space, REFERENCE, to=telling.stick)
    assert [one.name for one in telling.stick.iterdir() if ".pack." in one.name] == []


def test_finding_is_accepted_with_a_reason_or_its_document_replaced(telling: Laptops, tmp_path: Path) -> None:
    space = telling[OFFICER]
    found = preflight.look(space, REFERENCE)
    ours = code_of(space, "B01")
    (first,) = [one for one in found.open if one.whose == ours]
    (second,) = [one for one in found.open if one.whose != ours]
    with pytest.raises(EvalPanelError, match="needs a reason"):
        preflight.accept(space, REFERENCE, [second.name], why="")
    with pytest.raises(EvalPanelError, match="no open finding"):
        preflight.accept(space, REFERENCE, ["0000000000"], why="It is not there.")
    preflight.accept(space, REFERENCE, [second.name], why="A trust of that name is in the specification.")
    redacted = tmp_path / "redacted.txt"
    redacted.write_bytes(b"At [the bidder] we listen.")
    path = preflight.replace(space, REFERENCE, first.document, redacted, why="The name is blacked out.")
    with pytest.raises(EvalPanelError, match="not looked through yet"):
        issuing.issue(space, REFERENCE, to=telling.stick)
    assert preflight.look(space, REFERENCE).open == ()
    made = issuing.issue(space, REFERENCE, to=telling.stick)
    telling.take("PM1", made.roster, made.pack, made.releases[PersonCode("PM1")])
    declarations.declare(telling["PM1"], REFERENCE, person="PM1")
    assert documents.read(telling["PM1"], REFERENCE, path, person="PM1") == b"At [the bidder] we listen."
    assert first.document not in [one.path for one in documents.listing(telling["PM1"], REFERENCE)]
    told = [one.sentence for one in record.history(space, REFERENCE)]
    assert any("Reason: A trust of that name" in one for one in told)
    assert any("Reason: The name is blacked out." in one for one in told)
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"
    with pytest.raises(EvalPanelError, match="gone out already"):
        preflight.replace(space, REFERENCE, path, redacted, why="Once more.")


def test_one_reason_goes_for_all_pictures_and_for_nothing_else(tmp_path: Path) -> None:
    files = FILES | {
        "B01/1.png": b"\x89PNG\r\n\x1a\n",
        "B02/2.png": b"\x89PNG\r\n\x1a\n2",
        "B03/1.1 Reach.txt": b"Tallis Care.",
    }

    def bring(space: Workspace) -> None:
        load(space, tmp_path / "pack", blind_pack(), files)
        setup.freeze(space, REFERENCE)

    with laptops(tmp_path, Clock(), bring) as held:
        space = held[OFFICER]
        pictures = [one for one in preflight.look(space, REFERENCE).open if one.tell is Tell.UNSEEN]
        assert len(pictures) == 2
        taken = preflight.accept(space, REFERENCE, [pictures[0].name], why="Photographs of a room.", alike=True)
        assert {one.name for one in taken} == {one.name for one in pictures}
        assert {one.tell for one in preflight.findings(space, REFERENCE).open} == {Tell.NAME}
        told = [one.sentence for one in record.history(space, REFERENCE)]
        assert sum("Photographs of a room." in one for one in told) == 2


def test_pre_flight_is_the_officers_and_a_second_look_reads_nothing_again(telling: Laptops) -> None:
    first = preflight.look(telling[OFFICER], REFERENCE)
    before = len(record.history(telling[OFFICER], REFERENCE))
    assert preflight.look(telling[OFFICER], REFERENCE) == first == preflight.findings(telling[OFFICER], REFERENCE)
    assert len(record.history(telling[OFFICER], REFERENCE)) == before


def test_corrected_name_is_looked_for_anew(telling: Laptops) -> None:
    space = telling[OFFICER]
    preflight.accept(space, REFERENCE, [one.name for one in preflight.look(space, REFERENCE).open], why="Seen.")
    setup.correct_bidder(space, REFERENCE, bidder=code_of(space, "B02"), name="Listening Partners")
    with pytest.raises(EvalPanelError, match="not looked through yet"):
        issuing.issue(space, REFERENCE, to=telling.stick)


def test_plain_tender_is_told_only_what_documents_say_of_themselves(tmp_path: Path) -> None:
    files = {"B01/a.html": b"<p>Harbour Young Carers</p>", "B02/1.1.png": b"\x89PNG\r\n\x1a\n"}
    with laptops(tmp_path, Clock(), lambda space: load(space, tmp_path / "pack", None, files)) as held:
        setup.freeze(held[OFFICER], REFERENCE)
        found = preflight.look(held[OFFICER], REFERENCE)
        assert [(one.finding.document, one.finding.tell.value) for one in found.standings] == [
            ("bids/B02/1.1.png", "unseen")
        ]
        assert found.open == ()


def test_stopped_pre_flight_keeps_nothing(telling: Laptops) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        preflight.look(telling[OFFICER], REFERENCE, progress=progress)
    assert len(preflight.findings(telling[OFFICER], REFERENCE).unlooked) == 4


# Interests -----------------------------------------------------------------------------------------------------------


def listing(desk: Laptops, *answers: Answer) -> None:
    """PM2 joins, lists interests on a laptop of their own, and the officer takes the list in."""
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM2"])
    desk.join(REFERENCE, "PM2", one.file)
    give(desk)
    declarations.declare(desk["PM2"], REFERENCE, person="PM2", answers=answers)
    sent = sending.send(desk["PM2"], REFERENCE, to=desk.stick)
    assert sent.declaration is not None
    assert [one.verdict for one in desk.take(OFFICER, sent.declaration)] == [Verdict.NEW]


def give(desk: Laptops) -> list[str]:
    """Issue, and what PM2 then holds the keys of."""
    preflight.look(desk[OFFICER], REFERENCE)
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    desk.take("PM2", made.roster, made.pack, made.releases[PersonCode("PM2")])
    with desk["PM2"].store.reading() as tx:
        return sorted({row.name for row in tx.query(t.EnvelopeRow)})


def test_somebody_who_means_a_bidder_gets_no_bid_and_never_learns_who_bids(desk: Laptops) -> None:
    listing(desk, Answer("Tallis Care", "My sister is a director.", InterestKind.FAMILY))
    assert declarations.to_settle(desk[OFFICER], REFERENCE) == ()
    (kept_out,) = declarations.kept_out(desk[OFFICER], REFERENCE, person="PM2")
    assert kept_out.is_whole
    assert give(desk) == ["common"]
    others = [one for one in LONG if one != "Tallis"]
    held = everything(desk["PM2"])
    assert [one for one in others if one in held] == []
    assert [one.name for one in setup.view(desk["PM2"], REFERENCE).pack.bidders] == [
        one.bidder for one in setup.view(desk["PM2"], REFERENCE).pack.bidders
    ]
    for laptop in (OFFICER, "PM2"):
        assert verify.verify_tender(desk[laptop], REFERENCE).verdict == "verified"


def test_somebody_who_means_nobody_gets_the_bids(desk: Laptops) -> None:
    listing(desk, Answer("Quarry Bank Cricket Club", "I keep the score."))
    assert declarations.kept_out(desk[OFFICER], REFERENCE, person="PM2") == ()
    assert len([name for name in give(desk) if name.startswith("quality")]) == 3


def test_what_may_mean_a_bidder_waits_for_the_officer(desk: Laptops) -> None:
    listing(desk, Answer("Harbor Young Carer", "I helped out once."))
    ((line, hint),) = declarations.to_settle(desk[OFFICER], REFERENCE)
    assert (line.person, hint.organisation.name) == ("PM2", "Harbour Young Carers")
    assert give(desk) == ["common"]
    with pytest.raises(EvalPanelError, match="needs a reason"):
        declarations.settle(desk[OFFICER], REFERENCE, person="PM2", why="")
    assert declarations.settle(desk[OFFICER], REFERENCE, person="PM2", why="Rang: another charity in Kent.") == ()
    assert declarations.to_settle(desk[OFFICER], REFERENCE) == ()
    assert len([name for name in give(desk) if name.startswith("quality")]) == 3
    again = declarations.settle(
        desk[OFFICER], REFERENCE, person="PM2", same=["Harbour Young Carers"], why="Rang again: it is the same."
    )
    assert [one.is_whole for one in again] == [True]
    told = [one.sentence for one in record.history(desk[OFFICER], REFERENCE)]
    assert any("Reason: Rang: another charity in Kent." in one for one in told)


def test_list_in_own_words_is_refused_where_a_tender_is_not_blind(tmp_path: Path) -> None:
    with laptops(tmp_path, Clock(), lambda space: load(space, tmp_path / "pack")) as held:
        setup.freeze(held[OFFICER], REFERENCE)
        with pytest.raises(EvalPanelError, match="takes no part"):
            declarations.declare(held[OFFICER], REFERENCE, person="PM2", answers=[Answer("Quarry Bank", "A club.")])


# After the lock ------------------------------------------------------------------------------------------------------


def keys(space: Workspace) -> list[str]:
    with space.store.reading() as tx:
        return sorted({row.kind.value for row in tx.query(t.EnvelopeRow)})


def test_names_go_out_after_the_lock_and_not_before_and_prices_not_without_a_chairs_word(desk: Laptops) -> None:
    space = desk[OFFICER]
    places = {bid.bid: place for place, bid in enumerate(setup.view(space, REFERENCE).pack.bids, 1)}

    def level(line: Line) -> Decimal:
        return Decimal(1) if line.criterion.startswith("C") else Decimal(places[line.bid])

    stages.declare_all(space)
    stages.score_all(space, level=level)
    stages.agree_all(space, level=level)
    issue(desk)
    assert [one for one in keys(desk["PM1"]) if one in ("price", "names")] == []
    assert said(desk["PM1"]) == []
    moderation.close(space, REFERENCE)
    issue(desk)
    assert [one for one in keys(desk["PM1"]) if one in ("price", "names")] == ["names"]
    assert {one.name for one in setup.view(desk["PM1"], REFERENCE).pack.bidders} == {one.name for one in make.bidders()}
    prices.open_prices(space, REFERENCE)
    issue(desk)
    # The panel met in one room: no chair signed what was locked, so no other laptop can see that it was, and prices stay here.
    assert {person: "price" in keys(desk[person]) for person in PEOPLE} == {"CH1": False, "PM1": False}
    for laptop in (OFFICER, *PEOPLE):
        assert verify.verify_tender(desk[laptop], REFERENCE).verdict == "verified"
