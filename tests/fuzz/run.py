"""Fuzz the readers: `make fuzz ARGS="xlsx --seconds 300"`, or `all`, each by turns (docs/testing.md).

What is found lies in build/fuzz/TARGET: `corpus` grows from run to run, `found` holds inputs that broke a promise.
`--again FILE` gives one of them to its target. Without atheris, which has wheels for Linux on x86-64 only, nothing runs.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

_BUILD = Path(__file__).resolve().parents[2] / "build" / "fuzz"
_MOST_MIB = 2048


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; 0 where every promise was kept."""
    parser = argparse.ArgumentParser(description="Fuzz the readers of evalpanel.")
    parser.add_argument("target", help="the name of a target, several with commas between, or all")
    parser.add_argument("--seconds", type=int, default=60, help="for each target (60)")
    parser.add_argument("--runs", type=int, help="a number of inputs for each target instead, from the seeds alone")
    parser.add_argument("--seed", type=int, default=0, help="of the chance (0: another one each time)")
    parser.add_argument("--hang", type=int, default=20, help="after how many seconds one input counts as a hang (20)")
    parser.add_argument("--again", type=Path, help="give this input to the target, and nothing else")
    asked = parser.parse_args(arguments)
    sys.dont_write_bytecode = True
    import atheris

    with atheris.instrument_imports(include=["evalpanel"]):
        from fuzz.targets import TARGETS

    names = list(TARGETS) if asked.target == "all" else asked.target.split(",")
    if unknown := [name for name in names if name not in TARGETS]:
        parser.error(f"no target {unknown[0]}; there are {', '.join(TARGETS)}")
    broken = []
    for name in names:
        # libFuzzer never comes back: each target has a process of its own, with what was imported once.
        with tempfile.TemporaryDirectory() as scratch:
            child = os.fork()
            if child == 0:
                _fuzz(name, asked, Path(scratch))
            ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if ended != 0:
            broken.append(name)
    print(f"{len(names) - len(broken)} targets kept their promise.", f"Broken: {', '.join(broken) or 'none'}.")
    return 1 if broken else 0


def _fuzz(name: str, asked: argparse.Namespace, scratch: Path) -> None:
    import atheris

    from fuzz.targets import TARGETS, check, seeds
    from fuzz.watch import only_reading

    target = TARGETS[name]
    given, inside = scratch / "seeds", scratch / "inside"
    for folder in (given, inside, _BUILD / name / "corpus", _BUILD / name / "found"):
        folder.mkdir(parents=True, exist_ok=True)
    # What is imported late is imported now, and of others followed where there is time to.
    with atheris.instrument_imports(include=["evalpanel", *(() if asked.runs else target.beside)]):
        for number, data in enumerate(seeds(name)):
            (given / str(number)).write_bytes(data)
            with only_reading(inside):
                check(name, data)
    words = scratch / "words"
    words.write_text("".join(f'"{_spelled(word)}"\n' for word in target.words), "ascii")
    options = [f"-dict={words}", f"-max_len={target.most}", f"-seed={asked.seed}", f"-timeout={asked.hang}"]
    options += [f"-rss_limit_mb={_MOST_MIB}", f"-artifact_prefix={_BUILD / name / 'found'}{os.sep}"]
    if asked.again:
        options += [str(asked.again)]
    elif asked.runs:
        options += [f"-runs={asked.runs}", "-verbosity=0", str(given)]
    else:
        options += [
            f"-max_total_time={asked.seconds}",
            "-print_final_stats=1",
            str(_BUILD / name / "corpus"),
            str(given),
        ]

    def one(data: bytes) -> None:
        with only_reading(inside):
            check(name, data)

    print(f"{name}:", flush=True)
    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


def _spelled(word: str | bytes) -> str:
    """A word as a dictionary of libFuzzer has it."""
    data = word.encode() if isinstance(word, str) else word
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in data)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
