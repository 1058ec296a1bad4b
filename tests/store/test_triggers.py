from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from evalpanel.store.engine import Store
from evalpanel.store.tables import Base, triggers
from kept import STORE_KEY, new_store

ENUMS = {
    ("tender", "stage"): "draft",
    ("tender", "regime"): "pa2023",
    ("tender", "price_formula"): "F1",
    ("tender", "section_weightings"): "of-quality",
    ("tender", "rounding"): "once",
    ("lot", "price_formula"): "F1",
    ("cited_head", "kind"): "roster",
    ("criterion", "kind"): "quality",
    ("criterion", "members"): "no",
    ("declaration", "outcome"): "none",
    ("declaration", "kind"): "other",
    ("interest_decision", "outcome"): "clear",
    ("interest_decision", "scope"): "nothing",
    ("envelope", "kind"): "common",
    ("parcel", "kind"): "roster",
    ("release", "because"): "declaration",
    ("price_line", "kind"): "price",
    ("score", "status"): "scored",
    ("hold", "kind"): "hold",
    ("lesson", "stage"): "time",
    ("lesson", "voice"): "panel",
    ("letter_sent", "channel"): "email",
    ("low_price", "step"): "notified",
    ("reply", "kind"): "receipt",
    ("report", "kind"): "matrix",
}


def filled(table: str, tender: str = "T1", number: int = 1) -> dict[str, Any]:
    """A row that the constraints of `table` accept; texts hold `number`."""
    row: dict[str, Any] = {}
    for column in Base.metadata.tables[table].columns:
        kind = column.type.compile()
        if (table, column.name) in ENUMS:
            row[column.name] = ENUMS[table, column.name]
        elif column.name == "tender_id":
            row[column.name] = tender
        elif kind in ("INTEGER", "BOOLEAN"):
            row[column.name] = 1 if kind == "BOOLEAN" or column.name == "quorum" else number
        elif kind == "BLOB":
            row[column.name] = b"x"
        else:
            row[column.name] = str(number)
    return row


def add(tx: Any, table: str, row: dict[str, Any], verb: str = "INSERT") -> None:
    tx.execute(text(f"{verb} INTO {table} ({_columns(row)}) VALUES ({', '.join(':' + name for name in row)})"), row)


def _columns(row: dict[str, Any]) -> str:
    return ", ".join(f'"{name}"' for name in row)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(new_store(tmp_path / "store.db"), STORE_KEY)
    with made.writing() as tx:
        add(tx, "tender", filled("tender"))
    yield made
    made.close()


def held(store: Store, table: str) -> list[tuple[Any, ...]]:
    with store.reading() as tx:
        return [tuple(row) for row in tx.execute(text(f"SELECT * FROM {table}"))]


def refused(store: Store, statement: str, why: str) -> None:
    with pytest.raises(IntegrityError) as raised, store.writing() as tx:
        tx.execute(text(statement))
    assert str(raised.value.orig) == why


def test_triggers_in_a_store_equal_the_list(store: Store) -> None:
    with store.reading() as tx:
        rows = tx.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    assert {row.name: row.sql for row in rows} == triggers.statements()


def test_every_record_of_an_act_is_insert_only() -> None:
    # A table with the column `act` holds what was done and when. It is never written twice.
    acts = {name for name, table in Base.metadata.tables.items() if "act" in table.columns}
    assert acts - set(triggers.INSERT_ONLY) == set()


@pytest.mark.parametrize("table", triggers.INSERT_ONLY)
def test_insert_only_table_refuses_every_change(store: Store, table: str) -> None:
    row = filled(table)
    with store.writing() as tx:
        add(tx, table, row)
    before = held(store, table)
    why = f"{table} is insert-only"
    column = list(row)[-1]
    refused(store, f'UPDATE {table} SET "{column}" = "{column}"', why)
    refused(store, f"DELETE FROM {table}", why)
    for verb in ("INSERT OR REPLACE", "REPLACE"):
        with pytest.raises(IntegrityError) as raised, store.writing() as tx:
            add(tx, table, {**row, column: b"changed"}, verb)
        assert str(raised.value.orig) == why
    columns = _columns(row)
    with pytest.raises(IntegrityError), store.writing() as tx:
        tx.execute(
            text(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE true "
                f'ON CONFLICT DO UPDATE SET "{column}" = 9'
            )
        )
    assert held(store, table) == before


