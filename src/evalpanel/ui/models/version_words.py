"""The versions of an answer in words: what each said, and what it changed."""

from __future__ import annotations

from evalpanel.domain.numbers import canonical
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import Score, ScoreStatus
from evalpanel.services.reading import Version
from evalpanel.ui.models.words import count, uk_time

_STATUS = {
    ScoreStatus.BLANK: "No score",
    ScoreStatus.NOT_APPLICABLE: "Not applicable",
    ScoreStatus.ABSTAINED: "Abstained",
    ScoreStatus.RECUSED: "Recused",
}


def answer_words(score: Score, scale: Scale | None) -> str:
    """An answer in a few words: `4 Good`, `Abstained`, `Explained`."""
    if score.status is not ScoreStatus.SCORED:
        return _STATUS[score.status]
    if score.value is None:
        return "Explained"
    level = scale.level(score.value) if scale is not None else None
    return f"{canonical(score.value)} {level.name if level is not None else ''}".strip()


def changes(before: Score | None, after: Score, scale: Scale | None) -> str:
    """What a version changed: `score was 3 Fair, reason changed`; of the first what it began with."""
    if before is None:
        return "first version"
    found = []
    if (before.status, before.value) != (after.status, after.value):
        found.append(f"score was {answer_words(before, scale)}")
    for name, was, now in (
        ("reason", before.rationale, after.rationale),
        ("improvements", before.improvements, after.improvements),
        ("working note", before.working_note, after.working_note),
    ):
        if was != now:
            found.append(f"{name} {'written' if not was else 'taken away' if not now else 'changed'}")
    if before.evidence != after.evidence:
        more = len(after.evidence) - len(before.evidence)
        found.append(
            "evidence changed"
            if not more
            else f"{count(abs(more), 'piece')} of evidence {'added' if more > 0 else 'taken away'}"
        )
    return ", ".join(found) or "the same words"


def told(versions: tuple[Version, ...], scale: Scale | None) -> tuple[tuple[str, str], ...]:
    """Each version (the newest first) in two lines: which, when and what it says; then what it changed."""
    lines = []
    for at, one in enumerate(versions):
        before = versions[at + 1].score if at + 1 < len(versions) else None
        name = f"Version {one.revision}{', now' if at == 0 else ''}"
        first = f"{name} · {uk_time(one.at, short=True)} · {answer_words(one.score, scale)}"
        lines.append((first, changes(before, one.score, scale)))
    return tuple(lines)
