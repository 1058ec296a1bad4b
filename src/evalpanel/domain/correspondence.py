"""How letters went out and what came back: the log by which an authority can show who was told what, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from evalpanel.domain.tender import BidCode, BidderCode, LotCode


class Channel(StrEnum):
    """The way by which a letter was sent."""

    EMAIL = "email"
    PORTAL = "portal"
    POST = "post"
    HAND = "hand"

    @property
    def words(self) -> str:
        """The way as a sentence says it: `sent by e-mail`."""
        return {
            Channel.EMAIL: "by e-mail",
            Channel.PORTAL: "through the portal",
            Channel.POST: "by post",
            Channel.HAND: "by hand",
        }[self]


class ReplyKind(StrEnum):
    """What a bidder's answer is: a receipt, a question, a complaint, notice of a challenge, or anything else."""

    RECEIPT = "receipt"
    QUESTION = "question"
    COMPLAINT = "complaint"
    CHALLENGE = "challenge"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class LetterSent:
    """One version of a letter (by its SHA-256) went out. `sent_at` is the time that the officer gives."""

    bidder: BidderCode
    bid: BidCode
    lot: LotCode
    sha256: str
    sent_at: datetime
    channel: Channel
    address: str
    note: str
    person: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a bidder answered."""

    bidder: BidderCode
    bid: BidCode
    lot: LotCode
    received_at: datetime
    kind: ReplyKind
    text: str
    person: str


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A letter on the record with what is known of its way: each time it was sent, and each answer.

    `about` are all bids and lots that it is about, `bid` and `lot` being the first of them.
    """

    bidder: BidderCode
    bid: BidCode
    lot: LotCode
    name: str
    file: str
    sha256: str
    version: int
    sent: tuple[LetterSent, ...]
    replies: tuple[Reply, ...]
    kind: str = ""
    about: tuple[tuple[BidCode, LotCode], ...] = ()

    @property
    def is_sent(self) -> bool:
        """Whether this version went out."""
        return bool(self.sent)

    @property
    def is_received(self) -> bool:
        """Whether the bidder answered after it went out: who answers has received it."""
        return bool(self.sent) and any(one.received_at >= self.sent[0].sent_at for one in self.replies)


def unsent(every: Iterable[Correspondence]) -> tuple[Correspondence, ...]:
    """The letters of which nobody has said yet that they were sent."""
    return tuple(one for one in every if not one.is_sent)


def by_bid(replies: Iterable[Reply]) -> Mapping[tuple[BidCode, LotCode], tuple[Reply, ...]]:
    """Replies by the bid that they are about, in the order in which they came."""
    found: dict[tuple[BidCode, LotCode], tuple[Reply, ...]] = {}
    for one in sorted(replies, key=lambda reply: reply.received_at):
        found[one.bid, one.lot] = (*found.get((one.bid, one.lot), ()), one)
    return found
