"""What can be stated of a policy document beyond its entry among the sources.

A new attribute is added here and in ``schemas/documents.py``; a test tells when one was forgotten.
"""

from app.domain.attributes import Attribute, Catalogue, ValueType

_T = ValueType
DOCUMENT_ATTRIBUTES = Catalogue(
    Attribute(
        "status",
        _T.code,
        "How far the document is (tình trạng)",
        foreseeable=True,
        codes="document_status",
    ),
    Attribute("issued_on", _T.partial_date, "When it was issued (ngày ban hành)", foreseeable=True),
    Attribute(
        "approved_by",
        _T.organization,
        "Body that approved or adopted it (cơ quan phê duyệt, thông qua)",
        foreseeable=True,
    ),
    Attribute("years_implemented", _T.number, "Years of implementation so far (năm thực hiện)"),
)
"""The catalogue; its order is that of answers."""
