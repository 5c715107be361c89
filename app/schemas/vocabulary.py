"""The vocabulary: code lists with their labels, and the attributes that statements give."""

from pydantic import Field

from app.domain.attributes import ValueType
from app.domain.vocabulary import SiteKind, SubjectType
from app.schemas.types import Answer


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
