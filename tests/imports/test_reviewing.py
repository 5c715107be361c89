"""What reviewing does without a database: merge patches, and names of files."""

from typing import Any

import pytest

from app.imports.reviewing import merged, name_of


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"a": "b"}, {"a": {"c": None}}, {"a": {}}),
    ],
)
def test_a_merge_patch_is_applied_as_rfc_7396_has_it(target: Any, patch: Any, result: Any) -> None:
    """The test cases of its appendix A that are about objects."""
    before = repr(target)
    assert merged(target, patch) == result
    assert repr(target) == before


@pytest.mark.parametrize(
    ("name", "media_type", "kept"),
    [
        ("a.xlsx", None, "a.xlsx"),
        (None, None, "file"),
        ("", "text/csv", "file"),
        (None, "text/tab-separated-values", "cells.tsv"),
        ("a.txt", "Text/Tab-Separated-Values; charset=utf-8", "a.txt.tsv"),
        ("a.TSV", "text/tab-separated-values", "a.TSV"),
    ],
)
def test_pasted_cells_are_named_as_what_they_are(
    name: str | None, media_type: str | None, kept: str
) -> None:
    assert name_of(name, media_type) == kept
