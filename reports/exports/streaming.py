"""An answer that is read from the database while it is sent, in one state of the book."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from threading import Semaphore
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import atomic
from django.http import HttpRequest, StreamingHttpResponse

from buffet.errors import Refusal


class OthersExport(Refusal):
    """Another export is under way just now: ask again in a moment."""

    code = "busy"
    status = 503
    retry_after = 5


class AlreadyExporting(Refusal):
    """An export of yours is under way already: wait for its end."""

    code = "export_under_way"
    status = 429
    retry_after = 5


#: So many exports a process writes at once: each holds a connection of the pool until its end.
_turn = Semaphore(1)


class Streamed(StreamingHttpResponse):
    """The answer that is a file."""

    #: What answers of the API say of themselves: this one shows no row.
    version: int | None = None


def streamed(
    request: HttpRequest, user_id: UUID, file_name: str, content_type: str, pieces: Iterator[bytes]
) -> Streamed:
    """Return pieces, which ask the database as they are read, as an answer.

    The first is made at once, so that what goes wrong is told as it should be. Whatever goes wrong
    later ends the connection in the middle, which a client notices.

    :raises OthersExport: if the process is writing another one.
    :raises AlreadyExporting: if the user has another one written, on any instance.
    """
    if not _turn.acquire(blocking=False):
        raise OthersExport
    found = _Pieces(user_id, pieces)
    found.begin()
    # A client that no longer reads would keep the connection and everybody's turn.
    socket = request.META.get("gunicorn.socket")
    if socket is not None:
        socket.settimeout(settings.EXPORT_PATIENCE)
    response = Streamed(found, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


class _Pieces:
    """Pieces that are made in a database session of their own, which lasts until their end.

    The thread's own session goes on beside it, since others write while the answer is on its way.
    """

    def __init__(self, user_id: UUID, pieces: Iterator[bytes]) -> None:
        self._user_id, self._pieces = user_id, pieces
        self._ordinary = connections[DEFAULT_DB_ALIAS]
        self._own = _beside(self._ordinary)
        self._made = self._make()
        self._waiting: list[bytes] = []
        self._is_over = False

    def begin(self) -> None:
        """Make the first piece."""
        self._waiting.append(next(self))

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._waiting:
            return self._waiting.pop()
        try:
            with self._session():
                return next(self._made)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the session and let others have their turn."""
        if self._is_over:
            return
        self._is_over = True
        try:
            with self._session():
                self._made.close()
            if self._own is not self._ordinary:
                self._own.close()
        finally:
            _turn.release()

    def __del__(self) -> None:
        """Let nobody wait for an answer that was never sent."""
        self.close()

    def _make(self) -> Generator[bytes, None, None]:
        with one_state(self._own, self._user_id):
            yield from self._pieces

    @contextmanager
    def _session(self) -> Iterator[None]:
        before = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self._own
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = before


def _beside(ordinary: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """Return another session of the same database and pool; the same one inside a transaction.

    What a transaction has not committed, which is all that a test has written, only it can see.
    """
    if ordinary.in_atomic_block:
        return ordinary
    return type(ordinary)(ordinary.settings_dict, ordinary.alias)


@contextmanager
def one_state(own: BaseDatabaseWrapper, user_id: UUID) -> Iterator[None]:
    """Let all that is asked see one state, without a limit of time, one at a time for a user.

    :raises AlreadyExporting: if the user has another one written.
    """
    is_outer = not own.in_atomic_block
    name = blake2b(f"export {user_id}".encode(), digest_size=8).digest()
    with atomic():
        with own.cursor() as cursor:
            if is_outer:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(%s)", (int.from_bytes(name, "big", signed=True),)
            )
            if not cursor.fetchone()[0]:
                raise AlreadyExporting
        yield
