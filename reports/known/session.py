"""A database session in which the book's tables hold what was known at an instant.

Queries need not know of it: temporary tables of the same names stand before the ordinary ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from threading import Semaphore

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import atomic, set_rollback
from psycopg.errors import NotNullViolation, UniqueViolation

from buffet.capacity import KNOWN
from buffet.errors import Refusal
from buffet.models import Book
from reports.known.made import NO_WHOLE
from reports.known.shadows import NO_HISTORY, statements


class BookNotYetKept(Refusal):
    """This book was not kept yet: nothing was known of it then."""

    code = "not_kept_yet"
    status = 404


class NotKept(Refusal):
    """This cannot be told as it was known then: what it says keeps no history."""

    code = "no_history"


class OthersAsk(Refusal):
    """Others are asking what was known just now: ask again in a moment."""

    code = "busy"
    status = 503
    retry_after = 2


class WriteUnderWay(Refusal):
    """Something was just being written then: ask for an instant before or after it."""

    code = "write_under_way"


# Half a write may also break what holds for each whole one.
_REFUSALS = {
    NO_HISTORY: NotKept,
    NO_WHOLE: WriteUnderWay,
    UniqueViolation.sqlstate: WriteUnderWay,
    NotNullViolation.sqlstate: WriteUnderWay,
}

#: So many sessions beside those of the pool a process has at most: buffet.capacity counts them.
_turn = Semaphore(KNOWN)
#: Seconds for which a question waits for its turn; the pool's connections are not kept longer.
_PATIENCE = 3.0


@contextmanager
def as_known(book: Book, at: datetime) -> Iterator[Book]:
    """Let what this thread asks the database be answered as at an instant; yield the book of then.

    A change counts from the instant at which its database transaction began, so whatever was under
    way at `at` may be there or not, and within the seconds after it the answer may still change.
    Of an entry that a correction added, the id says since when it is there, by the clock of the
    server that made it. An instant to come is as now.

    As they are now: people and their seats. Of shared exchange rates, those are always there that
    were kept before it was said since when. In rows that changed since, `version` is 0, which no
    row has, and `updated_at` the last change that is kept. What keeps no history is refused as soon
    as it is asked for. Nothing can be written.

    The session is one of its own beside the thread's, for as long as this lasts, so it does not see
    what the thread has not committed.

    :raises OthersAsk: if the process has no session left for it within seconds.
    :raises BookNotYetKept: if there was no such book.
    :raises WriteUnderWay: if a write of several parts was half done by what is kept of it.
    :raises NotKept: if something is asked of which nobody knows any more what it was.
    """
    ordinary = connections[DEFAULT_DB_ALIAS]
    own = _beside(ordinary)
    if not _turn.acquire(timeout=_PATIENCE):
        raise OthersAsk
    connections[DEFAULT_DB_ALIAS] = own
    try:
        with atomic():
            try:
                with own.cursor() as cursor:
                    for statement in statements(cursor.connection, book.id, at):
                        cursor.execute(statement)
                found = Book.objects.filter(id=book.id).first()
                if found is None:
                    raise BookNotYetKept
                yield found
            except DatabaseError as error:
                refusal = _REFUSALS.get(getattr(error.__cause__, "sqlstate", ""))
                if refusal is None:
                    raise
                raise refusal from error
            finally:
                set_rollback(True)
    finally:
        connections[DEFAULT_DB_ALIAS] = ordinary
        try:
            own.close()
        finally:
            _turn.release()


def _beside(ordinary: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """Return a new session of the same database.

    Not of the pool, and without statements prepared: a plan for an ordinary table stays with it.
    """
    settings = deepcopy(ordinary.settings_dict)
    settings["OPTIONS"] = settings["OPTIONS"] | {"prepare_threshold": None}
    settings["OPTIONS"].pop("pool", None)
    return type(ordinary)(settings, ordinary.alias)
