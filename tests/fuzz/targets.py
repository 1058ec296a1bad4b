"""Every reader of what strangers send, as a target for a fuzzer: bytes in, and nothing out but what it promises.

The promise of each: any bytes end in a value or in an `EvalPanelError`, with words that can be shown and written down.
Where we write the format too, what was read is written and read back. `check` is all that a fuzzer or a test calls, inside
`watch.only_reading`.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

import make
from evalpanel.domain.intake import Problem, ProblemsFound
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.process_feedback import understood
from evalpanel.domain.sheets import Score, ScoreStatus
from evalpanel.domain.signatures import SignatureVerdict
from evalpanel.domain.tender import LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats import bag_tags, hidden_text
from evalpanel.formats.bag import bags_inside, read_bag, top_of_bag
from evalpanel.formats.docx_text import read_docx
from evalpanel.formats.filled_form import read_filled
from evalpanel.formats.folder import MOST_FILES, open_source
from evalpanel.formats.mapping_file import read_mapping, write_mapping
from evalpanel.formats.ocds import read_ocds
from evalpanel.formats.ocds_draft import draft_workbook
from evalpanel.formats.office_checks import Watcher, look
from evalpanel.formats.pack_streams import Listed, checked, stream
from evalpanel.formats.pdf_checks import look_at_pdf
from evalpanel.formats.price_schedule import read_price_schedule, write_price_schedule
from evalpanel.formats.score_workbook import (
    ModeratedLine,
    ScoreSheetLine,
    read_moderated,
    read_scores,
    write_moderated_csv,
    write_scores_csv,
)
from evalpanel.formats.tar_members import list_tar
from evalpanel.formats.template import write_pack
from evalpanel.formats.workbook import read_prices, read_workbook
from evalpanel.formats.xlsx import read_xlsx
from evalpanel.formats.zip_members import list_zip
from evalpanel.sealing import keys, paper_keys
from evalpanel.sealing.pdf_signature import verify
from evalpanel.services.questions import shipped_form
from fakes import MemoryKeyring
from fuzz import beginnings as made
from fuzz import disclosed, exchange, papers
from fuzz.parcels import as_file, grid_book, lying_zip, mended_tar, parcel, unwrapped, zipped
from fuzz.watch import quiet

LONGEST = 20_000
"""No sentence about a file is longer, whatever the file holds."""
_SELDOM = 16
_LOT = LotCode("L1")


@dataclass(frozen=True, slots=True)
class Target:
    """One reader. `words` are what a fuzzer should try to put in; `most` is the longest input worth trying, in bytes."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    words: tuple[str | bytes, ...] = ()
    most: int = 16_384
    beside: tuple[str, ...] = ()
    """Packages of others that a longer run follows, too."""


def check(name: str, data: bytes) -> None:
    """Give `data` to one reader. Whatever it does besides keeping its promise is raised."""
    try:
        TARGETS[name].run(data)
    except ProblemsFound as refused:
        _told(refused.problems)
        _shown(refused.title)
    except EvalPanelError as refused:
        _shown(str(refused))


def seeds(name: str) -> list[bytes]:
    """What a fuzzer starts from: inputs made here, and those that once did harm or led somewhere new."""
    folder = made.SPECIMENS / "fuzz" / name
    kept = sorted(folder.iterdir()) if folder.is_dir() else []
    return [*TARGETS[name].seeds(), *(path.read_bytes() for path in kept)]


def _shown(text: str) -> None:
    text.encode()
    assert 0 < len(text) <= LONGEST, f"{len(text)} characters in one sentence: {text[:200]}"


def _told(problems: Iterable[Problem]) -> None:
    for problem in problems:
        _shown(problem.what)
        problem.where.encode()
        assert len(problem.where) <= LONGEST


def _seldom(data: bytes) -> bool:
    """True for a few inputs, always the same: for what takes long."""
    return zlib.crc32(data) % _SELDOM == 0


# Spreadsheets -------------------------------------------------------------------------------------------------------


