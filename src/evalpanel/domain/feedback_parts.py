"""The parts of a feedback letter: scores, explanations, the most advantageous tender, method, annex.

Only `best_tenders` looks at another bid, and it reads four things of it: name, scores, points, explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.evidence import shortened, source_of
from evalpanel.domain.feedback_terms import (
    DASH,
    Told,
    available,
    long_date,
    named,
    of_top,
    percent,
    points,
    reason_of,
    told_to_others,
)
from evalpanel.domain.letter import (
    Block,
    Column,
    Explanation,
    Facts,
    Paragraph,
    Part,
    Row,
    RowKind,
    ScoreMark,
    Section,
    Table,
    Tone,
)
from evalpanel.domain.letter_wording import LetterWording, fill
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.numbers import canonical
from evalpanel.domain.regimes import Need, Regime
from evalpanel.domain.results import BidResult
from evalpanel.domain.scales import Scale
from evalpanel.domain.tender import Bid, Bidder, ConsortiumMember, Lot, MemberRole, Tender

MOST_QUOTE = 200
"""How many characters of a passage a letter shows: its reader has the document."""

_ROLES = {MemberRole.LEAD: "lead", MemberRole.MEMBER: "member", MemberRole.SUBCONTRACTOR: "subcontractor"}


def letter_facts(
    tender: Tender,
    lots: tuple[Lot, ...],
    bid: Bid,
    bidder: Bidder,
    members: tuple[ConsortiumMember, ...],
    day: date,
    regime: Regime,
) -> Facts:
    """What the letter is about, at a glance."""
    rows = [
        ("Date", long_date(day)),
        ("Procurement", f"{tender.title} ({tender.reference})"),
        ("Lots" if len(lots) > 1 else "Lot", "\n".join(f"{lot.lot} {lot.title}".strip() for lot in lots)),
        ("Rules", regime.name),
    ]
    if bid.bid != str(bidder.bidder):  # the code of a bid is usually its bidder's own
        rows.append(("Bid", bid.bid))
    with_others = [f"{held.name} ({_ROLES[held.role]})" for held in members if held.bidder == bidder.bidder]
    if with_others:
        rows.append(("Together with", ", ".join(with_others)))
    return Facts(tuple(rows))


def score_table(told: Told, bid: BidResult, title: str) -> Table:
    """The scores of one bid: each criterion with its weighting, score and points, sub-totals and total."""
    scored = {held.criterion: held for held in bid.criteria}
    sections, places = dict(bid.sections), told.result.places
    award = {criterion.criterion for criterion in told.award_leaves}
    branches = told.award_branches
    rows: list[Row] = []
    for criterion, depth in told.order:
        weighting = percent(told.share(criterion))
        if criterion.criterion in branches:
            subtotal = points(sections[criterion.criterion], places) if criterion.criterion in sections else ""
            rows.append(Row((named(criterion), weighting, "", subtotal), RowKind.SECTION, min(depth, 3)))
        elif criterion.criterion in award:
            held = scored.get(criterion.criterion)
            if criterion.kind is CriterionKind.CONSIDERATION:
                cells = (named(criterion), DASH, told.say("not_scored"), DASH)
            elif held is None or held.score is None:
                cells = (named(criterion), weighting, told.say("not_assessed"), DASH)
            else:
                score = of_top(told.scale(criterion), held.score)
                cells = (named(criterion), weighting, score, points(held.weighted, places))
            rows.append(Row(cells, depth=min(depth, 3)))
    quality, price = canonical(told.result.quality_weighting), canonical(told.result.price_weighting)
    if bid.quality is not None:
        out_of = f"out of {quality}"
        rows.append(Row(("Quality", f"{quality}%", out_of, points(bid.quality, places)), RowKind.SECTION))
    if told.price_is_scored and bid.price is not None:
        rows.append(Row(("Price", f"{price}%", f"out of {price}", points(bid.price, places)), RowKind.SECTION))
    if bid.total is not None:
        rows.append(Row(("Total", "", "", points(bid.total, places)), RowKind.TOTAL))
    columns = (
        Column("Criterion", 54),
        Column("Weighting", 14, numeric=True),
        Column("Score", 18, numeric=True),
        Column("Points", 14, numeric=True),
    )
    return Table(title, columns, tuple(rows))


def at_a_glance(told: Told) -> tuple[Block, ...]:
    """The reader's own result in three lines, for the first page; nothing where there is no total."""
    own, places = told.own, told.result.places
    if own.total is None or own.quality is None:
        return ()
    rows = [Row(("Quality", canonical(told.result.quality_weighting), points(own.quality, places)))]
    if told.price_is_scored:
        rows.append(Row(("Price", canonical(told.result.price_weighting), points(own.price, places))))
    rows.append(Row(("Total", "100", points(own.total, places)), RowKind.TOTAL))
    columns = (Column("Your result", 54), Column("Out of", 22, numeric=True), Column("Points", 24, numeric=True))
    return (Table("Your result", columns, tuple(rows)),)


