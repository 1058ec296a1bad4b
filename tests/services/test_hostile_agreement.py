"""Moderation, assents and receipts that were damaged, forged or put together: refused in words, with nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from evalpanel.domain.parcels import ParcelKind, Statement
from evalpanel.domain.tender import PersonCode
from evalpanel.formats.statements import read_statement, write_statement
from evalpanel.sealing import envelopes
from evalpanel.sealing.installations import Installation, new_installation
from evalpanel.services import assents, issuing, leaving, receipts
from hostile import canonical, keys, opened, parts_of, payload_of, refused, resealed, signed_anew, written
from laptops import OFFICER, Laptops
from panels import agree, moderate, panel, people, release, scored, sent_moderation
from stages import REFERENCE

KINDS = ("moderation", "assent", "receipt")
AUTHOR = {"moderation": "CH1", "assent": "PM1", "receipt": OFFICER}
TO = {"moderation": OFFICER, "assent": OFFICER, "receipt": "PM1"}
"""Where the genuine one has not been taken in."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Genuine parcels by kind, and others of the same kind: an older moderation, an assent and a receipt of PM2."""

    desk: Laptops
    files: dict[str, Path]
    others: dict[str, Path]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    with panel(tmp_path_factory.mktemp("hostile"), people(third=True)) as desk:
        four = ("CH1", "PM1", "PM2", "PM3")
        scored(desk, four)
        release(desk)
        moderate(desk, present=four)
        older = sent_moderation(desk, final=False)
        moderate(desk, present=four, reasons="It names a plan and who does what.")
        final = sent_moderation(desk)
        for one in four[1:]:
            desk.take(one, final)
        release(desk)
        words = {one: agree(desk, one) for one in ("PM1", "PM2")}
        made = receipts.receipts(desk[OFFICER], REFERENCE, to=desk.stick).receipts
        written_for = {one: made[PersonCode(one)] for one in ("PM1", "PM2")}
        yield Sent(
            desk,
            {"moderation": final, "assent": words["PM1"], "receipt": written_for["PM1"]},
            {"moderation": older, "assent": words["PM2"], "receipt": written_for["PM2"]},
        )


def of(sent: Sent, person: str) -> Installation:
    return keys(sent.desk[person])


def forged(
    sent: Sent,
    kind: str,
    target: Path,
    change: Callable[[bytes], bytes],
    *,
    by: Installation | None = None,
    parts: dict[str, bytes] | None = None,
) -> Path:
    to = of(sent, TO[kind])
    return signed_anew(sent.files[kind], to, to, target, change, by=by or of(sent, AUTHOR[kind]), parts=parts)


