"""The cache is never an error and never wrong."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limbeck.graph import RevisionGraph, read_graph, resolve, upgrade_route
from limbeck.graph import reader as reader_module

from .chains import Node, chains, large_chain

BODY = "\n\ndef upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"


def write(folder: Path, nodes: list[Node]) -> None:
    """One file for each node; their names keep the order."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.py"):
        old.unlink()
    for number, node in enumerate(nodes):
        (folder / f"{number:05}.py").write_text(
            f'"""number {number}\nand more\n\nCreate Date: today {number}\n"""\nfrom alembic import op\n\n'
            f"revision = {node.id!r}\ndown_revision = {node.parents or None!r}\n"
            f"branch_labels = {node.labels or None!r}\ndepends_on = {node.depends_on or None!r}\n{BODY}"
        )


def everything(graph: RevisionGraph) -> tuple[object, ...]:
    """All that a graph can say."""
    return (
        list(graph.revisions.items()),
        list(graph.revisions.values()),
        [graph.children(i) for i in graph.order],
        [graph.labels(i) for i in graph.order],
        [graph.position(i) for i in graph.order],
        [resolve(graph, i) for i in graph.order],
        (graph.heads, graph.real_heads, graph.bases, graph.order, graph.branch_points, graph.merge_points, graph.names),
        (graph.faults, graph.without_upgrade, graph.without_downgrade),
        (graph.headlines, graph.drawing),
        (graph.links.down, graph.links.children, graph.links.followers),
    )


def only_cache_file(cache: Path) -> Path:
    (file,) = cache.iterdir()
    return file


@pytest.fixture
def no_reading(monkeypatch: pytest.MonkeyPatch):
    """From when it is called, reading through a file again is a failure."""

    def start() -> None:
        def fail(*_: object) -> None:
            raise AssertionError("a file was read through again")

        monkeypatch.setattr(reader_module, "_read", fail)

    return start


@settings(max_examples=60)
@given(chains())
def test_the_same_from_the_cache(tmp_path_factory, nodes):
    folder = tmp_path_factory.mktemp("chain")
    write(folder / "versions", nodes)
    fresh = everything(read_graph([folder / "versions"], cache=None))
    assert everything(read_graph([folder / "versions"], cache=folder / "cache")) == fresh
    assert everything(read_graph([folder / "versions"], cache=folder / "cache")) == fresh


def test_the_second_time_no_file_is_read_through(tmp_path, no_reading):
    write(tmp_path / "versions", large_chain(200, 1))
    fresh = everything(read_graph([tmp_path / "versions"], cache=tmp_path / "cache"))
    no_reading()
    assert everything(read_graph([tmp_path / "versions"], cache=tmp_path / "cache")) == fresh


@pytest.mark.parametrize("many", [1, 40])
def test_single_revisions_from_the_cache(tmp_path, many):
    nodes = large_chain(200, 2)
    write(tmp_path / "versions", nodes)
    fresh = read_graph([tmp_path / "versions"], cache=tmp_path / "cache")
    cached = read_graph([tmp_path / "versions"], cache=tmp_path / "cache")
    for node in nodes[:many]:
        assert node.id in cached.revisions
        assert cached.revisions[node.id] == fresh.revisions[node.id]
    assert len(cached.revisions) == len(nodes)
    assert "nowhere" not in cached.revisions
    assert upgrade_route(cached, (), "heads") == upgrade_route(fresh, (), "heads")


def test_faults_from_the_cache(tmp_path, no_reading):
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "a.py").write_text("revision = 'aaaa'\ndown_revision = 'aaab'\n")
    (folder / "b.py").write_text("revision = 'bbbb'\ndown_revision = ('aaaa', 'aaaa')\n<<<<<<< HEAD\n")
    (folder / "c.py").write_text("import os\nrevision = 'cccc'\ndown_revision = os.name\n" + BODY)
    fresh = everything(read_graph([folder], cache=tmp_path / "cache"))
    no_reading()
    cached = read_graph([folder], cache=tmp_path / "cache")
    assert everything(cached) == fresh
    assert cached.without_upgrade == {"aaaa"}