def own_scores(told: Told) -> Section:
    """The scores of the reader's own bid (reg. 31 (e))."""
    note = "result_note" if told.price_is_scored else "result_note_quality_only"
    heading = told.say("result_heading")
    return Section(heading, (score_table(told, told.own, heading), Paragraph(told.say(note), Tone.ASIDE)), Part.SCORES)


def why_not_awarded(told: Told, *, below: bool) -> Section:
    """Why the contract is not being awarded to the reader."""
    blocks: list[Block] = []
    if below:
        blocks.append(Paragraph(told.say("why_below_minimum")))
        blocks += (Paragraph(gate.why) for gate in told.own.failed_gates)
        if not told.winners:
            blocks.append(Paragraph(told.say("why_no_award")))
        elif not told.regime.asks(Need.WINNER_SCORES):
            blocks.append(Paragraph(told.say("why_winner")))
    else:
        best = told.winners[0][0]
        comparable = told.own.total is not None and best.total is not None
        why = "why_unsuccessful" if comparable else "why_unsuccessful_other"
        blocks.append(Paragraph(told.say("why_unsuccessful_several" if len(told.winners) > 1 else why)))
        if comparable and told.own.total == told.winners[-1][0].total:
            # Equal as printed is not yet equal: where nothing is rounded before it is shown there may be no tie at all.
            blocks += (Paragraph(said) for said in _about_the_tie(told))
    return Section(told.say("why_heading"), tuple(blocks), Part.WHY)


def _about_the_tie(told: Told) -> Iterator[str]:
    if not told.result.tie:
        yield told.say("why_close")
        return
    rule = told.tender.tie_rule.strip()
    yield f"{told.say('why_tie')} “{rule}”" if rule else told.say("why_tie_no_rule")
    if told.tie_settled:
        yield told.say("why_tie_settled")


def _explanation(told: Told, criterion: Criterion, score: Decimal | None, texts: tuple[Paragraph, ...]) -> Explanation:
    if score is None:
        return Explanation(named(criterion), told.say("considered"), None, texts)
    scale = told.scale(criterion)
    level, share = scale.level(score), told.share(criterion)
    facts = [
        f"Score {of_top(scale, score)}",
        level.name if level else "",
        f"{percent(share)} of quality" if share is not None else "",
    ]
    mark = ScoreMark(score, tuple(sorted(step.value for step in scale.levels)))
    return Explanation(named(criterion), " · ".join(fact for fact in facts if fact), mark, texts)


def own_explanations(told: Told) -> Section:
    """Each score of the reader's bid explained, with why it is not higher (reg. 31 (e))."""
    scored = {held.criterion: held.score for held in told.own.criteria}
    blocks: list[Block] = [Paragraph(told.say("explanations_note"), Tone.ASIDE)]
    for criterion in told.award_leaves:
        held = told.moderated.get(criterion.criterion)
        if held is None:
            continue
        texts = [Paragraph(held.reasons), *evidence(told, held)]
        value = scored.get(criterion.criterion)
        if held.not_higher.strip() and value is not None and value < told.scale(criterion).top:
            texts += [Paragraph(told.say("not_higher"), Tone.LABEL), Paragraph(held.not_higher)]
        blocks.append(_explanation(told, criterion, value, tuple(texts)))
    return Section(told.say("explanations_heading"), tuple(blocks), Part.EXPLANATIONS)


def evidence(told: Told, held: ModeratedScore) -> tuple[Paragraph, ...]:
    """What an explanation of the reader's own bid rests on: each document, page and passage that the panel cited."""
    lines = []
    for piece in held.evidence:
        source = source_of(piece, told.documents, told.bid.bidder, told.lot.lot)
        assert source is not None, "a letter with evidence from elsewhere is blocked"
        where = ", ".join(part for part in (source.name, piece.page_words) if part)
        lines.append(f"{where}: “{shortened(piece.exact, MOST_QUOTE)}”" if piece.exact else where)
    if not lines:
        return ()
    return (Paragraph("\n".join((f"{told.say('evidence')} {lines[0]}", *lines[1:])), Tone.ASIDE),)


