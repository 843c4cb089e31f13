"""Remember what followed from a state of the books that has a number, as long as it is that state.

The number (a book's version, the rates' version) is read from the database with every request, so
there is nothing to invalidate, on any instance: another state has another number.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
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
            return (function if connection.in_atomic_block else kept)(*args, **kwargs)

        _forget.append(kept.cache_clear)
        return ask

    return decorate


class Kept(Generic[T]):
    """What was made lately, by all that it follows from.

    So many things are kept, or so much of them where `weigh` tells how much one is.
    """

    def __init__(self, most: int, weigh: Callable[[T], int] = lambda made: 1) -> None:
        self._most, self._weigh, self._guard = most, weigh, Lock()
        self._made: OrderedDict[Hashable, T] = OrderedDict()
        self._weight = 0
        _forget.append(self._clear)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `key` stands for; made once, except inside a database transaction."""
        if connection.in_atomic_block:
            return make()
        with self._guard:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()
        with self._guard:
            # Another thread may have made it meanwhile.
            if key not in self._made:
                self._made[key] = made
                self._weight += self._weigh(made)
            while self._weight > self._most:
                self._weight -= self._weigh(self._made.popitem(last=False)[1])
        return made

    def _clear(self) -> None:
        with self._guard:
            self._made.clear()
            self._weight = 0


def forget() -> None:
    """Forget everything, as a process that has just started."""
    for clear in _forget:
        clear()
