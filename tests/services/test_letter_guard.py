"""The guard on finished letters of the sample tender: planted leaks stop a letter, exceptions and approvals are on record."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

import ui_stage
from evalpanel.domain.leak_letters import squeezed
from evalpanel.domain.leaks import Allowed, Guard, Passage, SecretKind
from evalpanel.domain.tender import RegimeCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_pdf import render
from evalpanel.formats.pdf_words import passages
from evalpanel.services import approving, letter_guard, letter_looks, letters, record, tenders
from evalpanel.services.awards import computed
from evalpanel.services.letter_drafts import inputs, regime_and_wording, signatory
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from planted import plant

REFERENCE = ui_stage.REFERENCE


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample with its outcome. No test changes it."""
    with ui_stage.at("decided", tmp_path_factory.mktemp("ready")) as space:
        yield space


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample where the reasons for one line of B02 tell what they may not."""
    with ui_stage.at("decided", tmp_path_factory.mktemp("planted")) as space:
        with space.store.reading() as tx:
            pack = tenders.find(tx, REFERENCE).pack
        rival = next(one.name for one in pack.bidders if one.bidder == "B04")
        member = next(one.name for one in pack.panel if one.person == "PM1")
        plant(space, "B02", "L1", f"{rival} answered this in more depth, and {member} said so.")
        yield space


def found_in(space: Workspace, bid: str, lot: str, text: str) -> list[tuple[str, bool]]:
    """What the guard says when a letter's first page ended with `text`."""
    with space.store.reading() as tx:
        held = computed(tx, tenders.find(tx, REFERENCE))
        watch = letter_guard.watch(tx, space, held)
        regime, wording = regime_and_wording(tx, held)
    about = next(one for one in held.pack.bids if (one.bid, one.lot) == (bid, lot))
    result = next(one for one in held.lots if one.lot == lot)
    made = inputs(space, held, about, result, regime, wording, signatory(space, held, held.pack.panel[0].person))
    return [(leak.whose, leak.stops) for leak in watch.in_passages((made,), (Passage("Page 1", text),))]


def names(space: Workspace) -> dict[str, str]:
    with space.store.reading() as tx:
        return {one.bidder: one.name for one in tenders.find(tx, REFERENCE).pack.bidders}


def test_no_letter_of_the_sample_tells_what_it_may_not(ready: Workspace) -> None:
    found = letter_looks.look(ready, REFERENCE)
    assert len(found) == 8
    assert [leak for one in found for leak in one.stops] == []
    assert all(one.grade is not None and one.explanations for one in found if one.kind.is_summary)


def test_every_name_of_somebody_else_is_found_in_every_letter(ready: Workspace) -> None:
    for code, name in names(ready).items():
        said = found_in(ready, "B02", "L1", f"As {unicodedata.normalize('NFD', name.upper())} did.")
        # The winner of the lot may be named to the others.
        assert bool(said) == (code not in ("B01", "B02")), name


def test_what_the_store_holds_is_found(ready: Workspace) -> None:
    with ready.store.reading() as tx:
        pack = tenders.find(tx, REFERENCE).pack
        score = (
            tx.execute(select(t.ScoreRow).where(t.ScoreRow.rationale != "", t.ScoreRow.bid == "B04")).scalars().first()
        )
        agreed = tx.execute(select(t.ModeratedScoreRow).where(t.ModeratedScoreRow.bid == "B04")).scalars().first()
        price = tx.execute(select(t.PriceLineRow).where(t.PriceLineRow.bidder == "B04")).scalars().first()
    assert score is not None and agreed is not None and price is not None
    officer = pack.panel[0]
    member = next(one for one in pack.panel if one.name != officer.name)
    rival = next(one for one in pack.bidders if one.bidder == "B04")
    for text in (
        score.rationale,
        agreed.reasons,
        f"They ask £{price.amount:,f}.",
        f"Register number {rival.identifier}.",
        f"Write to {rival.email}.",
        f"{member.name} found it thin.",
    ):
        assert any(stops for _, stops in found_in(ready, "B02", "L1", text)), text


