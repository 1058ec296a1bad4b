"""What goes into a challenge pack or a disclosure copy, and its sealed files while it is being made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from evalpanel.domain.bid_record import TrailCopy
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.redactions import Redaction
from evalpanel.formats.challenge_file import FileOf, write_record, write_trail
from evalpanel.formats.parcel_bodies import PartOf
from evalpanel.progress import Progress
from evalpanel.sealing import envelopes
from evalpanel.services import exchange
from evalpanel.services.workspace import Workspace
from evalpanel.system.files import tidying


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a disclosure copy says besides: the pack that it was made from, what was left out, why notes are disclosed."""

    challenge: str
    redactions: tuple[Redaction, ...]
    working_notes: str


@dataclass(frozen=True, slots=True)
class Content:
    """What goes into a pack: the lines of the record, the trail, and its files by name."""

    kind: ParcelKind
    reference: str
    bid: str
    lot: str
    lines: tuple[str, ...]
    trail: tuple[TrailCopy, ...]
    files: tuple[tuple[str, Callable[[], bytes]], ...]
    left_out: LeftOut | None = None


class Spool:
    """The sealed files of a pack that is being made, in the folder of documents, and the key that opens them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._recipient, self.key = envelopes.new_envelope()
        self._made: list[str] = []
        self.files: list[FileOf] = []
        self.parts: list[PartOf] = []

    @classmethod
    @contextmanager
    def of(cls, workspace: Workspace) -> Iterator[Spool]:
        """A spool that is emptied at the end, whatever happens."""
        spool = cls(workspace)
        try:
            yield spool
        except BaseException as error:
            with tidying(error):
                workspace.documents.remove(spool._made)
            raise
        workspace.documents.remove(spool._made)

    def fill(self, content: Content, progress: Progress) -> None:
        """Seal the record, the trail and every file."""
        pieces: list[tuple[str, Callable[[], bytes]]] = [
            ("record", lambda: write_record(content.lines)),
            ("trail", lambda: write_trail(content.trail)),
            *content.files,
        ]
        for place, (name, read) in enumerate(pieces):
            progress.step(place, len(pieces) + 1, f"sealing {name}")
            data = read()
            part = exchange.seal_part(self._workspace, data, name, [self._recipient], self._made)
            self.files.append(FileOf(name, part.sealed, hashlib.sha256(data).hexdigest(), len(data)))
            self.parts.append(PartOf(name, part.sealed, part.size))
        progress.step(len(pieces), len(pieces) + 1, "signing, and writing the file")
