"""Which months are closed, by whom, and which were: each reopening with its reason."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from transactions.queries.balances import month_after


@dataclass(frozen=True, slots=True)
class Closing:
    """When a month was closed, and by whom."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Reopening:
    """A closing that was taken back: when, by whom and why."""

    closing: Closing
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class Closings:
    """The closed months of a book by their first days, and each one's reopenings, the latest first.

    `first` is the first month in which anything moved; None if nothing ever did.
    """

    closed: Mapping[date, Closing] = field(default_factory=dict)
    reopened: Mapping[date, Sequence[Reopening]] = field(default_factory=dict)
    first: date | None = None

    def open_before(self, month: date) -> date | None:
        """Return the first month before another that is open, of those since anything moved."""
        if self.first is None:
            return None
        earlier = _months(self.first, month - timedelta(days=1))
        return next((one for one in earlier if one not in self.closed), None)

    def cover(self, since: date, until: date) -> bool:
        """Whether all days between these two, both included, lie in closed months."""
        return bool(self.closed) and all(month in self.closed for month in _months(since, until))


def _months(since: date, until: date) -> Iterable[date]:
    month = since.replace(day=1)
    while month <= until:
        yield month
        month = month_after(month)


_CLOSINGS = """
SELECT c.month, c.created_at, coalesce(nullif(u.name, ''), u.email, ''), NULL, NULL, NULL
FROM transactions_closedmonth c LEFT JOIN buffet_user u ON u.id = c.created_by
WHERE c.book_id = %(book)s
UNION ALL
SELECT e.month, e.created_at, coalesce(nullif(u.name, ''), u.email, ''), e.pgh_created_at,
    coalesce(nullif(r.name, ''), r.email, c.metadata->>'email', ''),
    coalesce(c.metadata->>'reason', '')
FROM transactions_closedmonthevent e
LEFT JOIN buffet_user u ON u.id = e.created_by
LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id
LEFT JOIN buffet_user r ON r.id = (c.metadata->>'user')::uuid
WHERE e.book_id = %(book)s
UNION ALL
SELECT min(month), NULL, NULL, NULL, NULL, NULL FROM transactions_monthlybalance
WHERE book_id = %(book)s AND entries <> 0
ORDER BY 4 DESC
"""


def closings(book_id: UUID) -> Closings:
    """Return the closed months of a book, and those that were, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSINGS, {"book": book_id})
        rows = cursor.fetchall()
    closed: dict[date, Closing] = {}
    reopened: dict[date, list[Reopening]] = defaultdict(list)
    first = None
    for month, closed_at, closed_by, at, by, reason in rows:
        if closed_at is None:
            first = month
        elif at is None:
            closed[month] = Closing(closed_at, closed_by)
        else:
            reopened[month].append(Reopening(Closing(closed_at, closed_by), at, by, reason))
    return Closings(closed, dict(reopened), first)