def test_a_letter_that_tells_what_it_may_not_is_not_signed_and_says_what_and_where(
    planted: Workspace, tmp_path: Path
) -> None:
    report = letters.letters(planted, REFERENCE, tmp_path / "out")
    stopped = [leak for one in letter_looks.look(planted, REFERENCE, bid="B02", lot="L1") for leak in one.stops]
    assert {(leak.kind, leak.whose) for leak in stopped} == {
        (SecretKind.BIDDER, "the name of bidder B04"),
        (SecretKind.PERSON, "the name of PM1, of the panel"),
    }
    assert [(one.bid, one.lot) for one in report.blocked] == [("B02", "L1")]
    assert {why.split(" Page ")[0] for why in report.blocked[0].why} == {"It would tell what it may not."}
    assert not (tmp_path / "out" / f"{REFERENCE}-L1-B02.pdf").exists()
    assert len(report.letters) == 7

    with pytest.raises(EvalPanelError, match="It is not said why"):
        approving.let_through(planted, REFERENCE, bid="B02", lot="L1", key=stopped[0].key, why=" ")
    with pytest.raises(EvalPanelError, match="Nothing that stops"):
        approving.let_through(planted, REFERENCE, bid="B02", lot="L1", key="0" * 16, why="Because.")
    for leak in {one.key: one for one in stopped}.values():
        approving.let_through(planted, REFERENCE, bid="B02", lot="L1", key=leak.key, why="It was said in public.")

    again = letters.letters(planted, REFERENCE, tmp_path / "out")
    assert again.blocked == ()
    assert any(
        "recorded why something may stand in the letter" in one.what for one in record.history(planted, REFERENCE)
    )


def test_the_whole_of_a_finished_file_is_looked_through(tmp_path: Path) -> None:
    from io import BytesIO

    import pikepdf

    import letter_examples as ex
    from evalpanel.domain.feedback import compose

    plain = render(compose(ex.inputs("B05")), made_at=ex.MADE_AT).data
    with pikepdf.open(BytesIO(plain)) as pdf:
        pdf.docinfo["/Keywords"] = "in the keywords"
        note = tmp_path / "note.txt"
        note.write_text("in the attachment")
        pdf.attachments["note.txt"] = pikepdf.AttachedFileSpec.from_filepath(
            pdf, note, description="in its description"
        )
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("in a bookmark", 0))
        pdf.pages[0].obj.Annots = pdf.make_indirect(
            pikepdf.Array(
                [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Contents="in a note")]
            )
        )
        pdf.Root.StructTreeRoot = pdf.make_indirect(pikepdf.Dictionary(Alt="in the words for a picture"))
        out = BytesIO()
        pdf.save(out)
    text = "\n".join(one.text for one in passages(out.getvalue()))
    for planted_words in (
        "in the keywords",
        "in the attachment",
        "in its description",
        "in a bookmark",
        "in a note",
        "in the words for a picture",
    ):
        assert planted_words in text
    assert "Northern Lights Play" in text


def test_letters_wait_for_approval_and_lose_it_when_they_change(tmp_path: Path) -> None:
    with ui_stage.at("decided", tmp_path / "profile") as space:
        approving.need_approval(space, REFERENCE, needed=True)
        report = letters.letters(space, REFERENCE, tmp_path / "out")
        assert report.letters == ()
        assert {one.why for one in report.blocked} == {("The letter is not approved yet.",)}

        with space.store.reading() as tx:
            panel = tenders.find(tx, REFERENCE).pack.panel
        officer = next(one.person for one in panel if "officer" in one.roles)
        scorer = next(one.person for one in panel if one.roles == ("panel-member",))
        with pytest.raises(EvalPanelError, match="cannot approve letters"):
            approving.approve(space, REFERENCE, person=scorer)
        done = approving.approve(space, REFERENCE, person=officer)
        assert len(done.letters) == 8
        assert approving.approve(space, REFERENCE, person=officer).letters == ()

        plant(space, "B04", "L1", "It was agreed again.")
        again = letters.letters(space, REFERENCE, tmp_path / "out")
        assert [(one.bid, one.lot, one.why) for one in again.blocked] == [
            (
                "B04",
                "L1",
                (f"The letter has changed since {officer} approved it: it has to be approved again.",),
            )
        ]
        assert len(again.letters) == 7
        approving.approve(space, REFERENCE, person=officer, bid="B04", lot="L1")
        assert letters.letters(space, REFERENCE, tmp_path / "out").blocked == ()


