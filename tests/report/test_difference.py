"""Differences between a file and what it should be."""

from __future__ import annotations

from limbeck.report.difference import unified


def test_a_changed_line() -> None:
    assert unified(b"a\nb\n", b"a\nc\n", "x.md") == "--- a/x.md\n+++ b/x.md\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"


def test_a_new_file() -> None:
    assert unified(None, b"a\n", "x.md") == "--- /dev/null\n+++ b/x.md\n@@ -0,0 +1 @@\n+a\n"


def test_line_ends_are_shown_where_nothing_else_differs() -> None:
    assert unified(b"a\r\nb\r\n", b"a\r\nc\r\n", "x") == "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    assert unified(b"a\nb\n", b"a\r\nb\n", "x") == "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n+a\\r\n b\n"


def test_control_characters_are_shown() -> None:
    difference = unified(b"\x1b[2J\xff\n", b"b\n", "x\x1b.md")
    assert "-\\x1b[2J\\xff\n" in difference and "\x1b" not in difference
