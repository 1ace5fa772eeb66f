"""The settings that there are: their names, types, defaults, and what each means."""

from __future__ import annotations

from limbeck.model.duration import Duration


class Words(tuple[str, ...]):
    """A list of words: a list in TOML, words with spaces or commas between them in an ini file."""

    __slots__ = ()


class Lines(tuple[str, ...]):
    """A list of sentences: a list in TOML, one a line in an ini file."""

    __slots__ = ()


class Key:
    """A setting: its name, its type, what it is when not set, and what it means in one line.

    The type is `str`, `bool`, `Duration`, `Words` or `Lines`; `choices` are the only values allowed, or () when any
    will do.
    """

    __slots__ = ("choices", "default", "meaning", "name", "type")

    def __init__(
        self,
        name: str,
        type: type,
        default: str | bool | tuple[str, ...] | None,
        meaning: str,
        choices: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.type = type
        self.default = default
        self.meaning = meaning
        self.choices = choices


KEYS = (
    Key(
        "url",
        str,
        None,
        'the database: an SQLAlchemy URL; "embedded" for the PostgreSQL that comes with limbeck; "env:NAME" to take it '
        "from the environment variable NAME",
    ),
    Key(
        "version_table",
        str,
        "alembic_version",
        "the version table that env.py names, so that it can be read without running env.py",
    ),
    Key(
        "version_table_schema",
        str,
        None,
        "its schema, as env.py names it; without it, the first one of the search path",
    ),
    Key(
        "file_name",
        str,
        "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d_%(rev)s_%(slug)s",
        "how `limbeck rename` names revision files, in the tokens of Alembic's file_template, without the .py",
    ),
    Key(
        "transaction",
        str,
        "revision",
        'what is committed together: each "revision" by itself, or everything in one "run"',
        ("revision", "run"),
    ),
    Key("run_files", bool, False, "leave to run a revision file whose identifiers cannot be read from its text"),
    Key("run_wait", Duration, Duration("10min"), "how long a run waits for another one on the same database to end"),
    Key(
        "lock_timeout",
        Duration,
        Duration("2s"),
        "how long a statement waits for a lock at most; then the step is rolled back, to be tried again",
    ),
    Key("lock_wait", Duration, Duration("5min"), "how long a step is tried again while a lock is not had"),
    Key("statement_timeout", Duration, None, "how long a statement may take at most (PostgreSQL)"),
    Key(
        "idle_in_transaction_session_timeout",
        Duration,
        None,
        "how long a transaction may lie idle before the server ends it (PostgreSQL)",
    ),
    Key("journal", str, "limbeck_journal", 'the table in which every run is recorded; "off" for none'),
    Key(
        "preflight_timeout",
        Duration,
        Duration("10s"),
        "how long the rows of a database are looked at before a run, all questions together; 0s does not look",
    ),
    Key(
        "scratch",
        str,
        "embedded",
        'where revisions are rehearsed: "embedded" for the PostgreSQL that comes with limbeck, a folder with '
        'PostgreSQL\'s programs, a server\'s address, "env:NAME" for what an environment variable holds, or "off"',
    ),
    Key("base_branch", str, None, "the branch that lint takes for the released one; found from git without it"),
    Key("baseline", str, "limbeck-baseline.json", "the file of findings that lint knows of and does not tell again"),
    Key("fail_on", str, "warning", "lint exits 1 from which severity on", ("error", "warning", "note", "never")),
    Key("ignore_rules", Words, Words(), "rules that lint does not ask, by their names"),
    Key("rule_severities", Words, Words(), "severities other than the rules' own, as rule=warning"),
    Key("rule_files", Words, Words(), "rules of the project's own: Python files, relative to the project's folder"),
    Key("hot_tables", Words, Words(), "tables on which lint takes even an instant's lock for an error"),
    Key("small_tables", Words, Words(), "tables so small that lint takes a scan or a rewrite of them for an instant"),
    Key(
        "ignore_drift",
        Lines,
        Lines(),
        "differences between database and chain that are known, each with its reason: "
        '"table spatial_ref_sys: PostGIS makes it"',
    ),
    Key(
        "irreversible",
        Lines,
        Lines(),
        "what revisions destroy whose files may not be edited, each with its reason: "
        '"abc123[users: email IS NULL] an account without an email cannot be given one"',
    ),
    Key("databases", Words, Words(), "names for the databases of `limbeck compare`, as production=env:PRODUCTION_URL"),
)
