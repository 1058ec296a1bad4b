"""Secrets on paper: twelve words that can be typed back, the keys that follow from them, and the paper slot of a profile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.errors import EvalPanelError
from evalpanel.sealing import envelopes, keys, paper_keys
from evalpanel.sealing.statements import pae
from fakes import MemoryKeyring
from profiles import PASSPHRASE, quick_keys

ZERO = bytes(16)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with quick_keys():
        keys.create(tmp_path / "keys.json", tmp_path / "keys", passphrase=PASSPHRASE)
    return tmp_path / "keys.json"


def opened(file: Path, **by: object) -> keys.Keys:
    return keys.unlock(file, file.parent / "keys", **{"passphrase": None, **by})  # type: ignore[arg-type]  # one of them


def refused(typed: str) -> str:
    with pytest.raises(paper_keys.PaperError) as raised:
        paper_keys.secret_of(typed)
    assert raised.value.message.startswith("Nothing was changed.")
    return raised.value.title


def test_words_are_those_of_the_standard() -> None:
    """The first test vector of BIP 39."""
    assert paper_keys.words_of(ZERO) == ("abandon",) * 11 + ("about",)


@given(st.binary(min_size=16, max_size=16))
def test_what_stands_on_a_sheet_is_read_back(secret: bytes) -> None:
    words = paper_keys.words_of(secret)
    typed = "\n".join(f"{number:>2}.  {word[:4].upper()}," for number, word in enumerate(words, 1))
    assert paper_keys.secret_of(" ".join(words)) == paper_keys.secret_of(typed) == secret


def test_wrong_words_say_what_is_wrong() -> None:
    words = list(paper_keys.words_of(bytes(range(16))))
    assert refused(" ".join(words[:11])) == "11 words were typed; a sheet has 12."
    assert refused(" ".join(["xylophone", *words[1:]])) == "Word 1, “xylophone”, is none that stands on a sheet."
    assert refused(" ".join([words[1], words[0], *words[2:]])) == "These words do not belong together."
    assert refused("") == "0 words were typed; a sheet has 12."


@given(st.text(max_size=200))
def test_whatever_is_typed_ends_in_a_secret_or_in_words(typed: str) -> None:
    try:
        secret = paper_keys.secret_of(typed)
    except EvalPanelError:
        return
    assert len(secret) == 16


@given(st.binary(min_size=16, max_size=16))
def test_recovery_identity_is_one_that_age_takes(secret: bytes) -> None:
    opens = paper_keys.recovery_identity(secret)
    assert envelopes.open_bytes(envelopes.seal_bytes(b"prices", envelopes.recipient_of(opens)), opens) == b"prices"


def test_successor_key_signs_and_the_two_sheets_of_one_secret_would_share_nothing() -> None:
    both = paper_keys.SuccessorKey(ZERO, ZERO)
    signed = both.sign("t", b"payload")
    Ed25519PublicKey.from_public_bytes(both.public).verify(signed.signature, pae("t", b"payload"))
    assert both.public not in paper_keys.recovery_identity(ZERO).encode()


def test_key_that_signs_follows_from_both_sheets_and_in_their_order() -> None:
    one, other = bytes(range(16)), bytes(range(16, 32))
    given = [(one, other), (other, one), (one, one), (other, other)]
    assert len({paper_keys.SuccessorKey(*pair).public for pair in given}) == len(given)


# The paper slot ------------------------------------------------------------------------------------------------------


def test_paper_key_opens_the_profile_beside_its_passphrase(file: Path) -> None:
    first = opened(file, passphrase=PASSPHRASE)
    number = keys.add_paper(file, first, ZERO)
    assert keys.papers(file) == (number,)
    assert opened(file, paper=ZERO).store_key == opened(file, passphrase=PASSPHRASE).store_key == first.store_key


def test_other_words_and_a_revoked_paper_key_open_nothing(file: Path) -> None:
    with pytest.raises(EvalPanelError, match="This profile has no paper key"):
        opened(file, paper=ZERO)
    first = opened(file, passphrase=PASSPHRASE)
    numbers = [keys.add_paper(file, first, secret) for secret in (ZERO, b"1" * 16)]
    with pytest.raises(EvalPanelError, match="These words open another profile"):
        opened(file, paper=b"2" * 16)
    keys.drop_paper(file, numbers[0])
    with pytest.raises(EvalPanelError, match="or their paper key was revoked"):
        opened(file, paper=ZERO)
    assert opened(file, paper=b"1" * 16).store_key == first.store_key
    with pytest.raises(EvalPanelError, match=f"no paper key {numbers[0]} of this profile"):
        keys.drop_paper(file, numbers[0])


def test_paper_key_sets_a_new_passphrase_and_the_lost_one_opens_no_more(file: Path) -> None:
    keys.add_paper(file, opened(file, passphrase=PASSPHRASE), ZERO)
    with quick_keys():
        keys.new_way_in(file, opened(file, paper=ZERO), passphrase="four new plain words")
    assert opened(file, passphrase="four new plain words").store_key == opened(file, paper=ZERO).store_key
    with pytest.raises(EvalPanelError, match="not the one of this profile"):
        opened(file, passphrase=PASSPHRASE)


def test_paper_key_opens_a_profile_whose_keyring_was_reset(tmp_path: Path) -> None:
    file, ring = tmp_path / "keys.json", MemoryKeyring()
    first = keys.create(file, tmp_path / "keys", passphrase=None, backend=lambda: ring)
    keys.add_paper(file, first, ZERO)
    ring.secrets.clear()
    with pytest.raises(EvalPanelError, match="does not hold the key"):
        opened(file, backend=lambda: ring)
    keys.new_way_in(file, opened(file, paper=ZERO), passphrase=None, backend=lambda: ring)
    assert opened(file, backend=lambda: ring).store_key == first.store_key


@pytest.mark.parametrize("change", [{"salt": ""}, {"salt": "A" * 400}, {"wrapped": "AAAA"}, {"id": "../.."}, {"id": 7}])
def test_slot_that_nobody_writes_is_a_damaged_file(file: Path, change: dict[str, object]) -> None:
    keys.add_paper(file, opened(file, passphrase=PASSPHRASE), ZERO)
    held = json.loads(file.read_text())
    held["slots"][1] |= change
    file.write_text(json.dumps(held))
    with pytest.raises(EvalPanelError, match="The key file of this profile is damaged"):
        opened(file, paper=ZERO)
