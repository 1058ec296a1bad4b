"""Whether a tender pack holds together: codes known and unique, the tree of criteria a tree, figures as the method asks.

What a single cell says has been read by then. A finding names its sheet, row and column; whoever read the pack turns
that into a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from evalpanel.domain import pack_checks_bids, pack_checks_criteria
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.numbers import canonical
from evalpanel.domain.pack_findings import Finding, Known, folded, kept, plain_sum, repeated
from evalpanel.domain.people import Role
from evalpanel.domain.quality import quality_plan
from evalpanel.domain.rules import rule_problems, rules_for
from evalpanel.domain.tender import PriceFormula
from evalpanel.errors import EvalPanelError


def check(pack: TenderPack, within: TenderPack | None = None) -> tuple[Finding, ...]:
    """Everything that does not hold in `pack`, at once; empty for a sound pack.

    `within`: the tender's own pack, where `pack` brings more to a tender that is already held (bids, prices); its codes
    are known, too. A pack without a tender and without `within` is checked by itself: what it names and does not hold
    is left to whoever knows the tender.
    """
    known = Known.of(pack, *((within,) if within is not None else ()))
    knows_tender = pack.tender is not None or within is not None
    findings: list[Finding] = []
    findings += _codes(pack, within)
    if pack.tender is not None:
        findings += _presence(pack)
        findings += _tender(pack)
    if knows_tender:
        findings += pack_checks_criteria.references(pack, known)
        findings += pack_checks_bids.references(pack, known)
    findings += pack_checks_criteria.structure(pack)
    findings += pack_checks_bids.check(pack, within)
    findings += _panel(pack)
    findings += _documents(pack)
    if pack.tender is not None and not any(finding.stops for finding in findings):
        findings += _outcome_possible(pack)
    return tuple(dict.fromkeys(findings))


def _codes(pack: TenderPack, within: TenderPack | None) -> Iterator[Finding]:
    yield from repeated("Authorities", "authority", [authority.authority for authority in pack.authorities])
    yield from repeated("Lots", "lot", [lot.lot for lot in pack.lots])
    yield from repeated("Stages", "stage", [stage.stage for stage in pack.stages])
    yield from repeated("Outcomes", "outcome", [outcome.outcome for outcome in pack.outcomes])
    yield from repeated("Criteria", "criterion", [criterion.criterion for criterion in pack.criteria])
    yield from repeated("Bidders", "bidder", [bidder.bidder for bidder in pack.bidders])
    yield from repeated("Clarifications", "number", [clarification.number for clarification in pack.clarifications])
    yield from repeated("Panel", "person", [member.person for member in pack.panel])
    yield from repeated("Documents", "path", [document.path for document in pack.documents])
    held = {folded(bidder.bidder): bidder for bidder in within.bidders} if within else {}
    for row, bidder in enumerate(pack.bidders):
        other = held.get(folded(bidder.bidder))
        if other is not None and other != bidder:
            what = f"{bidder.bidder} is held already for {other.name}, with other particulars."
            yield Finding("Bidders", row, "bidder", what)
    for row, criterion in enumerate(pack.criteria):
        if folded(criterion.criterion) in ("all", "none"):
            yield Finding(
                "Criteria", row, "criterion", "all and none cannot be codes: the Panel sheet gives them a meaning."
            )


def _presence(pack: TenderPack) -> Iterator[Finding]:
    if not pack.lots:
        yield Finding("Lots", None, "lot", "there is no lot; one is missing.", needs=("Lots",))
    if not pack.criteria:
        yield Finding("Criteria", None, "criterion", "the criteria are missing.", needs=("Criteria",))
    if not pack.scales:
        yield Finding("Scale", None, "scale", "the scale is missing.", needs=("Scale",))


def _tender(pack: TenderPack) -> Iterator[Finding]:
    tender = pack.tender
    assert tender is not None
    total = plain_sum((tender.quality_weighting, tender.price_weighting))
    if total != 100:
        what = f"quality and price weighting add up to {canonical(total)}, not to 100."
        yield Finding("Tender", None, "price_weighting", what, needs=("Tender",))
    if len(tender.currency) != 3 or not (tender.currency.isascii() and tender.currency.isalpha()):
        yield Finding("Tender", None, "currency", "is not a currency code of three letters, such as GBP.")
    yield from _method(pack)
    if tender.quorum is not None and pack.panel:
        members = sum(member.has(Role.PANEL_MEMBER) for member in pack.panel)
        if tender.quorum > members:
            what = f"the quorum is {tender.quorum}, but the panel has {members} panel members."
            yield Finding("Tender", None, "quorum", what, needs=("Panel",))
    names = {folded(authority.authority) for authority in pack.authorities}
    if names and folded(tender.authority) not in names:
        what = f"{tender.authority} is not among the Authorities."
        yield Finding("Tender", None, "authority", what, stops=False, needs=("Authorities",))


def _method(pack: TenderPack) -> Iterator[Finding]:
    """Weightings and price formula of the tender as each lot takes them over, told at the lot where it differs."""
    tender = pack.tender
    assert tender is not None
    told: set[tuple[str, str]] = set()
    for row, lot in enumerate(pack.lots):
        own_weighting = lot.quality_weighting is not None or lot.price_weighting is not None
        quality = tender.quality_weighting if lot.quality_weighting is None else lot.quality_weighting
        price = tender.price_weighting if lot.price_weighting is None else lot.price_weighting
        if own_weighting and plain_sum((quality, price)) != 100:
            column = "quality_weighting" if lot.price_weighting is None else "price_weighting"
            what = f"quality and price weighting of lot {lot.lot} add up to {canonical(plain_sum((quality, price)))}, not to 100."
            yield Finding("Lots", row, column, what, needs=("Tender",))
        formula = lot.price_formula or tender.price_formula
        own = own_weighting or lot.price_formula is not None
        for field, what in _formula_needs(pack, formula, price, tender.budget if lot.budget is None else lot.budget):
            of_lot = own and field in ("price_formula", "price_weighting", "budget")
            if not of_lot and (field, what) in told:
                continue
            told.add((field, what))
            where = f" (lot {lot.lot})" if of_lot else ""
            yield Finding(
                "Lots" if of_lot else "Tender", row if of_lot else None, field, f"{what}{where}.", needs=("Tender",)
            )


def _outcome_possible(pack: TenderPack) -> Iterator[Finding]:
    """What the arithmetic of the outcome would refuse and no check above has named: better now than after scoring."""
    assert pack.tender is not None
    for row, lot in enumerate(pack.lots):
        for problem in rule_problems(rules_for(pack.tender, lot)):
            yield Finding("Lots", row, "lot", problem)
        try:
            quality_plan(pack.criteria, pack.scales, lot, pack.tender)
        except EvalPanelError as error:
            yield Finding("Lots", row, "lot", error.title)


def _formula_needs(
    pack: TenderPack, formula: PriceFormula | None, price: Decimal, budget: Decimal | None
) -> Iterator[tuple[str, str]]:
    """What the price formula lacks, as (field, words)."""
    tender = pack.tender
    assert tender is not None
    if formula is None and price > 0:
        yield "price_formula", "is missing: price carries a weighting"
    if formula is PriceFormula.F11 and price != 0:
        yield "price_weighting", f"is {canonical(price)}, but with a published budget (F11) price carries no weighting"
    if formula is PriceFormula.F11 and (budget is None or budget <= 0):
        yield "budget", "is missing: F11 needs the published budget, above zero"
    if formula is PriceFormula.F4:
        if tender.price_lower is None or tender.price_upper is None:
            yield "price_lower" if tender.price_lower is None else "price_upper", "is missing: F4 needs both bounds"
        elif not 0 <= tender.price_lower < tender.price_upper:
            yield "price_upper", "F4 needs a lower bound that is below the upper one, neither of them negative"
    if formula is PriceFormula.F8 and (tender.value_per_point is None or tender.value_per_point <= 0):
        yield "value_per_point", "is missing: F8 needs what a point of quality is worth, above zero"


def _panel(pack: TenderPack) -> Iterator[Finding]:
    known = {folded(member.person) for member in pack.panel}
    for row, member in enumerate(pack.panel):
        if member.since and member.until and member.until < member.since:
            yield Finding("Panel", row, "until", "lies before the first day (from).")
        if member.replaces is not None:
            if folded(member.replaces) not in known or member.replaces == member.person:
                what = f"names the person {member.replaces}, who is not another person of the Panel."
                yield Finding("Panel", row, "replaces", what, needs=("Panel",))
            else:
                yield kept("Panel", row, "replaces")
        if member.criteria and not member.has(Role.PANEL_MEMBER):
            what = "names criteria, but the person is no panel-member and scores nothing."
            yield Finding("Panel", row, "criteria", what, stops=False)
        if member.criteria == () and member.has(Role.PANEL_MEMBER):
            yield Finding("Panel", row, "criteria", "says none, so this panel member scores nothing.", stops=False)
    if not pack.panel:
        if pack.tender is not None:
            yield Finding(
                "Panel", None, "person", "the panel is missing; nobody can score yet.", stops=False, needs=("Panel",)
            )
        return
    officers = sum(member.has(Role.OFFICER) for member in pack.panel)
    if officers != 1:
        what = "names no officer." if not officers else f"names {officers} officers; one is expected."
        yield Finding("Panel", None, "role", what, stops=False, needs=("Panel",))
    if not any(member.has(Role.CHAIR) for member in pack.panel):
        yield Finding("Panel", None, "role", "names no chair.", stops=False, needs=("Panel",))
    if not any(member.has(Role.PANEL_MEMBER) for member in pack.panel):
        yield Finding("Panel", None, "role", "names no panel member: nobody can score.", stops=False, needs=("Panel",))


def _documents(pack: TenderPack) -> Iterator[Finding]:
    for row, document in enumerate(pack.documents):
        parts = document.path.split("/")
        drive = len(parts[0]) > 1 and parts[0][1] == ":"
        if "\\" in document.path:
            yield Finding("Documents", row, "path", "has a backslash; write folders with / between them.")
        elif document.path.startswith("/") or drive or any(part in ("", ".", "..") for part in parts):
            yield Finding("Documents", row, "path", "must be relative to the workbook, without . or .. in it.")
        elif any(ord(sign) < 32 for sign in document.path):
            yield Finding("Documents", row, "path", "holds control characters.")
