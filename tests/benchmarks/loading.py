"""How long a tender pack takes to be loaded, beside the libraries alone on the same bytes, and how much memory it takes.

`EVALPANEL_BENCH_MB` says how much is loaded, in 300 files: 100 MB if it says nothing; 1000 is the size that is promised.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script, the tests' own modules lie beside it

import make
from evalpanel.domain.tender import Bid, BidCode, Bidder, BidderCode

FILES, BIDDERS = 300, 30
REPEATS = 3


def pack_folder(folder: Path, megabytes: int) -> Path:
    """A pack of 300 PDFs of equal size that nothing compresses, each looked through to its end while it is loaded."""
    codes = [f"B{number:02}" for number in range(1, BIDDERS + 1)]
    pack = make.pack(
        bidders=tuple(Bidder(BidderCode(code), f"Bidder {code}", email="bids@bidder.example") for code in codes),
        bids=tuple(Bid(BidCode(code), BidderCode(code), make.LOT, received=make.bids()[0].received) for code in codes),
        members=(),
        prices=(),
    )
    folder.mkdir()
    make.workbook(pack, folder)
    for code in codes:
        place = folder / "bids" / code
        place.mkdir(parents=True)
        for number in range(FILES // BIDDERS):
            (place / f"1.1 part {number}.pdf").write_bytes(_pdf(megabytes * 1_000_000 // FILES))
    return folder


def _pdf(size: int) -> bytes:
    """A PDF of about this size as programs write them: some objects packed together, and pictures."""
    packed = zlib.compress(
        b" ".join(b"<< /Type /Font /Subtype /TrueType /F %d 0 R >>" % number for number in range(400))
    )
    objects = b"1 0 obj\n<< /Type /ObjStm /N 400 /First 0 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    head = b"%PDF-1.7\n" + objects + packed + b"\nendstream\nendobj\n"
    pictures = b"".join(
        b"%d 0 obj\n<< /Type /XObject /Subtype /Image /Filter /DCTDecode >>\nstream\n%b\nendstream\nendobj\n"
        % (number, os.urandom(size // 20))
        for number in range(2, 22)
    )
    place = len(head) + len(pictures)
    return head + pictures + b"xref\n0 1\ntrailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % place


def by_the_libraries(folder: Path, out: Path) -> float:
    """Seconds to read, hash, encrypt and write every file of a folder, one after another."""
    import pyrage
    from pyrage import x25519

    recipient = x25519.Identity.generate().to_public()
    out.mkdir()
    began = time.perf_counter()
    for number, path in enumerate(sorted(folder.rglob("*.pdf"))):
        data = path.read_bytes()
        hashlib.sha256(data).hexdigest()
        with (out / str(number)).open("wb") as file:
            file.write(pyrage.encrypt(data, [recipient]))
            file.flush()
            os.fsync(file.fileno())
    return time.perf_counter() - began


def by_evalpanel(folder: Path, profile: Path) -> float:
    """Seconds to load the folder as a tender pack: checked, mapped, sealed, and its rows kept."""
    from evalpanel.services import packs, workspace

    with workspace.throw_away(profile, name="Ola Fenn", email="ola@northmoor.example") as space:
        began = time.perf_counter()
        loaded = packs.load(space, folder)
        took = time.perf_counter() - began
    if loaded.notes:
        raise AssertionError(f"The documents were not looked through as they should be: {loaded.notes[0]}")
    if loaded.summary.documents != FILES:
        raise AssertionError(f"{loaded.summary.documents} documents were kept, not {FILES}")
    return took


def _memory(line: str) -> float:
    """A line of the kernel's account of this process, in MB (Linux)."""
    held = dict(one.split(":", 1) for one in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return int(held[line].split()[0]) / 1000


def _one(way: str, folder: Path, place: Path) -> tuple[float, float]:
    """Seconds, and MB above the start, of one way in a process of its own."""
    said = subprocess.run([sys.executable, __file__, way, folder, place], check=True, capture_output=True, text=True)
    seconds, memory = said.stdout.split()
    return float(seconds), float(memory)


def measure() -> list[tuple[str, float, str]]:
    """What was measured: name, number, unit. The ways take turns; the median of three rounds is told."""
    megabytes = int(os.environ.get("EVALPANEL_BENCH_MB", "100"))
    ours, theirs = [], []
    with TemporaryDirectory() as name:
        folder = pack_folder(Path(name) / "pack", megabytes)
        for turn in range(REPEATS):
            with TemporaryDirectory(dir=name) as place:
                theirs.append(_one("libraries", folder, Path(place) / f"out-{turn}"))
            with TemporaryDirectory(dir=name) as place:
                ours.append(_one("evalpanel", folder, Path(place) / f"profile-{turn}"))
    rounds = sorted(one[0] / other[0] for one, other in zip(ours, theirs, strict=True))
    loaded, least = sorted(one[0] for one in ours)[REPEATS // 2], sorted(one[0] for one in theirs)[REPEATS // 2]
    return [
        (f"a pack of {FILES} files, {megabytes:,} MB, loaded", loaded, "s"),
        ("read, hashed, age-encrypted and written by the libraries alone", least, "s"),
        ("loading over the libraries alone (at most 1.5 is wanted)", rounds[REPEATS // 2], "×"),
        ("memory above the start (under 200 is wanted)", max(one[1] for one in ours), "MB"),
    ]


if __name__ == "__main__":
    if len(sys.argv) == 4:
        from evalpanel.services import packs  # noqa: F401  # its memory is not the loading's

        start = _memory("VmRSS")
        run = by_the_libraries if sys.argv[1] == "libraries" else by_evalpanel
        print(run(Path(sys.argv[2]), Path(sys.argv[3])), _memory("VmHWM") - start)
    else:
        for what, number, unit in measure():
            print(f"{what}: {number:.2f} {unit}")
