"""Writing what documents say of provinces."""

from decimal import Decimal
from typing import Any, cast

from app.domain.attributes import plain_decimal
from app.domain.indicators import INDICATORS, Indicator, Measure, Unit
from app.domain.partial_dates import PartialDate
from app.domain.vocabulary import SubjectType
from app.errors import BadBodyError
from app.repositories.provinces import existing_province
from app.repositories.statements import get_statement
from app.schemas.observations import ObservationValue
from app.schemas.provinces import ProvinceStatementWrite
from app.schemas.statements import ProvinceStatement
from app.services.ledger import Writer, append, revision
from app.services.projection import project_observations
from app.services.statements import draft_statement

_WHOLE = Decimal(100)


async def state_province(
    writer: Writer, code: str, body: ProvinceStatementWrite
) -> ProvinceStatement:
    """Record what a source says of a province."""
    existing_province(writer.units, code, PartialDate.parse(body.effective_from).first_day)
    _check_observations(body)
    async with revision(writer, body.reason) as draft:
        subject = (SubjectType.province, code)
        row = await draft_statement(draft, subject, body, encoded_observations(body))
        await append(draft)
        await project_observations(draft.session, row)
        statement = await get_statement(draft.session, row.id, draft.number)
        return cast("ProvinceStatement", statement)


def _check_observations(body: ProvinceStatementWrite) -> None:
    seen: set[tuple[str, str]] = set()
    for position, observation in enumerate(body.observations):
        pointer = f"#/observations/{position}"
        indicator = INDICATORS.get(observation.indicator)
        if indicator is None:
            detail = f"No indicator {observation.indicator!r} is known; see /v1/indicators."
            raise BadBodyError.of(f"{pointer}/indicator", detail)
        _check_value(indicator, observation, pointer)
        key = (observation.indicator, observation.period or body.effective_from)
        if key in seen:
            detail = f"{observation.indicator} is given twice for the same period."
            raise BadBodyError.of(pointer, detail)
        seen.add(key)


def _check_value(indicator: Indicator, observation: ObservationValue, pointer: str) -> None:
    counterpart = indicator.counterpart
    is_share = counterpart is not None and counterpart.measure is Measure.occupancy
    for name in ("value", "value_to"):
        value: Decimal | None = getattr(observation, name)
        if value is None:
            continue
        if indicator.unit is Unit.number and value != value.to_integral_value():
            raise BadBodyError.of(f"{pointer}/{name}", "A count is a whole number.")
        if is_share and value > _WHOLE:
            raise BadBodyError.of(f"{pointer}/{name}", "A rate of occupancy is at most 100.")


def encoded_observations(body: ProvinceStatementWrite) -> list[dict[str, Any]]:
    """Return the observations of a statement as the ledger stores them."""
    return [_encoded(observation) for observation in body.observations]


def _encoded(observation: ObservationValue) -> dict[str, Any]:
    """Write an observation for the ledger: decimals as text, with the decimals they were given."""
    said = observation.model_dump(mode="python", exclude_none=True)
    return {
        name: _text(value) if isinstance(value, Decimal) else str(value)
        for name, value in said.items()
    }


def _text(value: Decimal) -> str:
    """Keep trailing zeros after the point (100.40): they tell how exactly a figure is given."""
    return f"{value:f}" if "." in f"{value:f}" else plain_decimal(value)
