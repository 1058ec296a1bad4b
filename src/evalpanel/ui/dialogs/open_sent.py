"""Opening with the recovery sheet what people had sent to the officer before, on the laptop that took over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from evalpanel.progress import Progress
from evalpanel.services import recovering
from evalpanel.services.recovering import Recovered
from evalpanel.services.succession import About, Refused
from evalpanel.ui import accessible
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import bad_day
from evalpanel.ui.page import Page, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.paper_words import PaperWords
from evalpanel.ui.widgets.stick_files import StickFiles


class OpenSent(CarryPart):
    """The words of the recovery sheet and the files; then what they held."""

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        words = Card("The words of the recovery sheet")
        words.inside.addWidget(label(bad_day.TYPING, "muted", wrap=True))
        self.recovery = PaperWords("The twelve words of the recovery sheet")
        words.inside.addWidget(self.recovery)
        files = Card("The sealed files")
        files.inside.addWidget(label(bad_day.SENT_FILES, "muted", wrap=True))
        self.files = StickFiles(page.guard)
        files.inside.addWidget(self.files)
        self.got = Card("What they held")
        self.told = label("", wrap=True)
        self.got.inside.addWidget(self.told)
        for card in (words, files, self.got):
            self.column.addWidget(card)
        self.column.addStretch(1)
        self.got.hide()
        for one in (self.recovery, self.files):
            one.changed.connect(self.changed)
        self.recovery.entered.connect(page.primary.click)

    def head(self) -> tuple[str, str]:
        """What it is for."""
        return bad_day.OPEN_SENT_TITLE, bad_day.OPEN_SENT

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Opening them, once the words and the files are there."""
        late = "" if self.files.files else "Choose the sealed files first."
        if not self.recovery.whole:
            late = "Type the twelve words of the recovery sheet first."
        return "Open what people had sent…", self._open, late

    def take_focus(self) -> bool:
        """The words."""
        self.recovery.typed.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _open(self) -> None:
        space, tender = self.session.workspace, self.session.tender
        files, words = self.files.files, self.recovery.text()

        def opened(to: Path, progress: Progress) -> Recovered | Refused:
            try:
                return recovering.recover(space, tender, files, recovery_words=words, to=to, progress=progress)
            except Refused as refused:
                return refused  # said beside the field that it is about

        self.page.said.emit("")
        self.out.write("Opening what people had sent", opened, self._done)

    def _done(self, got: Recovered | Refused) -> None:
        if isinstance(got, Refused):
            assert got.about is About.RECOVERY, "nothing else is asked here"
            self.recovery.wrong.say(got)
            return
        self.recovery.clear()
        said = "\n".join(bad_day.recovered(got))
        self.told.setText(said)
        self.got.show()
        self.page.acted.emit()
        accessible.announce(self.page.primary, said)
