"""The list of a tender's letters, read back: what a stranger may send, so nothing in it is believed before its signature."""

from __future__ import annotations

import msgspec

from evalpanel.errors import EvalPanelError

MOST_BYTES = 64 << 20
MOST_LETTERS = 20_000
_KIND = b'"kind":"evalpanel-letters-1"'


class ListedLetter(msgspec.Struct, frozen=True):
    """A letter as the list says it: which one it is, its file beside the list, and that file's digest."""

    bid: str
    lot: str
    version: int
    file: str
    sha256: str


class LetterList(msgspec.Struct, frozen=True):
    """What a list of letters says. It may say more, which is signed as well and not looked at here."""

    tender: str
    certificate: str
    signed_by: str
    letters: tuple[ListedLetter, ...]


def looks_like_letter_list(data: bytes) -> bool:
    """Whether these bytes claim to be a list of letters."""
    return data.startswith(b"{") and _KIND in data


def read_letter_list(data: bytes) -> LetterList:
    """The list in these bytes. Raises `EvalPanelError` in words; a file name that leads out of the folder is refused."""
    try:
        found = msgspec.json.decode(data, type=LetterList)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refused(str(error)) from error
    if len(found.letters) > MOST_LETTERS:
        raise _refused(f"It lists more than {MOST_LETTERS} letters.")
    for one in found.letters:
        if not one.file or set(one.file) & set("/\\:\0") or one.file in (".", ".."):
            raise _refused("A name in it is not that of a file beside it.")
    return found


def _refused(why: str) -> EvalPanelError:
    return EvalPanelError("This list of letters cannot be read.", f"{why} Nothing was changed. Ask for it again.")
