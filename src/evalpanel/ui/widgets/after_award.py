"""After the award: where it stands, the days of standstill, and what can be recorded next. It asks; the page does."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QWidget

from evalpanel.domain.signing import in_words
from evalpanel.domain.stages import TenderStage
from evalpanel.services.after_outcome import AfterOutcome
from evalpanel.services.publishing import STANDS
from evalpanel.ui.models.award_acts import Asked
from evalpanel.ui.models.words import together
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.standstill_days import StandstillDays

ACTS = {
    "letters": "Add days for letters",
    "notice": "Record the notice",
    "contract": "Record the contract",
    "challenge": "Record a challenge",
    "hold": "Place a hold",
    "close": "Close the tender",
}
_FIELDS = {
    "letters": ("proclaimed", "why", "post"),
    "notice": ("day", "number", "proclaimed", "why", "stands", "standstill"),
    "contract": ("day", "lot"),
    "challenge": ("day", "who", "why"),
    "hold": ("who", "why"),
    "close": (),
}


class AfterAward(Card):
    """The card on the page Record. `asked` carries an `Asked`."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__("After the award")
        self.words = label("", wrap=True)
        self.inside.addWidget(self.words)
        self.warning = label("", "warn", wrap=True)
        self.inside.addWidget(self.warning)
        self.days = StandstillDays()
        self.inside.addWidget(self.days)
        row = Flow(gap=8)
        self.acts: dict[str, QPushButton] = {}
        for act, text in ACTS.items():
            made = button(f"{text}…" if _FIELDS[act] else text)
            made.setAccessibleName(text)
            made.clicked.connect(lambda *_, name=act: self._choose(name))
            self.acts[act] = made
            row.addWidget(made)
        self.inside.addLayout(row)
        self._names: dict[QWidget, QLabel] = {}
        self.day = self._line("The day, for instance 2026-11-03")
        self.number = self._line("The number of the notice, if it has one")
        self.lot = self._line("The lot, by its code")
        self.who = self._line("Who it comes from")
        self.why = self._line("Why, for the record")
        self.proclaimed = self._line(
            "Bank holidays proclaimed since, for instance 2026-11-09=Day of mourning; none if empty"
        )
        self.stands = self._line(STANDS)
        self.standstill = QCheckBox("It announces a standstill")
        self.inside.addWidget(self.standstill)
        self.post = QCheckBox("Not every letter goes by electronic means")
        self.inside.addWidget(self.post)
        foot = Flow(gap=12)
        self.record = button("Record it")
        self.record.clicked.connect(self._ask)
        self.leave = button("Leave it  Esc")
        self.leave.setAccessibleName("Leave it")
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.setWhatsThis("Leave it")
        escape.activated.connect(lambda: self._choose(""))
        self.leave.clicked.connect(lambda *_: self._choose(""))
        foot.addWidget(self.record)
        foot.addWidget(self.leave)
        self.inside.addLayout(foot)
        self._act = self._today = ""
        self._several = self._again = self._said = False
        self._choose("")

    def show_now(self, now: AfterOutcome, stage: TenderStage, tip: str, letters: str = "") -> None:
        """Show where it stands; `tip` says why this person may record nothing (empty: they may), `letters` what is to be done first."""
        self._several, self._again = len(now.awards) > 1, now.notice is not None
        self._said = bool(now.letter_days.act)
        self._today = now.today.isoformat()
        self.words.setText("\n".join(_sentences(now)))
        self.warning.setText(letters)
        self.warning.setVisible(bool(letters))
        self.days.show_period(now.period, now.today)
        shown = {
            "letters": bool(now.regime.standstill and now.regime.standstill.dated)
            and now.all_settled
            and not now.contracts,
            "notice": now.all_settled and not now.contracts and any(one.bids for one in now.awards),
            "contract": now.notice is not None and not now.all_signed,
            "challenge": stage.reached(TenderStage.OUTCOME) and now.retention.ended is None,
            "hold": stage.reached(TenderStage.OUTCOME) and now.retention.ended is None,
            "close": now.all_signed and not stage.reached(TenderStage.CLOSED),
        }
        for act, made in self.acts.items():
            made.setVisible(shown[act])
            made.setEnabled(not tip)
            made.setToolTip(tip)
        rule = now.regime.standstill
        self.standstill.setEnabled(rule is not None and rule.voluntary)
        self.post.setEnabled(rule is not None and bool(rule.post_days))
        if self._act != "letters":
            self.post.setChecked(now.letter_days.by_post)
        if self._act != "notice":
            self.standstill.setChecked(rule is not None and not rule.voluntary)

    def done(self) -> None:
        """What was asked is recorded: the fields are emptied."""
        for field in (self.day, self.number, self.lot, self.who, self.why, self.proclaimed, self.stands):
            field.clear()
        self._choose("")

    def ask_why_it_stands(self) -> None:
        """The notice does not fit the letters: ask why it stands all the same."""
        for one in (self._names[self.stands], self.stands):
            one.show()
        self.stands.setFocus()

    def _choose(self, act: str) -> None:
        self._act = act
        if act and not _FIELDS[act]:
            self._ask()
            return
        left_out = {"stands"} if self._several else {"stands", "lot"}  # asked for only where it is needed
        if (act == "notice" and not self._again) or (act == "letters" and not self._said):
            left_out.add("why")  # only what is recorded once more needs a reason
        fields = tuple(one for one in _FIELDS.get(act, ()) if one not in left_out)
        named: tuple[tuple[str, QWidget], ...] = (
            ("day", self.day),
            ("number", self.number),
            ("lot", self.lot),
            ("who", self.who),
            ("proclaimed", self.proclaimed),
            ("why", self.why),
            ("stands", self.stands),
            ("standstill", self.standstill),
            ("post", self.post),
        )
        for name, field in named:
            field.setVisible(name in fields)
            if field in self._names:
                self._names[field].setVisible(name in fields)
        self.record.setVisible(bool(act))
        self.leave.setVisible(bool(act))
        self.record.setText(ACTS.get(act, "Record it"))
        if "day" in fields and not self.day.text():
            self.day.setText(self._today)
        first = next((field for name, field in named if name in fields), None)
        if first is not None:
            first.setFocus()

    def _ask(self, *_: object) -> None:
        texts = (self.day.text(), self.who.text(), self.why.text(), self.number.text())
        ticked = self.post if self._act == "letters" else self.standstill
        stands = "" if self.stands.isHidden() else self.stands.text()
        self.asked.emit(Asked(self._act, *texts, ticked.isChecked(), self.lot.text(), self.proclaimed.text(), stands))

    def _line(self, name: str) -> QLineEdit:
        made, said = QLineEdit(), label(name, "small", wrap=True)
        said.setBuddy(made)
        made.setAccessibleName(name)
        made.returnPressed.connect(self._ask)
        self.inside.addWidget(said)
        self.inside.addWidget(made)
        self._names[made] = said
        return made


def _sentences(now: AfterOutcome) -> list[str]:
    told = []
    for award in now.awards:
        if award.waiting:
            told.append(
                f"Lot {award.lot}: {together(award.waiting)} {'have' if award.waiting[1:] else 'has'} not decided yet. "
                "It is done on the page Outcome."
            )
        else:
            what = "abandoned" if award.abandoned else f"awarded to {' and '.join(award.bids)}"
            told.append(f"Lot {award.lot} is {what}.")
    if now.notice is not None:
        told.append(f"The notice is of {in_words(now.notice.published)}.")
    if now.period is not None:
        over = "ended with" if now.period.is_over(now.today) else "lasts until the end of"
        told.append(f"Standstill {over} {in_words(now.period.ends)}.")
    told += [f"The contract for lot {one.lot} was signed on {in_words(one.signed)}." for one in now.contracts]
    return told
