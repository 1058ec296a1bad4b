"""A trusted timestamp, put into a letter that is signed already (PAdES B-T, ETSI EN 319 142-1; RFC 3161).

It attests when the signature was there at the latest. It goes into the room that the signature left, which no signature
covers, so the letter itself stays as it was; taking it out again gives the very file that is on record.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalpanel.errors import EvalPanelError

if TYPE_CHECKING:
    from asn1crypto import cms

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
"""What a timestamp authority is sent, and what it answers (RFC 3161, 3.4)."""

LARGEST_REPLY = 64 * 1024
"""The most bytes of a reply that are read: with its certificates one has about 6,000."""

_CONTENTS = re.compile(rb"/Contents <([0-9A-Fa-f]+)>")


@dataclass(frozen=True, slots=True)
class Question:
    """What an authority is asked: the request (DER), the digest that it is to attest, and a number to know its answer by."""

    request: bytes
    digest: bytes
    nonce: int


def question(pdf: bytes) -> Question:
    """What to ask about a signed letter. Raises `EvalPanelError` for a file without a signature, or with a timestamp."""
    from asn1crypto import tsp  # slow to import: only letters need it

    held = _held(pdf)
    if _is_stamped(held):
        raise EvalPanelError("The letter has a timestamp already.", "Nothing was changed.")
    signature = held["content"]["signer_infos"][0]["signature"].native
    digest = hashlib.sha256(signature).digest()
    nonce = secrets.randbits(63)
    imprint = tsp.MessageImprint({"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest})
    request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True})
    return Question(request.dump(), digest, nonce)


def stamped(pdf: bytes, asked: Question, reply: bytes) -> bytes:
    """The letter with the timestamp that was answered.

    Raises `EvalPanelError` where the authority refused, answered something else than was asked, or its answer finds no
    room. Whether its signature holds is for `pdf_signature.verify` to say, which looks at the whole letter.
    """
    from asn1crypto import cms, tsp  # slow to import: only letters need it

    try:
        answer = tsp.TimeStampResp.load(reply, strict=True)
        status = answer["status"]["status"].native
        if status not in ("granted", "granted_with_mods"):
            raise _refused(f"it answered “{status}”")
        token = answer["time_stamp_token"]
        told = token["content"]["encap_content_info"]["content"].parsed
        same = told["message_imprint"]["hashed_message"].native == asked.digest and told["nonce"].native == asked.nonce
        held = _held(pdf)
        held["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes(
            [cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})]
        )
        made = held.dump(force=True)  # reads all of the token, so that whatever is wrong with it shows here
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _refused("its answer is no timestamp") from error
    if not same:
        raise _refused("its timestamp is of something else")
    return _with(pdf, made)


def unstamped(pdf: bytes) -> bytes:
    """The letter as it was before it got a timestamp; as it is, where it has none or cannot be read."""
    from asn1crypto import cms  # slow to import: only letters need it

    try:
        held = _held(pdf)
        if not _is_stamped(held):
            return pdf
        held["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([])
        info = held["content"]["signer_infos"][0]
        parts = {name: info[name] for name in info.native if name != "unsigned_attrs" and info[name].native is not None}
        held["content"]["signer_infos"] = [cms.SignerInfo(parts)]
        return _with(pdf, held.dump(force=True))
    except (EvalPanelError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return pdf


def _is_stamped(held: cms.ContentInfo) -> bool:
    return bool(held["content"]["signer_infos"][0]["unsigned_attrs"].native)


def _held(pdf: bytes) -> cms.ContentInfo:
    from asn1crypto import cms  # slow to import: only letters need it

    found = _CONTENTS.findall(pdf)
    if len(found) == 1 and not len(found[0]) % 2:
        try:
            held = cms.ContentInfo.load(bytes.fromhex(found[0].decode()))
            if held["content_type"].native == "signed_data" and len(held["content"]["signer_infos"]) == 1:
                return held
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            pass
    raise EvalPanelError(
        "This is not a letter that was signed here.", "Only a signed letter can get a timestamp. Nothing was changed."
    )


def _with(pdf: bytes, made: bytes) -> bytes:
    place = _CONTENTS.search(pdf)
    if place is None:
        raise AssertionError("the signature was found before")
    room = len(place[1])
    if 2 * len(made) > room:
        raise EvalPanelError(
            "The timestamp does not fit into the room that the letter has for it.",
            f"It needs {len(made):,} bytes and there are {room // 2:,}. Nothing was changed. Ask another authority, whose "
            "timestamps carry fewer certificates.",
        )
    return pdf[: place.start(1)] + made.hex().upper().encode().ljust(room, b"0") + pdf[place.end(1) :]


def _refused(why: str) -> EvalPanelError:
    return EvalPanelError(
        f"The timestamp authority gave no timestamp: {why}.",
        "Nothing was changed. Look whether the address is that of a timestamp service (RFC 3161), then try again.",
    )
