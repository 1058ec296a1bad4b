"""Python's collector of cycles, held off while much is read that holds none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cycles_left() -> Iterator[None]:
    """Leave cycles uncollected for a while: a sheet of 12,000 answers makes no cycle, and looking for some in it again and
    again takes a sixth of the time.

    Where the collector stands still already (the window's thread looks after it while work runs) nothing changes.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