@pytest.mark.parametrize("change", ["content", "name", "new", "gone", "same size and time", "two swapped"])
def test_every_change_is_seen(tmp_path, change):
    folder, cache = tmp_path / "versions", tmp_path / "cache"
    write(folder, [Node("aaaa"), Node("bbbb", ("aaaa",)), Node("cccc", ("bbbb",))])
    read_graph([folder], cache=cache)
    last = folder / "00002.py"
    if change == "content":
        last.write_text(last.read_text().replace("'bbbb'", "'aaaa'"))
    elif change == "name":
        last.rename(folder / "0.py")
    elif change == "new":
        (folder / "9.py").write_text(last.read_text().replace("cccc", "dddd"))
    elif change == "gone":
        last.unlink()
    elif change == "same size and time":
        before = last.stat()
        last.write_text(last.read_text().replace("cccc", "dddd"))
        os.utime(last, ns=(before.st_atime_ns, before.st_mtime_ns))
    else:
        first = folder / "00001.py"
        one, other = first.read_text(), last.read_text()
        first.write_text(other)
        last.write_text(one)
    assert everything(read_graph([folder], cache=cache)) == everything(read_graph([folder], cache=None))


def test_options_do_not_mix(tmp_path):
    folder, cache = tmp_path / "versions", tmp_path / "cache"
    write(folder, [Node("a" * 40)])
    write(folder / "more", [Node("bbbb")])
    for options in ({}, {"width": 40}, {"recursive": True}, {"recursive": True, "width": 40}):
        for _ in range(2):
            found = read_graph([folder], cache=cache, **options)
            assert everything(found) == everything(read_graph([folder], cache=None, **options))


def damage(kind: str, data: bytes) -> bytes:
    middle = len(data) // 2
    return {
        "empty": b"",
        "cut": data[:middle],
        "one bit": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
        "other version": data.replace(b"limbeck graph 1", b"limbeck graph 0", 1),
        "noise": bytes(range(256)) * 20,
        "first line only": data.split(b"\n")[0],
        "longer": data + b"\nheads\tzzzz",
    }[kind]


@pytest.mark.parametrize("kind", ["empty", "cut", "one bit", "other version", "noise", "first line only", "longer"])
def test_damaged(tmp_path, kind):
    folder, cache = tmp_path / "versions", tmp_path / "cache"
    write(folder, large_chain(30, 3))
    fresh = everything(read_graph([folder], cache=cache))
    file = only_cache_file(cache)
    file.write_bytes(damage(kind, file.read_bytes()))
    assert everything(read_graph([folder], cache=cache)) == fresh
    assert everything(read_graph([folder], cache=cache)) == fresh


@given(st.binary(max_size=40), st.integers(0, 10_000))
@settings(max_examples=40)
def test_damaged_anywhere(tmp_path_factory, noise, at):
    tmp_path = tmp_path_factory.mktemp("damaged")
    folder, cache = tmp_path / "versions", tmp_path / "cache"
    write(folder, [Node("aaaa"), Node("bbbb", ("aaaa",), (), ("core",))])
    fresh = everything(read_graph([folder], cache=cache))
    file = only_cache_file(cache)
    data = file.read_bytes()
    at %= len(data)
    file.write_bytes(data[:at] + noise + data[at + len(noise) :])
    assert everything(read_graph([folder], cache=cache)) == fresh


def test_nowhere_to_write(tmp_path, monkeypatch):
    folder = tmp_path / "versions"
    write(folder, [Node("aaaa")])
    blocked = tmp_path / "file"
    blocked.write_text("a file, where the cache's folder should be")
    assert read_graph([folder], cache=blocked).heads == ("aaaa",)
    assert read_graph([folder], cache=blocked / "deeper").heads == ("aaaa",)
    assert read_graph([folder], cache="/proc/nothing/here").heads == ("aaaa",)
    assert blocked.read_text().startswith("a file")


