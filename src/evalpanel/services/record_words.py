"""The words of the record for what is done on this laptop: what became of an act, from its line in the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from evalpanel.domain.signing import in_words
from evalpanel.services import afterwards, award_words, carried_words, letter_words

Told = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Act:
    """A line of the trail: its number, its time (UTC), who did what, and what was pinned about it."""

    number: int
    at: datetime
    person: str
    act: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What the sentences need besides the acts. `answered`: by person, acts and how many lines each answered first."""

    bidders: Mapping[str, str]
    names: Mapping[str, str]
    answered: Mapping[str, list[tuple[int, int]]]

    def bidder(self, code: object) -> str:
        """A bidder's code, with its name where it is known."""
        return f"{code} {self.bidders.get(str(code), '')}".strip()


def _many(count: int, one: str, several: str = "") -> str:
    return f"1 {one}" if count == 1 else f"{count} {several or one + 's'}"


def told(run: list[Act], about: About) -> Told:
    """What somebody did, in words that go after their name, and a sentence more or nothing. `run`: one act, or several alike."""
    return _SENTENCES.get(run[0].act, _plainly)(run, about)


def _plainly(run: list[Act], _: About) -> Told:
    act, detail = run[0].act, run[0].detail
    tellers = (carried_words.told, award_words.told, letter_words.told, afterwards.told)
    carried = next(filter(None, (tell(act, detail) for tell in tellers)), None)
    if carried is not None:
        return carried
    # An act of a later release, in a store that came from it: its name is all that is known here.
    return f"recorded “{run[0].act.replace('-', ' ')}”", ""


def _tender_loaded(run: list[Act], _: About) -> Told:
    held = run[0].detail
    schedules = held.get("price_schedules", 0)
    sealed = f" {_many(schedules, 'price schedule was', 'price schedules were')} sealed unread." if schedules else ""
    return (
        f"loaded the tender {held.get('reference', '')} with {_many(len(held.get('documents', ())), 'document')}",
        f"Bids stay sealed until the criteria are frozen.{sealed}",
    )


def _bids_loaded(run: list[Act], _: About) -> Told:
    held = run[0].detail
    bids = ", ".join(str(one) for one in held.get("bids", ()))
    what = f"loaded {_many(len(held.get('bids', ())), 'bid')} and {_many(len(held.get('documents', ())), 'document')}"
    return what, f"Bids: {bids}." if bids else ""


def _bids_opened(run: list[Act], _: About) -> Told:
    bids = run[0].detail.get("bids", ())
    return ("opened the bids" if not bids else f"opened {_many(len(bids), 'bid')}"), "They can be read from here on."


def _frozen(run: list[Act], _: About) -> Told:
    return "froze the criteria, weightings, scales and method", f"Digest {run[0].detail['criteria_digest'][:16]}…"


def _status(run: list[Act], _: About) -> Told:
    after = run[0].detail["after"]
    status = str(after["status"]).replace("-", " ")
    return (
        f"recorded bid {after['bid']} in lot {after['lot']} as {status}",
        f"Decided by {after['decided_by']}: {after['reason']}",
    )


_FIELDS = {"name": "name", "address": "postal address", "email": "e-mail address"}


def _corrected(run: list[Act], about: About) -> Told:
    before, after = run[0].detail["before"], run[0].detail["after"]
    changed = [_FIELDS.get(field, field) for field in after if after[field] != before.get(field)]
    return f"corrected the details of {about.bidder(after['bidder'])}", f"Changed: {', '.join(changed) or 'nothing'}."


def _declared(run: list[Act], about: About) -> Told:
    held = run[0].detail
    paper = f"On paper, signed on {in_words(date.fromisoformat(held['on_paper']))}." if held.get("on_paper") else ""
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


def _decided(run: list[Act], about: About) -> Told:
    held = run[0].detail
    whose = f"{held['person']} {about.names.get(held['person'], '')}".strip()
    said = _DECIDED.get(held["outcome"], held["outcome"])
    what = f"recorded that the interest of {whose} in {about.bidder(held['bidder'])} {said}"
    return what, f"Decided by {held['decided_by']}."


