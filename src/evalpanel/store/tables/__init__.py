"""Typed rows by subject. Importing this package registers every table with the metadata."""

from evalpanel.store.tables.acts import (
    AuditRow,
    CertificateRow,
    FreezeRow,
    LetterRow,
    NamesReleaseRow,
    PriceOpeningRow,
    ProfileRow,
)
from evalpanel.store.tables.base import Base
from evalpanel.store.tables.documents import DocumentRow, EnvelopeRow
from evalpanel.store.tables.exchange import ConfirmationRow, InstallationRow, ParcelPartRow, ParcelRow, ReleaseRow
from evalpanel.store.tables.people import (
    AbsenceRow,
    AffirmationRow,
    DeclarationRow,
    InterestDecisionRow,
    PanelMemberRow,
)
from evalpanel.store.tables.preflight import PreflightAcceptanceRow, PreflightLookRow, ReplacementRow
from evalpanel.store.tables.scores import ModeratedScoreRow, ScoreRow, SignOffRow
from evalpanel.store.tables.tender import (
    AuthorityRow,
    BidderRow,
    BidRow,
    BlindCodeRow,
    BlindNameRow,
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
    "BlindCodeRow",
    "BlindNameRow",
    "CertificateRow",
    "ClarificationRow",
    "ConfirmationRow",
    "ConsortiumMemberRow",
    "CriterionRow",
    "DeclarationRow",
    "DocumentRow",
    "EnvelopeRow",
    "FreezeRow",
    "InstallationRow",
    "InterestDecisionRow",
    "LetterRow",
    "LevelRow",
    "LotRow",
    "ModeratedScoreRow",
    "NamesReleaseRow",
    "OutcomeRow",
    "PanelMemberRow",
    "ParcelPartRow",
    "ParcelRow",
    "PreflightAcceptanceRow",
    "PreflightLookRow",
    "PriceLineRow",
    "PriceOpeningRow",
    "ProfileRow",
    "ReleaseRow",
    "ReplacementRow",
    "ScoreRow",
    "SignOffRow",
    "StageRow",
    "TenderRow",
]
