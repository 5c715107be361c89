"""The types of attributes: each says how a value is stated, shown and kept, in one place.

A type is an alias that a member of a state is annotated with, and the member's default is
``None``: ``= Field(…)`` would lose the type of the column.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeVar

from sqlalchemy import BigInteger, Integer, Text
from sqlmodel import Field

from app.core.numbers import (
    Count,
    Hectares,
    HectaresOrZero,
    Money,
    Number,
    Percent,
    Phase,
    PositiveQuantity,
    Whole,
)
from app.core.types import Line, OrganizationId, PartialDateText, SiteId, UnitCode
from app.database.tables import (
    CanonicalJson,
    HectaresType,
    PercentType,
    QuantityType,
    ordered_text,
)
from app.subjects.attributes import ValueType
from app.subjects.geometry_schemas import Geometry, ShownGeometry


@dataclass(frozen=True, slots=True)
class Form:
    """The type of an attribute, and the type of its values in answers.

    Codes have no type of their own here: answers show the text, described as the enumeration.
    """

    type: ValueType
    shown: object = str


_Codes = TypeVar("_Codes", bound=StrEnum)
_Ordered = Field(sa_type=ordered_text())
CODE = Form(ValueType.code)
Code = Annotated[_Codes, _Ordered, CODE]
"""A code that is always known."""
CodeValue = Annotated[_Codes | None, _Ordered, CODE]
TextValue = Annotated[Line | None, Field(sa_type=Text), Form(ValueType.text)]
UnitTextValue = Annotated[Line | None, _Ordered, Form(ValueType.text)]
"""The name of a unit of measure."""
TextsValue = Annotated[
    list[Line] | None, Field(sa_type=CanonicalJson), Form(ValueType.texts, list[str])
]
UnitValue = Annotated[UnitCode | None, _Ordered, Form(ValueType.unit)]
"""The code of an administrative unit."""
OrganizationValue = Annotated[
    OrganizationId | None,
    Field(sa_type=ordered_text(), foreign_key="organization.id"),
    Form(ValueType.organization),
]
SiteValue = Annotated[
    SiteId | None, Field(sa_type=ordered_text(), foreign_key="site.id"), Form(ValueType.site)
]
HectaresValue = Annotated[
    Hectares | None, Field(sa_type=HectaresType), Form(ValueType.hectares, Number)
]
HectaresOrZeroValue = Annotated[
    HectaresOrZero | None, Field(sa_type=HectaresType), Form(ValueType.hectares, Number)
]
PercentValue = Annotated[
    Percent | None, Field(sa_type=PercentType), Form(ValueType.percent, Number)
]
QuantityValue = Annotated[
    PositiveQuantity | None, Field(sa_type=QuantityType), Form(ValueType.quantity, Number)
]
CountValue = Annotated[Count | None, Field(sa_type=Integer), Form(ValueType.number, Whole)]
PhaseValue = Annotated[Phase | None, Field(sa_type=Integer), Form(ValueType.number, Whole)]
MoneyValue = Annotated[Money | None, Field(sa_type=BigInteger), Form(ValueType.money, Whole)]
DateValue = Annotated[PartialDateText | None, _Ordered, Form(ValueType.partial_date)]
GeometryValue = Annotated[
    Geometry | None, Field(sa_type=Text), Form(ValueType.geometry, ShownGeometry)
]
