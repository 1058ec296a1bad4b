"""Typed rows by subject. Importing this package registers every table with the metadata."""

from evalpanel.store.tables.acts import (
    AuditRow,
    CertificateRow,
    FreezeRow,
    LetterRow,
    PriceOpeningRow,
    ProfileRow,
)
from evalpanel.store.tables.base import Base
from evalpanel.store.tables.documents import DocumentRow, EnvelopeRow
from evalpanel.store.tables.exchange import (
    CitedHeadRow,
    ConfirmationRow,
    IncarnationRow,
    InstallationRow,
    ParcelPartRow,
    ParcelRow,
    ReleaseRow,
)
from evalpanel.store.tables.people import (
    AbsenceRow,
    AffirmationRow,
    DeclarationRow,
    InterestDecisionRow,
    PanelMemberRow,
)
from evalpanel.store.tables.scores import ModeratedScoreRow, ScoreRow, SignOffRow
from evalpanel.store.tables.tender import (
    AuthorityRow,
    BidderRow,
    BidRow,
    ClarificationRow,
    ConsortiumMemberRow,
    CriterionRow,
    LevelRow,
    LotRow,
    OutcomeRow,
    PriceLineRow,
    StageRow,
    TenderRow,
)

__all__ = [
    "AbsenceRow",
    "AffirmationRow",
    "AuditRow",
    "AuthorityRow",
    "Base",
    "BidRow",
    "BidderRow",
    "CertificateRow",
    "CitedHeadRow",
    "ClarificationRow",
    "ConfirmationRow",
    "ConsortiumMemberRow",
    "CriterionRow",
    "DeclarationRow",
    "DocumentRow",
    "EnvelopeRow",
    "FreezeRow",
    "IncarnationRow",
    "InstallationRow",
    "InterestDecisionRow",
    "LetterRow",
    "LevelRow",
    "LotRow",
    "ModeratedScoreRow",
    "OutcomeRow",
    "PanelMemberRow",
    "ParcelPartRow",
    "ParcelRow",
    "PriceLineRow",
    "PriceOpeningRow",
    "ProfileRow",
    "ReleaseRow",
    "ScoreRow",
    "SignOffRow",
    "StageRow",
    "TenderRow",
]
