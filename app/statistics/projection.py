"""Projecting statements about provinces: one row for each observation."""

from decimal import Decimal

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.dates import Period
from app.core.digest import JsonObject
from app.ledger.tables import OPEN_REVISION
from app.statistics.indicator_schemas import ObservationValue
from app.statistics.indicators import INDICATORS
from app.statistics.tables import OBSERVATIONS

Values = JsonObject


def observation_of(stored: JsonObject) -> ObservationValue:
    """Return an observation from its stored form: decimals are strings in the ledger."""
    decimals = {
        name: Decimal(stored[name])
        for name in ("value", "value_to", "pct_of_target")
        if stored.get(name) is not None
    }
    return ObservationValue.model_validate({**stored, **decimals})


def observation_rows(statement: JsonObject) -> list[Values]:
    """Return the observation rows of a statement about a province, as it is in the ledger."""
    retracted = statement["retracted_in"]
    names = ("basis", "source_id", "authority", "effective_from", "effective_day", "date_basis")
    shared = {
        "statement_id": statement["id"],
        "known_from": statement["revision"],
        "known_to": OPEN_REVISION if retracted is None else retracted,
        "province_code": statement["subject_id"],
        **{name: statement[name] for name in names},
    }
    return [
        shared | _observation_row(position, stored, statement["effective_from"])
        for position, stored in enumerate(statement["content"], start=1)
    ]


def _observation_row(position: int, stored: JsonObject, effective_from: str) -> Values:
    observed = observation_of(stored)
    period = Period.parse(observed.period or effective_from)
    base = observed.price_base or INDICATORS[observed.indicator].price_base
    return {
        "position": position,
        "indicator": observed.indicator,
        "period": period.text,
        "period_from": period.first_day,
        "period_to": period.last_day,
        "value": observed.value,
        "value_to": observed.value_to,
        "qualifier": observed.qualifier.value,
        "pct_of_target": observed.pct_of_target,
        "price_base": base.value if base else None,
        "trend": observed.trend.value if observed.trend else None,
    }


async def close_observations(session: AsyncSession, statement_id: str, revision: int) -> None:
    """End the observations of a statement just retracted."""
    table = OBSERVATIONS.c
    ended = update(OBSERVATIONS).where(table.statement_id == statement_id)
    await session.execute(ended.values(known_to=revision))
