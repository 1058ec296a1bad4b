"""Moderation on laptops that never meet: the chair moderates, the panel agrees, the officer locks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from evalpanel.domain.carried import AgreedLine, Dissent, Given, ModerationState, Ruling
from evalpanel.domain.interests import Answer
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.domain.people import PanelMember
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import EnvelopeKind, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_moderation import Moderation, ModerationPart, write_agreed
from evalpanel.services import (
    agreed_rows,
    assents,
    declarations,
    exchange,
    issuing,
    moderation,
    moderations_here,
    parcels_out,
    receipts,
    receiving,
    record,
    room,
    rosters,
    ruling,
    scoring,
    sending,
    setup,
    sheets_here,
    sign_off,
    tenders,
    verify,
)
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from laptops import OFFICER, Laptops, left
from panels import (
    affirm,
    agree,
    declare,
    held_keys,
    joined,
    lost_sheet,
    missing,
    moderate,
    panel,
    people,
    release,
    scored,
    scored_panel,
    sent_moderation,
    sent_sheet,
    sheet,
    two_sheets,
)
from profiles import copied, opened
from stages import REFERENCE, line

AWAY = "They are on leave until May."


def agreed(space: Workspace) -> dict[Line, ModeratedScore]:
    with space.store.reading() as tx:
        return score_reads.moderated(tx, tenders.find(tx, REFERENCE).tender_id)


def answers(space: Workspace, person: str) -> dict[Line, Score]:
    with space.store.reading() as tx:
        return score_reads.scores_of(tx, tenders.find(tx, REFERENCE).tender_id, PersonCode(person))


def refusal_to_close(desk: Laptops) -> str:
    with pytest.raises(EvalPanelError) as raised:
        moderation.close(desk[OFFICER], REFERENCE)
    return raised.value.title


def settled(desk: Laptops, final: Path, *members: str, chair: str = "CH1") -> None:
    """The officer and the members take the final moderation in, the members agree, and the officer locks."""
    desk.take(OFFICER, final)
    release(desk)
    for person in members:
        desk.take(person, final)
        desk.take(OFFICER, agree(desk, person))
    affirm(desk, chair)
    moderation.close(desk[OFFICER], REFERENCE)


def test_panel_works_apart_from_the_pack_to_the_lock(tmp_path: Path) -> None:
    four = ("CH1", "PM1", "PM2", "PM3")
    with scored_panel(tmp_path, people(third=True), four) as desk:
        assert (missing(desk), missing(desk, "CH1")) == ((), ())
        moderate(desk, present=four)
        interim = sent_moderation(desk, final=False)
        (report,) = desk.take(OFFICER, interim)
        count = len(agreed(desk["CH1"]))
        words = f"The interim moderation of CH1 is here: {count} lines, now on the record."
        assert (report.verdict, report.words) == (Verdict.NEW, words)
        assert agreed(desk[OFFICER]) == agreed(desk["CH1"]) != {}
        assert refusal_to_close(desk) == "The moderation of CH1 is not final."
        final = sent_moderation(desk)
        assert [one.verdict for one in desk.take(OFFICER, final, interim)] == [Verdict.NEWER, Verdict.SAME]
        assert refusal_to_close(desk) == "Moderation cannot be closed: the word of PM1; PM2; PM3 is missing."
        release(desk)
        for person in four[1:]:
            (report,) = desk.take(person, final)
            assert "lines that you can read. Next: say whether you agree." in report.words
            assert [one.verdict for one in desk.take(OFFICER, agree(desk, person))] == [Verdict.NEW]
        affirm(desk, "CH1")
        assert moderation.close(desk[OFFICER], REFERENCE).lines == count
        assert tenders.all_tenders(desk[OFFICER])[0].stage is TenderStage.QUALITY_LOCKED
        for person in (OFFICER, *four):
            assert verify.verify_tender(desk[person], REFERENCE).verdict == "verified"
            assert [one.sentence for one in record.history(desk[person], REFERENCE) if "“" in one.what] == []
        assert held_keys(desk["PM1"], "scores") == []
        assert sent_moderation(desk, final=False) == final
        proof = verify.verify_file(desk[OFFICER], final)
        assert proof.verdict == "verified"
        assert "it rests on 4 score sheets, of which 4 are kept in this profile, the same to the byte" in proof.proved
        assert verify.verify_file(desk["PM1"], final).verdict == "verified"
        assert verify.verify_file(desk["stranger"], final).verdict == "not-ours"


def test_chair_is_told_of_a_scorer_who_is_present_on_no_line(tmp_path: Path) -> None:
    with scored_panel(tmp_path, people(third=True), ("CH1", "PM1", "PM2", "PM3")) as desk:
        moderate(desk, present=("CH1", "PM1", "PM2"))
        made = sending.send(desk["CH1"], REFERENCE, to=desk.stick, final=True)
        assert made.moderation is not None and made.not_asked == ("PM3",)
        history = record.history(desk["CH1"], REFERENCE)
        told = [one.detail for one in history if one.what == "wrote the moderation for officer and panel"]
        assert told == ["Present on no line, so not asked whether they agree: PM3."]
        desk.take(OFFICER, made.moderation)
        assert refusal_to_close(desk) == "Moderation cannot be closed: the word of PM1; PM2 is missing."
        moderate(desk, present=("CH1", "PM1", "PM2", "PM3"))
        assert sending.send(desk["CH1"], REFERENCE, to=desk.stick, final=True).not_asked == ()


# Who holds which keys ------------------------------------------------------------------------------------------------


def test_chair_who_scores_gets_others_scores_after_their_own_sheet_and_changes_nothing_then(tmp_path: Path) -> None:
    with panel(tmp_path) as desk:
        for one in ("CH1", "PM1"):
            declare(desk, one)
        release(desk)
        first = sheet(desk, "PM1")
        desk.take(OFFICER, first)
        (report,) = desk.take("CH1", first)
        words = "The sheet of PM1 is here. It opens when the officer has released its keys to this laptop."
        assert (report.verdict, report.words) == (Verdict.NEW, words)
        release(desk)
        assert held_keys(desk["CH1"], "scores") == []
        own = sheet(desk, "CH1")
        release(desk)
        assert held_keys(desk["CH1"], "scores") == []
        desk.take(OFFICER, own)
        release(desk)
        assert held_keys(desk["CH1"], "scores") == ["scores/B01/L1", "scores/B02/L1", "scores/B03/L1"]
        assert answers(desk["CH1"], "PM1") == answers(desk["PM1"], "PM1")
        with pytest.raises(EvalPanelError) as raised:
            sign_off.reopen(desk["CH1"], REFERENCE, person="CH1", reason="I want another level.")
        assert (
            raised.value.title
            == "This laptop holds the keys of other people's scores, so yours can be changed no more."
        )


def test_key_for_a_sheet_that_is_open_again_waits_until_it_is_signed_off(tmp_path: Path) -> None:
    with panel(tmp_path) as desk:
        declare(desk, "CH1")
        release(desk)
        own = sheet(desk, "CH1")
        desk.take(OFFICER, own)
        sign_off.reopen(desk["CH1"], REFERENCE, person="CH1", reason="A page was overlooked.")
        report = release(desk, "CH1")["CH1"]
        assert (report.verdict, held_keys(desk["CH1"], "scores")) == (Verdict.WAITING, [])
        assert "others' scores must stay closed here" in report.words
        (waits,) = receiving.waiters(desk["CH1"])
        assert waits.words == report.words
        sign_off.sign_off(desk["CH1"], REFERENCE, person="CH1")
        assert [one.verdict for one in receiving.try_again(desk["CH1"])] == [Verdict.NEW]
        assert held_keys(desk["CH1"], "scores") == ["scores/B01/L1", "scores/B02/L1", "scores/B03/L1"]


def test_sheet_of_somebody_the_chair_called_absent_is_settled_by_the_officers_word(tmp_path: Path) -> None:
    with panel(tmp_path, people(third=True)) as desk:
        declare(desk, "PM3")
        scored(desk)
        sign_off.record_absence(desk["CH1"], REFERENCE, person="PM3", reason=AWAY)
        moderate(desk)
        desk.take(OFFICER, sent_moderation(desk), sheet(desk, "PM3"))
        assert refusal_to_close(desk) == "The moderation of CH1 rests on other sheets than those that count here: PM3."
        assert sign_off.record_absence(desk[OFFICER], REFERENCE, person="PM3", reason=AWAY), "their sheet is set aside"
        assert refusal_to_close(desk) == "Moderation cannot be closed: the word of PM1; PM2 is missing."


def test_chair_takes_an_absence_back_when_the_sheet_comes_after_all(tmp_path: Path) -> None:
    with panel(tmp_path, people(third=True)) as desk:
        declare(desk, "PM3")
        scored(desk)
        sign_off.record_absence(desk["CH1"], REFERENCE, person="PM3", reason=AWAY)
        moderate(desk)
        first = sent_moderation(desk)
        with pytest.raises(EvalPanelError) as raised:
            sign_off.take_back_absence(desk["CH1"], REFERENCE, person="PM3", reason="They are back.")
        assert raised.value.title == "Moderation has begun, and no signed-off sheet of PM3 is here."
        late = sheet(desk, "PM3")
        desk.take(OFFICER, first, late)
        desk.take("CH1", late)
        sign_off.take_back_absence(desk["CH1"], REFERENCE, person="PM3", reason="They are back.")
        told = [one.sentence for one in record.history(desk["CH1"], REFERENCE)][-1]
        assert told.endswith("recorded that PM3 is not absent any more. Reason: They are back.")
        moderate(desk, present=("CH1", "PM1", "PM2", "PM3"), reasons="All four agree.")
        final = sent_moderation(desk)
        desk.take(OFFICER, final)
        assert refusal_to_close(desk) == "Moderation cannot be closed: the word of PM1; PM2; PM3 is missing."
        settled(desk, final, "PM1", "PM2", "PM3")
        for person in ("CH1", OFFICER):
            assert verify.verify_tender(desk[person], REFERENCE).verdict == "verified"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_order_in_which_sheets_and_keys_reach_the_chair_makes_no_difference(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    with panel(tmp_path, people(chair_scores=False)) as desk:
        for one in ("CH1", "PM1", "PM2"):
            declare(desk, one)
        release(desk, "PM1", "PM2")
        files = [sheet(desk, "PM1"), sheet(desk, "PM2")]
        from evalpanel.services import releasing

        files.append(releasing.release(desk[OFFICER], REFERENCE, to=desk.stick).releases[PersonCode("CH1")])
        desk.take("CH1", *(files[place] for place in order), *files)
        assert {one: answers(desk["CH1"], one) for one in ("PM1", "PM2")} == {
            one: answers(desk[one], one) for one in ("PM1", "PM2")
        }
        assert missing(desk, "CH1") == ()


def test_newer_sheet_sealed_to_keys_that_the_chair_lacks_leaves_the_earlier_one_counting(tmp_path: Path) -> None:
    with panel(tmp_path, people(deputy=True)) as desk:
        declare(desk, "CH2")
        scored(desk)
        before = answers(desk["CH1"], "PM1")
        declare(
            desk, "CH2", interest="B02"
        )  # CH2 held keys to what is said about that bid: what comes later has new ones
        made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
        for one in ("PM1", "CH1"):
            desk.take(one, made.roster, made.pack)
        sign_off.reopen(desk["PM1"], REFERENCE, person="PM1", reason="A page was overlooked.")
        changed = Score(line("B02", "1.1"), ScoreStatus.SCORED, Decimal(1), "Page 9 says less.")
        scoring.save_score(desk["PM1"], REFERENCE, person="PM1", score=changed)
        sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")
        (report,) = desk.take("CH1", sent_sheet(desk, "PM1"))
        assert report.words == (
            "The sheet of PM1 is here, and does not open before the officer has released the keys of scores/B01/L1//2; "
            "scores/B02/L1//2; scores/B03/L1//2. Until then the one before it counts."
        )
        assert (answers(desk["CH1"], "PM1"), missing(desk, "CH1")) == (before, ())
        desk.take("CH1", made.releases[PersonCode("CH1")])
        release(desk, "CH1")
        assert answers(desk["CH1"], "PM1") == answers(desk["PM1"], "PM1") != before


def test_recused_chair_and_member_hold_nothing_and_a_deputy_chairs(tmp_path: Path) -> None:
    with panel(tmp_path, people(deputy=True, third=True)) as desk:
        declare(desk, "CH1", interest="B02")
        declare(desk, "PM3", interest="B01")
        scored(desk, ("PM1", "PM2"), chair="CH2")
        desk.take("CH1", *(sent_sheet(desk, one) for one in ("PM1", "PM2")))
        for one in ("CH1", "PM3"):
            sign_off.record_absence(desk["CH2"], REFERENCE, person=one, reason="Recused from the lot.")
        moderate(desk, "CH2", present=("CH2", "PM1", "PM2"))
        settled(desk, sent_moderation(desk, "CH2"), "PM1", "PM2", chair="CH2")
        release(desk)
        for one in ("CH1", "PM3"):
            assert held_keys(desk[one], *EnvelopeKind) == ["common"]
        assert [answers(desk["CH1"], one) for one in ("PM1", "PM2")] == [{}, {}]


# Newer, older, forked ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moderation_first", [True, False])
def test_moderation_and_a_newer_sheet_cannot_be_locked_and_the_next_moderation_settles_it(
    tmp_path: Path, moderation_first: bool
) -> None:
    with scored_panel(tmp_path) as desk:
        moderate(desk)
        final = sent_moderation(desk)
        sign_off.reopen(desk["PM1"], REFERENCE, person="PM1", reason="A page was overlooked.")
        changed = Score(line("B01", "1.1"), ScoreStatus.SCORED, Decimal(4), "Page 9 says more.")
        scoring.save_score(desk["PM1"], REFERENCE, person="PM1", score=changed)
        sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")
        newer = sent_sheet(desk, "PM1")
        reports = desk.take(OFFICER, *((final, newer) if moderation_first else (newer, final)))
        assert "It rests on other sheets than those that count here, of PM1." in reports[1].words
        assert refusal_to_close(desk) == "The moderation of CH1 rests on other sheets than those that count here: PM1."
        desk.take("CH1", newer)
        assert answers(desk["CH1"], "PM1")[changed.line] == changed
        again = sent_moderation(desk)
        settled(desk, again, "PM1", "PM2")
        assert answers(desk[OFFICER], "PM1") == answers(desk["PM1"], "PM1")
        assert agreed(desk[OFFICER]) == agreed(desk["CH1"])
        assert verify.verify_tender(desk[OFFICER], REFERENCE).verdict == "verified"


def crafted(
    desk: Laptops,
    change: Callable[[AgreedLine], AgreedLine],
    *,
    keep: bool = True,
    rulings: tuple[Ruling, ...] = (),
    misplaced: bool = False,
) -> Path:
    """The chair's final moderation with its lines changed before it was signed; without `keep` the laptop forgets it.
    `misplaced`: each part lies in the envelope of another bid."""
    space = desk["CH1"]
    made: list[str] = []
    with space.store.writing() as tx:
        tender = tenders.find(tx, REFERENCE)
        mine = exchange.own(tx, space, tender.tender_id)
        assert mine is not None
        (one,) = moderations_here.carried(tx, space, mine, tender)
        envelopes = sheets_here.recipients(tx, mine, EnvelopeKind.MODERATION)
        if misplaced:
            envelopes = dict(
                zip(envelopes, [*list(envelopes.values())[1:], next(iter(envelopes.values()))], strict=True)
            )
        changed = [replace_lines(part, change) for part in one.parts]
        digest = agreed_rows.rows_digest([each.agreed for part in changed for each in part.lines])
        parts = [
            exchange.seal_part(
                space,
                write_agreed(part),
                envelopes[part.bidder, part.lot][0],
                [envelopes[part.bidder, part.lot][1]],
                made,
            )
            for part in changed
        ]
        parcel = exchange.make(
            tx,
            space,
            mine,
            ParcelKind.MODERATION,
            Moderation(
                agreed_digest=digest, rulings=rulings, sheets=one.cover.body.sheets, state=ModerationState.FINAL
            ),
            rosters.readers(tx, mine, [each.person for each in tender.pack.panel]),
            parts=parts,
            act="moderation-sent",
        )
        if not keep:
            tx.rollback()
    return parcels_out.write_out(space, desk.stick, parcel)


def replace_lines(part: ModerationPart, change: Callable[[AgreedLine], AgreedLine]) -> ModerationPart:
    return ModerationPart(bidder=part.bidder, lines=tuple(map(change, part.lines)), lot=part.lot)


def test_two_moderations_that_do_not_know_of_each_other_count_neither(tmp_path: Path) -> None:
    with scored_panel(tmp_path) as desk:
        moderate(desk)
        sent_moderation(desk, final=False)
        lost = crafted(desk, lambda one: replace(one, agreed=replace(one.agreed, reasons="Said before.")), keep=False)
        final = sent_moderation(desk)
        before = [one.verdict for one in desk.take(OFFICER, lost)]
        (report,) = desk.take(OFFICER, final)
        assert (before, report.verdict, "neither counts" in report.words) == ([Verdict.NEW], Verdict.FORKED, True)
        assert refusal_to_close(desk).endswith("that do not know of each other, and neither counts.")
        (own,) = desk.take("CH1", lost)
        assert (own.verdict, own.kind) == (Verdict.FORKED, ParcelKind.MODERATION)
        settled(desk, sent_moderation(desk), "PM1", "PM2")
        assert agreed(desk[OFFICER]) == agreed(desk["CH1"])


def test_chair_rules_between_two_sheets_and_the_ruling_travels(tmp_path: Path) -> None:
    with scored_panel(tmp_path) as desk:
        lost, newer = two_sheets(desk, "PM1")
        for one in (OFFICER, "CH1"):
            assert [each.verdict for each in desk.take(one, lost, newer)] == [Verdict.NEWER, Verdict.FORKED]
            assert missing(desk, one) == ("PM1",)
        (branches,) = ruling.branches(desk["CH1"], REFERENCE).values()
        with pytest.raises(EvalPanelError):
            ruling.rule(desk[OFFICER], REFERENCE, person="PM1", counts=branches[0].sheet, why="It came first.")
        wanted = next(each for each in branches if answers_digest(desk, "PM1") == digest_of(desk, each.sheet))
        ruling.rule(desk["CH1"], REFERENCE, person="PM1", counts=wanted.sheet[:8], why="The other is of a lost laptop.")
        assert answers(desk["CH1"], "PM1") == answers(desk["PM1"], "PM1")
        moderate(desk)
        settled(desk, sent_moderation(desk), "PM1", "PM2")
        assert answers(desk[OFFICER], "PM1") == answers(desk["PM1"], "PM1")


def sheets_of(desk: Laptops, person: str) -> list[str]:
    """The identities of somebody's sheets at the officer's laptop, the oldest first."""
    with desk[OFFICER].store.reading() as tx:
        tender = tenders.find(tx, REFERENCE).tender_id
        return [one.identity for one in exchange.line(tx, tender, ParcelKind.SCORESHEET, PersonCode(person))]


def corrected(desk: Laptops, person: str) -> Path:
    """A newer sheet of somebody with another level on one line."""
    sign_off.reopen(desk[person], REFERENCE, person=person, reason="A page was overlooked.")
    changed = Score(line("B01", "1.1"), ScoreStatus.SCORED, Decimal(4), "Page 9 says more.")
    scoring.save_score(desk[person], REFERENCE, person=person, score=changed)
    sign_off.sign_off(desk[person], REFERENCE, person=person)
    return sent_sheet(desk, person)


def test_chair_cannot_rule_out_a_sheet_that_is_no_fork(tmp_path: Path) -> None:
    with scored_panel(tmp_path) as desk:
        moderate(desk)
        sent_moderation(desk, final=False)
        desk.take(OFFICER, corrected(desk, "PM1"))
        older, newest = sheets_of(desk, "PM1")
        ruled = Ruling(PersonCode("PM1"), older, (newest,), "The first one suits me.")
        (report,) = desk.take(OFFICER, crafted(desk, lambda one: one, rulings=(ruled,)))
        assert "It rests on other sheets than those that count here, of PM1." in report.words
        # What was agreed rests on what was moderated, is shown with it, and cannot be locked past the newest sheet.
        assert refusal_to_close(desk) == "The moderation of CH1 rests on other sheets than those that count here: PM1."
        (state,) = assents.standing(desk[OFFICER], REFERENCE)
        assert state.outdated == ("PM1",)


def test_two_sheets_that_come_to_light_after_the_lock_change_nothing(tmp_path: Path) -> None:
    with scored_panel(tmp_path) as desk:
        lost = lost_sheet(desk, "PM1")
        newer = corrected(desk, "PM1")
        desk.take(OFFICER, newer)
        desk.take("CH1", newer)
        moderate(desk)
        settled(desk, sent_moderation(desk), "PM1", "PM2")
        before = answers(desk[OFFICER], "PM1")
        (report,) = desk.take(OFFICER, lost)
        words = (
            "There are two sheets of PM1 that do not know of each other. Moderation is closed, so both are kept and nothing "
            "changes."
        )
        assert (report.verdict, words in report.words) == (Verdict.FORKED, True)
        assert (missing(desk), answers(desk[OFFICER], "PM1")) == ((), before)


def digest_of(desk: Laptops, sheet_named: str) -> str:
    from evalpanel.formats.parcel_sheets import read_scoresheet

    with desk["CH1"].store.reading() as tx:
        held = exchange.of_kind(tx, tenders.find(tx, REFERENCE).tender_id, ParcelKind.SCORESHEET)
        return next(
            read_scoresheet(one.statement.payload).body.sheet_digest for one in held if one.identity == sheet_named
        )


def test_moderation_in_the_envelopes_of_other_bids_is_refused_and_hides_no_other(tmp_path: Path) -> None:
    with panel(tmp_path) as desk:
        for one in ("CH1", "PM1", "PM2"):
            declare(desk, one)
        release(desk)
        sheets = [sheet(desk, one) for one in ("CH1", "PM1", "PM2")]
        desk.take(OFFICER, *sheets)
        desk.take("CH1", *sheets[1:])
        release(desk, "CH1", "PM2")
        moderate(desk)
        good = sent_moderation(desk)
        bad = crafted(desk, lambda one: one, misplaced=True, keep=False)
        said = "A part of this moderation of CH1 belongs to another bid."
        for one in (OFFICER, "PM2"):
            refused = desk.take(one, good, bad)[1]
            assert (refused.verdict, said in refused.words) == (Verdict.ALTERED, True)
        # PM1's laptop has no keys yet: it sees what is wrong when they come, and goes on with the one before.
        assert [one.verdict for one in desk.take("PM1", good, bad)] == [Verdict.NEW, Verdict.NEWER]
        release(desk, "PM1")
        read = {one: assents.read(desk[one], REFERENCE) for one in ("PM1", "PM2")}
        assert [one.lines for one in read["PM1"]] == [one.lines for one in read["PM2"]] != []
        assert agreed(desk[OFFICER]) == agreed(desk["CH1"])


# The order in which files come -----------------------------------------------------------------------------------------


def told_here(space: Workspace) -> dict[str, object]:
    """All that the officer's laptop says of sheets, absences and what was agreed."""
    with space.store.reading() as tx:
        tender = tenders.find(tx, REFERENCE)
        signed = queries.sign_offs(tx, tender.tender_id)
        return {
            "seen": room.lines_of(tx, tender),
            "signed": {one: (held.signed, held.sheet) for one, held in signed.items()},
            "absent": queries.absences(tx, tender.tender_id),
            "recused": queries.all_recused(tx, tender.tender_id, tender.pack),
            "missing": room.missing_sheets(tx, tender),
            "agreed": score_reads.moderated(tx, tender.tender_id),
            "stage": tender.stage,
            "standing": assents.standing(space, REFERENCE),
            "outdated": [(one.is_final, one.outdated) for one in assents.standing(space, REFERENCE)],
            "panel": [
                (one.member.person, one.answered, one.signed_off, one.absent)
                for one in setup.view(space, REFERENCE).panel
            ],
        }