def own_conditions(told: Told) -> Section:
    """The conditions that the reader's bid met, where the tender had any that a panel looked at."""
    passed = {gate.criterion for gate in told.own.gates if gate.passed}
    conditions = [held for held in told.criteria if held.kind is CriterionKind.CONDITION and held.criterion in passed]
    met = told.say("conditions_met")
    lines = tuple(Paragraph(f"{named(held)}: {met}") for held in conditions)
    return Section(told.say("conditions_heading"), lines, Part.CONDITIONS)


def own_price(told: Told) -> Section:
    """The reader's own price and how its score came about. Other prices are nobody's business."""
    heading, blocks = told.say("price_heading"), []
    if told.own.price_amount is None:
        return Section(heading, (Paragraph(told.say("price_not_opened")),) if told.result.formula else (), Part.PRICE)
    scored = told.price_is_scored and told.own.price is not None
    blocks.append(Paragraph(told.say("price_scored" if scored else "price_not_scored")))
    if told.result.formula is not None:
        blocks.append(Paragraph(fill(told.wording.formulas[told.result.formula], told.places)))
    return Section(heading, tuple(blocks), Part.PRICE)


def best_tenders(told: Told) -> tuple[Section, ...]:
    """The most advantageous tender, or each of them where the lot is awarded to several: name, scores, explanations.

    Nothing where the law asks for none of it. Where it asks for relative advantages, they stand under each criterion.
    """
    if not told.regime.asks(Need.WINNER_SCORES):
        return ()
    compares = told.regime.asks(Need.ADVANTAGES)
    heading = told.say("advantages_heading" if compares else "best_heading")
    sections = []
    for winner, moderated in told.winners:
        places = {**told.places, "winner": winner.name}
        note = told.wording.texts["advantages_note" if compares else "best_note"]
        blocks: list[Block] = [Paragraph(fill(note, places))]
        blocks.append(score_table(told, winner, f"{heading}: {winner.name}"))
        scored = {held.criterion: held.score for held in winner.criteria}
        for criterion in told.award_leaves:
            held = moderated[criterion.criterion]
            texts = [Paragraph(told_to_others(held))] if told_to_others(held).strip() else []
            if held.withheld_why.strip():
                texts += [Paragraph(told.say("best_withheld"), Tone.LABEL), Paragraph(held.withheld_why)]
            if compares:
                texts += _advantage(told, criterion, scored.get(criterion.criterion))
            blocks.append(_explanation(told, criterion, scored.get(criterion.criterion), tuple(texts)))
        title = f"{heading}: {winner.name}" if len(told.winners) > 1 else heading
        sections.append(Section(title, tuple(blocks), Part.BEST))
    return tuple(sections)


def _advantage(told: Told, criterion: Criterion, theirs: Decimal | None) -> list[Paragraph]:
    """What the winner's score is beside the reader's own, which only some laws ask for (PCR 2015, reg. 86 (2)(b))."""
    if theirs is None:
        return []
    own = next((held.score for held in told.own.criteria if held.criterion == criterion.criterion), None)
    name = "advantage_only" if own is None else "advantage_is" if theirs > own else "advantage_none"
    scale = told.scale(criterion)
    scores = {"best_score": of_top(scale, theirs), "own_score": "" if own is None else of_top(scale, own)}
    return [Paragraph(fill(told.wording.texts[name], {**told.places, **scores}))]


def stated_reason(told: Told) -> Section:
    """Why a bid was not assessed, and when it came in if it was late."""
    return Section(told.say("reason_heading"), (Paragraph(reason_of(told)),), Part.REASON)


def failed_conditions(told: Told) -> Section:
    """The conditions (or the budget) that the reader's bid did not meet, explained."""
    by_code = {criterion.criterion: criterion for criterion in told.criteria}
    blocks: list[Block] = []
    for gate in told.own.failed_gates:
        if gate.criterion is None:
            blocks.append(Paragraph(gate.why))
            continue
        held = told.moderated[gate.criterion]
        name = named(by_code[gate.criterion])
        texts = (Paragraph(held.reasons), *evidence(told, held))
        blocks.append(Explanation(name, gate.why.strip().removeprefix(f"{name}: "), None, texts))
    return Section(told.say("reason_heading"), tuple(blocks), Part.REASON)


