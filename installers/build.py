"""Makes something to install from: a slim folder with both programs, and on Debian a `.deb` of it.

.venv/bin/python installers/build.py            the folder, in build/installer/evalpanel
.venv/bin/python installers/build.py --deb      and the package beside it
.venv/bin/python installers/build.py --check ROOT    and install it in a clean Debian root, run its self-test, show its window
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from evalpanel import __version__

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "installer"
FOLDER = OUT / "evalpanel"

# What Qt and the libraries bring that no page uses, below the folder's _internal.
UNUSED = (
    "PySide6/Qt/translations",
    "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
    "PySide6/Qt/plugins/generic",
    "PySide6/Qt/plugins/egldeviceintegrations",
    "PySide6/Qt/plugins/tls",
    "PySide6/Qt/plugins/networkinformation",
    "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
    *(
        f"PySide6/Qt/plugins/platforms/libq{name}.so"
        for name in ("eglfs", "linuxfb", "minimalegl", "vnc", "vkkhrdisplay")
    ),
    *(f"PySide6/Qt/plugins/imageformats/libq{name}.so" for name in ("tga", "tiff", "wbmp", "webp", "icns", "pdf")),
)
UNUSED_LIBRARIES = (
    "libgtk-3", "libgdk-3", "libgdk_pixbuf-2.0", "libatk-1.0", "libatk-bridge-2.0", "libatspi", "libcairo-gobject",
    "libpangocairo-1.0", "libpangoft2-1.0", "libpango-1.0", "libcairo", "libepoxy", "librsvg",
)  # fmt: skip
UNUSED_QT = ("libQt6Quick", "libQt6Qml", "libQt6VirtualKeyboard", "libQt6EglF", "libQt6QmlModels")
DEPENDS = (
    "libc6 (>= 2.34)", "libgl1", "libegl1", "libglib2.0-0 | libglib2.0-0t64", "libfontconfig1", "libfreetype6",
    "libdbus-1-3", "libx11-6", "libx11-xcb1", "libxkbcommon0", "libxkbcommon-x11-0", "libxcb1", "libxcb-cursor0",
    "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxcb-xkb1", "libxcb-randr0", "libxcb-image0",
    "libxcb-render-util0", "libgssapi-krb5-2",
)  # fmt: skip
DESKTOP = """[Desktop Entry]
Type=Application
Name=evalpanel
GenericName=Tender evaluation
Comment=Score bids, moderate, and send signed feedback letters, without a network
Exec=evalpanel-desktop
Icon=evalpanel
Categories=Office;
Terminal=false
"""


def run(*command: str | Path, **environment: str) -> None:
    """Run a command and stop with it when it fails."""
    done = subprocess.run([str(part) for part in command], env={**os.environ, **environment}, check=False)
    if done.returncode:
        sys.exit(f"{command[0]} failed with {done.returncode}")


def folder() -> None:
    """The folder with both programs, without what they do not use."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    run(
        sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "--distpath", OUT,
        "--workpath", OUT / "work", ROOT / "installers" / "evalpanel.spec", EVALPANEL_ROOT=str(ROOT),
    )  # fmt: skip
    inside = FOLDER / "_internal"
    before = size(FOLDER)
    for name in UNUSED:
        found = inside / name
        if found.is_dir():
            shutil.rmtree(found)
        else:
            found.unlink(missing_ok=True)
    for name in UNUSED_LIBRARIES:
        for found in inside.glob(f"{name}.so*"):
            found.unlink()
    for name in UNUSED_QT:  # and what links to them in the folder above
        for found in (*inside.glob(f"PySide6/Qt/lib/{name}*.so*"), *inside.glob(f"{name}*.so*")):
            found.unlink()
    if sys.platform == "linux":  # one file under two names: which face it shows follows from the name
        (FOLDER / "evalpanel-desktop").unlink()
        (FOLDER / "evalpanel-desktop").symlink_to("evalpanel")
    if shutil.which("strip") and sys.platform == "linux":
        for found in inside.rglob("*.so*"):
            # pikepdf's library checks itself and does not like to be stripped.
            if found.is_file() and not found.is_symlink() and "pikepdf" not in str(found):
                subprocess.run(["strip", "--strip-unneeded", found], check=False, stderr=subprocess.DEVNULL)
    print(f"{FOLDER.relative_to(ROOT)}: {size(FOLDER)} MB ({before} MB before it was slimmed)")


