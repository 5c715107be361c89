"""Bars: small ones for the rows of tables, and what was planned beside what is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import svg
from markupsafe import Markup

from app.pages.charts import drawing
from app.pages.charts.drawing import Chart, Table
from app.pages.charts.levels import STAGES, level_of
from app.pages.charts.saying import quantity
from app.pages.charts.scales import Scale, value_ticks
from app.pages.speech import Speech

_SMALL = (96, 14)
_ROW, _TOP, _BOTTOM = 54, 8, 24
_BAR = 14
_HUNDRED = 100
_PLANNED, _ACTUAL = "charts.planned", "charts.actual"


def share_bar(label: str, percent: float | None, speech: Speech) -> Markup:
    """Draw how much of a whole something is, for the row of a table; hatched where unknown."""
    width, height = _SMALL
    if percent is None:
        title = speech.text("charts.unknown", label=label)
        return drawing.drawn(
            _SMALL,
            [drawing.box(0, 3, (width, height - 6), "track", "nothing")],
            "small",
            title=title,
        )
    title = f"{label}: {quantity(speech, percent, '%')}"
    length = min(percent, _HUNDRED) / _HUNDRED * width
    bars = [
        drawing.box(0, 3, (width, height - 6), "track"),
        drawing.box(0, 3, (length, height - 6), "filled", "series-1"),
    ]
    return drawing.drawn(_SMALL, bars, "small", title=title)


def stage_bar(label: str, counts: dict[str, int], speech: Speech) -> Markup:
    """Draw how many sites are at which stage as parts of one bar, for the row of a table."""
    width, height = _SMALL
    whole = sum(counts.values())
    parts: list[svg.Element] = []
    said = []
    before = 0
    for stage in STAGES:
        count = counts.get(stage, 0)
        if count:
            words = f"{speech.label('stage', stage)}: {speech.number(count)}"
            said.append(words)
            x, length = before / whole * width, count / whole * width - 1
            parts.append(
                drawing.box(x, 1, (length, height - 2), "part", level_of(stage), says=words)
            )
            before += count
    title = f"{label}: {', '.join(said) or speech.number(0)}"
    return drawing.drawn(_SMALL, parts, "small", title=title)


@dataclass(frozen=True, slots=True)
class Pair:
    """What was planned beside what is there; ``None`` where it is unknown."""

    label: str
    planned: float | None
    actual: float | None
    unit: str


def pairs_chart(title: str, pairs: Sequence[Pair], speech: Speech, width: int = 640) -> Chart:
    """Draw a pair of bars for each quantity, each on a scale of its own, with its numbers."""
    height = _TOP + len(pairs) * _ROW
    elements = [
        element
        for number, pair in enumerate(pairs)
        for element in _pair(pair, _TOP + number * _ROW, width, speech)
    ]
    described = ". ".join(_said(pair, speech) for pair in pairs)
    columns = [speech.text(name) for name in ("charts.what", _PLANNED, _ACTUAL)]
    rows = [
        [
            pair.label,
            quantity(speech, pair.planned, pair.unit),
            quantity(speech, pair.actual, pair.unit),
        ]
        for pair in pairs
    ]
    table = Table(columns, rows)
    return drawing.chart(title, (width, height), elements, table, described=described)


def _said(pair: Pair, speech: Speech) -> str:
    planned = f"{speech.text(_PLANNED)} {quantity(speech, pair.planned, pair.unit)}"
    actual = f"{speech.text(_ACTUAL)} {quantity(speech, pair.actual, pair.unit)}"
    return f"{pair.label}: {planned}; {actual}"


def _pair(pair: Pair, y: float, width: int, speech: Speech) -> Iterator[svg.Element]:
    high = value_ticks(max(pair.planned or 0, pair.actual or 0))[-1]
    scale = Scale(0, high, 0, width * 0.6)
    yield drawing.text(0, y + 10, pair.label, "label")
    for number, (value, words, name) in enumerate(
        ((pair.planned, _PLANNED, "outlined"), (pair.actual, _ACTUAL, "filled"))
    ):
        top = y + 16 + number * (_BAR + 2)
        length = scale(value or 0)
        yield drawing.box(0.5, top, (length, _BAR - 1), name, "series-1")
        shown = f"{speech.text(words)} {quantity(speech, value, pair.unit)}"
        yield drawing.text(length + 8, top + 11, shown, "tick", "start")
