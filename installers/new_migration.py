"""Writes the next migration by comparing the tables with what the migrations so far make: `make migration NAME=words`.

Until the first release there is one revision: `make migration NAME=first` writes it anew.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext

from evalpanel.store import migrate
from evalpanel.store.engine import Store
from evalpanel.store.tables import Base


def render_item(kind: str, item: Any, context: AutogenContext) -> str | bool:
    """Column types of our own are written as the plain type beneath, so that old migrations never import today's code."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


def revision(name: str, earlier: list[str]) -> str:
    """The text of the next revision, after the revisions `earlier`: what they lack of the tables, in the agreed format."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.db", bytes(32))
        if earlier:
            migrate.upgrade(store, Path(folder) / "backups", datetime.now(UTC))
        with store.engine.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={"target_metadata": Base.metadata, "render_item": render_item, "render_as_batch": True},
            )
            script = produce_migrations(context, Base.metadata)
            assert script.upgrade_ops is not None
            body = render_python_code(script.upgrade_ops, render_item=render_item, render_as_batch=bool(earlier))
        store.close()
    lines = [
        f'"""{name.replace("_", " ").capitalize()} tables."""',
        "",
        "from __future__ import annotations",
        "",
        "import sqlalchemy as sa",
        "from alembic import op",
        "",
        f'revision = "{len(earlier) + 1:04d}"',
        f"down_revision = {earlier[-1]!r}" if earlier else "down_revision = None",
        "",
        "",
        "def upgrade() -> None:",
        *(line for line in body.splitlines() if not line.strip().startswith("# ###")),
        "",
    ]
    ruff = [sys.executable, "-m", "ruff", "format", "--line-length", "120", "-"]
    return subprocess.run(ruff, input="\n".join(lines), capture_output=True, encoding="utf-8", check=True).stdout


def main(name: str) -> None:
    versions = migrate.MIGRATIONS / "versions"
    if name == "first":
        for old in versions.glob("*.py"):
            old.unlink()
    earlier = [path.stem.split("_")[0] for path in sorted(versions.glob("[0-9]*.py"))]
    target = versions / f"{len(earlier) + 1:04d}_{name}.py"
    target.write_text(revision(name, earlier), encoding="utf-8")
    print(target.name)


if __name__ == "__main__":
    main(sys.argv[1])
