"""Canonical JSON and the digest chain of the ledger."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

JsonObject = dict[str, Any]
"""A JSON object whose members are known by what it is: a document, a schema, a recorded value."""
GENESIS = "0" * 64
"""The digest before the first revision."""
# Made once: making one costs more than writing a statement by it.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_SIMPLE = {str, int, bool, type(None)}


def canonical_json(content: object) -> str:
    """Write JSON in its one canonical form: sorted keys, no blanks, no needless escapes.

    Binary fractions raise ``TypeError``: their text depends on the program that writes it.
    """
    _refuse_floats(content)
    return _ENCODER.encode(content)


def content_digest(content: object) -> str:
    """Return the SHA-256 of the canonical JSON of ``content`` as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def chain_digest(previous: str, revision: Mapping[str, object]) -> str:
    """Return the digest of a revision: over the previous digest and the revision's content."""
    return content_digest({"previous": previous, "revision": revision})


def _refuse_floats(content: object) -> None:
    if isinstance(content, float):
        raise TypeError(f"a binary fraction ({content!r}) has no canonical form")
    if isinstance(content, Mapping | list | tuple):
        parts = content.values() if isinstance(content, Mapping) else content
        for value in parts:
            if type(value) not in _SIMPLE:
                _refuse_floats(value)
