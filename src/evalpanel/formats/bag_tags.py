"""The tag files of a BagIt bag: what they say, as values. They are text that strangers wrote; nothing is believed here.

Source: RFC 8493, *The BagIt File Packaging Format (V1.0)*, sections 2.1 and 2.2, and the drafts 0.93 to 0.97 before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from evalpanel.errors import EvalPanelError
from evalpanel.formats.pack_names import normal
from evalpanel.system.files import shown

VERSIONS = ("0.93", "0.94", "0.95", "0.96", "0.97", "1.0")
# Only UTF-8 is recommended; the rest is for bags of old programs. UTF-16 and -32 come with a mark of their order.
_ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "windows-1252": "cp1252",
    "utf-16": "utf-16",
}
_DECLARATION = re.compile(
    r"BagIt-Version: *(?P<version>\d{1,3}\.\d{1,3}) *\n+Tag-File-Character-Encoding: *(?P<encoding>[\w.:-]{1,40}) *\n*"
)
_LINE = re.compile(r"(?P<digest>[0-9A-Fa-f]+)[ \t]+(?P<path>.+)")
_ESCAPED = re.compile("%(0a|0d|25)", re.IGNORECASE)
_ESCAPED_LINE_ENDS = re.compile("%(0a|0d)", re.IGNORECASE)
_OXUM = re.compile(r"(\d{1,20})\.(\d{1,10})")


class TagError(Exception):
    """A tag file does not hold what it must; the text is a sentence about it."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What `bagit.txt` says: the version of BagIt, and the encoding of the other tag files as Python names it."""

    version: str
    encoding: str

    @property
    def is_final(self) -> bool:
        """Whether RFC 8493 itself rules, and not one of the drafts before it."""
        return self.version == "1.0"


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One line of a manifest: a digest in lower-case hexadecimal, and the paths that its name can mean, likeliest first."""

    digest: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Oxum:
    """`Payload-Oxum`: how many bytes and how many files the payload has."""

    octets: int
    files: int


def read_declaration(data: bytes) -> Declaration:
    """`bagit.txt`. Raises TagError when it is not one, or of a version or encoding that is not known here."""
    if data.startswith(b"\xef\xbb\xbf"):
        raise TagError("It starts with a byte order mark, which BagIt does not allow here.")
    try:
        text = _lines_unified(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise TagError("It is not UTF-8.") from error
    found = _DECLARATION.fullmatch(text)
    if found is None:
        raise TagError("It does not hold its two lines, BagIt-Version and Tag-File-Character-Encoding.")
    version, encoding = found["version"], found["encoding"]
    if version not in VERSIONS:
        raise TagError(f"It names version {version} of BagIt; versions {VERSIONS[0]} to {VERSIONS[-1]} are read here.")
    known = _ENCODINGS.get(encoding.lower())
    if known is None:
        raise TagError(f"It names the encoding {shown(encoding)}, which is not read here. UTF-8 is.")
    return Declaration(version, known)


def decoded(data: bytes, declaration: Declaration) -> str:
    """A tag file as text with `\\n` between its lines. Raises TagError when it is not in the declared encoding."""
    try:
        return _lines_unified(data.decode(declaration.encoding)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise TagError(f"It is not in the encoding that bagit.txt names ({declaration.encoding}).") from error


def read_manifest(text: str, digits: int | None) -> Iterator[ManifestLine]:
    """The lines of a manifest whose digests have `digits` hexadecimal digits (None: any number).

    Raises TagError that names the line: the rest of a manifest that is damaged is not to be trusted either.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip(" \t"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise TagError(f"Line {number} is not a digest and a path: “{shown(line)}”.")
        if digits is not None and len(found["digest"]) != digits:
            raise TagError(f"Line {number} holds a digest of {len(found['digest'])} digits; there should be {digits}.")
        yield ManifestLine(found["digest"].lower(), _meanings(found["path"]))


def _meanings(written: str) -> tuple[str, ...]:
    """The paths that a path in a manifest can mean.

    RFC 8493 escapes line ends and the per cent sign. Drafts, and the Library of Congress's own program to this day,
    leave the per cent sign alone; programs such as md5sum put a star before the name of a binary file.
    """
    names = [written, written.removeprefix("*")] if written.startswith("*") else [written]
    meant = [
        normal(meaning)
        for name in names
        for meaning in (_ESCAPED.sub(_character, name), _ESCAPED_LINE_ENDS.sub(_character, name), name)
    ]
    return tuple(dict.fromkeys(meant))


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def read_info(text: str) -> tuple[tuple[str, str], ...]:
    """The labels and values of `bag-info.txt`, in their order. Raises TagError that names the line."""
    held: list[tuple[str, list[str]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if line[0] in " \t" and held:
            held[-1][1].append(line.strip())
            continue
        label, colon, value = line.partition(":")
        if not colon or not label.strip():
            raise TagError(f"Line {number} is not a label and a value: “{shown(line)}”.")
        held.append((label.strip(), [value.strip()]))
    return tuple((label, " ".join(values).strip()) for label, values in held)


def read_oxum(value: str) -> Oxum:
    """The value of `Payload-Oxum`, such as `279164409.1198`. Raises TagError."""
    found = _OXUM.fullmatch(value)
    if found is None:
        raise TagError(f"Its Payload-Oxum “{shown(value)}” is not two numbers with a dot between.")
    return Oxum(int(found[1]), int(found[2]))


def _lines_unified(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def refused(where: str, error: TagError) -> EvalPanelError:
    """A tag file without which nothing else of a bag can be told."""
    return EvalPanelError(f"“{shown(where)}” cannot be used. {error}", "Nothing was kept. Ask for the bag again.")
