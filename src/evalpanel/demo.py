"""The whole job on the sample tender, told step by step: between the faces and the services."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evalpanel.domain.evidence import Evidence, read
from evalpanel.domain.interests import Answer, InterestKind
from evalpanel.domain.moderation import ModeratedRow
from evalpanel.domain.sheets import Line, ScoreRow
from evalpanel.domain.stages import TenderStage
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    deciding,
    declarations,
    letters,
    moderation,
    outcome,
    packs,
    prices,
    scoresheets,
    scoring,
    setup,
    sign_off,
    verify,
    workspace,
)
from evalpanel.services.awards import TenderOutcome
from evalpanel.services.letters import LettersReport
from evalpanel.services.moderation import ModerationTaken
from evalpanel.services.scoring import ScoresTaken
from evalpanel.services.verify import Verification
from evalpanel.services.workspace import Workspace, system_clock
from evalpanel.system.resources import resource

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Story:
    """What the demonstration did."""

    reference: str
    scores: int
    lines: int
    outcome: TenderOutcome
    letters: LettersReport
    letters_folder: Path
    record: Verification


def has_display() -> bool:
    """Whether a window could be shown here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(out: Path, say: Say) -> Story:
    """Load, declare, score, moderate, open prices, work the outcome out and sign letters into `out`/letters.

    Everything happens in a throw-away profile whose key is held in memory; only the letters stay.
    """
    with (
        TemporaryDirectory(prefix="evalpanel-demo-") as folder,
        workspace.throw_away(
            Path(folder), name="Demonstration Officer", email="officer@procurement.example", clock=system_clock
        ) as space,
    ):
        return _job(space, resource("sample"), out / "letters", say)


def _job(space: Workspace, sample: Path, out: Path, say: Say) -> Story:
    story = tomllib.loads((sample / "story.toml").read_text(encoding="utf-8"))
    tell = _Teller(story["acts"], say)
    tell.act("load")
    loaded = packs.load(space, sample / "pack")
    reference = loaded.summary.reference
    say(
        f"Loaded {reference}: {loaded.summary.criteria} criteria, {loaded.summary.bids} bids, "
        f"{loaded.summary.documents} documents, {loaded.summary.panel} people."
    )
    frozen = setup.freeze(space, reference)
    say(f"Froze the criteria with the digest {frozen.criteria_digest[:16]}…; the bids can be read from now on.")
    tell.act("declare")
    for one in story["declarations"]:
        recused = declarations.declare(space, reference, person=one["person"], answers=_answers(one))
        lots = f": recused from lot {', '.join(found.lot for found in recused)}" if recused else ""
        said = "no interest" if one.get("none") else f"an interest in {one['bidder']}"
        say(f"{one['person']} declared {said}{lots}.")
    tell.act("score")
    scores = 0
    for sheet in sorted((sample / "scores").glob("*.xlsx")):
        taken = hand_in(space, reference, sheet)
        scores += len(taken.added)
        say(f"{sheet.stem} scored {len(taken.added)} lines and signed off.")
    tell.act("moderate")
    _affirm(space, reference)
    agreed = agree(space, reference, sample)
    closed = moderation.close(space, reference)
    say(f"The panel agreed {len(agreed.added)} lines; {closed.lines} are locked.")
    tell.act("prices")
    opened = prices.open_prices(space, reference)
    say(f"Opened {len(opened.opened)} prices; {len(opened.unopened)} stay sealed.")
    tell.act("outcome")
    result = outcome.outcome(space, reference)
    for lot in result.lots:
        won = ", ".join(f"{bid.name} ({bid.total})" for bid in lot.winners) or "nobody"
        say(f"Lot {lot.lot} goes to {won}.")
    award(space, reference)
    say("The award was decided as the outcome says, by the people who may decide.")
    tell.act("letters")
    report = letters.letters(space, reference, out)
    for letter in report.letters:
        say(f"{letter.file.name}: {letter.kind}, {letter.pages} pages, signed and verified.")
    record = verify.verify_tender(space, reference)
    say(f"The record of {reference}: {record.verdict}.")
    return Story(reference, scores, len(agreed.added), result, report, out, record)


