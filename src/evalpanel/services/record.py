"""The record as people read it: every act of a tender told in a sentence, from the audit trail. Backups of the store."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from json import loads
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalpanel.domain import trail
from evalpanel.domain.tender import TenderId
from evalpanel.services import afterwards, award_words, carried_words, letter_words, tenders, workspace
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """One act on the record, or several of the same kind by the same person on the same day, one after another.

    `number` is the line of the trail (of the first act), `at` its time in UTC and `until` that of the last act. `what`
    completes the sentence that begins with the person's name; `detail` is a sentence of its own, or empty.
    """

    number: int
    at: datetime
    person: str
    name: str
    what: str
    detail: str = ""
    until: datetime | None = None
    acts: int = 1

    @property
    def sentence(self) -> str:
        """The whole of it: `PM1 Pim Moss signed off 108 lines.`"""
        who = f"{self.person} {self.name}".strip()
        return f"{who} {self.what}." + (f" {self.detail}" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of a trail: how many acts stand before and with it, and its hash. Two copies that agree in it
    agree in everything before it."""

    acts: int
    hash: str


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of the store, made at `at` (UTC) because of `reason`, in bytes."""

    at: datetime
    reason: str
    size: int


def head(space: Workspace, named: str) -> Head:
    """The head of a tender's trail, to be compared with one that somebody else holds."""
    with space.store.reading() as tx:
        tender = tenders.find(tx, named)
        last = tx.execute(
            select(t.AuditRow.number, t.AuditRow.hash)
            .where(t.AuditRow.chain == tender.tender_id)
            .order_by(t.AuditRow.number.desc())
            .limit(1)
        ).first()
    return Head(last.number, last.hash) if last else Head(0, trail.START)


def history(space: Workspace, named: str) -> tuple[RecordEntry, ...]:
    """Every act of a tender in a sentence of plain words, oldest first.

    Scores, reasons, prices and what an interest is about are never told: only who did what, when, and how many.
    """
    with space.store.reading() as tx:
        tender = tenders.find(tx, named)
        names = {member.person: member.name for member in tender.pack.panel}
        rows = tx.execute(
            select(t.AuditRow.number, t.AuditRow.at, t.AuditRow.person, t.AuditRow.act, t.AuditRow.detail)
            .where(t.AuditRow.chain == tender.tender_id)
            .order_by(t.AuditRow.number)
        ).all()
        about = _About(
            bidders={one.bidder: one.name for one in tender.pack.bidders},
            names={str(person): name for person, name in names.items()},
            answered=_answered(tx, tender.tender_id),
        )
    told: list[RecordEntry] = []
    run: list[_Act] = []
    for row in rows:
        act = _Act(row.number, row.at, row.person, row.act, loads(row.detail))
        if run and not _goes_on(run[-1], act):
            told.append(_told(run, about, space.owner.name))
            run = []
        run.append(act)
    if run:
        told.append(_told(run, about, space.owner.name))
    return tuple(told)


