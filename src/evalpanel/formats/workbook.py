"""Reading the tender workbook, or a workbook that brings only bids or prices: every problem at once, each with its cell.

The sheets and columns are those of `evalpanel.formats.columns`; docs/formats/workbook.md describes them for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from typing import TypeVar

from evalpanel.domain import pack_checks
from evalpanel.domain.criteria import Criterion, Outcome
from evalpanel.domain.intake import Problem, TenderPack
from evalpanel.domain.numbers import canonical, exact
from evalpanel.domain.pack_findings import Finding
from evalpanel.domain.people import PanelMember
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.tender import (
    Authority,
    Bid,
    Bidder,
    Clarification,
    ConsortiumMember,
    DocumentEntry,
    Lot,
    LotCode,
    PriceLine,
    ScaleCode,
    Stage,
    Tender,
)
from evalpanel.formats import columns as layout
from evalpanel.formats.cells import plain_name
from evalpanel.formats.columns import Column, Kind, SheetColumns
from evalpanel.formats.grid import CellKind, RawCell, RawSheet, read_csv
from evalpanel.formats.table import Reading, Table, Value
from evalpanel.formats.xlsx import read_xlsx

MOST_CRITERIA_OF_LOTS = 5_000_000
"""The most criteria times lots that are checked: far more than any panel could score."""
T = TypeVar("T")
_Values = dict[str, Value]


@dataclass(frozen=True, slots=True)
class WorkbookReading:
    """What a workbook says. Where a problem stops, `pack` is what could be understood, and must not be kept.

    `tables` hold, by the name of a sheet, where its values stand; see `place`.
    """

    pack: TenderPack
    problems: tuple[Problem, ...]
    tables: Mapping[str, Places] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether nothing stops the pack from being kept."""
        return not any(problem.stops for problem in self.problems)

    def place(self, sheet: str, row: int | None = None, column: str | None = None) -> str:
        """The place of a value: `Criteria!D7` for the column `weighting` of the pack's sixth criterion.

        `row` is the index in the pack (of `Scale`: of levels through all scales); of `Tender`, `column` is the field.
        """
        places = self.tables.get(sheet)
        return sheet if places is None else places.place(row, column)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the values of one sheet stand: their rows in the order of the pack; for `Tender`, the row of each field."""

    table: Table
    rows: tuple[int, ...] = ()
    fields: Mapping[str, int] = field(default_factory=dict)

    def place(self, row: int | None, column: str | None) -> str:
        """The place of a value as people say it."""
        if column is not None and column in self.fields:
            return self.table.place(self.fields[column], "value")
        if row is None:
            number = self.table.columns.get(column or "")
            return self.table.sheet.title if number is None or self.table.rows else self.table.sheet.place(2, number)
        return self.table.place(self.rows[row], column)


def read_workbook(data: bytes, name: str = "tender.xlsx", within: TenderPack | None = None) -> WorkbookReading:
    """The tender pack that a workbook holds, with every problem and its place. Never raises for what the bytes hold.

    `name` is what the file is called in problems about the file as a whole. `within` is the pack of the tender that
    is held already, where the workbook brings more to it (bids, prices): its codes are known, and its only lot is
    meant where a row names none. A workbook without a sheet `Tender` gives a pack whose `tender` is None.
    """
    sheets, problems = read_xlsx(data, name)
    if any(problem.stops for problem in problems) and not sheets:
        return WorkbookReading(TenderPack(), problems)
    return _Reader(name, within).read(sheets, problems)


def read_prices(data: bytes, name: str, lots: Sequence[LotCode]) -> tuple[tuple[PriceLine, ...], tuple[Problem, ...]]:
    """The price lines of a workbook's sheet `Prices`, or of a csv file with its columns, and every problem.

    `lots` are the tender's: where there is one, a row need not name it. Whether bidders and bids are known is for
    whoever holds the tender.
    """
    pack = TenderPack(lots=tuple(Lot(lot, str(lot)) for lot in lots))
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        sheets, problems = read_xlsx(data, name)
        titles = {plain_name(sheet.title): sheet for sheet in sheets}
        sheet = titles.get("prices")
        if sheet is None and not problems:
            return (), (Problem(name, "has no sheet Prices."),)
        return _Reader(name, pack).prices((sheet,) if sheet is not None else (), problems)
    found, problems = read_csv(data, name)
    return _Reader(name, pack).prices((found,) if found is not None else (), problems)


class _Reader:
    """One reading of one workbook."""

    def __init__(self, name: str, within: TenderPack | None) -> None:
        self.name = name
        self.within = within
        self.reading = Reading()
        self.places: dict[str, Places] = {}
        self.only_lot: LotCode | None = None

    def read(self, sheets: Iterable[RawSheet], problems: tuple[Problem, ...]) -> WorkbookReading:
        self.reading.problems += problems
        tables = self._tables(sheets)
        if not any(problem.stops for problem in self.reading.problems):
            if not tables:
                self.reading.problem(
                    self.name, "has none of the sheets of a tender workbook (Tender, Criteria, Scale …)."
                )
            elif not any(table.rows for table in tables.values()):
                self.reading.problem(self.name, "holds nothing but empty sheets.")
        pack = self._pack(tables)
        if len(pack.criteria) * len(pack.lots) > MOST_CRITERIA_OF_LOTS:
            what = f"has {len(pack.criteria):,} criteria and {len(pack.lots):,} lots, more than anybody could score."
            self.reading.problem(self.name, what)
            return WorkbookReading(pack, self.reading.listed(), self.places)
        for finding in pack_checks.check(pack, self.within):
            self._tell(finding)
        return WorkbookReading(pack, self.reading.listed(), self.places)

    def prices(
        self, sheets: tuple[RawSheet, ...], problems: tuple[Problem, ...]
    ) -> tuple[tuple[PriceLine, ...], tuple[Problem, ...]]:
        self.reading.problems += problems
        tables = {}
        for sheet in sheets:
            table = self.reading.table(sheet, layout.PRICES)
            if table is not None:
                tables["Prices"] = table
                if not table.rows:
                    self.reading.problem(sheet.title, "holds no price lines.")
        self._set_only_lot(self.within.lots if self.within else ())
        pack = TenderPack(prices=self._rows(tables, layout.PRICES, PriceLine))
        for finding in pack_checks.check(pack):
            self._tell(finding)
        return pack.prices, self.reading.listed()

    def _tables(self, sheets: Iterable[RawSheet]) -> dict[str, Table]:
        known = {plain_name(spec.name): spec for spec in layout.SHEETS}
        tables: dict[str, Table] = {}
        for sheet in sheets:
            spec = known.get(plain_name(sheet.title))
            if spec is not None:
                if spec.name in tables:
                    self.reading.problem(sheet.title, f"is a second sheet {spec.name}.")
                    continue
                table = self.reading.table(sheet, spec if spec is not layout.TENDER else _FIELD_VALUE)
                if table is not None:
                    tables[spec.name] = table
            elif sheet.rows and plain_name(sheet.title) != plain_name(layout.README_SHEET):
                where = sheet.title or "a sheet without a name"
                self.reading.problem(where, "is not a sheet of a tender workbook and was not read.", stops=False)
        return tables

    def _pack(self, tables: Mapping[str, Table]) -> TenderPack:
        tender = self._tender(tables.get("Tender"))
        lots: tuple[Lot, ...] = self._rows(tables, layout.LOTS, Lot)
        if tender is not None and not lots and "Lots" not in self.reading.damaged:
            lots = (Lot(LotCode("L1"), tender.title),)
        self._set_only_lot(lots or (self.within.lots if self.within is not None else ()))
        return TenderPack(
            tender=tender,
            authorities=self._rows(tables, layout.AUTHORITIES, Authority),
            lots=lots,
            stages=self._rows(tables, layout.STAGES, Stage),
            outcomes=self._rows(tables, layout.OUTCOMES, Outcome),
            criteria=self._rows(tables, layout.CRITERIA, Criterion),
            scales=self._scales(tables),
            bidders=self._rows(tables, layout.BIDDERS, Bidder),
            members=self._rows(tables, layout.MEMBERS, ConsortiumMember),
            bids=self._rows(tables, layout.BIDS, Bid),
            prices=self._rows(tables, layout.PRICES, PriceLine),
            clarifications=self._rows(tables, layout.CLARIFICATIONS, Clarification),
            panel=self._rows(tables, layout.PANEL, PanelMember),
            documents=self._rows(tables, layout.DOCUMENTS, DocumentEntry),
            has_documents_sheet="Documents" in tables and bool(tables["Documents"].rows),
        )

    def _set_only_lot(self, lots: Sequence[Lot]) -> None:
        self.only_lot = lots[0].lot if len(lots) == 1 else None

    def _tender(self, table: Table | None) -> Tender | None:
        """The sheet `Tender`: a field a row."""
        if table is None:
            return None
        cells: dict[str, RawCell] = {}
        fields: dict[str, int] = {}
        known = {plain_name(column.name): column.name for column in layout.TENDER.columns}
        for row in table.rows:
            said, value = table.cell(row, "field"), table.cell(row, "value")
            name = known.get(plain_name(said.text)) if said is not None and said.kind is CellKind.TEXT else None
            if name is None:
                if value is not None or said is not None:
                    what = (
                        f"the field {said.text.strip()[:60]!r} is not known"
                        if said is not None
                        else "no field is named"
                    )
                    self.reading.problem(table.place(row, "field"), f"{what}; the row was not read.", stops=False)
            elif name in fields:
                self.reading.problem(table.place(row, "field"), f"the field {name} stands twice.")
                self.reading.damaged.add("Tender")
            else:
                fields[name] = row
                if value is not None:
                    cells[name] = value
        self.places["Tender"] = Places(table, fields=fields)
        values: _Values = {}
        for column in layout.TENDER.columns:
            where = self.places["Tender"].place(None, column.name)
            before = len(self.reading.problems)
            found = self.reading.of_cell(cells.get(column.name), column, where)
            if found is not None:
                values[column.target] = found
            elif len(self.reading.problems) > before:
                self.reading.damaged.add("Tender")
                if column.required:
                    values[column.target] = _placeholder(column)
        values["currency"] = str(values.get("currency", "GBP")).upper()
        values.setdefault("price_formula", None)
        return _made(Tender, values)

    def _rows(self, tables: Mapping[str, Table], spec: SheetColumns, make: Callable[..., T]) -> tuple[T, ...]:
        """The values of a sheet. A row whose key cannot be read is left out; another bad cell leaves its field empty."""
        table = tables.get(spec.name)
        if table is None:
            return ()
        made: list[T] = []
        rows: list[int] = []
        for row in table.rows:
            values = self._row(table, row, spec)
            if values is not None:
                made.append(_made(make, values))
                rows.append(row)
        self.places[spec.name] = Places(table, tuple(rows))
        return tuple(made)

    def _row(self, table: Table, row: int, spec: SheetColumns) -> _Values | None:
        values: _Values = {}
        usable = True
        for column in spec.columns:
            before = len(self.reading.problems)
            found = self.reading.value(table, row, column)
            if found is not None:
                values[column.target] = found
            elif len(self.reading.problems) > before:
                self.reading.damaged.add(spec.name)
                usable = usable and not column.key
                if column.required:
                    values[column.target] = _placeholder(column)
        if spec in _COMPLETED and usable:
            _COMPLETED[spec](self, table, row, values)
        return values if usable else None

    def complete_bid(self, table: Table, row: int, values: _Values) -> None:
        """A bid without a code has its bidder's; one without a lot is for the only one."""
        values.setdefault("bid", values["bidder"])
        self._complete_lot(table, row, values)

    def complete_price(self, table: Table, row: int, values: _Values) -> None:
        """A price line without a lot is for the only one; without an amount it is quantity times unit price."""
        self._complete_lot(table, row, values)
        if values.get("amount") is not None:
            return
        quantity, price = values.get("quantity"), values.get("unit_price")
        values["amount"] = Decimal(0)
        where = table.place(row, "amount")
        if isinstance(quantity, Decimal) and isinstance(price, Decimal):
            with localcontext(Context(prec=80)):  # twice the digits of a factor: the product is exact
                product = quantity * price
            try:
                values["amount"] = exact(canonical(product))
            except ValueError:
                self.reading.problem(where, "the amount (quantity × unit price) has too many digits; give it rounded.")
        elif not {where, table.place(row, "quantity"), table.place(row, "unit_price")} & self.reading.bad_cells:
            self.reading.problem(where, "the amount is missing; give it, or both quantity and unit_price.")

    def _complete_lot(self, table: Table, row: int, values: _Values) -> None:
        if values.get("lot") is not None:
            return
        if self.only_lot is None and table.place(row, "lot") not in self.reading.bad_cells:
            self.reading.problem(table.place(row, "lot"), "the lot is missing; there are several.")
        values["lot"] = self.only_lot or ""

    def complete_member(self, table: Table, row: int, values: _Values) -> None:  # noqa: ARG002  # the form of the others
        """`all` is None in the value."""
        if values.get("criteria") == "all":
            values["criteria"] = None

    def _scales(self, tables: Mapping[str, Table]) -> tuple[Scale, ...]:
        """The sheet `Scale`: levels a row, gathered by their scale, lowest first."""
        table = tables.get("Scale")
        if table is None:
            return ()
        found: dict[ScaleCode, list[tuple[Level, int]]] = {}
        for row in table.rows:
            values = self._row(table, row, layout.SCALE)
            if values is not None:
                code = ScaleCode(str(values.pop("scale")))
                found.setdefault(code, []).append((_made(Level, values), row))
        rows: list[int] = []
        scales: list[Scale] = []
        for code, levels in found.items():
            levels.sort(key=lambda pair: pair[0].value)
            scales.append(Scale(code, tuple(level for level, _ in levels)))
            rows += [row for _, row in levels]
        self.places["Scale"] = Places(table, tuple(rows))
        return tuple(scales)

    def _tell(self, finding: Finding) -> None:
        """A finding of the checks as a problem with its cell, unless it only follows from a cell that could not be read."""
        places = self.places.get(finding.sheet)
        where = finding.sheet if places is None else places.place(finding.row, finding.column)
        if where in self.reading.bad_cells and finding.column is not None:
            return
        if set(finding.needs) & self.reading.damaged:
            return
        self.reading.problem(where, finding.what, stops=finding.stops)


_COMPLETED: dict[SheetColumns, Callable[[_Reader, Table, int, _Values], None]] = {
    layout.BIDS: _Reader.complete_bid,
    layout.PRICES: _Reader.complete_price,
    layout.PANEL: _Reader.complete_member,
}
_FIELD_VALUE = SheetColumns("Tender", "", (Column("field", Kind.LINE, "", key=True), Column("value", Kind.TEXT, "")))


def _made(make: Callable[..., T], values: _Values) -> T:
    return make(**values)


def _placeholder(column: Column) -> Value:
    """What stands in for a required value that could not be read; the pack is refused anyway."""
    match column.kind:
        case Kind.PERCENT | Kind.MONEY | Kind.NUMBER:
            return Decimal(0)
        case Kind.CHOICE:
            return column.choices[0]
        case Kind.CHOICES:
            return column.choices[:1]
        case _:
            return ""
