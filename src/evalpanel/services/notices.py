"""OCDS notices as a way in: what a notice says becomes a draft workbook, which the officer completes and loads."""

from __future__ import annotations

from pathlib import Path

from evalpanel.domain.intake import ProblemsFound
from evalpanel.domain.ocds_gaps import OcdsReading, OcdsTender
from evalpanel.errors import EvalPanelError
from evalpanel.formats.ocds import read_ocds
from evalpanel.formats.ocds_draft import draft_workbook
from evalpanel.system.files import read_whole, write_atomic

MOST_BYTES = 256 << 20


def read_notice(path: Path) -> OcdsReading:
    """What an OCDS file (release, record or package) says. Keeps nothing; what is odd in it is told with its place."""
    return read_ocds(read_whole(path, MOST_BYTES), path.name)


def is_notice(path: Path) -> bool:
    """Whether a file says by its name that it is a notice. What it really holds is told by reading it."""
    return path.suffix.lower() == ".json" and path.is_file()


def draft(path: Path, out: Path, *, ocid: str | None = None) -> OcdsTender:
    """Write a workbook with what a notice says, where the cells that OCDS cannot fill are marked and explained.

    Raises `ProblemsFound` for a file that cannot be used, and `EvalPanelError` where it holds several processes and none
    was chosen by its ocid.
    """
    chosen = _chosen(read_notice(path), path.name, ocid)
    write_draft(chosen, out)
    return chosen


def write_draft(tender: OcdsTender, out: Path) -> None:
    """Write the draft workbook of a process that was read before. Raises `EvalPanelError` where none can be made of it."""
    write_atomic(out, draft_workbook(tender), private=False)


def refuse_as_pack(path: Path) -> None:
    """Say why a notice cannot be loaded as it is, and what it lacks; a file that is no notice is left to others."""
    if not is_notice(path):
        return
    chosen = _chosen(read_notice(path), path.name, None)
    needed = "; ".join(str(ask) for ask in chosen.asks if ask.needed)
    raise EvalPanelError(
        f"{path.name} is an OCDS notice, which does not say everything that a tender needs.",
        f"Nothing was kept. Make a workbook of it, complete it and load that: evalpanel draft {path.name} tender.xlsx. "
        f"It lacks: {needed}",
    )


def _chosen(reading: OcdsReading, name: str, ocid: str | None) -> OcdsTender:
    stopping = [problem for problem in reading.problems if problem.stops]
    if stopping or not reading.tenders:
        raise ProblemsFound(f"{name} cannot be used as a notice.", stopping, "Nothing was written.")
    if ocid is None and len(reading.tenders) > 1:
        known = ", ".join(one.ocid or "(no ocid)" for one in reading.tenders[:20])
        raise EvalPanelError(
            f"{name} holds {len(reading.tenders)} processes.",
            f"Choose one with --ocid. Nothing was written. They are: {known}.",
        )
    found = [one for one in reading.tenders if ocid in (None, one.ocid)]
    if not found:
        raise EvalPanelError(f"{name} holds no process “{ocid}”.", "Nothing was written.")
    if not found[0].is_usable:
        raise ProblemsFound(
            f"{name} cannot be made into a draft.",
            [one for one in found[0].problems if one.stops],
            "Nothing was written.",
        )
    return found[0]
