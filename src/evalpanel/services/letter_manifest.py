"""The list of a tender's letters, signed: who got which, its digest, and what it was made from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from evalpanel.domain.digests import canonical_json, plain
from evalpanel.services.signed_letters import letter_rows
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.system.files import write_atomic

if TYPE_CHECKING:
    from evalpanel.sealing.letter_signer import LetterSigner

FILE, SIGNATURE = "letters.json", "letters.json.p7s"
"""The list, and its signature: CMS, which `openssl cms -verify` checks."""

_RESTS_ON = ("outcome_digest", "moderated_digest", "template_digest")


def write(workspace: Workspace, tender: OpenTender, out: Path, signer: LetterSigner, by: str) -> Path:
    """Write the list of all letters of a tender into `out`, and beside it its signature by `signer`, of the person `by`."""
    with workspace.store.reading() as tx:
        text = _listed(tx, tender, signer.fingerprint, by)
    made = text.encode()
    signature = signer.detached(made, workspace.now())
    write_atomic(out / FILE, made, private=False)
    write_atomic(out / SIGNATURE, signature, private=False)
    return out / FILE


def _listed(tx: Session, tender: OpenTender, fingerprint: str, by: str) -> str:
    assert tender.pack.tender is not None
    lines = queries.trail(tx, tender.tender_id)
    acts = {line.number: json.loads(line.detail) for line in lines if line.act == "letter-signed"}
    names = {bidder.bidder: bidder.name for bidder in tender.pack.bidders}
    letters = []
    for row in letter_rows(tx, tender.tender_id):
        pinned = acts[row.act]
        rests_on = {name: pinned[name] for name in _RESTS_ON if name in pinned}
        letters.append(
            {
                "bid": row.bid,
                "lot": row.lot,
                "bidder": row.bidder,
                "name": names[row.bidder],
                "kind": row.kind,
                "version": row.version,
                "file": row.file,
                "pages": row.pages,
                "sha256": row.sha256,
                "signed_at": plain(row.at),
                "certificate": row.fingerprint,
                **({"bids": pinned["bids"]} if "bids" in pinned else {}),
                **rests_on,
            }
        )
    letters.sort(key=lambda letter: (letter["lot"], letter["bid"], letter["kind"]))
    about = {
        "kind": "evalpanel-letters-1",
        "tender": tender.pack.tender.reference,
        "authority": tender.pack.tender.authority,
        "signed_by": by,
        "certificate": fingerprint,
        "letters": letters,
    }
    return canonical_json(about) + "\n"
