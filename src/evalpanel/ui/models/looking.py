"""What in the documents of a blind tender may say whose a bid is, as the officer reads it."""

from __future__ import annotations

from evalpanel.domain.preflight import Finding, Tell
from evalpanel.services.preflight import Preflight
from evalpanel.ui.models.words import count
from evalpanel.ui.widgets import mark

MAY_GO = (
    "Is it the bidder, or a word that happens to be the same? Nothing goes to the panel while a line is open. A document that tells "
    "too much can be replaced by one that does not."
)
CLEAR = "The documents are looked through. The files for the panel can be written."
_TELLS = {
    Tell.NAME: "A name",
    Tell.WORD: "A word of a name",
    Tell.NUMBER: "A number",
    Tell.ADDRESS: "An address",
    Tell.EMAIL: "An e-mail address",
    Tell.HIDDEN: "Something that no reader of the page sees",
    Tell.UNSEEN: "Could not be looked into",
}


def told(one: Finding) -> tuple[str, str, str]:
    """A finding as a shape, a heading and a sentence."""
    whose = f" of {one.whose}" if one.whose else ""
    shape = mark.NOTE if one.tell in (Tell.HIDDEN, Tell.UNSEEN) else mark.INTEREST
    return shape, f"{_TELLS[one.tell]}{whose}: {one.document}", f"{one.place}: {one.words}"


def about(held: Preflight) -> str:
    """Where it stands, in a sentence."""
    if held.unlooked:
        return f"{count(len(held.unlooked), 'document')} to be looked through, before the panel gets anything."
    if held.open:
        return f"{count(len(held.open), 'line')} may say whose a bid is. The panel gets nothing before each has its answer."
    return "Nothing is open: no document says whose a bid is without a reason on the record."


def button(chosen: int) -> str:
    """The words of the next step."""
    return "It may go: record why" if chosen < 2 else f"These {chosen} may go: record why"


def accepted(number: int) -> str:
    """Said after reasons were recorded."""
    return f"Recorded: {count(number, 'line')} may go."


def replaced(path: str) -> str:
    """Said after another file was taken in the place of a document."""
    return f"{path} goes to the panel instead. It is looked through next."
