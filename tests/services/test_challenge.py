"""The record of one bid in a file: what is in a challenge pack, what a disclosure copy leaves out, and what is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from msgspec.structs import replace

from evalpanel.domain.bid_record import pin_of
from evalpanel.domain.digests import canonical_json
from evalpanel.domain.redactions import Reason
from evalpanel.domain.sheets import ScoreRow, ScoreStatus
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.formats.challenge_file import FileOf, write_record, write_trail
from evalpanel.formats.parcel_bodies import Cover, Keys, PartOf, write_cover
from evalpanel.formats.statements import write_statement
from evalpanel.progress import Progress
from evalpanel.sealing.envelopes import new_envelope, recipient_of, seal_bytes
from evalpanel.sealing.installations import new_installation
from evalpanel.services import (
    challenge,
    challenge_proofs,
    moderation,
    outcome,
    prices,
    record,
    scoring,
    sign_off,
    trail_copies,
    verify,
)
from evalpanel.services.challenge import PackMade
from evalpanel.services.challenge_proofs import Opened
from evalpanel.services.workspace import Workspace
from stages import REFERENCE, agree_all, level_of, line, score_all

At = Callable[[str], Workspace]
NOTE, RIVAL = "Ask the chair about Harbour.", "Better than Harbour Young Carers, said Pim Moss."


def told(space: Workspace) -> Workspace:
    """A tender with an outcome, in which PM1 wrote a note about bid B02 and named a rival and a member."""
    row = ScoreRow("S!A2", line("B02", "1.1"), ScoreStatus.SCORED, level_of(line("B02", "1.1")), RIVAL, None, NOTE)
    score_all(space)
    sign_off.reopen(space, REFERENCE, person="PM1", reason="To add a note.")
    scoring.take_scores(space, REFERENCE, person="PM1", rows=[row])
    sign_off.sign_off(space, REFERENCE, person="PM1")
    agree_all(space)
    moderation.close(space, REFERENCE)
    prices.open_prices(space, REFERENCE)
    outcome.outcome(space, REFERENCE)
    return space


def opened(file: Path) -> Opened:
    """What an open pack holds."""
    with challenge_proofs.opened(file, lambda _cover: b"") as held:
        return held


def shown(pack: Opened) -> dict[str, object]:
    """The entries that are shown, by place."""
    return {value[1]: value[2] for value in (json.loads(one) for one in pack.lines if one.startswith("["))}


def made(space: Workspace, to: Path, bid: str = "B02") -> PackMade:
    return challenge.challenge(space, REFERENCE, bid, to=to, is_open=True)


def test_pack_holds_the_whole_record_of_its_bid_and_nothing_of_others(at: At, tmp_path: Path) -> None:
    space = told(at("declared"))
    pack = opened(made(space, tmp_path).file)
    held = shown(pack)
    versions = [value for name, value in held.items() if name.endswith("/answer")]
    assert len(versions) == 13  # three scorers on four lines, and one line twice
    assert NOTE in held.values()
    assert [one["bid"] for name, one in held.items() if name in ("bid", "outcome/result")] == ["B02", "B02"]  # type: ignore[index]  # these are objects
    assert held["outcome/result"]["price_amount"] is not None  # type: ignore[index]  # so is this
    assert [name for name, _ in pack.files] == ["documents/1.txt", "documents/2.txt", "documents/3.json"]
    whole = canonical_json(list(held.values())).replace(canonical_json(RIVAL)[1:-1], "").replace(NOTE, "")
    assert [name for name in ("B01", "B03", "Harbour", "Moorland") if name in whole] == []
    assert [one.header for one in pack.trail if one.header is None] == []
    details = [one.detail for one in pack.trail if one.detail is not None]
    assert [one for one in details if "B01" in one or "B03" in one] == []


def test_disclosure_copy_leaves_out_names_rivals_and_notes_and_lists_each(at: At, tmp_path: Path) -> None:
    space = told(at("declared"))
    full = made(space, tmp_path)
    copy, other = challenge.disclose(space, REFERENCE, "B02", to=tmp_path, is_open=True, pack=full.file)
    held = shown(opened(copy.file))
    assert (other, copy.record) == (None, full.record)
    by_reason = {why: [one for one in copy.redactions if one.why is why] for why in Reason}
    assert [json.loads(one.instead) for one in by_reason[Reason.RIVAL]] == ["Better than [left out], said [left out]."]
    assert len(by_reason[Reason.NOTE]) == 1
    assert [one.name.split("/")[-1] for one in by_reason[Reason.NAME]] == ["name"] * 4
    names = [part for name in ("Ola Fenn", "Cass Hale", "Pim Moss", "Pat Marsh") for part in name.split()]
    whole = canonical_json(list(held.values()))
    assert [one for one in (*names, "Harbour", "Ask the chair", "B01", "B03") if one in whole] == []
    number = len([one for one in opened(copy.file).lines if not one.startswith("[")])
    assert number == len(copy.redactions)


def test_working_notes_are_disclosed_with_a_reason_that_stands_on_the_record(at: At, tmp_path: Path) -> None:
    space = told(at("declared"))
    copy, full = challenge.disclose(
        space, REFERENCE, "B02", to=tmp_path, is_open=True, working_notes="Ordered by the court."
    )
    assert full is not None
    assert [one.why for one in copy.redactions if one.why is Reason.NOTE] == []
    sentences = [one.sentence for one in record.history(space, REFERENCE)][-2:]
    assert sentences[0] == (
        "OF1 Ola Fenn made a challenge pack for bid B02 in lot L1. It was sealed to the officer alone."
    )
    assert sentences[1] == (
        "OF1 Ola Fenn made a disclosure copy for bid B02 in lot L1. It was left open: whoever has the file can read it. "
        f"{len(copy.redactions)} entries were left out, each with its reason. Working notes are in it: Ordered by the court."
    )
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_anybody_verifies_both_and_hears_what_is_not_proved(at: At, tmp_path: Path) -> None:
    space = told(at("declared"))
    full = made(space, tmp_path)
    copy, _ = challenge.disclose(space, REFERENCE, "B02", to=tmp_path, is_open=True, pack=full.file)
    for one in (full, copy):
        found = verify.verify_file(None, one.file)
        assert (found.kind, found.verdict, found.by) == (one.kind, "verified", one.fingerprint)
        assert any(one.fingerprint in said for said in found.not_proved)
        known = verify.verify_file(None, one.file, key=one.fingerprint[:16])
        assert "the key has the fingerprint that you gave" in known.proved
        assert verify.verify_file(None, one.file, key="0" * 16).verdict == "unknown-signer"
        assert "it is among those that were made in this profile" in verify.verify_file(space, one.file).proved


def test_sealed_pack_opens_for_its_recipient_and_for_nobody_else(at: At, tmp_path: Path) -> None:
    space = at("priced")
    recipient, identity = new_envelope()
    _, stranger = new_envelope()
    one = challenge.challenge(space, REFERENCE, "B02", to=tmp_path, recipients=[recipient])
    verdicts = [verify.verify_file(None, one.file, identity=key).verdict for key in (identity, stranger, "")]
    assert (verdicts, verify.verify_file(space, one.file).verdict) == (["verified", "not-ours", "not-ours"], "verified")


@pytest.mark.parametrize(
    ("bid", "said"),
    [("B09", "There is no bid “B09”."), ("", "There is no bid “”.")],
)
def test_bid_that_is_not_there_is_refused(at: At, tmp_path: Path, bid: str, said: str) -> None:
    with pytest.raises(EvalPanelError) as refused:
        made(at("priced"), tmp_path, bid)
    assert refused.value.title == said


def test_what_cannot_be_a_recipient_is_refused_and_nothing_is_written(at: At, tmp_path: Path) -> None:
    space = at("priced")
    out = tmp_path / "out"
    out.mkdir()
    good, _ = new_envelope()
    wrong = good[:-1] + ("q" if good[-1] != "q" else "p")
    for recipients in (["age1short"], [wrong], ["AGE-SECRET-KEY-1"]):
        with pytest.raises(EvalPanelError, match="is no age recipient"):
            challenge.challenge(space, REFERENCE, "B02", to=out, recipients=recipients)
    with pytest.raises(EvalPanelError, match="either sealed to recipients or open"):
        challenge.challenge(space, REFERENCE, "B02", to=out, recipients=[good], is_open=True)
    assert list(out.iterdir()) == []


def test_disclosure_copy_is_not_made_from_the_pack_of_another_bid(at: At, tmp_path: Path) -> None:
    space = at("priced")
    other = made(space, tmp_path, "B01")
    with pytest.raises(EvalPanelError, match="challenge pack of the same bid"):
        challenge.disclose(space, REFERENCE, "B02", to=tmp_path, is_open=True, pack=other.file)


def members(file: Path) -> dict[str, bytes]:
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(file: Path, held: dict[str, bytes]) -> Path:
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return file


def test_parts_of_two_packs_put_together_are_refused(at: At, tmp_path: Path) -> None:
    space = at("priced")
    first, second = members(made(space, tmp_path, "B01").file), members(made(space, tmp_path, "B02").file)
    parts = {name: data for name, data in second.items() if name.startswith("parts/")}
    cover = {"cover.json": first["cover.json"]}
    own = {name: data for name, data in first.items() if name.startswith("parts/")}
    kept, lost = list(own)[:-1], list(own)[-1]
    mixed = cover | {name: own[name] for name in kept} | dict(list(parts.items())[:1])
    swapped = cover | own | {lost: next(iter(parts.values()))}
    for held in (cover | parts, cover, mixed, swapped):
        found = verify.verify_file(None, written(tmp_path / "mixed.evalpanel", held))
        assert (found.verdict, found.proved) == ("altered", ())


def test_any_changed_byte_of_the_cover_is_seen(at: At, tmp_path: Path) -> None:
    held = members(made(at("priced"), tmp_path).file)
    for place in range(0, len(held["cover.json"]), max(1, len(held["cover.json"]) // 60)):
        cover = bytearray(held["cover.json"])
        cover[place] ^= 1
        found = verify.verify_file(None, written(tmp_path / "altered.evalpanel", held | {"cover.json": bytes(cover)}))
        # The hint about the key is not signed, and proves nothing.
        hint = b'"keyid":"' in bytes(cover)[max(0, place - 80) : place + 9]
        assert found.verdict in ({"altered", "not-ours", "verified"} if hint else {"altered", "not-ours"})


def forged(source: Path, to: Path, change: Callable[[list[str]], list[str]]) -> Path:
    """A disclosure copy whose record somebody changed and signed with a key of their own, all digests of files made to fit."""
    keys = new_installation()
    with challenge_proofs.opened(source, lambda _cover: b"") as pack:
        recipient = recipient_of(pack.body.key)
        record = write_record(change(list(pack.lines)))
        contents = {"record": record, "trail": write_trail(pack.trail)} | {name: read() for name, read in pack.files}
        sealed = {name: seal_bytes(data, recipient) for name, data in contents.items()}
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in sealed.items()}
        files = tuple(
            FileOf(name, digests[name], hashlib.sha256(data).hexdigest(), len(data)) for name, data in contents.items()
        )
        parts = tuple(PartOf(name, digests[name], len(data)) for name, data in sealed.items())
        body = replace(pack.body, files=files, officer=Keys.of(keys.public))
        header = replace(pack.header, parts=parts, installation=keys.public.installation)
    signed = keys.sign(pack.kind.payload_type, write_cover(Cover(body, header)))
    held = {"cover.json": write_statement(signed, keys.public.installation)}
    return written(to, held | {f"parts/{digests[name]}.age": data for name, data in sealed.items()})


def _replaced(lines: list[str]) -> list[str]:
    place = next(number for number, one in enumerate(lines) if not one.startswith("["))
    return [*lines[:place], canonical_json(["0" * 32, "people/1/name", "Nobody"]), *lines[place + 1 :]]


def _left_out(lines: list[str]) -> list[str]:
    place = next(number for number, one in enumerate(lines) if one.startswith("["))
    return [*lines[:place], pin_of(lines[place]), *lines[place + 1 :]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines, ""),
        (_replaced, "Its record is not the one that was signed"),
        (_left_out, "What was left out of its record is not what is listed as left out."),
        (lambda lines: lines[:-1], "Its record is not the one that was signed"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "Its record is not the one that was signed"),
        (lambda lines: ['["00","a",1]', *lines], "A line of the record cannot be read."),
        (lambda lines: [f'["{"0" * 32}","a",NaN]', *lines], "A line of the record cannot be read."),
        (lambda lines: [f'["{"0" * 32}","a",1.5]', *lines], "It holds a number that is no whole number."),
        (lambda lines: [f'["{"0" * 32}","a",{{"b":1,"b":2}}]', *lines], "could be read in two ways"),
        (lambda lines: [f'["{"0" * 32}","a",{"[" * 50_000}', *lines], "A line of the record cannot be read."),
        (lambda _lines: ["0" * 64] * 1_000_000, "The record is too long."),
    ],
)
def test_record_that_was_changed_is_refused_whoever_signs_it(
    at: At, tmp_path: Path, change: Callable[[list[str]], list[str]], said: str
) -> None:
    space = at("priced")
    copy, _ = challenge.disclose(space, REFERENCE, "B02", to=tmp_path, is_open=True)
    found = verify.verify_file(None, forged(copy.file, tmp_path / "forged.evalpanel", change))
    if not said:
        assert (found.verdict, found.by == copy.fingerprint) == ("verified", False)
        assert any("somebody took over as officer" in one for one in found.not_proved)
    else:
        assert (found.verdict, found.proved) == ("altered", ())
        assert any(said in one for one in found.not_proved), found


def test_trail_can_be_exported_and_checked_by_anybody(at: At, tmp_path: Path) -> None:
    space = at("priced")
    file = tmp_path / "trail.jsonl"
    for details in (True, False):
        one = trail_copies.export(space, REFERENCE, file, details=details)
        found = verify.verify_file(None, file)
        assert (found.kind, found.verdict, found.by) == ("trail", "verified", one.head)
        assert any("were in detail" in said for said in found.not_proved) != details
        assert one.head == record.head(space, REFERENCE).hash


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[:3] + lines[4:], "does not follow"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "does not follow"),
        (lambda lines: [*lines, lines[-1]], "does not follow"),
        (lambda lines: [lines[0].replace(b"OF1", b"PM1", 1), *lines[1:]], "altered"),
        (lambda lines: [lines[0].replace(b'"why":""', b'"why":"","why":""'), *lines[1:]], "cannot be read"),
        (lambda lines: [lines[0].replace(b'"why":""', b'"why":NaN'), *lines[1:]], "cannot be read"),
        (lambda lines: [b"{" * 100_000, *lines[1:]], "cannot be read"),
        (lambda _lines: [b"{}"] * 1_000_001, "too long"),
        (lambda _lines: [], "breaks off"),
    ],
)
def test_trail_that_was_changed_is_refused_in_words(
    at: At, tmp_path: Path, change: Callable[[list[bytes]], list[bytes]], said: str
) -> None:
    file = tmp_path / "trail.jsonl"
    trail_copies.export(at("priced"), REFERENCE, file)
    file.write_bytes(b"".join(one + b"\n" for one in change(file.read_bytes().splitlines())) or b"{")
    found = verify.verify_file(None, file)
    assert (found.verdict, found.proved) == ("altered", ())
    assert any(said in one for one in found.not_proved), found


def test_whole_store_is_verified_tender_by_tender(at: At) -> None:
    found = verify.verify_store(at("priced"))
    assert [(one.subject, one.kind, one.verdict) for one in found] == [
        ("profile", "profile", "verified"),
        (REFERENCE, "tender", "verified"),
    ]


def test_nothing_of_a_pack_stays_in_the_profile(at: At, tmp_path: Path) -> None:
    space = at("priced")
    before = sorted(space.folders.root.rglob("*.age"))
    made(space, tmp_path)
    assert sorted(space.folders.root.rglob("*.age")) == before


def test_pack_that_is_cancelled_leaves_nothing_and_is_not_on_the_record(at: At, tmp_path: Path) -> None:
    space, out = at("priced"), tmp_path / "out"
    out.mkdir()
    before, head = sorted(space.folders.root.rglob("*.age")), record.head(space, REFERENCE)
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(Cancelled):
        challenge.challenge(space, REFERENCE, "B02", to=out, is_open=True, progress=stopped)
    left = (list(out.iterdir()), sorted(space.folders.root.rglob("*.age")), record.head(space, REFERENCE))
    assert left == ([], before, head)


def test_criteria_are_the_frozen_ones(at: At, tmp_path: Path) -> None:
    space = at("priced")
    held = shown(opened(made(space, tmp_path).file))
    text = held["criteria/text"]
    assert isinstance(text, str)
    assert hashlib.sha256(text.encode()).hexdigest() == held["criteria/digest"]
