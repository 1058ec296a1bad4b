"""What no test may do: reach the network, a real home or keyring, warn without being asked, leave a thread behind.

`conftest.py` puts these round every test. Each guard is plain code, so that `test_guards.py` can see it fire.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keyring
from keyring.backends import SecretService, Windows, fail, kwallet, macOS

from fakes import MemoryKeyring

SYSTEM_KEYRINGS: tuple[Any, ...] = (
    SecretService.Keyring,
    kwallet.DBusKeyring,
    macOS.Keyring,
    Windows.WinVaultKeyring,
)


class GuardError(AssertionError):
    """A test did, or left behind, what a guard forbids."""


class NetworkGuard:
    """Refuses every connection and name look-up of this process while it is on.

    It listens to the interpreter's own audit events, so a socket made by any library is seen. A refusal that the
    tested code swallows is remembered and told at the end of the test.
    """

    _EVENTS = frozenset(
        {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
    )

    def __init__(self) -> None:
        self.on = False
        self.loopback = False
        """Whether this test may reach a service that it runs itself, at 127.0.0.1."""
        self.refused: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.on or event not in self._EVENTS or _stays_on_this_machine(arguments):
            return
        if self.loopback and _is_loopback(arguments):
            return
        what = f"{event} {arguments[1] if isinstance(arguments[0], socket.socket) else arguments[0]!r}"
        self.refused.append(what)
        raise GuardError(f"a test reached for the network: {what}")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Refuse the network inside the block, and fail at its end if anything was refused."""
        self.refused.clear()
        self.on = True
        try:
            yield
        finally:
            self.on = self.loopback = False
        if self.refused:
            raise GuardError(f"a test reached for the network: {', '.join(self.refused)}")


def _stays_on_this_machine(arguments: tuple[object, ...]) -> bool:
    endpoint = arguments[0]
    if not isinstance(endpoint, socket.socket):
        return False
    if hasattr(socket, "AF_UNIX") and endpoint.family == socket.AF_UNIX:
        return True
    # Windows has no pair of connected sockets: Python makes one (for asyncio) over the loopback address.
    address = arguments[1]
    return sys.platform == "win32" and isinstance(address, tuple) and address[0] in ("127.0.0.1", "::1")


def _is_loopback(arguments: tuple[object, ...]) -> bool:
    address = arguments[1] if isinstance(arguments[0], socket.socket) else arguments
    return isinstance(address, tuple) and address[0] == "127.0.0.1"


def home_variables(home: Path) -> dict[str, str]:
    """The environment that makes `home` the home of this process and of programs that it starts, on every system."""
    folders = {
        "XDG_DATA_HOME": ".local/share",
        "XDG_CONFIG_HOME": ".config",
        "XDG_CACHE_HOME": ".cache",
        "XDG_STATE_HOME": ".local/state",
        "XDG_RUNTIME_DIR": ".run",
        "APPDATA": "AppData/Roaming",
        "LOCALAPPDATA": "AppData/Local",
        # platformdirs asks Windows itself, unless these are set.
        "WIN_PD_OVERRIDE_APPDATA": "AppData/Roaming",
        "WIN_PD_OVERRIDE_LOCAL_APPDATA": "AppData/Local",
    }
    return {
        "HOME": str(home),
        "USERPROFILE": str(home),
        **{name: str(home / folder) for name, folder in folders.items()},
        # Whatever does not take the keyring below must not find a desktop's either.
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }


@contextmanager
def at_home_in(home: Path) -> Iterator[None]:
    """Give this process another home, which need not exist yet."""
    before = dict(os.environ)
    os.environ.update(home_variables(home))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def keyring_in_memory() -> Iterator[MemoryKeyring]:
    """Make the keyring one that forgets; afterwards there is none at all, never the desktop's.

    Code that asks a system's own keyring by name finds none on this machine, on any system.
    """
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    for system in SYSTEM_KEYRINGS:
        system.viable = False
    try:
        yield backend
    finally:
        keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring leaves its constructors untyped


class LogGuard(logging.Handler):
    """Collects what is logged at WARNING or above; whatever the test did not announce fails it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._expected: list[tuple[str, str]] = []
        self._records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(record)

    def expect(self, logger: str, text: str) -> None:
        """Announce a warning: `text` stands in its message. It must come, or the test fails."""
        self._expected.append((logger, text))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Collect inside the block; at its end fail over what was logged unannounced, or announced and not logged."""
        root = logging.getLogger()
        root.addHandler(self)
        try:
            yield
        finally:
            root.removeHandler(self)
        said = [(record.name, record.getMessage()) for record in self._records]
        unexpected = [f"{name}: {text}" for name, text in said if not self._announced(name, text)]
        missing = [
            f"{name}: {text}"
            for name, text in self._expected
            if not any(name == logger and text in message for logger, message in said)
        ]
        if unexpected:
            raise GuardError(f"unexpected in the log: {'; '.join(unexpected)}")
        if missing:
            raise GuardError(f"expected in the log and not there: {'; '.join(missing)}")

    def _announced(self, logger: str, message: str) -> bool:
        return any(logger == name and text in message for name, text in self._expected)


@contextmanager
def no_thread_left(grace: float = 1.0) -> Iterator[None]:
    """Fail when a thread that was started in the block is still running `grace` seconds after it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + grace
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    names = [thread.name for thread in left if thread.is_alive()]
    if names:
        raise GuardError(f"left running: {', '.join(names)}")
