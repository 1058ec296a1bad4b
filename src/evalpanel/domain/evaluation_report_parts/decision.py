"""The decision at a glance: each lot with who it goes to, who decided under which power and why, and the main dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from evalpanel.domain.award import AwardDecision, LotAward
from evalpanel.domain.evaluation import Evaluation
from evalpanel.domain.letter import Block, Column, Paragraph, Row, Section, Table, Tone
from evalpanel.domain.price import money
from evalpanel.domain.results import LotResult
from evalpanel.domain.signing import in_words
from evalpanel.domain.tender import Lot

_UK = ZoneInfo("Europe/London")


def sections(held: Evaluation) -> Iterator[Section]:
    """The decision, then the main dates."""
    yield Section("The decision", tuple(_decision(held)))
    yield Section("Main dates", tuple(_dates(held)))


def shown(value: object, lot: LotResult) -> str:
    """A result with the places of its lot; a dash where there is none."""
    return "–" if value is None else f"{value:.{lot.places}f}"


def _decision(held: Evaluation) -> Iterator[Block]:
    if not held.decisions:
        yield Paragraph("No award decision is on the record yet.", Tone.LEAD)
        return
    yield _awards(held)
    counting = [one for award in held.awards for one in award.decisions]
    yield _deciders(counting)
    yield from _reasons(counting)
    earlier = [one for one in held.decisions if one not in counting]
    if earlier:
        yield Paragraph("These decisions were taken before, and were taken once more since:")
        yield _earlier(held, earlier)
    for made in held.outcomes[1:]:
        yield Paragraph(f"The outcome was worked out anew on {_day(made.at)}, because {made.what}.")


def _awards(held: Evaluation) -> Table:
    lots = {lot.lot: lot for lot in held.pack.lots}
    results = {lot.lot: lot for lot in held.results}
    rows = [
        row for award in held.awards for row in _award(held, award, lots[award.lot], results.get(award.lot))
    ]  # a lot that goes to several has a row for each
    columns = (
        Column("Lot", 26),
        Column("Awarded to", 28),
        Column("Quality", 11, numeric=True),
        Column("Price", 10, numeric=True),
        Column("Total", 10, numeric=True),
        Column("Amount", 17, numeric=True),
    )
    return Table("Each lot, and who it is awarded to", columns, tuple(rows))


def _award(held: Evaluation, award: LotAward, lot: Lot, result: LotResult | None) -> Iterator[Row]:
    name = f"{lot.lot} {lot.title}".strip()
    if not award.bids:
        what = "Nobody: the lot is abandoned" if award.abandoned else f"Not decided yet by {', '.join(award.waiting)}"
        yield Row((name, what, "–", "–", "–", "–"))
        return
    assert held.pack.tender is not None
    found = {bid.bid: bid for bid in result.bids} if result is not None else {}
    for bid in award.bids:
        who = f"{bid} {held.bidder(award.lot, bid)}".strip()
        own = found.get(bid)
        if own is None or result is None:
            yield Row((name, who, "–", "–", "–", "–"))
            continue
        amount = money(own.price_amount, held.pack.tender.currency) if own.price_amount is not None else "–"
        scores = (shown(own.quality, result), shown(own.price, result), shown(own.total, result))
        yield Row((name, who, *scores, amount))


def _deciders(decisions: Sequence[AwardDecision]) -> Table:
    """Who decided: a row for each act of an authority, with the lots that it was about."""
    acts: dict[tuple[str, ...], list[str]] = {}
    for one in decisions:
        when = in_words(one.decided_on)
        if one.call_in_ends is not None:
            when += f"; call-in until {in_words(one.call_in_ends)}"
        acts.setdefault((one.authority, ", ".join(one.decided_by), one.delegation, when), []).append(one.lot)
    rows = tuple(
        Row((authority, ", ".join(lots), who, under, when)) for (authority, who, under, when), lots in acts.items()
    )
    columns = (
        Column("Authority", 22),
        Column("Lots", 10),
        Column("Decided by", 22),
        Column("Under", 26),
        Column("On", 20),
    )
    return Table("Who decided, under which power, and when", columns, rows)


def _reasons(decisions: Sequence[AwardDecision]) -> Iterator[Block]:
    """Why: what several authorities say in the same words about several lots stands once."""
    said: dict[str, list[AwardDecision]] = {}
    for one in decisions:
        said.setdefault(_why(one), []).append(one)
    if len(said) == 1 and len(decisions) > 1:
        yield Paragraph("Reasons, the same for every lot and authority", Tone.LABEL)
        yield Paragraph(next(iter(said)))
        return
    rows = tuple(
        Row((_listed(one.lot for one in given), _listed(one.authority for one in given), why))
        for why, given in said.items()
    )
    columns = (Column("Lots", 12), Column("Authority", 24), Column("Reasons", 64))
    yield Table("Why it was decided so", columns, rows)


def _why(one: AwardDecision) -> str:
    parts = [one.why]
    if one.tie_settled:
        parts.append(f"How the tie was settled: {one.tie_settled}")
    if one.again:
        parts.append(f"Decided once more, because: {one.again}")
    return "\n".join(parts)


def _earlier(held: Evaluation, decisions: Sequence[AwardDecision]) -> Table:
    rows = []
    for one in decisions:
        to = ", ".join(f"{bid} {held.bidder(one.lot, bid)}".strip() for bid in one.bids)
        by = f"{', '.join(one.decided_by)} ({one.delegation}), {in_words(one.decided_on)}"
        what = f"Awarded to {to}" if one.bids else "Abandoned"
        rows.append(Row((one.lot, one.authority, f"{what}\n{_why(one)}", by)))
    columns = (Column("Lot", 8), Column("Authority", 22), Column("What was decided, and why", 42), Column("By", 28))
    return Table("Decisions that were taken once more", columns, tuple(rows))


def _dates(held: Evaluation) -> Iterator[Block]:
    rows = []
    for what, moment in (
        ("Criteria and method frozen", held.froze),
        ("Agreed scores locked", held.locked),
        ("Prices opened", held.opened),
        ("Outcome worked out", held.outcomes[0] if held.outcomes else None),
    ):
        if moment is not None:
            rows.append(Row((what, f"{moment.at.astimezone(_UK):%H:%M} on {_day(moment.at)}", moment.person or "–")))
    decided = sorted({one.decided_on for award in held.awards for one in award.decisions})
    if decided:
        rows.append(Row(("Award decided", " and ".join(in_words(one) for one in decided), "the authorities, as above")))
    signed = sorted({one.at.astimezone(_UK).date() for one in held.letters})
    if signed:
        span = in_words(signed[0]) + (f" to {in_words(signed[-1])}" if len(signed) > 1 else "")
        rows.append(Row(("Letters to bidders signed", span, "–")))
    if held.notice is not None:
        rows.append(Row(("Award notice published", in_words(held.notice.published), "–")))
    if held.period is not None:
        rows.append(Row(("Last day of standstill", in_words(held.period.ends), "–")))
    rows += [Row((f"Contract for lot {one.lot} entered into", in_words(one.signed), "–")) for one in held.contracts]
    if not rows:
        yield Paragraph("Nothing of this has happened yet.")
        return
    yield Table("Main dates", (Column("Step", 42), Column("When, UK time", 38), Column("By", 20)), tuple(rows))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _day(moment: datetime) -> str:
    return in_words(moment.astimezone(_UK).date())
