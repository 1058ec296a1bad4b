"""Every problem of a pack with its place, and the way there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from evalpanel.domain.intake import Problem
from evalpanel.ui.models import words
from evalpanel.ui.models.problems import PROBLEM, ProblemsModel, by_place
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets import mark
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.shaped_lines import Index, ShapedLines


class ProblemList(QWidget):
    """The list, and under it what to do. `wanted` asks to be led to the place of a problem."""

    wanted = Signal(object)

    def __init__(self, name: str = "Problems, each with its place") -> None:
        super().__init__()
        self._shown: tuple[Problem, ...] | None = None
        self._leads = True
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        self._heading = label("", "card-title", wrap=True)
        outer.addWidget(self._heading)
        self._summary = label("", "muted", wrap=True)
        outer.addWidget(self._summary)
        self.model = ProblemsModel(self)
        self.view = QListView()
        self.view.setAccessibleName(name)
        self.view.setModel(self.model)
        self.view.setItemDelegate(ShapedLines(self.view, _told))
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.activated.connect(self._lead)
        outer.addWidget(self.view, 1)
        row = Flow(gap=12)
        self.lead = button("Go to this place  ↵")
        self.lead.setAccessibleName("Go to this place")
        self.lead.clicked.connect(lambda *_: self._lead(self.view.currentIndex()))
        row.addWidget(self.lead)
        self.copy = button("Copy the list  Ctrl+Shift+C")
        self.copy.setAccessibleName("Copy the list of problems")
        self.copy.setShortcut("Ctrl+Shift+C")
        self.copy.clicked.connect(self._copy)
        row.addWidget(self.copy)
        self._copied = label("", "small")
        row.addWidget(self._copied)
        outer.addSpacing(4)
        outer.addLayout(row)
        outer.addStretch(0)

    def shows(self, problems: tuple[Problem, ...]) -> bool:
        """Whether these are what is shown."""
        return problems == self._shown

    def show_problems(self, problems: tuple[Problem, ...], *, kept_out: str = "the pack") -> None:
        """Show these; `kept_out` is what the stopping ones keep out."""
        stopping = sum(1 for problem in problems if problem.stops)
        notes = len(problems) - stopping
        if not problems:
            self.show_told(problems, "No problems", "Everything was understood.")
        elif stopping:
            keep = "keeps" if stopping == 1 else "keep"
            more = f", and {words.count(notes, 'note')} below" if notes else ""
            where = by_place(tuple(one for one in problems if one.stops))
            heading = f"{words.count(stopping, 'problem')} {keep} {kept_out} out"
            self.show_told(problems, heading, f"Where: {where}{more}. Nothing was kept.")
        else:
            told = f"Worth knowing before you go on. Where: {by_place(problems)}."
            self.show_told(problems, f"{words.count(notes, 'note')}, nothing in the way", told)

    def show_told(self, problems: tuple[Problem, ...], heading: str, summary: str) -> None:
        """Show these under a heading, and under it what they come to."""
        self._shown = problems
        self.model.show_problems(problems)
        self._heading.setText(heading)
        self._summary.setText(summary)
        for widget in (self.view, self.copy):
            widget.setVisible(bool(problems))
        self.offer_lead(self._leads)
        self._copied.setText("")
        if problems:
            self.view.setCurrentIndex(self.model.index(0))

    def offer_lead(self, leads: bool) -> None:
        """Offer the way to a place, or not: what is kept already lies in no folder that could be opened."""
        self._leads = leads
        self.lead.setVisible(leads and bool(self._shown))

    def _lead(self, index: Index) -> None:
        problem = index.data(PROBLEM)
        if self._leads and isinstance(problem, Problem):
            self.wanted.emit(problem)

    def _copy(self) -> None:
        text = "\n".join(str(problem) for problem in self.model.problems)
        QGuiApplication.clipboard().setText(text)
        self._copied.setText("Copied. Paste it into a message to whoever made the pack.")


def lead_to(problem: Problem, pack: Path) -> str:
    """Open what a problem of `pack` is about, with its place copied: a spreadsheet’s name box leads to it when it is
    pasted there. Gives what to say."""
    QGuiApplication.clipboard().setText(problem.where)
    at = pack
    if pack.is_dir():
        named = pack / problem.where
        at = pack / "tender.xlsx" if "!" in problem.where or not named.exists() else named.parent
    if not at.exists() or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(at))):
        return f"{problem.where} is copied. {at.name} could not be opened from here."
    return f"{at.name} is opened, and {problem.where} is copied: paste it where the program asks for a cell."


def _told(index: Index) -> tuple[str, str, str]:
    problem = index.data(PROBLEM)
    return (mark.STOP if problem.stops else mark.NOTE), problem.where, problem.what
