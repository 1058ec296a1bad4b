from __future__ import annotations

import io
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import make
from evalpanel.domain.moderation import MemberScore, ModeratedRow, ModeratedScore
from evalpanel.domain.sheets import Line, Score, ScoreRow, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.individual_scores import IndividualScores, spread_words
from evalpanel.formats.score_workbook import (
    ModeratedLine,
    ScoreSheetLine,
    read_moderated,
    read_scores,
    write_moderated,
    write_moderated_csv,
    write_scores,
    write_scores_csv,
)
from formats.packs import codes, numbers, texts

ONE = [make.LOT]
HEAD = "lot,bid,criterion,status,score,rationale,improvements,working_note\n"
LINE = Line(make.LOT, BidCode("B01"), CriterionCode("1.10"))


def line(lot: str, bid: str, criterion: str) -> Line:
    return Line(LotCode(lot), BidCode(bid), CriterionCode(criterion))


def said(data: bytes, lots: list[LotCode] = ONE, name: str = "s.csv") -> list[str]:
    return [str(problem) for problem in read_scores(data, name, lots)[1]]


scores = st.builds(
    Score,
    line=st.builds(Line, codes, codes, codes),
    status=st.just(ScoreStatus.SCORED),
    value=numbers,
    rationale=texts,
    improvements=texts,
    working_note=texts,
)


def row_of(score: Score, where: str) -> ScoreRow:
    return ScoreRow(
        where,
        score.line,
        score.status,
        score.value,
        score.rationale or None,
        score.improvements or None,
        score.working_note or None,
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(scores, min_size=1, max_size=3, unique_by=lambda score: str(score.line).casefold()))
def test_scores_written_and_read_are_the_same(held: list[Score]) -> None:
    lines = [ScoreSheetLine(score, "Bidder", "Criterion", "0 No, 1 Yes") for score in held]
    expected = tuple(row_of(score, f"Scores!A{row}") for row, score in enumerate(held, 2))
    assert read_scores(write_scores(lines), "s.xlsx", []) == (expected, ())
    rows, problems = read_scores(write_scores_csv(lines), "s.csv", [])
    assert (rows, problems) == (tuple(row_of(score, f"s.csv!A{row}") for row, score in enumerate(held, 2)), ())


@pytest.mark.parametrize("status", ScoreStatus)
def test_scores_every_status_comes_back(status: ScoreStatus) -> None:
    value = Decimal(0) if status is ScoreStatus.SCORED else None
    rows, problems = read_scores(write_scores([ScoreSheetLine(Score(LINE, status, value))]), "s.xlsx", ONE)
    said_status = None if status is ScoreStatus.BLANK else status
    assert (rows, problems) == ((ScoreRow("Scores!A2", LINE, said_status, value),), ())


@pytest.mark.parametrize(
    ("status", "score", "meant"),
    [
        ("", "3", (ScoreStatus.SCORED, Decimal(3))),
        ("Scored", "0", (ScoreStatus.SCORED, Decimal(0))),
        ("scored", "", (ScoreStatus.SCORED, None)),
        ("", "", (None, None)),
        ("BLANK", "", (ScoreStatus.BLANK, None)),
        ("not applicable", "", (ScoreStatus.NOT_APPLICABLE, None)),
        ("N/A", "", (ScoreStatus.NOT_APPLICABLE, None)),
        ("Not-Applicable", "", (ScoreStatus.NOT_APPLICABLE, None)),
        ("abstain", "", (ScoreStatus.ABSTAINED, None)),
        ("Recused", "", (ScoreStatus.RECUSED, None)),
    ],
)
def test_scores_status_is_read_in_other_spellings(
    status: str, score: str, meant: tuple[ScoreStatus | None, Decimal | None]
) -> None:
    rows, problems = read_scores(f"{HEAD}L1,B01,1.10,{status},{score},,,\n".encode(), "s.csv", ONE)
    assert ([(row.status, row.value) for row in rows], problems) == ([meant], ())


