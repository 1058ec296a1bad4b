from __future__ import annotations

from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from evalpanel.domain import trail
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, declarations, setup, verify
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from kept import REFERENCE, loaded, pack_folder, save, values
from profiles import START, Clock, copied, opened


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    return loaded(folder / "profile", pack_folder(folder / "pack"))


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return copied(made, tmp_path / "profile")


def chain(space: Workspace, name: str | None = None) -> tuple[trail.TrailLine, ...]:
    with space.store.reading() as tx:
        return queries.trail(tx, name or queries.tender_row(tx, REFERENCE).tender_id)


def test_every_act_leaves_one_line_and_the_chain_is_whole(root: Path) -> None:
    with opened(root) as space:
        before = chain(space)
        save(space, 2)
        declarations.declare(space, REFERENCE, person="PM2", answers=())
        after = chain(space)
    assert [line.act for line in before] == [
        "tender-loaded",
        "interests-declared",
        "interests-declared",
        "criteria-frozen",
        "bids-opened",
        "score-saved",
    ]
    assert after[: len(before)] == before
    assert [(line.act, line.person) for line in after[len(before) :]] == [
        ("score-saved", "PM1"),
        ("interests-declared", "PM2"),
    ]
    assert [line.number for line in after] == list(range(1, len(after) + 1))
    assert trail.faults(after) == ()


def test_refused_act_leaves_no_line(root: Path) -> None:
    with opened(root) as space:
        before = chain(space)
        for refused in (
            lambda: save(space, 9),
            lambda: setup.freeze(space, REFERENCE),
            lambda: setup.view(space, "no such tender"),
        ):
            with pytest.raises(EvalPanelError):
                refused()
        with pytest.raises(ZeroDivisionError), space.store.writing() as tx:  # noqa: PT012  # refused at the end of the inner block
            audit.record(tx, space, "noted", tender=before[0].chain, person="OF1", detail={})
            raise ZeroDivisionError
        assert chain(space) == before
        assert values(space) == ["3"]


def test_chains_of_the_profile_and_of_tenders_are_apart(root: Path) -> None:
    clock = Clock()
    with opened(root, clock) as space:
        before = chain(space)
        with space.store.writing() as tx:
            numbers = [audit.record(tx, space, "noted", tender=None, person="OF1", detail={"n": n}) for n in range(3)]
        assert (numbers, chain(space)) == ([1, 2, 3], before)
        own = chain(space, audit.PROFILE_CHAIN)
    assert (trail.faults(own), own[0].previous, own[0].at) == ((), trail.START, START)
    assert [line.detail for line in own] == ['{"n":0}', '{"n":1}', '{"n":2}']
    assert len({line.salt for line in own}) == 3 and {len(line.salt) for line in own} == {16}


def test_line_stands_after_the_rows_of_its_act(root: Path) -> None:
    with opened(root) as space, space.store.writing() as tx, tx.no_autoflush:
        tx.add(t.ProfileRow(name="x", email="x@x.example", made_at=START))
        assert tx.query(t.ProfileRow).count() == 1
        audit.record(tx, space, "noted", tender=None, person="OF1", detail={})
        assert tx.query(t.ProfileRow).count() == 2
        tx.query(t.ProfileRow).filter_by(name="x").delete()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit SET person = 'PM9' WHERE number = 6", "the trail: line 6 was altered"),
        ("UPDATE audit SET detail = '{}' WHERE number = 6", "the trail: the detail of line 6 was altered"),
        ("DELETE FROM audit WHERE number = 2", "the trail: line 2 is missing: line 3 follows"),
        ("UPDATE score SET value = '4'", "scores of act 6 are not the ones that were saved then"),
        (
            "UPDATE score SET rationale = 'Better than the others.'",
            "scores of act 6 are not the ones that were saved then",
        ),
    ],
)
def test_store_that_somebody_with_the_key_altered_does_not_verify(root: Path, statement: str, told: str) -> None:
    with opened(root) as space:
        key = space.keys.store_key
    driver = sqlcipher.connect(str(root / "store.db"), isolation_level=None)
    driver.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    for table in ("audit", "score"):
        for verb in ("update", "delete"):
            driver.execute(f"DROP TRIGGER tr_{table}_no_{verb}")
    driver.execute(statement)
    driver.close()
    with opened(root) as space:
        found = verify.verify_tender(space, REFERENCE)
    assert (found.verdict, told in found.not_proved) == ("altered", True)
