from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import make
from evalpanel.domain.intake import Problem, TenderPack
from evalpanel.domain.tender import BidCode, BidderCode, Lot, LotCode, PriceKind
from evalpanel.formats import workbook
from evalpanel.formats.workbook import read_prices, read_workbook
from formats.changed import change, part_of, with_cells, with_part


def stops(data: bytes) -> list[str]:
    return [str(problem) for problem in read_workbook(data).problems if problem.stops]


def notes(data: bytes) -> list[str]:
    return [str(problem) for problem in read_workbook(data).problems if not problem.stops]


def test_workbook_sound_pack_has_no_problems() -> None:
    reading = read_workbook(make.workbook())
    assert (reading.problems, reading.pack, reading.is_sound) == ((), make.pack(), True)


def test_workbook_places_name_the_cell_of_a_value() -> None:
    reading = read_workbook(make.workbook())
    assert reading.place("Criteria", 2, "weighting") == "Criteria!I4"
    assert reading.place("Tender", None, "deadline") == "Tender!B7"
    assert reading.place("Scale", 4, "value") == "Scale!B6"
    assert reading.place("Bids") == "Bids"


# What a person types or a spreadsheet does to it, and what is said about it. `None`: nothing is wrong with it.
CELLS = [
    ("Criteria!A4", 1.1, "the criterion is the number 1.1, which may have been 1.10 before the spreadsheet changed it."),
    ("Criteria!A3", 1, None),
    ("Criteria!A3", 1.0, None),
    ("Criteria!B4", datetime(2026, 2, 1), "the parent is a code that the spreadsheet turned into a date."),  # noqa: DTZ001  # as Excel has it
    ("Criteria!B4", True, "the parent holds TRUE or FALSE where a code should stand."),
    ("Criteria!B4", "a b", "the parent is no code: 'a b' has spaces or signs that codes may not have."),
    ("Criteria!B4", "‐1", "the parent is no code: '‐1' does not begin with a letter or a digit."),
    ("Criteria!B4", "x" * 41, "the parent is longer than a code may be (40 characters)."),
    ("Criteria!I4", "=25*2", "the weighting holds a formula, whose result may be out of date. Copy it and paste it as values."),
    ("Criteria!I4", "#REF!", "the weighting shows an error (#REF!); put the value in its place."),
    ("Criteria!I4", "50 %", None),
    ("Criteria!I4", "50%", None),
    ("Criteria!I4", "5O", "the weighting is not a plain number: '5O'."),
    ("Criteria!I4", -1, "the weighting is -1; a percentage lies between 0 and 100."),
    ("Criteria!I4", 101, "the weighting is 101; a percentage lies between 0 and 100."),
    ("Criteria!I4", "1e2", "the weighting is not a plain number: '1e2'."),
    ("Criteria!I4", True, "the weighting holds a true or false where a percentage should stand."),
    ("Criteria!F4", "Quality", None),
    ("Criteria!F4", "sub-criterion", "the kind is 'sub-criterion'; it is one of: section, quality, condition, consideration, information."),
    ("Criteria!E4", None, "the title is missing."),
    ("Criteria!E4", "bell\x07".replace("\x07", "_x0007_"), "the title holds a control character (U+0007); delete it."),
    ("Criteria!E4", "half _xD800_", "the title holds half of a character (an unpaired surrogate); type the text again."),
    ("Bidders!E3", 12345, "the identifier is the number 12345, which may have lost leading zeros. Format the column as text and type it again."),
    ("Bidders!E3", 12345678, None),
    ("Bidders!H2", "perhaps", "the sme is 'perhaps'; write yes or no."),
    ("Tender!B7", "18/09/2026 12:00", None),
    ("Tender!B7", "2026-09-18T11:00:00Z", None),
    ("Tender!B7", "2026-09-18T12:00+01:00", None),
    ("Tender!B7", "2026-09-18", "the deadline holds a date without a time of day; give both (2026-09-18 12:00)."),
    ("Tender!B7", "18.9.2026", "the deadline is not a date: '18.9.2026'. Write 2026-09-18 or 18/09/2026."),
    ("Tender!B7", "31/02/2026 12:00", "the deadline is not a date that can be (day is out of range for month)."),
    ("Tender!B7", "2026-10-25 01:30", "the deadline is a time that UK clocks showed twice or skipped that night;"),
    ("Tender!B7", "2026-03-29 01:30", "the deadline is a time that UK clocks showed twice or skipped that night;"),
    ("Tender!B7", 46283, "the deadline holds a number where a date should stand; format the cell as a date or type 2026-09-18."),
    ("Tender!B9", 1.5, "the quorum is 1.5; a whole number should stand here."),
    ("Tender!B9", 0, "the quorum is 0; it lies between 1 and 1,000."),
    ("Tender!B5", "pa2024", "the regime is 'pa2024'; it is one of: pa2023, pa2023-light-touch, pa2023-wales, pcr2015, psr2023, grant."),
    ("Tender!B2", None, "the reference is missing."),
    ("Prices!H2", "£99,999.99", None),
    ("Prices!H2", "99.999,99", "the amount is not a plain number: '99.999,99'."),
    ("Panel!C3", "Chair, panel member", None),
    ("Panel!C3", "boss", "the role is 'boss'; it is one of: officer, chair, panel-member, observer, decision-maker, legal, note-taker."),
    ("Panel!C3", "chair chair", "the role names chair twice."),
    ("Panel!I3", "2026-09-01 10:00", "the declared holds a time as well; a date should stand here."),
]  # fmt: skip


