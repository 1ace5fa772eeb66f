"""Text from files as Markdown: nothing in it means anything to Markdown, to a terminal or to limbeck's own markers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limbeck.edit.markdown_block import BEGIN, END, spliced
from limbeck.graph.phrases import Name
from limbeck.report.markdown import Link, code, fenced, phrase, plain, prose, sentence_list

NASTY = st.text(alphabet="ab `*_[]()<>|~&$#-+=.!:1\\\"'\n\t\r\x1b\x00\u202e\u2028é😀" + chr(0xD800), max_size=60)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("add is_active to users", "add is_active to users"),
        ("*bold* _it_ ~no~ `x`", "\\*bold\\* \\_it\\_ \\~no\\~ \\`x\\`"),
        ("[a](javascript:b) <script>", "\\[a\\](javascript:b) \\<script\\>"),
        ("a | b & c $d$", "a \\| b \\& c \\$d\\$"),
        ("two\nlines", "two lines"),
        ("\x1b[31mred\x07", "\\\\x1b\\[31mred\\\\x07"),
        ("right\u202eleft", "right\\\\u202eleft"),
        ("__init__", "\\_\\_init\\_\\_"),
    ],
)
def test_plain(text: str, markdown: str) -> None:
    assert plain(text) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a\nb", "a\nb"),
        ("# a\n- b\n* c\n1. d\n---\n===\n+ e", "\\# a\n- b\n- c\n1. d\n\\---\n\\===\n\\+ e"),
        ("uses `op` and ``a b``, not ` alone", "uses `op` and `a b`, not \\` alone"),
        ("- one\n  more of it", "- one\n  more of it"),
        ("    four spaces", "four spaces"),
        ("> said", "\\> said"),
        ("<!-- limbeck: end -->", "\\<!-- limbeck: end --\\>"),
        ("- - -", "- \\- -"),
        ("12) x", "12) x"),
        ("1234. x", "1234\\. x"),
        ("```\ncode\n```", "\\`\\`\\`\ncode\n\\`\\`\\`"),
    ],
)
def test_prose(text: str, markdown: str) -> None:
    assert prose(text) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [("a", "`a`"), ("a`b", "``a`b``"), ("`a", "`` `a ``"), ("``", "``` `` ```"), ("", "` `"), ("a\n  b", "`a b`")],
)
def test_code(text: str, markdown: str) -> None:
    assert code(text) == markdown


def test_fenced_code_cannot_end_early() -> None:
    assert fenced("a\n```\nb\n", "sql") == "````sql\na\n```\nb\n````"
    assert fenced("a\n\nb", "sql", "  ") == "  ```sql\n  a\n\n  b\n  ```"
    assert fenced(f"{END}\n  {BEGIN}", "text") == "```text\n<! -- limbeck: end -->\n  <! -- limbeck: chain -->\n```"


@given(NASTY)
def test_nothing_ends_the_block_or_reaches_a_terminal(text: str) -> None:
    """Whatever a file says, the block can be found again, and holds no control character."""
    lines = [f"- {plain(text)}", prose(text), f"- {code(text)}", fenced(text, "sql"), fenced(f"{text}\n{END}", "text")]
    block = "\n".join([*lines, prose(END), fenced(BEGIN, "text")]) + "\n"
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e\u2028\ud800]", block) is None
    written = spliced(None, block, "a.md")
    assert spliced(written, block, "a.md") == written


def test_phrases_links_and_lists() -> None:
    assert phrase(("drops table ", Name("users"), ".")) == "drops table `users`."
    assert Link("versions/a.py", "../versions/a.py").markdown == "[`a.py`](../versions/a.py)"
    assert Link("a.py", None).markdown == "`a.py`"
    assert [sentence_list(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