def _xlsx(data: bytes) -> None:
    _told(read_xlsx(data, "t.xlsx")[1])


def _xlsx_parts(data: bytes) -> None:
    _xlsx(zipped(unwrapped(data)))


def _workbook(data: bytes) -> None:
    book = grid_book(data)
    reading = read_workbook(book)
    _told(reading.problems)
    _told(read_workbook(book, within=make.pack()).problems)
    if reading.is_sound and reading.pack.tender is not None and _seldom(data):
        again = read_workbook(write_pack(reading.pack))
        assert (again.pack, again.is_sound) == (reading.pack, True)


def _prices(data: bytes) -> None:
    for lots in ((_LOT,), (_LOT, LotCode("L2"))):
        _told(read_prices(data, "p.csv", lots)[1])
    _told(read_prices(grid_book(data), "p.xlsx", (_LOT,))[1])


def _scores(data: bytes) -> None:
    _told(read_scores(grid_book(data), "s.xlsx", (_LOT, LotCode("L2")))[1])
    rows, problems = read_scores(data, "s.csv", (_LOT,))
    _told(problems)
    if any(problem.stops for problem in problems):
        return
    read = [
        Score(row.line, row.status or ScoreStatus.BLANK, row.value, row.rationale or "", row.improvements or "",
              row.working_note or "")
        for row in rows
    ]  # fmt: skip
    again, problems = read_scores(write_scores_csv([ScoreSheetLine(score) for score in read]), "s.csv", (_LOT,))
    held = [replace(row, where="") for row in rows]
    assert not [problem for problem in problems if problem.stops]
    # A blank is written as an empty cell: the row is the same, and says nothing.
    assert [_plain(replace(row, where="")) for row in again] == [_plain(row) for row in held]


def _plain(row: object) -> tuple[object, ...]:
    """A row as it counts: empty texts and blanks say nothing."""
    return tuple(
        None if value in ("", ScoreStatus.BLANK) else value
        for value in (getattr(row, name) for name in row.__slots__)  # type: ignore[attr-defined]  # rows are slotted
    )


def _moderated(data: bytes) -> None:
    _told(read_moderated(grid_book(data), "m.xlsx", (_LOT, LotCode("L2")))[1])
    rows, problems = read_moderated(data, "m.csv", (_LOT,))
    _told(problems)
    if any(problem.stops for problem in problems):
        return
    read = [
        ModeratedScore(row.line, row.value, row.reasons or "", row.disclosable_reasons or "", row.withheld_why or "",
                       row.not_higher or "", row.differences or "", row.improvements or "", row.present or (),
                       row.dissent or "")
        for row in rows
    ]  # fmt: skip
    again, problems = read_moderated(write_moderated_csv([ModeratedLine(score) for score in read]), "m.csv", (_LOT,))
    assert not [problem for problem in problems if problem.stops]
    assert [_plain(replace(row, where="", present=row.present or None)) for row in again] == [
        _plain(replace(row, where="", present=row.present or None)) for row in rows
    ]


def _mapping(data: bytes) -> None:
    _told(read_mapping(grid_book(data), "m.xlsx")[1])
    entries, problems = read_mapping(data, "m.csv")
    _told(problems)
    if entries and not any(problem.stops for problem in problems):
        assert read_mapping(write_mapping(entries), "m.csv")[0] == entries


def _price_schedule(data: bytes) -> None:
    lines = read_price_schedule(data)
    assert read_price_schedule(write_price_schedule(lines)) == lines


# Packs --------------------------------------------------------------------------------------------------------------


def _all_read(listed: Iterable[Listed], problems: Iterable[Problem]) -> None:
    """Every file is read to its end or refused, and is as long as it was said to be."""
    _told(problems)
    for item in listed:
        assert not item.path.startswith("./")
        try:
            with stream(item.blocks()) as file:
                length = 0
                while block := file.read(1 << 16):
                    length += len(block)
        except EvalPanelError as refused:
            _shown(str(refused))
        else:
            assert item.is_folder or length == item.size


