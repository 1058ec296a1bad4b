"""Set-up: a tender pack is understood, shown with every problem, and kept; then its criteria are frozen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut

from evalpanel.domain.blind import nameless
from evalpanel.domain.intake import Problem, ProblemsFound, TenderPack
from evalpanel.domain.ocds_gaps import OcdsReading
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, BidStatus
from evalpanel.errors import EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import documents, notices, packs, scoresheets, setup
from evalpanel.services.packs import Loaded
from evalpanel.services.setup import TenderView
from evalpanel.services.understanding import Understood
from evalpanel.ui import places
from evalpanel.ui.dialogs.load_pack import LoadPack, ask_open, ask_save, dropped
from evalpanel.ui.dialogs.start_notice import StartFromNotice
from evalpanel.ui.models import words
from evalpanel.ui.page import Page
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.bids_view import status_why_not
from evalpanel.ui.widgets.pack_view import BIDS, CRITERIA, DOCUMENTS, PROBLEMS, PackView
from evalpanel.ui.widgets.pile import Pile
from evalpanel.ui.widgets.problem_list import lead_to

_DRAFT = ("Save the draft workbook", "tender.xlsx", "Workbooks (*.xlsx)")
_EMPTY_BOOK = ("Write an empty workbook", "tender.xlsx", "Workbooks (*.xlsx)")
_LISTS = "Lists (*.csv);;All files (*)"
_FREEZE = (
    "Freezing pins criteria, weightings, scales and method with a digest: they never change again. "
    "Bids can be read only after it."
)


class SetupPage(Page):
    """What is evaluated and against what. Without a tender, or on request, the way in for a pack.

    `open("load")` asks for a pack, `open(path)` reads one (or a notice), `open("bids")` asks for bids, and the code of a criterion
    (`open("1.2")`) shows that criterion. `tender_chosen` says the reference of a tender that was just kept.
    """

    KEY = "setup"

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        self._asking = ""  # "pack" or "bids" while a path is asked for
        self._path = Path()
        self._mapping: Path | None = None
        self._understood: Understood | None = None
        self._notice: OcdsReading | None = None
        self._bid_problems: tuple[Problem, ...] | None = None
        self._seen = ""
        self.setAcceptDrops(True)
        self._stack = Pile()
        self.load = LoadPack()
        self.pack = PackView()
        self.notice = StartFromNotice()
        for part in (self.load, self.pack, self.notice):
            self._stack.addWidget(part)
        self.content.addWidget(self._stack, 1)
        self._back = self.add_action("Back", self._go_back, key="Esc")
        self._again = self.add_action("Check again", lambda: self._understand(self._path, self._mapping), key="Ctrl+R")
        self._more_bids = self.add_action("Load more bids", lambda: self._ask("bids"))
        self._another = self.add_action("Load another tender", lambda: self._ask("pack"))
        self.load.given.connect(guard(self.take))
        self.load.notice.connect(guard(self._read_notice))
        self.notice.chosen.connect(guard(self.refresh))
        self.notice.once_more.connect(guard(self._ask_draft))
        self.load.template.connect(guard(lambda: self.write_template(ask_save(self, *_EMPTY_BOOK))))
        self.pack.problems.wanted.connect(guard(lambda problem: self.said.emit(lead_to(problem, self._path))))
        self.pack.save_list.connect(guard(self._save_list))
        self.pack.use_list.connect(guard(lambda: self.use_list(ask_open(self, "Use a corrected list", _LISTS))))
        self.pack.bids.status_wanted.connect(guard(self._record_status))
        primary = QShortcut(QKeySequence("Ctrl+Return"), self)
        primary.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        primary.setWhatsThis("Do the next step")
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
        elif self._notice is not None:
            self._show_notice()
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
        elif self._stack.currentWidget() is self.notice:
            self.notice.parts.focus_part()
        else:
            self.pack.focus_part()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what is dropped anywhere on the page, for as long as a pack is asked for or looked at."""
        shows_tender = self._stack.currentWidget() is self.pack and self._understood is None
        if not shows_tender and dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read what was dropped."""
        path = dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.guard(self.take)(path)

    def take(self, path: Path) -> None:
        """Read what was chosen or dropped: a pack and a notice are shown before anything is kept, bids are loaded."""
        if self._asking == "bids":
            if notices.is_notice(path):
                raise EvalPanelError(
                    f"{path.name} is a notice, and not a folder of bids.",
                    "Nothing was kept. Give a folder, zip or tar with a folder for each bidder.",
                )
            self._load_bids(path)
        elif notices.is_notice(path):
            self._read_notice(path)
        else:
            self._understand(path, None)

    def _show_load(self, view: TenderView | None) -> None:
        self.load.ask(bids=(bids := self._asking == "bids"))
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
        named = (
            f"{pack.tender.reference} {pack.tender.title}" if pack.tender is not None else "no tender was found in it"
        )
        holds = f" {words.holds(pack, len(found.documents))}." if pack.tender is not None or found.documents else ""
        self.head("What was understood", f"{self._path.name}: {named}.{holds}")
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
            self.status.setText("Nothing is kept.")
            self.next_step("Load this tender", None, tip=why)
        else:
            notes = f" {words.count(len(found.problems), 'note')} to read first." if found.problems else ""
            self.status.setText(f"Nothing is kept yet.{notes}")
            self.next_step("Load this tender  Ctrl+↵", self._load)

    def _show_tender(self, view: TenderView) -> None:
        summary, pack = view.summary, view.pack
        problems = self._bid_problems
        self._stack.setCurrentWidget(self.pack)
        frozen = summary.stage.reached(TenderStage.CRITERIA_FROZEN)
        lots = words.count(len(pack.lots), "lot")
        self.head("Set-up", f"{summary.reference} · {summary.stage.words.lower()} · {lots}")
        own = places.me(view, self.session.person)
        officer = own is None or own.member.has(Role.OFFICER)
        if problems is None and officer:
            problems = documents.notes(self.session.workspace, summary.reference) or None
        self.pack.show_pack(
            pack if view.named or officer else nameless(pack),
            problems=problems,
            documents=None,
            status_why_not=status_why_not(summary.stage, officer=officer),
            no_bids="No bids yet. " + ("Load them now." if frozen else "They come after the criteria are frozen."),
            digest=summary.criteria_digest,
            held_documents=summary.documents,
            kept_out="the bids",
            leads=self._bid_problems is not None,
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

    def _ask(self, what: str) -> None:
        self._asking, self._understood, self._notice = what, None, None
        self.refresh()
        self.load.take_focus()

    def _go_back(self) -> None:
        # From a pack that was understood one comes back to choosing another.
        self._asking = "pack" if self._understood is not None and self.session.view is None else ""
        if self._understood is None:
            self._notice = None
        self._understood = None
        self.refresh()
        self.open(None)

    def _understand(self, path: Path, mapping: Path | None) -> None:
        workspace = self.session.workspace

        def show(found: Understood) -> None:
            again = self._understood is not None
            self._path, self._mapping, self._understood, self._asking = path, mapping, found, ""
            self.refresh()
            if not again or self.pack.part == PROBLEMS:
                self.pack.turn_to(PROBLEMS if found.stopping else CRITERIA)
            self.pack.focus_part()

        def read(progress: Progress) -> Understood:
            return packs.understand(workspace, path, mapping=mapping, progress=progress)

        self.start(f"Reading {path.name}", read, show)

    def _load(self) -> None:
        workspace, path, mapping = self.session.workspace, self._path, self._mapping

        def keep(progress: Progress) -> Loaded | ProblemsFound:
            return _or_problems(lambda: packs.load(workspace, path, mapping=mapping, progress=progress))

        def kept(result: Loaded | ProblemsFound) -> None:
            if isinstance(result, ProblemsFound):  # the pack was changed since it was read
                if self._understood is not None:
                    self._understood = Understood(self._understood.pack, self._understood.documents, result.problems)
                self._refused(result)
                return
            held = self._understood.pack if self._understood is not None else TenderPack()
            summary, self._understood, self._mapping, self._notice = result.summary, None, None, None
            noted = documents.notes(workspace, summary.reference)
            more = f" {words.count(len(noted), 'note')} on its documents: see Notes." if noted else ""
            self.said.emit(f"{summary.reference} is loaded: {words.holds(held, summary.documents)}.{more}")
            self.tender_chosen.emit(summary.reference)
            self.acted.emit()

        self.start(f"Loading {path.name}", keep, kept)

    def _load_bids(self, path: Path) -> None:
        workspace, tender, person = self.session.workspace, self.session.tender, self.session.person or None

        def keep(progress: Progress) -> Loaded | ProblemsFound:
            return _or_problems(lambda: packs.load_bids(workspace, tender, path, person=person, progress=progress))

        def kept(result: Loaded | ProblemsFound) -> None:
            self._asking, self._path = "", path
            if isinstance(result, ProblemsFound):
                self._bid_problems = result.problems
                self._refused(result)
            else:
                self._bid_problems = result.notes or None
                self.acted.emit()
                self.pack.turn_to(BIDS)
                bids, documents = result.summary.bids, words.count(result.summary.documents, "document")
                self.said.emit(f"The bids are loaded: {words.count(bids, 'bid')} and {documents} in all.")
            self.pack.focus_part()

        self.start(f"Loading bids from {path.name}", keep, kept)

    def _refused(self, found: ProblemsFound) -> None:
        self.refresh()
        self.pack.turn_to(PROBLEMS)
        self.said.emit(f"{found.title} {found.then}")

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

    def _read_notice(self, path: Path) -> None:
        def show(reading: OcdsReading) -> None:
            self._notice, self._asking, self._understood = reading, "", None
            self.notice.show_reading(path, reading)
            self.refresh()
            self.notice.parts.focus_part()

        self.start(f"Reading {path.name}", lambda _: notices.read_notice(path), show)

    def _show_notice(self) -> None:
        self._stack.setCurrentWidget(self.notice)
        self.head("What the notice says", self.notice.about)
        self._back.show()
        self.status.setText(self.notice.told if self.notice.is_usable else "")
        if self.notice.drafted is not None:
            drafted = self.notice.drafted
            self.next_step("Load the completed workbook  Ctrl+↵", lambda: self._understand(drafted, None))
        elif self.notice.is_usable:
            self.next_step("Save the draft workbook…  Ctrl+↵", self._ask_draft)
        else:
            self.next_step("Save the draft workbook…", None, tip=self.notice.told)

    def _ask_draft(self) -> None:
        self.save_draft(ask_save(self, *_DRAFT))

    def save_draft(self, out: Path | None) -> None:
        """Write the draft of the process that is looked at to `out`; None: the person thought better of it."""
        tender = self.notice.tender
        if out is None or tender is None:
            return

        def written(_: None) -> None:
            self.notice.show_drafted(out)
            self.refresh()
            self.said.emit(
                f"{out.name} is written. Its first sheet lists what to fill in; comments at the cells say why."
            )

        self.start(f"Writing {out.name}", lambda _: notices.write_draft(tender, out), written)

    def write_template(self, out: Path | None) -> None:
        """Write an empty tender workbook to `out`; None: the person thought better of it."""
        if out is not None:
            scoresheets.template(out)
            self.said.emit(
                f"{out.name} is written. Its first sheet explains every column; fill it in and load it here."
            )

    def _save_list(self) -> None:
        out = ask_save(self, "Save whose each document is", "documents.csv", _LISTS)
        if out is not None and self._understood is not None:
            packs.write_mapping_file(self._understood, out)
            self.said.emit(f"{out.name} is written. Correct it, save it, and use it here.")

    def use_list(self, mapping: Path | None) -> None:
        """Read the pack again with a corrected list of whose each document is; None: the person thought better of it."""
        if mapping is not None:
            self.pack.turn_to(DOCUMENTS)
            self._understand(self._path, mapping)


def _or_problems(load: Callable[[], Loaded]) -> Loaded | ProblemsFound:
    """What was loaded, or the problems as a value: the page lists them with their places."""
    try:
        return load()
    except ProblemsFound as found:
        return found
