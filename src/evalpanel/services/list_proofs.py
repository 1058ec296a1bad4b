"""What can be proved of a list of letters: whether it is whole, by whose key, and of each letter beside it whether it is the one listed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_list import LetterList, ListedLetter, read_letter_list
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import read_whole

_MOST_SIGNATURE = 1 << 20
_MOST_LETTER = 256 << 20


@dataclass(frozen=True, slots=True)
class ListProof:
    """A verdict (`verified`, `altered`, `unknown-signer`), what it rests on, and by whose key."""

    verdict: str
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    by: str


def prove(workspace: Workspace | None, path: Path, data: bytes) -> ListProof:
    """Check the list `data` that lies at `path` with its signature and the letters beside it. Without a profile no key is known."""
    from evalpanel.sealing.detached import signer_of  # pyHanko takes 0.6 s to import
    from evalpanel.sealing.timestamps import unstamped

    try:
        listed = read_letter_list(data)
        by = signer_of(data, read_whole(path.with_name(f"{path.name}.p7s"), _MOST_SIGNATURE))
    except EvalPanelError as error:
        return ListProof("altered", (), (str(error),), "")
    if not by or by != listed.certificate:
        return ListProof("altered", (), ("the signature beside the list is not over this list",), "")
    known = _known(workspace)
    good, wrong, missing = [], [], []
    for one in listed.letters:
        file = path.with_name(one.file)
        if not file.is_file():
            missing.append(f"{_named(one)} is not beside the list")
        elif hashlib.sha256(unstamped(read_whole(file, _MOST_LETTER))).hexdigest() == one.sha256:
            good.append(f"{_named(one)} is the one that is listed")
        else:
            wrong.append(f"{_named(one)} is not the one that is listed")
    whole = f"the list of {len(listed.letters)} letters of {listed.tender} is as it was signed"
    proved = (whole, *((f"signed with the key of {known[by]}",) if by in known else ()), *good)
    unknown = () if by in known else (_nobody(listed),)
    verdict = "altered" if wrong else "unknown-signer" if unknown else "verified"
    return ListProof(verdict, proved, (*wrong, *unknown, *missing), by)


def _known(workspace: Workspace | None) -> dict[str, str]:
    if workspace is None:
        return {}
    with workspace.store.reading() as tx:
        return {row.fingerprint: row.person for row in tx.execute(select(t.CertificateRow)).scalars()}


def _named(one: ListedLetter) -> str:
    return f"{one.file} (bid {one.bid}, lot {one.lot}, version {one.version})"


def _nobody(listed: LetterList) -> str:
    return f"whose key it is: the list says {listed.signed_by}, and nobody here knows it"
