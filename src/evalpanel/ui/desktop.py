"""What the desktop asks for: light or dark, high contrast and its colours, and the size of text.

The window follows while it is open. Motion needs no switch: nothing in the window moves by itself, and what Qt animates
(menus, tips) it animates only where the system asks for it.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from evalpanel.ui import accessible, theme
from evalpanel.ui.theme import Colours, Look

USUAL = {"win32": 12.0, "darwin": 13.0}
"""Pixels of a system's text at 100 %, at 96 dots an inch; elsewhere the largest that is usual, 11 points."""
_ELSEWHERE = 44 / 3
LARGEST = 2.0
_ASKED = "asked-look"


def scale_of(pixels: float, platform: str) -> float:
    """How much larger than usual a system's text of so many pixels is: 1.0 to 2.0, in steps of a twentieth."""
    scale = pixels / USUAL.get(platform, _ELSEWHERE)
    return min(LARGEST, max(1.0, round(scale * 20) / 20))


def text_scale() -> float:
    """The size of text that a person has set for the whole desktop."""
    return scale_of(QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)).pixelSize(), sys.platform)


def colours(look: Look) -> Colours:
    """The colours of a look; `SYSTEM` asks the desktop."""
    if look is not Look.SYSTEM:
        return theme.FIXED[look]
    hints = QGuiApplication.styleHints()
    wishes = hints.accessibility()
    if wishes.contrastPreference() is Qt.ContrastPreference.HighContrast:
        return theme.in_system_colours(QGuiApplication.palette())
    return theme.DARK if hints.colorScheme() is Qt.ColorScheme.Dark else theme.LIGHT


def dress(app: QApplication, look: Look = Look.SYSTEM, *, scale: float | None = None) -> None:
    """Dress the application, and again whenever the desktop asks for something else. `scale` None: as the desktop has it."""
    wanted = text_scale() if scale is None else scale

    def now() -> None:
        if app.property(_ASKED) == look.value:  # and not for a look that was chosen since
            app.setPalette(QPalette())  # the desktop's own again, to be read
            theme.wear(app, colours(look), scale=wanted)

    app.setProperty(_ASKED, look.value)
    accessible.tell_roles(app)
    now()
    if look is Look.SYSTEM:
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(lambda *_: now())
        hints.accessibility().contrastPreferenceChanged.connect(lambda *_: now())
