"""Secrets that stand on paper, as twelve numbered words, and the keys that follow from them.

A secret is 128 random bits; the words are those of BIP 39, whose last one holds a check of all. What signs and what opens
is derived from it with HKDF-SHA-256 (RFC 5869), so a sheet holds all that is needed, and the program need not keep it.
"""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evalpanel.domain.parcels import Statement
from evalpanel.errors import EvalPanelError
from evalpanel.sealing.statements import pae

COUNT = 12
_BYTES = 16
_LEAST_LETTERS = 4
_MOST_TYPED = 4_000
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_PREFIX = "age-secret-key-"


class PaperError(EvalPanelError):
    """Words that were typed from a sheet are not those of one."""


def new_secret() -> bytes:
    """A new secret for a sheet."""
    return os.urandom(_BYTES)


def words_of(secret: bytes) -> tuple[str, ...]:
    """The twelve words that stand on the sheet, in order."""
    from mnemonic import Mnemonic  # read from the package's list when it is needed: once in the life of a tender

    return tuple(Mnemonic("english").to_mnemonic(secret).split())


def secret_of(typed: str) -> bytes:
    """The secret of the words that were typed. Numbers, commas and case do not matter, four letters of each are enough.

    Raises `PaperError`, which says which word is none of the list, or that together they are not those of a sheet.
    """
    from mnemonic import Mnemonic  # see words_of

    plain = unicodedata.normalize("NFKC", typed[:_MOST_TYPED]).casefold()
    given = re.findall(r"[^\W\d_]+", plain)
    if len(given) != COUNT:
        raise PaperError(
            f"{len(given)} words were typed; a sheet has {COUNT}.", "Nothing was changed. Type all of them, in order."
        )
    words = []
    for place, one in enumerate(given, 1):
        found = _whole(one)
        if found is None:
            raise PaperError(
                f"Word {place}, “{one[:40]}”, is none that stands on a sheet.",
                "Nothing was changed. Look at it again; the first four letters of each word are enough.",
            )
        words.append(found)
    try:
        return bytes(Mnemonic("english").to_entropy(words))
    except ValueError as error:
        raise PaperError(
            "These words do not belong together.",
            "Nothing was changed. One of them is wrong, or two were swapped: compare them with the sheet once more.",
        ) from error


def _whole(typed: str) -> str | None:
    if typed in _words():
        return typed
    found = [word for word in _words() if len(typed) >= _LEAST_LETTERS and word.startswith(typed)]
    return found[0] if len(found) == 1 else None


@cache
def _words() -> frozenset[str]:
    from mnemonic import Mnemonic  # see words_of

    return frozenset(Mnemonic("english").wordlist)


class SuccessorKey:
    """What the two sheets sign with together: it follows from the secrets of both, so that neither is enough."""

    def __init__(self, successor: bytes, recovery: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(_derived(successor + recovery, b"successor"))
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, payload_type: str, payload: bytes) -> Statement:
        """The signed statement of a payload."""
        return Statement(payload_type, payload, self._key.sign(pae(payload_type, payload)))


def recovery_identity(secret: bytes) -> str:
    """The age identity of the recovery sheet, as age writes it."""
    return _bech32(_PREFIX, _derived(secret, b"recovery")).upper()


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"evalpanel v1 paper " + purpose).derive(secret)


def _bech32(prefix: str, data: bytes) -> str:
    """Bytes in Bech32 (BIP 173), the way in which age writes its keys."""
    bits = int.from_bytes(data) << 4  # 32 bytes are 51 digits of 5 bits and one bit more: filled up with zeros
    digits = [(bits >> (5 * place)) & 31 for place in reversed(range(len(data) * 8 // 5 + 1))]
    spread = [ord(mark) >> 5 for mark in prefix] + [0] + [ord(mark) & 31 for mark in prefix]
    check = _polymod([*spread, *digits, *[0] * 6]) ^ 1
    digits += [(check >> (5 * (5 - place))) & 31 for place in range(6)]
    return prefix + "1" + "".join(_BECH32[digit] for digit in digits)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if (top >> place) & 1 else 0
    return check
