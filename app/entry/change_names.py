"""Names of what revisions did something to: readers are not to need ids."""

from collections.abc import Iterable, Mapping

from app.core.vocabulary import ChangeSubjectType, SubjectType
from app.database.connections import Executor
from app.entry.change_schemas import ChangeEntry
from app.ledger.snapshots import Snapshot
from app.subjects.names import Key, names_of_subjects


async def names_in_entries(
    connection: Executor, entries: Iterable[ChangeEntry], snapshot: Snapshot
) -> Mapping[Key, str]:
    """Return the names of what entries did something to; a new organization says its own."""
    keys = [
        (SubjectType(entry.subject_type), entry.subject_id)
        for entry in entries
        if entry.subject_type != ChangeSubjectType.organization
    ]
    return await names_of_subjects(connection, keys, snapshot.at, snapshot.units)
