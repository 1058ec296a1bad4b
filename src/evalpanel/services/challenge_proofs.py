"""A challenge pack or a disclosure copy, opened and checked: what it proves, by whose key, and what it does not.

It needs no profile: the officer's public key comes with the file. That the key is the officer's is proved by nothing in the
file, and is said as not proved unless the fingerprint is given, which travels another way.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from json import loads
from pathlib import Path
from typing import Any

from evalpanel.domain.bid_record import TrailCopy, chain_faults, hashes_digest, pin_of, record_digest
from evalpanel.domain.parcels import ParcelKind, Statement, kind_of, tender_id
from evalpanel.errors import EvalPanelError
from evalpanel.formats.challenge_file import (
    MOST_BYTES,
    MOST_FILE,
    Challenge,
    Disclosure,
    FileOf,
    read_challenge,
    read_disclosure,
    read_record,
    read_trail,
    value_of,
)
from evalpanel.formats.parcel_bodies import Header
from evalpanel.formats.parcel_file import Container, SealedPart, checked_blocks, read_parcel
from evalpanel.formats.statements import read_statement
from evalpanel.sealing import envelopes
from evalpanel.sealing.statements import identity, verifies
from evalpanel.system.files import read_whole, trouble

KINDS = (ParcelKind.CHALLENGE, ParcelKind.DISCLOSURE)
_IDENTITY = re.compile(r"AGE-SECRET-KEY-1[A-Z0-9]{58}\Z")
_SEALING_ADDS = 1 << 20
_SHOWN = 5


class Altered(EvalPanelError):
    """A pack that does not hold together."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a pack holds, once its signature, its record and its trail were found to hold together."""

    kind: ParcelKind
    identity: str
    header: Header
    body: Challenge | Disclosure
    lines: tuple[str, ...]
    trail: tuple[TrailCopy, ...]
    files: tuple[tuple[str, Callable[[], bytes]], ...]


@dataclass(frozen=True, slots=True)
class PackProof:
    """What was proved of a pack and what was not, a sentence each, and by whose key."""

    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    by: str
    identity: str


def read_identity(path: Path) -> str:
    """The age identity in a key file, as `age-keygen` writes it. Raises `EvalPanelError` where there is none."""
    text = read_whole(path, 1 << 16).decode("utf-8", "replace")
    found = [line.strip() for line in text.splitlines() if _IDENTITY.match(line.strip())]
    if len(found) != 1:
        raise EvalPanelError(
            "This is no age key.", f"{path} must hold one line AGE-SECRET-KEY-1…; nothing was looked at."
        )
    return found[0]


@contextmanager
def opened(path: Path, open_cover: Callable[[bytes], bytes]) -> Iterator[Opened]:
    """The pack in the file `path`, which stays open as long as its files are read. `open_cover` unseals the cover.

    Raises `EvalPanelError` for anything that is no pack or does not hold together.
    """
    try:
        with path.open("rb") as file:
            held = read_parcel(file)
            if not isinstance(held, Container):
                raise Altered("This file is no challenge pack.", "It was left alone.")
            signed = read_statement(held.cover if held.is_open else open_cover(held.cover))
            yield checked(signed, held)
    except OSError as error:
        raise trouble(error, "read", path) from error


def checked(signed: Statement, held: Container) -> Opened:
    """A pack whose cover is opened: its signature, parts, record and trail. Raises `EvalPanelError` in words."""
    kind = kind_of(signed.payload_type)
    if kind not in KINDS:
        raise Altered("This file is no challenge pack.", "It is a parcel of another kind. It was left alone.")
    read = read_challenge(signed.payload) if kind is ParcelKind.CHALLENGE else read_disclosure(signed.payload)
    header, body = read.header, read.body
    keys = body.officer.value()
    if not verifies(signed, keys.signing) or keys.installation != header.installation:
        raise _altered("Its signature was not made by the key that it names.")
    parts = {one.sealed: one.size for one in header.parts}
    if set(held.parts) != set(parts) or {one.sealed for one in body.files} != set(parts):
        raise _altered("Its parts are not those that its cover names.")
    files = {one.name: one for one in body.files}
    if len(files) != len(body.files) or not {"record", "trail"} <= set(files):
        raise _altered("It lacks the record or the trail, or names a file twice.")

    def reader(one: FileOf, most: int = MOST_FILE) -> Callable[[], bytes]:
        return lambda: _content(one, held.parts[one.sealed], body.key, most)

    lines = read_record(reader(files["record"], MOST_BYTES)())
    _refuse_record(body, lines)
    trail = read_trail(reader(files["trail"], MOST_BYTES)())
    _refuse_trail(header, body, trail)
    own = tuple((name, reader(one)) for name, one in files.items() if name not in ("record", "trail"))
    return Opened(kind, identity(signed, keys.signing), header, body, lines, trail, own)


