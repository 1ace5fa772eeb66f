"""What is fixed about the chain: ids, order, dates and file names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

GATEWAY = Path(__file__).parents[3] / "systems" / "gateway"
VERSIONS = GATEWAY / "migrations" / "versions"


@dataclass(frozen=True, slots=True)
class Specified:
    """One revision of the chain: its id, the date in its name, and its parent's id."""

    revision: str
    date: str
    parent: str | None


ROWS = (
    ("d4ae65008d6d", "2025_04_17_1622"),
    ("69491a79cfd0", "2025_04_17_1623"),
    ("3ec3925c8904", "2025_04_17_1629"),
    ("7c29c35fc9bc", "2025_04_18_0218"),
    ("fix_session_constraints", "2025_04_19_0131"),
    ("d00825f2a89a", "2025_04_20_0757"),
    ("881e615d25ac", "2025_04_28_1555"),
    ("5f7a3e1b8d42", "2025_04_30_1200"),
    ("6f8a4e1b9d43", "2025_01_20_1200"),
    ("add_chat_tables", "2025_01_22_1200"),
    ("add_message_role_enum", "2025_09_15_1740"),
    ("add_is_default_api_keys", "2025_09_22_1109"),
    ("add_encrypted_api_keys", "2025_09_23_0855"),
    ("fix_enum_name_2025", "2025_10_06_1500"),
    ("social_login_prep_2025", "2025_12_02_1400"),
)
REVISIONS = tuple(revision for revision, _ in ROWS)
CHAIN = tuple(
    Specified(revision, date, parent) for (revision, date), parent in zip(ROWS, (None, *REVISIONS[:-1]), strict=True)
)
HEAD = REVISIONS[-1]
FILE_NAMES_AS_SPELLED = {
    "add_is_default_api_keys": "2025_09_22_1109_add_is_default_to_api_keys.py",
    "add_encrypted_api_keys": "2025_09_23_0855_add_encrypted_api_keys.py",
    "fix_enum_name_2025": "2025_10_06_1500_fix_enum_name_2025_fix_message_role_enum_name.py",
}


def parent(revision: str) -> str:
    """The revision before this one, `base` before the first."""
    return next(row.parent for row in CHAIN if row.revision == revision) or "base"
