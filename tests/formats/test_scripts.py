"""Names and quotations in every script that people in the UK write are printed rightly, heard, found and read back."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest

import letter_examples as ex
from evalpanel.domain.feedback import compose
from evalpanel.domain.leaks import Allowed, Guard, Secret, SecretKind
from evalpanel.domain.letter import Block, FeedbackLetter, Items, Paragraph, Section, Tone
from evalpanel.errors import EvalPanelError
from evalpanel.formats.fonts import pieces
from evalpanel.formats.letter_pdf import large_print, render, signature_appearance
from evalpanel.formats.pdf_words import passages
from evalpanel.formats.right_to_left import as_seen, levels, stretches
from evalpanel.formats.shaping import Group, groups, shaped
from heard import elements, faults, loose_ends
from judges import judge

LEFT_TO_RIGHT = {
    "Deva": "श्री क्षितिज कुर्मी ट्रस्ट",
    "Beng": "বাংলা কল্যাণ সমিতি কৃষ্ণেন্দু",
    "Guru": "ਪੰਜਾਬੀ ਸੱਭਿਆਚਾਰ ਕੇਂਦਰ",
    "Gujr": "ગુજરાતી સેવા ટ્રસ્ટ",
    "Orya": "ଓଡ଼ିଆ ସଂସ୍କୃତି",
    "Taml": "தமிழ் நலச் சங்கம்",
    "Telu": "తెలుగు సంఘం క్షేమం",
    "Knda": "ಕನ್ನಡ ಸಂಘ",
    "Mlym": "മലയാളം സമാജം",
    "Sinh": "ශ්‍රී ලංකා සංගමය",
    "Thai": "สมาคมไทย",
    "Laoo": "ສະມາຄົມລາວ",
    "Khmr": "សមាគមខ្មែរ",
    "Mymr": "မြန်မာ အသင်း",
    "Tibt": "བོད་ཀྱི་ཚོགས་པ།",
    "Ethi": "የኢትዮጵያ ማህበር",
    "Hani": "倫敦華人社區中心有限公司",
    "Jpan": "日本クラブひまわり",
    "Hang": "런던 한인회",
    "Sylo": "ꠍꠤꠟꠐꠤ ꠘꠣꠉꠞꠤ",
    "Tfng": "ⵜⴰⵎⴰⵣⵉⵖⵜ",
    "Mtei": "ꯃꯩꯇꯩꯂꯣꯟ ꯃꯤꯌꯥꯝ",
    "Cher": "ᏣᎳᎩ",
    "Cans": "ᐃᓄᒃᑎᑐᑦ",
}
RIGHT_TO_LEFT = {
    "Arab": "اردو مرکز لندن (ٹرسٹ) ۱۲۳",
    "Hebr": "בית שָׁלוֹם (עמותה) 34",
    "Syrc": "ܣܘܪܝܝܐ",
    "Thaa": "ދިވެހި",
    "Nkoo": "ߒߞߏ",
    "Adlm": "𞤆𞤵𞤤𞤢𞤪",
}
EVERY = LEFT_TO_RIGHT | RIGHT_TO_LEFT


def with_blocks(*blocks: Block) -> FeedbackLetter:
    return replace(compose(ex.inputs("B05")), body=(Section("What is tried", blocks),))


def made(*blocks: Block) -> bytes:
    return render(with_blocks(*blocks), made_at=ex.MADE_AT).data


def in_words(data: bytes, *options: str) -> str:
    """What a stranger's reader finds on the pages, on one line, composed."""
    done = subprocess.run([judge("pdftotext"), *options, "-", "-"], input=data, capture_output=True, check=True)
    return " ".join(unicodedata.normalize("NFC", done.stdout.decode()).split())


def drawn(text: str, *, right_to_left: bool = False) -> list[Group]:
    held = groups(False).by_char
    return [held[char] for char in shaped(text, bold=False, right_to_left=right_to_left) if char != " "]