def changed(change: Callable[[dict[str, dict[str, object]]], None]) -> Callable[[bytes], bytes]:
    """A change to what a payload says, written as parcels write it."""

    def made(payload: bytes) -> bytes:
        held = json.loads(payload)
        change(held)
        return canonical(held)

    return made


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_and_truncated_bytes_are_refused(sent: Sent, kind: str, tmp_path: Path) -> None:
    cover, parts = opened(sent.files[kind]).cover, parts_of(sent.files[kind])
    for place in range(0, len(cover), max(1, len(cover) // 12)):
        flipped = bytearray(cover)
        flipped[place] ^= 0x41
        refused(sent.desk, TO[kind], written(tmp_path / f"{place}.evalpanel", bytes(flipped), parts))
    genuine = sent.files[kind].read_bytes()
    for size in (0, 30, len(genuine) // 2, len(genuine) - 1):
        file = tmp_path / f"short {size}.evalpanel"
        file.write_bytes(genuine[:size])
        refused(sent.desk, TO[kind], file)


@pytest.mark.parametrize("kind", KINDS)
def test_outsiders_signature_is_refused(sent: Sent, kind: str, tmp_path: Path) -> None:
    file = forged(sent, kind, tmp_path / "x.evalpanel", bytes, by=new_installation())
    assert "its signature does not fit" in refused(sent.desk, TO[kind], file)


@pytest.mark.parametrize("kind", KINDS)
def test_insider_who_signs_in_anothers_name_is_refused(sent: Sent, kind: str, tmp_path: Path) -> None:
    file = forged(sent, kind, tmp_path / "x.evalpanel", bytes, by=of(sent, "PM3"))
    words = refused(sent.desk, TO[kind], file)
    assert "PM3" in words


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_tender_is_refused(sent: Sent, kind: str, tmp_path: Path) -> None:
    def other(held: dict[str, dict[str, object]]) -> None:
        held["header"]["tender"] = "ab" * 16

    file = forged(sent, kind, tmp_path / "x.evalpanel", changed(other))
    assert "of another tender" in refused(sent.desk, TO[kind], file)


@pytest.mark.parametrize("kind", KINDS)
def test_statement_sealed_anew_for_somebody_else_is_refused(sent: Sent, kind: str, tmp_path: Path) -> None:
    """PM3 gets what was not made for them: a moderation, whose reader they are, under a cover that leaves them out."""

    def without(held: dict[str, dict[str, object]]) -> None:
        listed = held["header"]["recipients"]
        assert isinstance(listed, list)
        held["header"]["recipients"] = [one for one in listed if one != of(sent, "PM3").public.installation]

    to = of(sent, TO[kind])
    file = resealed(
        forged(sent, kind, tmp_path / "for another.evalpanel", changed(without)),
        to,
        of(sent, "PM3"),
        tmp_path / "x.evalpanel",
    )
    words = refused(sent.desk, "PM3", file)
    assert "not made for this laptop" in words


@pytest.mark.parametrize("kind", KINDS)
def test_statement_of_one_kind_is_not_taken_for_another(sent: Sent, kind: str, tmp_path: Path) -> None:
    to = of(sent, TO[kind])
    signed = read_statement(to.open(opened(sent.files[kind]).cover))
    for posed in (one for one in ParcelKind if one.value != kind and not one.is_open):
        cover = envelopes.seal_bytes(
            write_statement(Statement(posed.payload_type, signed.payload, signed.signature), ""), to.public.recipient
        )
        refused(sent.desk, TO[kind], written(tmp_path / f"{posed}.evalpanel", cover, {}))


def test_covers_and_parts_of_two_genuine_moderations_are_refused_together(sent: Sent, tmp_path: Path) -> None:
    newer, older = sent.files["moderation"], sent.others["moderation"]
    cover, parts, others = opened(newer).cover, parts_of(newer), parts_of(older)
    names, other_names = list(parts), list(others)
    mixed = {**{name: parts[name] for name in names[1:]}, other_names[0]: others[other_names[0]]}
    for number, held in enumerate((others, mixed, {}, {**parts, **others})):
        file = written(tmp_path / f"{number}.evalpanel", cover, held)
        assert "does not hold the parts" in refused(sent.desk, OFFICER, file)


def test_chairs_cover_over_parts_of_an_older_moderation_is_refused(sent: Sent, tmp_path: Path) -> None:
    older = payload_of(sent.others["moderation"], of(sent, OFFICER))["header"]["parts"]

    def swap(held: dict[str, dict[str, object]]) -> None:
        held["header"]["parts"] = older

    file = forged(
        sent, "moderation", tmp_path / "x.evalpanel", changed(swap), parts=parts_of(sent.others["moderation"])
    )
    refused(sent.desk, OFFICER, file)


def test_part_under_another_bids_envelope_is_refused(sent: Sent, tmp_path: Path) -> None:
    def swap(held: dict[str, dict[str, object]]) -> None:
        listed = held["header"]["parts"]
        assert isinstance(listed, list)
        one, two, *_ = listed
        one["envelope"], two["envelope"] = two["envelope"], one["envelope"]

    refused(sent.desk, OFFICER, forged(sent, "moderation", tmp_path / "x.evalpanel", changed(swap)))


def test_receipt_of_one_person_tells_another_nothing(sent: Sent, tmp_path: Path) -> None:
    theirs = sent.others["receipt"]
    file = written(tmp_path / "as it is.evalpanel", opened(theirs).cover, {})
    assert "not sealed to this laptop" in refused(sent.desk, "PM1", file)
    sealed = resealed(theirs, of(sent, "PM2"), of(sent, "PM1"), tmp_path / "sealed anew.evalpanel")
    assert "not made for this laptop" in refused(sent.desk, "PM1", sealed)

    def readdressed(held: dict[str, dict[str, object]]) -> None:
        held["header"]["recipients"] = [of(sent, "PM1").public.installation]

    # The officer's own key, and a receipt that is about somebody else all the same.
    file = signed_anew(
        theirs, of(sent, "PM2"), of(sent, "PM1"), tmp_path / "x.evalpanel", changed(readdressed), by=of(sent, OFFICER)
    )
    refused(sent.desk, "PM1", file)


def test_assent_to_a_moderation_that_never_was_is_kept_and_does_not_count(sent: Sent, tmp_path: Path) -> None:
    def other(held: dict[str, dict[str, object]]) -> None:
        held["body"]["moderation"] = "cd" * 32

    desk, chair, author = sent.desk, of(sent, "CH1"), of(sent, "PM1")
    before = assents.standing(desk["CH1"], REFERENCE)
    assert [one.missing for one in before] == [("PM1", "PM2", "PM3")]
    made = signed_anew(sent.files["assent"], chair, chair, tmp_path / "x.evalpanel", changed(other), by=author)
    (report,) = desk.take("CH1", made)
    assert "PM1 agrees, about a moderation of CH1 that does not co" in report.words
    assert assents.standing(desk["CH1"], REFERENCE) == before


ODD: dict[str, Callable[[bytes], bytes]] = {
    "a repeated key": lambda payload: payload.replace(b'"seq":', b'"seq":1,"seq":', 1),
    "NaN": lambda payload: payload.replace(b'"seq":', b'"seq":NaN,"x":', 1),
    "a huge number": lambda payload: payload.replace(b'"seq":', b'"seq":' + b"9" * 400 + b',"x":', 1),
    "an unknown field": lambda payload: payload.replace(b'"seq":', b'"secret":1,"seq":', 1),
    "deep nesting": lambda payload: payload.replace(b'"seq":', b'"deep":' + b"[" * 200_000 + b"]" * 200_000 + b',"seq":', 1),
    "white space": lambda payload: payload.replace(b'"seq":', b'"seq": ', 1),
    "bytes that are no text": lambda payload: payload.replace(b'"about":"', b'"about":"\xff\xfe', 1),
    "nothing": lambda _payload: b"",
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", KINDS)
def test_insider_who_writes_odd_json_is_refused(sent: Sent, kind: str, odd: str, tmp_path: Path) -> None:
    refused(sent.desk, TO[kind], forged(sent, kind, tmp_path / "x.evalpanel", ODD[odd]))


@pytest.mark.parametrize(("kind", "person"), [("assent", "PM1"), ("moderation", "CH1")])
def test_what_a_revoked_laptop_signed_is_refused_whatever_its_date(
    sent: Sent, kind: str, person: str, tmp_path: Path
) -> None:
    """Comes last: it revokes. The genuine file had not arrived before its author's keys were revoked."""
    leaving.revoke(sent.desk[OFFICER], REFERENCE, person=person, why="The laptop was lost.")
    assert "revoked" in refused(sent.desk, OFFICER, sent.files[kind])
    roster = issuing.issue(sent.desk[OFFICER], REFERENCE, to=sent.desk.stick).roster
    sent.desk.take("PM3", roster)
    if kind == "moderation":
        again = forged(
            sent, kind, tmp_path / "dated back.evalpanel", lambda payload: payload.replace(b"2026-10", b"2026-09")
        )
        refused(sent.desk, OFFICER, again)
