"""The second revision of a fix: its identifier, the name of its file, its text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from limbeck.edit.file_name import CreateDate, FileNameTemplate, time_zone
from limbeck.edit.fix.second_revision import SecondRevision, second_revision_text
from limbeck.graph.docstring import title_and_purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from limbeck.cli.session import Session
    from limbeck.edit.fix.second_revision import Moved


def second_revision(session: Session, below: str, parts: Sequence[Moved]) -> SecondRevision:
    """The revision behind another that takes parts of it; its file lies beside that one's."""
    project, first = session.project, session.graph.revisions[below]
    zone = time_zone(project.timezone)
    template = FileNameTemplate(project.settings.file_name, project.truncate_slug_length, zone)
    identifier, moment = session.process.new_id(), session.process.now()
    created = moment.astimezone(zone) if zone is not None else moment
    title, _ = title_and_purpose(first.message)
    message = f"{title or below}: what takes long"
    name = os.path.basename(template.name(identifier, message, CreateDate(created)))
    path = os.path.join(os.path.dirname(first.path), name)
    return SecondRevision(identifier, path, second_revision_text(identifier, below, message, created, parts))
