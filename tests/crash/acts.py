"""The acts that are cut short here, each with the profile that it starts from. A new act of the services is one line in `ACTS`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

import after_outcome_steps
import kept
import make
import panels
import stages
from evalpanel.domain.correspondence import Channel
from evalpanel.domain.feedback_occasions import Occasion
from evalpanel.domain.interests import Answer
from evalpanel.domain.lessons import Voice
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.low_prices import LowPriceStep
from evalpanel.domain.parcels import Verdict
from evalpanel.domain.process_feedback import ProcessStage
from evalpanel.domain.tender import BidStatus, PersonCode, RegimeCode
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import (
    approving,
    assents,
    authorities,
    challenge,
    confirming,
    deciding,
    declarations,
    drafting,
    feedback,
    from_paper,
    inviting,
    issuing,
    joining,
    keeping,
    leaving,
    lessons,
    letter_looks,
    letters,
    low_pricing,
    mailing,
    moderation,
    naming,
    occasion_letters,
    outcome,
    packs,
    papers,
    preflight,
    prices,
    publishing,
    receipts,
    receiving,
    recovering,
    releasing,
    reporting,
    scoresheets,
    sending,
    sent,
    setup,
    sign_off,
    succeeding,
    trail_copies,
    wording_files,
    workspace,
)
from evalpanel.services.workspace import Workspace
from evalpanel.store import migrate
from evalpanel.store import tables as t
from evalpanel.store.waiting import Waiting
from filling import filled
from laptops import OFFICER, LastingLaptops, laptops
from profiles import Clock, copied, make_profile, opened
from sheets import words_on
from stages import REFERENCE, Kept

AUTHORITY = 'code = "exbourne"\nname = "Exbourne Council"\naddress = ["1 Quay Street", "Exbourne"]\n'
Watching = Callable[[], AbstractContextManager[None]]
_REVISION = """
from alembic import op
import sqlalchemy as sa
revision = "0002"
down_revision = "0001"
def upgrade():
    op.create_table("note", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("lot") as lot:
        lot.add_column(sa.Column("note", sa.String()))
"""


class Materials:
    """What acts take in, and the profiles that they start from: made once, when first asked for, and never changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "kept").mkdir(parents=True)
        self._kept = Kept(folder / "kept")

    def profile(self, stage: str) -> Path:
        """The closed profile at a stage."""
        makers: dict[str, Callable[[Path], object]] = {
            "filled": self._filled,
            "away": self._away,
            "unpriced": self._unpriced,
            "one letter": self._one_letter,
            "leaking": self._leaking,
            "changed": self._changed,
            "invited": self._invited,
            "joined": self._joined,
            "blind": self._blind,
            "blind looked at": self._blind_looked_at,
            "blind listed": self._blind_listed,
            "member": self._member,
            "unheard": lambda _root: self.path("answer"),
            "waited": self._waited,
            "holding": self._holding,
            "nothing but a profile": make_profile,
            "taken over": self._taken_over,
            "issuing": lambda _root: self.path("issued"),
            **{f"apart {person}": self._apart for person in ("OF1", "CH1", "PM1")},
            "locked CH1": self._locked,
            "outcome made": self._outcome,
            "decided": self._decided,
            "law of 2015": self._law_of_2015,
            "challenged": self._challenged,
            "noticed": self._noticed,
            "ended soon": self._closed,
            "signed": self._contracted,
            "asked about a price": self._asked,
            "answered about a price": self._answered,
            "has a sheet": self._has_sheet,
            "has sent": lambda _root: self.path("sheet"),
            "two laptops": self._two_laptops,
        }
        make_it = makers.get(stage)
        if make_it is None:
            return self._kept.profile(stage)
        root = self.folder / stage
        if not root.exists():
            make_it(root)
        return root

    def path(self, takes: str) -> Path:
        """What an act takes in, by its name."""
        path = self.folder / takes
        if not path.exists():
            writers: dict[str, Callable[[Path], object]] = {
                "pack": stages.write_pack,
                "pack.zip": self._zip,
                "more": _more_bids,
                "scores.xlsx": self._scores,
                "moderated.xlsx": self._moderated,
                "answer": self._answer,
                "issued": self._issued,
                "papered": self._papered,
                "interim": self._interim,
                "sheet": self._sheet,
                "forms": self._forms,
                "moderation": self._moderation,
                "assent": self._assent,
                "late interest": self._late_interest,
                "other sheet": self._other_sheet,
                "authority.toml": lambda path: path.write_text(AUTHORITY, encoding="utf-8"),
                "prices": self._prices_released,
                "sentences": self._sentences,
                "redacted.txt": lambda path: path.write_bytes(b"The bidder."),
            }
            writers[takes](path)
        return path

    def _zip(self, path: Path) -> None:
        shutil.make_archive(str(path.with_suffix("")), "zip", self.path("pack"))

    def _scores(self, path: Path) -> None:
        with opened(copied(self.profile("scored"), self.folder / "for scores")) as space:
            scoresheets.export_scores(space, REFERENCE, person="PM1", out=path)

    def _moderated(self, path: Path) -> None:
        with opened(copied(self.profile("agreed"), self.folder / "for moderated")) as space:
            scoresheets.export_moderated(space, REFERENCE, path)

    def _filled(self, root: Path) -> None:
        with opened(copied(self.profile("declared"), root)) as space:
            stages.score(space, person="PM1")

    def _away(self, root: Path) -> None:
        """PM1's absence is on record."""
        with opened(copied(self.profile("declared"), root)) as space:
            sign_off.record_absence(space, REFERENCE, person="PM1", reason="On leave.")

    def _changed(self, root: Path) -> None:
        """A profile with a backup from before its last change."""
        with opened(copied(self.profile("frozen"), root)) as space:
            kept.save(space, 3)

    def _invited(self, root: Path) -> None:
        """The officer's profile, with an invitation for PM1 made."""
        with opened(copied(self.profile("declared"), root)) as space:
            inviting.invite(space, REFERENCE, to=self._folder("invitation"), people=["PM1"])

    def _answer(self, folder: Path) -> None:
        """PM1's answer to it, from a laptop of their own."""
        self.profile("invited")
        folder.mkdir()
        make_profile(self.folder / "answering")
        (invitation,) = self._folder("invitation").iterdir()
        with opened(self.folder / "answering") as space:
            joining.enrol(space, invitation, to=folder)
        copied(self.folder / "answering", self.folder / "unheard")

    def _waited(self, root: Path) -> None:
        """PM1's laptop after the words, with all that was issued waiting in it."""
        issued = tuple(self.path("issued").iterdir())
        copied(self.profile("member"), root)
        held = Waiting(root / "waiting")
        for file in issued:
            with file.open("rb") as opened_file:
                held.keep(opened_file)

    def _joined(self, root: Path) -> None:
        """The officer's profile with PM1's keys confirmed; `answering` has confirmed the officer's."""
        answer = self.path("answer")
        with opened(copied(self.profile("invited"), root)) as officer, opened(self.folder / "answering") as member:
            receiving.receive(officer, tuple(answer.iterdir()))
            (of_officer,) = confirming.words_to_read(officer, REFERENCE, person="PM1")
            (of_member,) = confirming.words_to_read(member, REFERENCE)
            confirming.confirm(officer, REFERENCE, typed=" ".join(of_member), person="PM1")
            confirming.confirm(member, REFERENCE, typed=" ".join(of_officer))

    def _issued(self, folder: Path) -> None:
        folder.mkdir()
        with opened(copied(self.profile("joined"), self.folder / "issuing")) as space:
            issuing.issue(space, REFERENCE, to=folder)

    def _member(self, root: Path) -> None:
        """PM1's own laptop, where nothing but the invitation and the words has come yet."""
        self.profile("joined")
        copied(self.folder / "answering", root)

    def _papered(self, folder: Path) -> None:
        """What was issued once the successor's and the recovery sheet were made, and the sheets."""
        folder.mkdir()
        with opened(copied(self.profile("joined"), self.folder / "papering")) as space:
            papers.recovery(space, REFERENCE, to=folder)
            issuing.issue(space, REFERENCE, to=folder)

    def _holding(self, root: Path) -> None:
        """PM1's own laptop, which has taken that in."""
        parcels = tuple(self.path("papered").glob("*.evalpanel"))
        with opened(copied(self.profile("member"), root)) as space:
            receiving.receive(space, parcels)

    def _taken_over(self, root: Path) -> None:
        """A laptop that knew nothing of the tender and has taken it over, with the sheets and that alone."""
        make_profile(root)
        with opened(root) as space:
            _from_paper(space, self.path("papered"), self.folder)

    def _interim(self, folder: Path) -> None:
        """What was issued, with the sheets, and what PM1 sends who has not signed off."""
        shutil.copytree(self.path("papered"), folder)
        with opened(copied(self.profile("holding"), self.folder / "holding scored")) as space:
            declarations.declare(space, REFERENCE, person="PM1")
            stages.score(space, person="PM1")
            sending.send(space, REFERENCE, to=folder)

    def _sheet(self, folder: Path) -> None:
        """What PM1 sends: a declaration, and a sheet that is signed off."""
        issued = tuple(self.path("issued").iterdir())
        folder.mkdir()
        with opened(copied(self.profile("member"), self.folder / "scoring")) as space:
            receiving.receive(space, issued)
            declarations.declare(space, REFERENCE, person="PM1")
            stages.score(space, person="PM1")
            sign_off.sign_off(space, REFERENCE, person="PM1")
            sending.send(space, REFERENCE, to=folder)
        copied(self.folder / "scoring", self.folder / "has sent")

    def _has_sheet(self, root: Path) -> None:
        """The officer's profile with PM1's declaration and sheet taken in."""
        files = tuple(self.path("sheet").iterdir())
        with opened(copied(self.folder / "issuing", root)) as space:
            receiving.receive(space, files)

    def _late_interest(self, folder: Path) -> None:
        """What PM1 sends who remembers an interest after the sheet was signed off."""
        folder.mkdir()
        with opened(copied(self.profile("has sent"), self.folder / "remembering")) as space:
            _remember(space)
            sent = sending.send(space, REFERENCE, to=self._folder("late"))
            assert sent.declaration is not None
            shutil.copy(sent.declaration, folder / sent.declaration.name)

    def _two_laptops(self, root: Path) -> None:
        """PM1's first laptop, with the tender; the second one has scored and sent its sheet."""
        place = self._folder("of two laptops")

        def prepared(space: Workspace) -> None:
            stages.load(space, place / "pack")
            setup.freeze(space, REFERENCE)

        with laptops(place, Clock(), prepared, LastingLaptops) as desk:
            (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
            desk.join(REFERENCE, "PM1", one.file)
            desk.take(OFFICER, joining.enrol(desk["second"], one.file, to=desk.stick, laptop="the old one"))
            (theirs,) = confirming.words_to_read(desk["second"], REFERENCE)
            (ours,) = confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM1")
            confirming.confirm(desk[OFFICER], REFERENCE, typed=" ".join(theirs), person="PM1")
            confirming.confirm(desk["second"], REFERENCE, typed=" ".join(ours))
            declarations.declare(desk[OFFICER], REFERENCE, person="PM1")
            made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
            for laptop in ("PM1", "second"):
                desk.take(laptop, made.roster, made.pack, *made.releases.values())
                declarations.declare(desk[laptop], REFERENCE, person="PM1")
            stages.score(desk["second"], person="PM1")
            sign_off.sign_off(desk["second"], REFERENCE, person="PM1")
            sheet = sending.send(desk["second"], REFERENCE, to=desk.stick).sheet
            assert sheet is not None
            shutil.copy(sheet, self._folder("other sheet") / sheet.name)
        copied(place / "laptop-PM1", root)

    def _other_sheet(self, _folder: Path) -> None:
        """The sheet of PM1's other laptop."""
        self.profile("two laptops")

    def _forms(self, folder: Path) -> None:
        """Two forms about the process that bidders have filled in."""
        with opened(copied(self.profile("one letter"), self.folder / "for forms")) as space:
            (form,) = feedback.write_forms(space, REFERENCE, self._folder("form"))
        folder.mkdir()
        for choice in (0, 2):
            (folder / f"{choice}.pdf").write_bytes(filled(form.read_bytes(), {"found": choice}, {"keep": "Pictures."}))

    def _apart(self, _root: Path) -> None:
        """A panel on laptops: everybody has scored, the chair has written down what was agreed, PM1 holds it."""
        root = self._folder("apart")
        with panels.panel(root) as desk:
            panels.scored(desk)
            panels.moderate(desk)
            desk.take("PM1", panels.sent_moderation(desk))
            (final,) = [file for file in desk.stick.iterdir() if ".moderation." in file.name]
            shutil.copy(final, self._folder("moderation") / final.name)
            moderation.take_moderated(
                desk["CH1"], REFERENCE, rows=panels.agreed_rows(desk["CH1"], reasons="Once more.")
            )
        for person in ("OF1", "CH1", "PM1"):
            copied(root / f"laptop-{person}", self.folder / f"apart {person}")

    def _moderation(self, _folder: Path) -> None:
        """The chair's final moderation as a file."""
        self.profile("apart OF1")

    def _locked(self, root: Path) -> None:
        """The chair's laptop, when the officer has locked what it signed and the keys of prices are on the stick."""
        place = self._folder("locking")
        with panels.panel(place) as desk:
            panels.locked(desk)
            keys = releasing.release(desk[OFFICER], REFERENCE, to=desk.stick, person="CH1").releases[PersonCode("CH1")]
            shutil.copy(keys, self._folder("prices") / keys.name)
        copied(place / "laptop-CH1", root)

    def _prices_released(self, _folder: Path) -> None:
        """The release that tells of the lock, with the keys of prices."""
        self.profile("locked CH1")

    def _assent(self, folder: Path) -> None:
        """PM1's word on it."""
        folder.mkdir()
        with opened(copied(self.profile("apart PM1"), self.folder / "assenting")) as space:
            assents.assent(space, REFERENCE, to=folder, affirm=True)

    def _blind(self, root: Path) -> None:
        """A blind tender whose criteria are frozen."""
        make_profile(root)
        with opened(root) as space:
            blind = make.pack(tender=replace(make.tender(), blind=True))
            stages.load(space, self.folder / "blind pack", blind, {"B01/1.1.txt": b"Harbour Young Carers."})
            setup.freeze(space, REFERENCE)

    def _blind_listed(self, root: Path) -> None:
        with opened(copied(self.profile("blind"), root)) as space:
            declarations.declare(space, REFERENCE, person="PM2", answers=[Answer("Harbor Young Carer", "Once.")])

    def _blind_looked_at(self, root: Path) -> None:
        with opened(copied(self.profile("blind"), root)) as space:
            preflight.look(space, REFERENCE)

    def _folder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def _unpriced(self, root: Path) -> None:
        make_profile(root)
        with opened(root) as space:
            stages.load(space, self.folder / "pack without prices", make.pack(prices=()))
            stages.bring(space, "closed")

    def _one_letter(self, root: Path) -> None:
        addressed = tuple(replace(one, address="1 Quay Street\nNorthmoor\nNM0 0AA") for one in make.bidders())
        make_profile(root)
        with opened(root) as space, suppress(Cancelled):
            stages.load(space, self.folder / "pack with addresses", make.pack(bidders=addressed))
            stages.bring(space, "priced")
            after_outcome_steps.decided(space)
            letters.letters(space, REFERENCE, self.folder / "first letter", progress=_Stopping(1))

    def _sentences(self, folder: Path) -> None:
        with opened(copied(self.profile("one letter"), self.folder / "for sentences")) as space:
            wording_files.export(space, folder)

    def _leaking(self, root: Path) -> None:
        """A bidder is called what every agreed reason says, so the letters of the others seem to name it."""
        addressed = [replace(one, address="1 Quay Street\nNorthmoor\nNM0 0AA") for one in make.bidders()]
        addressed[2] = replace(addressed[2], name="The Bid Says How")
        make_profile(root)
        with opened(root) as space:
            stages.load(space, self.folder / "pack of the leaking", make.pack(bidders=tuple(addressed)))
            stages.bring(space, "priced")
            outcome.outcome(space, REFERENCE)

    def _outcome(self, root: Path) -> None:
        with opened(copied(self.profile("priced"), root)) as space:
            outcome.outcome(space, REFERENCE)

    def _challenged(self, root: Path) -> None:
        """A challenge pack of bid B02 made; it lies beside the profile."""
        with opened(copied(self.profile("outcome made"), root)) as space:
            challenge.challenge(space, REFERENCE, "B02", to=self._folder("challenge pack"), is_open=True)

    def _law_of_2015(self, root: Path) -> None:
        """Under the regulations of 2015 letters state the end of standstill; nothing is signed yet."""
        make_profile(root)
        with opened(root) as space:
            held = replace(make.tender(), regime=RegimeCode.PCR2015)
            stages.load(space, self.folder / "pack of 2015", make.pack(tender=held))

    def _decided(self, root: Path) -> None:
        """The award decided and the letters signed."""
        with opened(copied(self.profile("outcome made"), root)) as space:
            after_outcome_steps.decided(space)
            after_outcome_steps.lettered(space, self._folder("letters of the decided"))

    def _noticed(self, root: Path) -> None:
        """The notice published without a standstill, which is voluntary here, and a hold placed."""
        with opened(copied(self.profile("decided"), root)) as space:
            publishing.publish(space, REFERENCE, published=after_outcome_steps.TODAY, standstill=False)
            publishing.hold(space, REFERENCE, who="Audit", why="Asked for.")

    def _contracted(self, root: Path) -> None:
        """The contract is signed."""
        with opened(copied(self.profile("noticed"), root)) as space:
            publishing.lift(space, REFERENCE, who="Audit", why="Done.")
            publishing.sign(space, REFERENCE, signed=after_outcome_steps.TODAY)

    def _asked(self, root: Path) -> None:
        with opened(copied(self.profile("priced"), root)) as space:
            _price_step(space, LowPriceStep.NOTIFIED)

    def _answered(self, root: Path) -> None:
        with opened(copied(self.profile("asked about a price"), root)) as space:
            _price_step(space, LowPriceStep.ANSWER)

    def _closed(self, root: Path) -> None:
        """A closed tender without a hold."""
        with opened(copied(self.profile("noticed"), root)) as space:
            publishing.lift(space, REFERENCE, who="Audit", why="Done.")
            publishing.sign(space, REFERENCE, signed=after_outcome_steps.TODAY)
            publishing.close(space, REFERENCE)


_LOW_PRICE = Occasion(LetterKind.ABNORMALLY_LOW_NOTICE, "The hourly rate.", after_outcome_steps.ENDS)
"""A price that a bidder is asked to explain."""


def _let_through(space: Workspace, _place: Place) -> None:
    looked = letter_looks.look(space, REFERENCE, bid="B02", lot="L1")[0]
    key = looked.stops[0].key
    approving.let_through(space, REFERENCE, bid="B02", lot="L1", key=key, why="It was said in public.")


def _more_bids(folder: Path) -> None:
    place = folder / "bids" / "B01"
    place.mkdir(parents=True)
    for number in range(3):
        (place / f"1.2 part {number}.txt").write_text(f"Part {number} of what Harbour adds.", encoding="utf-8")


class _Stopping(Progress):
    """Cancels itself when that many pieces are done."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def step(self, done: int, total: int, what: str = "") -> None:
        if done >= self._after:
            self.cancel()
        super().step(done, total, what)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an act is done: the profile, the folder that it writes into, and what it takes in."""

    folder: Path
    materials: Materials
    takes: str = ""

    @property
    def root(self) -> Path:
        """The profile."""
        return self.folder / "profile"

    @property
    def taken(self) -> Path:
        """What the act takes in."""
        return self.materials.path(self.takes)

    @property
    def out(self) -> Path:
        """A person's own folder: a stick, a share."""
        return self.folder / "out"


@dataclass(frozen=True, slots=True)
class Act:
    """Something that people do, and that may be cut short.

    `stage`: the profile that it starts from (empty: none). `takes`: what it takes in. `run` does the act, and is watched inside `watching()`.
    `commits`: in how many commits it is kept; one, unless each is an act of its own; None where a file takes its name
    instead. `writes`: it writes files into a person's own folder, so doing it again is always right. `around`: what must
    hold while it runs.
    """

    name: str
    stage: str
    run: Callable[[Place, Watching], None]
    commits: int | None = 1
    writes: bool = False
    takes: str = ""
    around: Callable[[Place], AbstractContextManager[None]] = lambda _place: nullcontext()


def _inside(
    name: str,
    stage: str,
    do: Callable[[Workspace, Place], object],
    commits: int = 1,
    *,
    writes: bool = False,
    takes: str = "",
) -> Act:
    """An act in an open profile: it alone is watched, and not opening and closing."""

    def run(place: Place, watching: Watching) -> None:
        with opened(place.root) as space, watching():
            do(space, place)

    return Act(name, stage, run, commits, writes, takes)


def _make(place: Place, watching: Watching) -> None:
    with watching():
        make_profile(place.root)


def _open_save_close(place: Place, watching: Watching) -> None:
    with watching(), opened(place.root) as space:
        kept.save(space, 2)


def _restore(place: Place, watching: Watching) -> None:
    oldest = workspace.backups(place.root)[-1]
    with watching():
        workspace.restore(place.root, backup=oldest, clock=Clock())


def _upgrade(place: Place, watching: Watching) -> None:
    with watching(), opened(place.root):
        pass


@contextmanager
def _next_version(place: Place) -> Iterator[None]:
    """As the next release will be: one more revision."""
    folder = place.folder / "migrations"
    if not folder.exists():
        shutil.copytree(migrate.MIGRATIONS, folder)
        (folder / "versions" / "0002_next.py").write_text(_REVISION, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "MIGRATIONS", folder)
        patch.setattr(migrate, "SCHEMA", 2)
        yield


def _prices(space: Workspace, _place: Place) -> None:
    prices.import_prices(space, REFERENCE, lines=make.prices())


def _disclose(space: Workspace, place: Place) -> None:
    (pack,) = (place.materials.folder / "challenge pack").glob("*.evalpanel")
    challenge.disclose(space, REFERENCE, "B02", to=place.out, is_open=True, pack=pack)


def _price_step(space: Workspace, step: LowPriceStep, *, accepted: bool | None = None) -> None:
    low_pricing.record_step(
        space,
        REFERENCE,
        bid="B01",
        step=step,
        text="Please explain.",
        who="OF1",
        on=after_outcome_steps.TODAY,
        accepted=accepted,
    )


def _remember(space: Workspace) -> None:
    declarations.declare(
        space, REFERENCE, person="PM1", answers=[Answer("Harbour Young Carers", "A cousin works there.")]
    )


def _exclude(space: Workspace, _place: Place) -> None:
    deciding.exclude(space, REFERENCE, bid="B01", status=BidStatus.EXCLUDED, reason="A conviction.", decided_by="OF1")


def _challenge(space: Workspace, _place: Place) -> None:
    publishing.challenge_notified(space, REFERENCE, who="Tallis", why="Scores.", on=after_outcome_steps.TODAY)


def _end(place: Place, watching: Watching) -> None:
    late = Clock()
    late.forward(days=3 * 366)
    with opened(place.root, late) as space, watching():
        keeping.end(space, REFERENCE, typed=REFERENCE, why="It is no longer needed.")


def _accept(space: Workspace, _place: Place) -> None:
    found = preflight.findings(space, REFERENCE).open
    if found:
        preflight.accept(space, REFERENCE, [found[0].document], why="Seen.")


def _replace(space: Workspace, place: Place) -> None:
    found = preflight.findings(space, REFERENCE).open
    if found:
        preflight.replace(space, REFERENCE, found[0].document, place.taken, why="Blacked out.")


def _settle(space: Workspace, _place: Place) -> None:
    with space.store.reading() as tx:
        settled = tx.query(t.InterestMatchRow).first() is not None
    if not settled:
        declarations.settle(space, REFERENCE, person="PM2", same=["Harbour Young Carers"], why="Rang.")


def _release_names(space: Workspace, _place: Place) -> None:
    with suppress(EvalPanelError):  # it was decided before it was cut short
        naming.release_names(space, REFERENCE, why="References.")


def _take_over(space: Workspace, place: Place) -> None:
    (successor,), (recovery,) = (tuple(place.taken.glob(f"* {one}.pdf")) for one in ("successor", "recovery"))
    succeeding.succeed(
        space,
        REFERENCE,
        successor_words=words_on(successor),
        recovery_words=words_on(recovery),
        why="The laptop was stolen.",
        to=place.out,
    )


def _from_paper(space: Workspace, taken: Path, out: Path) -> None:
    (successor,), (recovery,) = (tuple(taken.glob(f"* {one}.pdf")) for one in ("successor", "recovery"))
    try:
        from_paper.take_over(
            space,
            REFERENCE,
            sorted(taken.glob("*.evalpanel")),
            whom=from_paper.Whom("HP1", "Head of procurement"),
            successor_words=words_on(successor),
            recovery_words=words_on(recovery),
            why="The laptop burnt.",
            to=out,
        )
    except EvalPanelError as error:  # it had happened before it was cut short: the list is written again
        if "leads the tender already" not in error.title:
            raise
        succeeding.succeed(
            space,
            REFERENCE,
            successor_words=words_on(successor),
            recovery_words=words_on(recovery),
            why="The laptop burnt.",
            to=out,
        )


def _recover(space: Workspace, place: Place) -> None:
    (recovery,) = place.taken.glob("* recovery.pdf")
    recovering.recover(
        space, REFERENCE, sorted(place.taken.glob("*.evalpanel")), recovery_words=words_on(recovery), to=place.out
    )


def _put_aside(space: Workspace, _place: Place) -> None:
    held = receiving.waiters(space)
    if len(held) == 3:
        receiving.put_aside(space, held[0].digest)


def _receive(space: Workspace, place: Place) -> None:
    reports = receiving.receive(space, tuple(sorted(place.taken.iterdir())))
    bad = (Verdict.ALTERED, Verdict.UNREADABLE, Verdict.NOT_OURS)
    assert [one for one in reports if one.verdict in bad] == []


ACTS = {
    act.name: act
    for act in (
        Act("make a profile", "", _make, None),
        Act("open, save, close", "declared", _open_save_close),
        Act("put a backup back", "changed", _restore, None),
        Act("upgrade the store", "declared", _upgrade, None, around=_next_version),
        _inside("load a folder", "empty", lambda space, place: packs.load(space, place.taken), takes="pack"),
        _inside("load a zip", "empty", lambda space, place: packs.load(space, place.taken), takes="pack.zip"),
        _inside(
            "load later bids",
            "frozen",
            lambda space, place: packs.load_bids(space, REFERENCE, place.taken),
            takes="more",
        ),
        _inside("freeze", "loaded", lambda space, _: setup.freeze(space, REFERENCE)),
        _inside("declare", "frozen", lambda space, _: declarations.declare(space, REFERENCE, person="PM2")),
        _inside("save a score", "declared", lambda space, _: kept.save(space, 2)),
        _inside(
            "import scores",
            "declared",
            lambda space, place: scoresheets.import_scores(space, REFERENCE, person="PM1", path=place.taken),
            takes="scores.xlsx",
        ),
        _inside(
            "sign off",
            "filled",
            lambda space, _: sign_off.sign_off(space, REFERENCE, person="PM1", entered_by="a supporter"),
        ),
        _inside(
            "take back an absence",
            "away",
            lambda space, _: sign_off.take_back_absence(space, REFERENCE, person="PM1", reason="Back."),
        ),
        _inside(
            "import moderated scores",
            "scored",
            lambda space, place: scoresheets.import_moderated(space, REFERENCE, path=place.taken),
            takes="moderated.xlsx",
        ),
        _inside("close moderation", "agreed", lambda space, _: moderation.close(space, REFERENCE)),
        _inside("import prices", "unpriced", _prices),
        _inside("open prices", "closed", lambda space, _: prices.open_prices(space, REFERENCE)),
        _inside("make the outcome", "priced", lambda space, _: outcome.outcome(space, REFERENCE)),
        _inside("record a low price", "priced", lambda space, _: _price_step(space, LowPriceStep.NOTIFIED)),
        _inside(
            "record what a bidder says of its price",
            "asked about a price",
            lambda space, _: _price_step(space, LowPriceStep.ANSWER),
        ),
        _inside(
            "disregard a low price",
            "answered about a price",
            lambda space, _: _price_step(space, LowPriceStep.DECISION, accepted=False),
        ),
        _inside("exclude a bid", "outcome made", _exclude),
        _inside("decide", "outcome made", lambda space, _: after_outcome_steps.decided(space)),
        _inside(
            "say by what letters state the end of standstill",
            "law of 2015",
            lambda space, _: publishing.say_letter_days(
                space, REFERENCE, proclaimed=[(date(2026, 10, 12), "Day of mourning")], by_post=True
            ),
        ),
        _inside(
            "publish the notice",
            "decided",
            lambda space, _: publishing.publish(space, REFERENCE, published=after_outcome_steps.TODAY, standstill=True),
        ),
        _inside("record a challenge", "noticed", _challenge),
        _inside("hold", "noticed", lambda space, _: publishing.hold(space, REFERENCE, who="Court", why="Ordered.")),
        _inside("lift a hold", "noticed", lambda space, _: publishing.lift(space, REFERENCE, who="Audit", why="Done.")),
        _inside(
            "sign the contract",
            "noticed",
            lambda space, _: publishing.sign(space, REFERENCE, signed=after_outcome_steps.TODAY),
        ),
        _inside("close the tender", "signed", lambda space, _: publishing.close(space, REFERENCE)),
        Act("end the record", "ended soon", _end),
        _inside(
            "add an authority",
            "declared",
            lambda space, place: authorities.add(space, place.taken),
            takes="authority.toml",
        ),
        _inside(
            "write the report",
            "decided",
            lambda space, place: reporting.report(space, REFERENCE, place.out / "report.pdf"),
        ),
        _inside(
            "write the matrix",
            "decided",
            lambda space, place: reporting.matrix(space, REFERENCE, place.out / "matrix.xlsx"),
        ),
        _inside(
            "sign letters",
            "one letter",
            lambda space, place: letters.letters(space, REFERENCE, place.out),
            3,
            writes=True,
        ),
        _inside(
            "sign a letter for an occasion",
            "one letter",
            lambda space, place: occasion_letters.sign_occasion(space, REFERENCE, _LOW_PRICE, place.out, bid="B01"),
            writes=True,
        ),
        _inside(
            "prepare letters for sending",
            "one letter",
            lambda space, place: mailing.prepare(space, REFERENCE, place.out),
            0,
            writes=True,
        ),
        _inside(
            "record what was sent",
            "one letter",
            lambda space, _: sent.record_sent(space, REFERENCE, at=space.now(), channel=Channel.EMAIL),
        ),
        _inside(
            "take filled forms in",
            "one letter",
            lambda space, place: feedback.take(space, REFERENCE, sorted(place.taken.iterdir())),
            2,
            takes="forms",
        ),
        _inside(
            "record a lesson",
            "one letter",
            lambda space, _: lessons.add(
                space, REFERENCE, "Fewer pages.", stage=ProcessStage.DOCUMENTS, voice=Voice.PANEL
            ),
        ),
        _inside(
            "ask for approval", "one letter", lambda space, _: approving.need_approval(space, REFERENCE, needed=True)
        ),
        _inside("approve letters", "one letter", lambda space, _: approving.approve(space, REFERENCE, person="OF1")),
        _inside("let something through", "leaking", _let_through),
        _inside(
            "draft a letter",
            "one letter",
            lambda space, place: drafting.draft(space, REFERENCE, bid="B02", out=place.out / "B02.docx"),
        ),
        _inside(
            "use sentences", "one letter", lambda space, place: wording_files.use(space, place.taken), takes="sentences"
        ),
        _inside(
            "invite",
            "frozen",
            lambda space, place: inviting.invite(space, REFERENCE, to=place.out, people=["PM1"]),
            writes=True,
        ),
        _inside("look through a blind pack", "blind", lambda space, _: preflight.look(space, REFERENCE)),
        _inside("accept a finding", "blind looked at", _accept),
        _inside("replace a document", "blind looked at", _replace, takes="redacted.txt"),
        _inside("release names", "blind", _release_names),
        _inside("settle listed interests", "blind listed", _settle),
        _inside("take an answer in", "invited", _receive, takes="answer"),
        _inside("issue", "joined", lambda space, place: issuing.issue(space, REFERENCE, to=place.out), writes=True),
        _inside(
            "make the sheets",
            "issuing",
            lambda space, place: papers.recovery(space, REFERENCE, to=place.out),
        ),
        _inside(
            "make a paper key",
            "declared",
            lambda space, place: papers.paper_key(space, out=place.out / "key.pdf"),
        ),
        _inside("take over", "holding", _take_over, writes=True, takes="papered"),
        _inside(
            "take over from paper",
            "nothing but a profile",
            lambda space, place: _from_paper(space, place.taken, place.out),
            writes=True,
            takes="papered",
        ),
        _inside("open with the recovery sheet", "taken over", _recover, 3, writes=True, takes="interim"),
        _inside(
            "revoke",
            "issuing",
            lambda space, _: leaving.revoke(space, REFERENCE, person="PM1", why="The laptop was left on a train."),
        ),
        _inside(
            "replace a member",
            "issuing",
            lambda space, _: leaving.replace_member(
                space, REFERENCE, leaver="PM1", person="PM9", name="Rowan Vale", why="Moved to another post."
            ),
        ),
        _inside("take in what was issued", "member", _receive, 3, takes="issued"),
        _inside("keep what has to wait", "unheard", _receive, 0, takes="issued"),
        _inside("put aside what waits", "waited", _put_aside, 0),
        _inside("take in what waited", "waited", lambda space, _: receiving.try_again(space), 3),
        _inside("take a declaration and a sheet in", "issuing", _receive, 2, takes="sheet"),
        _inside("remember an interest", "has sent", lambda space, _: _remember(space)),
        _inside("take a late interest in", "has a sheet", _receive, takes="late interest"),
        _inside("take the sheet of the other laptop in", "two laptops", _receive, takes="other sheet"),
        _inside(
            "send moderation",
            "apart CH1",
            lambda space, place: sending.send(space, REFERENCE, to=place.out),
            writes=True,
        ),
        _inside("take moderation in", "apart OF1", _receive, takes="moderation"),
        _inside("take an assent in", "apart OF1", _receive, takes="assent"),
        _inside("open the prices that were released", "locked CH1", _receive, takes="prices"),
        _inside(
            "agree with moderation",
            "apart PM1",
            lambda space, place: assents.assent(space, REFERENCE, to=place.out, affirm=True),
            writes=True,
        ),
        _inside(
            "write receipts",
            "apart OF1",
            lambda space, place: receipts.receipts(space, REFERENCE, to=place.out),
            writes=True,
        ),
        _inside(
            "make a challenge pack",
            "outcome made",
            lambda space, place: challenge.challenge(space, REFERENCE, "B02", to=place.out, is_open=True),
        ),
        _inside("make a disclosure copy", "challenged", _disclose),
        _inside(
            "export the trail",
            "scored",
            lambda space, place: trail_copies.export(space, REFERENCE, place.out / "trail.jsonl"),
            0,
            writes=True,
        ),
        _inside(
            "export scores",
            "scored",
            lambda space, place: scoresheets.export_scores(
                space, REFERENCE, person="PM1", out=place.out / "scores.xlsx"
            ),
            0,
            writes=True,
        ),
        _inside(
            "export moderated scores",
            "agreed",
            lambda space, place: scoresheets.export_moderated(space, REFERENCE, place.out / "moderated.csv"),
            0,
            writes=True,
        ),
    )
}
