"""Sealed documents: files named by the SHA-256 of their ciphertext, beside the store.

Files are written first and rows last, so a crash leaves at most a file that no row names; the next start sweeps it.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast
from uuid import uuid4

from evalpanel.errors import EvalPanelError
from evalpanel.system.files import replacing


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What was written: the digest of the ciphertext, and the size and digest of the plaintext."""

    sealed: str
    size: int
    sha256: str


class _Hashing:
    """A reader or writer that takes the digest of all that passes through, and remembers what went wrong.

    The library that encrypts hides an exception of its reader or writer in one of its own, as text.
    """

    def __init__(self, file: IO[bytes], each: Callable[[int], None] | None = None) -> None:
        self._file = file
        self._each = each
        self._hash = hashlib.sha256()
        self.size = 0
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        with self._remembering():
            data = self._file.read(size)
            self._count(data)
            return data

    def write(self, data: bytes) -> int:
        with self._remembering():
            self._count(data)
            return self._file.write(data)

    def flush(self) -> None:
        with self._remembering():
            self._file.flush()

    @contextlib.contextmanager
    def _remembering(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.error = error
            raise

    def _count(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)
        if self._each is not None:
            self._each(self.size)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


class Documents:
    """The folder of sealed documents of one profile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(
        self,
        reader: IO[bytes],
        seal: Callable[[IO[bytes], IO[bytes]], None],
        each: Callable[[int], None] | None = None,
    ) -> SealedFile:
        """Seal what `reader` gives and keep it; `each(bytes so far)` may raise to stop, and nothing stays behind."""
        plain = _Hashing(reader, each)
        incoming = self.folder / f"incoming-{uuid4().hex}"
        with replacing(incoming) as target:
            sealing = _Hashing(target)
            try:
                seal(cast(IO[bytes], plain), cast(IO[bytes], sealing))
            finally:
                error = plain.error or sealing.error
                if error is not None:
                    raise error
        # Its name is the digest of what was written, which is known only now.
        incoming.replace(self.path(sealing.digest))
        return SealedFile(sealing.digest, plain.size, plain.digest)

    def read(self, sealed: str) -> bytes:
        """The ciphertext of a document. Raises `EvalPanelError` when it is missing or was altered."""
        try:
            data = self.path(sealed).read_bytes()
        except FileNotFoundError as error:
            raise EvalPanelError(
                "A sealed document is missing.",
                f"The file {sealed[:12]}… is not in the profile. The record of it is safe; put the file back from a copy.",
            ) from error
        if hashlib.sha256(data).hexdigest() != sealed:
            raise EvalPanelError(
                "A sealed document was altered or damaged.",
                f"The file {sealed[:12]}… is not what was kept. The record of it is safe; put it back from a copy.",
            )
        return data

    def path(self, sealed: str) -> Path:
        """Where the document with this ciphertext digest lies."""
        return self.folder / f"{sealed}.age"

    def remove(self, sealed: Iterable[str]) -> None:
        """Take away documents that no row names (the act that wrote them did not happen)."""
        for name in sealed:
            self.path(name).unlink(missing_ok=True)

    def sweep(self, named: set[str]) -> int:
        """Take away every file that no row names. Gives how many."""
        gone = 0
        for path in self._files():
            if path.suffix != ".age" or path.stem not in named:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _files(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in self.folder.iterdir() if path.is_file())
