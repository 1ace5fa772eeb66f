"""Who holds a lock, as the ones that wait read it."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from limbeck.run.lock import Holder

SINCE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_words() -> None:
    assert Holder("web-1", 4711, SINCE).words() == "process 4711 on web-1, since 03:04:05 UTC"
    assert Holder("10.0.0.7").words() == "a process on 10.0.0.7"
    assert Holder().words() == "a process"


@given(host=st.text(), pid=st.integers(1, 2**22))
def test_a_name_fits_the_server_and_reads_back(host: str, pid: int) -> None:
    name = Holder(host, pid, SINCE).name
    assert len(name.encode()) <= 63
    read = Holder.of_name(name)
    assert read is not None
    assert (read.pid, read.since) == (pid, SINCE)


def test_other_names_are_nobody() -> None:
    assert Holder.of_name("psql") is None
    assert Holder.of_name("limbeck 1@host since yesterday") is None