@pytest.mark.parametrize(("script", "name"), EVERY.items(), ids=EVERY)
def test_a_name_in_each_script_is_printed_and_holds_both_standards(script: str, name: str) -> None:
    blocks = (Paragraph(f"The bid of {name} (Ltd) was late."), Paragraph(name, Tone.LEAD), Items((name,)))
    for data in (made(*blocks), large_print(with_blocks(*blocks), name, made_at=ex.MADE_AT).data):
        assert faults(data) == []
        assert loose_ends(data) == []
        heard = name if script in RIGHT_TO_LEFT else ""
        spans = {(one.language, one.heard) for one in elements(data) if one.tag == "Span"}
        assert spans == {(f"und-{script}", unicodedata.normalize("NFC", heard))}


@pytest.mark.parametrize(("script", "name"), LEFT_TO_RIGHT.items(), ids=LEFT_TO_RIGHT)
def test_a_name_is_read_back_from_the_page_as_it_was_written(script: str, name: str) -> None:
    found = in_words(made(Paragraph(f"The bid of {name} (Ltd) was late.")))
    assert f"The bid of {unicodedata.normalize('NFC', name)} (Ltd) was late." in found


@pytest.mark.parametrize("word", ["مرکز", "جمعية", "שלום", "עמותה"])
def test_a_word_from_right_to_left_is_read_back_from_the_page(word: str) -> None:
    assert word in in_words(made(Paragraph(f"The bid of {word} was late.")))


@pytest.mark.parametrize("name", EVERY.values(), ids=EVERY)
def test_the_guard_finds_a_name_in_each_script_on_the_finished_page(name: str) -> None:
    secret = Secret(SecretKind.BIDDER, name, "of B04", "B04")
    read = passages(made(Paragraph(f"We preferred the work of {name}, since it was better.")))
    leaks = Guard.of([secret]).leaks(read, Allowed(), "B02")
    assert leaks
    assert all(leak.stops for leak in leaks)


@pytest.mark.parametrize("name", EVERY.values(), ids=EVERY)
def test_every_letter_belongs_to_one_group(name: str) -> None:
    turned = name in RIGHT_TO_LEFT.values()
    assert "".join(group.text for group in drawn(name, right_to_left=turned)) == name


def test_letters_that_are_written_as_one_sign_are_one_group() -> None:
    assert [group.text for group in drawn("क्षितिज")] == ["क्षि", "ति", "ज"]
    assert [group.text for group in drawn("கொண்டு")] == ["கொ", "ண்", "டு"]
    assert [group.text for group in drawn("ශ්‍රී")] == ["ශ්‍රී"]


def test_arabic_letters_take_the_form_that_joins_them() -> None:
    first, middle, last, alone = (
        drawn(text, right_to_left=True)[at].glyphs for text, at in (("ببب", 0), ("ببب", 1), ("ببب", 2), ("ب", 0))
    )
    assert len({first, middle, last, alone}) == 4
    assert [group.text for group in drawn("سلام", right_to_left=True)] == ["س", "لا", "م"]


def test_marks_sit_on_latin_letters_that_have_no_sign_of_their_own() -> None:
    name = unicodedata.normalize("NFC", "Ọ̀rọ̀ ẹ́")
    assert [piece.text for piece in pieces(name) if piece.joined] == ["Ọ̀", "ọ̀", "ẹ́"]
    data = made(Paragraph(f"Dear {name}, welcome."))
    assert faults(data) == []
    assert f"Dear {name}, welcome." in in_words(data)


def test_text_from_right_to_left_is_put_where_it_is_seen() -> None:
    text = "אב 12 גד"
    seen = as_seen(list(zip(text, levels(text), strict=True)), lambda pair: pair[1])
    assert "".join(char for char, _ in seen) == "דג 12 בא"
    assert levels("אב 12 גד") == [1, 1, 1, 2, 2, 1, 1, 1]
    assert levels("אב NHS trust גד") == [1, 1, 1, *[2] * 9, 1, 1, 1]
    assert stretches("Beit שלום (עמותה) Ltd") == [("Beit ", False), ("שלום (עמותה)", True), (" Ltd", False)]
    assert stretches("House 12 שלום 34 (big)") == [("House 12 ", False), ("שלום 34", True), (" (big)", False)]
    assert stretches("مركز NHS في كل حي.") == [("مركز NHS في كل حي.", True)]


