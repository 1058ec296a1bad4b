"""How the window looks: roles of colour in light, dark and high contrast, one font, one small stylesheet.

Fusion with this palette; colours are named by role and never by hue. All text pairs hold 4.5:1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from evalpanel.system.resources import resource

FAMILY = "Atkinson Hyperlegible"
BODY, TITLE, CARD_TITLE, SMALL = 14, 22, 16, 12  # pixels at 100 %
STEP = 4


class Look(StrEnum):
    """Which set of colours; `SYSTEM` follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one look, by role. `border` is the width of lines round controls, in pixels."""

    page: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    tint: str
    warn: str
    warn_tint: str
    danger: str
    ok: str
    focus: str
    border: int = 1


LIGHT = Colours(
    page="#F5F4F0",
    surface="#FFFFFF",
    raised="#FBFAF8",
    line="#DDDAD2",
    text="#1C2024",
    muted="#5A626B",
    accent="#0B655D",
    on_accent="#FFFFFF",
    tint="#E2F0EE",
    warn="#8A5200",
    warn_tint="#FBF0DC",
    danger="#B0231A",
    ok="#1A7335",
    focus="#1D4ED8",
)
DARK = Colours(
    page="#14171A",
    surface="#1C2024",
    raised="#20252A",
    line="#353C43",
    text="#E9EBED",
    muted="#A6AEB6",
    accent="#5CC8BB",
    on_accent="#06211E",
    tint="#17383A",
    warn="#F2B95A",
    warn_tint="#3A2E17",
    danger="#FF9186",
    ok="#79D295",
    focus="#8AB4FF",
)
CONTRAST = Colours(
    page="#000000",
    surface="#000000",
    raised="#000000",
    line="#FFFFFF",
    text="#FFFFFF",
    muted="#FFFFFF",
    accent="#FFFF00",
    on_accent="#000000",
    tint="#333300",
    warn="#FFC266",
    warn_tint="#2B1D00",
    danger="#FFA8A0",
    ok="#9CFFB4",
    focus="#66D9FF",
    border=2,
)
FIXED = {Look.LIGHT: LIGHT, Look.DARK: DARK, Look.CONTRAST: CONTRAST}

_current = LIGHT


def colours() -> Colours:
    """The colours of the look that is in use, for widgets that paint themselves."""
    return _current


def colour(role: str) -> QColor:
    """One colour by its role."""
    return QColor(getattr(_current, role))


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, 1 to 21, as WCAG 2 counts it. Text wants 4.5, borders and shapes want 3."""
    dark, bright = sorted((_luminance(one), _luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour_: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    held = QColor(colour_)
    return 0.2126 * linear(held.redF()) + 0.7152 * linear(held.greenF()) + 0.0722 * linear(held.blueF())


def in_system_colours(palette: QPalette) -> Colours:
    """High contrast in the colours of the system, where they are far enough apart; ours where they are not."""
    roles = QPalette.ColorRole
    page, text, accent, on_accent = (
        palette.color(role).name() for role in (roles.Base, roles.Text, roles.Highlight, roles.HighlightedText)
    )
    if contrast(page, text) < 7:
        return CONTRAST
    if contrast(page, accent) < 4.5 or contrast(accent, on_accent) < 4.5:
        accent, on_accent = text, page
    return Colours(
        page=page,
        surface=page,
        raised=page,
        line=text,
        text=text,
        muted=text,
        accent=accent,
        on_accent=on_accent,
        tint=page,
        warn=text,
        warn_tint=page,
        danger=text,
        ok=text,
        focus=accent,
        border=2,
    )


def apply(app: QApplication, look: Look = Look.LIGHT, *, scale: float = 1.0) -> None:
    """Dress the whole application in a look that does not ask the desktop. `scale` makes all text larger (2.0 is 200 %)."""
    wear(app, FIXED[look], scale=scale)


def wear(app: QApplication, held: Colours, *, scale: float = 1.0) -> None:
    """Dress the whole application in these colours."""
    global _current  # noqa: PLW0603  # painting widgets ask for the look that is in use; there is one application
    _current = held
    _have_fonts()
    font = QFont(FAMILY)
    font.setPixelSize(round(BODY * scale))
    app.setStyle("Fusion")
    app.setFont(font)
    app.setPalette(_palette(_current))
    app.setStyleSheet(_sheet(_current, scale))


@cache
def _have_fonts() -> None:
    """Bring our typeface in: once, because Qt measures every text again after each font that comes."""
    for style in ("Regular", "Bold", "Italic", "BoldItalic"):
        QFontDatabase.addApplicationFont(str(resource("fonts", f"AtkinsonHyperlegible-{style}.ttf")))


def _palette(held: Colours) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, value in (
        (roles.Window, held.page),
        (roles.WindowText, held.text),
        (roles.Base, held.surface),
        (roles.AlternateBase, held.raised),
        (roles.Text, held.text),
        (roles.Button, held.surface),
        (roles.ButtonText, held.text),
        (roles.Highlight, held.accent),
        (roles.HighlightedText, held.on_accent),
        (roles.ToolTipBase, held.raised),
        (roles.ToolTipText, held.text),
        (roles.PlaceholderText, held.muted),
        (roles.Link, held.accent),
        (roles.Mid, held.line),
    ):
        palette.setColor(role, QColor(value))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(held.muted))
    return palette


def _name(held: Colours) -> str:
    if _luminance(held.page) > 0.2:
        return "light"
    return "contrast" if held.border > 1 else "dark"


def _sheet(held: Colours, scale: float) -> str:
    def px(size: float) -> str:
        return f"{round(size * scale)}px"

    arrow, tick = (resource("theme", f"{what}-{_name(held)}.svg").as_posix() for what in ("arrow", "tick"))
    return f"""
QWidget#rail {{ background: {held.surface}; border-right: {held.border}px solid {held.line}; }}
QWidget#rail[lying="true"] {{ border-right: none; border-bottom: {held.border}px solid {held.line}; }}
QPushButton::menu-indicator {{ image: url("{arrow}"); width: {px(12)}; height: {px(12)}; subcontrol-origin: padding;
  subcontrol-position: right center; right: 10px; }}
QMenu {{ background: {held.surface}; color: {held.text}; border: {held.border}px solid {held.muted}; padding: 6px; }}
QMenu::item {{ padding: 8px 20px; border: 2px solid transparent; border-radius: 6px; }}
QMenu::item:selected {{ background: {held.tint}; border-color: {held.focus}; }}
QLabel#product {{ font-size: {px(CARD_TITLE)}; font-weight: bold; }}
QLabel[role="title"] {{ font-size: {px(TITLE)}; font-weight: bold; }}
QLabel[role="card-title"] {{ font-size: {px(CARD_TITLE)}; font-weight: bold; }}
QLabel[role="muted"] {{ color: {held.muted}; }}
QLabel[role="small"] {{ color: {held.muted}; font-size: {px(SMALL)}; }}
QLabel[role="warn"] {{ color: {held.warn}; background: {held.warn_tint}; border-radius: 8px; padding: 8px 12px; }}
QLabel[role="danger"] {{ color: {held.danger}; }}
QLabel[role="ok"] {{ color: {held.ok}; }}
QFrame[role="card"] {{ background: {held.surface}; border: {held.border}px solid {held.line}; border-radius: 10px; }}
QFrame[role="strip"] {{ background: {held.tint}; border-radius: 8px; }}
QFrame[role="strip-warn"] {{ background: {held.warn_tint}; border-radius: 8px; }}
QPushButton {{ background: {held.surface}; color: {held.text}; border: {held.border}px solid {held.muted};
  border-radius: 8px; padding: 0 14px; min-height: {px(34)}; }}
QPushButton:hover {{ background: {held.tint}; }}
QPushButton:disabled, QPushButton[role="primary"]:disabled {{ color: {held.muted}; background: {held.page};
  border: {held.border}px dashed {held.muted}; }}
QPushButton:focus {{ border: 2px solid {held.focus}; padding: 0 {12 + held.border}px; }}
QPushButton[role="primary"] {{ background: {held.accent}; color: {held.on_accent}; border-color: {held.accent};
  font-weight: bold; }}
QPushButton[role="primary"]:focus {{ border: 3px solid {held.focus}; padding: 0 {11 + held.border}px; }}
QPushButton[role="level"] {{ min-width: {px(40)}; font-weight: bold; padding: 0 4px; }}
QPushButton[role="level"]:checked {{ background: {held.accent}; color: {held.on_accent}; border-color: {held.accent}; }}
QPushButton[role="level"]:focus {{ border: 3px solid {held.focus}; padding: 0 {1 + held.border}px; }}
QPushButton[role="place"] {{ text-align: left; border: {held.border}px solid transparent; background: transparent;
  padding: 0 10px; }}
QPushButton[role="place"][shut="true"] {{ color: {held.muted}; font-style: italic; }}
QPushButton[role="place"]:hover {{ background: {held.raised}; }}
QPushButton[role="place"]:checked {{ background: {held.tint}; color: {held.accent}; font-weight: bold; }}
QPushButton[role="place"]:focus {{ border: 2px solid {held.focus}; padding: 0 {8 + held.border}px; }}
QPushButton[role="quiet"] {{ border: {held.border}px solid transparent; background: transparent; color: {held.accent};
  padding: 0 6px; }}
QPushButton[role="quiet"]:disabled {{ color: {held.muted}; }}
QPushButton[role="quiet"]:focus {{ border: 2px solid {held.focus}; padding: 0 {4 + held.border}px; }}
QFrame[role="chip"] {{ background: {held.tint}; border: {held.border}px solid {held.tint}; border-radius: {px(13)}; }}
QFrame[role="chip-warn"] {{ background: {held.warn_tint}; border: {held.border}px solid {held.warn}; border-radius: {px(13)}; }}
QPushButton[role="chip"] {{ border: 2px solid transparent; border-radius: {px(13)}; background: transparent;
  color: {held.accent}; padding: 0 8px; min-height: {px(22)}; font-size: {px(SMALL + 1)}; }}
QPushButton[role="chip"]:hover {{ background: {held.surface}; }}
QPushButton[role="chip"]:focus {{ border: 2px solid {held.focus}; }}
QPushButton[role="chip"][strong="true"] {{ font-weight: bold; }}
QFrame[role="chip-warn"] QPushButton[role="chip"] {{ color: {held.warn}; }}
QPlainTextEdit, QLineEdit, QComboBox, QDateTimeEdit, QTextBrowser, QListView, QTreeView, QTableView {{
  background: {held.surface}; color: {held.text}; border: {held.border}px solid {held.muted}; border-radius: 8px;
  selection-background-color: {held.accent}; selection-color: {held.on_accent}; }}
QPlainTextEdit, QLineEdit {{ padding: 6px 8px; }}
QComboBox::drop-down, QDateTimeEdit::drop-down {{ border: none; background: transparent; width: {px(26)}; }}
QComboBox::down-arrow, QDateTimeEdit::down-arrow {{ image: url("{arrow}"); width: {px(12)}; height: {px(12)}; }}
QLineEdit, QComboBox, QDateTimeEdit {{ min-height: {px(34)}; padding: 0 8px; }}
QPlainTextEdit:focus, QLineEdit:focus, QComboBox:focus, QDateTimeEdit:focus, QTextBrowser:focus, QListView:focus, QTreeView:focus,
QTableView:focus {{ border: 2px solid {held.focus}; }}
QListView, QTreeView, QTableView, QTextBrowser {{ border-color: {held.line}; }}
QListView, QTreeView, QTableView {{ outline: none; }}
QListView::item, QTreeView::item {{ padding: 6px 8px; }}
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {{
  background: {held.tint}; color: {held.text}; }}
QHeaderView::section {{ background: {held.surface}; color: {held.muted}; border: none;
  border-bottom: {held.border}px solid {held.line}; padding: 6px 8px; font-size: {px(SMALL)}; }}
QScrollArea {{ border: none; background: transparent; }}
QScrollArea:focus {{ border: 2px solid {held.focus}; border-radius: 8px; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QPdfView {{ border: 2px solid transparent; border-radius: 8px; }}
QPdfView:focus {{ border: 2px solid {held.focus}; }}
QSplitter::handle {{ background: transparent; }}
QScrollBar:vertical {{ width: 12px; background: transparent; margin: 0; }}
QScrollBar:horizontal {{ height: 12px; background: transparent; margin: 0; }}
QScrollBar::handle {{ background: {held.muted}; border-radius: 4px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QProgressBar {{ border: 1px solid {held.line}; background: {held.surface if held.border > 1 else held.line}; border-radius: 4px; max-height: 8px; }}
QProgressBar::chunk {{ background: {held.accent}; border-radius: 4px; }}
QCheckBox, QRadioButton {{ spacing: 8px; padding: 4px; border: 2px solid transparent; border-radius: 6px; }}
QCheckBox:focus, QRadioButton:focus {{ border-color: {held.focus}; }}
QCheckBox::indicator {{ width: {px(14)}; height: {px(14)}; border: 2px solid {held.muted}; border-radius: 4px;
  background: {held.surface}; }}
QCheckBox::indicator:checked {{ border-color: {held.accent}; background: {held.accent}; image: url("{tick}"); }}
QRadioButton::indicator {{ width: {px(14)}; height: {px(14)}; border: 2px solid {held.muted}; border-radius: {round(7 * scale) + 2}px;
  background: {held.surface}; }}
QRadioButton::indicator:checked {{ width: {px(6)}; height: {px(6)}; border: {round(4 * scale) + 2}px solid {held.accent}; }}
QToolTip {{ border: 1px solid {held.line}; padding: 6px; }}
"""
