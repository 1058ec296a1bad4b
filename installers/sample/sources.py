"""Reads the sources of the sample tender: tables in TOML, answers and guides in Markdown, scores in a short notation."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of running text: `kind` is `heading`, `text`, `bullet`, `number` or `table` (then `rows` holds its cells)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(slots=True)
class Agreed:
    """One moderated line: the level that the panel agreed, and the texts about it by column name."""

    level: str
    texts: Row = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """All that was said about one bid, in one lot, on one criterion: by each person, and by the panel together."""

    lot: str
    bid: str
    criterion: str
    scores: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    agreed: Agreed | None = None


def tables(name: str) -> dict[str, Any]:
    """A TOML source as it stands."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def blocks(text: str) -> tuple[Block, ...]:
    """Markdown of our small dialect: paragraphs, `##` headings, `-` and `1.` lists, and tables with a head row."""
    found: list[Block] = []
    for piece in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in piece.splitlines() if line.strip()]
        if not lines:
            continue
        if lines[0].startswith("## "):
            found.append(Block("heading", lines[0][3:]))
            lines = lines[1:]
        if not lines:
            continue
        if lines[0].startswith("|"):
            rows = tuple(tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines)
            found.append(Block("table", rows=tuple(row for row in rows if set("".join(row)) - set("-: "))))
        elif lines[0].startswith("- ") or re.match(r"\d+\. ", lines[0]):
            kind = "bullet" if lines[0].startswith("- ") else "number"
            found.extend(Block(kind, item) for item in _items(lines))
        else:
            found.append(Block("text", " ".join(lines)))
    return tuple(found)


def _items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        start = re.match(r"(?:-|\d+\.) ", line)
        if start:
            items.append(line[start.end() :])
        else:
            items[-1] += " " + line
    return items


def answers(bidder: str) -> dict[str, tuple[Block, ...]]:
    """A bidder's answers by criterion code, from `bids/<code>.md`, where `# 1.1` begins one."""
    text = (HERE / "bids" / f"{bidder}.md").read_text(encoding="utf-8")
    pieces = re.split(r"^# (\S+)\s*$", text, flags=re.MULTILINE)
    return {code: blocks(body) for code, body in zip(pieces[1::2], pieces[2::2], strict=True)}


TEXTS = (
    "reasons",
    "disclosable_reasons",
    "withheld_why",
    "not_higher",
    "differences",
    "improvements",
    "present",
    "dissent",
)


def lines_of(bidder: str) -> list[Line]:
    """The lines of `scores/<code>.md`.

    `# L1 1.1` begins a line, `CH1 4 | rationale | improvements | working note` is one person's score, `= 4` the agreed
    level, and `reasons: …` and its like the texts that go with it. A text may run on over several lines.
    """
    found: list[Line] = []
    for raw in _unwrapped((HERE / "scores" / f"{bidder}.md").read_text(encoding="utf-8")):
        if raw.startswith("# "):
            lot, criterion = raw[2:].split()
            found.append(Line(lot, bidder, criterion))
        elif raw.startswith("= "):
            found[-1].agreed = Agreed(raw[2:].strip())
        elif person := re.match(r"([A-Z]{2}\d) (\d) \| ", raw):
            parts = [part.strip() for part in raw[person.end() :].split("|")]
            rationale, improvements, note = (*parts, "", "")[:3]
            if person[1] in found[-1].scores or len(parts) > 3:
                raise SystemExit(
                    f"scores/{bidder}.md, {found[-1].lot} {found[-1].criterion}: look at the line of {person[1]}"
                )
            found[-1].scores[person[1]] = (person[2], rationale, improvements, note)
        else:
            name, _, text = raw.partition(": ")
            agreed = found[-1].agreed
            if name not in TEXTS or agreed is None or name in agreed.texts:
                raise SystemExit(
                    f"scores/{bidder}.md, {found[-1].lot} {found[-1].criterion}: cannot place {raw[:60]!r}"
                )
            agreed.texts[name] = text.strip()
    return found


def _unwrapped(text: str) -> list[str]:
    starts = re.compile(r"# |= |[A-Z]{2}\d \d \| |(?:" + "|".join(TEXTS) + "): ")
    whole: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        if starts.match(line):
            whole.append(line.rstrip())
        else:
            whole[-1] += " " + line.strip()
    return whole


def price_rows() -> list[dict[str, str | Decimal]]:
    """The sheet `Prices`: one row for each line and year, the amount being quantity times unit price."""
    years = ("2027/28", "2028/29", "2029/30")
    rows: list[dict[str, str | Decimal]] = []
    for schedule in tables("prices.toml")["schedules"]:
        for kind, item, *figures in schedule["lines"]:
            for year, quantity, unit in zip(years, figures[0::2], figures[1::2], strict=True):
                amount = Decimal(quantity) * Decimal(unit)
                if amount != amount.quantize(Decimal("0.01")):
                    raise SystemExit(f"prices.toml: {item}, {year}: {amount} is not whole pence")
                rows.append(
                    {
                        "bidder": schedule["bidder"],
                        "lot": schedule["lot"],
                        "kind": kind,
                        "item": item,
                        "year": year,
                        "quantity": Decimal(quantity),
                        "unit_price": Decimal(unit),
                        "amount": amount.quantize(Decimal("0.01")),
                    }
                )
    return rows
