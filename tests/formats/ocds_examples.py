"""OCDS values made for tests: a tender of which nothing is odd, and ways to change it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evalpanel.domain.ocds_gaps import OcdsReading, OcdsTender
from evalpanel.formats.ocds import read_ocds

SPECIMENS = Path(__file__).parents[1] / "specimens" / "ocds"
Json = dict[str, Any]


def quality(name: str, description: str) -> Json:
    """A quality criterion whose weighting stands in its description, as notices of TED form are mapped."""
    return {"type": "quality", "name": name, "description": description}


def price(description: str) -> Json:
    """The price criterion that goes with it."""
    return {"type": "price", "description": description}


def weighted(kind: str, name: str, number: float, weight: str = "percentageExact") -> Json:
    """A criterion whose weighting stands in its numbers."""
    return {"type": kind, "name": name, "numbers": [{"number": number, "weight": weight}]}


def award(*criteria: Json) -> Json:
    """Award criteria as a lot or a tender holds them."""
    return {"criteria": list(criteria)}


def a_release(**tender: Any) -> Json:
    """A release with a sound tender; members of the tender as given, None for those that are to be missing."""
    held: Json = {
        "id": "DN-2026-17",
        "title": "Short breaks",
        "procurementMethod": "open",
        "procurementMethodDetails": "Open procedure",
        "tenderPeriod": {"endDate": "2026-09-18T12:00:00+01:00"},
        "contractPeriod": {"startDate": "2027-04-01T00:00:00+01:00", "endDate": "2030-03-31T23:59:59+01:00"},
        "value": {"amount": 250000, "currency": "GBP"},
        "awardCriteria": award(quality("Quality", "60"), price("40")),
    }
    held |= tender
    return {
        "ocid": "ocds-made-1",
        "id": "r1",
        "date": "2026-06-01T09:00:00Z",
        "tag": ["tender"],
        "parties": [{"id": "A", "name": "Moorland Council", "roles": ["buyer"]}],
        "buyer": {"id": "A", "name": "Moorland Council"},
        "tender": {name: value for name, value in held.items() if value is not None},
    }


def read(value: object) -> OcdsReading:
    """A reading of a value as JSON."""
    return read_ocds(json.dumps(value).encode(), "made.json")


def only(value: object) -> OcdsTender:
    """The one tender that a value holds."""
    (tender,) = read(value).tenders
    return tender


def told(tender: OcdsTender) -> list[str]:
    """What was odd, in words with its place."""
    return [str(problem) for problem in tender.problems]
