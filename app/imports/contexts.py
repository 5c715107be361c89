"""What a file does not say by itself, and what the register knows: given to the reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.core.vocabulary import SiteKind
from app.imports.matching import SiteCandidate, Sites
from app.imports.organizations import key_of
from app.units.units import Units


@dataclass(frozen=True, slots=True)
class Given:
    """What the officer states beside the file; each overrides what the file says."""

    province_code: str | None = None
    kind: SiteKind | None = None
    source: Mapping[str, str] = field(default_factory=dict)
    effective_from: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class OrganizationCandidate:
    """An organization of the register and all its names."""

    id: str
    names: tuple[str, ...]
    former_id: str | None = None
    """The id that it is also known by, because another one was merged into it."""


class Candidates:
    """What rows are matched with: units, sites and organizations of the register."""

    def __init__(
        self,
        units: Units,
        sites: Iterable[SiteCandidate] = (),
        organizations: Iterable[OrganizationCandidate] = (),
        attributes: frozenset[str] = frozenset(),
        indicators: frozenset[str] = frozenset(),
    ) -> None:
        """Index them; ``attributes`` and ``indicators`` are what sites and provinces can have."""
        self.units = units
        self.sites = Sites(sites)
        self.attributes = attributes
        self.indicators = indicators
        listed = tuple(organizations)
        self._organizations = {key_of(name): one.id for one in listed for name in one.names}
        self._names = {one.id: set(map(key_of, one.names)) for one in listed}
        self._by_id = {key: one.id for one in listed for key in (one.id, one.former_id) if key}

    def is_called(self, key: str, name: str) -> bool:
        """Return whether a name is one of an organization of the register."""
        return key_of(name) in self._names.get(key, ())

    def organization(self, name: str) -> str | None:
        """Return the id of the organization that a name means, or an id."""
        return self._by_id.get(name) or self._organizations.get(key_of(name))