def test_scores_empty_cell_is_none_and_not_empty_text() -> None:
    rows, _ = read_scores(f"{HEAD}L1,B01,1.10,,3,,  ,note\n".encode(), "s.csv", ONE)
    assert rows == (ScoreRow("s.csv!A2", LINE, ScoreStatus.SCORED, Decimal(3), None, None, "note"),)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("L1,B01,1.10,,three,,,", "s.csv!E2: the score is not a plain number: 'three'."),
        ("L1,B01,1.10,,3 Good,,,", "s.csv!E2: the score is not a plain number: '3 Good'."),
        ("L1,B01,1.10,blank,3,,,", "s.csv!E2: there is a score, but the status is blank; remove one of them."),
        ("L1,B01,1.10,abstained,0,,,", "s.csv!E2: there is a score, but the status is abstained; remove one of them."),
        ("L1,B01,1.10,maybe,,,,", "s.csv!D2: the status is 'maybe'; it is one of: blank, scored, not_applicable, abstained, recused."),
        ("L1,,1.10,,3,,,", "s.csv!B2: the bid is missing."),
        ("L1,B01,,,3,,,", "s.csv!C2: the criterion is missing."),
        ("L1,B 01,1.10,,3,,,", "s.csv!B2: the bid is no code: 'B 01' has spaces or signs that codes may not have."),
        ("L1,B01,1.10,,#N/A,,,", "s.csv!E2: the score shows an error (#N/A); put the value in its place."),
        ("L1,B01,1.10,,3,bell\x07,,", "s.csv!F2: the rationale holds a control character (U+0007); delete it."),
        ("L1,B01,1.10,,1,,,\nl1,b01,1.10,,2,,,", "s.csv!A3: lot l1, bid b01, criterion 1.10 stands twice, here and at s.csv!A2."),
        ('L1,B01,1.10,,1,"open', "s.csv!2: cannot be read from here on (unexpected end of data)."),
    ],
)  # fmt: skip
def test_scores_bad_row_is_refused_with_its_place(body: str, problem: str) -> None:
    assert said(f"{HEAD}{body}".encode()) == [problem]


def test_scores_lot_may_be_left_out_where_there_is_one() -> None:
    data = b"bid,criterion,score\nB01,1.10,3\n"
    rows, problems = read_scores(data, "s.csv", ONE)
    assert (rows, problems) == ((ScoreRow("s.csv!A2", LINE, ScoreStatus.SCORED, Decimal(3)),), ())
    assert said(data, [make.LOT, LotCode("L2")]) == ["s.csv!1: the column lot is missing."]
    empty = b"lot,bid,criterion,score\n,B01,1.10,3\n"
    assert said(empty, [make.LOT, LotCode("L2")]) == ["s.csv!A2: the lot is missing; there are several."]


def test_scores_missing_key_columns_are_refused_and_unknown_ones_noted() -> None:
    assert said(b"lot,score\nL1,3\n") == ["s.csv!1: the column bid, criterion is missing."]
    rows, problems = read_scores(b"bid,criterion,score,mood\nB01,1.10,3,fine\n", "s.csv", ONE)
    assert len(rows) == 1
    assert [(str(problem), problem.stops) for problem in problems] == [
        ("s.csv!D1: the column 'mood' is not known and was not read.", False)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_scores_csv_in_the_encodings_and_separators_of_spreadsheets(encoding: str, separator: str) -> None:
    text = separator.join(["bid", "criterion", "score", "rationale"]) + "\r\n"
    text += (
        separator.join(["B01", "1.10", "3", '"Clear – “p. 2”, and\r\n; more"'.replace("“", '""').replace("”", '""')])
        + "\r\n"
    )
    rows, problems = read_scores(text.encode(encoding), "s.csv", ONE)
    assert [row.rationale for row in rows] == ['Clear – "p. 2", and\n; more']
    assert [problem.stops for problem in problems] == ([False] if encoding == "cp1252" else [])


def test_scores_csv_with_a_separator_line_is_numbered_as_spreadsheets_show_it() -> None:
    rows, problems = read_scores(b"sep=;\r\nbid;criterion;score\r\nB01;1.10;3\r\n", "s.csv", ONE)
    assert (rows, [str(problem) for problem in problems]) == (
        (ScoreRow("s.csv!A2", LINE, ScoreStatus.SCORED, Decimal(3)),),
        [],
    )


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"%PDF-1.7\x00", b"\x81\x8d\x8f"])
def test_scores_file_that_is_no_table_is_refused(data: bytes) -> None:
    rows, problems = read_scores(data, "s.csv", ONE)
    assert (rows, [(problem.where, problem.stops) for problem in problems]) == ((), [("s.csv", True)])


def test_scores_number_in_a_code_cell_is_refused_when_it_may_have_been_another() -> None:
    data = make.sheets(Scores=[["bid", "criterion", "score"], ["B01", 1.1, 3], ["B01", 2, 3]])
    rows, problems = read_scores(data, "s.xlsx", ONE)
    assert [row.line.criterion for row in rows] == ["2"]
    assert [problem.where for problem in problems] == ["Scores!B2"]


def test_scores_first_sheet_is_read_where_none_is_called_scores() -> None:
    data = make.sheets(Mine=[["bid", "criterion", "score"], ["B01", "1.10", 3]], Other=[["x"]])
    rows, problems = read_scores(data, "s.xlsx", ONE)
    assert (rows[0].where, [str(problem) for problem in problems]) == ("Mine!A2", ["Other: was not read; Mine was."])


