"""Parcels that were damaged, forged or put together: refused in words, with nothing changed, in bounded time and memory."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

import hostile
from evalpanel.domain.parcels import ParcelKind, Statement, Verdict
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, BidderCode, CriterionCode, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_file import Container, checked_blocks, read_parcel
from evalpanel.formats.parcel_sheets import SheetPart, write_sheet_part
from evalpanel.formats.statements import read_statement, write_statement
from evalpanel.sealing import envelopes
from evalpanel.sealing.installations import Installation, new_installation
from evalpanel.services import declarations, inviting, issuing, joining, scoring, sending, setup, sign_off
from evalpanel.services.workspace import Workspace
from hostile import canonical, opened, parts_of, signed_anew, state, written
from laptops import OFFICER, Laptops, laptops
from profiles import Clock
from stages import REFERENCE, line, load, score

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits of a process are set as Linux has them")


@dataclass(frozen=True, slots=True)
class Sent:
    """Genuine parcels that have not been taken in where they are going: by kind, whose laptop they are for."""

    desk: Laptops
    files: dict[str, Path]
    to: dict[str, str]
    older_sheet: Path
    release_of_another: Path


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    root = tmp_path_factory.mktemp("hostile")

    def prepare(space: Workspace) -> None:
        load(space, root / "pack")
        setup.freeze(space, REFERENCE)

    with laptops(root, Clock(), prepare) as desk:
        one, two, fresh = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1", "PM2", "CH1"])
        desk.join(REFERENCE, "PM1", one.file)
        desk.join(REFERENCE, "PM2", two.file)
        answer = joining.enrol(desk["CH1"], fresh.file, to=desk.stick)
        made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
        # PM2 takes in nothing; PM1 works.
        desk.take("PM1", made.roster, made.pack, made.releases[PersonCode("PM1")])
        declarations.declare(desk["PM1"], REFERENCE, person="PM1")
        score(desk["PM1"], person="PM1")
        sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")
        first = sending.send(desk["PM1"], REFERENCE, to=desk.stick)
        sign_off.reopen(desk["PM1"], REFERENCE, person="PM1", reason="A page was overlooked.")
        changed = Score(line("B01", "1.1"), ScoreStatus.SCORED, Decimal(1), "Page 9 says less.")
        scoring.save_score(desk["PM1"], REFERENCE, person="PM1", score=changed)
        sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")
        second = sending.send(desk["PM1"], REFERENCE, to=desk.stick)
        assert first.sheet is not None
        assert second.sheet is not None
        assert second.declaration is not None
        yield Sent(
            desk,
            {
                "enrolment": answer,
                "roster": made.roster,
                "pack": made.pack,
                "release": made.releases[PersonCode("PM2")],
                "declaration": second.declaration,
                "scoresheet": second.sheet,
            },
            {
                "enrolment": OFFICER,
                "roster": "PM2",
                "pack": "PM2",
                "release": "PM2",
                "declaration": OFFICER,
                "scoresheet": OFFICER,
            },
            first.sheet,
            made.releases[PersonCode("PM1")],
        )


KINDS = ("enrolment", "roster", "pack", "release", "declaration", "scoresheet")
SEALED = KINDS[1:]


def refused(sent: Sent, person: str, file: Path) -> str:
    """The words with which a file is refused on somebody's laptop, where nothing has changed after it."""
    return hostile.refused(sent.desk, person, file)


def keys(sent: Sent, person: str) -> Installation:
    return hostile.keys(sent.desk[person])


AUTHOR = {"roster": OFFICER, "pack": OFFICER, "release": OFFICER, "declaration": "PM1", "scoresheet": "PM1"}


