"""Whether what filters name is registered: an empty list is no answer to a misspelt id."""

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, literal, select, union_all

from app.core.errors import BadParameterError, Fault
from app.core.messages import SENTENCES, Template
from app.core.vocabulary import HISTORIC, ChangeSubjectType, Unknown
from app.database.connections import Executor
from app.ledger.tables import ORGANIZATIONS, REGISTRATIONS, SOURCES
from app.subjects.attributes import ValueType
from app.subjects.definitions import DEFINITIONS
from app.subjects.query_parameters import HistoryFilter

_NOT_REGISTERED = Template(
    "subjects.filter-not-registered",
    "No {what:word} {key!r} is registered: look it up by /v1/{what}s?q={words}.",
)
_NAMING: Mapping[str, str] = {
    name: kind.value
    for what in HISTORIC
    for kind in (ValueType.organization, ValueType.site)
    for name in DEFINITIONS[what].attributes.of_type(kind)
    if DEFINITIONS[what].attributes[name].filtered
}
"""What the filters name that take ids, by their names."""
_TABLES = {
    str(what): table
    for what, table in (
        (ChangeSubjectType.organization, ORGANIZATIONS),
        (ChangeSubjectType.source, SOURCES),
        *REGISTRATIONS.items(),
    )
}
_REGISTERED = {
    what: select(literal(what).label("what"), table.c.id).where(
        table.c.id.in_(bindparam("keys", expanding=True)),
        table.c.revision <= bindparam("revision"),
    )
    for what, table in _TABLES.items()
}


async def check_named(connection: Executor, query: HistoryFilter, revision: int) -> None:
    """Refuse ids in the filters of a list that name nothing registered at a revision."""
    given = {name: getattr(query, name, ()) for name in _NAMING}
    named = {(name, _NAMING[name], key) for name, keys in given.items() for key in keys}
    await check_ids(connection, {one for one in named if one[2] not in {*Unknown}}, revision)


async def check_ids(
    connection: Executor, named: Collection[tuple[str, str, str]], revision: int
) -> None:
    """Refuse ids that name nothing registered: each with its parameter, and what it is to name."""
    if not named:
        return
    wanted = union_all(*(_REGISTERED[what] for what in sorted({what for _, what, _ in named})))
    parameters = {"keys": sorted({key for _, _, key in named}), "revision": revision}
    found = {(row.what, row.id) for row in await connection.execute(wanted, parameters)}
    faults = [
        Fault(_NOT_REGISTERED(what=what, key=key, words=key.replace("-", "+")), parameter=parameter)
        for parameter, what, key in sorted(named)
        if (what, key) not in found
    ]
    if faults:
        detail = SENTENCES(sentences=tuple(fault.detail for fault in faults))
        raise BadParameterError(detail, errors=faults)
