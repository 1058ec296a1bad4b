"""The form of one line: the level, why, what could be improved, and a working note."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.evidence import Evidence, fault, faults
from evalpanel.domain.numbers import canonical
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.ui.models.evidence_words import Naming, naming
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.autosave_text import AutosaveText
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.evidence_chips import ChipAct, EvidenceChips
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.level_buttons import LevelButtons

COMPACT = "min-height: 0px; padding: 3px 6px;"  # quiet acts inside a card need less room than controls that stand alone
NOTE_WORDS = "Not sent to bidders. It may be disclosed in court or under freedom of information."


@dataclass(frozen=True, slots=True)
class Question:
    """What a line asks: its criterion, and its scale (None: explained, not scored)."""

    line: Line
    criterion: Criterion
    scale: Scale | None


class ScoreForm(QWidget):
    """Holds one answer while somebody works on it. `wanted` asks for it to be saved; `touched` says it was changed;
    `taken` has the answer whose level was just taken away.

    `opened` asks for the place of a piece of evidence in its document, `cite_wanted` for what is selected there as
    evidence, `quote_wanted` for its words.
    """

    wanted = Signal()
    touched = Signal()
    taken = Signal(object)
    opened = Signal(object)
    cite_wanted = Signal()
    quote_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._question: Question | None = None
        self._status = ScoreStatus.BLANK
        self._value: Decimal | None = None
        self._chose = False
        self._open = True
        self._evidence: tuple[Evidence, ...] = ()
        self.named: Naming = naming(())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._score_card())
        self.reason = AutosaveText(
            "Why this score", "What in this bid earns the score, and where it stands: a page, or its own words", lines=5
        )
        self._reason_hint = label("", "warn", wrap=True)
        card = self._text_card("Why this score", self.reason, None)
        self._add_evidence(card)
        self._reason_hint.hide()
        card.inside.addWidget(self._reason_hint)
        column.addWidget(card, 3)
        self.improvements = AutosaveText("What could be improved", "For the bidder, in words it can act on", lines=2)
        self._improvements_hint = label("", "warn", wrap=True)
        column.addWidget(self._text_card("What could be improved", self.improvements, self._improvements_hint), 1)
        self.note = AutosaveText("Working note", "", lines=2)
        card = self._text_card("Working note", self.note, None)
        card.inside.insertWidget(1, label(NOTE_WORDS, "small", wrap=True))
        column.addWidget(card, 1)
        for text in (self.reason, self.improvements, self.note):
            text.wanted.connect(self.wanted)
            text.touched.connect(self.touched)
            text.escaped.connect(self.focus_first)

    @property
    def unsaved(self) -> bool:
        """Whether anything was changed since it was shown or saved."""
        return self._chose or any(text.unsaved for text in (self.reason, self.improvements, self.note))

    def score(self) -> Score:
        """The answer as it stands in the form."""
        assert self._question is not None, "a line is shown before anything is asked of the form"
        status = self._status
        reason = self.reason.text()
        if self._question.scale is None and status in (ScoreStatus.BLANK, ScoreStatus.SCORED):
            # A consideration is answered by its explanation alone.
            status = ScoreStatus.SCORED if reason.strip() else ScoreStatus.BLANK
        return Score(
            line=self._question.line,
            status=status,
            value=self._value,
            rationale=reason,
            improvements=self.improvements.text(),
            working_note=self.note.text(),
            evidence=self._evidence,
        )

    def show_question(self, question: Question, score: Score, *, can_change: bool) -> None:
        """Show a line with the answer that is held."""
        self._question, self._open = question, can_change
        criterion, scale = question.criterion, question.scale
        self.levels.setVisible(scale is not None)
        self.levels.show_levels(scale.levels if scale is not None else ())
        self.levels.set_open(can_change)
        self._guidance.setText(criterion.guidance or "The tender gives no guidance for this criterion.")
        self._rule.setText(_rule(criterion, scale))
        self._rule.setVisible(bool(self._rule.text()))
        for text in (self.reason, self.improvements, self.note):
            text.set_open(can_change)
        self.show_score(score)
        self._keep_room()

    def show_score(self, score: Score) -> None:
        """Show the answer that is held. What somebody changed and is not saved yet is lost: ask `unsaved` first."""
        self._status, self._value, self._chose = score.status, score.value, False
        self.reason.show_text(score.rationale)
        self.improvements.show_text(score.improvements)
        self.note.show_text(score.working_note)
        self._evidence = score.evidence
        self._draw()
        self._draw_evidence()

    def saved(self) -> None:
        """What stands in the form is held now. Nothing moves."""
        self._chose = False
        for text in (self.reason, self.improvements, self.note):
            text.saved()

    def put_back(self, before: Score) -> None:
        """Put a level back that was taken away. The texts stay as they are now."""
        self._choose(before.status, before.value)

    def key_words(self) -> tuple[tuple[str, str], ...]:
        """The keys that this answers itself, where no text is being written."""
        if not self._open:
            return ()
        digits = self.levels.digits
        acts = ((self._abstain, "A", "Abstain"), (self._not_applicable, "N", "Not applicable"))
        return (
            *(((" ".join(digits), "Choose a level"),) if digits and not self.levels.isHidden() else ()),
            *((key, words) for made, key, words in acts if not made.isHidden()),
            *((("Delete", "Clear the score"),) if not self.levels.isHidden() else ()),
            ("Esc", "Leave the text; digits score again"),
        )

    def show_hints(self, reason: tuple[str, ...], improvements: tuple[str, ...]) -> None:
        """Show what to look at again, under each text."""
        for hint, words in ((self._reason_hint, reason), (self._improvements_hint, improvements)):
            hint.setText("\n".join(words))
            hint.setVisible(bool(words))

    def add_evidence(self, piece: Evidence) -> str:
        """Keep a piece of evidence beside the reason. Gives why not, in a sentence; empty when it is kept."""
        if piece.place in {one.place for one in self._evidence}:
            return "This passage is already among your evidence."
        wrong = fault(piece) or "; ".join(faults((*self._evidence, piece)))
        if wrong:
            return f"This was not kept as evidence: {wrong}."
        self._set_evidence((*self._evidence, piece))
        return ""

    def _take_away(self, piece: Evidence) -> None:
        self._set_evidence(tuple(one for one in self._evidence if one != piece))
        if not self._evidence:
            target = self.pin if self.pin.isVisible() else self.reason
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_evidence(self, pieces: tuple[Evidence, ...]) -> None:
        self._evidence, self._chose = pieces, True
        self._draw_evidence()
        self.wanted.emit()

    def _draw_evidence(self) -> None:
        self.chips.show_pieces(self._evidence, self.named, can_act=self._open)
        self._evidence_hint.setVisible(self._open and not self._evidence and self.pin.isHidden())

    def offer_evidence(self, words: str, can_quote: bool) -> None:
        """Offer what would become evidence now, in words (empty: nothing), and whether it can be quoted."""
        self.pin.setText(f"{words}  Ctrl+E")
        self.pin.setAccessibleName(words)
        self.pin.setVisible(bool(words) and self._open)
        self.quotation.setVisible(can_quote and self._open)
        self._draw_evidence()

    def quote(self, words: str) -> None:
        """Put a quotation where the reason is being written."""
        cursor = self.reason.textCursor()
        before = self.reason.toPlainText()[: cursor.position()]
        cursor.insertText(words if not before or before[-1].isspace() else f" {words}")
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reason.ensureCursorVisible()

    def focus_first(self) -> None:
        """Put the focus where one would begin: on the levels, or on the reason where there are none."""
        if self._question is not None and self._question.scale is not None and self._open:
            self.levels.focus_level()
        else:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key of the score card (a digit, A, N, Delete); False where it has no meaning here."""
        if not self._open or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        targets = {
            Qt.Key.Key_A: self._abstain,
            Qt.Key.Key_N: self._not_applicable,
            Qt.Key.Key_Delete: self._clear,
            Qt.Key.Key_Backspace: self._clear,
        }
        target = targets.get(Qt.Key(event.key()))
        if target is not None and not target.isHidden():
            target.click()
            return True
        return not self.levels.isHidden() and self.levels.press(event.text())

    def toggle_guidance(self) -> None:
        """Fold the guidance out, or away."""
        self._guidance.setVisible(self._guidance.isHidden())
        self._fold.setText("Hide guidance  F1" if not self._guidance.isHidden() else "Guidance  F1")

    def _score_card(self) -> Card:
        card = Card()
        top = QHBoxLayout()
        top.addWidget(label("Score", "card-title"))
        top.addStretch(1)
        self._fold = button("Guidance  F1", role="quiet")
        self._fold.setStyleSheet(COMPACT)
        self._fold.setAccessibleName("Guidance of the tender on this criterion")
        self._fold.clicked.connect(lambda *_: self.toggle_guidance())
        top.addWidget(self._fold)
        card.inside.addLayout(top)
        self._guidance = label("", "muted", wrap=True)
        self._guidance.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._guidance.hide()
        card.inside.addWidget(self._guidance)
        self.levels = LevelButtons()
        self.levels.chosen.connect(self._level)
        self.levels.go_on.connect(lambda: self.reason.setFocus(Qt.FocusReason.OtherFocusReason))
        card.inside.addWidget(self.levels)
        self._name = _bold("")
        self._descriptor = label("", "muted", wrap=True)
        self._descriptor.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(self._descriptor)
        card.inside.addLayout(words)
        self._rule = label("", "small", wrap=True)
        card.inside.addWidget(self._rule)
        self._acts = Flow(gap=4)
        self._not_applicable = self._other(ScoreStatus.NOT_APPLICABLE, "Not applicable")
        self._abstain = self._other(ScoreStatus.ABSTAINED, "Abstain")
        self._clear = self._other(ScoreStatus.BLANK, "Clear")
        card.inside.addLayout(self._acts)
        return card

    def _other(self, status: ScoreStatus, name: str) -> QPushButton:
        made = button("", role="quiet")
        made.setStyleSheet(COMPACT)
        made.setAccessibleName(name)
        made.clicked.connect(lambda *_: self._choose(status, None))
        self._acts.addWidget(made)
        return made

    def _add_evidence(self, card: Card) -> None:
        self.chips = EvidenceChips(ChipAct.REMOVE)
        self.chips.opened.connect(self.opened)
        self.chips.acted.connect(self._take_away)
        card.inside.addWidget(self.chips)
        self._evidence_hint = label("Select words in the document to keep them as evidence.", "small", wrap=True)
        card.inside.addWidget(self._evidence_hint)
        self.pin = button("", role="quiet")
        self.pin.setStyleSheet(COMPACT)
        self.pin.setToolTip("Kept beside your reason: the panel sees it in moderation, and can cite it to the bidder")
        self.pin.clicked.connect(lambda *_: self.cite_wanted.emit())
        self.quotation = button("Quote it  Ctrl+Shift+E", role="quiet")
        self.quotation.setStyleSheet(COMPACT)
        self.quotation.setAccessibleName("Quote the selection in the reason")
        self.quotation.setToolTip("Puts the selected words into the reason, with their page")
        self.quotation.clicked.connect(lambda *_: self.quote_wanted.emit())
        acts = Flow(gap=4)
        for made in (self.pin, self.quotation):
            made.hide()
            acts.addWidget(made)
        card.inside.addLayout(acts)

    def _text_card(self, title: str, text: AutosaveText, hint: QLabel | None) -> Card:
        card = Card(title)
        card.inside.addWidget(text, 1)
        if hint is not None:
            hint.hide()
            card.inside.addWidget(hint)
        return card

    def _level(self, level: Level) -> None:
        self._choose(ScoreStatus.SCORED, level.value)

    def _choose(self, status: ScoreStatus, value: Decimal | None) -> None:
        if status is self._status and status is not ScoreStatus.SCORED:
            status = ScoreStatus.BLANK  # a second time takes it back
        if (status, value) == (self._status, self._value):
            return
        before = self.score()
        self._status, self._value, self._chose = status, value, True
        self._draw()
        self.wanted.emit()
        if before.value is not None and value is None:
            self.taken.emit(before)

    def _draw(self) -> None:
        scale = self._question.scale if self._question is not None else None
        self.levels.mark(self._value)
        level = scale.level(self._value) if scale is not None and self._value is not None else None
        name, words = self._words(level, scale)
        self._name.setText(name)
        self._descriptor.setText(words)
        for made, status, off, on in (
            (self._not_applicable, ScoreStatus.NOT_APPLICABLE, "Not applicable  N", "✓ Not applicable  N"),
            (self._abstain, ScoreStatus.ABSTAINED, "Abstain  A", "✓ Abstained  A"),
        ):
            made.setText(on if self._status is status else off)
        self._clear.setText("Clear  Del")
        weighted = self._question is None or self._question.criterion.kind is CriterionKind.QUALITY
        for made, shown in (
            (self._not_applicable, self._open and not weighted),
            (self._abstain, self._open),
            (self._clear, self._open and scale is not None and self._status is not ScoreStatus.BLANK),
        ):
            made.setVisible(shown)
            self._acts.removeWidget(made)
            if shown:
                self._acts.addWidget(made)

    def _words(self, level: Level | None, scale: Scale | None) -> tuple[str, str]:
        if level is not None:
            return f"{canonical(level.value)} {level.name}".strip(), level.descriptor
        match self._status:
            case ScoreStatus.ABSTAINED:
                return "Abstained", "You give no score here. Say why below."
            case ScoreStatus.NOT_APPLICABLE:
                return "Not applicable", "This does not apply to this bid. Say why below."
            case ScoreStatus.RECUSED:
                return "Recused", "You marked yourself as recused here."
            case _ if scale is None:
                return "Explained, not scored", "Your explanation below is the answer."
            case _:
                return "No score yet", "Choose a level, or press its digit." if self._open else ""

    def _keep_room(self) -> None:
        """Hold room for the longest descriptor, so that choosing a level does not move what is below."""
        scale = self._question.scale if self._question is not None else None
        width = self._descriptor.width()
        said = self._descriptor.text()
        most = 0
        for level in scale.levels if scale is not None else ():
            self._descriptor.setText(level.descriptor)
            most = max(most, self._descriptor.heightForWidth(width))
        self._descriptor.setText(said)
        self._descriptor.setMinimumHeight(min(most, self.fontMetrics().lineSpacing() * 5))


def _bold(text: str) -> QLabel:
    made = label(text)
    font = QFont()
    font.setBold(True)
    made.setFont(font)
    return made


def _rule(criterion: Criterion, scale: Scale | None) -> str:
    if criterion.minimum is None or scale is None:
        return ""
    level = scale.level(criterion.minimum)
    least = f"{canonical(criterion.minimum)} {level.name if level is not None else ''}".strip()
    return f"The bid goes no further below {least}."
