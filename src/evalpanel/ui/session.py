"""What the window is about: the open profile, the tender that is shown, and who the person is in it."""

from __future__ import annotations

from dataclasses import dataclass

from evalpanel.services import setup
from evalpanel.services.setup import TenderView
from evalpanel.services.workspace import Workspace


@dataclass(slots=True)
class Session:
    """The window's state. Pages read it; only the shell changes it.

    `tender` is a reference (empty: none chosen), `person` the code of whoever sits at the laptop (empty: not chosen),
    `view` what the tender looked like at the last refresh.
    """

    workspace: Workspace
    tender: str = ""
    person: str = ""
    view: TenderView | None = None

    def reload(self) -> None:
        """Read the tender anew, after an act."""
        self.view = setup.view(self.workspace, self.tender) if self.tender else None
