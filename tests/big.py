"""A big tender: 200 bids on 60 criteria scored by 12 people, with a PDF of 300 pages; in any size, at any stage.

Its scores are written in bulk, each act with the line in the trail that the service writes: `verify` finds it whole.
"""

from __future__ import annotations

import atexit
import io
import itertools
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

import make
import profiles
import stages
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.moderation import ModeratedRow
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import Line, Score, ScoreStatus, scored_lines, sheet_digest
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, BidCode, Bidder, BidderCode, PersonCode, PriceKind, PriceLine
from evalpanel.services import audit, deciding, moderation, outcome, packs, prices, setup, sign_off, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from guards import at_home_in

REFERENCE = make.tender().reference
STAGES = ("loaded", "scoring", "signed", "moderated", "agreed", "closed", "priced")
"""In order. `scoring`: `SCORER` has a fifth of the bids left; `moderated`: every second line is agreed; `agreed`: all are."""
SCORER = PersonCode("PM1")
DOCUMENTED = 4
"""So many bids, the first, bring the PDF."""

_RATIONALE = "Names a worker for each young carer, and says who steps in when she is away (page 12). " * 3
_REASONS = (
    "The bid names a worker for each young carer and says who steps in. It shows how she is trained. " * 3
).strip()


@dataclass(frozen=True, slots=True)
class Size:
    """How many of everything there are; `pages` in the PDF."""

    bids: int = 200
    sections: int = 10
    leaves: int = 6
    people: int = 12
    pages: int = 300


WHOLE = Size()
SMALL = Size(bids=6, sections=2, leaves=3, people=4, pages=3)


