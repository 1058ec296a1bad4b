"""What the window is about: the open profile, the tender that is shown, and who the person is in it."""

from __future__ import annotations

from dataclasses import dataclass

from evalpanel.services import carrying, scoring, setup, tenders
from evalpanel.services.carrying import Stand
from evalpanel.services.desks import Desk
from evalpanel.services.setup import TenderView
from evalpanel.services.workspace import Workspace


@dataclass(slots=True)
class Session:
    """The window's state. Pages read it; only the shell changes it.

    `tender` is a reference (empty: none chosen), `person` the code of whoever sits at the laptop (empty: not chosen),
    `view` what the tender looked like at the last refresh, `version` its newest act then. `stands` says whose laptop this is
    in every tender that it has a part in.
    """

    workspace: Workspace
    tender: str = ""
    person: str = ""
    view: TenderView | None = None
    version: int = 0
    stands: tuple[Stand, ...] = ()
    _read: tuple[str, int] = ("", 0)
    _desk: tuple[tuple[str, int, str], Desk] | None = None

    def reload(self) -> None:
        """Read the tender anew, after an act. Where there was none, what was read still stands."""
        self.stands = carrying.stands(self.workspace)
        if not self.tender:
            self.view, self.version, self._read = None, 0, ("", 0)
            return
        now = (self.tender, self.newest())
        if self.view is None or now != self._read:
            self.view = setup.view(self.workspace, self.tender)
            self.version, self._read = now[1], now

    @property
    def stand(self) -> Stand | None:
        """Whose laptop this is in the tender that is open."""
        wanted = self.view.summary.tender_id if self.view is not None else ""
        return next((one for one in self.stands if one.tender == wanted), None)

    def newest(self) -> int:
        """The number of the newest act of the tender, now."""
        return tenders.newest_act(self.workspace, self.tender)

    def after_own(self, known: int) -> int:
        """The newest act that somebody knows who knew `known` and did at most one thing since; `known` itself where
        there is more than that, which is to be read."""
        acts = tenders.acts_after(self.workspace, self.tender, known)
        return acts[0] if len(acts) == 1 else known

    def desk(self, person: str) -> Desk:
        """The desk of a person as it stands. It is read once for as long as nothing changes: it can hold 12,000 answers."""
        about = (self.tender, self.newest(), person)
        if self._desk is None or self._desk[0] != about:
            self._desk = (about, scoring.desk(self.workspace, self.tender, person))
        return self._desk[1]
