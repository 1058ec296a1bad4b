"""Individual scores, sign-offs, moderated scores. All insert-only: every version is kept."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from evalpanel.domain.evidence import Evidence
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode, PersonCode
from evalpanel.store.columns import Codes, ExactDecimal, Pieces, Utc, one_of, words
from evalpanel.store.tables.base import Base, OfTender


class ScoreRow(OfTender, Base):
    """One version of one person's answer on one line. The newest revision counts."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("tender_id", "person", "lot", "bid", "criterion", "revision", name="uq_score_revision"),
        CheckConstraint(one_of("status", ScoreStatus), name="status"),
        CheckConstraint("status = 'scored' OR value IS NULL", name="value_only_when_scored"),
        CheckConstraint("revision >= 1", name="revision_from_one"),
        # Who has answered how much is counted after every act: all answers but the few that were taken back.
        Index(
            "ix_score_blank",
            *("tender_id", "person", "lot", "bid", "criterion", "revision"),
            sqlite_where=text("status = 'blank'"),
        ),
    )

    person: Mapped[PersonCode]
    lot: Mapped[LotCode]
    bid: Mapped[BidCode]
    criterion: Mapped[CriterionCode]
    revision: Mapped[int]
    status: Mapped[ScoreStatus] = mapped_column(words(ScoreStatus, "status", checked=False))
    value_: Mapped[Decimal | None] = mapped_column("value", ExactDecimal)
    rationale: Mapped[str]
    improvements: Mapped[str]
    working_note: Mapped[str]
    evidence: Mapped[tuple[Evidence, ...]] = mapped_column(Pieces, default=())
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]

    @property
    def line(self) -> Line:
        """The line that this is an answer on."""
        return Line(self.lot, self.bid, self.criterion)

    def value(self) -> Score:
        """The answer."""
        return Score(
            line=self.line,
            status=self.status,
            value=self.value_,
            rationale=self.rationale,
            improvements=self.improvements,
            working_note=self.working_note,
            evidence=self.evidence,
        )


class SignOffRow(OfTender, Base):
    """A person's word that the sheet is complete (`signed`), or the reopening of it. The newest counts.

    `sheet`: the statement from another laptop whose answers were taken over; empty where they were given here.
    `entered_by`: who typed the sheet in for the person, a code or words; empty where the person did it themselves.
    """

    __tablename__ = "sign_off"
    __table_args__ = (UniqueConstraint("tender_id", "person", "revision"),)

    person: Mapped[PersonCode]
    revision: Mapped[int]
    signed: Mapped[bool]
    reason: Mapped[str]
    sheet_digest: Mapped[str]
    sheet: Mapped[str] = mapped_column(default="")
    entered_by: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class ModeratedScoreRow(OfTender, Base):
    """One version of what the panel agreed on one line. The newest revision counts.

    `moderation`: the chair's statement that brought it; empty where it was recorded here. `withdrawn`: that statement counts
    no more, and nothing is agreed on the line.
    """

    __tablename__ = "moderated_score"
    __table_args__ = (
        UniqueConstraint("tender_id", "lot", "bid", "criterion", "revision", name="uq_moderated_score_revision"),
        CheckConstraint("revision >= 1", name="revision_from_one"),
        Index("ix_moderated_score_act", "tender_id", "act"),
        Index(
            "ix_moderated_score_withdrawn",
            *("tender_id", "lot", "bid", "criterion", "revision"),
            sqlite_where=text("withdrawn = 1"),
        ),
    )

    lot: Mapped[LotCode]
    bid: Mapped[BidCode]
    criterion: Mapped[CriterionCode]
    revision: Mapped[int]
    value_: Mapped[Decimal | None] = mapped_column("value", ExactDecimal)
    reasons: Mapped[str]
    disclosable_reasons: Mapped[str]
    withheld_why: Mapped[str]
    not_higher: Mapped[str]
    differences: Mapped[str]
    improvements: Mapped[str]
    present: Mapped[tuple[PersonCode, ...]] = mapped_column(Codes)
    dissent: Mapped[str]
    evidence: Mapped[tuple[Evidence, ...]] = mapped_column(Pieces, default=())
    moderation: Mapped[str] = mapped_column(default="")
    withdrawn: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]

    @property
    def line(self) -> Line:
        """The line that this is about."""
        return Line(self.lot, self.bid, self.criterion)

    def value(self) -> ModeratedScore:
        """What was agreed."""
        return ModeratedScore(
            line=self.line,
            value=self.value_,
            reasons=self.reasons,
            disclosable_reasons=self.disclosable_reasons,
            withheld_why=self.withheld_why,
            not_higher=self.not_higher,
            differences=self.differences,
            improvements=self.improvements,
            present=self.present,
            dissent=self.dissent,
            evidence=self.evidence,
        )
