from __future__ import annotations

import re
from pathlib import Path

from evalpanel.services import carried_words, inviting, record
from laptops import OFFICER, laptops
from profiles import Clock
from stages import REFERENCE, load


def test_what_travelled_between_laptops_is_told_in_sentences(tmp_path: Path) -> None:
    with laptops(tmp_path, Clock(), lambda space: load(space, tmp_path / "pack")) as desk:
        (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
        desk.join(REFERENCE, "PM1", one.file)
        told = [entry.what for entry in record.history(desk[OFFICER], REFERENCE)]
    assert [what for what in told if "PM1" in what] == [
        "invited PM1 to the panel",
        "took in the answer of PM1",
        "heard the eight words of PM1: the keys are the right ones",
    ]


def test_every_act_of_the_exchange_has_a_sentence() -> None:
    services = Path(carried_words.__file__).parent
    written = "".join(
        (services / f"{name}.py").read_text(encoding="utf-8") for name in ("inviting", "joining", "issuing", "sending")
    )
    acts = set(re.findall(r'act="([a-z-]+)"', written)) | {"keys-confirmed", "scoresheet-received", "scores-received"}
    assert {act for act in acts if carried_words.told(act, {"about": "PM1", "rows": 2}) is None} == set()


def test_one_line_is_one_line() -> None:
    assert carried_words.told("scores-received", {"rows": 1}) == (
        "scored 1 line",
        "They came in the person's own signed sheet.",
    )
    assert carried_words.told("score-saved", {"rows": 1}) is None