def test_same_files_in_any_order_say_the_same_with_absences_recusals_and_newer_sheets(tmp_path: Path) -> None:
    with left(tmp_path, everybody_declared, people(chair_scores=False, third=True)) as desk:
        before = copied(tmp_path / "laptop-OF1", tmp_path / "before")
        sheets = [sheet(desk, one) for one in ("PM1", "PM2")]
        desk.take("CH1", *sheets)
        sign_off.record_absence(desk["CH1"], REFERENCE, person="PM3", reason=AWAY)
        moderate(desk, present=("CH1", "PM1", "PM2"))
        interim = sent_moderation(desk, final=False)
        moderate(desk, present=("CH1", "PM1", "PM2"), reasons="It says how.")
        files = [*sheets, interim, sent_moderation(desk), corrected(desk, "PM1"), sheet(desk, "PM3")]
        found = []
        for number, chosen in enumerate(orders([*files, declared_late(desk, "PM3", "B02")])):
            with opened(copied(before, tmp_path / f"order {number}"), desk.clock) as space:
                receiving.receive(space, chosen)
                found.append(told_here(space))
                assert verify.verify_tender(space, REFERENCE).verdict == "verified"
        for other in found[1:]:
            assert other == found[0]
        assert (found[0]["absent"], found[0]["missing"]) == ({"PM3": AWAY}, ())
        assert found[0]["outdated"] == [(True, ("PM1", "PM3"))]
        assert found[0]["agreed"] == agreed(desk["CH1"])


