"""Connections from the pool, looked at before use: with a system call while they are fresh.

Asking the server at every request whether it is still there costs more than many a query. A server
that ends a connection says so on its socket, which one system call sees; only a connection that
lay idle, whose end of the line may have gone without a word, is asked by a round trip.
"""

import select
import time
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

from buffet import statements

#: Seconds after which silence is no longer taken for life.
FRESH = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper; the pool itself checks nothing, this does."""

    #: When each pooled connection was last known to answer.
    _seen: "WeakKeyDictionary[Connection, float]" = WeakKeyDictionary()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(statements.watch)

    def get_connection_params(self) -> dict[str, Any]:
        """Return what a new connection needs; nothing once a pool has been made with it."""
        if self.alias in self._connection_pools and self.settings_dict["OPTIONS"].get("pool"):
            return {}
        return super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """Return a connection that is alive: a new one, or one of the pool.

        :raises OperationalError: if none can be had in time.
        """
        connection = super().get_new_connection(conn_params)
        if self.pool is None:
            return connection
        while not self._is_alive(connection):
            self.pool.putconn(connection)
            connection = super().get_new_connection(conn_params)
        return connection

    def _is_alive(self, connection: Connection) -> bool:
        now = time.monotonic()
        seen = self._seen.get(connection)
        self._seen[connection] = now
        if seen is not None and now - seen < FRESH and _is_silent(connection):
            return True
        try:
            ConnectionPool.check_connection(connection)
        except OperationalError:
            return False
        return True


def _is_silent(connection: Connection) -> bool:
    """Return whether the server has said nothing, not even good-bye, since the last answer."""
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return not look.poll(0)
