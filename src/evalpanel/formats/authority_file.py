"""An authority's profile as a TOML file that somebody else wrote: bytes in, a checked value out."""

from __future__ import annotations

import json
import tomllib

from evalpanel.domain.authorities import AuthorityProfile, parse
from evalpanel.errors import EvalPanelError

LARGEST = 64 * 1024
"""The most bytes of a profile that are read."""


def read_profile(data: bytes, source: str) -> AuthorityProfile:
    """The profile in a file called `source`. Raises `EvalPanelError` with a sentence for everything that is wrong."""
    if len(data) > LARGEST:
        raise EvalPanelError(f"{source} is too large for a profile.", "Nothing was kept.")
    try:
        return parse(tomllib.loads(data.decode("utf-8")), source)
    except UnicodeDecodeError as error:
        raise EvalPanelError(f"{source} is not text (UTF-8).", "Nothing was kept.") from error
    except (ValueError, RecursionError) as error:
        raise EvalPanelError(f"{source} is not a TOML file: {error}.", "Nothing was kept.") from error


def written_profile(profile: AuthorityProfile) -> bytes:
    """A profile as such a file: reading it gives the same profile again, or says what is wrong with it."""
    # A JSON string is a TOML string too, but for one character that TOML wants escaped.
    lines = [f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in profile.texts().items() if text]
    return "".join(f"{one}\n" for one in lines).replace("\x7f", "\\u007f").encode("utf-8")
