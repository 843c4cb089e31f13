"""Balance points beside what the ledger says: from kept sums, however long the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from buffet.errors import NotFound
from buffet.money import Money


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
# whichever part of its own month is shorter. What it ever moved is looked up by itself: joined, all
# accounts of the book would be read for each point.
_COMPUTED = """
SELECT p.id, p.account_id, a.name, a.currency, p.on, p.kind, p.balance, p.note, p.transaction_id,
    p.import_id, p.reconciled_at, p.version, p.created_at, p.updated_at,
    coalesce(ever.debit - ever.credit, 0) - coalesce(later.total, 0) + coalesce(part.total, 0)
        AS computed
FROM {points}
JOIN accounts_account a ON a.id = p.account_id
CROSS JOIN LATERAL (
    SELECT date_trunc('month', p.on)::date AS first,
        (date_trunc('month', p.on) + interval '1 month')::date AS following,
        extract(day FROM p.on) > 15 AS is_late
) AS month
LEFT JOIN LATERAL (
    SELECT t.debit, t.credit FROM transactions_accounttotal t
    WHERE t.book_id = p.book_id AND t.account_id = p.account_id AND t.currency = a.currency
    OFFSET 0
) AS ever ON true
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
#: All points of a book, for statements that ask for some of them or for more than them.
POINTS = _COMPUTED.format(points="transactions_balancepoint p")


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
    sql = POINTS + "".join(f" AND {one}" for one, asked in conditions.items() if asked is not None)
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
    found = _read(f"{POINTS} AND p.id = %(id)s", book_id, id=point_id)
    if not found:
        raise NotFound("There is no such balance point in this book.")
    return found[0]


@dataclass(frozen=True, slots=True)
class Deleted:
    """A point that is gone, as it last was, and the gain that went with it.

    `is_replaced` says that its account has another for that day.
    """

    id: UUID
    account_id: UUID
    account_name: str
    on: date
    kind: str
    balance: Money
    gain: Money
    is_replaced: bool


_DELETED = """
SELECT e.pgh_obj_id, e.account_id, a.name, e.on, e.kind, e.balance, a.currency, coalesce((
    SELECT sum(m.amount) FROM transactions_entryevent m
    WHERE m.transaction_id = e.transaction_id AND m.account_id = e.account_id
        AND m.pgh_label = 'delete' AND m.pgh_created_at = e.pgh_created_at
), 0), EXISTS (
    SELECT FROM transactions_balancepoint p WHERE p.account_id = e.account_id AND p.on = e.on
)
FROM transactions_balancepointevent e
JOIN accounts_account a ON a.id = e.account_id
WHERE e.book_id = %(book)s AND e.pgh_obj_id = %(id)s AND e.pgh_label = 'delete'
    AND NOT EXISTS (SELECT FROM transactions_balancepoint p WHERE p.id = e.pgh_obj_id)
ORDER BY e.pgh_id DESC LIMIT 1
"""


def deleted(book_id: UUID, point_id: UUID) -> Deleted | None:
    """Return a point of the book that is gone; None if it is there, or never was."""
    with connection.cursor() as cursor:
        cursor.execute(_DELETED, {"book": book_id, "id": point_id})
        found = cursor.fetchone()
    if found is None:
        return None
    id, account_id, name, on, kind, balance, currency, gain, is_replaced = found
    kept = Money(balance, currency), Money(gain, currency)
    return Deleted(id, account_id, name, on, kind, *kept, is_replaced)


# Of each account, from the last before the first day up to the first at or after the last.
_BOUNDED = """(
    SELECT account_id, max("on") FILTER (WHERE "on" < %(since)s) AS before,
        min("on") FILTER (WHERE "on" >= %(until)s) AS after
    FROM transactions_balancepoint WHERE book_id = %(book)s GROUP BY account_id
) AS bounds
JOIN transactions_balancepoint p ON p.account_id = bounds.account_id
    AND p.on >= coalesce(bounds.before, %(since)s) AND p.on <= coalesce(bounds.after, %(until)s)
"""
#: The points that `beside` returns, for statements that ask for more than them.
BESIDE = f"{_COMPUTED.format(points=_BOUNDED)} ORDER BY p.account_id, p.on"


def beside(book_id: UUID, since: date, until: date) -> list[Point]:
    """Return all accounts' points from `since` on, up to the first at or after `until`.

    And of each account the last before `since`; by account and day.
    """
    return _read(BESIDE, book_id, since=since, until=until)


def checks(book_id: UUID, account_id: UUID) -> list[Check]:
    """Return an account's points, the earliest first; the first that differs says where to look."""
    found = page(book_id, Filters(account_id=account_id), falling=False)
    first = next((point for point in found if not point.ok), None)
    narrow = narrowed(book_id, [first] if first else [])
    return [narrow.get(point.id) or Check(point) for point in found]


def check(book_id: UUID, point_id: UUID) -> Check:
    """Return one point, and where to look if it differs.

    :raises NotFound: if the book has no such point.
    """
    point = get(book_id, point_id)
    return narrowed(book_id, [point]).get(point_id) or Check(point)


# The days since the latest point that agrees, or since the account's first entry. Taken out, or
# turned round, a suspect would make the point agree.
_NARROWED = f"""
SELECT w.id, since.day, suspects.days, suspects.ids
FROM unnest(%(ids)s::uuid[], %(accounts)s::uuid[], %(days)s::date[], %(much)s::numeric[])
    AS w (id, account, until, much)
LEFT JOIN LATERAL (
    SELECT p.on + 1 AS day FROM ({POINTS}) AS p
    WHERE p.account_id = w.account AND p.on < w.until AND p.balance = p.computed
    ORDER BY p.on DESC LIMIT 1
) AS agreed ON true
CROSS JOIN LATERAL (
    SELECT coalesce(agreed.day, least((
        SELECT min(date) FROM transactions_entry WHERE account_id = w.account
    ), w.until)) AS day
) AS since
CROSS JOIN LATERAL (
    SELECT array_agg(date) AS days, array_agg(transaction_id) AS ids FROM (
        SELECT DISTINCT date, transaction_id FROM transactions_entry
        WHERE account_id = w.account AND date BETWEEN since.day AND w.until
            AND amount IN (w.much, w.much / 2)
        LIMIT 2
    ) AS e
) AS suspects
"""


def narrowed(book_id: UUID, points: Sequence[Point]) -> dict[UUID, Check]:
    """Return those of some points that differ, by id, with where to look, in one statement."""
    differing = {point.id: point for point in points if not point.ok}
    if not differing:
        return {}
    values: dict[str, UUID | list[UUID] | list[date] | list[Decimal]] = {
        "book": book_id,
        "ids": list(differing),
        "accounts": [point.account_id for point in differing.values()],
        "days": [point.on for point in differing.values()],
        "much": [-point.difference for point in differing.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NARROWED, values)
        return {
            id: _check(differing[id], since, list(zip(days or (), suspects or (), strict=True)))
            for id, since, days, suspects in cursor.fetchall()
        }


def _check(point: Point, since: date, suspects: Sequence[tuple[date, UUID]]) -> Check:
    if len(suspects) != 1:
        return Check(point, since, point.on)
    ((day, transaction_id),) = suspects
    return Check(point, day, day, transaction_id)


def _read(sql: str, book_id: UUID, **values: UUID | date | str | None) -> list[Point]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"book": book_id, **values})
        return [Point(*row) for row in cursor.fetchall()]
