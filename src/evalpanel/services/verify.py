"""What can be proved: of a letter, and of a tender's whole record in this profile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from evalpanel.domain import trail
from evalpanel.formats.letter_list import looks_like_letter_list
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import (
    letter_proofs,
    list_proofs,
    parcel_proofs,
    record_proofs,
    tenders,
    trail_copies,
)
from evalpanel.services.audit import PROFILE_CHAIN
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from evalpanel.system.files import read_whole, trouble

MOST_BYTES = 256 << 20
_REWRITTEN = "that the trail was not rewritten as a whole: compare its head with one that somebody else holds"


@dataclass(frozen=True, slots=True)
class Verification:
    """A verdict (`verified`, `altered`, `unknown-signer`, `not-ours`), what it rests on, and by whose key."""

    subject: str
    kind: str
    verdict: str
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    by: str


def verify_file(workspace: Workspace | None, path: Path, *, key: str = "", identity: str = "") -> Verification:
    """Whether a letter or a parcel is as it was signed, whole, and by whom. Without a profile every signer is unknown, but of
    a challenge pack and a disclosure copy, which bring the officer's key.

    `key`: the fingerprint of that key, told another way; `identity`: an age identity that such a file was sealed to.
    """
    if path.is_file() and parcel_proofs.looks_like_one(_beginning(path)):
        found = parcel_proofs.prove(workspace, path, parcel_proofs.With(key, identity))
        return Verification(path.name, found.kind, found.verdict, found.proved, found.not_proved, found.by)
    if path.suffix.lower() == ".p7s" and path.with_suffix("").is_file():
        why = f"it is the signature of {path.stem}: check that file, and this one is looked at with it"
        return Verification(path.name, "file", "not-ours", (), (why,), "")
    if path.is_file() and trail_copies.looks_like_one(_beginning(path)):
        text = read_whole(path, MOST_BYTES)
        if looks_like_letter_list(text):
            listed = list_proofs.prove(workspace, path, text)
            return Verification(path.name, "letters", listed.verdict, listed.proved, listed.not_proved, listed.by)
        chain = trail_copies.prove(path)
        verdict = "altered" if chain.altered else "verified"
        return Verification(path.name, "trail", verdict, chain.proved, chain.not_proved, chain.head)
    letter = letter_proofs.prove(workspace, read_whole(path, MOST_BYTES))
    return Verification(path.name, "letter", letter.verdict, letter.proved, letter.not_proved, letter.by)


def sentence(said: str) -> str:
    """What was proved or not, as a sentence: with a capital, unless it begins with the name of a file, and a full stop."""
    first = said.split(" ", 1)[0]
    begun = said if "." in first or "/" in first else f"{said[:1].upper()}{said[1:]}"
    return begun if begun.endswith((".", "…", "!", "?")) else f"{begun}."


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError as error:
        raise trouble(error, "read", path) from error


def verify_tender(workspace: Workspace, named: str, *, progress: Progress = NO_PROGRESS) -> Verification:
    """Whether the record of a tender holds together: the trail, the frozen criteria, every score, every document."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        progress.step(0, record_proofs.STEPS, "reading the trail")
        lines = queries.trail(tx, tender.tender_id)
        proved: list[str] = []
        wrong = [f"the trail: {fault}" for fault in trail.faults(lines)]
        if not wrong:
            proved.append(
                f"the trail of {len(lines)} acts is whole and unaltered, from its first line to {_head(lines)}"
            )
        parts = record_proofs.parts(tx, workspace, tender, lines, progress)
        assert len(parts) + 1 == record_proofs.STEPS, "the bar counts the trail and each part"
        for place, (what, part) in enumerate(parts, 1):
            progress.step(place, record_proofs.STEPS, f"checking {what}")
            found, said = part()
            wrong += found
            if said and not found:
                proved.append(said)
        not_proved = [_REWRITTEN]
        return Verification(
            tender.reference,
            "tender",
            "altered" if wrong else "verified",
            tuple(proved),
            (*wrong, *not_proved),
            _head(lines),
        )


def verify_store(workspace: Workspace, *, progress: Progress = NO_PROGRESS) -> tuple[Verification, ...]:
    """Every tender of the profile, and the chain of what belongs to no tender."""
    with workspace.store.reading() as tx:
        own = queries.trail(tx, PROFILE_CHAIN)
        named = tx.execute(select(t.TenderRow.tender_id).order_by(t.TenderRow.reference)).scalars().all()
    wrong = tuple(f"the trail of the profile: {fault}" for fault in trail.faults(own))
    said = f"the trail of {len(own)} acts of the profile itself is whole and unaltered, up to {_head(own)}"
    profile = Verification("profile", "profile", "altered", (), wrong, _head(own))
    if not wrong:
        profile = Verification("profile", "profile", "verified", (said,), (_REWRITTEN,), _head(own))
    return (profile, *(verify_tender(workspace, one, progress=progress) for one in named))


def _head(lines: tuple[trail.TrailLine, ...]) -> str:
    return lines[-1].hash if lines else trail.START
