"""Where the packed window starts."""

import sys

from evalpanel.app import main

sys.exit(main())
