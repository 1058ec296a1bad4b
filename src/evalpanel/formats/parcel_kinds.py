"""Which reader the cover of each kind of parcel has. A kind that is not here cannot be read by this version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from evalpanel.domain.parcels import ParcelKind
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, read_enrolment, read_invitation
from evalpanel.formats.parcel_moderation import read_assent, read_moderation, read_receipt
from evalpanel.formats.parcel_packs import read_pack, read_release, read_roster
from evalpanel.formats.parcel_sheets import read_declarations, read_scoresheet

READERS: Mapping[ParcelKind, Callable[[bytes], Cover[Any]]] = {
    # A new kind is a new line here: it is then fuzzed, verified and taken in with the others.
    ParcelKind.INVITATION: read_invitation,
    ParcelKind.ENROLMENT: read_enrolment,
    ParcelKind.ROSTER: read_roster,
    ParcelKind.PACK: read_pack,
    ParcelKind.RELEASE: read_release,
    ParcelKind.DECLARATION: read_declarations,
    ParcelKind.SCORESHEET: read_scoresheet,
    ParcelKind.MODERATION: read_moderation,
    ParcelKind.ASSENT: read_assent,
    ParcelKind.RECEIPT: read_receipt,
}


def read_cover(kind: ParcelKind, payload: bytes) -> Cover[Any]:
    """What the cover of a kind says. Raises `MalformedJson`, and `EvalPanelError` for a kind that cannot be read."""
    reader = READERS.get(kind)
    if reader is None:
        raise EvalPanelError(
            f"A {kind.value} cannot be read by this version.", "It was left alone. A newer evalpanel may know it."
        )
    return reader(payload)
