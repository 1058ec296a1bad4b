"""What the evaluation report says of the decision: tables that are read at a glance, with every decision that was taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import make
from after_outcome_steps import ENDS, TODAY, decided, noticed
from evalpanel.domain.evaluation import Evaluation
from evalpanel.domain.evaluation_report_parts import after_award, decision
from evalpanel.domain.letter import Block, Column, Paragraph, Row, Table, Tone
from evalpanel.domain.tender import Authority
from evalpanel.services import deciding, tenders
from evalpanel.services.evaluation_reads import evaluation
from evalpanel.services.workspace import Workspace
from stages import REFERENCE, bring, load

At = Callable[[str], Workspace]


def held(space: Workspace) -> Evaluation:
    with space.store.reading() as tx:
        return evaluation(tx, space, tenders.find(tx, REFERENCE))


def blocks(space: Workspace) -> tuple[Block, ...]:
    first, _ = decision.sections(held(space))
    return first.blocks


AWARDS = (
    Column("Lot", 26),
    Column("Awarded to", 28),
    Column("Quality", 11, numeric=True),
    Column("Price", 10, numeric=True),
    Column("Total", 10, numeric=True),
    Column("Amount", 17, numeric=True),
)
DECIDERS = (
    Column("Authority", 22),
    Column("Lots", 10),
    Column("Decided by", 22),
    Column("Under", 26),
    Column("On", 20),
)
WON = Row(("L1 Whole service", "B01 Harbour Young Carers", "52.50", "30.00", "82.50", "£99,999.99"))


def test_authorities_that_say_the_same_stand_once_with_the_reasons_once(at: At, tmp_path: Path) -> None:
    space = at("empty")
    both = (Authority("Northmoor Council"), Authority("Southmoor Council", "joint"))
    load(space, tmp_path / "pack", make.pack(authorities=both))
    bring(space, "priced")
    decided(space, authority="Northmoor Council")
    waiting = Row(("L1 Whole service", "Not decided yet by Southmoor Council", "–", "–", "–", "–"))
    assert blocks(space)[0] == Table("Each lot, and who it is awarded to", AWARDS, (waiting,))
    decided(space, authority="Southmoor Council")
    who = ("L1", "Director of Children’s Services", "Scheme of delegation 4.2", "1 October 2026")
    assert blocks(space) == (
        Table("Each lot, and who it is awarded to", AWARDS, (WON,)),
        Table(
            "Who decided, under which power, and when",
            DECIDERS,
            (Row(("Northmoor Council", *who)), Row(("Southmoor Council", *who))),
        ),
        Paragraph("Reasons, the same for every lot and authority", Tone.LABEL),
        Paragraph("As ranked by the published method."),
    )


def test_decision_that_was_taken_once_more_stands_with_the_one_before(at: At) -> None:
    space = at("priced")
    decided(space)
    deciding.decide(
        space,
        REFERENCE,
        bids=(),
        decided_by=["Cabinet"],
        delegation="Constitution 3",
        why="The money was withdrawn.",
        on=TODAY,
        again="Called in.",
    )
    assert blocks(space) == (
        Table(
            "Each lot, and who it is awarded to",
            AWARDS,
            (Row(("L1 Whole service", "Nobody: the lot is abandoned", "–", "–", "–", "–")),),
        ),
        Table(
            "Who decided, under which power, and when",
            DECIDERS,
            (Row(("Northmoor Council", "L1", "Cabinet", "Constitution 3", "1 October 2026")),),
        ),
        Table(
            "Why it was decided so",
            (Column("Lots", 12), Column("Authority", 24), Column("Reasons", 64)),
            (Row(("L1", "Northmoor Council", "The money was withdrawn.\nDecided once more, because: Called in.")),),
        ),
        Paragraph("These decisions were taken before, and were taken once more since:"),
        Table(
            "Decisions that were taken once more",
            (Column("Lot", 8), Column("Authority", 22), Column("What was decided, and why", 42), Column("By", 28)),
            (
                Row(
                    (
                        "L1",
                        "Northmoor Council",
                        "Awarded to B01 Harbour Young Carers\nAs ranked by the published method.",
                        "Director of Children’s Services (Scheme of delegation 4.2), 1 October 2026",
                    )
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (
            0,
            "Standstill ends at the end of 12 October 2026. The first day on which the contract can be signed is 13 October 2026.",
        ),
        (
            1,
            "Standstill ended at the end of 12 October 2026. The first day on which the contract could be signed was 13 October 2026.",
        ),
    ],
)
def test_standstill_that_still_runs_is_not_told_as_ended(at: At, tmp_path: Path, days: int, says: str) -> None:
    space = at("priced")
    noticed(space, tmp_path / "letters")
    standstill = list(after_award.sections(held(space), ENDS + timedelta(days=days)))[1]
    assert standstill.blocks[1] == Paragraph(says)


def test_main_dates_stand_in_their_order(at: At, tmp_path: Path) -> None:
    space = at("priced")
    noticed(space, tmp_path / "letters")
    _, dates = decision.sections(held(space))
    (table,) = dates.blocks
    assert isinstance(table, Table)
    assert [row.cells for row in table.rows] == [
        ("Criteria and method frozen", "10:00 on 1 October 2026", "OF1"),
        ("Agreed scores locked", "10:00 on 1 October 2026", "CH1"),
        ("Prices opened", "10:00 on 1 October 2026", "OF1"),
        ("Outcome worked out", "10:00 on 1 October 2026", "OF1"),
        ("Award decided", "1 October 2026", "the authorities, as above"),
        ("Letters to bidders signed", "1 October 2026", "–"),
        ("Award notice published", "1 October 2026", "–"),
        ("Last day of standstill", "12 October 2026", "–"),
    ]
