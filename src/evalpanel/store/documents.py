"""Sealed documents: files named by the SHA-256 of their ciphertext, beside the store.

Files are written first and rows last, so a crash leaves at most a file that no row names; the next start sets it aside.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast
from uuid import uuid4

from evalpanel.errors import EvalPanelError
from evalpanel.system.files import (
    new_folder,
    remove_leftovers,
    remove_quietly,
    replacing,
    sync_folder,
    trouble,
    write_many,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_PIECE = 65 << 20
"""The most bytes of a sealed piece that is read as text: 64 MiB, and what sealing adds."""
_BLOCK = 1 << 20
_IN_MEMORY = 16 << 20
_INCOMING = "incoming-"
_SUFFIX = ".age"


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What was written: the digest of the ciphertext, and the size and digest of the plaintext."""

    sealed: str
    size: int
    sha256: str


class _Taking(io.RawIOBase):
    """What is sealed, on its way in: counted, and what went wrong remembered.

    The library that encrypts hides an exception of its reader in one of its own, as text.
    """

    def __init__(self, file: IO[bytes], each: Callable[[int], None] | None) -> None:
        self._file = file
        self._each = each
        self.size = 0
        self.error: BaseException | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        try:
            with memoryview(buffer).cast("B") as target:
                data = self._file.read(len(target))
                target[: len(data)] = data
            self.size += len(data)
            if self._each is not None:
                self._each(self.size)
        except BaseException as error:
            self.error = error
            raise
        return len(data)


class _Joined(io.RawIOBase):
    """What was read already, and then the rest, with the digest of both."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head = memoryview(head)
        self._rest = rest
        self.hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        with memoryview(buffer).cast("B") as target:
            data = self._head[: len(target)] or self._rest.read(len(target))
            self._head = self._head[len(data) :]
            target[: len(data)] = data
            self.hash.update(data)
        return len(data)


class _Writing:
    """The sealed bytes on their way to the disk: their digest is taken, and what went wrong remembered."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.error: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            self._hash.update(data)
            return self._file.write(data)
        except BaseException as error:
            self.error = error
            raise

    def flush(self) -> None:
        """The file is flushed once, when all of it is written."""

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


