"""One tender brought to any stage of its life, through the services, as its people would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import make
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.moderation import ModeratedRow
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import Line, ScoreRow, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode, PersonCode
from evalpanel.services import declarations, moderation, packs, prices, scoring, setup, sign_off
from evalpanel.services.desks import Desk
from evalpanel.services.workspace import Workspace
from profiles import copied, make_profile, opened

REFERENCE = make.tender().reference
PRESENT = tuple(PersonCode(code) for code in ("CH1", "PM1", "PM2"))
BIDS = {
    "B01/1.1 Reach.txt": b"How Harbour reaches young carers.",
    "B02/1.1 Reach.txt": b"How Tallis reaches young carers.",
    "B02/Pricing.txt": b"What Tallis asks.",
    "B03/1.1 Reach.txt": b"How Moorland reaches young carers.",
}
"""What lies below `bids/` in the pack of these tests."""


def line(bid: str, criterion: str, lot: str = "L1") -> Line:
    """A line by its codes."""
    return Line(LotCode(lot), BidCode(bid), CriterionCode(criterion))


def write_pack(folder: Path, pack: TenderPack | None = None, files: Mapping[str, bytes] = BIDS) -> Path:
    """A pack as a folder: the workbook, a document of the tender (if it brings one), and bids."""
    folder.mkdir(parents=True)
    make.workbook(pack, folder)
    if pack is None or pack.tender is not None:
        (folder / "Specification.txt").write_bytes(b"What we want.")
    for path, content in files.items():
        target = folder / "bids" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def load(space: Workspace, folder: Path, pack: TenderPack | None = None, files: Mapping[str, bytes] = BIDS) -> str:
    """Load the pack; give the tender's reference."""
    return packs.load(space, write_pack(folder, pack, files)).summary.reference


def level_of(line: Line) -> Decimal | None:
    """What everybody gives here: conditions are met, 3 for the first bid, 2 for the second, 1 for the third."""
    return Decimal(1) if line.criterion.startswith("C") else Decimal(4 - int(line.bid[-1]))


Level = Callable[[Line], Decimal | None]


def answers(desk: Desk, level: Level = level_of) -> list[ScoreRow]:
    """A filled sheet: every line that the person owes, with a level and a rationale."""
    return [
        ScoreRow(
            f"Scores!A{place}",
            one,
            ScoreStatus.SCORED,
            level(one),
            f"{desk.member.person} read page {place}.",
        )
        for place, one in enumerate(desk.owed, 2)
    ]


def score(space: Workspace, named: str = REFERENCE, *, person: str, level: Level = level_of) -> None:
    """Fill the whole sheet of one person."""
    scoring.take_scores(space, named, person=person, rows=answers(scoring.desk(space, named, person), level))


def declare_all(space: Workspace, named: str = REFERENCE) -> None:
    """Everybody who has not declared yet declares no interest."""
    for one in setup.view(space, named).panel:
        if not one.declared:
            declarations.declare(space, named, person=one.member.person)


def score_all(space: Workspace, named: str = REFERENCE, level: Level = level_of) -> None:
    """Everybody who scores fills the sheet and signs it off."""
    for one in setup.view(space, named).panel:
        if one.member.has(Role.PANEL_MEMBER) and one.owed:
            score(space, named, person=one.member.person, level=level)
            sign_off.sign_off(space, named, person=one.member.person)


def agreed(
    one: Line, value: Decimal | None, present: tuple[PersonCode, ...] = PRESENT, reasons: str = "The bid says how."
) -> ModeratedRow:
    """What the panel agreed on a line."""
    return ModeratedRow(
        f"Moderated!{one.bid}{one.criterion}",
        one,
        value,
        reasons,
        not_higher="It does not say how often.",
        differences="Nobody differed.",
        improvements="Say how often.",
        present=present,
    )


def affirm_all(space: Workspace, named: str = REFERENCE) -> None:
    """Everybody says, now that moderation comes, that their declaration still holds."""
    for one in setup.view(space, named).panel:
        declarations.affirm(space, named, person=one.member.person)


def agree_all(
    space: Workspace, named: str = REFERENCE, level: Level = level_of, present: tuple[PersonCode, ...] = PRESENT
) -> None:
    """The panel agrees every line."""
    affirm_all(space, named)
    rows = [agreed(one.line, level(one.line), present) for one in moderation.lines(space, named)]
    moderation.take_moderated(space, named, rows=rows)


STEPS: dict[str, Callable[[Workspace, str], object]] = {
    "frozen": setup.freeze,
    "declared": declare_all,
    "scored": score_all,
    "agreed": agree_all,
    "closed": moderation.close,
    "priced": prices.open_prices,
}
"""What brings a loaded tender to each stage from the one before."""


class Kept:
    """One closed profile a stage, each made from the one before it when a test first asks for it.

    The stages: `empty`, `loaded`, and those of `STEPS`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def profile(self, stage: str) -> Path:
        """The folder of the profile whose tender, that of `make.pack()`, is at this stage. Copy it; never change it."""
        order = ("empty", "loaded", *STEPS)
        root = self._folder / stage
        if root.exists():
            return root
        fresh = self._folder / f"{stage}.part"
        if stage == "empty":
            make_profile(fresh)
        else:
            copied(self.profile(order[order.index(stage) - 1]), fresh)
            with opened(fresh) as space:
                if stage == "loaded":
                    load(space, self._folder / "pack")
                else:
                    STEPS[stage](space, REFERENCE)
        return fresh.rename(root)


def bring(space: Workspace, stage: str, named: str = REFERENCE) -> None:
    """Bring a tender that was just loaded to a stage."""
    for name, step in STEPS.items():
        step(space, named)
        if name == stage:
            return
    raise ValueError(stage)
