"""The colours that a file means by red, green and blue: sRGB (IEC 61966-2-1) as an ICC profile (ICC.1:2022), made here.

An archival file carries one, so that in fifty years a screen or a printer still knows which green it was.
"""

from __future__ import annotations

import struct
from functools import cache

NAME = "sRGB IEC61966-2.1"

_D50 = (0.9642, 1.0, 0.8249)  # the white that all profiles connect at (ICC.1:2022, 7.2.16)
_RED, _GREEN, _BLUE = (0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.7141)
_ADAPTED = (1.04781, 0.02289, -0.05013, 0.02954, 0.99048, -0.01705, -0.00923, 0.01504, 0.75213)  # from D65, Bradford
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)  # IEC 61966-2-1: a power above, a line below


def _fixed(*numbers: float) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _words(text: str) -> bytes:
    held = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII2s2sII", 1, 12, b"en", b"GB", len(held), 28) + held


@cache
def profile() -> bytes:
    """The profile. It is the same each time."""
    curve = b"para" + struct.pack(">4xHxx", 3) + _fixed(*_CURVE)
    tags = {
        b"desc": _words(NAME),
        b"cprt": _words("No copyright, use freely"),
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(*_D50),
        b"chad": b"sf32\0\0\0\0" + _fixed(*_ADAPTED),
        b"rXYZ": b"XYZ \0\0\0\0" + _fixed(*_RED),
        b"gXYZ": b"XYZ \0\0\0\0" + _fixed(*_GREEN),
        b"bXYZ": b"XYZ \0\0\0\0" + _fixed(*_BLUE),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    made = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    size = start + len(body)
    head = struct.pack(">I4sI4s4s4s12s4s", size, b"", 0x04400000, b"mntr", b"RGB ", b"XYZ ", made, b"acsp")
    head += bytes(28) + _fixed(*_D50)
    return head + bytes(128 - len(head)) + table + body
