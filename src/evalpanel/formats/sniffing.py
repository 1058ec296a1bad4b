"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

_STARTS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b\x08", "gzip"),
)
_MARKUP = ((b"<svg", "svg"), (b"<!doctype html", "html"), (b"<html", "html"))
_SPOKEN = {
    "pdf": "a PDF",
    "ole": "an old or encrypted Office document",
    "zip": "an Office document or a zip",
    "rtf": "a document in RTF",
    "png": "a picture (PNG)",
    "jpeg": "a picture (JPEG)",
    "gif": "a picture (GIF)",
    "tiff": "a picture (TIFF)",
    "rar": "a RAR archive",
    "7z": "a 7z archive",
    "gzip": "a gzip archive",
    "svg": "a drawing (SVG)",
    "html": "a web page",
}
_OFFICE = (".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".pptm", ".dotx", ".xltx", ".dotm", ".xltm", ".xlsb", ".ppsx")
# An Office document with a password is packed into an old one ([MS-OFFCRYPTO] 1.3), so both are what the name says.
_ENDINGS = {
    ".pdf": ("pdf",),
    **dict.fromkeys(_OFFICE, ("zip", "ole")),
    **dict.fromkeys((".odt", ".ods", ".odp", ".zip"), ("zip",)),
    **dict.fromkeys((".doc", ".xls", ".ppt"), ("ole",)),
    ".rtf": ("rtf",),
    ".png": ("png",),
    **dict.fromkeys((".jpg", ".jpeg"), ("jpeg",)),
    ".gif": ("gif",),
    **dict.fromkeys((".tif", ".tiff"), ("tiff",)),
    ".svg": ("svg",),
    **dict.fromkeys((".txt", ".csv"), ()),
}
# Text has no mark of its own, so these names are only wrong when something else is found.
_WITHOUT_A_MARK = (".txt", ".csv", ".svg")
_PROGRAM_STARTS = (b"MZ", b"\x7fELF", b"#!", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_PROGRAM_ENDINGS = (
    *(".exe", ".dll", ".scr", ".com", ".msi", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta"),
    *(".jar", ".lnk", ".url", ".reg", ".sh", ".app", ".pif", ".cpl", ".iso", ".img", ".appref-ms", ".xll", ".chm"),
)


def kind_of(data: bytes) -> str | None:
    """The kind of a file by its first bytes, as one short word; None when it has no mark that is known here."""
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if data.find(b"%PDF-", 0, 1024) >= 0:
        return "pdf"
    head = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<"):
        return next((kind for mark, kind in _MARKUP if mark in head), None)
    return None


def spoken(kind: str) -> str:
    """A kind as it stands in a sentence."""
    return _SPOKEN[kind]


def broken_promise(name: str, kind: str | None) -> str | None:
    """The ending of `name`, when it promises another kind than `kind` (None: no kind that is known); else None."""
    _stem, dot, last = name.rpartition(".")
    ending = f".{last.casefold()}"
    allowed = _ENDINGS.get(ending) if dot else None
    if allowed is None or kind in allowed or (kind is None and ending in _WITHOUT_A_MARK):
        return None
    return ending


def is_program(data: bytes, name: str) -> bool:
    """Whether a file is one that a computer would run when it is opened."""
    return name.casefold().endswith(_PROGRAM_ENDINGS) or data.startswith(_PROGRAM_STARTS)
