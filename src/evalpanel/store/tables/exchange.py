"""What travels between laptops: the keys of this one, the statements made and received, the keys that were confirmed.

A panel member's laptop knows a tender by its invitation before it holds anything of it, so these rows name a tender by its
id alone.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalpanel.domain.parcels import ParcelKind, PublicKeys
from evalpanel.domain.releases import Because
from evalpanel.domain.tender import PersonCode
from evalpanel.store.columns import Codes, Utc, words
from evalpanel.store.tables.base import Base


class InstallationRow(Base):
    """This laptop's own keys for one tender, and whose they are. `secret` is wrapped with the tender's key. Insert-only.

    `nonce` is there on the officer's laptop: with the key it gives the tender's id.
    """

    __tablename__ = "installation"

    tender_id: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[PersonCode]
    signing: Mapped[bytes] = mapped_column(LargeBinary)
    recipient: Mapped[str]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    laptop: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)


class ParcelRow(Base):
    """A statement that was made here or received, under the identity that it has everywhere. Insert-only.

    `statement` are the signed bytes; None for a release, which holds keys: of that only the sealed `cover` is kept, which
    the key of this laptop opens. Of what was made here the cover is always kept: sending again sends the same bytes.
    """

    __tablename__ = "parcel"
    __table_args__ = (
        UniqueConstraint("identity"),
        Index("ix_parcel_line", "tender_id", "kind", "author", "about"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str]
    tender_id: Mapped[str]
    kind: Mapped[ParcelKind] = mapped_column(words(ParcelKind, "kind"))
    author: Mapped[PersonCode]
    about: Mapped[str]
    installation: Mapped[str]
    seq: Mapped[int]
    history: Mapped[tuple[str, ...]] = mapped_column(Codes)
    incarnations: Mapped[tuple[str, ...]] = mapped_column(Codes)
    trail_number: Mapped[int]
    trail_hash: Mapped[str]
    statement: Mapped[bytes | None] = mapped_column(LargeBinary)
    cover: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class ParcelPartRow(Base):
    """A sealed file that travels with a parcel: its ciphertext's digest names it in the folder of documents. Insert-only."""

    __tablename__ = "parcel_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(index=True)
    sealed: Mapped[str] = mapped_column(index=True)
    size: Mapped[int]
    envelope: Mapped[str]


class CitedHeadRow(Base):
    """What somebody else's statement says of a line of this laptop's own person: how an older store learns of what it lacks.

    Insert-only.
    """

    __tablename__ = "cited_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(index=True)
    tender_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[ParcelKind] = mapped_column(words(ParcelKind, "kind"))
    about: Mapped[str]
    seq: Mapped[int]
    tips: Mapped[tuple[str, ...]] = mapped_column(Codes)
    behind: Mapped[tuple[str, ...]] = mapped_column(Codes)


class IncarnationRow(Base):
    """An opening of this profile in which statements were made in a tender. Insert-only, in the order in which they were."""

    __tablename__ = "incarnation"
    __table_args__ = (UniqueConstraint("tender_id", "incarnation"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tender_id: Mapped[str]
    incarnation: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class ConfirmationRow(Base):
    """The keys of somebody's installation, confirmed by the eight words: from then on things are sealed to them. Insert-only."""

    __tablename__ = "confirmation"
    __table_args__ = (UniqueConstraint("tender_id", "installation"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tender_id: Mapped[str]
    person: Mapped[PersonCode]
    installation: Mapped[str]
    signing: Mapped[bytes] = mapped_column(LargeBinary)
    recipient: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]

    def value(self) -> PublicKeys:
        """The keys."""
        return PublicKeys(self.signing, self.recipient)


class ReleaseRow(Base):
    """The key of an envelope was released to one laptop of a person, and why: since when they could read it. Insert-only."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("tender_id", "installation", "envelope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tender_id: Mapped[str]
    person: Mapped[PersonCode]
    installation: Mapped[str]
    envelope: Mapped[str]
    because: Mapped[Because] = mapped_column(words(Because, "because"))
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class RevocationRow(Base):
    """The keys of a laptop were revoked, and which of its statements had been accepted by then. Insert-only.

    It is on record on the officer's laptop; others learn of it from the roster.
    """

    __tablename__ = "revocation"
    __table_args__ = (UniqueConstraint("tender_id", "installation"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tender_id: Mapped[str]
    person: Mapped[PersonCode]
    installation: Mapped[str]
    why: Mapped[str]
    accepted: Mapped[tuple[str, ...]] = mapped_column(Codes)
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class PaperKeyRow(Base):
    """The public half of the two keys on paper: the successor's signing key and the recovery recipient. Insert-only.

    The newest counts. The secret halves are printed and kept nowhere. `pledge` is what the successor's key signed when it was
    made: whose tender this is, for a laptop that knows nothing but the sheets.
    """

    __tablename__ = "paper_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    tender_id: Mapped[str]
    successor: Mapped[bytes] = mapped_column(LargeBinary)
    recovery: Mapped[str]
    pledge: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class SuccessionRow(Base):
    """This laptop took over from the officer, by the successor's key on paper: it leads the tender since. Insert-only.

    `founder` and `nonce` give the tender's id; `trusted` is the signing key of the officer from whom this laptop works out who leads.
    """

    __tablename__ = "succession"
    __table_args__ = (UniqueConstraint("tender_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tender_id: Mapped[str]
    person: Mapped[PersonCode]
    replaced: Mapped[PersonCode]
    roster: Mapped[str]
    founder: Mapped[bytes] = mapped_column(LargeBinary)
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    trusted: Mapped[bytes] = mapped_column(LargeBinary)
    why: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class RulingRow(Base):
    """The chair's word, on the chair's laptop, on which of somebody's sheets counts that do not know of each other. Insert-only.

    The newest counts; it travels with the next moderation.
    """

    __tablename__ = "ruling"

    id: Mapped[int] = mapped_column(primary_key=True)
    tender_id: Mapped[str]
    person: Mapped[PersonCode]
    counts: Mapped[str]
    ruled_out: Mapped[tuple[str, ...]] = mapped_column(Codes)
    why: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class SetAsideRow(Base):
    """A statement that turned out here not to hold together, so that it counts no more (`aside`), or does again. Insert-only.

    The newest counts. What does not hold together as it arrives is not kept at all.
    """

    __tablename__ = "set_aside"

    id: Mapped[int] = mapped_column(primary_key=True)
    tender_id: Mapped[str]
    identity: Mapped[str]
    aside: Mapped[bool]
    why: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class MissingAssentRow(Base):
    """Why a scorer's word on a moderation cannot be had, on the officer's laptop. Insert-only."""

    __tablename__ = "missing_assent"
    __table_args__ = (UniqueConstraint("tender_id", "person", "moderation"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tender_id: Mapped[str]
    person: Mapped[PersonCode]
    moderation: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]
