"""Reading OCDS JSON: release, release package, record, record package; versions 1.0, 1.1 and later. And ProZorro's tender.

A file may hold one contracting process or many; each becomes one tender as far as the file knows it. What it does not know
is asked for. Nothing that an address in the file names is ever fetched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from evalpanel.domain.intake import Problem
from evalpanel.domain.ocds_gaps import OcdsReading, OcdsTender
from evalpanel.formats.ocds_bids import read_bids, read_enquiries
from evalpanel.formats.ocds_conditions import read_conditions
from evalpanel.formats.ocds_criteria import read_award_criteria
from evalpanel.formats.ocds_draft import with_cells
from evalpanel.formats.ocds_json import At, read_json
from evalpanel.formats.ocds_merge import latest, merged, when
from evalpanel.formats.ocds_parts import Parts
from evalpanel.formats.ocds_terms import read_documents, read_items, read_lots, read_terms
from evalpanel.formats.prozorro import is_prozorro, read_prozorro

MAX_PROCESSES = 500
"""How many processes of one file are read."""
_KNOWN_VERSIONS = ("1.0", "1.1")
_SCHEMA_MEMBERS = ("$schema", "properties", "definitions")


def read_ocds(data: bytes, name: str) -> OcdsReading:
    """The tenders that an OCDS file holds, with everything that is odd and everything that has to be asked.

    `name` is what the file is called in problems about the file as a whole. Never raises for what the bytes hold.
    """
    root, problems = read_json(data, name)
    if root is None:
        return OcdsReading("", "", (), problems)
    if not root.is_object:
        what = "holds a list" if root.is_array else "holds a single value"
        told = f"{what}, and no OCDS release, record or package. Take one release, or put them into a release package."
        return _refused(name, told)
    if is_prozorro(root):
        return OcdsReading("ProZorro tender", "", (with_cells(read_prozorro(root)),))
    return _of_object(root, name)


def _of_object(root: At, name: str) -> OcdsReading:
    packaged = _package(root)
    if packaged is None:
        return _refused(name, _not_ocds(root))
    kind, holders = packaged
    problems: list[Problem] = []
    version = _version(root, kind, name, problems)
    if not holders:
        return OcdsReading(kind, version, (), (*problems, Problem(name, f"is a {kind} that holds nothing.")))
    if kind.startswith("record"):
        found = [tender for holder in holders[:MAX_PROCESSES] for tender in _of_record(holder)]
    else:
        groups = _by_process(holders, name, problems)
        found = [_of_releases(ocid, releases) for ocid, releases in groups[:MAX_PROCESSES]]
        holders = [releases[0] for _, releases in groups]
    if len(holders) > MAX_PROCESSES:
        what = f"holds {len(holders):,} processes; the first {MAX_PROCESSES} were read. Take the release of the tender alone."
        problems.append(Problem(name, what, stops=False))
    return OcdsReading(kind, version, tuple(with_cells(tender) for tender in found), tuple(problems))


def _refused(name: str, what: str) -> OcdsReading:
    return OcdsReading("", "", (), (Problem(name, what),))


def _package(root: At) -> tuple[str, list[At]] | None:
    """What the file is, and the releases or records in it; None where it is no OCDS file."""
    is_record = any(root.get(part).value is not None for part in ("compiledRelease", "versionedRelease"))
    if root.get("ocid").value is not None:
        if is_record or root.get("releases").is_array:
            return "record", [root]
        return "release", [root]
    if root.get("records").is_array:
        return "record package", [at for at in root.get("records").elements() if at.is_object]
    if root.get("releases").is_array:
        return "release package", [at for at in root.get("releases").elements() if at.is_object]
    if root.get("tender").is_object and (root.get("tag").value is not None or root.get("buyer").value is not None):
        return "release", [root]  # a release without its ocid, which is told
    return None


def _not_ocds(root: At) -> str:
    """Why an object is no OCDS file, in words that say what it is instead."""
    if any(root.get(member).value is not None for member in _SCHEMA_MEMBERS):
        title = root.get("title").value
        named = f" ({title[:80]})" if isinstance(title, str) else ""
        return f"is a JSON schema{named}: it describes what files look like, and holds no tender itself."
    held = ", ".join(repr(name[:40]) for name, _ in list(root.members())[:8])
    told = f" It has: {held[:200]}." if held else " It is empty."
    return f"is JSON, but no OCDS release, record or package: there is no ocid, no releases and no records.{told}"


def _version(root: At, kind: str, name: str, problems: list[Problem]) -> str:
    """The version that a package says. One without is 1.0, as the standard has it; a bare release cannot say it."""
    said = root.get("version").value
    if not isinstance(said, str) or not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){1,2}", said):
        return "1.0" if kind.endswith("package") else ""
    if not said.startswith(_KNOWN_VERSIONS):
        what = (
            f"is OCDS {said}, which is newer than this program knows; it was read as 1.1. Compare what was understood."
        )
        problems.append(Problem(name, what, stops=False))
    return said


def _by_process(releases: Sequence[At], name: str, problems: list[Problem]) -> list[tuple[str, list[At]]]:
    """The releases of each process, in the order of their dates. One without an ocid is a process by itself."""
    groups: dict[tuple[str, str], list[At]] = {}
    for at in releases:
        ocid = _ocid(at)
        groups.setdefault((ocid, "" if ocid else at.where), []).append(at)
    without = sum(at.get("id").value is None for at in releases)
    if without:
        what = f"holds {without:,} releases without an id" if without > 1 else "holds a release without an id"
        problems.append(Problem(name, f"{what}, which the standard asks for.", stops=False))
    # A sort keeps the order of the file where dates are equal.
    return [(ocid, sorted(found, key=lambda at: when(at.get("date")))) for (ocid, _), found in groups.items()]


def _ocid(at: At) -> str:
    said = at.get("ocid").value
    return " ".join(said.split())[:200] if isinstance(said, str) and said.isprintable() else ""


def _of_releases(ocid: str, releases: Sequence[At]) -> OcdsTender:
    parts = Parts()
    if len(releases) == 1:
        return _tender(parts, ocid, releases[0])
    undated = [at for at in releases if when(at.get("date")).year == 1]
    for at in undated:
        parts.notes.tell(at, "is one of several releases and has no date; it was taken as the earliest.")
    what = (
        f"is the latest of {len(releases)} releases of this process; they were put together by date, the latest counts."
    )
    parts.notes.tell(releases[-1], what)
    return _tender(parts, ocid, At(merged(releases).value, releases[-1].where))


def _of_record(record: At) -> list[OcdsTender]:
    """A record: its compiled release, else its versioned one, else its releases where it holds them."""
    ocid = _ocid(record)
    compiled, versioned = record.get("compiledRelease"), record.get("versionedRelease")
    if compiled.is_object:
        return [_tender(Parts(), ocid or _ocid(compiled), compiled)]
    if versioned.is_object:
        return [_tender(Parts(), ocid or _ocid(versioned), latest(versioned))]
    listed = [at for at in record.get("releases").elements() if at.is_object]
    held = [at for at in listed if at.get("tender").value is not None or at.get("ocid").value is not None]
    if held:
        return [_of_releases(ocid, sorted(held, key=lambda at: when(at.get("date"))))]
    parts = Parts()
    what = "names its releases only by their addresses, and nothing is fetched. Load the releases themselves."
    if not listed:
        what = "holds neither a compiled release nor releases."
    parts.notes.tell(record, what, stops=True)
    return [OcdsTender(ocid, parts.finished(ocid).terms, parts.finished(ocid).pack, parts.notes.listed(), ())]


def _tender(parts: Parts, ocid: str, release: At) -> OcdsTender:
    """One process as a tender."""
    notes = parts.notes
    if not ocid:
        notes.tell(release.get("ocid"), "is missing: the process has no name that anybody else knows.")
    tender = release.get("tender")
    if not tender.is_object or not tender.value:
        held = ", ".join(name for name, at in release.members() if at.value not in (None, [], {}))
        what = (
            f"has no tender: nothing in it says what was invited. It has: {held[:200]}. Load the tender's own release."
        )
        notes.tell(tender if tender.value is not None else release, what, stops=True)
        return OcdsTender(ocid, parts.finished(ocid).terms, parts.finished(ocid).pack, notes.listed(), ())
    read_terms(parts, ocid, release, tender)
    read_lots(parts, tender)
    read_items(parts, tender)
    read_award_criteria(parts, tender)
    read_conditions(parts, tender)
    read_bids(parts, release, tender, release.get("bids").get("details"))
    read_enquiries(parts, tender.get("enquiries"))
    read_documents(parts, tender, "the tender")
    return parts.finished(ocid)
