"""The sheets and columns of a tender workbook: one list for reading, writing, the template and its instructions.

The names are an interface (docs/formats/workbook.md). A column's `field` is the field of the value that it fills.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from evalpanel.domain.criteria import CriterionKind, MembersEvidence
from evalpanel.domain.people import MemberKind, Role
from evalpanel.domain.tender import (
    OF_DOCUMENTS,
    BidderKind,
    BidStatus,
    MemberRole,
    PriceFormula,
    PriceKind,
    RegimeCode,
    Rounding,
    SectionWeightings,
)


class Kind(Enum):
    """What the cells of a column hold. `LINE` is text of one line, `TEXT` may have several."""

    TEXT = "text"
    LINE = "one line of text"
    CODE = "a code"
    CODES = "codes, separated by spaces"
    CODES_OR_ALL = "codes separated by spaces, or `all`"
    NAMES = "names, separated by semicolons"
    IDENTIFIER = "an identifier"
    NUMBER = "a number"
    PERCENT = "a percentage"
    MONEY = "an amount of money"
    WHOLE = "a whole number"
    DAY = "a date"
    MOMENT = "a date and time (UK time)"
    YES_NO = "yes or no"
    CHOICE = "one of a list"
    CHOICES = "one or more of a list, separated by spaces"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `hint` says in a sentence what it means to the person who fills it in.

    `key`: without it a row cannot be understood at all. `low` and `high` bound whole numbers.
    """

    name: str
    kind: Kind
    hint: str
    field: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    key: bool = False
    low: int = 0
    high: int = 100_000

    @property
    def target(self) -> str:
        """The field of the value that this column fills."""
        return self.field or self.name


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """One sheet: its columns in the order in which we write them, and what it is for."""

    name: str
    hint: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)


_K = Kind
_FORMULAS = tuple(PriceFormula)

TENDER = SheetColumns(
    "Tender",
    "The tender itself, a field a row: the field's name stands in column A, its value goes into column B.",
    (
        Column("reference", _K.LINE, "The tender's reference, as published.", required=True),
        Column("title", _K.LINE, "The tender's title.", required=True),
        Column("authority", _K.LINE, "The contracting authority that leads the tender.", required=True),
        Column("regime", _K.CHOICE, "The law it runs under.", choices=tuple(RegimeCode), required=True),
        Column("procedure", _K.LINE, "The procedure, in words."),
        Column("deadline", _K.MOMENT, "The last date and time for bids, UK time: 2026-09-18 12:00."),
        Column("notice_id", _K.LINE, "The number of the published notice."),
        Column("quorum", _K.WHOLE, "How many panel members must be present to agree a score.", low=1, high=1000),
        Column("no_consensus", _K.TEXT, "What was published for the case that the panel cannot agree."),
        Column("quality_weighting", _K.PERCENT, "Percentage for quality; with price it makes 100.", required=True),
        Column("price_weighting", _K.PERCENT, "Percentage for price; 0 if price does not count.", required=True),
        Column(
            "section_weightings",
            _K.CHOICE,
            "of-quality: the top-level sections add up to 100; of-total: to the quality weighting.",
            choices=tuple(SectionWeightings),
        ),
        Column("price_formula", _K.CHOICE, "The published way from a price to a score.", choices=_FORMULAS),
        Column("price_lower", _K.MONEY, "F4: the price that earns the full price score."),
        Column("price_upper", _K.MONEY, "F4: the price that earns nothing."),
        Column("value_per_point", _K.MONEY, "F8: what one point of quality is worth."),
        Column("budget", _K.MONEY, "F11: the published budget, which no price may exceed."),
        Column("currency", _K.LINE, "Three letters; GBP if empty."),
        Column("rounding", _K.CHOICE, "Where results are rounded (half up); once if empty.", choices=tuple(Rounding)),
        Column("places", _K.WHOLE, "Decimal places of results; 2 if empty.", low=0, high=6),
        Column("tie_rule", _K.TEXT, "What was published for equal totals."),
        Column("blind", _K.YES_NO, "Whether bidders' names are hidden from the panel; no if empty."),
        Column("compare_bids", _K.YES_NO, "Whether one question may be read across all bids; yes if empty."),
        Column("term_months", _K.WHOLE, "The contract's term in months.", low=1, high=1200),
        Column("extension_months", _K.WHOLE, "Possible extensions in months.", low=0, high=1200),
        Column("full_criteria_at", _K.LINE, "Where the full criteria and method are published."),
    ),
)

AUTHORITIES = SheetColumns(
    "Authorities",
    "The authorities of a joint procurement, and who decides for each.",
    (
        Column("authority", _K.LINE, "The authority's name.", required=True, key=True),
        Column("role", _K.CHOICE, "lead or joint; lead if empty.", choices=("lead", "joint")),
        Column("decision_maker", _K.LINE, "Who decides the award."),
        Column("delegation", _K.TEXT, "Under which delegation."),
        Column("decided_on", _K.DAY, "When the award was decided."),
        Column("call_in_ends", _K.DAY, "When the call-in period ends."),
        Column("signatory", _K.LINE, "Who signs the letters."),
    ),
)

