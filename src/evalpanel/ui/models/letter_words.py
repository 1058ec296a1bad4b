"""What the page Letters says: how many stand where, why one may not sign, what came of signing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.standstill import StandstillClock
from evalpanel.services.after_outcome import AfterOutcome
from evalpanel.services.letter_drafts import LetterStanding, LetterState
from evalpanel.services.letters import LettersReport
from evalpanel.services.letters_anew import LettersToDo
from evalpanel.services.setup import TenderView
from evalpanel.system.files import may_take_out
from evalpanel.ui.models.words import count
from evalpanel.ui.places import me


def tally(standings: tuple[LetterStanding, ...]) -> Counter[LetterState]:
    """How many letters stand where."""
    return Counter(one.state for one in standings)


def tally_words(held: Counter[LetterState]) -> str:
    """`6 ready · 2 blocked`."""
    named = ((LetterState.READY, "ready"), (LetterState.SIGNED, "signed"), (LetterState.BLOCKED, "blocked"))
    return " · ".join(f"{held[state]} {word}" for state, word in named if held[state]) or "no letter is owed"


def to_sign(standings: tuple[LetterStanding, ...], *, combined: bool) -> int:
    """How many letters can be signed now. `combined`: one for all lots of a bidder, which waits for each of them."""
    ready = [one for one in standings if one.state is LetterState.READY]
    if not combined:
        return len(ready)
    waiting = {one.bidder for one in standings if one.state is LetterState.BLOCKED}
    return len({one.bidder for one in ready} - waiting)


def still_to_do(found: LettersToDo) -> str:
    """What is said of signed letters; empty where nothing is open."""
    if found.anew:
        first = count(len(found.anew), "letter says", "letters say")
        return f"{first} what is no longer so: the list says why. Sign anew, then send."
    if not found.unsent:
        return ""
    waiting = count(len(found.unsent), "letter is", "letters are")
    after = " They go out before the notice." if found.before_notice else ""
    return f"{waiting} not on the log of sending yet.{after}"


def before_the_notice(found: LettersToDo, now: AfterOutcome, stage: TenderStage) -> str:
    """What is to be done about letters before the next paper of the award is recorded; empty where nothing is."""
    if found.anew:
        first = count(len(found.anew), "letter says", "letters say")
        return f"{first} what is no longer so. Sign anew on the page Letters, and send, before anything else goes on record here."
    if now.notice is not None or not now.all_settled or all(one.abandoned for one in now.awards):
        return ""
    rule = now.regime.standstill
    if rule is None or rule.clock is StandstillClock.AFTER_NOTICE:
        return ""
    if not stage.reached(TenderStage.LETTERS_ISSUED):
        return "The letters come before the notice: sign them on the page Letters, and send them."
    if not found.unsent:
        return ""
    waiting = count(len(found.unsent), "letter is", "letters are")
    return f"{waiting} not on the log of sending yet, and they go out before the notice. Record the sending on the page After the letters."


def all_signed(found: LettersToDo) -> str:
    """What is said when no letter is left to sign."""
    return f"Every letter is signed. A sealed copy of each is kept here. {still_to_do(found)}".strip()


def why_not(view: TenderView, person: str) -> str:
    """Why the person at the laptop does not sign letters; empty when they do."""
    officers = [one.member for one in view.panel if one.member.has(Role.OFFICER)]
    own = me(view, person)
    if not officers or (own is not None and own.member in officers):
        return ""
    names = ", ".join(f"{one.person} {one.name}" for one in officers)
    return f"{names} signs the letters." if own is not None else f"Choose who you are first: {names} signs the letters."


def may_head(view: TenderView | None, person: str) -> bool:
    """Whether the person may say how letters look: the officer, and whoever has no tender yet."""
    return view is None or not (why_not(view, person) or view.joined)


def too_early(view: TenderView) -> tuple[str, str]:
    """What is said before there is an outcome: a title and a sentence."""
    words = (
        f"The tender stands at “{view.summary.stage.words}”. When moderation is closed, prices are opened and "
        "the outcome is worked out, there is a letter here for every bid."
    )
    return "Letters come after the outcome", words


def may_ask(view: TenderView, person: str) -> bool:
    """Whether the person may write a letter for an occasion: the officer, on the laptop that leads, once bids are opened."""
    return not (why_not(view, person) or view.joined) and view.summary.stage.reached(TenderStage.BIDS_OPENED)


def not_decided(view: TenderView) -> str:
    """Why no letter is signed before the award is decided; empty when it is."""
    if view.summary.stage.reached(TenderStage.AWARD_DECIDED):
        return ""
    return "The award is decided first, on the page Outcome. Until then the letters can be looked at."


def stopped(held: Counter[LetterState]) -> str:
    """What is said when signing was cancelled."""
    signed = count(held[LetterState.SIGNED], "letter is", "letters are")
    return f"Stopped. {signed} signed and safe, {held[LetterState.READY]} still to sign."


def signed(report: LettersReport, out: Path) -> str:
    """What is said when signing is done."""
    bad = [f"{one.bid} (lot {one.lot})" for one in report.letters if not one.verified]
    good = count(len(report.letters) - len(bad), "letter is", "letters are")
    words = [f"{good} signed, read back and verified, in “{out.name}”."]
    if report.manifest is not None:
        words.append(f"The signed list of all letters is “{report.manifest.name}”, beside them.")
    if bad:
        words.append(f"{', '.join(bad)} did not verify: check the disk and save signed copies again.")
    if report.blocked:
        first = report.blocked[0]
        why = f"Bid {first.bid}, lot {first.lot}: {' '.join(first.why)}"
        words.append(f"{count(len(report.blocked), 'is', 'are')} not signed. {why}")
    if report.letters:
        words.append(may_take_out())
    return " ".join(words)
