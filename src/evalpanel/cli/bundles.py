"""Options that several commands share, said once: a command takes them as one value, and the command line shows each of them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any


class Bundle:
    """What a command takes in the place of several options. `asked` says which, and makes the value of what was given."""

    asked: Callable[..., Any]


def bundled(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of each `Bundle` among its parameters, in its place. Put it under the command's own decorator."""
    given = inspect.signature(command, eval_str=True).parameters
    bundles = {name: one.annotation for name, one in given.items() if _is_bundle(one.annotation)}
    options = {name: inspect.signature(kind.asked, eval_str=True).parameters for name, kind in bundles.items()}
    shown = [
        option for name, one in given.items() for option in (options[name].values() if name in options else (one,))
    ]

    @functools.wraps(command)
    def run(**values: Any) -> None:
        for name, kind in bundles.items():
            values[name] = kind.asked(**{option: values.pop(option) for option in options[name]})
        command(**values)

    # By name only, so that an option with a value of its own may stand before one without.
    by_name = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in shown]
    run.__annotations__ = {one.name: one.annotation for one in by_name} | {"return": None}
    vars(run)["__signature__"] = inspect.Signature(by_name)
    return run


def _is_bundle(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Bundle)
