"""The terms of a tender in an OCDS file: who buys what, in which lots, until when; and the documents that are named."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from evalpanel.domain.numbers import canonical
from evalpanel.domain.ocds_gaps import NamedDocument
from evalpanel.domain.pack_findings import folded
from evalpanel.domain.tender import Authority, Lot, LotCode
from evalpanel.formats.ocds_json import At
from evalpanel.formats.ocds_parts import Parts, code_for, quoted
from evalpanel.formats.ocds_values import instant

_MOST_LOTS = 1_000
_LONGEST_LOT = 20
"""Longer ids (32 hexadecimal digits, say) are no codes that people can use."""
_NOTICE = re.compile(r"[0-9]{6}-[0-9]{4}\Z")
_OVER = ("cancelled", "unsuccessful", "withdrawn", "complete")
_METHODS = {"open": "Open", "selective": "Selective", "limited": "Limited", "direct": "Direct"}
_READ = frozenset(
    [
        "id",
        "title",
        "description",
        "status",
        "statusDetails",
        "procurementMethod",
        "procurementMethodDetails",
        "tenderPeriod",
        "value",
        "minValue",
        "contractPeriod",
        "lots",
        "items",
        "documents",
        "awardCriteria",
        "awardCriteriaDetails",
        "criteria",
        "selectionCriteria",
        "exclusionGrounds",
        "lotGroups",
        "tenderers",
        "numberOfTenderers",
        "procuringEntity",
        "enquiries",
        "legalBasis",
        "specialRegime",
        "tenderID",
        "features",
        "bids",
        "awards",
        "questions",
        "procurementMethodType",
        "submissionMethod",
    ]
)


def read_terms(parts: Parts, ocid: str, release: At, tender: At) -> None:
    """Reference, title, authority, procedure, deadline, term and what has to be asked of the sheet `Tender`."""
    notes = parts.notes
    number = notes.line(tender.get("id"))
    if not number:
        notes.tell(tender, "has no id.")
    parts.texts["reference"] = number or ocid
    parts.texts["title"] = notes.line(tender.get("title")) or notes.line(release.get("title"))
    status = notes.line(tender.get("status")).casefold()
    if status in _OVER:
        notes.tell(tender.get("status"), f"is {status}: this tender is over as far as the file knows.")
    elif status in ("planning", "planned"):
        notes.tell(tender.get("status"), f"is {status}: the tender was not published yet when this was written.")
    if text := notes.line(tender.get("description")):
        what = f"is a text, for which a workbook has no place: {quoted(text, 1_000)}"
        notes.tell(tender.get("description"), what)
    _authority(parts, release, tender)
    details = notes.line(tender.get("procurementMethodDetails"))
    method = notes.line(tender.get("procurementMethod"))
    parts.texts["procedure"] = details or _METHODS.get(method.casefold(), method)
    _deadline(parts, tender)
    _notice(parts, ocid, tender)
    _ask_terms(parts, tender)
    _unread(parts, tender)


def _authority(parts: Parts, release: At, tender: At) -> None:
    """Who leads: the procuring entity, who manages the procurement; else the buyer. Further buyers are joint."""
    entity = parts.party(release, tender.get("procuringEntity"))
    buyer = parts.party(release, release.get("buyer"))
    joint = [at for at in parts.notes.objects(release.get("parties")) if "buyer" in parts.notes.texts(at.get("roles"))]
    distinct: dict[str, str] = {}
    for at in (entity, buyer, *joint):
        if name := _party_name(parts, at):
            distinct.setdefault(folded(name), name)
    if not distinct:
        parts.texts["authority"] = ""
        return
    lead, *others = distinct.values()
    parts.texts["authority"] = lead
    if others:
        parts.authorities.append(Authority(lead))
        parts.authorities += [Authority(name, "joint") for name in others[:200]]
        what = f"names {len(distinct)} authorities; {quoted(lead, 60)} was taken as the lead and the others as joint."
        parts.notes.tell(release.get("buyer"), what)
        parts.ask("Authorities", 0, "role", "Check which authority leads: the file names several.")


def _party_name(parts: Parts, at: At) -> str:
    return parts.notes.line(at.get("name")) or parts.notes.line(at.get("identifier").get("legalName"))


def _deadline(parts: Parts, tender: At) -> None:
    at = tender.get("tenderPeriod").get("endDate")
    parts.deadline = parts.notes.moment(at)
    if parts.deadline is None:
        parts.ask("Tender", None, "deadline", "The file gives no date and time until which bids could be made.")
    elif isinstance(at.value, str) and "T00:00" in at.value.upper():
        parts.notes.tell(at, "is midnight, as files write a date whose hour they do not know. Check the hour.")
        why = "The file says midnight, which may stand for an hour that it does not know. Check it."
        parts.ask("Tender", None, "deadline", why)


def _notice(parts: Parts, ocid: str, tender: At) -> None:
    """The number of the notice, where a document is one with a number of Find a Tender; else the ocid, to be checked."""
    for at in tender.get("documents").elements():
        number = at.get("id").value
        if at.get("documentType").value == "tenderNotice" and isinstance(number, str) and _NOTICE.match(number):
            parts.texts["notice_id"] = number
            return
    parts.texts["notice_id"] = ocid
    if ocid:
        why = "This is the number of the whole process. Give the notice's own number where it has another."
        parts.ask("Tender", None, "notice_id", why)


def _ask_terms(parts: Parts, tender: At) -> None:
    legal = parts.notes.line(tender.get("legalBasis").get("id"))
    special = ", ".join(parts.notes.texts(tender.get("specialRegime")))
    hint = "".join(
        (
            f" The file names the legal basis {quoted(legal, 40)}." if legal else "",
            f" It says {special[:60]}." if special else "",
        )
    )
    asked = (
        ("regime", f"OCDS does not say which of the regimes a tender runs under.{hint} Choose from the list."),
        ("quality_weighting", "The file gives no exact weighting for quality. With price it makes 100."),
        ("price_weighting", "The file gives no exact weighting for price; 0 if price does not count."),
        ("price_formula", "OCDS has no price formulas. Needed where price counts: as published, F1 to F11."),
        ("quorum", "OCDS says nothing of the panel. How many members must be present to agree a score?"),
        ("no_consensus", "What was published for the case that the panel cannot agree?"),
        ("rounding", "The published rounding rule; once if empty."),
        ("tie_rule", "What was published for equal totals?"),
        ("full_criteria_at", "Where are the full criteria and the method published? Letters point there."),
    )
    for field, why in asked:
        parts.ask("Tender", None, field, why)
    parts.ask("Panel", None, "person", "OCDS knows no panel. Give its people, with an officer and a chair.")
    parts.ask("Scale", None, "scale", "OCDS has no scales. Give every level of the published scale.")
    parts.ask("Criteria", None, "criterion", "The file lists no award criteria. Give the published ones.")


def _unread(parts: Parts, tender: At) -> None:
    names = [name for name, at in tender.members() if name not in _READ and at.value not in (None, "", [], {})]
    if names:
        shown = ", ".join(sorted(names)[:30])
        parts.notes.tell(tender, f"says more than a tender workbook holds; not taken over: {shown[:600]}.")


def read_lots(parts: Parts, tender: At) -> None:
    """The lots (lots extension). Without any there is one, with the title and the value of the tender."""
    notes = parts.notes
    listed = list(notes.objects(tender.get("lots")))
    value, currency = notes.money(tender.get("value"))
    if value is None and tender.get("minValue").value is not None:
        notes.tell(tender.get("minValue"), "is a least value, and no value stands beside it; it was not taken over.")
    currencies = {currency.upper(): tender.get("value")} if currency else {}
    taken: set[str] = set()
    if len(listed) > _MOST_LOTS:
        notes.tell(tender.get("lots"), f"lists {len(listed):,} lots; the first {_MOST_LOTS:,} were read.")
    for at in listed[:_MOST_LOTS]:
        _lot(parts, at, taken, currencies)
    renamed = [f"{quoted(said, 40)} is {code}" for said, code in parts.lot_of.items() if code not in (said, f"L{said}")]
    if renamed:
        notes.tell(tender.get("lots"), f"have ids that are no short codes: {'; '.join(renamed)[:600]}.")
    if not parts.lots:
        parts.lots.append(Lot(LotCode("L1"), parts.texts.get("title", ""), value))
    elif value is not None:
        _compare_values(parts, tender, value)
    _currency(parts, currencies)
    _periods(parts, tender)


def _lot(parts: Parts, at: At, taken: set[str], currencies: dict[str, At]) -> None:
    notes = parts.notes
    said = notes.line(at.get("id"))
    code = _lot_code(said, len(parts.lots) + 1, taken)
    if not said:
        notes.tell(at, f"has no id; it is called {code} here, by its place.")
    elif said in parts.lot_of:
        notes.tell(at, f"has the id {quoted(said, 40)} of another lot; it is called {code} here.")
    else:
        parts.lot_of[said] = code
    worth, currency = notes.money(at.get("value"))
    if currency:
        currencies.setdefault(currency.upper(), at.get("value"))
        if currency.upper() != next(iter(currencies)):
            worth = None  # an amount in another currency would be read as one in the tender's
    status = notes.line(at.get("status")).casefold()
    if status in ("cancelled", "unsuccessful", "withdrawn"):
        notes.tell(at.get("status"), f"is {status}: lot {code} may not be awarded. Delete its row if so.")
    title = notes.line(at.get("title")) or notes.line(at.get("description"))[:200].rstrip()
    parts.lots.append(Lot(code, title, worth))
    parts.lots_at.append(at)


def _lot_code(said: str, number: int, taken: set[str]) -> LotCode:
    """The lot's id if people can use it as a code; digits alone get an L, so that no file's name holds them by chance."""
    wanted = f"L{said}" if said.isascii() and said.isdigit() else said
    if len(wanted) > _LONGEST_LOT or folded(wanted) in taken:
        wanted = f"L{number}"
    return LotCode(code_for(wanted, taken, "L", _LONGEST_LOT))


def _compare_values(parts: Parts, tender: At, value: Decimal) -> None:
    values = [lot.value for lot in parts.lots]
    if None not in values:
        total = sum((it for it in values if it is not None), Decimal(0))
        if total != value:
            what = f"is {canonical(value)}, but the values of the lots add up to {canonical(total)}."
            parts.notes.tell(tender.get("value"), what)


def _currency(parts: Parts, currencies: dict[str, At]) -> None:
    if len(currencies) > 1:
        second = list(currencies.values())[1]
        shown = ", ".join(currency[:10] for currency in list(currencies)[:5])
        parts.notes.tell(
            second,
            f"is in another currency than the first ({shown}); a tender has one. Such values were not taken over.",
        )
        parts.ask("Tender", None, "currency", f"The file uses several: {shown}.")
    said = next(iter(currencies), "")
    if said and not re.fullmatch("[A-Z]{3}", said):
        parts.notes.tell(
            currencies[said].get("currency"), f"is {said[:20]!r}, which is no currency code of three letters."
        )
        said = ""
    parts.texts["currency"] = said
    if not said:
        parts.ask("Tender", None, "currency", "The file names no currency; GBP if empty.")


def _periods(parts: Parts, tender: At) -> None:
    """The term in whole months, where the file gives its first and last day and they make whole months."""
    periods = [at.get("contractPeriod") for at in parts.lots_at if at.get("contractPeriod").value is not None]
    periods = periods or [tender.get("contractPeriod")]
    terms = {_months(at) for at in periods}
    if len(terms) == 1 and (found := next(iter(terms))) is not None:
        parts.term_months = found
    else:
        days = parts.notes.number(periods[0].get("durationInDays"))
        said = f" The file says {canonical(days)} days." if days is not None else ""
        lots = " The lots differ." if len(terms) > 1 else ""
        parts.ask("Tender", None, "term_months", f"The term in months is not plain from the file.{said}{lots}")


def _months(period: At) -> int | None:
    first, last = _day(period.get("startDate"), end=False), _day(period.get("endDate"), end=True)
    if first is None or last is None or last < first:
        return None
    try:
        after = last + timedelta(days=1)
    except OverflowError:
        return None
    months = (after.year - first.year) * 12 + after.month - first.month
    return months if after.day == first.day and 1 <= months <= 1200 else None


def _day(at: At, *, end: bool) -> date | None:
    """The day as it is written, in its own time zone; a period that ends at 00:00 ends with the day before."""
    if not isinstance(at.value, str) or instant(at.value) is None:
        return None
    written = datetime.fromisoformat(at.value.strip()[:16].upper())
    if end and written.time() == time() and written.date() > date.min:
        return written.date() - timedelta(days=1)
    return written.date()


def read_items(parts: Parts, tender: At) -> None:
    """The items: not kept, since panels score bids and not items; but lots that they name must exist."""
    found = 0
    for at in parts.notes.objects(tender.get("items")):
        found += 1
        number, lot = parts.notes.line(at.get("id")), parts.notes.line(at.get("relatedLot"))
        if not number:
            parts.notes.tell(at, "has no id.")
        else:
            parts.lot_of_item[number] = lot
        if lot:
            parts.of_lots(at.get("relatedLot"), (lot,))
    if found:
        what = f"lists {found:,} item{'s' if found > 1 else ''}. A workbook has no place for items; they were not taken over."
        parts.notes.tell(tender.get("items"), what)


def read_documents(parts: Parts, at: At, belongs_to: str) -> None:
    """The documents that a part of the file names. Their names alone: nothing is fetched."""
    for document in parts.notes.objects(at.get("documents")):
        title = parts.notes.line(document.get("title")) or parts.notes.line(document.get("description"))
        if not title:
            title = parts.notes.line(document.get("documentType")) or "without a title"
        lots = parts.notes.texts(document.get("relatedLots")) + parts.notes.texts(document.get("relatedLot"))
        codes = parts.of_lots(document, lots)
        whose = f"lot {', '.join(codes)}" if codes and belongs_to == "the tender" else belongs_to
        address = parts.notes.line(document.get("url"))[:2_000]
        parts.documents.append(NamedDocument(title[:300], whose, document.where, address))