def award(space: Workspace, reference: str) -> None:
    """Record the award of every lot of the sample as it follows from the outcome, for each authority that decides."""
    told = tomllib.loads((resource("sample") / "story.toml").read_text(encoding="utf-8"))["award"]
    for lot in outcome.outcome(space, reference).lots:
        for authority in deciding.authorities(space, reference, lot.lot):
            deciding.decide(
                space,
                reference,
                bids=[one.bid for one in lot.winners],
                decided_by=[told["decided_by"]],
                delegation=told["delegation"],
                why=told["why"],
                on=deciding.standing(space, reference).today,
                lot=lot.lot,
                authority=authority,
            )


def _answers(told: dict[str, str]) -> tuple[Answer, ...]:
    """The interests of one declaration of the story."""
    return (Answer(told["bidder"], told["about"], InterestKind(told["kind"])),) if "bidder" in told else ()


def _affirm(space: Workspace, reference: str) -> None:
    """Everybody says that their declaration still holds, and the chair writes it down."""
    for one in setup.view(space, reference).panel:
        declarations.affirm(space, reference, person=one.member.person, by="CH1")


def hand_in(space: Workspace, reference: str, sheet: Path) -> ScoresTaken:
    """Take in the sample's score sheet of one person with the evidence that the person kept, and sign it off."""
    rows = _scored(space, reference, sheet)
    taken = scoring.take_scores(space, reference, person=sheet.stem, rows=rows)
    sign_off.sign_off(space, reference, person=sheet.stem)
    return taken


def agree(space: Workspace, reference: str, sample: Path) -> ModerationTaken:
    """Take in what the panel of the sample agreed, with the evidence that it cited."""
    return moderation.take_moderated(space, reference, rows=_agreed(space, reference, sample))


def _scored(space: Workspace, reference: str, sheet: Path) -> tuple[ScoreRow, ...]:
    rows, _ = scoresheets.score_rows(space, reference, sheet)
    kept = _evidence(sheet.parent.parent, lambda one: sheet.stem in one["people"])
    return tuple(replace(row, evidence=kept.get(row.line, ())) for row in rows)


def _agreed(space: Workspace, reference: str, sample: Path) -> tuple[ModeratedRow, ...]:
    rows, _ = scoresheets.moderated_rows(space, reference, sample / "moderated.xlsx")
    cited = _evidence(sample, lambda one: bool(one["cited"]))
    return tuple(replace(row, evidence=cited.get(row.line, ())) for row in rows)


def _evidence(sample: Path, wanted: Callable[[dict[str, Any]], bool]) -> dict[Line, tuple[Evidence, ...]]:
    """The evidence of the sample, by line: a spreadsheet of scores has no room for it."""
    found: dict[Line, tuple[Evidence, ...]] = {}
    for one in json.loads((sample / "evidence.json").read_text(encoding="utf-8")):
        line = Line(one["lot"], one["bid"], one["criterion"])
        if wanted(one):
            found[line] = (*found.get(line, ()), read(one["evidence"]))
    return found


BEGUN, AGREED = 60, 40
"""How many lines PM1 has answered, and how many are agreed, when the guide comes to scoring and to moderation."""

GUIDE = (
    (
        "scoring",
        "PM1",
        "You are PM1, a panel member. Read the bid at the left, choose a level, say why.",
        "Next: moderation",
    ),
    (
        "moderation",
        "CH1",
        "You are CH1, the chair. Everyone has signed off; agree a level and reasons, line by line.",
        "Next: outcome",
    ),
    (
        "outcome",
        "OF1",
        "You are OF1, the officer. Moderation is closed, so the prices can be opened, on the record.",
        "Next: letters",
    ),
    (
        "letters",
        "OF1",
        "Every bidder is owed a letter. Look at one as its bidder will see it, then sign them all.",
        "Next: the record",
    ),
    ("record", "OF1", "Everything that was done stands in the record, and can be checked.", "Finish"),
)
"""The five acts of the guided demonstration: the place, who one is there, what it is about, and the next step."""


