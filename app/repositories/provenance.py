"""Who said so: the statement that decides each attribute of a site."""

from app.domain.timeline import deciding
from app.domain.vocabulary import SubjectType
from app.repositories.snapshots import At, Executor
from app.repositories.statements import live_statements, said
from app.schemas.sites import Provenance, SiteProvenance


async def get_provenance(connection: Executor, site_id: str, at: At) -> SiteProvenance:
    """Return for each attribute known of a site on a day what decides it."""
    rows = await live_statements(connection, (SubjectType.site, site_id), at.revision)
    row_of = {(row.revision, row.position): row for row in rows}
    decided = deciding(map(said, rows), at.day)
    items = []
    for attribute, by in sorted(decided.items()):
        if by.values[attribute] is None:
            continue
        row = row_of[by.revision, by.position]
        items.append(
            Provenance(
                attribute=attribute,
                statement_id=row.id,
                source_id=row.source_id,
                effective_from=row.effective_from,
                revision=row.revision,
            )
        )
    return SiteProvenance(items=items, next_cursor=None, as_of=at.day, revision=at.revision)
