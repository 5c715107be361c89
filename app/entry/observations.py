"""Whether observations of a province are such that their indicators can have them."""

from datetime import date
from decimal import Decimal

from app.core.dates import Period
from app.core.errors import BadBodyError
from app.core.messages import Message, Template
from app.core.quantities import UnitOfMeasure
from app.core.validation import Faults, did_you_mean
from app.core.vocabulary import MEASURED, PriceBase
from app.entry.schemas import ProvinceStatementWrite
from app.statistics.indicator_schemas import ObservationValue
from app.statistics.indicators import INDICATORS, MONEY, Indicator

_NO_INDICATOR = Template(
    "entry.no-indicator", "No indicator {code!r} is known; see /v1/indicators."
)
_NOT_MEASURED = Template(
    "entry.not-measured",
    "Only what was reached is so much of a target: use basis actual or estimate.",
)
_PLANNED = Template(
    "entry.planned",
    "{indicator} is what a plan foresees, so basis {basis} does not fit: use plan.",
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


def check_observations(body: ProvinceStatementWrite) -> None:
    """Refuse observations that their indicators cannot have, or that are given twice."""
    seen: set[tuple[str, tuple[date, date], PriceBase | None]] = set()
    faults = Faults()
    for position, observation in enumerate(body.observations):
        pointer = f"#/observations/{position}"
        with faults.apart():
            indicator = _check_observation(body, observation, pointer)
            period = Period.parse(observation.period or body.effective_from)
            key = (indicator.code, period.days, observation.price_base or indicator.price_base)
            if key in seen:
                raise BadBodyError.of(pointer, _TWICE(indicator=observation.indicator))
            seen.add(key)
    faults.refuse()


def _check_observation(
    body: ProvinceStatementWrite, observation: ObservationValue, pointer: str
) -> Indicator:
    """Return the indicator of an observation that it can have."""
    indicator = INDICATORS.get(observation.indicator)
    if indicator is None:
        detail = did_you_mean(
            _NO_INDICATOR(code=observation.indicator), observation.indicator, INDICATORS
        )
        raise BadBodyError.of(f"{pointer}/indicator", detail)
    if indicator.is_planned and body.basis in MEASURED:
        raise BadBodyError.of("#/basis", _PLANNED(indicator=indicator.code, basis=body.basis))
    _check_numbers(indicator, observation, pointer)
    if observation.pct_of_target is not None and body.basis not in MEASURED:
        raise BadBodyError.of(f"{pointer}/pct_of_target", _NOT_MEASURED())
    _check_price_base(indicator, observation.price_base, f"{pointer}/price_base")
    return indicator


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
