"""`python -m limbeck.cli`."""

from limbeck.cli import console

if __name__ == "__main__":
    raise SystemExit(console())
