"""Connections from the pool, looked at before use: with a system call while they are fresh.

Asking the server at every request whether it is still there costs more than many a query. A server
that ends a connection says so on its socket, which one system call sees; only a connection that
lay idle, whose end of the line may have gone without a word, is asked by a round trip.
"""

import select
import time
from threading import Lock
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping
from psycopg_pool import ConnectionPool

from buffet import statements

#: Seconds after which silence is no longer taken for life.
FRESH = 5.0
#: Seconds after a vain wait for a connection in which nobody waits for one.
REST = 1.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper; the pool itself checks nothing, this does."""

    #: Django's own, one for each alias.
    _connection_pools: ClassVar[dict[str, ConnectionPool]]
    #: When each pooled connection was last known to answer.
    _seen: "WeakKeyDictionary[Connection, float]" = WeakKeyDictionary()
    #: Since when nobody has got a connection. One at a time waits for one then, all others are
    #: told at once; and after each that waited in vain all are, for a moment, so that those go who
    #: have waited for their turn already.
    _away_since: float | None = None
    _seeking = Lock()

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
        if self.pool is None:
            return super().get_new_connection(conn_params)
        since = DatabaseWrapper._away_since
        if since is None:
            return self._living(conn_params)
        if time.monotonic() - since < REST or not self._seeking.acquire(blocking=False):
            raise OperationalError("the database is away; it is asked again in a moment")
        try:
            return self._living(conn_params)
        finally:
            self._seeking.release()

    def _living(self, conn_params: dict[str, Any]) -> Connection:
        try:
            connection = super().get_new_connection(conn_params)
            while not self._is_alive(connection):
                self.pool.putconn(connection)
                connection = super().get_new_connection(conn_params)
        except OperationalError:
            DatabaseWrapper._away_since = time.monotonic()
            raise
        DatabaseWrapper._away_since = None
        return connection

    def ping(self) -> Ping:
        """Ask the server, without a connection from the pool, whether it takes connections."""
        known = super().get_connection_params()
        names = ("host", "hostaddr", "port", "dbname", "user", "sslmode", "sslrootcert")
        given = {name: known[name] for name in names if name in known}
        return Ping(PGconn.ping(make_conninfo(**given, connect_timeout=2).encode()))

    def _set_autocommit(self, autocommit: bool) -> None:
        """Set it where it is another: one of the pool has nearly always the right one."""
        if self.connection.autocommit != autocommit:
            super()._set_autocommit(autocommit)  # type: ignore[misc]  # Django's private one

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


def own() -> DatabaseWrapper:
    """Return the thread's connection as ours, of which Django's type does not know."""
    found = connections[DEFAULT_DB_ALIAS]
    if not isinstance(found, DatabaseWrapper):
        raise ImproperlyConfigured("The database's engine is buffet.postgresql.")
    return found


def _is_silent(connection: Connection) -> bool:
    """Return whether the server has said nothing, not even good-bye, since the last answer."""
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return not look.poll(0)
