"""Where the files that travel with the program are: fonts, wording, the sample tender."""

from __future__ import annotations

from pathlib import Path

from evalpanel.errors import EvalPanelError

_PACKAGE = Path(__file__).resolve().parent.parent

# An installed program carries `resources` inside its package. An editable install does not: there it lies beside `src`.
_PLACES = (_PACKAGE / "resources", _PACKAGE.parent.parent / "resources")


def resource(*parts: str) -> Path:
    """Return the path of a file or folder that came with the program, named by its parts below `resources`.

    Raises `EvalPanelError` when it is not there, which means that the installation is incomplete.
    """
    name = Path(*parts)
    if name.is_absolute() or ".." in name.parts:
        raise ValueError(f"not a name below resources: {name}")
    for place in _PLACES:
        found = place / name
        if found.exists():
            return found
    raise EvalPanelError(
        f"A part of the program is missing: {name.as_posix()}.",
        "Your tenders are not affected. Install evalpanel again, then try once more.",
    )
