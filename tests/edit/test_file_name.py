"""Names of revision files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st

from limbeck.edit.file_name import CreateDate, FileNameTemplate, time_zone, written_date
from limbeck.model.errors import UsageError

DEFAULT = "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d_%(rev)s_%(slug)s"
DATE = datetime(2025, 3, 4, 5, 6, 7)


@given(
    template=st.sampled_from([DEFAULT, "%(rev)s_%(slug)s", "%(slug)s-%(second).2d", "%(year)d/%(month).2d/x%%%(rev)s"]),
    message=st.text(max_size=80),
    length=st.integers(1, 60),
    date=st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),
)
def test_names_are_those_of_alembic(template: str, message: str, length: int, date: datetime) -> None:
    """The token %(epoch)s is left out: of a date without a zone, Alembic makes it by the machine's."""
    script = ScriptDirectory(str(Path(__file__).parent), file_template=template, truncate_slug_length=length)
    expected = Path(script._rev_path("/versions", "a1b2", message, date)).relative_to("/versions")
    name = FileNameTemplate(template, length).name("a1b2", message, CreateDate(date))
    assert name == expected.as_posix()
    assert FileNameTemplate(template, length).follows(name, "a1b2", message, CreateDate(date))
    assert FileNameTemplate(template, length).follows(name, "a1b2", message, None)


def test_epoch_with_a_zone_is_that_of_alembic() -> None:
    date = DATE.replace(tzinfo=timezone(timedelta(hours=5)))
    script = ScriptDirectory(str(Path(__file__).parent), file_template="%(epoch)s_%(rev)s")
    assert (
        str(script._rev_path("/v", "a", "m", date))
        == f"/v/{FileNameTemplate('%(epoch)s_%(rev)s').name('a', 'm', CreateDate(date))}"
    )


def test_epoch_of_a_date_in_no_zone_is_utc_and_that_of_another_zone_follows() -> None:
    template = FileNameTemplate("%(epoch)s_%(rev)s")
    assert template.name("a", "m", CreateDate(DATE)) == f"{int(DATE.replace(tzinfo=UTC).timestamp())}_a.py"
    assert template.follows(f"{int(DATE.replace(tzinfo=UTC).timestamp()) + 9 * 3600}_a.py", "a", "m", CreateDate(DATE))
    assert not template.follows(
        f"{int(DATE.replace(tzinfo=UTC).timestamp()) + 90_000}_a.py", "a", "m", CreateDate(DATE)
    )
    assert FileNameTemplate("%(epoch)s", zone=time_zone("Asia/Tokyo")).name("a", "m", CreateDate(DATE)) == (
        f"{int(DATE.replace(tzinfo=UTC).timestamp()) - 9 * 3600}.py"
    )


@pytest.mark.parametrize(
    ("name", "date", "follows"),
    [
        ("2025_03_04_0506_a.b_create_users.py", DATE, True),
        ("2025_03_04_0506_a.b_quite_other_words.py", DATE, True),
        ("2025_03_04_0506_a.b_.py", DATE, True),
        ("2025_03_04_0506_a.b.py", DATE, False),
        ("2025_03_04_0506_axb_create_users.py", DATE, False),
        ("2025_03_04_0507_a.b_create_users.py", DATE, False),
        ("2025_03_04_0507_a.b_create_users.py", None, True),
        ("a.b_create_users.py", None, False),
        ("2025_03_04_0506_a.b_create_users.pyc", DATE, False),
    ],
)
def test_what_follows_the_convention(name: str, date: datetime | None, follows: bool) -> None:
    assert (
        FileNameTemplate(DEFAULT).follows(name, "a.b", "create users", None if date is None else CreateDate(date))
        is follows
    )


def test_without_an_identifier_the_words_count() -> None:
    assert FileNameTemplate("%(year)d_%(slug)s").follows("2025_add_users.py", "a", "Add users", CreateDate(DATE))
    assert not FileNameTemplate("%(year)d_%(slug)s").follows("2025_add_people.py", "a", "Add users", CreateDate(DATE))


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("%(rev)s_%(words)s", "unknown token: %(words)s"),
        ("%(rev)s_100%", "cannot be used: %(rev)s_100%"),
        ("%(rev)d", "cannot be used: %(rev)d"),
        ("", "cannot be used: "),
    ],
)
def test_a_template_that_names_no_file_is_refused(template: str, message: str) -> None:
    with pytest.raises(UsageError, match="template of file names") as refused:
        FileNameTemplate(template)
    assert message in refused.value.message


def test_whether_a_date_is_needed() -> None:
    assert FileNameTemplate(DEFAULT).needs_date
    assert not FileNameTemplate("%(rev)s_%(slug)s").needs_date
    assert FileNameTemplate("%(rev)s_%(slug)s").name("a", "Some Words", None) == "a_some_words.py"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2025-03-04 05:06:07.123456", datetime(2025, 3, 4, 5, 6, 7, 123456)),
        ("2025-03-04T05:06", datetime(2025, 3, 4, 5, 6)),
        ("2025-03-04", datetime(2025, 3, 4)),
        (" 2025-03-04 05:06:07 (by hand)", DATE),
        ("2025-03-04 05:06:07+02:00", DATE.replace(tzinfo=timezone(timedelta(hours=2)))),
        ("2025-03-04 05:06:07 -0530", DATE.replace(tzinfo=timezone(-timedelta(hours=5, minutes=30)))),
        ("2025-03-04 05:06:07 UTC", DATE.replace(tzinfo=UTC)),
        ("2025-03-04 05:06:07Z", DATE.replace(tzinfo=UTC)),
        ("2025-02-31 05:06", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_as_they_are_written(text: str | None, date: datetime | None) -> None:
    found = written_date(text)
    assert (None if found is None else found.moment) == date
    assert found is None or date is None or found.moment.utcoffset() == date.utcoffset()
    assert found is None or found.timed is (":" in (text or ""))


def test_a_day_without_a_time_leaves_the_time_open() -> None:
    day = written_date("2025-03-04")
    assert FileNameTemplate(DEFAULT).follows("2025_03_04_1234_a_x.py", "a", "x", day)
    assert not FileNameTemplate(DEFAULT).follows("2025_03_05_1234_a_x.py", "a", "x", day)
    assert FileNameTemplate(DEFAULT).name("a", "x", day) == "2025_03_04_0000_a_x.py"


def test_time_zones_as_alembic_looks_for_them() -> None:
    assert str(time_zone("utc")).upper() == "UTC"
    assert time_zone(None) is None
    with pytest.raises(UsageError, match="no such time zone: Nowhere/Town"):
        time_zone("Nowhere/Town")