LOTS = SheetColumns(
    "Lots",
    "The lots. Without any there is one lot, L1, titled as the tender. Empty figures are the tender's.",
    (
        Column("lot", _K.CODE, "A short code: L1.", required=True, key=True),
        Column("title", _K.LINE, "The lot's title.", required=True),
        Column("value", _K.MONEY, "Estimated value."),
        Column("authorities", _K.NAMES, "The authorities that take part in this lot; empty: all."),
        Column("awards", _K.WHOLE, "How many bids the lot is awarded to; 1 if empty.", low=1, high=1000),
        Column("budget", _K.MONEY, "The published budget of this lot."),
        Column("budget_basis", _K.CHOICE, "Whether the budget is for the term or a year.", choices=("term", "year")),
        Column("quality_weighting", _K.PERCENT, "Where it differs from the tender's."),
        Column("price_weighting", _K.PERCENT, "Where it differs from the tender's."),
        Column("price_formula", _K.CHOICE, "Where it differs from the tender's.", choices=_FORMULAS),
    ),
)

STAGES = SheetColumns(
    "Stages",
    "Published rounds, after which only some bids go on.",
    (
        Column("stage", _K.LINE, "The stage's name.", required=True, key=True),
        Column("shortlist", _K.WHOLE, "How many bids go on.", low=1, high=10_000),
        Column("by", _K.CHOICE, "By raw or by weighted total.", choices=("raw", "weighted")),
        Column("minimum", _K.NUMBER, "The least total with which a bid goes on."),
    ),
)

OUTCOMES = SheetColumns(
    "Outcomes",
    "The changes for people that the service is bought for.",
    (
        Column("outcome", _K.CODE, "A short code: O1.", required=True, key=True),
        Column("title", _K.LINE, "The outcome in a few words.", required=True),
        Column("description", _K.TEXT, "What it means."),
        Column("indicator", _K.TEXT, "How it can be seen."),
    ),
)

CRITERIA = SheetColumns(
    "Criteria",
    "What bids are scored against, as a tree: sections and their criteria. Criteria without children are scored.",
    (
        Column("criterion", _K.CODE, "A short code: 1.2. Format the column as text.", required=True, key=True),
        Column("parent", _K.CODE, "The code of the section that it belongs to; empty: top level."),
        Column("lot", _K.CODES, "The lots that it applies to; empty: all.", field="lots"),
        Column("stage", _K.LINE, "The stage in which it counts."),
        Column("title", _K.LINE, "The criterion's title.", required=True),
        Column("kind", _K.CHOICE, "What it does to the result; quality if empty.", choices=tuple(CriterionKind)),
        Column(
            "evidence",
            _K.CHOICE,
            "What is scored; written if empty.",
            choices=("written", "presentation", "interview", "visit", "reference"),
        ),
        Column("limit", _K.LINE, "The limit of a response: 500 words."),
        Column("weighting", _K.PERCENT, "Percentage of its parent (top level: see section_weightings)."),
        Column("scale", _K.CODE, "The scale that it is scored on; a condition without one is met or not met."),
        Column("minimum", _K.NUMBER, "The lowest level with which a bid stays in."),
        Column("outcome", _K.CODE, "The outcome that it serves."),
        Column("guidance", _K.TEXT, "What panel members should look for."),
        Column(
            "members",
            _K.CHOICE,
            "Whose experience counts when a consortium answers; no if empty.",
            choices=tuple(MembersEvidence),
        ),
    ),
)

SCALE = SheetColumns(
    "Scale",
    "The published scales, a level a row.",
    (
        Column("scale", _K.CODE, "The scale's code; rows with the same code make one scale.", required=True, key=True),
        Column("value", _K.NUMBER, "What the level is worth.", required=True, key=True),
        Column("name", _K.LINE, "What the level is called.", required=True),
        Column("descriptor", _K.TEXT, "What evidence earns it."),
    ),
)

BIDDERS = SheetColumns(
    "Bidders",
    "The organisations that bid.",
    (
        Column("bidder", _K.CODE, "A short code: B03.", required=True, key=True),
        Column("name", _K.LINE, "The name in full.", required=True),
        Column("kind", _K.CHOICE, "What sort of organisation; company if empty.", choices=tuple(BidderKind)),
        Column("scheme", _K.LINE, "The register: GB-COH, GB-CHC."),
        Column("identifier", _K.IDENTIFIER, "The number in that register, with its leading zeros."),
        Column("address", _K.TEXT, "The postal address that letters go to."),
        Column("email", _K.LINE, "The e-mail address that letters go to."),
        Column("sme", _K.YES_NO, "Whether it is a small or medium-sized enterprise."),
        Column("value_driven", _K.YES_NO, "Whether it is a value-driven (third sector) organisation."),
    ),
)

