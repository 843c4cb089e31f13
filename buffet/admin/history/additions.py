"""Find additions: no history keeps them, but each row says who made it, when and by which door.

What was made by one statement has one instant, and is told at once.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models

from buffet.admin.history import reading
from buffet.admin.history.changes import Change, Wanted, like
from buffet.ids import id_at, latest_before, midnight
from buffet.models import BookRow, User

#: The rows of a kind, in a book those that changed last, among which additions are looked for.
SEARCHED = 20_000

# The ids of what came at once are cut to those that are shown. OFFSET 0 keeps the latest rows from
# being looked for by a walk through all of them.
_ADDED = """
SELECT '{label}' AS model, book_id, created_by, created_via, created_at, count(*) AS count,
    (array_agg(id ORDER BY id))[1:{most}] AS ids
FROM ({latest} OFFSET 0) AS latest WHERE {conditions}
GROUP BY book_id, created_by, created_via, created_at ORDER BY created_at DESC LIMIT %(limit)s
"""
_OF_ALL = "SELECT * FROM {table} ORDER BY id DESC LIMIT %(searched)s"
_OF_BOOK = """
SELECT * FROM {table} WHERE book_id = %(book)s ORDER BY version DESC LIMIT %(searched)s
"""
# A person's additions are in the books in which they have a seat, or had one.
_OF_PERSON = """
SELECT r.* FROM (
    SELECT book_id FROM buffet_membership WHERE user_id = %(user)s
    UNION SELECT book_id FROM buffet_membershipevent WHERE user_id = %(user)s
) AS seats, LATERAL (
    SELECT * FROM {table} r WHERE r.book_id = seats.book_id ORDER BY version DESC
    LIMIT %(searched)s
) AS r
"""
# Why something was added, as whoever held the book's lock then said; and what was added for a
# reason with some words in it.
_REASONS = """
SELECT w.n, c.metadata->>'reason'
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::uuid[])
    AS w (n, book, person, door, at, latest),
LATERAL (
    SELECT * FROM pghistory_context WHERE metadata->>'book' = w.book AND id <= w.latest
    ORDER BY id DESC LIMIT 50
) AS c
WHERE coalesce(c.metadata->>'user', '') = w.person AND c.metadata->>'door' = w.door
    AND w.at >= (c.metadata->>'since')::timestamptz AND w.at <= (c.metadata->>'until')::timestamptz
"""
_SAID = """
WITH said AS MATERIALIZED (
    SELECT (metadata->>'book')::uuid AS book, (metadata->>'user')::uuid AS person,
        metadata->>'door' AS door, (metadata->>'since')::timestamptz AS since,
        (metadata->>'until')::timestamptz AS until
    FROM (SELECT * FROM pghistory_context ORDER BY id DESC LIMIT %(searched)s) AS c
    WHERE metadata ? 'until' AND metadata->>'reason' ILIKE %(words)s
    ORDER BY id DESC LIMIT 100
)
"""
_FOR_REASON = """
EXISTS (
    SELECT FROM said
    WHERE said.book = latest.book_id AND said.person IS NOT DISTINCT FROM latest.created_by
        AND said.door = latest.created_via AND latest.created_at BETWEEN said.since AND said.until
)
"""
_WITH_NAMES = """
{said}
SELECT f.*, u.email FROM ({found}) AS f LEFT JOIN buffet_user u ON u.id = f.created_by
ORDER BY f.created_at DESC, f.model, f.book_id LIMIT %(limit)s
"""
_STATES = """
SELECT r.id, to_jsonb(r)::text FROM {table} r WHERE r.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class _Added:
    """What one statement added to a table."""

    model: str
    book_id: UUID
    created_by: UUID | None
    created_via: str
    created_at: datetime
    count: int
    ids: Sequence[UUID]
    email: str | None


def page(wanted: Wanted, *, before: UUID | None, limit: int) -> list[Change]:
    """Return additions, the latest first; those of one instant are never parted by the limit."""
    # More than may be shown, so that whoever cuts sees what is of one instant.
    found = _found(wanted, before, limit + len(_kinds()))
    reasons = _reasons(
        [(one.book_id, one.created_by, one.created_via, one.created_at) for one in found]
    )
    told = _told(found)
    return [
        Change(
            id=id_at(one.created_at),
            at=one.created_at,
            who=one.email or str(one.created_by or "somebody"),
            door=one.created_via,
            reason=reason,
            book_id=one.book_id,
            told=[told[id] for id in one.ids if id in told],
            count=one.count,
        )
        for one, reason in zip(found, reasons, strict=True)
    ]


