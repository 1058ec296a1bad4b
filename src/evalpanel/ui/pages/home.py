"""Home: what is expected of me, my progress as a small picture, and the other tenders, quieter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from evalpanel.domain.retention import Retention, warning
from evalpanel.domain.stages import TenderStage
from evalpanel.services import keeping, tenders
from evalpanel.services.carrying import Stand
from evalpanel.services.setup import TenderView
from evalpanel.ui import carry_steps, places
from evalpanel.ui.expected import Expected, expected
from evalpanel.ui.models import bad_day
from evalpanel.ui.models.carry_next import Go
from evalpanel.ui.models.sheet import Sheet
from evalpanel.ui.page import Page, button, label
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.progress_grid import ProgressGrid
from evalpanel.ui.widgets.stage_line import StageLine
from evalpanel.ui.widgets.texts import TwoSides

_AT_ONCE = 2_000  # lines whose picture is drawn with the page
_LATER_MS = 50
INVITATIONS = "Invitations (*.evalpanel);;All files (*)"


class HomePage(Page):
    """The first page: one sentence, one button."""

    KEY = "home"

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        self._go: QPushButton | None = None
        self.choose_invitation: Callable[[], str] = self._ask_invitation
        self._inside = QVBoxLayout()
        self._inside.setSpacing(12)
        self.content.addLayout(self._inside)

    def refresh(self) -> None:
        """Say what is expected, with the way there."""
        while (item := self._inside.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()  # at once: a dialog may open before it is gone
                widget.deleteLater()
        self._go = None
        view = self.session.view
        known = tenders.all_tenders(self.session.workspace)
        owner = self.session.workspace.owner.name
        joined = [one for one in self.session.stands if not one.here]
        if view is None and not known and not joined:
            self.head("Welcome", f"This is the profile of {owner}. Nothing is in it yet.")
            self._inside.addWidget(self._invited())
            self._inside.addWidget(self._empty())
            self._inside.addWidget(self._succeeding())
            self.next_step("Load a tender", lambda: self.go.emit("setup", None))
        elif view is None:
            told = "Open one to see what is expected of you." if known else "You have joined a panel. This comes next."
            self.head("Tenders" if known else "Welcome", told)
            self.next_step("", None)
        else:
            self._show(view)
        for one in known:
            if view is None or one.tender_id != view.summary.tender_id:
                self._inside.addWidget(self._other(one, first=view is None and self._go is None))
        for stand in joined:
            self._inside.addWidget(self._coming(stand))
        for reference, kept in keeping.due(self.session.workspace):
            self._inside.addWidget(self._due(reference, kept))
        self._inside.addStretch(1)

    def open(self, what: object) -> None:  # noqa: ARG002  # every page takes it
        """The focus goes to the next step: Enter leads there."""
        step = self._go if self._go is not None else self.primary if self.primary.text() else None
        if step is not None:
            step.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, view: TenderView) -> None:
        own = places.me(view, self.session.person)
        step = carry_steps.expected(self.session, view)
        what = Expected(step.sentence, "Carry files", "carry") if step is not None else expected(view, own)
        self.head(view.summary.title, f"{view.summary.reference} · {view.summary.stage.words}")
        card = Card("What is expected of you" if own is not None else "This tender")
        row = TwoSides(letters=70)
        words = QVBoxLayout()
        words.setSpacing(12)
        words.addWidget(label(what.sentence, wrap=True))
        if what.step and what.place:
            go = self._go = button(what.step, role="primary")
            go.clicked.connect(lambda *_: self.go.emit(what.place, None))
            words.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        row.sides.addLayout(words, 1)
        if view.lines <= _AT_ONCE:
            self._draw(row, view)
        else:
            # The page is there at once; so many answers take a moment to read.
            QTimer.singleShot(_LATER_MS, row, lambda: self.guard(self._draw)(row, view))
        card.inside.addWidget(row)
        self._inside.addWidget(card)
        self._inside.addWidget(self._standing(view))
        self.next_step("", None)

    def _draw(self, row: TwoSides, view: TenderView) -> None:
        picture = self._picture(view)
        if picture is not None:
            row.sides.addLayout(picture)

    def _standing(self, view: TenderView) -> Card:
        card = Card("Where it stands")
        line = StageLine()
        line.show_stage(view.summary.stage)
        card.inside.addWidget(line)
        lots = " · ".join(f"Lot {lot.lot} {lot.title}" for lot in view.summary.lots)
        counts = f"{len(view.pack.bids)} bids, {view.summary.documents} documents, {len(view.panel)} people"
        card.inside.addWidget(label(f"{counts}. {lots}", "muted", wrap=True))
        stand = self.session.stand
        alone = stand is not None and not stand.leads  # how far the others are is not known on a member's laptop
        scoring_now = [
            one for one in view.panel if one.owed and not (alone and one.member.person != self.session.person)
        ]
        if scoring_now and view.summary.stage.reached(TenderStage.BIDS_OPENED):
            grid = QGridLayout()
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(6)
            for row, one in enumerate(scoring_now):
                state = "signed off" if one.signed_off else "absent" if one.absent else f"{one.answered} of {one.owed}"
                bar = QProgressBar()
                bar.setRange(0, max(one.owed, 1))
                bar.setValue(one.answered)
                bar.setTextVisible(False)
                bar.setAccessibleName(f"{one.member.person}: {state}")
                grid.addWidget(label(f"{one.member.person}  {one.member.name}"), row, 0)
                grid.addWidget(bar, row, 1, Qt.AlignmentFlag.AlignVCenter)
                grid.addWidget(label(("✓ " if one.signed_off else "") + state, "muted"), row, 2)
            grid.setColumnStretch(1, 1)
            card.inside.addLayout(grid)
        return card

    def _picture(self, view: TenderView) -> Flow | None:
        own = places.me(view, self.session.person)
        if own is None or not own.owed or not own.declared:
            return None
        sheet = Sheet(self.session.desk(own.member.person))
        pictures = Flow(gap=24)
        for lot in view.pack.lots:
            cells = sheet.cells(lot.lot)
            if not cells.rows or not cells.columns:
                continue
            grid = ProgressGrid()
            grid.set_cells(cells.rows, cells.columns, cells.states, None)
            grid.setAccessibleName(f"My progress in lot {lot.lot}")
            grid.setFixedSize(grid.sizeHint())
            grid.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            grid.chosen.connect(lambda row, at, lines=cells.lines: self.go.emit("scoring", lines[row, at]))
            one = QWidget()
            column = QVBoxLayout(one)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(8)
            column.addWidget(label(f"Lot {lot.lot}", "small"))
            column.addWidget(grid, 0, Qt.AlignmentFlag.AlignLeft)
            pictures.addWidget(one)
        return pictures

    def _empty(self) -> Card:
        card = Card("Begin with a tender")
        card.inside.addWidget(
            label(
                "Load a workbook, a folder or a zip as your portal exports it. Everything is checked before anything is "
                "kept, and bids stay sealed until the criteria are frozen.",
                wrap=True,
            )
        )
        return card

    def _invited(self) -> Card:
        card = Card("I was invited to a panel")
        told = "Choose the invitation that the officer gave you. You read it before anything is made of it."
        card.inside.addWidget(label(told, wrap=True))
        choose = button("Choose the invitation…")
        choose.clicked.connect(lambda *_: self.guard(self._choose)())
        card.inside.addWidget(choose, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _succeeding(self) -> Card:
        card = Card(bad_day.FROM_PAPER_TITLE)
        card.inside.addWidget(label(bad_day.FROM_PAPER, wrap=True))
        begin = button(bad_day.FROM_PAPER_BUTTON)
        begin.clicked.connect(lambda *_: self.go.emit("carry", Go.SUCCEED))
        card.inside.addWidget(begin, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _choose(self) -> None:
        chosen = self.choose_invitation()
        if chosen:
            self.go.emit("carry", Path(chosen))

    def _ask_invitation(self) -> str:
        return QFileDialog.getOpenFileName(self, "Choose the invitation", "", INVITATIONS)[0]

    def _coming(self, stand: Stand) -> Card:
        card = Card(stand.title)
        row = QHBoxLayout()
        step = carry_steps.member(self.session, stand, None)
        row.addWidget(label(f"{stand.reference} · {step.sentence}", wrap=True), 1)
        leads = button("Carry files")
        leads.setAccessibleName(f"Carry files of {stand.reference}")
        leads.clicked.connect(lambda *_: self.go.emit("carry", stand.tender))
        row.addWidget(leads)
        if self._go is None:
            self._go = leads
        card.inside.addLayout(row)
        return card

    def _due(self, reference: str, kept: Retention) -> Card:
        card = Card(f"The record of {reference}")
        card.inside.addWidget(label(warning(kept), wrap=True))
        return card

    def _other(self, one: tenders.TenderSummary, *, first: bool) -> Card:
        card = Card(one.title)
        row = QHBoxLayout()
        row.addWidget(label(f"{one.reference} · {one.stage.words}", "muted", wrap=True), 1)
        opens = button("Open")
        opens.setAccessibleName(f"Open {one.reference}")
        opens.clicked.connect(lambda *_: self.tender_chosen.emit(one.reference))
        row.addWidget(opens)
        if first:
            self._go = opens
        card.inside.addLayout(row)
        return card