def _zip(data: bytes) -> None:
    _all_read(*list_zip(io.BytesIO(data), MOST_FILES))


def _zip_lies(data: bytes) -> None:
    # A real file: seeking beyond all measure is refused by the system and not by Python.
    with as_file(lying_zip(data)).open("rb") as file:
        _all_read(*list_zip(file, MOST_FILES))


def _tar(data: bytes) -> None:
    with as_file(mended_tar(data)).open("rb") as file:
        _all_read(*list_tar(file, "t.tar", 100, 1 << 20))


def _tar_gz(data: bytes) -> None:
    if not data.startswith(b"\x1f\x8b"):
        data = gzip.compress(mended_tar(data), 1, mtime=0)
    _all_read(*list_tar(io.BytesIO(data), "t.tar.gz", 100, 1 << 20))


def _bag(data: bytes) -> None:
    files: dict[str, Listed] = {}
    for name, body in unwrapped(data):
        path = name.decode("utf-8", "surrogateescape")
        files.setdefault(path, Listed(path, len(body), _blocks_of(path, body)))
    listed = list(files.values())
    _told(bags_inside(listed))
    top = top_of_bag(listed)
    if top is not None:
        _all_read(*read_bag("b", listed, top))


def _blocks_of(path: str, body: bytes) -> Callable[[], Generator[bytes, None, None]]:
    return lambda: checked(path, len(body), iter((body,)), None)


def _bag_tags(data: bytes) -> None:
    for read in (
        lambda: bag_tags.read_declaration(data),
        lambda: tuple(bag_tags.read_manifest(data.decode("latin-1"), None)),
        lambda: tuple(bag_tags.read_manifest(data.decode("utf-8", "replace"), 32)),
        lambda: bag_tags.read_info(data.decode("utf-8", "replace")),
        lambda: bag_tags.read_oxum(data.decode("utf-8", "replace")),
    ):
        try:
            read()
        except bag_tags.TagError as refused:
            _shown(str(refused))


def _pack(data: bytes) -> None:
    with open_source(as_file(data), room=1 << 30) as source:
        _told(source.problems)
        if not any(problem.stops for problem in source.problems):
            for entry in source.entries:
                with source.open(entry) as file:
                    assert len(file.read()) == entry.size


# Notices ------------------------------------------------------------------------------------------------------------


def _ocds(data: bytes) -> None:
    reading = read_ocds(data, "n.json")
    _told(reading.problems)
    for tender in reading.tenders:
        _told(tender.problems)
        for ask in tender.asks:
            _shown(ask.why)
    assert reading.is_usable or any(
        problem.stops
        for problem in (*reading.problems, *(one for tender in reading.tenders for one in tender.problems))
    )
    if _seldom(data):
        for tender in [one for one in reading.tenders if one.is_usable][:1]:
            found = {problem.where for problem in read_workbook(draft_workbook(tender)).problems if problem.stops}
            assert found == {ask.cell for ask in tender.asks if ask.needed} - {"Tender!B14"}


# Documents ----------------------------------------------------------------------------------------------------------


def _docx(data: bytes) -> None:
    read = read_docx(zipped(unwrapped(data)))
    for paragraph in read.paragraphs:
        paragraph.text.encode()


def _documents(data: bytes) -> None:
    name, _, content = data.partition(b"\n")
    path = name.decode("utf-8", "replace")
    _told(look(content, path))
    watcher = Watcher(path)
    for at in range(0, len(content), 1000):
        watcher.take(content[at : at + 1000])
    assert watcher.notes() == look(io.BytesIO(content), path)
    if data.startswith(b"==> "):
        _told(look(zipped(unwrapped(data)), "a.docx"))


def _hidden(data: bytes) -> None:
    """All the words of a document: each piece has a place that can be shown, and says either words or why there are none."""
    name, _, content = data.partition(b"\n")
    files = [(content, name.decode("utf-8", "replace"))]
    if data.startswith(b"==> "):
        files = [(zipped(unwrapped(data)), "a.docx")]
    for content, path in files:
        for piece in hidden_text.pieces(content, path):
            assert not (piece.unseen and piece.text)
            assert len(piece.place) < 200