def pack(size: Size = WHOLE) -> TenderPack:
    """The tender pack: quality and price, and everybody on the panel but the officer scores."""
    criteria = []
    for section in range(1, size.sections + 1):
        criteria.append(make.section(str(section), 100 // size.sections))
        share, rest = divmod(100, size.leaves)
        criteria += [
            make.criterion(f"{section}.{leaf}", str(section), share + (leaf <= rest))
            for leaf in range(1, size.leaves + 1)
        ]
    codes = [f"B{number:03}" for number in range(1, size.bids + 1)]
    bidders = tuple(_bidder(code, number) for number, code in enumerate(codes, 1))
    received = make.bids()[0].received
    officer, chair, member, *_ = make.panel()
    more = (
        replace(member, person=PersonCode(f"PM{number}"), name=f"Member {number}") for number in range(2, size.people)
    )
    return make.pack(
        criteria=tuple(criteria),
        outcomes=(),
        bidders=bidders,
        members=(),
        bids=tuple(Bid(BidCode(code), BidderCode(code), make.LOT, received=received) for code in codes),
        prices=tuple(_price(code, number) for number, code in enumerate(codes)),
        panel=(officer, chair, member, *more),
    )


def _bidder(code: str, number: int) -> Bidder:
    """Somebody with all that a letter needs, none of it anybody's: that number is in no register."""
    return Bidder(
        BidderCode(code),
        f"Bidder {code}",
        scheme="GB-COH",
        identifier=f"{99_000_000 + number * 137}",
        address=f"{number} Mill Lane\nNorthmoor\nNM{number % 20} {number % 9 + 1}ZZ",
        email=f"bids@bidder-{number:03}.example",
    )


def _price(code: str, number: int) -> PriceLine:
    asked = Decimal(100_000 + 137 * (number * 7919 % 500))
    return PriceLine(BidderCode(code), make.LOT, PriceKind.PRICE, "Service", asked, "1", Decimal(1), asked)


def pdf(pages: int) -> bytes:
    """A PDF of so many pages full of text."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=True)
    for page in range(1, pages + 1):
        text = canvas.beginText(60, 780)
        text.setFont("Helvetica", 10)
        text.setLeading(15)
        for line in range(46):
            text.textLine(f"{page}.{line} We meet each young carer within ten days, and ask what she needs from us.")
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def write_pack(folder: Path, size: Size = WHOLE) -> Path:
    """The pack as a folder: a short document for each bid, and the PDF for the first few."""
    long = pdf(size.pages)
    files = {
        f"B{number:03}/1.1 Summary.txt": f"What bidder {number} offers.".encode() for number in range(1, size.bids + 1)
    }
    read = {f"B{number:03}/1.1 Delivery.pdf": long for number in range(1, DOCUMENTED + 1)}
    return stages.write_pack(folder, pack(size), {**files, **read})


def profile(root: Path, stage: str, size: Size = WHOLE) -> Path:
    """A closed profile in `root` with the tender at `stage`; `profiles.opened` opens it."""
    profiles.make_profile(root)
    with profiles.opened(root) as space:
        bring(space, stage, root.parent / f"{root.name}-pack", size)
    return root


def copy(root: Path, stage: str, size: Size) -> Path:
    """The same, made once in this process and copied to `root`."""
    return profiles.copied(_kept(stage, size), root)


@cache
def _kept(stage: str, size: Size) -> Path:
    folder = Path(mkdtemp(prefix="big-"))
    atexit.register(shutil.rmtree, folder)
    with at_home_in(folder / "home"):
        return profile(folder / "profile", stage, size)


def bring(space: Workspace, stage: str, folder: Path, size: Size = WHOLE) -> None:
    """Bring the tender to `stage` in an empty profile; its pack is written to `folder`."""
    packs.load(space, write_pack(folder, size))
    go_on(space, "loaded", stage)


def go_on(space: Workspace, stage: str, to: str) -> None:
    """Bring the tender from one stage to a later one."""
    acts: dict[str, Callable[[Workspace], object]] = {
        "scoring": _begin_scoring,
        "signed": _sign,
        "moderated": lambda space: _agree(space, 0),
        "agreed": lambda space: _agree(space, 1),
        "closed": lambda space: moderation.close(space, REFERENCE),
        "priced": lambda space: prices.open_prices(space, REFERENCE),
    }
    for name in STAGES[STAGES.index(stage) + 1 : STAGES.index(to) + 1]:
        acts[name](space)


def decide(space: Workspace) -> None:
    """Record the award to the first bid by rank."""
    best = next(bid.bid for bid in outcome.outcome(space, REFERENCE).lots[0].bids if bid.rank == 1)
    deciding.decide(
        space,
        REFERENCE,
        bids=[best],
        decided_by=["Director of Children’s Services"],
        delegation="Scheme of delegation 4.2",
        why="As ranked by the published method.",
        on=profiles.START.date(),
    )


def _scorers(space: Workspace) -> list[PersonCode]:
    return [one.member.person for one in setup.view(space, REFERENCE).panel if one.member.has(Role.PANEL_MEMBER)]


def _answer(line: Line, person: PersonCode) -> Score:
    """Levels from 1 to 4 that differ between people, and more between some than others."""
    value = Decimal(1 + (sum(map(ord, line.bid + line.criterion)) + hash_of(person) * (line.bid[-1] in "37")) % 4)
    return Score(line, ScoreStatus.SCORED, value, f"{_RATIONALE}{line.bid}", "Say how often.", "")


def hash_of(text: str) -> int:
    """A small number that is always the same for a text."""
    return sum(map(ord, text))


def _begin_scoring(space: Workspace) -> None:
    setup.freeze(space, REFERENCE)
    stages.declare_all(space, REFERENCE)
    held = setup.view(space, REFERENCE).pack
    lines = scored_lines(held.criteria, held.bids)
    bids = [bid.bid for bid in held.bids]
    left = set(bids[len(bids) * 4 // 5 :])
    first, second, *others = _scorers(space)
    with space.store.writing() as tx:
        tender = tenders.find(tx, REFERENCE)
        rows: list[dict[str, Any]] = []
        # Two people score in the window at the same time, an act a line; the others hand in a sheet.
        for line, person in itertools.product(lines, (first, second)):
            if person != SCORER or line.bid not in left:
                rows += _saved(tx, space, tender.tender_id, person, [_answer(line, person)], "score-saved")
        for person in others:
            sheet = [_answer(line, person) for line in lines]
            rows += _saved(tx, space, tender.tender_id, person, sheet, "scores-imported")
        tx.execute(insert(t.ScoreRow), rows)
        tenders.advance(tx, tender, TenderStage.SCORING)


def _saved(
    tx: Session, space: Workspace, tender: str, person: PersonCode, scores: list[Score], act: str
) -> list[dict[str, Any]]:
    """The rows of an act that saves answers, once its line is in the trail."""
    detail = {"rows": len(scores), "rows_digest": sheet_digest(scores)}
    number = audit.record(tx, space, act, tender=tender, person=person, detail=detail)
    kept = {"tender_id": tender, "person": person, "revision": 1, "at": profiles.START, "act": number}
    return [{**_columns(score), **kept} for score in scores]


def _columns(score: Score) -> dict[str, Any]:
    """An answer by the names of its row's attributes."""
    line = {"lot": score.line.lot, "bid": score.line.bid, "criterion": score.line.criterion}
    held = {one.name: getattr(score, one.name) for one in fields(score) if one.name not in ("line", "value")}
    return {**line, **held, "value_": score.value}


def _sign(space: Workspace) -> None:
    with space.store.writing() as tx:
        tender = tenders.find(tx, REFERENCE)
        of = t.ScoreRow
        held = {Line(*one) for one in tx.execute(select(of.lot, of.bid, of.criterion).where(of.person == SCORER))}
        left = [line for line in scored_lines(tender.pack.criteria, tender.pack.bids) if line not in held]
        answers = [_answer(line, SCORER) for line in left]
        tx.execute(insert(t.ScoreRow), _saved(tx, space, tender.tender_id, SCORER, answers, "scores-imported"))
    for person in _scorers(space):
        sign_off.sign_off(space, REFERENCE, person=person)


def _agree(space: Workspace, half: int) -> None:
    held = setup.view(space, REFERENCE)
    stages.affirm_all(space, REFERENCE)
    present = tuple(one.member.person for one in held.panel if one.member.has(Role.PANEL_MEMBER))
    lines = scored_lines(held.pack.criteria, held.pack.bids)[half::2]
    moderation.take_moderated(space, REFERENCE, rows=list(_agreed(lines, present)))


def _agreed(lines: Iterable[Line], present: tuple[PersonCode, ...]) -> Iterable[ModeratedRow]:
    for line in lines:
        one = stages.agreed(line, Decimal(1 + hash_of(line.bid + line.criterion) % 4), present, _REASONS)
        yield replace(one, differences="One read page 4 otherwise, and agreed.")