@pytest.mark.parametrize(("place", "value", "said"), CELLS)
def test_workbook_cell_is_read_or_refused_with_its_place(place: str, value: object, said: str | None) -> None:
    found = [text for text in stops(with_cells(make.workbook(), {place: value})) if text.startswith(f"{place}: ")]
    if said is None:
        assert found == []
    else:
        assert [text.startswith(f"{place}: {said}") for text in found] == [True]


def test_workbook_bad_cell_is_told_once_and_its_consequences_are_not() -> None:
    data = with_cells(make.workbook(), {"Criteria!A4": 1.1, "Criteria!I5": "x"})
    what = "the criterion is the number 1.1, which may have been 1.10 before the spreadsheet changed it."
    assert stops(data) == [
        f"Criteria!A4: {what} Format the column as text and type the code again.",
        "Criteria!I5: the weighting is not a plain number: 'x'.",
    ]


def test_workbook_percent_format_means_what_it_shows() -> None:
    data = with_cells(make.workbook(), {"Tender!B11": 0.7, "Tender!B12": 0.3}, "0%")
    reading = read_workbook(data)
    assert (reading.problems, reading.pack) == ((), make.pack())


def test_workbook_zero_padded_number_in_a_code_column_is_refused() -> None:
    found = stops(with_cells(make.workbook(), {"Lots!A2": 7}, "000"))
    assert found[0] == (
        "Lots!A2: the lot holds the number 7 but is shown in another way (000). "
        "Format the column as text and type the code again."
    )


@pytest.mark.parametrize(
    ("typed", "meant"), [(4.35, "4.35"), (0.1, "0.1"), (1234567.89, "1234567.89"), (1e15, "1000000000000000"), (0, "0")]
)
def test_workbook_binary_fraction_is_read_as_it_was_typed(typed: float, meant: str) -> None:
    pack = make.pack(lots=(Lot(make.LOT, "Whole", value=Decimal(1)),))
    reading = read_workbook(with_cells(make.workbook(pack), {"Lots!C2": typed}))
    assert reading.pack.lots[0].value == Decimal(meant)