def _pdf(data: bytes) -> None:
    for sentence in look_at_pdf(data):
        _shown(sentence)


def _letter(data: bytes) -> None:
    """`@place` and a line end before some bytes: a made.signed letter with these bytes at that place. Else a file."""
    head, newline, bytes_there = data.partition(b"\n")
    letter = data
    if newline and head.startswith(b"@") and head[1:].isdigit() and len(head) < 9:
        at = int(head[1:]) % len(made.signed())
        letter = made.signed()[:at] + bytes_there + made.signed()[at + len(bytes_there) :]
    with quiet("pyhanko"):
        report = verify(letter, {})
    for sentence in (*report.proved, *report.not_proved):
        _shown(sentence)
    whole = report.verdict in (SignatureVerdict.VERIFIED, SignatureVerdict.UNKNOWN_SIGNER)
    assert whole == (letter == made.signed())


# Keys ---------------------------------------------------------------------------------------------------------------


def _keys(data: bytes) -> None:
    file = as_file(data)
    try:
        keys.has_passphrase(file)
        keys.papers(file)
        with suppress(EvalPanelError):
            keys.unlock(file, file.parent, passphrase=None, paper=bytes(16))
        keys.unlock(file, file.parent, passphrase=None, backend=_Strict)
    finally:
        assert file.read_bytes() == data


def _paper_words(data: bytes) -> None:
    """What somebody types from a sheet. What is read has one way of being written."""
    secret = paper_keys.secret_of(data.decode("utf-8", "replace"))
    assert paper_keys.secret_of(" ".join(paper_keys.words_of(secret))) == secret


def _paper_seeds() -> Iterable[bytes]:
    words = paper_keys.words_of(bytes(range(16)))
    return [" ".join(words).encode(), "\n".join(f"{one}. {word[:4]}" for one, word in enumerate(words, 1)).encode()]


class _Strict(MemoryKeyring):
    """As strict as a real keyring, which takes names that can be sent to it as text."""

    def get_password(self, service: str, username: str) -> str | None:
        assert "\0" not in username
        username.encode()
        return super().get_password(service, username)


def _filled_form(data: bytes) -> None:
    form = shipped_form()
    read = understood(form, read_filled(data, form).fields)
    for note in read.notes:
        _shown(note)
    assert understood(form, dict(read.answers.given)).answers == read.answers


