"""What the two sheets prove of files that people carried: which lists and packs are the officer's, on a laptop that knows nothing else.

Shared by whoever takes over from paper. Nothing is kept here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from evalpanel.domain.branches import Entry, standing
from evalpanel.domain.parcels import ParcelKind, Statement, kind_of, tender_id
from evalpanel.domain.rosters import RosterEntry, in_force
from evalpanel.domain.tender import TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_file import MOST_COVER, Container, SealedPart, checked_blocks, read_parcel
from evalpanel.formats.parcel_packs import (
    PLEDGE_TYPE,
    Kept,
    Pack,
    Roster,
    read_kept,
    read_pack,
    read_roster,
    write_piece,
)
from evalpanel.formats.statements import read_statement
from evalpanel.sealing import envelopes as age
from evalpanel.sealing.envelopes import EnvelopeError
from evalpanel.sealing.statements import identity, verifies
from evalpanel.services.exchange import KEPT
from evalpanel.services.succession import About, Refused, Sheets
from evalpanel.system.files import trouble


@dataclass(frozen=True, slots=True)
class Found:
    """A list or a pack that the recovery words opened, not believed yet."""

    file: str
    signed: Statement
    cover: Cover[Any]
    sealed: bytes
    parts: Mapping[str, SealedPart]

    @property
    def whole(self) -> bool:
        """Whether its parts are those that its cover names."""
        return {part.sealed for part in self.cover.header.parts} == self.parts.keys()


@dataclass(frozen=True, slots=True)
class Believed:
    """What the sheets prove of the files: the keys that are kept, the lists, which is in force, and the pack."""

    kept: Kept
    rosters: Mapping[str, Found]
    roster: str
    pack: Found

    @property
    def signing(self) -> bytes:
        """The key of the officer who is replaced."""
        return self.kept.pledge.officer.signing

    @property
    def tender(self) -> TenderId:
        """The tender."""
        return TenderId(self.kept.pledge.tender)

    @property
    def cover(self) -> Cover[Roster]:
        """The list in force."""
        return self.rosters[self.roster].cover


def believed(stack: ExitStack, files: Sequence[Path], sheets: Sheets) -> Believed:
    """What the sheets prove of `files`, which stay open in `stack`. Refused, in words, where something is missing or does not fit."""
    found = [one for file in files for one in _opened(stack, file, sheets.opens)]
    return _believed([one for one in found if one is not None], sheets, len(files))


def _opened(stack: ExitStack, file: Path, opens: str) -> Iterator[Found | None]:
    """The lists and packs of a file that the recovery words open. A bad file is passed over: others may hold the same."""
    try:
        opened = stack.enter_context(file.open("rb"))
        held = read_parcel(opened)
    except OSError as error:
        raise trouble(error, "read", file) from error
    except EvalPanelError:
        return
    if isinstance(held, Container):
        yield _one(file.name, held, opens)
        return
    for inner in held.inner:
        if inner.size <= MOST_COVER:
            try:
                content: BinaryIO = io.BytesIO(b"".join(inner.blocks()))
                within = read_parcel(content)
            except EvalPanelError:
                continue
            if isinstance(within, Container):
                yield _one(file.name, within, opens)


def _one(file: str, held: Container, opens: str) -> Found | None:
    if held.is_open:
        return None
    try:
        signed = read_statement(age.open_bytes(held.cover, opens))
        kind = kind_of(signed.payload_type)
        if kind is ParcelKind.ROSTER:
            return Found(file, signed, read_roster(signed.payload), held.cover, held.parts)
        if kind is ParcelKind.PACK:
            return Found(file, signed, read_pack(signed.payload), held.cover, held.parts)
    except EvalPanelError:
        return None
    return None


def _believed(found: Sequence[Found], sheets: Sheets, files: int) -> Believed:
    """What of the files the sheets prove. Refused, in words, where something is missing."""
    lists = [one for one in found if isinstance(one.cover.body, Roster) and one.whole]
    if not lists:
        raise Refused(
            About.FILES,
            f"None of the {files} files is a list of who takes part that opens with the words of the recovery sheet.",
            "Nothing was changed. Look on every stick and share for the newest files that the officer issued, and whether the words of "
            "the two sheets stand each in its place; if the sheets were made anew, use the new ones.",
        )
    kept = next((held for one in lists if (held := _pledged(one, sheets)) is not None), None)
    if kept is None:
        raise Refused(
            About.SUCCESSOR,
            "These are not the words of the successor's sheet that belongs to these files.",
            "Nothing was changed. Compare them with the sheet; both sheets must be of the same tender and made on the same day.",
        )
    signing = kept.pledge.officer.signing
    ours = {
        identity(one.signed, signing): one
        for one in lists
        if _is_of(one, kept) and one.cover.body.successor == sheets.signs.public
    }
    entries = [
        RosterEntry(
            _entry(name, one),
            signing,
            signing,
            one.cover.body.successor,
            one.cover.body.succeeds,
        )
        for name, one in ours.items()
    ]
    roster = in_force(entries, signing).roster
    if roster is None:
        raise Refused(
            About.FILES,
            "Two lists of who takes part do not know of each other, and the one before them is not here.",
            "Nothing was changed. Look for the list with the number before theirs, and take over with it among the files.",
        )
    keys = next((held for name, one in ours.items() if name == roster and (held := _pledged(one, sheets))), kept)
    return Believed(keys, ours, roster, _pack([one for one in found if isinstance(one.cover.body, Pack)], keys))


def _entry(name: str, one: Found) -> Entry:
    return Entry(name, one.cover.header.seq, frozenset(one.cover.header.history))


def _is_of(one: Found, kept: Kept) -> bool:
    """Whether the officer whom the pledge names signed it, in the tender of the pledge."""
    header = one.cover.header
    return (
        header.tender == kept.pledge.tender
        and header.installation == kept.pledge.officer.value().installation
        and verifies(one.signed, kept.pledge.officer.signing)
    )


def _pledged(one: Found, sheets: Sheets) -> Kept | None:
    """What a list keeps for recovery, where the key of both sheets has signed whose tender it is; None where it has not."""
    try:
        (part,) = [part for part in one.cover.header.parts if part.envelope == KEPT]
        if part.size > MOST_COVER:
            return None
        kept = read_kept(age.open_bytes(b"".join(checked_blocks(one.parts[part.sealed])), sheets.opens))
    except (ValueError, EnvelopeError):
        return None
    pledge = kept.pledge
    said = Statement(PLEDGE_TYPE, write_piece(pledge), kept.signature)
    same = pledge.tender == tender_id(pledge.founder, pledge.nonce)
    return kept if same and verifies(said, sheets.signs.public) and _is_of(one, kept) else None


def _pack(found: Sequence[Found], kept: Kept) -> Found:
    held = {identity(one.signed, kept.pledge.officer.signing): one for one in found if one.whole and _is_of(one, kept)}
    state = standing(_entry(name, one) for name, one in held.items())
    chosen = state.counts or state.before
    if chosen is None or chosen not in held:
        raise Refused(
            About.FILES,
            "The pack is not among these files.",
            "Nothing was changed. The pack is the largest file that the officer issued, the same for everybody: ask anybody on the panel "
            "for theirs.",
        )
    return held[chosen]
