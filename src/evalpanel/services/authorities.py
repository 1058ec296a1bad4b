"""Authority profiles: those that travel with the program, and an authority's own, which counts instead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.authorities import LARGEST_LOGO, AuthorityProfile, Logo, checked_logo
from evalpanel.domain.letter import Letterhead
from evalpanel.errors import EvalPanelError
from evalpanel.formats.authority_file import LARGEST, read_profile, written_profile
from evalpanel.services import audit, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import read_whole
from evalpanel.system.resources import resource


@dataclass(frozen=True, slots=True)
class HeldAuthority:
    """A profile, its logo, and whether it is the authority's own (else it came with the program)."""

    profile: AuthorityProfile
    logo: Logo | None
    own: bool


def every(workspace: Workspace) -> tuple[HeldAuthority, ...]:
    """All profiles by their code; an authority's own stands for the one that came with the program."""
    with workspace.store.reading() as tx:
        return tuple(_all(tx)[code] for code in sorted(_all(tx)))


def find(workspace: Workspace, code: str) -> HeldAuthority:
    """One profile by its code. Raises `EvalPanelError` naming those that there are."""
    held = {one.profile.code: one for one in every(workspace)}
    if code not in held:
        raise EvalPanelError(f"There is no authority “{code}”.", f"Profiles: {', '.join(held)}.")
    return held[code]


def add(workspace: Workspace, path: Path) -> HeldAuthority:
    """Keep an authority's own profile, and the logo beside its file. It counts for letters that are made from now on.

    Everything is checked first. Raises `EvalPanelError` with a sentence for everything that is wrong; nothing is kept then.
    """
    text = read_whole(path, LARGEST)
    profile = read_profile(text, path.name)
    logo: Logo | None = None
    if profile.logo_file:
        data = read_whole(path.parent / profile.logo_file, LARGEST_LOGO)
        logo = checked_logo(data, profile.logo_alternative, profile.logo_file)
    return _keep(workspace, text, profile, logo)


def keep(workspace: Workspace, profile: AuthorityProfile, picture: bytes | None) -> HeldAuthority:
    """Keep an authority's own profile that was typed, and its logo as a picture's bytes. Checked and refused as `add` does."""
    held = tried(profile, picture)
    return _keep(workspace, written_profile(profile), held.profile, held.logo)


def tried(profile: AuthorityProfile, picture: bytes | None) -> HeldAuthority:
    """A profile that was typed, checked and not kept. Raises `EvalPanelError` with a sentence for everything that is wrong."""
    checked = read_profile(written_profile(profile), profile.name or "the form")
    logo = checked_logo(picture, checked.logo_alternative, checked.logo_file) if picture is not None else None
    return HeldAuthority(checked, logo, own=True)


def _keep(workspace: Workspace, text: bytes, profile: AuthorityProfile, logo: Logo | None) -> HeldAuthority:
    with workspace.store.writing() as tx:
        for code, other in _all(tx).items():
            clash = next((name for name in (profile.name, *profile.also_called) if other.profile.is_of(name)), None)
            if code != profile.code and clash is not None:
                raise EvalPanelError(
                    f"The profile “{code}” is of {clash} already.",
                    "Nothing was kept. Use that code, or take the name out of one of them.",
                )
        tx.add(
            t.LetterheadRow(code=profile.code, text=text.decode(), logo=logo.data if logo else None, at=workspace.now())
        )
        audit.record(tx, workspace, "authority-added", tender=None, person=tenders.OWNER, detail={"code": profile.code})
    return HeldAuthority(profile, logo, own=True)


def of(tx: Session, authority: str) -> HeldAuthority | None:
    """The profile of the authority that a tender names so; None: there is none."""
    return next((one for one in _all(tx).values() if one.profile.is_of(authority)), None)


def own(workspace: Workspace, authority: str) -> AuthorityProfile | None:
    """The authority's own profile, which also says who signs; None where there is only what came with the program."""
    with workspace.store.reading() as tx:
        held = of(tx, authority)
    return held.profile if held is not None and held.own else None


def letterhead(held: HeldAuthority | None) -> Letterhead:
    """What a profile puts at the head and the foot of letters; nothing without one."""
    if held is None:
        return Letterhead()
    profile = held.profile
    contact = (f"Telephone {profile.telephone}" if profile.telephone else "", profile.email, profile.website)
    return Letterhead(profile.address, tuple(one for one in contact if one), held.logo, profile.footer, profile.name)


def _all(tx: Session) -> dict[str, HeldAuthority]:
    found: dict[str, HeldAuthority] = {}
    for file in sorted(resource("authorities").glob("*.toml")):
        profile = read_profile(file.read_bytes(), file.name)
        found[profile.code] = HeldAuthority(profile, None, own=False)
    for row in tx.execute(select(t.LetterheadRow).order_by(t.LetterheadRow.id)).scalars():
        profile = read_profile(row.text.encode(), row.code)
        logo = checked_logo(row.logo, profile.logo_alternative, profile.logo_file) if row.logo else None
        found[profile.code] = HeldAuthority(profile, logo, own=True)
    return found
