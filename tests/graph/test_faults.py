"""Every fault of a chain is told at once, with its place; Alembic refuses the chains that are called broken."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limbeck.graph import graph_of, history_range, pending, read_graph, resolve, upgrade_route
from limbeck.graph.similar import looks_random, nearest, similar_pairs
from limbeck.model.errors import ChainBroken
from limbeck.model.revision import Fault, Revision

from .chains import LABELS, ByAlembic, Node, Refused, asked, by_limbeck, chains

# What limbeck calls broken, and Alembic takes: it misses some cycles, and takes the last of two equal identifiers.
STRICTER = {"cycle", "dependency-loop", "duplicate-id"}


@st.composite
def damaged(draw: st.DrawFn) -> list[Node]:
    """A chain in which a few names have been mixed up."""
    nodes = draw(chains(largest=8))
    chance = random.Random(draw(st.integers(0, 99_999)))
    for _ in range(chance.randint(0, 3)):
        at = chance.randrange(len(nodes))
        node, other = nodes[at], chance.choice(nodes)
        nodes[at] = chance.choice(
            (
                node._replace(parents=(*node.parents, other.id)),
                node._replace(parents=("nowhere",)),
                node._replace(parents=(other.labels or other.parents or ("",))[:1]),
                node._replace(depends_on=(*node.depends_on, other.id)),
                node._replace(depends_on=(*node.depends_on, *other.labels[:1])),
                node._replace(depends_on=("",)),
                node._replace(depends_on=("nowhere", other.id)),
                node._replace(labels=(*node.labels, *other.labels)),
                node._replace(labels=(chance.choice([*LABELS, other.id]),)),
                node._replace(id=other.id),
                node._replace(id=f"{node.id}@{chance.choice('@-+:')}"),
            )
        )
    return nodes


@given(damaged())
def test_alembic_refuses_what_is_called_broken(nodes):
    graph = by_limbeck(nodes)
    broken = {fault.rule for fault in graph.faults if fault.broken}
    loaded = not isinstance(asked_alembic(nodes), Refused)
    assert loaded == (not broken) or (loaded and broken <= STRICTER), graph.faults


def asked_alembic(nodes: list[Node]) -> object:
    try:
        return ByAlembic(nodes)
    except Exception:
        return Refused()


@given(damaged())
def test_a_damaged_graph_still_answers(nodes):
    graph = by_limbeck(nodes)
    assert sorted(graph.order) == sorted({node.id for node in nodes})
    assert set(graph.heads) <= set(graph.order)
    assert pending(graph, ()) == graph.order == history_range(graph)
    for number, identifier in enumerate(graph.order, 1):
        assert graph.position(identifier) == number
        assert set(graph.children(identifier)) <= set(graph.order)
        assert set(graph.revisions[identifier].labels) <= set(graph.labels(identifier))
        if "@" not in identifier:
            assert resolve(graph, identifier) == (identifier,)
    if any(fault.broken for fault in graph.faults):
        with pytest.raises(ChainBroken):
            upgrade_route(graph, (), "heads")
    else:
        assert asked(upgrade_route, graph, (), "heads") == graph.order


def write(folder: Path, **files: str) -> Path:
    """Revision files by their names; each is the assignments only."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(f"{text}\n\ndef upgrade():\n    pass\n")
    return folder


def told(folder: Path, **options: object) -> list[tuple[str, str, int, bool]]:
    faults = read_graph([folder], cache=None, **options).faults
    return [(fault.rule, Path(fault.path).name, fault.line, fault.broken) for fault in faults]


def the_fault(folder: Path) -> Fault:
    (fault,) = read_graph([folder], cache=None).faults
    return fault


def test_a_sound_chain_has_none(tmp_path):
    write(tmp_path, a='revision = "aaaa"\ndown_revision = None', b='revision = "bbbb"\ndown_revision = "aaaa"')
    assert told(tmp_path) == []


def test_all_at_once(tmp_path):
    write(
        tmp_path,
        a='revision = "aaaa"\ndown_revision = None\nbranch_labels = "core"',
        b='revision = "bbbb"\ndown_revision = "gone"',
        c='revision = "cccc"\n\ndown_revision = "aaaa"\ndepends_on = "lost"\nbranch_labels = "core"',
        d='revision = "dddd"\ndown_revision = "eeee"',
        e='revision = "eeee"\ndown_revision = "dddd"',
        f='revision = "aaaa"\ndown_revision = None',
        g="revision = 'gggg",
        h="down_revision = None",
        i="import os\nrevision = os.urandom(3).hex()\ndown_revision = None",
        j=f'revision = "{"j" * 33}"\ndown_revision = "aaaa"',
        k='revision = "k:k"\ndown_revision = "aaaa"',
        l='revision = "head"\ndown_revision = "aaaa"',
    )
    (tmp_path / "m.py").write_text('revision = "mmmm"\ndown_revision = "aaaa"\n')
    (tmp_path / "n.py").symlink_to(tmp_path / "missing.py")
    assert told(tmp_path) == [
        ("does-not-parse", "g.py", 1, True),
        ("no-revision", "h.py", 1, True),
        ("needs-running", "i.py", 2, True),
        ("no-upgrade", "m.py", 1, False),
        ("unreadable", "missing.py", 1, True),
        ("illegal-id", "k.py", 1, True),
        ("illegal-id", "l.py", 1, False),
        ("duplicate-id", "f.py", 1, True),
        ("unknown-parent", "b.py", 2, True),
        ("unknown-dependency", "c.py", 4, True),
        ("cycle", "d.py", 2, True),
        ("duplicate-label", "c.py", 5, True),
        ("multiple-heads", tmp_path.name, 1, False),
        ("id-too-long", "j.py", 1, False),
    ]


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("aaaa1111_create_users.py", "the name of a file, whose revision is aaaa1111"),
        ("aaaa1111_create_users", "the name of a file, whose revision is aaaa1111"),
        ("aaaa1112", "did you mean 'aaaa1111'?"),
        ("aaaa111", "write it in full: 'aaaa1111'"),
        ("aaaa1", "write it in full: 'aaaa1111'"),
        ("core", "a branch label, of aaaa1111"),
        ("zzzzzzzz", "bring back its file"),
    ],
)
def test_which_parent_is_meant(tmp_path, named, meant):
    write(
        tmp_path,
        aaaa1111_create_users='revision = "aaaa1111"\ndown_revision = None\nbranch_labels = "core"',
        b=f'revision = "bbbb"\ndown_revision = "{named}"',
    )
    graph = read_graph([tmp_path], cache=None)
    fault = next(fault for fault in graph.faults if fault.rule == "unknown-parent")
    assert meant in fault.hint
    assert repr(named) in fault.message


