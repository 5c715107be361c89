"""Charts of a subject: its status tracks over valid time, and what was known of them when."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core.dates import day_of as day_in_vietnam
from app.core.labels import CODE_LISTS
from app.pages.charts.drawing import Chart
from app.pages.charts.levels import is_course, level_of
from app.pages.charts.timeline import Segment, TimelineChart, Track, timeline_chart
from app.pages.speech import Speech
from app.pages.values import day_of, label_of, members_of
from app.subjects.attributes import Attribute
from app.subjects.states import State

_MARGIN = timedelta(days=60)
Written = Mapping[date, str]
"""What sources wrote of days that they gave less precisely."""


@dataclass(frozen=True, slots=True)
class Known:
    """The versions of a subject as they were known from a revision on."""

    revision: int
    recorded_at: datetime
    versions: Sequence[object]


def tracks_of(state: type[State]) -> list[Attribute]:
    """Return the attributes that say how far a subject is, in their order."""
    attributes = (member.attribute for member in state.members.values())
    return [
        attribute
        for attribute in attributes
        if attribute.code_list
        and is_course(one.code for one in CODE_LISTS[attribute.code_list].codes)
    ]


def status_chart(
    title: str,
    tracks: Sequence[Attribute],
    versions: Sequence[object],
    days: tuple[date, date],
    speech: Speech,
    written: Written,
) -> Chart | None:
    """Draw the status tracks of a subject; ``None`` where nothing is known of any.

    ``days`` are the one looked at and today, ``written`` what sources wrote of imprecise ones.
    """
    states = [members_of(version) for version in versions]
    drawn = [Track(label_of(one, speech), list(_segments(one, states, speech))) for one in tracks]
    return _chart(title, [track for track in drawn if track.segments], days, speech, written)


def knowledge_chart(
    title: str,
    track: Attribute,
    known: Sequence[Known],
    days: tuple[date, date],
    speech: Speech,
    written: Written,
) -> Chart | None:
    """Draw one track as it was known at each revision that changed it; ``None`` if none did."""
    rows: list[Track] = []
    for one in known:
        states = [members_of(version) for version in one.versions]
        segments = list(_segments(track, states, speech))
        if not rows or rows[-1].segments != segments:
            day = speech.day(day_in_vietnam(one.recorded_at))
            label = speech.text("subject.known-since", day=day, number=one.revision)
            rows.append(Track(label, segments))
    return _chart(title, rows, days, speech, written) if len(rows) > 1 else None


def _chart(
    title: str, tracks: Sequence[Track], days: tuple[date, date], speech: Speech, written: Written
) -> Chart | None:
    segments = [segment for track in tracks for segment in track.segments]
    if not segments:
        return None
    day, today = days
    first = min(segment.first for segment in segments)
    ends = [segment.last or segment.first for segment in segments]
    last = max(*ends, day, today)
    begin, end = min(first, day) - _MARGIN, last + _MARGIN
    chart = TimelineChart(title, tracks, begin, end, day, written=written)
    return timeline_chart(chart, speech)


def _segments(
    attribute: Attribute, states: Iterable[Mapping[str, object]], speech: Speech
) -> Iterator[Segment]:
    """Yield the intervals over which an attribute has one value, neighbours joined."""
    held: Segment | None = None
    for state in states:
        code = state.get(attribute.name)
        begin, end = day_of(state["valid_from"]), state["valid_to"]
        until = day_of(end) if end else None
        words = speech.label(attribute.code_list or "", str(code)) if code else ""
        if held and held.words == words and held.last == begin:
            held = held._replace(last=until)
            continue
        if held and held.words:
            yield held
        held = Segment(begin, until, words, level_of(str(code)))
    if held and held.words:
        yield held
