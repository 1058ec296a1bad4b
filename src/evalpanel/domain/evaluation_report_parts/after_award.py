"""What followed: letters, notice and standstill, challenges and holds, the contract, how long the record is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from evalpanel.domain.evaluation import Evaluation
from evalpanel.domain.letter import Block, Column, Paragraph, Row, Section, Table
from evalpanel.domain.signing import HoldKind, in_words

_UK = ZoneInfo("Europe/London")


def sections(held: Evaluation, today: date) -> Iterator[Section]:
    """Letters, standstill, challenges, contract and retention, as seen on the day of the report."""
    yield Section("Letters to bidders", tuple(_letters(held)))
    yield Section("Notice and standstill", tuple(_standstill(held, today)))
    yield Section("Challenges and holds", tuple(_holds(held)))
    yield Section("Contract and retention", tuple(_contract(held)))


def _letters(held: Evaluation) -> Iterator[Block]:
    if not held.letters:
        yield Paragraph("No letter is signed yet.")
        return
    rows = tuple(
        Row(
            (
                f"{one.bid} {held.bidder(one.lot, one.bid)}, lot {one.lot}",
                one.kind.replace("-", " "),
                in_words(one.at.astimezone(_UK).date()),
                one.sha256[:16],
            )
        )
        for one in held.letters
    )
    columns = (Column("Bid", 40), Column("Kind", 17), Column("Signed", 20), Column("Digest begins", 23))
    yield Table("Letters", columns, rows)


def _standstill(held: Evaluation, today: date) -> Iterator[Block]:
    if held.notice is None:
        yield Paragraph("No notice is on the record yet.")
        return
    number = f" {held.notice.notice_id}" if held.notice.notice_id else ""
    yield Paragraph(f"The award notice{number} was published on {in_words(held.notice.published)}.")
    if held.notice.stands:
        yield Paragraph(f"{held.notice.found} Why the notice stands: {held.notice.stands}")
    if held.period is None:
        yield Paragraph("No standstill was announced, or the law knows none.")
        return
    ended = held.period.ends < today
    yield Paragraph(
        f"Standstill {'ended' if ended else 'ends'} at the end of {in_words(held.period.ends)}. The first day on which the contract "
        f"{'could' if ended else 'can'} be signed {'was' if ended else 'is'} {in_words(held.period.first_free_day)}."
    )
    rows = tuple(
        Row(
            (
                f"{one.day:%A} {in_words(one.day)}",
                str(one.number) if one.number is not None else "–",
                one.why or "counts",
            )
        )
        for one in held.period.days
    )
    columns = (Column("Day", 44), Column("Number", 14, numeric=True), Column("Why", 42))
    yield Table("How standstill was counted", columns, rows)


def _holds(held: Evaluation) -> Iterator[Block]:
    if not held.holds:
        yield Paragraph("No challenge was notified, and no hold was placed.")
        return
    words = {HoldKind.CHALLENGE: "Challenge", HoldKind.HOLD: "Hold", HoldKind.LIFT: "Ended"}
    rows = tuple(
        Row((in_words(one.since), words[one.kind], one.who, f"{one.why}{f' (act {one.lifts})' if one.lifts else ''}"))
        for one in held.holds
    )
    columns = (Column("Date", 22), Column("What", 14), Column("Who", 24), Column("Why", 40))
    yield Table("Challenges and holds", columns, rows)


def _contract(held: Evaluation) -> Iterator[Block]:
    for one in held.contracts:
        who = ", ".join(f"{bid} {held.bidder(one.lot, bid)}".strip() for bid in one.bids)
        yield Paragraph(f"The contract for lot {one.lot} with {who} was entered into on {in_words(one.signed)}.")
    if not held.contracts:
        yield Paragraph("No contract is signed yet.")
    yield Paragraph(held.retention.why)
