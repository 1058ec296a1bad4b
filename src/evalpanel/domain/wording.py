"""Warnings about the wording of reasons that a bidder will read. They point; they never block.

Reasons are about this bid, measured against the criterion. What is looked for is what courts and bidders found wrong:
an echo of the scale, a comparison with somebody else's bid, price in quality, a criterion that was never published,
the name of a panel member, and nothing that says where in the bid it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from evalpanel.domain.tender import CriterionCode


class WarningKind(StrEnum):
    """What a warning is about."""

    ECHO = "echo"
    COMPARISON = "comparison"
    PRICE = "price"
    OTHER_CRITERION = "other-criterion"
    PANEL_MEMBER = "panel-member"
    NO_EVIDENCE = "no-evidence"


@dataclass(frozen=True, slots=True)
class WordingWarning:
    """One thing to look at again. `words` say it to the person who wrote the text; `found` is what was seen."""

    kind: WarningKind
    words: str
    found: str = ""


_ECHO_SHARE = 0.6  # of the runs of three words: below it, a reason that takes up the level's terms is not an echo
_COMPARES = re.compile(
    r"\b(better|worse|wider|stronger|weaker|superior|inferior|best|worst|strongest|weakest"
    r"|(?:other|another|rival|competing|winning|successful)\s+(?:bid|bids|bidder|bidders|tender|tenders|response|responses)"
    r"|(?:compared|in comparison)\s+(?:with|to)"
    r"|(?<!rather )(?<!other )than(?!\s+(?:\d|once|twice|one\b|two\b|three\b|half\b|a\s+(?:week|month|year)\b)))\b",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"£\s?\d[\d,.]*|\b(?:prices?|priced|pricing|cheap(?:er|est)?|expensive|costs?|costly|value for money|budget)\b",
    re.IGNORECASE,
)
_CITED = re.compile(r"\b(?:criterion|question|section)\s+([A-Z]?\d+(?:\.\d+)*)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"\b(?:pages?|pp?\.|section|paragraph|para\.?|appendix|annex|table|figure|slide)\s*\(?[A-Z]?\d|[“\"'‘][^”\"'’]{12,}[”\"'’]",
    re.IGNORECASE,
)


def warnings(
    reasons: str,
    *,
    descriptors: Iterable[str] = (),
    criteria: Iterable[CriterionCode] = (),
    panel: Iterable[str] = (),
    evidence: int = 0,
) -> tuple[WordingWarning, ...]:
    """What to look at again in `reasons`, in the order of `WarningKind`; empty when nothing was seen, or it is blank.

    `descriptors` are those of the scale, `criteria` the published codes (none given: not looked at), `panel` the names
    of the panel, and `evidence` how many places of the bid are cited beside the text.
    """
    if not reasons.strip():
        return ()
    found = [*_echo(reasons, descriptors)]
    if match := _COMPARES.search(reasons):
        found.append(
            _warn(WarningKind.COMPARISON, "This reads as a comparison. Measure the bid against the criterion", match[0])
        )
    if match := _PRICE.search(reasons):
        found.append(
            _warn(
                WarningKind.PRICE,
                "Price is scored apart from quality. Leave it out unless the criterion asks",
                match[0],
            )
        )
    known = {code.casefold() for code in criteria}
    strange = [cited for cited in _CITED.findall(reasons) if known and cited.casefold() not in known]
    if strange:
        found.append(_warn(WarningKind.OTHER_CRITERION, "No criterion of this tender has that number", strange[0]))
    named = next((part for name in panel for part in _parts_of(name) if _stands_in(part, reasons)), None)
    if named is not None:
        found.append(
            _warn(WarningKind.PANEL_MEMBER, "The bidder will read this. Leave out who on the panel said it", named)
        )
    if not evidence and not _PLACE.search(reasons):
        found.append(_warn(WarningKind.NO_EVIDENCE, "Say where in the bid this rests: a page, or its own words", ""))
    return tuple(found)


def _warn(kind: WarningKind, words: str, found: str) -> WordingWarning:
    return WordingWarning(kind, f"{words}: “{found}”." if found else f"{words}.", found)


def _echo(reasons: str, descriptors: Iterable[str]) -> list[WordingWarning]:
    own = _triples(reasons)
    for descriptor in descriptors:
        theirs = _triples(descriptor)
        if (
            own
            and theirs
            and len(own & theirs) >= _ECHO_SHARE * min(len(own), len(theirs))
            and len(own) <= 2 * len(theirs)
        ):
            words = "This repeats the scale. Say what in this bid earns the score"
            return [_warn(WarningKind.ECHO, words, " ".join(descriptor.split())[:60])]
    return []


def _triples(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}


def _parts_of(name: str) -> tuple[str, ...]:
    """A name, and its last part by itself where that is long enough to be nobody else's word."""
    parts = name.split()
    last = parts[-1].strip(".,") if len(parts) > 1 else ""
    return (name, last) if len(last) > 3 else (name,) if len(name) > 3 else ()


def _stands_in(name: str, text: str) -> bool:
    # As it is written: a surname such as “Page” or “Young” is only a name with its capital.
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
