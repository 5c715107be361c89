"""What the OpenAPI document says of filters: they are named as the attributes they look at."""

from typing import Any

from app.domain.project_attributes import PROJECT_ATTRIBUTES
from app.domain.site_attributes import SITE_ATTRIBUTES

_MEANINGS = {
    name: catalogue[name].meaning
    for catalogue in (PROJECT_ATTRIBUTES, SITE_ATTRIBUTES)
    for name in catalogue
} | {
    "kind": "Kind of site (loại hình)",
    "stage": "One word derived from the status tracks",
    "indicator": "Code of the indicator; see /v1/indicators",
    "basis": "How the statement is meant",
    "severity": "How much it matters",
    "action": "What happened",
}
# Members of the statement that a patch becomes.
_OF_STATEMENT = {
    "locator": "Where in the source: line, page.",
    "note": "What else is to be known of the statement.",
    "reason": "Why this is recorded now.",
    "override_reason": "Why an irregular change is right all the same.",
}


def describe_filters(document: dict[str, Any]) -> None:
    """Describe each parameter that has no words of its own."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if "description" not in parameter:
                    parameter["description"] = _described(parameter["name"])


def _described(name: str) -> str:
    said = _OF_STATEMENT.get(name)
    return said or f"{_MEANINGS[name]}. Repeat it for several; all when absent."
