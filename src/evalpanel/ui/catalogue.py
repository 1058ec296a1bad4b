"""Which page belongs to which place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from evalpanel.ui.page import Page
from evalpanel.ui.shell import PageFactory

if TYPE_CHECKING:
    from evalpanel.ui.session import Session

Guard = Callable[[Callable[..., object]], Callable[..., None]]


def factories() -> dict[str, PageFactory]:
    """The pages of the window, by the key of their place."""
    return {
        "home": _home,
        "setup": _setup,
        "panel": _panel,
        "scoring": _scoring,
        "moderation": _moderation,
        "outcome": _outcome,
        "letters": _letters,
        "feedback": _feedback,
        "record": _record,
        "carry": _carry,
    }


# Each page is imported when it is first shown: together they take longer than all the rest of the window.


def _home(session: Session, guard: Guard) -> Page:
    from evalpanel.ui.pages.home import HomePage

    return HomePage(session, guard)


def _setup(session: Session, guard: Guard) -> Page:
    from evalpanel.ui.pages.setup import SetupPage

    return SetupPage(session, guard)


def _panel(session: Session, guard: Guard) -> Page:
    from evalpanel.ui.pages.panel import PanelPage

    return PanelPage(session, guard)


def _scoring(session: Session, guard: Guard) -> Page:
    from evalpanel.ui.pages.scoring import ScoringPage

    return ScoringPage(session, guard)


def _moderation(session: Session, guard: Guard) -> Page:
    from evalpanel.ui.pages.moderation import ModerationPage

    return ModerationPage(session, guard)


def _outcome(session: Session, guard: Guard) -> Page:
    from evalpanel.ui.pages.outcome import OutcomePage

    return OutcomePage(session, guard)


def _letters(session: Session, guard: Guard) -> Page:
    from evalpanel.ui.pages.letters import LettersPage

    return LettersPage(session, guard)


def _feedback(session: Session, guard: Guard) -> Page:
    from evalpanel.ui.pages.feedback import FeedbackPage

    return FeedbackPage(session, guard)


def _record(session: Session, guard: Guard) -> Page:
    from evalpanel.ui.pages.record import RecordPage

    return RecordPage(session, guard)


def _carry(session: Session, guard: Guard) -> Page:
    from evalpanel.ui.pages.carry import CarryPage

    return CarryPage(session, guard)
