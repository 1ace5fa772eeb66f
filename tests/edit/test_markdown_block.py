"""The generated block of a Markdown file: everything else in the file stays as it is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limbeck.edit.markdown_block import BEGIN, END, read_document, spliced, write_atomically
from limbeck.model.errors import UsageError

BLOCK = "one\ntwo\n"


def test_a_new_file_is_the_markers_and_the_block() -> None:
    assert spliced(None, BLOCK, "a.md") == f"{BEGIN}\none\ntwo\n{END}\n".encode()


@given(before=st.binary(max_size=40), after=st.binary(max_size=40), newline=st.sampled_from([b"\n", b"\r\n"]))
def test_every_other_byte_stays(before: bytes, after: bytes, newline: bytes) -> None:
    around = (before.decode("utf-8", "replace").encode(), after.decode("utf-8", "replace").encode())
    if any(fence in part for part in around for fence in (b"```", b"~~~")):
        return
    head = around[0] + newline + BEGIN.encode() + newline
    tail = END.encode() + newline + around[1]
    expected = head + BLOCK.encode().replace(b"\n", newline) + tail
    assert spliced(head + b"old" + newline + tail, BLOCK, "a.md") == expected
    assert spliced(expected, BLOCK, "a.md") == expected


def test_byte_order_mark_and_a_last_line_without_an_end_stay() -> None:
    text = b"\xef\xbb\xbf" + BEGIN.encode() + b"\r\nold\r\n" + END.encode()
    assert spliced(text, BLOCK, "a.md") == (b"\xef\xbb\xbf" + BEGIN.encode() + b"\r\none\r\ntwo\r\n" + END.encode())


def test_markers_may_have_other_spaces() -> None:
    assert spliced(b"  <!--limbeck:chain-->\n<!--  limbeck: end -->  \n", "x\n", "a.md") == (
        b"  <!--limbeck:chain-->\nx\n<!--  limbeck: end -->  \n"
    )


def test_markers_in_code_and_within_a_line_do_not_count() -> None:
    explained = f"Write `{BEGIN}`:\n\n```md\n{BEGIN}\n{END}\n```\n\n~~~\n```\n{BEGIN}\n~~~\n\n    {END}\n"
    with pytest.raises(UsageError, match="no place"):
        spliced(explained.encode(), BLOCK, "a.md")
    whole = f"{explained}{BEGIN}\n```\nan old block with a fence that is not closed\n{END}\n"
    assert spliced(whole.encode(), BLOCK, "a.md") == f"{explained}{BEGIN}\n{BLOCK}{END}\n".encode()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no markers\n", "a.md has no place for the chain"),
        ("", "a.md has no place for the chain"),
        (f"x\n{BEGIN}\ny\n", f"a.md:2: {BEGIN} is not closed"),
        (f"x\n{END}\n", f"a.md:2: {END} without {BEGIN} before it"),
        (f"{BEGIN}\n{END}\n{END}\n", f"a.md:3: {END} without {BEGIN} before it"),
        (f"{BEGIN}\n{BEGIN}\n{END}\n", f"a.md:1: {BEGIN} is not closed"),
        (f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n", "a.md has 2 blocks of a chain"),
    ],
)
def test_a_file_without_one_block_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        spliced(text.encode(), BLOCK, "a.md")
    assert refused.value.message == message
    assert refused.value.hint


def test_the_hint_shows_the_two_lines() -> None:
    with pytest.raises(UsageError) as refused:
        spliced(b"no markers\n", BLOCK, "a.md")
    assert (refused.value.hint or "").endswith(f"\n{BEGIN}\n{END}")


def test_other_encodings_are_refused() -> None:
    with pytest.raises(UsageError, match=r"a\.md:2: not UTF-8 \(byte 5\)"):
        spliced(b"one\nz\xfcrich\n", BLOCK, "a.md")
    with pytest.raises(UsageError, match="not UTF-8"):
        spliced(f"{BEGIN}\n{END}\n".encode("utf-16"), BLOCK, "a.md")


def test_writing_keeps_the_mode_and_follows_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to("real.md")
    write_atomically(str(link), b"new")
    assert (real.read_bytes(), link.is_symlink()) == (b"new", True)
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.md", "real.md"]


def test_a_new_file_has_the_mode_of_the_umask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_atomically(str(tmp_path / "new.md"), b"new")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new.md").stat().st_mode) == 0o640


def test_a_read_only_file_is_refused_and_keeps_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(UsageError, match=r"a\.md is read-only") as refused:
        write_atomically(str(path), b"new")
    assert refused.value.hint == f"chmod u+w {path}"
    assert path.read_bytes() == b"old"


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "docs" / "a.md"
    with pytest.raises(UsageError, match="there is no folder for") as refused:
        write_atomically(str(path), b"new")
    assert refused.value.hint == f"mkdir -p {tmp_path / 'docs'}"


def test_a_target_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    """A folder in the file's place: the last step fails, after the new bytes were written beside it."""
    (tmp_path / "a.md").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        write_atomically(str(tmp_path / "a.md"), b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert read_document(str(tmp_path / "none.md")) is None
    with pytest.raises(UsageError, match="not a file"):
        read_document(str(tmp_path))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="not a file"):
        read_document(str(tmp_path / "pipe"))
