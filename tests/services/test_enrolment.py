"""Inviting, joining and confirming: several laptops, files between them, and words by telephone."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalpanel.domain.parcels import ParcelKind, Verdict, tender_id
from evalpanel.domain.people import Role
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, Keys, read_enrolment, read_invitation, write_cover
from evalpanel.formats.parcel_file import Container, read_parcel, write_parcel
from evalpanel.formats.statements import read_statement, write_statement
from evalpanel.sealing.installations import new_installation
from evalpanel.services import confirming, inviting, joining, tenders, verify
from evalpanel.services.inviting import KeyState, PersonKeys, Wording
from evalpanel.services.joining import Joined
from laptops import OFFICER, Laptops, laptops, left
from profiles import Clock
from stages import REFERENCE, load


def brought(desk: Laptops) -> None:
    """An officer with the tender loaded, and as many other laptops as are asked for."""
    load(desk[OFFICER], desk.root / "pack")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def invitation(desk: Laptops, person: str = "PM1") -> Path:
    (made,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=[person])
    return made.file


def statement(file: Path) -> bytes:
    with file.open("rb") as opened:
        held = read_parcel(opened)
    assert isinstance(held, Container) and held.is_open
    return held.cover


def rewritten(file: Path, cover: bytes) -> Path:
    with file.open("wb") as opened:
        write_parcel(opened, cover, is_open=True)
    return file


def states(desk: Laptops) -> dict[str, KeyState]:
    return {one.person: one.state for one in inviting.keys_of_panel(desk[OFFICER], REFERENCE)}


def test_tender_id_is_that_of_the_officers_key(desk: Laptops) -> None:
    (tender,) = tenders.all_tenders(desk[OFFICER])
    cover = read_invitation(read_statement(statement(invitation(desk))).payload)
    assert tender.tender_id == tender_id(cover.body.officer.signing, cover.body.nonce)


def test_two_tenders_on_one_laptop_share_no_key(desk: Laptops, tmp_path: Path) -> None:
    first = read_invitation(read_statement(statement(invitation(desk))).payload).body.officer
    with laptops(tmp_path / "other", Clock(), lambda space: load(space, tmp_path / "again")) as other:
        second = read_invitation(read_statement(statement(invitation(other))).payload).body.officer
    assert (first.signing == second.signing, first.recipient == second.recipient) == (False, False)


def test_everybody_else_on_the_panel_is_invited_by_a_file_without_names(desk: Laptops) -> None:
    made = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick)
    (tender,) = tenders.all_tenders(desk[OFFICER])
    panel = [one.person for one in inviting.keys_of_panel(desk[OFFICER], REFERENCE)]
    assert [one.person for one in made] == [person for person in panel if person != OFFICER]
    for one in made:
        start = f"{tender.tender_id[:8]}.invitation.{one.person}.r1."  # whose it is, not who wrote it
        assert one.file.name.startswith(start) and one.file.name.endswith(".evalpanel")
        assert all(part.lower() not in one.file.name.lower() for part in one.name.split())


def test_invitation_tells_the_person_what_they_are_asked(desk: Laptops) -> None:
    wording = Wording("Read four bids.", "I will keep it to myself.")
    (made,) = inviting.invite(
        desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"], reply_by=date(2026, 10, 9), wording=wording
    )
    told = joining.read(made.file)
    pack_name = next(one.name for one in inviting.keys_of_panel(desk[OFFICER], REFERENCE) if one.person == "PM1")
    assert (told.reference, told.title, told.authority) == (REFERENCE, "Advocacy for young carers", "Northmoor Council")
    assert (told.person, told.name, told.roles) == ("PM1", pack_name, (Role.PANEL_MEMBER,))
    assert (told.reply_by, told.remit, told.undertaking) == (date(2026, 10, 9), "Read four bids.", wording.undertaking)


def test_invitation_names_no_bidder(desk: Laptops) -> None:
    said = read_statement(statement(invitation(desk))).payload.decode()
    assert [name for name in ("Harbour", "Tallis", "Moorland", "B01") if name in said] == []


def test_inviting_again_writes_the_same_bytes_and_other_words_a_newer_one(desk: Laptops) -> None:
    first = invitation(desk)
    before = first.read_bytes()
    first.unlink()
    assert invitation(desk).read_bytes() == before
    (changed,) = inviting.invite(
        desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"], wording=Wording("Other words.", "Other words.")
    )
    old = read_invitation(read_statement(statement(first)).payload).header
    new = read_invitation(read_statement(statement(changed.file)).payload).header
    assert (old.seq, new.seq, len(new.history)) == (1, 2, 1)


def test_both_sides_confirm_each_other_by_voice(desk: Laptops) -> None:
    file = invitation(desk)
    assert states(desk)["PM1"] is KeyState.INVITED
    answer = joining.enrol(desk["PM1"], file, to=desk.stick, laptop="The blue one")
    (report,) = desk.take(OFFICER, answer)
    assert (report.verdict, report.kind, report.author) == (Verdict.NEW, ParcelKind.ENROLMENT, "PM1")
    assert states(desk)["PM1"] is KeyState.ANSWERED
    (tender,) = tenders.all_tenders(desk[OFFICER])
    before = Joined(tender.tender_id, REFERENCE, tender.title, PersonCode("PM1"), PersonCode(OFFICER), confirmed=False)
    assert joining.joined(desk["PM1"]) == (before,)

    desk.speak(REFERENCE, "PM1")

    assert joining.joined(desk["PM1"]) == (replace(before, confirmed=True),)
    held: dict[str, PersonKeys] = {one.person: one for one in inviting.keys_of_panel(desk[OFFICER], REFERENCE)}
    assert (held["PM1"].state, held["PM1"].laptops, held["PM1"].waiting) == (KeyState.CONFIRMED, 1, 0)
    assert states(desk)["PM2"] is KeyState.NONE


def test_each_side_reads_other_words_and_its_own_do_not_confirm(desk: Laptops) -> None:
    desk.take(OFFICER, joining.enrol(desk["PM1"], invitation(desk), to=desk.stick))
    (officers,) = confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM1")
    (members,) = confirming.words_to_read(desk["PM1"], REFERENCE)
    assert officers != members
    for typed in (" ".join(officers), "", "abandon " * 8, " ".join(reversed(members))):
        with pytest.raises(EvalPanelError) as raised:
            confirming.confirm(desk[OFFICER], REFERENCE, typed=typed, person="PM1")
        assert raised.value.title == "These are not the eight words that this laptop expects."
    assert states(desk)["PM1"] is KeyState.ANSWERED


@pytest.mark.parametrize("same_tender", [True, False])
def test_somebody_who_puts_their_own_keys_between_is_heard(desk: Laptops, tmp_path: Path, same_tender: bool) -> None:
    """Mallory changes the invitation on its way for one with keys of hers, to the same tender as if she had succeeded its
    officer or to one of her own, and answers the officer in PM1's name."""
    real = invitation(desk)
    signed = read_statement(statement(real))
    cover = read_invitation(signed.payload)
    evil = new_installation()
    founder = cover.body.founder if same_tender else evil.public.signing
    body = msgspec.structs.replace(cover.body, officer=Keys.of(evil.public), founder=founder)
    header = msgspec.structs.replace(
        cover.header, tender=tender_id(founder, cover.body.nonce), installation=evil.public.installation
    )
    forged = evil.sign(signed.payload_type, write_cover(Cover(body, header)))
    fake = rewritten(tmp_path / "fake.evalpanel", write_statement(forged, ""))
    joining.enrol(desk["PM1"], fake, to=desk.stick)  # PM1 cannot tell yet
    desk.take(OFFICER, joining.enrol(desk["mallory"], real, to=desk.stick))

    (officers,) = confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM1")
    (members,) = confirming.words_to_read(desk["PM1"], REFERENCE)
    for side, typed, person in ((OFFICER, members, "PM1"), ("PM1", officers, None)):
        with pytest.raises(EvalPanelError):
            confirming.confirm(desk[side], REFERENCE, typed=" ".join(typed), person=person)


