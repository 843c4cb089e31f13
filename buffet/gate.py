"""The gate before Django: it finds who calls the API, and tells who has the answer so.

One prepared statement over token, session, seat, book and limit goes straight to the driver's
library, over a connection of the process that serves nothing else. That costs a fraction of a
request: a client that has the answer is told so (304) for less than Django takes to say hello, and
the views of others find their caller in the environment. Whatever is out of the ordinary, from a
wrong token to a database that is away, goes on to Django, which asks again and says what is wrong.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.http.request import split_domain_port, validate_host
from psycopg import Connection, OperationalError
from psycopg.pq import ExecStatus
from rest_framework.exceptions import AuthenticationFailed

from buffet.errors import Refusal
from buffet.facts import of_unchanged
from buffet.logs import FACTS
from buffet.middleware import request_id
from buffet.rest import tags
from buffet.rest.authentication import (
    FOUND,
    QUERIES,
    TYPES,
    Caller,
    Question,
    is_to_be_kept,
    question,
)

logger = logging.getLogger(__name__)
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@lru_cache(maxsize=4096)
def _id(text: bytes) -> UUID:
    """Return an id as PostgreSQL writes it: the same few people and books come again and again."""
    return UUID(text.decode())


@lru_cache(maxsize=4096, typed=True)
def _text(value: object) -> bytes:
    """Return a parameter as PostgreSQL reads it."""
    return str(value).encode()


_BY_TYPE: dict[type, Callable[[bytes], Any]] = {
    str: bytes.decode,
    int: int,
    bool: b"t".__eq__,
    UUID: _id,
}
#: What makes values of the columns of a caller, in order.
_READERS = tuple(_BY_TYPE[kind] for kind in TYPES)


class Asking:
    """A connection that asks who calls, and nothing else."""

    #: Whoever is not answered in a moment takes the way through Django, which has seconds.
    HASTE = "-c statement_timeout=500ms"
    #: Seconds without another try when no connection could be had.
    REST = 3.0

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._resting_until = 0.0
        self._lock = Lock()
        #: How many questions were asked, for those who count statements.
        self.count = 0
        self._statements = {
            query: (f"caller_{number}".encode(), *_numbered(text))
            for number, (query, text) in enumerate(QUERIES.items())
        }

    def __call__(self, asked: Question) -> tuple[Any, ...] | None:
        """Return the row of the caller; None if there is none or the connection is busy or gone."""
        # Whoever finds it busy takes the way through Django, and waits for nobody.
        if not self._lock.acquire(blocking=False):
            return None
        try:
            return self._ask(asked)
        except OperationalError as error:
            logger.warning("the gate's connection: %s", error)
            self._close()
            return None
        finally:
            self._lock.release()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody else from asking."""
        with self._lock:
            yield

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        with self._lock:
            self._close()

    def _ask(self, asked: Question) -> tuple[Any, ...] | None:
        if self._connection is None:
            if time.monotonic() < self._resting_until:
                return None
            # Until it is there.
            self._resting_until = time.monotonic() + self.REST
            self._connection = self._connect()
            self._resting_until = 0.0
        self.count += 1
        statement, _, order = self._statements[asked.query]
        known = asked.parameters
        values = [None if (one := known[name]) is None else _text(one) for name in order]
        # NULL is None, of which the driver's types know in other calls alone.
        result = self._connection.pgconn.exec_prepared(statement, values)  # type: ignore[arg-type]
        if result.status != ExecStatus.TUPLES_OK:
            raise OperationalError(result.error_message.decode(errors="replace"))
        if not result.ntuples:
            return None
        cells = [result.get_value(0, place) for place in range(result.nfields)]
        return tuple(
            [
                None if cell is None else read(cell)
                for read, cell in zip(_READERS, cells, strict=False)
            ]
        )

    @property
    def backend(self) -> int | None:
        """The process of PostgreSQL that answers, if one does."""
        return self._connection.info.backend_pid if self._connection else None

    def _connect(self) -> Connection:
        given = DatabaseWrapper.get_connection_params(connection)
        given["options"] = f"{given.get('options', '')} {self.HASTE}"
        made = Connection.connect(**given | {"connect_timeout": 2, "autocommit": True})
        for name, text, _ in self._statements.values():
            if made.pgconn.prepare(name, text).status != ExecStatus.COMMAND_OK:
                raise OperationalError("the question of who calls cannot be prepared")
        return made

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _numbered(text: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a query with numbered parameters, and their names in order."""
    order: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] not in order:
            order.append(found[1])
        return f"${order.index(found[1]) + 1}"

    return re.sub(r"%\((\w+)\)s", number, text).encode(), tuple(order)


@lru_cache(maxsize=64)
def _is_ours(host: str) -> bool:
    """Whether we serve a host."""
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


class Gate:
    """A WSGI application around Django's."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.ask = Asking()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, or have Django answer it."""
        if environ["PATH_INFO"].startswith("/api/v1/") and "HTTP_AUTHORIZATION" in environ:
            try:
                caller = self._caller(environ)
            except (AuthenticationFailed, Refusal):
                caller = None
            if caller is not None and "HTTP_IF_NONE_MATCH" in environ:
                headers = _unchanged(environ, caller)
                if headers is not None:
                    environ[FACTS] = of_unchanged(environ, caller, headers[0][1])
                    start_response("304 Not Modified", headers)
                    return ()
        return self.application(environ, start_response)

    def _caller(self, environ: Environ) -> Caller | None:
        asked = question(environ)
        if asked is None:
            return None
        row = self.ask(asked)
        # A token whose use is to be kept is for Django to look at.
        if row is None or is_to_be_kept(row):
            return None
        found = environ[FOUND] = asked.answer(row)
        return found[0]


def _unchanged(environ: Environ, caller: Caller) -> list[tuple[str, str]] | None:
    """Return the headers of the answer to a client that has the answer; None if it has not."""
    if environ["REQUEST_METHOD"] != "GET" or caller.seat is None or not _is_plain(environ):
        return None
    tag = tags.seen(caller.seat, environ)
    if tag is None:
        return None
    # Its id is the first, for the log.
    headers = [("X-Request-ID", request_id(environ)), ("ETag", tag), *tags.PERSONAL.items()]
    rate = environ[FOUND][1]
    if rate is not None:
        headers += [("RateLimit-Policy", rate.policy), ("RateLimit", str(rate))]
    return headers


def _is_plain(environ: Mapping[str, str]) -> bool:
    """Whether nothing else has a say: no page of another origin, no host or scheme not ours."""
    if "HTTP_ORIGIN" in environ or not _is_ours(environ.get("HTTP_HOST", "")):
        return False
    return not settings.HTTPS or environ.get("HTTP_X_FORWARDED_PROTO") == "https"
