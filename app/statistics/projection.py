"""Statements about provinces as rows: the table of observations, one for each of a statement."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Index, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from app.core.dates import Period
from app.core.digest import JsonObject
from app.core.vocabulary import Basis, PriceBase, Qualifier, Trend
from app.database.tables import DecimalText, code_check, ordered_text, table_of
from app.ledger.tables import OPEN_REVISION
from app.statistics.indicator_schemas import ObservationValue
from app.statistics.indicators import INDICATORS
from app.subjects.histories import Values


class Observation(SQLModel, table=True):
    """The value of one indicator of a province, as one statement gives it."""

    __tablename__ = "observation"
    __table_args__ = (
        code_check("observation", "basis", Basis),
        code_check("observation", "qualifier", Qualifier),
        code_check("observation", "price_base", PriceBase),
        code_check("observation", "trend", Trend),
        Index("ix_observation_province", "province_code", "indicator", "effective_day"),
        Index("ix_observation_known_from", "known_from"),
        Index("ix_observation_known_to", "known_to"),
    )

    statement_id: str = Field(primary_key=True, foreign_key="statement.id", sa_type=ordered_text())
    position: int = Field(primary_key=True)
    known_from: int = Field(sa_type=BigInteger)
    known_to: int = Field(sa_type=BigInteger)
    province_code: str
    indicator: str = Field(sa_type=ordered_text())
    basis: str
    period: str
    period_from: date
    period_to: date
    value: Decimal = Field(sa_type=DecimalText)
    value_to: Decimal | None = Field(default=None, sa_type=DecimalText)
    qualifier: str
    pct_of_target: Decimal | None = Field(default=None, sa_type=DecimalText)
    price_base: str | None = None
    trend: str | None = None
    source_id: str = Field(sa_type=ordered_text())
    authority: int
    effective_from: str
    effective_day: date
    date_basis: str
    rank_of: str | None = Field(default=None, sa_type=ordered_text())


OBSERVATIONS = table_of(Observation)


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
    names = (
        "basis",
        "source_id",
        "authority",
        "effective_from",
        "effective_day",
        "date_basis",
        "rank_of",
    )
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