def frozen(store: Store, table: str) -> dict[str, Any]:
    row = filled(table)
    with store.writing() as tx:
        if table != "tender":
            add(tx, table, row)
        add(tx, "freeze", filled("freeze"))
    return row


@pytest.mark.parametrize("table", triggers.FROZEN)
def test_frozen_table_refuses_every_change(store: Store, table: str) -> None:
    row = frozen(store, table)
    before = held(store, table)
    why = "the criteria of this tender are frozen"
    for column in row:
        refused(store, f'UPDATE {table} SET "{column}" = "{column}"', why)
    refused(store, f"DELETE FROM {table}", why)
    for verb, number in (("INSERT", 2), ("REPLACE", 1), ("INSERT OR REPLACE", 1), ("INSERT OR IGNORE", 2)):
        with pytest.raises(IntegrityError) as raised, store.writing() as tx:
            add(tx, table, filled(table, number=number), verb)
        assert str(raised.value.orig) == why
    assert held(store, table) == before


@pytest.mark.parametrize("table", triggers.FROZEN)
def test_row_of_another_tender_cannot_be_moved_into_a_frozen_one(store: Store, table: str) -> None:
    frozen(store, table)
    with store.writing() as tx:
        add(tx, "tender", filled("tender", "T2", 2))
        add(tx, table, filled(table, "T2", 2))
    refused(
        store,
        f"UPDATE {table} SET tender_id = 'T1' WHERE tender_id = 'T2'",
        "the criteria of this tender are frozen",
    )


@pytest.mark.parametrize("table", triggers.FROZEN)
def test_criteria_can_change_until_they_are_frozen(store: Store, table: str) -> None:
    with store.writing() as tx:
        add(tx, table, filled(table))
        tx.execute(text(f"UPDATE {table} SET position = 7"))
        assert tx.execute(text(f"SELECT position FROM {table}")).scalars().all() == [7]
        tx.execute(text(f"DELETE FROM {table}"))
    assert held(store, table) == []


def test_terms_of_a_frozen_tender_are_all_of_its_columns_but_the_stage() -> None:
    columns = {column.name for column in Base.metadata.tables["tender"].columns}
    assert columns - set(triggers.TERMS) == {"stage"}


@pytest.mark.parametrize("term", triggers.TERMS)
def test_terms_of_a_frozen_tender_cannot_change(store: Store, term: str) -> None:
    frozen(store, "tender")
    refused(store, f"UPDATE tender SET {term} = {term}", "the criteria of this tender are frozen")


def test_frozen_tender_still_moves_forward(store: Store) -> None:
    frozen(store, "tender")
    with store.writing() as tx:
        tx.execute(text("UPDATE tender SET stage = 'scoring'"))
    with store.reading() as tx:
        assert tx.execute(text("SELECT stage FROM tender")).scalar_one() == "scoring"


def test_tender_on_record_cannot_be_taken_away_or_replaced(store: Store) -> None:
    frozen(store, "tender")
    why = "the criteria of this tender are frozen"
    refused(store, "DELETE FROM tender", why)
    with pytest.raises(IntegrityError) as raised, store.writing() as tx:
        add(tx, "tender", filled("tender"), "REPLACE")
    assert str(raised.value.orig) == why


@pytest.mark.parametrize(
    ("table", "change", "name"),
    [
        ("score", {"status": "brilliant", "value": None}, "ck_score_status"),
        ("score", {"status": "blank"}, "ck_score_value_only_when_scored"),
        ("score", {"revision": 0}, "ck_score_revision_from_one"),
        ("moderated_score", {"revision": 0}, "ck_moderated_score_revision_from_one"),
        ("tender", {"tender_id": "T9", "reference": "R9", "quorum": 0}, "ck_tender_quorum_positive"),
        ("tender", {"tender_id": "T9", "reference": "R9", "stage": "won"}, "ck_tender_stage"),
    ],
)
def test_constraint_refuses_by_its_name(store: Store, table: str, change: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError) as raised, store.writing() as tx:
        add(tx, table, {**filled(table), **change})
    assert str(raised.value.orig) == f"CHECK constraint failed: {name}"


def test_row_of_no_tender_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError) as raised, store.writing() as tx:
        add(tx, "lot", filled("lot", "T9"))
    assert str(raised.value.orig) == "FOREIGN KEY constraint failed"
