"""An authority's letterhead and sentences on the page Letters: seen on a letter before they are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from evalpanel.errors import EvalPanelError
from evalpanel.services import authorities, letter_trials, wording_files
from evalpanel.ui.models.words import count
from evalpanel.ui.page import Page, button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.letterhead_form import LetterheadForm
from evalpanel.ui.widgets.parts import Parts
from evalpanel.ui.widgets.pdf_preview import PdfPreview
from evalpanel.ui.widgets.scroll import scroll
from evalpanel.ui.widgets.sides import Sides

HEAD, SENTENCES = "head", "sentences"
_NONE_YET = "A letter is shown here once the outcome is worked out and one can be written."
_WORDS = (
    "The sentences of letters are kept in files, one for each law. Save them, let your procurement lawyer change what stands between the "
    "quotation marks, and read the folder back. Everything is checked before it counts."
)
_READ = "Choose the folder to check it. Nothing counts before you say so."


class LetterHouse(Sides):
    """Two parts beside a letter. `changed` tells the page to show it, or what stood there."""

    def __init__(self, page: Page, changed: Callable[[], None]) -> None:
        super().__init__()
        self._page, self._changed = page, changed
        self.is_open = False
        self._folder: Path | None = None
        self.choose_folder: Callable[[str], str] = lambda words: QFileDialog.getExistingDirectory(self, words)
        self.form = LetterheadForm()
        self.form.chosen.connect(page.guard(self._see))
        self.form.choose.clicked.connect(lambda *_: page.guard(self.form.take_picture)())
        see = button("See it on a letter")
        see.clicked.connect(lambda *_: page.guard(self._see)())
        self.see = see
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form, 1)
        row = Flow(gap=12)
        row.addWidget(see)
        row.addWidget(self._back())
        column.addLayout(row)
        self.save, self.read = button("Save them as files…"), button("Read changed files…")
        self.save.clicked.connect(lambda *_: page.guard(self._export)())
        self.read.clicked.connect(lambda *_: page.guard(self._check)())
        self.found = label(_READ, wrap=True)
        self.parts = Parts()
        self.parts.add_part(HEAD, head, self.form.authority)
        self.parts.add_part(SENTENCES, self._sentences(), self.save)
        self.parts.name_part(HEAD, "Letterhead")
        self.parts.name_part(SENTENCES, "Sentences")
        self.parts.turn_to(HEAD)
        for tab in self.parts.tabs:
            tab.clicked.connect(lambda *_: self._changed())
        self.pdf = PdfPreview()
        card = Card("On a letter")
        self.told = label("", "muted", wrap=True)
        card.inside.addWidget(self.told)
        card.inside.addWidget(self.pdf, 1)
        back = QShortcut(QKeySequence("Esc"), self)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back.setWhatsThis("Back to the letters")
        back.activated.connect(self.leave)
        self.add(self.parts, share=6, lines=16, most=110)
        self.add(card, share=8, lines=16)

    def open(self) -> None:
        """Show the letterhead of the tender's authority."""
        self.is_open = True
        view = self._page.session.view
        tender = view.pack.tender if view is not None else None
        self.form.offer(authorities.every(self._page.session.workspace), tender.authority if tender is not None else "")
        self._changed()
        self.parts.focus_part()

    def leave(self) -> None:
        """Back to the letters. What was not kept is forgotten."""
        self.is_open, self._folder = False, None
        self.found.setText(_READ)
        self._changed()

    def show_instead(self, *others: QWidget) -> None:
        """Stand in the place of everything else on the page, and say what the next step is."""
        for one in others:
            one.hide()
        page, (words, slot, tip) = self._page, self.step()
        page.head("Letterhead and sentences", "How letters look and what they say, from now on")
        page.next_step(words, slot, tip=tip)
        page.status.setText("Letters that are signed stay as they are.")

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """The next step of the part that is shown."""
        if self.parts.part == HEAD:
            return "Keep this letterhead", self._keep, ""
        return "Use these sentences", self._use, "" if self._folder is not None else _READ

    def _sentences(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(12)
        column.addWidget(label(_WORDS, "muted", wrap=True))
        row = Flow(gap=12)
        row.addWidget(self.save)
        row.addWidget(self.read)
        column.addLayout(row)
        column.addWidget(self.found)
        column.addWidget(self._back(), 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return scroll(inside)

    def _back(self) -> QPushButton:
        made = button("Back to the letters  Esc")
        made.setAccessibleName("Back to the letters")
        made.clicked.connect(lambda *_: self.leave())
        return made

    def _see(self) -> None:
        session = self._page.session
        held = authorities.tried(self.form.profile(), self.form.picture) if self.form.profile().address else None
        made = (
            letter_trials.with_head(session.workspace, session.tender, held, person=session.person or None)
            if held is not None and session.view is not None
            else None
        )
        self._show(
            made, _NONE_YET if held is not None else "Fill in the name and the address, then see it on a letter."
        )

    def _show(self, made: bytes | None, otherwise: str) -> None:
        self.told.setText("" if made is not None else otherwise)
        self.told.setVisible(made is None)
        self.pdf.setVisible(made is not None)
        if made is not None:
            self.pdf.show_pdf(made, "A letter, to see how it looks")

    def _keep(self) -> None:
        kept = authorities.keep(self._page.session.workspace, self.form.profile(), self.form.picture)
        self.leave()
        self._page.acted.emit()
        self._page.said.emit(
            f"Letters of {kept.profile.name} are headed so from now on. Letters that are signed stay as they are."
        )

    def _export(self) -> None:
        folder = self.choose_folder("Where do the files of sentences go?")
        if folder:
            made = wording_files.export(self._page.session.workspace, Path(folder))
            self._page.said.emit(
                f"{count(len(made), 'file')} written into “{Path(folder).name}”, with the sentences as they are now."
            )

    def _check(self) -> None:
        folder = self.choose_folder("Which folder holds the changed files?")
        if not folder:
            return
        self._folder = None
        files = wording_files.check(Path(folder))
        faults = [str(fault) for one in files for fault in one.faults]
        read = f"{count(len(files), 'file')} read from “{Path(folder).name}”"
        if faults:
            self.found.setText("\n".join((f"{read}: {count(len(faults), 'problem')}. Nothing counts.", *faults)))
            self._changed()
            return
        self._folder = Path(folder)
        self.found.setText(f"{read}: they can be used.")
        session = self._page.session
        made = (
            letter_trials.with_sentences(session.workspace, session.tender, self._folder, person=session.person or None)
            if session.view is not None
            else None
        )
        self._show(made, _NONE_YET)
        self._changed()

    def _use(self) -> None:
        if self._folder is None:
            raise EvalPanelError("No folder of sentences was read.", _READ)
        names = wording_files.use(self._page.session.workspace, self._folder)
        self.leave()
        self._page.acted.emit()
        self._page.said.emit(
            f"Letters use these sentences from now on ({', '.join(names)}). Signed letters stay as they are."
        )
