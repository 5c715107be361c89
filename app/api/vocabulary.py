"""The vocabulary: what codes and attributes there are, and what they are called."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Path

from app.api.problems import RESPONSES
from app.api.routes import StrictRoute
from app.domain.attributes import Catalogue
from app.domain.document_attributes import DOCUMENT_ATTRIBUTES
from app.domain.labels import CODE_LISTS
from app.domain.project_attributes import PROJECT_ATTRIBUTES
from app.domain.site_attributes import SITE_ATTRIBUTES
from app.domain.vocabulary import SiteKind, SubjectType
from app.errors import NotFoundError
from app.schemas.vocabulary import Attribute, AttributePage, CodeList, CodeListPage

router = APIRouter(prefix="/v1", tags=["vocabulary"], route_class=StrictRoute, responses=RESPONSES)
ListName = Annotated[
    str, Path(description="Name of a code list, as in clearance_status.", max_length=100)
]


CATALOGUES: Mapping[SubjectType, Catalogue] = {
    SubjectType.site: SITE_ATTRIBUTES,
    SubjectType.project: PROJECT_ATTRIBUTES,
    SubjectType.source: DOCUMENT_ATTRIBUTES,
}
"""The attributes of the types of subjects that have any."""


@router.get("/vocabulary", summary="List the code lists")
async def list_code_lists() -> CodeListPage:
    """List every code list of the register, with labels in Vietnamese and English."""
    items = [_as_code_list(name) for name in CODE_LISTS]
    return CodeListPage(items=items, next_cursor=None)


@router.get("/vocabulary/{list_name}", summary="Read a code list")
async def get_code_list(list_name: ListName) -> CodeList:
    """Read the codes of one list, with labels in Vietnamese and English."""
    if list_name not in CODE_LISTS:
        known = ", ".join(CODE_LISTS)
        raise NotFoundError(f"There is no code list {list_name!r}; the lists are {known}.")
    return _as_code_list(list_name)


@router.get("/attributes", summary="List the attributes")
async def list_attributes() -> AttributePage:
    """List what statements can give a subject: name, type, unit and meaning of each attribute."""
    items = [item for of_type in CATALOGUES.items() for item in _as_attributes(*of_type)]
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
