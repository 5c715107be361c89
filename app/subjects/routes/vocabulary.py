"""The vocabulary: code lists and attributes with their labels."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Path
from pydantic import Field

from app.core.errors import NotFoundError
from app.core.labels import CODE_LISTS
from app.core.messages import Template
from app.core.types import Answer
from app.core.vocabulary import SiteKind, SubjectType
from app.http.reading import HELD
from app.http.strict_routes import strict_router
from app.subjects.attributes import Catalogue, ValueType
from app.subjects.definitions import DEFINITIONS


class Code(Answer):
    """One code of a list, with its labels."""

    code: str
    label_vi: str
    label_en: str
    description: str | None = Field(description="Where the labels leave a question open.")
    legal_source: str | None = Field(
        description="The law or decree that the word comes from, by its official name."
    )


class CodeList(Answer):
    """The codes that one status, basis or qualifier can take, in their own order."""

    name: str = Field(
        description="Name of the type in this document, in snake case: ClearanceStatus is "
        "clearance_status."
    )
    title_vi: str
    title_en: str
    codes: list[Code]


class CodeListPage(Answer):
    """All code lists."""

    items: list[CodeList]
    next_cursor: str | None


class Attribute(Answer):
    """One attribute that statements give a subject; the same name is used everywhere."""

    subject_type: SubjectType
    name: str
    type: ValueType
    unit: str | None = Field(description="Code of the list unit; null where there is none.")
    code_list: str | None = Field(
        description="With type code: the list of its codes; see /v1/vocabulary."
    )
    meaning: str
    foreseeable: bool = Field(
        description="Whether it can be stated with basis plan or target; otherwise it says what "
        "is so, with basis actual or estimate."
    )
    kinds: list[SiteKind] = Field(description="The kinds of sites that have it; empty otherwise.")
    clearable: bool = Field(description="Whether null can be stated: no longer known or valid.")


class AttributePage(Answer):
    """The attributes of every type of subject, each type's in their own order."""

    items: list[Attribute]
    next_cursor: str | None


router = strict_router("", "vocabulary")
ListName = Annotated[
    str, Path(description="Name of a code list, as in clearance_status.", max_length=100)
]


@router.get("/vocabulary", summary="List the code lists", dependencies=[HELD])
async def list_code_lists() -> CodeListPage:
    """List every code list of the register, with labels in Vietnamese and English."""
    items = [_as_code_list(name) for name in CODE_LISTS]
    return CodeListPage(items=items, next_cursor=None)


_NO_SUCH_LIST = Template(
    "subjects.no-such-list", "There is no code list {name!r}; the lists are {known}."
)


@router.get("/vocabulary/{list_name}", summary="Read a code list", dependencies=[HELD])
async def get_code_list(list_name: ListName) -> CodeList:
    """Read the codes of one list, with labels in Vietnamese and English."""
    if list_name not in CODE_LISTS:
        known = ", ".join(CODE_LISTS)
        raise NotFoundError(_NO_SUCH_LIST(name=list_name, known=known))
    return _as_code_list(list_name)


@router.get("/attributes", summary="List the attributes", dependencies=[HELD])
async def list_attributes() -> AttributePage:
    """List what statements can give a subject: name, type, unit and meaning of each attribute."""
    items = [
        item
        for subject_type, definition in DEFINITIONS.items()
        for item in _as_attributes(subject_type, definition.attributes)
    ]
    return AttributePage(items=items, next_cursor=None)


def _as_code_list(name: str) -> CodeList:
    return CodeList.model_validate(CODE_LISTS[name], from_attributes=True)


def _as_attributes(subject_type: SubjectType, catalogue: Catalogue) -> Iterator[Attribute]:
    of_sites = subject_type is SubjectType.site
    for attribute in catalogue.values():
        yield Attribute(
            subject_type=subject_type,
            name=attribute.name,
            type=attribute.type,
            unit=attribute.unit,
            code_list=attribute.code_list,
            meaning=attribute.meaning,
            foreseeable=attribute.foreseeable,
            clearable=attribute.clearable,
            kinds=[k for k in SiteKind if of_sites and k in (attribute.kinds or SiteKind)],
        )
