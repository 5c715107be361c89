"""Declaring the words of pages."""

from app.core.messages import Template

PREFIX = "page"
"""What the ids of the words of pages begin with."""


def page_words(page: str, **words: str) -> None:
    """Declare words of a page by their names, with their English texts."""
    for name, english in words.items():
        Template(f"{PREFIX}.{page}.{name.replace('_', '-')}", english)
