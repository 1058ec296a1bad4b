"""One tender brought from its opened prices to any later stage, through the services, as its officer would."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from evalpanel.services import deciding, letters, outcome, publishing, setup
from evalpanel.services.after_outcome import AfterOutcome
from evalpanel.services.deciding import Decided
from evalpanel.services.workspace import Workspace
from stages import REFERENCE

TODAY = date(2026, 10, 1)
"""The day on which the clock of the tests stands: a Thursday. Eight working days from it end on 12 October."""
ENDS = date(2026, 10, 12)


def decided(space: Workspace, *bids: str, on: date = TODAY, authority: str | None = None) -> Decided:
    """Work the outcome out, and record the award to these bids (B01 if none is named)."""
    outcome.outcome(space, REFERENCE)
    return deciding.decide(
        space,
        REFERENCE,
        bids=bids or ("B01",),
        decided_by=["Director of Children’s Services"],
        delegation="Scheme of delegation 4.2",
        why="As ranked by the published method.",
        on=on,
        authority=authority,
    )


def addressed(space: Workspace) -> None:
    """Give every bidder what its letter needs."""
    for bidder in ("B01", "B02", "B03"):
        setup.correct_bidder(
            space,
            REFERENCE,
            bidder=bidder,
            address="1 Quay Street\nNorthmoor\nNM0 0AA",
            scheme="GB-COH",
            identifier=f"0001234{bidder[-1]}",
        )


def lettered(space: Workspace, folder: Path) -> None:
    """Give every bidder what its letter needs, and sign all of them."""
    addressed(space)
    report = letters.letters(space, REFERENCE, folder)
    assert report.blocked == ()


def noticed(space: Workspace, folder: Path, *, standstill: bool = True) -> AfterOutcome:
    """The award decided, the letters signed, the notice published."""
    decided(space)
    lettered(space, folder)
    return publishing.publish(space, REFERENCE, published=TODAY, notice_id="2026/S 000-1", standstill=standstill)
