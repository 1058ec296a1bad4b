"""What bids are scored against: outcomes, and a tree of criteria with weightings that add up.

A *leaf* is a criterion without children; only leaves are scored. Weightings are percentages of the parent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from evalpanel.domain.tender import CriterionCode, LotCode, OutcomeCode, ScaleCode


class CriterionKind(StrEnum):
    """What a criterion does to the result.

    `SECTION` groups others; `QUALITY` is scored and weighted; `CONDITION` must be met and carries no weighting;
    `CONSIDERATION` is explained but not scored; `INFORMATION` is only read.
    """

    SECTION = "section"
    QUALITY = "quality"
    CONDITION = "condition"
    CONSIDERATION = "consideration"
    INFORMATION = "information"


class MembersEvidence(StrEnum):
    """Whose experience counts when a consortium answers."""

    NO = "no"
    ALL = "all"
    ANY = "any"
    BEST = "best"
    LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A change for people that the service is bought for."""

    outcome: OutcomeCode
    title: str
    description: str = ""
    indicator: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question that bids answer. `lots` is empty when it applies to all; `weighting` is a percentage of its parent.

    `minimum` is the lowest level with which a bid stays in; for a condition, the lowest that meets it.
    """

    criterion: CriterionCode
    title: str
    kind: CriterionKind = CriterionKind.QUALITY
    parent: CriterionCode | None = None
    lots: tuple[LotCode, ...] = ()
    stage: str = ""
    evidence: str = "written"
    limit: str = ""
    weighting: Decimal | None = None
    scale: ScaleCode | None = None
    minimum: Decimal | None = None
    outcome: OutcomeCode | None = None
    guidance: str = ""
    members: MembersEvidence = MembersEvidence.NO

    def applies_to(self, lot: LotCode) -> bool:
        """Whether bids for `lot` answer this criterion."""
        return not self.lots or lot in self.lots


def for_lot(criteria: Iterable[Criterion], lot: LotCode) -> tuple[Criterion, ...]:
    """The criteria that bids for `lot` answer, in the order of the workbook."""
    return tuple(criterion for criterion in criteria if criterion.applies_to(lot))


def leaves(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """The criteria that panel members answer for: those that no other names as its parent, without the information ones."""
    held = tuple(criteria)
    parents = {criterion.parent for criterion in held}
    return tuple(
        criterion
        for criterion in held
        if criterion.criterion not in parents
        and criterion.kind not in (CriterionKind.INFORMATION, CriterionKind.SECTION)
    )
