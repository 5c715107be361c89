"""The state of a policy document. What is said of it is listed, not folded into versions."""

from typing import Annotated

from app.core.vocabulary import DocumentStatus
from app.subjects.attributes import Attribute
from app.subjects.definitions import SubjectDefinition
from app.subjects.states import State
from app.subjects.value_types import CodeValue, CountValue, DateValue, OrganizationValue


class DocumentState(State):
    """How far a policy document is."""

    status: Annotated[
        CodeValue[DocumentStatus],
        Attribute(
            ("Tình trạng", "Status"),
            "How far the document is (tình trạng)",
            foreseeable=True,
            codes="document_status",
        ),
    ] = None
    issued_on: Annotated[
        DateValue,
        Attribute(
            ("Ngày ban hành", "Issued on"),
            "When it was issued (ngày ban hành)",
            foreseeable=True,
        ),
    ] = None
    approved_by: Annotated[
        OrganizationValue,
        Attribute(
            ("Cơ quan phê duyệt", "Approved by"),
            "Body that approved or adopted it (cơ quan phê duyệt, thông qua)",
            foreseeable=True,
        ),
    ] = None
    years_implemented: Annotated[
        CountValue,
        Attribute(
            ("Số năm thực hiện", "Years implemented"),
            "Years of implementation so far (năm thực hiện)",
        ),
    ] = None


DEFINITION = SubjectDefinition(DocumentState)
