"""Treatment of wastewater, as a column for it says it in words."""

import re

from app.core.labels import CODE_LISTS
from app.core.vocabulary import WastewaterTreatment
from app.imports.drafts import Draft
from app.imports.numbers import MARKERS
from app.imports.words import plain

_ATTRIBUTE = "wastewater_treatment"
_LABELS = {
    plain(text): code.code
    for code in CODE_LISTS[_ATTRIBUTE].codes
    for text in (code.code, code.label_vi, code.label_en)
}
_WORDINGS = (
    (WastewaterTreatment.not_built, r"(?:chua|khong) (?:co|dau tu|xay dung)|chua$"),
    (WastewaterTreatment.under_construction, r"dang (?:dau tu|xay dung|thi cong|trien khai|lap)"),
    (WastewaterTreatment.compliant, r"(?<!chua )(?<!khong )dat(?: tieu| quy)?(?: chuan| yeu)?"),
    (WastewaterTreatment.built, r"(?:da co|co|da (?:dau tu|xay dung)|hoan thanh|xong)"),
)
"""What begins a text, but for compliance, which comes anywhere; the first that fits counts."""
_COMPILED = tuple(
    (code, re.compile(rf"{'' if code is WastewaterTreatment.compliant else '^'}(?:{text})(?= |$)"))
    for code, text in _WORDINGS
)


def read_wastewater(draft: Draft) -> None:
    """State what the column says: a label as it is, other words to be confirmed."""
    text = draft.text(_ATTRIBUTE)
    if not text or text.lower() in MARKERS or _ATTRIBUTE not in draft.context.candidates.attributes:
        return
    words, column = plain(text), draft.context.table.first(_ATTRIBUTE)
    code = _LABELS.get(words)
    if code is None:
        code = next((code.value for code, wording in _COMPILED if wording.search(words)), None)
        draft.notes.append(f"{column.header if column else _ATTRIBUTE}: {text}")
        if code is None:
            return
        draft.confirm(_ATTRIBUTE)
    draft.now.values[_ATTRIBUTE] = code
