"""What sites, projects and policy documents share: stated values, provenance, withdrawal."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from app.domain.attributes import Catalogue
from app.domain.site_attributes import SITE_ATTRIBUTES
from app.schemas.numbers import Whole
from app.schemas.types import Answer, Body, Line, UnitCode


def stated_by(catalogue: Catalogue) -> Callable[[str], Any]:
    """Return what makes the field of an optional attribute, described by the catalogue."""
    return lambda name: Field(default=None, description=catalogue[name].meaning)


def shown_by(catalogue: Catalogue) -> Callable[[str], Any]:
    """Return what makes the field of an attribute in an answer: present, ``null`` when unknown."""
    return lambda name: Field(description=catalogue[name].meaning)


class Values(Body):
    """The attributes a statement gives. Absent: not said. ``null``: said to be unknown again."""

    @model_serializer(mode="wrap")
    def show_what_was_said(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what was not said: it differs from what was said to be unknown."""
        shown: Mapping[str, Any] = handler(self)
        return {name: value for name, value in shown.items() if name in self.model_fields_set}


_attribute = stated_by(SITE_ATTRIBUTES)


class PlacedValues(Values):
    """The name and the place, which sites and projects share."""

    name: Line | None = _attribute("name")
    name_en: Line | None = _attribute("name_en")
    aliases: list[Line] | None = _attribute("aliases")
    province_code: UnitCode | None = _attribute("province_code")
    district_code: UnitCode | None = _attribute("district_code")
    commune_code: UnitCode | None = _attribute("commune_code")
    address: Line | None = _attribute("address")


class Provenance(Answer):
    """Which statement decides an attribute."""

    attribute: str
    statement_id: str
    source_id: str
    effective_from: str
    revision: Whole


class ProvenanceList(Answer):
    """For each known attribute of a site or project on a date: who said so."""

    items: list[Provenance]
    next_cursor: str | None
    as_of: date
    revision: Whole


class WithdrawalWrite(Body):
    """Why a site or project is withdrawn from the register."""

    reason: Line
