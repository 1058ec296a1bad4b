"""The history of letters before they are signed, told in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SENTENCES = {
    "letter-approved": "approved the letter for bid {bid} (lot {lot})",
    "letter-drafted": "wrote a draft of the letter for bid {bid} (lot {lot})",
    "letter-exception-recorded": "recorded why something may stand in the letter for bid {bid} (lot {lot})",
}


def told(act: str, detail: Mapping[str, Any]) -> tuple[str, str] | None:
    """What happened, and what is worth knowing about it; None for any other act."""
    if act == "letter-rule-set":
        return (
            "asked for every letter to be approved before it is signed"
            if detail["needs_approval"]
            else "no longer asked for letters to be approved",
            "",
        )
    if act not in _SENTENCES:
        return None
    why = f"It is {detail['whose']}. Why: {detail['why']}" if "why" in detail else ""
    return _SENTENCES[act].format(bid=detail["bid"], lot=detail["lot"]), why
