"""A challenge pack of a tender whose work travelled: what panel members' own laptops signed is in it, and is checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evalpanel.domain.parcels import Verdict
from evalpanel.formats.parcel_sheets import read_sheet_part
from evalpanel.sealing.envelopes import open_bytes
from evalpanel.services import challenge, challenge_proofs, verify
from laptops import OFFICER, Laptops
from panels import moderate, panel, scored, sent_moderation
from stages import REFERENCE


def shown(lines: tuple[str, ...]) -> dict[str, dict[str, str]]:
    return {value[1]: value[2] for value in (json.loads(one) for one in lines if one.startswith("["))}


def moderated(desk: Laptops) -> None:
    scored(desk)
    moderate(desk)
    desk.take(OFFICER, sent_moderation(desk))


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a challenge pack and its disclosure copy, made by an officer whose panel works apart."""
    root = tmp_path_factory.mktemp("apart")
    out = root / "out"
    out.mkdir()
    with panel(root) as desk:
        moderated(desk)
        full = challenge.challenge(desk[OFFICER], REFERENCE, "B02", to=out, is_open=True)
        challenge.disclose(desk[OFFICER], REFERENCE, "B02", to=out, is_open=True, pack=full.file)
        (report,) = desk.take("PM1", full.file)
        assert report.verdict in (Verdict.NOT_OURS, Verdict.UNREADABLE), report
    return out


def one_of(stick: Path, kind: str) -> Path:
    (file,) = stick.glob(f"*.{kind}.*.evalpanel")
    return file


def test_what_members_signed_about_the_bid_is_there_and_opens_with_the_key_beside_it(stick: Path) -> None:
    with challenge_proofs.opened(one_of(stick, "challenge"), lambda _cover: b"") as pack:
        held = shown(pack.lines)
        signed = {name: one for name, one in held.items() if name.startswith("statements/")}
        kinds = sorted((one["kind"], one["person"]) for one in signed.values())
        assert kinds == [("moderation", "CH1"), ("scoresheet", "CH1"), ("scoresheet", "PM1"), ("scoresheet", "PM2")]
        keys = {one["envelope"]: one["identity"] for name, one in held.items() if name.startswith("envelopes/")}
        assert {name.split("/")[0] for name in keys} == {"scores", "moderation"}
        files = dict(pack.files)
        for name, one in signed.items():
            if one["kind"] == "scoresheet":
                part = read_sheet_part(open_bytes(files[f"{name}.age"](), keys["scores/B02/L1"]))
                assert {answer.line.bid for answer in part.answers} == {"B02"}


def test_verify_says_who_signed_and_that_their_keys_are_not_proved(stick: Path) -> None:
    found = verify.verify_file(None, one_of(stick, "challenge"))
    assert found.verdict == "verified"
    (sheets,) = [one for one in found.proved if "signed the score sheets that they sent" in one]
    assert sorted(sheets.split(" signed ")[0].split(", ")) == ["CH1", "PM1", "PM2"]
    assert (
        "that the keys of these people are theirs: the officer's laptop made sure of that by the eight words"
        in found.not_proved
    )


def test_disclosure_copy_holds_no_statement_no_key_and_no_detail_about_several_bids(stick: Path) -> None:
    with challenge_proofs.opened(one_of(stick, "disclosure"), lambda _cover: b"") as pack:
        assert [name for name in shown(pack.lines) if name.startswith(("statements/", "envelopes/"))] == []
        assert [name for name, _ in pack.files if name.startswith("statements/")] == []
        assert pack.header.heads == ()
        told = {json.loads(one.header or "{}")["act"] for one in pack.trail if one.detail is not None}
    assert told <= {"criteria-frozen", "bids-opened", "document-read"}
