"""Charts of provinces, sites and projects as pictures, to be embedded anywhere."""

from typing import Annotated, TypeVar

from fastapi import Path, Response
from pydantic import Field

from app.core.errors import NotFoundError
from app.core.messages import Template
from app.core.query_parameters import FROM_TEXT, BoundariesQuery
from app.core.vocabulary import SiteKind, SubjectType
from app.http.reading import ProvinceCode, Reading, province_at
from app.ledger.snapshots import At, Snapshot
from app.pages.charts.drawing import Chart
from app.pages.charts.standalone import document, policy
from app.pages.pages import headers_for, page_router
from app.pages.province_charts import CountryFigure, ProvinceFigure, draw, read_country, read_series
from app.pages.speech import Speech, speech_of
from app.pages.subject_pages import read_status_chart
from app.pages.views import Key, View, looks_at
from app.pages.windows import WindowQuery, window_of
from app.subjects.histories import HISTORIES, get_state

router = page_router()
_View = TypeVar("_View", bound=View)
AView = Annotated[Reading[View], looks_at()]
_SVG = "image/svg+xml"
_NOTHING = Template(
    "pages.nothing-to-draw",
    "No status of the {what:word} {key!r} is known: there is nothing to draw.",
)


class CountryChartView(View, WindowQuery):
    """The query of a chart: what it is about, which days it shows, and how wide it is."""

    kind: SiteKind = Field(default=SiteKind.cluster, description="Which kind of site.")
    width: Annotated[int, Field(ge=240, le=1600), FROM_TEXT] = Field(
        default=640, description="Width in pixels."
    )


class ChartView(CountryChartView, BoundariesQuery):
    """The same of a province."""


@router.get("/charts/country/{figure}.svg", response_class=Response)
async def show_country_chart(
    figure: Annotated[CountryFigure, Path(description="What the chart shows.")],
    read: Annotated[Reading[CountryChartView], looks_at(CountryChartView, heavy=True)],
) -> Response:
    """Draw a figure of all provinces together over time."""
    query, speech = read.query, speech_of(read.request)
    window = window_of(query, read.at.day)
    series = await read_country(read.provinces, query.kind, read, window, speech)
    return _sent(draw(series, figure, speech, query.width), read, read.at, speech)


@router.get("/charts/provinces/{code}/{figure}.svg", response_class=Response)
async def show_province_chart(
    code: ProvinceCode,
    figure: Annotated[ProvinceFigure, Path(description="What the chart shows.")],
    read: Annotated[Reading[ChartView], looks_at(ChartView, heavy=True)],
) -> Response:
    """Draw a figure of a province over time, up to a day, as known at a revision."""
    query, speech = read.query, speech_of(read.request)
    unit, at, _ = province_at(read, code, query.as_of, query.boundaries)
    snapshot = Snapshot(at, read.today, read.units)
    series = await read_series(
        read.provinces, unit, query.kind, query.boundaries, snapshot, window_of(query, at.day)
    )
    return _sent(draw(series, figure, speech, query.width), read, at, speech)


@router.get("/charts/sites/{site_id}.svg", response_class=Response)
async def show_site_chart(site_id: Key, read: AView) -> Response:
    """Draw the status tracks of a site over time, as known at a revision."""
    return await _show_status(SubjectType.site, site_id, read)


@router.get("/charts/projects/{project_id}.svg", response_class=Response)
async def show_project_chart(project_id: Key, read: AView) -> Response:
    """Draw those of a project."""
    return await _show_status(SubjectType.project, project_id, read)


async def _show_status(what: SubjectType, key: str, read: Reading[View]) -> Response:
    speech = speech_of(read.request)
    state = await get_state(read.connection, HISTORIES[what], key, read.at)
    name = str(state["name"])
    chart = await read_status_chart(read.connection, what, key, read, speech, name)
    if chart is None:
        raise NotFoundError(_NOTHING(what=what, key=key))
    return _sent(chart, read, read.at, speech)


def _sent(chart: Chart, read: Reading[_View], at: At, speech: Speech) -> Response:
    source = speech.text("charts.source", day=speech.day(at.day), revision=at.revision)
    headers = {**read.headers, **headers_for(read.request), "Content-Security-Policy": policy()}
    return Response(document(chart, source), media_type=_SVG, headers=headers)
