"""How soon the window is there, and how quickly it answers, on 200 bids × 60 criteria × 12 people with a PDF of 300 pages.

Everything is drawn offscreen unless `QT_QPA_PLATFORM` says otherwise (under Xvfb: `xcb`); the table says which. Every
start is a process of its own. Cold: the files of Python, of the program and of the profile are put out of the page cache
first, as far as no other program has them in use.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script, the tests' own modules lie beside it

if TYPE_CHECKING:
    from PySide6.QtPdf import QPdfDocument
    from PySide6.QtWidgets import QAbstractScrollArea, QWidget

    from evalpanel.services.workspace import Workspace
    from evalpanel.ui.shell import Shell

STARTS = 7
COLD_STARTS = 3
KEYS = 300
TURNS = 12
FRAMES = 300
COMPILED = Path(gettempdir()) / "evalpanel-bench-compiled"
BARE, OPENED, OURS = "bare", "opened", "ours"
_BEGAN = "EVALPANEL_BENCH_BEGAN"
_REASON = "The bid names a worker for each young carer and says who steps in when she is away. "


# What runs in processes of its own


def _painted(window: QWidget, then: Callable[[], object]) -> None:
    """Call `then` once the window has been painted for the first time."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                window.removeEventFilter(self)
                QTimer.singleShot(0, then)
            return super().eventFilter(watched, event)

    window.installEventFilter(Watch(window))


def _since() -> float:
    return time.time() - float(os.environ[_BEGAN])


def start_bare(profile: Path, *, opens: bool) -> dict[str, float]:
    """A window with one label; with `opens`, SQLAlchemy and the store of the profile after it."""
    from PySide6.QtWidgets import QApplication, QLabel

    app = QApplication(["bare"])
    window = QLabel("One label")
    window.resize(1366, 768)
    times: dict[str, float] = {}

    def painted() -> None:
        times["painted"] = _since()
        if opens:
            from evalpanel.services import workspace

            with workspace.opened(profile, passphrase="four words of ours"):
                times["usable"] = _since()
        app.quit()

    _painted(window, painted)
    window.show()
    app.exec()
    return times


def start_ours(profile: Path, tender: str, person: str) -> dict[str, float]:
    """The program, as its `main` starts it, until its home page is painted; the window that is painted first stays."""
    from evalpanel import app as program
    from evalpanel.system.folders import default_profile

    gc.disable()  # as `main` does
    default_profile()
    application = program._application("light", 100)
    times: dict[str, float] = {}
    with ExitStack() as held:

        def opened() -> Workspace:
            from evalpanel.services import workspace

            return held.enter_context(workspace.opened(profile, passphrase="four words of ours"))

        def usable() -> None:
            times["usable"] = _since()
            application.exit()

        shell = program._frame(held, profile, "Opening your store…")
        _painted(shell, lambda: times.update(painted=_since()))
        space = program._seen(application, shell, opened)
        assert space is not None, "nobody closes the window here"
        program._fill(shell, space, tender=tender, person=person)
        _painted(shell.page("home"), usable)
        application.exec()
        shell.close()
    return times


def work(scored: Path, agreed: Path) -> dict[str, list[float]]:
    """What one does in the window, in milliseconds."""
    from PySide6.QtWidgets import QApplication

    import big
    from evalpanel.domain.sheets import Line
    from evalpanel.domain.tender import BidCode, CriterionCode
    from make import LOT

    app = QApplication(["evalpanel"])
    lines = [Line(LOT, BidCode(f"B{number:03}"), CriterionCode("1.1")) for number in range(1, big.DOCUMENTED + 1)]
    found: dict[str, list[float]] = {}
    with _shell(scored, big.SCORER) as shell:
        shell.show_place("scoring", lines[0])
        _settle(app, shell, 1.0)
        found["key"] = _typed(app, shell)
        found["bid"], found["view"], found["render"] = _turned(app, shell, lines)
        page: Any = shell.page("scoring")
        page.progress.show()
        page.progress.grid.resize(page.progress.grid.sizeHint())
        found["grid"] = _scrolled(app, page.progress.grid)
        shell.show_place("record")
        _settle(app, shell, 2.0)
        record: Any = shell.page("record")
        found["record"] = _scrolled(app, record.list)
    with _shell(agreed, "CH1") as shell:
        shell.show_place("moderation")
        _settle(app, shell, 2.0)
        moderation: Any = shell.page("moderation")
        found["moderation"] = _scrolled(app, moderation.list.table)
    return found