def everybody_declared(desk: Laptops, of: tuple[PanelMember, ...]) -> None:
    """Everybody has joined, declared, and holds their keys."""
    joined(desk, of)
    for one in ("CH1", "PM1", "PM2", "PM3"):
        declare(desk, one)
    release(desk)


def declared_late(desk: Laptops, person: str, interest: str) -> Path:
    declarations.declare(
        desk[person], REFERENCE, person=person, answers=[Answer(interest, "A cousin works there now.")]
    )
    sent = sending.send(desk[person], REFERENCE, to=desk.stick).declaration
    assert sent is not None
    return sent


def orders(files: list[Path]) -> list[list[Path]]:
    """As they were made, the other way round, and some in between."""
    mixed = [Random(seed).sample(files, len(files)) for seed in range(4)]
    return [files, files[::-1], *mixed]


def answers_digest(desk: Laptops, person: str) -> str:
    from evalpanel.domain.sheets import sheet_digest

    return sheet_digest(answers(desk[person], person).values())


# What may not become the record --------------------------------------------------------------------------------------


def quoting_zero(one: AgreedLine) -> AgreedLine:
    given = tuple(
        Given(each.person, ScoreStatus.SCORED, Decimal(0)) if each.person == "PM1" else each for each in one.given
    )
    return replace(one, given=given) if one.agreed.line == line("B01", "1.1") else one


