from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalpanel.sealing import envelopes
from evalpanel.sealing.envelopes import EnvelopeError, NotSealedToUs
from judges import judge

RECIPIENT, IDENTITY = envelopes.new_envelope()
CONTENT = b"Harbour will meet each young carer within ten days." * 3000
SEALED = envelopes.seal_bytes(CONTENT, RECIPIENT)
# The library adds a stanza of nonsense to each file, as the format advises: only the real one is taken here.
STANZA = re.findall(rb"-> X25519 [^\n]+\n[^\n]+", SEALED)[0]
MAC = b"--- " + SEALED.split(b"\n--- ")[1].split(b"\n")[0]


@given(st.binary(max_size=200_000))
@settings(max_examples=20)
def test_sealed_document_opens_with_its_identity(content: bytes) -> None:
    target = io.BytesIO()
    envelopes.seal(io.BytesIO(content), target, RECIPIENT)
    assert envelopes.open_bytes(target.getvalue(), IDENTITY) == content
    assert envelopes.open_bytes(envelopes.seal_bytes(content, RECIPIENT), IDENTITY) == content


def test_sealing_twice_gives_other_bytes_without_the_content() -> None:
    assert envelopes.seal_bytes(CONTENT, RECIPIENT) != SEALED
    assert b"Harbour" not in SEALED


def test_identity_of_another_envelope_does_not_open() -> None:
    with pytest.raises(EnvelopeError) as raised:
        envelopes.open_bytes(SEALED, envelopes.new_envelope()[1])
    assert raised.value.title == "A sealed document cannot be opened."


@given(st.integers(0, len(SEALED) - 1), st.integers(0, 7))
def test_flipped_bit_never_opens(at: int, bit: int) -> None:
    altered = bytearray(SEALED)
    altered[at] ^= 1 << bit
    with pytest.raises(EnvelopeError):
        envelopes.open_bytes(bytes(altered), IDENTITY)


@given(st.integers(0, len(SEALED) - 1))
def test_truncated_document_gives_nothing(keep: int) -> None:
    with pytest.raises(EnvelopeError):
        envelopes.open_bytes(SEALED[:keep], IDENTITY)


def test_bytes_after_the_end_are_refused() -> None:
    with pytest.raises(EnvelopeError):
        envelopes.open_bytes(SEALED + b"x", IDENTITY)


def header(*lines: bytes) -> bytes:
    return b"\n".join((b"age-encryption.org/v1", *lines)) + b"\n" + bytes(64)


@pytest.mark.parametrize("size", [(1 << 20) - 500, 1 << 20, (3 << 20) + 17])
def test_large_document_opens_whole_or_not_at_all(size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"z" * (size % 256)
    sealed = envelopes.seal_bytes(content, RECIPIENT)
    assert envelopes.open_bytes(sealed, IDENTITY) == content
    other = envelopes.new_envelope()[1]
    changed = [sealed[:place] + bytes([sealed[place] ^ 4]) + sealed[place + 1 :] for place in (300, size // 2, -20)]
    for damaged in (*changed, sealed[: size // 2], sealed[:-65536], sealed[:-1], sealed + b"more"):
        with pytest.raises(EnvelopeError):
            envelopes.open_bytes(damaged, IDENTITY)
    with pytest.raises(NotSealedToUs):
        envelopes.open_bytes(sealed, other)


@pytest.mark.parametrize(
    "sealed",
    [
        b"",
        b"PK\x03\x04",
        b"-----BEGIN AGE ENCRYPTED FILE-----\n",
        header(),
        header(MAC),
        header(b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 23", b"A" * 43, MAC),
        header(b"-> ssh-ed25519 AAAA AAAA", b"A" * 43, MAC),
        header(STANZA, b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 23", b"A" * 43, MAC),
        header(*([STANZA] * 65), MAC),
        header(STANZA),
        header(STANZA + b"\r", MAC),
        header(b" " + STANZA, MAC),
        header(STANZA, b"A" * 65, MAC),
        header(STANZA, b"--- short"),
        header(*([STANZA] * 300), MAC),
        SEALED.replace(b"v1", b"v2", 1),
    ],
)
def test_header_that_we_never_write_is_refused_before_the_library_sees_it(sealed: bytes) -> None:
    with pytest.raises(EnvelopeError):
        envelopes.check_header(sealed)


def test_header_with_as_many_recipients_as_allowed_is_taken() -> None:
    envelopes.check_header(header(*([STANZA] * 64), MAC))
    envelopes.check_header(SEALED)


def test_age_of_other_people_opens_what_we_seal_and_we_what_it_seals(tmp_path: Path) -> None:
    age, key = judge("age"), tmp_path / "key.txt"
    key.write_text(IDENTITY, encoding="ascii")
    ours = subprocess.run([age, "-d", "-i", key], input=SEALED, capture_output=True, check=True).stdout
    theirs = subprocess.run([age, "-r", RECIPIENT], input=CONTENT, capture_output=True, check=True).stdout
    assert (ours, envelopes.open_bytes(theirs, IDENTITY)) == (CONTENT, CONTENT)