@pytest.mark.parametrize(
    "text",
    [
        "中国人在英国的历史可以追溯到十九世纪，当时许多海员在伦敦和利物浦定居。" * 8,
        "สมาคมไทยในสหราชอาณาจักรเป็นองค์กรการกุศล" * 8,
        "សមាគមខ្មែរ" * 30,
        "हम हर गाँव में परिवारों के साथ काम करते हैं। " * 8,
        "نحن نعمل مع الأسر في كل حي من أحياء المدينة منذ عام 1998. " * 8,
        "한" * 200,
    ],
)
def test_a_long_text_stays_within_the_margins(text: str) -> None:
    for letter_of in (render, lambda letter, made_at: large_print(letter, "A copy.", made_at=made_at)):
        data = letter_of(with_blocks(Paragraph(text), Paragraph(f"They wrote: “{text}”")), made_at=ex.MADE_AT).data
        assert faults(data) == []
        document = pypdfium2.PdfDocument(BytesIO(data))
        edges = [one.get_bounds() for page in document for one in page.get_objects(filter=[1], max_depth=1)]
        assert min(edge[0] for edge in edges) > 45
        assert max(edge[2] for edge in edges) < 595 - 45


def test_lines_of_chinese_do_not_begin_with_what_closes() -> None:
    drawn_text = shaped("倫敦，「華人」。", bold=False)
    held = groups(False).by_char
    words = ["".join(held[char].text for char in word) for word in drawn_text.split(" ")]
    assert words == ["倫", "敦，", "「華", "人」。"]


@pytest.mark.parametrize("name", ["Party 🥂 Ltd", "\ue000 Ltd", "Ltd \U000f0000", "中\U00030000文", "\u0378"])
def test_what_no_font_can_print_is_refused_by_name(name: str) -> None:
    lacking = next(char for char in name if unicodedata.category(char) in ("So", "Co", "Cn") or ord(char) > 0x20000)
    with pytest.raises(EvalPanelError, match=f"U\\+{ord(lacking):04X}"):
        made(Paragraph(f"The bid of {name} was late."))


def test_a_letter_under_a_heap_of_marks_is_refused() -> None:
    with pytest.raises(EvalPanelError, match="so many marks"):
        made(Paragraph("क" + "\u0951" * 500))


def test_the_seen_signature_holds_a_name_in_each_script() -> None:
    for name in LEFT_TO_RIGHT.values():
        seen = signature_appearance((name, "Signed on 9 March 2026"), (260.0, 74.0))
        assert unicodedata.normalize("NFC", name) in in_words(seen, "-raw")


def test_the_same_letter_gives_the_same_bytes_whatever_was_printed_before() -> None:
    program = (
        "import sys; sys.path[:0] = ['tests']\n"
        "import test_scripts as t; from evalpanel.domain.letter import Paragraph\n"
        "sys.stdout.buffer.write(t.made(Paragraph(' '.join(t.EVERY.values()))))"
    )
    here = made(Paragraph(" ".join(EVERY.values())))
    path = [*sys.path, __file__.rpartition("/")[0]]
    fresh = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:] = {path!r}\n{program}"], capture_output=True, check=True
    )
    assert fresh.stdout == here


def test_a_letter_in_english_loads_neither_the_shaper_nor_its_fonts() -> None:
    program = (
        "import letter_examples as ex, sys\n"
        "from evalpanel.domain.feedback import compose\n"
        "from evalpanel.formats.letter_pdf import render\n"
        "render(compose(ex.inputs('B02')), made_at=ex.MADE_AT)\n"
        "print('evalpanel.formats.shaped_font' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}\n{program}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "False\n"