class Documents:
    """The folder of sealed documents of one profile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.aside = folder.with_name("set-aside")

    def add(
        self,
        reader: IO[bytes],
        seal: Callable[[IO[bytes], IO[bytes]], None],
        each: Callable[[int], None] | None = None,
    ) -> SealedFile:
        """Seal what `reader` gives and keep it; `each(bytes so far)` may raise to stop, and nothing stays behind."""
        taking = _Taking(reader, each)
        plain = io.BufferedReader(taking, _BLOCK)
        head = plain.read(_IN_MEMORY)
        if len(head) < _IN_MEMORY:
            digest, sealed = self._add_whole(head, seal)
        else:
            digest, sealed = self._add_piecewise(head, plain, taking, seal)
        return SealedFile(sealed, taking.size, digest)

    def _add_whole(self, content: bytes, seal: Callable[[IO[bytes], IO[bytes]], None]) -> tuple[str, str]:
        """Seal in memory, as nearly every document can be: its name is then known before it is written."""
        target = io.BytesIO()
        # The digest is taken on another core meanwhile: hashlib lets go of the interpreter.
        with ThreadPoolExecutor(max_workers=1) as beside:
            digest = beside.submit(hashlib.sha256, content)
            seal(io.BytesIO(content), target)
        sealed = hashlib.sha256(target.getbuffer()).hexdigest()
        with replacing(self.path(sealed)) as file:
            file.write(target.getbuffer())
        return digest.result().hexdigest(), sealed

    def _add_piecewise(
        self, head: bytes, rest: IO[bytes], taking: _Taking, seal: Callable[[IO[bytes], IO[bytes]], None]
    ) -> tuple[str, str]:
        incoming = self.folder / f"{_INCOMING}{uuid4().hex}"
        joined = _Joined(head, rest)
        with replacing(incoming) as target:
            writing = _Writing(target)
            try:
                # The library asks for 8 kB at a time: it gets them from large blocks.
                seal(io.BufferedReader(joined, _BLOCK), cast(IO[bytes], writing))
            finally:
                error = taking.error or writing.error
                if error is not None:
                    raise error
        # Its name is the digest of what was written, which is known only now. On the disk before a row names it.
        self._rename(incoming, self.path(writing.digest))
        sync_folder(self.folder)
        return joined.hash.hexdigest(), writing.digest

    def take(self, parts: Mapping[str, Iterable[bytes]], taken: list[str]) -> None:
        """Keep files that are sealed already, as they came; one that is here stays. Each gives its blocks by its digest, and
        they check themselves against it.

        `taken` grows by each that was not here. On an error nothing else stays behind, and nothing under a name it does not have.
        """
        made: list[Path] = []
        fresh = ((self.path(sealed), blocks) for sealed, blocks in parts.items() if not self.path(sealed).exists())
        try:
            write_many(fresh, made)
        finally:
            taken += [path.stem for path in made]

    def piece(self, sealed: str) -> bytes:
        """The same of a piece that is read as text (a list, answers): refused by its size alone where it is larger than any
        that is read, before a byte of it is in memory."""
        try:
            size = self.path(sealed).stat().st_size
        except OSError:
            size = 0  # reading it says what is wrong
        if size > MOST_PIECE:
            raise EvalPanelError(
                "A sealed list is larger than any that evalpanel reads.",
                f"The file {sealed[:12]}… was left alone, and nothing was changed. Ask whoever sent it for it again.",
            )
        return self.read(sealed)

    def read(self, sealed: str) -> bytes:
        """The ciphertext of a document. Raises `EvalPanelError` when it is missing or was altered."""
        data = self.unchecked(sealed)
        if hashlib.sha256(data).hexdigest() != sealed:
            raise EvalPanelError(
                "A sealed document was altered or damaged.",
                f"The file {sealed[:12]}… is not what was kept. The record of it is safe; put it back from a copy.",
            )
        return data

    def unchecked(self, sealed: str) -> bytes:
        """The same without comparing it with its name, for whoever compares what it holds with a digest of that."""
        try:
            return self.path(sealed).read_bytes()
        except FileNotFoundError as error:
            raise EvalPanelError(
                "A sealed document is missing.",
                f"The file {sealed[:12]}… is not in the profile. The record of it is safe; put the file back from a copy.",
            ) from error
        except OSError as error:
            raise trouble(error, "read", self.path(sealed)) from error

    def opened(self, sealed: str) -> BinaryIO:
        """The sealed file as it lies here, for copying. Whoever copies compares its digest with its name."""
        try:
            return self.path(sealed).open("rb")
        except FileNotFoundError as error:
            raise EvalPanelError(
                "A sealed document is missing.",
                f"The file {sealed[:12]}… is not in the profile. The record of it is safe; put the file back from a copy.",
            ) from error
        except OSError as error:
            raise trouble(error, "read", self.path(sealed)) from error

    def path(self, sealed: str) -> Path:
        """Where the document with this ciphertext digest lies."""
        return self.folder / f"{sealed}{_SUFFIX}"

    def remove(self, sealed: Iterable[str]) -> None:
        """Take away documents that no row names (the act that wrote them did not happen)."""
        for name in sealed:
            remove_quietly(self.path(name))

    def sweep(self, named: set[str]) -> int:
        """Leave only documents that a row names. Gives how many files that concerned.

        A document that no row names was sealed by a program that was killed, or a newer store names it and an older one
        was put back: both look the same, so it is set aside and comes back by itself when a row names it again.
        """
        moved = remove_leftovers(self.folder)
        for path in self._files(self.folder):
            if path.name.startswith(_INCOMING):
                moved += remove_quietly(path)
            elif path.suffix == _SUFFIX and path.stem not in named:
                new_folder(self.aside, may_exist=True)
                self._rename(path, self.aside / path.name)
                moved += 1
        for path in self._files(self.aside):
            if path.suffix == _SUFFIX and path.stem in named and not self.path(path.stem).exists():
                self._rename(path, self.path(path.stem))
                moved += 1
        return moved

    def _files(self, folder: Path) -> tuple[Path, ...]:
        return tuple(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else ()

    def _rename(self, path: Path, to: Path) -> None:
        try:
            path.replace(to)
        except OSError as error:
            raise trouble(error, "kept", to) from error
