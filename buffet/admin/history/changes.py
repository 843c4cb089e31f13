"""Find changes: each is what one person did at once, for one reason, through one door."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from buffet.admin.history import reading
from buffet.ids import first_id

#: The changes of a page, and of an exported file.
PAGE, MOST = 30, 2000
#: The latest changes among which words are looked for.
SEARCHED = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes are wanted; what is left out is any."""

    book_id: UUID | None = None
    user_id: UUID | None = None
    words: str = ""
    door: str = ""
    first: date | None = None
    last: date | None = None
    #: What became of rows: "added", or "changed" for what was changed or deleted.
    what: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A change with what became of each row."""

    id: UUID
    at: datetime
    who: str
    door: str
    reason: str
    book_id: UUID | None
    told: Sequence[reading.Told] = field(default_factory=list)
    #: How many rows there are in all, where not all are told.
    count: int = 0


def page(wanted: Wanted, *, before: UUID | None = None, limit: int = PAGE) -> list[Change]:
    """Return changes, the latest first.

    The id of a change begins with its time, so the order is that of an index, of a book's changes
    and of a person's alike; words are looked for among the latest.
    """
    conditions, values = _conditions(wanted, before)
    where = " AND ".join(conditions)
    if wanted.words:
        found = (
            f"SELECT * FROM (SELECT * FROM pghistory_context c WHERE {where} "
            "ORDER BY id DESC LIMIT %(searched)s) AS c WHERE "
            "concat_ws(' ', metadata->>'reason', metadata->>'email') ILIKE %(words)s"
        )
    else:
        found = f"SELECT * FROM pghistory_context c WHERE {where}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, created_at, metadata->>'email', metadata->>'user', metadata->>'door', "
            f"metadata->>'reason', metadata->>'book' FROM ({found}) AS c "
            "ORDER BY id DESC LIMIT %(limit)s",
            values | {"limit": limit, "searched": SEARCHED, "words": like(wanted.words)},
        )
        rows = cursor.fetchall()
    told = reading.of_changes([row[0] for row in rows]) if rows else {}
    return [
        Change(
            id=id,
            at=at,
            who=email or user or "somebody",
            door=door or "",
            reason=reason or "",
            book_id=UUID(book) if book else None,
            told=told.get(id, []),
        )
        for id, at, email, user, door, reason, book in rows
    ]


def _conditions(wanted: Wanted, before: UUID | None) -> tuple[list[str], dict[str, Any]]:
    # What only adds is told by the rows that it added.
    conditions, values = ["NOT metadata ? 'only_adds'"], dict[str, Any]()
    of_story = {
        "book": wanted.book_id and str(wanted.book_id),
        "user": wanted.user_id and str(wanted.user_id),
        "door": wanted.door,
    }
    for name, value in of_story.items():
        if value:
            conditions.append(f"metadata->>'{name}' = %({name})s")
            values[name] = value
    bounds = {
        "before": (before, "id < %(before)s"),
        "first": (wanted.first and first_id(wanted.first), "id >= %(first)s"),
        "after": (
            wanted.last and first_id(wanted.last + timedelta(days=1)), "id < %(after)s"
        ),
    }  # fmt: skip
    for name, (bound, condition) in bounds.items():
        if bound:
            conditions.append(condition)
            values[name] = bound
    return conditions, values


def like(words: str) -> str:
    """Return the pattern of texts that have some words in them."""
    for sign in "\\%_":
        words = words.replace(sign, f"\\{sign}")
    return f"%{words}%"
