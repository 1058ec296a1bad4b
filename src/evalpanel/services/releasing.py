"""Releasing keys to one person or to everybody, without issuing the pack again: after a declaration, a sheet, the lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import exchange, parcels_out, release_parcels, tenders
from evalpanel.services.exchange import RestsOn
from evalpanel.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Released:
    """The release that was written for each person: new, or the same bytes as before where nothing more is due."""

    releases: Mapping[PersonCode, Path]


def release(workspace: Workspace, named: str, *, to: Path, person: str | None = None) -> Released:
    """Write the keys that are due to `person` (everybody with confirmed keys, if left out) into the folder `to`.

    Refused before the pack was issued, and for somebody whose keys are not confirmed.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        mine = exchange.own(tx, workspace, tender.tender_id)
        if mine is None or not mine.is_officer:
            raise EvalPanelError(f"This laptop does not lead {tender.reference}.", "Nothing was written.")
        rosters = exchange.line(tx, mine.tender, ParcelKind.ROSTER, mine.person)
        packs = exchange.line(tx, mine.tender, ParcelKind.PACK, mine.person)
        if not packs:
            raise EvalPanelError(
                "No pack was issued yet, so there is nothing that a key would open.",
                f"Nothing was written. First: evalpanel issue {tender.reference} --to DIR",
            )
        laptops = release_parcels.laptops(tx, mine)
        chosen = list(laptops) if person is None else [tender.member(person).person]
        without = [one for one in chosen if one not in laptops]
        if without:
            raise EvalPanelError(f"The keys of {without[0]} are not confirmed yet.", "Nothing was written.")
        rests_on = RestsOn(rosters[-1].identity, packs[-1].identity)
        made = {
            one: release_parcels.release(tx, workspace, tender, mine, tender.member(one), laptops[one], rests_on)
            for one in chosen
        }
    return Released({one: parcels_out.write_out(workspace, to, parcel) for one, parcel in made.items()})
