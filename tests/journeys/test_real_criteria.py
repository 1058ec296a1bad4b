"""Real criteria trees become tenders: weightings as they were published, by other people, for other programs."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import make
from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.tender import CriterionCode
from evalpanel.services import outcome
from profiles import Evalpanel, opened
from stages import REFERENCE, bring, write_pack

TREES = Path(__file__).parents[1] / "specimens" / "criteria"
PUBLISHED = {
    "criteria_cof_mapping_parts__r2_scored_criteria.json": ("30", "30", "30", "10"),
    "criteria_cof_mapping_parts__r4w1_scored_criteria.json": ("53", "47"),
    "criteria_cyp_mapping_parts__r1_scored_criteria.json": ("35", "40", "15", "10"),
}
TEMPLATE = "criteria_template_mapping_parts__scored_criteria.json"


def criteria_of(file: Path) -> tuple[Criterion, ...]:
    """A tree as criteria: sections with their published weighting, and sub-criteria with equal parts of 100.

    The source weights its sections only. Parts are cut to two places, and the last one takes what is left.
    """
    tree: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    made: list[Criterion] = []
    for number, section in enumerate(tree, 1):
        weighting = Decimal(section["weighting"]) * 100
        code = CriterionCode(str(number))
        made.append(Criterion(code, section["name"].strip(), CriterionKind.SECTION, weighting=weighting))
        leaves = section["sub_criteria"]
        part = (Decimal(100) / len(leaves)).quantize(Decimal("0.01"))
        for place, leaf in enumerate(leaves, 1):
            share = part if place < len(leaves) else 100 - part * (len(leaves) - 1)
            questions = [str(answer["question"]) for theme in leaf["themes"] for answer in theme["answers"]]
            made.append(
                replace(
                    make.criterion(f"{number}.{place}", code, 0),
                    title=leaf["name"].strip(),
                    weighting=share,
                    guidance="\n".join(questions),
                )
            )
    return tuple(made)


def pack_with(evalpanel: Evalpanel, folder: Path, name: str) -> Path:
    evalpanel.done("new-profile", "--name", "Ola Fenn", "--email", "ola.fenn@northmoor.example")
    return write_pack(folder, make.pack(outcomes=(), criteria=criteria_of(TREES / name)))


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_a_real_tree_is_loaded_scored_and_adds_up(evalpanel: Evalpanel, tmp_path: Path, name: str) -> None:
    loaded = evalpanel.asked("load", pack_with(evalpanel, tmp_path / "pack", name))

    criteria = criteria_of(TREES / name)
    assert loaded["criteria"] == len(criteria)
    with opened(evalpanel.root) as space:
        bring(space, "priced")
        lot = outcome.outcome(space, REFERENCE).lots[0]
    # 3 of 4 on every criterion is 75 of 100, whatever the tree: each section earns three quarters of its weighting.
    assert dict(lot.bids[0].sections) == {
        CriterionCode(str(number)): (Decimal(weighting) * 3 / 4).quantize(Decimal("0.01"))
        for number, weighting in enumerate(PUBLISHED[name], 1)
    }
    assert lot.bids[0].quality == Decimal("52.50")


def test_the_empty_template_is_refused_in_words(evalpanel: Evalpanel, tmp_path: Path) -> None:
    answer = evalpanel("load", pack_with(evalpanel, tmp_path / "pack", TEMPLATE), "--json")

    assert answer.code == 1
    told = [f"{one['where']}: {one['what']}" for one in answer.json["problems"]]
    assert [line for line in told if "Criteria" in line] != []
    assert evalpanel.asked("tenders") == {"tenders": []}
