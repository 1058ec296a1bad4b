"""Letters before they are signed: approved by a named person, and what may lawfully stand in one although the guard finds it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from evalpanel.domain.feedback_occasions import Occasion
from evalpanel.domain.leaks import Leak
from evalpanel.domain.letter_wording import AWARD
from evalpanel.domain.people import Role
from evalpanel.domain.tender import BidCode, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_pdf import render
from evalpanel.services import audit, letter_guard, letter_occasions, letter_rules, tenders
from evalpanel.services.awards import computed, so_far
from evalpanel.services.combined_letters import wanted
from evalpanel.services.letter_drafts import Written, regime_and_wording, signatory, written
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class Approved:
    """What became of an approval: the letters approved now, and those that cannot be approved yet, with why."""

    letters: tuple[tuple[BidCode, LotCode], ...]
    blocked: tuple[tuple[BidCode, LotCode, tuple[str, ...]], ...]


def need_approval(workspace: Workspace, named: str, *, needed: bool, person: str | None = None) -> None:
    """Say whether every letter of a tender is approved by a named person before it is signed."""
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        detail = {"needs_approval": needed}
        act = audit.record(tx, workspace, "letter-rule-set", tender=tender.tender_id, person=who, detail=detail)
        tx.add(
            t.LetterRuleRow(tender_id=tender.tender_id, needs_approval=needed, person=who, at=workspace.now(), act=act)
        )


def approve(
    workspace: Workspace,
    named: str,
    *,
    person: str,
    bid: str | None = None,
    lot: str | None = None,
    combined: bool = False,
    occasion: Occasion | None = None,
) -> Approved:
    """Approve the content of letters as it is now: of one bid, of one lot, or of all. Another content is not approved.

    `combined`: of the letters that are one for all lots of a bidder. `occasion`: of the one letter for it to the bidder of `bid`. `person` is anybody on the panel's list who may decide: an officer, a decision-maker or a legal adviser. A blocked letter
    cannot be approved; approving the same content twice does nothing.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = _may_approve(tender, person)
        if occasion is None:
            letters = _about_outcome(tx, workspace, tender, bid, lot, combined=combined)
        else:
            about = letter_occasions.bid_of(tender, bid or "", lot)
            letters = (letter_occasions.written(tx, workspace, tender, so_far(tx, tender), occasion, about),)
        known = letter_rules.approvals(tx, tender.tender_id)
        done: list[tuple[BidCode, LotCode]] = []
        stopped: list[tuple[BidCode, LotCode, tuple[str, ...]]] = []
        for one in letters:
            if one.letter is None:
                stopped.append((one.bid.bid, one.bid.lot, one.why))
                continue
            if known.of(one.letter) is not None:
                continue
            content = letter_rules.content_digest(one.letter)
            detail = {"bid": one.bid.bid, "lot": one.bid.lot, "kind": one.kind.value, "content": content}
            act = audit.record(tx, workspace, "letter-approved", tender=tender.tender_id, person=who, detail=detail)
            tx.add(
                t.LetterApprovalRow(
                    tender_id=tender.tender_id,
                    bid=one.bid.bid,
                    lot=one.bid.lot,
                    series=one.kind.series,
                    digest=content,
                    person=who,
                    at=workspace.now(),
                    act=act,
                )
            )
            done.append((one.bid.bid, one.bid.lot))
    return Approved(tuple(done), tuple(stopped))


def _about_outcome(
    tx: Session, workspace: Workspace, tender: tenders.OpenTender, bid: str | None, lot: str | None, *, combined: bool
) -> tuple[Written, ...]:
    held = computed(tx, tender)
    chosen = wanted(tx, held, bid, lot, combined=combined)
    if not chosen:
        raise EvalPanelError(
            f"There is no bid {bid or ''} {f'in lot {lot}' if lot else ''}".strip() + ".", "Nothing was approved."
        )
    regime, wording = regime_and_wording(tx, held)
    signs = signatory(workspace, held, tender.acting(Role.OFFICER, None))
    return written(workspace, held, chosen, regime, wording, signs, combined=combined)


def let_through(
    workspace: Workspace,
    named: str,
    *,
    bid: str,
    lot: str,
    key: str,
    why: str,
    person: str | None = None,
    occasion: Occasion | None = None,
) -> str:
    """Record that something which the guard finds in a letter may lawfully stand there, and why. Gives what it is, in words.

    It holds for these words in letters about the outcome of this bid, or in its letters for such an `occasion`. Refused without a
    reason, and for what is not found in the letter.
    """
    if not why.strip():
        raise EvalPanelError("It is not said why this may stand in the letter.", "Nothing was recorded.")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        one = next((it for it in tender.pack.bids if (it.bid, it.lot) == (bid, lot)), None)
        if one is None:
            raise EvalPanelError(f"There is no bid {bid} in lot {lot}.", "Nothing was recorded.")
        if occasion is None:
            letters = _about_outcome(tx, workspace, tender, bid, lot, combined=False)
        else:
            letters = (letter_occasions.written(tx, workspace, tender, so_far(tx, tender), occasion, one),)
        made = next(iter(letters), None)
        found: tuple[Leak, ...] = ()
        if made is not None and made.letter is not None:
            pdf = render(made.letter, made_at=workspace.now()).data
            found = letter_guard.watch(tx, workspace, so_far(tx, tender)).leaks(made.about, pdf)
        leak = next((it for it in found if it.key == key.strip()), None)
        if leak is None:
            raise EvalPanelError(
                f"Nothing that stops the letter for bid {bid} in lot {lot} has the key {key}.",
                "Nothing was recorded. `evalpanel letters look` lists what is found, with its keys.",
            )
        detail = {
            "bid": one.bid,
            "lot": one.lot,
            "key": leak.key,
            "found": leak.found,
            "whose": leak.whose,
            "why": why.strip(),
        }
        act = audit.record(
            tx, workspace, "letter-exception-recorded", tender=tender.tender_id, person=who, detail=detail
        )
        tx.add(
            t.LetterExceptionRow(
                tender_id=tender.tender_id,
                bid=one.bid,
                lot=one.lot,
                series=AWARD if occasion is None else occasion.kind.series,
                key=leak.key,
                found=leak.found,
                whose=leak.whose,
                why=why.strip(),
                person=who,
                at=workspace.now(),
                act=act,
            )
        )
    return leak.sentence


def _may_approve(tender: tenders.OpenTender, person: str) -> PersonCode:
    if not tender.pack.panel:
        return tenders.OWNER
    one = tender.member(person)
    if not any(one.has(role) for role in (Role.OFFICER, Role.DECISION_MAKER, Role.LEGAL)):
        raise EvalPanelError(
            f"{one.person} cannot approve letters.",
            "Nothing was approved. An officer, a decision-maker or a legal adviser of this tender can.",
        )
    return one.person
