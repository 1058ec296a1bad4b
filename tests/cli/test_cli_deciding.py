"""Commands from the award decision to the closed tender."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from evalpanel.services import deciding, outcome
from profiles import Clock, Evalpanel, opened
from stages import REFERENCE

At = Callable[[str], Evalpanel]
DECIDE = ("decide", REFERENCE, "--by", "Director", "--delegation", "Scheme 4.2", "--why", "As ranked.")


@pytest.fixture
def today() -> str:
    """The day that the commands know, which is the computer's."""
    return datetime.now(UTC).astimezone(ZoneInfo("Europe/London")).date().isoformat()


def with_outcome(evalpanel: Evalpanel) -> None:
    evalpanel.done("outcome", REFERENCE)
    for bidder in ("B01", "B02", "B03"):
        evalpanel.done(
            *("bidder", REFERENCE, bidder, "--address", "1 Quay Street, Northmoor"),
            *("--scheme", "GB-COH", "--identifier", f"0001234{bidder[-1]}"),
        )


def test_award_is_decided_made_public_and_signed(at: At, today: str, tmp_path: Path) -> None:
    evalpanel = at("priced")
    with_outcome(evalpanel)

    assert evalpanel.refused(*DECIDE, "--on", today, "--bid", "B02").startswith(
        "This decision does not follow from the outcome of lot L1. Nothing was changed. The outcome of lot L1 is B01; B02 is "
        "not what follows from it."
    )
    decided = evalpanel.asked(*DECIDE, "--on", today, "--bid", "B01")
    assert {name: decided[name] for name in ("lot", "bids", "abandoned", "waiting", "stage")} == {
        "lot": "L1",
        "bids": ["B01"],
        "abandoned": False,
        "waiting": [],
        "stage": "award-decided",
    }
    evalpanel.done("letters", REFERENCE, "--out", tmp_path / "letters")
    published = evalpanel.asked("notice", REFERENCE, "--published", today, "--standstill", "--notice-id", "N1")
    assert (
        published["published"],
        published["notice_id"],
        len([one for one in published["days"] if one["number"]]),
    ) == (
        today,
        "N1",
        8,
    )
    assert evalpanel.refused("contract", REFERENCE, "--signed", today).startswith(
        "The contract for lot L1 may not be signed on "
    )
    challenge = ("challenge-notified", REFERENCE, "--by", "Tallis", "--why", "The scores.", "--on", today)
    held = evalpanel.asked(*challenge)
    assert (held["stops_signature"], [one["kind"] for one in held["holds"]]) == (True, ["challenge"])
    assert evalpanel.asked("hold", REFERENCE, "--lift", "--by", "Tallis", "--why", "Withdrawn.") == {"holds": []}
    changed = ("--no-standstill", "--again", "None was announced.")
    assert evalpanel.asked("notice", REFERENCE, *changed)["standstill_ends"] is None
    signed = evalpanel.asked("contract", REFERENCE, "--signed", today)
    assert (signed["lot"], signed["bids"], signed["signed"]) == ("L1", ["B01"], today)
    closed = evalpanel.asked("close", REFERENCE)
    assert closed == {"closed": True, "kept_until": signed["kept_until"]}
    kept = evalpanel.asked("keep", REFERENCE)
    assert (kept["state"], kept["years"], kept["has_key"]) == ("kept", 3, True)
    assert evalpanel.refused("keep", REFERENCE, "--end", REFERENCE, "--why", "Done.").startswith(
        "The record may not be ended now. Nothing was changed. 3 years that begin on "
    )
    assert evalpanel.asked("verify", REFERENCE)["verdict"] == "verified"


