"""The process as a project's `env.py` expects it, and put back as it was afterwards.

`env.py` and the revisions are the project's code: they change the logging of the whole process, extend `sys.path`,
print.
None of that may reach the application that calls limbeck, nor the JSON that limbeck writes to its standard output.
"""

from __future__ import annotations

import contextlib
import logging.config
import os
import sys
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def project_process(folder: str, *, logging_of_project: bool, environ: dict[str, str]) -> Iterator[None]:
    """Run the body in `folder`, with `environ` added, prints going to standard error, and all of it undone after.

    Args:
        folder: working folder that relative paths of the project start from.
        logging_of_project: let `env.py` configure logging; existing loggers stay enabled all the same.
        environ: environment variables to set for the time of the body.
    """
    before_folder, before_path = os.getcwd(), list(sys.path)
    before_environ = {name: os.environ.get(name) for name in environ}
    os.chdir(folder)
    os.environ.update(environ)
    try:
        with _output_turned_away(), _logging_left_alone(logging_of_project):
            yield
    finally:
        os.chdir(before_folder)
        sys.path[:] = before_path
        for name, value in before_environ.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _output_turned_away() -> Iterator[None]:
    """Send standard output to standard error: what Python prints, and what a process that a revision starts writes."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        try:
            kept = os.dup(1)
            os.fstat(2)
        except OSError:  # one of the two is closed
            kept = None
        if kept is not None:
            _flush()
            os.dup2(2, 1)
            stack.callback(os.close, kept)
            stack.callback(os.dup2, kept, 1)
            stack.callback(_flush)  # what a revision has printed to `sys.__stdout__` itself
        yield


def _flush() -> None:
    """Write what waits in Python's own standard output; when nobody can have it, it is not for limbeck to tell."""
    with contextlib.suppress(OSError):
        if sys.__stdout__ is not None:
            sys.__stdout__.flush()


@contextlib.contextmanager
def _logging_left_alone(configure: bool) -> Iterator[None]:
    """Keep `fileConfig` and `dictConfig`, which Alembic's templates call in `env.py`, from the process' loggers.

    Both replace the root logger's handlers and by default disable every logger that exists (apache/airflow#3059
    and many
    others).  With `configure` they run, but disable nothing.
    """
    file_config, dict_config = logging.config.fileConfig, logging.config.dictConfig
    root = logging.getLogger()
    before_handlers, before_level = list(root.handlers), root.level

    def without_disabling(*args: Any, **kwargs: Any) -> None:
        if configure:
            kwargs["disable_existing_loggers"] = False
            file_config(*args[:2], **kwargs)

    def dict_without_disabling(config: Any) -> None:
        if configure:
            dict_config({**config, "disable_existing_loggers": False})

    logging.config.fileConfig = without_disabling
    logging.config.dictConfig = dict_without_disabling
    try:
        yield
    finally:
        logging.config.fileConfig, logging.config.dictConfig = file_config, dict_config
        root.handlers[:] = before_handlers
        root.setLevel(before_level)