MEMBERS = SheetColumns(
    "Members",
    "Who takes part in a bidder's bid: consortium members and subcontractors.",
    (
        Column("bidder", _K.CODE, "The bidder's code.", required=True, key=True),
        Column("name", _K.LINE, "The organisation's name.", required=True, key=True),
        Column("role", _K.CHOICE, "Its part; member if empty.", choices=tuple(MemberRole)),
        Column("scheme", _K.LINE, "The register: GB-COH, GB-CHC."),
        Column("identifier", _K.IDENTIFIER, "The number in that register, with its leading zeros."),
    ),
)

BIDS = SheetColumns(
    "Bids",
    "What was received: a bid for a lot a row.",
    (
        Column("bid", _K.CODE, "The bid's code; the bidder's if empty."),
        Column("bidder", _K.CODE, "The bidder's code.", required=True, key=True),
        Column("lot", _K.CODE, "The lot's code; may be empty where there is one lot."),
        Column("variant_of", _K.CODE, "The bid that this one is a variant of."),
        Column("received", _K.MOMENT, "When it was received, UK time: 2026-09-18 11:45."),
        Column("status", _K.CHOICE, "Where it stands; valid if empty.", choices=tuple(BidStatus)),
        Column("reason", _K.TEXT, "Why, where it is not valid."),
        Column("decided_by", _K.LINE, "Who decided so."),
    ),
)

PRICES = SheetColumns(
    "Prices",
    "Price schedules. They are sealed unread until the quality scores are locked.",
    (
        Column("bidder", _K.CODE, "The bidder's code.", required=True, key=True),
        Column("lot", _K.CODE, "The lot's code; may be empty where there is one lot."),
        Column("kind", _K.CHOICE, "Only price lines enter the price score.", choices=tuple(PriceKind), required=True),
        Column("item", _K.LINE, "What is priced.", required=True),
        Column("year", _K.LINE, "The year of the contract, or 2026/27."),
        Column("quantity", _K.NUMBER, "How many."),
        Column("unit_price", _K.MONEY, "The price of one."),
        Column("amount", _K.MONEY, "Quantity times unit price; may be empty where both are given."),
    ),
)

CLARIFICATIONS = SheetColumns(
    "Clarifications",
    "Questions about the tender or a bid, with their answers.",
    (
        Column("number", _K.CODE, "A number or code.", required=True, key=True),
        Column("bidder", _K.CODE, "The bidder's code; empty: all bidders."),
        Column("lot", _K.CODE, "The lot's code."),
        Column("criterion", _K.CODE, "The criterion's code."),
        Column("asked", _K.DAY, "When it was asked."),
        Column("question", _K.TEXT, "The question.", required=True),
        Column("answered", _K.DAY, "When it was answered."),
        Column("answer", _K.TEXT, "The answer."),
        Column("document", _K.LINE, "The document that it is about, or that holds it."),
        Column("scored", _K.YES_NO, "Whether the answer may be scored; no if empty."),
    ),
)

PANEL = SheetColumns(
    "Panel",
    "The people of the tender: officer, chair, panel members, observers.",
    (
        Column("person", _K.CODE, "A short code: PM1.", required=True, key=True),
        Column("name", _K.LINE, "The person's name.", required=True),
        Column("role", _K.CHOICES, "One or more roles.", field="roles", choices=tuple(Role), required=True),
        Column("from", _K.DAY, "The first day.", field="since"),
        Column("until", _K.DAY, "The last day."),
        Column("replaces", _K.CODE, "The person whose place this one took."),
        Column("kind", _K.CHOICE, "Whose view a panel member brings.", choices=tuple(MemberKind)),
        Column("organisation", _K.LINE, "The person's organisation."),
        Column("declared", _K.DAY, "The date of a signed declaration of no interest made on paper."),
        Column("criteria", _K.CODES_OR_ALL, "The criteria that the person scores: codes, or all; all if empty."),
    ),
)

DOCUMENTS = SheetColumns(
    "Documents",
    "The files that come with this workbook. May be left out: folders and file names then say whose they are.",
    (
        Column(
            "path", _K.LINE, "The file, relative to this workbook: bids/B01/1.2 Safety.pdf", required=True, key=True
        ),
        Column("bidder", _K.CODE, "The bidder's code; empty: a document of the tender."),
        Column("lot", _K.CODE, "The lot's code; empty: all."),
        Column("criterion", _K.CODE, "The criterion that it answers; empty: all."),
        Column(
            "envelope",
            _K.CHOICE,
            "Who may open it; for a bidder: price or quality by its name, if empty; else common.",
            choices=OF_DOCUMENTS,
        ),
        Column("title", _K.LINE, "What it is called on the screen."),
    ),
)

SHEETS = (
    TENDER,
    AUTHORITIES,
    LOTS,
    STAGES,
    OUTCOMES,
    CRITERIA,
    SCALE,
    BIDDERS,
    MEMBERS,
    BIDS,
    PRICES,
    CLARIFICATIONS,
    PANEL,
    DOCUMENTS,
)
README_SHEET = "Read me"
HINT_COLUMN = "hint"
