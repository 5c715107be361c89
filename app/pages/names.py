"""Names of what lists lead to, by type and id: readers are not to need ids."""

from collections.abc import Iterable, Mapping

from app.core.vocabulary import SubjectType
from app.database.connections import Executor
from app.entry.change_names import names_in_entries
from app.entry.change_schemas import Change
from app.findings.schemas import Finding
from app.ledger.snapshots import Snapshot
from app.ledger.sources import organization_names
from app.subjects.attributes import UNIT_LEVELS, ValueType
from app.subjects.definitions import DEFINITIONS
from app.subjects.names import Key, names_of_subjects

MOST_ENTRIES = 8
"""So many entries of a change are shown."""
Names = Mapping[Key, str]


async def names_in_findings(
    connection: Executor, findings: Iterable[Finding], snapshot: Snapshot
) -> Names:
    """Return the names of what findings are about."""
    keys = [(one.subject_type, one.subject_id) for one in findings]
    return await names_of_subjects(connection, keys, snapshot.at, snapshot.units)


async def names_in_changes(
    connection: Executor, changes: Iterable[Change], snapshot: Snapshot
) -> Names:
    """Return the names of what changes did something to."""
    entries = (entry for change in changes for entry in change.entries[:MOST_ENTRIES])
    return await names_in_entries(connection, entries, snapshot)


async def names_in_filters(
    connection: Executor,
    what: SubjectType,
    filters: Iterable[tuple[str, str]],
    snapshot: Snapshot,
) -> Mapping[tuple[str, str], str]:
    """Return the names of what filters of a list refer to, by filter and value."""
    attributes, at = DEFINITIONS[what].attributes, snapshot.at
    given = [(attributes[name], value) for name, value in filters if name in attributes]
    organizations = {value for one, value in given if one.type is ValueType.organization}
    names = dict(await organization_names(connection, organizations, at.revision))
    sites = {(SubjectType.site, value) for one, value in given if one.type is ValueType.site}
    found = await names_of_subjects(connection, sites, at, snapshot.units)
    names |= {key: name for (_, key), name in found.items()}
    units = {
        (one.name, value): snapshot.units.name_of(UNIT_LEVELS[one.name], value, at.day)
        for one, value in given
        if one.type is ValueType.unit
    }
    referred = {(one.name, value): names.get(value) for one, value in given if one.is_reference}
    return {key: name for key, name in (referred | units).items() if name}
