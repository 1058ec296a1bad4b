"""Declarations of interest, and what follows from them: an interest in one bidder recuses from the whole lot.

Procurement Act 2023 ss. 81–83: steps must be taken so that a conflict of interest puts no supplier at an advantage.
Somebody with an interest in one bidder would otherwise mark its rivals, so the recusal covers every bid of the lot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from evalpanel.domain.people import PanelMember
from evalpanel.domain.tender import Bid, Bidder, BidderCode, ConsortiumMember, LotCode, PersonCode


class DeclarationOutcome(StrEnum):
    """What a declaration says."""

    NONE = "none"
    INTEREST = "interest"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one person declared: no interest, or an interest in one bidder and what it is about."""

    person: PersonCode
    outcome: DeclarationOutcome
    at: datetime
    bidder: BidderCode | None = None
    about: str = ""
    on_paper: date | None = None


@dataclass(frozen=True, slots=True)
class Recusal:
    """A person who neither reads nor scores any bid of a lot, and why."""

    person: PersonCode
    lot: LotCode
    why: str


_FORMS = re.compile(
    r"\b(limited|ltd|plc|llp|cic|cio|the|company|community interest|charitable incorporated organi[sz]ation)\b"
)


def same_name(name: str) -> str:
    """A name as it is compared: without case, accents, punctuation and legal forms (`Ltd`, `CIO`, `The`)."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    # `C.I.C.` is CIC, and `Mary's` is Marys.
    plain = re.sub(r"(?<=\b\w)\.(?=\w\b)|(?<=\w)['’](?=\w)", "", plain)
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    words = re.sub(r"[^\w]+", " ", plain)
    return " ".join(_FORMS.sub(" ", words).split()) or " ".join(words.split())


def _squeezed(name: str) -> str:
    # Rather a recusal too many, which people see and can decide on, than one too few.
    return same_name(name).replace(" ", "")


def recusals(
    member: PanelMember,
    declarations: Iterable[Declaration],
    bids: Iterable[Bid],
    bidders: Iterable[Bidder],
    members: Iterable[ConsortiumMember],
) -> tuple[Recusal, ...]:
    """The lots from which a person is recused, each with the first reason found.

    A declared interest in a bidder counts in every lot in which that bidder has a bid. So does the person's own
    organisation when it bids, or takes part in a bid as a consortium member or subcontractor.
    """
    reasons: dict[BidderCode, str] = {}
    names = {bidder.bidder: bidder.name for bidder in bidders}
    for declaration in declarations:
        if declaration.person == member.person and declaration.bidder is not None:
            reasons.setdefault(
                declaration.bidder, f"declared an interest in {names.get(declaration.bidder, declaration.bidder)}"
            )
    own = _squeezed(member.organisation)
    if own:
        for code, name in names.items():
            if _squeezed(name) == own:
                reasons.setdefault(code, f"{member.organisation} is a bidder")
        for taking_part in members:
            if _squeezed(taking_part.name) == own:
                reasons.setdefault(taking_part.bidder, f"{member.organisation} takes part in a bid")
    found: dict[LotCode, Recusal] = {}
    for bid in bids:
        if bid.bidder in reasons and bid.lot not in found:
            found[bid.lot] = Recusal(member.person, bid.lot, reasons[bid.bidder])
    return tuple(found.values())
