from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring.errors
import pytest

from evalpanel.errors import EvalPanelError
from evalpanel.sealing import keys
from evalpanel.sealing.keys import Keys, KeysError, NoKeyring
from fakes import LockedKeyring, MemoryKeyring
from judges import judge
from profiles import PASSPHRASE, quick_keys

DAMAGED = "The key file of this profile is damaged."


def made(file: Path, passphrase: str | None = PASSPHRASE, backend: Callable[[], Any] | None = None) -> Keys:
    with quick_keys():
        return keys.create(file, file.parent / "keys", passphrase=passphrase, backend=backend)


def unlocked(file: Path, passphrase: str | None = PASSPHRASE, backend: Callable[[], Any] | None = None) -> Keys:
    return keys.unlock(file, file.parent / "keys", passphrase=passphrase, backend=backend)


def refused(file: Path, passphrase: str | None = PASSPHRASE, backend: Callable[[], Any] | None = None) -> str:
    with pytest.raises(KeysError) as raised:
        unlocked(file, passphrase, backend)
    assert raised.value.message
    return raised.value.title


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_passphrase_opens_what_it_made(file: Path) -> None:
    first = made(file)
    assert unlocked(file).store_key == first.store_key
    assert (len(first.store_key), keys.has_passphrase(file)) == (32, True)
    assert refused(file, "four words of yours") == "The passphrase is not the one of this profile."


def test_keyring_opens_what_it_made(file: Path) -> None:
    backend = MemoryKeyring()
    first = made(file, None, lambda: backend)
    assert unlocked(file, None, lambda: backend).store_key == first.store_key
    assert (len(backend.secrets), keys.has_passphrase(file)) == (1, False)
    assert refused(file) == "This profile has no passphrase."


def test_two_profiles_with_one_passphrase_have_nothing_in_common(tmp_path: Path) -> None:
    first, second = made(tmp_path / "1.json"), made(tmp_path / "2.json")
    assert first.store_key != second.store_key
    held = [json.loads((tmp_path / name).read_text()) for name in ("1.json", "2.json")]
    assert [key for key in ("id", "check", "slots") if held[0][key] == held[1][key]] == []


def test_key_file_is_private_and_holds_no_key(file: Path) -> None:
    root = made(file)
    written = file.read_bytes()
    assert sys.platform == "win32" or file.stat().st_mode & 0o077 == 0
    assert base64.b64encode(root.store_key) not in written and PASSPHRASE.encode() not in written
    slot = json.loads(written)["slots"][0]
    assert {name: slot[name] for name in ("kind", "kdf", "lanes")} == {
        "kind": "passphrase",
        "kdf": "argon2id",
        "lanes": 4,
    }


def test_new_keys_are_stretched_as_rfc_9106_advises(file: Path) -> None:
    keys.create(file, file.parent / "keys", passphrase=PASSPHRASE)
    slot = json.loads(file.read_text())["slots"][0]
    assert (slot["memory_kib"], slot["passes"], slot["lanes"]) == (65536, 3, 4)


def test_passphrase_is_the_same_however_its_accents_are_typed(file: Path) -> None:
    first = made(file, unicodedata.normalize("NFD", "déjà vu à l'école"))
    assert unlocked(file, unicodedata.normalize("NFC", "déjà vu à l'école")).store_key == first.store_key


@pytest.mark.parametrize("passphrase", ["", "half a pair \ud800"])
def test_passphrase_that_is_none_is_refused_and_nothing_is_made(file: Path, passphrase: str) -> None:
    with pytest.raises(KeysError):
        made(file, passphrase)
    assert not file.exists()


# Keyrings that do not help


class Failing(MemoryKeyring):
    error: type[Exception] = keyring.errors.InitError

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error(service, username, len(password))


class NoneAtAll(Failing):
    error = keyring.errors.NoKeyringError


class Refusing(Failing):
    error = keyring.errors.PasswordSetError


@pytest.mark.parametrize("backend", [LockedKeyring, Failing, NoneAtAll, Refusing])
def test_keyring_that_cannot_be_used_leads_to_the_passphrase(file: Path, backend: type[MemoryKeyring]) -> None:
    with pytest.raises(NoKeyring) as raised:
        made(file, None, backend)
    assert str(raised.value) == (
        "The system's keyring cannot be used. Nothing was changed. Unlock it, or use a passphrase with --passphrase-file."
    )
    assert not file.exists()
    good = MemoryKeyring()
    made(file, None, lambda: good)
    assert refused(file, None, backend) == "The system's keyring cannot be used."


