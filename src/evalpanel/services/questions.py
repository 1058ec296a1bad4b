"""The questions of the feedback form that travels with the program: shared by those who write it and those who read it."""

from __future__ import annotations

import tomllib
from functools import cache

from evalpanel.domain.process_feedback import FeedbackForm, parse_form
from evalpanel.system.resources import resource


@cache
def shipped_form() -> FeedbackForm:
    """The form as this release asks it."""
    return parse_form(tomllib.loads(resource("feedback", "questions.toml").read_text(encoding="utf-8")))
