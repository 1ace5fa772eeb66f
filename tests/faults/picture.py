"""The picture of two stalls on the same axes, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from tests.faults.stall import Stall

_WIDTH, _HEIGHT = 860, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 50, 50
_LEAST, _MOST = 0.0003, 60.0  # seconds
_STEP = 0.1  # seconds of one point of a line: the slowest request that was due in them
_GRID = ((0.001, "1 ms"), (0.01, "10 ms"), (0.1, "100 ms"), (1.0, "1 s"), (10.0, "10 s"))
_COLOURS = ("#c2410c", "#0369a1")
_GREY = "#6b7280"


def picture(stalls: Sequence[Stall], title: str, bound: float) -> str:
    """Latency over time; a band where the transaction was forgotten, a dashed line at `bound` seconds."""
    length = max(request.due for stall in stalls for request in stall.requests)
    begin, end = min(stall.forgotten[0] for stall in stalls), max(stall.forgotten[1] for stall in stalls)

    def x(seconds: float) -> float:
        return _LEFT + seconds / length * (_WIDTH - _LEFT - _RIGHT)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{_GREY}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        _box(x(begin), x(end)),
        _text(x(begin) + 6, _TOP + 16, "a transaction that has read the table stays open"),
    ]
    for seconds, label in _GRID:
        parts += [
            _line(_LEFT, _y(seconds), _WIDTH - _RIGHT, "#e5e7eb"),
            _text(_LEFT - 8, _y(seconds) + 4, label, "end"),
        ]
    parts.append(_line(_LEFT, _y(bound), _WIDTH - _RIGHT, _GREY, dashed=True))
    parts.append(_text(_WIDTH - _RIGHT, _y(bound) - 5, f"lock_timeout, {bound:g} s", "end"))
    for second in range(0, math.floor(length) + 1, max(1, round(length / 12))):
        parts.append(_text(x(second), _HEIGHT - _BOTTOM + 18, f"{second} s", "middle"))
    for number, stall in enumerate(stalls):
        points = " ".join(f"{x(due):.1f},{_y(seconds):.1f}" for due, seconds in _slowest(stall))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{_COLOURS[number]}" stroke-width="1.6"/>')
        words = f"{stall.subject}: the longest request took {stall.longest:.2f} s"
        parts.append(_text(_LEFT + number * 390, 24, words, colour=_COLOURS[number], bold=True))
    parts.append(
        _text(_LEFT, _HEIGHT - 10, "when a request was due; how long it took, the slowest of each tenth of a second")
    )
    return "\n".join((*parts, "</svg>", ""))


def _slowest(stall: Stall) -> Iterable[tuple[float, float]]:
    found: dict[int, float] = {}
    for request in stall.requests:
        place = int(request.due / _STEP)
        found[place] = max(found.get(place, 0.0), request.seconds)
    return [((place + 0.5) * _STEP, seconds) for place, seconds in sorted(found.items())]


def _y(seconds: float) -> float:
    share = math.log(min(max(seconds, _LEAST), _MOST) / _LEAST) / math.log(_MOST / _LEAST)
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _box(left: float, right: float) -> str:
    height = _HEIGHT - _TOP - _BOTTOM
    return f'<rect x="{left:.1f}" y="{_TOP}" width="{right - left:.1f}" height="{height}" fill="#f3f4f6"/>'


def _line(left: float, y: float, right: float, colour: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="{colour}"{dash}/>'


def _text(x: float, y: float, words: str, anchor: str = "start", *, colour: str = _GREY, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(words)}</text>'
