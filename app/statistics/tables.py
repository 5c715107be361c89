"""The table of observations: the projection of statements about provinces."""

from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from app.core.vocabulary import Basis, PriceBase, Qualifier, Trend
from app.database.tables import DecimalText, code_check, ordered_text, table_of


class Observation(SQLModel, table=True):
    """The value of one indicator of a province, as one statement gives it."""

    __tablename__ = "observation"
    __table_args__ = (
        code_check("observation", "basis", Basis),
        code_check("observation", "qualifier", Qualifier),
        code_check("observation", "price_base", PriceBase),
        code_check("observation", "trend", Trend),
        Index("ix_observation_province", "province_code", "indicator", "effective_day"),
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


OBSERVATIONS = table_of(Observation)
