"""What a search that finds nothing may have meant: words of names that are one slip away.

The near spellings of a word are made up and looked up in the index of words, so that it takes as
long however many names there are.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice, product
from string import ascii_lowercase, digits

from sqlalchemy import select

from app.core.query_parameters import words_of
from app.database.connections import Executor
from app.database.prepared import Prepared, any_of
from app.subjects.histories import History
from app.subjects.searching import candidates

_LETTERS = ascii_lowercase + digits
_SHORTEST, _LONGEST = 3, 20
_MOST_TRIED, _MOST = 40, 5
_MOST_WORDS = 4
# Letters that sound alike somewhere in the country; single ones are found as any other.
_ALIKE = (("tr", "ch"), ("ch", "tr"), ("gi", "d"), ("d", "gi"), ("ngh", "ng"), ("ng", "ngh"))


async def corrected(connection: Executor, history: History, q: str) -> list[str]:
    """Return searches near to one that finds nothing, each of which subjects had the words of.

    There are none for many words: each takes queries of its own.
    """
    words = words_of(q)
    if len(words) > _MOST_WORDS:
        return []
    found: list[str] = []
    for tried in islice(await _tries(connection, history, words), _MOST_TRIED):
        # Too many to be candidates are many all the same.
        if await candidates(connection, history, tried) != []:
            found.append(" ".join(tried))
        if len(found) == _MOST:
            break
    return found


async def _tries(
    connection: Executor, history: History, words: Sequence[str]
) -> Iterator[Sequence[str]]:
    """Return the words with others in the place of those that no name has, or else of any one."""
    near = [await _near(connection, history, word) for word in words]
    unknown = [await candidates(connection, history, [word]) == [] for word in words]
    if any(unknown):
        places = zip(words, near, unknown, strict=True)
        return product(*(others if is_new else [word] for word, others, is_new in places))
    return (
        [*words[:place], other, *words[place + 1 :]]
        for place, others in enumerate(near)
        for other in others
    )


async def _near(connection: Executor, history: History, word: str) -> list[str]:
    """Return the words of names that are one slip away from a word."""
    if not _SHORTEST <= len(word) <= _LONGEST:
        return []
    spellings = {"near": sorted(slips(word))}
    return [found for (found,) in await _present(history).rows(connection, spellings)]


@lru_cache
def _present(history: History) -> Prepared:
    word = history.words.c.word
    return Prepared(select(word).where(any_of(word, "near")).distinct().order_by(word))


def slips(word: str) -> set[str]:
    """Return what a folded word becomes by one letter more, less, another, or two swapped."""
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    less = {head + tail[1:] for head, tail in parts if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in parts if len(tail) > 1}
    other = {head + letter + tail[1:] for head, tail in parts if tail for letter in _LETTERS}
    more = {head + letter + tail for head, tail in parts for letter in _LETTERS}
    alike = {word.replace(one, another, 1) for one, another in _ALIKE if one in word}
    return (less | swapped | other | more | alike) - {word}
