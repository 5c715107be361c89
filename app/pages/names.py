"""Names of what lists lead to, by type and id: readers are not to need ids."""

from collections.abc import Iterable, Mapping

from app.core.vocabulary import ChangeSubjectType, SubjectType
from app.database.connections import Executor
from app.entry.change_schemas import Change, ChangeEntry
from app.findings.schemas import Finding
from app.ledger.snapshots import Snapshot
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


async def names_in_entries(
    connection: Executor, entries: Iterable[ChangeEntry], snapshot: Snapshot
) -> Names:
    """Return the names of what entries did something to; a new organization says its own."""
    keys = [
        (SubjectType(entry.subject_type), entry.subject_id)
        for entry in entries
        if entry.subject_type != ChangeSubjectType.organization
    ]
    return await names_of_subjects(connection, keys, snapshot.at, snapshot.units)