def test_misquoted_scorer_is_told_and_does_not_agree_unseen(tmp_path: Path) -> None:
    with scored_panel(tmp_path) as desk:
        moderate(desk)
        sent_moderation(desk)
        wrong = crafted(desk, quoting_zero)
        (refused,) = desk.take(OFFICER, wrong)
        said = "PM1, lot L1, bid B01, criterion 1.1: you gave 3, and you are quoted with 0"
        assert (refused.verdict, said in refused.words, agreed(desk[OFFICER])) == (Verdict.ALTERED, True, {})
        (report,) = desk.take("PM1", wrong)
        assert "you gave 3, and you are quoted with 0" in report.words
        with pytest.raises(EvalPanelError) as raised:
            assents.assent(desk["PM1"], REFERENCE, to=desk.stick)
        assert raised.value.title.startswith("On 1 lines you are not quoted with what you gave")
        against = Dissent(line("B01", "1.1"), "I gave three, for the routes into schools.")
        (one,) = assents.assent(desk["PM1"], REFERENCE, to=desk.stick, dissents=[against])
        (report,) = desk.take("CH1", one.file)
        assert report.words == "PM1 does not agree with everything: dissent on 1 lines; 1 answers were misquoted."
        (state,) = assents.standing(desk["CH1"], REFERENCE)
        assert [(word.person, word.dissents) for word in state.words] == [("PM1", (against,))]
        (again,) = assents.assent(desk["PM1"], REFERENCE, to=desk.stick, dissents=[against])
        assert again == one


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: replace(one, agreed=replace(one.agreed, value=Decimal(7))), "7 is not a level of the scale"),
        (
            lambda one: replace(one, agreed=replace(one.agreed, present=(PersonCode("XX1"),))),
            "nobody on the panel has the code",
        ),
        (lambda one: replace(one, agreed=replace(one.agreed, line=line("B09", "1.1"))), "it speaks of a line twice"),
        (lambda one: replace(one, given=one.given[:1]), "was left out"),
    ],
)
def test_moderation_that_does_not_hold_together_changes_nothing(
    tmp_path: Path, change: Callable[[AgreedLine], AgreedLine], said: str
) -> None:
    with scored_panel(tmp_path) as desk:
        moderate(desk)
        sent_moderation(desk)
        (report,) = desk.take(OFFICER, crafted(desk, change))
        assert (report.verdict, said in report.words, agreed(desk[OFFICER])) == (Verdict.ALTERED, True, {})