def _reasons(wanted: Sequence[tuple[UUID, UUID | None, str, datetime]]) -> list[str]:
    """Return why something was added: in a book, by a person, through a door, at an instant."""
    if not wanted:
        return []
    columns = zip(
        *(
            (number, str(book), str(user or ""), door, at, id_at(at))
            for number, (book, user, door, at) in enumerate(wanted)
        ),
        strict=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(_REASONS, [list(column) for column in columns])
        known = dict(cursor.fetchall())
    return [known.get(number) or "" for number in range(len(wanted))]


def of_row(row: models.Model) -> reading.Told | None:
    """Return how a row came, as far as it tells; nobody is named who is not known."""
    label = row._meta.label_lower
    made_at = getattr(row, "created_at", None)
    if not made_at or label not in reading.histories():
        return None
    # Shared rates are loaded: they say since when they are there, and not by whom.
    if not isinstance(row.pk, UUID):
        return None
    made_by = getattr(row, "created_by", None)
    # Pages read it with the row.
    email = getattr(row, "maker_email", None)
    if made_by and not email:
        email = User.objects.filter(pk=made_by).values_list("email", flat=True).first()
    story = _story(made_by, email, getattr(row, "created_via", ""))
    if isinstance(row, BookRow):
        at = (row.book_id, made_by, row.created_via, row.created_at)
        (story["reason"],) = _reasons([at])
    (told,) = _read([(label, row.pk, made_at, story)]).values() or (None,)
    return told


def _story(user: UUID | None, email: str | None, door: str) -> dict[str, str]:
    """Return what the context of a change would say."""
    return {"user": str(user or ""), "email": email or "", "door": door}


def _kinds() -> dict[str, type[models.Model]]:
    """Return the tables with a history whose rows say who made them."""
    return {
        label: model
        for label, (model, _) in reading.histories().items()
        if issubclass(model, BookRow)
    }


def _found(wanted: Wanted, before: UUID | None, limit: int) -> list[_Added]:
    """Return what was added at one instant each, the latest first."""
    latest = _OF_BOOK if wanted.book_id else _OF_PERSON if wanted.user_id else _OF_ALL
    conditions, values = _conditions(wanted, before)
    parts = [
        _ADDED.format(
            label=label,
            most=reading.MOST,
            latest=latest.format(table=model._meta.db_table),
            conditions=" AND ".join(conditions),
        )
        for label, model in _kinds().items()
    ]
    found = " UNION ALL ".join(f"({part})" for part in parts)
    values |= {"limit": limit, "searched": SEARCHED}
    with connection.cursor() as cursor:
        said = _SAID if wanted.words else ""
        cursor.execute(_WITH_NAMES.format(found=found, said=said), values)
        return [_Added(*row) for row in cursor.fetchall()]


def _conditions(wanted: Wanted, before: UUID | None) -> tuple[list[str], dict[str, Any]]:
    after = wanted.last and midnight(wanted.last + timedelta(days=1))
    bounds = {
        "book": (wanted.book_id, "book_id = %(book)s"),
        "user": (wanted.user_id, "created_by = %(user)s"),
        "door": (wanted.door, "created_via = %(door)s"),
        "before": (before and latest_before(before), "created_at <= %(before)s"),
        "first": (wanted.first and midnight(wanted.first), "created_at >= %(first)s"),
        "after": (after, "created_at < %(after)s"),
        "words": (
            wanted.words and like(wanted.words),
            f"(created_by IN (SELECT id FROM buffet_user WHERE email ILIKE %(words)s) "
            f"OR {_FOR_REASON})",
        ),
    }
    given = {name: bound for name, bound in bounds.items() if bound[0]}
    values = {name: value for name, (value, _) in given.items()}
    return [condition for _, condition in given.values()] or ["true"], values


def _told(found: Sequence[_Added]) -> dict[UUID, reading.Told]:
    """Return each row that was added, as far as it is shown."""
    return _read(
        [
            (one.model, id, one.created_at, _story(one.created_by, one.email, one.created_via))
            for one in found
            for id in one.ids
        ]
    )


def _read(rows: Sequence[tuple[str, UUID, datetime, dict[str, str]]]) -> dict[UUID, reading.Told]:
    """Read rows as events; what was deleted meanwhile is missing."""
    ids: dict[str, list[UUID]] = defaultdict(list)
    for label, id, _, _ in rows:
        ids[label].append(id)
    if not ids:
        return {}
    states = [
        _STATES.format(label=label, table=reading.histories()[label][0]._meta.db_table)
        for label in ids
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(states), list(ids.values()))
        # Amounts as they are written: a float would round them.
        known = {id: json.loads(state, parse_float=str) for id, state in cursor.fetchall()}
    events = [
        {
            "model": label,
            "row_id": str(id),
            "pgh_label": "insert",
            "pgh_created_at": at,
            "before": {},
            "after": known[id],
            "metadata": story,
        }
        for label, id, at, story in rows
        if id in known
    ]
    told = reading.told(events)
    return {UUID(one.row_id): one for one in told}
