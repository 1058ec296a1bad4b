"""A letter as plain text: everything that it says, in the order in which it is read, for any program and any device."""

from __future__ import annotations

from evalpanel.domain.letter import (
    Bars,
    Block,
    Explanation,
    Facts,
    FeedbackLetter,
    Items,
    Paragraph,
    ScaleDots,
    Section,
    Table,
)


def plain_text(letter: FeedbackLetter, note: str = "") -> str:
    """The letter; `note` stands at its head. Lines are as long as they are: each reader breaks them itself."""
    head = letter.letterhead
    made = [
        note,
        "\n".join(head.names(letter.authority)),
        "\n".join((*head.address, *head.contact)),
        "\n".join(letter.addressee),
    ]
    made += [_facts(letter.facts), _headed(letter.title, "="), letter.salutation]
    made += [_block(block) for block in letter.opening]
    for part in letter.body:
        made += _section(part)
    who = ", ".join(part for part in (letter.signatory.name, letter.signatory.role) if part.strip())
    made += [letter.closing, who, letter.check]
    for part in letter.annex:
        made += _section(part)
    made.append(head.footer)
    return "\n\n".join(text.strip() for text in made if text.strip()) + "\n"


def _headed(text: str, line: str) -> str:
    return f"{text}\n{line * min(len(text), 72)}"


def _section(part: Section) -> list[str]:
    made = [_headed(part.heading, "-")]
    for block in part.blocks:
        told = _block(block)
        # A table that is called what its section is called says so once.
        made.append(told.removeprefix(f"{part.heading}\n\n") if isinstance(block, Table) else told)
    return made


def _block(block: Block) -> str:
    match block:
        case Paragraph():
            return block.text
        case Items():
            return "\n".join(
                f"{f'{number}.' if block.numbered else '-'} {text}" for number, text in enumerate(block.items, 1)
            )
        case Facts():
            return _facts(block)
        case Table():
            return "\n\n".join((block.title, *(text for row in block.rows if (text := _row(block, row.cells)))))
        case Explanation():
            return "\n\n".join((block.title, block.facts, *(paragraph.text for paragraph in block.paragraphs)))
        case Bars():
            return "\n".join((block.title, *(f"{bar.label}: {bar.words}" for bar in block.bars)))
        case ScaleDots():
            return "\n".join((block.title, *(f"{row.label}: {row.words}" for row in block.rows)))


def _facts(facts: Facts) -> str:
    return "\n".join(f"{label}: {value}" for label, value in facts.rows)


def _row(table: Table, cells: tuple[str, ...]) -> str:
    told = zip((column.title for column in table.columns), cells, strict=True)
    return "\n".join(f"{title}: {cell}" for title, cell in told if cell.strip())
