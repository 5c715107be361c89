"""The columns of the register's own files, exported or a template, by what their headers say.

Headers are the labels of the register in Vietnamese or English, or the names of the API. Such a
table is read cell by cell, without what other tables need guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.imports.words import plain
from app.subjects.attributes import PLANNED, Attribute, Catalogue

NOTE_LABELS = ("Ghi chú", "Note")
_NAMES = {"id", "name"}
_KINDS = {"id", "kind"}


@dataclass(frozen=True, slots=True)
class OwnColumns:
    """``by_header`` gives the name of a column by its folded header, ``attributes`` what is stated.

    Columns of other names only show something: what is computed, names beside ids, times, points.
    """

    by_header: Mapping[str, str]
    attributes: Catalogue

    @classmethod
    def labelled(cls, labels: Mapping[str, Sequence[str]], attributes: Catalogue) -> "OwnColumns":
        """Return the columns with some labels, by name."""
        texts = ((text, name) for name, shown in labels.items() for text in (name, *shown))
        return cls({plain(text): name for text, name in texts}, attributes)

    def name_of(self, header: str) -> str | None:
        """Return the name of the column that a header is of."""
        return self.by_header.get(plain(header))

    def are_header(self, texts: Sequence[str]) -> bool:
        """Return whether the texts of a row are the header: sites by name, and most of it known."""
        known = {name for text in texts if (name := self.name_of(text))}
        is_of_sites = bool(known & _NAMES) and bool(known & _KINDS) and len(known) > 1
        return is_of_sites and 2 * len(known) > len(texts)

    def key_of(self, name: str) -> str:
        """Return the column of the id beside which a column has the name, else the column."""
        key = name.removesuffix("_name")
        return key if key != name and self.stated(key) else name

    def stated(self, name: str) -> Attribute | None:
        """Return the attribute that cells of a column state, in whichever lane."""
        attribute = self.attributes.get(name.removeprefix(PLANNED))
        return None if attribute and attribute.head == "geometry" else attribute
