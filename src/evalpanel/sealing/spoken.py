"""The eight words by which two people make sure, by voice, that each holds the other's real keys.

Both laptops work the words out from the tender, the person's code and both sides' public keys. The officer's words and
the member's differ, so hearing one side proves nothing about the other: each reads theirs aloud, and the other types
them. Eight words of a list of 2,048 are 88 bits. The words are those of BIP 39: no two begin with the same four letters.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from functools import cache

from evalpanel.domain.parcels import PublicKeys
from evalpanel.domain.tender import PersonCode, TenderId

COUNT = 8
_BITS = 11
_LEAST_LETTERS = 4


class Side(StrEnum):
    """Who reads the words aloud."""

    OFFICER = "officer"
    MEMBER = "member"


def spoken(
    tender: TenderId, person: PersonCode, officer: PublicKeys, member: PublicKeys, reads: Side
) -> tuple[str, ...]:
    """The eight words that `reads` reads aloud and the other side types."""
    parts = (b"evalpanel words v1", reads.value.encode(), tender.encode(), person.encode())
    keys = (officer.signing, officer.recipient.encode(), member.signing, member.recipient.encode())
    # Each piece with its length before it: no two sets of pieces give the same bytes.
    told = b"".join(b"%d:%b" % (len(piece), piece) for piece in (*parts, *keys))
    number = int.from_bytes(hashlib.sha256(told).digest()) >> (256 - COUNT * _BITS)
    words = _words()
    return tuple(words[(number >> (_BITS * place)) & 2047] for place in reversed(range(COUNT)))


def digest_words(data: bytes, count: int = 6) -> tuple[str, ...]:
    """The digest of `data` (SHA-256) in short words, as they stand in a letter's visible signature: 66 bits in six."""
    number = int.from_bytes(hashlib.sha256(data).digest()) >> (256 - count * _BITS)
    words = _words()
    return tuple(words[(number >> (_BITS * place)) & 2047] for place in reversed(range(count)))


def heard(typed: str, expected: Sequence[str]) -> bool:
    """Whether what was typed are the expected words, in order. Four letters of each are enough; case does not matter."""
    words = "".join(mark if mark.isalpha() else " " for mark in unicodedata.normalize("NFKC", typed).casefold()).split()
    return len(words) == len(expected) and all(map(_is, words, expected))


def _is(typed: str, word: str) -> bool:
    return typed == word or (len(typed) >= _LEAST_LETTERS and word.startswith(typed))


@cache
def _words() -> tuple[str, ...]:
    # Read from the package's list when it is needed: once in the life of a panel member.
    from mnemonic import Mnemonic

    return tuple(Mnemonic("english").wordlist)
