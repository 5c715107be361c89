"""Charts of provinces as pictures, to be embedded anywhere."""

from typing import Annotated

from fastapi import Path, Response
from pydantic import Field

from app.core.query_parameters import FROM_TEXT, BoundariesQuery
from app.core.vocabulary import SiteKind
from app.http.readers import reader_of
from app.http.reading import ProvinceCode, Reading, province_at
from app.ledger.snapshots import Snapshot
from app.pages.charts.standalone import document, policy
from app.pages.pages import headers_for, page_router
from app.pages.province_charts import ProvinceFigure, draw, read_series
from app.pages.speech import Speech
from app.pages.views import View, looks_at

router = page_router()
_SVG = "image/svg+xml"


class ChartView(View, BoundariesQuery):
    """The query of a chart: what it is about, and how wide it is."""

    kind: SiteKind = Field(default=SiteKind.cluster, description="Which kind of site.")
    width: Annotated[int, Field(ge=240, le=1600), FROM_TEXT] = Field(
        default=640, description="Width in pixels."
    )


@router.get("/charts/provinces/{code}/{figure}.svg", response_class=Response)
async def show_province_chart(
    code: ProvinceCode,
    figure: Annotated[ProvinceFigure, Path(description="What the chart shows.")],
    read: Annotated[Reading[ChartView], looks_at(ChartView, heavy=True)],
) -> Response:
    """Draw a figure of a province over time, up to a day, as known at a revision."""
    query = read.query
    unit, at, _ = province_at(read, code, query.as_of, query.boundaries)
    snapshot = Snapshot(at, read.today, read.units)
    series = await read_series(read.connection, unit, query.kind, query.boundaries, snapshot)
    speech = Speech(reader_of(read.request).language)
    chart = draw(series, figure, speech, query.width)
    source = speech.text("charts.source", day=speech.day(at.day), revision=at.revision)
    headers = {**read.headers, **headers_for(read.request), "Content-Security-Policy": policy()}
    return Response(document(chart, source), media_type=_SVG, headers=headers)
