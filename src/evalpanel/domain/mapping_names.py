"""What the names of a pack's files and folders say: a bidder, a lot, a criterion, a price.

Codes are found as whole tokens only: 1.1 is found in `Q1.1_response` and in `1-1 Reaching`, and neither in `1.10` nor
in `11.1` nor in `v1.1`. What is not plain is not guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from evalpanel.domain.interests import same_name
from evalpanel.domain.tender import Bidder, BidderCode, CriterionCode, LotCode

_FILLER = frozenset(
    [
        "bid",
        "bids",
        "bidder",
        "documents",
        "docs",
        "files",
        "proposal",
        "response",
        "responses",
        "submission",
        "supplier",
        "tender",
        "tenderer",
    ]
)
# What may stand directly before a criterion's code: `Q1.1`, `Question1.1`.
_ASKS = frozenset(
    ("q", "qn", "qu", "question", "criterion", "criteria", "section", "sec", "no", "response", "answer", "ref")
)
_PRICE_WORDS = frozenset(("price", "prices", "priced", "pricing", "commercial", "commercials", "rates", "ratecard"))
_PRICE_PHRASES = (
    ("cost", "schedule"),
    ("costs", "schedule"),
    ("cost", "schedules"),
    ("cost", "breakdown"),
    ("cost", "template"),
    ("rate", "card"),
    ("costing",),
    ("costings",),
)
_QUALITY_WORDS = frozenset(("quality", "technical"))
_DIGIT_OR_WORD = re.compile(r"\d+|[^\W\d_]+")
_WORD_BEFORE = re.compile(r"[^\W\d_]+$")


def words(name: str) -> list[str]:
    """The words and numbers of a file's name, in lower case; `PricingSchedule_v2` has four."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFC", name))
    return [word.casefold() for word in _DIGIT_OR_WORD.findall(apart)]


def speaks_of_prices(name: str) -> bool:
    """Whether a file or folder of this name is taken to hold prices, and so belongs in the price envelope."""
    held = words(name)
    if any(word in _PRICE_WORDS or word.startswith(("pricing", "pricelist")) for word in held):
        return True
    return any(
        tuple(held[at : at + len(phrase)]) == phrase
        for phrase in _PRICE_PHRASES
        for at in range(len(held) - len(phrase) + 1)
    )


def is_envelope_folder(name: str) -> bool:
    """Whether a folder sorts bids by envelope (`Commercial envelope`, `Quality`) rather than by bidder."""
    rest = set(words(name)) - _FILLER - {"envelope", "envelopes", "schedule", "schedules", "and"}
    return bool(rest) and (rest <= _QUALITY_WORDS or rest <= _PRICE_WORDS | {"cost", "costs"})


# Bidders ------------------------------------------------------------------------------------------------------------


def bidders_named(folder: str, bidders: Sequence[Bidder]) -> tuple[BidderCode, ...]:
    """The bidders that a folder may be: by code, by name, or by both together (`B01 - Harbour Voices`).

    Names are compared without case, accents, punctuation and legal forms (Ltd, Limited, CIO); where two bidders differ
    by their legal forms only, the folder has to say which. None: nobody knows it. Several: it is ambiguous.
    """
    tests: tuple[Callable[[Bidder], bool], ...] = (
        lambda bidder: _code(bidder.bidder) == _code(folder) or _spelled(bidder.name) == _spelled(folder) != "",
        lambda bidder: _squeezed(bidder.name) == _squeezed(folder) != "",
        lambda bidder: any(_fits(rest, bidder) for rest in _without_code(folder, bidder.bidder)),
    )
    for test in tests:
        found = tuple(bidder.bidder for bidder in bidders if test(bidder))
        if found:
            return found
    return ()


