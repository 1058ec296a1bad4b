"""How bids were assessed: criteria, weightings, scales and the method, as frozen before any bid was opened."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from evalpanel.domain.evaluation import Evaluation
from evalpanel.domain.letter import Block, Column, Facts, Paragraph, Row, Section, Table, Tone
from evalpanel.domain.numbers import canonical
from evalpanel.domain.rules import FORMULA_WORDS, ROUNDING_WORDS
from evalpanel.domain.signing import in_words

_UK = ZoneInfo("Europe/London")


def sections(held: Evaluation) -> Iterator[Section]:
    """The criteria, then scales and method."""
    yield Section("Criteria and weightings", tuple(_criteria(held)))
    yield Section("Scales and method", tuple(_method(held)))


def _criteria(held: Evaluation) -> Iterator[Block]:
    if held.froze is not None:
        yield Paragraph(
            f"Frozen on {in_words(held.froze.at.astimezone(_UK).date())}, before any bid was opened, with the digest "
            f"{held.froze.what}."
        )
    depths: dict[str | None, int] = {None: -1}
    rows = []
    for one in held.pack.criteria:
        depth = depths[one.criterion] = depths.get(one.parent, -1) + 1
        weighting = f"{canonical(one.weighting)} %" if one.weighting is not None else "–"
        minimum = canonical(one.minimum) if one.minimum is not None else "–"
        lots = ", ".join(one.lots) or "all"
        rows.append(Row((f"{one.criterion} {one.title}", one.kind.value, lots, weighting, minimum), depth=depth))
    columns = (
        Column("Criterion", 46),
        Column("Kind", 16),
        Column("Lots", 12),
        Column("Weighting", 14, numeric=True),
        Column("Minimum", 12, numeric=True),
    )
    yield Table("Criteria and weightings", columns, tuple(rows))


def _method(held: Evaluation) -> Iterator[Block]:
    tender = held.pack.tender
    assert tender is not None
    formula = f"{tender.price_formula.value}: {FORMULA_WORDS[tender.price_formula]}" if tender.price_formula else "none"
    rounded = f"{ROUNDING_WORDS[tender.rounding]}; to {tender.places} decimal places, halves upwards"
    yield Facts(
        (
            ("Quality and price", f"{canonical(tender.quality_weighting)} % and {canonical(tender.price_weighting)} %"),
            ("Price formula", formula),
            ("Rounded", rounded),
            ("If totals are equal", tender.tie_rule or "none was published"),
            ("If the panel cannot agree", tender.no_consensus or "nothing was published"),
        )
    )
    for scale in held.pack.scales:
        yield Paragraph(f"Scale {scale.scale}", Tone.LABEL)
        rows = tuple(Row((canonical(level.value), level.name, level.descriptor or "–")) for level in scale.levels)
        columns = (Column("Level", 12, numeric=True), Column("Name", 24), Column("What it takes", 64))
        yield Table(f"Scale {scale.scale}", columns, rows)
    if held.opened is not None:
        day = in_words(held.opened.at.astimezone(_UK).date())
        yield Paragraph(f"Prices were opened on {day}, after the agreed scores were locked: {held.opened.what}.")
