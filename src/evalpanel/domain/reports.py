"""The reports that are written from the record, and what is known of each that was."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from evalpanel.domain.award import LotAward
from evalpanel.domain.regimes import Regime
from evalpanel.domain.signing import AwardNotice, in_words
from evalpanel.domain.tender import PersonCode


class ReportKind(StrEnum):
    """The evaluation report, the whole score matrix, and what a TSO's representative tells those who sent them."""

    EVALUATION = "evaluation"
    MATRIX = "matrix"
    REPORT_BACK = "report-back"


@dataclass(frozen=True, slots=True)
class ReportMade:
    """A report that was written. `about`: whose report-back it is (empty: none). `fingerprint` signed it (empty: not signed)."""

    kind: ReportKind
    about: str
    sha256: str
    fingerprint: str
    pages: int
    by: PersonCode = field(default=PersonCode(""))
    at: datetime | None = None
    act: int = 0


def why_no_report_back(notice: AwardNotice | None, awards: tuple[LotAward, ...], regime: Regime, today: date) -> str:
    """Why nobody may report back yet, in words with the date; empty once they may.

    What a panel did stays among its members until the award is public and the whole of the standstill has passed.
    """
    if awards and all(one.abandoned for one in awards):
        return ""
    if notice is None:
        return "The award is not public yet: there is no notice on the record."
    period = notice.period(regime)
    if period is not None and not period.is_over(today):
        return f"Standstill lasts until the end of {in_words(period.ends)}. Report back from {in_words(period.first_free_day)} on."
    return f"The notice is of {in_words(notice.published)}." if today < notice.published else ""
