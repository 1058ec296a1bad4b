"""Which key signs letters: one made on this laptop and kept in the profile, or the authority's, which is only used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.letter import Signatory
from evalpanel.domain.tender import PersonCode
from evalpanel.services import audit
from evalpanel.services.awards import TenderOutcome
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import read_whole

if TYPE_CHECKING:
    from evalpanel.sealing.letter_signer import LetterSigner

_ELSEWHERE = b""  # what stands for the private key of a certificate whose key is not kept here


@dataclass(frozen=True, slots=True)
class Pkcs12Source:
    """The authority's key in a PKCS#12 file (`.p12`, `.pfx`), and its passphrase."""

    file: Path
    passphrase: str


@dataclass(frozen=True, slots=True)
class TokenSource:
    """The authority's key in a PKCS#11 token: the module of its maker, the token's name, its PIN, the key's name."""

    module: Path
    token: str
    pin: str
    key: str


KeySource = Pkcs12Source | TokenSource


def can_use_tokens() -> bool:
    """Whether this installation can sign with a key in a token (the part “token” is installed)."""
    return find_spec("pkcs11") is not None


@contextmanager
def signer(
    workspace: Workspace, held: TenderOutcome, who: PersonCode, signs: Signatory, source: KeySource | None
) -> Iterator[LetterSigner]:
    """What signs a batch of letters, loaded once. Without a `source`, with the certificate that is kept in the profile.

    The certificate goes on the record, so that letters signed with it are known again. Raises `EvalPanelError` where the
    key cannot be used.
    """
    # pyHanko takes 0.6 s to import, and only letters need it.
    from evalpanel.sealing.letter_signer import LetterSigner
    from evalpanel.sealing.signing_keys import LARGEST_FILE, of_pkcs12, of_token

    match source:
        case None:
            yield _own(workspace, held, who, signs)
        case Pkcs12Source():
            data = read_whole(source.file, LARGEST_FILE)
            made = LetterSigner(of_pkcs12(data, source.passphrase.encode(), source.file.name))
            _known(workspace, held, who, signs, made)
            yield made
        case TokenSource():
            with of_token(source.module, source.token, source.pin, source.key) as key:
                made = LetterSigner(key)
                _known(workspace, held, who, signs, made)
                yield made


def has_own(workspace: Workspace, signs: Signatory) -> bool:
    """Whether a certificate was made on this laptop for the person who signs, so that none need be made."""
    with workspace.store.reading() as tx:
        rows = tx.execute(select(t.CertificateRow).where(t.CertificateRow.person == signs.name)).scalars().all()
        return any(row.private_key != _ELSEWHERE for row in rows)


def _own(workspace: Workspace, held: TenderOutcome, who: PersonCode, signs: Signatory) -> LetterSigner:
    from evalpanel.sealing.certificates import SigningCertificate, new_signing_certificate, valid_until
    from evalpanel.sealing.letter_signer import LetterSigner

    assert held.pack.tender is not None
    with workspace.store.writing() as tx:
        rows = tx.execute(select(t.CertificateRow).where(t.CertificateRow.person == signs.name)).scalars().all()
        for row in sorted(rows, key=lambda row: row.at, reverse=True):
            if row.private_key != _ELSEWHERE and valid_until(row.certificate) > workspace.now():
                private = workspace.keys.unwrap(f"certificate {row.fingerprint}", row.private_key)
                return LetterSigner(SigningCertificate(row.certificate, private))
        certificate = new_signing_certificate(
            common_name=signs.name,
            organisation=held.pack.tender.authority,
            email=workspace.owner.email,
            now=workspace.now(),
        )
        wrapped = workspace.keys.wrap(f"certificate {certificate.fingerprint}", certificate.private_key_der)
        _keep(tx, workspace, held, who, signs.name, certificate.fingerprint, certificate.certificate_der, wrapped)
    return LetterSigner(certificate)


def _known(workspace: Workspace, held: TenderOutcome, who: PersonCode, signs: Signatory, made: LetterSigner) -> None:
    with workspace.store.writing() as tx:
        if tx.get(t.CertificateRow, made.fingerprint) is None:
            _keep(tx, workspace, held, who, signs.name, made.fingerprint, made.certificate_der, _ELSEWHERE)


def _keep(
    tx: Session,
    workspace: Workspace,
    held: TenderOutcome,
    who: PersonCode,
    person: str,
    fingerprint: str,
    certificate: bytes,
    private_key: bytes,
) -> None:
    tx.add(
        t.CertificateRow(
            fingerprint=fingerprint,
            person=person,
            certificate=certificate,
            private_key=private_key,
            at=workspace.now(),
        )
    )
    act = "certificate-made" if private_key else "certificate-used"
    audit.record(tx, workspace, act, tender=held.tender_id, person=who, detail={"fingerprint": fingerprint})