def test_a_missing_down_revision(tmp_path):
    write(tmp_path, a='revision = "aaaa"')
    assert told(tmp_path) == [("no-down-revision", "a.py", 1, True)]


def test_loops(tmp_path):
    write(
        tmp_path,
        a='revision = "aaaa"\ndown_revision = None\ndepends_on = "cccc"',
        b='revision = "bbbb"\ndown_revision = "aaaa"',
        c='revision = "cccc"\ndown_revision = "bbbb"',
        d='revision = "dddd"\ndown_revision = ("cccc", "dddd")',
        e='revision = "eeee"\ndown_revision = "dddd"\ndepends_on = "eeee"',
    )
    assert told(tmp_path) == [
        ("cycle", "d.py", 2, True),
        ("dependency-loop", "e.py", 3, True),
        ("dependency-loop", "a.py", 3, True),
    ]
    last = read_graph([tmp_path], cache=None).faults[-1]
    assert last.message == "revisions stand on each other, through depends_on: aaaa, bbbb, cccc"


def test_the_width_of_the_version_table(tmp_path):
    write(tmp_path, a=f'revision = "{"a" * 40}"\ndown_revision = None')
    assert told(tmp_path) == [("id-too-long", "a.py", 1, False)]
    assert told(tmp_path, width=40) == []


def test_a_folder_that_cannot_be_listed(tmp_path, monkeypatch):
    import os

    def refuse(path: str) -> object:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refuse)
    monkeypatch.setattr(os, "listdir", refuse)
    assert told(tmp_path) == [("unreadable", tmp_path.name, 1, True)]


def test_the_hint_names_no_password(tmp_path):
    write(
        tmp_path,
        a='from os import environ\nrevision = environ.get("R", "postgresql://me:secret@host/db")\ndown_revision = None',
    )
    assert "secret" not in the_fault(tmp_path).message


def test_identifiers_that_are_taken_for_one_another():
    assert similar_pairs(["ae1027a6acf4", "1975ea83b712", "ae1027a6acf5"]) == [("ae1027a6acf4", "ae1027a6acf5")]
    assert similar_pairs(["ae1027a6acf4", "ae1072a6acf4"]) == [("ae1027a6acf4", "ae1072a6acf4")]
    assert similar_pairs(["ae1027a6acf4", "be1027a6acf5"]) == [("ae1027a6acf4", "be1027a6acf5")]
    assert similar_pairs(["ae1027a6acf4", "ae1027a6cf4"]) == [("ae1027a6acf4", "ae1027a6cf4")]
    assert similar_pairs(["ae1027a6acf4", "be1027a6acd5"]) == []


def test_identifiers_that_are_numbered_on_purpose():
    assert similar_pairs(["0001", "0002"]) == []
    assert similar_pairs([f"{n:012d}" for n in range(50)]) == []
    assert similar_pairs(["a1b2c3d4e5f6", "a1b2c3d4e5f7"]) == []
    assert similar_pairs(["a1b2c3d4e5f6", "b2c3d4e5f6a7", "c3d4e5f6a7b8"]) == []
    assert similar_pairs(["3f29c1b7d001", "3f29c1b7d002", "3f29c1b7d003"]) == []
    assert similar_pairs(["20230101120000", "20230101120001"]) == []
    assert similar_pairs(["add_users_table1", "add_users_table2"]) == []


@given(st.integers())
def test_one_that_was_copied_is_found_among_many(seed):
    chance = random.Random(seed)
    ids = [f"{chance.getrandbits(48):012x}" for _ in range(300)]
    at = chance.randrange(12)
    copied = ids[7][:at] + chance.choice([c for c in "0123456789abcdef" if c != ids[7][at]]) + ids[7][at + 1 :]
    graph = graph_of([Revision(i, (), (), (), f"/v/{i}.py", "", None, 1) for i in dict.fromkeys([*ids, copied])])
    found = [fault.message for fault in graph.faults if fault.rule == "similar-ids"]
    if looks_random(ids[7]) and looks_random(copied):
        assert found == [f"revision {copied} is easily taken for {ids[7]}"]


def test_nearest():
    assert nearest("aaab", ["aaaa", "zzzz"]) == "aaaa"
    assert nearest("abcdef12", ["abcdef1", "abcdxx12"]) == "abcdef1"
    assert nearest("abcd", ["wxyz"]) is None
