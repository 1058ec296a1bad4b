from __future__ import annotations

import pytest

from evalpanel.domain.parcels import PublicKeys
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.sealing.spoken import Side, heard, spoken

OFFICER, MEMBER, EVIL = (PublicKeys(bytes([number] * 32), f"age1{number}") for number in (1, 2, 3))
TENDER, PERSON = TenderId("0123456789abcdef" * 2), PersonCode("PM1")
OFFICER_WORDS = ("jazz", "neither", "question", "delay", "divorce", "woman", "trumpet", "genuine")
MEMBER_WORDS = ("husband", "brown", "raw", "slide", "ready", "fancy", "awake", "cigar")


def test_words_are_what_the_format_says() -> None:
    # Fixed for good: two versions of the program must say the same words for the same keys.
    assert spoken(TENDER, PERSON, OFFICER, MEMBER, Side.OFFICER) == OFFICER_WORDS
    assert spoken(TENDER, PERSON, OFFICER, MEMBER, Side.MEMBER) == MEMBER_WORDS


@pytest.mark.parametrize("reads", Side)
def test_anything_else_gives_other_words(reads: Side) -> None:
    said = {
        spoken(TENDER, PERSON, OFFICER, MEMBER, reads),
        spoken(TenderId("f" * 32), PERSON, OFFICER, MEMBER, reads),
        spoken(TENDER, PersonCode("PM2"), OFFICER, MEMBER, reads),
        spoken(TENDER, PERSON, EVIL, MEMBER, reads),
        spoken(TENDER, PERSON, OFFICER, EVIL, reads),
        spoken(TENDER, PERSON, MEMBER, OFFICER, reads),
        spoken(TENDER, PERSON, PublicKeys(OFFICER.signing, EVIL.recipient), MEMBER, reads),
        spoken(TENDER, PERSON, OFFICER, PublicKeys(EVIL.signing, MEMBER.recipient), reads),
        spoken(TENDER, PERSON, OFFICER, PublicKeys(MEMBER.signing, EVIL.recipient), reads),
    }
    assert len(said) == 9


def test_words_are_heard_however_they_are_typed() -> None:
    words = ("abandon", "act", "zoo", "zone", "wrap", "wreck", "able", "vessel")
    assert heard("abandon act zoo zone wrap wreck able vessel", words)
    assert heard("  Abandon, ACT; zoo-zone\nwrap. wreck able vessel ", words)
    assert heard("aban act zoo zone wrap wrec able vess", words)
    assert not heard("aba act zoo zone wrap wreck able vessel", words)
    assert not heard("abandon act zoo zone wrap wreck able", words)
    assert not heard("abandon act zoo zone wrap wreck able vessel vessel", words)
    assert not heard("act abandon zoo zone wrap wreck able vessel", words)
    assert not heard("abandoned act zoo zone wrap wreck able vessel", words)
    assert not heard("", words)
