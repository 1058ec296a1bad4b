"""The command line where a panel works apart: moderation, assents, receipts, rulings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import panels
from profiles import PASSPHRASE, Evalpanel
from stages import REFERENCE

On = Callable[[str], Evalpanel]


@pytest.fixture
def on(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> On:
    """The command line on the laptop of somebody whose panel has scored, and whose chair wrote down what was agreed."""
    with panels.panel(tmp_path) as desk:
        panels.scored(desk)
        panels.moderate(desk)
    passphrase = tmp_path / "passphrase.txt"
    passphrase.write_text(PASSPHRASE, encoding="utf-8")
    return lambda person: Evalpanel(capsys, tmp_path / f"laptop-{person}", passphrase)


def received(laptop: Evalpanel, *files: str) -> list[Any]:
    return [json.loads(line)["verdict"] for line in laptop.done("receive", *files, "--json").out.splitlines()]


def test_chair_sends_scorers_agree_and_the_officer_locks(on: On, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    assert "Moderation is closed on the officer's laptop." in on("CH1").refused("close-moderation", REFERENCE)
    final = on("CH1").asked("send", REFERENCE, "--to", stick, "--final")["moderation"]
    assert received(on("OF1"), final) == ["new"]
    said = on("OF1").refused("close-moderation", REFERENCE)
    assert said.startswith("Moderation cannot be closed: the word of PM1; PM2 is missing.")
    for person in ("PM1", "PM2"):
        assert received(on(person), final) == ["new"]
    (read,) = on("PM1").asked("agreement", "read", REFERENCE)["moderations"]
    assert (read["chair"], read["is_final"], read["wrong"]) == ("CH1", True, [])
    assert "is no dissent" in on("PM1").refused("assent", REFERENCE, "--to", stick, "--dissent", "nothing")
    (against,) = on("PM1").asked(
        "assent", REFERENCE, "--to", stick, "--affirm", "--dissent", "L1/B01/1.1=I saw no plan."
    )["assents"]
    (agreed,) = on("PM2").asked("assent", REFERENCE, "--to", stick, "--affirm")["assents"]
    assert (against["agrees"], agreed["agrees"]) == (False, True)
    assert received(on("OF1"), against["file"], agreed["file"]) == ["new", "new"]
    assert on("OF1").done("agreement", "show", REFERENCE).out == "CH1: final; agree: PM2; dissent: PM1 (1 line)\n"
    receipts = on("OF1").asked("receipts", REFERENCE, "--to", stick)["receipts"]
    assert received(on("PM1"), receipts["PM1"]) == ["new"]
    assert on("CH1").done("rule", REFERENCE).out.startswith("No two sheets of one person are here")
    assert "No word of PM1 is missing." in on("OF1").refused(
        "agreement", "excuse", REFERENCE, "--person", "PM1", "--why", "Away."
    )
    on("OF1").done("declarations", "affirm", REFERENCE, "--person", "CH1", "--taken-by", "OF1")
    on("OF1").done("close-moderation", REFERENCE)
