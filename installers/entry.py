"""Where the packed program starts: one program with two names, the window `evalpanel-desktop` and the line `evalpanel`."""

import sys
from pathlib import Path

if Path(sys.argv[0]).stem.endswith("-desktop"):
    from evalpanel.app import main as face
else:
    from evalpanel.cli import main as face

sys.exit(face())
