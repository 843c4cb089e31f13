"""Remember what followed from a state of the books that has a number, as long as it is that state.

The number (a book's version, the rates' version) is read from the database with every request, so
there is nothing to invalidate, on any instance: another state has another number.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache, wraps
from threading import Lock
from typing import Generic, ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
T = TypeVar("T")
_forget: list[Callable[[], None]] = []


def remembered(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator that keeps the answers to the latest `maxsize` different questions.

    Inside a database transaction nothing is remembered: its changes share one number, and may yet
    be undone.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        kept = lru_cache(maxsize)(function)

        @wraps(function)
        def ask(*args: P.args, **kwargs: P.kwargs) -> T:
            if connection.in_atomic_block:
                return function(*args, **kwargs)
            # No type says of parameters that they can be a key.
            return kept(*args, **kwargs)  # type: ignore[arg-type]

        _forget.append(kept.cache_clear)
        return ask

    return decorate


class _Shelf(Generic[T]):
    """What was made lately, up to so much of it: so many things, or what `weigh` says of them."""

    def __init__(self, most: int, weigh: Callable[[T], int] = lambda made: 1) -> None:
        self._most, self._weigh, self._guard = most, weigh, Lock()
        self._made: OrderedDict[Hashable, T] = OrderedDict()
        self._weight = 0
        _forget.append(self._clear)

    def _taken(self, key: Hashable) -> T | None:
        with self._guard:
            return self._found(key)

    def _found(self, key: Hashable) -> T | None:
        made = self._made.get(key)
        if made is not None:
            self._made.move_to_end(key)
        return made

    def _put(self, key: Hashable, made: T) -> None:
        with self._guard:
            if key in self._made:
                self._weight -= self._weigh(self._made.pop(key))
            self._made[key] = made
            self._weight += self._weigh(made)
            while self._weight > self._most:
                self._weight -= self._weigh(self._made.popitem(last=False)[1])

    def _clear(self) -> None:
        with self._guard:
            self._made.clear()
            self._weight = 0


class Kept(_Shelf[T]):
    """What was made lately, by all that it follows from."""

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `key` stands for; made once, except inside a database transaction."""
        if connection.in_atomic_block:
            return make()
        made = self._taken(key)
        if made is None:
            made = make()
            self._put(key, made)
        return made


class Latest(_Shelf[T]):
    """The state of each thing that was read last; who asks for it says its number to the database.

    So a query can bring the state along just when it is another than the one that is known, also in
    a database transaction that has changed it.
    """

    def of(self, key: Hashable) -> T | None:
        """Return the state of a thing that is known, if one is."""
        return self._taken(key)

    def each_of(self, keys: Iterable[Hashable]) -> list[T | None]:
        """Return the state of each of some things that is known, if one is."""
        with self._guard:
            return [self._found(key) for key in keys]

    def keep(self, key: Hashable, state: T) -> None:
        """Keep a state of a thing instead of the one before, except in a database transaction."""
        if not connection.in_atomic_block:
            self._put(key, state)


def forget() -> None:
    """Forget everything, as a process that has just started."""
    for clear in _forget:
        clear()
