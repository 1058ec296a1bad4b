"""Where the packed command line starts."""

from evalpanel.cli import main

main()
