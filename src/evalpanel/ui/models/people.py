"""The people of a tender as rows: who they are, what they score, what they declared, how far their sheet is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from evalpanel.domain.interests import Affirmation, Declaration, Interest
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.stages import TenderStage
from evalpanel.services.setup import MemberProgress, TenderView
from evalpanel.ui.models import words
from evalpanel.ui.widgets import mark


@dataclass(frozen=True, slots=True)
class Told:
    """A shape and the words that go with it; `more` is said more quietly under them."""

    mark: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One row. `answered` of `owed` lines; `mine` for the person at the laptop; `may_be_absent` where an absence can be
    recorded, `absent` where one is on record, `may_come_back` where it can be taken back; `decisions` are the interests about which something is or can be decided."""

    code: str
    name: str
    roles: str
    about: str
    scores: str
    interests: tuple[Told, ...]
    sheet: Told
    answered: int = 0
    owed: int = 0
    mine: bool = False
    may_be_absent: bool = False
    absent: bool = False
    may_come_back: bool = False
    decisions: tuple[Interest, ...] = ()

    def spoken(self) -> str:
        """The row in a sentence, for a screen reader."""
        told = "; ".join(f"{one.text} {one.more}".strip() for one in self.interests)
        you = ", you" if self.mine else ""
        sheet = ": ".join(part for part in (self.sheet.text, self.sheet.more) if part)
        return f"{self.code} {self.name}{you}, {self.roles}, {self.about}. {self.scores}. {told}. {sheet}."


def people(
    view: TenderView, declarations: tuple[Declaration, ...], *, person: str, sees_all: bool
) -> tuple[Person, ...]:
    """Everybody of the tender, in the workbook's order.

    `person` is who sits at the laptop. What an interest is about is told to that person alone, and to `sees_all`
    (officer and chair): it may be a private matter.
    """
    return tuple(
        _person(view, one, declarations, mine=one.member.person == person, sees_all=sees_all) for one in view.panel
    )


def composition(view: TenderView) -> str:
    """Whose views those who score bring: `3 commissioners, 1 third sector, 1 young evaluator`."""
    kinds = Counter(one.member.kind for one in view.panel if one.member.has(Role.PANEL_MEMBER))
    return ", ".join(words.count(number, *words.VIEWS[kind]) for kind, number in kinds.items() if kind is not None)


def where_interests_stand(view: TenderView) -> tuple[str, ...]:
    """Who has still to declare, how many interests are undecided, and, when moderation comes, who has still to affirm."""
    missing = [one.member.person for one in view.panel if not one.declared]
    told = [f"still to declare: {', '.join(missing)}" if missing else "everybody has declared"]
    undecided = sum(1 for one in view.panel for interest in one.interests if interest.decision is None)
    if undecided:
        told.append(f"{words.count(undecided, 'interest')} not decided yet")
    waiting = [one.member.person for one in view.panel if one.affirmed is None and one.declared and not one.absent]
    if may_affirm(view) and waiting:
        told.append(f"still to affirm: {', '.join(waiting)}")
    return tuple(told)


def may_affirm(view: TenderView) -> bool:
    """Whether it is the time to affirm declarations: all sheets are in, and moderation is not closed."""
    stage = view.summary.stage
    if not stage.reached(TenderStage.SCORING) or stage.reached(TenderStage.QUALITY_LOCKED):
        return False
    return not any(one.owed and not one.signed_off and not one.absent for one in view.panel)


