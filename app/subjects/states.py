"""The base of the states of subjects: classes that declare attributes, once for all that follow.

From the members of a state follow the values of statements and the answers (``schemas.py``), the
tables of versions (``tables.py``), the filters and sort keys of lists (``query_parameters.py``),
the columns of exports and the vocabulary. A member is written ``name: Annotated[type,
Attribute(…)] = None``, with a type of ``value_types.py``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict
from sqlmodel import Field, SQLModel

from app.core.types import Shown
from app.subjects.attributes import Attribute, Catalogue, Origin, Tallied
from app.subjects.value_types import Form, TextsValue, TextValue, UnitValue


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a state: its attribute, and the types of its values.

    ``stated`` and ``shown`` are types of known values, in statements and in answers.
    """

    attribute: Attribute
    stated: object
    shown: object
    codes: type[StrEnum] | None
    is_optional: bool

    @property
    def in_answers(self) -> object:
        """The annotation of the member in answers: always there, ``null`` when unknown."""
        shown = self.shown | None if self.is_optional else self.shown  # type: ignore[operator]
        return Annotated[shown, Field(description=self.attribute.meaning)]


class State(SQLModel):
    """The attributes of a subject on a day. Unknown is ``None``."""

    # Of one type with those of bodies and answers, which states are combined with.
    model_config: ClassVar[ConfigDict] = ConfigDict(from_attributes=False)  # type: ignore[assignment]
    # States are made as models are. What SQLModel does instead is for objects of tables, of which
    # none are made, and takes four times as long for a page of sites.
    __init__ = BaseModel.__init__

    def __new__(cls, *_: object, **_members: object) -> Self:
        """Make an instance without what SQLAlchemy needs of an object of a table."""
        return object.__new__(cls)

    members: ClassVar[dict[str, Member]] = {}
    """All members that are attributes, in the order of answers."""
    attributes: ClassVar[Catalogue] = Catalogue()
    """The attributes that statements give."""

    @classmethod
    def known(cls, values: Mapping[str, object]) -> Self:
        """Return a state of values that were validated when they were stated."""
        state = cls.__new__(cls)
        state.__dict__.update({**dict.fromkeys(cls.members), **values})
        return state

    @classmethod
    def tallied(cls, *ways: Tallied) -> tuple[str, ...]:
        """Return the names of the attributes that figures use in these ways, way after way."""
        return tuple(
            name
            for way in ways
            for name, member in cls.members.items()
            if member.attribute.tallied is way
        )

    def __init_subclass__(cls) -> None:
        """Read the attributes that the class declares, before pydantic reads its members."""
        declared = dict(_members(cls.__annotations__))
        cls.__annotations__ |= {
            name: Annotated[cls.__annotations__[name], Field(description=one.attribute.meaning)]
            for name, one in declared.items()
        }
        # As pydantic orders them: those of the last base come first.
        parts: list[dict[str, Member]] = [
            *(getattr(base, "members", {}) for base in reversed(cls.__bases__)),
            declared,
        ]
        cls.members = {name: member for part in parts for name, member in part.items()}
        stated = [one.attribute for one in cls.members.values()]
        cls.attributes = Catalogue(a for a in stated if a.origin is Origin.stated)
        super().__init_subclass__()


def _members(annotations: dict[str, object]) -> Iterator[tuple[str, Member]]:
    for name, annotation in annotations.items():
        value, *metadata = get_args(annotation) or (None,)
        attribute = next((m for m in metadata if isinstance(m, Attribute)), None)
        form = next((m for m in metadata if isinstance(m, Form)), None)
        if attribute and form:
            named = replace(attribute, name=name, type=form.type)
            known = [one for one in get_args(value) if one is not type(None)] or [value]
            stated = known[0] if len(known) == 1 else value
            codes = stated if isinstance(stated, type) and issubclass(stated, StrEnum) else None
            shown = Annotated[str, Shown(codes)] if codes else form.shown
            yield name, Member(named, stated, shown, codes, type(None) in get_args(value))


class PlacedState(State):
    """The name and the place, which sites and projects share."""

    name: Annotated[
        TextValue,
        Attribute(
            ("Tên", "Name"),
            "Name (tên)",
            foreseeable=True,
            clearable=False,
            searched=True,
            sorts=True,
        ),
    ] = None
    name_en: Annotated[
        TextValue,
        Attribute(
            ("Tên tiếng Anh", "English name"), "English name", foreseeable=True, searched=True
        ),
    ] = None
    aliases: Annotated[
        TextsValue,
        Attribute(
            ("Tên gọi khác", "Other names"), "Other names in use", foreseeable=True, searched=True
        ),
    ] = None
    province_code: Annotated[
        UnitValue,
        Attribute(
            ("Mã tỉnh", "Province code"),
            "Province (tỉnh), official code of the day",
            foreseeable=True,
            clearable=False,
            filtered=True,
            sorts=True,
        ),
    ] = None
    district_code: Annotated[
        UnitValue,
        Attribute(
            ("Mã huyện", "District code"),
            "District (huyện), until 2025-07-01",
            foreseeable=True,
            filtered=True,
            sorts=True,
        ),
    ] = None
    commune_code: Annotated[
        UnitValue,
        Attribute(
            ("Mã xã", "Commune code"),
            "Commune (xã), official code of the day",
            foreseeable=True,
            filtered=True,
            sorts=True,
        ),
    ] = None
    address: Annotated[
        TextValue,
        Attribute(("Địa chỉ", "Address"), "Address or description of the place", foreseeable=True),
    ] = None
