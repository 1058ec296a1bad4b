from __future__ import annotations

import io
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pytest

from evalpanel.errors import EvalPanelError
from evalpanel.services import documents, scoring, tenders, verify, workspace
from evalpanel.store import tables as t
from fakes import LockedKeyring, MemoryKeyring
from kept import CONTENT, RATIONALE, REFERENCE, child, faults, loaded, names, pack_folder, save, values
from profiles import EMAIL, OWNER, PASSPHRASE, Clock, copied, make_profile, opened, quick_keys

_HOLD = """
import pathlib, sys
import profiles
with profiles.opened(pathlib.Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    return loaded(folder / "profile", pack_folder(folder / "pack"))


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A closed profile of the test's own, with a tender, its documents and one score of 3."""
    return copied(made, tmp_path / "profile")


def refusal(root: Path, passphrase: str = PASSPHRASE) -> EvalPanelError:
    with pytest.raises(EvalPanelError) as raised, workspace.opened(root, passphrase=passphrase, clock=Clock()):
        pass
    return raised.value


def whole(root: Path) -> None:
    """The profile opens, the record verifies, and every document can be read."""
    with opened(root) as space:
        assert (faults(space), space.store.check()) == ((), ())
        assert verify.verify_tender(space, REFERENCE).verdict == "verified"
        with space.store.reading() as tx:
            held = {f"{row.sealed}.age" for row in tx.query(t.DocumentRow)}
        assert {path.name for path in space.documents.folder.iterdir()} == held


# What others can read


def test_profile_on_the_disk_holds_no_plain_text(root: Path) -> None:
    with opened(root) as space:
        save(space, 2, f"{RATIONALE} Twice.")
        store_files = {path.name: path.read_bytes() for path in root.glob("store.db*")}
    files = {name: (root / name).read_bytes() for name in names(root)}
    assert {"store.db", "store.db-wal"} <= set(store_files)
    assert {name.split("/")[0] for name in files} >= {"store.db", "keys.json", "backups", "documents", "keys"}
    secrets = [
        word.encode(coding)
        for word in (
            OWNER,
            EMAIL,
            RATIONALE,
            CONTENT,
            "Pim Moss",
            "Harbour Young Carers",
            REFERENCE,
            PASSPHRASE,
            "SQLite",
        )
        for coding in ("utf-8", "utf-16-le")
    ]
    everything = [*files.items(), *store_files.items()]
    assert [(name, word) for name, data in everything for word in secrets if word in data] == []


