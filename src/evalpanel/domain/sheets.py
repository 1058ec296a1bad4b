"""A score sheet: one panel member's answers. Blank, zero, not applicable, abstained and recused are five things."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from json.encoder import encode_basestring as _said

from msgspec import Raw
from msgspec.json import Encoder

from evalpanel.domain.criteria import Criterion, CriterionKind, leaves
from evalpanel.domain.digests import canonical_json
from evalpanel.domain.evidence import Evidence, faults
from evalpanel.domain.interests import Recusal, covering
from evalpanel.domain.numbers import canonical
from evalpanel.domain.people import PanelMember
from evalpanel.domain.scales import Scale
from evalpanel.domain.tender import Bid, BidCode, CriterionCode, LotCode, PersonCode
from evalpanel.errors import EvalPanelError


class ScoreStatus(StrEnum):
    """What a panel member's answer on a line is. A zero is `SCORED` with the value 0; a blank is no answer yet."""

    BLANK = "blank"
    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    ABSTAINED = "abstained"
    RECUSED = "recused"


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One cell of the work: a bid for a lot, against one leaf criterion."""

    lot: LotCode
    bid: BidCode
    criterion: CriterionCode

    def __str__(self) -> str:
        return f"lot {self.lot}, bid {self.bid}, criterion {self.criterion}"


@dataclass(frozen=True, slots=True)
class Score:
    """One panel member's answer on one line.

    `value` is a level of the published scale (None unless the status is `SCORED`, or the criterion is a consideration).
    `rationale` explains it against the criterion; `improvements` is for the bidder; `working_note` is not sent to
    bidders, and may be disclosed in court or under freedom of information. `evidence` are the places in the bid that the
    rationale rests on, in the order in which they were found.
    """

    line: Line
    status: ScoreStatus = ScoreStatus.BLANK
    value: Decimal | None = None
    rationale: str = ""
    improvements: str = ""
    working_note: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One row of a spreadsheet of scores: what its cells say, before it is compared with what is held.

    A text is None where the cell is empty or the column is missing: an import never blanks a value with an empty
    cell. `status` None: the row does not say. `where` is the place of the row (`Scores!A7`). `evidence` None: the row
    cannot say, as in a spreadsheet.
    """

    where: str
    line: Line
    status: ScoreStatus | None = None
    value: Decimal | None = None
    rationale: str | None = None
    improvements: str | None = None
    working_note: str | None = None
    evidence: tuple[Evidence, ...] | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A line that keeps a sheet or a moderation from being closed, and what it lacks, in words."""

    line: Line
    what: str

    def __str__(self) -> str:
        return f"{self.line}: {self.what}"


def scored_lines(criteria: Iterable[Criterion], bids: Iterable[Bid]) -> tuple[Line, ...]:
    """Every line of the tender: each bid that is scored × each leaf criterion that applies to its lot."""
    return lines_whatever_status(criteria, (bid for bid in bids if bid.status.is_scored))


def lines_whatever_status(criteria: Iterable[Criterion], bids: Iterable[Bid]) -> tuple[Line, ...]:
    """The same with the bids that are not scored, or no longer: a sheet written earlier may still hold their lines."""
    asked = leaves(criteria)
    return tuple(
        Line(bid.lot, bid.bid, criterion.criterion)
        for bid in bids
        for criterion in asked
        if criterion.applies_to(bid.lot)
    )


def criteria_of_bids(
    criteria: Iterable[Criterion], bids: Iterable[Bid]
) -> dict[tuple[LotCode, BidCode], frozenset[CriterionCode]]:
    """The same lines by bid: for each bid of a lot, scored or not, the leaf criteria that apply to it."""
    asked = leaves(criteria)
    by_lot: dict[LotCode, frozenset[CriterionCode]] = {}
    found = {}
    for bid in bids:
        if bid.lot not in by_lot:
            by_lot[bid.lot] = frozenset(one.criterion for one in asked if one.applies_to(bid.lot))
        found[bid.lot, bid.bid] = by_lot[bid.lot]
    return found


def why_no_line(line: Line, bids: Iterable[Bid]) -> str:
    """Why nothing can be said on a line that is not one of the scored lines, in words."""
    for bid in bids:
        if bid.bid == line.bid and bid.lot == line.lot:
            if not bid.status.is_scored:
                return f"bid {line.bid} is {bid.status.value} and is not scored"
            return f"there is no scored criterion {line.criterion} in lot {line.lot}"
    return f"there is no bid {line.bid} for lot {line.lot}"


def owed_lines(member: PanelMember, lines: Iterable[Line], recused: Iterable[Recusal]) -> tuple[Line, ...]:
    """The lines that a panel member answers: on their criteria, but for those from which they are recused."""
    without = tuple(recused)
    return tuple(line for line in lines if member.scores(line.criterion) and recused_from(without, line) is None)


def recused_from(recused: Iterable[Recusal], line: Line) -> Recusal | None:
    """The recusal that takes a line away from a person, or None where it is open to them."""
    return covering(recused, line.lot, line.bid, line.criterion)


def answer_fault(score: Score, criterion: Criterion, scale: Scale | None) -> str:
    """Why an answer cannot be kept, in words; empty when it can.

    A score is a level of the published scale. *Not applicable* is for conditions and considerations: on a weighted
    criterion it would change the published weighting.
    """
    wrong = faults(score.evidence)
    if wrong:
        return "; ".join(wrong)
    if score.status is not ScoreStatus.SCORED:
        if score.value is not None:
            return f"the status is {score.status.value}, so there can be no score beside it"
        if score.status is ScoreStatus.NOT_APPLICABLE and criterion.kind is CriterionKind.QUALITY:
            return "a weighted criterion cannot be not applicable: that would change the published weighting"
        return ""
    if criterion.kind is CriterionKind.CONSIDERATION:
        return "" if score.value is None else "this criterion is explained and not scored: leave the score empty"
    if score.value is None:
        return "the status is scored, but there is no score"
    assert scale is not None, "a scored criterion has a scale: the pack's checks see to it"
    if scale.level(score.value) is None:
        return f"{canonical(score.value)} is not a level of the scale ({scale.described()})"
    return ""


MOST_ENTERED_BY = 200  # characters


def entered_by(said: str, person: PersonCode, known: Iterable[PersonCode]) -> str:
    """Who typed a sheet in for `person`, as it is kept: a code as the tender writes it, else the words themselves; empty
    where nobody did. Nobody types in for themselves: raises `EvalPanelError`, as for words that are too long."""
    words = " ".join(said.split())
    words = next((code for code in known if code.casefold() == words.casefold()), words)
    if words == person:
        raise EvalPanelError(
            f"{person} cannot have typed the sheet in for {person}.",
            "Nothing was changed. Leave out who typed it in where the person did it themselves.",
        )
    if len(words) > MOST_ENTERED_BY:
        raise EvalPanelError(
            f"Who typed the sheet in is said in at most {MOST_ENTERED_BY} characters.",
            "Nothing was changed. A person's code or a few words are enough.",
        )
    return words


def gaps(owed: Iterable[Line], scores: Mapping[Line, Score]) -> tuple[Gap, ...]:
    """What a sheet still lacks before it can be signed off, line by line."""
    found: list[Gap] = []
    for line in owed:
        score = scores.get(line, Score(line))
        if score.status is ScoreStatus.BLANK:
            found.append(Gap(line, "no answer yet"))
        elif score.status is ScoreStatus.RECUSED:
            found.append(Gap(line, "marked recused, but no interest is declared"))
        elif not score.rationale.strip():
            found.append(Gap(line, "no rationale"))
    return tuple(found)


def listed(items: Iterable[object], most: int = 5) -> str:
    """The first few items in a sentence, and how many more there are."""
    held = [str(item) for item in items]
    more = f"; and {len(held) - most} more" if len(held) > most else ""
    return "; ".join(held[:most]) + more


def sheet_digest(scores: Iterable[Score]) -> str:
    """What the trail and a sign-off pin about scores, whatever their order: SHA-256 over their canonical text.

    The text is `_text` of each; where it says the same, msgspec writes it, a sheet of thousands in one go.
    """
    ordered = sorted(scores, key=_place)
    figures = {str(one.value) for one in ordered if one.value is not None}
    odd = {text for text in figures if canonical(Decimal(text)) != text}
    pieces = [Raw(_bytes(one)) if one.evidence or (odd and str(one.value) in odd) else one for one in ordered]
    try:
        return _pinned(pieces)
    except UnicodeEncodeError:  # half a character, which UTF-8 does not hold
        return _pinned([Raw(_bytes(one)) for one in ordered])


def _pinned(pieces: Sequence[Score | Raw]) -> str:
    """SHA-256 over a list of answers, written out a few at a time: the whole of a big sheet would be megabytes."""
    running = hashlib.sha256(b"[")
    for start in range(0, len(pieces), _AT_ONCE):
        if start:
            running.update(b",")
        running.update(memoryview(_ENCODER.encode(pieces[start : start + _AT_ONCE]))[1:-1])
    running.update(b"]")
    return running.hexdigest()


_AT_ONCE = 200
_ENCODER = Encoder(order="sorted")


def _place(score: Score) -> tuple[str, str, str]:
    """The order of lines, compared as plain tuples."""
    line = score.line
    return line.lot, line.bid, line.criterion


def _bytes(score: Score) -> bytes:
    return _text(score).encode("utf-8", "surrogatepass")


def _text(score: Score) -> str:
    """The canonical text of one score, written out: `plain` would look at every type anew."""
    line, value = score.line, score.value
    return (
        f'{{"evidence":{canonical_json(score.evidence) if score.evidence else "[]"},"improvements":{_said(score.improvements)},'
        f'"line":{{"bid":{_said(line.bid)},"criterion":{_said(line.criterion)},"lot":{_said(line.lot)}}},'
        f'"rationale":{_said(score.rationale)},"status":"{score.status.value}",'
        f'"value":{_number(value)},"working_note":{_said(score.working_note)}}}'
    )


def _number(value: Decimal | None) -> str:
    return "null" if value is None else f'"{canonical(value)}"'
