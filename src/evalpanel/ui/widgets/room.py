"""The room for one line: what every member said, and what the panel agrees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from evalpanel.domain.evidence import Evidence
from evalpanel.domain.moderation import MemberScore, ModeratedRow, ModeratedScore, values_of
from evalpanel.domain.numbers import canonical
from evalpanel.ui.models.evidence_words import Naming, naming
from evalpanel.ui.models.moderation_lines import LineRow, spread_words
from evalpanel.ui.models.moderation_state import RoomLine
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.agreed_level import AgreedLevel
from evalpanel.ui.widgets.agreed_texts import NAMES, AgreedTexts
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.cited_evidence import CitedEvidence
from evalpanel.ui.widgets.member_words import MemberWords
from evalpanel.ui.widgets.present_chips import PresentChips
from evalpanel.ui.widgets.scroll import scroll
from evalpanel.ui.widgets.spread_dots import SpreadDots

PAUSE_MS = 1200
_WITHIN = Qt.ShortcutContext.WidgetWithChildrenShortcut
_WIDE = 60  # characters: from twice this width on the two cards stand side by side


class Room(QWidget):
    """One line in the room. `save_now` is sent when a field is left, a level pressed, or after a pause in typing,
    `opened` when a piece of evidence is to be shown in its document. `named` says what documents are called."""

    save_now = Signal()
    typed = Signal()
    opened = Signal(object)

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page  # digits choose a level anywhere on it outside a text
        self._shown: RoomLine | None = None
        self._held: ModeratedScore | None = None
        self._read_only = False
        self._filling = False
        self.named: Naming = naming(())
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.save_now)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(12)
        self._split.addWidget(self._said())
        self._split.addWidget(self._agreed())
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([1, 1])  # what each said alone gets as much room as what all say together
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll(self._split))  # where the window is too low for both cards, they scroll together

    def _said(self) -> QWidget:
        self._title = Card()
        self._title.inside.setSpacing(4)
        self._ask = button("What was asked", role="quiet")
        self._ask.setCheckable(True)
        top = QHBoxLayout()
        top.addWidget(self._title.heading, 1)  # the card's own, with a button beside it
        top.addWidget(self._ask, 0, Qt.AlignmentFlag.AlignTop)
        self._title.inside.addLayout(top)
        self._where = label("", "small", wrap=True)
        self._title.inside.addWidget(self._where)
        self.dots = SpreadDots()
        self._title.inside.addWidget(self.dots)
        self._notes = label("", "warn", wrap=True)
        self._title.inside.addWidget(self._notes)
        self.members = MemberWords()
        self.members.marked.connect(self._marked)
        self.members.opened.connect(self.opened)
        self.cited = CitedEvidence()
        self.members.cited.connect(self.cited.toggle)
        self.cited.opened.connect(self.opened)
        self.cited.changed.connect(self._cited)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        self._asked = label("", "muted", wrap=True)
        self._asked.hide()
        column.addWidget(self._asked)
        column.addWidget(self.members)
        column.addStretch(1)
        self._said_scroll = scroll(inside)
        self._said_scroll.setMinimumHeight(6 * self.fontMetrics().lineSpacing())
        self._title.inside.addWidget(self._said_scroll, 1)
        self._ask.toggled.connect(self._asked.setVisible)
        return self._title

    def _agreed(self) -> QWidget:
        card = Card()
        self._card = card
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(4)
        self.level = AgreedLevel(self._page)
        self.level.chosen.connect(self._pressed)
        self._column.addWidget(self.level)
        self._texts = AgreedTexts(self)
        self.fields, self.hints = self._texts.fields, self._texts.hints
        self._texts.typed.connect(self._on_text)
        self._texts.left.connect(self._on_left)
        self.copy = button("", role="quiet")
        self.copy.clicked.connect(self._copy)
        # Not the button's own key: a button answers its key only after it has shown itself pressed.
        key = QShortcut(QKeySequence("Ctrl+I"), self._page, self._copy, context=_WITHIN)
        key.setWhatsThis("Copy the marked member’s words into the reasons")
        self._field(
            "reasons",
            "Reasons",
            "The reasons that decided it, about this bid and this criterion. The bidder reads them.",
            4,
        )
        self._column.addWidget(self.cited)
        self._field("not_higher", "Why not a higher level", "What the next level asks for that is not there", 2)
        self._field("differences", "How the difference was settled", "", 2)
        self._field("improvements", "What could be improved", "What the bidder could do about it next time", 2)
        self._column.addSpacing(6)
        self._column.addWidget(label("Present", "small"))
        self.present = PresentChips()
        self.present.changed.connect(self._pressed)
        self._column.addWidget(self.present)
        self._field("dissent", "Dissent", "Who does not agree, and why. Not sent to bidders; may be disclosed.", 2)
        self._more = button("Other words where others read about the winner", role="quiet")
        self._more.setCheckable(True)
        self._column.addSpacing(6)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        folded = QWidget()
        outer, self._column = self._column, QVBoxLayout(folded)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._field(
            "disclosable_reasons",
            "Reasons that others may read",
            "Only where the reasons above hold something confidential",
            2,
        )
        self._field(
            "withheld_why", "Why something is withheld", "For instance: a trade secret that the bidder named", 1
        )
        outer.addWidget(folded)
        folded.hide()
        self._more.toggled.connect(folded.setVisible)
        outer.addStretch(1)
        self._agreed_scroll = scroll(inside)
        self._agreed_scroll.setMinimumHeight(12 * self.fontMetrics().lineSpacing())
        card.inside.addWidget(self._agreed_scroll, 1)
        return card

    def _field(self, name: str, title: str, placeholder: str, least: int) -> None:
        beside = self.copy if name == "reasons" else None
        self._texts.add(self._column, name, title, placeholder, least, beside=beside)

    @property
    def shown(self) -> RoomLine | None:
        """What is shown."""
        return self._shown

    def show_line(self, shown: RoomLine) -> None:
        """Show a line. The same line is only brought up to date, and what is not saved is not touched."""
        before, self._shown = self._shown, shown
        held, one = shown.row.held, shown.row
        if before is not None and before.row.line == one.line and self.unsaved() is not None:
            return
        same = before is not None and before.row.held == held
        moved = before is None or before.row.line != one.line
        self._filling = True
        self._title.set_title(one.title)
        share, word = spread_words(held.spread)
        self._where.setText(" · ".join(part for part in (one.where, f"{share} {word}".strip()) if part))
        self._notes.setText("\n".join(shown.notes))
        self._notes.setVisible(bool(shown.notes))
        self._asked.setText(held.criterion.guidance)
        self._ask.setVisible(bool(held.criterion.guidance))
        self.dots.show_line(held)
        if not same:
            self.members.show_scores(held.scores, held.scale)
            self._name_copy(None)
        self._fill(shown, held.agreed or ModeratedScore(one.line, None), moved)
        self._filling = False
        if moved:
            self._said_scroll.verticalScrollBar().setValue(0)
            self._agreed_scroll.verticalScrollBar().setValue(0)

    def _fill(self, shown: RoomLine, agreed: ModeratedScore, moved: bool) -> None:
        held = shown.row.held
        self._pause.stop()
        self._held = agreed
        self.level.show_scale(held.scale, agreed.value)
        self._card.set_title("Agreed level" if held.scale is not None else "Agreed explanation")
        self._texts.put(agreed)
        self._show_evidence(agreed.evidence)
        if moved:
            self._more.setChecked(bool(agreed.disclosable_reasons or agreed.withheld_why))
        present = frozenset(agreed.present) if held.agreed is not None else shown.carried
        self.present.show_seats(shown.seats, present, shown.quorum)
        values = values_of(one.score for one in held.scores)
        apart = len(set(values)) > 1
        words = (
            f"How the difference between {canonical(min(values))} and {canonical(max(values))} was settled"
            if apart
            else ""
        )
        self.fields["differences"].setPlaceholderText(words or "The scores do not differ")
        self._suit()
        self._hint()

    def forget(self) -> None:
        """Show nothing: another tender or another person comes."""
        self._pause.stop()
        self._shown = self._held = None

    def set_read_only(self, why: str) -> None:
        """Let nothing be changed; the texts can still be read and copied. Empty: let everything be changed."""
        self._read_only = bool(why)
        for widget in (self.level, self.present):
            widget.setEnabled(not why)
        self.copy.setVisible(not why)
        self._texts.set_read_only(bool(why))

    def score(self) -> ModeratedScore:
        """What the room says about its line, saved or not."""
        assert self._held is not None, "a line is shown"
        return ModeratedScore(
            self._held.line,
            value=self.level.value,
            present=self.present.present,
            evidence=self.cited.pieces,
            **self._texts.texts(self._held),
        )

    def unsaved(self) -> ModeratedRow | None:
        """What differs from what is saved, as a row for the service; None: nothing.

        Who is present is carried from line to line, and alone it is nothing to save.
        """
        held = self._held
        if self._shown is None or held is None or self._read_only:
            return None
        now = self.score()
        if not any(getattr(now, name) != getattr(held, name) for name in (*NAMES, "value", "present", "evidence")):
            return None
        first = self._shown.row.held.agreed is None
        if first and now.value is None and not any(getattr(now, name) for name in (*NAMES, "evidence")):
            return None
        changed: dict[str, Any] = {
            name: getattr(now, name) for name in (*NAMES, "evidence") if getattr(now, name) != getattr(held, name)
        }
        present = now.present if first or now.present != held.present else None
        value = now.value if now.value != held.value else None
        return ModeratedRow(where="", line=held.line, value=value, present=present, **changed)

    def saved(self, row: LineRow) -> None:
        """What the room says has been kept. Fields are not touched."""
        assert self._shown is not None, "only a line that is shown is saved"
        assert row.held.agreed is not None, "a line that was saved has an agreed score"
        self._shown = replace(self._shown, row=row)
        self._held = row.held.agreed
        self._texts.remember()
        self._pause.stop()
        self.dots.show_line(row.held)
        self._marked(self.members.current())

    def discard(self) -> None:
        """Go back to what is saved."""
        if self._shown is not None:
            shown = self._shown
            self._filling = True
            self._fill(shown, shown.row.held.agreed or ModeratedScore(shown.row.line, None), moved=False)
            self._filling = False

    def missing(self) -> str:
        """What the line still lacks before it is agreed, in words, and the focus where it can be given; empty: nothing."""
        shown = self._shown
        if shown is None:
            return ""
        now = self.score()
        if shown.row.held.scale is not None and now.value is None:
            self.level.setFocus(Qt.FocusReason.OtherFocusReason)
            self._agreed_scroll.verticalScrollBar().setValue(0)
            return "Choose the level that the panel agrees: press its digit or its button."
        if not now.reasons:
            self.write()
            return "Write the reasons for this level: the bidder will read them."
        if shown.quorum is not None and self.present.deciding < shown.quorum:
            self._agreed_scroll.ensureWidgetVisible(self.present)
            return f"{self.present.deciding} of the panel are marked as present, and the quorum is {shown.quorum}."
        return ""

    def write(self) -> None:
        """Put the cursor where the reasons are written."""
        field = self.fields["reasons"]
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._agreed_scroll.ensureWidgetVisible(field)

    def _copy(self) -> None:
        one = self.members.current()
        words = one.score.rationale.strip() if one is not None else ""
        if self._read_only or not words:
            return
        field = self.fields["reasons"]
        cursor = field.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        text = field.toPlainText()
        gap = "" if not text or text[-1].isspace() else " "
        cursor.insertText(gap + words)  # by the cursor, so that Ctrl+Z takes it back
        field.setTextCursor(cursor)
        self.write()

    def _marked(self, one: MemberScore | None) -> None:
        self.dots.mark(one.score.value if one is not None else None)
        self._name_copy(one)
        self._said_scroll.ensureVisible(0, self.members.y() + self.members.item_top() + 40, 0, 60)

    def _name_copy(self, one: MemberScore | None) -> None:
        # Without anybody marked the button stays, so that people see that there is one.
        whose = f"{one.person}’s words" if one is not None else "a member’s words"
        self.copy.setText(f"Copy {whose}  Ctrl+I")
        self.copy.setAccessibleName(f"Copy {whose} into the reasons")
        self.copy.setToolTip("" if one is not None else "Mark a member above first, by click or with the arrow keys.")
        self.copy.setEnabled(one is not None and bool(one.score.rationale.strip()))

    def _on_text(self) -> None:
        if not self._filling:
            self._pause.start()
            self.typed.emit()

    def _on_left(self) -> None:
        self._hint()
        if self.unsaved() is not None:
            self.save_now.emit()

    def _show_evidence(self, pieces: tuple[Evidence, ...]) -> None:
        kept = self._shown is not None and any(one.score.evidence for one in self._shown.row.held.scores)
        self.cited.show_pieces(pieces, self.named, can_change=not self._read_only, some_kept=kept)
        self.members.show_evidence(self.named, self.cited.places, can_cite=not self._read_only)

    def _cited(self) -> None:
        self.members.show_evidence(self.named, self.cited.places, can_cite=not self._read_only)
        self._hint()
        self.save_now.emit()

    def _pressed(self) -> None:
        self._suit()
        self.save_now.emit()

    def _suit(self) -> None:
        """Fields that have no sense on this line are not shown, unless they hold something."""
        shown = self._shown
        scale = shown.row.held.scale if shown is not None else None
        at_top = scale is None or self.level.value == scale.top
        self._texts.offer("not_higher", not at_top)

    def _hint(self) -> None:
        if self._shown is not None:
            self._texts.show_hints(self._shown, len(self.cited.pieces), read_only=self._read_only)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit it to the room that there is."""
        super().resizeEvent(event)
        wide = self.width() > 2 * _WIDE * self.fontMetrics().averageCharWidth()
        way = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if way is not self._split.orientation():
            self._split.setOrientation(way)
            whole = self.width() if wide else self.height()
            self._split.setSizes([whole * 9 // 20, whole * 11 // 20])
