"""A process that has everything imported, and starts others as copies of itself: each does one act and is cut short in it.

It reads requests and answers with results, one JSON object a line; the fixture `ask` speaks with it.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from crash import points, states
from crash.acts import ACTS, Act, Materials, Place
from crash.points import Point, Points
from evalpanel.errors import EvalPanelError
from profiles import copied

REFUSED = 1
_ENDS = {0: "was done", REFUSED: "was refused", -9: "was killed", -25: "was killed"}
"""-25: by the operating system, in a write that was too large."""


class Runs:
    """One act, done again and again: once undisturbed, and then cut short."""

    def __init__(self, act: Act, folder: Path, materials: Materials) -> None:
        self._act = act
        self._folder = folder
        self._materials = materials
        self._number = 0
        self.points: list[Point] = []
        self.largest = 0
        self.too_early: list[str] = []
        self._expected: list[states.State] = []

    def undisturbed(self) -> None:
        """Do the act to its end: where it can be stopped, and what the profile holds after each of its commits."""
        place = self._place()
        told = place.folder / "told"
        commits = self._act.commits or 0

        def copy(_number: int, point: Point) -> None:
            if point.what == "committed" and point.commits < commits:
                shutil.copytree(place.root, place.folder / f"commit {point.commits}" / "profile")

        def work() -> None:
            watch = Points(place.folder, copy)
            watch.listen()
            watch.listen_to_flushes()
            self._act.run(place, watch.watching)
            told.write_text(json.dumps([[asdict(one) for one in watch.seen], watch.order]), encoding="utf-8")

        assert self._in_child(place, work) == "was done"
        seen, order = json.loads(told.read_text(encoding="utf-8"))
        self.points = [Point(**one) for one in seen]
        self.too_early = points.too_early(order)
        self.largest = max(path.stat().st_size for path in place.root.rglob("*") if path.is_file())
        if self._act.commits is not None:
            assert self.points[-1].commits == commits, f"it was kept in {self.points[-1].commits} commits"
        moments = [
            self._place(),
            *(Place(place.folder / f"commit {one}", self._materials) for one in range(1, commits)),
        ]
        if commits or self._act.commits is None:
            moments.append(place)
        self._expected = [self._after(one) for one in moments]
        if self._act.commits is not None:
            assert len(set(self._expected)) == commits + 1, "a commit changed nothing"

    def cut_short_at(self, number: int) -> None:
        """Kill the program at the point with this number, and see what the next start finds."""
        place = self._place()

        def work() -> None:
            watch = Points(place.folder, lambda at, _: points.die() if at == number else None)
            watch.listen()
            self._act.run(place, watch.watching)

        assert self._in_child(place, work) == "was killed"
        self._judge(place, None if self._act.commits is None else self.points[number - 1].commits)

    def cut_short_by_size(self, size: int) -> None:
        """Kill the program in the write that makes a file larger than `size` bytes."""
        place = self._place()

        def work() -> None:
            points.stop_at_size(size)
            self._act.run(place, nullcontext)

        assert self._in_child(place, work) in ("was killed", "was done")  # some sizes are large enough
        self._judge(place, None)

    def refused_by_disk(self, number: int, error: int) -> str:
        """Have every change of a file fail from that point on; give what the person is told, or an empty text."""
        place = self._place()

        def fail(at: int, point: Point) -> None:
            if at >= number and point.path:
                raise OSError(error, os.strerror(error))

        def work() -> None:
            watch = Points(place.folder, fail)
            watch.listen()
            self._act.run(place, watch.watching)

        return self._refused(place, work)

    def refused_by_size(self, size: int) -> str:
        """Have the operating system refuse every write that makes a file larger than `size` bytes; the same."""
        place = self._place()

        def work() -> None:
            points.refuse_at_size(size)
            self._act.run(place, nullcontext)

        return self._refused(place, work)

    def _refused(self, place: Place, act: Callable[[], None]) -> str:
        told = place.folder / "told"

        def work() -> None:
            try:
                act()
            except EvalPanelError as refusal:
                points.refuse_at_size(resource.RLIM_INFINITY)
                told.write_text(str(refusal), encoding="utf-8")
                os._exit(REFUSED)

        ended = self._in_child(place, work)
        assert ended in ("was refused", "was done"), f"it {ended}"
        said = told.read_text(encoding="utf-8") if told.exists() else ""
        self._judge(place, None)
        return said

    def _place(self) -> Place:
        """A fresh copy of the profile that the act starts from."""
        self._number += 1
        place = Place(self._folder / str(self._number), self._materials, self._act.takes)
        if place.takes:
            self._materials.path(place.takes)  # made here, once, and not by each child
        place.out.mkdir(parents=True)
        if self._act.stage:
            copied(self._materials.profile(self._act.stage), place.root)
        return place

    def _in_child(self, place: Place, work: Callable[[], object]) -> str:
        """Do something in a copy of this process, and say how that ended."""
        with self._act.around(place):
            one = os.fork()
            if one == 0:
                _alone(work)
            code = os.waitstatus_to_exitcode(os.waitpid(one, 0)[1])
        return _ENDS.get(code, f"ended with {code}: see what it wrote")

    def _after(self, place: Place) -> states.State:
        place.out.mkdir(exist_ok=True)
        with self._act.around(place):
            return states.after(place)

    def _judge(self, place: Place, commits: int | None) -> None:
        """The act was done up to that commit (None: to any), and doing it again comes to what it always comes to."""
        found = self._after(place)
        if commits is None:
            assert found in self._expected, f"neither done nor undone: {_differs(found, self._expected[0])}"
        else:
            wanted = self._expected[commits]
            assert found == wanted, f"not what {commits} commits are: {_differs(found, wanted)}"
        if found != self._expected[-1] or self._act.writes:
            with self._act.around(place):
                self._act.run(place, nullcontext)
            again = self._after(place)
            assert again == self._expected[-1], f"done again, it came to: {_differs(again, self._expected[-1])}"
        shutil.rmtree(place.folder)


def _differs(found: states.State, wanted: states.State) -> list[str]:
    """The rows that are on one side only."""
    return [f"+ {row}" for row in found if row not in wanted] + [f"- {row}" for row in wanted if row not in found]


def _alone(work: Callable[[], object]) -> NoReturn:
    try:
        work()
    except BaseException:  # noqa: BLE001  # told by the one that asked: nothing of it may go on in this copy
        traceback.print_exc()
        os._exit(3)
    os._exit(0)


def sample(places: list[int], most: int) -> list[int]:
    """At most that many of the places, evenly spread, the first and the last among them."""
    if len(places) <= most:
        return places
    return [places[round(one * (len(places) - 1) / max(1, most - 1))] for one in range(most)]


def _answer(request: dict[str, object], runs: Runs) -> dict[str, object]:
    most, error = int(str(request["most"])), int(str(request["error"]))
    if not runs.points:
        runs.undisturbed()
    changes = [number for number, point in enumerate(runs.points, 1) if point.path]
    ways: dict[str, tuple[list[int], Callable[[int], str | None]]] = {
        "killed": (list(range(1, len(runs.points) + 1)), runs.cut_short_at),
        "killed by size": (list(range(runs.largest)), runs.cut_short_by_size),
        "refused": (changes, lambda number: runs.refused_by_disk(number, error)),
        "refused by size": (list(range(runs.largest)), runs.refused_by_size),
    }
    places, work = ways[str(request["way"])]
    told: dict[str, str] = {}
    wrong: list[str] = []
    for place in sample(places, most):
        try:
            told[str(place)] = work(place) or ""
        except Exception as problem:  # noqa: BLE001  # whatever is wrong at one point must not hide the next
            point = runs.points[place - 1] if "size" not in str(request["way"]) else f"{place} bytes"
            wrong.append(f"{point}: {''.join(traceback.format_exception(problem))}")
    return {
        "points": [f"{one.what} {one.path}" for one in runs.points],
        "too early": runs.too_early,
        "told": told,
        "wrong": wrong,
    }


def main() -> None:
    """Answer requests until there are no more."""
    base = Path(sys.argv[1])
    sys.dont_write_bytecode = True  # what Python keeps of the migrations of a test is no file of the program
    tempfile.tempdir = str(base)  # this process is killed in the end: what it left is taken away with the folder
    materials = Materials(base / "materials")
    known: dict[str, Runs] = {}
    gc.collect()
    gc.freeze()  # what was imported stays: a copy of this process need not look through it, nor have pages of its own for it
    for line in sys.stdin:
        try:
            request = json.loads(line)
            act = ACTS[request["act"]]
            runs = known.setdefault(act.name, Runs(act, base / act.name, materials))
            answer = _answer(request, runs)
        except Exception:  # noqa: BLE001  # the one who asked tells it
            answer = {"points": [], "told": {}, "wrong": [traceback.format_exc()], "too early": []}
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
