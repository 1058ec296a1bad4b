"""What is expected of a person now, in a sentence, and where the button leads."""

from __future__ import annotations

from dataclasses import dataclass

from evalpanel.domain.interests import covering
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.services.setup import MemberProgress, TenderView
from evalpanel.ui.models.words import together


@dataclass(frozen=True, slots=True)
class Expected:
    """One sentence, and the next step: its words and its place. No place: there is nothing to do but wait."""

    sentence: str
    step: str = ""
    place: str = ""


def expected(view: TenderView, own: MemberProgress | None) -> Expected:
    """What a person does next in a tender."""
    stage = view.summary.stage
    if own is None:
        return Expected("Choose who you are at the foot of the rail, to see what is expected of you.")
    if not own.declared and stage.reached(TenderStage.CRITERIA_FROZEN):
        return Expected(
            "Say whether you have an interest in a bidder. It comes before any bid.", "Declare interests", "panel"
        )
    if not stage.reached(TenderStage.BIDS_OPENED):
        return _preparing(view, own)
    if not stage.reached(TenderStage.MODERATION):
        return _scoring(view, own)
    if not stage.reached(TenderStage.QUALITY_LOCKED):
        # How many lines are begun speaks of every bid, also of those that are closed to the person.
        done = "" if own.recusals else f" {view.moderated} of {view.lines} lines are begun or agreed."
        if own.member.has(Role.CHAIR):
            return Expected(f"Agree a level and reasons, line by line.{done}", "Go on with moderation", "moderation")
        return Expected(f"The panel is moderating.{done}", "Look at moderation", "moderation")
    return _after_the_lock(view, own)


def _preparing(view: TenderView, own: MemberProgress) -> Expected:
    officer = own.member.has(Role.OFFICER)
    if view.summary.stage.reached(TenderStage.CRITERIA_FROZEN):
        return Expected("The criteria are frozen. Bids can come in now.", "Load bids" if officer else "", "setup")
    if officer:
        return Expected(
            "Check the criteria, then freeze them. Bids stay sealed until then.", "Check and freeze", "setup"
        )
    return Expected("The officer is preparing the criteria. Bids stay sealed until they are frozen.")


def _after_the_lock(view: TenderView, own: MemberProgress) -> Expected:
    officer, stage = own.member.has(Role.OFFICER), view.summary.stage
    if not stage.reached(TenderStage.OUTCOME):
        if officer:
            return Expected("Moderation is closed. Prices and outcome come next.", "See to the outcome", "outcome")
        return Expected("Moderation is closed. The officer opens the prices next.")
    if not stage.reached(TenderStage.LETTERS_ISSUED):
        if officer:
            return _letters_next(stage)
        return Expected("The outcome stands. The officer signs the letters next.", "See the outcome", "outcome")
    if officer and stage is TenderStage.LETTERS_ISSUED:
        return Expected("The letters are signed. They are sent next, and noted here.", "Go on to sending", "feedback")
    return Expected("The letters are signed. The record can be checked at any time.", "See the record", "record")


def _letters_next(stage: TenderStage) -> Expected:
    if not stage.reached(TenderStage.AWARD_DECIDED):
        return Expected(
            "The outcome stands. The award is decided next; then every bidder gets a letter.",
            "See to the decision",
            "outcome",
        )
    return Expected("The award is decided. Every bidder is owed a letter.", "See to the letters", "letters")


def _scoring(view: TenderView, own: MemberProgress) -> Expected:
    waiting = [one for one in view.panel if one.owed and not one.signed_off and not one.absent]
    if own.owed and not own.signed_off:
        bids = len(
            {
                (bid.lot, bid.bid)
                for bid in view.pack.bids
                if bid.status.is_scored and covering(own.recusals, bid.lot, bid.bid) is None
            }
        )
        left = own.owed - own.answered
        recused = f" You are recused from {together(one.what for one in own.recusals)}." if own.recusals else ""
        if left == 0:
            return Expected(
                f"All {own.owed} lines are answered. Read them once more and sign off.{recused}", "Sign off", "scoring"
            )
        words = "Start scoring" if own.answered == 0 else "Continue scoring"
        return Expected(f"Score {bids} bids: {left} of {own.owed} lines are left.{recused}", words, "scoring")
    if not waiting:
        if own.member.has(Role.CHAIR):
            return Expected("Everyone has signed off. Moderation can begin.", "Begin moderation", "moderation")
        return Expected("Everyone has signed off. The chair begins moderation.")
    names = ", ".join(one.member.person for one in waiting)
    said = "You have signed off. " if own.signed_off else ""
    return Expected(f"{said}Waiting for the sheets of {names}.", "See the panel", "panel")