def test_answer_taken_in_again_changes_nothing(desk: Laptops) -> None:
    answer = desk.join(REFERENCE, "PM1", invitation(desk))
    before = inviting.keys_of_panel(desk[OFFICER], REFERENCE)
    (report,) = desk.take(OFFICER, answer)
    assert (report.verdict, report.words) == (Verdict.SAME, "It is here already; nothing changed.")
    assert inviting.keys_of_panel(desk[OFFICER], REFERENCE) == before


def test_enrolling_again_writes_the_same_answer(desk: Laptops) -> None:
    file = invitation(desk)
    first = joining.enrol(desk["PM1"], file, to=desk.stick).read_bytes()
    assert joining.enrol(desk["PM1"], file, to=desk.stick).read_bytes() == first


def test_second_laptop_is_confirmed_by_words_of_its_own(desk: Laptops) -> None:
    file = invitation(desk)
    desk.join(REFERENCE, "PM1", file)
    desk.take(OFFICER, joining.enrol(desk["PM1-second"], file, to=desk.stick))

    (held,) = [one for one in inviting.keys_of_panel(desk[OFFICER], REFERENCE) if one.person == "PM1"]
    assert (held.state, held.laptops, held.waiting) == (KeyState.CONFIRMED, 1, 1)
    (words,) = confirming.words_to_read(desk["PM1-second"], REFERENCE)
    confirming.confirm(desk[OFFICER], REFERENCE, typed=" ".join(words), person="PM1")
    (held,) = [one for one in inviting.keys_of_panel(desk[OFFICER], REFERENCE) if one.person == "PM1"]
    assert (held.laptops, held.waiting) == (2, 0)


