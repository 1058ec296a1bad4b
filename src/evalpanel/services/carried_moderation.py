"""Moderation, assents and receipts as they arrive: at the officer's, at the chairs' and at the scorers' laptops.

At the officer's laptop what the chair sent becomes the record, when it rests on the sheets that count there. A scorer's
laptop keeps it to be read, and says at once where its person is not quoted with their own sheet.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from evalpanel.domain.carried import misquotes
from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.domain.sheets import listed
from evalpanel.domain.stages import TenderStage
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_moderation import Assent, Receipt
from evalpanel.services import (
    agreement,
    exchange,
    interests,
    locked_here,
    moderations_here,
    moderations_shown,
    rosters,
    tenders,
)
from evalpanel.services.exchange import Own
from evalpanel.services.moderations_here import Carried
from evalpanel.services.rosters import NotYet
from evalpanel.services.taking_in import Arrival, Became, Intake, NotForUs
from evalpanel.services.workspace import Workspace
from evalpanel.store import score_reads


def _everybody(_mine: Own) -> bool:
    return True


def _moderation_fits(tx: Session, _workspace: Workspace, one: Arrival) -> None:
    rosters.require_here(tx, one.mine, one.author)
    if one.author not in rosters.chairs(tenders.find(tx, one.mine.tender).pack.panel):
        raise NotYet(
            f"{one.author} does not chair, as this laptop knows it.",
            "It is kept here, and taken in when the list of people, the pack and your keys have come by which they do.",
        )
    closed = tenders.find(tx, one.mine.tender).stage.reached(TenderStage.QUALITY_LOCKED)
    if (
        one.mine.is_officer
        and not closed
        and (missing := moderations_here.not_here(tx, one.mine, one.cover.body.sheets))
    ):
        raise NotYet(
            f"This moderation of {one.author} rests on a sheet of {listed(missing)} that has not come here.",
            "It is kept here, and taken in when that sheet has come. Ask for it; or the chair takes in the newest sheets and "
            "sends again.",
        )


# Moderation ----------------------------------------------------------------------------------------------------------


def _moderation(tx: Session, workspace: Workspace, one: Arrival) -> Became:
    mine, chair = one.mine, one.author
    tender = tenders.find(tx, mine.tender)
    state = moderations_shown.work_out(tx, workspace, mine, tender, arrived=one.identity)
    moderations_here.require_readable(tx, workspace, mine, one.author, one.identity)
    if one.after.forked:
        return Became(
            Verdict.FORKED,
            f"There are two moderations of {chair} that do not know of each other, from two laptops or a restored backup. Both "
            f"are kept and neither counts. Ask {chair} to take in both on one laptop and send again.",
        )
    if one.identity not in one.after.tips:
        return Became(Verdict.OLDER, f"A newer moderation of {chair} is here already; this one is kept.")
    verdict = Verdict.NEWER if one.before.tips else Verdict.NEW
    here = next(each for each in moderations_here.carried(tx, workspace, mine, tender) if each.identity == one.identity)
    what = f"The {'final' if here.is_final else 'interim'} moderation of {chair} is here"
    if mine.is_officer:
        late = state.late.get(one.identity)
        return Became(verdict, f"{what}. {late}" if late else f"{what}: {len(here.lines)} lines, now on the record.")
    tenders.advance(tx, tender, TenderStage.MODERATION)
    lock = locked_here.settle(tx, workspace, mine)
    if lock:
        return Became(verdict, f"{what}. {lock}")
    if here.shut and not here.lines:
        return Became(verdict, f"{what}. It opens when the officer has released its keys to this laptop.")
    return Became(verdict, f"{what}: {len(here.lines)} lines that you can read.{_about_oneself(tx, mine, here)}")


def _about_oneself(tx: Session, mine: Own, here: Carried) -> str:
    """What the person should know before they agree."""
    if here.cited(mine.person) is None:
        return ""
    wrong = misquotes(mine.person, score_reads.scores_of(tx, mine.tender, mine.person), here.lines)
    if wrong:
        return f" On {len(wrong)} of them your own answer was left out or is not what you gave: {wrong[0].words}."
    return " Next: say whether you agree." if here.is_final else ""


# Assents -------------------------------------------------------------------------------------------------------------


def _assent_fits(tx: Session, _workspace: Workspace, one: Arrival) -> None:
    rosters.require_here(tx, one.mine, one.author)
    tender = tenders.find(tx, one.mine.tender)
    chairs = rosters.chairs(tender.pack.panel)
    if one.header.about not in chairs:
        raise EvalPanelError(f"{one.header.about} does not chair, so nobody agrees with them.", "It was left alone.")
    if not one.mine.is_officer and one.mine.person not in chairs:
        raise NotForUs("This says whether somebody agrees, and is for the chair and the officer.", "It was left alone.")


def _assent(tx: Session, workspace: Workspace, one: Arrival) -> Became:
    mine, author = one.mine, one.author
    tender = tenders.find(tx, mine.tender)
    body: Assent = one.cover.body
    if one.after.forked:
        return Became(
            Verdict.FORKED,
            f"{author} said two things that do not know of each other. Both are kept and neither counts: {author} takes in both "
            "on one laptop and says it again.",
        )
    if one.identity not in one.after.tips:
        return Became(Verdict.OLDER, f"A newer word of {author} is here already; this one is kept.")
    if mine.is_officer and body.affirms:
        interests.affirm(tx, workspace, mine.tender, author, by=author)
    verdict = Verdict.NEWER if one.before.tips else Verdict.NEW
    found = {each.moderation: each for each in agreement.agreements(tx, workspace, mine, tender)}
    about = found.get(body.moderation)
    said = f"{author} {'agrees' if body.agrees else 'does not agree with everything'}"
    if about is None:
        words = f"{said}, about a moderation of {one.header.about} that does not count here. It is kept."
        return Became(Verdict.OLDER if exchange.known(tx, body.moderation) else verdict, words)
    word = next(each for each in about.words if each.person == author)
    more = [f"dissent on {len(word.dissents)} lines"] if word.dissents else []
    more += [f"{word.left_out} answers were left out"] if word.left_out else []
    more += [f"{word.misquoted} answers were misquoted"] if word.misquoted else []
    more += ["their newest sheet is another than the one that was moderated"] if author in about.newer else []
    return Became(verdict, f"{said}{': ' + '; '.join(more) if more else ''}.")


# Receipts ------------------------------------------------------------------------------------------------------------


def _receipt_fits(_tx: Session, _workspace: Workspace, one: Arrival) -> None:
    if one.header.about != one.mine.person:
        raise NotForUs(f"This receipt is for {one.header.about}.", "It was left alone.")


def _receipt(tx: Session, _workspace: Workspace, one: Arrival) -> Became:
    body: Receipt = one.cover.body
    if one.identity not in one.after.tips:
        return Became(Verdict.OLDER, f"A newer receipt of {one.author} is here already; this one is kept.")
    arrived = ", ".join(f"{each.kind.value} number {each.seq}" for each in body.accepted) or "nothing yet"
    unknown = sum(not exchange.known(tx, named) for each in body.accepted for named in each.identities)
    words = f"What you sent arrived at {one.author}: {arrived}."
    if unknown:
        words += (
            f" {unknown} of that is not on this laptop: it was put back from an older backup, or another laptop of yours sent it. "
            "Take those files in here before you send again."
        )
    return Became(Verdict.NEWER if one.before.tips else Verdict.NEW, words)


INTAKES = {
    ParcelKind.MODERATION: Intake(here=_everybody, fits=_moderation_fits, work_out=_moderation),
    ParcelKind.ASSENT: Intake(here=_everybody, fits=_assent_fits, work_out=_assent),
    ParcelKind.RECEIPT: Intake(here=_everybody, fits=_receipt_fits, work_out=_receipt, cites=False),
}
