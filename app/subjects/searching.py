"""Candidates of a search: the subjects that ever had all its words in their names.

The index of words leads to them. Whether one has these words on the requested day, as known at the
requested revision, is for the query of states to check. docs/decisions/0039-search.md.
"""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, func, literal, select

from app.core.query_parameters import words_of
from app.database.connections import Executor
from app.database.prepared import Prepared, any_of
from app.subjects.histories import History
from app.subjects.query_parameters import HistoryFilter

MOST = 1000
"""Beyond so many candidates, a list is read in its order until the page is full instead."""
_COUNTED = (MOST, 30_000)
_MOST_WORDS = 4
# All words are of letters and digits, which come before it.
_LAST = "\U0010ffff"


async def search_conditions(
    connection: Executor,
    history: History,
    query: HistoryFilter,
    where: Sequence[ColumnElement[bool]],
) -> list[ColumnElement[bool]]:
    """Return the conditions of a query, those of a search limited to its candidates."""
    if query.q is None:
        return [*where]
    found = await candidates(connection, history, words_of(query.q))
    return [*where] if found is None else [any_of(history.id, "candidates", found), *where]


async def candidates(
    connection: Executor, history: History, words: Sequence[str]
) -> list[str] | None:
    """Return the ids of all subjects that ever had words that begin with these; ``None`` for many.

    The rarest word leads to them. Of many words only the longest are looked up.
    """
    sought = sorted(words, key=len, reverse=True)[:_MOST_WORDS]
    if len(sought) > 1:
        counts = await _counts(connection, history, sought)
        if counts is None:
            return None
        sought = [word for _, word in sorted(zip(counts, sought, strict=True))]
    rows = await _having(history, len(sought)).rows(connection, _bound(sought, MOST))
    return None if len(rows) > MOST else [key for (key,) in rows]


async def _counts(
    connection: Executor, history: History, words: Sequence[str]
) -> Sequence[int] | None:
    """Return how many entries of the index begin with each word; ``None`` where all are many."""
    for most in _COUNTED:
        (counts,) = await _counting(history, len(words)).rows(connection, _bound(words, most))
        if min(counts) <= most:
            return counts
    return None


def _bound(words: Sequence[str], most: int) -> dict[str, object]:
    ends = {f"from_{n}": word for n, word in enumerate(words)}
    return {**ends, **{f"to_{n}": word + _LAST for n, word in enumerate(words)}, "most": most + 1}


def _begins(words: FromClause, number: int) -> ColumnElement[bool]:
    """Return the condition that an entry begins with the bound word of a number."""
    word = words.c.word
    return and_(word >= bindparam(f"from_{number}"), word < bindparam(f"to_{number}"))


@lru_cache
def _counting(history: History, number: int) -> Prepared:
    """Count the entries that begin with each of the bound words, up to the bound ``most``."""
    entries = [history.words.alias() for _ in range(number)]
    bounded = [
        select(literal(1)).where(_begins(one, n)).limit(bindparam("most")).subquery()
        for n, one in enumerate(entries)
    ]
    counts = (select(func.count()).select_from(one).scalar_subquery() for one in bounded)
    return Prepared(select(*(count.label(f"count_{n}") for n, count in enumerate(counts))))


@lru_cache
def _having(history: History, number: int) -> Prepared:
    """Select the subjects that have entries for all bound words, led to by the first."""
    first, *others = (history.words.alias() for _ in range(number))
    key = first.c[history.key]
    also = [
        select(literal(1)).where(other.c[history.key] == key, _begins(other, n)).exists()
        for n, other in enumerate(others, 1)
    ]
    found = select(key).where(_begins(first, 0), *also).distinct()
    return Prepared(found.limit(bindparam("most")))