def prepare(space: Workspace) -> str:
    """Bring an empty profile to the first act of the guide: everyone but PM1 has signed off. Gives the reference."""
    sample = resource("sample")
    story = tomllib.loads((sample / "story.toml").read_text(encoding="utf-8"))
    reference = packs.load(space, sample / "pack").summary.reference
    setup.freeze(space, reference)
    for one in story["declarations"]:
        declarations.declare(space, reference, person=one["person"], answers=_answers(one))
    for sheet in sorted((sample / "scores").glob("*.xlsx")):
        if sheet.stem == "PM1":
            scoring.take_scores(space, reference, person="PM1", rows=_scored(space, reference, sheet)[:BEGUN])
        else:
            hand_in(space, reference, sheet)
    return reference


def guide(space: Workspace, reference: str, act: int) -> None:
    """Bring the tender to the beginning of act number `act` of the guide. What the person did already stays theirs."""
    sample = resource("sample")
    stage = setup.view(space, reference).summary.stage
    if act >= 1 and not stage.reached(TenderStage.MODERATION):
        own = next(one for one in setup.view(space, reference).panel if one.member.person == "PM1")
        if not own.signed_off:
            answered = {line for line, score in scoring.desk(space, reference, "PM1").scores.items() if score.rationale}
            rows = _scored(space, reference, sample / "scores" / "PM1.xlsx")
            left = [row for row in rows if row.line not in answered]
            scoring.take_scores(space, reference, person="PM1", rows=left)
            sign_off.sign_off(space, reference, person="PM1")
        if act == 1:
            agreed = _agreed(space, reference, sample)
            _affirm(space, reference)
            moderation.take_moderated(space, reference, rows=agreed[:AGREED])
    if act >= 2 and not stage.reached(TenderStage.QUALITY_LOCKED):
        done = {one.line for one in moderation.lines(space, reference) if one.agreed is not None}
        agreed = _agreed(space, reference, sample)
        _affirm(space, reference)
        moderation.take_moderated(space, reference, rows=[row for row in agreed if row.line not in done])
        moderation.close(space, reference)
    if act >= 3 and not stage.reached(TenderStage.PRICES_OPENED):
        prices.open_prices(space, reference)
    if act >= 3 and not stage.reached(TenderStage.AWARD_DECIDED):
        award(space, reference)


class _Teller:
    """Says what an act is about, before it happens."""

    def __init__(self, acts: dict[str, Any], say: Say) -> None:
        self._acts, self._say, self._number = acts, say, 0

    def act(self, name: str) -> None:
        told = self._acts.get(name)
        if told is None:
            return
        self._number += 1
        self._say("")
        self._say(f"{self._number}. {told['title']}")
        width = min(100, shutil.get_terminal_size().columns)
        for line in _wrapped(told["text"], width):
            self._say(line)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), width, initial_indent="   ", subsequent_indent="   ")


def check(story: Story) -> None:
    """Refuse, in words, a run of the job that did not end as it should."""
    wrong = []
    if not story.letters.letters or story.letters.blocked or not all(one.verified for one in story.letters.letters):
        wrong.append("a letter was not signed and verified")
    if story.record.verdict != "verified":
        wrong.append("the record does not verify")
    if not all(lot.winners for lot in story.outcome.lots):
        wrong.append("a lot has no winner")
    if wrong:
        raise EvalPanelError("The self-test failed.", f"On this machine {'; '.join(wrong)}. Install evalpanel again.")
