"""The law that a tender runs under, and the sentences of its letters."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.digests import digest, plain
from evalpanel.domain.letter_wording import LetterWording, merged, parse_wording
from evalpanel.domain.regimes import Regime, parse
from evalpanel.domain.tender import RegimeCode
from evalpanel.store import tables as t
from evalpanel.system.resources import resource


def regime(code: RegimeCode) -> Regime:
    """What the law asks of letters, standstill and the record: data that travels with the program."""
    return parse(tomllib.loads(resource("regimes", f"{code.value}.toml").read_text(encoding="utf-8")))


def wording(tx: Session, held: Regime) -> LetterWording:
    """The sentences of the letters under a law: the authority's own, where it has any."""
    return parse_wording(used(tx, held.wording))


def kept(tx: Session, held: Regime) -> dict[str, LetterWording]:
    """Every wording of the letters under a law that is or was used here, by its digest: the program's, and each that was taken in."""
    rows = tx.execute(
        select(t.WordingRow.text).where(t.WordingRow.name == held.wording).order_by(t.WordingRow.id)
    ).scalars()
    every = (shipped(held.wording), *(resolved(tomllib.loads(text)) for text in rows))
    return {digest(plain(one)): one for one in (parse_wording(mapping) for mapping in every)}


def used(tx: Session, name: str) -> Mapping[str, object]:
    """The sentences that letters use now, whole: the authority's own, or those that come with the program."""
    row = tx.execute(
        select(t.WordingRow.text).where(t.WordingRow.name == name).order_by(t.WordingRow.id.desc()).limit(1)
    ).scalar_one_or_none()
    return shipped(name) if row is None else resolved(tomllib.loads(row))


def names() -> tuple[str, ...]:
    """The names of the wordings, one for the letters of each law (two laws may share one)."""
    return tuple(dict.fromkeys(regime(code).wording for code in RegimeCode))


def resolved(held: Mapping[str, object]) -> Mapping[str, object]:
    """A wording with what it is based on below it; one that is based on nothing is whole by itself."""
    base = held.get("based_on")
    if not isinstance(base, str) or base not in ("common", *names()):
        return held
    return merged(shipped(base), held)


def shipped(name: str) -> Mapping[str, object]:
    """A wording as it travels with the program, whole: what it says itself over what it is based on."""
    return resolved(tomllib.loads(resource("letters", f"{name}.toml").read_text(encoding="utf-8")))
