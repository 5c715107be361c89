"""Writing what documents say of provinces."""

from datetime import date
from decimal import Decimal
from typing import Any, cast

from app.core.dates import PartialDate, Period
from app.core.errors import BadBodyError
from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import PriceBase, SubjectType
from app.entry.dry_run import with_dry_run
from app.entry.rights import check_rights
from app.entry.schemas import ProvinceStatement, ProvinceStatementWrite
from app.entry.statement_queries import get_statement
from app.entry.statements import draft_statement
from app.ledger.revisions import Writer, append, revision
from app.statistics.indicator_schemas import ObservationValue
from app.statistics.indicators import INDICATORS, MONEY, Indicator
from app.statistics.observations import MEASURED
from app.statistics.projection import project_observations
from app.subjects.attributes import plain_decimal
from app.units.provinces import existing_province

_WHOLE = Decimal(100)


async def state_province(
    writer: Writer, code: str, body: ProvinceStatementWrite
) -> ProvinceStatement:
    """Record what a source says of a province."""
    day = PartialDate.parse(body.effective_from).first_day
    check_rights(writer, [existing_province(writer.units, code, day)])
    _check_observations(body)
    async with revision(writer, body.reason) as draft:
        subject = (SubjectType.province, code)
        row = await draft_statement(draft, subject, body, encoded_observations(body))
        await append(draft)
        await project_observations(draft.session, row)
        statement = await get_statement(draft.session, row.id, draft.number)
        statement = await with_dry_run(draft, subject, row.effective_day, statement)
        return cast("ProvinceStatement", statement)


def _check_observations(body: ProvinceStatementWrite) -> None:
    seen: set[tuple[str, tuple[date, date], PriceBase | None]] = set()
    for position, observation in enumerate(body.observations):
        pointer = f"#/observations/{position}"
        indicator = INDICATORS.get(observation.indicator)
        if indicator is None:
            detail = f"No indicator {observation.indicator!r} is known; see /v1/indicators."
            raise BadBodyError.of(f"{pointer}/indicator", detail)
        _check_numbers(indicator, observation, pointer)
        if observation.pct_of_target is not None and body.basis not in MEASURED:
            detail = "Only what was reached is so much of a target: use basis actual or estimate."
            raise BadBodyError.of(f"{pointer}/pct_of_target", detail)
        _check_price_base(indicator, observation.price_base, f"{pointer}/price_base")
        period = Period.parse(observation.period or body.effective_from)
        key = (indicator.code, period.days, observation.price_base or indicator.price_base)
        if key in seen:
            detail = f"{observation.indicator} is given twice for the same period."
            raise BadBodyError.of(pointer, detail)
        seen.add(key)


def _check_numbers(indicator: Indicator, observation: ObservationValue, pointer: str) -> None:
    for name in ("value", "value_to", "pct_of_target"):
        value: Decimal | None = getattr(observation, name)
        if value is not None and value < 0 and not indicator.is_growth:
            detail = f"{indicator.code} cannot be negative; only growth can."
            raise BadBodyError.of(f"{pointer}/{name}", detail)
    for name in ("value", "value_to"):
        value = getattr(observation, name)
        problem = None if value is None else _misfit(indicator, value)
        if problem:
            raise BadBodyError.of(f"{pointer}/{name}", problem)


def _misfit(indicator: Indicator, value: Decimal) -> str | None:
    """Say why a value cannot be one of the indicator, or return ``None``."""
    if indicator.unit is UnitOfMeasure.number and value != value.to_integral_value():
        return "A count is a whole number."
    if indicator.is_share and value > _WHOLE:
        return "A share is at most 100."
    if indicator.is_growth and value < -_WHOLE:
        return "Growth is at least -100: nothing shrinks by more than all of it."
    return None


def _check_price_base(indicator: Indicator, base: PriceBase | None, pointer: str) -> None:
    if base is None:
        return
    if indicator.unit not in MONEY:
        raise BadBodyError.of(pointer, f"{indicator.code} is no money, so it has no prices.")
    if indicator.price_base not in {None, base}:
        detail = f"{indicator.code} is defined at {indicator.price_base} prices."
        raise BadBodyError.of(pointer, detail)


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
