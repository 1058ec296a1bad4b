"""One table of everything that is measured: `make bench`. Numbers of one run on this machine; nothing passes or fails.

Names of modules as arguments measure those only: `make bench ARGS="saving loading"`.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(wanted: list[str]) -> int:
    """Print the table, module by module as each is done."""
    sys.path.insert(0, str(HERE.parent))
    modules = sorted(path for path in HERE.glob("*.py") if path != Path(__file__).resolve())
    unknown = set(wanted) - {path.stem for path in modules}
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}: {', '.join(path.stem for path in modules)}.")
        return 2
    for path in modules:
        if wanted and path.stem not in wanted:
            continue
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        print(f"\n{path.stem}", flush=True)
        for what, number, unit in module.measure():
            print(f"  {what:<96} {number:>12,.3f} {unit}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
