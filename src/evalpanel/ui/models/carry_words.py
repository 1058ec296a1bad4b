"""What the page “Carry files” says after something was written or taken in, and where there is nothing yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evalpanel.domain.sheets import Score
from evalpanel.services.carrying import Stand
from evalpanel.services.inviting import Invited
from evalpanel.services.issuing import Issued
from evalpanel.services.leaving import Replaced, Revoked
from evalpanel.services.naming import BlindBid
from evalpanel.services.receipts import Receipts
from evalpanel.services.receiving import Report, Waiter
from evalpanel.services.ruling import Branch
from evalpanel.services.sending import Sent
from evalpanel.system.files import may_take_out
from evalpanel.ui.models.carrying import KINDS
from evalpanel.ui.models.words import count, together, uk_time
from evalpanel.ui.widgets.mark import HALF, NOTE

WHAT = (
    "People carry files between the laptops of a panel, on a stick or by e-mail. Only who they are for can open them."
)
INVITED = "Read what you are asked to do and what you promise. Then your answer is written as a file for the officer."
NO_FILES = "There is no file of evalpanel in it. They end in .evalpanel, and may lie in a .zip."
NOTHING_YET = (
    "Nothing has been carried here yet",
    "Were you invited to a panel? Choose the invitation, or drop it here. Do you run the tender? Load it under Set-up.",
    "Home",
)
OPEN_FIRST = ("No tender is open", "Open it under Home to see what is to be carried.", "Home")
SAFE = may_take_out(read_back=True)


REPLACED = "They take over the role and the criteria, and score every bid. What the other has scored is set aside: kept, and shown to nobody."
LOCKED = (
    "What came from a laptop before it was locked out still counts; nothing else that it sends does. What was read there was read: "
    "that cannot be taken back. What is written from now on it cannot open."
)


TWO_SHEETS = (
    "They come from two laptops, or from a profile that was put back from a backup. Neither counts, and both are kept."
)
ASK_FIRST = "Best is that they take in both on one laptop and send again. Where they cannot, you rule which one counts."
NO_ANSWER = (
    "Whoever scored says whether they agree. Where somebody is ill or cannot be reached, record why: the record shows it, and moderation "
    "can be closed without their answer."
)
WAITING = "They cannot be judged yet, and are tried again whenever something is taken in. Nobody has to remember them."


CODES = "Keep it to yourself until the names are released: whoever sees this page knows it too."
NAMES_RELEASED = "It is decided, and on the record. Write the files for the panel: they bring the names to everybody who has declared their interests."


def names_stand(*, decided: bool, locked: bool) -> str:
    """Where the release of the names stands."""
    if locked:
        return "Moderation is closed. The next files for the panel bring the names by themselves."
    if decided:
        return (
            "It is decided. The next files for the panel bring the names to everybody who has declared their interests."
        )
    return (
        "Once moderation is closed, the next files for the panel bring the names by themselves. Before that it is a decision with its "
        "reason: a score that was given blind can then be changed by somebody who knows whose bid it is. The record shows both."
    )


def code(one: BlindBid) -> str:
    """A bid under its code, and whose it is."""
    return f"{one.bid}, lot {one.lot}: {one.name} ({one.written} in your workbook)"


def two_sheets(people: Sequence[str]) -> str:
    """What a chair should know who has two sheets of somebody."""
    return (
        f"Two sheets of {together(people)} do not know of each other, and neither counts. Ask for one that follows both, or rule under “Two "
        "sheets of one person”."
    )


def branch(one: Branch) -> str:
    """One of two sheets, as a choice."""
    state = "signed off" if one.is_final else "not signed off"
    return f"Number {one.seq}, {state} ({one.sheet[:8]})"


def branch_told(one: Branch) -> str:
    """When it was made, and what it says that the other does not."""
    told = [f"Made {uk_time(one.made_at)} by the clock of its laptop."]
    if one.fault:
        told.append(f"It does not hold together: {one.fault}")
    elif one.apart:
        told.append(
            f"{count(len(one.apart), 'answer')} of it {'is' if len(one.apart) == 1 else 'are'} not so in the other:"
        )
    shown = [
        f"• Bid {held.line.bid}, lot {held.line.lot}, criterion {held.line.criterion}: {_answer(held)}"
        for held in one.apart[:_SHOWN]
    ]
    more = len(one.apart) - _SHOWN
    return "\n".join((" ".join(told), *shown, *((f"and {more} more",) if more > 0 else ())))


_SHOWN = 4


def _answer(held: Score) -> str:
    value = f"{held.value:f}" if held.value is not None else held.status.value.replace("-", " ")
    return f"{value}. {held.rationale}".strip()


def ruled(person: str, one: Branch) -> str:
    """The chair has ruled."""
    return f"Number {one.seq} of {person} counts. It travels with the agreed scores; the other is kept."


def waiters(held: Sequence[Waiter], stands: Sequence[Stand]) -> tuple[tuple[str, str, str], ...]:
    """Each file that waits: a shape, what it is by its own word, and what it waits for."""
    named = {one.tender: one.reference for one in stands}
    found = []
    for one in held:
        what = KINDS[one.kind] if one.kind is not None else "file"
        by = f", by its own word of {one.author}" if one.author else ""
        of = f" · {named[one.tender]}" if one.tender is not None and one.tender in named else ""
        shape = HALF if one.words else NOTE
        found.append((shape, f"{what[:1].upper()}{what[1:]}{by}{of}", one.words or "It can be judged now: try again."))
    return tuple(found)


def put_aside(rows: Sequence[tuple[str, str, str]]) -> str:
    """What was put aside, and can be put back."""
    return f"Put aside, and tried no more: {together(what for _, what, _ in rows)}." if rows else ""


def tried(reports: Sequence[Report]) -> str:
    """What came of trying again."""
    if not reports:
        return "Nothing could be taken in yet: what they wait for has not come."
    return f"{count(len(reports), 'file')} that waited was looked at: " + " ".join(one.words for one in reports[:3])


def locked_out(done: Revoked) -> str:
    """A laptop was locked out."""
    names = together(one.name or "the laptop" for one in done.laptops)
    return f"{names[:1].upper()}{names[1:]} of {done.person} is locked out. Write the files for the panel again, so that everybody learns it."


def replaced(done: Replaced) -> str:
    """Somebody takes a member's place."""
    return f"{done.person} takes the place of {done.leaver}. Next: invite them."


