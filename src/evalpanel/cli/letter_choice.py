"""Which letters a command is about: the options that say so, in their one home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict

import typer

from evalpanel.cli.bundles import Bundle
from evalpanel.domain.feedback_occasions import Occasion
from evalpanel.domain.letter_wording import LetterKind

_ASKED_FOR = tuple(one.value for one in LetterKind if one.is_asked_for)
Bid = Annotated[str | None, typer.Option("--bid", help="One bid; all, if left out.")]
Lot = Annotated[str | None, typer.Option("--lot", help="One lot; all, if left out.")]
Combined = Annotated[bool, typer.Option("--combined", help="One letter for all lots of a bidder.")]
Kind = Annotated[
    str | None, typer.Option("--kind", help=f"A letter that follows from no outcome: {', '.join(_ASKED_FOR)}.")
]
Reason = Annotated[
    str, typer.Option("--reason", help="With --kind: what is to be explained, or was considered and decided.")
]
ReplyBy = Annotated[str, typer.Option("--reply-by", metavar="DATE", help="The last day for an answer.")]
ValidUntil = Annotated[
    str, typer.Option("--valid-until", metavar="DATE", help="Until when a prequalification is good.")
]
Ended = Annotated[
    str, typer.Option("--ended", metavar="DATE", help="The last day of standstill; that on record, if left out.")
]


@dataclass(frozen=True, slots=True)
class ForOccasion(Bundle):
    """The occasion that a letter is for; None: it is about the outcome."""

    occasion: Occasion | None

    @staticmethod
    def asked(
        kind: Kind = None, reason: Reason = "", reply_by: ReplyBy = "", valid_until: ValidUntil = "", ended: Ended = ""
    ) -> ForOccasion:
        """As it was named on the command line."""
        return ForOccasion(_occasion(kind, reason, reply_by, valid_until, ended))


class Wanted(TypedDict):
    """The same as services take it."""

    bid: str | None
    lot: str | None
    combined: bool
    occasion: Occasion | None


@dataclass(frozen=True, slots=True)
class Chosen(Bundle):
    """Letters: of one bid or lot or of all, for all lots together, or for an occasion (of one bid then)."""

    bid: str | None
    lot: str | None
    combined: bool
    occasion: Occasion | None

    @staticmethod
    def asked(
        bid: Bid = None,
        lot: Lot = None,
        combined: Combined = False,
        kind: Kind = None,
        reason: Reason = "",
        reply_by: ReplyBy = "",
        valid_until: ValidUntil = "",
        ended: Ended = "",
    ) -> Chosen:
        """As they were named on the command line."""
        occasion = _occasion(kind, reason, reply_by, valid_until, ended)
        if occasion is not None and bid is None:
            raise typer.BadParameter("--kind is about one bid: name it with --bid")
        return Chosen(bid, lot, combined, occasion)

    def wanted(self) -> Wanted:
        """For the services."""
        return Wanted(bid=self.bid, lot=self.lot, combined=self.combined, occasion=self.occasion)


def _occasion(kind: str | None, reason: str, reply_by: str, valid_until: str, ended: str) -> Occasion | None:
    if kind is None:
        if reason or reply_by or valid_until or ended:
            raise typer.BadParameter("say which letter it is, with --kind")
        return None
    if kind not in _ASKED_FOR:
        raise typer.BadParameter(f"--kind is one of {', '.join(_ASKED_FOR)}")
    return Occasion(LetterKind(kind), reason, _day(reply_by), _day(valid_until), _day(ended))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise typer.BadParameter(f"“{text}” is no date: write it as 2026-11-30") from error