# Absent, dissenting, receipts ----------------------------------------------------------------------------------------


def test_absent_scorer_is_named_with_the_reason_and_a_dissent_lets_moderation_be_locked(tmp_path: Path) -> None:
    with panel(tmp_path, people(third=True)) as desk:
        declare(desk, "PM3")
        scored(desk)
        with pytest.raises(EvalPanelError) as raised:
            moderate(desk)
        assert raised.value.title == "Moderation waits for 1 sign-off: PM3."
        sign_off.record_absence(desk["CH1"], REFERENCE, person="PM3", reason=AWAY)
        moderate(desk)
        with pytest.raises(EvalPanelError) as raised:
            assents.assent(desk["PM1"], REFERENCE, to=desk.stick)
        assert raised.value.title == "No final moderation is here that you could agree to."
        final = sent_moderation(desk)
        desk.take(OFFICER, final)
        assert missing(desk) == ()
        release(desk)
        desk.take("PM1", final)
        against = Dissent(line("B02", "2.1"), "The price of travel was not looked at.")
        (one,) = assents.assent(desk["PM1"], REFERENCE, to=desk.stick, dissents=[against], affirm=True)
        desk.take(OFFICER, one.file)
        assert refusal_to_close(desk) == "Moderation cannot be closed: the word of PM2 is missing."
        assents.excuse(desk[OFFICER], REFERENCE, person="PM2", why="In hospital since Monday.")
        with pytest.raises(EvalPanelError) as raised:
            assents.excuse(desk[OFFICER], REFERENCE, person="PM2", why="In hospital since Monday.")
        assert raised.value.title == "No word of PM2 is missing."
        (state,) = assents.standing(desk[OFFICER], REFERENCE)
        assert (state.missing, state.excused, state.words[0].dissents) == (
            (),
            {"PM2": "In hospital since Monday."},
            (against,),
        )
        for person in ("CH1", "PM2"):
            affirm(desk, person)
        moderation.close(desk[OFFICER], REFERENCE)
        assert verify.verify_tender(desk[OFFICER], REFERENCE).verdict == "verified"


