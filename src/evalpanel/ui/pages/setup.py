"""Set-up: a tender pack is understood, shown with every problem, and kept; then its criteria are frozen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget

from evalpanel.domain.intake import Problem, ProblemsFound, TenderPack
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, BidStatus
from evalpanel.progress import Progress
from evalpanel.services import packs, scoresheets, setup
from evalpanel.services.packs import Loaded, Understood
from evalpanel.services.setup import TenderView
from evalpanel.ui import places
from evalpanel.ui.dialogs.load_pack import LoadPack, ask_open, ask_save
from evalpanel.ui.models import words
from evalpanel.ui.page import Page
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.pack_view import BIDS, CRITERIA, DOCUMENTS, PROBLEMS, PackView

_FREEZE = (
    "Freezing pins criteria, weightings, scales and method with a digest: they never change again. "
    "Bids can be read only after it."
)


class SetupPage(Page):
    """What is evaluated and against what. Without a tender, or on request, the way in for a pack.

    `open("load")` asks for a pack, `open(path)` reads one, `open("bids")` asks for bids, and the code of a criterion
    (`open("1.2")`) shows that criterion. `tender_loaded` says the reference of a tender that was just kept.
    """

    KEY = "setup"
    tender_loaded = Signal(str)

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        self._asking = ""  # "pack" or "bids" while a path is asked for
        self._path = Path()
        self._mapping: Path | None = None
        self._understood: Understood | None = None
        self._bid_problems: tuple[Problem, ...] | None = None
        self._seen = ""
        self._stack = QStackedWidget()
        self.load = LoadPack()
        self.pack = PackView()
        self._stack.addWidget(self.load)
        self._stack.addWidget(self.pack)
        self.content.addWidget(self._stack, 1)
        self._back = self.add_action("Back", self._go_back, key="Esc")
        self._again = self.add_action("Check again", self._check_again, key="Ctrl+R")
        self._more_bids = self.add_action("Load more bids", lambda: self._ask("bids"))
        self._another = self.add_action("Load another tender", lambda: self._ask("pack"))
        self.load.given.connect(guard(self.take))
        self.load.template.connect(guard(self._template))
        self.pack.problems.wanted.connect(guard(self._lead))
        self.pack.save_list.connect(guard(self._save_list))
        self.pack.use_list.connect(guard(self._use_list))
        self.pack.bids.status_wanted.connect(guard(self._record_status))
        primary = QShortcut(QKeySequence("Ctrl+Return"), self)
        primary.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        primary.activated.connect(self.primary.click)

    def refresh(self) -> None:
        """Show what there is: the way in, a pack that was understood, or the tender."""
        view = self.session.view
        if view is not None and view.summary.reference != self._seen:
            self._seen, self._bid_problems = view.summary.reference, None
            self.pack.turn_to(CRITERIA)
        for one in (self._back, self._again, self._more_bids, self._another):
            one.hide()
        if self._understood is not None:
            self._show_understood(self._understood)
        elif self._asking or view is None:
            self._show_load(view)
        else:
            self._show_tender(view)

    def open(self, what: object) -> None:
        """Ask for a pack (`"load"`) or for bids (`"bids"`), read a pack (a path), or show a criterion (its code)."""
        if isinstance(what, Path):
            self.take(what)
        elif what == "load":
            self._ask("pack")
        elif what == "bids":
            self._ask("bids")
        elif isinstance(what, str) and self.session.view is not None:
            self.pack.turn_to(CRITERIA)
            self.pack.tree.choose(what)
        if self._stack.currentWidget() is self.load:
            self.load.take_focus()
        else:
            self.pack.focus_part()

    def take(self, path: Path) -> None:
        """Read what was chosen or dropped: a pack is shown before it is kept, bids are loaded."""
        if self._asking == "bids":
            self._load_bids(path)
        else:
            self._understand(path, None)

    def _show_load(self, view: TenderView | None) -> None:
        bids = self._asking == "bids"
        self.load.ask(bids=bids)
        self._stack.setCurrentWidget(self.load)
        if bids and view is not None:
            self.head("Load bids", f"Into {view.summary.reference} {view.summary.title}")
        else:
            self.head("Load a tender", "The criteria, the bidders and their documents come in one pack.")
        self._back.setVisible(view is not None)
        self.status.setText("")
        self.next_step("", None)

    def _show_understood(self, found: Understood) -> None:
        pack = found.pack
        self._stack.setCurrentWidget(self.pack)
        named = f"{pack.tender.reference} {pack.tender.title}" if pack.tender is not None else "no tender in it"
        self.head("What was understood", f"{self._path.name}: {named}. {_holds(pack, len(found.documents))}.")
        self.pack.show_pack(
            pack,
            problems=found.problems,
            documents=found.documents,
            status_why_not="A status can be recorded once the pack is loaded.",
            no_bids="No bids in this pack. They can be loaded after the criteria are frozen.",
        )
        self._back.show()
        self._again.show()
        stopping = len(found.stopping)
        if stopping or pack.tender is None:
            count = words.count(max(1, stopping), "problem")
            why = f"{count} in the way: correct the pack, then check it again."
            self.status.setText(f"Nothing is kept. {why}")
            self.next_step("Load this tender", None, tip=why)
        else:
            self.status.setText("Nothing is kept yet.")
            self.next_step("Load this tender  Ctrl+↵", self._load)

    def _show_tender(self, view: TenderView) -> None:
        summary, pack = view.summary, view.pack
        self._stack.setCurrentWidget(self.pack)
        frozen = summary.stage.reached(TenderStage.CRITERIA_FROZEN)
        lots = words.count(len(pack.lots), "lot")
        self.head("Set-up", f"{summary.reference} {summary.title} · {summary.stage.words.lower()} · {lots}")
        officer = self._is_officer(view)
        self.pack.show_pack(
            pack,
            problems=self._bid_problems,
            documents=None,
            status_why_not=_status_why_not(view, officer=officer),
            no_bids="No bids yet. " + ("Load them now." if frozen else "They come after the criteria are frozen."),
            digest=summary.criteria_digest,
            held_documents=summary.documents,
            kept_out="the bids",
        )
        may_load = officer and frozen and not summary.stage.reached(TenderStage.MODERATION)
        self._another.setVisible(officer)
        self._more_bids.setVisible(may_load and bool(pack.bids))
        self.next_step("", None)
        if not frozen:
            self.status.setText(
                _FREEZE if officer else "The officer freezes the criteria. Nobody can read a bid before."
            )
            if officer:
                self.next_step("Freeze the criteria", self._freeze)
            return
        self.status.setText(f"Criteria frozen. Digest {summary.criteria_digest[:16]}…")
        self.status.setToolTip(summary.criteria_digest)
        if may_load and not pack.bids:
            self.next_step("Load bids", lambda: self._ask("bids"))
        elif not all(one.declared for one in view.panel):
            self.next_step("Go to panel and interests", lambda: self.go.emit("panel", None))

    def _is_officer(self, view: TenderView) -> bool:
        own = places.me(view, self.session.person)
        return own is None or own.member.has(Role.OFFICER)

    def _ask(self, what: str) -> None:
        self._asking, self._understood = what, None
        self.refresh()
        self.load.take_focus()

    def _go_back(self) -> None:
        # From a pack that was understood one comes back to choosing another.
        self._asking = "pack" if self._understood is not None and self.session.view is None else ""
        self._understood = None
        self.refresh()
        self.open(None)

    def _understand(self, path: Path, mapping: Path | None) -> None:
        workspace = self.session.workspace

        def read(_progress: Progress) -> Understood:
            return packs.understand(workspace, path, mapping=mapping)

        def show(found: Understood) -> None:
            again = self._understood is not None
            self._path, self._mapping, self._understood, self._asking = path, mapping, found, ""
            self.refresh()
            if not again or self.pack.part == PROBLEMS:
                self.pack.turn_to(PROBLEMS if found.stopping else CRITERIA)
            self.pack.focus_part()

        self.start(f"Reading {path.name}", read, show)

    def _check_again(self) -> None:
        self._understand(self._path, self._mapping)

    def _load(self) -> None:
        workspace, path, mapping = self.session.workspace, self._path, self._mapping

        def keep(progress: Progress) -> Loaded | ProblemsFound:
            return _or_problems(lambda: packs.load(workspace, path, mapping=mapping, progress=progress))

        def kept(result: Loaded | ProblemsFound) -> None:
            if isinstance(result, ProblemsFound):  # the pack was changed since it was read
                if self._understood is not None:
                    self._understood = Understood(self._understood.pack, self._understood.documents, result.problems)
                self.refresh()
                self.pack.turn_to(PROBLEMS)
                self.said.emit(f"{result.title} {result.then}")
                return
            summary, self._understood, self._mapping = result.summary, None, None
            self.said.emit(
                f"{summary.reference} is loaded: {summary.criteria} criteria, {words.count(summary.bids, 'bid')}, "
                f"{words.count(summary.documents, 'document')}, {words.count(summary.panel, 'person', 'people')}."
            )
            self.tender_loaded.emit(summary.reference)
            self.acted.emit()

        self.start(f"Loading {path.name}", keep, kept)

    def _load_bids(self, path: Path) -> None:
        workspace, tender, person = self.session.workspace, self.session.tender, self.session.person or None

        def keep(progress: Progress) -> Loaded | ProblemsFound:
            return _or_problems(lambda: packs.load_bids(workspace, tender, path, person=person, progress=progress))

        def kept(result: Loaded | ProblemsFound) -> None:
            self._asking = ""
            if isinstance(result, ProblemsFound):
                self._bid_problems = result.problems
                self.refresh()
                self.pack.turn_to(PROBLEMS)
                self.said.emit(f"{result.title} {result.then}")
            else:
                self._bid_problems = result.notes or None
                self.acted.emit()
                self.pack.turn_to(BIDS)
                bids = words.count(result.summary.bids, "bid")
                documents = words.count(result.summary.documents, "document")
                self.said.emit(f"The bids are loaded: {bids} and {documents} in all.")
            self.pack.focus_part()

        self.start(f"Loading bids from {path.name}", keep, kept)

    def _freeze(self) -> None:
        summary = setup.freeze(self.session.workspace, self.session.tender, person=self.session.person or None)
        self.acted.emit()
        self.said.emit(f"The criteria are frozen with the digest {summary.criteria_digest}.")

    def _record_status(self, bid: Bid, status: BidStatus, reason: str, decided_by: str) -> None:
        setup.set_bid_status(
            self.session.workspace,
            self.session.tender,
            bid=bid.bid,
            lot=bid.lot,
            status=status,
            reason=reason,
            decided_by=decided_by,
            person=self.session.person or None,
        )
        self.acted.emit()
        self.said.emit(f"Bid {bid.bid} in lot {bid.lot} is {words.STATUSES[status].lower()}: {reason.strip()}")

    def _template(self) -> None:
        out = ask_save(self, "Write an empty workbook", "tender.xlsx", "Workbooks (*.xlsx)")
        if out is not None:
            self.write_template(out)

    def write_template(self, out: Path) -> None:
        """Write an empty tender workbook to `out`."""
        scoresheets.template(out)
        self.said.emit(f"{out.name} is written. Its first sheet explains every column; fill it in and load it here.")

    def _save_list(self) -> None:
        out = ask_save(self, "Save whose each document is", "documents.csv", "Lists (*.csv)")
        if out is not None and self._understood is not None:
            packs.write_mapping_file(self._understood, out)
            self.said.emit(f"{out.name} is written. Correct it, save it, and use it here.")

    def _use_list(self) -> None:
        chosen = ask_open(self, "Use a corrected list", "Lists (*.csv);;All files (*)")
        if chosen is not None:
            self.use_list(chosen)

    def use_list(self, mapping: Path) -> None:
        """Read the pack again with a corrected list of whose each document is."""
        self.pack.turn_to(DOCUMENTS)
        self._understand(self._path, mapping)

    def _lead(self, problem: Problem) -> None:
        """Open what a problem is about, with its place ready to be pasted: a spreadsheet's name box leads to it."""
        QGuiApplication.clipboard().setText(problem.where)
        at = self._path / problem.where if self._path.is_dir() else self._path
        if self._path.is_dir():
            at = self._path / "tender.xlsx" if "!" in problem.where or not at.exists() else at.parent
        if not at.exists() or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(at))):
            self.said.emit(f"{problem.where} is copied. {at.name} could not be opened from here.")
            return
        self.said.emit(
            f"{at.name} is opened, and {problem.where} is copied: paste it where the program asks for a cell."
        )


def _or_problems(load: Callable[[], Loaded]) -> Loaded | ProblemsFound:
    """What was loaded, or the problems as a value: the page lists them with their places."""
    try:
        return load()
    except ProblemsFound as found:
        return found


def _holds(pack: TenderPack, documents: int) -> str:
    lots, bids = words.count(len(pack.lots), "lot"), words.count(len(pack.bids), "bid")
    criteria = words.count(len(pack.criteria), "criterion", "criteria")
    people = words.count(len(pack.panel), "person", "people")
    return f"{lots}, {criteria}, {bids}, {words.count(documents, 'document')}, {people}"


def _status_why_not(view: TenderView, *, officer: bool) -> str:
    if view.summary.stage.reached(TenderStage.PRICES_OPENED):
        return "Prices are open: the status of bids is settled."
    return "" if officer else "The officer records what becomes of a bid."
