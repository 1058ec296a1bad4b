"""In the evaluation report what was done about each tie stands by itself."""

from __future__ import annotations

from evalpanel.domain.evaluation_report_parts.outcome import ties
from evalpanel.domain.letter import Items, Paragraph

ONE = "Bids B1 and B2 stood equal on 70.56 for rank 3. The published tie rule is: “lots drawn”. Bids B1 and B2 share rank 3: draw lots."
OTHER = "Bids B7, B8 and B9 stood equal on 64.25 for rank 9. No tie rule was published."


def test_each_tie_of_several_is_an_item_of_a_list() -> None:
    assert list(ties(f"{ONE} {OTHER}")) == [Items((ONE, OTHER))]


def test_one_tie_is_a_paragraph_and_none_is_nothing() -> None:
    assert (list(ties(ONE)), list(ties(""))) == ([Paragraph(ONE)], [])
