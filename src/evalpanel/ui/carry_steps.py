"""The next step in the exchange, asked of the services: shared by Home and the page “Carry files”."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evalpanel.domain.blind import is_blind
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.errors import Cancelled
from evalpanel.progress import Progress
from evalpanel.services import assents, carrying, inviting, joining, preflight, receiving, ruling
from evalpanel.services.carrying import Stand
from evalpanel.services.inviting import KeyState
from evalpanel.services.receiving import Report
from evalpanel.services.setup import TenderView
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models import carry_next, carry_words
from evalpanel.ui.models import carrying as models
from evalpanel.ui.models.carry_next import Go, Step
from evalpanel.ui.models.carrying import Carried, Taken
from evalpanel.ui.places import me
from evalpanel.ui.session import Session


def people(session: Session, stand: Stand, view: TenderView) -> tuple[Carried, ...]:
    """Everybody of the panel in the exchange, on the officer's laptop."""
    space, tender = session.workspace, stand.tender
    moved = carrying.moved(space, tender)
    sent = any(one.kind is ParcelKind.MODERATION for one in moved)
    return models.people(
        view,
        inviting.keys_of_panel(space, tender),
        moved,
        waiting=carrying.waiting(space, tender),
        words_of=models.words_about(assents.standing(space, tender)) if sent else {},
        now=space.now(),
    )


def officer(session: Session, stand: Stand, view: TenderView, rows: Sequence[Carried]) -> Step:
    """What the officer does next."""
    space = session.workspace
    unclear = False
    if is_blind(view.pack) and view.summary.stage.reached(TenderStage.CRITERIA_FROZEN):
        held = preflight.findings(space, stand.tender)
        unclear = bool(held.unlooked or held.open)
    behind, papered = carrying.is_list_behind(space, stand.tender), carrying.are_papers_behind(space, stand.tender)
    return carry_next.officer_step(view, rows, behind=behind, papered=papered, unclear=unclear)


def has_come(session: Session, stand: Stand) -> bool:
    """Whether something of others is here for which the officer or the chair can write receipts."""
    wanted = (ParcelKind.DECLARATION, ParcelKind.SCORESHEET, ParcelKind.MODERATION, ParcelKind.ASSENT)
    own = me(session.view, stand.person) if session.view is not None else None
    may = stand.leads or (own is not None and own.member.has(Role.CHAIR))
    return may and any(one.kind in wanted and not one.made for one in carrying.moved(session.workspace, stand.tender))


def has_two_sheets(session: Session, stand: Stand) -> bool:
    """Whether the chair at this laptop can rule between two sheets of somebody."""
    own = me(session.view, stand.person) if session.view is not None else None
    chairs = own is not None and own.member.has(Role.CHAIR)
    return chairs and stand.here and bool(ruling.branches(session.workspace, stand.tender))


def status(session: Session, stand: Stand | None) -> str:
    """Whose laptop this is, and the number of its list, for people to compare aloud."""
    if stand is None:
        return ""
    number = carrying.list_number(session.workspace, stand.tender)
    said = f" · list of the panel: number {number}" if number is not None else ""
    return f"{stand.reference} · this is the laptop of {stand.person}{said}"


def may_issue(view: TenderView, rows: Sequence[Carried]) -> bool:
    """Whether there is somebody to write files for, and something to write."""
    frozen = view.summary.stage.reached(TenderStage.CRITERIA_FROZEN)
    return frozen and any(one.state is KeyState.CONFIRMED for one in rows)


def member(session: Session, stand: Stand, view: TenderView | None) -> Step:
    """What the member at this laptop does next."""
    space = session.workspace
    held, came = carrying.to_send(space, stand.tender), carrying.agreed(space, stand.tender)
    step = carry_next.member_step(stand, held, came, view, space.now())
    if step.go is Go.TAKE and has_two_sheets(session, stand):
        forked = ruling.branches(space, stand.tender)
        return Step(Go.TAKE, carry_words.two_sheets(tuple(forked)), step.button)
    return step


def expected(session: Session, view: TenderView) -> Step | None:
    """What the exchange asks for before anything else, for Home. None: it asks for nothing now."""
    stand = next((one for one in session.stands if one.tender == view.summary.tender_id), None)
    if stand is None:
        return None
    if not stand.leads:
        step = member(session, stand, view)
        return None if step.go in (Go.DECLARE, Go.SCORE, Go.OPEN, Go.MODERATE) else step
    if session.person != stand.person:
        return None
    rows = people(session, stand, view)
    if all(one.state in (KeyState.HERE, KeyState.NONE) for one in rows):
        return None  # everybody works on this laptop
    step = officer(session, stand, view, rows)
    return step if step.go in (Go.WORDS, Go.ISSUE, Go.LOOK) else None


def take_in(space: Workspace, paths: Sequence[Path], taken: list[Taken], progress: Progress) -> bool:
    """Take files in one by one, and add what became of each to `taken`. False: it was stopped; what came before stays."""
    try:
        files = carrying.files_in(paths)
        for number, file in enumerate(files):
            progress.step(number, len(files), file.name)
            taken.extend(_taken(file, one) for one in receiving.receive(space, [file]))
    except Cancelled:  # said with what was taken in, and not as “nothing was changed”
        return False
    return True


def _taken(file: Path, report: Report) -> Taken:
    bare = report.kind is ParcelKind.INVITATION and report.file == file.name  # and not within a zip
    return Taken(file, report, joining.read(file) if bare else None)


def name_of(view: TenderView | None, person: str) -> str:
    """The name of a person of the panel; their code where they have none."""
    own = me(view, person) if view is not None else None
    return (own.member.name if own is not None else "") or person
