"""The words for the codes: every code list of the register, labelled in Vietnamese and English.

A list is named as its type in the OpenAPI document, in snake case: ``ClearanceStatus`` is
``clearance_status``. Its codes stand in the order of the type, which means something where they
follow one another (the steps of land clearance) or take precedence (the stages).
"""

from dataclasses import replace

from app.core.labels.figures import ACCESS_LISTS, FIGURE_LISTS
from app.core.labels.imports import IMPORT_LISTS
from app.core.labels.statements import STATEMENT_LISTS
from app.core.labels.subjects import PROJECT_LISTS, SITE_LISTS
from app.core.vocabulary import Code, CodeList

CODE_LISTS: dict[str, CodeList] = {
    code_list.name: code_list
    for code_list in (
        *SITE_LISTS,
        *PROJECT_LISTS,
        *STATEMENT_LISTS,
        *FIGURE_LISTS,
        *ACCESS_LISTS,
        *IMPORT_LISTS,
    )
}
"""The vocabulary, by name of the list."""


def add_code_list(code_list: CodeList) -> None:
    """Add a list that only one type of subject has; it is declared with its definition."""
    CODE_LISTS[code_list.name] = code_list


def add_code(name: str, code: Code) -> None:
    """Add a code at the end of a list, unless it is there already."""
    known = CODE_LISTS[name]
    if code.code not in {one.code for one in known.codes}:
        CODE_LISTS[name] = replace(known, codes=(*known.codes, code))