def test_the_guard_is_made_once_while_nothing_is_recorded_and_anew_after_an_act(tmp_path: Path) -> None:
    def guard() -> Guard:
        with space.store.reading() as tx:
            return letter_guard.watch(tx, space, computed(tx, tenders.find(tx, REFERENCE))).guard

    with ui_stage.at("decided", tmp_path / "profile") as space:
        first = guard()
        assert guard() is first
        letter_looks.look(space, REFERENCE)
        assert guard() is first
        approving.need_approval(space, REFERENCE, needed=True)
        anew = guard()
        assert anew is not first
        assert anew == first  # that act told nothing of a bid


def test_the_same_reasons_for_two_bids_are_shown_and_do_not_stop(tmp_path: Path) -> None:
    with ui_stage.at("decided", tmp_path) as space:
        same = "The plan names two workers for each of the six villages and says on which evenings they are there."
        plant(space, "B02", "L1", same)
        plant(space, "B04", "L1", same)
        looked = letter_looks.look(space, REFERENCE, bid="B02", lot="L1")[0]
        assert looked.stops == ()
        assert [leak.note for leak in looked.leaks if same[:20] in leak.found] == [
            "The same sentence explains this bid: make sure that it is about this one."
        ]


@pytest.mark.parametrize("code", [code for code in RegimeCode if code is not RegimeCode.PA2023_LIGHT_TOUCH])
def test_no_letter_of_the_sample_leaks_under_any_law(ready: Workspace, code: RegimeCode) -> None:
    from evalpanel.domain.feedback import compose, kind_of
    from evalpanel.services import wordings

    with ready.store.reading() as tx:
        held = computed(tx, tenders.find(tx, REFERENCE))
        watch = letter_guard.watch(tx, ready, held)
        regime = wordings.regime(code)
        wording = wordings.wording(tx, regime)
    for result in held.lots:
        for bid in (one for one in held.pack.bids if one.lot == result.lot):
            if kind_of(result, bid.bid) is None:
                continue
            signs = signatory(ready, held, held.pack.panel[0].person)
            about = inputs(ready, held, bid, result, regime, wording, signs)
            pdf = render(compose(about), made_at=ready.now()).data
            assert [leak.sentence for leak in watch.leaks((about,), pdf) if leak.stops] == []


def test_a_sentence_that_goes_on_overleaf_is_found_whole_whatever_stands_at_the_foot(ready: Workspace) -> None:
    import letter_examples as ex
    from evalpanel.domain.feedback import compose

    with ready.store.reading() as tx:
        held = computed(tx, tenders.find(tx, REFERENCE))
        guard = letter_guard.watch(tx, ready, held).guard
        said = max((one.reasons for line, one in held.moderated.items() if line.bid == "B04"), key=len)
    rival = next(one.name for one in held.pack.bidders if one.bidder == "B04")
    broken: set[str] = set()
    for filler in range(12, 94, 3):  # somewhere in it a page ends in the sentence
        planted = f"{'The plan was read with care. ' * (2 * filler)}{said} {rival} said so."
        moderated = tuple(
            replace(one, reasons=planted) if one.line.criterion == "1.1" else one for one in ex.moderated("B02")
        )
        pdf = render(compose(ex.inputs("B02", moderated=moderated)), made_at=ex.MADE_AT).data
        pages = passages(pdf)
        leaks = guard.leaks(pages, Allowed(), "B02")
        whole = [leak for leak in leaks if squeezed(said).text in squeezed(leak.found).text]
        assert whole, filler
        assert any(leak.found.split() == rival.split() for leak in leaks), filler
        broken.update(leak.where for leak in whole)
    assert any(where.startswith("Pages ") for where in broken), broken


def test_no_letter_of_a_page_is_lost_on_the_way_to_the_guard() -> None:
    import pypdfium2

    import letter_examples as ex
    from evalpanel.domain.feedback import compose

    for bid in ("B01", "B02", "B03", "B05"):
        pdf = render(compose(ex.inputs(bid)), made_at=ex.MADE_AT).data
        document = pypdfium2.PdfDocument(pdf)
        seen = "".join(page.get_textpage().get_text_range() for page in document)
        document.close()
        read = "".join(
            one.text for one in passages(pdf) if "age" in one.where.split(",")[0] and "Beside" not in one.where
        )
        assert sorted(squeezed(read).text) == sorted(squeezed(seen).text)
