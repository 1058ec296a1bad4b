"""Which places there are, in which state, and why one is not open: from a tender and who looks at it."""

from __future__ import annotations

from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.services.setup import MemberProgress, TenderView
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.rail import TITLES as TITLES
from evalpanel.ui.widgets.rail import Place

_NO_TENDER = "Open a tender first."


def places(session: Session) -> tuple[Place, ...]:
    """The places of the rail, in order."""
    view = session.view
    if view is None:
        # Set-up and carried files are where a tender comes in.
        return tuple(
            Place(key, title, "", "" if key in ("home", "setup", "carry") else _NO_TENDER)
            for key, title in TITLES.items()
        )
    found = {key: _state(key, view, session.person) for key in TITLES}
    stand = session.stand
    if stand is not None and not stand.leads and not stand.bids and not found["scoring"][1]:
        found["scoring"] = ("", "The bids have not come yet. See under Carry files.")
    return tuple(Place(key, TITLES[key], *found[key]) for key in TITLES)


def me(view: TenderView, person: str) -> MemberProgress | None:
    """The person who sits at the laptop, in this tender."""
    return next((one for one in view.panel if one.member.person == person), None)


def _state(key: str, view: TenderView, person: str) -> tuple[str, str]:
    stage, own = view.summary.stage, me(view, person)
    match key:
        case "setup":
            return ("✓" if stage.reached(TenderStage.CRITERIA_FROZEN) else "", "")
        case "panel":
            return ("✓" if all(one.declared for one in view.panel) else "", "")
        case "scoring":
            return _scoring(view, own)
        case "moderation":
            return _moderation(view, own)
        case "outcome":
            done = "✓" if stage.reached(TenderStage.OUTCOME) else ""
            return (
                done,
                "" if stage.reached(TenderStage.QUALITY_LOCKED) else "The outcome comes after moderation is closed.",
            )
        case "feedback":
            allowed = own is None or own.member.has(Role.OFFICER)
            late = "" if stage.reached(TenderStage.OUTCOME) else "This comes after the letters."
            return ("", late or ("" if allowed else "What bidders answer comes to the officer."))
        case "letters":
            done = "✓" if stage.reached(TenderStage.LETTERS_ISSUED) else ""
            allowed = own is None or own.member.has(Role.OFFICER)
            # A letter about a prequalification, or a low price, comes before the outcome.
            late = "" if stage.reached(TenderStage.BIDS_OPENED) else "Letters come when bids are opened."
            return (done, late or ("" if allowed else "The officer signs the letters."))
        case _:
            return ("", "")


def _scoring(view: TenderView, own: MemberProgress | None) -> tuple[str, str]:
    if own is None or not own.member.has(Role.PANEL_MEMBER):
        return ("", "You do not score in this tender.")
    if not view.summary.stage.reached(TenderStage.BIDS_OPENED):
        return ("", "Bids are sealed until the criteria are frozen.")
    if not own.declared:
        return ("", "Declare your interests first, under Panel and interests.")
    return ("✓" if own.signed_off else f"{own.answered} of {own.owed}", "")


def _moderation(view: TenderView, own: MemberProgress | None) -> tuple[str, str]:
    if own is not None and not any(own.member.has(role) for role in (Role.CHAIR, Role.OFFICER, Role.PANEL_MEMBER)):
        return ("", "Moderation is for the panel.")
    waiting = [one.member.person for one in view.panel if one.owed and not one.signed_off and not one.absent]
    if not view.summary.stage.reached(TenderStage.BIDS_OPENED) or waiting:
        names = f": {', '.join(waiting)}" if waiting else ""
        return ("", f"Moderation opens when everyone has signed off{names}.")
    if view.summary.stage.reached(TenderStage.QUALITY_LOCKED):
        return ("✓", "")
    # How many lines are begun speaks of every bid, also of those that are closed to the person.
    counted = view.moderated and not (own is not None and own.recusals)
    return (f"{view.moderated} of {view.lines}" if counted else "", "")
