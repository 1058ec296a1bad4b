"""Tab goes through every page in the order in which it is read, reaches every control once, and is never caught."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from evalpanel.ui.shell import Shell
from walked import Walk, shells, who

SLACK = 6  # pixels: what stands in one row need not be as high


def test_tab_reads_every_page(qtbot: QtBot, tmp_path: Path) -> None:
    wrong: list[str] = []
    for walk, shell in shells(tmp_path):
        qtbot.waitUntil(shell.isActiveWindow, timeout=10_000)
        first = start(shell)
        seen = tabbed(first)
        at = next(
            place for place, one in enumerate(seen) if shell.rail.isAncestorOf(one) and one.property("role") == "place"
        )
        seen = seen[at:] + seen[:at]  # the window is read from its rail
        wanted = stops(shell)
        wrong += [f"{walk.name}: {told(one)} is not reached" for one in wanted if not reached(one, seen)]
        wrong += [f"{walk.name}: {told(one)} is reached twice" for one in seen if seen.count(one) > 1]
        wrong += [f"{walk.name}: caught in {told(seen[-1])}"] if seen[-1] is seen[0] and len(seen) > 1 else []
        wrong += [f"{walk.name}: from {told(a)} back to {told(b)}" for a, b in backwards(seen, shell)]
    assert wrong == []


def test_tab_goes_from_the_line_to_the_document_to_the_score(qtbot: QtBot, tmp_path: Path) -> None:
    walk = Walk("scoring", "YE1", "scoring")
    names: list[str] = []
    for _, shell in shells(tmp_path, (walk,)):
        qtbot.waitUntil(shell.isActiveWindow, timeout=10_000)
        names = [named(one) for one in tabbed(start(shell))]
    at = names.index("My scoring, 0 of 36")
    assert names[at:] + names[:at] == [
        "My scoring, 0 of 36",
        "YE1 · Ellis",
        "Keys",
        "Lot",
        "Bid",
        "Criterion",
        "Progress",
        "Document",
        "Smaller",
        "Larger",
        "Fit to width",
        "Reaching and hearing young people  (PDF), 3 pages",
        "Guidance of the tender on this criterion",
        "0 No answer",
        "Abstain",
        "Why this score",
        "Use page 1 as evidence",
        "What could be improved",
        "Working note",
        "Versions",
        "Next",
        "Next unscored  Ctrl+↵",
    ]


@pytest.mark.parametrize(
    ("walk", "part"),
    [
        (Walk("scoring", "YE1", "scoring", None, ("Ctrl+F",)), "Words to look for in this document"),
        (Walk("scoring", "PM1", "scoring", None, ("Versions",)), "Versions of this answer, the newest first"),
        (Walk("scoring", "PM1", "scoring", None, ("Reopen",)), "Reason for opening the sheet again"),
        (Walk("scoring", "OF1", "panel", None, ("Record an absence",)), "The reason"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_escape_leaves(qtbot: QtBot, tmp_path: Path, walk: Walk, part: str) -> None:
    for _, shell in shells(tmp_path, (walk,)):
        qtbot.waitUntil(shell.isActiveWindow, timeout=10_000)
        opened = [one for one in shell.findChildren(QWidget) if one.accessibleName() == part and one.isVisible()]
        assert len(opened) == 1
        assert opened[0].hasFocus(), "one types there at once"
        QTest.keyClick(opened[0], Qt.Key.Key_Escape)
        assert not opened[0].isVisible()
        assert focused().isVisible()


def start(shell: Shell) -> QWidget:
    """Any control of the window, with the focus on it."""
    at = stops(shell)[0]
    at.setFocus(Qt.FocusReason.TabFocusReason)
    return at


def tabbed(first: QWidget) -> list[QWidget]:
    """What Tab reaches, in order, until it is at the first again."""
    seen = [first]
    for _ in range(300):
        held = focused()
        QTest.keyClick(held, Qt.Key.Key_Tab)
        now = focused()
        if now is first:
            return seen
        seen.append(now)
        if now is held:
            return seen
    return seen


def focused() -> QWidget:
    held = QApplication.focusWidget()
    assert held is not None, "the focus is somewhere"
    return held


def is_stop(one: QWidget, shell: Shell) -> bool:
    tab = Qt.FocusPolicy.TabFocus
    return (
        one.focusPolicy() & tab == tab
        and one.isVisible()
        and one.isEnabled()
        and one.focusProxy() is None
        and one.window() is shell
        and not (isinstance(one, QLabel) and not one.text())
    )


def stops(shell: Shell) -> list[QWidget]:
    return [one for one in shell.findChildren(QWidget) if is_stop(one, shell)]


def reached(one: QWidget, seen: list[QWidget]) -> bool:
    """Of one group of choices one is reached, and the arrow keys go on from there."""
    if one in seen:
        return True
    group = one.group() if isinstance(one, QAbstractButton) else None
    return group is not None and any(other in seen for other in group.buttons())


def backwards(seen: list[QWidget], shell: Shell) -> list[tuple[QWidget, QWidget]]:
    """Steps to something that is read before: in the same row at its left, or above it and not in a column at its right."""
    found = []
    for a, b in pairwise(seen):
        if a.isAncestorOf(b) or b.isAncestorOf(a):
            continue
        old, new = apart(a, b, shell)
        same_row = new.top() < old.bottom() - SLACK and new.bottom() > old.top() + SLACK
        left = new.right() <= old.left() + SLACK
        above = new.bottom() <= old.top() + SLACK
        right = new.left() >= old.right() - SLACK
        if (same_row and left) or (above and not right):
            found.append((a, b))
    return found


def apart(a: QWidget, b: QWidget, shell: Shell) -> tuple[QRect, QRect]:
    """Where two widgets stand in what holds both: what scrolls moves as one."""
    above, beside = line(a, shell), line(b, shell)
    both = next(place for place, (one, other) in enumerate(zip(above, beside, strict=False)) if one is not other)
    return above[both].geometry(), beside[both].geometry()


def line(one: QWidget, shell: Shell) -> list[QWidget]:
    """What holds a widget, from the window down to itself."""
    found = [one]
    while (parent := found[0].parentWidget()) is not None and parent is not shell:
        found.insert(0, parent)
    return found


def named(one: QWidget) -> str:
    return one.accessibleName() or (one.text() if isinstance(one, QAbstractButton) else "")


def told(one: QWidget) -> str:
    return f"{type(one).__name__} {named(one)[:50]!r}"


def test_enter_presses_what_has_the_focus_and_once(qtbot: QtBot, tmp_path: Path) -> None:
    for _, shell in shells(tmp_path, (Walk("empty", "", "home"),)):
        qtbot.waitUntil(shell.isActiveWindow, timeout=10_000)
        step = shell.page("home").primary
        assert step.hasFocus(), "what one does next"
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
        QApplication.sendEvent(step, held)
        assert shell.here == "home", "a key that is held down goes no step further"
        QTest.keyClick(step, Qt.Key.Key_Return)
        assert shell.here == "setup"


def test_people_to_choose_from_stand_apart(qtbot: QtBot, tmp_path: Path) -> None:
    for dialog in who(tmp_path):
        qtbot.waitExposed(dialog)
        rows = [dialog.people.visualItemRect(dialog.people.item(row)) for row in range(dialog.people.count())]
        assert [b.top() - a.bottom() for a, b in pairwise(rows)] == [1] * (len(rows) - 1)
