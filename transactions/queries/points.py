"""Balance points beside what the ledger says: from kept sums, however long the history."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection

from buffet.errors import NotFound


@dataclass(frozen=True, slots=True)
class Point:
    """A balance point, and what the ledger says is on the account at the end of its day."""

    id: UUID
    account_id: UUID
    account_name: str
    currency: str
    on: date
    kind: str
    expected: Decimal
    note: str
    transaction_id: UUID | None
    import_id: UUID | None
    reconciled_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    computed: Decimal

    @property
    def difference(self) -> Decimal:
        """Return what the ledger lacks."""
        return self.expected - self.computed

    @property
    def ok(self) -> bool:
        """Whether the ledger agrees."""
        return not self.difference


@dataclass(frozen=True, slots=True)
class Check:
    """A point of an account, and where to look if it is the first that differs.

    The fault is among the entries from the first of both days to the second. `suspect` is the one
    transaction there that explains all of it, if one does: too much, or with the wrong sign.
    """

    point: Point
    differs_from: date | None = None
    differs_until: date | None = None
    suspect: UUID | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which points are wanted; days are inclusive."""

    account_id: UUID | None = None
    kind: str = ""
    ok: bool | None = None
    date_from: date | None = None
    date_to: date | None = None


# From what the account ever moved, back over the months after the point's; then the entries of
# whichever part of its own month is shorter.
_POINTS = """
SELECT p.id, p.account_id, a.name, a.currency, p.on, p.kind, p.balance, p.note, p.transaction_id,
    p.import_id, p.reconciled_at, p.version, p.created_at, p.updated_at,
    coalesce(ever.debit - ever.credit, 0) - coalesce(later.total, 0) + coalesce(part.total, 0)
        AS computed
FROM transactions_balancepoint p
JOIN accounts_account a ON a.id = p.account_id
CROSS JOIN LATERAL (
    SELECT date_trunc('month', p.on)::date AS first,
        (date_trunc('month', p.on) + interval '1 month')::date AS following,
        extract(day FROM p.on) > 15 AS is_late
) AS month
LEFT JOIN transactions_accounttotal ever
    ON ever.book_id = p.book_id AND ever.account_id = p.account_id AND ever.currency = a.currency
LEFT JOIN LATERAL (
    SELECT sum(debit - credit) AS total FROM transactions_monthlybalance m
    WHERE m.book_id = p.book_id AND m.account_id = p.account_id AND m.currency = a.currency
        AND m.month >= CASE WHEN is_late THEN following ELSE first END
) AS later ON true
LEFT JOIN LATERAL (
    SELECT sum(CASE WHEN is_late THEN -e.amount ELSE e.amount END) AS total
    FROM transactions_entry e
    WHERE e.account_id = p.account_id AND e.currency = a.currency
        AND e.date >= CASE WHEN is_late THEN p.on + 1 ELSE first END
        AND e.date < CASE WHEN is_late THEN following ELSE p.on + 1 END
) AS part ON true
WHERE p.book_id = %(book)s
"""


def page(
    book_id: UUID,
    filters: Filters,
    *,
    limit: int | None = None,
    place: tuple[date, UUID] | None = None,
    falling: bool = True,
) -> list[Point]:
    """Return up to `limit` points beside a place, (day, id), the nearest to it leading.

    With `falling` those before it in time, the latest first; else those after it.
    """
    conditions = {
        "p.account_id = %(account)s": filters.account_id,
        "p.kind = %(kind)s": filters.kind or None,
        "p.on >= %(date_from)s": filters.date_from,
        "p.on <= %(date_to)s": filters.date_to,
        f"(p.on, p.id) {'<' if falling else '>'} (%(on)s, %(id)s)": place,
    }
    sql = _POINTS + "".join(f" AND {one}" for one, asked in conditions.items() if asked is not None)
    if filters.ok is not None:
        sign = "=" if filters.ok else "<>"
        sql = f"SELECT * FROM ({sql}) AS p WHERE p.balance {sign} p.computed"
    order = "DESC" if falling else "ASC"
    sql += f" ORDER BY p.on {order}, p.id {order}"
    if limit is not None:
        sql += f" LIMIT {int(limit)}"
    on, id = place or (None, None)
    return _read(
        sql,
        book_id,
        account=filters.account_id,
        kind=filters.kind,
        date_from=filters.date_from,
        date_to=filters.date_to,
        on=on,
        id=id,
    )


def get(book_id: UUID, point_id: UUID) -> Point:
    """Return one point.

    :raises NotFound: if the book has no such point.
    """
    found = _read(f"{_POINTS} AND p.id = %(id)s", book_id, id=point_id)
    if not found:
        raise NotFound("There is no such balance point in this book.")
    return found[0]


def checks(book_id: UUID, account_id: UUID) -> list[Check]:
    """Return an account's points, the earliest first; the first that differs says where to look."""
    points = page(book_id, Filters(account_id=account_id), falling=False)
    found = [Check(point) for point in points]
    first = next((place for place, point in enumerate(points) if not point.ok), None)
    if first is not None:
        found[first] = _narrowed(points[first], points[:first])
    return found


def check(book_id: UUID, point_id: UUID) -> Check:
    """Return one point, and where to look if it differs.

    :raises NotFound: if the book has no such point.
    """
    point = get(book_id, point_id)
    if point.ok:
        return Check(point)
    earlier = Filters(account_id=point.account_id, ok=True, date_to=point.on - timedelta(days=1))
    return _narrowed(point, page(book_id, earlier, limit=1))


_FIRST_DAY = "SELECT min(date) FROM transactions_entry WHERE account_id = %s"
# Taken out, or turned round, such an entry would make the point agree.
_SUSPECTS = """
SELECT DISTINCT date, transaction_id FROM transactions_entry
WHERE account_id = %s AND date BETWEEN %s AND %s AND amount IN (%s, %s) LIMIT 2
"""


def _narrowed(point: Point, agreeing: Sequence[Point]) -> Check:
    """Return a point that differs with the days since the latest that agrees."""
    since = max((one.on + timedelta(days=1) for one in agreeing), default=None)
    with connection.cursor() as cursor:
        if since is None:
            cursor.execute(_FIRST_DAY, (point.account_id,))
            since = min(cursor.fetchone()[0] or point.on, point.on)
        much = -point.difference
        cursor.execute(_SUSPECTS, (point.account_id, since, point.on, much, much / 2))
        suspects = cursor.fetchall()
    wide = Check(point, since, point.on)
    if len(suspects) != 1:
        return wide
    day, transaction_id = suspects[0]
    return replace(wide, differs_from=day, differs_until=day, suspect=transaction_id)


def _read(sql: str, book_id: UUID, **values: object) -> list[Point]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"book": book_id, **values})
        return [Point(*row) for row in cursor.fetchall()]
