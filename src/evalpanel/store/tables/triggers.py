"""The triggers of the store, in one list: what may never be changed, whatever the code above does.

Alembic's batch mode silently drops triggers; `migrate.py` makes them again from this list, and a test compares.
"""

from __future__ import annotations

INSERT_ONLY = (
    "absence",
    "affirmation",
    "audit",
    "award_decision",
    "award_notice",
    "blind_code",
    "blind_name",
    "certificate",
    "cited_head",
    "confirmation",
    "contract",
    "declaration",
    "document",
    "envelope",
    "feedback",
    "freeze",
    "hold",
    "incarnation",
    "installation",
    "interest_decision",
    "interest_match",
    "lesson",
    "lesson_done",
    "letter",
    "letter_approval",
    "letter_days",
    "letter_exception",
    "letter_rule",
    "letter_sent",
    "letterhead",
    "low_price",
    "missing_assent",
    "moderated_score",
    "names_release",
    "paper_key",
    "parcel",
    "parcel_part",
    "preflight_acceptance",
    "preflight_look",
    "price_line",
    "price_opening",
    "record_ending",
    "release",
    "replacement",
    "reply",
    "report",
    "revocation",
    "ruling",
    "score",
    "set_aside",
    "sign_off",
    "succession",
    "told_recusal",
    "wording",
)
"""Tables in which every version is kept: rows are added, never changed and never taken away."""

FROZEN = ("lot", "outcome", "criterion", "level")
"""Tables that never change once the tender's criteria are frozen."""

TERMS = (
    "tender_id",
    "loaded_at",
    "reference",
    "title",
    "authority",
    "regime",
    "quality_weighting",
    "price_weighting",
    "price_formula",
    "procedure",
    "deadline",
    "notice_id",
    "quorum",
    "no_consensus",
    "section_weightings",
    "price_lower",
    "price_upper",
    "value_per_point",
    "budget",
    "currency",
    "rounding",
    "places",
    "tie_rule",
    "blind",
    "compare_bids",
    "term_months",
    "extension_months",
    "full_criteria_at",
)
"""Columns of the tender that are frozen with its criteria: all that was published. Only the stage moves on."""


def statements() -> dict[str, str]:
    """The name of each trigger, and the statement that makes it."""
    made: dict[str, str] = {}
    for table in INSERT_ONLY:
        for verb in ("update", "delete"):
            name = f"tr_{table}_no_{verb}"
            made[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
            )
    for table in FROZEN:
        # A row may neither leave a tender that is frozen nor come into one.
        for verb, rows in (("insert", ("NEW",)), ("update", ("OLD", "NEW")), ("delete", ("OLD",))):
            name = f"tr_{table}_frozen_{verb}"
            tenders = ", ".join(f"{row}.tender_id" for row in rows)
            made[name] = (
                f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM freeze WHERE freeze.tender_id IN ({tenders})) "
                f"BEGIN SELECT RAISE(ABORT, 'the criteria of this tender are frozen'); END"
            )
    terms = ", ".join(TERMS)
    for name, when in (("update", f"UPDATE OF {terms}"), ("delete", "DELETE")):
        made[f"tr_tender_frozen_{name}"] = (
            f"CREATE TRIGGER tr_tender_frozen_{name} BEFORE {when} ON tender "
            "WHEN EXISTS (SELECT 1 FROM freeze WHERE freeze.tender_id = OLD.tender_id) "
            "BEGIN SELECT RAISE(ABORT, 'the criteria of this tender are frozen'); END"
        )
    return made
