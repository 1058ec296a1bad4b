"""Writing what goes out to a stick or a folder that the person chooses: invitations, the panel's files, one's own work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from evalpanel.progress import Progress
from evalpanel.services import inviting, issuing, joining, receipts, sending
from evalpanel.services.carrying import Stand
from evalpanel.services.joining import Invite
from evalpanel.ui import window_place
from evalpanel.ui.models import carry_words
from evalpanel.ui.page import Page

_FOLDER = "carry/folder"


class CarryOut:
    """What the page “Carry files” writes. Each asks for the folder first, and says afterwards that the stick can be taken out."""

    def __init__(self, page: Page) -> None:
        self.choose_folder: Callable[[str], str] = self._ask_folder
        self._page = page
        self._settings = window_place.settings(page.session.workspace.folders.root)

    def invite(self, tender: str, people: Sequence[str]) -> None:
        """Write an invitation for each of these people."""
        space = self._page.session.workspace
        self.write(
            "Writing invitations",
            lambda to, _: inviting.invite(space, tender, to=to, people=people),
            lambda made: self._page.said.emit(carry_words.invited(made)),
        )

    def issue(self, tender: str) -> None:
        """Write what the panel needs."""
        space = self._page.session.workspace
        self.write(
            "Writing the files for the panel",
            lambda to, progress: issuing.issue(space, tender, to=to, progress=progress),
            lambda made: self._page.said.emit(carry_words.issued(made)),
        )

    def receipts(self, stand: Stand | None) -> None:
        """Write everybody a receipt for what of theirs is here."""
        assert stand is not None, "it is offered where there is a tender"
        space = self._page.session.workspace
        self.write(
            "Writing receipts",
            lambda to, _: receipts.receipts(space, stand.tender, to=to),
            lambda made: self._page.said.emit(carry_words.receipted(made)),
        )

    def send(self, stand: Stand | None, *, final: bool = False) -> None:
        """Write what a member has to send; `final`: as a chair who is done."""
        assert stand is not None, "it is offered where there is a tender"
        space = self._page.session.workspace
        self.write(
            "Writing what you send",
            lambda to, _: sending.send(space, stand.tender, to=to, final=final),
            lambda made: self._page.said.emit(carry_words.sent(made, stand.officer)),
        )

    def answer(self, file: Path, asked: Invite, laptop: str, done: Callable[[], None]) -> None:
        """Accept an invitation, and write the answer."""
        space = self._page.session.workspace

        def written(answer: Path) -> None:
            done()
            self._page.said.emit(carry_words.answered(answer, asked.officer))

        self.write("Writing your answer", lambda to, _: joining.enrol(space, file, to=to, laptop=laptop), written)

    def write(self, what: str, work: Callable[[Path, Progress], object], done: Callable[..., None]) -> None:
        """Ask for the folder, and do the work with it; `done` gets what it gave."""
        chosen = self.choose_folder(str(self._settings.value(_FOLDER, "")))
        if not chosen:
            return
        self._settings.setValue(_FOLDER, chosen)
        self._page.start(what, lambda progress: work(Path(chosen), progress), done)

    def _ask_folder(self, start: str) -> str:
        return QFileDialog.getExistingDirectory(self._page, "Where the files go: a stick, or a folder", start)
