"""`python -m evalpanel` is the command `evalpanel`."""

from evalpanel.cli import main

if __name__ == "__main__":
    main()
