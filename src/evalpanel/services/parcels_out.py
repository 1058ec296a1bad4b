"""A parcel on its way out: written into a folder, read back as its receiver will read it, and compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_file import Container, checked_blocks, read_parcel, write_parcel
from evalpanel.services.exchange import Outgoing
from evalpanel.services.workspace import Workspace
from evalpanel.system.files import replacing, trouble


def write_out(workspace: Workspace, folder: Path, parcel: Outgoing, each: Callable[[int], None] | None = None) -> Path:
    """Write a parcel into a folder (a stick, a share). Gives where it lies.

    It is on the disk, read back and compared before it takes its name: from then on the stick may be taken out. Writing again replaces a file of the same name: the name holds the digest of what was signed.
    """
    file = folder / parcel.name
    if not folder.is_dir():
        raise EvalPanelError(
            "There is no such folder.",
            f"{folder} is not a folder, so nothing was written. It is kept here: send it again.",
        )

    def judge(part: Path) -> None:
        if not _is_whole(part, parcel):
            raise EvalPanelError(
                f"{file.name} was not written whole.",
                "What was read back is not what was sealed, so it was taken away again. Try again, with another stick. If it "
                "stays so, a sealed file in the profile has changed: evalpanel verify names it.",
            )

    try:
        with replacing(file, private=False, judge=judge) as target:
            write_parcel(
                target,
                parcel.cover,
                is_open=parcel.kind.is_open,
                parts=((sealed, workspace.documents.opened(sealed)) for sealed in parcel.parts),
                each=each,
            )
    except OSError as error:
        raise trouble(error, "written", file) from error
    return file


def _is_whole(file: Path, parcel: Outgoing) -> bool:
    """Whether a parcel reads back, as its receiver will read it, as what it was made of."""
    try:
        with file.open("rb") as opened:
            held = read_parcel(opened)
            return (
                isinstance(held, Container)
                and held.cover == parcel.cover
                and held.parts.keys() == set(parcel.parts)
                and all(sum(map(len, checked_blocks(part))) == part.size for part in held.parts.values())
            )
    except EvalPanelError:
        return False
