"""What the documents say about the tree is so, and the locks are what set-up relies on."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LOCKS = [ROOT / "installers" / "run.lock", ROOT / "installers" / "dev.lock"]

# What stands in code quotes and starts like one of our folders is a path of this tree.
PATH = re.compile(r"`((?:src|tests|docs|resources|installers|\.ci)/[\w./-]*)`")
LINK = re.compile(r"\]\((?!#|[a-z]+:)([^)#]+)")
MADE_LATER = {"tests/specimens/"}


def named(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


@pytest.mark.parametrize("document", DOCUMENTS, ids=named(DOCUMENTS))
def test_document_names_only_what_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [path for path in PATH.findall(text) if path not in MADE_LATER and not (ROOT / path).exists()]
    missing += [link for link in LINK.findall(text) if not (document.parent / link).exists()]
    assert missing == []


def test_every_decision_stands_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == sorted(path.name for path in folder.glob("0*.md"))


def test_architecture_names_every_module() -> None:
    package = ROOT / "src" / "evalpanel"
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    modules = {
        path.name for path in package.rglob("*.py") if path.name != "__init__.py" and "migrations" not in path.parts
    }
    assert sorted(name for name in modules if not re.search(rf"\b{re.escape(name)}", text)) == []


def test_every_ignore_says_what_it_is_about_and_why() -> None:
    """`# noqa: S608  # our own names`. What a whole folder is excused from stands with its reason in `pyproject.toml`."""
    ignores, reasons = (
        re.compile(r"# (noqa|type: ignore)\b"),
        re.compile(r"# (noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\])  # \S"),
    )
    files = [path for folder in ("src", "tests", "installers") for path in (ROOT / folder).rglob("*.py")]
    lines = [(path, line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    assert [
        line for path, line in lines if ignores.search(line) and not reasons.search(line) and path != Path(__file__)
    ] == []


@pytest.mark.parametrize("lock", LOCKS, ids=named(LOCKS))
def test_lock_pins_everything_with_hashes_and_names_no_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert re.findall(r"://|^\s*-[^-]|--(?!hash=sha256:)\w+", text, re.MULTILINE) == []
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [
        entry
        for entry in entries
        if not re.match(r"[a-z0-9-]+==\S+.*\\\n(?: +--hash=sha256:[0-9a-f]{64}(?: \\\n)?)+$", entry)
    ] == []


def test_locks_agree_and_hold_what_the_program_asks_for() -> None:
    run, dev = (
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)) for lock in LOCKS
    )
    assert {name: dev.get(name) for name in run} == run
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {plain(re.split(r"[^\w-]", line)[0]) for line in project["dependencies"]}
    assert asked - run.keys() == set()


@pytest.mark.skipif(shutil.which("make") is None, reason="without make, the README's other lines are the way")
def test_make_explains_every_target() -> None:
    told = subprocess.run(["make", "-C", str(ROOT), "--no-print-directory"], check=True, capture_output=True, text=True)
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert targets is not None
    assert [line.split()[1] for line in told.stdout.splitlines()] == targets[1].split()


def test_program_imports_only_what_it_asks_for() -> None:
    """A package that only a developer has would be missing where the program is installed."""
    imported = set()
    for module in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    ours_or_pythons = {"evalpanel", "_typeshed", *sys.stdlib_module_names}
    # What is asked for as an extra need not be installed here, so its home is said here.
    homes = {"pkcs11": ["python-pkcs11"], **importlib.metadata.packages_distributions()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    asked = {plain(re.split(r"[^\w-]", line)[0]) for line in (*project["dependencies"], *extras)}
    unasked = {name for name in imported - ours_or_pythons if not asked & {plain(home) for home in homes.get(name, [])}}
    assert unasked == set()


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
