"""Do something, see what the database says it did, and take all of it back."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import OperationalError, connection, models
from django.db.transaction import atomic, set_rollback
from psycopg.errors import QueryCanceled

from buffet.admin.history import reading
from buffet.audit import Actor
from buffet.models import Book, BookRow

#: The new rows of a kind that are named.
MOST_NEW = 20
#: Seconds that a rehearsal may take: all who write to the book wait for it.
PATIENCE = 0.15
Figures = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a verb would do: how many rows of which kind, the first of them, and some figures.

    Of one that does too much to be carried out for the sake of a look, only its `extent`.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    changes: Sequence[reading.Told] = ()
    new: Sequence[tuple[str, str]] = ()
    figures: Sequence[tuple[str, str, str]] = ()
    extent: Figures | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether nothing would change."""
        return self.extent is None and not (self.counts or self.new or self.figures)

    @property
    def more(self) -> int:
        """How many changes are not shown one by one."""
        return sum(self.counts.values()) - len(self.changes)


class _TooLong(Exception):
    """A rehearsal has taken as long as it may."""


def rehearse(
    does: Callable[[], str | None],
    *,
    by: Actor,
    book: Book | None,
    figures: Callable[[], Figures] = dict,
    extent: Callable[[], Figures] = dict,
) -> Rehearsal:
    """Carry a verb out to its last check, look, and roll it back.

    What is shown is what would happen, since it is what did; nobody else sees any of it. What takes
    longer than a moment is given up, and its `extent` is shown: something that is quickly counted.

    :raises Refusal: if the verb refuses.
    """
    try:
        return _rehearsed(does, by, book, figures)
    except _TooLong:
        return Rehearsal(extent=extent())
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            return Rehearsal(extent=extent())
        raise


def _rehearsed(
    does: Callable[[], str | None], by: Actor, book: Book | None, figures: Callable[[], Figures]
) -> Rehearsal:
    until = time.monotonic() + PATIENCE

    def in_time(execute: Any, *statement: Any) -> Any:
        if time.monotonic() > until:
            raise _TooLong
        return execute(*statement)

    with atomic(), connection.execute_wrapper(in_time):
        since = _since(book)
        before = figures()
        if does() is None:
            # It did a part, which is not what will change.
            raise _TooLong
        with connection.cursor() as cursor:
            # As a commit would.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        after = figures()
        seen = Rehearsal(
            counts=reading.counts_of(by.change_id),
            changes=reading.of_changes([by.change_id]).get(by.change_id, [])[: reading.MOST],
            new=_new(book, *since) if book and since else (),
            figures=[
                (name, before.get(name, "—"), after.get(name, "—"))
                for name in dict.fromkeys([*before, *after])
                if before.get(name) != after.get(name)
            ],
        )
        set_rollback(True)
    return seen


def _since(book: Book | None) -> tuple[int, datetime] | None:
    """Return the book's version, and the time as the database has it.

    From here on, no statement of this database transaction takes longer than a rehearsal may.
    """
    if book is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, clock_timestamp(), set_config('statement_timeout', %s, true) "
            "FROM buffet_book WHERE id = %s",
            [f"{PATIENCE * 1000:.0f}ms", book.pk],
        )
        version, now, _ = cursor.fetchone()
        return version, now


def _new(book: Book, version: int, since: datetime) -> list[tuple[str, str]]:
    """Return kind and name of the rows that came since a moment of this database transaction."""
    parts: list[str] = []
    values: list[Any] = []
    for model in _kinds():
        parts.append(
            f"(SELECT '{model._meta.label_lower}', id::text FROM {model._meta.db_table} "
            f"WHERE book_id = %s AND version >= %s AND created_at > %s LIMIT {MOST_NEW})"
        )
        values += [book.pk, version, since]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        found = cursor.fetchall()
    new = []
    for label in dict.fromkeys(label for label, _ in found):
        model = apps.get_model(label)
        ids = [UUID(id) for one, id in found if one == label]
        kind = str(model._meta.verbose_name)
        new += [(kind, str(row)) for row in model._base_manager.filter(pk__in=ids)]
    return new


def _kinds() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, BookRow)]
