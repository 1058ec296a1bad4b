"""The law that a tender runs under, and the sentences of its letters."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

from evalpanel.domain.letter_wording import LetterWording, merged, parse_wording
from evalpanel.domain.regimes import Regime, parse
from evalpanel.domain.tender import RegimeCode
from evalpanel.system.resources import resource


def regime(code: RegimeCode) -> Regime:
    """What the law asks of letters, standstill and the record: data that travels with the program."""
    return parse(tomllib.loads(resource("regimes", f"{code.value}.toml").read_text(encoding="utf-8")))


def wording(held: Regime) -> LetterWording:
    """The sentences of the letters under a law."""
    return parse_wording(shipped(held.wording))


def shipped(name: str) -> Mapping[str, object]:
    """A wording as it travels with the program, whole: what it says itself over what it is based on."""
    own: dict[str, object] = tomllib.loads(resource("letters", f"{name}.toml").read_text(encoding="utf-8"))
    base = own.get("based_on")
    return merged(shipped(base), own) if isinstance(base, str) else own
