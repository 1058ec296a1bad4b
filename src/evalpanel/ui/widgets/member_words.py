"""What each member said about one line: level, rationale, what could be improved. One of them is marked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from evalpanel.domain.moderation import MemberScore
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import ScoreStatus
from evalpanel.ui import theme
from evalpanel.ui.models.evidence_words import Naming
from evalpanel.ui.models.moderation_lines import score_words
from evalpanel.ui.page import label
from evalpanel.ui.widgets.evidence_chips import ChipAct, EvidenceChip, EvidenceChips


class MemberWords(QWidget):
    """The members' answers, one below the other. Arrow keys and clicks mark one; `marked` says which (None: none).

    `opened` asks for a piece of their evidence to be shown in its document, `cited` for it to be cited, or no longer.
    """

    marked = Signal(object)
    opened = Signal(object)
    cited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 4, 0)
        self._layout.setSpacing(4)
        self._items: list[_Item] = []
        self._scores: tuple[MemberScore, ...] = ()
        self._at = -1

    def show_scores(self, scores: tuple[MemberScore, ...], scale: Scale | None) -> None:
        """Show these answers, in the order of the panel. Nobody is marked: no answer stands before another."""
        for item in self._items:
            self._layout.removeWidget(item)
            item.deleteLater()
        self._scores, self._at = scores, -1
        self._items = [_Item(one, scale) for one in scores]
        for place, item in enumerate(self._items):
            item.clicked.connect(lambda place=place: self.mark(place))
            item.chips.opened.connect(self.opened)
            item.chips.acted.connect(self.cited)
            self._layout.addWidget(item)
        self._tell()

    def show_evidence(
        self,
        named: Naming,
        cited: frozenset[tuple[str, int, int, int, str]],
        *,
        can_cite: bool,
    ) -> None:
        """Show the evidence of each answer, and which of it is cited."""
        for one, item in zip(self._scores, self._items, strict=True):
            item.chips.show_pieces(one.score.evidence, named, cited=cited, can_act=can_cite)
        before: QWidget = self
        for item in self._items:
            before = item.chips.chain_after(before)

    @property
    def chips(self) -> tuple[EvidenceChip, ...]:
        """Every chip, from the first member's on."""
        return tuple(chip for item in self._items for chip in item.chips.chips)

    def current(self) -> MemberScore | None:
        """The answer that is marked."""
        return self._scores[self._at] if 0 <= self._at < len(self._scores) else None

    def mark(self, place: int) -> None:
        """Mark an answer by its place."""
        if not 0 <= place < len(self._items):
            return
        self._at = place
        for number, item in enumerate(self._items):
            item.set_marked(number == place, self.hasFocus())
        self._tell()
        self.marked.emit(self.current())

    def item_top(self) -> int:
        """Where the marked answer begins, for a scroll area to show it."""
        return self._items[self._at].y() if 0 <= self._at < len(self._items) else 0

    def key_words(self) -> tuple[tuple[str, str], ...]:
        """The keys that this answers itself."""
        return (("↑ ↓", "Mark another member’s answer"),)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys mark the answer before or after."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self.mark(min(len(self._items) - 1, max(0, self._at + step)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark an answer for somebody who comes by keyboard."""
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.MouseFocusReason:
            self.mark(max(0, self._at))
        else:
            self._repaint()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the focus has gone."""
        super().focusOutEvent(event)
        self._repaint()

    def _repaint(self) -> None:
        for number, item in enumerate(self._items):
            item.set_marked(number == self._at, self.hasFocus())

    def _tell(self) -> None:
        one = self.current()
        name = "What the members said" if one is None else self._items[self._at].accessibleName()
        self.setAccessibleName(name)


class _Item(QFrame):
    """One member's answer. A bar at the left marks it."""

    clicked = Signal()

    def __init__(self, one: MemberScore, scale: Scale | None) -> None:
        super().__init__()
        self._marked = self._focused = False
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 8, 6)
        row.setSpacing(10)
        figure = score_words(one.score) if one.score.status is ScoreStatus.SCORED and scale is not None else "–"
        level = label(figure, "card-title")
        level.setMinimumWidth(level.fontMetrics().horizontalAdvance("00"))
        level.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        row.addWidget(level, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(
            label(
                " · ".join(part for part in (f"{one.person} {one.name}".strip(), self._named(one, scale)) if part),
                "small",
            )
        )
        words.addWidget(
            label(one.score.rationale or "No rationale.", "" if one.score.rationale else "muted", wrap=True)
        )
        if one.score.improvements:
            words.addWidget(label(f"To improve: {one.score.improvements}", "muted", wrap=True))
        self.chips = EvidenceChips(ChipAct.CITE)
        words.addWidget(self.chips)
        row.addLayout(words, 1)
        self.setAccessibleName(f"{one.person} {one.name}, {self._named(one, scale)}: {one.score.rationale}")

    @staticmethod
    def _named(one: MemberScore, scale: Scale | None) -> str:
        value = one.score.value
        level = scale.level(value) if scale is not None and value is not None else None
        return level.name if level is not None else score_words(one.score)

    def set_marked(self, marked: bool, focused: bool) -> None:
        if (marked, focused) != (self._marked, self._focused):
            self._marked, self._focused = marked, focused
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()
        super().mousePressEvent(event)  # it goes on to the list, which takes the focus

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._marked:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("focus"), 2) if self._focused else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("tint"))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 8, 8)
            painter.fillRect(2, 10, 3, self.height() - 20, theme.colour("accent"))
            painter.end()
        super().paintEvent(event)
