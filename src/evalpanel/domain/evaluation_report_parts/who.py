"""Who took part: the panel, their interests and what was decided about them, how moderation was held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from evalpanel.domain.conflicts import OUTCOME_WORDS, scope_words
from evalpanel.domain.evaluation import Evaluation, people
from evalpanel.domain.interests import recusals
from evalpanel.domain.letter import Block, Column, Paragraph, Row, Section, Table
from evalpanel.domain.people import Role
from evalpanel.domain.signing import in_words
from evalpanel.domain.tender import PersonCode

_UK = ZoneInfo("Europe/London")


def sections(held: Evaluation) -> Iterator[Section]:
    """The panel, conflicts of interest, moderation."""
    yield Section("The panel", tuple(_panel(held)))
    yield Section("Conflicts of interest and measures", tuple(_conflicts(held)))
    yield Section("Moderation", (*_moderation(held), *_not_asked(held)))


def _not_asked(held: Evaluation) -> Iterator[Block]:
    """Whoever scored and was present when nothing was agreed: nobody asked whether they agree, and a reader should know."""
    present = {person for one in held.moderated.values() for person in one.present}
    named = people(held.pack.panel)
    left = [
        named[one.person]
        for one in held.pack.panel
        if one.has(Role.PANEL_MEMBER)
        and not one.has(Role.CHAIR)
        and one.person in held.signed
        and one.person not in held.absent
        and one.person not in present
    ]
    if left:
        yield Paragraph(
            f"Signed off a score sheet and is recorded as present on no agreed line, so was not asked whether they agree: {', '.join(left)}."
        )


def _panel(held: Evaluation) -> Iterator[Block]:
    named = people(held.pack.panel)
    rows = []
    for member in held.pack.panel:
        if member.person in held.absent:
            sheet = f"Did not sign off: {held.absent[member.person]}"
        elif member.person in held.signed:
            sheet = f"Signed off on {in_words(held.signed[member.person].astimezone(_UK).date())}"
        else:
            sheet = "Not signed off" if member.has(Role.PANEL_MEMBER) else "Does not score"
        roles = ", ".join(role.value.replace("-", " ") for role in member.roles)
        kind = f" ({member.kind.value})" if member.kind is not None else ""
        criteria = "all" if member.criteria is None else ", ".join(member.criteria) or "none"
        scores = criteria if member.has(Role.PANEL_MEMBER) else "–"
        rows.append(Row((named[member.person], f"{roles}{kind}", scores, sheet)))
    columns = (Column("Person", 26), Column("Role", 28), Column("Criteria", 14), Column("Score sheet", 32))
    yield Table("Who took part", columns, tuple(rows))


def _conflicts(held: Evaluation) -> Iterator[Block]:
    named = people(held.pack.panel)
    rows = []
    for person, own in held.register.interests.items():
        for one in own:
            if one.decision is None:
                decided = "Not decided: recused from the lot until it is"
            else:
                by = f"{one.decision.decided_by}, {in_words(one.decision.at.astimezone(_UK).date())}"
                measure = f" Measure: {one.decision.measure}" if one.decision.measure else ""
                decided = f"{OUTCOME_WORDS[one.decision.outcome]} ({by}). {one.decision.why}{measure}"
            kept_out = scope_words(recusals((one,), held.pack.bids))
            rows.append(Row((named.get(person, person), one.bidder, decided, kept_out)))
    declared = {line.person for line in held.register.declarations}
    missing = [named[one.person] for one in held.pack.panel if one.person not in declared]
    yield Paragraph(
        "Everybody on the panel declared their interests in every bidder, consortium member and sub-contractor."
        if not missing
        else f"No declaration is on the record of: {', '.join(missing)}. Whoever has not declared could read no bid."
    )
    unaffirmed = [one for one in held.register.affirmations.values() if one.why_not]
    for affirmation in unaffirmed:
        yield Paragraph(
            f"{named.get(affirmation.person, affirmation.person)} did not affirm the declaration at moderation: "
            f"{affirmation.why_not}"
        )
    if not rows:
        yield Paragraph("Nobody declared an interest, and none was found.")
        return
    columns = (
        Column("Person", 22),
        Column("Bidder", 12),
        Column("Decision and measure", 42),
        Column("Kept out of", 24),
    )
    yield Table("Interests and what was decided", columns, tuple(rows))


def _moderation(held: Evaluation) -> Iterator[Block]:
    named = people(held.pack.panel)
    agreed = held.moderated
    if not agreed:
        yield Paragraph("Nothing has been agreed yet.")
        return
    ended = f" It was closed on {in_words(held.locked.at.astimezone(_UK).date())}." if held.locked is not None else ""
    again = sum(1 for many in held.moderated_versions.values() if many > 1)
    more = {
        0: "None of them was agreed more than once.",
        1: "1 of them was agreed more than once; every version is kept.",
    }
    twice = more.get(again, f"{again} of them were agreed more than once; every version is kept.")
    yield Paragraph(f"The panel agreed on {len(agreed):,} lines.{ended} {twice}")
    quorum = held.pack.tender.quorum if held.pack.tender is not None else None
    if quorum is not None:
        yield Paragraph(f"The quorum is {quorum} of those who score or chair.")
    present: Counter[PersonCode] = Counter(person for one in agreed.values() for person in one.present)
    rows = tuple(Row((named.get(person, person), f"{many:,}")) for person, many in sorted(present.items()))
    columns = (Column("Person", 70), Column("Lines agreed in their presence", 30, numeric=True))
    yield Table("Who was present at moderation", columns, rows)
    dissents = [(line, one.dissent) for line, one in sorted(agreed.items()) if one.dissent.strip()]
    if dissents:
        told = tuple(Row((f"{line.lot} · {line.bid} · {line.criterion}", text)) for line, text in dissents)
        yield Table("Dissent", (Column("Line", 24), Column("In the words of who did not agree", 76)), told)
    else:
        yield Paragraph("Nobody dissented.")
    if held.reopened:
        opened = tuple(
            Row((in_words(one.at.astimezone(_UK).date()), named.get(one.person, one.person), one.what))
            for one in held.reopened
        )
        yield Table("Reopenings", (Column("Date", 22), Column("Person", 28), Column("Reason", 50)), opened)
    else:
        yield Paragraph("Nothing was reopened.")
