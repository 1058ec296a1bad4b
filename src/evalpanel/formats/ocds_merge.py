"""Several releases of one contracting process as one, by the merging rules of OCDS 1.1 as far as a tender needs them.

https://standard.open-contracting.org/1.1/en/schema/merging/: in the order of their dates the latest value wins, null
takes a value away, objects are merged, arrays of objects with ids are merged by id, other arrays are replaced.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from evalpanel.formats.ocds_json import At, Merged, MergedList
from evalpanel.formats.ocds_values import instant

_WHOLE = frozenset(
    ("additionalClassifications", "additionalIdentifiers", "changes", "tag", "submissionMethod", "roles")
)
"""Arrays that the schema says are replaced as a whole (`wholeListMerge`), besides those without ids."""
_OF_THE_RELEASE = frozenset(("id", "date", "tag"))
"""What describes a release and not the process."""


def merged(releases: Iterable[At]) -> At:
    """The process as its releases, given in the order of their dates, leave it. Every value keeps its own place."""
    process = Merged()
    for release in releases:
        for name, member in release.members():
            if name not in _OF_THE_RELEASE:
                _put(process, name, member)
    return At(process)


def _put(target: Merged, name: str, member: At) -> None:
    if member.value is None:
        target.pop(name, None)
        target.places.pop(name, None)
        return
    held = target.get(name)
    if member.is_object:
        if not isinstance(held, Merged):
            held = Merged()
        for key, inner in member.members():
            _put(held, key, inner)
        target[name] = held
    elif member.is_array and name not in _WHOLE and _have_ids(member):
        target[name] = _joined(held if isinstance(held, MergedList) else MergedList(), member)
    else:
        target[name] = member.value
    target.places[name] = member.where


def _joined(held: MergedList, array: At) -> MergedList:
    """The elements of both, one for each id; what is new stands at the end."""
    for element in array.elements():
        number = held.by_id.get(_key(element.get("id").value))
        if number is None:
            number = held.by_id[_key(element.get("id").value)] = len(held)
            held.append(Merged())
            held.places.append(element.where)
        target = held[number]
        assert isinstance(target, Merged)
        for key, inner in element.members():
            _put(target, key, inner)
        held.places[number] = element.where
    return held


def _have_ids(array: At) -> bool:
    """Whether every element is an object with an id that can be compared."""
    found = list(array.elements())
    return bool(found) and all(it.is_object and isinstance(it.get("id").value, (str, Decimal)) for it in found)


def _key(value: object) -> tuple[str, str]:
    return type(value).__name__, str(value)


def latest(versioned: At) -> At:
    """A versioned release as it stands in the end: of each value its latest version.

    https://standard.open-contracting.org/1.1/en/schema/records_reference/#versioned-release
    """
    return At(_latest_object(versioned), versioned.where)


def _latest_object(source: At) -> Merged:
    target = Merged()
    for name, member in source.members():
        found = _latest(member)
        if found.value is not None:
            target[name] = found.value
            target.places[name] = found.where
    return target


def _latest(member: At) -> At:
    if member.is_object:
        return At(_latest_object(member), member.where)
    if not member.is_array:
        return member
    elements = list(member.elements())
    if elements and all(it.is_object and "value" in _names(it) and "releaseDate" in _names(it) for it in elements):
        return max(enumerate(elements), key=lambda pair: (when(pair[1].get("releaseDate")), pair[0]))[1].get("value")
    found = MergedList()
    for element in elements:
        inner = _latest(element)
        found.append(inner.value)
        found.places.append(inner.where)
    return At(found, member.where)


def when(date: At) -> datetime:
    """The date of a release for ordering; one that says none comes first."""
    found = instant(date.value) if isinstance(date.value, str) else None
    return datetime.min.replace(tzinfo=UTC) if found is None else found


def _names(element: At) -> set[str]:
    return {name for name, _ in element.members()}