def test_machine_without_any_keyring_is_told_to_use_a_passphrase(file: Path) -> None:
    with pytest.raises(NoKeyring) as raised:
        made(file, None)
    assert raised.value.title == "This machine has no keyring that can be used."
    assert not file.exists()


def test_profile_with_a_passphrase_says_so_where_none_is_given(file: Path) -> None:
    made(file)
    with pytest.raises(NoKeyring) as raised:
        unlocked(file, None, MemoryKeyring)
    assert raised.value.title == "This profile is opened with a passphrase."


@pytest.mark.parametrize("entry", [None, "", "not base64!", "AAAA", base64.b64encode(bytes(32)).decode()])
def test_entry_of_the_keyring_that_is_gone_or_replaced_is_told(file: Path, entry: str | None) -> None:
    backend = MemoryKeyring()
    made(file, None, lambda: backend)
    [name] = backend.secrets
    backend.secrets.clear()
    if entry is not None:
        backend.secrets[name] = entry
    assert refused(file, None, lambda: backend) == (
        "The system's keyring does not hold the key of this profile."
        if entry is None
        else "The key in the system's keyring does not open this profile."
    )


def test_keyring_keeps_nothing_of_keys_that_could_not_be_written(tmp_path: Path) -> None:
    backend = MemoryKeyring()
    with pytest.raises(EvalPanelError):
        made(tmp_path / "nowhere" / "keys.json", None, lambda: backend)
    assert backend.secrets == {}


# Damaged key files


def changed(file: Path, change: Callable[[Any], Any]) -> None:
    held = json.loads(file.read_text())
    file.write_text(json.dumps(change(held)))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 60_000, b"{}", b"\x00" * 300]
)
def test_key_file_that_is_none_is_told(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert refused(file) == DAMAGED
    assert file.read_bytes() == content
    with pytest.raises(KeysError):
        keys.has_passphrase(file)


def test_key_file_that_is_far_too_large_is_not_read(file: Path) -> None:
    file.write_bytes(b" " * 70_000)
    with pytest.raises(EvalPanelError) as raised:
        unlocked(file)
    assert raised.value.title.startswith("“keys.json” is too large")


WRONG: list[object] = [None, 7, "", "x", "!", [], {}, True, "AAAA", -1, 1.5]


@pytest.mark.parametrize("value", ["gone", *WRONG], ids=repr)
@pytest.mark.parametrize("field", ["v", "check", "slots"])
def test_damaged_field_of_the_key_file_is_told(file: Path, field: str, value: object) -> None:
    made(file)
    changed(
        file, lambda held: {k: v for k, v in held.items() if k != field} | ({} if value == "gone" else {field: value})
    )
    told = refused(file)
    newer = field == "v" and value == 7
    assert told == ("The key file of this profile was made by a newer evalpanel." if newer else DAMAGED)


@pytest.mark.parametrize("value", ["gone", *WRONG], ids=repr)
@pytest.mark.parametrize("field", ["kind", "kdf", "memory_kib", "passes", "lanes", "salt", "wrapped"])
def test_damaged_field_of_a_passphrase_slot_is_told(file: Path, field: str, value: object) -> None:
    made(file)

    def change(held: Any) -> Any:
        slot = held["slots"][0]
        slot.pop(field)
        if value != "gone":
            slot[field] = value
        return held

    changed(file, change)
    assert refused(file) in (
        DAMAGED,
        "The key file of this profile asks for something that evalpanel does not do.",
        "This profile has no passphrase.",
        "The passphrase is not the one of this profile.",
    )


@pytest.mark.parametrize("value", ["gone", None, 7, "", [], "\ud800", "a\0b"], ids=repr)
@pytest.mark.parametrize("field", ["name", "wrapped"])
def test_damaged_field_of_a_keyring_slot_is_told(file: Path, field: str, value: object) -> None:
    backend = MemoryKeyring()
    made(file, None, lambda: backend)

    def change(held: Any) -> Any:
        held["slots"][0].pop(field)
        if value != "gone":
            held["slots"][0][field] = value
        return held

    changed(file, change)
    assert refused(file, None, lambda: backend) == DAMAGED


@pytest.mark.parametrize("field", ["check", "wrapped", "salt"])
def test_flipped_bit_in_the_key_file_never_opens(file: Path, field: str) -> None:
    made(file)

    def change(held: Any) -> Any:
        at = held if field == "check" else held["slots"][0]
        data = bytearray(base64.b64decode(at[field]))
        data[3] ^= 1
        at[field] = base64.b64encode(data).decode()
        return held

    changed(file, change)
    assert refused(file) == (DAMAGED if field == "check" else "The passphrase is not the one of this profile.")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("memory_kib", 8 * 1024 - 1),
        ("memory_kib", 1024 * 1024 + 1),
        ("passes", 0),
        ("passes", 17),
        ("lanes", 0),
        ("lanes", 17),
    ],
)
def test_cost_out_of_bounds_is_refused_before_it_is_paid(file: Path, field: str, value: int) -> None:
    made(file)

    def change(held: Any) -> Any:
        held["slots"][0][field] = value
        return held

    changed(file, change)
    assert refused(file) == "The key file of this profile asks for something that evalpanel does not do."


