"""The structure of a document as the tree that a finished PDF holds: what is heard, in which order, and where it stands.

A screen reader follows it (ISO 14289-1). `tagging` made the structure while the pages were laid out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from evalpanel.formats.tagging import Annotated, Element, Filled, Marked, Structure


@dataclass(slots=True)
class StructureTree:
    """The structure tree as it is written: who owns each mark of each page, each annotation, and each identity."""

    pdf: pikepdf.Pdf
    widget: pikepdf.Object | None
    fields: list[pikepdf.Object]
    owners: list[dict[int, pikepdf.Object]] = field(default_factory=list)
    annotations: list[pikepdf.Object] = field(default_factory=list)
    named: dict[str, pikepdf.Object] = field(default_factory=dict)
    pages: list[pikepdf.Object] = field(default_factory=list)

    def write(self, structure: Structure) -> None:
        """Write the whole tree, and on each page where to find itself in it."""
        self.pages = [page.obj for page in self.pdf.pages]
        self.owners = [{} for _ in self.pages]
        for number, page in enumerate(self.pages):
            page.StructParents = number
            page.Tabs = Name.S
        top = self.pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        made = self._element(structure.root, top)
        if made is None:
            raise AssertionError("a document holds something")
        top.K = made
        numbers = Array()
        for number, owners in enumerate(self.owners):
            numbers.append(number)
            numbers.append(self.pdf.make_indirect(Array([owners[mark] for mark in range(len(owners))])))
        for number, owner in enumerate(self.annotations, len(self.pages)):
            numbers.append(number)
            numbers.append(owner)
        top.ParentTree = self.pdf.make_indirect(Dictionary(Nums=numbers))
        top.ParentTreeNextKey = len(self.pages) + len(self.annotations)
        if self.named:
            names = Array()
            for identity in sorted(self.named):
                names.append(String(identity))
                names.append(self.named[identity])
            first, *_, last = sorted(self.named)
            limits = Array([String(first), String(last)])
            leaf = self.pdf.make_indirect(Dictionary(Limits=limits, Names=names))
            top.IDTree = Dictionary(Kids=Array([leaf]))
        self.pdf.Root.StructTreeRoot = top

    def _element(self, element: Element, parent: pikepdf.Object) -> pikepdf.Object | None:
        """One element with all that it holds; None where it holds nothing. An empty cell stays: it holds a place."""
        made = self.pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{element.tag}"), P=parent))
        kids = Array()
        page: pikepdf.Object | None = None
        for held in element.content:
            match held:
                case Element():
                    below = self._element(held, made)
                    if below is None:
                        continue
                    kids.append(below)
                    page = below.get("/Pg") if page is None else page
                case Marked():
                    own = self.pages[held.page - 1]
                    page = own if page is None else page
                    self.owners[held.page - 1][held.mark] = made
                    kids.append(
                        held.mark if own.objgen == page.objgen else Dictionary(Type=Name.MCR, Pg=own, MCID=held.mark)
                    )
                case Annotated():
                    own = self.pages[held.page - 1]
                    page = own if page is None else page
                    kids.append(Dictionary(Type=Name.OBJR, Obj=self._annotation(held, made), Pg=own))
                case Filled():
                    own = self.pages[held.page - 1]
                    page = own if page is None else page
                    kids.append(Dictionary(Type=Name.OBJR, Obj=self._field(held, made), Pg=own))
        if not len(kids) and element.tag not in ("TD", "TH"):
            return None
        if len(kids):
            made.K = kids[0] if len(kids) == 1 else kids
        if page is not None:
            made.Pg = page
        self._describe(element, made)
        return made

    def _field(self, held: Filled, owner: pikepdf.Object) -> pikepdf.Object:
        widget = self.fields[held.number]
        widget.StructParent = len(self.pages) + len(self.annotations)
        self.annotations.append(owner)
        return widget

    def _describe(self, element: Element, made: pikepdf.Object) -> None:
        if element.alternative:
            made.Alt = String(element.alternative)
        if element.language:
            made.Lang = String(element.language)
        if element.heard:
            made.ActualText = String(element.heard)
        if element.identity:
            made.ID = String(element.identity)
            self.named[element.identity] = made
        if element.scope or element.headers or element.summary:
            table = Dictionary(O=Name.Table)
            if element.scope:
                table.Scope = Name(f"/{element.scope}")
            if element.headers:
                table.Headers = Array([String(header) for header in element.headers])
            if element.summary:
                table.Summary = String(element.summary)
            made.A = table
        elif element.numbering:
            made.A = Dictionary(O=Name.List, ListNumbering=Name(f"/{element.numbering}"))
        elif element.box is not None:
            made.A = Dictionary(O=Name.Layout, Placement=Name.Block, BBox=Array(list(element.box)))

    def _annotation(self, held: Annotated, owner: pikepdf.Object) -> pikepdf.Object:
        if held.place is None:
            if self.widget is None:
                raise AssertionError("a place for a signature was drawn, and no field was made for it")
            annotation = self.widget
        else:
            annotation = self.pages[held.page - 1].Annots[held.place]
            annotation.F = 4  # printed
            annotation.Contents = String(f"Link to {annotation.A.URI!s}")
        annotation.StructParent = len(self.pages) + len(self.annotations)
        self.annotations.append(owner)
        return annotation
