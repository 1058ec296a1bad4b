"""A timestamp that comes later: it is proved with the letter, taken out again it leaves the letter as it was."""

from __future__ import annotations

import pytest

from authorities import timestamped
from evalpanel.domain.signatures import SignatureVerdict
from evalpanel.errors import EvalPanelError
from evalpanel.sealing.pdf_signature import verify
from evalpanel.sealing.timestamps import Question, question, stamped, unstamped
from guards import LogGuard
from heard import faults, loose_ends
from signed_letters import known, signed, unsigned


def with_time(pdf: bytes) -> bytes:
    asked = question(pdf)
    return stamped(pdf, asked, timestamped(asked.request))


def test_a_timestamp_is_proved_with_the_letter() -> None:
    report = verify(with_time(signed()), known())
    assert report.verdict is SignatureVerdict.VERIFIED
    assert report.proved[-2] == (
        "A timestamp in it, made on 09.03.2026 12:30:00 UTC by “Exbourne time”, is of this signature."
    )
    assert report.not_proved[0] == (
        "When it was signed, only that it was by then, if that authority can be relied on. "
        "The signer says 09.03.2026 10:30 (UTC)."
    )


def test_a_timestamped_letter_still_holds_both_standards() -> None:
    data = with_time(signed("B02"))
    assert faults(data) == []
    assert loose_ends(data) == []


def test_without_its_timestamp_the_letter_is_the_file_that_was_signed() -> None:
    assert unstamped(with_time(signed())) == signed()
    assert unstamped(signed()) == signed()
    assert unstamped(b"no letter") == b"no letter"


def test_a_timestamp_of_another_letter_is_refused() -> None:
    other = question(signed("B02"))
    with pytest.raises(EvalPanelError, match="of something else"):
        stamped(signed(), question(signed()), timestamped(other.request))


def test_a_timestamp_that_was_moved_to_another_letter_is_seen(expected_log: LogGuard) -> None:
    expected_log.expect("pyhanko.sign.validation.generic_cms", "Timestamp token imprint")
    asked = question(signed("B02"))
    forged = Question(asked.request, asked.digest, asked.nonce)
    data = stamped(signed("B05"), forged, timestamped(asked.request))
    assert verify(data, known()).verdict is SignatureVerdict.ALTERED


@pytest.mark.parametrize("reply", [b"", b"<html>", b"0\x03\x02\x01\x02"])
def test_an_answer_that_is_no_timestamp_is_refused(reply: bytes) -> None:
    with pytest.raises(EvalPanelError, match="gave no timestamp"):
        stamped(signed(), question(signed()), reply)


def test_what_is_no_signed_letter_gets_no_timestamp() -> None:
    with pytest.raises(EvalPanelError, match="not a letter that was signed"):
        question(unsigned())
    with pytest.raises(EvalPanelError, match="has a timestamp already"):
        question(with_time(signed()))


def test_a_changed_byte_of_a_timestamped_letter_is_seen() -> None:
    data = bytearray(with_time(signed()))
    data[2000] ^= 1
    assert verify(bytes(data), known()).verdict is not SignatureVerdict.VERIFIED
