"""Find the subjects whose names have a word by an index of words.

A register that has versions already gets their words, each with the first revision that knew it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TYPES = ("site", "project")
_VERSIONS_AT_ONCE = 10_000


def _text() -> sa.types.TypeEngine[str]:
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables, and fill them."""
    for what in _TYPES:
        key = f"{what}_id"
        words = op.create_table(
            f"{what}_word",
            # The key comes first: else the integrity check of SQLite 3.40 sees values as missing.
            sa.Column(key, _text(), nullable=False),
            sa.Column("word", _text(), nullable=False),
            sa.Column("known_from", sa.BigInteger(), nullable=False),
            sa.ForeignKeyConstraint([key], [f"{what}.id"], name=f"fk_{what}_word_{key}"),
            sa.PrimaryKeyConstraint(key, "word", name=f"pk_{what}_word"),
            sqlite_with_rowid=False,
        )
        _fill(words, what, key)
        op.create_index(f"ix_{what}_word_word", f"{what}_word", ["word", key])


def _fill(words: sa.Table, what: str, key: str) -> None:
    connection = op.get_bind()
    columns: list[sa.ColumnClause[str | int]] = [
        sa.column(name) for name in (key, "known_from", "search_text")
    ]
    first = sa.func.min(columns[1])
    query = (
        sa.select(columns[0], columns[2], first)
        .select_from(sa.table(f"{what}_version", *columns))
        .group_by(columns[0], columns[2])
        .order_by(columns[0], first)
    )
    rows = connection.execute(query)
    # All of a subject's texts come together, those that were known first before the others.
    seen: set[str] = set()
    last = None
    while part := rows.fetchmany(_VERSIONS_AT_ONCE):
        new = []
        for subject, text, known_from in part:
            seen = seen if subject == last else set()
            last = subject
            for word in str(text).split():
                if word not in seen:
                    seen.add(word)
                    new.append({key: subject, "word": word, "known_from": known_from})
        if new:
            connection.execute(sa.insert(words), new)


def downgrade() -> None:
    """Drop the tables."""
    for what in _TYPES:
        op.drop_table(f"{what}_word")
