"""Filled feedback forms are read as strangers' programs write them, and hostile ones are refused in words."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from functools import reduce

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as some

from evalpanel.domain.process_feedback import understood
from evalpanel.errors import EvalPanelError
from evalpanel.formats.filled_form import MARK, MOST_BYTES, FilledForm, NotAFilledForm, read_filled
from evalpanel.services.questions import shipped_form
from fuzz.watch import quiet

FORM = shipped_form()


def filled(values: dict[str, object], nested: bool = False) -> bytes:
    """A form as another program might save it: some text, some choices."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    fields = [
        pdf.make_indirect(pikepdf.Dictionary(T=name, V=value, FT=pikepdf.Name.Tx)) for name, value in values.items()
    ]
    if nested:
        above = pdf.make_indirect(pikepdf.Dictionary(Kids=pikepdf.Array(fields)))
        fields = [above]
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(fields))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def test_words_and_choices_are_read() -> None:
    data = filled(
        {MARK: "1 T-2026-01 L1", "found": pikepdf.Name("/2"), "clear": pikepdf.Name.Off, "keep": "Žluťoučký 子"}
    )
    assert read_filled(data, FORM) == FilledForm(
        "1 T-2026-01 L1", {"found": "Mostly", "clear": "", "keep": "Žluťoučký 子"}
    )


def test_fields_below_one_without_a_name_are_found() -> None:
    assert read_filled(filled({"keep": "Yes"}, nested=True), FORM).fields == {"keep": "Yes"}


@pytest.mark.parametrize("name", ["/9", "/-1", "/²", "/1.5", "/Purple", "/99999999999999"])
def test_choice_that_is_not_on_the_form_is_told(name: str) -> None:
    read = understood(FORM, read_filled(filled({"found": pikepdf.Name(name)}), FORM).fields)
    assert (read.answers.given, len(read.notes)) == ((), 1)


def test_fields_that_run_in_a_circle_end() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    field = pdf.make_indirect(pikepdf.Dictionary(T="keep", V="Round"))
    field.Kids = pikepdf.Array([field])
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field, field]))
    out = io.BytesIO()
    pdf.save(out)
    assert read_filled(out.getvalue(), FORM).fields == {"keep": "Round"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no PDF"),
        (b"GIF89a", "no PDF"),
        (b"%PDF-1.7\nnothing", "damaged"),
        (b"%PDF-1.7\n" + bytes(MOST_BYTES), "larger than 4 MB"),
    ],
)
def test_what_is_no_form_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(NotAFilledForm, match=says):
        read_filled(data, FORM)


def test_form_without_fields_is_refused() -> None:
    out = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(out)
    with pytest.raises(NotAFilledForm, match="no fields"):
        read_filled(out.getvalue(), FORM)


def test_form_that_asks_for_a_password_is_refused() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(filled({"keep": "Yes"}))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user="user"))
    with pytest.raises(NotAFilledForm, match="password"):
        read_filled(out.getvalue(), FORM)


def hidden(dictionary: bytes, packed: bytes, between: bytes = b"\n") -> bytes:
    """A sound PDF whose catalogue lies in a packed stream of objects, with `between` before the word that begins it."""
    out = b"%PDF-1.7\n"
    head = b"2 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Length %d %s >>%sstream\n" % (len(packed), dictionary, between)
    rows = b"".join(struct.pack(">BIB", *row) for row in ((0, 0, 0), (2, 2, 0), (1, len(out), 0), (1, 0, 0)))
    out += head + packed + b"\nendstream\nendobj\n"
    table = b"3 0 obj\n<< /Type /XRef /Size 4 /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\n"
    return out + table % (len(rows), rows) + b"startxref\n%d\n%%%%EOF\n" % len(out)


ONCE, TWICE = b"/Filter /FlateDecode", b"/Filter [/FlateDecode /FlateDecode]"


@pytest.mark.parametrize(
    ("dictionary", "times", "between"),
    [
        (ONCE, 1, b" % a remark\n"),
        (TWICE + b" /X (1 0 obj)", 2, b"\n"),
        (TWICE + b" " * 20_000, 2, b"\n"),
        (b"/Filter [/ASCII85Decode /FlateDecode]", 1, b"\n"),
        (b"/Filter /LZWDecode", 1, b"\n"),
    ],
)
def test_what_hides_how_a_file_is_packed_is_refused_before_anything_is_unpacked(
    dictionary: bytes, times: int, between: bytes
) -> None:
    packed = reduce(lambda data, _: zlib.compress(data), range(times), b"1 0 << /Type /Catalog >>" + b" " * (1 << 20))
    with pytest.raises(NotAFilledForm, match="packed in a way"):
        read_filled(hidden(dictionary, packed, between), FORM)


def bomb(filters: bytes, times: int) -> bytes:
    packed = reduce(lambda data, _: zlib.compress(data, 1), range(times), bytes(400 << 20))
    return (
        b"%%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter %s /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        b"trailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n0\n%%%%EOF\n" % (filters, len(packed), packed)
    )


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded by Linux's own limit")
@pytest.mark.parametrize(
    ("filters", "times"),
    [(b"/FlateDecode", 1), (b"[/FlateDecode /FlateDecode]", 2), (b"/#46lateDecode", 1), (b"7 0 R", 1)],
)
def test_small_file_that_would_become_a_large_one_is_refused_in_little_memory(filters: bytes, times: int) -> None:
    script = (
        "import resource, sys\n"
        "from evalpanel.formats.filled_form import NotAFilledForm, read_filled\n"
        "from evalpanel.services.questions import shipped_form\n"
        "form = shipped_form()\n"
        "import pikepdf\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (300 << 20, 300 << 20))\n"
        "try:\n    read_filled(sys.stdin.buffer.read(), form)\n"
        "except NotAFilledForm as refused:\n    print(refused.message)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], input=bomb(filters, times), capture_output=True, check=True)
    assert b"It was not kept." in done.stdout


@given(some.data())
def test_damaged_form_ends_in_fields_or_in_words(data: some.DataObject) -> None:
    whole = bytearray(filled({MARK: "1 T L1", "found": pikepdf.Name("/2"), "keep": "Plain"}))
    for _ in range(data.draw(some.integers(1, 6))):
        whole[data.draw(some.integers(0, len(whole) - 1))] = data.draw(some.integers(0, 255))
    refused = ""
    given: tuple[tuple[str, str], ...] = ()
    try:
        with quiet("pikepdf"):
            given = understood(FORM, read_filled(bytes(whole), FORM).fields).answers.given
    except EvalPanelError as error:
        refused = error.message
    assert refused.endswith("It was not kept.") if refused else all(text for _, text in given)
