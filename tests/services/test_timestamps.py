"""Timestamps from a service on this machine: for every letter once, for no altered one, and still on record."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from authorities import timestamped
from evalpanel.errors import EvalPanelError
from evalpanel.sealing.timestamps import unstamped
from evalpanel.services import timestamps, verify
from guards import NetworkGuard
from signed_letters import signed, unsigned


class _Service(BaseHTTPRequestHandler):
    """Answers as a timestamp service does, or with what it was told to."""

    asked: list[bytes]
    answer: bytes | None

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(body)
        answer = timestamped(body) if self.answer is None else self.answer
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Service:
    """A running service: its address, and what it was asked."""

    def __init__(self, answer: bytes | None = None) -> None:
        self.asked: list[bytes] = []
        handler = type("Handler", (_Service,), {"asked": self.asked, "answer": answer})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def service() -> Iterator[Service]:
    running = Service()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def reaches_itself(network_guard: NetworkGuard) -> None:
    """These tests ask a service of their own."""
    network_guard.loopback = True


def letter(folder: Path, name: str = "letter.pdf", data: bytes | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_bytes(signed() if data is None else data)
    return file


def test_each_letter_gets_a_timestamp_once_and_stays_as_it_was(service: Service, tmp_path: Path) -> None:
    files = [letter(tmp_path / "given", "one.pdf"), letter(tmp_path / "given", "two.pdf", signed("B02"))]

    made = timestamps.stamp(files, service.url, tmp_path / "out")
    again = timestamps.stamp(files, service.url, tmp_path / "out")

    assert again == made == (tmp_path / "out" / "one.pdf", tmp_path / "out" / "two.pdf")
    assert len(service.asked) == 2
    assert [file.read_bytes() for file in files] == [signed(), signed("B02")]
    assert [unstamped(file.read_bytes()) for file in made] == [signed(), signed("B02")]
    found = verify.verify_file(None, made[0])
    assert found.verdict == "unknown-signer"
    assert any("A timestamp in it" in line for line in found.proved)


def test_nothing_is_asked_for_a_letter_that_is_not_as_it_was_signed(service: Service, tmp_path: Path) -> None:
    broken = signed()[:3000] + bytes([signed()[3000] ^ 1]) + signed()[3001:]
    for data in (broken, unsigned(), b"no letter"):
        with pytest.raises(EvalPanelError, match="not a letter as it was signed"):
            timestamps.stamp([letter(tmp_path / "given", data=data)], service.url, tmp_path / "out")
    assert service.asked == []


@pytest.mark.parametrize(("answer", "words"), [(b"<html>no</html>", "gave no timestamp"), (b"x" * 70_000, "more than")])
def test_an_answer_that_is_no_timestamp_leaves_nothing(answer: bytes, words: str, tmp_path: Path) -> None:
    running = Service(answer)
    try:
        with pytest.raises(EvalPanelError, match=words):
            timestamps.stamp([letter(tmp_path / "given")], running.url, tmp_path / "out")
    finally:
        running.stop()
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("url", ["ftp://example.org/", "file:///etc/hostname", "http://127.0.0.1:9/"])
def test_an_address_that_cannot_be_asked_is_told_in_words(url: str, tmp_path: Path) -> None:
    with pytest.raises(EvalPanelError, match=r"no web address|could not be asked"):
        timestamps.stamp([letter(tmp_path / "given")], url, tmp_path / "out")


def test_a_file_that_is_there_already_is_never_replaced(service: Service, tmp_path: Path) -> None:
    file = letter(tmp_path / "out")
    other = letter(tmp_path / "given", data=signed("B02"))
    for given in (file, other):
        with pytest.raises(EvalPanelError, match="already in the folder"):
            timestamps.stamp([given], service.url, tmp_path / "out")
    assert file.read_bytes() == signed()
