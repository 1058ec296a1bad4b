"""Every word that a PDF can tell: what its pages show, what it says of itself, and what it carries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from evalpanel.domain.leaks import Passage
from evalpanel.errors import EvalPanelError

if TYPE_CHECKING:
    import pikepdf
    import pypdfium2

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
    """What the pages of a PDF say, then everything in it that is text and on no page. Raises `EvalPanelError` where it cannot be read.

    The pages come as they are heard: from the first to the last in one passage, so that what goes on overleaf stays whole.
    Heads, feet and whatever else is no content of the document come apart, page by page.
    """
    import pikepdf  # slow to import: only letters that are looked through need it

    try:
        pdf = pikepdf.open(BytesIO(data))
    except pikepdf.PdfError as error:
        raise _unreadable() from error
    with pdf:
        order = list(_reading_order(pdf))
        beside: dict[str, list[str]] = {}
        for one in _beside(pdf):
            beside.setdefault(one.where, []).append(one.text)
    # One passage for each kind of place: a tagged letter has hundreds of short ones.
    return (*_pages(data, order), *(Passage(where, "\n".join(texts)) for where, texts in beside.items()))


_Mark = tuple[int, int]
"""A stretch of a page: the page (from 0) and the number of the mark on it, -1 for what has none."""

_INLINE = ("/Span", "/Link", "/Reference", "/Quote")
_DEEPEST = 100  # elements inside each other


def _reading_order(pdf: pikepdf.Pdf) -> Iterator[_Mark | None]:
    """The marks of the pages as the structure puts them; None where another element begins that stands by itself."""
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    tree = pdf.Root.get("/StructTreeRoot")
    if tree is not None:
        yield from _kids(tree, None, numbers, 0)


def _kids(
    element: pikepdf.Object, page: int | None, numbers: dict[tuple[int, int], int], depth: int
) -> Iterator[_Mark | None]:
    import pikepdf  # slow to import: see above

    if depth > _DEEPEST:
        raise _unreadable()
    held = element.get("/K")
    for kid in held if isinstance(held, pikepdf.Array) else [] if held is None else [held]:
        if not isinstance(kid, pikepdf.Dictionary):
            if page is not None:
                yield page, int(kid)
            continue
        on = numbers.get(kid.Pg.objgen, page) if "/Pg" in kid else page
        if "/MCID" in kid:
            if on is not None:
                yield on, int(kid.MCID)
        elif "/S" in kid:
            if str(kid.S) not in _INLINE:
                yield None
            yield from _kids(kid, on, numbers, depth + 1)


def _pages(data: bytes, order: Sequence[_Mark | None]) -> Iterator[Passage]:
    import pypdfium2  # slow to import: only letters that are looked through need it

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _unreadable() from error
    held: dict[_Mark, list[str]] = {}
    try:
        count = len(document)
        for number in range(count):
            for mark, text in _drawn(document, number):
                held.setdefault((number, mark), []).append(text)
    finally:
        document.close()
    yield _read_through(held, order)
    for number in range(count):
        rest = [text for (page, _), texts in held.items() if page == number for text in texts]
        if rest:
            yield Passage(f"Page {number + 1}, beside the text", "\n".join(rest))


def _read_through(held: dict[_Mark, list[str]], order: Sequence[_Mark | None]) -> Passage:
    """Everything that has a place in the structure, taken out of `held`, in that order."""
    text, at = StringIO(), []
    page = None
    for mark in order:
        if mark is None:
            text.write("\n")
        elif mark in held:
            if mark[0] != page:
                page = mark[0]
                at.append((text.tell(), page + 1))
            text.write("".join(held.pop(mark)))
    return Passage("The pages", text.getvalue(), tuple(at))


def _drawn(document: pypdfium2.PdfDocument, number: int) -> Iterator[tuple[int, str]]:
    """The pieces of text of a page as they are drawn, each with the number of its mark."""
    from pypdfium2 import raw

    page = document[number]
    words = page.get_textpage()
    try:
        for drawn in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=_DEEPEST):
            length = raw.FPDFTextObj_GetText(drawn.raw, words.raw, None, 0)
            room = (raw.FPDF_WCHAR * (length // 2 + 1))()
            raw.FPDFTextObj_GetText(drawn.raw, words.raw, room, length)
            text = bytes(room)[: max(length - 2, 0)].decode("utf-16-le", "replace")
            if text:
                yield raw.FPDFPageObj_GetMarkedContentID(drawn.raw), text
    finally:
        words.close()
        page.close()


def _beside(pdf: pikepdf.Pdf) -> Iterator[Passage]:
    import pikepdf  # slow to import: see above

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
