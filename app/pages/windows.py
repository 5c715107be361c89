"""The days that charts show: the parameters ``from`` and ``to`` of an address."""

from datetime import date

from pydantic import BaseModel, Field

from app.core.errors import BadParameterError
from app.core.messages import Template
from app.core.types import Day
from app.pages.province_charts import Window

_NO_WINDOW = Template(
    "pages.no-window", "The first day of charts, {first}, must lie before the last, {last}."
)


class WindowQuery(BaseModel):
    """Which days charts show."""

    from_: Day | None = Field(default=None, alias="from", description="The first day of charts.")
    to: Day | None = Field(
        default=None, description="The last day of charts; the day of the page where it is earlier."
    )


def window_of(query: WindowQuery, day: date) -> Window:
    """Return the window of charts on a page of a day; ``BadParameterError`` if there is none."""
    last = min(query.to or day, day)
    if query.from_ is not None and query.from_ >= last:
        raise BadParameterError.of("from", _NO_WINDOW(first=query.from_, last=last))
    return Window(query.from_, last)


def parameters_of(query: WindowQuery) -> dict[str, object]:
    """Return the window as the parameters of an address, where it is given."""
    given = {"from": query.from_, "to": query.to}
    return {name: day for name, day in given.items() if day is not None}
