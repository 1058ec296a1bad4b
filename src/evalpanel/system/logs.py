"""The program's log: a rotating file in the profile, in UTC, with ids and counts and never a name, score or reason.

Nothing of it goes to the console. Errors are logged by their kind and the places that they passed, without their
texts, which may quote what people wrote; and without folders, which may hold a person's name.
"""

from __future__ import annotations

import copy
import logging
import os
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

_FILE = "evalpanel.log"
_BYTES = 1_000_000
_KEPT = 5


@contextmanager
def logging_to(folder: Path, level: int = logging.INFO) -> Iterator[Path]:
    """Log what `evalpanel` does to a file in `folder` while the block runs. Gives the path of the file.

    At most six files of 1 MB. A log that cannot be written never stops a person's work.
    """
    path = folder / _FILE
    handler = _LogFile(path)
    ours, root, silence = logging.getLogger("evalpanel"), logging.getLogger(), logging.NullHandler()
    before = ours.level
    ours.addHandler(handler)
    ours.setLevel(level)
    root.addHandler(silence)  # otherwise Python writes the warnings of libraries to the console
    try:
        yield path
    finally:
        root.removeHandler(silence)
        ours.setLevel(before)
        ours.removeHandler(handler)
        handler.close()


class _Formatter(logging.Formatter):
    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        # A copy: logging keeps the text of an error on the record, in another handler's form or for another handler.
        ours = copy.copy(record)
        ours.exc_text = None
        return super().format(ours)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        lines = []
        error = ei[1]
        while error is not None:
            lines.append(f"  {type(error).__module__}.{type(error).__qualname__}")
            for frame, line in traceback.walk_tb(error.__traceback__):
                code = frame.f_code
                lines.append(f"    {Path(code.co_filename).name}:{line} {code.co_qualname}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


class _LogFile(RotatingFileHandler):
    """The log file, open to this person only. `lost` counts lines that could not be written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)
        self.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        self.lost = 0

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(handle, "a", encoding=self.encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002  # the signature is logging's
        """Count the line as lost: a full disk is told where the person's own work is written."""
        self.lost += 1
