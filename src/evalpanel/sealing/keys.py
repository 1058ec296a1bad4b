"""The keys of one profile: one random root key, wrapped once for each way to open it.

`keys.json` holds *slots*. Each slot wraps the same root key with AES-256-GCM: a `keyring` slot under a key that the
operating system's keyring holds, a `passphrase` slot under Argon2id (RFC 9106) of the passphrase. The store's key and
the keys that wrap other keys are derived from the root with HKDF-SHA-256 (RFC 5869), so changing a passphrase rewrites
one small file and nothing else. Each tender has a wrapping key of its own in a file outside the store: ending a tender
for good can delete it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import constant_time, hashes, hmac
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evalpanel.sealing import slots
from evalpanel.sealing.key_file import KeysError, NoKeyring, b64, damaged, read_key_file, unb64, write_key_file
from evalpanel.sealing.slots import seal, unseal
from evalpanel.system.files import new_folder, remove_quietly, tidying, trouble, write_atomic

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

__all__ = ["Keys", "KeysError", "NoKeyring", "create", "unlock"]

_MOST_SLOTS = 16


def _derive(root: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"evalpanel v1 " + purpose.encode()).derive(root)


class Keys:
    """The unlocked keys of a profile. They live in memory only, as long as the profile is open."""

    def __init__(self, root: bytes, folder: Path) -> None:
        self.root = root
        self._folder = folder

    @property
    def store_key(self) -> bytes:
        """The 32 bytes that open the store."""
        return _derive(self.root, "store")

    def wrap(self, purpose: str, data: bytes) -> bytes:
        """`data` encrypted under a key of this profile, bound to `purpose`."""
        return seal(_derive(self.root, "wrap"), data, purpose.encode())

    def unwrap(self, purpose: str, data: bytes) -> bytes:
        """What `wrap` was given. Raises `KeysError` when it was wrapped elsewhere, for another purpose, or altered."""
        return self._opened(_derive(self.root, "wrap"), purpose, data)

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
        return seal(self._tender_key(tender), data, purpose.encode())

    def unwrap_for(self, tender: str, purpose: str, data: bytes) -> bytes:
        """What `wrap_for` was given."""
        return self._opened(self._tender_key(tender), purpose, data)

    def unwrap_all_for(self, tender: str, data: Mapping[str, bytes]) -> dict[str, bytes]:
        """The same for many purposes of one tender, whose wrapping key is read once."""
        key = self._tender_key(tender) if data else b""
        return {purpose: self._opened(key, purpose, wrapped) for purpose, wrapped in data.items()}

    def _opened(self, key: bytes, purpose: str, data: bytes) -> bytes:
        try:
            return unseal(key, data, purpose.encode())
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
        write_key_file(file, _new(name, root, slots.passphrase_slot(root, passphrase)))
        return Keys(root, folder)
    slot = slots.keyring_slot(root, name, backend)
    try:
        write_key_file(file, _new(name, root, slot))
    except BaseException as error:
        with tidying(error), slots.keyring_in_words():
            (backend or slots.system_keyring)().delete_password(slots.SERVICE, name)
        raise
    return Keys(root, folder)


def _new(name: str, root: bytes, slot: dict[str, Any]) -> dict[str, Any]:
    return {"v": 1, "id": name, "check": _check(root), "slots": [slot]}


def unlock(
    file: Path,
    folder: Path,
    *,
    passphrase: str | None,
    backend: Callable[[], KeyringBackend] | None = None,
    paper: bytes | None = None,
) -> Keys:
    """Open the keys of a profile: with the secret of a paper key or the passphrase if one is given, else with the keyring."""
    held = read_key_file(file)
    if paper is not None:
        return _by_paper(file, folder, paper)
    wanted = "passphrase" if passphrase is not None else "keyring"
    ways = [slot for slot in held["slots"] if slot.get("kind") == wanted]
    if not ways and passphrase is None:
        raise NoKeyring(
            "This profile is opened with a passphrase.", "Nothing was changed. Give it with --passphrase-file."
        )
    if not ways:
        raise KeysError(
            "This profile has no passphrase.", "The system's keyring opens it: leave out --passphrase-file."
        )
    for slot in ways:
        kek = slots.passphrase_key(slot, passphrase) if passphrase is not None else slots.keyring_key(slot, backend)
        root = _root(file, held, slot, kek)
        if root is not None:
            return Keys(root, folder)
    if passphrase is not None:
        raise KeysError(
            "The passphrase is not the one of this profile.",
            f"Nothing was changed. Try again. If it is the right one, {file.name} was altered: put it back from a copy.",
        )
    raise slots.other_entry()


def _by_paper(file: Path, folder: Path, secret: bytes) -> Keys:
    held = read_key_file(file)
    ways = [slot for slot in held["slots"] if slot.get("kind") == "paper"]
    for slot in ways:
        root = _root(file, held, slot, slots.paper_key(slot, secret))
        if root is not None:
            return Keys(root, folder)
    if not ways:
        raise KeysError(
            "This profile has no paper key.",
            "Nothing was changed. One is made, while the profile opens, with: evalpanel paper-key --out FILE.pdf",
        )
    raise KeysError(
        "These words open another profile, or their paper key was revoked.",
        "Nothing was changed. Look whether the number on the sheet is that of this profile.",
    )


def _root(file: Path, held: dict[str, Any], slot: dict[str, Any], kek: bytes) -> bytes | None:
    """The root key that a slot wraps; None where `kek` does not open it. Raises where it is not the root of this file."""
    try:
        root = unseal(kek, unb64(slot["wrapped"]), b"root")
    except InvalidTag:
        return None
    if not constant_time.bytes_eq(_check(root).encode(), held["check"].encode()):
        raise damaged(file)
    return root


def add_paper(file: Path, keys: Keys, secret: bytes) -> str:
    """Let `secret`, which stands on paper, open the profile. Gives the number by which the paper key is known."""
    held = read_key_file(file)
    slot = slots.paper_slot(keys.root, secret)
    if len(held["slots"]) >= _MOST_SLOTS:
        raise KeysError("This profile has too many ways in.", "Nothing was changed. Revoke a paper key first.")
    write_key_file(file, held | {"slots": [*held["slots"], slot]})
    return str(slot["id"])


def papers(file: Path) -> tuple[str, ...]:
    """The numbers of the paper keys that open the profile."""
    return tuple(str(slot["id"]) for slot in read_key_file(file)["slots"] if slot.get("kind") == "paper")


def drop_paper(file: Path, number: str) -> None:
    """The paper key with this number opens the profile no more. Copies of the profile from before still open with it."""
    held = read_key_file(file)
    left = [slot for slot in held["slots"] if not (slot.get("kind") == "paper" and slot.get("id") == number)]
    if len(left) == len(held["slots"]):
        known = ", ".join(papers(file)) or "none"
        raise KeysError(f"There is no paper key {number} of this profile.", f"Nothing was changed. Numbers: {known}.")
    if not left:
        raise KeysError("This is the only way into the profile.", "Nothing was changed. Set another way in first.")
    write_key_file(file, held | {"slots": left})


def new_way_in(
    file: Path, keys: Keys, *, passphrase: str | None, backend: Callable[[], KeyringBackend] | None = None
) -> None:
    """From now on the passphrase, or without one the system's keyring, opens the profile instead of what did before.

    Paper keys stay. Whoever calls it has opened the profile: `keys` are its own.
    """
    held = read_key_file(file)
    if not constant_time.bytes_eq(_check(keys.root).encode(), held["check"].encode()):
        raise damaged(file)
    kept = [slot for slot in held["slots"] if slot.get("kind") not in ("keyring", "passphrase")]
    if passphrase is not None:
        slot = slots.passphrase_slot(keys.root, passphrase)
    else:
        # An entry of its own: until the file is in place, the one that opened the profile before stays what it was.
        slot = slots.keyring_slot(keys.root, uuid4().hex, backend)
    write_key_file(file, held | {"slots": [slot, *kept]})


def has_passphrase(file: Path) -> bool:
    """Whether the profile can be opened with a passphrase."""
    return any(slot.get("kind") == "passphrase" for slot in read_key_file(file)["slots"])


def profile_id(file: Path) -> str:
    """What names this profile, in all its copies: 32 hexadecimal digits that were drawn when it was made."""
    return str(read_key_file(file)["id"])


def _check(root: bytes) -> str:
    mac = hmac.HMAC(_derive(root, "check"), hashes.SHA256())
    mac.update(b"evalpanel")
    return b64(mac.finalize()[:16])