def backups(space: Workspace) -> tuple[Backup, ...]:
    """The backups of this profile's store, newest first."""
    found = []
    for path in workspace.backups(space.folders.root):
        named = _BACKUP.fullmatch(path.name)
        if named is not None:
            at = datetime.strptime(named["at"], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
            found.append(Backup(at, _BECAUSE.get(named["why"], named["why"]), path.stat().st_size))
    return tuple(found)


def back_up(space: Workspace) -> Backup:
    """Make a backup of the store now. The last ten are kept; documents are not in it."""
    space.store.backup(space.folders.backups, "asked", space.now())
    return backups(space)[0]


_UK = ZoneInfo("Europe/London")
_BACKUP = re.compile(r"store-\d{6,}-(?P<at>\d{8}T\d{12})-(?P<why>.+)\.db")
_BECAUSE = {"close": "made on closing", "migration": "made before an upgrade", "asked": "asked for"}


@dataclass(frozen=True, slots=True)
class _Act:
    number: int
    at: datetime
    person: str
    act: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _About:
    """What the sentences need besides the acts. `answered`: by person, acts and how many lines each answered first."""

    bidders: Mapping[str, str]
    names: Mapping[str, str]
    answered: Mapping[str, list[tuple[int, int]]]

    def bidder(self, code: object) -> str:
        return f"{code} {self.bidders.get(str(code), '')}".strip()


def _answered(tx: Session, tender: TenderId) -> dict[str, list[tuple[int, int]]]:
    row = t.ScoreRow
    found: dict[str, list[tuple[int, int]]] = {}
    for person, act, lines in tx.execute(
        select(row.person, row.act, func.count())
        .where(row.tender_id == tender, row.revision == 1)
        .group_by(row.person, row.act)
    ):
        found.setdefault(person, []).append((act, lines))
    return found


# Somebody who scores makes hundreds of lines in the trail; one line here says it.
_RUNS = frozenset(
    {
        "score-saved",
        "document-read",
        "document-searched",
        "moderated-scores-recorded",
        "letter-signed",
        "declaration-affirmed",
    }
)


def _goes_on(before: _Act, after: _Act) -> bool:
    same = (before.act, before.person, _day(before.at)) == (after.act, after.person, _day(after.at))
    reasons = before.detail.get("why_not") or after.detail.get("why_not")  # somebody's reason stands by itself
    return same and after.act in _RUNS and not reasons


def _day(at: datetime) -> object:
    return at.astimezone(_UK).date()  # the day as people here count it


def _told(run: list[_Act], about: _About, owner: str) -> RecordEntry:
    first, last = run[0], run[-1]
    tell = _SENTENCES.get(first.act, _plainly)
    entry = RecordEntry(
        first.number,
        first.at,
        first.person,
        about.names.get(first.person, owner if first.person == tenders.OWNER else ""),
        *tell(run, about),
    )
    return replace(entry, until=last.at if len(run) > 1 else None, acts=len(run))


def _many(count: int, one: str, several: str = "") -> str:
    return f"1 {one}" if count == 1 else f"{count} {several or one + 's'}"


def _in_words(day: str) -> str:
    on = date.fromisoformat(day)
    return f"{on.day} {on:%B %Y}"


Told = tuple[str, str]


def _plainly(run: list[_Act], _: _About) -> Told:
    act, detail = run[0].act, run[0].detail
    tellers = (carried_words.told, award_words.told, letter_words.told, afterwards.told)
    carried = next(filter(None, (tell(act, detail) for tell in tellers)), None)
    if carried is not None:
        return carried
    # An act of a later release, in a store that came from it: its name is all that is known here.
    return f"recorded “{run[0].act.replace('-', ' ')}”", ""


def _tender_loaded(run: list[_Act], _: _About) -> Told:
    held = run[0].detail
    schedules = held.get("price_schedules", 0)
    sealed = f" {_many(schedules, 'price schedule was', 'price schedules were')} sealed unread." if schedules else ""
    return (
        f"loaded the tender {held.get('reference', '')} with {_many(len(held.get('documents', ())), 'document')}",
        f"Bids stay sealed until the criteria are frozen.{sealed}",
    )


def _bids_loaded(run: list[_Act], _: _About) -> Told:
    held = run[0].detail
    bids = ", ".join(str(one) for one in held.get("bids", ()))
    what = f"loaded {_many(len(held.get('bids', ())), 'bid')} and {_many(len(held.get('documents', ())), 'document')}"
    return what, f"Bids: {bids}." if bids else ""


def _bids_opened(run: list[_Act], _: _About) -> Told:
    bids = run[0].detail.get("bids", ())
    return ("opened the bids" if not bids else f"opened {_many(len(bids), 'bid')}"), "They can be read from here on."


def _frozen(run: list[_Act], _: _About) -> Told:
    return "froze the criteria, weightings, scales and method", f"Digest {run[0].detail['criteria_digest'][:16]}…"


def _status(run: list[_Act], _: _About) -> Told:
    after = run[0].detail["after"]
    status = str(after["status"]).replace("-", " ")
    return (
        f"recorded bid {after['bid']} in lot {after['lot']} as {status}",
        f"Decided by {after['decided_by']}: {after['reason']}",
    )


_FIELDS = {"name": "name", "address": "postal address", "email": "e-mail address"}


def _corrected(run: list[_Act], about: _About) -> Told:
    before, after = run[0].detail["before"], run[0].detail["after"]
    changed = [_FIELDS.get(field, field) for field in after if after[field] != before.get(field)]
    return f"corrected the details of {about.bidder(after['bidder'])}", f"Changed: {', '.join(changed) or 'nothing'}."


def _declared(run: list[_Act], about: _About) -> Told:
    held = run[0].detail
    paper = f"On paper, signed on {_in_words(held['on_paper'])}." if held.get("on_paper") else ""
    bidders = dict.fromkeys(about.bidder(one["bidder"]) for one in held["lines"] if one["bidder"] is not None)
    listed = sum(1 for one in held["lines"] if one["outcome"] == "interest" and one["bidder"] is None)
    if listed and not bidders:
        return f"listed {_many(listed, 'interest')} in their own words", paper
    if not bidders:
        return "declared no interest in any bidder", paper
    several = len(bidders) > 1 or len(held["lines"]) > 1
    what = f"declared {'interests' if several else 'an interest'} in {', '.join(bidders)}"
    return what, paper or "They are recused from its lots until it is decided."


_DECIDED = {"clear": "is no conflict", "managed": "is managed", "recused": "keeps them out"}


def _decided(run: list[_Act], about: _About) -> Told:
    held = run[0].detail
    whose = f"{held['person']} {about.names.get(held['person'], '')}".strip()
    said = _DECIDED.get(held["outcome"], held["outcome"])
    what = f"recorded that the interest of {whose} in {about.bidder(held['bidder'])} {said}"
    return what, f"Decided by {held['decided_by']}."


def _affirmed(run: list[_Act], about: _About) -> Told:
    whose = [f"{act.detail['person']} {about.names.get(act.detail['person'], '')}".strip() for act in run]
    if run[0].detail["why_not"]:
        return f"recorded why {whose[0]} has not affirmed their declaration", f"Reason: {run[0].detail['why_not']}"
    if len(run) == 1 and run[0].detail["person"] == run[0].person:
        return "said that their declaration of interests still holds", ""
    return "wrote down who said that their declaration still holds", f"{', '.join(whose)}."


def _assessed(run: list[_Act], _: _About) -> Told:
    held = run[0].detail
    return f"wrote the conflicts assessment, with {_many(held['interests'], 'interest')}", ""


def _absent(run: list[_Act], about: _About) -> Told:
    held = run[0].detail
    who = f"{held['person']} {about.names.get(held['person'], '')}".strip()
    return f"recorded that {who} will not sign off", f"Reason: {held['reason']}"


def _through(did: str, run: list[_Act], _: _About) -> Told:
    paths = list(dict.fromkeys(str(act.detail["path"]) for act in run))
    if len(paths) == 1:
        return f"{did} {paths[0]}", ""
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return f"{did} {_many(len(paths), 'document')}", f"{', '.join(paths[:3])}{more}."


def _saved(run: list[_Act], _: _About) -> Told:
    return f"saved {_many(sum(int(act.detail['rows']) for act in run), 'answer')}", ""


def _imported(run: list[_Act], _: _About) -> Told:
    return f"took in a score sheet with {_many(run[0].detail['rows'], 'answer')}", ""


def _signed(run: list[_Act], about: _About) -> Told:
    act = run[0]
    lines = sum(many for number, many in about.answered.get(act.person, ()) if number <= act.number)
    return f"signed off {_many(lines, 'line')}", ""


def _reopened(run: list[_Act], _: _About) -> Told:
    return "opened their score sheet again", f"Reason: {run[0].detail['reason']}"


def _agreed(run: list[_Act], _: _About) -> Told:
    lines = sum(int(act.detail["rows"]) for act in run)
    return f"recorded what the panel agreed on {_many(lines, 'line')}", ""


def _closed(run: list[_Act], _: _About) -> Told:
    held = run[0].detail
    skipped = len(held.get("not_assessed", ()))
    detail = f"{_many(skipped, 'line')} of bids that failed a gate {'was' if skipped == 1 else 'were'} not assessed."
    return f"closed moderation and locked {_many(held['lines'], 'moderated score')}", detail if skipped else ""


def _prices_sealed(run: list[_Act], _: _About) -> Told:
    return f"sealed {_many(len(run[0].detail['schedules']), 'price schedule')} unread", ""


def _prices_opened(run: list[_Act], _: _About) -> Told:
    held = run[0].detail
    shut = held.get("unopened", ())
    bids = ", ".join(f"{one['bid']} in lot {one['lot']}" for one in shut)
    return f"opened {_many(len(held['opened']), 'price')}", f"Still sealed: {bids}." if shut else ""


def _outcome(run: list[_Act], _: _About) -> Told:
    because = run[0].detail.get("because")
    return ("worked out the outcome anew", f"Because {because}.") if because else ("worked out the outcome", "")


def _certificate(run: list[_Act], _: _About) -> Told:
    return "made the certificate that signs letters", f"Key {run[0].detail['fingerprint'][:16]}…"


def _authoritys_certificate(run: list[_Act], _: _About) -> Told:
    return "signed letters with a certificate of the authority", f"Key {run[0].detail['fingerprint'][:16]}…"


def _authority(run: list[_Act], _: _About) -> Told:
    return f"kept how the letters of “{run[0].detail['code']}” are headed", ""


def _letters(run: list[_Act], _: _About) -> Told:
    bids = ", ".join(f"{act.detail['bid']} ({_lots(act.detail)})" for act in run)
    anew = " ".join(
        f"{act.detail['bid']} ({_lots(act.detail)}) is version {act.detail['version']}. Why: {act.detail['again']}"
        for act in run
        if "again" in act.detail
    )
    if len(run) == 1:
        kind = letter_words.KINDS.get(run[0].detail["kind"], "the letter")
        return f"signed {kind} for bid {bids}", anew
    return f"signed {_many(len(run), 'letter')}", f"For bids {bids}. {anew}".strip()


def _lots(detail: Mapping[str, Any]) -> str:
    lots = [lot for _, lot in detail.get("bids", ())]
    return f"lots {', '.join(lots)}" if lots else f"lot {detail['lot']}"


_SENTENCES: Mapping[str, Callable[[list[_Act], _About], Told]] = {
    "tender-loaded": _tender_loaded,
    "bids-loaded": _bids_loaded,
    "bids-opened": _bids_opened,
    "criteria-frozen": _frozen,
    "bid-status-changed": _status,
    "bidder-corrected": _corrected,
    "interests-declared": _declared,
    "interest-decided": _decided,
    "declaration-affirmed": _affirmed,
    "conflicts-assessed": _assessed,
    "absence-recorded": _absent,
    "document-read": partial(_through, "read"),
    "document-searched": partial(_through, "searched"),
    "score-saved": _saved,
    "scores-imported": _imported,
    "sheet-signed-off": _signed,
    "sheet-reopened": _reopened,
    "moderated-scores-recorded": _agreed,
    "moderation-closed": _closed,
    "prices-sealed": _prices_sealed,
    "prices-opened": _prices_opened,
    "outcome-made": _outcome,
    "certificate-made": _certificate,
    "certificate-used": _authoritys_certificate,
    "letter-signed": _letters,
    "authority-added": _authority,
}
