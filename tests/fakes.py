"""Stand-ins for what a test must not touch: each a real implementation of the interface, kept in memory."""

from __future__ import annotations

import keyring.backend
import keyring.errors


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring that holds its secrets in memory and forgets them with the test."""

    # keyring orders the backends that it finds by this; one that must never be found by itself stands at nothing.
    priority = 0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring leaves its constructors untyped
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        try:
            del self.secrets[service, username]
        except KeyError as error:
            raise keyring.errors.PasswordDeleteError(f"no secret of {username} at {service}") from error


class LockedKeyring(MemoryKeyring):
    """A keyring that is there but that the person has not unlocked: every access fails as Secret Service's does."""

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked(f"{service}, {username}")

    def set_password(self, service: str, username: str, password: str) -> None:  # noqa: ARG002  # the backend's signature
        raise keyring.errors.KeyringLocked(f"{service}, {username}")

    def delete_password(self, service: str, username: str) -> None:
        raise keyring.errors.KeyringLocked(f"{service}, {username}")