def test_profile_is_private_to_its_person(root: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows keeps no such bits")
    with opened(root) as space:
        save(space, 2)
        seen = {
            path: path.stat().st_mode & 0o077 for path in (root, *root.rglob("*")) if path.name != "1.1 response.txt"
        }
    assert {path.name: bits for path, bits in seen.items() if bits} == {}


# Keys and passphrases


def test_wrong_passphrase_is_told_in_words_and_changes_nothing(root: Path) -> None:
    before = {name: (root / name).read_bytes() for name in names(root)}
    error = refusal(root, "four words of yours")
    assert error.title == "The passphrase is not the one of this profile."
    assert {name: (root / name).read_bytes() for name in names(root)} == before


def test_keys_of_another_profile_are_told_from_a_wrong_passphrase(root: Path, tmp_path: Path) -> None:
    make_profile(tmp_path / "other")
    own = (root / "keys.json").read_bytes()
    shutil.copy(tmp_path / "other" / "keys.json", root / "keys.json")
    error = refusal(root)
    assert error.title == "The store cannot be opened with the keys of this profile."
    assert "or it and keys.json come from two profiles" in error.message
    (root / "keys.json").write_bytes(own)
    whole(root)


def test_missing_key_file_is_told_and_the_store_is_left_alone(root: Path) -> None:
    (root / "keys.json").unlink()
    before = (root / "store.db").read_bytes()
    error = refusal(root)
    assert str(error) == (
        "The key file of this profile is missing. store.db is here and was not touched, but only keys.json opens it and its "
        f"backups. Put keys.json back into {root} from a copy of the profile."
    )
    with pytest.raises(EvalPanelError) as raised:
        make_profile(root)
    assert raised.value.title == "There is already a profile here."
    assert (root / "store.db").read_bytes() == before


def test_no_profile_is_told_with_the_command_that_makes_one(tmp_path: Path) -> None:
    assert str(refusal(tmp_path / "nowhere")).startswith("There is no profile here.")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("kind", [MemoryKeyring, LockedKeyring])
def test_profile_with_a_passphrase_never_asks_the_keyring(tmp_path: Path, kind: type[MemoryKeyring]) -> None:
    backend = kind()
    with quick_keys():
        workspace.create(tmp_path / "p", name=OWNER, email=EMAIL, passphrase=PASSPHRASE, backend=lambda: backend)
    with workspace.opened(tmp_path / "p", passphrase=PASSPHRASE, backend=lambda: backend) as space:
        assert space.owner == workspace.Owner(OWNER, EMAIL)
    assert backend.secrets == {}


def test_profile_in_the_keyring_opens_with_it_and_not_without(tmp_path: Path) -> None:
    root, backend = tmp_path / "p", MemoryKeyring()
    workspace.create(root, name=OWNER, email=EMAIL, backend=lambda: backend)
    with workspace.opened(root, backend=lambda: backend) as space:
        assert space.owner == workspace.Owner(OWNER, EMAIL)
    titles = []
    for other in (LockedKeyring(), MemoryKeyring()):
        with pytest.raises(EvalPanelError) as raised, workspace.opened(root, backend=lambda other=other: other):  # type: ignore[misc]  # mypy cannot type a lambda's default
            pass
        titles.append(raised.value.title)
    assert titles == [
        "The system's keyring cannot be used.",
        "The system's keyring does not hold the key of this profile.",
    ]


def test_create_without_a_keyring_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(workspace.NoKeyring):
        workspace.create(tmp_path / "p", name=OWNER, email=EMAIL, backend=LockedKeyring)
    assert names(tmp_path / "p") == ["profile.lock"] or names(tmp_path / "p") == []
    make_profile(tmp_path / "p")
    with opened(tmp_path / "p") as space:
        assert space.owner == workspace.Owner(OWNER, EMAIL)


@pytest.mark.parametrize(("name", "email"), [("", EMAIL), ("  ", EMAIL), (OWNER, ""), (OWNER, "nobody")])
def test_create_asks_for_a_name_and_an_address(tmp_path: Path, name: str, email: str) -> None:
    with pytest.raises(EvalPanelError) as raised:
        workspace.create(tmp_path / "p", name=name, email=email, passphrase=PASSPHRASE)
    assert raised.value.title == "A profile needs a name and an e-mail address."
    assert not (tmp_path / "p").exists()


def test_create_refuses_a_folder_with_a_profile(root: Path) -> None:
    before = {name: (root / name).read_bytes() for name in names(root)}
    with pytest.raises(EvalPanelError) as raised:
        make_profile(root)
    assert raised.value.title == "There is already a profile here."
    with pytest.raises(EvalPanelError), workspace.throw_away(root, name=OWNER, email=EMAIL):
        pass
    assert {name: (root / name).read_bytes() for name in names(root)} == before


# Damage


def deep_page_of_scores(root: Path) -> None:
    """Damage every page from the second third on: opening looks at none of them."""
    data = bytearray((root / "store.db").read_bytes())
    for at in range(len(data) // 3 // 4096 * 4096 + 100, len(data), 4096):
        data[at] ^= 1
    (root / "store.db").write_bytes(data)


def test_damaged_store_is_restored_and_the_damaged_one_is_kept(root: Path) -> None:
    data = (root / "store.db").read_bytes()
    (root / "store.db").write_bytes(data[: len(data) // 2])
    error = refusal(root)
    assert (error.title, "command restore" in error.message) == ("The store is damaged.", True)
    kept = workspace.restore(root, clock=Clock())
    assert kept.read_bytes() == data[: len(data) // 2]
    whole(root)
    with opened(root) as space:
        assert values(space) == ["3"]


def test_damage_met_while_working_is_told_and_never_becomes_a_backup(root: Path) -> None:
    before = {path.name: path.read_bytes() for path in (root / "backups").iterdir()}
    deep_page_of_scores(root)
    with pytest.raises(EvalPanelError) as raised, opened(root) as space:  # noqa: PT012  # refused at the end of the inner block
        save(space, 1)
        scoring.desk(space, REFERENCE, "PM1")
    assert raised.value.title == "The store is damaged."
    assert {path.name: path.read_bytes() for path in (root / "backups").iterdir()} == before
    workspace.restore(root, clock=Clock())
    whole(root)


def test_missing_store_is_told_and_restored(root: Path) -> None:
    (root / "store.db").unlink()
    error = refusal(root)
    assert str(error) == (
        f"The store of this profile is missing. store.db is not in {root}. Put the newest backup back with the command "
        "restore."
    )
    assert not (root / "store.db").exists()
    workspace.restore(root, clock=Clock())
    whole(root)


def test_plain_database_in_the_place_of_the_store_is_left_alone(root: Path) -> None:
    (root / "store.db").unlink()
    plain = sqlite3.connect(root / "store.db")
    plain.execute("CREATE TABLE address (name TEXT)")
    plain.close()
    before = (root / "store.db").read_bytes()
    assert refusal(root).title == "This is not an evalpanel store."
    assert (root / "store.db").read_bytes() == before
    with pytest.raises(EvalPanelError) as raised:
        workspace.restore(root, backup=root / "store.db")
    assert raised.value.title == "This is not an evalpanel store."


# Backups and putting one back


def test_restore_says_when_there_is_nothing_to_put_back(tmp_path: Path, root: Path) -> None:
    titles = []
    make_profile(tmp_path / "new")
    for profile, backup in ((tmp_path / "new", None), (tmp_path / "nowhere", None), (root, root / "no.db")):
        with pytest.raises(EvalPanelError) as raised:
            workspace.restore(profile, backup=backup)
        titles.append(raised.value.title)
    assert titles == ["There is no backup to put back.", "There is no profile here.", "There is no such backup."]
    assert not (tmp_path / "nowhere").exists()


def test_restore_of_an_older_store_loses_no_document_and_no_score(made: Path, tmp_path: Path) -> None:
    """The backup was made before the tender was loaded; the newer store is kept, and put back again."""
    root = tmp_path / "profile"
    make_profile(root)
    with opened(root) as space, space.store.writing() as tx:
        tx.query(t.ProfileRow).one().name = "Ola Fenn-Moss"
    [before_loading] = workspace.backups(root)
    with opened(root) as space:
        from evalpanel.services import packs, setup

        packs.load(space, made.parent / "pack")
        setup.freeze(space, REFERENCE)
        save(space, 3)
    sealed = {path.name: path.read_bytes() for path in (root / "documents").iterdir()}
    kept = workspace.restore(root, backup=before_loading, clock=Clock())
    with opened(root) as space:
        assert tenders.all_tenders(space) == ()
        assert list(space.documents.folder.iterdir()) == []
    assert {path.name: path.read_bytes() for path in (root / "set-aside").iterdir()} == sealed
    workspace.restore(root, backup=kept, clock=Clock())
    whole(root)
    assert {path.name: path.read_bytes() for path in (root / "documents").iterdir()} == sealed
    with opened(root) as space:
        assert values(space) == ["3"]


def test_restore_is_refused_while_the_profile_is_open(root: Path) -> None:
    with opened(root), pytest.raises(EvalPanelError) as raised:
        workspace.restore(root)
    assert raised.value.title == "evalpanel is already open on this profile."
    whole(root)


def test_profile_that_was_only_read_is_not_backed_up(root: Path) -> None:
    before = workspace.backups(root)
    with opened(root) as space:
        tenders.all_tenders(space)
        save(space, 3)  # what is held already
    assert workspace.backups(root) == before
    with opened(root) as space:
        save(space, 2)
    assert len(workspace.backups(root)) == len(before) + 1


def test_work_that_failed_is_told_before_a_backup_that_failed(root: Path) -> None:
    with pytest.raises(ZeroDivisionError) as raised, opened(root) as space:  # noqa: PT012  # refused at the end of the inner block
        save(space, 2)
        shutil.rmtree(root / "backups")
        (root / "backups").write_bytes(b"in the way")
        raise ZeroDivisionError
    assert len(raised.value.__notes__) == 1
    (root / "backups").unlink()
    with opened(root) as space:
        assert values(space) == ["3", "2"]


# One program a profile


def test_second_program_on_a_profile_is_refused_in_words(root: Path) -> None:
    with child(_HOLD, root) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"open"
        error = refusal(root)
        with pytest.raises(EvalPanelError):
            workspace.restore(root)
        other.communicate(b"", timeout=30)
    assert str(error) == (
        "evalpanel is already open on this profile. Nothing was changed. Close the other window or wait for the other "
        f"command, then try again. The profile is “{root}”."
    )
    whole(root)


# Folders that are gone, full or closed


@pytest.mark.parametrize("folder", ["staging", "documents", "backups", "logs"])
def test_folder_that_was_deleted_is_made_again(root: Path, folder: str) -> None:
    shutil.rmtree(root / folder)
    with opened(root) as space:
        assert (root / folder).is_dir()
        shutil.rmtree(root / folder)
        save(space, 2)
    with opened(root) as space:
        assert values(space) == ["3", "2"]


def test_staging_is_emptied_at_start_and_close(root: Path) -> None:
    (root / "staging" / "bid.pdf").write_bytes(b"readable")
    with opened(root):
        assert list((root / "staging").iterdir()) == []
        (root / "staging" / "bid.pdf").write_bytes(b"readable")
    assert list((root / "staging").iterdir()) == []


def test_missing_document_is_told_when_it_is_opened(root: Path) -> None:
    shutil.rmtree(root / "documents")
    with opened(root) as space, pytest.raises(EvalPanelError) as raised:
        documents.read(space, REFERENCE, person="PM1", path="bids/B01/1.1 response.txt")
    assert raised.value.title == "A sealed document is missing."


def _as_it_is(reader: IO[bytes], writer: IO[bytes]) -> None:
    writer.write(reader.read())


@contextmanager
def as_nobody(root: Path) -> Iterator[None]:
    """As a person whom the permissions of files hold back: the administrator is not held back by any."""
    if sys.platform == "win32":
        pytest.skip("permissions are other on Windows")
    if os.geteuid() != 0:
        yield
        return
    for path in (root, *root.rglob("*")):
        os.chown(path, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_to_all(made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A profile in a folder that everybody may enter, as the folders of tests are not."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        state = Path(folder) / "state"
        state.mkdir()
        state.chmod(0o777)
        monkeypatch.setenv("XDG_STATE_HOME", str(state))
        yield copied(made, Path(folder) / "profile")


@pytest.mark.parametrize(
    ("closed", "bits", "title"),
    [
        ("store.db", 0o400, "The store cannot be written."),
        ("store.db", 0, "“store.db” could not be opened."),
        (".", 0o500, "The store cannot be written."),
        ("keys.json", 0, "“keys.json” could not be read."),
        (
            "backups",
            0o500,
            "The backup of the store could not be made. “store-000002-20261001T090000000000-close.db” could not be written.",
        ),
        ("documents", 0o500, r"“[0-9a-f]{64}\.age” could not be written\."),
    ],
)
def test_profile_that_may_not_be_written_is_told_in_words(
    open_to_all: Path, closed: str, bits: int, title: str
) -> None:
    path = open_to_all / closed
    with as_nobody(open_to_all):
        usual = path.stat().st_mode
        path.chmod(bits)
        try:
            with pytest.raises(EvalPanelError) as raised, opened(open_to_all) as space:  # noqa: PT012  # refused at the end of the inner block
                save(space, 2)
                space.documents.add(io.BytesIO(b"a bid"), _as_it_is)
        finally:
            path.chmod(usual)
        assert re.match(title, raised.value.title)
        with opened(open_to_all) as space:
            assert (values(space)[0], faults(space)) == ("3", ())
