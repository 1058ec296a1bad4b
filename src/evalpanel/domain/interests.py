"""Declarations of interest, what is decided about them, and what follows: an interest in one bidder recuses from the lot.

Procurement Act 2023 ss. 81–83: steps must be taken so that a conflict of interest puts no supplier at an advantage, and
a conflicts assessment is kept. Somebody with an interest in one bidder would otherwise mark its rivals, so the recusal
covers every bid of the lot. Only a recorded decision with its reason makes that narrower, and nothing makes it wider.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from evalpanel.domain.people import PanelMember
from evalpanel.domain.tender import (
    Bid,
    BidCode,
    Bidder,
    BidderCode,
    ConsortiumMember,
    CriterionCode,
    LotCode,
    MemberRole,
    PersonCode,
)


class DeclarationOutcome(StrEnum):
    """What a declaration says."""

    NONE = "none"
    INTEREST = "interest"


class InterestKind(StrEnum):
    """What sort of tie it is. `FORMER` is one of the others that has ended, within `FORMER_YEARS`."""

    EMPLOYMENT = "employment"
    OFFICE = "office"
    FINANCIAL = "financial"
    FAMILY = "family"
    FORMER = "former"
    MEMBER = "member"
    OTHER = "other"

    @property
    def is_private(self) -> bool:
        """Whether the words about it are somebody's private life, and stay out of what is handed on."""
        return self is InterestKind.FAMILY


FORMER_YEARS = 3
"""How many years back people are asked about. What lies longer ago can still be declared, as `OTHER`."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that takes part in the tender, and about which everybody is asked.

    `key` names it within the tender. `role` is None for the bidder itself, else what it does in the bid of `bidder`.
    """

    key: str
    name: str
    bidder: BidderCode
    role: MemberRole | None = None
    scheme: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An interest as a person declares it: in which organisation (its key, code, name or number), of which kind, and
    what it is. Everybody who is not named is answered with no interest."""

    organisation: str
    about: str
    kind: InterestKind = InterestKind.OTHER


@dataclass(frozen=True, slots=True)
class Declaration:
    """One line of what a person declared: no interest, or an interest in one bidder and what it is about.

    `organisation` is the key of the organisation that it is about. `asked` are the keys of everybody who was asked about
    in the same act: those of them that no line names were answered with no interest. `act` is its line of the trail.
    """

    person: PersonCode
    outcome: DeclarationOutcome
    at: datetime
    bidder: BidderCode | None = None
    about: str = ""
    on_paper: date | None = None
    kind: InterestKind | None = None
    organisation: str = ""
    asked: tuple[str, ...] = ()
    act: int = 0


class DecisionOutcome(StrEnum):
    """What is decided about an interest: it is no conflict, it is managed by a measure, or the person is recused."""

    CLEAR = "clear"
    MANAGED = "managed"
    RECUSED = "recused"


class Scope(StrEnum):
    """What a decision keeps the person out of, in each lot in which the bidder bids."""

    LOT = "lot"
    BID = "bid"
    CRITERIA = "criteria"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about the interest of a person in a bidder, by whom and why. A later one takes its place.

    It settles what was declared up to line `settles` of the trail; an interest that is declared later is undecided again.
    """

    person: PersonCode
    bidder: BidderCode
    outcome: DecisionOutcome
    scope: Scope
    why: str
    decided_by: str
    by: PersonCode
    at: datetime
    measure: str = ""
    criteria: tuple[CriterionCode, ...] = ()
    settles: int = 0
    act: int = 0


@dataclass(frozen=True, slots=True)
class Affirmation:
    """A person said, when moderation came, that their declaration still holds; `taken_by` wrote it down.

    With `why_not` it is missing for good, and this is why (for instance: left before the end and cannot be reached).
    """

    person: PersonCode
    at: datetime
    taken_by: PersonCode
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Interest:
    """Everything that is known about one person's interest in one bidder.

    `declared` are its lines; `matched` says how the person's own organisation takes part, or is empty. `decision` is the
    one that counts, or None while nothing is decided or something was declared after it.
    """

    person: PersonCode
    bidder: BidderCode
    why: str
    declared: tuple[Declaration, ...] = ()
    matched: str = ""
    decision: Decision | None = None

    @property
    def scope(self) -> Scope:
        """What the person is kept out of: the lot, until a decision says otherwise."""
        return Scope.LOT if self.decision is None else self.decision.scope


