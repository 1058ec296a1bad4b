"""The window follows what the desktop asks for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication

from evalpanel.ui import desktop, theme
from evalpanel.ui.theme import Look


@pytest.fixture(autouse=True)
def _dressed(qapp: QApplication) -> Iterator[None]:
    yield
    theme.apply(qapp)


@pytest.mark.parametrize(
    ("pixels", "platform", "scale"),
    [
        (12, "win32", 1.0),
        (24, "win32", 2.0),
        (27, "win32", 2.0),  # what is larger scrolls too much
        (18, "win32", 1.5),
        (13, "darwin", 1.0),
        (44 / 3, "linux", 1.0),
        (13, "linux", 1.0),  # a system whose text is small keeps ours
        (22, "linux", 1.5),
        (0, "linux", 1.0),
    ],
)
def test_text_is_as_large_as_the_system_has_it(pixels: float, platform: str, scale: float) -> None:
    assert desktop.scale_of(pixels, platform) == scale


def test_dress_follows_the_desktop_and_keeps_a_look_that_was_chosen(qapp: QApplication) -> None:
    desktop.dress(qapp)
    assert theme.colours() == theme.LIGHT  # what this desktop, which draws into memory, asks for
    desktop.dress(qapp, Look.DARK)
    assert theme.colours() == theme.DARK
    hints = qapp.styleHints()
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert theme.colours() == theme.DARK


def test_dress_looks_again_when_the_desktop_turns(qapp: QApplication) -> None:
    desktop.dress(qapp, Look.SYSTEM)
    theme.apply(qapp, Look.CONTRAST)
    hints = qapp.styleHints()
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert theme.colours() == theme.LIGHT
    theme.apply(qapp, Look.CONTRAST)
    wishes = hints.accessibility()
    wishes.contrastPreferenceChanged.emit(wishes.contrastPreference())
    assert theme.colours() == theme.LIGHT


def test_dress_makes_text_as_large_as_asked(qapp: QApplication) -> None:
    desktop.dress(qapp, Look.LIGHT, scale=1.5)
    assert QFontInfo(qapp.font()).pixelSize() == 21
