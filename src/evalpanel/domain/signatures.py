"""What checking a signed letter came to, as a value that any face can show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SignatureVerdict(StrEnum):
    """What a signature in a file is worth.

    `VERIFIED`: unchanged, and signed with a certificate that is known here. `ALTERED`: one of our letters that has been
    changed or damaged. `UNKNOWN_SIGNER`: unchanged, but nobody here knows the certificate. `NOT_OURS`: no such letter.
    """

    VERIFIED = "verified"
    ALTERED = "altered"
    UNKNOWN_SIGNER = "unknown-signer"
    NOT_OURS = "not-ours"


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """A verdict with its grounds: what was proved and what was not, a sentence each.

    `fingerprint` is the SHA-256 of the signer's certificate in hexadecimal; empty where there is none.
    """

    verdict: SignatureVerdict
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    fingerprint: str = ""
