"""Files that wait in this profile: what each is, and what it waits for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt
from PySide6.QtWidgets import QListView

from evalpanel.services import receiving
from evalpanel.services.receiving import Report, Waiter
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import carry_words
from evalpanel.ui.page import Page, button, label
from evalpanel.ui.widgets.fold import Fold
from evalpanel.ui.widgets.shaped_lines import Index, ShapedLines

WAITER = Qt.ItemDataRole.UserRole


class WaitersModel(QAbstractListModel):
    """What waits; `WAITER` gives a row as its shape, heading and sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[tuple[str, str, str], ...] = ()

    def show_rows(self, rows: tuple[tuple[str, str, str], ...]) -> None:
        """Show these."""
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # Qt's name and Qt's default
        """How many there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A row as text, and as what is painted."""
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ". ".join(self.rows[index.row()][1:])
        return self.rows[index.row()] if role == WAITER else None


class WaitingHere(CarryPart):
    """The list, and trying again."""

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        self.model = WaitersModel(self)
        self.view = QListView()
        self.view.setAccessibleName("Files that wait here")
        self.view.setModel(self.model)
        self.view.setItemDelegate(ShapedLines(self.view, lambda index: index.data(WAITER)))
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMinimumHeight(10 * self.fontMetrics().lineSpacing())
        self.column.addWidget(self.view, 1)
        row = Fold()
        self.told = label("", "muted", wrap=True)
        self.aside, self.back = button("Put aside"), button("Put back")
        self.aside.setToolTip("Nobody wants it: it is tried no more. It can be put back.")
        self.aside.clicked.connect(lambda *_: self._put_aside())
        self.back.clicked.connect(lambda *_: self._put_back())
        row.add(self.told, 1)
        row.add(self.back)
        row.add(self.aside)
        self.column.addWidget(row)
        self._held: tuple[Waiter, ...] = ()
        self._gone: tuple[Waiter, ...] = ()

    def refresh(self) -> None:
        """Read what waits."""
        space = self.session.workspace
        self._held, self._gone = receiving.waiters(space), receiving.waiters(space, aside=True)
        self.model.show_rows(carry_words.waiters(self._held, self.session.stands))
        self.aside.setEnabled(bool(self._held))
        self.back.setVisible(bool(self._gone))
        self.told.setText(carry_words.put_aside(carry_words.waiters(self._gone, self.session.stands)))
        if self.model.rows and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0))

    def head(self) -> tuple[str, str]:
        """Why they wait."""
        return "Files that wait here", carry_words.WAITING

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Trying again."""
        return "Try them again", self._try, ""

    def take_focus(self) -> bool:
        """The list, where there is one."""
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _put_aside(self) -> None:
        index = self.view.currentIndex()
        if index.isValid():
            receiving.put_aside(self.session.workspace, self._held[index.row()].digest)
            self._shown_anew()

    def _put_back(self) -> None:
        for one in self._gone:
            receiving.put_back(self.session.workspace, one.digest)
        self._shown_anew()

    def _shown_anew(self) -> None:
        self.refresh()
        self.changed.emit()
        (self.view if self._held else self.back).setFocus(Qt.FocusReason.OtherFocusReason)

    def _try(self) -> None:
        space = self.session.workspace

        def done(reports: Sequence[Report]) -> None:
            self.left.emit(carry_words.tried(reports))

        self.page.start("Trying them again", lambda _: receiving.try_again(space), done)
