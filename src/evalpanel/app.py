"""The window's root. In this release there is no window yet: what there is says so and shows the way to the command line."""

from __future__ import annotations

import sys

NO_WINDOW_YET = """\
The window of evalpanel comes with the next release.

Everything that a panel does works from the command line now. To see the whole job on a sample tender:
    evalpanel demo --out build/demo
To see every command:
    evalpanel --help
"""


def main() -> int:
    """Say in words that the window is not there yet and how to go on. Return the exit code 1: what was asked did not happen."""
    # A program that was started from a desktop on Windows has no standard error.
    if sys.stderr is not None:
        sys.stderr.write(NO_WINDOW_YET)
    return 1
