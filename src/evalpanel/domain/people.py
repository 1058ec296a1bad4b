"""The panel: who takes part in a tender, in which roles, and what they score."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from evalpanel.domain.tender import CriterionCode, PersonCode


class Role(StrEnum):
    """What a person does in a tender. One person can have several."""

    OFFICER = "officer"
    CHAIR = "chair"
    PANEL_MEMBER = "panel-member"
    OBSERVER = "observer"
    DECISION_MAKER = "decision-maker"
    LEGAL = "legal"
    NOTE_TAKER = "note-taker"


class MemberKind(StrEnum):
    """Whose view a panel member brings."""

    COMMISSIONER = "commissioner"
    TSO = "tso"
    YOUNG = "young"
    USER = "user"
    SPECIALIST = "specialist"
    FINANCE = "finance"


def replaced(panel: Iterable[PanelMember]) -> dict[PersonCode, PersonCode]:
    """Who left the panel and whose place somebody else took, with who that is. Their scores are set aside, and kept."""
    return {one.replaces: one.person for one in panel if one.replaces is not None}


@dataclass(frozen=True, slots=True)
class PanelMember:
    """One person of the tender. `declared` is the date of a declaration of no interest that was signed on paper.

    `criteria` are the codes that the person scores; `None` means all.
    """

    person: PersonCode
    name: str
    roles: tuple[Role, ...]
    since: date | None = None
    until: date | None = None
    replaces: PersonCode | None = None
    kind: MemberKind | None = None
    organisation: str = ""
    declared: date | None = None
    criteria: tuple[CriterionCode, ...] | None = None

    def has(self, role: Role) -> bool:
        """Whether the person has this role."""
        return role in self.roles

    def scores(self, criterion: CriterionCode) -> bool:
        """Whether the person is one of those who score this criterion."""
        return self.has(Role.PANEL_MEMBER) and (self.criteria is None or criterion in self.criteria)
