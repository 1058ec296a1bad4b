"""The leakage guard: planted leaks are found however they are written, and ordinary words are let be."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.leak_letters import squeezed
from evalpanel.domain.leak_numbers import amounts_in
from evalpanel.domain.leaks import Allowed, Guard, Leak, Passage, Secret, SecretKind, shared_sentences

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


@pytest.mark.parametrize(
    "written",
    [
        "£1.2 million",
        "£1.2m",
        "1.2m",
        "£1·2 million",
        "£1,200,000",
        "£1\u2009200\u2009000",
        "1\u202f200\u202f000 pounds",
        "￡１，２００，０００",
        "１．２ million",
        "£1.20-million",
        "£1200k",
        "GBP 1\u00a0200\u00a0000.00",
        "£1,\u00ad200,\u200b000",
        "ONE OF £1.2M",
        "€1 200 000",
    ],
)
def test_a_price_of_millions_is_found_however_it_is_written(written: str) -> None:
    assert [stops for _, stops in found(f"They ask {written} in all.", price("1200000"))] == [True]


def test_a_rounded_price_stops_where_it_is_one_alone_and_is_shown_where_it_may_be_several() -> None:
    assert found("They ask £1.23 million.", price("1234567")) == [("£1.23 million", True)]
    assert found("They ask about £235,000.", price("234567")) == [("£235,000", True)]
    assert found("They ask £1.2m.", price("1234567")) == [("£1.2m", False)]
    assert found("They ask £235k.", price("234567"), price("235001")) == [("£235k", False)]
    assert found("They ask £1 million.", price("1234567")) == []
    own = Allowed(amounts=frozenset({Decimal(1234567)}))
    assert found("You ask £1.2m.", price("1234567"), price("1210000"), allowed=own) == []


def test_a_leak_says_on_which_pages_it_stands() -> None:
    text = f"First. {SENTENCE[:50]}{SENTENCE[50:]} £96,000 a year."
    passage = Passage("The pages", text, ((0, 1), (7 + 50, 2)))
    guard = Guard.of([secret(SENTENCE, SecretKind.WORKING_NOTE, ""), price("96000")])
    assert [(leak.where, leak.found) for leak in guard.leaks([passage], Allowed())] == [
        ("Page 2", "£96,000"),
        ("Pages 1 and 2", SENTENCE[:-1]),
    ]


def note(text: str, about: str = "B04", kind: SecretKind = SecretKind.SENTENCE) -> Secret:
    return Secret(kind, text, f"the reasons for bid {about}", about=about)


def test_a_name_inside_a_text_about_another_bid_is_found_in_whatever_way_it_is_written() -> None:
    held = note("The plan is led by Amira Haddad of the Linden Street Project, who has done this before.")
    for written in (
        "Amira Haddad",
        "AMIRA HADDAD",
        "Amira\u00a0Haddad’s",
        "Amira Had-\ndad",
        "Ami\u00adra Had\u00addad",
        "the Linden\nStreet Project",
    ):
        assert [stops for _, stops in found(f"As {written} said, more is needed.", held)] == [True], written
    assert found("We heard from Haddad about it.", note("It rests on what Haddad did.")) == [("Haddad", False)]
    assert found("The linden street project is in bloom.", held) == [("linden street project", False)]


@pytest.mark.parametrize("name", ["שרה לוי", "أميرة حداد", "王小明", "मीरा शर्मा"])
def test_a_name_in_another_script_inside_a_text_is_found(name: str) -> None:
    assert found(f"As {name} said.", note(f"The plan is led by {name} and two more."))


def test_a_short_text_that_is_a_name_is_found() -> None:
    assert found("We asked Dr Haddad.", note("Dr Haddad", kind=SecretKind.WORKING_NOTE)) == [("Dr Haddad", True)]
    assert found("It is the Linden Project.", note("ask the Linden Project")) == [("Linden Project", True)]


def test_names_that_say_nothing_about_one_bid_are_let_be() -> None:
    held = [note("They work with the Harbour Board on safety.", f"B0{number}") for number in (4, 5, 6)]
    assert found("You work with the Harbour Board.", *held) == []
    one = held[0]
    assert found("You work with the Harbour Board.", one) == [("Harbour Board", True)]
    assert found("You work with the Harbour Board.", one, reader="B04") == []
    said = Allowed(said=("We work with the Harbour Board.",))
    assert found("You work with the Harbour Board.", one, allowed=said) == []
    # What others may be told of the most advantageous tender may hold its names.
    open_ = Allowed(told=(one.text,), disclosed=(one.text,))
    assert found(one.text, one, allowed=open_) == []
    # A name that people wrote about this bid too is shown, since it may be from its own documents.
    both = (one, note("They name the Harbour Board.", "B02"))
    assert found("You work with the Harbour Board.", *both) == [("Harbour Board", False)]
    published = Guard.of([one], ["The Harbour Board decides about moorings."])
    assert published.leaks([Passage("Page 1", "Ask the Harbour Board.")], Allowed(), "B02") == ()


def test_what_begins_a_sentence_and_days_and_months_are_no_names() -> None:
    held = note("Weekly sessions are held on Monday and in May. Meets the need. Staff are named. Sessions run late.")
    text = "On Monday and in May. Weekly plans are good. Staff do it. Sessions are long. Meets what was asked."
    assert found(text, held) == []


def test_letters_of_two_hundred_bids_raise_no_alarm_and_a_planted_name_stops_one() -> None:
    towns = ("Plymouth", "Exeter", "Truro", "Bideford", "Torquay")
    firsts = ("Amira", "Jory", "Zofia", "Kwame", "Elowen", "Ravi", "Nia", "Tomas", "Leila", "Piran")
    lasts = ("Haddad", "Penrose", "Nowak", "Mensah", "Tregenza", "Iyer", "Pugh", "Horak", "Amini", "Carlyon")

    def about(number: int) -> str:
        who = f"{firsts[number % 10]} {lasts[number // 10 % 10]}-{lasts[(number // 100 + number) % 10]}"
        return (
            f"{who} leads the work in {towns[number % 5]} and meets each young carer within ten days. The bid says who steps "
            f"in when she is away, and names the school that {who} works with. Staff hold a certificate each."
        )

    secrets = [
        Secret(kind, text, f"a text about B{number:03}", owner, about=f"B{number:03}")
        for number in range(200)
        for kind, text, owner in (
            (SecretKind.SENTENCE, about(number), f"B{number:03}"),
            (SecretKind.SENTENCE, f"I read it twice. {about(number)}", ""),
        )
    ]
    guard = Guard.of(secrets, ["A service for young carers in Devon, Plymouth and Torbay"])
    alarms = [
        leak
        for number in range(200)
        for leak in guard.leaks(
            [Passage("Page 1", f"Your plan was read with care. {about(number)}")],
            Allowed(told=(about(number),)),
            f"B{number:03}",
        )
    ]
    assert alarms == []
    rival = "Elowen Penrose-Tregenza"
    assert any(rival in one.text for one in secrets)
    text = f"{about(3)} Elowen Penrose-Tregenza showed how."
    leaks = guard.leaks([Passage("Page 1", text)], Allowed(told=(text,)), "B003")
    assert [(leak.found, leak.stops) for leak in leaks] == [(rival, True)]


def test_a_copied_sentence_is_let_be_though_the_letters_beside_it_are_the_same_by_chance() -> None:
    rationale = secret(f"I read this twice. {SENTENCE} Then more.", SecretKind.SENTENCE, "")
    text = f"Your plan was read with care. {SENTENCE} The next one."
    assert found(text, rationale, allowed=Allowed(told=(SENTENCE,))) == []