def test_a_disk_that_is_full(tmp_path, monkeypatch):
    folder, cache = tmp_path / "versions", tmp_path / "cache"
    write(folder, [Node("aaaa")])

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    assert read_graph([folder], cache=cache).heads == ("aaaa",)
    assert list(cache.iterdir()) == []


def test_where_the_users_cache_is(tmp_path, monkeypatch):
    folder = tmp_path / "versions"
    write(folder, [Node("aaaa")])
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", "relative, so it does not count")
    read_graph([folder])
    assert only_cache_file(tmp_path / "home" / ".cache" / "limbeck").suffix == ".graph"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    read_graph([folder])
    assert only_cache_file(tmp_path / "xdg" / "limbeck").suffix == ".graph"


def test_a_user_without_a_home(tmp_path, monkeypatch):
    folder = tmp_path / "versions"
    write(folder, [Node("aaaa")])
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.chdir(tmp_path)
    assert read_graph([folder]).heads == ("aaaa",)
    assert [path.name for path in tmp_path.iterdir()] == ["versions"]


def test_values_that_hold_the_separators(tmp_path):
    folder, cache = tmp_path / "versions", tmp_path / "cache"
    write(folder, [Node("aaaa")])
    (folder / "x.py").write_text(
        '"""\x1d one \x1e two \x1f"""\nrevision = "b\x1fb"\ndown_revision = ("aaaa", "aaaa")\n' + BODY
    )
    (folder / "y.py").write_text('revision = "line\\nfeed"\ndown_revision = ("aaaa",)\n' + BODY)
    fresh = everything(read_graph([folder], cache=None))
    assert everything(read_graph([folder], cache=cache)) == fresh == everything(read_graph([folder], cache=cache))


def test_line_feeds_in_values(tmp_path, no_reading):
    folder, cache = tmp_path / "versions", tmp_path / "cache"
    folder.mkdir()
    (folder / "y.py").write_text('"""one\ntwo\ttab"""\nrevision = "line\\nfeed"\ndown_revision = None\n' + BODY)
    fresh = everything(read_graph([folder], cache=cache))
    no_reading()
    assert everything(read_graph([folder], cache=cache)) == fresh


def test_written_by_many_at_once(tmp_path):
    folder, cache = tmp_path / "versions", tmp_path / "cache"
    write(folder, large_chain(60, 4))
    expected = everything(read_graph([folder], cache=None))
    results: list[object] = []
    threads = [
        threading.Thread(target=lambda: results.append(everything(read_graph([folder], cache=cache)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 8
    assert [path.suffix for path in cache.iterdir()] == [".graph"]


def test_old_projects_are_forgotten(tmp_path, monkeypatch):
    from limbeck.graph import cache as cache_module

    monkeypatch.setattr(cache_module, "_KEPT", 3)
    for number in range(6):
        write(tmp_path / str(number), [Node("aaaa")])
        read_graph([tmp_path / str(number)], cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 3


def test_a_file_that_was_not_compiled_is_compiled_on_demand(tmp_path, monkeypatch):
    folder, cache = tmp_path / "versions", tmp_path / "cache"
    write(folder, [Node("aaaa"), Node("bbbb", ("aaaa",))])
    last = folder / "00001.py"
    last.write_text(last.read_text().replace("    pass\n", "    return = 1\n", 1))
    monkeypatch.setattr(reader_module, "_COMPILED_AT_ONCE", 1)
    assert read_graph([folder], cache=cache).faults == ()
    for _ in range(2):
        (fault,) = read_graph([folder], cache=cache, check_syntax=True).faults
        assert (fault.rule, fault.path) == ("does-not-parse", str(last))
    (fault,) = read_graph([folder], cache=cache).faults
    assert fault.rule == "does-not-parse"
