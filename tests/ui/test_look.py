"""The colours of every look can be told apart, and the focus can be seen on every control."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.ui import theme
from evalpanel.ui.catalogue import factories
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from evalpanel.ui.theme import Colours, Look
from walked import take_away

GROUNDS = ("page", "surface", "raised", "tint")
TEXTS = [
    *((ink, ground) for ink in ("text", "muted", "accent", "danger", "ok", "warn") for ground in GROUNDS),
    ("text", "warn_tint"),
    ("warn", "warn_tint"),
    ("accent", "warn_tint"),
    ("on_accent", "accent"),
]
SHAPES = [*((ink, ground) for ink in ("muted", "accent", "focus") for ground in GROUNDS), ("focus", "warn_tint")]


def _too_close(held: Colours, pairs: list[tuple[str, str]], least: float) -> list[str]:
    found = [(ink, ground, theme.contrast(getattr(held, ink), getattr(held, ground))) for ink, ground in pairs]
    return [f"{ink} on {ground}: {ratio:.2f}" for ink, ground, ratio in found if ratio < least]


def test_contrast_counts_as_wcag_does() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # the grey that just fails
    assert theme.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)  # and the one that just does not


@pytest.mark.parametrize("look", list(theme.FIXED))
def test_texts_stand_out_from_what_they_stand_on(look: Look) -> None:
    assert _too_close(theme.FIXED[look], TEXTS, 4.5) == []


@pytest.mark.parametrize("look", list(theme.FIXED))
def test_shapes_borders_and_focus_stand_out(look: Look) -> None:
    assert _too_close(theme.FIXED[look], SHAPES, 3) == []


def _palette(base: str, text: str, highlight: str, highlighted: str) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, value in (
        (roles.Base, base),
        (roles.Text, text),
        (roles.Highlight, highlight),
        (roles.HighlightedText, highlighted),
    ):
        palette.setColor(role, QColor(value))
    return palette


def test_high_contrast_takes_the_colours_of_the_system() -> None:
    held = theme.in_system_colours(_palette("#202020", "#ffffff", "#8ee3f0", "#263b50"))
    assert (held.page, held.text, held.accent, held.on_accent, held.border) == (
        "#202020",
        "#ffffff",
        "#8ee3f0",
        "#263b50",
        2,
    )
    assert _too_close(held, TEXTS, 4.5) == []


def test_high_contrast_lets_a_pale_highlight_of_the_system_go() -> None:
    held = theme.in_system_colours(_palette("#ffffff", "#000000", "#99ccff", "#ffffff"))
    assert (held.accent, held.on_accent) == ("#000000", "#ffffff")
    assert _too_close(held, [*TEXTS, *SHAPES], 4.5) == []


def test_high_contrast_is_ours_where_the_system_has_none() -> None:
    assert theme.in_system_colours(_palette("#dddddd", "#888888", "#99ccff", "#ffffff")) == theme.CONTRAST


@pytest.fixture
def dressed(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Colours]:
    """The look that the test asks for; put back afterwards."""
    theme.apply(qapp, request.param)
    yield theme.colours()
    take_away()
    theme.apply(qapp)


def _reached(shell: Shell) -> list[QWidget]:
    """What Tab leads to on the page that is shown, in order."""
    found: list[QWidget] = []
    for _ in range(80):
        held = QApplication.focusWidget()
        if held in found:
            break
        if held is not None and held is not shell:
            found.append(held)
        shell.focusNextChild()
    return found


@pytest.mark.parametrize("dressed", list(theme.FIXED), indirect=True)
@pytest.mark.parametrize(
    ("stage", "person", "keys"),
    [
        ("draft", "OF1", ("home", "setup", "panel")),
        ("scoring", "CH1", ("scoring",)),
        ("signed", "CH1", ("moderation",)),
        ("outcome", "OF1", ("outcome", "letters", "record")),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_focus_is_seen_on_every_control(
    qtbot: QtBot, tmp_path: Path, dressed: Colours, stage: str, person: str, keys: tuple[str, ...]
) -> None:
    unseen = []
    with ui_stage.at(stage, tmp_path) as space:
        shell = Shell(Session(space, ui_stage.REFERENCE, person), factories())
        qtbot.addWidget(shell)
        shell.resize(1366, 768)
        shell.show()
        shell.activateWindow()
        qtbot.waitUntil(shell.isActiveWindow)
        for key in keys:
            shell.show_place(key)
            qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=20_000)
            reached = _reached(shell)
            assert len(reached) > 1, f"Tab leads to too little on {key}"
            for widget in reached:
                if not widget.isVisible():
                    continue
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                QApplication.processEvents()
                seen = widget.grab().toImage()
                shell.setFocus(Qt.FocusReason.OtherFocusReason)
                if seen == widget.grab().toImage() or not _has(seen, dressed.focus):
                    unseen.append(f"{key}: {type(widget).__name__} {widget.accessibleName()!r}")
        shell.close()
    assert "\n".join(unseen) == ""


def _has(picture: QImage, colour: str) -> bool:
    """Whether a colour is in a picture, as a line at least: twenty pixels of it, or of what smoothing makes of it."""
    wanted = QColor(colour)
    held = bytes(picture.convertToFormat(QImage.Format.Format_RGB32).constBits())
    pixels = Counter(held[at : at + 4] for at in range(0, len(held), 4))
    parts = (wanted.blue(), wanted.green(), wanted.red())
    return (
        sum(
            count
            for pixel, count in pixels.items()
            if max(abs(one - other) for one, other in zip(pixel, parts, strict=False)) <= 40
        )
        >= 20
    )
