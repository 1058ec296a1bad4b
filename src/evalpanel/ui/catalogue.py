"""Which page belongs to which place."""

from __future__ import annotations

from evalpanel.ui.shell import PageFactory


def factories() -> dict[str, PageFactory]:
    """The pages of the window, by the key of their place."""
    # Each page is imported when the window is made, not before: QtPdf and the others take time.
    from evalpanel.ui.pages.home import HomePage
    from evalpanel.ui.pages.letters import LettersPage
    from evalpanel.ui.pages.moderation import ModerationPage
    from evalpanel.ui.pages.outcome import OutcomePage
    from evalpanel.ui.pages.panel import PanelPage
    from evalpanel.ui.pages.record import RecordPage
    from evalpanel.ui.pages.scoring import ScoringPage
    from evalpanel.ui.pages.setup import SetupPage

    return {
        "home": HomePage,
        "setup": SetupPage,
        "panel": PanelPage,
        "scoring": ScoringPage,
        "moderation": ModerationPage,
        "outcome": OutcomePage,
        "letters": LettersPage,
        "record": RecordPage,
    }
