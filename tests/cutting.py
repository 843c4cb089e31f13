"""Lose the database's connection at a chosen point of a request, as a crash there would."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.db import OperationalError, connection
from raw import Beside

#: The two sides of a statement.
SIDES = ("before", "after")


@dataclass
class Watched:
    """What a request said to the database, COMMIT included, and the point where it was cut.

    `lasts` tells of each whether what it did is there when it is done: not if a COMMIT is to come,
    without which a cut on either side of it leaves the same, and the next is cut before itself.
    """

    said: list[str] = field(default_factory=list)
    lasts: list[bool] = field(default_factory=list)
    cut_at: tuple[str, str] | None = None

    @property
    def points(self) -> list[tuple[str, str]]:
        """Every point at which a request that says this can be cut to another effect."""
        return [
            (side, what)
            for what, lasts in zip(self.said, self.lasts, strict=True)
            for side in (SIDES if lasts else SIDES[:1])
        ]


@contextmanager
def watching(beside: Beside, number: int = 0, side: str = "") -> Iterator[Watched]:
    """Watch what is said to the database; lose the connection on a side of statement `number`."""
    seen = Watched()
    backend = 0

    def sever(what: str) -> None:
        nonlocal backend
        seen.cut_at = (side, what)
        backend = connection.connection.info.backend_pid
        connection.connection.close()
        raise OperationalError("the connection was cut")

    def around(what: str, run: Callable[[], Any]) -> Any:
        here = len(seen.said) + 1 == number
        seen.said.append(what)
        seen.lasts.append(what == "COMMIT" or not connection.in_atomic_block)
        if here and side == "before":
            sever(what)
        found = run()
        if here and side == "after":
            sever(what)
        return found

    def statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # Savepoints are named by thread and number.
        plain = re.sub(r'"s\d+_x\d+"', "savepoint", sql)
        return around(plain, lambda: execute(sql, params, many, context))

    commit = connection._commit
    with (
        connection.execute_wrapper(statement),
        patch.object(connection._connections[connection._alias], "_commit",
                     lambda: around("COMMIT", commit)),
    ):  # fmt: skip
        yield seen
    connection.close()
    if backend:
        _until_gone(backend, beside)


def _until_gone(backend: int, beside: Beside) -> None:
    """Wait until the lost connection's process has let go of what it held."""
    end = time.monotonic() + 10
    while beside.one("SELECT FROM pg_stat_activity WHERE pid = %s", backend) is not None:
        assert time.monotonic() < end, "the server did not notice"
        time.sleep(0.002)
