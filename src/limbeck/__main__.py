"""`python -m limbeck`, the same as the command `limbeck`."""

from limbeck.cli import console

if __name__ == "__main__":
    raise SystemExit(console())
