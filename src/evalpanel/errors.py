"""What the program says when something expected goes wrong.

`EvalPanelError` and its family carry words for a person. Everything else that is raised is a bug.
"""

from __future__ import annotations


class EvalPanelError(Exception):
    """Something that people can expect to happen, told in words.

    `title` is a short sentence (what happened); `message` says what is safe and what to do next. Faces show both;
    the command line turns it into one line on standard error and exit code 1. `window` is what the window says in the place of
    `message`, where the next step is another one there than an option of a command.
    """

    def __init__(self, title: str, message: str = "", *, window: str = "") -> None:
        super().__init__(title, message)
        self.title = title
        self.message = message
        self.window = window or message

    @property
    def in_window(self) -> str:
        """The whole of it as the window says it."""
        return f"{self.title} {self.window}".strip()

    def __str__(self) -> str:
        return f"{self.title} {self.message}".strip()


class Cancelled(EvalPanelError):
    """The person stopped the work. Nothing that had been begun is kept, unless `then` says what is."""

    def __init__(self, what: str = "The work", then: str = "Nothing was changed.") -> None:
        super().__init__(f"{what} was cancelled.", then)