def not_yours(stand: Stand) -> str:
    """Said to somebody who works on the officer's laptop."""
    return f"This is the laptop of {stand.person} {stand.officer}. What you do here is here already."


def answered(answer: Path, officer: str) -> str:
    """The answer to an invitation is written."""
    return f"Your answer is written: {answer.name}. Carry it to {officer}, then ring each other. {SAFE}"


def before_words(stand: Stand, name: str) -> str:
    """Said above the words."""
    if stand.leads:
        return f"{name} has answered your invitation. Now make sure that the answer is really theirs."
    return f"First {name} has to take in your answer. Then make sure of each other."


def confirmed(whom: str, stand: Stand) -> str:
    """The words were the right ones."""
    if stand.leads:
        return f"These were the words of {whom}. Files can be written for them now."
    return f"These were the words of {stand.officer}. Wait for the files that they carry to you."


def invited(made: Sequence[Invited]) -> str:
    """Invitations are written."""
    names = together(one.person for one in made)
    return f"{count(len(made), 'invitation')} written, for {names}. Each goes to its person alone. {SAFE}"


def issued(made: Issued) -> str:
    """The files for the panel are written."""
    own = together(made.releases)
    parts = [
        f"Written: the list of the panel and the tender, the same for everybody, and a file of their own for {own}."
    ]
    if made.without_declaration:
        parts.append(f"No bids yet for {together(made.without_declaration)}: they have not declared their interests.")
    if made.without_keys:
        parts.append(f"Nothing for {together(made.without_keys)}: their words are not confirmed.")
    return " ".join((*parts, SAFE))


def sent(made: Sent, officer: str) -> str:
    """What a member sends is written."""
    what = ["your declaration"] if made.declaration is not None else []
    if made.sheet is not None:
        what.append("your score sheet" if made.final else "a copy of your score sheet, which is not signed off yet")
    if made.moderation is not None:
        what.append("the agreed scores")
    said, it = together(what), "them" if len(what) > 1 or made.moderation is not None else "it"
    whom = f"{officer} and the panel" if made.moderation is not None else officer
    told = f"{said[:1].upper()}{said[1:]} written. Carry {it} to {whom}. {SAFE}"
    if made.not_asked:
        told += (
            f" Present on none of the agreed lines, so not asked whether they agree: {together(made.not_asked)}. If they took part, "
            "say so on those lines in Moderation and write it again."
        )
    return told


def receipted(made: Receipts) -> str:
    """Receipts are written."""
    return f"{count(len(made.receipts), 'receipt')} written, for {together(made.receipts)}. {SAFE}"
