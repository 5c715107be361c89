"""Drawings: scales, step lines, bars and timelines, against what is worked out by hand."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from app.pages import charts
from app.pages.charts.bars import Pair, pairs_chart, share_bar, stage_bar
from app.pages.charts.drawing import Chart
from app.pages.charts.levels import is_course, level_of
from app.pages.charts.scales import Days, Scale, day_ticks, value_ticks
from app.pages.charts.standalone import document
from app.pages.charts.steps import Series, Step, StepChart, step_chart
from app.pages.charts.timeline import Segment, TimelineChart, Track, timeline_chart
from app.pages.speech import Speech

ENGLISH, VIETNAMESE = Speech("en"), Speech("vi")
HOSTILE = "</title><script>alert(1)</script>\"'&\u202e"
SVG = "{http://www.w3.org/2000/svg}"


def day(year: int, month: int = 1, number: int = 1) -> date:
    return date(year, month, number)


def elements(chart: Chart, name: str, of: str = "") -> list[Element]:
    root = fromstring(str(chart.drawing))  # noqa: S314 (the service drew it)
    found = root.iter(SVG + name)
    return [one for one in found if of in (one.get("class") or "").split() or not of]


def commands(path: Element) -> list[tuple[str, list[float]]]:
    """Return the commands of a path, each with its numbers."""
    found = re.findall(r"([A-Z])([^A-Z]*)", path.get("d") or "")
    return [(name, [float(n) for n in re.findall(r"-?[0-9.]+", rest)]) for name, rest in found]


@pytest.mark.parametrize(
    ("high", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (4, [0, 1, 2, 3, 4]),
        (100, [0, 20, 40, 60, 80, 100]),
        (218.4, [0, 50, 100, 150, 200, 250]),
        (676.4, [0, 200, 400, 600, 800]),
        (0.07, [0, 0.02, 0.04, 0.06, 0.08]),
    ],
)
def test_values_have_round_ticks_up_to_one_above_all(high: float, ticks: list[float]) -> None:
    assert list(value_ticks(high)) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("first", "last", "most", "ticks"),
    [
        (day(2020), day(2023), 5, [day(2020), day(2021), day(2022), day(2023)]),
        (day(2019, 5), day(2026, 11), 4, [day(2020), day(2022), day(2024), day(2026)]),
        (day(2024, 2, 10), day(2024, 6, 30), 6, [day(2024, m) for m in (3, 4, 5, 6)]),
        (day(1900), day(2020), 2, [day(1900), day(2000)]),
    ],
)
def test_days_have_ticks_at_first_days(
    first: date, last: date, most: int, ticks: list[date]
) -> None:
    assert list(day_ticks(first, last, most)) == ticks


def test_places_follow_from_values_and_days() -> None:
    assert [Scale(0, 10, 100, 0)(value) for value in (0, 2.5, 10)] == [100, 75, 0]
    days = Days(day(2020), day(2020, 1, 11), 0, 100)
    assert [days(d) for d in (day(2019), day(2020, 1, 2), day(2021))] == [0, 10, 100]


def stepped(*steps: Step) -> Chart:
    series = Series("Area", steps, "series-1")
    data = StepChart("Title", "ha", day(2020), day(2022), [series])
    return step_chart(data, ENGLISH)


def test_a_line_stays_until_its_next_step() -> None:
    # 366 and 365 days: the axis is from 52 to where the label begins.
    chart = stepped(Step(day(2020), 10), Step(day(2021), 20))
    (line,) = elements(chart, "path", "line")
    drawn = commands(line)
    assert [name for name, _ in drawn] == ["M", "H", "V", "H"]
    [begin, low], [middle], [high], [end] = (numbers for _, numbers in drawn)
    assert (begin, low, high) == (52, 111, 26)
    assert (middle - begin) / (end - begin) == pytest.approx(366 / 731, abs=0.001)


def test_a_line_is_broken_where_a_value_is_unknown() -> None:
    steps = Step(day(2020), 10), Step(day(2020, 7), None), Step(day(2021), 10)
    (line,) = elements(stepped(*steps), "path", "line")
    assert [name for name, _ in commands(line)] == ["M", "H", "M", "H"]


def test_a_chart_says_in_words_what_it_shows() -> None:
    chart = stepped(Step(day(2020), None), Step(day(2020, 7, 1), 10.5, "2/3"), Step(day(2021), 0))
    assert elements(chart, "title")[0].text == "Title"
    assert (
        elements(chart, "desc")[0].text == "Area: 10.5\xa0ha on 1 Jul 2020, 0\xa0ha on 1 Jan 2022."
    )
    assert chart.table.columns == ["From", "Area (ha)"]
    assert chart.table.rows == [
        ["1 Jan 2020", "–"],
        ["1 Jul 2020", "10.5 (2/3)"],
        ["1 Jan 2021", "0"],
    ]


def test_parts_stand_on_each_other() -> None:
    parts = [
        Series("Low", [Step(day(2020), 1), Step(day(2021), 3)], "level-1"),
        Series("High", [Step(day(2020), 2)], "level-6"),
        Series("Never", [Step(day(2020), 0)], "ended"),
    ]
    data = StepChart("Title", "sites", day(2020), day(2022), parts, stacked=True)
    chart = step_chart(data, ENGLISH)
    low, high = (commands(one) for one in elements(chart, "path", "area"))
    # From 0 at 196 to 5 at 26, so 34 for each.
    heights = [place[1] for _, place in low[:-1]]
    assert heights[:4] == [162, 162, 94, 94]
    heights = [place[1] for _, place in high[:-1]]
    assert heights[:4] == [94, 94, 26, 26]
    assert heights[4:] == [94, 94, 162, 162]
    assert len(chart.table.columns) == 4


def test_a_chart_of_nothing_says_so() -> None:
    chart = stepped(Step(day(2020), None))
    assert [one.text for one in elements(chart, "text")] == ["Nothing is known of this."]


def test_labels_do_not_lie_on_each_other() -> None:
    series = [Series(f"Line {n}", [Step(day(2020), 10 + n / 100)], "series-1") for n in range(4)]
    chart = step_chart(StepChart("Title", "ha", day(2020), day(2022), series), ENGLISH)
    places = sorted(float(one.get("y") or 0) for one in elements(chart, "text", "label"))
    assert all(after - before >= 15 for before, after in pairwise(places))


@pytest.mark.parametrize("width", [240, 640, 1600])
def test_what_is_drawn_is_within_its_bounds(width: int) -> None:
    steps = [Step(day(2020), 3), Step(day(2021, 5), 700.25)]
    series = [Series("A rather long label for a line", steps, "series-1")]
    chart = step_chart(StepChart("Title", "ha", day(2020), day(2022), series, width=width), ENGLISH)
    for text in elements(chart, "text"):
        x, length = float(text.get("x") or 0), len(text.text or "") * 6
        begins = x - length if "end" in (text.get("class") or "").split() else x
        assert begins > -12
        assert begins <= width
    for line in elements(chart, "line"):
        assert all(0 <= float(line.get(end) or 0) <= width for end in ("x1", "x2"))


def test_planned_and_actual_stand_side_by_side() -> None:
    pairs = [Pair("Sites", 27, 6, ""), Pair("Area", None, 218.4, "ha")]
    chart = pairs_chart("Plan", pairs, VIETNAMESE)
    assert chart.table.rows == [["Sites", "27", "6"], ["Area", "–", "218,4\xa0ha"]]
    # 384 pixels for 30 sites, and for 250 ha.
    planned = [float(one.get("width") or 0) for one in elements(chart, "rect", "outlined")]
    actual = [float(one.get("width") or 0) for one in elements(chart, "rect", "filled")]
    assert planned == [345.6, 0]
    assert actual == pytest.approx([76.8, 335.5], abs=0.1)


def test_small_bars_say_what_they_show() -> None:
    root = fromstring(str(share_bar("Cleared", 37.5, ENGLISH)))  # noqa: S314
    assert root.findtext(f"{SVG}title") == "Cleared: 37.5\xa0%"
    assert [one.get("width") for one in root.iter(f"{SVG}rect")] == ["96", "36.0"]
    root = fromstring(str(share_bar("Cleared", None, ENGLISH)))  # noqa: S314
    assert root.findtext(f"{SVG}title") == "Cleared: unknown"
    root = fromstring(str(stage_bar("Sites", {"operating": 1, "planned": 3}, ENGLISH)))  # noqa: S314
    assert root.findtext(f"{SVG}title") == "Sites: Planned: 3, Operating: 1"
    assert [one.get("width") for one in root.iter(f"{SVG}rect")] == ["71.0", "23.0"]


def test_a_timeline_has_a_segment_for_each_state() -> None:
    tracks = [
        Track("Clearance", [Segment(day(2020), day(2021), "Under way", "level-4")]),
        Track("Operation", [Segment(day(2021), None, "Operating", "level-6")]),
    ]
    data = TimelineChart("A site", tracks, day(2020), day(2022), day(2021, 7))
    chart = timeline_chart(data, ENGLISH)
    titles = [one.text for one in elements(chart, "title")]
    assert titles[1:] == [
        "Clearance, Under way: from 1 Jan 2020 until 1 Jan 2021",
        "Operation, Operating: since 1 Jan 2021",
    ]
    assert chart.table.rows == [
        ["Clearance", "Under way", "1 Jan 2020", "1 Jan 2021"],
        ["Operation", "Operating", "1 Jan 2021", ""],
    ]
    first, second = elements(chart, "rect", "segment")
    assert float(first.get("x") or 0) + float(first.get("width") or 0) + 1 == pytest.approx(
        float(second.get("x") or 0)
    )


def hostile_charts() -> list[Chart]:
    series = [Series(HOSTILE, [Step(day(2020), 1, HOSTILE)], "series-1")]
    track = Track(HOSTILE, [Segment(day(2020), None, HOSTILE, "level-1")])
    return [
        step_chart(StepChart(HOSTILE, HOSTILE, day(2020), day(2022), series, width=w), ENGLISH)
        for w in (300, 1600)
    ] + [
        pairs_chart(HOSTILE, [Pair(HOSTILE, 1, 2, HOSTILE)], ENGLISH),
        timeline_chart(
            TimelineChart(HOSTILE, [track], day(2020), day(2022), day(2021), 4000), ENGLISH
        ),
    ]


@pytest.mark.parametrize("chart", hostile_charts())
def test_words_never_become_markup(chart: Chart) -> None:
    for text in (str(chart.drawing), document(chart, HOSTILE)):
        root = fromstring(text)  # noqa: S314
        assert not list(root.iter(f"{SVG}script"))
        for one in root.iter():
            assert "style" not in one.attrib
            assert not [name for name in one.attrib if name.startswith("on")]
    assert elements(chart, "title")[0].text == HOSTILE


def test_one_module_alone_writes_words_into_drawings() -> None:
    # svg.py escapes nothing, so everybody else has to go by ``drawing``.
    folder = Path(charts.__file__).parent
    writing = r"text=|svg\.(Text|TSpan|Title|Desc|A)\b|extra=|data="
    found = {
        path.name
        for path in folder.rglob("*.py")
        if re.search(writing, path.read_text(encoding="utf-8"))
    }
    # The other one writes the stylesheet of the service.
    assert found == {"drawing.py", "standalone.py"}


def test_levels_are_those_of_status_tracks() -> None:
    assert [level_of(code) for code in ("planned", "in_progress", "operating")] == [
        "level-2",
        "level-4",
        "level-6",
    ]
    assert [level_of(code) for code in ("suspended", "closed", "unknown", None)] == [
        "stopped",
        "ended",
        "nothing",
        "nothing",
    ]
    assert is_course(["not_started", "completed", "unknown"])
    assert not is_course(["not_started", "ccn"])


@pytest.mark.parametrize("width", [320, 640])
def test_a_line_is_dotted_where_it_does_not_cover_everything(width: int) -> None:
    steps = [
        Step(day(2020), 10, "1/2"),
        Step(day(2020, 7), None, "0/2"),
        Step(day(2021), 20),
        Step(day(2021, 7), 25, "2/3"),
    ]
    series = [Series("Area", steps, "series-1")]
    chart = step_chart(StepChart("Title", "ha", day(2020), day(2022), series, width=width), ENGLISH)
    (line,) = elements(chart, "path", "line")
    legend, dotted = elements(chart, "path", "partial")
    # From the first step to the second, and from the last to the end; each a line of its own.
    assert [name for name, _ in commands(dotted)] == ["M", "H", "M", "H"]
    assert commands(dotted)[:2] == commands(line)[:2]
    assert commands(dotted)[-1] == commands(line)[-1]
    assert [name for name, _ in commands(legend)] == ["M", "H"]
    assert "Dotted: of some sites it is unknown" in str(chart.drawing)
    whole = [Series("Area", steps[2:3], "series-1")]
    chart = step_chart(StepChart("Title", "ha", day(2020), day(2022), whole, width=width), ENGLISH)
    assert not elements(chart, "path", "partial")
    assert "Dotted" not in str(chart.drawing)
