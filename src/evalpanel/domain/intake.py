"""What came in: the values of a tender pack, and the problems that were found in it, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from evalpanel.domain.criteria import Criterion, Outcome
from evalpanel.domain.digests import digest
from evalpanel.domain.people import PanelMember
from evalpanel.domain.scales import Scale
from evalpanel.domain.tender import (
    Authority,
    Bid,
    Bidder,
    Clarification,
    ConsortiumMember,
    DocumentEntry,
    Lot,
    PriceLine,
    Stage,
    Tender,
)
from evalpanel.errors import EvalPanelError


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong or worth knowing in what came in.

    `where` is its place: a cell as `Criteria!D7`, a sheet as `Criteria`, or the path of a file in the pack.
    A problem that `stops` keeps the whole pack out; one that does not is reported and the pack is kept.
    """

    where: str
    what: str
    stops: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class TenderPack:
    """Everything that one workbook says, in its own order. `tender` is None where there is no sheet `Tender`
    (a workbook that brings only bids or prices)."""

    tender: Tender | None = None
    authorities: tuple[Authority, ...] = ()
    lots: tuple[Lot, ...] = ()
    stages: tuple[Stage, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    scales: tuple[Scale, ...] = ()
    bidders: tuple[Bidder, ...] = ()
    members: tuple[ConsortiumMember, ...] = ()
    bids: tuple[Bid, ...] = ()
    prices: tuple[PriceLine, ...] = ()
    clarifications: tuple[Clarification, ...] = ()
    panel: tuple[PanelMember, ...] = ()
    documents: tuple[DocumentEntry, ...] = ()
    has_documents_sheet: bool = False

    def criteria_digest(self) -> str:
        """What the freeze pins: the terms, lots, outcomes, criteria and scales, in canonical JSON, by SHA-256.

        Any change of a published word or figure makes another digest. Bids, people and documents are not part of it.
        """
        return digest(self.criteria_pinned())

    def criteria_pinned(self) -> dict[str, object]:
        """What `criteria_digest` is the digest of."""
        return {
            "format": "evalpanel-criteria-v1",
            "tender": self.tender,
            "lots": self.lots,
            "outcomes": self.outcomes,
            "criteria": self.criteria,
            "scales": self.scales,
        }

    def with_documents(self, documents: Iterable[DocumentEntry]) -> TenderPack:
        """The same pack with these documents."""
        return replace(self, documents=tuple(documents))


class ProblemsFound(EvalPanelError):
    """A pack, a score sheet or a price schedule was refused, with every problem and its place."""

    def __init__(
        self, title: str, problems: Iterable[Problem], then: str = "Nothing was kept. Correct it and try again."
    ) -> None:
        self.problems = tuple(problems)
        listed = " ".join(f"{number}. {problem}" for number, problem in enumerate(self.problems, 1))
        super().__init__(title, f"{then} {listed}".strip())
        self.then = then
