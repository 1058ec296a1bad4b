"""What the record of a big tender takes: its report, its score matrix, a challenge pack and a letter, each in a process of its own.

Beside the matrix stands openpyxl, writing the same cells without looks in the same process as bare as it can; beside the report
reportlab, drawing as many lines of text as the report has.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script, the tests' own modules lie beside it

import big
import profiles
from evalpanel.services import challenge, letters, reporting
from evalpanel.services.workspace import Workspace

ACTS = ("report", "matrix", "challenge", "one letter")


def measure(size: big.Size = big.WHOLE) -> Iterator[tuple[str, float, str]]:
    """The rows of the benchmark table, for so many bids, criteria and people."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        root = big.profile(folder / "decided", "priced", size)
        with profiles.opened(root) as space:
            big.decide(space)
        took: dict[str, float] = {}
        for act in ACTS:
            copied = profiles.copied(root, folder / "copy")
            out = folder / act.replace(" ", "-")
            out.mkdir()
            told = subprocess.run(
                [sys.executable, __file__, act, str(copied), str(out)], check=True, capture_output=True, text=True
            ).stdout.split()
            took[act] = float(told[0])
            yield act, took[act], "s"
            yield f"{act}, most memory of its process", float(told[1]), "MB"
            shutil.rmtree(copied)
        bare = _bare_workbook(folder / "matrix" / "made.xlsx")
        yield "the cells of the matrix alone by openpyxl, write-only", bare, "s"
        yield "matrix over bare cells", took["matrix"] / bare, "×"
        lines, bare = _bare_text(folder / "report" / "made.pdf")
        yield f"the {lines:,} lines of the report alone by reportlab", bare, "s"
        yield "report over bare lines", took["report"] / bare, "×"


def _bare_workbook(file: Path) -> float:
    from openpyxl import Workbook, load_workbook

    held = load_workbook(file, read_only=True)
    sheets = [list(sheet.iter_rows(values_only=True)) for sheet in held.worksheets]
    held.close()
    start = time.perf_counter()
    book = Workbook(write_only=True)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(io.BytesIO())
    return time.perf_counter() - start


def _bare_text(file: Path) -> tuple[int, float]:
    import pypdfium2
    from reportlab.pdfgen.canvas import Canvas

    pages = [one.get_textpage().get_text_range().splitlines() for one in pypdfium2.PdfDocument(file.read_bytes())]
    start = time.perf_counter()
    canvas = Canvas(io.BytesIO())
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.drawString(60, 800 - 9 * number, line)
        canvas.showPage()
    canvas.save()
    return sum(map(len, pages)), time.perf_counter() - start


def _letter(space: Workspace, out: Path) -> None:
    report = letters.letters(space, big.REFERENCE, out, bid="B002")
    if report.blocked:
        raise AssertionError(f"a letter was blocked: {report.blocked}")


def _memory() -> float:
    """The most memory that this process ever had, in MB. (`getrusage` would tell that of the one that started it.)"""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("Linux says how much memory a process takes")


def _do(act: str, root: Path, out: Path) -> None:
    work: dict[str, Callable[[Workspace], object]] = {
        "report": lambda space: reporting.report(space, big.REFERENCE, out / "made.pdf"),
        "matrix": lambda space: reporting.matrix(space, big.REFERENCE, out / "made.xlsx"),
        "challenge": lambda space: challenge.challenge(space, big.REFERENCE, "B003", to=out, is_open=True),
        "one letter": lambda space: _letter(space, out),
    }
    with profiles.opened(root) as space:
        start = time.perf_counter()
        work[act](space)
        took = time.perf_counter() - start
    print(took, _memory())


if __name__ == "__main__":
    if len(sys.argv) == 4:
        _do(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        for what, number, unit in measure():
            print(f"{what}: {number:.3f} {unit}", flush=True)
