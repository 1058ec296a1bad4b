"""The history of letters before they are signed, told in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = {
    "combined": "one letter about several lots",
    "prequalification-passed": "the letter that prequalification was passed",
    "prequalification-failed": "the letter that prequalification was not passed",
    "abnormally-low-notice": "the letter that asks for a low price to be explained",
    "abnormally-low-accepted": "the letter that a low price is accepted",
    "abnormally-low-rejected": "the letter that a low price is not accepted",
    "standstill-began": "the letter that standstill has begun",
    "standstill-ended": "the letter that standstill has ended",
}
"""Letters that are not the one about the outcome, as a sentence calls them."""

_SENTENCES = {
    "letter-approved": "approved {what} for bid {bid} (lot {lot})",
    "letter-drafted": "wrote a draft of {what} for bid {bid} (lot {lot})",
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
    what = KINDS.get(detail.get("kind", ""), "the letter")
    return _SENTENCES[act].format(bid=detail["bid"], lot=detail["lot"], what=what), why