def _affirmed(run: list[Act], about: About) -> Told:
    whose = [f"{act.detail['person']} {about.names.get(act.detail['person'], '')}".strip() for act in run]
    if run[0].detail["why_not"]:
        return f"recorded why {whose[0]} has not affirmed their declaration", f"Reason: {run[0].detail['why_not']}"
    if len(run) == 1 and run[0].detail["person"] == run[0].person:
        return "said that their declaration of interests still holds", ""
    return "wrote down who said that their declaration still holds", f"{', '.join(whose)}."


def _assessed(run: list[Act], _: About) -> Told:
    held = run[0].detail
    return f"wrote the conflicts assessment, with {_many(held['interests'], 'interest')}", ""


def _absent(run: list[Act], about: About) -> Told:
    held = run[0].detail
    who = f"{held['person']} {about.names.get(held['person'], '')}".strip()
    return f"recorded that {who} will not sign off", f"Reason: {held['reason']}"


def _through(did: str, run: list[Act], _: About) -> Told:
    paths = list(dict.fromkeys(str(act.detail["path"]) for act in run))
    if len(paths) == 1:
        return f"{did} {paths[0]}", ""
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return f"{did} {_many(len(paths), 'document')}", f"{', '.join(paths[:3])}{more}."


def _saved(run: list[Act], _: About) -> Told:
    return f"saved {_many(sum(int(act.detail['rows']) for act in run), 'answer')}", ""


def _imported(run: list[Act], _: About) -> Told:
    return f"took in a score sheet with {_many(run[0].detail['rows'], 'answer')}", ""


def _signed(run: list[Act], about: About) -> Told:
    act = run[0]
    lines = sum(many for number, many in about.answered.get(act.person, ()) if number <= act.number)
    typed = act.detail.get("entered_by")
    return f"signed off {_many(lines, 'line')}", f"Typed in for them by {typed}." if typed else ""


def _reopened(run: list[Act], _: About) -> Told:
    return "opened their score sheet again", f"Reason: {run[0].detail['reason']}"


def _agreed(run: list[Act], _: About) -> Told:
    lines = sum(int(act.detail["rows"]) for act in run)
    return f"recorded what the panel agreed on {_many(lines, 'line')}", ""


def _closed(run: list[Act], _: About) -> Told:
    held = run[0].detail
    skipped = len(held.get("not_assessed", ()))
    detail = f"{_many(skipped, 'line')} of bids that failed a gate {'was' if skipped == 1 else 'were'} not assessed."
    return f"closed moderation and locked {_many(held['lines'], 'moderated score')}", detail if skipped else ""


def _prices_sealed(run: list[Act], _: About) -> Told:
    return f"sealed {_many(len(run[0].detail['schedules']), 'price schedule')} unread", ""


def _prices_opened(run: list[Act], _: About) -> Told:
    held = run[0].detail
    shut = held.get("unopened", ())
    bids = ", ".join(f"{one['bid']} in lot {one['lot']}" for one in shut)
    return f"opened {_many(len(held['opened']), 'price')}", f"Still sealed: {bids}." if shut else ""


def _outcome(run: list[Act], _: About) -> Told:
    because = run[0].detail.get("because")
    return ("worked out the outcome anew", f"Because {because}.") if because else ("worked out the outcome", "")


def _certificate(run: list[Act], _: About) -> Told:
    return "made the certificate that signs letters", f"Key {run[0].detail['fingerprint'][:16]}…"


def _authoritys_certificate(run: list[Act], _: About) -> Told:
    return "signed letters with a certificate of the authority", f"Key {run[0].detail['fingerprint'][:16]}…"


def _authority(run: list[Act], _: About) -> Told:
    return f"kept how the letters of “{run[0].detail['code']}” are headed", ""


def _letters(run: list[Act], _: About) -> Told:
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


_SENTENCES: Mapping[str, Callable[[list[Act], About], Told]] = {
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
