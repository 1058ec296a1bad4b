"""How a letter would look with another head or other sentences, before either is kept. Nothing here is recorded."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

from evalpanel.domain.feedback import Signatory
from evalpanel.domain.letter_wording import LetterWording, parse_wording
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_pdf import render
from evalpanel.services import authorities, tenders, wordings
from evalpanel.services.authorities import HeldAuthority
from evalpanel.services.awards import computed
from evalpanel.services.letter_drafts import may_see, regime_and_wording, signatory, written
from evalpanel.services.workspace import Workspace
from evalpanel.system.files import read_whole

_MOST_BYTES = 1 << 20


def with_head(workspace: Workspace, named: str, head: HeldAuthority, *, person: str | None = None) -> bytes | None:
    """The first letter of a tender that can be written, as a PDF under this head and signed by whom it names. None while there is none."""
    with workspace.store.reading() as tx:
        terms = tenders.find(tx, named).pack.tender
    assert terms is not None
    if not head.profile.is_of(terms.authority):
        raise EvalPanelError(
            f"The letters of {terms.reference} are those of {terms.authority}, so they would not be headed by {head.profile.name}.",
            "If both are the same authority, write the name that the tender uses among the other names.",
        )
    return _trial(workspace, named, head, None, person)


def with_sentences(workspace: Workspace, named: str, folder: Path, *, person: str | None = None) -> bytes | None:
    """The same with the sentences in a folder of files. None also where no file is for the law of this tender."""
    return _trial(workspace, named, None, folder, person)


def _trial(
    workspace: Workspace, named: str, head: HeldAuthority | None, folder: Path | None, person: str | None
) -> bytes | None:
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        if not tender.stage.reached(TenderStage.OUTCOME):
            return None
        held = computed(tx, tender)
        regime, wording = regime_and_wording(tx, held)
        if folder is not None:
            other = _sentences(folder, regime.wording)
            if other is None:
                return None
            wording = other
        signs = signatory(workspace, held, tender.acting(Role.OFFICER, None))
        for bid in held.pack.bids:
            try:
                may_see(tx, tender, bid.lot, person)
            except EvalPanelError:  # another lot is shown: nobody sees a letter from which they are recused
                continue
            for one in written(workspace, held, [bid], regime, wording, signs):
                if one.letter is not None:
                    letter = (
                        one.letter if head is None else replace(one.letter, letterhead=authorities.letterhead(head))
                    )
                    if head is not None:
                        letter = replace(letter, signatory=_signs(letter.signatory, head))
                    return render(letter, made_at=workspace.now()).data
    return None


def _signs(before: Signatory, head: HeldAuthority) -> Signatory:
    own = head.profile
    return Signatory(own.signatory or before.name, own.role or before.role, own.email or before.email)


def _sentences(folder: Path, name: str) -> LetterWording | None:
    path = folder / f"{name}.toml"
    if not path.exists():
        return None
    return parse_wording(wordings.resolved(tomllib.loads(read_whole(path, _MOST_BYTES).decode("utf-8"))))