def _content(one: FileOf, part: SealedPart, key: str, most: int) -> bytes:
    if one.size > most or part.size > one.size + one.size // 2048 + _SEALING_ADDS:
        raise Altered(f"The file {one.name} of this pack is too large.", "It was left alone.")
    content = envelopes.open_bytes(b"".join(checked_blocks(part)), key)
    if len(content) != one.size or hashlib.sha256(content).hexdigest() != one.sha256:
        raise _altered(f"The file {one.name} is not what its cover says.")
    return content


def _refuse_record(body: Challenge | Disclosure, lines: tuple[str, ...]) -> None:
    if len(lines) != body.entries or record_digest(map(pin_of, lines)) != body.record:
        raise _altered("Its record is not the one that was signed: an entry was changed, put in, moved or left out.")
    left_out = {number for number, line in enumerate(lines, 1) if not line.startswith("[")}
    listed = [one.entry for one in body.redactions] if isinstance(body, Disclosure) else []
    if left_out != set(listed) or len(listed) != len(set(listed)):
        raise _altered("What was left out of its record is not what is listed as left out.")


def _refuse_trail(header: Header, body: Challenge | Disclosure, trail: tuple[TrailCopy, ...]) -> None:
    found = list(islice(chain_faults(trail, header.tender), _SHOWN))
    if found:
        raise _altered(f"{'; '.join(found)}.".capitalize())
    head = trail[-1].hash if trail else ""
    if (len(trail), head, hashes_digest(trail)) != (body.trail.lines, body.trail.head, body.trail.hashes):
        raise _altered("Its trail is not the one that was signed: lines were left out, put in or moved.")


def _altered(why: str) -> Altered:
    return Altered("This pack was altered, or put together from several.", f"{why} It was left alone.")


def refuse_unlike(file: Path, cover: bytes, parts: Collection[str]) -> None:
    """Read back what was just written, and refuse it where it is not what was to be written."""
    try:
        with file.open("rb") as opened_file:
            held = read_parcel(opened_file)
            if isinstance(held, Container) and held.cover == cover and held.parts.keys() == set(parts):
                for part in held.parts.values():
                    for _ in checked_blocks(part):
                        pass
                return
    except OSError as error:
        raise trouble(error, "read", file) from error
    raise EvalPanelError(
        f"{file.name} was not written whole.",
        "It is not to be used. Try again, with another stick. The record is safe.",
    )


def prove(signed: Statement, held: Container, fingerprint: str = "") -> PackProof:
    """Everything that can be proved of a pack. Raises `EvalPanelError` when it was altered."""
    pack = checked(signed, held)
    body, keys = pack.body, pack.body.officer.value()
    what = "challenge pack" if pack.kind is ParcelKind.CHALLENGE else "disclosure copy"
    about = f"{what} of bid {body.bid} in lot {body.lot} of {body.reference}"
    proved = [
        f"{pack.header.author} signed this {about}, number {pack.header.seq}, and nothing of it was changed since"
    ]
    missing: list[str] = []
    shown = _entries(pack)
    proved.append(f"its record of {body.entries} entries has the digest {body.record}")
    proved += _of_files(pack, shown)
    proved += _of_criteria(shown)
    _of_trail(pack, proved, missing)
    _of_statements(pack, shown, proved, missing)
    if isinstance(body, Disclosure):
        _of_redactions(body, proved, missing)
    _of_key(pack, keys.installation, fingerprint, proved, missing)
    missing.append(
        f"when it was made: the clock of {pack.header.author} said {pack.header.made_at:%d %B %Y, %H:%M} UTC"
    )
    missing.append("that the officer's laptop held everything: what never came to it is not here")
    return PackProof(tuple(proved), tuple(missing), keys.installation, pack.identity)


def _entries(pack: Opened) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for line in pack.lines:
        if line.startswith("["):
            name, value = value_of(line)
            if name in shown:
                raise _altered(f"Its record has two entries {name}.")
            shown[name] = value
    return shown


def _of_files(pack: Opened, shown: dict[str, Any]) -> Iterator[str]:
    """Every file against the entry that tells of it."""
    count = 0
    for name, read in pack.files:
        entry = shown.get(name.split(".")[0])
        content = read()
        section = name.split("/")[0]
        if section == "statements":
            same = isinstance(entry, dict) and hashlib.sha256(content).hexdigest() == entry.get("sealed")
        else:
            # An entry that was left out still pins its file; then the cover alone tells which file it is.
            same = entry is None or (
                isinstance(entry, dict) and hashlib.sha256(content).hexdigest() == entry.get("sha256")
            )
        if not same:
            raise _altered(f"The file {name} is not the one that its record tells of.")
        count += 1
    yield f"all {count} files are the ones that the record tells of, unaltered" if count else "it holds no files"


