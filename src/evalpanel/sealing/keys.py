"""The keys of one profile: one random root key, wrapped once for each way to open it.

`keys.json` holds *slots*. Each slot wraps the same root key with AES-256-GCM: a `keyring` slot under a key that the
operating system's keyring holds, a `passphrase` slot under Argon2id (RFC 9106) of the passphrase. The store's key and
the keys that wrap other keys are derived from the root with HKDF-SHA-256 (RFC 5869), so changing a passphrase rewrites
one small file and nothing else. Each tender has a wrapping key of its own in a file outside the store: ending a tender
for good can delete it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import constant_time, hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evalpanel.errors import EvalPanelError
from evalpanel.system.files import new_folder, read_whole, remove_quietly, tidying, trouble, write_atomic

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "evalpanel"
_NONCE, _TAG = 12, 16
_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 4
_MOST_MEMORY_KIB, _MOST_PASSES, _MOST_LANES = 1024 * 1024, 16, 16
_MOST_BYTES = 64 << 10
_KEK = 32
_ROOT = _NONCE + 32 + _TAG


class KeysError(EvalPanelError):
    """The keys of the profile cannot be made or opened."""


class NoKeyring(KeysError):
    """This machine has no keyring that evalpanel can use, so a passphrase is needed."""


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _derive(root: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"evalpanel v1 " + purpose.encode()).derive(root)


def _seal(key: bytes, data: bytes, about: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, about)


def _open(key: bytes, data: bytes, about: bytes) -> bytes:
    if len(data) < _NONCE + _TAG:
        raise InvalidTag
    return AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], about)


class Keys:
    """The unlocked keys of a profile. They live in memory only, as long as the profile is open."""

    def __init__(self, root: bytes, folder: Path) -> None:
        self._root = root
        self._folder = folder

    @property
    def store_key(self) -> bytes:
        """The 32 bytes that open the store."""
        return _derive(self._root, "store")

    def wrap(self, purpose: str, data: bytes) -> bytes:
        """`data` encrypted under a key of this profile, bound to `purpose`."""
        return _seal(_derive(self._root, "wrap"), data, purpose.encode())

    def unwrap(self, purpose: str, data: bytes) -> bytes:
        """What `wrap` was given. Raises `KeysError` when it was wrapped elsewhere, for another purpose, or altered."""
        return self._opened(_derive(self._root, "wrap"), purpose, data)

    def new_tender_key(self, tender: str) -> None:
        """Make the wrapping key of a new tender, in a file of its own outside the store."""
        new_folder(self._folder, may_exist=True)
        write_atomic(self._tender_file(tender), self.wrap(f"tender {tender}", os.urandom(32)))

    def has_tender_key(self, tender: str) -> bool:
        """Whether the wrapping key of this tender is still here."""
        return self._tender_file(tender).is_file()

    def drop_tender_key(self, tender: str) -> None:
        """Delete the wrapping key of a tender: what was sealed under it can no longer be opened from this profile."""
        remove_quietly(self._tender_file(tender))

    def wrap_for(self, tender: str, purpose: str, data: bytes) -> bytes:
        """`data` encrypted under the wrapping key of `tender`."""
        return _seal(self._tender_key(tender), data, purpose.encode())

    def unwrap_for(self, tender: str, purpose: str, data: bytes) -> bytes:
        """What `wrap_for` was given."""
        return self._opened(self._tender_key(tender), purpose, data)

    def _opened(self, key: bytes, purpose: str, data: bytes) -> bytes:
        try:
            return _open(key, data, purpose.encode())
        except InvalidTag as error:
            raise KeysError(
                "A key in this profile cannot be opened.", f"It was altered, or wrapped by another profile ({purpose})."
            ) from error

    def _tender_file(self, tender: str) -> Path:
        return self._folder / f"{tender}.key"

    def _tender_key(self, tender: str) -> bytes:
        try:
            wrapped = self._tender_file(tender).read_bytes()
        except FileNotFoundError as error:
            raise KeysError(
                "The key of this tender is not in the profile.",
                "Its documents cannot be opened here: the tender was ended, or the folder keys was not copied with the profile.",
            ) from error
        except OSError as error:
            raise trouble(error, "read", self._tender_file(tender)) from error
        return self.unwrap(f"tender {tender}", wrapped)


def in_memory(folder: Path) -> Keys:
    """Keys that are forgotten when the program ends, for the demonstration and the self-test."""
    return Keys(os.urandom(32), folder)


def create(
    file: Path, folder: Path, *, passphrase: str | None, backend: Callable[[], KeyringBackend] | None = None
) -> Keys:
    """Make the keys of a new profile and write `file`.

    With a passphrase they are wrapped by it, and the keyring is not asked. Without, the system's keyring holds the
    wrapping key; `NoKeyring` is raised where there is none.
    """
    root = os.urandom(32)
    name = uuid4().hex
    if passphrase is not None:
        _write(file, name, root, _passphrase_slot(root, passphrase))
        return Keys(root, folder)
    slot = _keyring_slot(root, name, backend)
    try:
        _write(file, name, root, slot)
    except BaseException as error:
        with tidying(error), _keyring_in_words():
            (backend or system_keyring)().delete_password(SERVICE, name)
        raise
    return Keys(root, folder)


def _write(file: Path, name: str, root: bytes, slot: dict[str, Any]) -> None:
    held = {"v": 1, "id": name, "check": _check(root), "slots": [slot]}
    write_atomic(file, json.dumps(held, indent=1).encode())


def unlock(
    file: Path, folder: Path, *, passphrase: str | None, backend: Callable[[], KeyringBackend] | None = None
) -> Keys:
    """Open the keys of a profile: with the passphrase if one is given, else with the system's keyring."""
    held = _read(file)
    wanted = "passphrase" if passphrase is not None else "keyring"
    slots = [slot for slot in held["slots"] if slot.get("kind") == wanted]
    if not slots and passphrase is None:
        raise NoKeyring(
            "This profile is opened with a passphrase.", "Nothing was changed. Give it with --passphrase-file."
        )
    if not slots:
        raise KeysError(
            "This profile has no passphrase.", "The system's keyring opens it: leave out --passphrase-file."
        )
    for slot in slots:
        kek = _passphrase_key(slot, passphrase) if passphrase is not None else _keyring_key(slot, backend)
        try:
            root = _open(kek, _unb64(slot["wrapped"]), b"root")
        except InvalidTag:
            continue
        if not constant_time.bytes_eq(_check(root).encode(), held["check"].encode()):
            raise _damaged(file)
        return Keys(root, folder)
    if passphrase is not None:
        raise KeysError(
            "The passphrase is not the one of this profile.",
            f"Nothing was changed. Try again. If it is the right one, {file.name} was altered: put it back from a copy.",
        )
    raise _other_entry()