def test_workbook_result_of_binary_arithmetic_is_refused() -> None:
    data = with_cells(make.workbook(), {"Lots!C2": 30303})
    part = part_of(data, "Lots")
    raw = with_part(data, part, lambda xml: xml.replace(b"<v>30303</v>", b"<v>0.30000000000000004</v>"))
    assert stops(data) == []
    found = stops(raw)
    assert found == [
        "Lots!C2: the value holds a number with more digits than the spreadsheet shows; round it and type it again."
    ]


def test_workbook_date_cells_are_uk_time() -> None:
    data = with_cells(make.workbook(), {"Tender!B7": datetime(2026, 9, 18, 12, 0)}, "dd/mm/yyyy hh:mm")  # noqa: DTZ001  # as Excel has it
    reading = read_workbook(with_cells(data, {"Panel!I3": date(2026, 9, 1)}, "dd/mm/yyyy"))
    assert (reading.problems, reading.pack) == ((), make.pack())


def test_workbook_date_cell_that_shows_no_time_is_no_moment() -> None:
    data = with_cells(make.workbook(), {"Tender!B7": date(2026, 9, 18)}, "dd/mm/yyyy")
    assert stops(data) == ["Tender!B7: the deadline holds a date without a time of day; give both (2026-09-18 12:00)."]


def test_workbook_midnight_that_is_shown_is_a_moment() -> None:
    data = with_cells(make.workbook(), {"Tender!B7": datetime(2026, 12, 18)}, "yyyy-mm-dd hh:mm")  # noqa: DTZ001  # as Excel has it
    tender = read_workbook(data).pack.tender
    assert tender is not None
    assert tender.deadline == datetime(2026, 12, 18, tzinfo=UTC)


def test_workbook_columns_in_any_order_and_spelling() -> None:
    rows = [["Weighting ", "TITLE", "Criterion"], ["100", "One", "1"]]
    reading = read_workbook(make.sheets(Criteria=rows))
    assert [(held.criterion, held.title, held.weighting) for held in reading.pack.criteria] == [
        ("1", "One", Decimal(100))
    ]


def test_workbook_unknown_things_are_noted_and_never_dropped_in_silence() -> None:
    def act(book: object) -> None:
        book["Lots"]["K1"], book["Lots"]["K2"] = "colour", "blue"  # type: ignore[index]  # openpyxl types its sheets loosely
        book["Lots"]["M2"] = "loose"  # type: ignore[index]  # openpyxl types its sheets loosely
        book["Tender"]["A40"], book["Tender"]["B40"] = "mood", "good"  # type: ignore[index]  # openpyxl types its sheets loosely
        book.create_sheet("Jottings")["A1"] = "x"  # type: ignore[attr-defined]  # openpyxl types its sheets loosely
        book.create_sheet("Sheet1")  # type: ignore[attr-defined]  # openpyxl types its sheets loosely
        book["Panel"]["A9"], book["Panel"]["B9"], book["Panel"]["C9"] = "OB1", "Ode Vale", "observer"  # type: ignore[index]  # openpyxl types its sheets loosely

    data = change(make.workbook(), act)
    assert stops(data) == []
    assert notes(data) == [
        "Tender!28: is an empty row; reading went on below it.",
        "Lots!K1: the column 'colour' is not known and was not read.",
        "Lots!M2: stands in a column without a name and was not read.",
        "Panel!6: is an empty row; reading went on below it.",
        "Jottings: is not a sheet of a tender workbook and was not read.",
        "Tender!A40: the field 'mood' is not known; the row was not read.",
    ]


def test_workbook_hidden_and_merged_cells_are_read_with_a_note() -> None:
    def act(book: object) -> None:
        sheet = book["Bidders"]  # type: ignore[index]  # openpyxl types its sheets loosely
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["G"].hidden = True
        sheet.merge_cells("J2:K2")
        book["Outcomes"].sheet_state = "hidden"  # type: ignore[index]  # openpyxl types its sheets loosely

    reading = read_workbook(change(make.workbook(), act))
    assert reading.pack == make.pack()
    assert [str(problem) for problem in reading.problems] == [
        "Outcomes: is a hidden sheet; it was read like any other.",
        "Bidders: has merged cells (J2:K2); each counts as its first cell, the others as empty.",
        "Bidders: has hidden rows (3); they were read.",
        "Bidders: has hidden columns (G); they were read.",
    ]


