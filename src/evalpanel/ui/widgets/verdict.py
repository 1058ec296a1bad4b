"""What a check came to: the verdict, what was proved, and what was not."""

from __future__ import annotations

import re

from evalpanel.services.verify import Verification, sentence
from evalpanel.ui.page import label
from evalpanel.ui.widgets.card import Card

_OF_RECORD = {
    "verified": ("ok", "✓ The record is whole and unaltered"),
    "altered": ("danger", "✕ The record was altered"),
}
_OF_LETTER = {
    "verified": ("ok", "✓ Verified: unchanged since it was signed"),
    "altered": ("danger", "✕ Altered or damaged since it was signed"),
    "unknown-signer": ("danger", "✕ Unchanged, but nobody here knows the key it was signed with"),
    "not-ours": ("danger", "✕ This is not a letter of this program"),
}
_OF_LIST = {
    "verified": ("ok", "✓ The list, and every letter that lies beside it, is as it was signed"),
    "altered": ("danger", "✕ The list, or a letter beside it, was altered"),
    "unknown-signer": ("danger", "✕ Unchanged, but nobody here knows the key that the list was signed with"),
}
_LONG = re.compile(r"\b([0-9a-f]{16})[0-9a-f]{48}\b")


class VerdictCard(Card):
    """One check and its outcome. Before there is one it says what a check would show."""

    def __init__(self, title: str, before: str) -> None:
        super().__init__(title)
        self._verdict = label(before, "muted", wrap=True)
        self.inside.addWidget(self._verdict)

    @property
    def verdict(self) -> str:
        """The verdict as it stands there."""
        return self._verdict.text()

    def say(self, text: str) -> None:
        """Take the outcome away and say this instead."""
        self._clear()
        self._set(text, "muted")

    def show_result(self, of: Verification) -> None:
        """Show what a check came to."""
        self._clear()
        known = {"tender": _OF_RECORD, "letters": _OF_LIST}.get(of.kind, _OF_LETTER)
        role, words = known[of.verdict]
        self._set(words if of.kind == "tender" else f"{words}: {of.subject}", role)
        if of.verdict == "altered":
            self._add("What is wrong, or not proved", of.not_proved, "✕")
            self._add("What was proved", of.proved, "✓")
        else:
            self._add("What was proved", of.proved, "✓")
            self._add("What was not proved", of.not_proved, "–")

    def _set(self, text: str, role: str) -> None:
        self._verdict.setText(text)
        self._verdict.setProperty("role", role)
        self._verdict.style().unpolish(self._verdict)
        self._verdict.style().polish(self._verdict)

    def _add(self, heading: str, sentences: tuple[str, ...], sign: str) -> None:
        if not sentences:
            return
        self.inside.addWidget(label(heading, "small"))
        for one in sentences:
            self.inside.addWidget(label(f"{sign} {_sentence(one)}", wrap=True))

    def _clear(self) -> None:
        while self.inside.count() > 2:  # the title and the verdict stay
            item = self.inside.takeAt(2)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()


def _sentence(text: str) -> str:
    """As a sentence, with digests cut short: nobody reads 64 figures, and they do not break."""
    return sentence(_LONG.sub(r"\1…", text).strip())
