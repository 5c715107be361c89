"""What refers to sources and organizations: looked for by the database, or all at once."""

from sqlalchemy import text

from app.core.vocabulary import ChangeSubjectType
from app.database import Database
from app.entry.naming import MOST_NAMED, STATEMENT_PATH, referring_to
from app.ledger.snapshots import latest_revision


async def test_what_refers_to_many_is_what_refers_to_each(seeded: Database) -> None:
    async with seeded.read() as connection:
        revision = await latest_revision(connection)
        named = [
            (what, key)
            for what in (ChangeSubjectType.source, ChangeSubjectType.organization)
            for key in (await connection.execute(text(f"SELECT id FROM {what}"))).scalars()
        ]
        assert len(named) > 20
        at_once = await referring_to(connection, named, revision)
        each = [await referring_to(connection, [one], revision) for one in named]
        count = text("SELECT count(*) FROM statement WHERE source_id = :key")
        for (what, key), found in zip(named, each, strict=True):
            assert found == {(what, key): at_once[what, key]}
            if what == ChangeSubjectType.source:
                said = (await connection.execute(count, {"key": key})).scalar_one()
                statements = [one for one in at_once[what, key] if STATEMENT_PATH in one]
                assert len(statements) >= min(said, MOST_NAMED)
        issued = at_once[ChangeSubjectType.organization, "tinh-uy-bac-kan"]
        assert [one for one in issued if one.startswith("/v1/sources/")]