def test_workbook_column_named_twice_is_refused() -> None:
    data = make.sheets(Outcomes=[["outcome", "title", "Outcome"], ["O1", "Heard", "O2"]])
    assert stops(data) == ["Outcomes!C1: the column outcome stands twice (also in A)."]


def test_workbook_field_given_twice_is_refused() -> None:
    data = with_cells(make.workbook(), {"Tender!A30": "title", "Tender!B30": "Another"})
    assert stops(data) == ["Tender!A30: the field title stands twice."]


def test_workbook_sheet_without_column_names_is_refused() -> None:
    data = make.sheets(Stages=[["ITT", 3], ["Final", 1]])
    assert stops(data) == ["Stages!1: the first row must hold the names of the columns: stage, shortlist, by, minimum."]


def test_workbook_two_sheets_of_one_name_are_refused() -> None:
    rows = [["lot", "title"], ["L1", "One"]]
    data = make.sheets(Lots=rows, Lots2=rows)
    renamed = with_part(data, "xl/workbook.xml", lambda xml: xml.replace(b'"Lots2"', b'"LOTS"'))
    assert stops(renamed) == ["LOTS: stands twice in the workbook (as Lots, too)."]
    spaced = with_part(data, "xl/workbook.xml", lambda xml: xml.replace(b'"Lots2"', b'"Lots "'))
    assert stops(spaced) == ["Lots: stands twice in the workbook (as Lots, too)."]


def test_workbook_without_any_known_sheet_is_refused() -> None:
    data = make.sheets(Budget=[["a"], ["b"]])
    assert read_workbook(data, "t.xlsx").problems == (
        Problem("t.xlsx", "has none of the sheets of a tender workbook (Tender, Criteria, Scale …)."),
        Problem("Budget", "is not a sheet of a tender workbook and was not read.", stops=False),
    )


def test_workbook_of_empty_sheets_is_refused() -> None:
    data = make.sheets(Lots=[["lot", "title"]], Bids=[])
    assert stops(data) == ["tender.xlsx: holds nothing but empty sheets."]


def test_workbook_without_lots_has_one_named_like_the_tender() -> None:
    pack = make.pack(lots=())
    reading = read_workbook(make.workbook(pack))
    assert reading.problems == ()
    assert reading.pack.lots == (Lot(LotCode("L1"), "Advocacy for young carers"),)


def test_workbook_row_without_a_lot_is_for_the_only_one() -> None:
    data = with_cells(make.workbook(), {"Bids!A2": None, "Bids!C2": None, "Prices!B2": None, "Prices!H2": None})
    reading = read_workbook(data)
    assert (reading.problems, reading.pack) == ((), make.pack())


def test_workbook_row_without_a_lot_is_refused_where_there_are_two() -> None:
    data = make.workbook(make.pack(lots=(Lot(make.LOT, "One"), Lot(LotCode("L2"), "Two"))))
    data = with_cells(data, {"Bids!C2": None, "Prices!B2": None})
    found = [text for text in stops(data) if "missing" in text]
    assert found == [
        "Bids!C2: the lot is missing; there are several.",
        "Prices!B2: the lot is missing; there are several.",
    ]


def test_workbook_price_needs_an_amount_or_both_factors() -> None:
    data = with_cells(make.workbook(), {"Prices!F2": None, "Prices!H2": None})
    assert stops(data) == ["Prices!H2: the amount is missing; give it, or both quantity and unit_price."]


def test_workbook_product_that_differs_is_refused() -> None:
    data = with_cells(make.workbook(), {"Prices!H3": "119999.99"})
    assert stops(data) == ["Prices!H3: is 119999.99, but 12 × 10000 is 120000."]


