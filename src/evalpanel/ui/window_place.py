"""Where the window stands: its size and place as they were left, and never larger than the screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QSettings, QSize
from PySide6.QtWidgets import QWidget

USUAL = QSize(1366, 768)
_FRAME = QSize(16, 48)  # what a desktop draws round a window, as long as it is not shown yet
_KEY = "window/geometry"


def first_size(available: QSize) -> QSize | None:
    """How large the window is when it is first opened on a screen with so much room; None: it fills the screen."""
    room = available - _FRAME
    if room.width() < USUAL.width() or room.height() < USUAL.height():
        return None
    return USUAL


def settings(root: Path) -> QSettings:
    """What the window remembers beside the profile in `root`: never anything of a tender."""
    return QSettings(str(root / "window.ini"), QSettings.Format.IniFormat)


def appear(window: QWidget, held: QSettings) -> None:
    """Show the window as it was left; the first time in its usual size, or filling a screen that is smaller."""
    available = window.screen().availableGeometry()
    left = held.value(_KEY)
    # Qt puts a window back onto a screen that is there, even where the one on which it was left is gone.
    if isinstance(left, QByteArray) and window.restoreGeometry(left):
        _inside(window, available)
        window.show()
        return
    size = first_size(available.size())
    if size is None:
        window.resize((available.size() - _FRAME).boundedTo(USUAL))
        window.showMaximized()
        return
    window.resize(size)
    window.move(available.center() - QRect(available.topLeft(), size).center() + available.topLeft())
    window.show()


def keep(window: QWidget, held: QSettings) -> None:
    """Remember how the window was left."""
    held.setValue(_KEY, window.saveGeometry())


def _inside(window: QWidget, available: QRect) -> None:
    if not window.isMaximized() and not window.isFullScreen():
        window.resize(window.size().boundedTo(available.size() - _FRAME))
