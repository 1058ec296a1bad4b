"""What travels between laptops, as people read it: files that came, who is how far, and the one next step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.domain.people import Role
from evalpanel.services.agreement import Agreement
from evalpanel.services.carrying import Due, Moved, Stand, ToSend
from evalpanel.services.inviting import KeyState, PersonKeys
from evalpanel.services.joining import Invite
from evalpanel.services.receipts import Arrived
from evalpanel.services.receiving import Report
from evalpanel.services.setup import MemberProgress, TenderView
from evalpanel.ui.models import words
from evalpanel.ui.models.people import Told
from evalpanel.ui.widgets import mark

KINDS = {
    ParcelKind.INVITATION: "invitation",
    ParcelKind.ENROLMENT: "answer to an invitation",
    ParcelKind.ROSTER: "list of the panel",
    ParcelKind.PACK: "tender with its sealed bids",
    ParcelKind.RELEASE: "what you may open",
    ParcelKind.DECLARATION: "declaration of interests",
    ParcelKind.SCORESHEET: "score sheet",
    ParcelKind.MODERATION: "agreed scores",
    ParcelKind.ASSENT: "answer to the agreed scores",
    ParcelKind.RECEIPT: "receipt",
    ParcelKind.CHALLENGE: "record of one bid",
    ParcelKind.DISCLOSURE: "copy for disclosure",
}
"""What each kind of file is, to somebody who has never seen one."""
VERDICTS = {
    Verdict.NEW: (mark.DONE, "New"),
    Verdict.NEWER: (mark.DONE, "Newer than before"),
    Verdict.SAME: (mark.OUT, "Here already"),
    Verdict.OLDER: (mark.NOTE, "Older"),
    Verdict.WAITING: (mark.HALF, "Waiting"),
    Verdict.FORKED: (mark.INTEREST, "Two versions"),
    Verdict.NOT_OURS: (mark.OUT, "Not for this laptop"),
    Verdict.ALTERED: (mark.STOP, "Not taken in"),
    Verdict.UNREADABLE: (mark.STOP, "Not readable"),
}
_ORDER = (
    Verdict.ALTERED,
    Verdict.UNREADABLE,
    Verdict.FORKED,
    Verdict.WAITING,
    Verdict.NEW,
    Verdict.NEWER,
    Verdict.OLDER,
    Verdict.SAME,
    Verdict.NOT_OURS,
)
"""What needs somebody stands first; what lies on a stick for others stands last."""


_THEIRS = (ParcelKind.ENROLMENT, ParcelKind.DECLARATION, ParcelKind.SCORESHEET, ParcelKind.ASSENT)
"""The kinds that each member of the panel sends: whose it is says more than that it came."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of one file: a shape, what it is, and the sentence. `invitation` says that it can be answered."""

    mark: str
    heading: str
    text: str
    invitation: bool = False


