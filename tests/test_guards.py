"""Each guard fires on what it is there for."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import keyring
import keyring.errors
import platformdirs
import pytest

from evalpanel.sealing.keys import NoKeyring
from evalpanel.sealing.slots import system_keyring
from fakes import LockedKeyring, MemoryKeyring
from guards import SYSTEM_KEYRINGS, GuardError, LogGuard, NetworkGuard, keyring_in_memory, no_thread_left
from judges import judge

# Addresses that are reserved for documentation (RFC 5737): were the guard to fail, nobody would be reached.
NOWHERE = ("192.0.2.1", 9)


def test_network_guard_refuses_a_connection(network_guard: NetworkGuard) -> None:
    with socket.socket() as endpoint, pytest.raises(GuardError, match="reached for the network"):
        endpoint.connect(NOWHERE)
    assert network_guard.refused == ["socket.connect ('192.0.2.1', 9)"]
    network_guard.refused.clear()


def test_network_guard_refuses_a_datagram(network_guard: NetworkGuard) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as endpoint, pytest.raises(GuardError):
        endpoint.sendto(b"hello", NOWHERE)
    assert network_guard.refused == ["socket.sendto ('192.0.2.1', 9)"]
    network_guard.refused.clear()


def test_network_guard_refuses_a_name(network_guard: NetworkGuard) -> None:
    with pytest.raises(GuardError):
        socket.getaddrinfo("tender.example", 443)
    assert network_guard.refused == ["socket.getaddrinfo 'tender.example'"]
    network_guard.refused.clear()


def test_network_guard_remembers_what_the_tested_code_swallowed(network_guard: NetworkGuard) -> None:
    def swallow() -> None:
        with network_guard.watching(), contextlib.suppress(GuardError):
            socket.gethostbyname("tender.example")

    with pytest.raises(GuardError, match=r"reached for the network: socket.gethostbyname 'tender"):
        swallow()
    network_guard.refused.clear()
    network_guard.on = True  # for what is left of this test


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no sockets in the file system")
def test_network_guard_leaves_sockets_of_this_machine_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a short name: the limit is about 100 characters
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("here")
        server.listen(1)
        client.connect("here")
        assert client.getpeername() == "here"


def test_home_is_inside_the_folder_of_the_tests(home: Path, tmp_path: Path) -> None:
    assert Path.home() == home
    assert home.is_relative_to(tmp_path.parent)
    for folder in (
        platformdirs.user_data_path("evalpanel", appauthor=False),
        platformdirs.user_config_path("evalpanel", appauthor=False),
        platformdirs.user_cache_path("evalpanel", appauthor=False),
        platformdirs.user_log_path("evalpanel", appauthor=False),
        platformdirs.user_state_path("evalpanel", appauthor=False),
        Path("~/evalpanel").expanduser(),
    ):
        assert folder.is_relative_to(home), folder


def test_home_starts_empty_and_is_inherited_by_programs(home: Path) -> None:
    assert not home.exists()
    ask = "import pathlib, keyring; print(pathlib.Path.home()); print(type(keyring.get_keyring()).__module__)"
    told = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True)
    assert told.stdout.split() == [str(home), "keyring.backends.fail"]


def test_home_cannot_reach_a_session_bus() -> None:
    assert os.environ["DBUS_SESSION_BUS_ADDRESS"] == "disabled:"


def test_keyring_is_the_one_in_memory(memory_keyring: MemoryKeyring) -> None:
    keyring.set_password("evalpanel", "profile", "secret")
    assert memory_keyring.secrets == {("evalpanel", "profile"): "secret"}
    assert keyring.get_password("evalpanel", "profile") == "secret"
    keyring.delete_password("evalpanel", "profile")
    assert keyring.get_password("evalpanel", "profile") is None
    with pytest.raises(keyring.errors.PasswordDeleteError):
        keyring.delete_password("evalpanel", "profile")


def test_keyring_is_gone_after_the_test() -> None:
    with keyring_in_memory():
        keyring.set_password("evalpanel", "profile", "secret")
    with pytest.raises(keyring.errors.NoKeyringError):
        keyring.get_password("evalpanel", "profile")


def test_keyring_of_the_system_is_not_there() -> None:
    assert [system.viable for system in SYSTEM_KEYRINGS] == [False, False, False, False]
    with pytest.raises(NoKeyring):
        system_keyring()


def test_locked_keyring_refuses_as_a_desktop_does() -> None:
    keyring.set_keyring(LockedKeyring())
    with pytest.raises(keyring.errors.KeyringLocked):
        keyring.get_password("evalpanel", "profile")
    with pytest.raises(keyring.errors.KeyringLocked):
        keyring.set_password("evalpanel", "profile", "secret")


def test_log_guard_fails_over_a_warning_that_nobody_announced() -> None:
    guard = LogGuard()
    with pytest.raises(GuardError, match=r"unexpected in the log: evalpanel.store: 3 files lost"), guard.watching():
        say_to(guard, logging.WARNING, "%d files lost", 3)


def test_log_guard_fails_over_an_announced_warning_that_never_came() -> None:
    guard = LogGuard()
    guard.expect("evalpanel.store", "lost")
    with pytest.raises(GuardError, match=r"expected in the log and not there: evalpanel.store: lost"), guard.watching():
        say_to(guard, logging.INFO, "all files lost")


def test_log_guard_lets_an_announced_warning_and_quiet_records_pass() -> None:
    guard = LogGuard()
    guard.expect("evalpanel.store", "lost")
    with guard.watching():
        say_to(guard, logging.ERROR, "all files lost")
        say_to(guard, logging.INFO, "nothing to see")


def say_to(guard: LogGuard, level: int, text: str, *values: object) -> None:
    """Log as the program does, but heard by this guard alone (the test's own would fail the test, and rightly)."""
    record = logging.getLogger("evalpanel.store").makeRecord("evalpanel.store", level, "", 0, text, values, None)
    if level >= guard.level:
        guard.handle(record)


def test_log_guard_hears_every_logger(expected_log: LogGuard) -> None:
    expected_log.expect("some.library", "beware")
    logging.getLogger("some.library").warning("beware of %s", "the dog")


def test_thread_guard_fails_over_a_thread_that_still_runs() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, name="indexing", daemon=True)
    try:
        with pytest.raises(GuardError, match="left running: indexing"), no_thread_left(grace=0.05):
            thread.start()
    finally:
        stop.set()
        thread.join()


def test_thread_guard_waits_for_a_thread_that_is_ending() -> None:
    with no_thread_left():
        threading.Timer(0.05, lambda: None).start()


def test_a_python_warning_is_an_error() -> None:
    with pytest.raises(UserWarning, match="careful"):
        warnings.warn("careful", stacklevel=1)


def test_judge_is_the_program_itself() -> None:
    assert Path(judge("python3")).is_absolute()


def test_judge_that_is_absent_skips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EVALPANEL_JUDGES", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-judge is not installed"):
        judge("no-such-judge")


def test_judge_that_is_absent_fails_where_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALPANEL_JUDGES", "required")
    with pytest.raises(pytest.fail.Exception, match="no-such-judge is required here"):
        judge("no-such-judge")
