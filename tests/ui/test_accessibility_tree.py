"""What a screen reader finds: the real window under a display of its own, read through the accessibility bus."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from judges import judge
from walked import WALKS

HERE = Path(__file__).resolve().parents[1]
SYSTEM_PYTHON = Path("/usr/bin/python3")  # has the bindings of the accessibility bus, which are in no registry
BUS = Path("/usr/libexec/at-spi-bus-launcher")
ROLES = {
    "push button",
    "toggle button",
    "radio button",
    "check box",
    "combo box",
    "text",
    "password text",
    "label",
    "list",
    "list item",
    "table",
    "tree",
    "table cell",
    "panel",
    "image",
    "document frame",
    "link",
}
"""What a control that takes the focus may be. A filler is passed over by a reader, and `unknown` says nothing."""
CELLS = ("table cell", "list item")
Node = dict[str, Any]
Scenes = dict[str, list[Node]]


def read_out(folder: Path) -> Scenes:
    """Everything that can be read, scene by scene."""
    for program in ("dbus-run-session", "xvfb-run", "xauth"):
        judge(program)
    if not BUS.exists() or not SYSTEM_PYTHON.exists() or not has_bindings():
        if os.environ.get("EVALPANEL_JUDGES") == "required":
            pytest.fail("at-spi2-core, python3-gi and gir1.2-atspi-2.0 are required here")
        pytest.skip("the accessibility bus or its bindings are not installed")
    run = folder / "run"
    run.mkdir(mode=0o700)
    out = folder / "tree.json"
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(run),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "QT_QPA_PLATFORM": "xcb",
        "LC_ALL": "C.UTF-8",
    }
    screen = ["dbus-run-session", "--", "xvfb-run", "-a", "-s", "-screen 0 1400x900x24"]
    walker = [str(SYSTEM_PYTHON), str(HERE / "accessible_walker.py"), str(out)]
    window = [sys.executable, str(HERE / "accessible_window.py"), str(folder)]
    done = subprocess.run(
        [*screen, *walker, *window], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: Scenes = json.loads(out.read_text(encoding="utf-8"))
    return found


def has_bindings() -> bool:
    """Whether the system's Python can ask the accessibility bus."""
    asked = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
    return not subprocess.run([SYSTEM_PYTHON, "-c", asked], capture_output=True, check=False).returncode


def shown(scenes: Scenes) -> Iterator[tuple[str, Node]]:
    """What is in sight, with the scene that it is in."""
    for scene, nodes in scenes.items():
        yield from ((scene, one) for one in nodes if "showing" in one["states"])


def test_a_screen_reader_is_told_everything(tmp_path: Path) -> None:
    """One test, because the walk takes its time: each check below gives what is wrong, and nothing is."""
    scenes = read_out(tmp_path)
    assert list(scenes) == ["start", "who", *(one.name for one in WALKS)]
    assert [name for name, nodes in scenes.items() if len(nodes) < 10] == []
    checks = (
        without_name_or_role,
        of_one_name,
        fields_without_caption,
        tables_without_headers,
        pictures_without_words,
        values_that_are_hidden,
        descriptions_in_markup,
    )
    assert {check.__name__: wrong for check in checks if (wrong := check(scenes))} == {}


def without_name_or_role(scenes: Scenes) -> list[str]:
    """Controls that say nothing of themselves."""
    return [
        f"{scene}: {one['role']} {one['name']!r} {one['path']}"
        for scene, one in shown(scenes)
        if "focusable" in one["states"]
        and one["role"] not in CELLS  # a cell may be empty
        and (one["role"] not in ROLES or not one["name"].strip())
    ]


def of_one_name(scenes: Scenes) -> list[str]:
    """Neighbours that cannot be told from each other."""
    counted = Counter(
        (scene, tuple(one["path"][:-1]), one["role"], one["name"])
        for scene, one in shown(scenes)
        if "focusable" in one["states"] and one["role"] not in (*CELLS, "label")
    )
    return [f"{scene}: {role} {name!r}" for (scene, _, role, name), number in counted.items() if number > 1]


def fields_without_caption(scenes: Scenes) -> list[str]:
    """A chooser's name is what is chosen, on Linux: what it chooses stands beside it, or in its description."""
    return [
        f"{scene}: {one['role']} {one['name']!r}"
        for scene, one in shown(scenes)
        if one["role"] in ("combo box", "text", "password text")
        and "focusable" in one["states"]
        and not (any(one["relations"].get("labelled-by", [])) or _names_itself(one))
    ]


def _names_itself(one: Node) -> bool:
    told = one["description"] if one["role"] == "combo box" else one["name"]
    return bool(told) and told != one.get("text", "") and (one["role"] != "combo box" or told != one["name"])


def tables_without_headers(scenes: Scenes) -> list[str]:
    """Tables whose columns have no names, and tables that are not there."""
    tables = [(scene, one) for scene, one in shown(scenes) if one["role"] in ("table", "tree")]
    wanted = {"Lines to be moderated", "Ranking", "Criteria of the bid", "Bids", "Criteria with their weightings"}
    found = sorted(wanted - {one["name"] for _, one in tables})
    # Without a row Qt tells the headers as children of the table only.
    filled = [(scene, one) for scene, one in tables if not one["headers"] or one["children"] != len(one["headers"])]
    return found + [f"{scene}: {one['name']}" for scene, one in filled if not one["headers"] or not all(one["headers"])]


def pictures_without_words(scenes: Scenes) -> list[str]:
    """Pictures that we paint, and pages: what they show is said."""
    pictures = {
        f"{one['name']}: {one['description']}" for _, one in shown(scenes) if one["role"] in ("image", "document frame")
    }
    cells = {one["name"] for _, one in shown(scenes) if one["role"] == "table cell"}
    wanted = {"My progress in lot L1: 60 complete", "Stage 3 of 8: Scoring: ", "Scores: CH1 4, PM1 4, TS1 3, YE1 5: "}
    found = sorted(wanted - pictures)
    found += sorted({"Total: 80.74", "Quality of 70: 52.64", "Price of 30: 28.10"} - cells)  # of the bars
    if not any("We already meet 1,140 young people a year" in one for one in pictures):
        found.append("the words of a bid's page")
    return found + [one for one in pictures if len(one) < 12]


def values_that_are_hidden(scenes: Scenes) -> list[str]:
    """A label that shows a value is read as that value, with its caption beside it."""
    facts = {
        (one["name"], tuple(one["relations"].get("labelled-by", [])))
        for scene, one in shown(scenes)
        if scene == "setup draft OF1 The tender" and one["role"] == "label"
    }
    bars = {(one["name"], ()) for _, one in shown(scenes) if one["role"] == "progress bar"}
    wanted = {("PTSCF-2026-014", ("Reference",)), ("3 people", ("Quorum",)), ("CH1: 0 of 108", ())}
    return [name for name, _ in wanted - facts - bars]


def descriptions_in_markup(scenes: Scenes) -> list[str]:
    """Descriptions that would be read out with their tags."""
    return [one["description"] for _, one in shown(scenes) if "<p>" in one["description"]]
