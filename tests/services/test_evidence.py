"""Evidence through the journeys: kept with each version of a score, cited by the panel, and never another bid's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from evalpanel.domain.evidence import Evidence, Source
from evalpanel.domain.intake import ProblemsFound
from evalpanel.domain.moderation import ModeratedRow
from evalpanel.domain.sheets import Score, ScoreRow, ScoreStatus
from evalpanel.domain.tender import BidderCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import documents, evidence, moderation, scoresheets, scoring, sign_off, tenders, verify
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from stages import BIDS, REFERENCE, agreed, line, score

At = Callable[[str], Workspace]
LINE = line("B01", "1.1")


def quote(path: str, words: str, note: str = "") -> Evidence:
    """These words of a document of a bid as evidence."""
    content = BIDS[path].decode()
    start = content.index(words)
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return Evidence(sha256, f"bids/{path}", exact=words, start=start, end=start + len(words), note=note)


OWN = quote("B01/1.1 Reach.txt", "reaches young carers")
MORE = quote("B01/1.1 Reach.txt", "How Harbour", note="It says how.")
THEIRS = quote("B02/1.1 Reach.txt", "reaches young carers")
PRICE = quote("B02/Pricing.txt", "What Tallis asks.")


def held(space: Workspace, person: str = "PM1") -> tuple[Evidence, ...]:
    return scoring.desk(space, REFERENCE, person).scores[LINE].evidence


def save(space: Workspace, *pieces: Evidence, about: str = "B01") -> None:
    answer = Score(line(about, "1.1"), ScoreStatus.SCORED, Decimal(3), "It says how.", evidence=pieces)
    scoring.save_score(space, REFERENCE, person="PM1", score=answer)


def test_every_version_of_an_answer_keeps_its_evidence(at: At) -> None:
    space = at("declared")

    save(space, OWN)
    save(space, OWN, MORE)
    save(space, MORE)
    save(space, MORE)

    with space.store.reading() as tx:
        kept = [row.evidence for row in tx.query(t.ScoreRow).order_by(t.ScoreRow.revision)]
    assert kept == [(OWN,), (OWN, MORE), (MORE,)]
    assert held(space) == (MORE,)
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


@pytest.mark.parametrize(
    ("piece", "why"),
    [
        (THEIRS, "bids/B02/1.1 Reach.txt belongs to another bid"),
        (replace(OWN, document="0f" * 32), "bids/B01/1.1 Reach.txt is not one of the tender's documents"),
        (replace(OWN, exact="two\nlines"), "its words do not stand in one line"),
    ],
)
def test_evidence_from_elsewhere_is_refused(at: At, piece: Evidence, why: str) -> None:
    space = at("declared")

    with pytest.raises(EvalPanelError, match=why.replace(".", r"\.")):
        save(space, piece)
    row = ScoreRow("Scores!A2", LINE, ScoreStatus.SCORED, Decimal(3), "It says how.", evidence=(OWN, piece))
    with pytest.raises(ProblemsFound) as refused:
        scoring.take_scores(space, REFERENCE, person="PM1", rows=[row])

    assert [(problem.where, why in problem.what) for problem in refused.value.problems] == [("Scores!A2", True)]
    assert LINE not in scoring.desk(space, REFERENCE, "PM1").scores


def test_a_price_is_no_evidence_for_quality(at: At) -> None:
    space = at("declared")
    with space.store.reading() as tx:
        found = evidence.sources(tx, tenders.find(tx, REFERENCE).tender_id)
    assert Source(PRICE.document, PRICE.path, "Pricing", BidderCode("B02"), None, priced=True) in found

    with pytest.raises(EvalPanelError, match=r"Pricing\.txt lies in a price envelope, and prices are scored apart"):
        save(space, PRICE, about="B02")


def test_what_the_tender_says_is_evidence_too(at: At) -> None:
    space = at("declared")
    (asked,) = (one for one in documents.listing(space, REFERENCE) if one.bidder is None)
    piece = Evidence(asked.sha256, asked.path, exact="What we want.", end=13)

    save(space, piece)

    assert held(space) == (piece,)


def test_a_spreadsheet_leaves_evidence_as_it_is(at: At, tmp_path: Path) -> None:
    space = at("declared")
    save(space, OWN, MORE)
    sheet = tmp_path / "PM1.xlsx"
    scoresheets.export_scores(space, REFERENCE, person="PM1", out=sheet)

    again = scoresheets.import_scores(space, REFERENCE, person="PM1", path=sheet)
    assert (again.added, again.changed) == ((), ())
    row = ScoreRow("Scores!A2", LINE, None, Decimal(4), "Another reason.")
    scoring.take_scores(space, REFERENCE, person="PM1", rows=[row])
    assert held(space) == (OWN, MORE)
    scoring.take_scores(space, REFERENCE, person="PM1", rows=[ScoreRow("Scores!A2", LINE, ScoreStatus.BLANK)])

    assert held(space) == (OWN, MORE)


def scored(at: At, *pieces: Evidence) -> Workspace:
    """Everybody has signed off; PM1 kept these pieces."""
    space = at("declared")
    for person in ("CH1", "PM1", "PM2"):
        score(space, person=person)
        if person == "PM1":
            save(space, *pieces)
        sign_off.sign_off(space, REFERENCE, person=person)
    return space


def test_the_room_sees_the_evidence_and_cites_it(at: At) -> None:
    space = scored(at, OWN, MORE)
    first = next(one for one in moderation.lines(space, REFERENCE) if one.line == LINE)
    assert {one.person: one.score.evidence for one in first.scores} == {"CH1": (), "PM1": (OWN, MORE), "PM2": ()}

    moderation.take_moderated(space, REFERENCE, rows=[replace(agreed(LINE, Decimal(3)), evidence=(OWN,))])
    moderation.take_moderated(space, REFERENCE, rows=[ModeratedRow("", LINE, reasons="It says how, and where.")])
    assert _agreed(space) == (OWN,)
    moderation.take_moderated(space, REFERENCE, rows=[ModeratedRow("", LINE, evidence=())])

    assert _agreed(space) == ()
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def _agreed(space: Workspace) -> tuple[Evidence, ...]:
    one = next(one for one in moderation.lines(space, REFERENCE) if one.line == LINE)
    assert one.agreed is not None
    return one.agreed.evidence


def test_the_room_cites_nothing_of_another_bid_and_not_too_much(at: At) -> None:
    space = scored(at, OWN)
    many = tuple(replace(OWN, start=at_, end=at_ + 20) for at_ in range(7))

    for pieces, why in (((OWN, THEIRS), "belongs to another bid"), (many, "7 pieces of evidence are named")):
        with pytest.raises(ProblemsFound) as refused:
            moderation.take_moderated(
                space, REFERENCE, rows=[replace(agreed(LINE, Decimal(3)), where="A2", evidence=pieces)]
            )
        assert [(problem.where, why in problem.what) for problem in refused.value.problems] == [("A2", True)]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("score", "are not the ones that were saved then"),
        ("moderated_score", "are not the ones that were recorded then"),
    ],
)
def test_evidence_that_was_altered_is_found(at: At, table: str, said: str) -> None:
    space = scored(at, OWN)
    moderation.take_moderated(space, REFERENCE, rows=[replace(agreed(LINE, Decimal(3)), evidence=(OWN,))])
    with space.store.writing() as tx:
        plain = tx.connection()
        for (name,) in plain.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            plain.exec_driver_sql(f"DROP TRIGGER {name}")
        plain.exec_driver_sql(f"UPDATE {table} SET evidence = replace(evidence, 'young carers', 'older carers')")

    found = verify.verify_tender(space, REFERENCE)

    assert found.verdict == "altered"
    assert any(said in why for why in found.not_proved)
