"""One way into a profile, as a slot of its key file: the root key wrapped by the keyring, by a passphrase, or by paper."""

from __future__ import annotations

import contextlib
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evalpanel.sealing.key_file import NONCE, TAG, KeysError, NoKeyring, b64, unb64

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "evalpanel"
_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 4
_MOST_MEMORY_KIB, _MOST_PASSES, _MOST_LANES = 1024 * 1024, 16, 16
_KEK = 32


def seal(key: bytes, data: bytes, about: bytes) -> bytes:
    """`data` under `key` (AES-256-GCM), bound to what it is `about`."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, about)


def unseal(key: bytes, data: bytes, about: bytes) -> bytes:
    """What `seal` was given. Raises `InvalidTag` for another key, another `about`, or bytes that were altered."""
    if len(data) < NONCE + TAG:
        raise InvalidTag
    return AESGCM(key).decrypt(data[:NONCE], data[NONCE:], about)


def keyring_slot(root: bytes, name: str, backend: Callable[[], KeyringBackend] | None) -> dict[str, Any]:
    """A slot that the system's keyring opens, by the entry `name`. The entry is made."""
    kek = os.urandom(_KEK)
    with keyring_in_words():
        (backend or system_keyring)().set_password(SERVICE, name, b64(kek))
    return {"kind": "keyring", "name": name, "wrapped": b64(seal(kek, root, b"root"))}


def keyring_key(slot: dict[str, Any], backend: Callable[[], KeyringBackend] | None) -> bytes:
    """What a keyring slot is wrapped with, asked of the system's keyring."""
    with keyring_in_words():
        held = (backend or system_keyring)().get_password(SERVICE, str(slot.get("name")))
    if held is None:
        raise KeysError(
            "The system's keyring does not hold the key of this profile.",
            "Nothing was changed. It was made by another user or on another machine, or the keyring was reset. "
            "Open the profile there, or with its passphrase where it has one.",
        )
    try:
        kek = unb64(held)
    except ValueError as error:
        raise other_entry() from error
    if len(kek) != _KEK:
        raise other_entry()
    return kek


def other_entry() -> KeysError:
    """What is said when the keyring holds something under the name of this profile, and it is not its key."""
    return KeysError(
        "The key in the system's keyring does not open this profile.",
        "Nothing was changed. The profile was copied from another machine, or its keyring entry was replaced.",
    )


@contextlib.contextmanager
def keyring_in_words() -> Iterator[None]:
    """Turns what a keyring refuses into `NoKeyring`, in words."""
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


def passphrase_slot(root: bytes, passphrase: str) -> dict[str, Any]:
    """A slot that a passphrase opens."""
    if not passphrase:
        raise KeysError("The passphrase is empty.", "Choose one of several words and try again.")
    slot: dict[str, Any] = {
        "kind": "passphrase",
        "kdf": "argon2id",
        "memory_kib": _MEMORY_KIB,
        "passes": _PASSES,
        "lanes": _LANES,
        "salt": b64(os.urandom(16)),
    }
    slot["wrapped"] = b64(seal(passphrase_key(slot, passphrase), root, b"root"))
    return slot


def passphrase_key(slot: dict[str, Any], passphrase: str) -> bytes:
    """What a passphrase slot is wrapped with. Raises `KeysError` when the slot asks for more than a laptop should give."""
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
    kdf = Argon2id(salt=unb64(slot["salt"]), length=32, iterations=passes, lanes=lanes, memory_cost=memory)
    return kdf.derive(_typed(passphrase))


def _typed(passphrase: str) -> bytes:
    """One form for the same characters (Unicode NFC): keyboards and systems spell an accented letter in two ways."""
    try:
        return unicodedata.normalize("NFC", passphrase).encode("utf-8")
    except UnicodeEncodeError as error:
        raise KeysError(
            "The passphrase holds something that is no character.", "Nothing was changed. Type it again."
        ) from error


def paper_slot(root: bytes, secret: bytes) -> dict[str, Any]:
    """A slot that a secret on paper opens. Its `id` is the number by which the paper key is known."""
    slot: dict[str, Any] = {"kind": "paper", "id": os.urandom(4).hex(), "salt": b64(os.urandom(16))}
    slot["wrapped"] = b64(seal(paper_key(slot, secret), root, b"root"))
    return slot


def paper_key(slot: dict[str, Any], secret: bytes) -> bytes:
    """What a paper slot is wrapped with: the secret is random, 128 bits, so it need not be stretched."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=unb64(slot["salt"]), info=b"evalpanel v1 paper")
    return kdf.derive(secret)
