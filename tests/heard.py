"""A PDF as somebody hears it: its structure walked in reading order, and what the judges of both standards say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import page
import pikepdf


def faults(data: bytes, *, attached: bool = False) -> list[str]:
    """What PDF/UA-1 and PDF/A-2a (3a with attachments) find wrong in a file; empty: both hold."""
    archival = page.ValidationProfile.PDF_A_3A if attached else page.ValidationProfile.PDF_A_2A
    found = []
    for profile in (page.ValidationProfile.PDF_UA_1, archival):
        report = page.validate_pdf_bytes(data, profile=profile)
        found += [f"{failure.rule_id}: {failure.message}" for failure in report.failures]
        if not report.is_compliant and not report.failures:
            found.append(f"{profile}: not compliant")
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """One element: its kind, how deep it lies, and what it says of itself."""

    tag: str
    depth: int
    alternative: str
    language: str
    heard: str
    scope: str
    identity: str
    headers: tuple[str, ...]


def elements(data: bytes) -> list[Heard]:
    """All elements of a file in reading order."""
    with pikepdf.open(BytesIO(data)) as pdf:
        return [_heard(held, depth) for held, depth in _walk(pdf.Root.StructTreeRoot.K, 0)]


def _walk(held: pikepdf.Object, depth: int) -> Iterator[tuple[pikepdf.Object, int]]:
    if isinstance(held, pikepdf.Array):
        for one in held:
            yield from _walk(one, depth)
    elif isinstance(held, pikepdf.Dictionary) and "/S" in held:
        yield held, depth
        if "/K" in held:
            yield from _walk(held.K, depth + 1)


def _heard(held: pikepdf.Object, depth: int) -> Heard:
    more = held.get("/A", pikepdf.Dictionary())
    return Heard(
        str(held.S)[1:],
        depth,
        str(held.get("/Alt", "")),
        str(held.get("/Lang", "")),
        str(held.get("/ActualText", "")),
        str(more.get("/Scope", ""))[1:],
        str(held.get("/ID", "")),
        tuple(str(header) for header in more.get("/Headers", ())),
    )


def loose_ends(data: bytes) -> list[str]:
    """Marks on pages that no element owns, or that are owned twice, and annotations outside the tree; empty: none."""
    wrong = []
    with pikepdf.open(BytesIO(data)) as pdf:
        tree = pdf.Root.StructTreeRoot
        numbers = list(tree.ParentTree.Nums)
        parents = {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}
        claimed: dict[tuple[int, int], int] = {}
        places = {one.obj.objgen: number for number, one in enumerate(pdf.pages)}
        for held, _ in _walk(tree.K, 0):
            kids = held.get("/K", pikepdf.Array())
            every: list[Any] = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
            for kid in every:
                if isinstance(kid, int):
                    claimed[places[held.Pg.objgen], kid] = claimed.get((places[held.Pg.objgen], kid), 0) + 1
                elif "/MCID" in kid:
                    key = (places[kid.Pg.objgen], int(kid.MCID))
                    claimed[key] = claimed.get(key, 0) + 1
        for number, one in enumerate(pdf.pages):
            marks = [int(mark) for mark in re.findall(rb"/MCID (\d+)", one.Contents.read_bytes())]
            owners = parents[int(one.obj.StructParents)]
            if sorted(marks) != list(range(len(owners))):
                wrong.append(f"page {number + 1}: marks {sorted(marks)}, owners of {len(owners)}")
            wrong += [
                f"page {number + 1}: mark {mark} is unowned" for mark in marks if claimed.get((number, mark)) != 1
            ]
            if str(one.obj.Tabs) != "/S":
                wrong.append(f"page {number + 1}: Tab does not follow the structure")
            for annotation in one.obj.get("/Annots", []):
                if int(annotation.StructParent) not in parents:
                    wrong.append(f"page {number + 1}: an annotation stands outside the structure")
        if len(claimed) != sum(len(parents[int(one.obj.StructParents)]) for one in pdf.pages):
            wrong.append("an element claims a mark that is on no page")
    return wrong
