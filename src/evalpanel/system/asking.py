"""The one door to a network: a person asks a service for something, once. Nothing else in the program goes out."""

from __future__ import annotations

from http.client import HTTPException
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, build_opener

from evalpanel.errors import EvalPanelError

_SECONDS = 30.0


def post(url: str, body: bytes, *, kind: str, most: int) -> bytes:
    """Send `body` (of media type `kind`) to `url`, http or https, and give the answer, of at most `most` bytes.

    Raises `EvalPanelError` in words where there is no network, no such service, or another kind of answer.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise EvalPanelError(f"“{url}” is no web address.", "Give one that begins with https:// or http://.")
    request = Request(url, data=body, headers={"Content-Type": kind}, method="POST")  # noqa: S310  # looked at above
    try:
        with build_opener().open(request, timeout=_SECONDS) as answer:
            data: bytes = answer.read(most + 1)
    except (URLError, HTTPException, OSError, ValueError) as error:
        why = getattr(error, "reason", None) or error
        raise EvalPanelError(
            f"“{url}” could not be asked: {why}.",
            "Nothing was changed. Look whether this computer has a network and whether the address is right, then try again.",
        ) from error
    if len(data) > most:
        raise EvalPanelError(f"“{url}” answered with more than was asked for.", "Nothing was changed.")
    return data
