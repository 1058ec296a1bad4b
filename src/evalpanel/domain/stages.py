"""Where a tender stands in its life. It goes forward only; a reopening is an act of its own, on the record."""

from __future__ import annotations

from enum import StrEnum


class TenderStage(StrEnum):
    """The stages of one tender's life, in order."""

    DRAFT = "draft"
    CRITERIA_FROZEN = "criteria-frozen"
    BIDS_OPENED = "bids-opened"
    PACKS_ISSUED = "packs-issued"
    SCORING = "scoring"
    MODERATION = "moderation"
    QUALITY_LOCKED = "quality-locked"
    PRICES_OPENED = "prices-opened"
    OUTCOME = "outcome"
    AWARD_DECIDED = "award-decided"
    LETTERS_ISSUED = "letters-issued"
    NOTICE_PUBLISHED = "notice-published"
    STANDSTILL = "standstill"
    CONTRACT_SIGNED = "contract-signed"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        """The stage as people say it: `Criteria frozen`."""
        return self.value.replace("-", " ").capitalize()

    def reached(self, other: TenderStage) -> bool:
        """Whether a tender at this stage has come to `other` or beyond."""
        order = list(TenderStage)
        return order.index(self) >= order.index(other)
