"""Links in the OpenAPI document: what can be asked next with what a write answers."""

from typing import Any

_IDS = {
    "register_site": {"site_id": "subject_id", "statement_id": "id"},
    "state_site": {"statement_id": "id"},
    "register_project": {"project_id": "subject_id", "statement_id": "id"},
    "state_project": {"statement_id": "id"},
    "state_province": {"statement_id": "id"},
    "state_document": {"statement_id": "id"},
    "register_source": {"source_id": "id"},
    "register_organization": {"organization_id": "id"},
}
"""For each operation that creates: the path parameter that each member of its answer fills."""


def link_operations(document: dict[str, Any]) -> None:
    """Link each operation that creates to those that take the id of what was created."""
    operations = {
        operation["operationId"]: (path, operation)
        for path, methods in document["paths"].items()
        for operation in methods.values()
    }
    for name, members in _IDS.items():
        operations[name][1]["responses"]["201"]["links"] = {
            target: {"operationId": target, "parameters": {parameter: f"$response.body#/{member}"}}
            for parameter, member in members.items()
            for target, (path, _) in operations.items()
            if f"{{{parameter}}}" in path
        }
