"""`python -m limbeck`, the same as the command `limbeck`."""

from limbeck.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
