"""What a code list is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its labels.

    ``description`` is there where the labels leave a question open. ``legal_source`` names the law
    that the word comes from, by its official name.
    """

    code: str
    label_vi: str
    label_en: str
    description: str | None = None
    legal_source: str | None = None


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes that one status, basis or qualifier can take."""

    name: str
    title_vi: str
    title_en: str
    codes: tuple[Code, ...]
