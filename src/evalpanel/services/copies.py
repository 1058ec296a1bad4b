"""What a person should know of the profile at its start: a clock set back, an older store put back, a second copy.

This computer remembers, outside the profile, where a profile lay when it was last closed here and the last line of each
chain of its record. Nothing is ever refused because of it, and a profile that this computer never saw is simply new.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalpanel.errors import EvalPanelError
from evalpanel.store.engine import Store
from evalpanel.store.tables import AuditRow
from evalpanel.system.files import new_folder, read_whole, write_atomic
from evalpanel.system.folders import Folders, remembered

_MOST_BYTES = 1 << 20
# A clock that is put right by the network goes back by seconds, and nobody needs to hear of it.
_QUIETLY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Remembered:
    """Where a profile lay when it was last closed on this computer, and the last line of each chain: number and hash."""

    root: Path
    heads: Mapping[str, tuple[int, str]]


def told(store: Store, folders: Folders, profile: str, now: datetime) -> tuple[str, ...]:
    """What to say at the start, in sentences; nothing where all is as it should be."""
    with store.reading() as tx:
        last = tx.execute(select(AuditRow.at).order_by(AuditRow.at.desc()).limit(1)).scalars().first()
        before = _recall(profile)
        found = [_clock(now, last) if last is not None else ""]
        if before is not None:
            found += [_copy(folders, before), _way(tx, folders, before)]
    return tuple(one for one in found if one)


def goes_to(store: Store, folders: Folders) -> Remembered:
    """Where the profile lies, and how far its record goes."""
    newest = select(AuditRow.chain, func.max(AuditRow.number)).group_by(AuditRow.chain)
    with store.reading() as tx:
        heads = {chain: (number, _hash(tx, chain, number) or "") for chain, number in tx.execute(newest)}
    return Remembered(folders.root.resolve(), heads)


def remember(profile: str, now: Remembered) -> None:
    """Note that on this computer, outside the profile, when the profile is closed. Written only where it changed."""
    if now == _recall(profile):
        return
    file = remembered(profile)
    held = {"v": 1, "root": str(now.root), "heads": {chain: list(head) for chain, head in sorted(now.heads.items())}}
    try:
        new_folder(file.parent, may_exist=True)
        write_atomic(file, json.dumps(held, indent=1).encode())
    except EvalPanelError:
        # The work is saved; what is missing is a warning that may never be needed.
        logging.getLogger(__name__).warning("could not note on this computer how far the profile goes")


def _recall(profile: str) -> Remembered | None:
    file = remembered(profile)
    if not file.is_file():
        return None
    try:
        held = json.loads(read_whole(file, _MOST_BYTES))
        heads = {str(chain): (int(number), str(digest)) for chain, (number, digest) in held["heads"].items()}
        return Remembered(Path(held["root"]), heads)
    except (EvalPanelError, ValueError, TypeError, KeyError, AttributeError):
        logging.getLogger(__name__).warning("what this computer noted of the profile cannot be read; it is made anew")
        return None


def _clock(now: datetime, last: datetime) -> str:
    if now >= last - _QUIETLY:
        return ""
    return (
        f"This laptop's clock says {_said(now)}, but the last entry of the record is from {_said(last)}. Nothing is lost, "
        "and entries stay in their order. If the clock is wrong, put it right: letters and the record take their time from it."
    )


def _copy(folders: Folders, before: Remembered) -> str:
    if before.root == folders.root.resolve() or not Folders(before.root).key_file.exists():
        return ""
    return (
        f"There are two copies of this profile on this computer. It was last used in {before.root}, and this one is in "
        f"{folders.root}. What is done in one does not reach the other: go on in one of them only, and put the other away."
    )


def _way(tx: Session, folders: Folders, before: Remembered) -> str:
    """Whether the store goes on from where it was left: what was its last line must still be in it, and unchanged."""
    lost, other = 0, False
    for chain, (number, digest) in before.heads.items():
        here = _hash(tx, chain, number)
        if here is None:
            own = tx.execute(select(func.max(AuditRow.number)).where(AuditRow.chain == chain)).scalar() or 0
            lost += number - own
        other = other or here not in (None, digest)
    if other:
        return (
            "This profile and the one that was last used on this computer were both worked in, and each holds entries that "
            f"the other lacks. Nothing was changed. Choose one to go on in. Older stores lie in {folders.backups}; what only "
            "the other copy holds has to be entered again."
        )
    if lost:
        entries = "1 entry of the record that was" if lost == 1 else f"{lost} entries of the record that were"
        return (
            f"An older store is open: it lacks {entries} made on this computer. Nothing else was changed. To have the newer "
            f"store again, close evalpanel and put it back with the command restore: stores that were replaced lie in "
            f"{folders.backups}. If the older one is meant, go on; what was done since has to be done again."
        )
    return ""


def _hash(tx: Session, chain: str, number: int) -> str | None:
    held = select(AuditRow.hash).where(AuditRow.chain == chain, AuditRow.number == number)
    return tx.execute(held).scalars().first()


def _said(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
