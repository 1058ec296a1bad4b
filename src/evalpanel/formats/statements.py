"""The signed statement as a file holds it: a DSSE envelope in canonical JSON, with exactly one signature.

`{"payload":"<base64>","payloadType":"application/vnd.evalpanel.roster.v1+json","signatures":[{"keyid":"…","sig":"<base64>"}]}`

`keyid` is a hint for people and other programs. It is not signed, and nothing here relies on it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from msgspec import Meta, Struct

from evalpanel.domain.parcels import Statement
from evalpanel.formats.canonical import decode, encode

MOST = 24 << 20
"""The most bytes of a statement: some 60,000 documents in a pack, or 20,000 answers with long reasons in a part."""


class _Signature(Struct, frozen=True, forbid_unknown_fields=True):
    keyid: Annotated[str, Meta(max_length=128)]
    sig: bytes


class _Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    payload: bytes
    payloadType: Annotated[str, Meta(max_length=128)]  # noqa: N815  # the name is DSSE's
    signatures: Annotated[tuple[_Signature, ...], Meta(min_length=1, max_length=1)]


def write_statement(statement: Statement, keyid: str) -> bytes:
    """The bytes of a statement. `keyid`: the installation that signed it, as a hint."""
    signature = _Signature(keyid, statement.signature)
    return encode(_Envelope(statement.payload, statement.payload_type, (signature,)))


def read_statement(data: bytes) -> Statement:
    """The statement in `data`, its signature not checked yet. Raises `MalformedJson` for anything else."""
    held = decode(data, _Envelope, most=MOST, what="the cover of this parcel")
    return Statement(held.payloadType, held.payload, held.signatures[0].sig)


def read_statement_again(data: bytes) -> Statement:
    """The same of a statement that is kept in the store: small ones are remembered, for whoever asks where a line stands reads all of it
    again. Not for a release, which holds keys."""
    return _remembered(data) if len(data) <= _MOST_REMEMBERED else read_statement(data)


_remembered = lru_cache(maxsize=32)(read_statement)
_MOST_REMEMBERED = 256 << 10
