from __future__ import annotations

import hashlib

import pytest

from evalpanel.domain.parcels import ParcelKind, PublicKeys, file_name, kind_of, tender_id
from evalpanel.domain.people import Role
from evalpanel.domain.tender import TenderId

# Section "One shape for every parcel": who signs what.
SIGNERS = {
    ParcelKind.INVITATION: {Role.OFFICER},
    ParcelKind.ENROLMENT: set(Role),
    ParcelKind.ROSTER: {Role.OFFICER},
    ParcelKind.PACK: {Role.OFFICER},
    ParcelKind.RELEASE: {Role.OFFICER},
    ParcelKind.DECLARATION: set(Role),
    ParcelKind.SCORESHEET: {Role.PANEL_MEMBER},
    ParcelKind.MODERATION: {Role.CHAIR},
    ParcelKind.ASSENT: {Role.PANEL_MEMBER},
    ParcelKind.RECEIPT: {Role.OFFICER, Role.CHAIR},
    ParcelKind.CHALLENGE: {Role.OFFICER},
    ParcelKind.DISCLOSURE: {Role.OFFICER},
}


def test_each_kind_is_signed_by_those_whose_work_it_is() -> None:
    assert {kind: {role for role in Role if kind.may_sign([role])} for kind in ParcelKind} == SIGNERS


def test_somebody_with_several_roles_may_sign_what_one_of_them_may() -> None:
    assert ParcelKind.SCORESHEET.may_sign([Role.CHAIR, Role.PANEL_MEMBER])
    assert not ParcelKind.SCORESHEET.may_sign([Role.CHAIR])


def test_media_type_names_its_kind() -> None:
    assert {kind_of(kind.payload_type): kind for kind in ParcelKind} == {kind: kind for kind in ParcelKind}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "application/json",
        "application/vnd.evalpanel.roster.v2+json",
        "application/vnd.evalpanel.gossip.v1+json",
        "application/vnd.evalpanel.roster.v1+json\n",
        "application/vnd.evalpanel.Roster.v1+json",
    ],
)
def test_other_media_types_are_no_kind(text: str) -> None:
    assert kind_of(text) is None


def test_installation_binds_both_keys() -> None:
    keys = PublicKeys(bytes(range(32)), "age1example")
    assert keys.installation == hashlib.sha256(bytes(range(32)) + b"age1example").hexdigest()


def test_tender_is_half_the_digest_of_key_and_nonce() -> None:
    assert tender_id(b"k" * 32, b"n" * 16) == hashlib.sha256(b"k" * 32 + b"n" * 16).hexdigest()[:32]


@pytest.mark.parametrize(
    ("person", "shown"),
    [("PM1", "PM1"), ("p/..\\x: 1", "px1"), ("Zoë 孫", "Zo"), ("孫", "x"), ("A" * 40, "A" * 16)],
)
def test_file_name_holds_codes_that_every_file_system_can_hold(person: str, shown: str) -> None:
    name = file_name(TenderId("0123456789abcdef" * 2), ParcelKind.SCORESHEET, person, 3, "ab" * 32)
    assert name == f"01234567.scoresheet.{shown}.r3.abababab.evalpanel"
