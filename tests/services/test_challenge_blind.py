"""The challenge pack of a blind tender: its own bid by the drawn code and by name, and of the others neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import make
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import ConsortiumMember, MemberRole
from evalpanel.services import challenge, challenge_proofs, moderation, outcome, prices, setup
from evalpanel.services.workspace import Workspace
from stages import REFERENCE, agree_all, declare_all, load, score_all

FILES = {f"{code}/1.1 Reach.txt": f"How {code} reaches them.".encode() for code in ("B01", "B02", "B03")}


def _level(line: Line) -> Decimal:
    return Decimal(1 if line.criterion == "C1" else 3)


def test_pack_of_a_blind_tender_names_its_bidder_and_no_other_by_name_or_code(
    at: Callable[[str], Workspace], tmp_path: Path
) -> None:
    space = at("empty")
    blind = make.pack(
        tender=replace(make.tender(), blind=True),
        members=(ConsortiumMember(make.bidders()[2].bidder, "Quayside Trust", MemberRole.SUBCONTRACTOR),),
        prices=tuple(replace(one, item="Service") for one in make.prices()),
    )
    load(space, tmp_path / "pack", blind, FILES)
    setup.freeze(space, REFERENCE)
    declare_all(space)
    score_all(space, level=_level)
    agree_all(space, level=_level)
    moderation.close(space, REFERENCE)
    prices.open_prices(space, REFERENCE)
    outcome.outcome(space, REFERENCE)

    pack = setup.view(space, REFERENCE).pack
    names = {one.bidder: one.name for one in pack.bidders}
    sought = {bid.bid: (bid.bid, names[bid.bidder]) for bid in pack.bids}
    assert not {"B01", "B02", "B03"} & set(sought)
    for bid in sought:
        to = tmp_path / bid
        to.mkdir()
        made = challenge.challenge(space, REFERENCE, bid, to=to, is_open=True)
        with challenge_proofs.opened(made.file, lambda _cover: b"") as held:
            lines = "\n".join(held.lines)
        found = {code for code, words in sought.items() if any(word in lines for word in words)}
        assert found == {bid}
        assert sought[bid][1] in lines