def has_passphrase(file: Path) -> bool:
    """Whether the profile can be opened with a passphrase."""
    return any(slot.get("kind") == "passphrase" for slot in _read(file)["slots"])


def profile_id(file: Path) -> str:
    """What names this profile, in all its copies: 32 hexadecimal digits that were drawn when it was made."""
    return str(_read(file)["id"])


def _check(root: bytes) -> str:
    mac = hmac.HMAC(_derive(root, "check"), hashes.SHA256())
    mac.update(b"evalpanel")
    return _b64(mac.finalize()[:16])


def _damaged(file: Path) -> KeysError:
    return KeysError(
        "The key file of this profile is damaged.",
        f"{file.name} was not touched. Put it back from a copy of the profile.",
    )


def _read(file: Path) -> dict[str, Any]:
    """The key file, every field of it looked at: what is read here can be used without asking again."""
    if not file.exists():
        raise KeysError(
            "There is no profile here.", "Make one with: evalpanel --profile DIR new-profile --name … --email …"
        )
    try:
        held = json.loads(read_whole(file, _MOST_BYTES).decode("utf-8"))
        if not isinstance(held, dict) or type(held.get("v")) is not int:
            raise ValueError("not a key file")
        if held["v"] > 1:
            raise KeysError(
                "The key file of this profile was made by a newer evalpanel.",
                f"{file.name} was not touched. Install the newer version.",
            )
        slots = held.get("slots")
        if held["v"] != 1 or not isinstance(slots, list) or not slots or len(_unb64(held.get("check"))) != _TAG:
            raise ValueError("not a key file of this version")
        if not isinstance(held.get("id"), str) or not re.fullmatch(r"[0-9a-f]{32}", held["id"]):
            raise ValueError("no id of a profile")
        for slot in slots:
            _look_at(slot)
    except (ValueError, RecursionError) as error:  # RecursionError: JSON that is nested without end
        raise _damaged(file) from error
    return held


def _look_at(slot: Any) -> None:
    if not isinstance(slot, dict) or not isinstance(slot.get("kind"), str):
        raise ValueError("a slot without a kind")
    # A kind that this version does not know is left alone: another slot may open the profile.
    if slot["kind"] in ("keyring", "passphrase") and len(_unb64(slot.get("wrapped"))) != _ROOT:
        raise ValueError("a slot that does not hold a root key")
    if slot["kind"] == "keyring" and not (isinstance(slot.get("name"), str) and slot["name"]):
        raise ValueError("a slot without the name of its entry")
    if slot["kind"] == "keyring" and not slot["name"].isprintable():
        raise ValueError("the name of an entry that no keyring could be asked for")
    if slot["kind"] == "passphrase" and not 8 <= len(_unb64(slot.get("salt"))) <= 64:
        raise ValueError("a salt of a length that nobody writes")


