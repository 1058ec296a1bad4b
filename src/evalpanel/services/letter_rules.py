"""Whether a letter needs a named person's approval, and whether its content is the one that was approved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.digests import digest
from evalpanel.domain.letter import Facts, FeedbackLetter
from evalpanel.domain.tender import BidCode, LotCode, PersonCode, TenderId
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved a letter with which content, and when."""

    person: PersonCode
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Approvals:
    """What is approved of a tender's letters: the newest approval of each, and whether any is needed."""

    needed: bool
    held: dict[tuple[BidCode, LotCode, str], Approval]

    def of(self, letter: FeedbackLetter) -> Approval | None:
        """The approval of exactly this content."""
        found = self.held.get(_key(letter))
        return found if found is not None and found.digest == content_digest(letter) else None

    def missing(self, letter: FeedbackLetter) -> tuple[str, ...]:
        """What keeps the letter from being signed, a sentence; empty where it may be."""
        if not self.needed or self.of(letter) is not None:
            return ()
        before = self.held.get(_key(letter))
        if before is None:
            return ("The letter is not approved yet.",)
        return (f"The letter has changed since {before.person} approved it: it has to be approved again.",)


def _key(letter: FeedbackLetter) -> tuple[BidCode, LotCode, str]:
    bid, lot = letter.about[0]
    return bid, lot, letter.kind.series


def content_digest(letter: FeedbackLetter) -> str:
    """What an approval pins: everything that the letter says but the day on which it is made."""
    facts = Facts(tuple(row for row in letter.facts.rows if row[0] != "Date"))
    return digest(replace(letter, facts=facts, made_on=date.min))


def approvals(tx: Session, tender: TenderId) -> Approvals:
    """What is approved of a tender's letters."""
    rule = tx.execute(
        select(t.LetterRuleRow).where(t.LetterRuleRow.tender_id == tender).order_by(t.LetterRuleRow.id.desc()).limit(1)
    ).scalar_one_or_none()
    rows = tx.execute(
        select(t.LetterApprovalRow).where(t.LetterApprovalRow.tender_id == tender).order_by(t.LetterApprovalRow.id)
    ).scalars()
    held = {(row.bid, row.lot, row.series): Approval(row.person, row.at, row.digest) for row in rows}
    return Approvals(rule is not None and rule.needs_approval, held)
