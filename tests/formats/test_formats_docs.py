from __future__ import annotations

import re
from pathlib import Path

from evalpanel.formats.columns import SHEETS
from evalpanel.formats.score_workbook import MODERATED, SCORES
from evalpanel.formats.template import described

DOCS = Path(__file__).parents[2] / "docs" / "formats"


def test_workbook_page_lists_every_column_as_it_is_read() -> None:
    page = (DOCS / "workbook.md").read_text(encoding="utf-8")
    found = {
        part.partition("`")[0]: re.findall(r"^\| (`\w+` \| .*) \|$", part, re.MULTILINE)
        for part in page.split("### `")[1:]
    }
    listed = {spec.name: [f"`{it.name}` | {described(it)} | {it.hint}" for it in spec.columns] for spec in SHEETS}
    assert found == listed


def test_score_sheets_page_names_every_column() -> None:
    page = (DOCS / "score-sheets.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", page))
    assert [column.name for spec in (SCORES, MODERATED) for column in spec.columns if column.name not in named] == []
