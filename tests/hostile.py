"""Genuine parcels taken apart, changed and put together, and what a laptop holds before and after it was given one."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import text

from evalpanel.domain.parcels import Verdict
from evalpanel.formats.parcel_file import Container, checked_blocks, read_parcel, write_parcel
from evalpanel.formats.statements import read_statement, write_statement
from evalpanel.sealing import envelopes
from evalpanel.sealing.installations import Installation
from evalpanel.services import exchange
from evalpanel.services.workspace import Workspace
from laptops import Laptops

BAD = frozenset({Verdict.NOT_OURS, Verdict.ALTERED, Verdict.UNREADABLE})


def state(space: Workspace) -> tuple[object, ...]:
    """Everything that a profile holds: every row, and every file of its folders of documents and of what waits."""
    with space.store.reading() as tx:
        names = tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars().all()
        rows = tuple((name, tuple(tx.execute(text(f"SELECT * FROM {name} ORDER BY rowid")).all())) for name in names)
    folders = (space.documents.folder, space.folders.waiting)
    return rows, tuple(sorted(path.name for folder in folders if folder.is_dir() for path in folder.iterdir()))


def refused(desk: Laptops, person: str, file: Path, *, verdicts: frozenset[Verdict] = BAD) -> str:
    """The words with which a file is refused on somebody's laptop, where nothing has changed after it."""
    space = desk[person]
    before = state(space)
    (report,) = desk.take(person, file)
    assert report.verdict in verdicts, report
    assert len(report.words) > 20
    assert "Traceback" not in report.words
    assert state(space) == before
    return report.words


def opened(file: Path) -> Container:
    """A parcel, its cover and parts still sealed."""
    held = read_parcel(io.BytesIO(file.read_bytes()))
    assert isinstance(held, Container)
    return held


def keys(space: Workspace) -> Installation:
    """The keys of a laptop for its one tender."""
    with space.store.reading() as tx:
        found = tx.execute(text("SELECT tender_id FROM installation")).scalar_one()
        mine = exchange.own(tx, space, found)
    assert mine is not None
    return mine.keys


def written(target: Path, cover: bytes, parts: dict[str, bytes], *, is_open: bool = False) -> Path:
    """A parcel of a cover and parts."""
    with target.open("wb") as file:
        held = ((sealed, io.BytesIO(content)) for sealed, content in parts.items())
        write_parcel(file, cover, is_open=is_open, parts=held)
    return target


def parts_of(file: Path) -> dict[str, bytes]:
    """The sealed parts of a parcel by their digests."""
    return {name: b"".join(checked_blocks(part)) for name, part in opened(file).parts.items()}


def payload_of(file: Path, by: Installation) -> Any:
    """What the cover of a parcel says, opened with the keys of somebody whom it is sealed to. `Any`: it is JSON."""
    return json.loads(read_statement(by.open(opened(file).cover)).payload)


def canonical(value: object) -> bytes:
    """JSON as parcels hold it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def resealed(file: Path, opener: Installation, to: Installation, target: Path) -> Path:
    """A genuine statement with its genuine parts, sealed anew to somebody by one who could open it."""
    cover = envelopes.seal_bytes(opener.open(opened(file).cover), to.public.recipient)
    return written(target, cover, parts_of(file))


def signed_anew(
    file: Path,
    opener: Installation,
    to: Installation,
    target: Path,
    change: Callable[[bytes], bytes],
    *,
    by: Installation,
    parts: dict[str, bytes] | None = None,
) -> Path:
    """A genuine parcel whose payload was changed and signed anew by `by`: its own author (a malicious insider) or another."""
    signed = read_statement(opener.open(opened(file).cover))
    fresh = by.sign(signed.payload_type, change(signed.payload))
    cover = envelopes.seal_bytes(write_statement(fresh, ""), to.public.recipient)
    return written(target, cover, parts_of(file) if parts is None else parts)