def test_workbook_of_bids_only_has_no_tender() -> None:
    full = make.pack()
    later = TenderPack(bidders=full.bidders, members=full.members, bids=full.bids, prices=full.prices)
    reading = read_workbook(make.workbook(later), within=replace(full, bidders=(), members=(), bids=(), prices=()))
    assert (reading.problems, reading.pack) == ((), later)


def test_workbook_of_bids_within_a_tender_checks_its_codes() -> None:
    full = make.pack()
    wrong = replace(full.bids[0], bid=BidCode("B09"), bidder=BidderCode("B09"), lot=LotCode("L9"))
    reading = read_workbook(make.workbook(TenderPack(bids=(wrong,))), within=full)
    assert [str(problem) for problem in reading.problems] == [
        "Bids!B2: names the bidder B09, which is not in Bidders.",
        "Bids!C2: names the lot L9, which is not in Lots.",
    ]


def test_workbook_problems_beyond_five_hundred_are_counted() -> None:
    rows: list[list[str | None]] = [["outcome", "title"], *([f"O{number}", None] for number in range(2, 1002))]
    found = stops(make.sheets(Outcomes=rows))
    assert (len(found), found[0], found[-1]) == (
        501,
        "Outcomes!B2: the title is missing.",
        "Outcomes!B502: and 500 more problems like these.",
    )


def test_prices_from_csv_and_from_a_workbook_are_the_same() -> None:
    text = (
        "bidder;lot;kind;item;year;quantity;unit_price;amount\r\n"
        "B01;L1;price;Service;1;12;8333.3325;£99,999.99\r\n"
        "B02;;price;Service;1;12;10000;\r\n"
        "B03;L1;Price;Service;1;12;9166.6675;110000.01\r\n"
    )
    from_csv = read_prices(text.encode(), "prices.csv", [make.LOT])
    from_xlsx = read_prices(make.workbook(TenderPack(prices=make.prices())), "prices.xlsx", [make.LOT])
    assert from_csv == from_xlsx == (make.prices(), ())


def test_prices_problems_have_their_place_in_the_csv() -> None:
    text = "bidder,kind,item,amount\nB01,price,Service,12.345.6\n,cost,Staff,3\nB02,fee,Staff,1\n"
    lines, problems = read_prices(text.encode(), "prices.csv", [make.LOT])
    assert [line.kind for line in lines] == [PriceKind.PRICE, PriceKind.PRICE]
    assert [str(problem) for problem in problems] == [
        "prices.csv!D2: the amount is not a plain number: '12.345.6'.",
        "prices.csv!A3: the bidder is missing.",
        "prices.csv!B4: the kind is 'fee'; it is one of: price, cost, overhead.",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "p: is empty."),
        (make.sheets(Lots=[["lot"], ["L1"]]), "p: has no sheet Prices."),
        (make.sheets(Prices=[["bidder", "kind", "item", "amount"]]), "Prices: holds no price lines."),
        (b"a,b\n1,2\n", "p!1: the first row must hold the names of the columns: bidder, lot, kind, item, year,"),
    ],
)
def test_prices_without_lines_are_refused(data: bytes, said: str) -> None:
    lines, problems = read_prices(data, "p", [make.LOT])
    assert (lines, [str(problem).startswith(said) for problem in problems]) == ((), [True])


def test_workbook_of_a_very_long_chain_of_criteria_is_read() -> None:
    # With every ancestor looked at for each of them, this would take half an hour.
    rows = [["criterion", "title", "parent", "kind"], *([f"c{n}", "t", f"c{n + 1}", "section"] for n in range(30_000))]
    assert stops(make.sheets(Criteria=rows)) == ["Criteria!A2: the section c0 has no criteria below it."]


def test_workbook_of_more_criteria_and_lots_than_anybody_could_score_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workbook, "MOST_CRITERIA_OF_LOTS", 5)
    assert stops(make.workbook()) == ["tender.xlsx: has 6 criteria and 1 lots, more than anybody could score."]
