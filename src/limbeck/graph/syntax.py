"""Whether Python can compile a file."""

from __future__ import annotations

from limbeck.graph.outcome import Problem

_LINE_STARTS = (b"<<<<<<< ", b">>>>>>> ")


def syntax_problem(data: bytes, path: str) -> Problem | None:
    """Why Python cannot compile a file, or None when it can."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(data, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        for number, text in enumerate(data.split(b"\n"), 1):
            if text.startswith(_LINE_STARTS):
                return Problem(
                    "does-not-parse", number, "a merge conflict was left in the file", "keep one of the two sides"
                )
        reason = (getattr(error, "msg", None) or str(error) or type(error).__name__).split("\n")[0]
        return Problem(
            "does-not-parse",
            line,
            f"does not parse: {reason}",
            "correct that line; Alembic loads no chain in which one file does not parse",
        )
    return None