def size(path: Path) -> int:
    """The size of a folder in megabytes."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file() and not file.is_symlink()) // 1_000_000


def deb() -> Path:
    """A package for Debian and its relatives: the folder under /opt, both programs on the path, an entry in the menu."""
    stage = OUT / "deb"
    shutil.rmtree(stage, ignore_errors=True)
    shutil.copytree(FOLDER, stage / "opt" / "evalpanel", symlinks=True)
    for name in ("evalpanel", "evalpanel-desktop"):
        link = stage / "usr" / "bin" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(f"/opt/evalpanel/{name}")
    share = stage / "usr" / "share"
    write(share / "applications" / "evalpanel.desktop", DESKTOP)
    icon = (ROOT / "resources" / "icons" / "evalpanel.svg").read_text(encoding="utf-8")
    write(share / "icons" / "hicolor" / "scalable" / "apps" / "evalpanel.svg", icon)
    write(share / "doc" / "evalpanel" / "copyright", (ROOT / "LICENSE").read_text(encoding="utf-8"))
    machine = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
    control = (
        f"Package: evalpanel\nVersion: {__version__}\nArchitecture: {machine}\nSection: misc\nPriority: optional\n"
        "Maintainer: The evalpanel maintainers <maintainers@evalpanel.example>\n"
        f"Installed-Size: {size(FOLDER) * 1000}\nDepends: {', '.join(DEPENDS)}\n"
        "Recommends: gnome-keyring | kwalletmanager, at-spi2-core\n"
        "Description: tender evaluation for panels, on laptops without a network\n"
        " Load a tender, score bids against outcome criteria, moderate the scores, and\n"
        " send every bidder a digitally signed feedback letter.\n"
    )
    write(stage / "DEBIAN" / "control", control)
    for path in stage.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    target = OUT / f"evalpanel_{__version__}_{machine}.deb"
    run("dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", stage, target)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1_000_000} MB")
    return target


def built() -> Path:
    """The package that lies there already."""
    found = sorted(OUT.glob("evalpanel_*.deb"))
    if not found:
        sys.exit("There is no package yet: leave out --built")
    return found[-1]


def write(path: Path, text: str) -> None:
    """Write a text file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def check(package: Path, root: Path) -> None:
    """Install the package in the clean Debian root at `root` (made with debootstrap), and try both programs there."""
    shutil.copy(package, root / "tmp" / package.name)
    inside = (
        "chroot",
        root,
        "env",
        "-i",
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME=/root",
        "DEBIAN_FRONTEND=noninteractive",
    )
    needed = (f"/tmp/{package.name}", "xvfb", "xauth", "x11-utils")
    # Again, where a package of the same version was tried there before.
    run(*inside, "apt-get", "install", "-q", "-y", "--reinstall", "--no-install-recommends", *needed)
    run(*inside, "evalpanel", "self-test")
    # The tree of windows names its class beside a real window, and not beside the small ones that Qt makes for itself.
    shown = """xwininfo -root -tree | grep '("evalpanel'"""
    look = (
        f"evalpanel-desktop --demo & for second in $(seq 60); do sleep 1; {shown} && break; done; "
        f"sleep 5; {shown} && kill -0 $! && kill $!"
    )
    run(*inside, "xvfb-run", "-a", "sh", "-c", look)
    print("its self-test passed there, and its window shows")


def main() -> None:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deb", action="store_true", help="make the package for Debian too")
    parser.add_argument("--check", type=Path, metavar="ROOT", help="install it in this clean Debian root and try it")
    parser.add_argument("--built", action="store_true", help="with --check: the package that was built before")
    given = parser.parse_args()
    if given.check and given.built:
        check(built(), given.check)
        return
    folder()
    if given.deb or given.check:
        package = deb()
        if given.check:
            check(package, given.check)


if __name__ == "__main__":
    main()
