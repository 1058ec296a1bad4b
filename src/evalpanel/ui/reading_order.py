"""Tab goes through the window in the order in which it is read: from the top down, and along a row from the left.

Qt's own order is that in which widgets were made. Cards fold, parts come and go, and columns turn into rows here, so
the order is read off the window as it stands when the key is pressed.
"""

from __future__ import annotations

from functools import cmp_to_key

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QButtonGroup, QScrollArea, QWidget

_SLACK = 6  # pixels: what stands in one row need not be as high


def stops(window: QWidget, here: QWidget | None = None) -> list[QWidget]:
    """The widgets that Tab reaches, in order. Of a group of choices it is one: the marked, or the first. `here` is one."""
    found: list[QWidget] = []
    groups: dict[QButtonGroup, int] = {}
    for one in _walk(window):
        if one is not here and not _takes_focus(one):
            continue
        group = one.group() if isinstance(one, QAbstractButton) else None
        if group is None or not isinstance(one, QAbstractButton) or not one.autoExclusive():
            found.append(one)
        elif group not in groups:
            groups[group] = len(found)
            found.append(one)
        elif one is here or (one.isChecked() and found[groups[group]] is not here):
            found[groups[group]] = one
    return found


def step(window: QWidget, *, forward: bool) -> bool:
    """Give the focus to what is read next, or before; after the last comes the first. False where there is nothing."""
    here = QApplication.focusWidget()
    if here is not None and not window.isAncestorOf(here):
        here = None
    all_of_them = stops(window, here)
    if not all_of_them:
        return False
    if here in all_of_them:
        at = (all_of_them.index(here) + (1 if forward else -1)) % len(all_of_them)
    else:
        at = 0 if forward else -1
    then = all_of_them[at]
    reasons = Qt.FocusReason
    then.setFocus(reasons.TabFocusReason if forward else reasons.BacktabFocusReason)
    bring_in_sight(then)
    return True


def bring_in_sight(one: QWidget) -> None:
    """Scroll every place that this stands in, so that it can be seen."""
    area = one.parentWidget()
    while area is not None:
        inside = area.widget() if isinstance(area, QScrollArea) else None
        if inside is not None and isinstance(area, QScrollArea) and inside.isAncestorOf(one):
            area.ensureWidgetVisible(one, 0, 24)
        area = area.parentWidget()


def _takes_focus(one: QWidget) -> bool:
    tab = Qt.FocusPolicy.TabFocus
    # A choice of a group keeps its turn, whichever Qt lets in at the moment.
    choice = isinstance(one, QAbstractButton) and one.group() is not None and one.autoExclusive()
    return (choice or one.focusPolicy() & tab == tab) and one.isEnabled() and one.focusProxy() is None


def _walk(parent: QWidget) -> list[QWidget]:
    found: list[QWidget] = []
    for child in sorted(_children(parent), key=cmp_to_key(_before)):
        found.append(child)
        found.extend(_walk(child))
    return found


def _children(parent: QWidget) -> list[QWidget]:
    if isinstance(parent, QAbstractScrollArea) and not isinstance(parent, QScrollArea):
        return []  # the rows of a list or the pages of a document have one stop together
    way = Qt.FindChildOption.FindDirectChildrenOnly
    return [one for one in parent.findChildren(QWidget, options=way) if one.isVisible() and not one.isWindow()]


def _before(one: QWidget, other: QWidget) -> int:
    a, b = one.geometry(), other.geometry()
    if a.bottom() <= b.top() + _SLACK and a.top() < b.top():
        return -1
    if b.bottom() <= a.top() + _SLACK and b.top() < a.top():
        return 1
    return a.left() - b.left()
