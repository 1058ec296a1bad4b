"""Commands for a challenge: the pack, its disclosure copy, the copy of a trail, and checking all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evalpanel.sealing.envelopes import new_envelope
from profiles import Evalpanel
from stages import REFERENCE

At = Callable[[str], Evalpanel]


def test_lawyer_gets_a_pack_and_the_bidder_a_copy_of_it(at: At, tmp_path: Path) -> None:
    evalpanel = at("priced")
    evalpanel.done("outcome", REFERENCE)
    recipient, identity = new_envelope()
    key = tmp_path / "key.txt"
    key.write_text(f"# made by age-keygen\n{identity}\n", encoding="utf-8")
    full = evalpanel.asked("challenge", REFERENCE, "B02", "--to", tmp_path, "--recipient", recipient)
    copy = evalpanel.asked("disclose", REFERENCE, "B02", "--to", tmp_path, "--open", "--from", full["file"])
    assert (full["record"], full["kind"], full["open"], full["sealed_to"]) == (copy["record"], "challenge", False, 1)
    assert (copy["kind"], copy["open"], copy["challenge"]) == ("disclosure", True, None)
    assert {one["why"] for one in copy["redactions"]} == {"name", "protected"}

    nobody = Evalpanel(evalpanel._capture, tmp_path / "nobody", tmp_path / "none")
    sealed = nobody("verify", full["file"], "--identity", key, "--key", full["fingerprint"], "--json")
    assert (sealed.code, sealed.json["verdict"], sealed.json["by"]) == (0, "verified", full["fingerprint"])
    assert nobody("verify", copy["file"], "--json").json["verdict"] == "verified"
    assert nobody("verify", full["file"], "--json").json["verdict"] == "not-ours"


def test_copy_of_the_trail_is_written_and_checked(at: At, tmp_path: Path) -> None:
    evalpanel = at("priced")
    made = evalpanel.asked("trail", REFERENCE, tmp_path / "trail.jsonl", "--without-details")
    assert evalpanel.asked("verify", tmp_path / "trail.jsonl")["by"] == made["head"]
    lines = (tmp_path / "trail.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "cut.jsonl").write_bytes(b"".join(lines[1:]))
    assert evalpanel.refused("verify", tmp_path / "cut.jsonl").startswith("cut.jsonl is not verified: altered.")


def test_everything_in_the_profile_is_checked(at: At) -> None:
    found = at("priced").asked("verify", "--store")["checked"]
    assert [(one["file"], one["verdict"]) for one in found] == [("profile", "verified"), (REFERENCE, "verified")]


def test_verify_asks_for_one_thing(at: At) -> None:
    evalpanel = at("empty")
    said = "Either a file or tender is checked, or --store. Nothing was looked at."
    assert (evalpanel.refused("verify"), evalpanel.refused("verify", REFERENCE, "--store")) == (said, said)