@contextmanager
def _shell(profile: Path, person: str) -> Iterator[Shell]:
    import big
    import profiles
    from evalpanel import app as program

    program._application("light", 100)
    with profiles.opened(profile) as space:
        shell = program._window(space, tender=big.REFERENCE, person=person)
        shell.resize(1366, 900)
        shell.show()
        yield shell
        shell.close()


def _settle(app: Any, shell: Shell, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or shell.jobs.busy:
        app.processEvents()
        time.sleep(0.005)


def _until_painted(app: Any, widget: QWidget, act: Callable[[], object], due: float | None = None) -> float:
    """Milliseconds from an act, or from when it was due, to the paint that follows it."""
    done: list[float] = []
    _painted(widget, lambda: done.append(time.perf_counter()))
    began = time.perf_counter() if due is None else due
    act()
    while not done and time.perf_counter() - began < 1:
        app.processEvents()
    return ((done[0] if done else time.perf_counter()) - began) * 1000


def _typed(app: Any, shell: Shell) -> list[float]:
    """Each key of a reason: what is saved in between, and told to the frame, is in it."""
    from PySide6.QtTest import QTest

    page: Any = shell.page("scoring")
    field = page.form.reason
    field.setFocus()
    field.selectAll()
    taken = []
    due = time.perf_counter()
    for number in range(KEYS):
        # A key every 40 ms, on average: what falls due while an answer is being saved waits, and that is counted.
        due = max(due + 0.03 + 0.02 * (number % 3) / 2, time.perf_counter() - 0.2)
        if number % 60 == 59:
            due += 1.2  # a pause to think, in which what was typed is saved, and the frame is told
        while time.perf_counter() < due:
            app.processEvents()
            time.sleep(0.001)

        def press(letter: str = _REASON[number % len(_REASON)]) -> None:
            QTest.keyClicks(field, letter)

        taken.append(_until_painted(app, field.viewport(), press, due))
    return taken


def _turned(app: Any, shell: Shell, lines: list[Any]) -> tuple[list[float], list[float], list[float]]:
    """From a bid to the next, until words of its first page are seen; and the same page by Qt alone, in two ways.

    The fair comparison is a bare `QPdfView` of the same size, page under page, whose `QPdfDocument` loads the same bytes:
    the person waits for loading, laying out and drawing. The other is `QPdfDocument.load` and `render` of that page
    without any view: what no window can come near, because a view lays out 300 pages before it draws one.
    """
    from PySide6.QtCore import QSize
    from PySide6.QtPdf import QPdfDocument
    from PySide6.QtPdfWidgets import QPdfView

    import big

    page: Any = shell.page("scoring")
    data = big.pdf(big.WHOLE.pages)
    whole = QPdfView()
    whole.setPageMode(QPdfView.PageMode.MultiPage)
    whole.setZoomMode(QPdfView.ZoomMode.FitToWidth)
    whole.resize(page.document.pdf.size())
    drawn = QPdfDocument()
    whole.setDocument(drawn)
    whole.show()
    ours, view, bare = [], [], []
    for turn in range(1, TURNS + 1):
        began = time.perf_counter()
        page.go_to(lines[turn % len(lines)])
        _until_words(app, page.document.pdf)
        ours.append((time.perf_counter() - began) * 1000)
        _settle(app, shell, 0.2)
        began = time.perf_counter()
        _load(drawn, data)
        _until_words(app, whole)
        view.append((time.perf_counter() - began) * 1000)
        _settle(app, shell, 0.2)
        began = time.perf_counter()
        document = QPdfDocument()
        _load(document, data)
        width = page.document.pdf.viewport().width()
        document.render(0, QSize(width, width * 297 // 210))
        bare.append((time.perf_counter() - began) * 1000)
        document.close()
    whole.close()
    return ours, view, bare


def _load(document: QPdfDocument, data: bytes) -> None:
    from PySide6.QtCore import QBuffer

    document.close()
    buffer = QBuffer(document)
    buffer.setData(data)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document.load(buffer)


def _until_words(app: Any, view: QAbstractScrollArea) -> None:
    """Wait until something dark is seen where the first words of a page stand."""
    from PySide6.QtCore import QRect

    seen = view.viewport()
    width = seen.width()
    strip = QRect(width // 10, width // 10, width // 4, width // 16)
    until = time.perf_counter() + 5
    while time.perf_counter() < until:
        app.processEvents()
        image = seen.grab(strip).toImage()
        if any(
            image.pixelColor(x, y).lightness() < 100
            for y in range(0, image.height(), 3)
            for x in range(0, image.width(), 2)
        ):
            return


def _scrolled(app: Any, view: QAbstractScrollArea) -> list[float]:
    """Each frame of scrolling through the whole list, and back as far as there are frames."""
    bar = view.verticalScrollBar()
    step = max(1, (bar.maximum() * 2) // FRAMES)
    taken = []
    for frame in range(FRAMES):
        place = (frame * step) % max(1, bar.maximum())

        def act(place: int = place) -> None:
            bar.setValue(place)
            view.viewport().update()

        taken.append(_until_painted(app, view.viewport(), act))
    return taken


# What asks them


def _run(*words: str | Path) -> Any:
    environment = os.environ | {_BEGAN: str(time.time())}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    # An installed program is compiled when it is installed: so is what is measured, whatever this environment says.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(COMPILED)
    said = subprocess.run(
        [sys.executable, __file__, *map(str, words)], check=True, capture_output=True, text=True, env=environment
    )
    return json.loads(said.stdout.splitlines()[-1])


def _put_out_of_the_cache(folders: list[Path]) -> bool:
    """Ask for every file below these folders to be forgotten. False where that cannot be asked for."""
    if not hasattr(os, "posix_fadvise"):
        return False
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return True


def _starts(profile: Path, *, cold: bool) -> list[tuple[str, float, str]]:
    import big
    import evalpanel

    folders = [Path(sys.prefix) / "lib", Path(evalpanel.__file__).parent, COMPILED, profile]
    times: dict[str, list[dict[str, float]]] = {BARE: [], OPENED: [], OURS: []}
    for _ in range(COLD_STARTS if cold else STARTS + 1):
        for way, held in times.items():
            if cold and not _put_out_of_the_cache(folders):
                return []
            held.append(_run(way, profile, *((big.REFERENCE, big.SCORER) if way == OURS else ())))
    kept = {way: held if cold else held[1:] for way, held in times.items()}  # the first warm one warms
    how = "cold" if cold else "warm"
    label = median(one["painted"] for one in kept[BARE])
    least = median(one["usable"] for one in kept[OPENED])
    painted, usable = (median(one[what] for one in kept[OURS]) for what in ("painted", "usable"))
    return [
        (f"a bare window with one label painted, {how}", label, "s"),
        (f"the window painted first, {how}", painted, "s"),
        ("over the bare window (at most 1.5 is wanted)", painted / label, "×"),
        (f"a bare window, SQLAlchemy and an opened store, {how}", least, "s"),
        (f"the home page of the big tender usable, {how}", usable, "s"),
        ("over the bare window with its store (at most 1.2 is wanted)", usable / least, "×"),
    ]


def _last_hundredth(held: list[float]) -> float:
    return quantiles(held, n=100)[98]


def measure() -> list[tuple[str, float, str]]:
    """What was measured: name, number, unit. The big tender is built first, which takes half a minute."""
    import big
    import profiles

    with TemporaryDirectory() as name:
        scored = big.profile(Path(name) / "scored", "scoring")
        agreed = profiles.copied(scored, Path(name) / "agreed")
        with profiles.opened(agreed) as space:
            big.go_on(space, "scoring", "moderated")
        rows = [*_starts(scored, cold=False), *_starts(scored, cold=True)]
        found = _run("work", scored, agreed)
    where = os.environ.get("QT_QPA_PLATFORM", "offscreen")
    rows += [
        (f"a key to its paint, 300 pages open, {where}, median (under 16 is wanted)", median(found["key"]), "ms"),
        ("the slowest in a hundred keys (under 50 is wanted)", _last_hundredth(found["key"]), "ms"),
        ("the next bid to its first page painted, 300 pages", median(found["bid"]), "ms"),
        ("a bare QPdfDocument loaded and that page drawn by a bare QPdfView", median(found["view"]), "ms"),
        ("over it (at most 1.5 is wanted)", median(found["bid"]) / median(found["view"]), "×"),
        ("a bare QPdfDocument loaded and that page rendered without a view", median(found["render"]), "ms"),
    ]
    for what, words in (("moderation", "12,000 lines"), ("grid", "200 × 60 cells"), ("record", "21,600 acts")):
        rows += [
            (f"a frame of scrolling, {what}, {words}, median", median(found[what]), "ms"),
            ("99 in 100 frames are under (33 is wanted)", _last_hundredth(found[what]), "ms"),
        ]
    return rows


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["bare" | "opened" as way, profile]:
            print(json.dumps(start_bare(Path(profile), opens=way == OPENED)))
        case ["ours", profile, tender, person]:
            print(json.dumps(start_ours(Path(profile), tender, person)))
        case ["work", scored, agreed]:
            print(json.dumps(work(Path(scored), Path(agreed))))
        case _:
            for what, number, unit in measure():
                print(f"{what}: {number:.3f} {unit}")
