"""A challenge pack and its disclosure copy as a stranger gives them: every layer is made sound round the parts that an input changes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from evalpanel.domain.bid_record import hashes_digest, pin_of, record_digest
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.redactions import Reason
from evalpanel.errors import EvalPanelError
from evalpanel.formats.canonical import encode
from evalpanel.formats.challenge_file import (
    Challenge,
    Disclosure,
    FileOf,
    RedactionOf,
    TrailOf,
    read_record,
    read_trail,
)
from evalpanel.formats.parcel_bodies import Cover, Header, Keys, PartOf
from evalpanel.formats.parcel_file import Container, read_parcel
from evalpanel.formats.statements import write_statement
from evalpanel.sealing.envelopes import new_envelope, seal_bytes
from evalpanel.sealing.installations import Installation, new_installation
from evalpanel.services.challenge_proofs import prove
from fuzz import exchange
from fuzz.parcels import parcel, unwrapped, zipped
from letter_examples import MADE_AT

_SHA = "ab" * 32


@dataclass(frozen=True, slots=True)
class _Kit:
    keys: Installation
    identity: str
    recipient: str


@cache
def _kit() -> _Kit:
    recipient, identity = new_envelope()
    return _Kit(new_installation(), identity, recipient)


def disclosure(data: bytes) -> None:
    """A disclosure copy (or, where the part `kind` says so, a challenge pack): what it proves is said, or it is refused.

    Parts: `record`, `trail`, `redactions` (a list, as JSON), `cover` (in the place of the one that would fit), files by their names.
    """
    parts = {name.decode("utf-8", "replace"): content for name, content in unwrapped(data)}
    kind = ParcelKind.CHALLENGE if parts.get("kind", b"").strip() == b"challenge" else ParcelKind.DISCLOSURE
    files = {name: content for name, content in parts.items() if name not in ("cover", "redactions", "kind", "")}
    sealed = {name: seal_bytes(content, _kit().recipient) for name, content in files.items()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sealed.items()}
    payload = parts.get("cover") or _cover(kind, parts, files, digests, sealed)
    keys = _kit().keys
    signed = keys.sign(kind.payload_type, payload)
    container = [(b"cover.json", write_statement(signed, keys.public.installation))]
    container += [(f"parts/{digests[name]}.age".encode(), content) for name, content in sealed.items()]
    held = read_parcel(io.BytesIO(zipped(container)))
    assert isinstance(held, Container)
    found = prove(signed, held)
    for said in (*found.proved, *found.not_proved):
        said.encode()


def _cover(
    kind: ParcelKind,
    parts: dict[str, bytes],
    files: dict[str, bytes],
    digests: dict[str, str],
    sealed: dict[str, bytes],
) -> bytes:
    """A cover that fits the parts as far as they can be read."""
    lines: Sequence[str] = ()
    trail: Sequence[Any] = ()
    with suppress(EvalPanelError):
        lines = read_record(files.get("record", b""))
    with suppress(EvalPanelError):
        trail = read_trail(files.get("trail", b""))
    public = _kit().keys.public
    same: dict[str, Any] = {
        "bid": "B01",
        "entries": len(lines),
        "files": tuple(
            FileOf(name, digests[name], hashlib.sha256(content).hexdigest(), len(content))
            for name, content in files.items()
        ),
        "founder": b"k" * 32,
        "key": _kit().identity,
        "lot": "L1",
        "nonce": b"n" * 16,
        "officer": Keys.of(public),
        "record": record_digest(map(pin_of, lines)),
        "reference": "T-1",
        "trail": TrailOf(hashes_digest(trail), trail[-1].hash if trail else _SHA, len(trail)),
    }
    body: Challenge | Disclosure
    if kind is ParcelKind.CHALLENGE:
        body = Challenge(**same)
    else:
        left_out = [number for number, line in enumerate(lines, 1) if not line.startswith("[")]
        listed = tuple(RedactionOf(number, '"X1"', f"people/{number}/name", Reason.PROTECTED) for number in left_out)
        body = Disclosure(**same, challenge=_SHA, redactions=listed, working_notes="")
    header = Header(
        about="", author="OF1", heads=(), history=(), incarnations=(), installation=public.installation, made_at=MADE_AT,
        pack="", parts=tuple(PartOf(name, digests[name], len(sealed[name])) for name in files), recipients=(), roster="",
        seq=1, tender="ab" * 16, trail=None,
    )  # fmt: skip
    payload = encode(Cover(body, header))
    # What a stranger writes in the place of the list of what was left out.
    return payload.replace(_listed(payload), parts["redactions"]) if "redactions" in parts else payload


def _listed(payload: bytes) -> bytes:
    begin = payload.find(b'"redactions":')
    return payload[begin : payload.find(b',"reference"', begin)] if begin >= 0 else b"\0"


def disclosure_seeds() -> Iterable[bytes]:
    """A copy with an entry left out and a file, one with a list of its own, a challenge pack, and a cover by itself."""
    trail, _ = exchange.trail_copy_seeds()
    record, empty = exchange.bid_record_seeds()
    cover = [one[1:] for one in exchange.cover_seeds()][-1]
    return [
        parcel({"record": record, "trail": trail, "documents/1.pdf": b"%PDF"}),
        parcel({"record": record, "trail": trail, "redactions": b'"redactions":[]'}),
        parcel({"kind": b"challenge", "record": empty, "trail": trail}),
        parcel({"cover": cover, "record": record, "trail": trail}),
    ]