def test_own_invitation_is_refused_on_the_officers_laptop(desk: Laptops) -> None:
    with pytest.raises(EvalPanelError) as raised:
        joining.enrol(desk[OFFICER], invitation(desk), to=desk.stick)
    assert raised.value.title == "This laptop leads that tender, so it cannot join it."


def test_laptop_that_joined_as_one_person_does_not_join_as_another(desk: Laptops) -> None:
    desk.join(REFERENCE, "PM1", invitation(desk))
    with pytest.raises(EvalPanelError) as raised:
        joining.enrol(desk["PM1"], invitation(desk, "PM2"), to=desk.stick)
    assert "the invitation is for PM2" in raised.value.title


def test_officer_is_not_invited(desk: Laptops) -> None:
    with pytest.raises(EvalPanelError) as raised:
        invitation(desk, OFFICER)
    assert raised.value.title == f"{OFFICER} is you: this laptop holds the tender."


def test_only_the_laptop_that_leads_the_tender_invites(desk: Laptops) -> None:
    desk.join(REFERENCE, "PM1", invitation(desk))
    with pytest.raises(EvalPanelError):
        inviting.invite(desk["PM1"], REFERENCE, to=desk.stick)


def test_words_are_not_there_before_an_answer_nor_after_confirming(desk: Laptops) -> None:
    file = invitation(desk)
    with pytest.raises(EvalPanelError) as raised:
        confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM1")
    assert raised.value.title == "PM1 has not answered an invitation yet."
    desk.join(REFERENCE, "PM1", file)
    with pytest.raises(EvalPanelError) as raised:
        confirming.words_to_read(desk["PM1"], REFERENCE)
    assert raised.value.title == f"The keys of {OFFICER} are confirmed already."


Change = Callable[[Laptops, Path], None]


def _signed_by_another(desk: Laptops, file: Path) -> None:
    signed = read_statement(statement(file))
    other = new_installation().sign(signed.payload_type, signed.payload)
    rewritten(file, write_statement(other, ""))


def _for_another_tender(desk: Laptops, file: Path) -> None:
    signed = read_statement(statement(file))
    cover = read_enrolment(signed.payload)
    mine = new_installation()
    body = msgspec.structs.replace(cover.body, keys=Keys.of(mine.public))
    header = msgspec.structs.replace(cover.header, tender="0" * 32, installation=mine.public.installation)
    rewritten(file, write_statement(mine.sign(signed.payload_type, write_cover(Cover(body, header))), ""))


def _anew(desk: Laptops, file: Path, **fields: object) -> None:
    """The answer again with other fields, signed rightly by keys of its own."""
    signed = read_statement(statement(file))
    cover = read_enrolment(signed.payload)
    mine = new_installation()
    body = msgspec.structs.replace(cover.body, keys=Keys.of(mine.public), **fields)
    author = str(fields.get("person", cover.header.author))
    header = msgspec.structs.replace(cover.header, installation=mine.public.installation, author=author)
    rewritten(file, write_statement(mine.sign(signed.payload_type, write_cover(Cover(body, header))), ""))


