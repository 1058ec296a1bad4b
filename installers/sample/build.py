"""Builds resources/sample/ from the sources beside this file: `.venv/bin/python installers/sample/build.py`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import books
import evidence
import sources

TARGET = Path(__file__).resolve().parents[2] / "resources" / "sample"

# The sheets of tender.xlsx after Tender, with their columns.
COLUMNS = {
    "Authorities": "authority role decision_maker delegation decided_on call_in_ends signatory",
    "Lots": ("lot title value authorities awards budget budget_basis quality_weighting price_weighting price_formula"),
    "Outcomes": "outcome title description indicator",
    "Criteria": (
        "criterion parent lot stage title kind evidence limit weighting scale minimum outcome guidance members"
    ),
    "Scale": "scale value name descriptor",
    "Bidders": "bidder name kind scheme identifier address email sme value_driven",
    "Members": "bidder name role scheme identifier",
    "Bids": "bid bidder lot variant_of received status reason decided_by",
    "Prices": "bidder lot kind item year quantity unit_price amount",
    "Clarifications": "number bidder lot criterion asked question answered answer document scored",
    "Panel": "person name role from until replaces kind organisation declared criteria",
    "Documents": "path bidder lot criterion envelope title",
}
SHEET = ("lot", "bid", "criterion", "status", "score", "rationale", "improvements", "working_note")
# Who was present when a line was agreed, unless the line says otherwise. The finance specialist is recused from lot 2.
PRESENT = {"L1": "CH1 PM1 TS1 YE1 FI1", "L2": "CH1 PM1 TS1 YE1"}
MODERATED = ("lot", "bid", "criterion", "score", *sources.TEXTS)


def file_path(bidder: str, file: sources.Row) -> str:
    """Where a file of a bid lies in the pack, as a portal would export it."""
    return f"bids/{bidder}/{file['criterion']} {file['name']}.{file['format']}"


Sheets = dict[str, tuple[tuple[str, ...], list[dict[str, books.Cell]]]]


def tender_sheets(tender: dict[str, list[sources.Row]]) -> Sheets:
    """All sheets of tender.xlsx."""
    documents: list[dict[str, books.Cell]] = [
        {"path": one["path"], "envelope": "common", "title": one["title"]} for one in tender["tender_files"]
    ]
    for bidder in tender["bidders"]:
        for file in tender["files"]:
            documents.append(
                {
                    "path": file_path(bidder["bidder"], file),
                    "bidder": bidder["bidder"],
                    "criterion": file["criterion"],
                    "envelope": file["envelope"],
                    "title": file["name"],
                }
            )
    sheets: Sheets = {}
    for title, columns in COLUMNS.items():
        if title == "Documents":
            rows = documents
        elif title == "Prices":
            rows = [dict(row) for row in sources.price_rows()]
        else:
            rows = [dict(row) for row in tender[title.lower()]]
        if title == "Bids":
            rows = [{"bid": row["bidder"], **row} for row in rows]
        sheets[title] = (tuple(columns.split()), rows)
    return sheets


def build_workbooks(tender: dict[str, list[sources.Row]], fields: sources.Row) -> None:
    """tender.xlsx, the score sheets of five people, and the moderated scores."""
    lead: Sheets = {"Tender": (("field", "value"), [{"field": name, "value": value} for name, value in fields.items()])}
    books.write_workbook(TARGET / "pack" / "tender.xlsx", {**lead, **tender_sheets(tender)})
    lines = [line for bid in dict.fromkeys(row["bidder"] for row in tender["bids"]) for line in sources.lines_of(bid)]
    lines.sort(key=lambda line: line.lot)
    for person in (row["person"] for row in tender["panel"]):
        sheet: list[dict[str, books.Cell]] = []
        for line in lines:
            if person in line.scores:
                score, rationale, improvements, note = line.scores[person]
                about = {
                    "lot": line.lot,
                    "bid": line.bid,
                    "criterion": line.criterion,
                    "status": "scored",
                    "score": score,
                }
                sheet.append({**about, "rationale": rationale, "improvements": improvements, "working_note": note})
        if sheet:
            books.write_workbook(TARGET / "scores" / f"{person}.xlsx", {"Scores": (SHEET, sheet)})
    moderated: list[dict[str, books.Cell]] = []
    for line in lines:
        if line.agreed:
            about = {"lot": line.lot, "bid": line.bid, "criterion": line.criterion, "score": line.agreed.level}
            moderated.append({**about, "present": PRESENT[line.lot], **line.agreed.texts})
    books.write_workbook(TARGET / "moderated.xlsx", {"Moderated": (MODERATED, moderated)})


def build_documents(tender: dict[str, list[sources.Row]], fields: sources.Row) -> None:
    """The specification, the evaluation guide, and every bid's files."""
    import papers

    heads = {row["criterion"]: row for row in tender["criteria"]}
    for one in tender["tender_files"]:
        text = sources.blocks((sources.HERE / "documents" / one["source"]).read_text(encoding="utf-8"))
        papers.write_guide(TARGET / "pack" / one["path"], one["title"], fields, text)
    for bidder in tender["bidders"]:
        held = sources.answers(bidder["bidder"])
        for file in tender["files"]:
            code = file["criterion"]
            wanted = [key for key in held if key == code or heads[key].get("parent") == code]
            parts = [papers.Answer(heads[key], held[key]) for key in wanted]
            form = papers.Form(bidder, fields, f"{code}  {file['name']}", tuple(parts))
            papers.write_form(TARGET / "pack" / file_path(bidder["bidder"], file), form)


def main() -> int:
    """Build all of resources/sample afresh."""
    whole = sources.tables("tender.toml")
    fields: sources.Row = whole.pop("tender")
    if TARGET.exists():
        shutil.rmtree(TARGET)
    TARGET.mkdir(parents=True)
    shutil.copyfile(sources.HERE / "story.toml", TARGET / "story.toml")
    build_workbooks(whole, fields)
    build_documents(whole, fields)
    evidence.build(TARGET)
    return 0


if __name__ == "__main__":
    sys.exit(main())
