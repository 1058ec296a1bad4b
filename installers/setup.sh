#!/bin/sh
# Makes the private environment .venv from installers/dev.lock, and is done at once when it is already right.
# POSIX sh, so that Debian's dash and the bash 3 of macOS both run it. PYTHON=... chooses another Python.
set -eu
umask 022
cd "$(dirname "$0")/.."
here=$(pwd -P)
log=$here/.setup.log
stamp=.venv/.ready

stop() { # say what is wrong and what to do, and leave
  printf '\n%s\n' "$*" >&2
  exit 1
}

ending() { grep -v '^WARNING' "$log" | tail -n 5; } # pip repeats its warnings for each attempt

# What the environment was made from. The place counts: programs in .venv/bin name it, so a moved copy must be made again.
wanted() { { printf '%s\n' "$here"; cat installers/dev.lock installers/setup.sh pyproject.toml; } | cksum; }

version() { "$1" -c 'import platform; print(platform.python_version())' 2>/dev/null; }

suits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; }

unsuitable() { # unsuitable COMMAND: stop, because this Python will not do
  found=$(version "$1") && found="$1 is Python $found" || found="$1 cannot be run here"
  stop "evalpanel needs Python 3.11, 3.12, 3.13 or 3.14, and $found.
Debian 12 and later have one (apt-get install python3). To name another: make setup PYTHON=python3.12"
}

[ -z "${PYTHON:-}" ] || suits "$PYTHON" || unsuitable "$PYTHON"

whole() { # the environment runs, stands where it was made, and is of the Python that was asked for (if one was)
  [ -x .venv/bin/python ] && suits .venv/bin/python && grep -qsF "$here/.venv/bin/" .venv/bin/pip || return 1
  [ -z "${PYTHON:-}" ] || [ "$(version "$PYTHON")" = "$(version .venv/bin/python)" ]
}

if whole && [ -x .venv/bin/evalpanel ] && [ "$(cat $stamp 2>/dev/null)" = "$(wanted)" ]; then
  exit 0
fi

may_apt() { # is apt here, and may we use it without leaving somebody waiting for a password that nobody can type?
  command -v apt-get >/dev/null 2>&1 || return 1
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }
}

apt() { # apt PACKAGE ...
  may_apt || stop "These packages of Debian are missing: $*
Installing them needs an administrator. Ask for this, then run make again:
    apt-get install $*"
  printf 'Installing with apt: %s\n' "$*"
  as=
  [ "$(id -u)" = 0 ] || as=sudo
  {
    $as apt-get update -q || printf 'apt-get update failed; going on with the lists that are here\n'
    $as env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
  } >"$log" 2>&1 || stop "apt could not install: $*
Nothing else was changed. The end of .setup.log says why:
$(ending)"
}

if [ -z "${PYTHON:-}" ] && ! command -v python3 >/dev/null 2>&1 && may_apt; then
  apt python3 python3-venv
fi
python=
for each in ${PYTHON:-python3 python3.13 python3.12 python3.14 python3.11}; do
  if suits "$each"; then
    python=$each
    break
  fi
done
[ -n "$python" ] || unsuitable python3

if [ "$(uname -s)" = Darwin ]; then
  # The locked cryptography and pikepdf have no builds for Intel Macs, nor for older systems.
  "$python" -c 'import platform, sys
sys.exit(platform.machine() != "arm64" or int(platform.mac_ver()[0].split(".")[0]) < 15)' ||
    stop "On a Mac, evalpanel needs Apple silicon, macOS 15 or later, and a Python made for it ($python is not, or the system is older).
The installers of python.org and Homebrew are. To name another: make setup PYTHON=/opt/homebrew/bin/python3"
fi

if [ "$(uname -s)" = Linux ]; then
  # The shared libraries that Qt and the keyring load, with the Debian packages that hold them.
  libraries='libGL.so.1:libgl1 libEGL.so.1:libegl1 libglib-2.0.so.0:libglib2.0-0 libfontconfig.so.1:libfontconfig1
    libfreetype.so.6:libfreetype6 libxkbcommon.so.0:libxkbcommon0 libdbus-1.so.3:libdbus-1-3 libX11.so.6:libx11-6
    libgssapi_krb5.so.2:libgssapi-krb5-2'
  if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    libraries="$libraries libxcb-cursor.so.0:libxcb-cursor0 libxcb-icccm.so.4:libxcb-icccm4
      libxcb-keysyms.so.1:libxcb-keysyms1 libxcb-shape.so.0:libxcb-shape0 libxcb-xkb.so.1:libxcb-xkb1
      libxkbcommon-x11.so.0:libxkbcommon-x11-0 libxcb-randr.so.0:libxcb-randr0"
  fi
  # shellcheck disable=SC2086  # one word a library
  missing=$("$python" -c '
import ctypes, importlib.util, sys

packages = []
for pair in sys.argv[1:]:
    library, package = pair.split(":")
    try:
        ctypes.CDLL(library)
    except OSError:
        packages.append(package)
if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it apart from Python
    packages.append("python3-venv")
print(*packages)
' $libraries)
  # shellcheck disable=SC2086  # one word a package
  [ -z "$missing" ] || apt $missing
fi

if ! whole; then
  printf 'Making .venv with %s\n' "$("$python" --version)"
  rm -rf .venv
  "$python" -m venv .venv >"$log" 2>&1 || stop "The private environment could not be made:
$(ending)
On Debian this usually means that python3-venv is missing: apt-get install python3-venv"
fi

pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }

printf 'Installing the locked packages (a minute or two the first time)\n'
pip install -q --require-hashes --only-binary :all: --no-binary bagit -r installers/dev.lock >"$log" 2>&1 ||
  stop "The locked packages could not be installed. The end of .setup.log says why:
$(ending)
If this machine has no network now, run make again when it has: what was done is kept."
pip install -q --no-deps --no-build-isolation --no-index -e . >>"$log" 2>&1 ||
  stop "evalpanel itself could not be installed into .venv. The end of .setup.log says why:
$(ending)"
wanted >$stamp
