"""Every word that a PDF can tell: what its pages show, what it says of itself, and what it carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from evalpanel.domain.leaks import Passage
from evalpanel.errors import EvalPanelError

_CARRIED = 4 << 20  # bytes of one attachment that are looked through
_SIGNED_WITH = ("/Contents", "/Cert", "/ByteRange")  # of a signature: the certificate and its bytes, which are no words
_NAMED = {
    "/Title": "a title or bookmark",
    "/Author": "the author",
    "/Subject": "the subject",
    "/Keywords": "the keywords",
    "/Alt": "the words for a picture",
    "/ActualText": "the words that are read aloud",
    "/E": "the words for an abbreviation",
    "/TU": "the name of a field",
    "/Contents": "a note",
    "/UF": "the name of an attachment",
    "/F": "the name of an attachment",
    "/Desc": "the description of an attachment",
    "/URI": "a link",
}


def passages(data: bytes) -> tuple[Passage, ...]:
    """The pages of a PDF, then everything in it that is text and on no page. Raises `EvalPanelError` where it cannot be read."""
    beside: dict[str, list[str]] = {}
    for one in _beside(data):
        beside.setdefault(one.where, []).append(one.text)
    # One passage for each kind of place: a tagged letter has hundreds of short ones.
    return (*_pages(data), *(Passage(where, "\n".join(texts)) for where, texts in beside.items()))


def _pages(data: bytes) -> Iterator[Passage]:
    import pypdfium2  # slow to import: only letters that are looked through need it

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _unreadable() from error
    try:
        for number in range(len(document)):
            page = document[number]
            words = page.get_textpage()
            yield Passage(f"Page {number + 1}", words.get_text_range())
            words.close()
            page.close()
    finally:
        document.close()


def _beside(data: bytes) -> Iterator[Passage]:
    import pikepdf  # slow to import: see above

    try:
        pdf = pikepdf.open(BytesIO(data))
    except pikepdf.PdfError as error:
        raise _unreadable() from error
    with pdf:
        for item in pdf.objects:
            yield from _strings(item, "")
            if isinstance(item, pikepdf.Stream):
                kind = str(item.get("/Type", ""))
                if kind == "/Metadata":
                    markup = item.read_bytes().decode("utf-8", "replace")
                    yield Passage("What the file says of itself", re.sub(r"<[^>]*>", " ", markup))
                elif kind == "/EmbeddedFile":
                    yield Passage("An attachment", _decoded(item.read_bytes()[:_CARRIED]))
        yield from _strings(pdf.trailer.get("/Info", pikepdf.Dictionary()), "")


def _strings(item: object, key: str) -> Iterator[Passage]:
    """The texts of one object, without those of the objects that it only points to."""
    import pikepdf

    if isinstance(item, pikepdf.String):
        text = str(item)
        if any(char.isalnum() for char in text):
            yield Passage(f"Beside the pages, {_NAMED.get(key, 'a text')}", text)
    elif isinstance(item, pikepdf.Array):
        for part in item:
            if _is_direct(part):
                yield from _strings(part, key)
    elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        signature = str(item.get("/Type", "")) == "/Sig"
        for name, part in item.items():
            if _is_direct(part) and not (signature and name in _SIGNED_WITH):
                yield from _strings(part, name)


def _is_direct(part: object) -> bool:
    # A number comes as a Python number; what is only pointed to is looked at as an object of its own.
    return not getattr(part, "is_indirect", True)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _unreadable() -> EvalPanelError:
    return EvalPanelError(
        "The finished letter cannot be read back, so it cannot be looked through.",
        "It was not kept. Letters before it are safe. Run it again; if it stays so, keep the log and report it.",
    )
