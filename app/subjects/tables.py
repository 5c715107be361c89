"""The projections: the content of the ledger laid out for reading. They can be rebuilt from it.

Both time axes are half-open intervals: ``valid_from``/``valid_to`` in days, ``known_from``/
``known_to`` in revisions. An open end is ``date.max`` or ``OPEN_REVISION``.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Table, Text
from sqlmodel import Field, SQLModel

from app.core.vocabulary import HISTORIC, SubjectType
from app.database.tables import CanonicalJson, DegreesType, code_check, made_table, ordered_text
from app.subjects.attributes import Tallied, ValueType
from app.subjects.definitions import DEFINITIONS
from app.subjects.states import State

UNNAMED = "\U0010ffff"
"""What a subject without a known name is sorted by: it comes after every name."""
# With all four times in an index, the versions of other times are passed over without a look at
# their rows.
_TIMES = ("known_to", "valid_to", "valid_from", "known_from")


class _Times(SQLModel):
    valid_from: date = Field(primary_key=True)
    known_from: int = Field(primary_key=True, sa_type=BigInteger)
    valid_to: date
    known_to: int = Field(sa_type=BigInteger)


class _Boxed(SQLModel):
    """The box around a subject; where its geometry is unknown, its commune's point."""

    west: Decimal | None = Field(default=None, sa_type=DegreesType)
    south: Decimal | None = Field(default=None, sa_type=DegreesType)
    east: Decimal | None = Field(default=None, sa_type=DegreesType)
    north: Decimal | None = Field(default=None, sa_type=DegreesType)


class _Planned(SQLModel):
    """What is planned beside what is, by attribute; as the ledger stores values."""

    planned: dict[str, Any] = Field(sa_type=CanonicalJson)


class _Named(SQLModel):
    """By what lists are ordered and searched."""

    name_sort: str = Field(sa_type=ordered_text())
    search_text: str = Field(sa_type=Text)


class _Word(SQLModel):
    """A word of the ``search_text`` of any version, and the first revision with such a version."""

    word: str = Field(primary_key=True, sa_type=ordered_text())
    known_from: int = Field(sa_type=BigInteger)


class _Hedged(SQLModel):
    """How exactly numbers are given, by attribute, as statements say it; null where all exactly."""

    qualifiers: dict[str, str] | None = Field(default=None, sa_type=CanonicalJson)
    values_to: dict[str, str] | None = Field(default=None, sa_type=CanonicalJson)


def _versions(what: SubjectType) -> Table:
    """Make the table of the states of a type of subject.

    Each row holds over one interval of days, as known over one interval of revisions.
    """
    definition, name, key = DEFINITIONS[what], f"{what}_version", f"{what}_id"
    state = definition.state
    boxed = (_Boxed,) if definition.located else ()
    planned = (_Planned,) if definition.attributes.planned else ()
    constraints = (*_code_checks(name, state), *_indexes(name, key, state))
    members = {"__tablename__": name, "__table_args__": constraints}
    hedged = (_Hedged,) if definition.attributes.numbers else ()
    bases = (_Named, *boxed, *planned, *hedged, state, _Times, _identified(what))
    return made_table(f"{what.title()}Version", bases, members)


def _identified(what: SubjectType) -> type[SQLModel]:
    """Return the base of tables about subjects of a type, with the column of their ids."""
    key = f"{what}_id"
    members = {
        "__module__": __name__,
        "__annotations__": {key: str},
        key: Field(primary_key=True, foreign_key=f"{what}.id", sa_type=ordered_text()),
    }
    return type(f"_{what.title()}Key", (SQLModel,), members)


def _words(what: SubjectType) -> Table:
    """Make the table of the words that subjects of a type were ever searched by."""
    name = f"{what}_word"
    by_word = Index(f"ix_{name}_word", "word", f"{what}_id")
    members = {"__tablename__": name, "__table_args__": (by_word, {"sqlite_with_rowid": False})}
    return made_table(f"{what.title()}Word", (_Word, _identified(what)), members)


def _code_checks(table: str, state: type[State]) -> Iterator[CheckConstraint]:
    """Return the constraints that columns of codes hold codes of their list."""
    for name, member in state.members.items():
        if member.codes:
            yield code_check(table, name, member.codes)


def _indexes(table: str, key: str, state: type[State]) -> Iterator[Index]:
    """Return the indexes of names, kinds, provinces, and of what else is referred to."""
    yield Index(f"ix_{table}_name", "name_sort", key, *_TIMES)
    members = state.members
    kind = [name for name in ("kind",) if name in members]
    if kind:
        yield Index(f"ix_{table}_kind", *kind, *_TIMES)
    if "province_code" in members:
        # With all columns that rollups tally in an index, they read no row of the wide table.
        tallied = state.tallied(*Tallied)
        hedged = ("qualifiers",) if tallied else ()
        yield Index(f"ix_{table}_province", "province_code", *kind, *_TIMES, *tallied, *hedged)
        # What is kept of provinces is moved on by what the last revisions began and ended.
        yield from (Index(f"ix_{table}_{name}", name) for name in ("known_from", "known_to"))
    for name, member in members.items():
        is_reference = member.attribute.type in {ValueType.organization, ValueType.site}
        if is_reference and member.attribute.filtered:
            yield Index(f"ix_{table}_{name}", name, *_TIMES)


VERSIONS: Mapping[SubjectType, Table] = {what: _versions(what) for what in HISTORIC}
"""The versions of the subjects of each type."""
WORDS: Mapping[SubjectType, Table] = {what: _words(what) for what in HISTORIC}
"""The words of all names that the subjects of each type have, or had: the index of searches."""
SITE_VERSIONS = VERSIONS[SubjectType.site]