def test_slot_of_a_kind_that_is_not_known_yet_does_not_stand_in_the_way(file: Path) -> None:
    first = made(file)
    changed(file, lambda held: held | {"slots": [{"kind": "token", "words": 8}, *held["slots"]]})
    assert unlocked(file).store_key == first.store_key


# What is wrapped


def test_wrapped_key_opens_for_its_purpose_and_profile_only(tmp_path: Path) -> None:
    own, other = keys.in_memory(tmp_path / "1"), keys.in_memory(tmp_path / "2")
    wrapped = own.wrap("certificate", b"private")
    assert own.unwrap("certificate", wrapped) == b"private"
    for who, purpose, data in (
        (other, "certificate", wrapped),
        (own, "letters", wrapped),
        (own, "certificate", wrapped[:-1]),
        (own, "certificate", wrapped[:20]),
        (own, "certificate", b""),
    ):
        with pytest.raises(KeysError) as raised:
            who.unwrap(purpose, data)
        assert raised.value.title == "A key in this profile cannot be opened."


def test_key_of_a_tender_lies_outside_the_store_and_can_be_ended(tmp_path: Path) -> None:
    own = keys.in_memory(tmp_path / "keys")
    own.new_tender_key("t1")
    own.new_tender_key("t2")
    wrapped = own.wrap_for("t1", "envelope", b"identity")
    assert own.unwrap_for("t1", "envelope", wrapped) == b"identity"
    with pytest.raises(KeysError):
        own.unwrap_for("t2", "envelope", wrapped)
    (tmp_path / "keys" / "t2.key").write_bytes((tmp_path / "keys" / "t1.key").read_bytes())
    with pytest.raises(KeysError):
        own.wrap_for("t2", "envelope", b"")
    own.drop_tender_key("t1")
    own.drop_tender_key("t1")
    assert (own.has_tender_key("t1"), own.has_tender_key("t2")) == (False, True)
    with pytest.raises(KeysError) as raised:
        own.unwrap_for("t1", "envelope", wrapped)
    assert raised.value.title == "The key of this tender is not in the profile."


# A real keyring

_SERVICE = """
import pathlib, sys
from keyring.backends import SecretService
from evalpanel.sealing import keys, slots
file = pathlib.Path(sys.argv[1])
first = keys.create(file, file.parent / "keys", passphrase=None, backend=SecretService.Keyring)
again = keys.unlock(file, file.parent / "keys", passphrase=None)
assert again.store_key == first.store_key
SecretService.Keyring().delete_password(slots.SERVICE, __import__("json").loads(file.read_text())["id"])
try:
    keys.unlock(file, file.parent / "keys", passphrase=None)
except keys.KeysError as error:
    print(error.title)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is what Linux desktops have")
def test_real_secret_service_holds_the_key(file: Path, home: Path) -> None:
    judge("gnome-keyring-daemon")
    home.mkdir(parents=True)
    script = (
        'printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1; "$0" -c "$1" "$2"'
    )
    environment = {
        k: v for k, v in os.environ.items() if k not in ("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND")
    }
    said = subprocess.run(
        [judge("dbus-run-session"), "--", "sh", "-c", script, sys.executable, _SERVICE, file],
        env=environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.stdout.splitlines() == ["The system's keyring does not hold the key of this profile."], said.stderr
