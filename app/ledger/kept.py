"""What follows from the register at a revision, kept in this process under names.

What is kept is of the latest revision that was read; a later one moves it on by what the revisions
between touched, and leaves alone what they did not touch. What is read at earlier revisions is kept
beside it. Each read names the revision that it is pinned to, with its digest, so none is ever given
what is of another.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, Protocol, Self, TypeVar

from app.database.connections import Executor
from app.ledger.snapshots import Pin

_MOST_SEEN = 256
_Name = TypeVar("_Name", bound=Hashable)
_AtRevision = tuple[int, str | None]
"""The number of a revision, and its digest."""


class Touched(Protocol):
    """What the revisions after one touched, until another."""

    @property
    def digest(self) -> str | None:
        """The digest of the revision that it begins after."""


_Touched = TypeVar("_Touched", bound=Touched)
_NameOf = TypeVar("_NameOf", contravariant=True)  # noqa: PLC0105  (named by what it is)
_TouchedBy = TypeVar("_TouchedBy", contravariant=True)  # noqa: PLC0105  (named by what it is)


class Keepable(Protocol[_NameOf, _TouchedBy]):
    """Something that is the same at each revision from ``since`` on; it never changes."""

    @property
    def since(self) -> int:
        """The revision that touched it last."""

    @property
    def size(self) -> int:
        """About how many bytes it takes."""

    @property
    def former(self) -> Self:
        """What is kept of it for reads of the revisions before one that touches it."""

    def moved(self, name: _NameOf, touched: _TouchedBy) -> Self | None:
        """Return it after some revisions: itself if they did not touch it, ``None`` to drop it."""


_Value = TypeVar("_Value", bound=Keepable)  # type: ignore[type-arg]


@dataclass(slots=True)
class Kept(Generic[_Name, _Value, _Touched]):
    """What was read last, of about so many bytes at most."""

    most_bytes: int
    read_touched: Callable[[Executor, int, int], Awaitable[_Touched]]
    """Reads what the revisions after one touched, until another."""
    size: int = 0
    _latest: Pin | None = None
    _seen: dict[_AtRevision, None] = field(default_factory=dict)
    """The revisions that were the latest one here, the last ones of them."""
    _kept: OrderedDict[tuple[_Name, _AtRevision | None], _Value] = field(
        default_factory=OrderedDict
    )
    """By name, and the revision of the read; ``None`` for what is of the latest one."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def reach(self, connection: Executor, pin: Pin) -> None:
        """Move what is kept on to a revision, if that is a later one."""
        if self._is_reached(pin):
            return
        async with self._turn:
            latest = self._latest
            is_other = latest is None or latest.units_edition != pin.units_edition
            if latest is None or is_other or not self._kept:
                self._begin(pin)
            elif not self._is_reached(pin):
                touched = await self.read_touched(connection, latest.revision, pin.revision)
                self._move(latest, pin, touched)

    def _is_reached(self, pin: Pin) -> bool:
        latest = self._latest
        if latest is None or latest.units_edition != pin.units_edition:
            return False
        return latest.revision >= pin.revision

    def _begin(self, pin: Pin) -> None:
        self._kept.clear()
        self._seen.clear()
        self.size = 0
        self._note(pin)

    def _note(self, pin: Pin) -> None:
        self._latest = pin
        self._seen[pin.revision, pin.digest] = None
        if len(self._seen) > _MOST_SEEN:
            del self._seen[next(iter(self._seen))]

    def _move(self, latest: Pin, pin: Pin, touched: _Touched) -> None:
        if touched.digest != latest.digest:
            # It is another register, in the place of that one.
            self._begin(pin)
            return
        self._note(pin)
        current = [(name, known) for (name, at), known in self._kept.items() if at is None]
        for name, known in current:
            moved = known.moved(name, touched)
            if moved is not known:
                # Reads that are pinned to the revision before go on with what was.
                self._put((name, (latest.revision, latest.digest)), known.former)
                self._put((name, None), moved)

    def get(self, name: _Name, pin: Pin) -> _Value | None:
        """Return what is kept under a name at a revision."""
        for key in ((name, None), (name, (pin.revision, pin.digest))):
            known = self._kept.get(key)
            if known is not None and (key[1] or self._is_of(known, pin)):
                self._kept.move_to_end(key)
                return known
        return None

    def _is_of(self, known: _Value, pin: Pin) -> bool:
        """Return whether what is known at the latest revision was so at that of a pin."""
        is_seen = (pin.revision, pin.digest) in self._seen
        return is_seen and known.since <= pin.revision

    def keep(self, name: _Name, pin: Pin, known: _Value) -> None:
        """Keep what was read at a revision."""
        self._put((name, None if self.is_latest(pin) else (pin.revision, pin.digest)), known)

    def is_latest(self, pin: Pin) -> bool:
        """Return whether a pin is at the latest revision that was read."""
        return self._latest is not None and self._latest[:3] == pin[:3]

    def _put(self, key: tuple[_Name, _AtRevision | None], known: _Value | None) -> None:
        before = self._kept.pop(key, None)
        self.size -= before.size if before is not None else 0
        if known is None:
            return
        self.size += known.size
        self._kept[key] = known
        while self.size > self.most_bytes:
            _, oldest = self._kept.popitem(last=False)
            self.size -= oldest.size
