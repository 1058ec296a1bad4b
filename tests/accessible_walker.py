"""Walks the accessibility tree of a window as a screen reader does. Runs under the system's own Python, which has `gi`.

`python3 accessible_walker.py OUT COMMAND...` starts the command, and at each of its lines `ready NAME` writes what can
be read of it; OUT becomes a JSON object of scenes, each a list of nodes in the order of the tree.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import gi  # type: ignore[import-not-found]  # the system's Python has it, ours has not

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # type: ignore[import-not-found]  # noqa: E402  # as above; the version is chosen first

MOST_CHILDREN = 80  # of a table: its headers and first rows are enough
STATES = ("FOCUSABLE", "FOCUSED", "SHOWING", "VISIBLE", "ENABLED", "EDITABLE", "CHECKABLE", "CHECKED", "SELECTABLE")
CALLS = {name: getattr(Atspi.StateType, name) for name in STATES}


def application(process: subprocess.Popen[str]) -> Any:
    """The root of what the process shows, as soon as it is on the bus."""
    for _ in range(200):
        desktop = Atspi.get_desktop(0)
        for place in range(desktop.get_child_count()):
            one = desktop.get_child_at_index(place)
            if one is not None and one.get_process_id() == process.pid:
                return one
        time.sleep(0.05)
    raise SystemExit("the window did not come to the accessibility bus")


def relations(one: Any) -> dict[str, list[str]]:
    """Names of what the node is related to, by kind."""
    found: dict[str, list[str]] = {}
    for relation in one.get_relation_set() or ():
        kind = relation.get_relation_type().value_nick
        found[kind] = [
            target.get_name()
            for place in range(relation.get_n_targets())
            if (target := relation.get_target(place)) is not None
        ]
    return found


def node(one: Any, path: list[int], role: str, states: Any) -> dict[str, Any]:
    """What can be read of one node."""
    have = set(one.get_interfaces())
    box = one.get_extents(Atspi.CoordType.SCREEN) if "Component" in have else None
    found = {
        "path": path,
        "role": role,
        "name": one.get_name() or "",
        "description": one.get_description() or "",
        "states": [name.lower() for name in STATES if states.contains(CALLS[name])],
        "relations": relations(one),
        "children": one.get_child_count(),
        "interfaces": sorted(have),
        "box": [box.x, box.y, box.width, box.height] if box is not None else None,
    }
    if "Text" in have:
        found["text"] = Atspi.Text.get_text(one, 0, min(Atspi.Text.get_character_count(one), 400))
    if "Value" in have:
        found["value"] = Atspi.Value.get_current_value(one)
    if "Table" in have:
        columns = Atspi.Table.get_n_columns(one)
        headers = [Atspi.Table.get_column_header(one, place) for place in range(columns)]
        found["headers"] = [header.get_name() if header is not None else None for header in headers]
    return found


def walk(one: Any, path: list[int], found: list[dict[str, Any]]) -> None:
    """Everything in sight under a node."""
    role = one.get_role_name()
    states = one.get_state_set()
    if not states.contains(Atspi.StateType.VISIBLE) and role not in ("application", "table cell", "list item"):
        return
    if role != "application":
        found.append(node(one, path, role, states))
    for place in range(min(one.get_child_count(), MOST_CHILDREN)):
        child = one.get_child_at_index(place)
        if child is not None:
            walk(child, [*path, place], found)


def main(out: str, command: list[str]) -> int:
    """Look at every scene that the command shows."""
    scenes: dict[str, list[dict[str, Any]]] = {}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as shown:
        assert shown.stdin is not None and shown.stdout is not None, "they are pipes"
        root = None
        for line in shown.stdout:
            if not line.startswith("ready "):
                continue
            if root is None:
                root = application(shown)
            nodes: list[dict[str, Any]] = []
            root.clear_cache()
            walk(root, [], nodes)
            scenes[line.removeprefix("ready ").strip()] = nodes
            shown.stdin.write("on\n")
            shown.stdin.flush()
    Path(out).write_text(json.dumps(scenes, ensure_ascii=False), encoding="utf-8")
    return shown.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
