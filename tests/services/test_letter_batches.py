"""A batch of letters: by the authority's own key, with its signed list, and with copies that say the same."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

import ui_stage
from authorities import DER, PASSPHRASE, issued, pkcs12_file
from evalpanel.errors import EvalPanelError
from evalpanel.sealing.certificates import fingerprint_of
from evalpanel.services import authorities, letters, verify
from evalpanel.services.letter_copies import Copies
from evalpanel.services.letter_keys import Pkcs12Source
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from heard import faults
from judges import judge

REFERENCE = ui_stage.REFERENCE


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Path]]:
    """The sample's letters, signed with the authority's key, each with its copies; and their folder."""
    folder = tmp_path_factory.mktemp("batch")
    (folder / "officer.p12").write_bytes(pkcs12_file())
    with ui_stage.at("decided", tmp_path_factory.mktemp("profile")) as space:
        letters.letters(
            space,
            REFERENCE,
            folder / "out",
            key=Pkcs12Source(folder / "officer.p12", PASSPHRASE.decode()),
            copies=Copies(large_print=True, plain_text=True),
        )
        yield space, folder / "out"


def test_letters_of_the_authoritys_key_are_known_again(signed: tuple[Workspace, Path]) -> None:
    space, out = signed
    found = verify.verify_file(space, out / f"{REFERENCE}-L1-B01.pdf")
    certificate = issued("B. Officer", "Exbourne issuing")[0].public_bytes(DER)
    assert (found.verdict, found.by) == ("verified", fingerprint_of(certificate))
    with space.store.reading() as tx:
        kept = tx.execute(select(t.CertificateRow)).scalars().all()
        assert [(row.fingerprint, row.private_key) for row in kept] == [(fingerprint_of(certificate), b"")]


def test_the_list_of_letters_is_signed_and_says_what_each_rests_on(signed: tuple[Workspace, Path]) -> None:
    space, out = signed
    told = json.loads((out / "letters.json").read_text("utf-8"))
    with space.store.reading() as tx:
        tender = tx.execute(select(t.TenderRow)).scalars().one().tender_id
        closed = [json.loads(line.detail) for line in queries.trail(tx, tender) if line.act == "moderation-closed"]
        made = [json.loads(line.detail) for line in queries.trail(tx, tender) if line.act == "outcome-made"]
    assert len(told["letters"]) == 8
    for letter in told["letters"]:
        assert letter["sha256"] == hashlib.sha256((out / letter["file"]).read_bytes()).hexdigest()
        assert letter["moderated_digest"] == closed[-1]["moderated_digest"]
        assert letter["outcome_digest"] == made[-1]["outcome_digest"]
        assert len(letter["template_digest"]) == 64
    checked = subprocess.run(
        [
            judge("openssl"), "cms", "-verify", "-binary", "-inform", "DER", "-in", str(out / "letters.json.p7s"),
            "-content", str(out / "letters.json"), "-noverify", "-out", os.devnull,
        ],
        capture_output=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0


def test_every_letter_has_copies_that_hold_the_standards(signed: tuple[Workspace, Path]) -> None:
    _, out = signed
    originals = sorted(path for path in out.glob("*.pdf") if "large-print" not in path.name)
    assert len(originals) == 8
    for path in originals:
        assert faults(path.read_bytes()) == []
        text = path.with_suffix(".txt").read_text("utf-8")
        assert text.startswith(f"This is a copy, as plain text, of the letter “{path.name}”.")
    assert faults((out / f"{REFERENCE}-L1-B01-large-print.pdf").read_bytes()) == []


def test_pdfsig_finds_every_letter_signed_as_a_whole(signed: tuple[Workspace, Path]) -> None:
    _, out = signed
    told = subprocess.run(
        [judge("pdfsig"), str(out / f"{REFERENCE}-L1-B01.pdf")], capture_output=True, text=True, check=True
    ).stdout
    assert "Total document signed" in told
    assert "Signature is Valid" in told


def test_copies_are_not_made_of_a_letter_that_would_now_say_something_else(
    signed: tuple[Workspace, Path], tmp_path: Path
) -> None:
    space, _ = signed
    file = tmp_path / "devon.toml"
    file.write_text('code = "devon"\nname = "Devon County Council"\naddress = ["Elsewhere"]\n', encoding="utf-8")
    authorities.add(space, file)
    with pytest.raises(EvalPanelError, match="was signed with other words"):
        letters.letters(space, REFERENCE, tmp_path / "again", copies=Copies(plain_text=True))
    assert not list((tmp_path / "again").glob("*.txt"))


def test_the_list_is_verified_with_every_letter_beside_it(signed: tuple[Workspace, Path], tmp_path: Path) -> None:
    space, out = signed
    copy = tmp_path / "copy"
    shutil.copytree(out, copy)
    found = verify.verify_file(space, copy / "letters.json")
    assert (found.kind, found.verdict, found.not_proved) == ("letters", "verified", ())
    assert found.proved[0] == f"the list of 8 letters of {REFERENCE} is as it was signed"
    assert len([one for one in found.proved if one.endswith("is the one that is listed")]) == 8
    assert verify.verify_file(None, copy / "letters.json").verdict == "unknown-signer"

    letter = copy / f"{REFERENCE}-L1-B01.pdf"
    letter.write_bytes(letter.read_bytes() + b" ")
    found = verify.verify_file(space, copy / "letters.json")
    assert found.verdict == "altered"
    assert found.not_proved == (f"{letter.name} (bid B01, lot L1, version 1) is not the one that is listed",)
    letter.unlink()
    found = verify.verify_file(space, copy / "letters.json")
    assert (found.verdict, found.not_proved) == (
        "verified",
        (f"{letter.name} (bid B01, lot L1, version 1) is not beside the list",),
    )


@pytest.mark.parametrize(
    ("old", "new"), [(b'"B01"', b'"B02"'), (b".pdf", b"/pdf"), (b"}]", b"}"), (b'"version":1', b'"version":1e999')]
)
def test_a_list_that_was_changed_is_altered(
    signed: tuple[Workspace, Path], tmp_path: Path, old: bytes, new: bytes
) -> None:
    space, out = signed
    for name in ("letters.json", "letters.json.p7s"):
        shutil.copy(out / name, tmp_path / name)
    made = tmp_path / "letters.json"
    made.write_bytes(made.read_bytes().replace(old, new, 1))
    assert verify.verify_file(space, made).verdict == "altered"
