"""Reading the catalogue of indicators, and what is stated and implied of one of them."""

from app.domain import indicator_series
from app.domain.implied import Implied
from app.domain.indicator_series import series_of
from app.domain.indicators import INDICATORS
from app.domain.indicators import Indicator as CatalogueEntry
from app.domain.observations import Observed, stated_of
from app.domain.quantities import two_decimals
from app.domain.units import Unit
from app.errors import NotFoundError
from app.repositories.figures import stated_members
from app.repositories.observations import read_observed
from app.repositories.snapshots import At, Executor
from app.schemas.indicators import (
    ImpliedValue,
    Indicator,
    SeriesPeriod,
    SeriesRevision,
    SeriesValue,
)
from app.schemas.rollups import StatedValue


def list_indicators() -> list[Indicator]:
    """Return the catalogue."""
    return [_as_indicator(indicator) for indicator in INDICATORS.values()]


def get_indicator(code: str) -> Indicator:
    """Return one entry of the catalogue."""
    indicator = INDICATORS.get(code)
    if indicator is None:
        raise NotFoundError(f"No indicator {code!r} is known; see /v1/indicators.")
    return _as_indicator(indicator)


def _as_indicator(indicator: CatalogueEntry) -> Indicator:
    shown = set(Indicator.model_fields) - {"computed"}
    members = {name: getattr(indicator, name) for name in shown}
    return Indicator(**members, computed=indicator.counterpart is not None)


async def read_series(connection: Executor, unit: Unit, code: str, at: At) -> list[SeriesPeriod]:
    """Return the periods of one indicator of a province, earliest first."""
    stated = stated_of(unit, await read_observed(connection, [unit], at), at.day)
    return [_as_period(found) for found in series_of(code, stated)]


def _as_period(found: indicator_series.SeriesPeriod) -> SeriesPeriod:
    return SeriesPeriod(
        period=found.period.text,
        period_from=found.period.first_day,
        period_to=found.period.last_day,
        values=[_as_value(revised) for revised in found.values],
        implied=[_as_implied(implied) for implied in found.implied],
    )


def _as_value(revised: indicator_series.Revised) -> SeriesValue:
    return SeriesValue.model_validate(
        {
            "basis": revised.in_force.basis,
            "price_base": revised.in_force.price_base,
            "in_force": _as_revision(revised.in_force),
            "revisions": [_as_revision(observed) for observed in revised.superseded],
        }
    )


def _as_revision(observed: Observed) -> SeriesRevision:
    return SeriesRevision.model_validate(
        {name: getattr(observed, name) for name in SeriesRevision.model_fields}
    )


def _as_implied(implied: Implied) -> ImpliedValue:
    return ImpliedValue.model_validate(
        {
            "value": two_decimals(implied.value),
            "basis": implied.basis,
            "price_base": implied.price_base,
            "rule": implied.rule,
            "formula": implied.formula,
            "follows_from": [StatedValue(**stated_members(o)) for o in implied.premises],
        }
    )
