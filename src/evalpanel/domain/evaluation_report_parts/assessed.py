"""How each bid was assessed: every agreed score with its reasons, the gates, and how far apart the panel began."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

from evalpanel.domain.evaluation import Evaluation
from evalpanel.domain.letter import (
    Block,
    Explanation,
    Paragraph,
    ScaleDots,
    ScaleRow,
    ScoreMark,
    Section,
    Tone,
)
from evalpanel.domain.moderation import ModeratedScore, values_of
from evalpanel.domain.numbers import canonical
from evalpanel.domain.results import BidResult, LotResult
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import ScaleCode


def sections(held: Evaluation, only: Collection[tuple[str, str]] | None = None) -> Iterator[Section]:
    """One section for each bid that was assessed, in the order of the pack; of some bids `only`, by lot and code."""
    lines = lines_by_bid(held)
    scales = {scale.scale: scale for scale in held.pack.scales}
    for lot in held.results:
        results = {bid.bid: bid for bid in lot.bids}
        for bid in held.pack.bids:
            own = lines.get((lot.lot, bid.bid), [])
            if bid.lot == lot.lot and own and (only is None or (lot.lot, bid.bid) in only):
                title = f"Bid {bid.bid} in lot {lot.lot}: {held.bidder(lot.lot, bid.bid)}"
                yield Section(title, tuple(_bid(held, lot, results[bid.bid], own, scales)))


def lines_by_bid(held: Evaluation) -> dict[tuple[str, str], list[Line]]:
    """The lines of each bid, by lot and code, in the order of the criteria."""
    lines: dict[tuple[str, str], list[Line]] = {}
    for line in held.lines:
        lines.setdefault((line.lot, line.bid), []).append(line)
    return lines


def place(lot: LotResult, result: BidResult) -> str:
    """Where a bid came: its rank, or what became of it, and its total."""
    rank = f"Rank {result.rank}" if result.rank is not None else result.status.words.capitalize()
    total = f", total {result.total:.{lot.places}f}" if result.total is not None else ""
    return f"{rank}{total}."


def gates_not_passed(result: BidResult) -> Iterator[str]:
    """A sentence for each gate that a bid did not pass."""
    for gate in result.failed_gates:
        yield f"Gate not passed: {gate.why.rstrip('.')}."


def _bid(
    held: Evaluation, lot: LotResult, result: BidResult, lines: list[Line], scales: Mapping[ScaleCode, Scale]
) -> Iterator[Block]:
    yield Paragraph(place(lot, result), Tone.LABEL)
    for text in gates_not_passed(result):
        yield Paragraph(text)
    dots = [row for row in (_dots(held, line, scales) for line in lines) if row is not None]
    if dots:
        yield ScaleDots("Individual scores (rings) and what was agreed (dot)", tuple(dots))
    weighted = {one.criterion: one.weighted for one in result.criteria}
    for line in lines:
        agreed = held.moderated.get(line)
        title = f"{line.criterion} {held.criteria[line.criterion].title}"
        if agreed is None:
            yield Explanation(title, "Not agreed: the bid was assessed no further.", None, ())
            continue
        share = weighted.get(line.criterion)
        facts = f"Score {canonical(agreed.value)}" if agreed.value is not None else "Considered, not scored"
        if share is not None:
            facts += f", adds {share:.{lot.places}f} to quality out of 100"
        scale = scales.get(held.criteria[line.criterion].scale or ScaleCode(""))
        mark = (
            ScoreMark(agreed.value, tuple(sorted(level.value for level in scale.levels)))
            if agreed.value is not None and scale is not None
            else None
        )
        yield Explanation(title, facts, mark, tuple(_reasons(agreed)))


def _dots(held: Evaluation, line: Line, scales: Mapping[ScaleCode, Scale]) -> ScaleRow | None:
    scale = scales.get(held.criteria[line.criterion].scale or ScaleCode(""))
    if scale is None:
        return None
    # What somebody who is away had given is set aside: it is kept, and stands in no picture.
    given = sorted(
        values_of(sheet[line] for person, sheet in held.sheets.items() if line in sheet and person not in held.absent)
    )
    agreed = held.moderated[line].value if line in held.moderated else None
    if not given and agreed is None:
        return None
    words = f"{_counted(given) or 'none'}; agreed {canonical(agreed) if agreed is not None else 'none'}"
    steps = tuple(sorted(level.value for level in scale.levels))
    return ScaleRow(line.criterion, steps, tuple(given), agreed, words)


def _counted(given: Sequence[Decimal]) -> str:
    """Scores with how many people gave each, where it was more than one: twelve in a row would be cut off."""
    many = Counter(given)
    return ", ".join(
        canonical(one) if count == 1 else f"{canonical(one)} ×{count}" for one, count in sorted(many.items())
    )


def _reasons(agreed: ModeratedScore) -> Iterator[Paragraph]:
    for label, text in (
        ("", agreed.reasons),
        ("Why not higher", agreed.not_higher),
        ("How differences were settled", agreed.differences),
        ("Dissent", agreed.dissent),
        ("In other words to other bidders", agreed.disclosable_reasons),
        ("Why in other words", agreed.withheld_why),
    ):
        if text.strip():
            if label:
                yield Paragraph(label, Tone.LABEL)
            yield Paragraph(text)
