"""The window's root: the Qt application, one profile, one instance, and what happens to bugs."""

from __future__ import annotations

import argparse
import logging
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING

from evalpanel.errors import EvalPanelError
from evalpanel.services import workspace
from evalpanel.services.workspace import Workspace
from evalpanel.system.folders import default_profile
from evalpanel.system.logs import logging_to

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from evalpanel.ui.shell import Shell


def main(arguments: list[str] | None = None) -> int:
    """Open the window on a profile (`--profile DIR`), or on the sample tender (`--demo`)."""
    parser = argparse.ArgumentParser(prog="evalpanel-desktop", description="The window of evalpanel.")
    parser.add_argument("--profile", type=Path, default=None, help="a separate store, documents and keys")
    parser.add_argument("--demo", action="store_true", help="the sample tender, in a profile that is thrown away")
    parser.add_argument("--look", choices=("system", "light", "dark", "contrast"), default="system")
    parser.add_argument(
        "--text", type=int, default=None, metavar="PERCENT", help="the size of text, 100 to 200; else the desktop's"
    )
    given = parser.parse_args(sys.argv[1:] if arguments is None else arguments)
    application = _application(given.look, given.text)
    try:
        with ExitStack() as held:
            if given.demo:
                window = _demonstration(held)
            else:
                found = _profile(application, held, given.profile or default_profile())
                if found is None:
                    return 0
                window = _window(found)
                if found.told:
                    window.messages.say(" ".join(found.told))
            window.appear()
            return int(application.exec())
    except EvalPanelError as error:  # closing the profile: the disk may be full, or the stick gone
        _say(error)
        return 1


def _application(look: str, text: int | None) -> QApplication:
    # Qt is imported when a window is wanted, and not by the command line.
    from PySide6.QtWidgets import QApplication

    from evalpanel.ui import desktop, theme

    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(["evalpanel"])
    application.setApplicationName("evalpanel")
    application.setDesktopFileName("evalpanel")
    desktop.dress(application, theme.Look(look), scale=None if text is None else min(max(text, 100), 200) / 100)
    sys.excepthook = _log_bug
    return application


def _log_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    # The last of the three places that meet everything: what reached the event loop without words.
    logging.getLogger(__name__).critical("a bug", exc_info=(kind, error, trace))
    sys.__excepthook__(kind, error, trace)


def _profile(application: QApplication, held: ExitStack, root: Path) -> Workspace | None:
    from evalpanel.ui.start import StartWindow

    opened: list[Workspace] = []

    def open_it(passphrase: str | None) -> None:
        opened.append(held.enter_context(workspace.opened(root, passphrase=passphrase)))
        held.enter_context(logging_to(opened[0].folders.logs))

    if workspace.exists(root) and not workspace.asks_passphrase(root):
        try:
            open_it(None)
        except EvalPanelError as error:
            _say(error)
            return None
        return opened[0]
    start = StartWindow(root, open_it)
    start.show()
    application.exec()
    return opened[0] if opened else None


def _say(error: EvalPanelError) -> None:
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(QMessageBox.Icon.Warning, "evalpanel", error.title)
    box.setInformativeText(error.message)
    box.exec()


def _window(space: Workspace, *, tender: str = "", person: str = "") -> Shell:
    from evalpanel.ui.catalogue import factories
    from evalpanel.ui.dialogs.who import WhoDialog
    from evalpanel.ui.session import Session
    from evalpanel.ui.shell import Shell

    shell = Shell(Session(space), factories())

    def who() -> None:
        view = shell.session.view
        if view is None:
            return
        dialog = WhoDialog(view.pack.panel, shell.session.person, shell)
        if dialog.exec() and dialog.chosen:
            shell.session.person = dialog.chosen
            shell.show_place("home")

    def open_tender(reference: str) -> None:
        shell.session.tender = reference
        shell.session.reload()
        view = shell.session.view
        own = [one for one in view.pack.panel if one.name == space.owner.name] if view is not None else []
        shell.session.person = own[0].person if own else ""
        shell.show_place("home")
        if not own:
            who()

    shell.choose_person.connect(who)
    shell.tender_chosen.connect(open_tender)
    shell.session.tender, shell.session.person = tender, person
    shell.session.reload()
    shell.show_place("home")
    return shell


def _demonstration(held: ExitStack) -> Shell:
    from evalpanel import demo

    folder = held.enter_context(TemporaryDirectory(prefix="evalpanel-demo-"))
    space = held.enter_context(
        workspace.throw_away(Path(folder), name="Morwenna Pascall", email="officer@procurement.example")
    )
    reference = demo.prepare(space)
    shell = _window(space, tender=reference, person="PM1")
    shell.banner.tell(tuple((text, after) for _, _, text, after in demo.GUIDE))

    def lead(act: int) -> None:
        place, person, _, _ = demo.GUIDE[act]
        shell.page(shell.here).leaving()
        shell.start(
            "Preparing the next act", lambda _: demo.guide(space, reference, act), lambda _: there(place, person)
        )

    def there(place: str, person: str) -> None:
        shell.session.person = person
        shell.show_place(place)

    shell.banner.lead.connect(lead)
    shell.show_place("scoring")
    return shell