def _of_criteria(shown: dict[str, Any]) -> Iterator[str]:
    text, digest = shown.get("criteria/text"), shown.get("criteria/digest")
    if isinstance(text, str) and isinstance(digest, str):
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            raise _altered("Its criteria do not have the digest that is told of them.")
        yield f"its criteria, scales and method have the digest {digest}"


def _of_trail(pack: Opened, proved: list[str], missing: list[str]) -> None:
    trail = pack.trail
    headless = sum(1 for one in trail if one.header is None)
    withheld = sum(1 for one in trail if one.detail is None)
    proved.append(f"the trail of {len(trail)} acts holds together up to {pack.body.trail.head}")
    if withheld:
        missing.append(
            f"what {withheld} of the {len(trail)} acts were in detail: that was left out, each with its reason"
        )
    if headless:
        missing.append(
            f"that {headless} acts without their header follow from the act before: there the officer's signature stands "
            "in for the chain, and the challenge pack shows it"
        )
    frozen = [one for one in trail if one.header and one.detail and loads(one.header).get("act") == "criteria-frozen"]
    digests = {loads(one.detail or "{}").get("criteria_digest") for one in frozen}
    told = {value_of(line)[1] for line in pack.lines if line.startswith("[") and value_of(line)[0] == "criteria/digest"}
    if digests and told:
        if digests != told:
            raise _altered("Its criteria are not the ones that the trail says were frozen.")
        proved.append("its criteria are the ones that the trail says were frozen")
    missing.append("that the trail was not rewritten as a whole: compare its head with one that somebody else holds")


def _of_statements(pack: Opened, shown: dict[str, Any], proved: list[str], missing: list[str]) -> None:
    """The statements of members: each signature, and that its sealed part is the one that was signed."""
    people: dict[str, dict[str, None]] = {}
    for name, entry in shown.items():
        if name.split("/")[0] != "statements":
            continue
        try:
            said = read_statement(entry["statement"].encode())
            signing, sealed = bytes.fromhex(entry["signing"]), entry["sealed"]
            named = {one["sealed"] for one in loads(said.payload)["header"]["parts"]}
            good = verifies(said, signing) and identity(said, signing) == entry["identity"] and sealed in named
        except (EvalPanelError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _altered(f"Its statement {name} cannot be read.") from error
        if not good:
            raise _altered(f"Its statement {name} was not signed as it says.")
        people.setdefault(entry["kind"], {})[entry["person"]] = None
    for kind, authors in people.items():
        proved.append(
            f"{', '.join(authors)} signed the {_SENT.get(kind, kind)} that they sent, and its sealed part about this bid is here "
            "unaltered"
        )
    if people:
        missing.append(
            "that the keys of these people are theirs: the officer's laptop made sure of that by the eight words"
        )
    elif pack.kind is ParcelKind.CHALLENGE:
        missing.append("that panel members signed anything with keys of their own: no such statement is in it")


_SENT = {
    ParcelKind.SCORESHEET.value: "score sheets",
    ParcelKind.MODERATION.value: "records of what the panel agreed",
    ParcelKind.ASSENT.value: "answers to the agreed scores",
}


def _of_redactions(body: Disclosure, proved: list[str], missing: list[str]) -> None:
    count = len(body.redactions)
    proved.append(f"{count} of {body.entries} entries were left out; each is pinned, and is listed with its reason")
    proved.append(
        f"what is shown is what the challenge pack {body.challenge} holds, if that pack has the same record digest"
    )
    instead = sum(1 for one in body.redactions if one.instead)
    if instead:
        missing.append(
            f"the words that stand in the place of {instead} entries: they are the officer's, not the record's"
        )
    missing.append("that what was left out had to be: the challenge pack shows it to whoever may see it")


def _of_key(pack: Opened, installation: str, given: str, proved: list[str], missing: list[str]) -> None:
    body, tender = pack.body, pack.header.tender
    if body.nonce and tender_id(body.founder, body.nonce) == tender and body.founder == body.officer.signing:
        proved.append(f"the number of the tender, {tender}, was made from this very key")
    else:
        missing.append("that this key is the one that the tender's number was made from: somebody took over as officer")
    if given:
        proved.append("the key has the fingerprint that you gave")
    else:
        missing.append(
            f"that this key is the officer's: ask for its fingerprint another way, and compare it with {installation}"
        )
