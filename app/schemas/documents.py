"""Policy documents: what is stated of them beyond their entry among the sources."""

from app.domain.document_attributes import DOCUMENT_ATTRIBUTES
from app.domain.vocabulary import DocumentStatus
from app.schemas.numbers import Count
from app.schemas.subjects import Values, stated_by
from app.schemas.types import PartialDateText, Slug

_attribute = stated_by(DOCUMENT_ATTRIBUTES)


class DocumentValues(Values):
    """The attributes a statement gives. Absent: not said. ``null``: said to be unknown again."""

    status: DocumentStatus | None = _attribute("status")
    issued_on: PartialDateText | None = _attribute("issued_on")
    approved_by: Slug | None = _attribute("approved_by")
    years_implemented: Count | None = _attribute("years_implemented")
