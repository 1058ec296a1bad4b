"""Sealed documents: files named by the SHA-256 of their ciphertext, beside the store. Small ones that came in one parcel share a file.

Files are written first and rows last, so a crash leaves at most a file that no row names; the next start sets it aside.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast
from uuid import uuid4

from evalpanel.errors import EvalPanelError
from evalpanel.store import parts_files
from evalpanel.store.parts_files import Slice
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
_SMALL = 256 << 10
"""The most bytes of a part that shares a file with the others of its parcel."""
_IN_HAND = 64 << 20


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What was written: the digest of the ciphertext, and the size and digest of the plaintext."""

    sealed: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Coming:
    """A sealed file on its way in: its digest by name, how large it is said to be, and its blocks, which check themselves."""

    sealed: str
    size: int
    blocks: Iterable[bytes]


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
        self._lock = threading.RLock()
        self._shared: dict[str, Slice] | None = None
        self._hand: dict[str, bytes] = {}

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

    def take(self, parts: Iterable[Coming], taken: list[str]) -> None:
        """Keep files that are sealed already, as they came; one that is here stays. Small ones lie in one file.

        `taken` grows by each that was not here. On an error nothing else stays behind, and nothing under a name it does not have.
        """
        self._take(parts, taken, {})

    @contextmanager
    def taking(self, parts: Iterable[Coming], taken: list[str]) -> Iterator[None]:
        """The same, for whoever reads what was taken at once: in the block, small ones are still in the hand."""
        try:
            self._take(parts, taken, self._hand)
            yield
        finally:
            self._hand.clear()

    def _take(self, parts: Iterable[Coming], taken: list[str], hand: dict[str, bytes]) -> None:
        fresh = [one for one in parts if not self.is_here(one.sealed)]
        small = [one for one in fresh if one.size <= _SMALL]
        if len(small) < 2:
            small = []
        shared = {one.sealed for one in small}
        made: list[Path] = []
        try:
            write_many(((self.path(one.sealed), one.blocks) for one in fresh if one.sealed not in shared), made)
        finally:
            taken += [path.stem for path in made]
        if small:
            self._share(small, hand)
            taken += [one.sealed for one in small]

    def _share(self, small: Sequence[Coming], hand: dict[str, bytes]) -> None:
        def contents() -> Iterator[tuple[str, bytes]]:
            room = _IN_HAND
            for one in small:
                content = b"".join(one.blocks)
                if (room := room - len(content)) >= 0:
                    hand[one.sealed] = content
                yield one.sealed, content

        with self._lock:
            shared = self._where()
            shared |= parts_files.write(parts_files.path_of(self.folder, [one.sealed for one in small]), contents())

    def _where(self) -> dict[str, Slice]:
        """Where each part lies that shares a file. The lists are read once: only this process writes here."""
        with self._lock:
            if self._shared is None:
                self._shared = {}
                for path in self._parts_files(self.folder):
                    self._shared |= parts_files.listed(path) or {}
            return self._shared

    def _parts_files(self, folder: Path) -> list[Path]:
        return sorted(path for path in self._files(folder) if path.suffix == parts_files.SUFFIX)

    def held(self) -> frozenset[str]:
        """The names of all that is kept here, wherever it lies."""
        alone = {path.stem for path in self._files(self.folder) if path.suffix == _SUFFIX}
        return frozenset(alone | self._where().keys())

    def is_here(self, sealed: str) -> bool:
        """Whether a document of this name is kept here. Nothing of it is read."""
        return sealed in self._where() or self.path(sealed).exists()

    def size(self, sealed: str) -> int:
        """How many bytes a document has that is kept here. Raises `EvalPanelError` when it is missing."""
        if (part := self._where().get(sealed)) is not None:
            return part.size
        try:
            return self.path(sealed).stat().st_size
        except FileNotFoundError as error:
            raise _missing(sealed) from error
        except OSError as error:
            raise trouble(error, "read", self.path(sealed)) from error

    def piece(self, sealed: str) -> bytes:
        """The same of a piece that is read as text (a list, answers): refused by its size alone where it is larger than any
        that is read, before a byte of it is in memory."""
        if (content := self._hand.get(sealed)) is not None:
            return content  # as it came, and compared with its name then
        if self.is_here(sealed) and self.size(sealed) > MOST_PIECE:
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
        part = self._where().get(sealed)
        try:
            return parts_files.read(part) if part is not None else self.path(sealed).read_bytes()
        except FileNotFoundError as error:
            raise _missing(sealed) from error
        except OSError as error:
            raise trouble(error, "read", self.path(sealed)) from error

    def opened(self, sealed: str) -> BinaryIO:
        """The sealed file as it lies here, for copying. Whoever copies compares its digest with its name."""
        if sealed in self._where():
            return io.BytesIO(self.unchecked(sealed))
        try:
            return self.path(sealed).open("rb")
        except FileNotFoundError as error:
            raise _missing(sealed) from error
        except OSError as error:
            raise trouble(error, "read", self.path(sealed)) from error

    def path(self, sealed: str) -> Path:
        """Where the document with this ciphertext digest lies, unless it shares a file."""
        return self.folder / f"{sealed}{_SUFFIX}"

    def remove(self, sealed: Iterable[str]) -> None:
        """Take away documents that no row names (the act that wrote them did not happen)."""
        gone = frozenset(sealed)
        for name in gone:
            remove_quietly(self.path(name))
        with self._lock:
            for path in {one.file for name, one in self._where().items() if name in gone}:
                self._remove_from(path, gone)

    def _remove_from(self, path: Path, gone: frozenset[str]) -> None:
        """Take parts out of a file that they share: nearly always all of them."""
        shared = self._where()
        held = {name: one for name, one in shared.items() if one.file == path}
        left: dict[str, Slice] = {}
        if held.keys() <= gone:
            remove_quietly(path)
        else:
            left = parts_files.without(path, held, gone)
        for name in held:
            del shared[name]
        shared |= left

    def sweep(self, named: set[str]) -> int:
        """Leave only documents that a row names. Gives how many files that concerned.

        A document that no row names was sealed by a program that was killed, or a newer store names it and an older one
        was put back: both look the same, so it is set aside and comes back by itself when a row names it again. A file that several
        share came with one parcel, and is named as a whole.
        """
        moved = remove_leftovers(self.folder)
        with self._lock:
            self._shared = None
            for path in self._files(self.folder):
                if path.name.startswith(_INCOMING):
                    moved += remove_quietly(path)
                elif (parts := _holds(path)) and not parts & named:
                    new_folder(self.aside, may_exist=True)
                    self._rename(path, self.aside / path.name)
                    moved += 1
            for path in self._files(self.aside):
                if any(not self.is_here(name) for name in _holds(path) & named):
                    self._rename(path, self.folder / path.name)
                    self._shared = None
                    moved += 1
        return moved

    def _files(self, folder: Path) -> tuple[Path, ...]:
        return tuple(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else ()

    def _rename(self, path: Path, to: Path) -> None:
        try:
            path.replace(to)
        except OSError as error:
            raise trouble(error, "kept", to) from error


def _holds(path: Path) -> frozenset[str]:
    """The names of what a file holds: none where it is no document, or damaged so that nobody can say."""
    if path.suffix == parts_files.SUFFIX:
        return frozenset(parts_files.listed(path) or ())
    return frozenset([path.stem] if path.suffix == _SUFFIX else [])


def _missing(sealed: str) -> EvalPanelError:
    return EvalPanelError(
        "A sealed document is missing.",
        f"The file {sealed[:12]}… is not in the profile. The record of it is safe; put the file back from a copy.",
    )
