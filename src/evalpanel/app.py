"""The window's root: the Qt application, one profile, one instance, and what happens to bugs."""

from __future__ import annotations

import argparse
import gc
import logging
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from evalpanel.errors import EvalPanelError
from evalpanel.system.folders import default_profile

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from evalpanel.services.workspace import Workspace
    from evalpanel.ui.shell import Shell

T = TypeVar("T")

# The frame of the window is seen first, and what takes long comes after it: the services with their tables, and opening
# the store. So services are imported inside the functions that use them, all through this module.


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
    # Nothing of what is imported is ever garbage, and looking for it there takes a third of the start. It also keeps
    # widgets from being collected on the thread that opens the store.
    gc.disable()
    try:
        application = _application(given.look, given.text)
        with ExitStack() as held:
            if given.demo:
                window = _demonstration(application, held)
            else:
                window = _profile(application, held, given.profile or default_profile())
            gc.freeze()
            gc.enable()
            return 0 if window is None else int(application.exec())
    except EvalPanelError as error:  # also in closing the profile: the disk may be full, or the stick gone
        _say(error)
        return 1
    finally:
        gc.unfreeze()
        gc.enable()


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


def _frame(held: ExitStack, root: Path, words: str) -> Shell:
    """The window before there is a profile in it, saying what is waited for."""
    from evalpanel.ui.catalogue import factories
    from evalpanel.ui.shell import Shell

    window = Shell(None, factories(), root=root)
    held.callback(window.hide)  # where it never gets further
    window.waiting(words)
    return window


def _seen(application: QApplication, window: Shell, work: Callable[[], T]) -> T | None:
    """Show the window, and do what its first page needs on a thread. None: it was closed meanwhile."""
    from evalpanel.ui.behind import Behind

    begun = Behind(window, work, lambda: application.exit(0))
    window.appear()
    application.exec()
    done: T = begun.result()
    return done if window.isVisible() else None


def _profile(application: QApplication, held: ExitStack, root: Path) -> Shell | None:
    """The window on a profile; None where the person closed it before it was open."""

    def open_it(passphrase: str | None) -> Workspace:
        from evalpanel.services import workspace
        from evalpanel.system.logs import logging_to

        space = held.enter_context(workspace.opened(root, passphrase=passphrase))
        held.enter_context(logging_to(space.folders.logs))
        return space

    problem: list[EvalPanelError] = []

    def open_unasked() -> tuple[Workspace, ...]:
        from evalpanel.services import workspace

        if not workspace.exists(root) or workspace.asks_passphrase(root):
            return ()
        try:
            return (open_it(None),)
        except workspace.KeysError as error:
            if not workspace.has_paper(root):
                raise
            problem.append(error)  # the keyring was reset: a paper key opens it
            return ()

    window = _frame(held, root, "Opening your store…")
    opened, invitation = _seen(application, window, open_unasked), None
    if opened == ():
        opened, invitation = _asked(application, window, root, open_it, next(iter(problem), None))
    if not opened:
        return None
    _fill(window, opened[0])
    if invitation is not None:
        window.show_place("carry", invitation)
    if opened[0].told:
        window.messages.say(" ".join(opened[0].told))
    return window


def _asked(
    application: QApplication,
    window: Shell,
    root: Path,
    open_it: Callable[[str | None], Workspace],
    problem: EvalPanelError | None,
) -> tuple[tuple[Workspace, ...], Path | None]:
    """Ask how the profile is made or opened, in the window itself: empty where the person closes it instead. With it the
    invitation with which somebody began."""
    from evalpanel.ui.start import StartWindow

    opened: list[Workspace] = []
    start = StartWindow(root, lambda passphrase: opened.append(open_it(passphrase)), problem=problem)
    start.opened.connect(lambda *_: application.exit(0))
    window.ask(start)
    gc.enable()
    application.exec()
    return tuple(opened), start.invitation


def _say(error: EvalPanelError) -> None:
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(QMessageBox.Icon.Warning, "evalpanel", error.title)
    box.setInformativeText(error.message)
    box.exec()


def _window(space: Workspace, *, tender: str = "", person: str = "") -> Shell:
    """The window on a profile that is open already."""
    from evalpanel.ui.catalogue import factories
    from evalpanel.ui.shell import Shell

    shell = Shell(None, factories(), root=space.folders.root)
    _fill(shell, space, tender=tender, person=person)
    return shell


def _fill(shell: Shell, space: Workspace, *, tender: str = "", person: str = "") -> None:
    """Put the profile that was opened into its window, with the first page."""
    from evalpanel.ui.session import Session

    shell.take(Session(space))

    def who() -> None:
        view, stand = shell.session.view, shell.session.stand
        if view is None:
            return
        if stand is not None and not stand.leads and stand.person == shell.session.person:
            shell.messages.say(f"This is the laptop of {stand.person} in this tender. Others work on their own.")
            return
        # Imported here: the first page is there without it.
        from evalpanel.ui.dialogs.who import WhoDialog

        dialog = WhoDialog(view.pack.panel, shell.session.person, shell)
        if dialog.exec() and dialog.chosen:
            shell.session.person = dialog.chosen
            shell.messages.clear()  # what was said was said to somebody else
            shell.show_place("home")

    def open_tender(reference: str) -> None:
        shell.session.tender = reference
        shell.session.reload()
        view, stand = shell.session.view, shell.session.stand
        own = [one.person for one in view.pack.panel if one.name == space.owner.name] if view is not None else []
        if stand is not None and not stand.leads:
            own = [stand.person]  # a laptop that joined by an invitation is one person's
        shell.session.person = own[0] if own else ""
        shell.show_place("home")
        if not own:
            who()

    shell.choose_person.connect(who)
    shell.tender_chosen.connect(open_tender)
    shell.session.tender, shell.session.person = tender, person
    shell.session.reload()
    shell.show_place("home")


def _demonstration(application: QApplication, held: ExitStack) -> Shell | None:
    from tempfile import TemporaryDirectory

    folder = Path(held.enter_context(TemporaryDirectory(prefix="evalpanel-demo-")))

    def prepare() -> tuple[Workspace, str]:
        from evalpanel import demo
        from evalpanel.services import workspace

        space = held.enter_context(
            workspace.throw_away(folder, name="Morwenna Pascall", email="officer@procurement.example")
        )
        return space, demo.prepare(space)

    shell = _frame(held, folder, "Preparing the sample tender…")
    prepared = _seen(application, shell, prepare)
    if prepared is None:
        return None
    space, reference = prepared
    _guide(shell, space, reference)
    return shell


def _guide(shell: Shell, space: Workspace, reference: str) -> None:
    """Lead through the sample tender, act by act."""
    from evalpanel import demo

    _fill(shell, space, tender=reference, person="PM1")
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
