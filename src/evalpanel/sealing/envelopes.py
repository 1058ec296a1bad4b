"""Envelopes: a document is encrypted once with age (age-encryption.org/v1, X25519) and opened by whoever holds the key.

`pyrage` accepts armor and two malformed headers, and would run scrypt of any cost: so the header is checked here first.
"""

from __future__ import annotations

import io
import re
from typing import IO, TYPE_CHECKING

from evalpanel.errors import EvalPanelError

if TYPE_CHECKING:
    from pyrage import x25519

_MAGIC = b"age-encryption.org/v1\n"
_MAX_HEADER = 16 * 1024
MOST_RECIPIENTS = 64
"""The most recipients of one age file."""
_ARG = re.compile(rb"-> (X25519 [A-Za-z0-9+/]{43}|[!-~]{1,64}-grease(?: [!-~]{1,256}){0,8})\Z")
_BODY = re.compile(rb"[A-Za-z0-9+/]{0,64}\Z")
_MAC = re.compile(rb"--- [A-Za-z0-9+/]{43}\Z")


class EnvelopeError(EvalPanelError):
    """A sealed document cannot be opened."""


class NotSealedToUs(EnvelopeError):
    """A sealed document is whole as far as can be seen, and belongs to another key."""


def new_envelope() -> tuple[str, str]:
    """A new envelope: its recipient (public, what documents are sealed to) and its identity (secret, what opens them)."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def recipient_of(identity: str) -> str:
    """The recipient that belongs to an identity."""
    from pyrage import x25519

    return str(x25519.Identity.from_str(identity).to_public())


def is_key_of(identity: str, recipient: str) -> bool:
    """Whether an identity is sound and belongs to a recipient."""
    from pyrage import IdentityError

    try:
        return recipient_of(identity) == recipient
    except IdentityError:
        return False


def is_recipient(text: str) -> bool:
    """Whether a text is an age recipient (X25519): its letters are right, and its checksum."""
    from pyrage import RecipientError

    try:
        _recipient(text)
    except RecipientError:
        return False
    return True


def seal(reader: IO[bytes], writer: IO[bytes], recipient: str) -> None:
    """Encrypt what `reader` gives into `writer`, piece by piece, to one envelope."""
    import pyrage

    pyrage.encrypt_io(reader, writer, [_recipient(recipient)])


def seal_bytes(data: bytes, *recipients: str) -> bytes:
    """`data`, encrypted to one envelope or to several installations: any of them opens it."""
    import pyrage

    if not 1 <= len(recipients) <= MOST_RECIPIENTS:
        raise ValueError(f"sealed to {len(recipients)} recipients")
    sealed: bytes = pyrage.encrypt(data, [_recipient(recipient) for recipient in recipients])
    return sealed


_MUCH = 1 << 20
"""From so many bytes on pyrage is quicker piece by piece: a third of the time at 20 MB, where it would move what it has to a larger room each time."""


def open_bytes(sealed: bytes, identity: str) -> bytes:
    """The plaintext of a sealed document. Raises `EnvelopeError` when it was altered or belongs to another envelope."""
    import pyrage
    from pyrage import x25519

    check_header(sealed)
    try:
        own = [x25519.Identity.from_str(identity)]
        if len(sealed) < _MUCH:
            content: bytes = pyrage.decrypt(sealed, own)
        else:
            with io.BytesIO() as opened:
                pyrage.decrypt_io(io.BytesIO(sealed), opened, own)
                content = opened.getvalue()
    except (pyrage.DecryptError, OSError) as error:
        if str(error) == "No matching keys found":
            raise NotSealedToUs(
                "A sealed document cannot be opened.", "It is sealed to somebody else, or its header was altered."
            ) from error
        raise EnvelopeError(
            "A sealed document cannot be opened.", "It was altered or damaged, or it belongs to another envelope."
        ) from error
    return content


def check_header(sealed: bytes) -> None:
    """Refuses anything but a binary age file with X25519 recipients, before any of it is handed to the library."""
    lines = io.BytesIO(sealed[:_MAX_HEADER])
    if lines.readline() != _MAGIC:
        raise EnvelopeError(
            "This is not a sealed document.", "It does not begin as an age file does. It was left alone."
        )
    stanzas = 0
    state = "stanza"
    while True:
        raw = lines.readline()
        line = raw[:-1]
        if not raw.endswith(b"\n"):
            break
        if state != "body" and stanzas and _MAC.match(line):
            return
        if state != "body" and _ARG.match(line):
            stanzas += 1
            if stanzas > MOST_RECIPIENTS:
                break
            state = "body"
        elif state == "body" and _BODY.match(line):
            # A stanza's body ends with a line shorter than 64 columns.
            state = "body" if len(line) == 64 else "stanza"
        else:
            break
    raise EnvelopeError(
        "This sealed document is malformed.", "Its header is not one that evalpanel writes. It was left alone."
    )


def _recipient(text: str) -> x25519.Recipient:
    from pyrage import x25519

    return x25519.Recipient.from_str(text)
