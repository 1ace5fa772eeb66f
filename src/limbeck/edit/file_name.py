"""Names of revision files: templates such as Alembic's `file_template`, and the dates that go into them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from limbeck.model.errors import UsageError
from limbeck.model.record import NamedTuple

DATE_PARTS = ("year", "month", "day", "hour", "minute", "second")
TOKENS: Mapping[str, str] = {
    "rev": "the revision's identifier",
    "slug": "the message in lower case, its words joined by underscores",
    "epoch": "seconds since 1970",
    **{part: f"{part} of the Create Date" for part in DATE_PARTS},
}
_DATED = frozenset(TOKENS) - {"rev", "slug"}
_TOKEN = re.compile(r"%(?:\((?P<name>[^)]*)\)(?P<format>[-#0 +]*\d*(?:\.\d+)?[diuxXsr])|(?P<percent>%))")
_WORD = re.compile(r"\w+")
_DATE = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2}(?P<time>[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?)?)"
    r"(?:\s*(?P<zone>[+-]\d{2}:?\d{2}|Z|UTC)\b)?"
)
_TIME_PARTS = frozenset({"hour", "minute", "second"})
_DAY = 86_400  # seconds; no time zone is as far from another


class CreateDate(NamedTuple):
    """When a revision was made; `timed` is False when only the day is known, and the moment its midnight."""

    moment: datetime
    timed: bool = True


@dataclass(frozen=True, slots=True)
class FileNameTemplate:
    """A convention for the names of revision files.

    Attributes:
        template: Alembic's `file_template`, without `.py`; a `/` in it makes sub-folders.
        slug_length: longest slug, in characters.
        zone: time zone that the dates without one are in; None for unknown.
    """

    template: str
    slug_length: int = 40
    zone: tzinfo | None = None

    def __post_init__(self) -> None:
        """Refuse a template that names no file.

        Raises:
            UsageError: a token is not known, or there is a lone `%`.
        """
        for name in self.tokens:
            if name not in TOKENS:
                raise UsageError(
                    f"the template of file names has an unknown token: %({name})s in {self.template}",
                    hint=f"the tokens are {', '.join(TOKENS)}",
                )
        refusal = UsageError(
            f"the template of file names cannot be used: {self.template}", hint="write a literal percent sign as %%"
        )
        if "%" in _TOKEN.sub("", self.template) or not self.template.strip("/"):
            raise refusal
        try:
            self.name("a", "a", CreateDate(datetime(2001, 2, 3, tzinfo=UTC)))
        except (TypeError, ValueError):  # a number's format for a text
            raise refusal from None

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens that occur, in their order, each once."""
        names = (found["name"] for found in _TOKEN.finditer(self.template))
        return tuple(dict.fromkeys(name for name in names if name is not None))

    @property
    def needs_date(self) -> bool:
        """Whether a name cannot be made without a date."""
        return not _DATED.isdisjoint(self.tokens)

    def slug(self, message: str) -> str:
        """Alembic's rule: words in lower case, cut between two words; a slug that was cut ends in an underscore."""
        slug = "_".join(_WORD.findall(message)).lower()
        if len(slug) > self.slug_length:
            slug = slug[: self.slug_length].rsplit("_", 1)[0] + "_"
        return slug

    def name(self, identifier: str, message: str, date: CreateDate | None) -> str:
        """The name of a revision's file, `.py` included.  `date` may be None when no token needs one."""
        values: dict[str, object] = {"rev": identifier, "slug": self.slug(message)}
        if date is not None:
            values |= {part: getattr(date.moment, part) for part in DATE_PARTS}
            values["epoch"] = self._epoch(date.moment)
        return f"{self.template % values}.py"

    def follows(self, name: str, identifier: str, message: str, date: CreateDate | None) -> bool:
        """Whether a name has the form of the template, with this identifier and date.

        The slug may be any, for it is its author's, unless the identifier is not in the name.  Where the date or its
        time is not known, any digits stand for it.
        """
        pattern = ""
        end = 0
        for found in _TOKEN.finditer(self.template):
            pattern += re.escape(self.template[end : found.start()])
            pattern += self._pattern(found, identifier, message, date)
            end = found.end()
        match = re.fullmatch(f"{pattern}{re.escape(self.template[end:])}\\.py", name)
        if match is None or date is None or "epoch" not in self.tokens:
            return match is not None
        # The machine that named the file may have been in another time zone than this one.
        away = abs(int(match["epoch"]) - self._epoch(date.moment))
        return away < (_DAY if date.moment.tzinfo is None or not date.timed else 1)

    def _pattern(self, found: re.Match[str], identifier: str, message: str, date: CreateDate | None) -> str:
        name = found["name"]
        if name is None:
            return "%"
        if name == "slug":
            return r"[^/]*" if "rev" in self.tokens else re.escape(self.slug(message))
        if name == "rev":
            return re.escape(found.group() % {"rev": identifier})
        if name == "epoch":
            return r"(?P<epoch>\d+)" if found.start() == self.template.index("%(epoch)") else r"\d+"
        if date is None or (not date.timed and name in _TIME_PARTS):
            return r"\d+"
        return re.escape(found.group() % {name: getattr(date.moment, name)})

    def _epoch(self, moment: datetime) -> int:
        """Seconds since 1970.  A date in no known zone counts as UTC, so that every machine makes the same name."""
        return int((moment if moment.tzinfo is not None else moment.replace(tzinfo=self.zone or UTC)).timestamp())


def written_date(text: str | None) -> CreateDate | None:
    """The date that a Create Date begins with, in the time zone it is written in; None when it is no date."""
    found = _DATE.match(text.strip()) if text else None
    if found is None:
        return None
    zone = found["zone"] or ""
    try:
        moment = datetime.fromisoformat(found["date"] + ("+00:00" if zone in ("Z", "UTC") else zone))
    except ValueError:  # the 31st of February, as somebody wrote it
        return None
    return CreateDate(moment, timed=found["time"] is not None)


def time_zone(name: str | None) -> tzinfo | None:
    """The time zone that `timezone` of the Alembic configuration names, as Alembic looks for it.

    Raises:
        UsageError: there is none of that name.
    """
    if name is None:
        return None
    from zoneinfo import ZoneInfo

    for spelling in (name, name.upper()):
        try:
            return ZoneInfo(spelling)
        except (LookupError, ValueError, OSError):  # ZoneInfo says it in three ways
            continue
    raise UsageError(f"no such time zone: {name}", hint="write timezone = UTC")