def test_receipt_says_what_arrived_and_shows_a_laptop_that_was_put_back(tmp_path: Path) -> None:
    with panel(tmp_path) as desk:
        declare(desk, "PM1")
        release(desk)
        desk.take(OFFICER, sheet(desk, "PM1"))
        made = receipts.receipts(desk[OFFICER], REFERENCE, to=desk.stick).receipts
        assert (list(made), receipts.receipts(desk[OFFICER], REFERENCE, to=desk.stick).receipts) == (["PM1"], made)
        (report,) = desk.take("PM1", made[PersonCode("PM1")])
        assert report.words == "What you sent arrived at OF1: declaration number 1, scoresheet number 1."
        assert [(one.at, one.kind, one.newest, one.unknown) for one in receipts.arrived(desk["PM1"], REFERENCE)] == [
            ("OF1", ParcelKind.DECLARATION, True, 0),
            ("OF1", ParcelKind.SCORESHEET, True, 0),
        ]
        desk.take(OFFICER, lost_sheet(desk, "PM1"))
        made = receipts.receipts(desk[OFFICER], REFERENCE, to=desk.stick).receipts
        (report,) = desk.take("PM1", made[PersonCode("PM1")])
        assert "1 of that is not on this laptop: it was put back from an older backup" in report.words
        with pytest.raises(EvalPanelError):
            receipts.receipts(desk["PM1"], REFERENCE, to=desk.stick)
