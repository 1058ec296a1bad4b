"""Taking over as officer on a laptop that knows nothing of the tender: with the two sheets of paper and the sealed files.

The recovery words open the lists and packs that lie on the sticks. Which of them to believe follows from the pledge that the
key of both sheets signed when they were made: it names the officer's key and the tender.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from evalpanel.domain.parcels import kind_of
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.tender import EnvelopeKind, PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_packs import (
    Common,
    Pack,
    read_common,
)
from evalpanel.sealing.installations import new_installation
from evalpanel.sealing.statements import identity
from evalpanel.services import (
    audit,
    blinding,
    envelopes,
    exchange,
    heads,
    opened_here,
    paper_proofs,
    parcels_out,
    succession,
    taking_in,
    tender_here,
)
from evalpanel.services.exchange import Outgoing, Own
from evalpanel.services.paper_proofs import Believed
from evalpanel.services.succession import About, Beginning, Refused, Replaces, Sheets, Succeeded
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import tidying


@dataclass(frozen=True, slots=True)
class Whom:
    """Who takes over: their code, and their name where the list of who takes part does not have them yet."""

    person: str
    name: str = ""


def take_over(
    workspace: Workspace,
    named: str,
    files: Sequence[Path],
    *,
    whom: Whom,
    successor_words: str,
    recovery_words: str,
    why: str,
    to: Path,
) -> Succeeded:
    """Make this laptop the officer's in the tender `named` (its reference, or the number on the sheets), from `files` alone.

    Among the files must be the newest list of who takes part and the pack. The laptop gets keys of its own; the officer's keys are
    revoked. What people had sent is taken in afterwards (`recovering`). Nothing is kept unless all of it is.
    """
    sheets = succession.of_words(successor_words, recovery_words)
    succession.require_why(why)
    with ExitStack() as stack:
        believed = paper_proofs.believed(stack, files, sheets)
        made: list[str] = []
        fresh = _refuse_held(workspace, believed.tender)
        if fresh:
            workspace.keys.new_tender_key(believed.tender)
        try:
            for one in (*believed.rosters.values(), believed.pack):
                workspace.documents.take(taking_in.coming(one.parts), made)
            with workspace.store.writing() as tx:
                person, parcel = _lead(tx, workspace, named, believed, sheets, whom, why.strip(), made)
        except BaseException as error:
            with tidying(error):
                workspace.documents.remove(made)
                if fresh:
                    workspace.keys.drop_tender_key(believed.tender)
            raise
    officer, number = PersonCode(believed.cover.header.author), believed.cover.header.seq
    return Succeeded(person, officer, parcels_out.write_out(workspace, to, parcel), number, believed.tender)


def _refuse_held(workspace: Workspace, tender: TenderId) -> bool:
    """Refuse where this profile has a part in the tender already. Gives whether the tender needs a key of its own here."""
    with workspace.store.reading() as tx:
        mine = exchange.own(tx, workspace, tender)
    if mine is not None:
        word = "leads" if mine.is_officer else "has joined"
        raise EvalPanelError(
            f"This profile {word} the tender already.",
            "Nothing was changed. "
            + (
                "It leads it from here."
                if mine.is_officer
                else "Take the files in, and take over without them: Carry files, For a bad day; or evalpanel succeed, without --from."
            ),
        )
    return not workspace.keys.has_tender_key(tender)


# What this laptop holds from then on ---------------------------------------------------------------------------------


def _lead(
    tx: Session,
    workspace: Workspace,
    named: str,
    believed: Believed,
    sheets: Sheets,
    whom: Whom,
    why: str,
    made: list[str],
) -> tuple[PersonCode, Outgoing]:
    before, officer = believed.cover, PersonCode(believed.cover.header.author)
    keys = new_installation()
    person = PersonCode(whom.person.strip())
    exchange.keep_own(tx, workspace, believed.tender, person, keys)
    mine = Own(believed.tender, person, keys, b"", reads_with=sheets.opens)
    _keep(tx, workspace, mine, believed)
    common = _published(workspace, believed)
    _refuse_another(named, common, believed.tender)
    panel = _panel(tender_here.people(workspace, mine, before), person, whom.name.strip(), workspace)
    cover: Cover[Pack] = believed.pack.cover
    tender_here.new_tender(tx, workspace, mine, cover, common, panel, officer)
    people = succession.after(tx, mine, before, officer, why, workspace.now())
    replaces = Replaces(believed.roster, officer, before.header.seq)
    parcel = succession.make_roster(tx, workspace, mine, replaces, people, panel, sheets.signs, why, made)
    pledge = believed.kept.pledge
    begun = Beginning(pledge.founder, pledge.nonce, pledge.officer.signing)
    succession.lead(tx, workspace, mine, officer, parcel, people, why, begun)
    _open(tx, workspace, mine, believed, common, officer)
    return person, parcel


def _keep(tx: Session, workspace: Workspace, mine: Own, believed: Believed) -> None:
    """Keep the lists and the pack as they came, each with its line on the record."""
    for one in (*believed.rosters.values(), believed.pack):
        kind = kind_of(one.signed.payload_type)
        assert kind is not None, "only lists and packs are kept here"
        header, said = one.cover.header, identity(one.signed, believed.signing)
        detail = {"parcel": said, "about": header.author, "kind": kind.value}
        act = audit.record(
            tx, workspace, f"{kind.value}-received", tender=mine.tender, person=mine.person, detail=detail
        )
        exchange.keep(tx, workspace, kind, header, said, one.signed, act, one.sealed)
        heads.keep_cited(tx, mine.person, header, said)
    tx.flush()


def _published(workspace: Workspace, believed: Believed) -> Common:
    """What the pack publishes, with the names of those who bid where the tender is blind."""
    named = {one.name: one for one in believed.pack.cover.body.envelopes}
    keys = {one.name: one.identity for one in believed.kept.keys if one.name in named and named[one.name].index}

    def newest(kind: EnvelopeKind) -> str | None:
        held = [name for name in keys if named[name].kind == kind.value]
        return max(held, key=lambda name: named[name].generation, default=None)

    told = newest(EnvelopeKind.COMMON)
    if told is None:
        raise Refused(
            About.FILES,
            "The list of who takes part is older than the pack, and keeps no key for it.",
            "Nothing was changed. Look for the list that was issued with this pack.",
        )
    common = read_common(opened_here.index(workspace, named[told], keys[told]))
    names = newest(EnvelopeKind.NAMES)
    if names is not None:
        common = blinding.with_names(common, opened_here.index(workspace, named[names], keys[names]))
    return common


def _refuse_another(named: str, common: Common, tender: TenderId) -> None:
    wanted = named.strip().casefold()
    if wanted != common.tender.reference.casefold() and not (len(wanted) >= 4 and tender.startswith(wanted)):
        raise Refused(
            About.TENDER,
            f"These sheets and files are of the tender {common.tender.reference}, not of {named}.",
            "Nothing was changed.",
        )


def _panel(
    held: tuple[PanelMember, ...], person: PersonCode, name: str, workspace: Workspace
) -> tuple[PanelMember, ...]:
    """Who takes part: those of the list, and who takes over where they are not among them."""
    if any(one.person == person for one in held):
        return held
    if not person or not name:
        known = ", ".join(f"{one.person} {one.name}" for one in held)
        raise Refused(
            About.WHO,
            f"{person or 'Who takes over'} is not on the list of who takes part, so a name is needed.",
            f"Nothing was changed. Give the name too; or take over as one of these: {known}.",
        )
    return (*held, PanelMember(person=person, name=name, roles=(Role.OFFICER,), since=workspace.now().date()))


def _open(
    tx: Session, workspace: Workspace, mine: Own, believed: Believed, common: Common, officer: PersonCode
) -> None:
    """Keep the keys of all envelopes and name all documents; what is sealed from now on has new keys."""
    named = {one.name: one for one in believed.pack.cover.body.envelopes}
    keys = {one.name: one.identity for one in believed.kept.keys}
    opened_here.keep_keys(tx, workspace, mine, named, keys)
    succession.take_keys(tx, workspace, mine, believed.kept.keys)
    told = (EnvelopeKind.COMMON.value, EnvelopeKind.NAMES.value)
    newest = max(
        (one for one in named.values() if one.kind == EnvelopeKind.COMMON and one.name in keys),
        key=lambda one: one.generation,
    )
    documents = [(newest.name, one) for one in common.documents]
    documents += opened_here.documents_in(workspace, named, keys, told)
    opened_here.keep_documents(tx, workspace, mine, (), documents, officer)
    rows = tx.query(t.EnvelopeRow.name).filter(t.EnvelopeRow.tender_id == mine.tender)
    envelopes.rotate(tx, workspace, mine.tender, {name for (name,) in rows})