TARGETS: dict[str, Target] = {
    "xlsx": Target(_xlsx_parts, made.xlsx_seeds, made.XLSX_WORDS),
    "xlsx_bytes": Target(_xlsx, lambda: [zipped(unwrapped(one)) for one in made.xlsx_seeds()], made.ZIP_WORDS),
    "workbook": Target(_workbook, lambda: [parcel(made.sheets_of_a_pack())], made.GRID_WORDS),
    "prices": Target(_prices, lambda: made.grids(made.PRICES_CSV, "Prices"), made.CSV_WORDS, 4096),
    "scores": Target(_scores, lambda: made.grids(made.SCORES_CSV, "Scores"), made.CSV_WORDS, 4096),
    "moderated": Target(_moderated, lambda: made.grids(made.MODERATED_CSV, "Moderated"), made.CSV_WORDS, 4096),
    "mapping": Target(_mapping, lambda: made.grids(made.MAPPING_CSV, "Documents"), made.CSV_WORDS, 4096),
    "price_schedule": Target(
        _price_schedule, made.schedule_seeds, ('"lines":[', '"format":"evalpanel-prices-v1"', "null", "1e9")
    ),
    "zip": Target(_zip, made.zip_seeds, made.ZIP_WORDS, 4096),
    "zip_lies": Target(
        _zip_lies, made.lies_seeds, ("|offset=", "|extra=", "|flags=", "|mode=", "|method=8", "\n==> ", "ffffffff")
    ),
    "tar": Target(
        _tar, made.tar_seeds, ("ustar\0" + "00", "00000000000", "path=", "size=", "GNU.sparse.major=1", "10 a=b\n")
    ),
    "tar_gz": Target(_tar_gz, made.gz_seeds, (b"\x1f\x8b\x08",)),
    "bag": Target(
        _bag,
        made.bag_seeds,
        ("\n==> data/", "bagit.txt", "manifest-sha512.txt", "fetch.txt", "%0A", "%25", "../", "UTF-16"),
    ),
    "bag_tags": Target(_bag_tags, made.tag_seeds, ("BagIt-Version: ", "\n ", "%0d", "  *", ": "), 4096),
    "pack": Target(_pack, made.pack_seeds, (*made.ZIP_WORDS, b"7z\xbc\xaf\x27\x1c", b"BZh")),
    "ocds": Target(_ocds, made.ocds_seeds, made.OCDS_WORDS, 65_536),
    "docx": Target(_docx, made.docx_seeds, made.DOCX_WORDS),
    "documents": Target(
        _documents,
        made.document_seeds,
        (*made.XML_WORDS, "TargetMode=", "External", "Relationship ", "vbaProject", ".rels"),
    ),
    "hidden_text": Target(_hidden, made.hidden_seeds, (*made.XML_WORDS, *made.PDF_WORDS, "w:author=", "dc:creator")),
    "pdf": Target(_pdf, made.pdf_seeds, made.PDF_WORDS),
    "filled_form": Target(
        _filled_form,
        made.form_seeds,
        (*made.PDF_WORDS, "/AcroForm", "/Fields[", "/Kids[", "/T(found)", "/V/2", "/Filter/FlateDecode"),
    ),
    "letter": Target(
        _letter,
        made.letter_seeds,
        (*made.PDF_WORDS, "/XRef", "/W[1 2 1]", "/Prev ", "/Fields[", "/Contents<", "/ByteRange["),
        beside=("pyhanko",),
    ),
    "profile": Target(papers.profile, papers.profile_seeds, papers.WORDS, 4096),
    "wording": Target(papers.wording, papers.wording_seeds, papers.WORDING_WORDS, 65_536),
    "logo": Target(papers.logo, papers.logo_seeds, papers.LOGO_WORDS, 4096),
    "timestamp": Target(papers.reply, papers.reply_seeds, (b"\x30\x82", b"\x02\x01\x00"), 8192, beside=("pyhanko",)),
    "keys": Target(
        _keys, made.key_seeds, ('"kind":"keyring"', '"slots":[', '"v":1', '"\\ud800"', '"\\u0000"', "AAAA", "=="), 4096
    ),
    "paper words": Target(_paper_words, _paper_seeds, ("abandon", "zoo", "1. ", "\u0130", "\ufb01"), 512),
    "parcel": Target(exchange.parcel_file, exchange.parcel_seeds, made.ZIP_WORDS, 4096),
    "statement": Target(exchange.statement, exchange.statement_seeds, exchange.WORDS, 4096),
    "cover": Target(exchange.cover, exchange.cover_seeds, exchange.WORDS),
    "bid record": Target(exchange.bid_record, exchange.bid_record_seeds, (*exchange.WORDS, '["', "\n", "ab" * 32)),
    "trail copy": Target(
        exchange.trail_copy, exchange.trail_copy_seeds, (*exchange.WORDS, '"header":null', '"salt":"', "\n")
    ),
    "disclosure": Target(
        disclosed.disclosure,
        disclosed.disclosure_seeds,
        (
            *exchange.WORDS,
            "\n==> record\n",
            "\n==> trail\n",
            "\n==> redactions\n",
            '"redactions":[',
            '"instead":',
            '"entry":',
        ),
    ),
    "letter list": Target(exchange.letter_list, exchange.letter_list_seeds, (*exchange.WORDS, '"file":"../')),
    "detached signature": Target(exchange.detached, exchange.detached_seeds, exchange.WORDS, 4096),
    "piece": Target(exchange.piece, exchange.piece_seeds, exchange.WORDS),
}
