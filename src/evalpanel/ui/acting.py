"""Who acts when the person at the laptop presses a button: themselves in a role, or nobody, and why not."""

from __future__ import annotations

from dataclasses import dataclass

from evalpanel.domain.people import Role
from evalpanel.services.setup import TenderView
from evalpanel.ui.places import me

_THEIRS = {Role.CHAIR: "records what the panel agrees", Role.OFFICER: "opens prices and makes the outcome"}


@dataclass(frozen=True, slots=True)
class Acting:
    """Whether the person may do the acts of a role. `person` is what the services are given (None: whoever holds it)."""

    person: str | None
    why_not: str = ""

    @property
    def may(self) -> bool:
        """Whether they may."""
        return not self.why_not


def acting(view: TenderView, person: str, role: Role) -> Acting:
    """Who does the acts of `role` at this laptop.

    The acts belong to those who hold the role. Where the panel names nobody, the officer does them; where it names no
    officer either, the owner of the profile. For a chair who is recused from some lines the officer stands in on those.
    """
    own = me(view, person)
    if own is not None and own.member.has(role):
        return Acting(own.member.person)
    holders = [one.member for one in view.panel if one.member.has(role)]
    if not holders:
        officers = [one.member for one in view.panel if one.member.has(Role.OFFICER)]
        if not officers or (own is not None and own.member in officers):
            return Acting(None)
        holders = officers
    recused = all(one.recusals for one in view.panel if one.member in holders)
    if role is Role.CHAIR and recused and own is not None and own.member.has(Role.OFFICER):
        return Acting(own.member.person)
    names = ", ".join(f"{one.person} {one.name}".strip() for one in holders)
    return Acting(None, f"{names} {_THEIRS.get(role, 'does this')}.")