def _person(
    view: TenderView, one: MemberProgress, declarations: tuple[Declaration, ...], *, mine: bool, sees_all: bool
) -> Person:
    member = one.member
    roles = words.together(words.ROLES[role] for role in member.roles)
    about = [roles[:1].upper() + roles[1:]]
    if member.kind is not None:
        about.append(words.VIEWS[member.kind][0])
    if member.organisation:
        about.append(member.organisation)
    open_to_change = not view.summary.stage.reached(TenderStage.MODERATION)
    return Person(
        code=member.person,
        name=member.name,
        roles=about[0],
        about=" · ".join(about[1:]),
        scores=_scores(member),
        interests=_interests(view, one, declarations, tells=mine or sees_all),
        sheet=_sheet(view, one),
        answered=one.answered,
        owed=one.owed,
        mine=mine,
        absent=bool(one.absent),
        may_come_back=one.absent_by_us and not view.summary.stage.reached(TenderStage.QUALITY_LOCKED),
        decisions=one.interests,
        may_be_absent=open_to_change and member.has(Role.PANEL_MEMBER) and not one.absent and not one.signed_off,
    )


def _scores(member: PanelMember) -> str:
    if not member.has(Role.PANEL_MEMBER):
        return "Does not score"
    if member.criteria is None:
        return "Scores all criteria"
    return f"Scores {', '.join(member.criteria)}" if member.criteria else "Scores no criterion"


def _interests(
    view: TenderView, one: MemberProgress, declarations: tuple[Declaration, ...], *, tells: bool
) -> tuple[Told, ...]:
    pack = view.pack
    own = [declaration for declaration in declarations if declaration.person == one.member.person]
    names = {bidder.bidder: bidder.name for bidder in pack.bidders}
    found = []
    if not one.declared:
        later = "About bidders that came later. Cannot read or score a bid before."
        found.append(Told(mark.MISSING, "Not declared yet", later if own else "Cannot read or score a bid before."))
    elif own and all(declaration.bidder is None for declaration in own):
        last = own[-1]
        paper = f"on paper, {words.day(last.on_paper)}" if last.on_paper is not None else words.uk_time(last.at)
        found.append(Told(mark.DONE, "No interest", paper[:1].upper() + paper[1:]))
    for interest in one.interests:
        if interest.declared:
            lines = [line for line in own if line.bidder == interest.bidder]
            about = " ".join(line.about for line in lines) if tells else ""
            name = words.called(interest.bidder, names.get(interest.bidder, ""))
            found.append(Told(mark.INTEREST, f"An interest in {name}", about))
        found.append(_decided(interest, tells=tells))
    for recusal in one.recusals:
        matched = "" if recusal.why.startswith("declared") else recusal.why
        found.append(Told(mark.RECUSED, f"Recused from {recusal.what}", matched))
    if one.affirmed is not None:
        found.append(_affirmed(one.affirmed))
    return tuple(found)


def _decided(interest: Interest, *, tells: bool) -> Told:
    held = interest.decision
    if held is None:
        return Told(mark.HALF, "Not decided yet", "Recused from the lot until it is.")
    more = " ".join(part for part in (held.why, held.measure) if part) if tells else ""
    return Told(mark.NOTE, f"{words.DECISIONS[held.outcome]}: decided by {held.decided_by}", more)


def _affirmed(held: Affirmation) -> Told:
    if held.why_not:
        return Told(mark.OUT, "Not affirmed for moderation", held.why_not)
    return Told(mark.DONE, "Affirmed for moderation", words.uk_time(held.at))


def _sheet(view: TenderView, one: MemberProgress) -> Told:
    if one.absent:
        return Told(mark.OUT, "Absent", one.absent)
    if not one.member.has(Role.PANEL_MEMBER):
        return Told(mark.OUT, "No sheet")
    if one.signed_off:
        typed = f"Typed in for them by {one.entered_by}" if one.entered_by else ""
        return Told(mark.DONE, f"Signed off · {one.answered} of {one.owed}", typed)
    if not one.owed:
        return Told(mark.OUT, "Nothing to score" if view.pack.bids else "No bids yet")
    if not one.answered:
        return Told(mark.MISSING, f"Not started · 0 of {one.owed}")
    done = one.answered == one.owed
    how = "To be signed off" if done else "Under way"
    return Told(mark.HALF, f"{how} · {one.answered} of {one.owed}")
