from __future__ import annotations

import base64
import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.parcels import PublicKeys, Statement
from evalpanel.sealing.installations import from_secret, new_installation
from evalpanel.sealing.statements import identity, pae, signer, verifies
from judges import judge

MINE, OTHER = new_installation(), new_installation()
KIND = "application/vnd.evalpanel.roster.v1+json"
SAID = MINE.sign(KIND, b'{"a":1}')


def test_what_is_signed_is_the_encoding_that_dsse_prints() -> None:
    # The example of the specification: secure-systems-lab/dsse, protocol.md, v1.0.2.
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@given(st.text(max_size=40), st.binary(max_size=200), st.text(max_size=40), st.binary(max_size=200))
def test_no_two_statements_are_signed_as_the_same_bytes(a: str, b: bytes, c: str, d: bytes) -> None:
    assert (pae(a, b) == pae(c, d)) == ((a, b) == (c, d))


def test_signer_is_found_by_the_key_that_verifies() -> None:
    assert signer(SAID, [OTHER.public, MINE.public]) == MINE.public
    assert signer(SAID, [OTHER.public]) is None
    assert signer(SAID, []) is None


def test_altered_statement_verifies_by_no_key() -> None:
    for altered in (
        replace(SAID, payload=b'{"a":2}'),
        replace(SAID, payload_type=KIND.replace("roster", "pack")),
        replace(SAID, signature=bytes(64)),
        replace(SAID, signature=SAID.signature[:-1]),
        replace(SAID, signature=b""),
    ):
        assert not verifies(altered, MINE.public.signing)


def test_bytes_that_are_no_key_verify_nothing() -> None:
    assert not verifies(SAID, b"")
    assert not verifies(SAID, bytes(31))


def test_identity_covers_type_payload_and_key_and_not_the_signature() -> None:
    key = MINE.public.signing
    named = identity(SAID, key)
    assert named == hashlib.sha256(pae(KIND, b'{"a":1}') + key).hexdigest()
    assert identity(replace(SAID, signature=b"other"), key) == named
    others = {
        identity(replace(SAID, payload=b"{}"), key),
        identity(replace(SAID, payload_type="x"), key),
        identity(SAID, OTHER.public.signing),
    }
    assert len(others | {named}) == 4


def test_installation_is_the_same_after_it_was_kept() -> None:
    again = from_secret(MINE.secret())
    assert again.public == MINE.public
    assert verifies(again.sign(KIND, b"x"), MINE.public.signing)


def test_installations_are_not_alike() -> None:
    assert MINE.public.installation != OTHER.public.installation
    assert PublicKeys(MINE.public.signing, OTHER.public.recipient).installation != MINE.public.installation


def test_openssl_agrees_with_the_signature(tmp_path: Path) -> None:
    openssl = judge("openssl")
    # RFC 8410: an Ed25519 public key is these twelve bytes and then the key.
    der = bytes.fromhex("302a300506032b6570032100") + MINE.public.signing
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(der) + b"-----END PUBLIC KEY-----\n"
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "sig").write_bytes(SAID.signature)

    def judged(statement: Statement) -> bool:
        (tmp_path / "pae").write_bytes(pae(statement.payload_type, statement.payload))
        command = [
            openssl,
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            "key.pem",
            "-rawin",
            "-in",
            "pae",
            "-sigfile",
            "sig",
        ]
        return subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0

    assert judged(SAID)
    assert not judged(replace(SAID, payload=b'{"a":2}'))
