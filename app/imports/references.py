"""Organizations and documents that a file names: those of the register, or new ones."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, count

from app.core.labels.statements import SOURCE_KINDS
from app.core.vietnamese import slug
from app.core.vocabulary import ChangeSubjectType, SourceKind
from app.entry.bulk import read_item
from app.entry.items import Item, Registering
from app.imports.contexts import Candidates
from app.imports.decisions import Citation
from app.imports.existing import Existing
from app.imports.organizations import full_name, key_of
from app.imports.report import Json, Report

_MOST_ID = 80
_MOST_LINE = 500
_DATED = len("-2026-06-30")
_KINDS = {
    "qd": SourceKind.decision,
    "nq": SourceKind.resolution,
    "nd": SourceKind.decree,
    "kh": SourceKind.plan,
    "kl": SourceKind.conclusion,
    "ctr": SourceKind.programme,
    "da": SourceKind.programme,
}
_TYPE = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Document:
    """The source that a file is recorded of: a registered one, or what makes a new one.

    ``name`` is that of the file, for those that have neither a number nor a title.
    """

    name: str
    source_id: str | None = None

    def id_of(self, report: Report) -> str:
        """Return the id that it has, or has by its number or title.

        Reports that share a title are distinguished by their dates.
        """
        if self.source_id is not None:
            return self.source_id
        source = report.source
        number, day = source.get("number"), source.get("published_on")
        if number:
            return numbered_id(str(source.get("kind")), number, day)
        named = source.get("title") or source.get("issuer") or self.name
        title = slug(named)[: _MOST_ID - _DATED].rstrip("-")
        dated = day or report.effective_from
        return "-".join(filter(None, (title or SourceKind.report.value, dated)))

    def registration(self, report: Report) -> Json:
        """Return the members of the entry that it gets."""
        source = {name: _line(value) for name, value in report.source.items() if value}
        title = source.get("title") or _title(str(source["kind"]), source.get("number"))
        return {**source, "title": title or _line(self.name)}


def _line(text: str) -> str:
    """Return a text as entries of the register can have it."""
    return " ".join(text.split())[:_MOST_LINE]


def kind_of(cited: Citation) -> SourceKind:
    """Return the kind of a document by its number: "QĐ" is a decision."""
    letters = _TYPE.findall(slug(cited.number.partition("/")[2] or cited.number))
    return next((_KINDS[one] for one in letters if one in _KINDS), SourceKind.report)


def cited_id(cited: Citation) -> str:
    """Return the id that a document has by its number."""
    return numbered_id(kind_of(cited).value, cited.number, cited.date)


def numbered_id(kind: str, number: str, day: str | None) -> str:
    """Return the id of a document by its kind, number and year."""
    return "-".join(filter(None, (kind, slug(number), (day or "")[:4])))[:_MOST_ID].rstrip("-")


def _title(kind: str, number: str | None) -> str | None:
    return f"{SOURCE_KINDS[SourceKind(kind)][0]} số {number}" if number else None


class References:
    """Ids for what rows name, and the items that register what is new."""

    def __init__(
        self, report: Report, candidates: Candidates, existing: Existing, document: Document
    ) -> None:
        """Begin with the document itself."""
        self.units = candidates.units
        self._candidates = candidates
        self._existing = existing
        self._made: dict[str, str] = {}
        self.items: dict[str, list[Item]] = {"organizations": [], "sources": []}
        self.members: dict[str, list[Json]] = {"organizations": [], "sources": []}
        """The same as members of a request with many."""
        self.source = document.source_id or self._own(report, document)

    def _own(self, report: Report, document: Document) -> str:
        entry = document.registration(report)
        number, day = report.source.get("number"), report.source.get("published_on")
        if number and (known := self._existing.document(number, day)):
            return known
        base = document.id_of(report)
        for one in self._existing.sources:
            named = (one.title, one.published_on, one.issuer)
            alike = named == (entry["title"], day, entry.get("issuer"))
            if one.number is None and alike and one.id.startswith(base):
                return str(one.id)
        return self._register(ChangeSubjectType.source, [base], entry, "#/source")

    def organization(self, text: str, place: str) -> str:
        """Return the id of an organization that a cell names, or that an answer has the id of."""
        known = self._candidates.organization(text) or self._made.get(key_of(text))
        if known is None:
            name = _line(full_name(text))
            wanted = [slug(name)[:_MOST_ID].rstrip("-")]
            what = ChangeSubjectType.organization
            known = self._made[key_of(text)] = self._register(what, wanted, {"name": name}, place)
        return known

    def documents(self, cites: Iterable[Citation], place: str) -> list[str]:
        """Return the ids of the documents that a row refers to, but for the file's own."""
        found = dict.fromkeys(self._document(one, place) for one in cites)
        return [key for key in found if key != self.source]

    def _document(self, cited: Citation, place: str) -> str:
        key = f"{cited.number} {cited.date}"
        known = self._existing.document(cited.number, cited.date) or self._made.get(key)
        if known is None:
            kind = kind_of(cited)
            entry: Json = {
                "kind": kind.value,
                "title": _title(kind.value, cited.number),
                "number": cited.number,
                "published_on": cited.date,
            }
            what = ChangeSubjectType.source
            known = self._made[key] = self._register(what, [cited_id(cited)], entry, place)
        return known

    def _register(self, what: ChangeSubjectType, wanted: list[str], entry: Json, place: str) -> str:
        key = self.free(what, wanted)
        raw = {"id": key, **entry}
        item = read_item(f"{what}s", raw, place)
        self.members[f"{what}s"].append(raw)
        named = replace(item, only_if_named=True) if isinstance(item, Registering) else item
        self.items[f"{what}s"].append(named)
        return key

    def free(self, what: ChangeSubjectType, wanted: list[str]) -> str:
        """Return the first id of some that nothing else has, or one with a number, and take it."""
        taken = self._existing.ids[what]
        key = next(key for key in chain(wanted, _numbered(wanted[0])) if key not in taken)
        taken.add(key)
        return key


def _numbered(key: str) -> Iterator[str]:
    return (f"{key}-{number}" for number in count(2))
