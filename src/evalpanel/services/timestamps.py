"""Trusted timestamps for signed letters, got on a computer that has a network. No profile is needed, and none is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evalpanel.domain.signatures import SignatureVerdict
from evalpanel.errors import EvalPanelError
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.system.asking import post
from evalpanel.system.files import new_folder, read_whole, write_atomic

_LARGEST = 256 << 20


def stamp(files: Sequence[Path], url: str, out: Path, *, progress: Progress = NO_PROGRESS) -> tuple[Path, ...]:
    """Write each letter with a timestamp of the service at `url` into `out`. The letters that were given stay.

    Each is looked at before and after: nothing is asked for a letter that was altered, and no answer is kept that does
    not belong to its signature. Raises `EvalPanelError`; letters done before stay, and are not asked for again.
    """
    # pyHanko takes 0.6 s to import, and only letters need it.
    from evalpanel.sealing import timestamps
    from evalpanel.sealing.pdf_signature import verify

    new_folder(out, may_exist=True)
    made = []
    for place, file in enumerate(files):
        progress.step(place, len(files), file.name)
        target = out / file.name
        pdf = read_whole(file, _LARGEST)
        if target.exists():
            if target.samefile(file) or timestamps.unstamped(read_whole(target, _LARGEST)) != pdf:
                raise EvalPanelError(
                    f"There is a “{file.name}” already in the folder that it would be written into.",
                    "It was left as it is. Give another folder with --out.",
                )
            made.append(target)
            continue
        _refuse_altered(file, verify(pdf, {}).verdict)
        asked = timestamps.question(pdf)
        reply = post(url, asked.request, kind=timestamps.QUERY, most=timestamps.LARGEST_REPLY)
        done = timestamps.stamped(pdf, asked, reply)
        if verify(done, {}).verdict is not SignatureVerdict.UNKNOWN_SIGNER:
            raise EvalPanelError(
                f"The timestamp for “{file.name}” does not hold.",
                "It was not kept; the letter is as it was. Ask another timestamp service.",
            )
        write_atomic(target, done, private=False)
        made.append(target)
    progress.step(len(files), len(files), "")
    return tuple(made)


def _refuse_altered(file: Path, verdict: SignatureVerdict) -> None:
    if verdict is not SignatureVerdict.UNKNOWN_SIGNER:  # nobody is known here, so it is the best that there is
        raise EvalPanelError(
            f"“{file.name}” is not a letter as it was signed.",
            "No timestamp was asked for. `evalpanel verify` says what is wrong with it.",
        )
