"""Timelines: what the statuses of a subject were over valid time, and what was known when.

Each row is a track, or a track as it was known at one moment; each segment holds from a day until
the next, with its words in it where there is room.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import svg

from app.pages.charts import drawing
from app.pages.charts.drawing import Chart, Table
from app.pages.charts.saying import month
from app.pages.charts.scales import Days, day_ticks
from app.pages.speech import Speech

_ROW, _GAP, _TOP, _BOTTOM = 26, 4, 20, 22
_MOST_LABEL = 200
_TICK_WIDTH = 64
_COLUMNS = ("charts.track", "charts.state", "charts.since", "charts.until")


class Segment(NamedTuple):
    """What holds from a day up to another one, ``None`` while no end is known.

    ``name`` is the class that colours it.
    """

    first: date
    last: date | None
    words: str
    name: str


@dataclass(frozen=True, slots=True)
class Track:
    """One row: its label and its segments, by day."""

    label: str
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class TimelineChart:
    """Tracks over the days from ``first`` to ``last``; ``day`` is the one that is looked at."""

    title: str
    tracks: Sequence[Track]
    first: date
    last: date
    day: date
    width: int = 720
    written: Mapping[date, str] = field(default_factory=dict)
    """What sources wrote of days that they gave less precisely."""


def timeline_chart(data: TimelineChart, speech: Speech) -> Chart:
    """Draw tracks one under the other, with a line at the day that is looked at."""
    height = _TOP + len(data.tracks) * (_ROW + _GAP) + _BOTTOM
    widest = max((drawing.width_of(track.label) for track in data.tracks), default=0)
    left = min(widest + 10, _MOST_LABEL, data.width * 0.34)
    days = Days(data.first, data.last, left, data.width - 4)
    when = _When(speech, data.written)
    elements = [
        *_axis(days, data, height, speech),
        *(
            element
            for number, track in enumerate(data.tracks)
            for element in _row(track, _TOP + number * (_ROW + _GAP), days, when)
        ),
        *_looked_at(days, data, height, speech),
    ]
    table = _table(data.tracks, when)
    return drawing.chart(data.title, (data.width, height), elements, table)


def _axis(days: Days, data: TimelineChart, height: float, speech: Speech) -> Iterator[svg.Element]:
    most = max(int((days.end - days.start) // _TICK_WIDTH), 1)
    for day in day_ticks(data.first, data.last, most):
        x = days(day)
        yield drawing.line(x, _TOP - 4, x, height - _BOTTOM + 4, "grid")
        yield drawing.text(x, height - 6, month(speech, day), "tick", "middle")


def _row(track: Track, y: float, days: Days, when: "_When") -> Iterator[svg.Element]:
    label = drawing.shortened(track.label, days.start - 8)
    yield drawing.text(0, y + _ROW / 2 + 4, label, "label")
    for segment in track.segments:
        x = days(segment.first)
        width = (days(segment.last) if segment.last else days.end) - x
        said = _said(track, segment, when)
        yield drawing.box(x, y, (max(width - 1, 1), _ROW), "segment", segment.name, says=said)
        if drawing.fits(segment.words, width - 12):
            yield drawing.text(x + 6, y + _ROW / 2 + 4, segment.words, "inside", segment.name)


@dataclass(frozen=True, slots=True)
class _When:
    """Says days as precisely as sources gave them."""

    speech: Speech
    written: Mapping[date, str]

    def __call__(self, day: date) -> str:
        """Return a day in words."""
        text = self.written.get(day)
        return self.speech.partial_date(text) if text else self.speech.day(day)


def _said(track: Track, segment: Segment, when: _When) -> str:
    told = {
        "label": track.label,
        "value": segment.words,
        "first": when(segment.first),
    }
    if segment.last is None:
        return when.speech.text("charts.open-span", **told)
    return when.speech.text("charts.span", **told, last=when(segment.last))


def _looked_at(
    days: Days, data: TimelineChart, height: float, speech: Speech
) -> Iterator[svg.Element]:
    x = days(data.day)
    place = "end" if x > data.width * 0.6 else "start"
    yield drawing.line(x, _TOP - 6, x, height - _BOTTOM + 4, "day")
    yield drawing.text(x + (-4 if place == "end" else 4), 11, speech.day(data.day), "tick", place)


def _table(tracks: Sequence[Track], when: _When) -> Table:
    columns = [when.speech.text(name) for name in _COLUMNS]
    rows = [
        [
            track.label,
            segment.words,
            when(segment.first),
            when(segment.last) if segment.last else "",
        ]
        for track in tracks
        for segment in track.segments
    ]
    return Table(columns, rows)
