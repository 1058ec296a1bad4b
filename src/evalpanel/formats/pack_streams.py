"""Reading one file of a pack as a stream that is checked to its last byte before that byte is handed over."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from evalpanel.errors import EvalPanelError
from evalpanel.progress import Progress
from evalpanel.system.files import shown

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Listed:
    """One name in a folder or zip before the pack's rules are applied to it.

    `path` is in the normal form of pack_names; `blocks` starts reading
    the content, as `checked` gives it. A folder has size 0.
    """

    path: str
    size: int
    blocks: Callable[[], Generator[bytes, None, None]]
    is_folder: bool = False


def nothing() -> Generator[bytes, None, None]:
    """The content of a folder's name: none."""
    yield b""


class UnreadableError(EvalPanelError):
    """A file of a pack cannot be read as it was listed; `why` says so without naming it again."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"“{shown(path)}” could not be read. {why}", "Nothing of this pack was kept. Get it again.")
        self.why = why


def refusal(path: str, what: str) -> UnreadableError:
    """The error for a file of a pack that cannot be read as it was listed."""
    return UnreadableError(path, what)


def watched_for(progress: Progress, listed: Listed) -> Listed:
    """The same file, which stops being read when the person asks to stop."""

    def blocks() -> Generator[bytes, None, None]:
        with closing(listed.blocks()) as held:
            for block in held:
                progress.step(progress.done, progress.total, progress.what)
                yield block

    return replace(listed, blocks=blocks)


def checked(path: str, size: int, blocks: Iterator[bytes], crc: int | None) -> Generator[bytes, None, None]:
    """The same blocks, refused unless they have `size` bytes in all and the checksum `crc`.

    The last block is held back until everything is checked: whoever got all of a file got the right file.
    """
    held, length, running = b"", 0, 0
    for block in blocks:
        length += len(block)
        if length > size:
            raise refusal(path, f"It holds more than the {size} bytes that it is said to hold.")
        if crc is not None:
            running = zlib.crc32(block, running)
        if held:
            yield held
        held = block
    if length < size:
        raise refusal(path, f"It holds {length} bytes, and not the {size} that it is said to hold.")
    if crc is not None and running != crc:
        raise refusal(path, "It is damaged: its checksum is wrong.")
    yield held


def stream(blocks: Generator[bytes, None, None]) -> BinaryIO:
    """A binary file over `blocks`, for reading once from the start. What is wrong at once is raised here, not later."""
    return io.BufferedReader(_Blocks(blocks, next(blocks)), BLOCK)


class _Blocks(io.RawIOBase):
    def __init__(self, blocks: Generator[bytes, None, None], first: bytes) -> None:
        self._blocks = blocks
        self._left = memoryview(first)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if not self._left:
            self._left = memoryview(next(self._blocks, b""))
        with memoryview(buffer).cast("B") as target:
            count = min(len(target), len(self._left))
            target[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def close(self) -> None:
        if not self.closed:
            self._blocks.close()
        super().close()
