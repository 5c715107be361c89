"""The country: the figures of all provinces together, and over time."""

from collections.abc import Mapping
from typing import Annotated

from fastapi.responses import HTMLResponse

from app.core.vocabulary import SiteKind
from app.http.reading import Reading
from app.ledger.snapshots import Snapshot
from app.pages.pages import Figures, files_of, moment, page_router, shown
from app.pages.province_charts import Drawn, drawn_of, read_country
from app.pages.speech import speech_of
from app.pages.views import View, looks_at
from app.pages.windows import WindowQuery, parameters_of, window_of
from app.statistics.query_parameters import GroupKey, RollupsQuery
from app.statistics.rollups import read_group_rollups
from app.statistics.schemas import GroupRollup, GroupRollups

router = page_router()


class CountryView(View, WindowQuery):
    """The country, and the days that its charts show."""


@router.get("/country")
async def show_country(
    read: Annotated[Reading[CountryView], looks_at(CountryView, heavy=True)],
) -> HTMLResponse:
    """Show what all provinces add up to, and the charts of it."""
    window = window_of(read.query, read.at.day)
    speech = speech_of(read.request)

    async def charts(
        found: list[GroupRollup], snapshot: Snapshot
    ) -> Mapping[SiteKind, list[Drawn]]:
        provinces, drawn = read.provinces_at(snapshot.at.revision), {}
        for one in found:
            series = await read_country(provinces, one.kind, snapshot, window, speech)
            drawn[one.kind] = drawn_of(series, speech)
        return drawn

    async def figures(snapshot: Snapshot) -> Figures:
        query = RollupsQuery(group_by=[GroupKey.country])
        provinces = read.provinces_at(snapshot.at.revision)
        answer = await read_group_rollups(provinces, query, snapshot)
        found = sorted(
            GroupRollups.model_validate(answer).items, key=lambda one: [*SiteKind].index(one.kind)
        )
        return {"rollups": found, "charts": await charts(found, snapshot)}

    files = files_of("/v1/rollups", {"group_by": GroupKey.country.value, **moment(read.at)})
    context = {"window": parameters_of(read.query)}
    return await shown(read, "country.html", figures, files=files, context=context)
