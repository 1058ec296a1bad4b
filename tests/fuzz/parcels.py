"""Inputs that a fuzzer can change behind the layers of a container: the parts of a package as one readable text.

A changed bit of a zip is nearly always a wrong checksum, and no reader behind it sees anything new. So the fuzzer holds
the parts, and the container is made round them for each run: sound, or with the lies that the input asks for.
"""

from __future__ import annotations

import re
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from specimens.archives.raw_zip import Member, raw_zip

_HEAD = re.compile(rb"(?:\A|\n)==> ([^\n]*)\n")
_UNIT = 512
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def parcel(parts: Mapping[str, bytes]) -> bytes:
    """Parts as one text: a line `==> name` before each."""
    return b"".join(b"\n==> %s\n%s" % (name.encode(), data) for name, data in parts.items()).removeprefix(b"\n")


def unwrapped(data: bytes) -> list[tuple[bytes, bytes]]:
    """The parts of a parcel in their order; what stands before the first is a part without a name."""
    pieces = _HEAD.split(data)
    named = list(zip(pieces[1::2], pieces[2::2], strict=True))
    return [(b"", pieces[0]), *named] if pieces[0] else named


def zipped(parts: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A sound zip of these parts, one name twice where they say so."""
    return raw_zip([Member(name, data) for name, data in parts])


# Workbooks ----------------------------------------------------------------------------------------------------------


def book_parts(titles: Iterable[str]) -> dict[str, bytes]:
    """The parts of a workbook that lead to its sheets, with three styles: none, a date, a percentage."""
    listed = list(enumerate(titles, 1))
    sheets = "".join(f'<sheet name="{escape(title)}" sheetId="{n}" r:id="r{n}"/>' for n, title in listed)
    leads = "".join(
        f'<Relationship Id="r{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in listed
    )
    leads += f'<Relationship Id="s" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
    leads += f'<Relationship Id="t" Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'
    root = f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/></cellXfs>'
    made = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}">{root}</Relationships>',
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{leads}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"><si><t>shared</t></si><si><r><t>ri</t></r><r><t>ch</t></r></si></sst>',
    }
    return {name: text.encode() for name, text in made.items()}


def sheet_xml(lines: Iterable[str]) -> bytes:
    """A sheet whose rows are lines and whose cells are parted by tabs.

    The first sign of a cell says its kind: `#` a number, `%` a percentage, `@` a day by its number, `!` an error,
    `=` a formula, `?` true or false, `~` a shared text, `'` a text that begins with such a sign.
    """
    rows = "".join(f"<row>{''.join(map(_cell, line.split(chr(9))))}</row>" for line in lines)
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()


_TYPED = {
    "#": '<c><v>{}</v></c>',
    "%": '<c s="2"><v>{}</v></c>',
    "@": '<c s="1"><v>{}</v></c>',
    "!": '<c t="e"><v>{}</v></c>',
    "=": "<c><f>{}</f><v>1</v></c>",
    "?": '<c t="b"><v>{}</v></c>',
    "~": '<c t="s"><v>{}</v></c>',
    "'": '<c t="inlineStr"><is><t>{}</t></is></c>',
}  # fmt: skip
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _cell(said: str) -> str:
    kind = said[:1] if said[:1] in _TYPED and said else "'"
    text = _NOT_XML.sub(" ", said[1:] if said[:1] in _TYPED else said)
    return _TYPED[kind].format(escape(text)) if text else "<c/>"


def grid_book(data: bytes) -> bytes:
    """The workbook that a parcel of grids stands for: a part a sheet, its name the sheet's."""
    parts = [(name.decode("utf-8", "replace"), text.decode("utf-8", "replace")) for name, text in unwrapped(data)]
    titles = [_NOT_XML.sub(" ", name) for name, _ in parts]
    made = list(book_parts(titles).items())
    made += [(f"xl/worksheets/sheet{n}.xml", sheet_xml(text.split("\n"))) for n, (_, text) in enumerate(parts, 1)]
    return zipped([(name.encode(), content) for name, content in made])


# Archives -----------------------------------------------------------------------------------------------------------


def mended_tar(data: bytes) -> bytes:
    """The same blocks with the checksum of every header set right, so that what it says is looked at."""
    out = bytearray(data)
    at = 0
    while at + _UNIT <= len(out):
        block = out[at : at + _UNIT]
        if block[257:262] == b"ustar":
            total = sum(block) - sum(block[148:156]) + 8 * 32
            out[at + 148 : at + 156] = b"%06o\0 " % total
        at += _UNIT
    return bytes(out)


def lying_zip(data: bytes) -> bytes:
    """A zip with the lies that the parts of a parcel ask for.

    The name of a part may be followed by `|word=number`, which is told of it instead of the truth.
    """
    members = []
    for head, body in unwrapped(data):
        name, *said = head.split(b"|")
        member = Member(name, body, extra=_extra(said))
        lies = {word: number for word, number in map(_lie, said) if word in _LIES}
        bits = {word: number % (1 << _LIES[word]) for word, number in lies.items()}
        members.append(_changed(member, bits))
    return raw_zip(members)


_LIES = {"method": 16, "flags": 16, "made_on": 8, "mode": 16, "dos": 16, "size": 32, "packed": 32, "crc": 32,
         "offset": 32, "disk": 16, "local_size": 32, "local_method": 16}  # fmt: skip


def _lie(said: bytes) -> tuple[str, int]:
    word, _, digits = said.partition(b"=")
    return word.decode("latin-1"), int(digits) if digits.isdigit() and len(digits) < 20 else 0


def _extra(said: list[bytes]) -> bytes:
    """`|extra=` with hexadecimal digits: the further fields of a member's line in the list."""
    found = next((one.partition(b"=")[2] for one in said if one.startswith(b"extra=")), b"")
    try:
        return bytes.fromhex(found.decode("latin-1"))[:65_535]
    except ValueError:
        return b""


def _changed(member: Member, lies: Mapping[str, int]) -> Member:
    said = {name: getattr(member, name) for name in member.__slots__} | dict(lies)
    if said["method"] == 8 and "packed" not in lies:
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        said["body"] = packer.compress(member.data) + packer.flush()
    return Member(**said)


def as_file(data: bytes) -> Path:
    """The bytes as a file where temporary files go; the next one takes its place."""
    path = Path(tempfile.gettempdir()) / "given"
    path.write_bytes(data)
    return path
