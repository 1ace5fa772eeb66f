"""A rule's page: as text for a terminal, as JSON, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from limbeck.lint.registry import OLDEST_MAJOR

if TYPE_CHECKING:
    from typing import Any

    from limbeck.lint.registry import Page, Section

CODE = ("Given", "Bad", "Good")
_HEADINGS = {
    "Given": "On tables that exist already",
    "Bad": "What is found",
    "Good": "What to write instead",
}


def rule_text(rule: Page) -> str:
    """For a terminal."""
    return "\n".join(_text_lines(rule))


def rule_json(rule: Page) -> dict[str, Any]:
    """The documented keys."""
    return {
        "rule": rule.name,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "sections": [{"heading": section.heading, "text": section.text} for section in rule.sections],
    }


def rule_markdown(rule: Page) -> str:
    """A page of docs/rules."""
    lines = [f"# {rule.name}", "", rule.summary, "", f"Severity: {rule.severity}."]
    before = ""
    for section in rule.sections:
        if _heading(section) != before:
            lines += ["", f"## {_heading(section)}"]
        before = _heading(section)
        text = section.text
        lines += ["", *(["```python", text, "```"] if section.heading in CODE else [text[:1].upper() + text[1:]])]
    return "\n".join(lines) + "\n"


def _heading(section: Section) -> str:
    since = f" (from PostgreSQL {section.oldest} on)" if section.oldest > OLDEST_MAJOR else ""
    return f"{_HEADINGS.get(section.heading, section.heading)}{since}"


def _text_lines(rule: Page) -> Iterator[str]:
    import textwrap

    yield f"{rule.name} ({rule.severity})"
    yield rule.summary
    for section in rule.sections:
        yield ""
        yield f"{_heading(section)}:"
        if section.heading in CODE:
            yield textwrap.indent(section.text, "    ")
        else:
            for number, paragraph in enumerate(section.text.split("\n\n")):
                if number:
                    yield ""
                yield textwrap.fill(paragraph, 96, initial_indent="  ", subsequent_indent="  ")
