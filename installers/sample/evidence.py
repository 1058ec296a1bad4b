"""Works out where the passages of `evidence.toml` stand in the documents of the sample, and writes `evidence.json`.

It finds them with the program's own readers, as a person's selection would: the sample shows what people will see.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import sources


def build(target: Path) -> None:
    """Write `evidence.json` into the folder of the sample whose pack lies there already."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Qt is slow to import, and its platform must be chosen first.
    from PySide6.QtWidgets import QApplication

    from evalpanel.domain.digests import plain

    application = QApplication.instance() or QApplication(["sample"])
    found = []
    for one in sources.tables("evidence.toml")["pieces"]:
        (path,) = (target / "pack" / "bids" / one["bid"]).glob(f"{one['file']} *")
        piece = _piece(path, str(path.relative_to(target / "pack").as_posix()), one["words"])
        about = {name: one[name] for name in ("lot", "bid", "criterion", "people", "cited")}
        found.append({**about, "evidence": plain(piece)})
    text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True)
    (target / "evidence.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    application.processEvents()


def _piece(path: Path, named: str, words: str) -> Any:
    from evalpanel.domain.evidence import Evidence, fault
    from evalpanel.services.reading import shown_as
    from evalpanel.ui.widgets.docx_text import DocxText
    from evalpanel.ui.widgets.pdf_view import PdfView

    content = path.read_bytes()
    shown = shown_as(path.name, content)
    wanted = Evidence(hashlib.sha256(content).hexdigest(), named, page=1 if shown.data else 0, exact=words)
    if shown.data:
        pages = PdfView()
        pages.show_pdf(shown.data)
        piece = pages.found(wanted)
        pages.clear()
    else:
        text = DocxText()
        text.show_paragraphs(shown.paragraphs)
        piece = text.found(wanted)
    if piece is None or fault(piece):
        raise SystemExit(f"evidence.toml: {named} does not say {words!r}: {piece}")
    return piece