@dataclass(frozen=True, slots=True)
class Recusal:
    """What a person neither reads nor scores, and why: every bid of a lot; with `bid` that one alone; with `criterion`
    that criterion alone, in every bid of the lot."""

    person: PersonCode
    lot: LotCode
    why: str
    bid: BidCode | None = None
    criterion: CriterionCode | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it covers every bid of the lot."""
        return self.bid is None and self.criterion is None

    @property
    def what(self) -> str:
        """What is covered, in words: `lot L2`, `bid B03 in lot L2`, `criterion 1.1 in lot L2`."""
        if self.bid is not None:
            return f"bid {self.bid} in lot {self.lot}"
        return f"lot {self.lot}" if self.criterion is None else f"criterion {self.criterion} in lot {self.lot}"

    def covers(self, lot: LotCode, bid: BidCode | None = None, criterion: CriterionCode | None = None) -> bool:
        """Whether this part of the tender is closed by it: a lot, a bid of it, or a bid on a criterion."""
        return self.lot == lot and self.bid in (None, bid) and self.criterion in (None, criterion)


def covering(
    recusals: Iterable[Recusal], lot: LotCode, bid: BidCode | None = None, criterion: CriterionCode | None = None
) -> Recusal | None:
    """The recusal that closes this part of the tender to a person, or None where it is open."""
    return next((one for one in recusals if one.covers(lot, bid, criterion)), None)


def whole_lots(recusals: Iterable[Recusal]) -> tuple[LotCode, ...]:
    """The lots that are closed altogether."""
    return tuple(one.lot for one in recusals if one.is_whole)


def without_result(recusals: Iterable[Recusal]) -> frozenset[LotCode]:
    """The lots whose result is not shown: a ranking speaks of every bid, also of the one that is closed to the person."""
    return frozenset(one.lot for one in recusals if one.criterion is None)


_FORMS = re.compile(
    r"\b(limited|ltd|plc|llp|cic|cio|the|company|community interest|charitable incorporated organi[sz]ation)\b"
)


def same_name(name: str) -> str:
    """A name as it is compared: without case, accents, punctuation and legal forms (`Ltd`, `CIO`, `The`)."""
    plain = unicodedata.normalize("NFKD", name).upper().casefold().replace("&", " and ")
    # Upper case first: the dotless i of Turkish has a small form that casefold leaves alone.
    # `C.I.C.` is CIC, and `Mary's` is Marys.
    plain = re.sub(r"(?<=\b\w)\.(?=\w\b)|(?<=\w)['’](?=\w)", "", plain)
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    words = re.sub(r"[^\w]+", " ", plain)
    return " ".join(_FORMS.sub(" ", words).split()) or " ".join(words.split())


def _squeezed(name: str) -> str:
    # Rather a recusal too many, which people see and can decide on, than one too few.
    return same_name(name).replace(" ", "")


def organisations(bidders: Iterable[Bidder], members: Iterable[ConsortiumMember]) -> tuple[Organisation, ...]:
    """Everybody who is asked about: each bidder, followed by its consortium members and sub-contractors.

    A member that is the bidder itself under the same name is asked about once.
    """
    parts = tuple(members)
    found: dict[str, Organisation] = {}
    for bidder in bidders:
        key = str(bidder.bidder)
        found[key] = Organisation(key, bidder.name, bidder.bidder, None, bidder.scheme, bidder.identifier)
        for part in parts:
            squeezed = _squeezed(part.name)
            if part.bidder == bidder.bidder and squeezed != _squeezed(bidder.name):
                key = f"{bidder.bidder}/{squeezed}"
                found.setdefault(
                    key, Organisation(key, part.name, bidder.bidder, part.role, part.scheme, part.identifier)
                )
    return tuple(found.values())


def awaited(
    bids: Iterable[Bid], bidders: Iterable[Bidder], members: Iterable[ConsortiumMember]
) -> tuple[Organisation, ...]:
    """Those of them without an answer about whom nobody reads a bid: the ones behind a bid that is scored."""
    scored = {bid.bidder for bid in bids if bid.status.is_scored}
    return organisations((bidder for bidder in bidders if bidder.bidder in scored), members)


def unanswered(declared: Iterable[Declaration], asked: Iterable[Organisation]) -> tuple[Organisation, ...]:
    """The organisations about which a person, whose declarations these are, has said nothing yet: those that came later.

    With an interest in the bidder the person is out of its lots in any case, so its parts are asked about too but wait
    for nobody.
    """
    lines = tuple(declared)
    answered = {key for line in lines for key in (*line.asked, line.organisation)}
    bidders = {line.bidder for line in lines}
    return tuple(one for one in asked if one.key not in answered and one.bidder not in bidders)


def has_declared(declared: Sequence[Declaration], asked: Iterable[Organisation]) -> bool:
    """Whether a person has declared, and answered for all of these organisations."""
    return bool(declared) and not unanswered(declared, asked)


def interests_of(
    member: PanelMember,
    declarations: Iterable[Declaration],
    bidders: Iterable[Bidder],
    members: Iterable[ConsortiumMember],
    decisions: Iterable[Decision] = (),
) -> tuple[Interest, ...]:
    """A person's interests, one for each bidder: those declared, and those that follow from their own organisation when
    it bids or takes part in a bid as a consortium member or sub-contractor. What only looks alike is never one of them."""
    names = {bidder.bidder: bidder.name for bidder in bidders}
    declared: dict[BidderCode, list[Declaration]] = {}
    for line in declarations:
        if line.person == member.person and line.bidder is not None:
            declared.setdefault(line.bidder, []).append(line)
    matched: dict[BidderCode, str] = {}
    own = _squeezed(member.organisation)
    if own:
        for code, name in names.items():
            if _squeezed(name) == own:
                matched.setdefault(code, f"{member.organisation} is a bidder")
        for part in members:
            if _squeezed(part.name) == own:
                matched.setdefault(part.bidder, f"{member.organisation} takes part in a bid")
    newest: dict[BidderCode, Decision] = {}
    for decision in decisions:
        if decision.person == member.person:
            newest[decision.bidder] = decision
    found = []
    for bidder in dict.fromkeys((*declared, *matched)):
        lines = tuple(declared.get(bidder, ()))
        why = f"declared an interest in {names.get(bidder, bidder)}" if lines else matched[bidder]
        held = newest.get(bidder)
        settled = held is not None and all(line.act <= held.settles for line in lines)
        found.append(Interest(member.person, bidder, why, lines, matched.get(bidder, ""), held if settled else None))
    return tuple(found)


def recusals(interests: Iterable[Interest], bids: Iterable[Bid]) -> tuple[Recusal, ...]:
    """What a person with these interests is kept out of, each part once, with the first reason found.

    An interest in a bidder counts in every lot in which that bidder has a bid: for the whole lot, unless a decision
    says that it is the bid, some criteria, or nothing.
    """
    held = tuple(bids)
    by_bidder = {one.bidder: one for one in interests}
    found: dict[tuple[LotCode, BidCode | None, CriterionCode | None], Recusal] = {}
    for bid in held:
        one = by_bidder.get(bid.bidder)
        if one is None:
            continue
        for recusal in _of_bid(one, bid):
            found.setdefault((recusal.lot, recusal.bid, recusal.criterion), recusal)
    return together(found.values())


def together(recusals: Iterable[Recusal]) -> tuple[Recusal, ...]:
    """Recusals of one person from several sources: each part once, and no part of a lot that is closed altogether."""
    found: dict[tuple[LotCode, BidCode | None, CriterionCode | None], Recusal] = {}
    for one in recusals:
        found.setdefault((one.lot, one.bid, one.criterion), one)
    whole = set(whole_lots(found.values()))
    return tuple(one for one in found.values() if one.is_whole or one.lot not in whole)


def _of_bid(interest: Interest, bid: Bid) -> tuple[Recusal, ...]:
    whole = Recusal(interest.person, bid.lot, interest.why)
    match interest.scope:
        case Scope.LOT:
            return (whole,)
        case Scope.BID:
            return (replace(whole, bid=bid.bid),)
        case Scope.CRITERIA:
            codes = interest.decision.criteria if interest.decision is not None else ()
            return tuple(replace(whole, criterion=code) for code in codes)
        case Scope.NOTHING:
            return ()


def decision_fault(
    outcome: DecisionOutcome, scope: Scope, why: str, measure: str, criteria: Sequence[CriterionCode]
) -> str:
    """Why a decision cannot be recorded so, in words; empty when it can."""
    if not why.strip():
        return "a decision needs its reason"
    if bool(criteria) != (scope is Scope.CRITERIA):
        return "criteria are named when the person is kept out of criteria, and only then"
    if outcome is DecisionOutcome.CLEAR and (scope is not Scope.NOTHING or measure.strip()):
        return "an interest that is clear keeps the person out of nothing and needs no measure"
    if outcome is DecisionOutcome.MANAGED and not measure.strip():
        return "an interest is managed by a measure: say what is done"
    if outcome is DecisionOutcome.MANAGED and scope is Scope.LOT:
        return "somebody who is kept out of the whole lot is recused"
    if outcome is DecisionOutcome.RECUSED and scope is Scope.NOTHING:
        return "somebody who is recused is kept out of the lot, the bid, or criteria"
    return ""
