"""A blind tender on the officer's laptop: which code stands for whom, and the decision to let the panel know before moderation is closed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from evalpanel.domain.stages import TenderStage
from evalpanel.services import naming
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import carry_words
from evalpanel.ui.page import Page, label
from evalpanel.ui.widgets.card import Card


class ReleaseNames(CarryPart):
    """The codes, and the reason for letting the panel know who bids."""

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        self._card = Card("Let the panel know who bids")
        self._told = label("", "muted", wrap=True)
        self._card.inside.addWidget(self._told)
        self.why, self.decided_by = QLineEdit(), QLineEdit()
        self._names = []
        for words, field in (
            ("Why they are told now, for the record", self.why),
            ("Who decided it (left out: you)", self.decided_by),
        ):
            said = label(words, "small", wrap=True)
            said.setBuddy(field)
            field.setAccessibleName(words)
            field.textChanged.connect(lambda *_: self.changed.emit())
            field.returnPressed.connect(page.primary.click)
            self._card.inside.addWidget(said)
            self._card.inside.addWidget(field)
            self._names.append(said)
        self.column.addWidget(self._card)
        codes = Card("Which code stands for whom")
        codes.inside.addWidget(label(carry_words.CODES, "muted", wrap=True))
        self.codes = label("", wrap=True)
        self.codes.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        codes.inside.addWidget(self.codes)
        self.column.addWidget(codes)
        self.column.addStretch(1)

    @property
    def _is_decided(self) -> bool:
        view = self.session.view
        return view is not None and view.named

    def refresh(self) -> None:
        """Read the codes, and whether it is decided already."""
        view = self.session.view
        locked = view is not None and view.summary.stage.reached(TenderStage.QUALITY_LOCKED)
        self._told.setText(carry_words.names_stand(decided=self._is_decided, locked=locked))
        for one in (*self._names, self.why, self.decided_by):
            one.setVisible(not self._is_decided)
        held = naming.codes(self.session.workspace, self.session.tender)
        self.codes.setText("\n".join(carry_words.code(one) for one in held))

    def head(self) -> tuple[str, str]:
        """What it is about."""
        return "Who bids", "Bids are read blind. You know whose they are, and the panel does not."

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Recording the decision, with its reason."""
        if self._is_decided:
            return "", None, ""
        late = "" if self.why.text().strip() else "Say why first, for the record."
        return "Release the names", self._release, late

    def take_focus(self) -> bool:
        """The reason."""
        if self._is_decided:
            return False
        self.why.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _release(self) -> None:
        naming.release_names(
            self.session.workspace, self.session.tender, why=self.why.text(), decided_by=self.decided_by.text()
        )
        self.why.clear()
        self.decided_by.clear()
        self.left.emit(carry_words.NAMES_RELEASED)
