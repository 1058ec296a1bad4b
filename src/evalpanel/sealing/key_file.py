"""The key file of a profile, `keys.json`: read with every field looked at, and written whole.

It holds *slots*, one for each way to open the profile; what a slot means is told in `slots.py`.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from evalpanel.errors import EvalPanelError
from evalpanel.system.files import read_whole, write_atomic

NONCE, TAG = 12, 16
ROOT = NONCE + 32 + TAG
"""How long a wrapped root key is, in bytes."""
_MOST_BYTES = 64 << 10


class KeysError(EvalPanelError):
    """The keys of the profile cannot be made or opened."""


class NoKeyring(KeysError):
    """This machine has no keyring that evalpanel can use, so a passphrase is needed."""


def b64(data: bytes) -> str:
    """Bytes as the file writes them."""
    return base64.b64encode(data).decode("ascii")


def unb64(text: object) -> bytes:
    """Bytes as the file writes them, read. Raises `ValueError` for anything else."""
    if not isinstance(text, str):
        raise ValueError("not text")  # what is wrong is the content of a file, not the type of an argument
    return base64.b64decode(text, validate=True)


def damaged(file: Path) -> KeysError:
    """What is said of a key file that is not whole."""
    return KeysError(
        "The key file of this profile is damaged.",
        f"{file.name} was not touched. Put it back from a copy of the profile.",
    )


def read_key_file(file: Path) -> dict[str, Any]:
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
        if held["v"] != 1 or not isinstance(slots, list) or not slots or len(unb64(held.get("check"))) != TAG:
            raise ValueError("not a key file of this version")
        if not isinstance(held.get("id"), str) or not re.fullmatch(r"[0-9a-f]{32}", held["id"]):
            raise ValueError("no id of a profile")
        for slot in slots:
            _look_at(slot)
    except (ValueError, RecursionError) as error:  # RecursionError: JSON that is nested without end
        raise damaged(file) from error
    return held


def _look_at(slot: Any) -> None:
    if not isinstance(slot, dict) or not isinstance(slot.get("kind"), str):
        raise ValueError("a slot without a kind")
    # A kind that this version does not know is left alone: another slot may open the profile.
    if slot["kind"] in ("keyring", "passphrase", "paper") and len(unb64(slot.get("wrapped"))) != ROOT:
        raise ValueError("a slot that does not hold a root key")
    if slot["kind"] == "keyring" and not (isinstance(slot.get("name"), str) and slot["name"]):
        raise ValueError("a slot without the name of its entry")
    if slot["kind"] == "keyring" and not slot["name"].isprintable():
        raise ValueError("the name of an entry that no keyring could be asked for")
    if slot["kind"] in ("passphrase", "paper") and not 8 <= len(unb64(slot.get("salt"))) <= 64:
        raise ValueError("a salt of a length that nobody writes")
    if slot["kind"] == "paper" and not (isinstance(slot.get("id"), str) and re.fullmatch(r"[0-9a-f]{8}", slot["id"])):
        raise ValueError("a paper key without its id")


def write_key_file(file: Path, held: dict[str, Any]) -> None:
    """Put the key file in place whole."""
    write_atomic(file, json.dumps(held, indent=1).encode())
