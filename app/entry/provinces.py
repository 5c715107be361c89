"""Writing statements about provinces."""

from datetime import date
from decimal import Decimal
from typing import Any, cast

from app.core.dates import PartialDate, Period
from app.core.errors import BadBodyError
from app.core.messages import Message, Template
from app.core.quantities import UnitOfMeasure
from app.core.vocabulary import PriceBase, SubjectType
from app.entry.dry_run import with_dry_run
from app.entry.rights import check_rights
from app.entry.schemas import ProvinceStatement, ProvinceStatementWrite
from app.entry.statements import append_statement, draft_statement
from app.ledger.revisions import Writer, revision
from app.statistics.indicator_schemas import ObservationValue
from app.statistics.indicators import INDICATORS, MONEY, Indicator
from app.statistics.observations import MEASURED
from app.statistics.projection import project_observations
from app.subjects.attributes import plain_decimal
from app.units.provinces import existing_province

_NO_INDICATOR = Template(
    "entry.no-indicator", "No indicator {code!r} is known; see /v1/indicators."
)
_NOT_MEASURED = Template(
    "entry.not-measured",
    "Only what was reached is so much of a target: use basis actual or estimate.",
)
_TWICE = Template("entry.indicator-twice", "{indicator} is given twice for the same period.")
_NEGATIVE = Template("entry.negative", "{indicator} cannot be negative; only growth can.")
_COUNT = Template("entry.count", "A count is a whole number.")
_SHARE = Template("entry.share", "A share is at most 100.")
_SHRINKS = Template(
    "entry.shrinks", "Growth is at least -100: nothing shrinks by more than all of it."
)
_NO_MONEY = Template("entry.no-money", "{indicator} is no money, so it has no prices.")
_PRICES = Template("entry.prices", "{indicator} is defined at {prices} prices.")
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
        drafted = await draft_statement(draft, subject, body, encoded_observations(body))
        statement = await append_statement(draft, drafted)
        await project_observations(draft.session, drafted.row)
        statement = await with_dry_run(draft, subject, drafted.row.effective_day, statement)
        return cast("ProvinceStatement", statement)


def _check_observations(body: ProvinceStatementWrite) -> None:
    seen: set[tuple[str, tuple[date, date], PriceBase | None]] = set()
    for position, observation in enumerate(body.observations):
        pointer = f"#/observations/{position}"
        indicator = INDICATORS.get(observation.indicator)
        if indicator is None:
            detail = _NO_INDICATOR(code=observation.indicator)
            raise BadBodyError.of(f"{pointer}/indicator", detail)
        _check_numbers(indicator, observation, pointer)
        if observation.pct_of_target is not None and body.basis not in MEASURED:
            raise BadBodyError.of(f"{pointer}/pct_of_target", _NOT_MEASURED())
        _check_price_base(indicator, observation.price_base, f"{pointer}/price_base")
        period = Period.parse(observation.period or body.effective_from)
        key = (indicator.code, period.days, observation.price_base or indicator.price_base)
        if key in seen:
            raise BadBodyError.of(pointer, _TWICE(indicator=observation.indicator))
        seen.add(key)


def _check_numbers(indicator: Indicator, observation: ObservationValue, pointer: str) -> None:
    for name in ("value", "value_to", "pct_of_target"):
        value: Decimal | None = getattr(observation, name)
        if value is not None and value < 0 and not indicator.is_growth:
            raise BadBodyError.of(f"{pointer}/{name}", _NEGATIVE(indicator=indicator.code))
    for name in ("value", "value_to"):
        value = getattr(observation, name)
        problem = None if value is None else _misfit(indicator, value)
        if problem:
            raise BadBodyError.of(f"{pointer}/{name}", problem)


def _misfit(indicator: Indicator, value: Decimal) -> Message | None:
    """Return why a value cannot be one of the indicator, ``None`` if it can."""
    if indicator.unit is UnitOfMeasure.number and value != value.to_integral_value():
        return _COUNT()
    if indicator.is_share and value > _WHOLE:
        return _SHARE()
    if indicator.is_growth and value < -_WHOLE:
        return _SHRINKS()
    return None


def _check_price_base(indicator: Indicator, base: PriceBase | None, pointer: str) -> None:
    if base is None:
        return
    if indicator.unit not in MONEY:
        raise BadBodyError.of(pointer, _NO_MONEY(indicator=indicator.code))
    if indicator.price_base not in {None, base}:
        detail = _PRICES(indicator=indicator.code, prices=indicator.price_base)
        raise BadBodyError.of(pointer, detail)


def encoded_observations(body: ProvinceStatementWrite) -> list[dict[str, Any]]:
    """Return the observations of a statement in the form that the ledger stores."""
    return [_encoded(observation) for observation in body.observations]


def _encoded(observation: ObservationValue) -> dict[str, Any]:
    """Return an observation for the ledger: numbers as text, with the decimals they came with."""
    stated = observation.model_dump(mode="python", exclude_none=True)
    return {
        name: _text(value) if isinstance(value, Decimal) else str(value)
        for name, value in stated.items()
    }


def _text(value: Decimal) -> str:
    """Keep trailing zeros after the point (100.40): they show how exactly a figure is given."""
    text = f"{value:f}"
    return text if "." in text else plain_decimal(value)
