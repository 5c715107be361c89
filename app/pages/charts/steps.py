"""Step lines: figures that hold from one day until another replaces them.

Nothing is drawn between two values: a figure of a register jumps on the day on which something
begins, and a sloping line would show what was never so. Where a value is unknown the line is
broken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import svg

from app.pages.charts import drawing
from app.pages.charts.drawing import Chart, Table
from app.pages.charts.saying import UNKNOWN, month, quantity
from app.pages.charts.scales import Days, Scale, day_ticks, value_ticks
from app.pages.speech import Speech

_HEIGHT, _NOTHING_HEIGHT = 220, 22
_LEFT, _TOP, _BOTTOM = 52, 26, 24
_LABEL_HEIGHT = 15
_TICK_WIDTH = 64
_NARROW = 400


class Step(NamedTuple):
    """From a day on a value, ``None`` where it is unknown; ``covers`` is how much it covers."""

    since: date
    value: float | None
    covers: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """What one line shows: its label, its steps by day, and the class that colours it."""

    label: str
    steps: Sequence[Step]
    name: str


@dataclass(frozen=True, slots=True)
class StepChart:
    """Series over the days from ``first`` to ``last``, all in one unit.

    ``stacked`` puts each series on those before it, for parts of a whole.
    """

    title: str
    unit: str
    first: date
    last: date
    series: Sequence[Series]
    stacked: bool = False
    width: int = 640
    least_top: float = 0
    """The least upper end of the axis, as 100 for percentages."""
    marks: Sequence[tuple[date, str]] = ()
    """Days that are marked, each with why."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the parts of a chart are: the scales, and the room for labels at the right."""

    days: Days
    values: Scale
    ticks: Sequence[float]

    @property
    def height(self) -> float:
        """The height of the whole."""
        return self.values.start + _BOTTOM


def step_chart(data: StepChart, speech: Speech) -> Chart:
    """Draw series as step lines, or stacked, with their labels at their ends."""
    series = [one for one in data.series if _is_shown(one, data)]
    table = _table(data, speech)
    if not series:
        nothing = drawing.text(0, 14, speech.text("charts.nothing"), "label")
        return drawing.chart(data.title, (data.width, _NOTHING_HEIGHT), [nothing], table)
    frame = _frame(data, series)
    lines = _stacks(series, frame) if data.stacked else _lines(series, frame)
    legend = _legend(speech) if any(map(_is_partial, series)) else ()
    labels = _labels(series, frame, data, speech)
    elements = [*_axes(frame, data, speech), *legend, *lines, *labels]
    described = " ".join(_described(series, data, speech))
    size = (data.width, frame.height)
    return drawing.chart(data.title, size, elements, table, described=described)


def _frame(data: StepChart, series: Sequence[Series]) -> _Frame:
    tops = [top for _, top in _bands(series)] if data.stacked else [one.steps for one in series]
    high = max(step.value or 0 for steps in tops for step in steps)
    ticks = value_ticks(max(high, data.least_top))
    widest = max(drawing.width_of(f"{one.label} 0000,00") for one in series)
    right = 8 if data.width < _NARROW else min(widest + 24, data.width * 0.42)
    above = len(series) * _LABEL_HEIGHT if data.width < _NARROW else 0
    above += _LABEL_HEIGHT if any(map(_is_partial, series)) else 0
    return _Frame(
        Days(data.first, data.last, _LEFT, data.width - right),
        Scale(0, ticks[-1], _HEIGHT - _BOTTOM + above, _TOP + above),
        ticks,
    )


def _is_shown(one: Series, data: StepChart) -> bool:
    """Return whether a series has anything to show; of parts of a whole, more than nothing."""
    values = [step.value for step in one.steps]
    return any(values) if data.stacked else any(value is not None for value in values)


def _is_partial(one: Series) -> bool:
    """Return whether a line has parts that do not cover everything."""
    return any(step.covers for step in one.steps if step.value is not None)


