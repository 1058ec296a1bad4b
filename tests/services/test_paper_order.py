"""Letters before the notice, and days that agree: what the law asks of the order in which the papers of an award go out."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import make
from after_outcome_steps import TODAY, decided, lettered
from evalpanel.domain.correspondence import Channel
from evalpanel.domain.tender import BidCode, LotCode, RegimeCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import letters, letters_anew, publishing, record, sent, setup, verify, wording_files
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models import award_acts
from judges import judge
from profiles import Clock, copied, opened
from stages import REFERENCE, bring, load

At = Callable[[str], Workspace]
MOURNING = (date(2026, 10, 12), "Day of mourning")
NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def old_law(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile whose tender runs under the regulations of 2015, with its award decided."""
    import profiles

    root = tmp_path_factory.mktemp("old law")
    profiles.make_profile(root / "profile")
    with opened(root / "profile", Clock()) as space:
        load(space, root / "pack", make.pack(tender=replace(make.tender(), regime=RegimeCode.PCR2015)))
        bring(space, "priced")
        decided(space)
    return root / "profile"


@pytest.fixture
def under(old_law: Path, tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    with opened(copied(old_law, tmp_path / "profile"), clock) as space:
        yield space


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(EvalPanelError) as found:
        act()
    return f"{found.value.title} {found.value.message}"


def pages(file: Path) -> str:
    told = subprocess.run([judge("pdftotext"), file, "-"], check=True, capture_output=True, text=True, encoding="utf-8")
    return re.sub(r"\s+", " ", told.stdout)


def test_a_day_that_is_proclaimed_before_signing_stands_in_every_letter(under: Workspace, tmp_path: Path) -> None:
    found = publishing.say_letter_days(under, REFERENCE, proclaimed=[MOURNING])
    assert (found.to_sign_anew, found.sentences) == ((), ())
    lettered(under, tmp_path / "out")
    ends = {file.name: "the end of Tuesday 13 October 2026" in pages(file) for file in (tmp_path / "out").glob("*.pdf")}
    assert (len(ends), set(ends.values())) == (3, {True})
    now = publishing.publish(under, REFERENCE, published=TODAY)
    assert now.period is not None
    assert now.period.ends == date(2026, 10, 13)
    assert record.history(under, REFERENCE)[-1].sentence.endswith(
        "A standstill of 10 days began to count. Day of mourning on 12 October 2026 counts as a bank holiday."
    )
    assert verify.verify_tender(under, REFERENCE).verdict == "verified"


def test_a_day_that_is_proclaimed_later_means_that_letters_are_signed_anew(under: Workspace, tmp_path: Path) -> None:
    lettered(under, tmp_path / "out")
    publishing.publish(under, REFERENCE, published=TODAY)
    found = publishing.say_letter_days(under, REFERENCE, proclaimed=[MOURNING])
    assert [(one.bid, one.ends) for one in found.to_sign_anew] == [
        (bid, date(2026, 10, 12)) for bid in ("B01", "B02", "B03")
    ]
    assert found.sentences[0] == (
        "The letter for bid B01, lot L1 states another end of standstill: sign it anew (letters --bid B01 --again WHY) and "
        "send it."
    )
    assert [(one.bid, one.why) for one in letters_anew.to_do(under, REFERENCE).anew] == [
        (bid, ("It states another end of standstill than would be so now.",)) for bid in ("B01", "B02", "B03")
    ]
    said = refused(lambda: publishing.publish(under, REFERENCE, again="A day was proclaimed."))
    assert said.startswith(
        "The letter for bid B01, lot L1, states that standstill ends with 12 October 2026, but it ends with 13 October 2026. "
        "Nothing was changed."
    )
    for bid in ("B01", "B02", "B03"):
        letters.letters(under, REFERENCE, tmp_path / "anew", bid=bid, reissue="A day was proclaimed.")
    assert "the end of Tuesday 13 October 2026" in pages(tmp_path / "anew" / f"{REFERENCE}-L1-B02-v2.pdf")
    assert publishing.papers(under, REFERENCE).to_sign_anew == ()
    assert letters_anew.to_do(under, REFERENCE).anew == ()
    now = publishing.publish(under, REFERENCE, again="A day was proclaimed.")
    assert now.period is not None
    assert now.period.ends == date(2026, 10, 13)


def test_letter_of_a_bidder_whose_details_were_corrected_is_to_be_signed_anew(under: Workspace, tmp_path: Path) -> None:
    lettered(under, tmp_path / "out")
    assert letters_anew.to_do(under, REFERENCE).anew == ()
    setup.correct_bidder(under, REFERENCE, bidder="B02", address="2 Dock Road, Northmoor NM0 0AC")
    assert [(one.bid, one.why) for one in letters_anew.to_do(under, REFERENCE).anew] == [
        ("B02", ("The details of its bidder were corrected after it was signed.",))
    ]
    letters.letters(
        under, REFERENCE, tmp_path / "anew", only=[(BidCode("B02"), LotCode("L1"))], reissue="The address was wrong."
    )
    assert [file.name for file in (tmp_path / "anew").glob("*.pdf")] == [f"{REFERENCE}-L1-B02-v2.pdf"]
    assert "2 Dock Road" in pages(tmp_path / "anew" / f"{REFERENCE}-L1-B02-v2.pdf")
    assert letters_anew.to_do(under, REFERENCE).anew == ()


def test_letters_that_go_by_post_give_fifteen_days_and_the_notice_counts_them(under: Workspace, tmp_path: Path) -> None:
    publishing.say_letter_days(under, REFERENCE, by_post=True)
    lettered(under, tmp_path / "out")
    assert "the end of Friday 16 October 2026" in pages(tmp_path / "out" / f"{REFERENCE}-L1-B02.pdf")
    assert "at least 15 days here" in refused(lambda: publishing.publish(under, REFERENCE, published=TODAY, days=10))
    now = publishing.publish(under, REFERENCE, published=TODAY)
    assert now.period is not None
    assert now.period.ends == date(2026, 10, 16)
    assert "they go not all by electronic means" in " ".join(one.sentence for one in record.history(under, REFERENCE))


def test_saying_it_once_more_needs_a_reason_and_keeps_both(under: Workspace) -> None:
    publishing.say_letter_days(under, REFERENCE, proclaimed=[MOURNING])
    assert refused(lambda: publishing.say_letter_days(under, REFERENCE, by_post=True)).startswith(
        "It is on the record already by what letters go."
    )
    found = publishing.say_letter_days(under, REFERENCE, by_post=True, again="Tallis has no e-mail.")
    assert (found.days.added_days, found.days.by_post) == (dict([MOURNING]), True)
    assert record.history(under, REFERENCE)[-1].sentence.endswith("Recorded once more: Tallis has no e-mail.")


def test_a_law_whose_letters_state_no_day_takes_no_days_for_them(at: At) -> None:
    assert refused(lambda: publishing.say_letter_days(at("priced"), REFERENCE, proclaimed=[MOURNING])).startswith(
        "No letter states the end of standstill under Procurement Act 2023, light-touch contract. Nothing was changed."
    )


def test_the_day_of_sending_fits_the_log(under: Workspace, clock: Clock, tmp_path: Path) -> None:
    lettered(under, tmp_path / "out")
    sent.record_sent(
        under, REFERENCE, at=NOON.replace(hour=9), channel=Channel.EMAIL, bids=[("B01", "L1"), ("B02", "L1")]
    )
    clock.forward(days=2)
    assert [one.bid for one in publishing.papers(under, REFERENCE).unsent] == ["B03"]
    sent.record_sent(under, REFERENCE, at=NOON.replace(day=2), channel=Channel.EMAIL, bids=[("B03", "L1")])
    assert refused(lambda: publishing.publish(under, REFERENCE, published=TODAY)).startswith(
        "The letter for bid B03, lot L1, is on the log as sent on 2 October 2026, after 1 October 2026. Nothing was changed. "
        "Standstill is counted from the day on which the last letter was sent (regulation 87)."
    )
    assert refused(lambda: publishing.publish(under, REFERENCE, published=date(2026, 10, 3))).startswith(
        "The log says that the last letter was sent on 2 October 2026, and not on 3 October 2026."
    )
    # The tenth day after 1 October is a Sunday: what the letters state is right for 2 October too.
    now = publishing.publish(under, REFERENCE, published=date(2026, 10, 2))
    assert now.period is not None
    assert now.period.ends == date(2026, 10, 12)


def test_a_letter_that_went_by_post_needs_the_longer_standstill(under: Workspace, tmp_path: Path) -> None:
    lettered(under, tmp_path / "out")
    sent.record_sent(under, REFERENCE, at=NOON.replace(hour=9), channel=Channel.POST)
    assert refused(lambda: publishing.publish(under, REFERENCE, published=TODAY, stands="It may.")).startswith(
        "The letter for bid B01, lot L1, is on the log as sent by other than electronic means. Nothing was changed. Then "
        "standstill lasts to the fifteenth day"
    )


def test_a_notice_is_not_earlier_than_its_assessment_summaries(at: At, clock: Clock, tmp_path: Path) -> None:
    space = at("priced")
    decided(space)
    clock.forward(days=1)
    lettered(space, tmp_path / "out")
    assert refused(lambda: publishing.publish(space, REFERENCE, published=TODAY, standstill=True)).startswith(
        "The letter for bid B01, lot L1, was signed on 2 October 2026, after the notice of 1 October 2026. Nothing was "
        "changed. The Procurement Act (section 50) asks that every assessment summary is provided before"
    )
    clock.forward(days=1)
    sent.record_sent(space, REFERENCE, at=NOON.replace(day=3, hour=9), channel=Channel.PORTAL, bids=[("B02", "L1")])
    assert refused(
        lambda: publishing.publish(space, REFERENCE, published=date(2026, 10, 2), standstill=True)
    ).startswith("The letter for bid B02, lot L1, was sent on 3 October 2026, after the notice of 2 October 2026.")
    publishing.publish(space, REFERENCE, published=date(2026, 10, 3), standstill=True)
    (sentence,) = publishing.papers(space, REFERENCE).sentences
    assert sentence == (
        "No sending is on the log for the letters of B01 (L1), B03 (L1). They go out before the notice: record it with "
        "evalpanel sent."
    )
    # A later version changes nothing about when the first was provided.
    clock.forward(days=1)
    letters.letters(space, REFERENCE, tmp_path / "anew", bid="B01", reissue="A wrong name.")
    publishing.publish(space, REFERENCE, notice_id="2026/S 000-2", again="The number was mistyped.")


def test_a_notice_that_went_out_first_is_recorded_with_the_reason_why_it_stands(
    at: At, clock: Clock, tmp_path: Path
) -> None:
    space = at("priced")
    decided(space)
    clock.forward(days=1)
    lettered(space, tmp_path / "out")
    why = "The portal published it by itself; our lawyer agrees that it stands."
    with pytest.raises(publishing.NoticeOutOfOrder) as found:
        publishing.publish(space, REFERENCE, published=TODAY, standstill=True)
    assert found.value.may_be_so
    assert found.value.message.endswith("record it with the reason: --stands WHY.")
    assert found.value.in_window.endswith(f"write it in the field “{publishing.STANDS}”.")
    now = publishing.publish(space, REFERENCE, published=TODAY, standstill=True, stands=why)
    assert now.notice is not None
    against = "The letter for bid B01, lot L1, was signed on 2 October 2026, after the notice of 1 October 2026."
    assert (now.notice.found, now.notice.stands) == (against, why)
    assert record.history(space, REFERENCE)[-1].detail.endswith(f"{against} Why it stands: {why}")
    # Recorded once more the reason stays, until the notice fits the letters.
    publishing.publish(space, REFERENCE, notice_id="2026/S 000-2", again="The number was mistyped.")
    fits = publishing.publish(space, REFERENCE, published=date(2026, 10, 2), again="The day was mistyped.")
    assert fits.notice is not None
    assert (fits.notice.found, fits.notice.stands) == ("", "")
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_a_notice_that_fits_its_letters_takes_no_exception(at: At, tmp_path: Path) -> None:
    space = at("priced")
    decided(space)
    lettered(space, tmp_path / "out")
    assert refused(
        lambda: publishing.publish(space, REFERENCE, published=TODAY, standstill=True, stands="It may.")
    ) == (
        "The notice fits the letters on the record, so it needs no exception. Nothing was changed. Record it without one."
    )


def test_a_notice_against_the_log_may_stand(under: Workspace, clock: Clock, tmp_path: Path) -> None:
    lettered(under, tmp_path / "out")
    clock.forward(days=1)
    sent.record_sent(under, REFERENCE, at=NOON.replace(day=2, hour=9), channel=Channel.EMAIL)
    why = "They went out on the first; the log was written a day later and nobody can say the hour."
    now = publishing.publish(under, REFERENCE, published=TODAY, stands=why)
    assert now.notice is not None
    assert (
        now.notice.found.startswith("The letter for bid B01, lot L1, is on the log as sent on"),
        now.notice.stands,
    ) == (
        True,
        why,
    )


def test_days_for_letters_are_typed_in_the_window_too(under: Workspace) -> None:
    typed = "2026-10-12=Day of mourning; 13/10/2026=Coronation"
    award_acts.record_asked(under, REFERENCE, award_acts.Asked("letters", "", "", "", "", True, proclaimed=typed), None)
    found = publishing.papers(under, REFERENCE).days
    assert (found.added_days, found.by_post) == ({MOURNING[0]: MOURNING[1], date(2026, 10, 13): "Coronation"}, True)


def changed(space: Workspace, folder: Path, before: str, after: str) -> None:
    """The authority takes in its sentences with one of them changed."""
    wording_files.export(space, folder)
    file = folder / "pcr2015.toml"
    text = file.read_text("utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, after), "utf-8")
    for other in folder.glob("*.toml"):
        if other != file:
            other.unlink()
    wording_files.use(space, folder)


def test_only_letters_that_use_a_changed_sentence_are_to_be_signed_anew(under: Workspace, tmp_path: Path) -> None:
    lettered(under, tmp_path / "out")
    why = ("Sentences that it uses were changed after it was signed.",)

    def listed() -> list[tuple[str, tuple[str, ...]]]:
        return [(one.bid, one.why) for one in letters_anew.to_do(under, REFERENCE).anew]

    changed(under, tmp_path / "low", "appears to us to be abnormally low", "seems to us to be abnormally low")
    assert listed() == []
    changed(under, tmp_path / "won", "has decided to award you the contract", "decided to award you the contract")
    assert listed() == [("B01", why)]
    changed(under, tmp_path / "all", "Dear {bidder}", "Good day, {bidder}")
    assert listed() == [(bid, why) for bid in ("B01", "B02", "B03")]
    changed(under, tmp_path / "back", "Good day, {bidder}", "Dear {bidder}")
    assert listed() == [("B01", why)]
    letters.letters(under, REFERENCE, tmp_path / "anew", bid="B01", reissue="Our lawyer shortened a sentence.")
    assert listed() == []
