"""A feedback form filled in as a person does: with another program's form filling, by clicks and keys."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium


def filled(form: bytes, choices: Mapping[str, int], words: Mapping[str, str]) -> bytes:
    """The form as PDFium (the PDF reader of Chrome) saves it, with these choices clicked and these words typed."""
    spots = _spots(form)
    document = pypdfium2.PdfDocument(form)
    try:
        document.init_forms()
        assert document.formenv is not None
        held = document.formenv.raw
        for number in range(len(document)):
            page = document[number]
            for (code, choice), (where, x, y) in spots.items():
                if where != number or (choice is not None and choices.get(code) != choice):
                    continue
                if choice is None and code not in words:
                    continue
                pdfium.FORM_OnMouseMove(held, page.raw, 0, x, y)
                pdfium.FORM_OnLButtonDown(held, page.raw, 0, x, y)
                pdfium.FORM_OnLButtonUp(held, page.raw, 0, x, y)
                for mark in words.get(code, "") if choice is None else "":
                    pdfium.FORM_OnChar(held, page.raw, ord(mark), 0)
                pdfium.FORM_ForceToKillFocus(held)
            page.close()
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()
    finally:
        document.close()


def _spots(form: bytes) -> dict[tuple[str, int | None], tuple[int, float, float]]:
    """Where to click: by code and choice, the page (from 0) and a place inside the field."""
    found: dict[tuple[str, int | None], tuple[int, float, float]] = {}
    with pikepdf.open(io.BytesIO(form)) as pdf:
        for number, page in enumerate(pdf.pages):
            for widget in page.get("/Annots", []):
                left, bottom, right, top = (float(side) for side in widget.Rect)
                if "/Parent" in widget:
                    (choice,) = [key[1:] for key in widget.AP.N if key != "/Off"]
                    found[str(widget.Parent.T), int(choice)] = (number, (left + right) / 2, (bottom + top) / 2)
                else:
                    found[str(widget.T), None] = (number, left + 6, top - 8)
    return found