def test_scores_workbook_helps_whoever_fills_it_in() -> None:
    data = write_scores([ScoreSheetLine(Score(LINE), "Harbour", "Reach", "0 No, 1 Yes")])
    sheet = load_workbook(io.BytesIO(data))["Scores"]
    assert [cell.value for cell in sheet[1]] == [
        "lot", "bid", "bid_name", "criterion", "criterion_title", "levels",
        "status", "score", "rationale", "improvements", "working_note",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[2]][:8] == ["L1", "B01", "Harbour", "1.10", "Reach", "0 No, 1 Yes", None, None]
    lists = [found.formula1 for found in sheet.data_validations.dataValidation if found.type == "list"]
    assert lists == ['"blank,scored,not_applicable,abstained,recused"']
    assert (sheet.freeze_panes, sheet["C2"].fill.fgColor.rgb, sheet["I2"].alignment.wrap_text) == (
        "A2",
        "FFF1F1F1",
        True,
    )


def test_scores_text_too_long_for_a_cell_is_refused_and_not_cut() -> None:
    with pytest.raises(EvalPanelError, match="holds more than 32,767 characters"):
        write_scores([ScoreSheetLine(Score(LINE, rationale="x" * 32_768))])


MODERATED = ModeratedScore(
    LINE,
    Decimal(3),
    reasons="=Good plan\nwith dates",
    disclosable_reasons="A plan",
    withheld_why="names a child",
    not_higher="No evidence of reach.",
    differences="Settled on page 4.",
    improvements="Say who.",
    present=(PersonCode("CH1"), PersonCode("PM1")),
    dissent="-PM2: lower",
)


def test_moderated_written_and_read_is_the_same() -> None:
    whole = ModeratedRow(
        "Moderated!A2",
        LINE,
        *(
            getattr(MODERATED, name)
            for name in ("value", "reasons", "disclosable_reasons", "withheld_why", "not_higher")
        ),
        *(getattr(MODERATED, name) for name in ("differences", "improvements", "present", "dissent")),
    )
    empty = ModeratedRow("Moderated!A3", line("L1", "B02", "1.10"))
    lines = [ModeratedLine(MODERATED), ModeratedLine(ModeratedScore(line("L1", "B02", "1.10"), None))]
    assert read_moderated(write_moderated(lines), "m.xlsx", ONE) == ((whole, empty), ())
    rows, problems = read_moderated(write_moderated_csv(lines), "m.csv", ONE)
    assert ([(row.line, row.reasons, row.present, row.dissent) for row in rows], problems) == (
        [(LINE, whole.reasons, whole.present, whole.dissent), (empty.line, None, None, None)],
        (),
    )


def test_moderated_individual_scores_stand_beside_and_are_not_read() -> None:
    people = (
        MemberScore(PersonCode("PM1"), "Pim Moss", Score(LINE, ScoreStatus.SCORED, Decimal(4), "=p. 2", "", "secret")),
        MemberScore(PersonCode("PM2"), "Pat Marsh", Score(LINE, ScoreStatus.NOT_APPLICABLE, None, "none")),
    )
    data = write_moderated(
        [ModeratedLine(MODERATED)], [IndividualScores(LINE, people, Fraction(1, 3), "Harbour", "Reach")]
    )
    sheet = load_workbook(io.BytesIO(data))["Individual scores"]
    assert [cell.value for cell in sheet[1]][5:] == [
        "spread", "PM1 Pim Moss score", "PM1 Pim Moss rationale", "PM2 Pat Marsh score", "PM2 Pat Marsh rationale",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[2]] == [
        "L1", "B01", "Harbour", "1.10", "Reach", "33 % of the scale: some way apart", 4, "=p. 2", "not applicable", "none",
    ]  # fmt: skip
    assert (sheet["H2"].data_type, read_moderated(data, "m.xlsx", ONE)[1]) == ("s", ())


@pytest.mark.parametrize(
    ("spread", "words"),
    [
        (None, "fewer than two scores"),
        (Fraction(0), "0 % of the scale: all the same"),
        (Fraction(1, 6), "17 % of the scale: close together"),
        (Fraction(1, 5), "20 % of the scale: some way apart"),
        (Fraction(1, 2), "50 % of the scale: some way apart"),
        (Fraction(3, 5), "60 % of the scale: far apart"),
    ],
)
def test_spread_is_told_in_words(spread: Fraction | None, words: str) -> None:
    assert spread_words(spread) == words


def test_moderated_person_named_twice_is_refused() -> None:
    data = b"bid,criterion,score,present\nB01,1.10,3,CH1 PM1;CH1\n"
    assert [str(problem) for problem in read_moderated(data, "m.csv", ONE)[1]] == [
        "m.csv!D2: the present names CH1 twice."
    ]
