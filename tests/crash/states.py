"""What a profile holds, as one value that two runs of the same act have in common; and whether all of it is whole."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zipfile
from pathlib import Path

from asn1crypto import cms
from sqlalchemy import select, text

from crash.acts import Place
from evalpanel.domain import trail
from evalpanel.formats.parcel_file import Container, checked_blocks, read_parcel
from evalpanel.sealing import envelopes, keys, paper_keys
from evalpanel.services import tenders, verify, workspace
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from profiles import opened
from sheets import words_on

State = tuple[str, ...]
NOTHING: State = ()
"""There is no profile."""

# Ids, keys, salts and digests are other ones in every run.
_MADE_ANEW = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}|age1[0-9a-z]+|(?<=\"number\":\")[0-9a-f]{8}"
)


def rows(space: Workspace) -> State:
    """Every row of every table, without what is made anew in each run."""
    with space.store.reading() as tx:
        named = text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        found = []
        for name in tx.execute(named).scalars():
            for row in tx.execute(text(f"SELECT * FROM {name} ORDER BY rowid")):
                # The size of what is sealed differs from run to run: an age file holds a stanza of nonsense.
                values = [
                    ("bytes" if value else "no bytes") if isinstance(value, bytes) else str(value)
                    for column, value in row._mapping.items()
                    if (name, column) != ("parcel_part", "size")
                ]
                found.append(_MADE_ANEW.sub("#", f"{name}: {' | '.join(values)}"))
        return tuple(found)


def after(place: Place) -> State:
    """What the profile holds when it is opened again. Fails over anything that is not whole."""
    if not workspace.exists(place.root):
        assert not (place.root / "store.db").exists(), "a store without its keys"
        return NOTHING
    with opened(place.root) as space:
        found = space.store.check()
        assert found == (), found
        for one in tenders.all_tenders(space):
            verified = verify.verify_tender(space, one.reference)
            assert verified.verdict == "verified", verified.not_proved
        with space.store.reading() as tx:
            for chain in tx.query(t.AuditRow.chain).distinct():
                assert trail.faults(queries.trail(tx, chain[0])) == ()
            named = {
                sealed
                for column in (t.DocumentRow.sealed, t.LetterRow.sealed, t.ParcelPartRow.sealed, t.FeedbackRow.sealed)
                for sealed in tx.execute(select(column)).scalars()
            }
            for ended in tx.query(t.RecordEndingRow):
                named -= workspace.sealed_files(tx, ended.tender_id)
                assert not space.keys.has_tender_key(ended.tender_id)
            signed = {row.sha256 for row in (*tx.query(t.LetterRow), *tx.query(t.ReportRow))}
            signed |= {row.successor.hex() for row in tx.query(t.PaperKeyRow)}
            signed |= {row.recovery for row in tx.query(t.PaperKeyRow)}
        kept = space.documents.held()
        assert kept == named, f"documents: {len(kept)}, named: {len(named)}"
        strangers = [one.name for one in space.documents.folder.iterdir() if one.suffix not in (".age", ".parts")]
        assert strangers == [], f"left behind among the documents: {strangers}"
        for path in place.out.iterdir():
            if not path.name.startswith("."):
                _whole(path, signed, place.root)
        held = rows(space)
    left = [path.name for path in place.root.rglob("*") if re.search(r"\.part$|\.new|^preparing|^restoring", path.name)]
    assert left == [], f"left behind in the profile: {left}"
    return held


def _whole(path: Path, signed: set[str], root: Path) -> None:
    """A file that a person may open has its whole content; a signed letter, and what a sheet opens or signs, is on record."""
    if path.stem == "key":
        secret = paper_keys.secret_of(words_on(path))
        keys.unlock(root / "keys.json", root / "keys", passphrase=None, paper=secret)
    elif path.stem.endswith(("successor", "recovery")):
        successor, recovery = (
            paper_keys.secret_of(words_on(path.with_name(f"{path.name.split(' ')[0]} {one}.pdf")))
            for one in ("successor", "recovery")
        )
        opens = envelopes.recipient_of(paper_keys.recovery_identity(recovery))
        assert {paper_keys.SuccessorKey(successor, recovery).public.hex(), opens} <= signed, (
            f"{path.name} is not on record"
        )
    elif path.suffix == ".pdf":
        assert hashlib.sha256(path.read_bytes()).hexdigest() in signed, f"{path.name} is not on record"
    elif path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as file:
            assert file.testzip() is None
    elif path.suffix == ".p7s":
        assert cms.ContentInfo.load(path.read_bytes(), strict=True).native["content_type"] == "signed_data"
    elif path.suffix == ".json":
        json.loads(path.read_bytes())
    elif path.suffix == ".evalpanel":
        with path.open("rb") as parcel:
            held = read_parcel(parcel)
            assert isinstance(held, Container)
            for part in held.parts.values():
                b"".join(checked_blocks(part))
    elif path.suffix == ".html":
        assert path.read_text(encoding="utf-8").endswith("</html>\n")
    elif path.suffix == ".jsonl":
        assert verify.verify_file(None, path).verdict == "verified"
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.reader(file))) > 1
