"""What a panel member has to send, how long ago it was last written, and what came to this laptop."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from evalpanel.ui.models.people import Told
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.carry_people import told
from evalpanel.ui.widgets.scroll import Upright
from evalpanel.ui.widgets.texts import strong


class SendCard(Upright):
    """Two cards. `wanted` asks to write what there is to send."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What I send, and what came")
        self.setMinimumHeight(12 * self.fontMetrics().lineSpacing())
        self._shown: object = None
        self.came: tuple[str, ...] = ()
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(12)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        self._column.addLayout(self._cards)
        self.write = button("Write it to a stick or folder…")
        self.write.clicked.connect(lambda *_: self.wanted.emit())
        self._column.addWidget(self.write, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        self.setWidget(holder)

    def show_work(
        self, officer: str, to_send: Sequence[tuple[str, Told]], came: Sequence[str], *, may_write: bool
    ) -> None:
        """Show what there is to send to `officer`, and what came."""
        self.write.setVisible(may_write)
        self.came = tuple(came)
        now = (officer, tuple(to_send), self.came)
        if now == self._shown:
            return
        self._shown = now
        while (item := self._cards.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        out = Card(f"What you send to {officer}")
        for name, standing in to_send:
            out.inside.addWidget(strong(name))
            out.inside.addWidget(told(standing))
        self._cards.addWidget(out)
        into = Card("What came to this laptop")
        for line in came:
            into.inside.addWidget(label(line, wrap=True))
        if not came:
            into.inside.addWidget(label("Nothing yet.", "muted"))
        self._cards.addWidget(into)
