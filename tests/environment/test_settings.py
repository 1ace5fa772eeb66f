"""Limbeck's own settings: where they may stand, what they may be, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.environment.configuration import find_project
from limbeck.environment.setting_keys import KEYS
from limbeck.environment.settings import Settings
from limbeck.model.duration import Duration, words
from limbeck.model.errors import UsageError

INI = "[alembic]\nscript_location = migrations\n"
SECRET = "s3cret"


def settings(folder: Path, *, toml: str | None = None, ini: str | None = None, **environ: str) -> Settings:
    (folder / "migrations").mkdir(exist_ok=True)
    (folder / "alembic.ini").write_text(INI + (f"[limbeck]\n{ini}\n" if ini is not None else ""))
    if toml is not None:
        (folder / "pyproject.toml").write_text(f"[tool.limbeck]\n{toml}\n")
    return find_project(start=str(folder), environ=environ).settings


def refusal(folder: Path, **files: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        settings(folder, **files)
    assert SECRET not in caught.value.message + (caught.value.hint or "")
    assert caught.value.exit_code == 2
    return caught.value


def test_keys_are_the_fields_with_their_defaults(tmp_path: Path) -> None:
    names = tuple(key.name for key in KEYS)
    assert Settings._fields[: len(names)] == names
    own = settings(tmp_path)
    for key in KEYS:
        assert getattr(own, key.name) == key.default
        assert key.default is None or isinstance(key.default, key.type)
        assert not key.choices or key.default in key.choices
        assert key.meaning
        assert "\n" not in key.meaning
    assert own.given == ()
    assert own.notes == ()
    assert own.url_source is None


EVERYTHING = {
    "url": "sqlite:///x.db",
    "version_table": "versions",
    "version_table_schema": "app",
    "file_name": "%(rev)s",
    "transaction": "run",
    "run_files": True,
    "run_wait": "1min",
    "lock_timeout": "500ms",
    "lock_wait": "90s",
    "statement_timeout": "1h",
    "idle_in_transaction_session_timeout": "1.5min",
    "journal": "off",
}
DURATIONS = (
    "run_wait = {q}1min{q}\nlock_timeout = {q}500ms{q}\nlock_wait = {q}90s{q}\nstatement_timeout = {q}1h{q}\n"
    "idle_in_transaction_session_timeout = {q}1.5min{q}\njournal = {q}off{q}"
)


def test_everything_in_toml(tmp_path: Path) -> None:
    own = settings(
        tmp_path,
        toml='url = "sqlite:///x.db"\nversion_table = "versions"\nversion_table_schema = "app"\n'
        'file_name = "%%(rev)s"\ntransaction = "run"\nrun_files = true\n' + DURATIONS.format(q='"'),
    )
    assert {name: getattr(own, name) for name in EVERYTHING} == EVERYTHING
    assert own.given == tuple(sorted(EVERYTHING))
    assert own.url_source == f"{tmp_path}/pyproject.toml:2"


def test_everything_in_ini(tmp_path: Path) -> None:
    own = settings(
        tmp_path,
        ini="url = sqlite:///x.db\nversion_table = versions\nversion_table_schema = app\n"
        "file_name = %%(rev)s\ntransaction = run\nrun_files = true\n" + DURATIONS.format(q=""),
    )
    assert {name: getattr(own, name) for name in EVERYTHING} == EVERYTHING
    assert own.url_source == f"{tmp_path}/alembic.ini:4"


@pytest.mark.parametrize("text", ["2", "2 years", "s", "-1s", "1.2.3s", ""])
def test_what_is_no_length_of_time(tmp_path: Path, text: str) -> None:
    if text:
        error = refusal(tmp_path, toml=f'lock_timeout = "{text}"')
        assert error.message == f"{tmp_path}/pyproject.toml:2: lock_timeout is not a length of time"
    assert "lock_timeout" in refusal(tmp_path, toml="lock_timeout = 2").message


def test_lengths_of_time() -> None:
    assert [Duration(text).seconds for text in ("500ms", "2s", "1.5min", "1h", "3 s")] == [0.5, 2, 90, 3600, 3]
    assert [words(seconds) for seconds in (0.5, 12.3, 200, 240, 3600, 7500)] == [
        "0.50 s",
        "12 s",
        "3 min 20 s",
        "4 min",
        "1 h",
        "2 h 5 min",
    ]


def test_some_in_each(tmp_path: Path) -> None:
    own = settings(tmp_path, toml="run_files = true", ini="transaction = run")
    assert (own.run_files, own.transaction) == (True, "run")


def test_same_key_in_both(tmp_path: Path) -> None:
    error = refusal(tmp_path, toml=f'\nurl = "x://{SECRET}"', ini=f"url = x://{SECRET}")
    assert error.message == (
        f"url is set twice: {tmp_path}/pyproject.toml:3 ([tool.limbeck]) and {tmp_path}/alembic.ini:4 ([limbeck])"
    )


def test_here(tmp_path: Path) -> None:
    assert settings(tmp_path, toml='url = "sqlite:///%(here)s/x"').url == f"sqlite:///{tmp_path}/x"
    (tmp_path / "pyproject.toml").unlink()
    assert settings(tmp_path, ini="url = sqlite:///%(here)s/x").url == f"sqlite:///{tmp_path}/x"


@pytest.mark.parametrize("files", [{"toml": 'version_tabel = "x"'}, {"ini": "version_tabel = x"}])
def test_unknown_key(files: dict[str, str], tmp_path: Path) -> None:
    error = refusal(tmp_path, **files)
    assert error.message.endswith("limbeck]: version_tabel")
    assert "unknown setting in [" in error.message
    assert error.hint == "write version_table"


def test_unknown_key_near_to_none(tmp_path: Path) -> None:
    assert refusal(tmp_path, toml="zzz = 1").hint == f"the settings are {', '.join(key.name for key in KEYS)}"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"toml": "url = 3"}, "url is not a string"),
        ({"toml": f'url = ["{SECRET}"]'}, "url is not a string"),
        ({"toml": 'run_files = "true"'}, "run_files is not true or false"),
        ({"toml": "run_files = 1"}, "run_files is not true or false"),
        ({"ini": "run_files = yes"}, "run_files is not true or false"),
        ({"toml": "version_table = true"}, "version_table is not a string"),
        ({"toml": 'transaction = "none"'}, 'transaction is not "revision" or "run"'),
        ({"toml": "transaction = ['run']"}, 'transaction is not "revision" or "run"'),
        ({"ini": "transaction = all"}, 'transaction is not "revision" or "run"'),
        ({"toml": f'url = "{SECRET}"'}, "the database address is not of the form"),
        ({"ini": f"url = u:{SECRET}@h"}, "the database address is not of the form"),
        ({"ini": f"url = x://u:{SECRET}%40@h"}, "percent sign that is neither %% nor %(name)s"),
        ({"toml": f'url = "x://u:{SECRET}%40@h"'}, "percent sign that is neither %% nor %(here)s"),
        ({"toml": "url = 1.5"}, "url in [tool.limbeck] holds a float"),
    ],
)
def test_wrong_value(files: dict[str, str], message: str, tmp_path: Path) -> None:
    error = refusal(tmp_path, **files)
    assert message in error.message
    assert f"{tmp_path}/{'pyproject.toml:2' if 'toml' in files else 'alembic.ini:4'}:" in error.message
    assert error.hint


def test_table_that_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nlimbeck = 1\n[tool.limbeck2]\n[[tool.alembic]]\n")
    assert "is not a table" in refusal(tmp_path).message


def test_empty_counts_as_not_set(tmp_path: Path) -> None:
    own = settings(tmp_path, toml='version_table_schema = ""', ini="version_table =\nurl =")
    assert (own.version_table_schema, own.version_table, own.url, own.given) == (None, "alembic_version", None, ())


def test_default_section_is_not_for_limbeck(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "alembic.ini").write_text(f"[DEFAULT]\nurl = x://h\nother = 1\n{INI}[limbeck]\nrun_files = true\n")
    own = find_project(start=str(tmp_path), environ={}).settings
    assert own.given == ("run_files",)


def test_environment_goes_first(tmp_path: Path) -> None:
    own = settings(tmp_path, toml='url = "sqlite://"', LIMBECK_URL="postgresql://h/d")
    assert (own.url, own.url_source, own.given) == ("postgresql://h/d", "LIMBECK_URL", ("url",))
    assert settings(tmp_path, LIMBECK_URL="").url == "sqlite://"


def test_embedded(tmp_path: Path) -> None:
    assert settings(tmp_path, toml='url = "embedded"').url == "embedded"
    assert "url='embedded'" in repr(settings(tmp_path))


def test_address_from_a_variable(tmp_path: Path) -> None:
    own = settings(tmp_path, toml='url = "env:APP_DB"', APP_DB=f"x://u:{SECRET}@h")
    assert (own.url, own.url_source) == (f"x://u:{SECRET}@h", "environment variable APP_DB")
    assert SECRET not in repr(own)
    unset = settings(tmp_path)
    assert (unset.url, unset.url_source) == (None, None)
    assert unset.notes == (
        f"{tmp_path}/pyproject.toml:2: url is to come from the environment variable APP_DB, which is not set",
    )


def test_address_from_a_variable_that_holds_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        settings(tmp_path, toml='url = "env:APP_DB"', APP_DB=SECRET)
    assert caught.value.message.startswith("environment variable APP_DB: ")
    assert SECRET not in caught.value.message


def test_settings_beside_a_named_ini_file(tmp_path: Path) -> None:
    """Alembic reads the pyproject.toml of the working folder; limbeck's settings go with the project."""
    (tmp_path / "backend" / "migrations").mkdir(parents=True)
    (tmp_path / "backend" / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
    (tmp_path / "backend" / "pyproject.toml").write_text("[tool.limbeck]\nrun_files = true\n")
    (tmp_path / "pyproject.toml").write_text('[tool.limbeck]\ntransaction = "run"\n')
    own = find_project(start=str(tmp_path), config="backend/alembic.ini", environ={}).settings
    assert own.given == ("run_files",)
    (tmp_path / "backend" / "pyproject.toml").write_text("")
    assert find_project(start=str(tmp_path), config="backend/alembic.ini", environ={}).settings.given == (
        "transaction",
    )
