"""What verifying a tender's record finds: every tampering by its name, and nothing in an honest record."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

import after_outcome_steps
from evalpanel.domain.tender import BidStatus, PersonCode
from evalpanel.services import declarations, letters, moderation, outcome, packs, prices, setup, sign_off, verify
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from profiles import tamper
from stages import REFERENCE, affirm_all, agreed, score, write_pack

At = Callable[[str], Workspace]
REWRITTEN = "that the trail was not rewritten as a whole: compare its head with one that somebody else holds"


def test_an_honest_record_verifies_at_every_stage_of_a_whole_job(at: At, tmp_path: Path) -> None:
    space = at("empty")

    def verdict() -> tuple[str, tuple[str, ...]]:
        found = verify.verify_tender(space, REFERENCE)
        return found.verdict, found.not_proved

    verdicts = []
    packs.load(space, write_pack(tmp_path / "pack"))
    for act in (
        lambda: setup.freeze(space, REFERENCE),
        lambda: packs.load_bids(space, REFERENCE, write_pack(tmp_path / "more", files={"B01/More.txt": b"More."})),
        lambda: declarations.declare(space, REFERENCE, person="PM2"),
        lambda: declarations.declare(space, REFERENCE, person="OF1"),
        lambda: score(space, person="CH1"),
        lambda: score(space, person="PM1"),
        lambda: sign_off.sign_off(space, REFERENCE, person="CH1"),
        lambda: sign_off.sign_off(space, REFERENCE, person="PM1"),
        lambda: sign_off.reopen(space, REFERENCE, person="PM1", reason="Again."),
        lambda: score(space, person="PM1", level=lambda _: Decimal(1)),
        lambda: sign_off.sign_off(space, REFERENCE, person="PM1"),
        lambda: sign_off.record_absence(space, REFERENCE, person="PM2", reason="Ill."),
        lambda: setup.set_bid_status(
            space, REFERENCE, bid="B03", lot="L1", status=BidStatus.EXCLUDED, reason="Because.", decided_by="OF1"
        ),
        lambda: _agree(space),
        lambda: moderation.close(space, REFERENCE),
        lambda: setup.set_bid_status(
            space, REFERENCE, bid="B02", lot="L1", status=BidStatus.WITHDRAWN, reason="Withdrew.", decided_by="OF1"
        ),
        lambda: prices.open_prices(space, REFERENCE),
        lambda: setup.correct_bidder(space, REFERENCE, bidder="B02", address="2 Dock Road"),
        lambda: outcome.outcome(space, REFERENCE),
        lambda: after_outcome_steps.decided(space),
        lambda: letters.letters(space, REFERENCE, tmp_path / "letters"),
    ):
        act()
        verdicts.append(verdict())

    assert set(verdicts) == {("verified", (REWRITTEN,))}


def _agree(space: Workspace) -> None:
    affirm_all(space)
    present = tuple(PersonCode(code) for code in ("CH1", "PM1"))
    rows = [agreed(one.line, Decimal(1), present) for one in moderation.lines(space, REFERENCE)]
    moderation.take_moderated(space, REFERENCE, rows=rows)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE score SET value = '4' WHERE person = 'PM1' AND bid = 'B01' AND criterion = '1.1'", "scores of act"),
        ("UPDATE score SET rationale = 'Better than B02.' WHERE person = 'PM1' AND bid = 'B01'", "scores of act"),
        ("UPDATE score SET person = 'PM9' WHERE person = 'PM2'", "stand under another person"),
        ("DELETE FROM score WHERE person = 'PM2'", "the scores of act"),
        ("UPDATE sign_off SET signed = 0 WHERE person = 'PM1'", "the sign-off of PM1"),
        ("DELETE FROM sign_off WHERE person = 'PM1'", "the sign-off of PM1"),
        (
            """INSERT INTO absence (tender_id, position, person, is_away, told, at, reason, act)
            SELECT tender_id, 0, 'PM2', 1, 0, at, 'Left.', 99 FROM freeze""",
            "the absence of PM2 (act 99) is not in the trail",
        ),
        ("UPDATE moderated_score SET value = '4' WHERE bid = 'B03' AND criterion = '2.1'", "moderated scores of act"),
        ("DELETE FROM moderated_score", "the moderated scores of act"),
        ("UPDATE freeze SET digest = replace(digest, substr(digest, 1, 1), 'x')", "the digest of the frozen criteria"),
        ("DELETE FROM freeze", "the digest of the frozen criteria"),
        (
            "UPDATE criterion SET weighting = '40' WHERE criterion = '1.1'",
            "the criteria are not the ones that were frozen",
        ),
        ("UPDATE tender SET price_weighting = '40'", "the criteria are not the ones that were frozen"),
        (
            "UPDATE level SET descriptor = 'Another word.' WHERE value = '3'",
            "the criteria are not the ones that were frozen",
        ),
        ("UPDATE bid SET status = 'late' WHERE bid = 'B02'", "bid B02 in lot L1 is not what was recorded"),
        ("DELETE FROM bid WHERE bid = 'B03'", "bid B03 in lot L1 is missing"),
        ("UPDATE declaration SET outcome = 'interest', bidder = 'B01' WHERE person = 'PM1'", "the declaration of PM1"),
        ("DELETE FROM declaration WHERE person = 'PM2'", "the declaration of PM2"),
        ("UPDATE price_line SET amount = '1' WHERE bidder = 'B03'", "the price of bid B03 in lot L1"),
        ("DELETE FROM price_opening WHERE bid = 'B01'", "the price of bid B01 in lot L1 is missing"),
        (
            """UPDATE document SET sealed = (SELECT sealed FROM document WHERE path LIKE '%B02/1.1%')
            WHERE path LIKE '%B01/1.1%'""",
            "the record of bids/B01/1.1 Reach.txt is not what was recorded",
        ),
        ("DELETE FROM document WHERE path LIKE '%B02/1.1%'", "the record of bids/B02/1.1 Reach.txt is missing"),
        ("UPDATE audit SET person = 'OF1' WHERE person = 'PM1' AND act = 'sheet-signed-off'", "the trail: line"),
        (
            "UPDATE audit SET detail = replace(detail, 'B01', 'B02') WHERE act = 'prices-opened'",
            "the trail: the detail of line",
        ),
        ("UPDATE audit SET at = replace(at, '2026', '2025') WHERE act = 'criteria-frozen'", "the trail: line"),
        ("DELETE FROM audit WHERE act = 'sheet-signed-off' AND person = 'PM1'", "is missing"),
        ("DELETE FROM audit WHERE act = 'scores-imported' AND person = 'PM1'", "the trail: line"),
    ],
)
def test_what_was_tampered_with_is_named(at: At, statement: str, named: str) -> None:
    space = at("priced")
    tamper(space, statement)

    found = verify.verify_tender(space, REFERENCE)

    assert found.verdict == "altered"
    assert [what for what in found.not_proved if named in what] != [], found.not_proved


def test_a_sealed_file_that_was_changed_or_taken_away_is_named(at: At) -> None:
    space = at("priced")
    with space.store.reading() as tx:
        sealed = {row.path: row.sealed for row in tx.execute(select(t.DocumentRow)).scalars()}
    changed = space.documents.path(sealed["bids/B01/1.1 Reach.txt"])
    content = changed.read_bytes()
    changed.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    space.documents.path(sealed["bids/B03/1.1 Reach.txt"]).unlink()

    found = verify.verify_tender(space, REFERENCE)

    assert (found.verdict, found.not_proved) == (
        "altered",
        (
            "bids/B01/1.1 Reach.txt: A sealed document was altered or damaged.",
            "bids/B03/1.1 Reach.txt: A sealed document is missing.",
            REWRITTEN,
        ),
    )
