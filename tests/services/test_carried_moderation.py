"""Moderation on laptops that never meet: the chair moderates, the panel agrees, the officer locks."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.parcels import Verdict
from evalpanel.domain.sheets import Line
from evalpanel.domain.stages import TenderStage
from evalpanel.errors import EvalPanelError
from evalpanel.services import moderation, record, tenders, verify
from evalpanel.services.workspace import Workspace
from evalpanel.store import score_reads
from laptops import OFFICER
from panels import (
    SCORERS,
    affirm,
    agree,
    held_keys,
    missing,
    moderate,
    panel,
    release,
    scored,
    sent_moderation,
)
from stages import REFERENCE


def agreed(space: Workspace) -> dict[Line, ModeratedScore]:
    with space.store.reading() as tx:
        return score_reads.moderated(tx, tenders.find(tx, REFERENCE).tender_id)


def test_panel_works_apart_from_the_pack_to_the_lock(tmp_path: Path) -> None:
    with panel(tmp_path) as desk:
        scored(desk)
        assert (missing(desk), missing(desk, "CH1")) == ((), ())
        moderate(desk)
        interim = sent_moderation(desk, final=False)
        (report,) = desk.take(OFFICER, interim)
        assert (report.verdict, report.words) == (
            Verdict.NEW,
            f"The interim moderation of CH1 is here: {len(agreed(desk['CH1']))} lines, now on the record.",
        )
        assert agreed(desk[OFFICER]) == agreed(desk["CH1"]) != {}
        final = sent_moderation(desk)
        (report,) = desk.take(OFFICER, final)
        assert report.verdict is Verdict.NEWER
        with pytest.raises(EvalPanelError) as raised:
            moderation.close(desk[OFFICER], REFERENCE)
        assert raised.value.title == "Moderation cannot be closed: the word of PM1; PM2; PM3 is missing."
        release(desk)
        for person in ("PM1", "PM2", "PM3"):
            (report,) = desk.take(person, final)
            assert report.words.endswith("Next: say whether you agree.")
            assert [one.verdict for one in desk.take(OFFICER, agree(desk, person))] == [Verdict.NEW]
        affirm(desk, "CH1")
        closed = moderation.close(desk[OFFICER], REFERENCE)
        assert closed.lines == len(agreed(desk["CH1"]))
        assert tenders.all_tenders(desk[OFFICER])[0].stage is TenderStage.QUALITY_LOCKED
        for person in (OFFICER, *SCORERS):
            assert verify.verify_tender(desk[person], REFERENCE).verdict == "verified"
            assert [one.sentence for one in record.history(desk[person], REFERENCE) if "“" in one.what] == []
        assert held_keys(desk["PM1"], "scores") == []
