"""Which site of the register a row is about, and which unit and organization its cells name.

Pure functions over candidates. A site is matched within its kind and province only; what is not
certain (I for 1, an old spelling, several of one name) is left to be confirmed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.core.messages import Message, Template
from app.core.vietnamese import fold, without_prefix
from app.core.vocabulary import SiteKind

OTHER_KIND = Template("imports.match.other-kind", "a {kind} of the same name is another site")
OTHER_PROVINCE = Template("imports.match.other-province", "same name in another province")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
# In names of places k and c, y and i were written for each other (Bắc Cạn, Mĩ Đức).
_OLD_K = re.compile(r"k(?!h)")
_OLD_Y = re.compile(r"(?<![aeou])y\b")


@dataclass(frozen=True, slots=True)
class SiteCandidate:
    """A site of the register: its names of all times, and the units that it is or was in."""

    id: str
    kind: SiteKind
    name: str
    former_names: tuple[str, ...] = ()
    provinces: frozenset[str] = frozenset()
    communes: frozenset[str] = frozenset()
    changes: Sequence[tuple[date, Mapping[str, object]]] = ()
    """What changed on each day, oldest first: values by the names of columns in files."""

    def state_on(self, day: date) -> dict[str, tuple[object, str]]:
        """Return the values in force on a day, each with the date that it holds from."""
        state = {
            name: (value, since.isoformat())
            for since, values in self.changes
            if since <= day
            for name, value in values.items()
        }
        return {name: held for name, held in state.items() if held[0] is not None}


@dataclass(frozen=True, slots=True)
class Match:
    """The answer for one row: an id and how it was found, or that it is new, or candidates."""

    id: str | None = None
    how: str | None = None
    register_name: str | None = None
    needs_confirmation: bool = False
    candidates: tuple[str, ...] = ()
    other: str | None = None
    because: Message | None = None

    @property
    def is_new(self) -> bool:
        """Whether no site of the register is meant."""
        return self.id is None and not self.candidates

    def as_json(self) -> dict[str, object]:
        """Return it as in a report."""
        members = {
            "id": self.id,
            "how": self.how,
            "register_name": self.register_name,
            "needs_confirmation": self.needs_confirmation,
            "candidates": list(self.candidates),
            "new": self.is_new,
            "not": self.other,
            "because": self.because,
        }
        return {name: value for name, value in members.items() if value}


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """Return what spellings of one name have in common: no kind, case, accents or punctuation."""
    return fold(without_prefix(name))


@lru_cache(maxsize=65536)
def loose_key(name: str) -> str:
    """Return a key that also takes Roman numerals and old spellings alike."""
    words = [_ROMAN.get(word, word) for word in name_key(name).split()]
    return _OLD_Y.sub("i", _OLD_K.sub("c", " ".join(words)))


def short_name(kind: SiteKind, name: str) -> str:
    """Return the name of a site with the usual short word for its kind before it."""
    prefix = {SiteKind.zone: "KCN", SiteKind.cluster: "CCN"}.get(kind, "Làng nghề")
    return f"{prefix} {without_prefix(name)}"


class Sites:
    """The sites of the register, by the keys of their names."""

    def __init__(self, candidates: Iterable[SiteCandidate]) -> None:
        """Index them."""
        self.by_id = {site.id: site for site in candidates}
        self._named: dict[str, list[SiteCandidate]] = {}
        self._former: dict[str, list[SiteCandidate]] = {}
        self._loose: dict[str, list[SiteCandidate]] = {}
        for site in self.by_id.values():
            self._named.setdefault(name_key(site.name), []).append(site)
            self._loose.setdefault(loose_key(site.name), []).append(site)
            for name in site.former_names:
                self._former.setdefault(name_key(name), []).append(site)
                self._loose.setdefault(loose_key(name), []).append(site)

    def match(
        self, kind: SiteKind, name: str, province: str | None, communes: Sequence[str] = ()
    ) -> Match:
        """Return the site of a kind and province that a name means, the communes deciding first."""
        same = self._named.get(name_key(name), [])
        own = [site for site in same if _fits(site, kind, province)]
        commune = set(communes) if len(communes) == 1 else set()
        near = [site for site in own if commune & site.communes]
        for found, how in ((near, "name_in_commune"), (own, "name_in_province")):
            if found:
                return _found(found, how, name)
        former = [s for s in self._former.get(name_key(name), []) if _fits(s, kind, province)]
        if former:
            return _found(former, "former_name", name)
        loose = [s for s in self._loose.get(loose_key(name), []) if _fits(s, kind, province)]
        if loose:
            return _found(loose, _variant(name, loose[0].name), name, needs_confirmation=True)
        return _other(same, kind, province)


def _fits(site: SiteCandidate, kind: SiteKind, province: str | None) -> bool:
    return site.kind is kind and province in site.provinces


def _found(
    sites: Sequence[SiteCandidate], how: str, name: str, *, needs_confirmation: bool = False
) -> Match:
    if len(sites) > 1:
        return Match(candidates=tuple(sorted(site.id for site in sites)), needs_confirmation=True)
    (site,) = sites
    is_spelled_alike = _letters(site.name) == _letters(name)
    shown = None if is_spelled_alike or needs_confirmation else site.name
    return Match(site.id, how, shown, needs_confirmation)


def _letters(name: str) -> str:
    return unicodedata.normalize("NFC", without_prefix(name)).casefold()


def _variant(name: str, registered: str) -> str:
    words = [_ROMAN.get(word, word) for word in name_key(name).split()]
    others = [_ROMAN.get(word, word) for word in name_key(registered).split()]
    return "numeral_variant" if words == others else "spelling_variant"


def _other(same: Sequence[SiteCandidate], kind: SiteKind, province: str | None) -> Match:
    """Return that a site is new, with the one of its name that it is not."""
    of_kind = [site for site in same if site.kind is kind]
    here = [site for site in same if site.kind is not kind and province in site.provinces]
    if here:
        return Match(other=here[0].id, because=OTHER_KIND(kind=here[0].kind.value))
    return Match(other=of_kind[0].id, because=OTHER_PROVINCE()) if of_kind else Match()
