"""The rates that a book sees, its own and the shared ones: listed by day, or those in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import BookRate
from buffet.audit import history_of
from buffet.models import Book
from buffet.rest.times import instant

SCOPES = ("own", "shared")
_COLUMNS = 'id, base, quote, "on", rate, source, scope, version, created_at, updated_at'
#: Scope → its rates as `_COLUMNS`; the planner takes only what is asked of them from an index.
_RATES = {
    "own": """
        SELECT id, base, quote, "on", rate, source, 'own' AS scope, version, created_at, updated_at
        FROM accounts_bookrate WHERE book_id = %(book)s
    """,
    "shared": """
        SELECT NULL::uuid AS id, base, quote, "on", rate, source, 'shared' AS scope,
            NULL::bigint AS version, NULL::timestamptz AS created_at,
            NULL::timestamptz AS updated_at
        FROM accounts_exchangerate
    """,
}
_ORDER = {
    False: '"on" DESC, base, quote, scope',
    True: '"on", base DESC, quote DESC, scope DESC',
}
_BEHIND = {
    False: """"on" <= %(place_on)s AND ("on" < %(place_on)s
        OR (base, quote, scope) > (%(place_base)s, %(place_quote)s, %(place_scope)s))""",
    True: """"on" >= %(place_on)s AND ("on" > %(place_on)s
        OR (base, quote, scope) < (%(place_base)s, %(place_quote)s, %(place_scope)s))""",
}
# From pair to pair by the index: there are some dozens of them, with thousands of days each.
_IN_FORCE = """
WITH RECURSIVE pairs AS (
    (SELECT base, quote FROM ({rates}) AS r ORDER BY base, quote LIMIT 1)
    UNION ALL
    SELECT n.base, n.quote FROM pairs p CROSS JOIN LATERAL (
        SELECT base, quote FROM ({rates}) AS r WHERE (base, quote) > (p.base, p.quote)
        ORDER BY base, quote LIMIT 1
    ) AS n
)
SELECT n.* FROM pairs p CROSS JOIN LATERAL (
    SELECT * FROM ({rates}) AS r
    WHERE base = p.base AND quote = p.quote AND "on" <= %(on)s ORDER BY "on" DESC LIMIT 1
) AS n
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the list; with `on`, of each pair the rate in force on that day alone."""

    base: str | None = None
    quote: str | None = None
    on: date | None = None
    date_from: date | None = None
    date_to: date | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: beside the rate of this day, pair and scope."""

    on: date
    base: str
    quote: str
    scope: str


_CONDITIONS = {
    "base": "base = %(base)s",
    "quote": "quote = %(quote)s",
    "date_from": '"on" >= %(date_from)s',
    "date_to": '"on" <= %(date_to)s',
}


def page(
    book_id: UUID, filters: Filters, *, limit: int, place: Place | None = None, back: bool = False
) -> list[dict[str, Any]]:
    """Return rates that a book sees, the latest day first, from a place on or back from there."""
    wanted: dict[str, UUID | date | int | str | None] = {
        "book": book_id, "limit": limit, "on": filters.on
    }  # fmt: skip
    conditions = []
    for name, condition in _CONDITIONS.items():
        wanted[name] = getattr(filters, name)
        if wanted[name] is not None:
            conditions.append(condition)
    if place is not None:
        wanted |= {f"place_{name}": getattr(place, name) for name in Place.__slots__}
        conditions.append(_BEHIND[back])
    scopes = SCOPES if filters.scope is None else (filters.scope,)
    listed = _in_force(scopes) if filters.on else None
    end = f"""{"WHERE " + " AND ".join(conditions) if conditions else ""}
        ORDER BY {_ORDER[back]} LIMIT %(limit)s"""
    # Each scope by itself to begin with, so that each is read from its index no further than asked.
    parts = [listed] if listed else [_RATES[scope] for scope in scopes]
    rows = " UNION ALL ".join(f"(SELECT {_COLUMNS} FROM ({part}) AS r {end})" for part in parts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({rows}) AS r ORDER BY {_ORDER[back]} LIMIT %(limit)s", wanted
        )
        return [_row(row) for row in cursor.fetchall()]


def _in_force(scopes: Sequence[str]) -> str:
    """Return the query of the latest rate of each pair; of one day, the book's own."""
    parts = " UNION ALL ".join(f"({_IN_FORCE.format(rates=_RATES[scope])})" for scope in scopes)
    return f"""
        SELECT DISTINCT ON (base, quote) * FROM ({parts}) AS r
        ORDER BY base, quote, "on" DESC, scope
    """


def rate(book_id: UUID, id: UUID) -> dict[str, Any] | None:
    """Return a rate that a book sees; None if it sees no such rate."""
    wanted: dict[str, Any] = {"book": book_id, "id": id}
    condition, scope = "id = %(id)s", "own"
    key = shared_key(id)
    if key is not None:
        wanted |= dict(zip(("base", "quote", "on"), key, strict=True))
        condition, scope = 'base = %(base)s AND quote = %(quote)s AND "on" = %(on)s', "shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM ({_RATES[scope]}) AS r WHERE {condition}", wanted)
        row = cursor.fetchone()
    return None if row is None else _row(row)


def was_deleted(book: Book, rate_id: UUID) -> bool:
    """Whether the book had a rate of its own of this id that is deleted."""
    return history_of(BookRate, pgh_label="delete", pgh_obj_id=rate_id, book=book).exists()


def own_row(rate: BookRate) -> dict[str, Any]:
    """Return a rate of a book's own as the API shows it."""
    stored = (rate.id, rate.base, rate.quote, rate.on, rate.rate, rate.source)
    return _row((*stored, "own", rate.version, rate.created_at, rate.updated_at))


def _row(row: tuple[Any, ...]) -> dict[str, Any]:
    id, base, quote, on, value, source, scope, version, created_at, updated_at = row
    return {
        "id": shared_id(base, quote, on) if id is None else id,
        "base": base,
        "quote": quote,
        "on": on,
        "rate": f"{value.normalize():f}",
        "source": source,
        "scope": scope,
        "version": version,
        "created_at": created_at and instant(created_at),
        "updated_at": updated_at and instant(updated_at),
    }


# A shared rate has no id of its own. The one that it shows is a UUID of version 8, made of the six
# letters of its pair and the number of its day: the same after every load.
_FIXED = 0x8000_8000_0000_0000_0000
_DAYS = (1 << 32) - 1


def shared_id(base: str, quote: str, on: date) -> UUID:
    """Return the id that a shared rate shows."""
    letters = int.from_bytes(f"{base}{quote}".encode("ascii"))
    return UUID(int=letters << 80 | _FIXED | on.toordinal())


def shared_key(id: UUID) -> tuple[str, str, date] | None:
    """Return base, quote and day of the shared rate that shows this id; None if none does."""
    letters, rest = (id.int >> 80).to_bytes(6), id.int & ((1 << 80) - 1)
    if rest & ~_DAYS != _FIXED or not (letters.isalpha() and letters.isupper()):
        return None
    try:
        pair = letters.decode("ascii")
        return pair[:3], pair[3:], date.fromordinal(rest & _DAYS)
    except (ValueError, OverflowError):
        return None
