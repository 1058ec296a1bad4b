"""An e-mail that waits to be sent: a draft that a mail program opens, with the signed letters attached as they are.

Source: RFC 5322 and RFC 2045 to 2047 through Python's `email`; `X-Unsent` is what mail programs take a draft by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses

from evalpanel.errors import EvalPanelError


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with an e-mail, as it is."""

    file: str
    data: bytes


@dataclass(frozen=True, slots=True)
class MailDraft:
    """What an e-mail says, to whom, and what is attached. `to` may hold several addresses, separated by commas."""

    sender: str
    sender_address: str
    to: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...]


class NoAddress(EvalPanelError):
    """An address to which no e-mail can be sent."""


def addresses(text: str) -> tuple[Address, ...]:
    """The addresses in a text. Raises `NoAddress` where there is none, or one that is no address."""
    if any(not mark.isprintable() for mark in text):
        raise NoAddress("The e-mail address cannot be used.", "It holds a line break or a control character.")
    found = []
    for name, address in getaddresses([text.replace(";", ",")]):
        user, at, domain = address.rpartition("@")
        if not (user and at and "." in domain.strip(".")) or any(mark.isspace() for mark in address):
            raise NoAddress("The e-mail address cannot be used.", f"“{text}” is no e-mail address.")
        try:
            found.append(Address(name, addr_spec=address))
        except (ValueError, MessageError, IndexError) as error:
            raise NoAddress("The e-mail address cannot be used.", f"“{text}” is no e-mail address.") from error
    if not found:
        raise NoAddress("The e-mail address is missing.", "Put it on record with the command bidder.")
    return tuple(found)


def write_mail(draft: MailDraft) -> bytes:
    """The draft as a file (`.eml`). The same draft gives the same bytes."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    message["Subject"] = draft.subject
    if draft.sender_address:
        message["From"] = Address(draft.sender, addr_spec=str(addresses(draft.sender_address)[0].addr_spec))
    message["To"] = addresses(draft.to)
    message.set_content(draft.body.rstrip("\n") + "\n", cte="quoted-printable")
    for one in draft.attachments:
        message.add_attachment(one.data, maintype="application", subtype="pdf", filename=one.file)
    if draft.attachments:
        message.set_boundary(f"evalpanel-{_digest(draft.subject, draft.to, draft.attachments)}")
    return message.as_bytes()


def _digest(subject: str, to: str, attachments: Sequence[Attachment]) -> str:
    running = hashlib.sha256(f"{subject}\n{to}\n".encode())
    for one in attachments:
        running.update(hashlib.sha256(one.data).digest())
    return running.hexdigest()[:32]
