"""The examples of the OpenAPI document: requests that are sent, and what was answered.

The requests stand in ``requests.py``. ``icr examples`` sends them, in their order,
to a register with the facts of the documents, and keeps the answers in ``app/data/examples.json``;
a test sends them again, on both databases, and compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """A request for an operation: what stands in its path, its query and its body."""

    operation: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
