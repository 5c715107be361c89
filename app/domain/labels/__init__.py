"""The words for the codes: every code list of the register, labelled in Vietnamese and English.

A list is named as its type in the OpenAPI document, in snake case: ``ClearanceStatus`` is
``clearance_status``. Its codes stand in the order of the type, which tells something where they
follow one another (the steps of land clearance) or take precedence (the stages).
"""

from app.domain.labels.access import ACCESS_LISTS
from app.domain.labels.figures import FIGURE_LISTS
from app.domain.labels.lists import CodeList
from app.domain.labels.projects import PROJECT_LISTS
from app.domain.labels.sites import SITE_LISTS
from app.domain.labels.statements import STATEMENT_LISTS

CODE_LISTS: dict[str, CodeList] = {
    code_list.name: code_list
    for code_list in (
        *SITE_LISTS,
        *PROJECT_LISTS,
        *STATEMENT_LISTS,
        *FIGURE_LISTS,
        *ACCESS_LISTS,
    )
}
"""The vocabulary, by name of the list."""
