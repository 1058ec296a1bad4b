"""The leakage guard: planted leaks are found however they are written, and ordinary words are let be."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.leak_numbers import amounts_in
from evalpanel.domain.leaks import Allowed, Guard, Leak, Passage, Secret, SecretKind, shared_sentences, squeezed

NAMES = [
    "Harbour House",
    "Ymddiriedolaeth Ŵyn Bach",
    "Fjällräven Ungdom",
    "Łódź Młodzi",
    "Ελληνική Κοινότητα",
    "Молодёжь Плимута",
    "شباب بليموث",
    "נוער דבון",
    "Ի՞նչ Երիտասարդ",
    "青年の家",
    "युवा केंद्र",
    "บ้านเยาวชน",
    "Straße & Söhne",
    "Office First",
]
SENTENCE = "Only two of the five workers had a safeguarding certificate that was valid on the last date for tenders."


def secret(text: str, kind: SecretKind = SecretKind.BIDDER, owner: str = "B04") -> Secret:
    return Secret(kind, text, f"of {owner}", owner)


def found(text: str, *secrets: Secret, allowed: Allowed | None = None, reader: str = "B02") -> list[tuple[str, bool]]:
    leaks = Guard.of(secrets).leaks([Passage("Page 1", text)], allowed or Allowed(), reader)
    return [(leak.found, leak.stops) for leak in leaks]


def price(value: str) -> Secret:
    return Secret(SecretKind.PRICE, "", "the price of B04", "B04", Decimal(value))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "written",
    [
        lambda name: name,
        lambda name: name.upper(),
        lambda name: unicodedata.normalize("NFD", name),
        "\u00ad".join,
        "\u200b".join,
        lambda name: name.replace(" ", "\n"),
        lambda name: name[: len(name) // 2] + "-\n" + name[len(name) // 2 :],
        lambda name: name.replace("ff", "ﬀ").replace("fi", "ﬁ"),
        lambda name: name[::-1] if unicodedata.bidirectional(name[0]) in ("R", "AL") else name,
    ],
    ids=["plain", "upper", "decomposed", "soft hyphens", "zero width", "two lines", "cut", "ligatures", "visual order"],
)
def test_a_name_is_found_in_every_script_however_it_is_written(name: str, written: object) -> None:
    assert callable(written)
    text = f"We compared this with {written(name)}, and more."
    assert [stops for _, stops in found(text, secret(name))] == [True]


def test_a_name_counts_only_as_words_of_its_own() -> None:
    assert found("The washing machines of the Ashburton centre.", secret("Ash")) == []
    assert found("Ash’s reply", secret("Ash")) == [("Ash", True)]


def test_ordinary_words_are_shown_and_do_not_stop() -> None:
    assert found("We heard young voices in every village.", secret("Young Voices")) == [("young voices", False)]
    assert found("YOUNG VOICES scored less.", secret("Young Voices")) == [("YOUNG VOICES", True)]


def test_what_was_published_and_what_the_reader_owns_is_no_leak() -> None:
    rival = secret("Moorland Voices")
    assert (
        found("Moorland Voices Cornwall wrote this.", rival, allowed=Allowed(said=("Moorland Voices Cornwall",))) == []
    )
    assert found("Moorland Voices wrote this.", rival, reader="B04") == []
    # The name by itself is still one, beside a longer one that is allowed.
    text = "Moorland Voices Cornwall, and Moorland Voices."
    assert found(text, rival, allowed=Allowed(said=("Moorland Voices Cornwall",))) == [("Moorland Voices", True)]


def test_an_agreed_text_does_not_make_a_name_in_it_right() -> None:
    text = "Your plan is thinner than that of Harbour House."
    assert found(text, secret("Harbour House"), allowed=Allowed(told=(text,))) == [("Harbour House", True)]


@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        SENTENCE.upper(),
        SENTENCE.replace("certificate", "certif-\nicate").replace(" ", "\n"),
        SENTENCE.replace("fi", "ﬁ"),
        f"As was said: {SENTENCE[8:70]} and so on.",
    ],
)
def test_a_sentence_is_found_whole_and_in_part(text: str) -> None:
    note = secret(SENTENCE, SecretKind.WORKING_NOTE, "")
    assert [stops for _, stops in found(text, note)] == [True]


def test_a_sentence_that_was_agreed_for_this_bid_too_is_no_leak_but_is_told() -> None:
    other = secret(SENTENCE, SecretKind.SENTENCE)
    assert found(f"Here: {SENTENCE}", other, allowed=Allowed(told=(SENTENCE,))) == []
    shared = shared_sentences({"1.1 Hearing": SENTENCE}, [other])
    assert [(leak.where, leak.stops) for leak in shared] == [("1.1 Hearing", False)]


def test_stock_phrases_and_short_texts_are_let_be() -> None:
    note = secret(
        "This was in detail and with evidence, but it names nobody who would do the work.", SecretKind.SENTENCE
    )
    assert found("All of what was asked, in detail and with evidence.", note) == []
    assert found("Weak on safeguarding.", secret("Weak on it", SecretKind.WORKING_NOTE)) == []


@pytest.mark.parametrize(
    "written",
    [
        "96,000",
        "£96,000.00",
        "96 000",
        "96.000,00",
        "96\u00a0000",
        "96'000",
        "96000",
        "£96k",
        "96 thousand",
        "EUR 96.000",
        "٩٦٠٠٠",
    ],
)
def test_an_amount_is_found_however_it_is_written(written: str) -> None:
    assert [stops for _, stops in found(f"It costs {written} a year.", price("96000"))] == [True]


@pytest.mark.parametrize("written", ["1,234.50", "1.234,50", "1 234.50", "1234,5", "1'234.50"])
def test_an_amount_with_pence_is_found_however_it_is_written(written: str) -> None:
    assert [stops for _, stops in found(f"A rate of {written} was offered.", price("1234.50"))] == [True]


def test_small_numbers_need_a_currency_and_years_are_only_shown() -> None:
    assert found("It scores 25 of 40, and 25%.", price("25")) == []
    assert found("An hour costs £25.00.", price("25")) == [("£25.00", True)]
    assert found("It was founded in 2026.", price("2026")) == [("2026", False)]
    assert (
        found("Your price is £96,000.00.", price("96000"), allowed=Allowed(amounts=frozenset({Decimal(96000)}))) == []
    )


def test_amounts_in_reads_columns_of_numbers_one_by_one() -> None:
    text = "1.1 Hearing 30% 3 of 5 18.00 36.00 96,000.00"
    assert Decimal(96000) in {value for one in amounts_in(text) for value in one.values}


def test_an_exception_names_the_thing_and_not_its_place() -> None:
    one = Leak(SecretKind.BIDDER, "of B04", "Harbour House", "Page 1")
    again = Leak(SecretKind.BIDDER, "of B04", "HARBOUR\nHOUSE", "Page 3")
    other = Leak(SecretKind.BIDDER, "of B05", "Harbour House", "Page 1")
    assert one.key == again.key != other.key


WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyzäöéł", min_size=2, max_size=9), min_size=12, max_size=40)


@given(WORDS, WORDS, WORDS, st.sampled_from(["\n", " ", "\u00ad ", "  "]))
def test_a_planted_text_is_always_found(before: list[str], planted: list[str], after: list[str], between: str) -> None:
    note = " ".join(planted)
    if len(squeezed(note).text) < 24:
        return
    text = between.join([*before, *planted, *after])
    assert found(text, secret(note, SecretKind.WORKING_NOTE, ""))


@given(st.decimals("10000", "99999999", places=2), st.sampled_from(["{:,f}", "{:f}", "£{:,f}", "swiss", "german"]))
def test_a_planted_amount_is_always_found(value: Decimal, form: str) -> None:
    english = f"{value:,f}"
    written = {
        "swiss": english.replace(",", "’"),
        "german": english.replace(",", " ").replace(".", ",").replace(" ", "."),
    }.get(form) or form.format(value)
    assert found(f"They ask {written} for it", price(str(value)))


@given(WORDS, st.text(min_size=3, max_size=20))
def test_nothing_is_found_where_nothing_was_planted(words: list[str], name: str) -> None:
    text = " ".join(words)
    for leak, _ in found(text, secret(name)):
        assert squeezed(leak).text in (squeezed(name).text, squeezed(name).text[::-1])


def test_a_short_text_with_a_long_number_is_found_and_one_without_is_not() -> None:
    note = Secret(SecretKind.WORKING_NOTE, "Case 4471093", "a note")
    stock = Secret(SecretKind.WORKING_NOTE, "Weak here, see 2026", "another note")
    found = Guard.of([note, stock]).leaks([Passage("Page 1", "Weak here, see 2026. See case 4471-093.")], Allowed())
    assert [(leak.whose, leak.found, leak.stops) for leak in found] == [("a note", "case 4471-093", True)]
    told = Allowed(told=("The bid names case 4471093.",))
    assert Guard.of([note]).leaks([Passage("Page 1", "See case 4471093.")], told) == ()
