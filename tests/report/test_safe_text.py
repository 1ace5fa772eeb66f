"""Text of strangers on a terminal."""

from limbeck.report.safe_text import printable, printable_lines


def test_escape_sequences_are_shown_and_not_obeyed() -> None:
    assert printable("a\x1b[31mb\rc\u202ed") == "a\\x1b[31mb\\rc\\u202ed"


def test_ordinary_text_stays() -> None:
    assert printable("Größe, 大小") == "Größe, 大小"


def test_lines_stay_lines() -> None:
    assert printable_lines("a\n\tb\x07") == "a\n    b\\x07"