@dataclass(frozen=True, slots=True)
class Carried:
    """A person in the exchange, as the officer sees them. `told` are what stands and what came; `answered` waits for words; `excuse`:
    their answer to the agreed scores is missing."""

    code: str
    name: str
    state: KeyState
    told: tuple[Told, ...]
    action: str = ""
    answered: bool = False
    unissued: bool = False
    excuse: bool = False

    def spoken(self) -> str:
        """The row in a sentence, for a screen reader."""
        return f"{self.code} {self.name}. " + " ".join(f"{one.text}. {one.more}".strip() for one in self.told)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file that was given. `asked` is what an invitation says, which is answered and not taken in."""

    file: Path
    report: Report
    asked: Invite | None = None


def arrivals(taken: Sequence[Taken], stands: Sequence[Stand]) -> tuple[tuple[Path, Arrival], ...]:
    """Every file, those that need somebody first."""
    lines = [(_place(one, stands), one.file, _arrival(one, stands)) for one in taken]
    return tuple((file, line) for _, file, line in sorted(lines, key=lambda each: each[0]))


def summed_up(taken: Sequence[Taken], stands: Sequence[Stand], *, stopped: bool = False) -> str:
    """What came of all files in a sentence: `5 files: 3 new, 1 here already, 1 not readable.`"""
    counted = Counter(_said(one, stands).lower() for one in sorted(taken, key=lambda one: _place(one, stands)))
    parts = ", ".join(f"{number} {said}" for said, number in counted.items())
    told = f"{words.count(len(taken), 'file')}: {parts}." if taken else "No file was taken in."
    return f"You stopped it. {told} What was taken in stays." if stopped else told


class _Asks(StrEnum):
    """How an invitation that was given stands on this laptop."""

    ME = "To be answered"
    ANSWERED = "answered already"
    OTHERS = "For somebody else"


def _asks(asked: Invite, stands: Sequence[Stand]) -> _Asks:
    here = next((one for one in stands if one.tender == asked.tender), None)
    if here is None:
        return _Asks.ME
    if here.leads or here.person != asked.person:
        return _Asks.OTHERS
    return _Asks.ANSWERED if here.confirmed else _Asks.ME  # until then the answer may have to be written again


def _place(one: Taken, stands: Sequence[Stand]) -> int:
    if one.asked is None:
        return _ORDER.index(one.report.verdict)
    where = {_Asks.ME: Verdict.WAITING, _Asks.ANSWERED: Verdict.SAME, _Asks.OTHERS: Verdict.NOT_OURS}
    return _ORDER.index(where[_asks(one.asked, stands)])


def _said(one: Taken, stands: Sequence[Stand]) -> str:
    return VERDICTS[one.report.verdict][1] if one.asked is None else _asks(one.asked, stands)


def _arrival(one: Taken, stands: Sequence[Stand]) -> Arrival:
    report, asked = one.report, one.asked
    if asked is None:
        what = KINDS[report.kind] if report.kind is not None else ""
        by = f" of {report.author}" if report.author and report.kind in _THEIRS else ""
        shape, said = VERDICTS[report.verdict]
        return Arrival(shape, f"{said}: {what}{by}" if what else said, f"{report.file}. {report.words}")
    match _asks(asked, stands):
        case _Asks.ME:
            told = f"{report.file}. Press Enter to read it and answer it."
            return Arrival(mark.INTEREST, f"An invitation for {asked.name}", told, True)
        case _Asks.ANSWERED:
            return Arrival(mark.OUT, "Your invitation", f"{report.file}. You have answered it; nothing is to be done.")
        case _Asks.OTHERS:
            told = f"{report.file}. Carry it to their laptop."
            return Arrival(mark.OUT, f"An invitation for {asked.name}", told)


# The officer ---------------------------------------------------------------------------------------------------------

LOST = "Laptop lost, or leaves…"
EXCUSE = "No answer can be had…"
_STATES = {
    KeyState.HERE: (mark.DONE, "Works on this laptop"),
    KeyState.NONE: (mark.MISSING, "Not invited yet"),
    KeyState.INVITED: (mark.HALF, "Invited, no answer yet"),
    KeyState.ANSWERED: (mark.INTEREST, "Has answered: read the eight words to each other"),
    KeyState.CONFIRMED: (mark.DONE, "Words confirmed"),
    KeyState.REVOKED: (mark.OUT, "Locked out"),
}
_ACTIONS = {
    KeyState.NONE: "Invite",
    KeyState.INVITED: "Invite again",
    KeyState.ANSWERED: "Read the words",
    KeyState.CONFIRMED: LOST,
    KeyState.REVOKED: "Invite again",
}


def people(
    view: TenderView,
    keys: Sequence[PersonKeys],
    moved: Sequence[Moved],
    *,
    waiting: Collection[str] = (),
    words_of: Mapping[str, Told] | None = None,
    now: datetime,
) -> tuple[Carried, ...]:
    """Everybody of the panel, in the workbook's order. `moved` is newest first; `waiting` are those for whom there is more
    than was written; `words_of` is what each said of the agreed scores."""
    progress = {one.member.person: one for one in view.panel}
    said = words_of or {}
    found = []
    for one in keys:
        if one.person in progress:
            made = _carried(progress[one.person], one, moved, one.person in waiting, now)
            if one.person in said:
                made = replace(made, told=(*made.told, said[one.person]), excuse=said[one.person] == NO_WORD)
            found.append(made)
    return tuple(found)


NO_WORD = Told(mark.MISSING, "No answer to the agreed scores yet")


def words_about(standing: Sequence[Agreement]) -> dict[str, Told]:
    """What each person said of the agreed scores, as far as they are final; of several chairs what is worst."""
    found: dict[str, Told] = {}
    for one in (each for each in standing if each.is_final):
        for word in one.words:
            against = f"Does not agree on {words.count(len(word.dissents), 'line')}"
            said = Told(mark.DONE, "Agrees with the scores") if word.agrees else Told(mark.NOTE, against)
            if word.person not in found or not word.agrees:
                found[word.person] = said
        for person, why in one.excused.items():
            found[person] = Told(mark.OUT, "Their answer cannot be had", why)
        for person in one.missing:
            found[person] = NO_WORD
    return found


NO_DECLARATION = "No declaration yet"


def _carried(one: MemberProgress, keys: PersonKeys, moved: Sequence[Moved], waits: bool, now: datetime) -> Carried:
    person = keys.person
    shape, said = _STATES[keys.state]
    more = ""
    if keys.state is KeyState.INVITED and keys.at is not None:
        more = words.ago(keys.at, now)
    told = [Told(shape, said, more[:1].upper() + more[1:])]
    unissued = False
    if one.member.until is not None and keys.state is not KeyState.HERE:
        told = [Told(mark.OUT, f"Left the panel on {words.day(one.member.until)}")]
        return Carried(person, keys.name, keys.state, tuple(told))
    if keys.state is KeyState.CONFIRMED:
        given = next((each for each in moved if each.kind is ParcelKind.RELEASE and each.about == person), None)
        unissued = given is None or waits
        told.append(_given(given, waits, now))
        told += _came(one, moved, now)
    answered = keys.waiting > 0
    action = "Read the words" if answered else _ACTIONS.get(keys.state, "")
    return Carried(person, keys.name, keys.state, tuple(told), action, answered, unissued)


def _given(given: Moved | None, waits: bool, now: datetime) -> Told:
    if given is None:
        return Told(mark.MISSING, "Nothing written for them yet")
    if waits:
        return Told(mark.HALF, "More is ready: write their files again", "Then they can open what is theirs now.")
    return Told(mark.DONE, "Their files are written", _cap(words.ago(given.at, now)))


def _came(one: MemberProgress, moved: Sequence[Moved], now: datetime) -> list[Told]:
    person = one.member.person
    declared = _newest(moved, ParcelKind.DECLARATION, person)
    told = []
    if declared is not None:
        told.append(Told(mark.DONE, "Declaration came", _cap(words.ago(declared.at, now))))
    elif one.declared:
        told.append(Told(mark.DONE, "Declared on this laptop or on paper"))
    else:
        told.append(Told(mark.MISSING, NO_DECLARATION))
    if one.member.has(Role.PANEL_MEMBER) and one.owed:
        sheet = _newest(moved, ParcelKind.SCORESHEET, person)
        if one.signed_off:
            told.append(Told(mark.DONE, "Sheet is here, signed off", _cap(words.ago(sheet.at, now)) if sheet else ""))
        elif sheet is not None:
            told.append(Told(mark.HALF, "A sheet came that does not count yet", _cap(words.ago(sheet.at, now))))
        elif one.declared:
            told.append(Told(mark.MISSING, "No sheet yet"))
    return told


def _newest(moved: Sequence[Moved], kind: ParcelKind, author: str) -> Moved | None:
    return next((one for one in moved if one.kind is kind and one.author == author), None)


# A member ------------------------------------------------------------------------------------------------------------

_DUES = {
    Due.NOTHING: (mark.MISSING, "Nothing to send yet"),
    Due.FRESH: (mark.HALF, "Not written to a file yet"),
    Due.CHANGED: (mark.HALF, "Changed since it was last written"),
    Due.SENT: (mark.DONE, "Written as it stands"),
}


def to_carry(held: Sequence[ToSend], now: datetime) -> tuple[tuple[str, Told], ...]:
    """What a member has to send: its name, how it stands, and how long ago it was last written."""
    return tuple((_cap(KINDS[one.kind]), _due(one, now)) for one in held)


def _due(one: ToSend, now: datetime) -> Told:
    shape, said = _DUES[one.due]
    if one.kind is ParcelKind.SCORESHEET and one.due is not Due.NOTHING and not one.final:
        said += ", and not signed off: it does not count yet"
    if one.kind is ParcelKind.MODERATION and one.due is not Due.NOTHING and not one.final:
        said += ", for reading: not the final ones"
    at = f"Last written {words.ago(one.at, now)}." if one.at is not None else ""
    if one.due is Due.CHANGED:
        at += " What came after that is on this laptop only."
    if one.due is Due.FRESH:
        at = "It is on this laptop only."
    return Told(shape, said, at)


def received(moved: Sequence[Moved]) -> tuple[str, ...]:
    """What came to this laptop, the newest first: `Tender with its sealed bids · 3 Nov 2026 10:20`."""
    return tuple(f"{_named(one)} · {words.uk_time(one.at, short=True)}" for one in moved if not one.made)


_WHOSE = (ParcelKind.DECLARATION, ParcelKind.SCORESHEET, ParcelKind.MODERATION, ParcelKind.ASSENT)
"""What several people send, so that whose it is must be said."""


def _named(one: Moved) -> str:
    """`Score sheet of PM1`."""
    whose = f" of {one.author}" if one.kind in _WHOSE else ""
    return f"{_cap(KINDS[one.kind])}{whose}"


def _cap(text: str) -> str:
    return text[:1].upper() + text[1:]


def receipts(found: Sequence[Arrived]) -> tuple[str, ...]:
    """What the officer and the chair said has arrived: `OF1 has your score sheet · said 3 Nov 2026 10:20`."""
    return tuple(
        f"{one.at} has your {KINDS[one.kind]}{'' if one.newest else ', but not the newest'}"
        f" · said {words.uk_time(one.said, short=True)}"
        for one in found
    )