def _unb64(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError("not text")  # what is wrong is the content of a file, not the type of an argument
    return base64.b64decode(text, validate=True)


def _passphrase_slot(root: bytes, passphrase: str) -> dict[str, Any]:
    if not passphrase:
        raise KeysError("The passphrase is empty.", "Choose one of several words and try again.")
    slot: dict[str, Any] = {
        "kind": "passphrase",
        "kdf": "argon2id",
        "memory_kib": _MEMORY_KIB,
        "passes": _PASSES,
        "lanes": _LANES,
        "salt": _b64(os.urandom(16)),
    }
    slot["wrapped"] = _b64(_seal(_passphrase_key(slot, passphrase), root, b"root"))
    return slot


def _passphrase_key(slot: dict[str, Any], passphrase: str) -> bytes:
    memory, passes, lanes = slot.get("memory_kib"), slot.get("passes"), slot.get("lanes")
    if (
        slot.get("kdf") != "argon2id"
        or type(memory) is not int
        or type(passes) is not int
        or type(lanes) is not int
        or not 8 * 1024 <= memory <= _MOST_MEMORY_KIB
        or not 1 <= passes <= _MOST_PASSES
        or not 1 <= lanes <= _MOST_LANES
    ):
        raise KeysError(
            "The key file of this profile asks for something that evalpanel does not do.",
            "Nothing was changed. It is damaged, or was made by a newer version.",
        )
    kdf = Argon2id(salt=_unb64(slot["salt"]), length=32, iterations=passes, lanes=lanes, memory_cost=memory)
    return kdf.derive(_typed(passphrase))


def _typed(passphrase: str) -> bytes:
    """One form for the same characters (Unicode NFC): keyboards and systems spell an accented letter in two ways."""
    try:
        return unicodedata.normalize("NFC", passphrase).encode("utf-8")
    except UnicodeEncodeError as error:
        raise KeysError(
            "The passphrase holds something that is no character.", "Nothing was changed. Type it again."
        ) from error


def _keyring_slot(root: bytes, name: str, backend: Callable[[], KeyringBackend] | None) -> dict[str, Any]:
    kek = os.urandom(_KEK)
    with _keyring_in_words():
        (backend or system_keyring)().set_password(SERVICE, name, _b64(kek))
    return {"kind": "keyring", "name": name, "wrapped": _b64(_seal(kek, root, b"root"))}


def _keyring_key(slot: dict[str, Any], backend: Callable[[], KeyringBackend] | None) -> bytes:
    with _keyring_in_words():
        held = (backend or system_keyring)().get_password(SERVICE, str(slot.get("name")))
    if held is None:
        raise KeysError(
            "The system's keyring does not hold the key of this profile.",
            "Nothing was changed. It was made by another user or on another machine, or the keyring was reset. "
            "Open the profile there, or with its passphrase where it has one.",
        )
    try:
        kek = _unb64(held)
    except ValueError as error:
        raise _other_entry() from error
    if len(kek) != _KEK:
        raise _other_entry()
    return kek


def _other_entry() -> KeysError:
    return KeysError(
        "The key in the system's keyring does not open this profile.",
        "Nothing was changed. The profile was copied from another machine, or its keyring entry was replaced.",
    )


@contextlib.contextmanager
def _keyring_in_words() -> Iterator[None]:
    # keyring takes 0.13 s to import and is needed once, when a profile is opened without a passphrase.
    from keyring.errors import KeyringError

    try:
        yield
    except KeyringError as error:
        raise NoKeyring(
            "The system's keyring cannot be used.",
            "Nothing was changed. Unlock it, or use a passphrase with --passphrase-file.",
        ) from error


def system_keyring() -> KeyringBackend:
    """The operating system's own keyring. Set explicitly: auto-detection looks for compilers, and may pick a plain file."""
    # keyring takes 0.13 s to import and is needed once, when a profile is opened without a passphrase.
    from keyring.backends import SecretService, Windows, kwallet, macOS

    candidates: list[type[KeyringBackend]]
    if sys.platform == "win32":
        candidates = [Windows.WinVaultKeyring]
    elif sys.platform == "darwin":
        candidates = [macOS.Keyring]
    else:
        candidates = [SecretService.Keyring, kwallet.DBusKeyring]
    for candidate in candidates:
        if candidate.viable:
            return candidate()
    raise NoKeyring("This machine has no keyring that can be used.", "Use a passphrase: --passphrase-file FILE.")