def test_record_that_is_due_is_said_with_the_tenders_and_with_its_tender(at: At) -> None:
    evalpanel = at("priced")
    due = "3 years that begin on 15 January 2020, when the last lot was abandoned, end on 14 January 2023."
    assert "The record" not in evalpanel.done("tenders").out
    with opened(evalpanel.root, Clock(datetime(2020, 1, 15, 12, tzinfo=UTC))) as space:
        outcome.outcome(space, REFERENCE)
        deciding.decide(
            space, REFERENCE, bids=(), decided_by=["Director"], delegation="Scheme 4.2", why="There is no money.",
            on=date(2020, 1, 15),
        )  # fmt: skip
    said = f"{due} The record may be ended now, or kept for a reason of your own."
    assert f"The record of {REFERENCE}: {said}\n" in evalpanel.done("tenders").out
    assert f"The record: {said} Next: evalpanel keep {REFERENCE}\n" in evalpanel.done("show", REFERENCE).out


def test_exclusion_after_the_outcome_works_it_out_anew(at: At) -> None:
    evalpanel = at("priced")
    evalpanel.done("outcome", REFERENCE)
    answer = evalpanel.asked("exclude", REFERENCE, "B01", "--reason", "A conviction.", "--decided-by", "Director")
    assert (answer["bid"], answer["status"], answer["winners"]) == ("B01", "excluded", ["B02"])
    assert evalpanel.asked("outcome", REFERENCE)["lots"][0]["bids"][0]["bid"] == "B02"


def test_low_prices_are_flagged_and_recorded(at: At, today: str) -> None:
    evalpanel = at("priced")
    flags = evalpanel.asked("abnormally-low", REFERENCE, "--margin", "10")
    assert flags == {
        "flags": [
            {"lot": "L1", "bid": "B01", "why": "it is more than 10 % under £115,000.01, the median of the others"}
        ],
        "records": [],
    }
    words = ("--text", "Please explain.", "--by", "OF1", "--on", today)
    told = evalpanel.asked("abnormally-low", REFERENCE, "B01", "--notified", *words)
    assert told["records"] == [
        {
            "lot": "L1",
            "bid": "B01",
            "step": "notified",
            "on": today,
            "by": "OF1",
            "text": "Please explain.",
            "accepted": None,
        }
    ]
    assert evalpanel.refused("abnormally-low", REFERENCE, "--notified", *words) == (
        "A bid and one of --notified, --answer and --decision go together. Nothing was changed."
    )


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            (*DECIDE, "--on", "soon", "--bid", "B01"),
            "--on is no date: “soon”. Nothing was changed. Write it as 2026-11-03.",
        ),
        ((*DECIDE, "--on", "2026-10-01"), "Either a bid or --abandon must be given. Nothing was changed."),
        (
            ("contract", REFERENCE, "--signed", "2099-01-01"),
            "The contract is dated 2099-01-01, which has not come yet.",
        ),
        (("abnormally-low", REFERENCE, "--margin", "ten"), "--margin is no number: “ten”. Nothing was changed."),
    ],
)
def test_what_is_no_date_or_number_is_refused_in_words(at: At, command: tuple[str, ...], said: str) -> None:
    assert at("priced").refused(*command).startswith(said)


def test_reports_are_written_and_held_back(at: At, tmp_path: Path) -> None:
    evalpanel = at("priced")
    evalpanel.done("outcome", REFERENCE)
    pdf, xlsx = tmp_path / "report.pdf", tmp_path / "matrix.xlsx"
    written = evalpanel.asked("report", REFERENCE, "--out", pdf, "--matrix", xlsx)["reports"]
    assert [(one["kind"], one["file"], bool(one["fingerprint"])) for one in written] == [
        ("evaluation", str(pdf), True),
        ("matrix", str(xlsx), False),
    ]
    assert evalpanel.asked("verify", pdf)["verdict"] == "verified"
    assert evalpanel.refused("report", REFERENCE, "--report-back", "PM1", "--out", tmp_path / "back.pdf") == (
        "It is too early to report back. Nothing was written. The award is not public yet: there is no notice on the record."
    )
    assert evalpanel.refused("report", REFERENCE).startswith("A file is needed.")
