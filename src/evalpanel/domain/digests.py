"""One canonical text for a value, and its SHA-256: what is frozen, signed off and audited is pinned by it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from evalpanel.domain.numbers import canonical


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: decimals as canonical strings, times in UTC as ISO 8601, values as objects."""
    if value is None or type(value) is str:  # most of what is pinned: sheets are pinned by the thousand
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Decimal):
        return canonical(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        held = ((name, getattr(value, name)) for name in _names(value.__class__))
        return {name: one if type(one) is str else plain(one) for name, one in held}
    if isinstance(value, Mapping):
        made = {str(plain(key)): plain(item) for key, item in value.items()}
        if len(made) != len(value):
            raise ValueError("two keys have the same text")
        return made
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical text")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def instant(moment: datetime) -> str:
    """A moment as `--json`, digests and the trail write it: UTC, ISO 8601, `2026-09-18T11:00:00Z`."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone means another moment on every machine")
    text = moment.astimezone(UTC).isoformat(timespec="microseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no white space, UTF-8, no floats (after RFC 8785, without numbers)."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical_json(value).encode("utf-8", "surrogatepass")).hexdigest()
