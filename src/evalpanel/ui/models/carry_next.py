"""The one next step in the exchange: what the officer, a panel member or a chair does now, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.services.carrying import Agreed, Due, Stand, ToSend
from evalpanel.services.inviting import KeyState
from evalpanel.services.setup import MemberProgress, TenderView
from evalpanel.ui.models import words
from evalpanel.ui.models.carrying import KINDS, NO_DECLARATION, Carried

WRITE = "Write the files for the panel…"
CHOOSE = "Choose files…"


class Go(StrEnum):
    """What a next step does on the page, or where it leads."""

    WORDS = "words"
    INVITE = "invite"
    ISSUE = "issue"
    SEND = "send"
    TAKE = "take"
    OPEN = "open"
    DECLARE = "declare"
    AGREE = "agree"
    LOOK = "look"
    MODERATE = "moderate"
    FINISH = "finish"
    SCORE = "score"
    SUCCEED = "succeed"


@dataclass(frozen=True, slots=True)
class Step:
    """The one next step: the sentence that says why, the button, and about whom it is."""

    go: Go
    sentence: str
    button: str
    people: tuple[str, ...] = ()


def officer_step(
    view: TenderView, rows: Sequence[Carried], *, behind: bool = False, papered: bool = False, unclear: bool = False
) -> Step:
    """What the officer does next in the exchange. `behind`: the panel does not know yet of a laptop that was locked out; `papered`:
    nor of the sheets for a successor. `unclear`: in a blind tender, that documents were not looked through, or may say whose a bid is."""
    answered = tuple(one.code for one in rows if one.answered)
    if answered:
        who = words.count(len(answered), "person has answered", "people have answered")
        whom = words.together(answered)
        return Step(
            Go.WORDS,
            f"{who}: ring {whom}, and read the eight words to each other.",
            f"Read the words with {answered[0]}",
            answered[:1],
        )
    if unclear and any(one.state is KeyState.CONFIRMED for one in rows):
        told = "The tender is blind. Look through the documents before the panel gets them."
        return Step(Go.LOOK, told, "Look through the documents")
    if behind:
        return Step(Go.ISSUE, "A laptop was locked out, and the panel does not know it yet.", WRITE)
    if papered:
        return Step(Go.ISSUE, "The two sheets work once the panel has a list that names them.", WRITE)
    unissued = tuple(one.code for one in rows if one.unissued)
    if unissued and view.summary.stage.reached(TenderStage.CRITERIA_FROZEN):
        told = f"Something is ready for {words.together(unissued)} that they do not have yet."
        return Step(Go.ISSUE, told, WRITE, unissued)
    fresh = tuple(one.code for one in rows if one.state is KeyState.NONE)
    if fresh:
        told = f"{words.count(len(fresh), 'person is', 'people are')} not invited yet: {words.together(fresh)}."
        return Step(Go.INVITE, told, f"Invite {words.count(len(fresh), 'person', 'people')}…", fresh)
    if unissued:
        return Step(Go.TAKE, "The criteria are not frozen yet. What the panel needs can be written after that.", CHOOSE)
    waiting = words.together(one.code for one in rows if one.state is KeyState.INVITED)
    undeclared = words.together(
        one.code
        for one in rows
        if one.state is KeyState.CONFIRMED and any(told.text == NO_DECLARATION for told in one.told)
    )
    parts = [f"Waiting for the answers of {waiting}." if waiting else ""]
    parts.append(f"Waiting for the declarations of {undeclared}." if undeclared else "")
    told = " ".join(part for part in parts if part)
    return Step(Go.TAKE, told or "Take in what people carry to you.", CHOOSE)


def member_step(
    stand: Stand, held: Sequence[ToSend], came: Sequence[Agreed], view: TenderView | None, now: datetime
) -> Step:
    """What a panel member or a chair does next in the exchange."""
    officer = stand.officer
    own = next((one for one in view.panel if one.member.person == stand.person), None) if view is not None else None
    if not stand.confirmed:
        told = f"Carry your answer to {officer}. Then ring each other, and read eight words aloud."
        return Step(Go.WORDS, told, "Read the eight words")
    if not stand.here:
        told = f"Take in the files that {officer} carries to you. You will read the bids here."
        return Step(Go.TAKE, told, CHOOSE)
    if view is None or own is None:
        return Step(Go.OPEN, "The tender is on this laptop.", "Open the tender")
    if not own.declared and view.pack.bidders:
        told = "Say whether you have an interest in a bidder. The bids come after that."
        return Step(Go.DECLARE, told, "Declare interests")
    unsent = [one for one in held if one.due in (Due.FRESH, Due.CHANGED) and _counts(one)]
    if unsent:
        what, them = words.together(KINDS[one.kind] for one in unsent), "it" if len(unsent) == 1 else "them"
        told = f"Your {what}: write {them} to a stick, and carry {them} to {_to_whom(view, own, officer)}."
        return Step(Go.SEND, told, "Write what I have to send…")
    if not stand.bids:
        told = f"Your declaration is written. When {officer} carries the bids to you, take them in here."
        return Step(Go.TAKE, told, CHOOSE)
    if own.owed and not own.signed_off:
        return Step(Go.SCORE, "Score the bids and sign off. Then your sheet is ready to be carried.", "Go on scoring")
    if own.member.has(Role.CHAIR) and not view.summary.stage.reached(TenderStage.QUALITY_LOCKED):
        return _chair_step(view, own, held)
    if own.member.has(Role.PANEL_MEMBER) and any(one.final and not one.answered for one in came):
        chairs = words.together(one.chair for one in came if one.final and not one.answered)
        told = f"The agreed scores of {chairs} have come. Read them, and say whether you agree."
        return Step(Go.AGREE, told, "Read the agreed scores")
    return Step(Go.TAKE, _done(held, now), CHOOSE)


def _chair_step(view: TenderView, own: MemberProgress, held: Sequence[ToSend]) -> Step:
    """What a chair does once their own sheet is on its way."""
    missing = [
        one.member.person
        for one in view.panel
        if one.owed and not one.signed_off and not one.absent and one.member.person != own.member.person
    ]
    if missing:
        told = f"Not open here yet: the sheets of {words.together(missing)}. Take in what they and the officer carry to you."
        return Step(Go.TAKE, told, CHOOSE)
    sent = next((one for one in held if one.kind is ParcelKind.MODERATION), None)
    if view.moderated < view.lines and not own.recusals:
        told = f"All sheets are here. {view.moderated} of {view.lines} lines are begun or agreed."
        return Step(Go.MODERATE, told, "Go on with moderation")
    if sent is None or not sent.final or sent.due is not Due.SENT:
        told = "When every line is agreed: write the agreed scores, and carry them to the panel and the officer."
        return Step(Go.FINISH, told, "Write the agreed scores…")
    return Step(Go.TAKE, "The agreed scores are written. Take in the answers that the panel carries to you.", CHOOSE)


def _to_whom(view: TenderView, own: MemberProgress, officer: str) -> str:
    chairs = [
        one.member.name
        for one in view.panel
        if one.member.has(Role.CHAIR) and not one.member.has(Role.OFFICER) and one.member.person != own.member.person
    ]
    return words.together((officer, *chairs))


def _counts(one: ToSend) -> bool:
    """Whether something is worth a way of its own: a sheet that is signed off, a declaration."""
    return one.kind is ParcelKind.DECLARATION or (one.kind is ParcelKind.SCORESHEET and one.final)


def _done(held: Sequence[ToSend], now: datetime) -> str:
    sent = next((one for one in held if one.kind is ParcelKind.SCORESHEET), None)
    if sent is not None and sent.at is not None:
        return f"Your score sheet was written {words.ago(sent.at, now)}. Nothing else is to be carried now."
    return "Nothing is to be carried now."
