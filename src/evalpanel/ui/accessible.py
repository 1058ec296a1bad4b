"""What a screen reader is told of widgets that Qt does not know: pictures painted here, and places that scroll.

Qt calls all of them fillers, and a reader passes fillers over.
"""

from __future__ import annotations

import functools

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QApplication, QComboBox, QScrollArea, QWidget

_TOLD = "accessible-roles"


@functools.cache
def _roles() -> dict[str, QAccessible.Role]:
    """By the name of a class, as Qt asks: for the widget's own class first, then for each that it comes from."""
    # Made when it is first asked for: the names of all roles take time, and the window opens without them.
    return {
        "ProgressGrid": QAccessible.Role.Graphic,
        "Legend": QAccessible.Role.Graphic,
        "StageLine": QAccessible.Role.Graphic,
        "SpreadDots": QAccessible.Role.Graphic,
        "WallScale": QAccessible.Role.Graphic,
        "QPdfView": QAccessible.Role.Document,
        "MemberWords": QAccessible.Role.Pane,
        "StartWindow": QAccessible.Role.Window,
        "Projector": QAccessible.Role.Window,
    }


def tell_roles(app: QApplication) -> None:
    """Answer Qt's questions about our widgets, from now on. Asked for only where something listens."""
    if not app.property(_TOLD):
        QAccessible.installFactory(_described)
        app.setProperty(_TOLD, True)


def _described(kind: str, held: QObject) -> QAccessibleInterface | None:
    if not isinstance(held, QWidget):
        return None
    if kind in _roles():
        return QAccessibleWidget(held, _roles()[kind])
    if kind == "QScrollArea" and isinstance(held, QScrollArea) and held.accessibleName():
        return QAccessibleWidget(held, QAccessible.Role.Pane)  # one with a name is a place of its own
    return None


def listening() -> bool:
    """Whether something asks what is on the window: a screen reader, a magnifier, a test."""
    return QAccessible.isActive()


def announce(widget: QWidget, text: str, *, at_once: bool = False) -> None:
    """Have a screen reader say something that appeared without taking the focus; `at_once` breaks off what it is saying."""
    event = QAccessibleAnnouncementEvent(widget, text)
    wishes = QAccessible.AnnouncementPoliteness
    event.setPoliteness(wishes.Assertive if at_once else wishes.Polite)
    QAccessible.updateAccessibility(event)


def name_chooser(box: QComboBox, name: str) -> None:
    """Name a chooser that has no words beside it. On Linux its name is what is chosen, so it is described as well."""
    box.setAccessibleName(name)
    box.setAccessibleDescription(name)
