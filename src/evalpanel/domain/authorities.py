"""What an authority's letters look like: its address, its people's contact, its logo, its footer. Data, not code.

An authority writes a small TOML file; it is checked here, with a sentence for everything that is wrong, before it is used.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from evalpanel.errors import EvalPanelError

LARGEST_LOGO = 512 * 1024
"""The most bytes of a logo: it is in every letter."""

MOST_PIXELS = 2000
"""The most pixels that a logo is wide or high: printed 45 mm wide, more cannot be seen."""

_LINES = {"address": 8, "also_called": 8}
_TEXTS = {
    "code": 30, "name": 120, "telephone": 40, "email": 120, "website": 120, "footer": 110, "signatory": 80, "role": 120,
    "logo": 120, "logo_alternative": 200,
}  # fmt: skip
_NEEDED = ("code", "name", "address")
_LONGEST_LINE = 120


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture at the head of letters: PNG or JPEG, its size in pixels, and what it is in words."""

    data: bytes
    width: int
    height: int
    alternative: str


@dataclass(frozen=True, slots=True)
class AuthorityProfile:
    """How an authority's letters are headed and signed. Everything but `code`, `name` and `address` may be empty.

    `also_called` are other names under which tenders know it; `logo_file` is the name of its logo's file. `signatory`
    and `role` are who signs where the tender names nobody else.
    """

    code: str
    name: str
    address: tuple[str, ...]
    also_called: tuple[str, ...] = ()
    telephone: str = ""
    email: str = ""
    website: str = ""
    footer: str = ""
    signatory: str = ""
    role: str = ""
    logo_file: str = ""
    logo_alternative: str = ""

    def texts(self) -> dict[str, str | list[str]]:
        """What a profile says, by the names that its file has for it; of the logo its file and its words."""
        return {
            "code": self.code,
            "name": self.name,
            "also_called": list(self.also_called),
            "address": list(self.address),
            "telephone": self.telephone,
            "email": self.email,
            "website": self.website,
            "footer": self.footer,
            "signatory": self.signatory,
            "role": self.role,
            "logo": self.logo_file,
            "logo_alternative": self.logo_alternative,
        }

    def is_of(self, authority: str) -> bool:
        """Whether this is the profile of the authority that a tender names so."""
        return any(same_name(name, authority) for name in (self.name, *self.also_called))


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for capitals, spaces and the kind of apostrophe."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(name.replace("’", "'").casefold().split())


def parse(data: Mapping[str, object], source: str) -> AuthorityProfile:
    """A profile from its file, called `source`. Raises `EvalPanelError` with a sentence for everything that is wrong."""
    wrong = [f"“{key}” is nothing that a profile holds" for key in data if key not in (*_TEXTS, *_LINES)]
    wrong += [f"“{key}” is missing" for key in _NEEDED if not data.get(key)]
    texts: dict[str, str] = {}
    for key, most in _TEXTS.items():
        held = data.get(key, "")
        if not isinstance(held, str):
            wrong.append(f"“{key}” must be text in quotation marks")
        elif len(held) > most:
            wrong.append(f"“{key}” has {len(held)} characters; {most} have room")
        elif not held.isprintable():
            wrong.append(f"“{key}” must stand on one line")
        else:
            texts[key] = held.strip()
    lists: dict[str, tuple[str, ...]] = {}
    for key, most in _LINES.items():
        held = data.get(key, [])
        if not isinstance(held, list) or not all(isinstance(line, str) for line in held):
            wrong.append(f"“{key}” must be a list of lines in quotation marks")
        elif len(held) > most or any(len(line) > _LONGEST_LINE or not line.isprintable() for line in held):
            wrong.append(f"“{key}” may have {most} lines of {_LONGEST_LINE} characters")
        else:
            lists[key] = tuple(line.strip() for line in held if line.strip())
    wrong += _misspelt(texts)
    if wrong:
        raise EvalPanelError(f"The profile in {source} cannot be used.", "; ".join(wrong) + ". Nothing was kept.")
    return AuthorityProfile(
        texts["code"], texts["name"], lists["address"], lists["also_called"], texts["telephone"], texts["email"],
        texts["website"], texts["footer"], texts["signatory"], texts["role"], texts["logo"], texts["logo_alternative"],
    )  # fmt: skip


def _misspelt(texts: Mapping[str, str]) -> list[str]:
    wrong = []
    code, email, website, logo = (texts.get(key, "") for key in ("code", "email", "website", "logo"))
    if code and not re.fullmatch(r"[a-z][a-z0-9-]*", code):
        wrong.append("“code” is made of small letters, digits and hyphens, and begins with a letter")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        wrong.append("“email” is no e-mail address")
    if website and not re.fullmatch(r"https?://[^\s]+", website):
        wrong.append("“website” begins with https:// and has no space")
    if logo and not texts.get("logo_alternative"):
        wrong.append("“logo_alternative” is missing: people who cannot see the logo hear it instead")
    if logo and ("/" in logo or "\\" in logo):
        wrong.append("“logo” is the name of a file beside the profile, without a folder")
    return wrong


def checked_logo(data: bytes, alternative: str, source: str) -> Logo:
    """A logo from its file, called `source`. Raises `EvalPanelError` for what is no PNG or JPEG, or too large."""
    size = _png_size(data) or _jpeg_size(data)
    if size is None:
        raise _bad_logo(source, "It is not a PNG or JPEG picture, or it is damaged.")
    width, height = size
    if len(data) > LARGEST_LOGO or not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise _bad_logo(
            source,
            f"It may have {LARGEST_LOGO // 1024} KB and {MOST_PIXELS} pixels a side; it has {len(data) // 1024 + 1} KB and "
            f"{width} by {height} pixels.",
        )
    return Logo(data, width, height, alternative)


def _bad_logo(source: str, why: str) -> EvalPanelError:
    return EvalPanelError(f"The logo {source} cannot be used.", f"{why} Nothing was kept. Give another picture.")


def _png_size(data: bytes) -> tuple[int, int] | None:
    """PNG (ISO 15948): the signature, then IHDR with width and height; the file ends with IEND."""
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR" or len(data) < 45 or data[-8:-4] != b"IEND":
        return None
    width, height = struct.unpack(">II", data[16:24])
    return int(width), int(height)


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """JPEG (ISO 10918-1): segments up to a start of frame, which holds height and width; the file ends with EOI."""
    if data[:2] != b"\xff\xd8" or data.rstrip(b"\0")[-2:] != b"\xff\xd9":
        return None
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        if length < 2:
            return None
        at += 2 + length
    return None
