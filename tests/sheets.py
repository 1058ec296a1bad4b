"""Sheets of paper with words on them, read as a person reads them off."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from judges import judge


def words_on(sheet: Path) -> str:
    """The words of a sheet with their numbers, a line each."""
    told = subprocess.run([judge("pdftotext"), "-layout", sheet, "-"], check=True, capture_output=True, text=True)
    found = {int(number): word for number, word in re.findall(r"\b(\d{1,2})\s+([a-z]{3,8})\b", told.stdout)}
    return "\n".join(f"{number}. {found[number]}" for number in range(1, 13))
