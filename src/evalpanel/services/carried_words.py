"""The history of what travelled between laptops, told in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SENTENCES = {
    "invited": "invited {about} to the panel",
    "invitation-received": "took in the invitation",
    "enrolled": "accepted the undertaking and made the keys of this laptop",
    "enrolment-received": "took in the answer of {about}",
    "keys-confirmed": "heard the eight words of {about}: the keys are the right ones",
    "roster-issued": "issued the list of who takes part",
    "pack-issued": "issued the pack",
    "keys-released": "released keys to {about}",
    "roster-received": "took in the list of who takes part",
    "pack-received": "took in the pack",
    "release-received": "took in the keys of this laptop",
    "paper-made": "made the successor's and the recovery sheet, to be printed and held by somebody else",
    "succeeded": "took over as officer from {about}, by the words of the two sheets",
    "recovery-used": "opened, with the words of the recovery sheet, what people had sent before",
    "names-received": "released to this laptop the names of those who bid",
    "keys-revoked": "revoked the keys of a laptop of {about}",
    "member-replaced": "put {by} on the panel in the place of {about}",
    "access-ended": "kept {about} out of bids whose keys they had: what comes later has new keys",
    "declaration-sent": "wrote the declaration of interests for the officer",
    "declaration-received": "took in the declaration of interests of {about}",
    "sheet-sent": "wrote the score sheet for the officer",
    "moderation-sent": "wrote the moderation for officer and panel",
    "moderation-received": "took in the moderation of {about}",
    "assent-sent": "wrote whether they agree with the moderation of {about}",
    "assent-received": "took in whether {about} agrees with the moderation",
    "assent-missing": "recorded why the word of {person} on the moderation cannot be had",
    "receipt-sent": "wrote {about} a receipt for what arrived",
    "receipt-received": "took in the receipt of {about}",
    "sheet-ruled": "ruled which of two sheets of {about} counts",
    "scoresheet-received": "took in the score sheet of {about}",
    "own-received": "took in a {kind} of {about} from another laptop or an earlier copy",
}


def _part(one: Mapping[str, Any]) -> str:
    part = f"lot {one['lot']}"
    if one["bid"]:
        part = f"bid {one['bid']} in {part}"
    if one["criterion"]:
        part = f"criterion {one['criterion']} in {part}"
    return f"{part} ({one['why']})" if one.get("why") else part


def _of_pack(act: str, detail: Mapping[str, Any]) -> tuple[str, str]:
    many = len(detail["recipients"])
    whom = (
        f"It was sealed to {many} recipient{'' if many == 1 else 's'}."
        if many
        else "It was sealed to the officer alone."
    )
    words = ["It was left open: whoever has the file can read it." if detail["open"] else whom]
    about = f"for bid {detail['bid']} in lot {detail['lot']}"
    if act == "challenge-made":
        return f"made a challenge pack {about}", words[0]
    left_out = sum(len(names) for names in detail["redactions"].values())
    words.append(f"{left_out} {'entry was' if left_out == 1 else 'entries were'} left out, each with its reason.")
    if detail["working_notes"]:
        words.append(f"Working notes are in it: {detail['working_notes']}")
    return f"made a disclosure copy {about}", " ".join(words)


_FOLLOWS = ("moderated-scores-withdrawn", "parcel-set-aside", "absence-ended")


def _follows(act: str, detail: Mapping[str, Any]) -> tuple[str, str]:
    """What follows from statements that count no more, or again."""
    reason = f"Reason: {detail['reason']}" if detail["reason"] else ""
    if act == "moderated-scores-withdrawn":
        count = detail["rows"]
        return f"has nothing agreed any more on {count} {'line' if count == 1 else 'lines'} sent before", reason
    if act == "absence-ended":
        return f"recorded that {detail['person']} is not absent any more", reason
    if detail["aside"]:
        return f"set aside a parcel of {detail['about']} that does not hold together", reason
    return f"let a parcel of {detail['about']} count again that had been set aside", reason


def told(act: str, detail: Mapping[str, Any]) -> tuple[str, str] | None:
    """What happened, and what is worth knowing about it; None for any other act."""
    if act == "scores-received":
        count = detail["rows"]
        return f"scored {count} {'line' if count == 1 else 'lines'}", _why(detail)
    if act in _FOLLOWS:
        return _follows(act, detail)
    if act == "interests-matched":
        many = len(detail["same"])
        whom = f"{many} of those who take part" if many else "nobody who takes part"
        return f"settled that {detail['person']} means {whom} by the interests they listed", f"Reason: {detail['why']}"
    if act == "recusals-told":
        parts = [_part(one) for one in detail["kept_out"]]
        others = [f"{one['person']}: {_part(one)}" for one in detail.get("others", ())]
        also = f"Others who are recused: {'; '.join(others)}." if others else ""
        if not parts:
            return f"told {detail['person']} that they are kept out of nothing", also
        return f"told {detail['person']} what they are recused from", f"Recused: {'; '.join(parts)}. {also}".strip()
    if act == "finding-accepted":
        return f"recorded why {detail['document']} may go", f"Found in {detail['place']}. Reason: {detail['why']}"
    if act == "document-replaced":
        return f"replaced {detail['path']} by {detail['by']}", f"Reason: {detail['why']}"
    if act == "preflight-made":
        many = detail["documents"]
        what = f"looked through {many} document{'' if many == 1 else 's'} for what would say whose a bid is"
        return what, f"Findings: {detail['findings']}."
    if act == "names-released":
        what = "released the names of those who bid before moderation is closed"
        return what, f"Decided by {detail['decided_by']}: {detail['why']}"
    if act in ("challenge-made", "disclosure-made"):
        return _of_pack(act, detail)
    if act not in _SENTENCES:
        return None
    names = {name: detail.get(name, "") for name in ("about", "by", "person")}
    return _SENTENCES[act].format(**names), " ".join(_besides(detail))


def _besides(detail: Mapping[str, Any]) -> list[str]:
    envelopes = detail.get("envelopes", ())
    words = [detail["why"]] if detail.get("why") else []
    words += [
        f"{one['envelope']} could be read from {one['since']} to {one['until']}." for one in detail.get("access", ())
    ]
    if detail.get("not_asked"):
        words.append(f"Present on no line, so not asked whether they agree: {', '.join(detail['not_asked'])}.")
    words += [f"Envelopes: {', '.join(envelopes)}."] if envelopes else []
    return words


def _why(detail: Mapping[str, Any]) -> str:
    reasons = detail.get("reasons", ())
    said = "".join(f" Changed after it had been signed off, because: “{reason}”" for reason in reasons)
    return f"They came in the person's own signed sheet.{said}"
