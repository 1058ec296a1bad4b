"""A letter looked at before it is signed: how hard it is to read, what in its reasons to look at again, and what it may not tell."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from evalpanel.domain.criteria import for_lot
from evalpanel.domain.feedback_inputs import LetterInputs, withheld
from evalpanel.domain.feedback_occasions import Occasion
from evalpanel.domain.leaks import Guard, Leak, Secret, SecretKind, shared_sentences
from evalpanel.domain.letter import Explanation, FeedbackLetter, paragraphs
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.people import Role
from evalpanel.domain.readability import of_all
from evalpanel.domain.scales import Scale
from evalpanel.domain.tender import BidCode, LotCode
from evalpanel.domain.wording import WordingWarning, warnings
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_pdf import render
from evalpanel.services import letter_guard, letter_rules, tenders
from evalpanel.services.awards import TenderOutcome, computed, so_far
from evalpanel.services.combined_letters import wanted
from evalpanel.services.letter_drafts import Written, may_see, regime_and_wording, signatory, written
from evalpanel.services.letter_guard import LetterWatch
from evalpanel.services.letter_occasions import bid_of
from evalpanel.services.letter_occasions import written as of_occasion
from evalpanel.services.letter_rules import Approval, Approvals
from evalpanel.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ExplanationLook:
    """One explanation: its grade level (`domain.readability`), and what to look at again in it."""

    title: str
    grade: Decimal | None
    warnings: tuple[WordingWarning, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something of an explanation that others are not told, and the reason that they read in its place."""

    bid: BidCode
    criterion: str
    why: str


@dataclass(frozen=True, slots=True)
class LetterLook:
    """One letter, looked at. `why` says what blocks it; then nothing else was looked at."""

    bid: BidCode
    lot: LotCode
    kind: LetterKind
    why: tuple[str, ...] = ()
    grade: Decimal | None = None
    age: int | None = None
    explanations: tuple[ExplanationLook, ...] = ()
    leaks: tuple[Leak, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    approval: Approval | None = None
    needs_approval: bool = False

    @property
    def stops(self) -> tuple[Leak, ...]:
        """What the letter may not tell."""
        return tuple(leak for leak in self.leaks if leak.stops)


def look(
    workspace: Workspace,
    named: str,
    *,
    bid: str | None = None,
    lot: str | None = None,
    person: str | None = None,
    combined: bool = False,
    occasion: Occasion | None = None,
) -> tuple[LetterLook, ...]:
    """Look at the letters of a tender as they would be signed now: of one bid, of one lot, or of all. Records nothing.

    `person` is who looks: nobody sees anything of a letter of a lot from which they are recused. `combined`: one letter for all
    lots of a bidder. `occasion`: the one letter for it to the bidder of `bid`.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        held = computed(tx, tender) if occasion is None else so_far(tx, tender)
        chosen = wanted(tx, held, bid, lot, combined=combined)
        if not chosen:
            raise EvalPanelError("There is no such bid.", "Give a bid and a lot of the tender, or neither.")
        for code in dict.fromkeys(one.lot for one in chosen):
            may_see(tx, tender, code, person)
        watch = letter_guard.watch(tx, workspace, held)
        known = letter_rules.approvals(tx, tender.tender_id)
        if occasion is not None:
            about = bid_of(tender, bid or "", lot)
            return (
                _look(
                    workspace,
                    held,
                    watch,
                    _reasons(held),
                    known,
                    of_occasion(tx, workspace, tender, held, occasion, about),
                ),
            )
        regime, wording = regime_and_wording(tx, held)
        signs = signatory(workspace, held, tender.acting(Role.OFFICER, None))
    made = written(workspace, held, chosen, regime, wording, signs, combined=combined)
    reasons = _reasons(held)
    return tuple(_look(workspace, held, watch, reasons, known, one) for one in made)


def _look(
    workspace: Workspace, held: TenderOutcome, watch: LetterWatch, reasons: Guard, known: Approvals, one: Written
) -> LetterLook:
    letter = one.letter
    if letter is None:
        return LetterLook(one.bid.bid, one.bid.lot, one.kind, one.why)
    read = of_all(paragraphs(letter))
    pdf = render(letter, made_at=workspace.now()).data
    abouts = [about for about in one.about if isinstance(about, LetterInputs)]
    return LetterLook(
        one.bid.bid,
        one.bid.lot,
        one.kind,
        grade=read.grade,
        age=read.age,
        explanations=tuple(it for about in abouts for it in _explanations(held, about, letter)),
        leaks=(*watch.leaks(one.about, pdf), *(it for about in abouts for it in _shared(reasons, about))),
        withheld=tuple(
            Withheld(it.line.bid, it.line.criterion, it.withheld_why) for about in abouts for it in withheld(about)
        ),
        approval=known.of(letter),
        needs_approval=known.needed,
    )


def _explanations(held: TenderOutcome, about: LetterInputs, letter: FeedbackLetter) -> tuple[ExplanationLook, ...]:
    criteria = {f"{one.criterion} {one.title}".strip(): one for one in for_lot(about.criteria, about.lot.lot)}
    scales: dict[str, Scale] = {one.scale: one for one in about.scales}
    codes = tuple(one.criterion for one in about.criteria)
    panel = tuple(one.name for one in held.pack.panel)
    moderated = {one.line.criterion: one for one in about.moderated}
    looks = []
    for block in (block for section in letter.body for block in section.blocks):
        criterion = criteria.get(block.title) if isinstance(block, Explanation) else None
        if not isinstance(block, Explanation) or criterion is None:
            continue
        score = moderated.get(criterion.criterion)
        own = score is not None and any(paragraph.text == score.reasons for paragraph in block.paragraphs)
        if letter.bids and not own:
            continue  # in a letter about several lots: the same criterion of another one
        scale = scales.get(criterion.scale or "")
        seen = (
            warnings(
                score.reasons,
                descriptors=tuple(level.descriptor for level in scale.levels) if scale else (),
                criteria=codes,
                panel=panel,
                evidence=len(score.evidence),
            )
            if own and score is not None
            else ()
        )
        looks.append(ExplanationLook(block.title, of_all(one.text for one in block.paragraphs).grade, seen))
    return tuple(looks)


def _reasons(held: TenderOutcome) -> Guard:
    """The agreed reasons of all bids, to be compared with those of one."""
    return Guard.of_texts(
        Secret(
            SecretKind.SENTENCE,
            one.reasons,
            f"also in the reasons for bid {line.bid}, criterion {line.criterion}",
            owner=_named(line.lot, line.bid),
        )
        for line, one in held.moderated.items()
    )


def _shared(reasons: Guard, about: LetterInputs) -> tuple[Leak, ...]:
    own = {f"The reasons for {one.line.criterion}": one.reasons for one in about.moderated if one.reasons.strip()}
    return shared_sentences(own, reasons, _named(about.lot.lot, about.bid.bid))


def _named(lot: LotCode, bid: BidCode) -> str:
    return f"{bid} in lot {lot}"