def method(told: Told) -> Section:
    """How tenders were assessed: criteria and weightings, scales, price, rounding, and where the full text is (reg. 31 (d))."""
    blocks: list[Block] = [Paragraph(told.say("method_note" if told.price_is_scored else "method_quality_only"))]
    award = {criterion.criterion for criterion in told.award_leaves}
    branches, several = told.award_branches, len(_used_scales(told)) > 1
    rows = []
    for criterion, depth in told.order:
        if criterion.criterion not in award | branches:
            continue
        how, least = "", ""
        if criterion.kind is CriterionKind.CONSIDERATION:
            how = told.say("not_scored")
        elif criterion.criterion not in branches:
            scale = told.scale(criterion)
            how = available(scale) + (f" (scale {scale.scale})" if several else "")
            least = canonical(criterion.minimum) if criterion.minimum is not None else ""
        kind = RowKind.SECTION if criterion.criterion in branches else RowKind.PLAIN
        weighting = percent(told.share(criterion))
        rows.append(Row((named(criterion), weighting, how, least), kind, min(depth, 3)))
    columns = (
        Column("Criterion", 50),
        Column("Weighting", 14, numeric=True),
        Column("Scores", 22, numeric=True),
        Column("Minimum", 14, numeric=True),
    )
    blocks.append(Table("Award criteria", columns, tuple(rows)))
    blocks.append(Paragraph(told.say("method_scores")))
    for scale in _used_scales(told):
        levels = tuple(Row((canonical(level.value), level.name, level.descriptor)) for level in scale.levels)
        title = f"Scale {scale.scale}" if several else "The scale"
        if several:
            blocks.append(Paragraph(title, Tone.LABEL))
        blocks.append(Table(title, (Column("Score", 10), Column("Level", 24), Column("What earns it", 66)), levels))
    if any(held.minimum is not None for held in told.award_leaves):
        blocks.append(Paragraph(told.say("method_minimum")))
    if any(held.kind is CriterionKind.CONSIDERATION for held in told.award_leaves):
        blocks.append(Paragraph(told.say("method_consideration")))
    if told.result.formula is not None:
        blocks.append(Paragraph(fill(told.wording.formulas[told.result.formula], told.places)))
    blocks.append(Paragraph(fill(told.wording.rounding[told.result.rounding], told.places)))
    if told.tender.tie_rule.strip():
        blocks.append(Paragraph(f"{told.say('method_tie')} {told.tender.tie_rule}"))
    where = "method_full" if told.tender.full_criteria_at.strip() else "method_full_documents"
    if where == "method_full_documents" and told.tender.notice_id.strip():
        where = "method_full_notice"
    blocks.append(Paragraph(told.say(where)))
    return Section(told.say("method_heading"), tuple(blocks), Part.METHOD)


def _used_scales(told: Told) -> tuple[Scale, ...]:
    used: dict[str, Scale] = {}
    for criterion in told.award_leaves:
        if criterion.kind is CriterionKind.QUALITY:
            used[told.scale(criterion).scale] = told.scale(criterion)
    return tuple(used.values())


def next_steps(told: Told) -> Section:
    """What the reader can do: ask."""
    return asking(told.wording, told.places)


def asking(wording: LetterWording, places: Mapping[str, str]) -> Section:
    """Where questions go."""
    name = "next_questions_email" if places["email"].strip() else "next_questions"
    return Section(wording.say("next_heading", **places), (Paragraph(wording.say(name, **places)),), Part.NEXT)


def annex(told: Told) -> tuple[Section, ...]:
    """What could be improved, apart from the statutory explanation; nothing when nobody wrote any."""
    held = [(one, told.moderated[one.criterion]) for one, _ in told.order if one.criterion in told.moderated]
    return improvements(held, told.wording, told.places)


def improvements(
    held: Iterable[tuple[Criterion, ModeratedScore]], wording: LetterWording, places: Mapping[str, str]
) -> tuple[Section, ...]:
    """The annex of these criteria; nothing when nobody wrote what could be improved."""
    blocks = [
        Explanation(named(criterion), "", None, (Paragraph(score.improvements),))
        for criterion, score in held
        if score.improvements.strip()
    ]
    if not blocks:
        return ()
    note = Paragraph(wording.say("annex_note", **places), Tone.ASIDE)
    return (Section(wording.say("annex_heading", **places), (note, *blocks), Part.ANNEX),)
