"""How long the officer's laptop takes to take in the sheets of a whole panel: 12 sheets of 200 bids × 60 criteria."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script, the tests' own modules lie beside it

from sqlalchemy import select

import big
from evalpanel.domain.parcels import ParcelKind, file_name
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import Score, scored_lines, sheet_digest
from evalpanel.domain.tender import EnvelopeKind, PersonCode
from evalpanel.formats.parcel_bodies import Cover, Header, PartOf, write_cover
from evalpanel.formats.parcel_file import write_parcel
from evalpanel.formats.parcel_sheets import Scoresheet, SheetPart, SheetState, write_sheet_part
from evalpanel.formats.statements import write_statement
from evalpanel.sealing import envelopes
from evalpanel.sealing.installations import Installation, new_installation
from evalpanel.sealing.statements import identity
from evalpanel.services import declarations, exchange, issuing, receiving, setup, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from profiles import opened, quick_keys
from stages import REFERENCE

_WORDS = "Names a worker for each young carer, and says who steps in when she is away (page 12). " * 3


def measure(size: big.Size = big.WHOLE) -> Iterator[tuple[str, float, str]]:
    """What is measured, in the order in which it is told."""
    with TemporaryDirectory() as name, quick_keys():
        folder = Path(name)
        root = big.profile(folder / "officer", "loaded", size)
        with opened(root) as space:
            files, count = sheets(space, folder, size)
            times = [_took(space, [file]) for file in files]
            lines = count // len(files)
            yield f"receiving {len(files)} sheets of {lines} answers, {count} in all", sum(times), "s"
            yield "the last of them, as many times the first", times[-1] / times[0], "x"


def sheets(space: Workspace, folder: Path, size: big.Size) -> tuple[list[Path], int]:
    """A signed-off sheet of each panel member, as their laptops would send them; and the number of answers."""
    with space.store.reading() as tx:
        tender = tenders.find(tx, REFERENCE)
        mine = exchange.own(tx, space, tender.tender_id)
    assert mine is not None
    people = [one.person for one in tender.pack.panel if one.has(Role.PANEL_MEMBER)]
    laptops = {person: new_installation() for person in people}
    setup.freeze(space, REFERENCE)
    with space.store.writing() as tx:
        for person, keys in laptops.items():
            tx.add(
                t.ConfirmationRow(
                    tender_id=mine.tender,
                    person=person,
                    installation=keys.public.installation,
                    signing=keys.public.signing,
                    recipient=keys.public.recipient,
                    at=space.now(),
                    act=1,
                )
            )
    stick = folder / "stick"
    stick.mkdir()
    issuing.issue(space, REFERENCE, to=stick)
    for person in people:
        declarations.declare(space, REFERENCE, person=person)
    with space.store.reading() as tx:
        rows = tx.execute(select(t.EnvelopeRow).where(t.EnvelopeRow.kind == EnvelopeKind.SCORES)).scalars()
        scores = {(row.bidder, row.lot): (row.name, row.recipient) for row in rows}
    lines = scored_lines(tender.pack.criteria, tender.pack.bids)
    bidders = {(bid.lot, bid.bid): bid.bidder for bid in tender.pack.bids}
    files = []
    for person, keys in laptops.items():
        answers = [big._answer(line, person) for line in lines]
        groups: dict[tuple[object, object], list[Score]] = {}
        for one in answers:
            groups.setdefault((bidders[one.line.lot, one.line.bid], one.line.lot), []).append(one)
        parts = []
        for (bidder, lot), own in groups.items():
            named, recipient = scores[bidder, lot]  # type: ignore[index]  # codes, as the envelopes have them
            content = write_sheet_part(SheetPart(tuple(own), bidder, (), lot))  # type: ignore[arg-type]  # the same
            parts.append((named, envelopes.seal_bytes(content, recipient)))
        files.append(_sheet(stick, mine, person, keys, parts, sheet_digest(answers)))
    return files, len(lines) * len(people)


def _sheet(
    folder: Path,
    mine: exchange.Own,
    person: PersonCode,
    keys: Installation,
    parts: Sequence[tuple[str, bytes]],
    pinned: str,
) -> Path:
    import hashlib
    import io

    named = [(envelope, hashlib.sha256(sealed).hexdigest(), sealed) for envelope, sealed in parts]
    header = Header(
        about="",
        author=person,
        heads=(),
        history=(),
        incarnations=(),
        installation=keys.public.installation,
        made_at=datetime(2026, 10, 1, 9, 0, tzinfo=UTC),
        pack="",
        parts=tuple(PartOf(envelope, digest, len(sealed)) for envelope, digest, sealed in named),
        recipients=(mine.keys.public.installation,),
        roster="",
        seq=1,
        tender=mine.tender,
        trail=None,
    )
    cover = write_cover(Cover(Scoresheet("", pinned, SheetState.FINAL), header))
    signed = keys.sign(ParcelKind.SCORESHEET.payload_type, cover)
    sealed = envelopes.seal_bytes(write_statement(signed, ""), mine.keys.public.recipient)
    name = file_name(mine.tender, ParcelKind.SCORESHEET, person, 1, identity(signed, keys.public.signing))
    with (folder / name).open("wb") as file:
        write_parcel(file, sealed, is_open=False, parts=((digest, io.BytesIO(content)) for _, digest, content in named))
    return folder / name


def _took(space: Workspace, files: Sequence[Path]) -> float:
    start = time.perf_counter()
    reports = receiving.receive(space, files)
    assert [one.verdict for one in reports] == ["new"] * len(files), reports
    return time.perf_counter() - start


if __name__ == "__main__":
    for what, number, unit in measure():
        print(f"{what:<80} {number:>10.2f} {unit}")