def _axes(frame: _Frame, data: StepChart, speech: Speech) -> Iterator[svg.Element]:
    left, right = frame.days.start, frame.days.end
    yield drawing.text(0, 12, data.unit, "unit")
    for value in frame.ticks:
        y = frame.values(value)
        yield drawing.line(left, y, right, y, "axis" if value == 0 else "grid")
        yield drawing.text(left - 6, y + 4, quantity(speech, value), "tick", "end")
    most = max(int((right - left) // _TICK_WIDTH), 1)
    for day in day_ticks(data.first, data.last, most):
        x = frame.days(day)
        yield drawing.line(x, frame.values.start, x, frame.values.start + 4, "axis")
        yield drawing.text(x, frame.height - 6, month(speech, day), "tick", "middle")
    for day, words in data.marks:
        x = frame.days(day)
        yield drawing.line(x, frame.values.end - 6, x, frame.values.start, "mark")
        yield drawing.text(x - 4, frame.values.end - 8, words, "tick", "end")


def _spans(steps: Sequence[Step], last: date) -> Iterator[tuple[Step, date]]:
    """Yield each step with the day until which it holds."""
    ends = [step.since for step in steps[1:]]
    yield from zip(steps, [*ends, last], strict=False)


def _lines(series: Sequence[Series], frame: _Frame) -> Iterator[svg.Element]:
    for one in series:
        yield drawing.path(list(_line(one.steps, frame)), "line", one.name)
    for one in series:
        value = one.steps[-1].value
        if value is not None:
            yield drawing.dot(frame.days.end, frame.values(value), 3, "last", one.name)
    for one in filter(_is_partial, series):
        yield drawing.path(_partial(one.steps, frame), "partial")


def _line(steps: Sequence[Step], frame: _Frame) -> Iterator[svg.PathData]:
    known = False
    for step, until in _spans(steps, frame.days.last):
        if step.value is not None:
            x, y = frame.days(step.since), frame.values(step.value)
            yield svg.V(y) if known else svg.M(x, y)
            yield svg.H(frame.days(until))
        known = step.value is not None


def _partial(steps: Sequence[Step], frame: _Frame) -> list[svg.PathData]:
    """Return the parts of a line that do not cover everything."""
    return [
        command
        for step, until in _spans(steps, frame.days.last)
        if step.value is not None and step.covers
        for command in _level(step, until, frame)
    ]


def _level(step: Step, until: date, frame: _Frame) -> Iterator[svg.PathData]:
    yield svg.M(frame.days(step.since), frame.values(step.value or 0.0))
    yield svg.H(frame.days(until))


def _bands(series: Sequence[Series]) -> Iterator[tuple[list[Step], list[Step]]]:
    """Yield the lower and the upper edge of each series on those before it."""
    days = sorted({step.since for one in series for step in one.steps})
    lower = [Step(day, 0.0) for day in days]
    for one in series:
        values = {step.since: step.value or 0.0 for step in one.steps}
        upper, value = [], 0.0
        for edge in lower:
            value = values.get(edge.since, value)
            upper.append(Step(edge.since, (edge.value or 0.0) + value))
        yield lower, upper
        lower = upper


def _stacks(series: Sequence[Series], frame: _Frame) -> Iterator[svg.Element]:
    for one, (lower, upper) in zip(series, _bands(series), strict=True):
        there, back = _edge(upper, frame), _edge(lower, frame)[::-1]
        points = [svg.M(*there[0]), *(svg.L(*point) for point in (*there[1:], *back)), svg.Z()]
        yield drawing.path(points, "area", one.name)


def _edge(steps: Sequence[Step], frame: _Frame) -> list[tuple[float, float]]:
    spans = list(_spans(steps, frame.days.last))
    return [
        (x, frame.values(step.value or 0.0))
        for step, until in spans
        for x in (frame.days(step.since), frame.days(until))
    ]


def _labels(
    series: Sequence[Series], frame: _Frame, data: StepChart, speech: Speech
) -> Iterator[svg.Element]:
    """Label series where they end, or above the chart where there is no room beside it."""
    key = "key" if data.stacked else "stroke"
    if data.width < _NARROW:
        for number, one in enumerate(series):
            above = _TOP + number * _LABEL_HEIGHT
            yield from _label(_LEFT, above, one, key, _labelled(one, speech))
        return
    room = data.width - frame.days.end - 22
    for one, y in zip(series, _apart(_ends(series, frame, data), frame), strict=True):
        shown = drawing.shortened(_labelled(one, speech), room)
        yield from _label(frame.days.end + 8, y + 4, one, key, shown)


def _legend(speech: Speech) -> Iterator[svg.Element]:
    """Say what the dotted parts of lines mean, above everything else."""
    yield drawing.line(_LEFT, 8, _LEFT + 24, 8, "line")
    yield drawing.path([svg.M(_LEFT, 8), svg.H(_LEFT + 24)], "partial")
    yield drawing.text(_LEFT + 28, 12, speech.text("charts.partial"), "tick")


def _labelled(one: Series, speech: Speech) -> str:
    return f"{one.label} {quantity(speech, one.steps[-1].value)}"


def _label(x: float, y: float, one: Series, key: str, words: str) -> Iterator[svg.Element]:
    if key == "key":
        yield drawing.box(x, y - 9, (10, 10), "key", one.name)
    else:
        yield drawing.line(x, y - 4, x + 10, y - 4, "line", one.name)
    yield drawing.text(x + 14, y, words, "label")


def _ends(series: Sequence[Series], frame: _Frame, data: StepChart) -> list[float]:
    """Return at which height each series ends."""
    if data.stacked:
        edges = [(lower[-1].value or 0, upper[-1].value or 0) for lower, upper in _bands(series)]
        return [frame.values((low + high) / 2) for low, high in edges]
    return [frame.values(one.steps[-1].value or 0) for one in series]


def _apart(places: Sequence[float], frame: _Frame) -> list[float]:
    """Return the places moved up as far as needed for labels not to overlap."""
    order = sorted(range(len(places)), key=lambda number: -places[number])
    found = list(places)
    lowest = frame.values.start
    for number in order:
        found[number] = min(found[number], lowest)
        lowest = found[number] - _LABEL_HEIGHT
    return found


def _described(series: Sequence[Series], data: StepChart, speech: Speech) -> Iterator[str]:
    for one in series:
        known = [step for step in one.steps if step.value is not None]
        if known:
            yield speech.text(
                "charts.change",
                label=one.label,
                first=quantity(speech, known[0].value, data.unit),
                first_day=speech.day(known[0].since),
                last=quantity(speech, known[-1].value, data.unit),
                last_day=speech.day(data.last),
            )


def _table(data: StepChart, speech: Speech) -> Table:
    """Return a row for each day on which a value changes."""
    columns = [speech.text("charts.since"), *(f"{one.label} ({data.unit})" for one in data.series)]
    rows: list[list[str]] = []
    days = sorted({step.since for one in data.series for step in one.steps})
    for day in days:
        cells = [_cell(one.steps, day, speech) for one in data.series]
        if not rows or rows[-1][1:] != cells:
            rows.append([speech.day(day), *cells])
    return Table(columns, rows)


def _cell(steps: Sequence[Step], day: date, speech: Speech) -> str:
    held = [step for step in steps if step.since <= day]
    if not held:
        return UNKNOWN
    shown = quantity(speech, held[-1].value)
    return f"{shown} ({held[-1].covers})" if held[-1].covers else shown
