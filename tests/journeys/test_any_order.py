"""Whatever people do on their laptops, and however files travel, nobody's words become somebody else's.

A machine of Hypothesis drives an officer, a chair, two scorers (one with a second laptop) and a member who is recused. They
score, sign off, open again, send, issue, release, moderate, agree, revoke, replace a scorer and record absences; files are delivered in any order, repeated or
never; profiles are put back from old copies. `EVALPANEL_LONG=1` looks further than CI does.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from evalpanel.domain.parcels import Verdict
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    assents,
    confirming,
    declarations,
    issuing,
    joining,
    leaving,
    moderation,
    receipts,
    receiving,
    releasing,
    scoring,
    sending,
    sign_off,
    tenders,
    verify,
)
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from laptops import OFFICER
from panels import agreed_rows, declare, hand_out, held_keys, panel, people
from profiles import Clock, opened, quick_keys
from said import Sheet, sheet_of, shown
from stages import REFERENCE, score

CHAIR, RECUSED, SECOND = "CH1", "PM3", "PM1 second"
SCORERS = ("PM1", "PM2")
SCORING = ("PM1", "PM2", SECOND)
LAPTOPS = (OFFICER, CHAIR, "PM1", SECOND, "PM2", RECUSED)
ROWS = ("audit", "score", "sign_off", "parcel", "parcel_part", "moderated_score", "declaration")
"""Tables of what is never overwritten."""
LONG = os.environ.get("EVALPANEL_LONG") == "1"
TAKEN = frozenset({Verdict.NEW, Verdict.NEWER, Verdict.OLDER, Verdict.FORKED})


def person_at(laptop: str) -> str:
    return laptop.split(" ")[0]


@contextmanager
def everybody_is_ready(root: Path) -> Iterator[None]:
    """Profiles in `root`: everybody has joined, declared and holds their keys; PM3 is recused; PM1 has two laptops."""
    with panel(root, people(chair_scores=False, third=True)) as desk:
        (invitation,) = [file for file in desk.stick.iterdir() if ".invitation." in file.name and ".PM1." in file.name]
        desk.take(OFFICER, joining.enrol(desk[SECOND], invitation, to=desk.stick, laptop="the second"))
        (theirs,) = confirming.words_to_read(desk[SECOND], REFERENCE)
        (ours,) = confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM1")
        confirming.confirm(desk[OFFICER], REFERENCE, typed=" ".join(theirs), person="PM1")
        confirming.confirm(desk[SECOND], REFERENCE, typed=" ".join(ours))
        hand_out(desk)
        made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
        desk.take(SECOND, made.roster, made.pack, made.releases[PersonCode("PM1")])
        for one in (CHAIR, "PM1", SECOND, "PM2"):
            declarations.declare(desk[one], REFERENCE, person=person_at(one))
            sent = sending.send(desk[one], REFERENCE, to=desk.stick).declaration
            assert sent is not None
            desk.take(OFFICER, sent)
        declare(desk, RECUSED, interest="B02")
        keys = releasing.release(desk[OFFICER], REFERENCE, to=desk.stick).releases
        for one in LAPTOPS[1:]:
            desk.take(one, keys[PersonCode(person_at(one))])
        yield


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ready")
    with everybody_is_ready(root):
        pass
    return root


@dataclass
class Laptop:
    """One profile as the machine believes it to be."""

    sheet: Sheet = field(default_factory=dict)
    """What its person said on it."""
    is_signed: bool = False
    rows: dict[str, frozenset[Any]] = field(default_factory=dict)
    taken: list[Path] = field(default_factory=list)
    """The files of others that it took in."""
    own_acts: int = 0
    """How often its own person changed what it shows of others: revoked, moderated."""


class Carried(RuleBasedStateMachine):
    """Laptops, the files that were written, and what each person said."""

    ready: Path

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(quick_keys())
        self.root = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.stick = self.root / "stick"
        self.stick.mkdir()
        self.clock = Clock()
        self.spaces: dict[str, tuple[Workspace, AbstractContextManager[Workspace]]] = {}
        self.laptops = {one: Laptop() for one in LAPTOPS}
        self.files: list[Path] = []
        self.final: dict[str, list[Sheet]] = {one: [] for one in SCORERS}
        self.said: dict[str, set[tuple[Line, Any]]] = {one: set() for one in SCORERS}
        self.copies: dict[str, Laptop] = {}
        self.touched: set[str] = set(LAPTOPS)
        for one in LAPTOPS:
            shutil.copytree(self.ready / f"laptop-{one}", self.root / one)

    def __getitem__(self, laptop: str) -> Workspace:
        if laptop not in self.spaces:
            held = opened(self.root / laptop, self.clock)
            self.spaces[laptop] = held.__enter__(), held
        self.touched.add(laptop)
        self.clock.forward(seconds=1)
        return self.spaces[laptop][0]

    def shut(self, laptop: str) -> None:
        if laptop in self.spaces:
            _, held = self.spaces.pop(laptop)
            held.__exit__(None, None, None)

    def teardown(self) -> None:
        for one in list(self.spaces):
            self.shut(one)
        self.stack.close()

    def wrote(self, *files: Path | None) -> None:
        for file in files:
            if file is not None and file not in self.files:
                self.files.append(file)

    @initialize(far=st.sampled_from(("declared", "scored", "moderated")))
    def how_far_they_are(self, far: str) -> None:
        """Some begin where the work has: deep states are too far away for a few steps."""
        if far == "declared":
            return
        for one in SCORERS:
            self.fill_and_sign_off(one)
            self.send(one, final=False)
        for to in (OFFICER, CHAIR):
            self.take(to, list(self.files))
        self.officer_hands_out(whole=False)
        self.take(CHAIR, self.files[-4:])
        if far == "moderated":
            self.moderate("It names a plan.")
            self.send(CHAIR, final=True)
            assert any(".moderation." in one.name for one in self.files)

    # What people do --------------------------------------------------------------------------------------------------

    @rule(laptop=st.sampled_from(SCORING), number=st.integers(0, 11), level=st.integers(1, 4))
    def change_a_score(self, laptop: str, number: int, level: int) -> None:
        person, held = person_at(laptop), self.laptops[laptop]
        line = scoring.desk(self[laptop], REFERENCE, person).owed[number]
        value = Decimal(1) if line.criterion.startswith("C") else Decimal(level)
        given = Score(line, ScoreStatus.SCORED, value, f"{laptop} said {level}.")
        try:
            scoring.save_score(self[laptop], REFERENCE, person=person, score=given)
        except EvalPanelError as error:
            note(f"refused: {error}")
            refused = True
        else:
            refused = False
            held.sheet[line] = (given.status, given.value, given.rationale)
            self.said[person].add((line, held.sheet[line]))
        assert refused == (held.is_signed or self.moderated(laptop))

    def moderated(self, laptop: str) -> bool:
        """Whether moderation came to the laptop: individual scores are closed there."""
        return tenders.all_tenders(self[laptop])[0].stage.reached(TenderStage.MODERATION)

    @rule(laptop=st.sampled_from(SCORING))
    def fill_and_sign_off(self, laptop: str) -> None:
        person, held = person_at(laptop), self.laptops[laptop]
        if held.is_signed or self.moderated(laptop):
            with pytest.raises(EvalPanelError):
                score(self[laptop], person=person)
            return
        score(self[laptop], person=person)
        sign_off.sign_off(self[laptop], REFERENCE, person=person)
        held.sheet, held.is_signed = sheet_of(self[laptop], person), True
        self.said[person] |= set(held.sheet.items())

    @rule(laptop=st.sampled_from(SCORING))
    def open_again(self, laptop: str) -> None:
        held = self.laptops[laptop]
        try:
            sign_off.reopen(self[laptop], REFERENCE, person=person_at(laptop), reason="A page was overlooked.")
        except EvalPanelError as error:
            note(f"refused: {error}")
        else:
            assert held.is_signed
            held.is_signed = False

    @rule(laptop=st.sampled_from((CHAIR, *SCORING)), final=st.booleans())
    def send(self, laptop: str, final: bool) -> None:
        held, person = self.laptops[laptop], person_at(laptop)
        try:
            made = sending.send(self[laptop], REFERENCE, to=self.stick, final=final and laptop == CHAIR)
        except EvalPanelError as error:
            note(f"refused: {error}")
            return
        if laptop in SCORING and made.sheet is not None:
            assert made.final == held.is_signed
            if made.final:
                self.final[person].append(dict(held.sheet))
        self.wrote(made.declaration, made.sheet, made.moderation)

    @rule(whole=st.booleans())
    def officer_hands_out(self, whole: bool) -> None:
        if whole:
            made = issuing.issue(self[OFFICER], REFERENCE, to=self.stick)
            self.wrote(made.roster, made.pack, *made.releases.values())
        else:
            self.wrote(*releasing.release(self[OFFICER], REFERENCE, to=self.stick).releases.values())

    @rule(laptop=st.sampled_from((OFFICER, CHAIR)))
    def write_receipts(self, laptop: str) -> None:
        try:
            self.wrote(*receipts.receipts(self[laptop], REFERENCE, to=self.stick).receipts.values())
        except EvalPanelError as error:
            note(f"refused: {error}")

    @rule(reasons=st.sampled_from(("It names a plan.", "It says how.")))
    def moderate(self, reasons: str) -> None:
        try:
            if RECUSED not in self._absent():
                sign_off.record_absence(self[CHAIR], REFERENCE, person=RECUSED, reason="Recused from the lot.")
                self.laptops[CHAIR].own_acts += 1  # this stands, whatever becomes of the rest
            rows = agreed_rows(self[CHAIR], SCORERS, reasons)
            moderation.take_moderated(self[CHAIR], REFERENCE, rows=rows)
        except EvalPanelError as error:
            note(f"refused: {error}")
        else:
            self.laptops[CHAIR].own_acts += 1

    @rule(laptop=st.sampled_from((OFFICER, CHAIR)), person=st.sampled_from(SCORERS), back=st.booleans())
    def record_an_absence_or_take_it_back(self, laptop: str, person: str, back: bool) -> None:
        try:
            if back:
                sign_off.take_back_absence(self[laptop], REFERENCE, person=person, reason="The sheet came after all.")
            else:
                sign_off.record_absence(self[laptop], REFERENCE, person=person, reason="Ill until March.")
        except EvalPanelError as error:
            note(f"refused: {error}")
        else:
            self.laptops[laptop].own_acts += 1

    def _absent(self) -> set[str]:
        with self[CHAIR].store.reading() as tx:
            return set(queries.absences(tx, tenders.find(tx, REFERENCE).tender_id))

    @rule(laptop=st.sampled_from(SCORING))
    def say_whether_one_agrees(self, laptop: str) -> None:
        try:
            made = assents.assent(self[laptop], REFERENCE, to=self.stick, affirm=True)
        except EvalPanelError as error:
            note(f"refused: {error}")
        else:
            self.wrote(*(one.file for one in made))

    @rule()
    def revoke_the_second_laptop(self) -> None:
        try:
            leaving.revoke(self[OFFICER], REFERENCE, person="PM1", why="It was lost.", laptop="the second")
        except EvalPanelError as error:
            note(f"refused: {error}")
        else:
            self.laptops[OFFICER].own_acts += 1

    @rule()
    def replace_the_second_scorer(self) -> None:
        try:
            leaving.replace_member(
                self[OFFICER], REFERENCE, leaver="PM2", person="PM9", name="Noor Pell", why="PM2 moved away."
            )
        except EvalPanelError as error:
            note(f"refused: {error}")
        else:
            self.laptops[OFFICER].own_acts += 1

    # How files travel ------------------------------------------------------------------------------------------------

    @rule(to=st.sampled_from(LAPTOPS), which=st.integers(0, 1_000))
    def deliver(self, to: str, which: int) -> None:
        if self.files:
            self.take(to, [self.files[which % len(self.files)]])

    @rule(to=st.sampled_from(LAPTOPS), random=st.randoms(use_true_random=False), part=st.integers(1, 3))
    def deliver_many(self, to: str, random: Random, part: int) -> None:
        self.take(to, random.sample(self.files, len(self.files) // part))

    def take(self, laptop: str, files: list[Path]) -> None:
        held, person = self.laptops[laptop], person_at(laptop)
        for one in files:
            for report in receiving.receive(self[laptop], [one]):
                note(f"{laptop}: {report.file[9:]}: {report.verdict}: {report.words}")
                assert report.verdict is not Verdict.UNREADABLE, report
            if one not in held.taken:
                held.taken.append(one)
        if laptop in SCORING:
            now = sheet_of(self[laptop], person)
            if now != held.sheet:  # an own sheet of another laptop, on one that held nothing
                assert held.sheet == {}
                assert set(now.items()) <= self.said[person]
                held.sheet = now

    @rule(laptop=st.sampled_from(LAPTOPS))
    def copy_profile(self, laptop: str) -> None:
        self.shut(laptop)
        shutil.rmtree(self.root / f"copy of {laptop}", ignore_errors=True)
        shutil.copytree(self.root / laptop, self.root / f"copy of {laptop}")
        held = self.laptops[laptop]
        self.copies[laptop] = replace(held, sheet=dict(held.sheet), rows=dict(held.rows), taken=list(held.taken))

    @rule(laptop=st.sampled_from(LAPTOPS))
    def put_copy_back(self, laptop: str) -> None:
        if laptop in self.copies:
            self.shut(laptop)
            shutil.rmtree(self.root / laptop)
            shutil.copytree(self.root / f"copy of {laptop}", self.root / laptop)
            held = self.copies[laptop]
            self.laptops[laptop] = replace(held, sheet=dict(held.sheet), rows=dict(held.rows), taken=list(held.taken))
            self.touched.add(laptop)

    @rule(laptop=st.sampled_from(("PM2", RECUSED, CHAIR, OFFICER)), random=st.randoms(use_true_random=False))
    def same_files_in_another_order_say_the_same(self, laptop: str, random: Random) -> None:
        held = self.laptops[laptop]
        if held.own_acts or held.sheet or not held.taken:
            return  # what its own person did on it is in no file that it took in
        twin = self.root / f"twin of {laptop}"
        shutil.copytree(self.ready / f"laptop-{laptop}", twin)
        files = [*held.taken, *random.choices(held.taken, k=2)]
        random.shuffle(files)
        try:
            with opened(twin, self.clock) as space:
                receiving.receive(space, files)
                assert shown(space, person_at(laptop), SCORERS) == shown(self[laptop], person_at(laptop), SCORERS)
        finally:
            shutil.rmtree(twin)

    # What always holds -----------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_or_invented(self) -> None:
        for laptop in self.touched:
            space = self[laptop]
            assert verify.verify_tender(space, REFERENCE).verdict == "verified"
            for person in SCORERS:
                found = sheet_of(space, person)
                if person_at(laptop) == person:
                    assert found == self.laptops[laptop].sheet
                elif found:
                    assert found in self.final[person], (
                        f"{laptop} shows a sheet that {person} never signed off and sent"
                    )
            self._kept(laptop, space)
            self._sealed(laptop, space)
        self.touched.clear()

    def _kept(self, laptop: str, space: Workspace) -> None:
        """No row that was written is changed or gone: what was signed off stays, in every version."""
        held = self.laptops[laptop]
        with space.store.reading() as tx:
            for name in ROWS:
                now = frozenset(tx.execute(text(f"SELECT * FROM {name}")).tuples().all())
                assert held.rows.get(name, frozenset()) <= now, name
                held.rows[name] = now

    def _sealed(self, laptop: str, space: Workspace) -> None:
        """No key is where it may not be."""
        if laptop == RECUSED:
            assert held_keys(space, "quality", "scores", "moderation", "price", "price-scores") == []
            assert [sheet_of(space, one) for one in SCORERS] == [{}, {}]
            with space.store.reading() as tx:
                assert score_reads.moderated(tx, tenders.find(tx, REFERENCE).tender_id) == {}
        elif laptop != OFFICER:
            assert held_keys(space, "price", "price-scores") == []
            if laptop != CHAIR:
                assert held_keys(space, "scores") == []


def test_whatever_the_order_nobodys_words_become_somebody_elses(ready: Path) -> None:
    class Machine(Carried):
        pass

    Machine.ready = ready
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=60 if LONG else 4,
            stateful_step_count=40 if LONG else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if LONG else [])],
            print_blob=True,
        ),
    )