def forged(
    sent: Sent,
    kind: str,
    target: Path,
    change: Callable[[bytes], bytes],
    *,
    by: Installation | None = None,
    parts: dict[str, bytes] | None = None,
) -> Path:
    """A genuine parcel whose payload was changed and signed anew: by its own author (a malicious insider), or by `by`."""
    to, author = keys(sent, sent.to[kind]), by or keys(sent, AUTHOR[kind])
    return signed_anew(sent.files[kind], to, to, target, change, by=author, parts=parts)


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_byte_is_refused_wherever_it_is(sent: Sent, kind: str, tmp_path: Path) -> None:
    genuine = sent.files[kind].read_bytes()
    whole = opened(sent.files[kind])
    places = sorted({*range(0, len(genuine), max(1, len(genuine) // 24)), len(genuine) - 1, 30, len(genuine) - 22})
    tried = 0
    for place in places:
        data = bytearray(genuine)
        data[place] ^= 0x41
        try:
            held = read_parcel(io.BytesIO(bytes(data)))
        except EvalPanelError:
            held = None
        if isinstance(held, Container) and held.cover == whole.cover and held.is_open == whole.is_open:
            try:
                if {name: b"".join(checked_blocks(part)) for name, part in held.parts.items()} == parts_of(
                    sent.files[kind]
                ):
                    continue  # a byte that says nothing: a time, a mark of an operating system
            except EvalPanelError:
                pass
        file = tmp_path / f"{place}.evalpanel"
        file.write_bytes(bytes(data))
        refused(sent, sent.to[kind], file)
        tried += 1
    assert tried > 12


@pytest.mark.parametrize("kind", KINDS)
def test_truncated_file_is_refused_wherever_it_ends(sent: Sent, kind: str, tmp_path: Path) -> None:
    genuine = sent.files[kind].read_bytes()
    for size in (0, 1, 4, 30, len(genuine) // 3, len(genuine) // 2, len(genuine) - 23, len(genuine) - 1):
        file = tmp_path / f"{size}.evalpanel"
        file.write_bytes(genuine[:size])
        refused(sent, sent.to[kind], file)


@pytest.mark.parametrize("kind", SEALED)
def test_sealed_cover_cut_short_is_refused(sent: Sent, kind: str, tmp_path: Path) -> None:
    cover = opened(sent.files[kind]).cover
    for size in (1, 60, len(cover) // 2, len(cover) - 1):
        refused(sent, sent.to[kind], written(tmp_path / f"{size}.evalpanel", cover[:size], parts_of(sent.files[kind])))


@pytest.mark.parametrize("kind", SEALED)
def test_outsiders_signature_under_an_insiders_name_is_refused(sent: Sent, kind: str, tmp_path: Path) -> None:
    file = forged(sent, kind, tmp_path / "x.evalpanel", lambda payload: payload, by=new_installation())
    assert "its signature does not fit" in refused(sent, sent.to[kind], file)


@pytest.mark.parametrize("kind", SEALED)
def test_outsider_under_their_own_key_waits_and_is_never_taken_in(sent: Sent, kind: str, tmp_path: Path) -> None:
    outsider = new_installation()
    known = keys(sent, AUTHOR[kind]).public.installation.encode()

    def claim(payload: bytes) -> bytes:
        return payload.replace(b'"installation":"' + known, b'"installation":"' + outsider.public.installation.encode())

    space = sent.desk[sent.to[kind]]
    rows = state(space)[0]
    file = forged(sent, kind, tmp_path / "x.evalpanel", claim, by=outsider)
    (report,) = sent.desk.take(sent.to[kind], file)
    assert (report.verdict, report.keeps) == (Verdict.WAITING, True)
    assert "a laptop that is not known here yet" in report.words
    assert state(space)[0] == rows
    for path in space.folders.waiting.iterdir():
        path.unlink()


@pytest.mark.parametrize("kind", SEALED)
def test_wrong_tender_is_refused(sent: Sent, kind: str, tmp_path: Path) -> None:
    def other(payload: bytes) -> bytes:
        held = json.loads(payload)
        return payload.replace(held["header"]["tender"].encode(), b"ab" * 16)

    words = refused(sent, sent.to[kind], forged(sent, kind, tmp_path / "x.evalpanel", other))
    assert "of another tender" in words


def test_parcel_sealed_anew_for_another_person_is_refused(sent: Sent, tmp_path: Path) -> None:
    genuine = sent.release_of_another
    opener = keys(sent, "PM1")
    cover = envelopes.seal_bytes(opener.open(opened(genuine).cover), keys(sent, "PM2").public.recipient)
    assert "not made for this laptop" in refused(sent, "PM2", written(tmp_path / "x.evalpanel", cover, {}))


def test_keys_of_another_person_do_not_open(sent: Sent, tmp_path: Path) -> None:
    file = written(tmp_path / "x.evalpanel", opened(sent.release_of_another).cover, {})
    assert "not sealed to this laptop" in refused(sent, "PM2", file)


def test_statement_of_one_kind_is_not_taken_for_another(sent: Sent, tmp_path: Path) -> None:
    to = keys(sent, OFFICER)
    signed = read_statement(to.open(opened(sent.files["declaration"]).cover))
    posed = Statement(ParcelKind.SCORESHEET.payload_type, signed.payload, signed.signature)
    cover = envelopes.seal_bytes(write_statement(posed, ""), to.public.recipient)
    refused(sent, OFFICER, written(tmp_path / "x.evalpanel", cover, {}))


@pytest.mark.parametrize("kind", ["roster", "pack", "scoresheet"])
def test_cover_without_its_parts_and_parts_without_a_cover_are_refused(sent: Sent, kind: str, tmp_path: Path) -> None:
    cover, parts = opened(sent.files[kind]).cover, parts_of(sent.files[kind])
    words = refused(sent, sent.to[kind], written(tmp_path / "cover.evalpanel", cover, {}))
    assert "does not hold the parts" in words
    one = dict(list(parts.items())[1:])
    refused(sent, sent.to[kind], written(tmp_path / "one less.evalpanel", cover, one))
    bare = tmp_path / "parts.evalpanel"
    with zipfile.ZipFile(bare, "w") as archive:
        for name, content in parts.items():
            archive.writestr(f"parts/{name}.age", content)
    refused(sent, sent.to[kind], bare)


def test_genuine_parts_of_two_parcels_are_refused_together(sent: Sent, tmp_path: Path) -> None:
    newer, older = opened(sent.files["scoresheet"]).cover, parts_of(sent.older_sheet)
    assert "does not hold the parts" in refused(sent, OFFICER, written(tmp_path / "x.evalpanel", newer, older))


def test_insiders_cover_over_parts_of_an_older_sheet_is_refused(sent: Sent, tmp_path: Path) -> None:
    to = keys(sent, OFFICER)
    older = json.loads(read_statement(to.open(opened(sent.older_sheet).cover)).payload)["header"]["parts"]

    def swap(payload: bytes) -> bytes:
        held = json.loads(payload)
        held["header"]["parts"] = older
        return canonical(held)

    file = forged(sent, "scoresheet", tmp_path / "x.evalpanel", swap, parts=parts_of(sent.older_sheet))
    assert "not those that the cover names" in refused(sent, OFFICER, file)


def test_part_under_another_bids_envelope_is_refused(sent: Sent, tmp_path: Path) -> None:
    def swap(payload: bytes) -> bytes:
        held = json.loads(payload)
        one, two, *_ = held["header"]["parts"]
        one["envelope"], two["envelope"] = two["envelope"], one["envelope"]
        return canonical(held)

    refused(sent, OFFICER, forged(sent, "scoresheet", tmp_path / "x.evalpanel", swap))


ODD: dict[str, Callable[[bytes], bytes]] = {
    "a repeated key": lambda payload: payload.replace(b'"seq":', b'"seq":1,"seq":', 1),
    "NaN": lambda payload: payload.replace(b'"seq":', b'"seq":NaN,"x":', 1),
    "a huge number": lambda payload: payload.replace(b'"seq":', b'"seq":' + b"9" * 400 + b',"x":', 1),
    "an exponent": lambda payload: payload.replace(b'"seq":', b'"seq":1e0,"x":', 1),
    "an unknown field": lambda payload: payload.replace(b'"seq":', b'"secret":1,"seq":', 1),
    "deep nesting": lambda payload: payload.replace(b'"seq":', b'"deep":' + b"[" * 200_000 + b"]" * 200_000 + b',"seq":', 1),
    "white space": lambda payload: payload.replace(b'"seq":', b'"seq": ', 1),
    "a negative number": lambda payload: payload.replace(b'"seq":', b'"seq":-', 1),
    "half a surrogate": lambda payload: payload.replace(b'"about":"', b'"about":"\\ud800', 1),
    "bytes that are no text": lambda payload: payload.replace(b'"about":"', b'"about":"\xff\xfe', 1),
    "nothing": lambda _payload: b"",
    "another shape": lambda _payload: b"[]",
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", ["roster", "release", "scoresheet"])
def test_insider_who_writes_odd_json_is_refused(sent: Sent, kind: str, odd: str, tmp_path: Path) -> None:
    refused(sent, sent.to[kind], forged(sent, kind, tmp_path / "x.evalpanel", ODD[odd]))


def test_insider_who_claims_another_role_is_refused(sent: Sent, tmp_path: Path) -> None:
    to = keys(sent, OFFICER)
    signed = read_statement(to.open(opened(sent.files["declaration"]).cover))
    fresh = keys(sent, "PM1").sign(ParcelKind.ROSTER.payload_type, signed.payload)
    cover = envelopes.seal_bytes(write_statement(fresh, ""), to.public.recipient)
    assert "PM1 does not send a roster" in refused(sent, OFFICER, written(tmp_path / "x.evalpanel", cover, {}))


@pytest.mark.parametrize("part", ["cover.age", "cover.json"])
def test_zip_bomb_is_refused(sent: Sent, part: str, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.evalpanel"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(part, "w") as file:
        for _ in range(64):
            file.write(bytes(1 << 20))
    assert bomb.stat().st_size < 1 << 20
    refused(sent, OFFICER, bomb)


_CHILD = """
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_file import Container, checked_blocks, read_parcel
from evalpanel.formats.parcel_sheets import read_sheet_part
from evalpanel.formats.statements import read_statement
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
readers = {"parcel": None, "statement": read_statement, "part": read_sheet_part}
reader, path = readers[sys.argv[1]], Path(sys.argv[2])
try:
    if reader is None:
        with path.open("rb") as file:
            held = read_parcel(file)
            if isinstance(held, Container):
                for part in held.parts.values():
                    for block in checked_blocks(part):
                        pass
    else:
        reader(path.read_bytes())
except EvalPanelError as error:
    print("refused:", error)
print("grew", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - own)
"""


def child(reader: str, path: Path) -> tuple[str, int]:
    """What a reader says of a file in a process of its own, of at most a minute; and by how many MB it grew."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, reader, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )
    *said, grew = done.stdout.splitlines()
    return " ".join(said), int(grew.split()[1]) // 1024


@LINUX
def test_bombs_and_millions_take_bounded_memory(tmp_path: Path) -> None:
    answer = b'{"line":{"bid":"B01","criterion":"1.1","lot":"L1"},"status":"blank"},'
    million = tmp_path / "million.json"
    million.write_bytes(b'{"answers":[' + answer * 1_000_000 + b"]}")
    deep = tmp_path / "deep.json"
    deep.write_bytes(b"[" * 10_000_000)
    bomb = tmp_path / "bomb.evalpanel"
    name = hashlib.sha256(b"").hexdigest()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cover.age", b"x")
        with archive.open(f"parts/{name}.age", "w") as file:
            for _ in range(512):
                file.write(bytes(1 << 20))
    for reader, path in (
        ("part", million),
        ("statement", million),
        ("statement", deep),
        ("part", deep),
        ("parcel", bomb),
    ):
        said, grew = child(reader, path)
        assert said.startswith("refused:"), (reader, path.name, said)
        assert grew < 200, (reader, path.name, grew)


@pytest.mark.parametrize("figure", ["NaN", "sNaN", "-Infinity", "1E+999999999", "0E+999999999", "1E-999999999"])
def test_figure_that_is_no_score_is_refused_before_it_fills_the_memory(figure: str, tmp_path: Path) -> None:
    path = tmp_path / "part.json"
    place = Line(LotCode("L1"), BidCode("B01"), CriterionCode("1.1"))
    answer = Score(place, ScoreStatus.SCORED, Decimal(figure))
    path.write_bytes(write_sheet_part(SheetPart((answer,), BidderCode("B01"), (), LotCode("L1"))))
    said, grew = child("part", path)
    assert said.startswith("refused: The score sheet cannot be read.")
    assert grew < 50
