"""Readers of what makes letters, as targets: an authority's profile and logo, and what a timestamp service answers."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache

import authorities
from evalpanel.domain.authorities import checked_logo
from evalpanel.domain.letter_wording import parse_wording
from evalpanel.domain.signatures import SignatureVerdict
from evalpanel.formats.authority_file import read_profile
from evalpanel.sealing.pdf_signature import verify
from evalpanel.sealing.timestamps import Question, question, stamped, unstamped
from evalpanel.services import wordings
from evalpanel.system.resources import resource
from signed_letters import signed

WORDS = ("code = ", "[[", '"""', "address = [", "also_called", "\\u0000", "1979-05-27", "inf")
WORDING_WORDS = ("based_on = ", "[kinds.", "[texts]", "{bidder}", "{", "}", '"""', "\\u0000", "inf")
LOGO_WORDS = (b"IHDR", b"IEND", b"\xff\xc0", b"\xff\xd9", b"\xff\xff\xff\xff")


def profile(data: bytes) -> None:
    """A profile is read as it is meant, or refused."""
    held = read_profile(data, "profile.toml")
    assert held.code
    assert held.name
    assert held.address


def profile_seeds() -> Iterator[bytes]:
    """The profiles that travel with the program."""
    for file in sorted(resource("authorities").glob("*.toml")):
        yield file.read_bytes()


def wording(data: bytes) -> None:
    """Sentences of letters are taken whole, or it is said what is wrong in them; what is taken is taken again the same."""
    try:
        held = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return  # as the reader of the file refuses it
    made = parse_wording(wordings.resolved(held))
    assert all(one.title.strip() for one in made.kinds.values())
    assert parse_wording(wordings.resolved(held)) == made


def wording_seeds() -> Iterator[bytes]:
    """The sentences that travel with the program."""
    for file in sorted(resource("letters").glob("*.toml")):
        yield file.read_bytes()


def logo(data: bytes) -> None:
    """A logo is a bounded picture, or refused."""
    held = checked_logo(data, "A logo", "logo.png")
    assert 0 < held.width <= 2000
    assert 0 < held.height <= 2000


def logo_seeds() -> Iterator[bytes]:
    """The beginnings and ends of the two kinds of picture."""
    yield b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\0IEND\xaeB`\x82"
    yield b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x01\0\x01\x03\x01\xff\xd9"


@cache
def _asked() -> Question:
    return question(signed())


def reply(data: bytes) -> None:
    """What a service answers changes nothing of the letter but its timestamp, and never makes another one verify."""
    made = stamped(signed(), _asked(), data)
    assert unstamped(made) == signed()
    verdict = verify(made, {}).verdict
    assert verdict in (SignatureVerdict.UNKNOWN_SIGNER, SignatureVerdict.ALTERED)


def reply_seeds() -> Iterator[bytes]:
    """A good answer."""
    yield authorities.timestamped(_asked().request)
