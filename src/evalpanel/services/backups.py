"""Backups of the store: which there are, and one made now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from evalpanel.services import workspace
from evalpanel.services.workspace import Workspace

_BACKUP = re.compile(r"store-\d{6,}-(?P<at>\d{8}T\d{12})-(?P<why>.+)\.db")
_BECAUSE = {"close": "made on closing", "migration": "made before an upgrade", "asked": "asked for"}


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of the store, made at `at` (UTC) because of `reason`, in bytes."""

    at: datetime
    reason: str
    size: int


def kept(space: Workspace) -> tuple[Backup, ...]:
    """The backups of this profile's store, newest first."""
    found = []
    for path in workspace.backups(space.folders.root):
        named = _BACKUP.fullmatch(path.name)
        if named is not None:
            at = datetime.strptime(named["at"], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
            found.append(Backup(at, _BECAUSE.get(named["why"], named["why"]), path.stat().st_size))
    return tuple(found)


def back_up(space: Workspace) -> Backup:
    """Make a backup of the store now. The last ten are kept; documents are not in it."""
    space.store.backup(space.folders.backups, "asked", space.now())
    return kept(space)[0]
