"""The types of codes, and the code lists that are named after them."""

import inspect
import re
from enum import StrEnum

from app.core import vocabulary
from app.core.labels import CODE_LISTS

CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
VOCABULARY: list[type[StrEnum]] = [
    found
    for _, found in inspect.getmembers(vocabulary, inspect.isclass)
    if issubclass(found, StrEnum) and found is not StrEnum
]


def snake_case(name: str) -> str:
    """Return the name of a type as lists are named: ClearanceStatus is clearance_status."""
    return CAPITAL.sub("_", name).lower()


def codes_of(name: str) -> list[str]:
    """Return the codes of a list, in its order; a filter by it also takes whether there is one."""
    known = [code.code for code in CODE_LISTS[name.removesuffix("_filter")].codes]
    return [*known, "null", "not_null"] if name.endswith("_filter") else known
