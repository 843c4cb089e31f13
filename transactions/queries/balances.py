"""What is on the accounts: from kept sums, in time that does not grow with history."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from buffet import money
from buffet.errors import NotFound
from buffet.rest.times import instant_of


def month_after(day: date) -> date:
    """Return the first day of the month after the one `day` lies in."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def day_part(on: date, today: date) -> tuple[date, date, date, int]:
    """Return how to reach the end of the day `on` from whole months.

    The months up to the first returned; then the entries dated from the second to before the
    third, added when the sign is 1 and taken off when it is -1. Of a month in the past, whichever
    part is shorter is read; of the current one, the few entries that are dated ahead.
    """
    first, following = on.replace(day=1), month_after(on)
    # The book's today may be the day before the server's.
    if on.day > 15 or on >= today - timedelta(days=1):
        return first, on + timedelta(days=1), following, -1
    return first - timedelta(days=1), first, on + timedelta(days=1), 1


# From what an account ever moved, back to the day: nothing lies between on the current one. The
# transactions of a few days are found by (book, date), their entries by transaction: what this
# costs depends on those days alone.
MOVES = """
WITH later AS (
    SELECT account_id, currency, sum(debit - credit) AS total FROM transactions_monthlybalance
    WHERE book_id = %(book)s AND month > %(months)s
    GROUP BY account_id, currency
), part AS (
    SELECT e.account_id, e.currency, sum(e.amount) * %(sign)s AS total
    FROM transactions_transaction t JOIN transactions_entry e ON e.transaction_id = t.id
    WHERE t.book_id = %(book)s AND t.date >= %(since)s AND t.date < %(until)s
    GROUP BY e.account_id, e.currency
)
"""
#: The same of a few accounts (`ids`): their entries are found by (account, date), and no other is
#: read. By transaction, a large book's half month would be, or an account's entries of all time.
MOVES_OF = """
WITH later AS (
    SELECT account_id, currency, sum(debit - credit) AS total FROM transactions_monthlybalance
    WHERE book_id = %(book)s AND account_id = ANY(%(ids)s::uuid[]) AND month > %(months)s
    GROUP BY account_id, currency
), part AS (
    SELECT e.account_id, e.currency, sum(e.amount) * %(sign)s AS total
    FROM transactions_entry e
    WHERE e.account_id = ANY(%(ids)s::uuid[]) AND e.date >= %(since)s AND e.date < %(until)s
    GROUP BY e.account_id, e.currency
)
"""
#: What is on the account `a` in its own currency, once `BALANCES` are joined to it.
BALANCE = (
    "coalesce(ever.debit - ever.credit, 0) - coalesce(later.total, 0) + coalesce(part.total, 0)"
)
BALANCES = """
LEFT JOIN transactions_accounttotal ever
    ON ever.book_id = a.book_id AND ever.account_id = a.id AND ever.currency = a.currency
LEFT JOIN later ON later.account_id = a.id AND later.currency = a.currency
LEFT JOIN part ON part.account_id = a.id AND part.currency = a.currency
"""


def parameters(book_id: UUID, on: date) -> dict[str, Any]:
    """Return the parameters of `MOVES` for the end of a day."""
    months, since, until, sign = day_part(on, timezone.now().date())
    return {"book": book_id, "months": months, "since": since, "until": until, "sign": sign}


_ACCOUNTS = f"""
SELECT a.id::text, a.name, a.type, a.kind, a.currency, a.broker_id::text, br.name, a.number,
    a.notes, a.opened_on, a.archived_at::text, a.locked_through, a.version,
    a.created_at::text, a.updated_at::text,
    {BALANCE}
FROM accounts_account a
{BALANCES}
LEFT JOIN accounts_broker br ON br.id = a.broker_id
WHERE a.book_id = %(book)s AND a.type IN ('asset', 'liability')
"""


def accounts(
    book_id: UUID,
    on: date,
    *,
    ids: Sequence[UUID | str] | None = None,
    archived: bool | None = None,
    after: tuple[str, UUID] | None = None,
    falling: bool = False,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Return the real accounts with their balances at the end of a day, by name.

    `ids` keeps these, `archived` only those (True) or leaves them out (False); `after` a (name,
    id) starts behind that account. With `falling`, the last name comes first.
    """
    moves = MOVES if ids is None else MOVES_OF
    sql, values = moves + _ACCOUNTS, parameters(book_id, on)
    if ids is not None:
        sql, values = sql + " AND a.id = ANY(%(ids)s::uuid[])", values | {"ids": [*ids]}
    if archived is not None:
        sql += f" AND a.archived_at IS {'NOT NULL' if archived else 'NULL'}"
    if after is not None:
        sql += f" AND (a.name, a.id) {'<' if falling else '>'} (%(name)s, %(id)s)"
        values |= {"name": after[0], "id": after[1]}
    order = "DESC" if falling else "ASC"
    sql += f" ORDER BY a.name {order}, a.id {order}"
    if limit is not None:
        sql += f" LIMIT {int(limit)}"
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [_account(row) for row in cursor.fetchall()]


def account(book_id: UUID, account_id: UUID, on: date) -> dict[str, Any]:
    """Return one real account with its balance at the end of a day.

    :raises NotFound: if the book has no such account.
    """
    found = accounts(book_id, on, ids=[account_id])
    if not found:
        raise NotFound("There is no such account in this book.")
    return found[0]


def _account(row: tuple[Any, ...]) -> dict[str, Any]:
    (
        id,
        name,
        type,
        kind,
        currency,
        broker_id,
        broker,
        number,
        notes,
        opened_on,
        archived_at,
        locked_through,
        version,
        created_at,
        updated_at,
        total,
    ) = row
    return {
        "id": id,
        "name": name,
        "type": type,
        "kind": kind,
        "currency": currency,
        "balance": money.text(total, currency),
        "broker": broker_id,
        "broker_name": broker,
        "number": number,
        "notes": notes,
        "opened_on": opened_on,
        "archived_at": instant_of(archived_at) if archived_at else None,
        "locked_through": locked_through,
        "version": version,
        "created_at": instant_of(created_at),
        "updated_at": instant_of(updated_at),
    }


def balance(book_id: UUID, account_id: UUID, on: date, *, after: UUID | None = None) -> Decimal:
    """Return what is on an account at the end of a day, in its currency.

    With `after`, a transaction of that day: what is on it after that one; within a day,
    transactions follow each other in the order of their ids.
    """
    sql = (
        f"{MOVES_OF} SELECT {BALANCE} FROM accounts_account a {BALANCES} "
        "WHERE a.book_id = %(book)s AND a.id = ANY(%(ids)s::uuid[])"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters(book_id, on) | {"ids": [account_id]})
        row = cursor.fetchone()
        total = row[0] if row else Decimal(0)
        if after is not None:
            cursor.execute(
                "SELECT coalesce(sum(amount), 0) FROM transactions_entry "
                "WHERE account_id = %s AND date = %s AND transaction_id > %s",
                (account_id, on, after),
            )
            total -= cursor.fetchone()[0]
    return total