def _code(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


def _tidied(name: str) -> str:
    """A name before it is compared: `C.I.C.` as CIC, and `_` (which Windows users write for other signs) as a space."""
    return re.sub(r"(?<=\b\w)\.(?=\w\b)", "", name.replace("_", " "))


def _plain(name: str) -> str:
    return same_name(re.sub(r"\bcharitable incorporated organi[sz]ation\b", "CIO", _tidied(name), flags=re.IGNORECASE))


def _spelled(name: str) -> str:
    """A name with its legal form, in one spelling of it."""
    short = (("limited", "ltd"), ("communityinterestcompany", "cic"), ("charitableincorporatedorganisation", "cio"))
    text = "".join(_DIGIT_OR_WORD.findall(_bare(_tidied(name).replace("&", " and "))))
    for long, form in short:
        text = text.removesuffix(long) + form if text.endswith(long) else text
    return text


def _bare(text: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(mark))


def _squeezed(name: str) -> str:
    return _plain(name).replace(" ", "")


def _without_code(folder: str, code: str) -> Iterable[str]:
    """What is left of a folder's name that begins or ends with a bidder's code, or has it in brackets."""
    escaped = re.escape(code)
    for pattern in (rf"^[\W_]*{escaped}(?![^\W_])(.*)$", rf"^(.*)(?<![^\W_]){escaped}[\W_]*$"):
        match = re.match(pattern, folder, re.IGNORECASE | re.DOTALL)
        if match:
            yield match[1]


def _fits(rest: str, bidder: Bidder) -> bool:
    """Whether what stands beside a bidder's code is its name, a part of it or nothing that names anybody."""
    said = [word for word in _plain(rest).split() if word not in _FILLER]
    name = _plain(bidder.name)
    return name.split()[: len(said)] == said or "".join(said) == name.replace(" ", "")


# Lots and criteria --------------------------------------------------------------------------------------------------


def lots_named(name: str, lots: Iterable[LotCode]) -> tuple[tuple[LotCode, ...], str]:
    """The lots whose codes a name holds, and the name without them. Lot `L1` or `1` is also found as `Lot 1`."""
    found: list[LotCode] = []
    for code in sorted(lots, key=len, reverse=True):
        number = re.fullmatch(r"(?:lot|l)?[\s_-]*0*(\d+)", code, re.IGNORECASE)
        spellings = [rf"lots?[\s_-]*0*{number[1]}"] if number else []
        if not code.isdigit():  # a bare number may be anything
            spellings.append(re.escape(code))
        if not spellings:
            continue
        name, count = re.subn(rf"(?<![^\W_])(?:{'|'.join(spellings)})(?![^\W_])", " ", name, flags=re.IGNORECASE)
        if count:
            found.append(code)
    return tuple(found), name


def without_token(name: str, code: str) -> str:
    """A name without `code` where it stands as a whole token."""
    return re.sub(rf"(?<![^\W_]){re.escape(code)}(?![^\W_])", " ", name, flags=re.IGNORECASE)


def criteria_named(name: str, parents: Mapping[CriterionCode, CriterionCode | None]) -> tuple[CriterionCode, ...]:
    """The criteria whose codes a name holds; `parents` holds every criterion with the one above it.

    The longest code wins where two share a place, and a criterion within a section that is also named wins over it.
    """
    text = unicodedata.normalize("NFC", name)
    spans = [(start, end, code) for code in parents for start, end in _spans(text, code)]
    outermost = {
        code
        for start, end, code in spans
        if not any(other[0] <= start and end <= other[1] and other[1] - other[0] > end - start for other in spans)
    }
    above = {upper for code in outermost for upper in _above(code, parents)}
    return tuple(code for code in parents if code in outermost and code not in above)


def _spans(text: str, code: str) -> Iterator[tuple[int, int]]:
    """Where a name holds `code` as a whole. Between its numbers may stand `.`, `-` or `_`, the same throughout."""
    parts = _DIGIT_OR_WORD.findall(code)
    if not parts:
        return
    separated = [not code_joins for code_joins in _joined(code)]
    pattern = re.escape(parts[0])
    first = True
    for part, apart in zip(parts[1:], separated, strict=True):
        pattern += ("(?P<sep>[._-])" if first else "(?P=sep)") if apart else "[ ._-]?"
        first = first and not apart
        pattern += re.escape(part)
    for match in re.finditer(rf"(?=({pattern}))", text, re.IGNORECASE):
        start, end = match.span(1)
        sep = re.escape(match.groupdict().get("sep") or ".")
        if _is_whole(text, start, end, sep) and (len(parts) > 1 or not code.isdigit() or _is_asked(text[:start])):
            yield start, end


def _joined(code: str) -> list[bool]:
    """For each neighbouring pair of a code's parts: whether nothing stands between them (`C1`), or a sign (`1.1`)."""
    places = [match.span() for match in _DIGIT_OR_WORD.finditer(code)]
    return [left[1] == right[0] for left, right in pairwise(places)]


def _is_whole(text: str, start: int, end: int, sep: str) -> bool:
    """Whether the code at this place is not a piece of a longer number or word."""
    before, after = text[:start], text[end:]
    if re.match(rf"[^\W_]|[.{sep}]\d", after) or re.search(rf"\d[.{sep}]?$", before):
        return False
    if re.search(r"\b(?:version|ver|rev|revision|draft)[\s._-]*$", before, re.IGNORECASE):
        return False
    word = _WORD_BEFORE.search(before)
    return word is None or (text[start].isdigit() and word[0].casefold() in _ASKS)


def _is_asked(before: str) -> bool:
    """Whether a bare number is a criterion's: at the start of a name, or after a word that asks (`Question 2`)."""
    if not before.strip(" _-("):
        return True
    word = _WORD_BEFORE.search(before.rstrip(" _-."))
    return word is not None and word[0].casefold() in _ASKS - {"no", "response", "answer"}


def _above(code: CriterionCode, parents: Mapping[CriterionCode, CriterionCode | None]) -> Iterator[CriterionCode]:
    seen = {code}
    upper = parents.get(code)
    while upper is not None and upper not in seen:
        yield upper
        seen.add(upper)
        upper = parents.get(upper)
