"""Readers of what travels between laptops, as targets: the zip, the signed statement, what each kind says, the sealed pieces."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import make
from evalpanel.domain import trail
from evalpanel.domain.bid_record import Entry, chain_faults, copied, line_of, pin_of
from evalpanel.domain.carried import AgreedLine, Citation, Dissent, Given, ModerationState, Ruling
from evalpanel.domain.changes import Change
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.parcels import ParcelKind, Statement
from evalpanel.domain.redactions import Reason
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, BidderCode, CriterionCode, LotCode, PersonCode
from evalpanel.formats.canonical import encode
from evalpanel.formats.challenge_file import (
    Challenge,
    Disclosure,
    FileOf,
    RedactionOf,
    TrailOf,
    chain_of,
    read_challenge,
    read_disclosure,
    read_record,
    read_trail,
    value_of,
    write_record,
    write_trail,
)
from evalpanel.formats.letter_list import read_letter_list
from evalpanel.formats.parcel_bodies import Cover, Enrolment, Header, Keys
from evalpanel.formats.parcel_file import Container, checked_blocks, read_parcel
from evalpanel.formats.parcel_kinds import READERS
from evalpanel.formats.parcel_moderation import (
    Accepted,
    Assent,
    AssentPart,
    Moderation,
    ModerationPart,
    Receipt,
    read_assent_part,
    read_moderation_part,
)
from evalpanel.formats.parcel_packs import (
    BidderNames,
    Common,
    Index,
    Kept,
    KeptKey,
    Name,
    Names,
    Pledge,
    Sealed,
    read_bidder_names,
    read_common,
    read_index,
    read_kept,
    read_names,
)
from evalpanel.formats.parcel_sheets import (
    Scoresheet,
    SheetPart,
    SheetState,
    read_sheet_part,
)
from evalpanel.formats.statements import read_statement, write_statement
from evalpanel.sealing.detached import signer_of
from evalpanel.sealing.letter_signer import LetterSigner
from fuzz.parcels import parcel, unwrapped, zipped
from letter_examples import MADE_AT
from signed_letters import certificate

_SHA = "ab" * 32
_COVERS: tuple[Callable[[bytes], Any], ...] = (*READERS.values(), read_challenge, read_disclosure)
_PIECES: tuple[Callable[[bytes], Any], ...] = (
    read_names,
    read_index,
    read_common,
    read_sheet_part,
    read_bidder_names,
    read_moderation_part,
    read_assent_part,
    read_kept,
)


def parcel_file(data: bytes) -> None:
    """The zip: sound round the parts of the input, or the input itself."""
    held = read_parcel(io.BytesIO(data if data.startswith(b"PK") else zipped(unwrapped(data))))
    if isinstance(held, Container):
        for part in held.parts.values():
            assert hashlib.sha256(b"".join(checked_blocks(part))).hexdigest() == part.sealed
    else:
        for inner in held.inner:
            b"".join(inner.blocks())


def statement(data: bytes) -> None:
    """The signed statement. What is read has one way of being written."""
    held = read_statement(data)
    assert read_statement(write_statement(held, "")) == held


def cover(data: bytes) -> None:
    """What a kind says: the first byte chooses the kind. What is read is written as the same bytes."""
    if data:
        payload = data[1:]
        assert encode(_COVERS[data[0] % len(_COVERS)](payload)) == payload


def bid_record(data: bytes) -> None:
    """The record in a challenge pack: what is read is written as the same bytes."""
    lines = read_record(data)
    assert write_record(lines) == data
    for line in lines:
        assert len(pin_of(line)) == len(_SHA)
        if line.startswith("["):
            value_of(line)


def trail_copy(data: bytes) -> None:
    """A copy of a trail, and what is wrong with it."""
    lines = read_trail(data)
    assert write_trail(lines) == data
    list(chain_faults(lines, chain_of(lines)))


def bid_record_seeds() -> Iterable[bytes]:
    """Two entries, and a pin between them."""
    entries = (Entry("bid", {"bid": "B01", "of": [1, None, True]}), Entry("answers/1/rationale", "It says how. \u2713"))
    first, last = (line_of(b"s" * 16, one) for one in entries)
    return [write_record((first, _SHA, last)), write_record(())]


def trail_copy_seeds() -> Iterable[bytes]:
    """Three acts: whole, without a detail, without a header."""
    at, chain, previous = datetime(2026, 10, 1, 9, 0, tzinfo=UTC), "ab" * 16, trail.START
    made = []
    for number in (1, 2, 3):
        pinned = trail.detail_digest(b"s" * 16, "{}")
        own = trail.line_hash(previous, chain, number, at, "OF1", "act", pinned)
        one = trail.TrailLine(chain, number, at, "OF1", "act", "{}", b"s" * 16, pinned, previous, own)
        made.append(copied(one, "" if number == 1 else "it is about others", with_header=number < 3))
        previous = own
    return [write_trail(made), write_trail(made[:1])]


def piece(data: bytes) -> None:
    """A sealed piece: names, an index, what was published, a part of a sheet."""
    if data:
        content = data[1:]
        assert encode(_PIECES[data[0] % len(_PIECES)](content)) == content


def parcel_seeds() -> Iterable[bytes]:
    """A parcel, one that travels unsealed, and a zip round one."""
    part = b"one"
    named = f"parts/{hashlib.sha256(part).hexdigest()}.age"
    return [
        parcel({"cover.age": b"c", named: part}),
        parcel({"cover.json": b"{}"}),
        parcel({"mail/x.evalpanel": b"PK"}),
        zipped([(b"cover.age", b"c"), (named.encode(), part)]),
    ]


def statement_seeds() -> Iterable[bytes]:
    """A statement."""
    return [write_statement(Statement(ParcelKind.ROSTER.payload_type, b'{"a":1}', b"s" * 64), _SHA)]


def cover_seeds() -> Iterable[bytes]:
    """An enrolment and a score sheet, each behind the byte that chooses its reader."""
    header = Header(
        about="",
        author="PM1",
        heads=(),
        history=(_SHA,),
        incarnations=(),
        installation=_SHA,
        made_at=datetime(2026, 10, 1, 9, 0, tzinfo=UTC),
        pack="",
        parts=(),
        recipients=(_SHA,),
        roster="",
        seq=2,
        tender="ab" * 16,
        trail=None,
    )
    keys = Keys("age1" + "q" * 58, b"k" * 32)
    cited = (Citation(PersonCode("PM1"), _SHA), Citation(PersonCode("PM2"), "", "on leave"))
    ruled = (Ruling(PersonCode("PM1"), _SHA, ("cd" * 32,), "it came first"),)
    moderation = Moderation(agreed_digest=_SHA, rulings=ruled, sheets=cited, state=ModerationState.FINAL)
    said = Assent(affirms=True, agrees=False, left_out=1, misquoted=0, moderation=_SHA, sheet="")
    got = Accepted(identities=(_SHA,), kind=ParcelKind.SCORESHEET, seq=1, tips=(_SHA,))
    pack = Challenge(
        bid="B01", entries=1, files=(FileOf("documents/1.pdf", _SHA, _SHA, 1),), founder=b"k" * 32,
        key="AGE-SECRET-KEY-1" + "Q" * 58, lot="L1", nonce=b"n" * 16, officer=keys, record=_SHA, reference="T-1",
        trail=TrailOf(_SHA, _SHA, 3),
    )  # fmt: skip
    redaction = RedactionOf(1, '"X1"', "people/1/person", Reason.PROTECTED)
    same = {name: getattr(pack, name) for name in pack.__struct_fields__}
    copy = Disclosure(**same, challenge=_SHA, redactions=(redaction,), working_notes="")
    joined = Enrolment(invitation=_SHA, keys=keys, laptop="blue", person="PM1", undertaking=_SHA)
    return [
        b"\1" + encode(Cover(joined, header)),
        b"\6" + encode(Cover(Scoresheet("a supporter", _SHA, SheetState.FINAL), header)),
        b"\7" + encode(Cover(moderation, header)),
        b"\x08" + encode(Cover(said, header)),
        b"\x09" + encode(Cover(Receipt((got,)), header)),
        bytes([len(READERS)]) + encode(Cover(pack, header)),
        bytes([len(READERS) + 1]) + encode(Cover(copy, header)),
    ]


def piece_seeds() -> Iterable[bytes]:
    """One of each piece."""
    document = Sealed(
        bidder=BidderCode("B01"), criterion=None, is_prices=False, lot=LotCode("L1"), notes=("n",), path="p.pdf",
        sealed=_SHA, sha256=_SHA, size=1, title="t",
    )  # fmt: skip
    line = Line(LotCode("L1"), BidCode("B01"), CriterionCode("1.1"))
    answer = Score(line, ScoreStatus.SCORED, Decimal("2.5"), "why", "how", "note")
    person = PersonCode("PM1")
    given = (Given(person, ScoreStatus.SCORED, Decimal(3)),)
    agreed = AgreedLine(ModeratedScore(line, Decimal("2.5"), "why", present=(person,)), given)
    against = Dissent(line, "I saw no plan.")
    change = Change(2, datetime(2026, 10, 1, 9, 0, tzinfo=UTC), line, "value", "3", "2.5", "A page was overlooked.")
    secret = "AGE-SECRET-KEY-1" + "Q" * 58
    kept = KeptKey(
        bidder=BidderCode("B01"), generation=2, identity=secret, kind="quality", lot=None, name="quality/B01//2"
    )
    signing = Keys(recipient="age1" + "q" * 58, signing=bytes(32))
    pledge = Pledge(founder=bytes(32), nonce=bytes(16), officer=signing, tender="ab" * 16)
    return [
        b"\0" + encode(Names((Name("Pim Moss", "Tamarside", "PM1"),))),
        b"\1" + encode(Index((document,))),
        b"\2" + encode(Common.of(make.pack(), (document,))),
        b"\4"
        + encode(BidderNames(bidders=make.bidders(), bids=make.bids(), clarifications=(), members=make.pack().members)),
        b"\5" + encode(ModerationPart(bidder=BidderCode("B01"), lines=(agreed,), lot=LotCode("L1"))),
        b"\6" + encode(AssentPart(bidder=BidderCode("B01"), dissents=(against,), lot=LotCode("L1"), wrong=(line,))),
        b"\3" + encode(SheetPart((answer,), BidderCode("B01"), (change,), LotCode("L1"))),
        b"\7" + encode(Kept(keys=(kept,), pledge=pledge, signature=bytes(64))),
    ]


WORDS = (
    '"body":{',
    '"header":{',
    '"seq":1',
    "NaN",
    "1e999",
    '"history":[',
    "age1",
    "null",
    "\\ud800",
    '"2026-10-01T09:00:00Z"',
)
"""What a fuzzer should try to put in."""


def letter_list(data: bytes) -> None:
    """The list of letters: what it names lies beside it."""
    for one in read_letter_list(data).letters:
        assert Path("/beside").joinpath(one.file).parent == Path("/beside")


def letter_list_seeds() -> Iterable[bytes]:
    """A list of one letter."""
    letter = {"bid": "B01", "lot": "L1", "version": 1, "file": "T-1-L1-B01.pdf", "sha256": _SHA}
    made = {
        "kind": "evalpanel-letters-1",
        "tender": "T-1",
        "certificate": _SHA,
        "signed_by": "Ola",
        "letters": [letter],
    }
    return [encode(made)]


def detached(data: bytes) -> None:
    """A signature in a file of its own: whose it is, or nobody's."""
    assert signer_of(b"letters", data) in ("", certificate().fingerprint)


def detached_seeds() -> Iterable[bytes]:
    """A signature over these very letters."""
    return [LetterSigner(certificate()).detached(b"letters", MADE_AT)]
