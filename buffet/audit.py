"""Who changes what, when and through which door: told to the database once per transaction."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pghistory
from django.db import DataError, connection, models
from django.db.models import Func, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.db.transaction import atomic
from pghistory.models import Context
from pghistory.models import Event as HistoryEvent
from psycopg.errors import NumericValueOutOfRange
from uuid_utils.compat import uuid7

from buffet.errors import AmountTooLarge


class Event(HistoryEvent):
    """Count events of a row's history in 64 bits: a busy ledger outlives 2 billion of them."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


class EventColumns:
    """What an event tells beside the row's columns: for annotations, django-pghistory makes it."""

    pgh_id: int
    pgh_label: str
    pgh_created_at: datetime
    pgh_obj_id: UUID
    pgh_context: Context | None
    pgh_context_id: UUID | None


def kept_history() -> tuple[pghistory.RowEvent, ...]:
    """Return new trackers that keep what a row was before each update and before its deletion.

    Per statement, so that a bulk change of a thousand rows writes its history in one insert.
    """
    return (
        pghistory.UpdateEvent(row=pghistory.Old, level=pghistory.Statement),
        pghistory.DeleteEvent(level=pghistory.Statement),
    )


def history_of(model: type[models.Model], **columns: object) -> models.QuerySet[HistoryEvent]:
    """Return what rows of a model were before each change, by columns of theirs or the event's."""
    events: dict[str, type[HistoryEvent]] = vars(model)["pgh_event_models"]
    return events["delete"].objects.filter(**columns)


def _setting(name: str) -> NullIf:
    return NullIf(Func(Value(name), Value(True), function="current_setting"), Value(""))


#: Column defaults: the person and the door of the running transaction, as `acting` named them.
ACTING_USER = Cast(_setting("buffet.actor"), models.UUIDField())
ACTING_DOOR = Coalesce(_setting("buffet.door"), Value("sql"))


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who changes books, and the door they came through: api, admin, page or command."""

    user_id: UUID | None
    door: str
    request_id: str = ""
    email: str = ""
    change_id: UUID = field(default_factory=uuid7)


def context(by: Actor, reason: str = "", book_id: UUID | None = None) -> tuple[str, str, str, str]:
    """Return the parameters of `SET_CONTEXT`."""
    story = {"user": str(by.user_id) if by.user_id else None, "email": by.email, "door": by.door}
    if book_id:
        story["book"] = str(book_id)
    if by.request_id:
        story["request_id"] = by.request_id
    if reason:
        story["reason"] = reason
    user = str(by.user_id) if by.user_id else ""
    # One context per reason: two changes of one request may have been made for different reasons.
    return user, by.door, str(by.change_id), json.dumps(story)


SET_CONTEXT = (
    "set_config('buffet.actor', %s, true), set_config('buffet.door', %s, true), "
    "set_config('pghistory.context_id', %s, true), "
    "set_config('pghistory.context_metadata', %s, true)"
)


# What was changed or deleted names the context; what was added says who and when, and is found by
# these to have this reason, since nobody else writes to the book meanwhile. What only adds has no
# events: the context says so, as long as no event of the same change has written it anew.
_KEEP_REASON = """
INSERT INTO pghistory_context AS kept (id, created_at, updated_at, metadata)
SELECT %(id)s, now(), now(), %(story)s::jsonb || held.span || '{"only_adds": true}' FROM (
    SELECT jsonb_build_object('since', %(since)s::timestamptz, 'until', clock_timestamp()) AS span
) AS held
ON CONFLICT (id) DO UPDATE
SET metadata = kept.metadata || excluded.metadata - 'only_adds'
    || CASE WHEN kept.metadata ? 'only_adds' THEN '{"only_adds": true}' ELSE '{}' END::jsonb
"""


@contextmanager
def acting(*, by: Actor, reason: str = "") -> Iterator[None]:
    """Open a database transaction in which every changed row remembers who changed it."""
    with atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {SET_CONTEXT}", context(by, reason))
        yield


@contextmanager
def writing(book_id: UUID, *, by: Actor, reason: str = "") -> Iterator[None]:
    """Open a database transaction that holds the book's lock: its writers queue here.

    :raises LookupError: if there is no such book.
    :raises AmountTooLarge: if what is written comes to more than a column of amounts holds.
    """
    try:
        with atomic():
            since = _locked(book_id, by, reason)
            yield
            if reason:
                *_, story = context(by, reason, book_id)
                with connection.cursor() as cursor:
                    told: dict[str, UUID | str | datetime | None] = {
                        "id": by.change_id,
                        "story": story,
                        "since": since,
                    }
                    cursor.execute(_KEEP_REASON, told)
    except DataError as error:
        if isinstance(error.__cause__, NumericValueOutOfRange):
            raise AmountTooLarge from error
        raise


def _locked(book_id: UUID, by: Actor, reason: str) -> datetime | None:
    """Take the book's lock and say who changes it; return since when, if there is a reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {SET_CONTEXT} FROM buffet_book WHERE id = %s FOR NO KEY UPDATE",
            (*context(by, reason, book_id), book_id),
        )
        if cursor.fetchone() is None:
            raise LookupError(f"there is no book {book_id}")
        if not reason:
            return None
        cursor.execute("SELECT clock_timestamp()")
        (since,) = cursor.fetchone()
        return since
