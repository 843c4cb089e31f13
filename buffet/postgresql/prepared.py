"""Statements that come again and again, sent by the driver's library itself.

Between Django's cursor and the library lie a dozen steps that can do anything; for a list that is
asked for all day, and for a transaction that is recorded on its own, they are most of what the
application spends on its statement. Here a statement is prepared once in a connection and then sent
as it is, with its parameters as PostgreSQL reads them. Whatever is out of the ordinary goes through
a cursor: a statement that is new to the connection, one inside a transaction, or with parameters
that are not plain; and one that the connection has forgotten, as psycopg has it do after a
rollback.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache, partial
from itertools import count
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import connection
from psycopg import Connection, OperationalError
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult

#: So often a statement comes to a connection before it is prepared, and so many are.
THRESHOLD, MOST = 5, 50
#: What is written for PostgreSQL as Python writes it. It cannot mistake the type of these, and that
#: of a text it infers from the statement, as it does for a cursor.
_PLAIN = frozenset((UUID, date, str))
#: What the server says to a name of a statement that it has forgotten.
_UNKNOWN_NAME = (InvalidSqlStatementName.sqlstate or "").encode()


class _Known:
    """The statements that a connection knows: how often each came, and what it is called."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.names: dict[str, bytes] = {}


_known: "WeakKeyDictionary[Connection, _Known]" = WeakKeyDictionary()
_numbers = count()


def answer(sql: str, parameters: Sequence[Any]) -> PGresult:
    """Return the answer to a statement that has one, in PostgreSQL's text format.

    It is executed once, whether it reads or writes.

    :raises django.db.DatabaseError: as a cursor does.
    """
    connection.ensure_connection()
    name = None
    if not (connection.in_atomic_block or connection.queries_logged):
        name = _name(connection.connection, sql, parameters)
    if name is not None:
        try:
            return _sent(name, sql, parameters)
        except _Forgotten:
            del _known[connection.connection]
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.pgresult


class _Forgotten(Exception):
    """The connection does not know the statement any more."""


def _sent(name: bytes, sql: str, parameters: Sequence[Any]) -> PGresult:
    send = partial(_send, name)
    for wrapper in reversed(connection.execute_wrappers):
        send = partial(wrapper, send)
    with connection.wrap_database_errors:
        return send(sql, parameters, False, {"connection": connection, "cursor": None})


def _name(on: Connection, sql: str, parameters: Sequence[Any]) -> bytes | None:
    """Return what a statement is called in a connection; None if it goes through a cursor."""
    if not (on.autocommit and _are_plain(parameters)):
        return None
    known = _known.get(on)
    if known is None:
        known = _known[on] = _Known()
    name = known.names.get(sql)
    if name is not None or (len(known.seen) >= MOST and sql not in known.seen):
        return name
    known.seen[sql] = known.seen.get(sql, 0) + 1
    if known.seen[sql] < THRESHOLD:
        return None
    name = b"_hot_%d" % next(_numbers)
    if on.pgconn.prepare(name, _numbered(sql)).status != ExecStatus.COMMAND_OK:
        # The cursor says what is wrong.
        return None
    known.names[sql] = name
    return name


def _are_plain(parameters: Sequence[Any]) -> bool:
    for one in parameters:
        kind = type(one)
        # The library would end a text at its first NUL; a cursor says what is wrong with it.
        if kind not in _PLAIN or (kind is str and "\0" in one):
            return False
    return True


@lru_cache(MOST)
def _numbered(sql: str) -> bytes:
    """Return a statement with numbered parameters."""
    numbers = count(1)
    return re.sub("%[s%]", lambda at: f"${next(numbers)}" if at[0] == "%s" else "%", sql).encode()


def _send(name: bytes, sql: str, parameters: Sequence[Any], *_: object) -> PGresult:
    on = connection.connection.pgconn
    found = on.exec_prepared(name, [str(one).encode() for one in parameters])
    if found.status == ExecStatus.TUPLES_OK:
        return found
    if found.error_field(DiagnosticField.SQLSTATE) == _UNKNOWN_NAME:
        raise _Forgotten
    if on.status != ConnStatus.OK:
        raise OperationalError(found.error_message.decode(errors="replace"))
    raise error_from_result(found)