@pytest.mark.parametrize(
    ("change", "verdict", "said"),
    [
        (_signed_by_another, Verdict.ALTERED, "This answer to an invitation was altered."),
        (_for_another_tender, Verdict.NOT_OURS, "a tender that this laptop does not lead"),
        (
            lambda desk, file: _anew(desk, file, invitation="0" * 64),
            Verdict.ALTERED,
            "PM1 answers an invitation that was not made here.",
        ),
        (
            lambda desk, file: _anew(desk, file, person="PM2"),
            Verdict.ALTERED,
            "PM2 answers an invitation that said something else.",
        ),
        (
            lambda desk, file: _anew(desk, file, undertaking="0" * 64),
            Verdict.ALTERED,
            "PM1 answers an invitation that said something else.",
        ),
        (lambda _, file: file.write_bytes(b"PK"), Verdict.UNREADABLE, "The zip cannot be read."),
        (lambda _, file: file.unlink(), Verdict.UNREADABLE, "is not there"),
    ],
    ids=["other-key", "other-tender", "other-invitation", "other-person", "other-undertaking", "broken", "gone"],
)
def test_answer_that_is_not_right_is_refused_and_changes_nothing(
    desk: Laptops, change: Change, verdict: Verdict, said: str
) -> None:
    answer = joining.enrol(desk["PM1"], invitation(desk), to=desk.stick)
    good = answer.read_bytes()
    before = inviting.keys_of_panel(desk[OFFICER], REFERENCE)
    change(desk, answer)
    (report,) = desk.take(OFFICER, answer)
    assert (report.verdict, said in report.words) == (verdict, True), report
    assert inviting.keys_of_panel(desk[OFFICER], REFERENCE) == before
    answer.write_bytes(good)
    assert [one.verdict for one in desk.take(OFFICER, answer)] == [Verdict.NEW]


def test_one_bad_file_never_stops_the_rest_and_a_zip_round_them_is_unpacked(desk: Laptops) -> None:
    made = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1", "PM2"])
    answers = [joining.enrol(desk[one.person], one.file, to=desk.stick) for one in made]
    bad = desk.stick / "holiday.zip"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("photo.jpg", b"not ours")
    wrapped = desk.stick / "gateway.zip"
    with zipfile.ZipFile(wrapped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(answers[1], "mail/" + answers[1].name)
        archive.writestr("mail/broken.evalpanel", b"PK")
    reports = desk.take(OFFICER, bad, answers[0], wrapped, answers[0])
    assert [one.verdict for one in reports] == [
        Verdict.UNREADABLE,
        Verdict.NEW,
        Verdict.NEW,
        Verdict.UNREADABLE,
        Verdict.SAME,
    ]


def test_invitation_among_received_files_says_what_to_do_with_it(desk: Laptops) -> None:
    (report,) = desk.take("PM1", invitation(desk))
    assert (report.verdict, report.kind) == (Verdict.WAITING, ParcelKind.INVITATION)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_flipped_byte_of_an_invitation_never_joins(desk: Laptops, data: st.DataObject) -> None:
    file = invitation(desk)
    good = file.read_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    altered = bytearray(good)
    altered[place] ^= data.draw(st.integers(1, 255))
    broken = desk.stick / "broken.evalpanel"
    broken.write_bytes(bytes(altered))
    try:
        told = joining.read(broken)
    except EvalPanelError:
        return
    assert told == joining.read(file)  # a byte that nothing hangs on, as a time in the zip


def test_chains_of_both_laptops_verify(desk: Laptops) -> None:
    desk.join(REFERENCE, "PM1", invitation(desk))
    verdict = verify.verify_tender(desk[OFFICER], REFERENCE)
    assert verdict.verdict == "verified"


def test_wording_is_whole_sentences() -> None:
    said = inviting.usual_wording()
    for paragraph in (*said.remit.splitlines(), *said.undertaking.splitlines()):
        assert paragraph[0].isupper() and paragraph.endswith((".", ":")), paragraph
